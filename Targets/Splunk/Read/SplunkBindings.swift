import ConcordDetection
import ConcordDiagnostics

/// What a field of a search holds.
enum SplunkBindings: Hashable {
  /// The value of a path as `json_extract` reads it, a JSON boolean as a Boolean or as its text.
  case single(FieldPath, booleansAsText: Bool)
  /// All values of a path that passes an array, as text.
  case elements(FieldPath)
  /// All values of a path that passes an array, texts in their quotes.
  case quotedElements(FieldPath)
  /// The value of a path as automatic extraction or `spath` reads it: JSON null is the text `null`.
  case extracted(FieldPath)
  /// Something that the search computed.
  case computed

  /// The path of the event, if it holds a value of it.
  var path: FieldPath? {
    switch self {
    case .single(let path, _), .elements(let path), .quotedElements(let path), .extracted(let path): path
    case .computed: nil
    }
  }

  /// What a field that the search has not set holds: the event's, by its extracted name.
  static func extracted(_ name: String) -> SplunkBindings {
    guard !name.hasPrefix("_"), let steps = SplunkJSON.steps(name), let path = FieldPath(steps: steps) else {
      return .computed
    }
    return .extracted(path)
  }
}

extension SplunkReader {
  /// What an expression reads from the event; `nil` where it computes something.
  func binding(_ expression: SplunkEval) -> SplunkBindings? {
    switch expression.kind {
    case .field(let name): return bindings[ScalarText(name)] ?? own(name)
    case .call("if", let arguments):
      // A JSON boolean as its text.
      guard arguments.count == 3, arguments[2].isJSONExtract,
        SplunkEval(.call("if", arguments)) == SplunkFields.booleanAsText(arguments[2])
      else { return nil }
      return binding(arguments[2])?.path.map { .single($0, booleansAsText: true) }
    case .call("json_extract", _), .call("json_extract_exact", _):
      guard let steps = steps(expression), let path = FieldPath(steps: steps) else { return nil }
      return steps.contains(.each) ? nil : .single(path, booleansAsText: false)
    case .call("spath", let arguments):
      guard arguments.count == 2, case .field("_raw") = arguments[0].kind,
        case .string(let text) = arguments[1].kind, let steps = SplunkJSON.steps(text)
      else { return nil }
      return FieldPath(steps: steps).map(SplunkBindings.extracted)
    case .call("json_array_to_mv", let arguments):
      guard let first = arguments.first, let steps = steps(first), let path = FieldPath(steps: steps) else {
        return nil
      }
      switch arguments.dropFirst().first?.kind {
      case nil, .call("false", [])?: return .elements(path)
      case .call("true", [])?: return .quotedElements(path)
      default: return nil
      }
    default: return nil
    }
  }

  /// The steps that nested `json_extract` calls on `_raw` take.
  private func steps(_ expression: SplunkEval) -> [FieldPath.Step]? {
    if case .field("_raw") = expression.kind { return [] }
    guard case .call(let name, let arguments) = expression.kind, arguments.count == 2,
      case .string(let text) = arguments[1].kind, let before = steps(arguments[0])
    else { return nil }
    switch name {
    case "json_extract": return SplunkJSON.steps(text).map { before + $0 }
    case "json_extract_exact": return before + [.name(text)]
    default: return nil
    }
  }
}

extension SplunkEval {
  fileprivate var isJSONExtract: Bool {
    if case .call(let name, _) = kind { name.hasPrefix("json_extract") } else { false }
  }
}
