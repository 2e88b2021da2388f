import ConcordDiagnostics
import ConcordDocuments

/// What a column of a row holds.
package indirect enum AthenaStoredValue: Sendable {
  case null
  case text(String)
  case boolean(Bool)
  case integer(Int64)
  case real(Double)
  case decimal(Number)
  /// A moment in UTC (`2024-05-01 10:20:30.5`), or a date.
  case moment(String)
  case array([AthenaStoredValue])
  case map([(key: String, value: AthenaStoredValue)])
  /// The values of a struct's fields, in order.
  case row([AthenaStoredValue])

  var isNull: Bool { if case .null = self { true } else { false } }
}

extension AthenaStoredValue: Equatable {
  /// Whether both are the same: texts scalar by scalar, numbers by what they are, maps in whatever order.
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.text(let a), .text(let b)), (.moment(let a), .moment(let b)): a.sameScalars(as: b)
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b || a.isNaN && b.isNaN
    case (.decimal(let a), .decimal(let b)): a == b
    case (.array(let a), .array(let b)), (.row(let a), .row(let b)): a == b
    case (.map(let a), .map(let b)):
      a.count == b.count
        && a.allSatisfy { member in
          b.contains { $0.key.sameScalars(as: member.key) && $0.value == member.value }
        }
    case (.null, _), (.text, _), (.boolean, _), (.integer, _), (.real, _), (.decimal, _), (.moment, _),
      (.array, _), (.map, _), (.row, _):
      false
    }
  }
}

extension AthenaStoredValue {
  /// The value in words, for people.
  var shown: String {
    switch self {
    case .null: "NULL"
    case .text(let text): "the text \(text.shortened)"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .integer(let value): String(value)
    case .real(let value): AthenaJavaNumber.text(of: value)
    case .decimal(let number): number.shortest
    case .moment(let text): text
    case .array(let items): "an array of \(items.count)"
    case .map: "a map"
    case .row: "a row"
    }
  }
}

extension Value {
  /// The value in words, for people.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.written.shortened
    case .string(let text): "the text \(text.shortened)"
    case .malformedString: "a text that is not Unicode"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The kind of value, for people.
  var kindShown: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string, .malformedString: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension String {
  /// The text on one line, cut after 40 characters.
  fileprivate var shortened: String {
    if isEmpty { return "of no characters" }
    let text = cut(to: 40)
    return (text.utf8.count < utf8.count ? text + "…" : self).visible()
  }
}
