import ConcordDetection
import ConcordDiagnostics

/// What a field of a search holds.
enum SplunkBinding: Hashable {
  /// The value of a path as `json_extract` reads it, a JSON boolean as a Boolean or as its text.
  case single(FieldPath, booleansAsText: Bool)
  /// All values of a path that passes an array, as text.
  case elements(FieldPath)
  /// All values of a path that passes an array, texts in their quotes.
  case quotedElements(FieldPath)
  /// The value of a path as automatic extraction or `spath` reads it: JSON null is the text `null`.
  case extracted(FieldPath)
  /// Something that the search computed and that can be asked about: its fields are the event's.
  case expression(SplunkEval)
  /// The field in which Splunk shows a fact of the place.
  case shown(PlaceFact)
  /// The start of the span of so many seconds in which the event happened.
  case span(Int)
  /// The starts of the spans of so many seconds that end every so many, in which the event happened.
  case hops(SplunkIdioms.Hops)
  /// What a table gives.
  case looked(SplunkLookedUp)
  /// Something else that the search computed.
  case computed

  /// The path of the event, if it holds a value of it.
  var path: FieldPath? {
    switch self {
    case .single(let path, _), .elements(let path), .quotedElements(let path), .extracted(let path): path
    case .expression, .shown, .span, .hops, .looked, .computed: nil
    }
  }

  /// What a field that the search has not set holds: the event's, by its extracted name.
  static func extracted(_ name: String) -> SplunkBinding {
    guard !name.hasPrefix("_"), let steps = SplunkJSONPath.steps(name), let path = FieldPath(steps: steps)
    else {
      return .computed
    }
    return .extracted(path)
  }
}

extension SplunkReader {
  /// What an expression reads from the event; `nil` where it computes something.
  func binding(_ expression: SplunkEval) -> SplunkBinding? {
    if case .field(let name) = expression.kind { return bindings[ScalarText(name)] ?? own(name) }
    if let seconds = SplunkIdioms.spanStart.match(expression) {
      return bindings[ScalarText("_time")] == nil ? .span(seconds) : nil
    }
    if let hops = SplunkIdioms.hopStarts.match(expression) {
      return bindings[ScalarText("_time")] == nil ? .hops(hops) : nil
    }
    // What holds the event's text no more is read by no path.
    if bindings[ScalarText("_raw")] != nil { return nil }
    if let path = path(expression) {
      return path.steps.contains(.each) ? nil : .single(path, booleansAsText: false)
    }
    if let value = SplunkIdioms.booleanAsText.match(expression), let path = path(value) {
      return path.steps.contains(.each) ? nil : .single(path, booleansAsText: true)
    }
    if let asked = SplunkIdioms.elements.match(expression) {
      return path(asked.array).map { asked.keepsQuotes ? .quotedElements($0) : .elements($0) }
    }
    guard let arguments = expression.arguments(of: "spath", 2), arguments[0] == .field("_raw"),
      case .string(let text) = arguments[1].kind, let steps = SplunkJSONPath.steps(text)
    else { return nil }
    return FieldPath(steps: steps).map(SplunkBinding.extracted)
  }

  /// The path of the event's text whose value the expression extracts.
  private func path(_ expression: SplunkEval) -> FieldPath? {
    SplunkIdioms.extraction.match(expression).flatMap(FieldPath.init(steps:))
  }
}
