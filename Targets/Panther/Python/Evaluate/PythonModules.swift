import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Synchronization

/// Where the modules of a rule are found, and those that were read.
final class PythonModules: @unchecked Sendable {
  /// How many folders up a module is looked for.
  private static let heightLimit = 8

  let files: SourceFiles?
  /// The folder of the rule's program, with a slash where it is not the present one.
  let folder: String
  var scopes: [String: PythonScope] = [:]
  /// The names that classes define.
  var classes: [ObjectIdentifier: [String: PythonBinding]] = [:]
  /// The files that were read, in order.
  private(set) var read: [Source] = []
  /// What a log's data model names, by log type; read once.
  var models: [String: [String: PythonMapping]] = [:]

  init(files: SourceFiles?, beside source: Source) {
    self.files = files
    folder = PythonModules.folder(of: source.name)
  }

  /// How many trees of modules are kept.
  private static let treeLimit = 256
  /// The trees of modules: many rules import few. A tree is that of its text alone.
  private static let trees = Mutex<[String: PythonModule]>([:])

  /// The tree of a module's text.
  static func parsed(_ source: Source) -> PythonModule {
    if let known = trees.withLock({ $0[source.name] }), known.source.text.sameScalars(as: source.text) {
      return known
    }
    let module = PythonModule(source)
    trees.withLock { trees in
      if trees.count >= treeLimit { trees = [:] }
      trees[source.name] = module
    }
    return module
  }

  static func folder(of name: String) -> String {
    name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
  }

  /// The file of a module that is imported from a file in `folder`; `nil` where there is none.
  func file(_ module: String, from folder: String) -> Source? {
    guard let files else { return nil }
    let path = module.split(separator: ".").joined(separator: "/")
    let dots = module.prefix { $0 == "." }.count
    var candidates = [folder + String(repeating: "../", count: max(0, dots - 1)) + path + ".py"]
    if dots == 0 {
      for height in 0...PythonModules.heightLimit {
        let above = folder + String(repeating: "../", count: height)
        candidates += [above + "global_helpers/" + path + ".py"]
        if path.contains("/") { candidates += [above + path + ".py"] }
      }
    }
    for candidate in candidates {
      if let source = files.read(candidate) {
        read.append(source)
        return source
      }
    }
    return nil
  }

  /// Whether a folder of data models stands above the rule.
  var hasModels: Bool {
    !folderAbove("data_models").isEmpty || !folderAbove("pypanther/data_models").isEmpty
  }

  /// The files of a folder that stands above the rule, by the name of the folder.
  func folderAbove(_ name: String) -> [String] {
    guard let files else { return [] }
    for height in 0...PythonModules.heightLimit {
      let path = folder + String(repeating: "../", count: height) + name
      let found = files.list(path)
      if !found.isEmpty { return found.map { path + "/" + $0 } }
    }
    return []
  }

  /// Modules of Python and of its libraries, which are never read: names of theirs are known or refused.
  static func isLibrary(_ module: String) -> Bool {
    let first = String(module.prefix { $0 != "." })
    if module.hasPrefix("pypanther.helpers") || module.hasPrefix("pypanther.data_models.") { return false }
    return libraries.contains(first)
  }

  private static let libraries: Set<String> = [
    "re", "json", "fnmatch", "ipaddress", "collections", "datetime", "time", "typing", "unittest",
    "functools",
    "base64", "binascii", "shlex", "urllib", "math", "random", "os", "sys", "string", "enum", "abc", "copy",
    "itertools", "operator", "hashlib", "dateutil", "requests", "boto3", "botocore", "policyuniverse",
    "panther_detection_helpers", "panther_core", "pypanther", "pytz", "logging", "dataclasses", "decimal",
    "statistics", "uuid", "ast", "html", "textwrap", "jsonpath_ng", "geopy", "netaddr", "difflib", "panther",
    "zoneinfo", "calendar", "warnings", "traceback", "inspect", "types", "heapq", "bisect", "secrets",
    "pathlib",
  ]
}

// Imports.
extension PythonEvaluator {
  /// A module.
  mutating func imported(
    _ module: String, _ span: Span, _ scope: PythonScope
  ) throws(Diagnostic) -> PythonCases {
    if PythonModules.isLibrary(module) { return PythonCases(.known(module)) }
    guard let found = try scopeOf(module, scope) else {
      return PythonCases(.opaque(refusal(.moduleNotFound(module, nil, span, in: source))))
    }
    return PythonCases(.module(found))
  }

