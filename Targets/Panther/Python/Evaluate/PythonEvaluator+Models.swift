import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What a data model has for a name: a path of the event, or a function of its file.
enum PythonMapping {
  case path(String)
  case method(PythonFunction, PythonScope)
}

// Data models: `event.udm("name")` by the log that the event is of.
extension PythonEvaluator {
  /// The value that a log's data model has for a name.
  mutating func udm(
    _ name: PythonCases, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    guard case .text(let name)? = name.single, arguments.positional.count == 1 else {
      return PythonCases(.opaque(refusal(.notRead("this call of `udm`", span, in: source))))
    }
    let otherwise = arguments.named.first { $0.name == "default" }?.value ?? PythonCases(.none)
    usesModel = true
    guard let logType else {
      return PythonCases(.opaque(refusal(.notRead("`udm` of a rule without log type", span, in: source))))
    }
    return try udm(name, of: logType, otherwise, span)
  }

  private mutating func udm(
    _ name: String, of logType: String, _ otherwise: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch try model(of: logType)[name] {
    case .path(let text)?:
      var names = text.split(separator: ".").map(String.init)
      if names.first == "$" { names.removeFirst() }
      guard let path = FieldPath(steps: names.map { .name($0.unquoted) }), !text.contains("["),
        !text.contains("*")
      else {
        return PythonCases(.opaque(refusal(.notRead("the path `\(text)` of a data model", span, in: source))))
      }
      return read(PythonField(path: path, isNullAbsent: true), otherwise)
    case .method(let function, let scope)?:
      return try inline(function, scope, [:], PythonArguments(positional: [PythonCases(.event)]), span)
    case nil where !modules.hasModels:
      return PythonCases(.opaque(refusal(.modelNotFound(logType, span, in: source))))
    case nil:
      // Without a mapping the event's own fields are read, where their value is true.
      var result = otherwise
      for path in [FieldPath(name), FieldPath("p_udm", name)] {
        let cases = read(PythonField(path: path), PythonCases(.none))
        result = choice(try truth(of: cases, span), cases, result)
      }
      return result
    }
  }

  /// The data model of a log.
  private mutating func model(of logType: String) throws(Diagnostic) -> [String: PythonMapping] {
    if let known = modules.models[logType] { return known }
    var model: [String: PythonMapping] = [:]
    for path in modules.folderAbove("data_models") {
      guard let source = modules.files?.read(path), source.text.contains(logType.lastName) else { continue }
      if path.hasSuffix(".yml") {
        let documents: [YAMLNode]
        do throws(Diagnostic) {
          documents = try YAML.documents(source)
        } catch {
          continue
        }
        guard let root = documents.first else { continue }
        let logs = root["LogTypes"]?.sequence?.compactMap(\.scalar) ?? []
        if logs.contains(logType) { try fill(&model, from: root, path) }
      }
    }
    for path in modules.folderAbove("pypanther/data_models") where path.hasSuffix(".py") && model.isEmpty {
      guard let source = modules.files?.read(path), source.text.contains("DataModelMapping") else { continue }
      try fill(&model, from: source, of: logType)
    }
    modules.models[logType] = model
    return model
  }

  /// The mappings of the classes of a file that are for that log.
  private mutating func fill(
    _ model: inout [String: PythonMapping], from source: Source, of logType: String
  ) throws(Diagnostic) {
    let module = PythonModules.parsed(source)
    let scope: PythonScope
    if let known = modules.scopes[source.name] {
      scope = known
    } else {
      scope = try load(module, name: source.stem)
    }
    for statement in module.body {
      guard case .type(let type) = statement.kind else { continue }
      for line in type.body {
        if line.targetName == "log_types", case .assignment(_, let value) = line.kind,
          case .list(let items) = value.kind
        {
          let names = items.compactMap { $0.value.dottedName?.lastName }
          if !names.contains(where: { PantherLogTypes.isSame($0, logType) }) { break }
        }
        guard line.targetName == "mappings", case .assignment(_, let value) = line.kind,
          case .list(let items) = value.kind
        else { continue }
        for item in items { fill(&model, from: item.value, scope) }
      }
    }
  }

  private func fill(
    _ model: inout [String: PythonMapping], from mapping: PythonExpression, _ scope: PythonScope
  ) {
    guard case .call(_, let arguments) = mapping.kind else { return }
    func argument(_ name: String) -> PythonExpression.Kind? {
      arguments.first { $0.name == name }?.value.kind
    }
    guard case .string(let name)? = argument("name") else { return }
    if case .string(let path)? = argument("path") { model[name] = .path(path) }
    if case .name(let method)? = argument("method"),
      case .function(let function, let own, _)? = scope.names[method]?.value.single
    {
      model[name] = .method(function, own)
    }
  }

  private mutating func fill(
    _ model: inout [String: PythonMapping], from root: YAMLNode, _ path: String
  ) throws(Diagnostic) {
    var scope: PythonScope?
    if let file = root["Filename"]?.scalar,
      let source = modules.files?.read(PythonModules.folder(of: path) + file)
    {
      if let known = modules.scopes[source.name] {
        scope = known
      } else {
        scope = try load(PythonModules.parsed(source), name: source.stem)
      }
    }
    for mapping in root["Mappings"]?.sequence ?? [] {
      guard let name = mapping["Name"]?.scalar else { continue }
      if let path = mapping["Path"]?.scalar { model[name] = .path(path) }
      if let method = mapping["Method"]?.scalar, let scope,
        case .function(let function, let own, _)? = scope.names[method]?.value.single
      {
        model[name] = .method(function, own)
      }
    }
  }
}

extension String {
  /// The name without the quotes that a path may have around it.
  fileprivate var unquoted: String {
    count > 1 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
  }

  /// What stands behind the last dot.
  fileprivate var lastName: String { String(split(separator: ".").last ?? "") }
}
