import ConcordLanguages

/// A type of Athena SQL, as far as queries over logs meet it.
indirect enum AthenaKind: Hashable {
  /// The type of `NULL`, which goes with every other.
  case unknown
  case boolean
  case bigint
  /// An exact decimal of so many digits, so many of them after the point.
  case decimal(Int, scale: Int)
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
    case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
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
    if let common = commonNumber(other) { return common }
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

  /// Whole numbers and decimals go together exactly, with doubles as doubles. [Trino TypeCoercion; executed: Trino
  /// 414, 482]
  private func commonNumber(_ other: AthenaKind) -> AthenaKind? {
    switch (self, other) {
    case (.double, .bigint), (.double, .decimal), (.bigint, .double), (.decimal, .double): return .double
    case (.bigint, .decimal): return AthenaKind.decimal(19, scale: 0).commonNumber(other)
    case (.decimal, .bigint): return commonNumber(.decimal(19, scale: 0))
    case (.decimal(let left, let leftScale), .decimal(let right, let rightScale)):
      let scale = max(leftScale, rightScale)
      return .decimal(min(38, max(left - leftScale, right - rightScale) + scale), scale: scale)
    default: return nil
    }
  }

  /// Whether a cast to that type is modelled.
  func canBeCast(to kind: AthenaKind) -> Bool {
    switch (self, kind) {
    case (.unknown, _): true
    case (.varchar, .varchar), (.varchar, .boolean), (.varchar, .bigint), (.varchar, .double),
      (.varchar, .ipaddress),
      (.boolean, .boolean), (.boolean, .varchar), (.bigint, .varchar), (.bigint, .double), (.bigint, .bigint),
      (.decimal, .double), (.decimal, .varchar), (.double, .double), (.double, .varchar), (.json, .json),
      (.json, .varchar), (.ipaddress, .ipaddress):
      true
    case (.json, .array(.json)), (.json, .array(.varchar)): true
    case (.array(let a), .array(let b)): a.canBeCast(to: b)
    case (.map(let a), .map(let b)): a.canBeCast(to: b)
    case (.row(let a), .row(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.kind.canBeCast(to: $1.kind) }
    default: false
    }
  }

  /// The type of a number as it is written; `nil` where it has more digits than its type. [Trino docs, types]
  init?(literal text: String) {
    if text.utf8.contains(UInt8(ascii: "E")) {
      self = .double
    } else if let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) {
      let whole = text[..<point].utf8.drop { $0 == UInt8(ascii: "-") }.drop { $0 == UInt8(ascii: "0") }.count
      let scale = text.utf8.distance(from: point, to: text.utf8.endIndex) - 1
      guard whole + scale <= 38 else { return nil }
      self = .decimal(max(1, whole + scale), scale: scale)
    } else {
      guard Int64(text) != nil else { return nil }
      self = .bigint
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

extension AthenaKind {
  /// The type that a cast names; `nil` for those that are not modelled.
  init?(_ type: AthenaType) {
    switch type {
    case .named("varchar"): self = .varchar
    case .named("boolean"): self = .boolean
    case .named("bigint"): self = .bigint
    case .named("double"): self = .double
    case .named("json"): self = .json
    case .named("ipaddress"): self = .ipaddress
    case .named("timestamp"): self = .timestamp
    case .named: return nil
    case .array(let element):
      guard let element = AthenaKind(element) else { return nil }
      self = .array(element)
    case .map(_, let value):
      guard let value = AthenaKind(value) else { return nil }
      self = .map(value)
    case .row(let fields):
      var own: [Field] = []
      for field in fields {
        guard let kind = AthenaKind(field.type) else { return nil }
        own.append(Field(name: field.name, kind: kind))
      }
      self = .row(own)
    }
  }
}
