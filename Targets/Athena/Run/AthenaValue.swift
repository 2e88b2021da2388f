import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A value of Athena SQL.
enum AthenaValue {
  case null
  case boolean(Bool)
  case bigint(Int64)
  case decimal(AthenaDecimal)
  case double(Double)
  case varchar(String)
  /// JSON, which the engine keeps as its text and compares so.
  case json(String)
  case ipaddress(IPAddress)
  case array([AthenaValue])
  case map([(key: String, value: AthenaValue)])
  case row([AthenaValue])

  var isNull: Bool { if case .null = self { true } else { false } }
  /// True, false, or unknown.
  var truth: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var text: String? { if case .varchar(let text) = self { text } else { nil } }

  static func boolean(_ truth: Bool?) -> AthenaValue { truth.map { .boolean($0) } ?? .null }

  /// Whether both are the same in every way: nothing that is asked of them differs.
  func isSame(as other: AthenaValue) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.bigint(let a), .bigint(let b)): a == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.varchar(let a), .varchar(let b)), (.json(let a), .json(let b)): a.sameScalars(as: b)
    case (.array(let a), .array(let b)), (.row(let a), .row(let b)):
      a.elementsEqual(b) { $0.isSame(as: $1) }
    case (.map(let a), .map(let b)):
      a.elementsEqual(b) { $0.key.sameScalars(as: $1.key) && $0.value.isSame(as: $1.value) }
    case (.null, _), (.boolean, _), (.bigint, _), (.decimal, _), (.double, _), (.varchar, _), (.json, _),
      (.ipaddress, _), (.array, _), (.map, _), (.row, _):
      // No column holds a decimal or an address.
      false
    }
  }
}

extension AthenaValue {
  /// The value as one of a type that it goes with: numbers become decimals or doubles. Throws where a decimal has
  /// too many digits.
  func taken(as kind: AthenaKind) throws(AthenaFailure) -> AthenaValue {
    switch (self, kind) {
    case (.bigint(let value), .double): return .double(Double(value))
    case (.decimal(let value), .double): return .double(value.double)
    case (.bigint(let value), .decimal(let precision, let scale)):
      return .decimal(try AthenaDecimal(value).scaled(scale, within: precision))
    case (.decimal(let value), .decimal(let precision, let scale)):
      return .decimal(try value.scaled(scale, within: precision))
    case (.array(let items), .array(let element)):
      var result: [AthenaValue] = []
      for item in items { result.append(try item.taken(as: element)) }
      return .array(result)
    case (.row(let items), .row(let fields)):
      var result: [AthenaValue] = []
      for (item, field) in zip(items, fields) { result.append(try item.taken(as: field.kind)) }
      return .row(result)
    case (.map(let members), .map(let kind)):
      var result: [(key: String, value: AthenaValue)] = []
      for member in members { result.append((member.key, try member.value.taken(as: kind))) }
      return .map(result)
    default: return self
    }
  }
}

extension AthenaValue {
  /// What a column of that type holds of an event's value that it keeps; `Store/Rows` has what readers make of others.
  init(_ value: Value?, as type: AthenaColumnType) { self.init(AthenaStoredValue(kept: value, as: type)) }

  /// What a column holds, as a query has it: there is one kind of binary numbers, and no moments.
  init(_ stored: AthenaStoredValue) {
    self =
      switch stored {
      case .null, .moment: .null
      case .text(let text): .varchar(text)
      case .boolean(let value): .boolean(value)
      case .integer(let value): .bigint(value)
      case .real(let value): .double(value)
      case .decimal(let value): .double(value.double)
      case .array(let items): .array(items.map { AthenaValue($0) })
      case .map(let members): .map(members.map { ($0.key, AthenaValue($0.value)) })
      case .row(let items): .row(items.map { AthenaValue($0) })
      }
  }
}
