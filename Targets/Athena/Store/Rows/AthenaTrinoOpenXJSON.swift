import ConcordDiagnostics
import ConcordDocuments

/// The row by Trino's reader for OpenX's class. It keeps scalars as the log spells them until a column asks, and what
/// does not read as that column's type is NULL.
struct AthenaTrinoOpenXJSON {
  private let properties: AthenaOpenXProperties

  static func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ properties: [String: String],
    _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    let reader = AthenaTrinoOpenXJSON(properties: AthenaOpenXProperties(properties, isTrino: true))
    return reader.properties.row(of: object, columns, isRead: isRead, value: reader.value)
  }

  private func value(_ value: Value, _ type: AthenaColumnType) throws(AthenaRowFailure) -> AthenaStoredValue {
    switch (type, value) {
    case (_, .null): return .null
    case (.string, _), (.varchar, _), (.char, _): return text(value).stored(as: type)
    case (.boolean, _): return .boolean(value.scalarText.isTrue)
    case (.array(let element), _):
      if case .string("") = value { return .null }
      // Anything else is an array of one.
      guard case .array(let items) = value else { return .array([try self.value(value, element)]) }
      var stored: [AthenaStoredValue] = []
      for item in items { stored.append(try self.value(item, element)) }
      return .array(stored)
    case (.map(let key, let element), .object(let object)):
      return try AthenaMapMembers(object, key: key) { (value) throws(AthenaRowFailure) in
        try self.value(value, element)
      }.value
    case (.map, _):
      guard value.isBlankText else { throw .kind(value, as: type) }
      return .null
    case (.structure(let fields), _): return try structure(value, fields, type)
    case (.integer, .array), (.integer, .object), (.real, .array), (.real, .object), (.decimal, .array),
      (.decimal, .object), (.timestamp, .array), (.timestamp, .object), (.date, .array), (.date, .object):
      throw .kind(value, as: type)
    case (.integer, _), (.real, _), (.decimal, _), (.timestamp, _), (.date, _):
      let stored = scalar(value.scalarText, type)
      if stored.isNull, properties.isStrict { throw .text(value.scalarText, as: type) }
      return stored
    }
  }

  private func structure(
    _ value: Value, _ fields: [AthenaColumn], _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    var values = fields.map { _ in AthenaStoredValue.null }
    switch value {
    case .object(let object):
      for (place, field) in fields.enumerated() {
        if let value = properties.field(field.name, of: object) {
          values[place] = try self.value(value, field.type)
        }
      }
    case .array(let items):
      // Read by position.
      for (place, (item, field)) in zip(items, fields).enumerated() {
        values[place] = try self.value(item, field.type)
      }
    case .null, .bool, .number, .string, .malformedString:
      guard value.isBlankText else { throw .kind(value, as: type) }
    }
    return .row(values)
  }

  /// What a column that reads a scalar's text holds; NULL where it does not read so.
  private func scalar(_ text: String, _ type: AthenaColumnType) -> AthenaStoredValue {
    switch type {
    case .integer(let bits):
      guard let number = AthenaTrinoOpenXJSON.long(text) ?? AthenaJavaNumber(text)?.truncated,
        number == number.lastBits(bits)
      else { return .null }
      return .integer(number)
    case .real(let bits):
      return AthenaJavaNumber.double(text).map { .real($0.rounded(toBits: bits)) } ?? .null
    case .decimal(let precision, let scale):
      return AthenaJavaNumber(text)?.rounded(precision: precision, scale: scale).map { .decimal($0) } ?? .null
    case .timestamp: return AthenaStoredMoment.trinoOpenX(text)?.inMilliseconds.storedMoment ?? .null
    case .date:
      let date =
        AthenaStoredMoment.date(text)
        ?? AthenaTrinoOpenXJSON.long(text).flatMap { AthenaStoredMoment.date(days: Int(clamping: $0)) }
        ?? AthenaStoredMoment.zoned(text)
      return date?.storedDate ?? .null
    case .string, .varchar, .char, .boolean, .array, .map, .structure: return text.stored(as: type)
    }
  }

  /// A whole number, which may be hexadecimal or, after a zero, octal.
  private static func long(_ text: String) -> Int64? {
    let bytes = Array(text.utf8.prefix(3))
    if bytes.count == 3, bytes[0] == 0x30, bytes[1].lowercased == UInt8(ascii: "x"), bytes[2].isHexDigit {
      return Int64(text.dropFirst(2), radix: 16)
    }
    if bytes.count >= 2, bytes[0] == 0x30, 0x30...0x38 ~= bytes[1] {
      return Int64(text.dropFirst(), radix: 8)
    }
    return Int64(text)
  }

  private func text(_ value: Value) -> String {
    switch value {
    case .array, .object:
      value.openXJSON { scalar in
        let text = AthenaTrinoOpenXJSON.scalarText(scalar)
        return switch scalar {
        case .string, .malformedString: text.openXQuoted
        case .null, .bool, .number, .array, .object: text
        }
      }
    case .null, .bool, .number, .string, .malformedString: AthenaTrinoOpenXJSON.scalarText(value)
    }
  }

  /// The text of a scalar: numbers by `BigDecimal`.
  private static func scalarText(_ value: Value) -> String {
    guard case .number(let number) = value else { return value.scalarText }
    return long(number.written).map { String($0) } ?? AthenaJavaNumber(number.written)?.text ?? number.written
  }
}
