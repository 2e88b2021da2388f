import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Rules that are classes of a Python file, with their tests.
struct PantherClassReader {
  /// Whether a source is a Python file that defines such a class, as far as its lines tell.
  static func recognises(_ source: Source) -> Bool {
    guard isPython(source) else { return false }
    return source.text.split(separator: "\n").contains { line in
      line.hasPrefix("class ") && line.contains("Rule") && line.contains("(")
    } && source.text.contains("pypanther")
  }

  /// Whether it is a Python file, by its name, or where that tells nothing, by a line that defines a rule.
  static func isPython(_ source: Source) -> Bool {
    if source.name.lowercased().hasSuffix(".py") { return true }
    if source.name.contains(".") { return false }
    return source.text.hasPrefix("def rule(") || source.text.contains("\ndef rule(")
  }

  /// All rules of a file.
  static func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    DeepStack.run { readDeep(source, options: options) }
  }

  private static func readDeep(_ source: Source, options: LanguageOptions) -> RuleCollection {
    let module = PythonModule(source)
    var collection = RuleCollection(documents: [])
    let types = module.body.compactMap { (statement) -> PythonClass? in
      if case .type(let type) = statement.kind { type } else { nil }
    }
    for type in types {
      var reader = PantherClassReader(module, options: options)
      do throws(Diagnostic) {
        if let document = try reader.document(type) { collection.documents.append(document) }
      } catch {
        collection.refused.append(RefusedDocument(errors: [error]))
      }
    }
    let isProgram = module.body.contains {
      if case .function(let function) = $0.kind { function.name == "rule" } else { false }
    }
    if collection.documents.isEmpty, collection.refused.isEmpty, isProgram {
      return RuleCollection { () throws(Diagnostic) in
        [try PantherProgram(module, events: [], files: options.files).document]
      }
    }
    if collection.documents.isEmpty, collection.refused.isEmpty {
      collection.refused = [RefusedDocument(errors: [module.failures.first ?? .noRuleClass(in: source)])]
    }
    return collection
  }

  private let module: PythonModule
  private let options: LanguageOptions
  private var evaluator: PythonEvaluator
  private let modules: PythonModules
  /// The attributes whose values are not told.
  private var unread: [String] = []

  private init(_ module: PythonModule, options: LanguageOptions) {
    (self.module, self.options) = (module, options)
    modules = PythonModules(files: options.files, beside: module.source)
    evaluator = PythonEvaluator(kinds: PythonKinds(events: []), modules: modules, source: module.source)
  }

  /// The rule of a class; `nil` where it is none.
  private mutating func document(_ type: PythonClass) throws(Diagnostic) -> RuleDocument? {
    let source = module.source
    let scope = try evaluator.load(module, name: source.stem)
    guard try isRule(type, scope, 0) else { return nil }
    try refuseChanges(type, scope)
    if case .opaque(let why)? = scope.names[type.name]?.value.single { throw why }
    let tests = try tests(of: type, scope)
    let logTypes = try texts("log_types", of: type, scope)
    let kinds = PythonKinds(events: tests.all)
    let object = PythonCases(.object(type, scope))
    let names = PantherLogTypes.names(logTypes, modules)
    let read = try PythonRule.ofLogs(names, kinds, type.span, in: source) {
      (logType, tellsArrays) throws(Diagnostic) in
      var own = PythonEvaluator(kinds: kinds, modules: modules, source: source)
      own.tellsArrays = tellsArrays
      own.logType = logType
      guard
        case .bound(_, let function, let home)? = try own.member("rule", of: type, scope, object, type.span)
          .single
      else { throw .noRuleFunction(in: source) }
      return try PythonRule(function, home, object: object, evaluator: &own)
    }
    let id = try text("id", of: type, scope) ?? type.name
    var rule = Rule(id: id, title: try text("display_name", of: type, scope) ?? id, condition: read.condition)
    let kept = names.filter { name in !read.leftOut.contains { $0.logType == name } }
    rule.fixtures = tests.fixtures.filter { fixture in !read.leftOut.contains { $0.has(fixture.event) } }
    rule.logSources = kept.map { LogSource(pantherLogType: $0) }
    try fill(&rule, type, scope)
    let metadata = PythonMetadata { name throws(Diagnostic) in
      guard
        case .bound(let own, let function, let home)? = try evaluator.member(
          name, of: type, scope, object, type.span
        ).single
      else { return nil }
      return PythonMetadata.Function(function: function, scope: home, object: own)
    } evaluator: {
      var own = PythonEvaluator(kinds: kinds, modules: modules, source: source)
      own.tellsArrays = true
      own.logType = kept.first
      return own
    }
    rule.outputFields = metadata.outputFields
    metadata.put(into: &rule)
    var warnings = read.notes + metadata.notes
    if !unread.isEmpty { warnings.append(.metadataNotRead(unread, type.span, in: source)) }
    if rule.threshold > 1 { warnings.append(.threshold(rule.threshold, type.span, in: source)) }
    if tests.mocked > 0 { warnings.append(.mockedTests(tests.mocked, type.span, in: source)) }
    return RuleDocument(rule: rule, source: source, warnings: warnings)
  }

  /// Filters change which events the rule sees, and overrides the rule itself.
  private mutating func refuseChanges(_ type: PythonClass, _ scope: PythonScope) throws(Diagnostic) {
    for statement in module.body {
      guard case .expression(let expression) = statement.kind, case .call(let function, _) = expression.kind,
        case .attribute(let base, let name) = function.kind, base.dottedName == type.name
      else { continue }
      throw .notRead("`\(type.name).\(name)`, which changes the rule,", statement.span, in: module.source)
    }
    for name in ["include_filters", "exclude_filters"] {
      let object = PythonCases(.object(type, scope))
      switch try evaluator.member(name, of: type, scope, object, type.span).single {
      case .sequence(_, let members)? where members.isEmpty: break
      case .opaque(let why)? where scope.isSpoiled: throw why
      case .opaque(let why)? where why.code == .unknownName: break
      default: throw .notRead("`\(name)` of a rule", type.span, in: module.source)
      }
    }
  }

  /// Whether a class has Panther's `Rule` among those that it is made of.
  private mutating func isRule(_ type: PythonClass, _ scope: PythonScope, _ depth: Int) throws(Diagnostic)
    -> Bool
  {
    for base in type.bases where depth < 10 {
      var frame = PythonFrame(scope: scope)
      switch try evaluator.valueOrOpaque(base, &frame).single {
      case .known("pypanther.Rule")?, .known("pypanther.base.Rule")?: return true
      case .type(let parent, let home)? where parent !== type:
        if try isRule(parent, home, depth + 1) { return true }
      case .opaque(let why)? where scope.isSpoiled:
        // What the class is made of is not known, since the file has lines that may change any name.
        try refuseChanges(type, scope)
        throw why
      default: break
      }
    }
    return false
  }

  private mutating func fill(
    _ rule: inout Rule, _ type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) {
    rule.description = try text("default_description", of: type, scope)
    rule.runbook = try text("default_runbook", of: type, scope)
    rule.references = try text("default_reference", of: type, scope).map { $0.isEmpty ? [] : [$0] } ?? []
    rule.tags = try texts("tags", of: type, scope)
    let severity = try text("default_severity", of: type, scope)?.lowercased()
    rule.severity = PantherWords.severities.first { $0.word == severity }?.severity
    if case .boolean(let value)? = try value("enabled", of: type, scope) { rule.enabled = value }
    if case .number(let number)? = try value("threshold", of: type, scope), let count = Int(number.shortest) {
      rule.threshold = max(1, count)
    }
    if case .number(let number)? = try value("dedup_period_minutes", of: type, scope) {
      rule.dedupPeriodMinutes = Int(number.shortest)
    }
    try fillReports(&rule, type, scope)
    // What has no place in a rule is kept under the names that a rule file has for it.
    if case .boolean(let value)? = try value("create_alert", of: type, scope), !value {
      rule.makesAlerts = false
      rule.unknown.members.append(.init("CreateAlert", .bool(false)))
    }
    for (name, key) in [("summary_attributes", "SummaryAttributes"), ("default_destinations", "OutputIds")] {
      let texts = try texts(name, of: type, scope)
      if !texts.isEmpty { rule.unknown.members.append(.init(key, .array(texts.map(Value.string)))) }
    }
  }

  private mutating func fillReports(
    _ rule: inout Rule, _ type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) {
    guard case .dictionary(let entries)? = try value("reports", of: type, scope) else { return }
    var others = Value.Object()
    for entry in entries {
      guard case .text(let key) = entry.key, case .sequence(_, let members)? = entry.value.single else {
        unread.append("reports")
        continue
      }
      let texts = members.compactMap { $0.single?.spelled }
      if key == PantherKeys.attack {
        for text in texts { rule.attack.append(AttackReference(panther: text)) }
      } else {
        others.members.append(.init(key, .array(texts.map(Value.string))))
      }
    }
    if !others.members.isEmpty { rule.unknown.members.append(.init("Reports", .object(others))) }
  }

  private mutating func value(
    _ name: String, of type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) -> PythonValue? {
    let object = PythonCases(.object(type, scope))
    let value = try evaluator.member(name, of: type, scope, object, type.span)
    switch value.single {
    // What the class does not have is what Panther takes then.
    case .opaque(let why)? where why.code == .unknownName: return nil
    case .opaque?, nil:
      unread.append(name)
      return nil
    case let single?: return single
    }
  }

  /// A text, or the last name of a member of one of Panther's enumerations.
  private mutating func text(
    _ name: String, of type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) -> String? { try value(name, of: type, scope)?.spelled }

  private mutating func texts(
    _ name: String, of type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) -> [String] {
    guard case .sequence(_, let members)? = try value(name, of: type, scope) else { return [] }
    return members.compactMap { $0.single?.spelled }
  }

  /// The tests that replace no function, all their events, and how many replace some.
  private mutating func tests(
    of type: PythonClass, _ scope: PythonScope
  ) throws(Diagnostic) -> (fixtures: [Fixture], all: [Event], mocked: Int) {
    var (fixtures, events, mocked) = ([] as [Fixture], [] as [Event], 0)
    for statement in type.body {
      guard statement.targetName == "tests", case .assignment(_, let value) = statement.kind,
        case .list(let items) = value.kind
      else { continue }
      for item in items {
        guard case .call(_, let arguments) = item.value.kind else { continue }
        func argument(_ name: String) -> PythonExpression? { arguments.first { $0.name == name }?.value }
        guard let log = argument("log"), case .string(let name)? = argument("name")?.kind,
          case .boolean(let expected)? = argument("expected_result")?.kind
        else {
          throw .notRead(
            "a test without `name`, `expected_result` and `log`", item.value.span, in: module.source)
        }
        var frame = PythonFrame(scope: scope)
        guard let value = try evaluator.value(log, &frame).single?.json, let event = Event(value) else {
          throw .notRead("this event", log.span, in: module.source)
        }
        events.append(event)
        if case .list(let items)? = argument("mocks")?.kind, !items.isEmpty {
          mocked += 1
        } else {
          fixtures.append(Fixture(name: name, expected: expected, event: event, origin: item.value.span))
        }
      }
    }
    return (fixtures, events, mocked)
  }
}

