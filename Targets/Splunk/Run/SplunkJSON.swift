import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What a JSON function looks into.
enum SplunkDocument {
  /// A row's event, of whose members there is an index.
  case event(Event)
  /// What another text holds.
  case value(Value)

  /// What the first steps lead to, and the steps that are left.
  fileprivate func start(_ steps: [FieldPath.Step]) -> (values: [Value], rest: ArraySlice<FieldPath.Step>) {
    switch self {
    case .value(let value): return ([value], steps[...])
    case .event(let event):
      guard case .name(let name)? = steps.first else { return ([], []) }
      return (event.value(of: name).map { [$0] } ?? [], steps.dropFirst())
    }
  }
}

/// The JSON functions of `eval` (Search Reference, "JSON functions").
enum SplunkJSON {
  /// The function of that name, its path read once.
  ///
  /// `json_extract(json, path)`: names joined by dots, `{0}` an element from 0, `{}` all elements.
  /// `json_extract_exact(json, key)`: one key, as it is. `spath(json, path)`: the values as automatic extraction has them.
  static func function(_ name: String, path: String) -> (SplunkDocument) -> SplunkValue {
    if name == "json_extract_exact" {
      return { json in values(in: json, at: [.name(path)]).first.map(native) ?? .null }
    }
    guard let steps = SplunkJSONPath.steps(path) else { return { _ in .null } }
    if name == "spath" {
      return { json in SplunkValue(values: values(in: json, at: steps).map(SplunkExtractor.text)) }
    }
    if steps.contains(.each) {
      return { json in
        let values = values(in: json, at: steps)
        return values.isEmpty ? .null : .text(Value.array(values).compactJSON)
      }
    }
    return { json in values(in: json, at: steps).first.map(native) ?? .null }
  }

  /// `json_array_to_mv(array, keepsQuotes)`: the elements of a JSON array, strings with or without their quotes.
  static func elements(_ text: String, keepsQuotes: Bool) -> SplunkValue {
    guard case .array(let items)? = try? JSON.parse(text), !items.isEmpty else { return .null }
    return .list(items.map { keepsQuotes ? $0.compactJSON : SplunkExtractor.text($0) })
  }

  /// The values that the steps lead to.
  private static func values(in json: SplunkDocument, at steps: [FieldPath.Step]) -> [Value] {
    let (start, rest) = json.start(steps)
    return rest.reduce(start) { values, step in
      values.flatMap { value -> [Value] in
        switch step {
        case .name(let name): return member(value, name).map { [$0] } ?? []
        case .index(let index):
          guard case .array(let items) = value, items.indices.contains(index) else { return [] }
          return [items[index]]
        case .each:
          guard case .array(let items) = value else { return [] }
          return items
        }
      }
    }
  }

  /// A value in Splunk's own types: a string, number or Boolean; null is NULL, a container its text.
  private static func native(_ value: Value) -> SplunkValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let number): .number(number.double)
    case .string, .malformedString, .array, .object: .text(value.comparedText ?? "")
    }
  }

  private static func member(_ value: Value, _ name: String) -> Value? {
    if case .object(let object) = value { object[name] } else { nil }
  }
}
