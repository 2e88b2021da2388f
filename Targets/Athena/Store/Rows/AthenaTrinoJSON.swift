import ConcordDiagnostics
import ConcordDocuments

/// The row by Trino's own JSON reader, which goes by Hive's class but ends the query where that loses its place.
enum AthenaTrinoJSON {
  static func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    var row = AthenaReadRow(values: columns.map { _ in .null })
    if let key = Value.object(object).unreadableKey {
      row.failures = [AthenaRowFailure("the key cannot be read", in: key)]
      return row
    }
    var seen: Set<Int> = []
    for member in object.members {
      var column = member.key
      do throws(AthenaRowFailure) {
        guard let place = try place(of: member.key, columns), isRead(columns[place]) else { continue }
        column = columns[place].name
        row.values[place] = .null
        guard seen.insert(place).inserted else { throw AthenaRowFailure("two keys are for this column") }
        row.values[place] = try value(member.value, columns[place].type)
      } catch {
        row.failures.append(AthenaRowFailure(error.reason, in: column))
      }
    }
    return row
  }

  private static func place(of key: String, _ columns: [AthenaColumn]) throws(AthenaRowFailure) -> Int? {
    if let place = columns.firstIndex(where: { AthenaKeys.areSame(key, $0.name) }) { return place }
    guard let (_, number) = AthenaKeys.internalNumber(key) else { return nil }
    guard let number, number < columns.count else { throw AthenaRowFailure("the key names no column") }
    return number
  }

  private static func value(
    _ value: Value, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    switch (type, value) {
    case (_, .null): return .null
    case (.array(let element), .array(let items)):
      var stored: [AthenaStoredValue] = []
      for item in items { stored.append(try self.value(item, element)) }
      return .array(stored)
    case (.map(let key, let element), .object(let object)):
      return try AthenaMapMembers(object, key: key) { (value) throws(AthenaRowFailure) in
        try self.value(value, element)
      }.value
    case (.structure(let fields), .object(let object)):
      var values = fields.map { _ in AthenaStoredValue.null }
      for member in object.members {
        guard let place = try place(of: member.key, fields) else { continue }
        values[place] = try self.value(member.value, fields[place].type)
      }
      return .row(values)
    case (.array, _), (.map, _), (.structure, _), (_, .array), (_, .object): throw .kind(value, as: type)
    case (.integer(let bits), .number(let number)):
      guard let integer = AthenaJSONNumbers.integer(number, bits: bits) else {
        throw .size(number.written, as: type)
      }
      return .integer(integer)
    case (.real(let bits), .number(let number)): return .real(AthenaJSONNumbers.real(number, bits: bits))
    case (.integer, _), (.real, _): throw .kind(value, as: type)
    case (.string, _), (.varchar, _), (.char, _), (.boolean, _), (.decimal, _), (.timestamp, _), (.date, _):
      return try self.value(of: value.scalarText, type)
    }
  }

  /// What a column that goes by the text of a scalar holds.
  private static func value(
    of text: String, _ type: AthenaColumnType
  ) throws(AthenaRowFailure) -> AthenaStoredValue {
    switch type {
    case .boolean: return .boolean(text.isTrue)
    case .decimal(let precision, let scale):
      guard let number = AthenaJavaNumber(text) else { throw .text(text, as: type) }
      guard let rounded = number.rounded(precision: precision, scale: scale) else {
        throw .size(text, as: type)
      }
      return .decimal(rounded)
    case .timestamp:
      guard let moment = AthenaStoredMoment.local(text) else { throw .text(text, as: type) }
      return moment.inMilliseconds.storedMoment
    case .date:
      guard let date = AthenaStoredMoment.date(text) else { throw .text(text, as: type) }
      return date.storedDate
    case .string, .varchar, .char, .integer, .real, .array, .map, .structure: return text.stored(as: type)
    }
  }
}

extension Value {
  /// The text of a scalar as the log spells it, surrogates without a partner as question marks.
  var scalarText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.written
    case .string(let text): text
    case .malformedString(let units): units.withQuestionMarks
    case .array, .object: compactJSON
    }
  }

  /// A key that Trino's parser does not take: one that is not Unicode, or of more than 50,000 bytes.
  fileprivate var unreadableKey: String? {
    switch self {
    case .null, .bool, .number, .string, .malformedString: return nil
    case .array(let items): return items.lazy.compactMap(\.unreadableKey).first
    case .object(let object):
      for member in object.members {
        if member.malformedKey != nil || member.key.utf8.count > 50_000 { return member.key.cut(to: 40) }
        if let key = member.value.unreadableKey { return key }
      }
      return nil
    }
  }
}