extension PythonValue {
  /// A text, or the last name of a member of an enumeration.
  fileprivate var spelled: String? {
    switch self {
    case .text(let text): text
    case .known(let name): name.split(separator: ".").last.map(String.init)
    default: nil
    }
  }

  /// The value as JSON; a text at the top may be the JSON text of one.
  fileprivate var json: Value? {
    if case .text(let text) = self {
      do throws(Diagnostic) { return try JSON.parse(text) } catch { return nil }
    }
    return member
  }

  private var member: Value? {
    switch self {
    case .none: return .null
    case .boolean(let value): return .bool(value)
    case .number(let number): return .number(number)
    case .text(let text): return .string(text)
    case .sequence(_, let members):
      var items: [Value] = []
      for item in members {
        guard let value = item.single?.member else { return nil }
        items.append(value)
      }
      return .array(items)
    case .dictionary(let entries):
      var object = Value.Object()
      for entry in entries {
        guard case .text(let key) = entry.key, let value = entry.value.single?.member else { return nil }
        object.members.append(.init(key, value))
      }
      return .object(object)
    default: return nil
    }
  }
}

/// The names of logs: those of Panther's enumeration to those of its platform.
enum PantherLogTypes {
  /// `AWS_CLOUDTRAIL` is `AWS.CloudTrail`: by this table, else by the package's own. A name that neither has stays as
  /// it is.
  static func names(_ members: [String], _ modules: PythonModules) -> [String] {
    guard members.contains(where: { known[$0] == nil }),
      let file = modules.file("pypanther.log_types", from: modules.folder)
    else { return members.map { known[$0] ?? $0 } }
    var own: [String: String] = [:]
    for statement in PythonModules.parsed(file).body {
      guard case .type(let type) = statement.kind, type.name == "LogType" else { continue }
      for line in type.body {
        guard let name = line.targetName, case .assignment(_, let value) = line.kind,
          case .string(let text) = value.kind
        else { continue }
        own[name] = text
      }
    }
    return members.map { own[$0] ?? known[$0] ?? $0 }
  }

  /// Whether a member of the enumeration is that log: its name is the log's in capitals, words apart.
  static func isSame(_ member: String, _ logType: String) -> Bool {
    func key(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "." } }
    return key(member) == key(logType)
  }

  private static let known: [String: String] = [
    "AWS_CLOUDTRAIL": "AWS.CloudTrail", "AWS_ALB": "AWS.ALB", "AWS_GUARDDUTY": "AWS.GuardDuty",
    "AWS_S3_SERVER_ACCESS": "AWS.S3ServerAccess", "AWS_VPC_DNS": "AWS.VPCDns", "AWS_VPC_FLOW": "AWS.VPCFlow",
    "AMAZON_EKS_AUDIT": "Amazon.EKS.Audit", "AZURE_AUDIT": "Azure.Audit", "GCP_AUDIT_LOG": "GCP.AuditLog",
    "GITHUB_AUDIT": "GitHub.Audit", "GSUITE_ACTIVITY_EVENT": "GSuite.ActivityEvent",
    "OKTA_SYSTEM_LOG": "Okta.SystemLog",
  ]
}