  /// A name of a module.
  mutating func imported(
    _ name: String, of module: String, _ span: Span, _ scope: PythonScope
  ) throws(Diagnostic) -> PythonCases {
    if module.isEmpty { return try imported(name, span, scope) }
    if module == "pypanther.helpers" || module == "pypanther.data_models" || module == "." {
      return try imported(module == "." ? "." + name : module + "." + name, span, scope)
    }
    if PythonModules.isLibrary(module) { return PythonCases(.known("\(module).\(name)")) }
    guard let found = try scopeOf(module, scope) else {
      return PythonCases(.opaque(refusal(.moduleNotFound(module, nil, span, in: source))))
    }
    guard let value = found.names[name]?.value else {
      return PythonCases(.opaque(refusal(.moduleNotFound(module, name, span, in: source))))
    }
    return value
  }

  private mutating func scopeOf(_ module: String, _ scope: PythonScope) throws(Diagnostic) -> PythonScope? {
    guard let file = modules.file(module, from: PythonModules.folder(of: scope.source.name)) else {
      return nil
    }
    if let known = modules.scopes[file.name] { return known }
    return try load(PythonModules.parsed(file), name: module)
  }

  /// The names of a module: its lines evaluated, without any event. A line that is not read leaves its names unread.
  mutating func load(_ module: PythonModule, name: String) throws(Diagnostic) -> PythonScope {
    let scope = PythonScope(source: module.source, name: name)
    modules.scopes[module.source.name] = scope
    scope.changing = PythonState.names(module.body)
    var seen: Set<String> = []
    PythonStatement.visit(module.body) { statement in
      scope.reassigned.formUnion(statement.bound.intersection(seen))
      if case .loop = statement.kind { scope.reassigned.formUnion(statement.bound) }
      scope.reassigned.formUnion(statement.changedInPlace.compactMap(\.root))
      seen.formUnion(statement.bound)
    }
    var spoiled: Diagnostic?
    let before = (source, calls, isInFunction)
    (source, calls, isInFunction) = (module.source, [], false)
    defer { (source, calls, isInFunction) = before }
    for statement in module.body {
      do throws(Diagnostic) {
        if let effect = PythonEffects.of(statement, in: module.body) {
          throw unfollowed(effect, in: module.source)
        }
        if case .unreadable(let failure) = statement.kind { spoiled = spoiled ?? failure }
        if case .expression(let value) = statement.kind, case .call = value.kind, value.changedByCall == nil {
          var frame = PythonFrame(names: scope.names, scope: scope)
          if case .opaque(let why)? = try valueOrOpaque(value, &frame).single {
            // A call that is not read may do anything.
            spoiled = spoiled ?? why
          }
        }
        let flow = try run([statement], PythonFrame(names: scope.names, scope: scope))
        if let falls = flow.falls, falls.guarded.isTrue {
          scope.names = falls.frame.names
        } else {
          spoiled = refusal(.notRead("a line that fails", statement.span, in: source))
          break
        }
      } catch {
        if error.code == .programTooLarge { throw error }
        if let why = unfollowed { (spoiled, unfollowed) = (spoiled ?? why, nil) }
        for name in statement.assignedNames { scope.names[name] = binding(PythonCases(.opaque(error))) }
      }
    }
    // A line that may change any name.
    scope.isSpoiled = spoiled != nil
    if let spoiled { scope.names = scope.names.mapValues { _ in binding(PythonCases(.opaque(spoiled))) } }
    return scope
  }
}

extension PythonStatement {
  /// The name that it alone assigns.
  var targetName: String? {
    if case .assignment(let targets, _) = kind, targets.count == 1 { targets[0].dottedName } else { nil }
  }

  /// The names that it assigns, as far as they stand in it.
  var assignedNames: [String] {
    switch kind {
    case .assignment(let targets, _): targets.flatMap(\.targetNames)
    case .augmented(let target, _, _): target.targetNames
    case .branch(_, let then, let other): (then + other).flatMap(\.assignedNames)
    case .loop(let target, _, let body, let otherwise):
      target.targetNames + (body + otherwise).flatMap(\.assignedNames)
    case .attempt(let body, let handlers, let otherwise, let finally):
      (body + handlers.flatMap(\.body) + otherwise + finally).flatMap(\.assignedNames)
    case .function(let function): [function.name]
    case .type(let type): [type.name]
    case .imported, .importedNames: Array(bound)
    case .expression(let value): Array(value.walrusNames)
    case .returned, .passed, .broken, .continued, .raised, .global, .other, .unreadable: []
    }
  }
}

extension PythonExpression {
  fileprivate var targetNames: [String] {
    switch kind {
    case .name(let name): [name]
    case .tuple(let items), .list(let items): items.flatMap(\.value.targetNames)
    default: []
    }
  }
}
