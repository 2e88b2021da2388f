import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The JSON functions of `eval` (Search Reference, "JSON functions").
enum SplunkJSON {
  /// `json_extract(json, path)`: names joined by dots, `{0}` an element from 0, `{}` all elements.
  static func extract(_ json: Value, path: String) -> SplunkValue {
    guard let steps = steps(path) else { return .null }
    var values = [json]
    var isList = false
    for step in steps {
      switch step {
      case .name(let name): values = values.compactMap { member($0, name) }
      case .index(let index):
        values = values.compactMap { value in
          if case .array(let items) = value, items.indices.contains(index) { items[index] } else { nil }
        }
      case .each:
        isList = true
        values = values.flatMap { value in if case .array(let items) = value { items } else { [Value]() } }
      }
    }
    if isList { return values.isEmpty ? .null : .text(Value.array(values).compactJSON) }
    return values.first.map(native) ?? .null
  }

  /// `json_extract_exact(json, key)`: one key, as it is.
  static func extractExact(_ json: Value, key: String) -> SplunkValue {
    member(json, key).map(native) ?? .null
  }

  /// `json_array_to_mv(array, keepsQuotes)`: the elements of a JSON array, strings with or without their quotes.
  static func elements(_ text: String, keepsQuotes: Bool) -> SplunkValue {
    guard case .array(let items)? = try? JSON.parse(text), !items.isEmpty else { return .null }
    return .list(items.map { keepsQuotes ? $0.compactJSON : SplunkExtractor.text($0) })
  }

  /// `spath(json, path)`: the values as automatic extraction has them.
  static func spath(_ json: Value, path: String) -> SplunkValue {
    guard let steps = steps(path) else { return .null }
    var values = [json]
    for step in steps {
      switch step {
      case .name(let name): values = values.compactMap { member($0, name) }
      case .index(let index):
        values = values.compactMap { value in
          if case .array(let items) = value, items.indices.contains(index) { items[index] } else { nil }
        }
      case .each:
        values = values.flatMap { value in if case .array(let items) = value { items } else { [Value]() } }
      }
    }
    return SplunkValue(values: values.map(SplunkExtractor.text))
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

  /// The steps of a path; `nil` where it is none.
  static func steps(_ path: String) -> [FieldPath.Step]? {
    var steps: [FieldPath.Step] = []
    var name = ""
    var rest = Array(path.unicodeScalars)[...]
    var isOpen = true
    while let scalar = rest.first {
      rest = rest.dropFirst()
      switch scalar {
      case ".":
        if isOpen, name.isEmpty { return nil }
        if !name.isEmpty { steps.append(.name(name)) }
        (name, isOpen) = ("", true)
      case "{":
        if !name.isEmpty { steps.append(.name(name)) }
        (name, isOpen) = ("", false)
        let inner = rest.prefix { $0 != "}" }
        guard rest.count > inner.count else { return nil }
        rest = rest.dropFirst(inner.count + 1)
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: inner)
        if inner.isEmpty {
          steps.append(.each)
        } else if let index = Int(String(digits)), index >= 0 {
          steps.append(.index(index))
        } else {
          return nil
        }
      default:
        if !isOpen { return nil }
        name.unicodeScalars.append(scalar)
      }
    }
    if !name.isEmpty { steps.append(.name(name)) }
    return steps.isEmpty ? nil : steps
  }
}
