import ConcordDiagnostics
import ConcordDocuments

extension Value.Object {
  /// The text that a file of fields has for a key: of a scalar as the log spells it, of objects and arrays their JSON;
  /// `nil` for null and where the key is missing.
  func fieldText(_ name: String) -> String? {
    guard let value = member(name) else { return nil }
    if case .null = value { return nil }
    return value.scalarText
  }
}

extension String {
  /// The line of a file up to its first end: a record reader knows no other.
  var firstLine: String {
    String(unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }.map(Character.init))
  }

  /// The moment that a field of text has, in SQL's spelling alone; NULL for others.
  var storedSQLMoment: AthenaStoredValue {
    utf8.contains { $0.lowercased == UInt8(ascii: "t") }
      ? .null : AthenaStoredMoment.local(self)?.storedMoment ?? .null
  }

  /// The date that a field of text has; NULL where anything else is in it.
  var storedSQLDate: AthenaStoredValue {
    utf8.contains(UInt8(ascii: " ")) ? .null : AthenaStoredMoment.date(self)?.storedDate ?? .null
  }

  /// The number that a field of text has in a column of that type; NULL where it is none, or too large.
  func storedNumber(as type: AthenaColumnType) -> AthenaStoredValue {
    switch type {
    case .real(let bits):
      AthenaJavaNumber.double(self).map { .real($0.rounded(toBits: bits)) } ?? .null
    case .decimal(let precision, let scale):
      AthenaJavaNumber(self)?.rounded(precision: precision, scale: scale).map { .decimal($0) } ?? .null
    case .integer(let bits):
      Int64(self).flatMap { $0 == $0.lastBits(bits) ? .integer($0) : nil } ?? .null
    case .string, .varchar, .char, .boolean, .timestamp, .date, .array, .map, .structure: .null
    }
  }
}
