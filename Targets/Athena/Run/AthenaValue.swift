import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A type of Athena SQL, as far as queries over logs meet it.
indirect enum AthenaKind: Hashable {
  /// The type of `NULL`, which goes with every other.
  case unknown
  case boolean
  case bigint
  /// A decimal, computed as a double.
  case decimal
  case double
  case varchar
  case json
  case ipaddress
  case timestamp
  case array(AthenaKind)
  case map(AthenaKind)
  case row([Field])

  struct Field: Hashable {
    var name: String
    var kind: AthenaKind
  }

  /// The type's name, for messages.
  var name: String {
    switch self {
    case .unknown: "unknown"
    case .boolean: "boolean"
    case .bigint: "bigint"
    case .decimal: "decimal"
    case .double: "double"
    case .varchar: "varchar"
    case .json: "json"
    case .ipaddress: "ipaddress"
    case .timestamp: "timestamp"
    case .array(let element): "array(\(element.name))"
    case .map(let value): "map(varchar, \(value.name))"
    case .row: "row"
    }
  }

  var isNumber: Bool {
    switch self {
    case .bigint, .decimal, .double: true
    case .unknown, .boolean, .varchar, .json, .ipaddress, .timestamp, .array, .map, .row: false
    }
  }

  /// The type that both can be taken as; `nil` where there is none. Text and numbers never go together.
  func common(_ other: AthenaKind) -> AthenaKind? {
    if self == other || other == .unknown { return self }
    if self == .unknown { return other }
    if isNumber, other.isNumber { return self == .double || other == .double ? .double : .decimal }
    switch (self, other) {
    case (.array(let a), .array(let b)): return a.common(b).map(AthenaKind.array)
    case (.map(let a), .map(let b)): return a.common(b).map(AthenaKind.map)
    case (.row(let a), .row(let b)) where a.count == b.count:
      var fields: [Field] = []
      for (left, right) in zip(a, b) {
        guard let kind = left.kind.common(right.kind) else { return nil }
        fields.append(Field(name: left.name, kind: kind))
      }
      return .row(fields)
    default: return nil
    }
  }

  /// The type of a column of the table.
  init(_ type: FieldType) {
    self =
      switch type {
      case .text: .varchar
      case .boolean: .boolean
      case .integer: .bigint
      case .real: .double
      case .timestamp: .timestamp
      case .structure(let fields): .row(fields.map { Field(name: $0.name, kind: AthenaKind($0.type)) })
      case .array(let element): .array(AthenaKind(element))
      case .map(let value): .map(AthenaKind(value))
      }
  }
}

/// A value of Athena SQL.
indirect enum AthenaValue {
  case null
  case boolean(Bool)
  case bigint(Int64)
  case double(Double)
  case varchar(String)
  case json(Value)
  case ipaddress(IPAddress)
  case array([AthenaValue])
  case map([(key: String, value: AthenaValue)])
  case row([AthenaValue])

  var isNull: Bool { if case .null = self { true } else { false } }
  /// True, false, or unknown.
  var truth: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var text: String? { if case .varchar(let text) = self { text } else { nil } }

  static func boolean(_ truth: Bool?) -> AthenaValue { truth.map { .boolean($0) } ?? .null }

  /// The number as a double.
  var number: Double? {
    switch self {
    case .bigint(let value): Double(value)
    case .double(let value): value
    case .null, .boolean, .varchar, .json, .ipaddress, .array, .map, .row: nil
    }
  }
}

extension AthenaValue {
  /// What a column of that type holds of an event's value, as the JSON SerDe fills it: a missing key and null are
  /// NULL, a record's keys are found in whatever letter case, text columns hold the text of booleans and numbers
  /// and the JSON of objects. A value that does not go into the column's type is NULL.
  ///
  /// Numbers are taken in their shortest spelling, as CloudTrail writes them.
  init(_ value: Value?, as type: FieldType) {
    guard let value else {
      self = .null
      return
    }
    switch (type, value) {
    case (_, .null): self = .null
    case (.text, .array), (.text, .object): self = .varchar(value.normalized.compactJSON)
    case (.text, _): self = value.comparedText.map { .varchar($0) } ?? .null
    case (.boolean, .bool(let value)): self = .boolean(value)
    case (.integer, .number(let number)): self = Int64(number.shortest).map { .bigint($0) } ?? .null
    case (.real, .number(let number)): self = .double(number.double)
    case (.structure(let fields), .object(let object)):
      self = .row(fields.map { AthenaValue(object.member($0.name), as: $0.type) })
    case (.array(let element), .array(let items)):
      self = .array(items.map { AthenaValue($0, as: element) })
    case (.map(let type), .object(let object)):
      self = .map(object.members.map { ($0.key, AthenaValue($0.value, as: type)) })
    case (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.array, _), (.map, _):
      self = .null
    }
  }
}

extension Value.Object {
  /// The value of a key, in that spelling or, failing that, in another letter case.
  func member(_ name: String) -> Value? {
    if let exact = self[name] { return exact }
    let wanted = LetterCase.lower(name)
    return members.last { LetterCase.lower($0.key).sameScalars(as: wanted) }?.value
  }
}

extension Value {
  /// The value with each number in its shortest spelling and each key once.
  var normalized: Value {
    switch self {
    case .null, .bool, .string, .malformedString: return self
    case .number(let number): return Number(number.shortest).map(Value.number) ?? self
    case .array(let items): return .array(items.map(\.normalized))
    case .object(let object):
      var result = Object()
      for member in object.members { result[member.key] = member.value.normalized }
      return .object(result)
    }
  }
}
