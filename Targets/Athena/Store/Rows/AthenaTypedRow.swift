import ConcordDiagnostics
import ConcordDocuments

/// The row of a file that holds typed values (Parquet, ORC, Avro and the table formats over them), and of one of whose
/// reader nothing is known.
///
/// Such a row is what somebody put there, by conversions that are not the reader's. It is taken to be the event's own
/// values: `AthenaStoredValue(kept:as:)`.
enum AthenaTypedRow {
  static func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    AthenaReadRow(
      values: columns.map {
        isRead($0) ? AthenaStoredValue(kept: object.member($0.name), as: $0.type) : .null
      })
  }
}

extension AthenaStoredValue {
  /// What a column of that type holds of an event's value that it keeps: a missing key and null are NULL, a record's keys
  /// are found in whatever letter case, text columns hold the text of booleans and numbers and the JSON of objects, and a
  /// moment is one in whatever way a text or number says it. A value that does not go into the column's type is NULL.
  init(kept value: Value?, as type: AthenaColumnType) {
    guard let value else {
      self = .null
      return
    }
    switch (type, value) {
    case (_, .null): self = .null
    case (.string, .array), (.string, .object): self = .text(value.normalized.compactJSON)
    case (.string, _): self = value.comparedText.map { .text($0) } ?? .null
    case (.varchar(let length), _), (.char(let length), _):
      guard case .text(let text) = AthenaStoredValue(kept: value, as: .string),
        text.cut(to: length).sameScalars(as: text)
      else {
        self = .null
        return
      }
      self = text.stored(as: type)
    case (.boolean, .bool(let value)): self = .boolean(value)
    case (.boolean, .string("true")): self = .boolean(true)
    case (.boolean, .string("false")): self = .boolean(false)
    case (.integer(let bits), .number(let number)):
      self = Int64(number.shortest).flatMap { $0 == $0.lastBits(bits) ? .integer($0) : nil } ?? .null
    case (.real(let bits), .number(let number)):
      self = number.double.isFinite ? .real(number.double.rounded(toBits: bits)) : .null
    case (.decimal(let precision, let scale), .number(let number)):
      let rounded = AthenaJavaNumber(number.shortest)?.rounded(precision: precision, scale: scale)
      self = rounded.map { .decimal($0) } ?? .null
    case (.timestamp, .string), (.timestamp, .number), (.date, .string), (.date, .number):
      self = .moment(value.scalarText)
    case (.structure(let fields), .object(let object)):
      self = .row(fields.map { AthenaStoredValue(kept: object.member($0.name), as: $0.type) })
    case (.array(let element), .array(let items)):
      self = .array(items.map { AthenaStoredValue(kept: $0, as: element) })
    case (.map(_, let element), .object(let object)):
      self = .map(object.members.map { ($0.key, AthenaStoredValue(kept: $0.value, as: element)) })
    case (.boolean, _), (.integer, _), (.real, _), (.decimal, _), (.timestamp, _), (.date, _),
      (.structure, _), (.array, _), (.map, _):
      self = .null
    }
  }
}
