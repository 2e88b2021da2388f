import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// An event in a table: the row that each reader that may read the table makes of it, and what the row does not hold.
package struct AthenaStoredEvent: Sendable {
  /// What one reader makes of the event.
  package struct Reading: Sendable {
    package var reader: AthenaRowReader
    package var row: AthenaReadRow
    /// What the row does not hold as the log has it; of a table's columns alone, since a rule can ask of no others.
    package var changes: [StoredEvent.Change]

    /// Whether a query on the row answers what the rule answers on the event.
    package var isKept: Bool { changes.isEmpty }
  }

  /// By reader.
  package var readings: [Reading]

  /// Whether every reader keeps the event.
  package var isKept: Bool { readings.allSatisfy(\.isKept) }

  /// What the table's readers make of an event. With `names` the query reads the columns of these names alone.
  package init(_ event: Event, in table: AthenaTableDefinition, reading names: [String]? = nil) {
    func isRead(_ column: AthenaColumn) -> Bool {
      names?.contains { LetterCase.ignored.equates($0, column.name) } ?? true
    }
    readings = table.format.readers.map { reader in
      let store = AthenaRowComparison(event: event.object, table: table, reader: reader, isRead: isRead)
      let row = store.row(of: event.object)
      return Reading(reader: reader, row: row, changes: store.changes(of: row))
    }
  }
}

/// Compares an event with the row that a reader makes of it.
private struct AthenaRowComparison {
  let event: Value.Object
  let table: AthenaTableDefinition
  let reader: AthenaRowReader
  let isRead: (AthenaColumn) -> Bool

  /// The row of an object. CloudTrail's input format hands objects in its JSON columns over as their text.
  func row(of object: Value.Object, reading column: AthenaColumn? = nil) -> AthenaReadRow {
    var object = object
    if table.format.handsOverJSON {
      for (index, member) in object.members.enumerated() {
        guard CloudTrailTable.jsonColumns.contains(LetterCase.lower(member.key)) else { continue }
        switch member.value {
        case .array, .object: object.members[index].value = .string(member.value.compactJSON)
        case .null, .bool, .number, .string, .malformedString: break
        }
      }
    }
    return reader.row(of: object, table.columns, table.format.readerProperties) { read in
      column.map { $0 == read } ?? isRead(read)
    }
  }

  func changes(of row: AthenaReadRow) -> [StoredEvent.Change] {
    if !row.failures.isEmpty {
      return row.failures.map { failure in
        StoredEvent.Change(
          .fails, failure.column,
          "`\(failure.column.visible())`: \(failure.reason), with which \(reader.shown) ends the query"
            + unless(table.columns.first { $0.name == failure.column }))
      }
    }
    return zip(table.columns, row.values).compactMap { column, stored in
      guard isRead(column),
        let change = AthenaKeptValue.change(
          of: column.name, in: event, stored, column.type, path: column.name)
      else { return nil }
      let told = own(change, of: column, stored, row) ?? damage(column, stored, row)
      return StoredEvent.Change(told.outcome, told.field, told.text + unless(column))
    }
  }

  /// What is said of a column of moments whose spellings the statement lists: that list is not followed.
  private func unless(_ column: AthenaColumn?) -> String {
    guard column?.type == .timestamp, table.format.listsMoments else { return "" }
    return ", unless `timestamp.formats` reads it"
  }

  /// The change as it is told, where the column's own value makes it; `nil` where another one does: the column
  /// then holds something else than if it stood alone in the line.
  private func own(
    _ change: StoredEvent.Change, of column: AthenaColumn, _ stored: AthenaStoredValue,
    _ row: AthenaReadRow
  ) -> StoredEvent.Change? {
    switch reader {
    case .openX, .trinoOpenX, .regex: return change
    case .typed:
      return change.outcome != .null
        ? change
        : StoredEvent.Change(
          .null, change.field, "`\(change.field)` does not go into its column, which is \(column.type.shown)")
    case .hive, .trino, .csv, .delimited: break
    }
    let own = event.members.filter { AthenaKeys.areSame($0.key, column.name) }
    let alone = self.row(of: Value.Object(own), reading: column)
    guard let place = table.columns.firstIndex(of: column), alone.failures.isEmpty,
      alone.values[place] == stored
    else { return nil }
    guard row.opened.contains(column.name) else { return change }
    return StoredEvent.Change(
      change.outcome, change.field,
      "`\(change.field)` is an object in the log: \(reader.shown) keeps `{` of it and takes its keys for columns"
    )
  }

  private func damage(_ column: AthenaColumn, _ stored: AthenaStoredValue, _ row: AthenaReadRow)
    -> StoredEvent.Change
  {
    let own = event.candidates(for: column.name).last?.value.shown ?? "missing"
    let cause =
      row.opened.first.map { "the object in `\($0)`" }
      ?? (reader.takesValues
        ? "a key of the form `_col0`" : "a separator, quote or line break in another field")
    return StoredEvent.Change(
      .damaged, column.name,
      "`\(column.name)` is \(own) in the log, its column holds \(stored.shown) because of \(cause)")
  }
}

extension Value.Object {
  /// The members that may fill a column or field: those of its name in any letter case, each spelling once.
  func candidates(for name: String) -> [Member] {
    var result: [Member] = []
    for member in members where AthenaKeys.areSame(member.key, name) {
      result.removeAll { $0.key.sameScalars(as: member.key) }
      result.append(member)
    }
    return result
  }
}
