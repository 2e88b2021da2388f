import ConcordDiagnostics
import ConcordDocuments

/// The row by `RegexSerDe`, whose groups are the columns in order. It is taken that a line of the log matches, and that a
/// group is the field of the column's name: what does not match is a row of NULLs, and nothing of an event tells.
enum AthenaRegexRow {
  static func row(
    of object: Value.Object, _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool
  ) -> AthenaReadRow {
    row(of: columns.map { object.fieldText($0.name)?.firstLine }, columns, isRead)
  }

  /// The row of the groups of a line.
  static func row(
    of groups: [String?], _ columns: [AthenaColumn], _ isRead: (AthenaColumn) -> Bool = { _ in true }
  ) -> AthenaReadRow {
    var row = AthenaReadRow(values: columns.map { _ in .null })
    for (place, (group, column)) in zip(groups, columns).enumerated() {
      switch column.type {
      case .array, .map, .structure:
        // The class does not begin with such a table, whatever is read.
        row.failures.append(AthenaRowFailure("a group is no \(column.type.shown)", in: column.name))
      case .string, .varchar, .char, .boolean, .integer, .real, .decimal, .timestamp, .date:
        if let group, isRead(column) { row.values[place] = value(group, column.type) }
      }
    }
    return row
  }

  private static func value(_ text: String, _ type: AthenaColumnType) -> AthenaStoredValue {
    switch type {
    case .boolean: .boolean(text.isTrue)
    case .integer, .real, .decimal: text.storedNumber(as: type)
    case .timestamp: text.storedSQLMoment
    case .date: text.storedSQLDate
    case .string, .varchar, .char, .array, .map, .structure: text.stored(as: type)
    }
  }
}
