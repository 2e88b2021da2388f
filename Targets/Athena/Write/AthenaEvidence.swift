import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a statement for several rules shows of each row besides the labels, so that the rules can be asked of it again:
/// the columns that they look at and show.
///
/// Structs, arrays and maps are shown as JSON, in which their names stay. [executed: Trino 414, `CAST(row AS JSON)` is an
/// object of its fields' names]
struct AthenaEvidence {
  /// The columns.
  let columns: [AthenaQuery.Column]
  private let read: [Evidence.Column]
  private let time: String
  private let parts: [AthenaPackPart]

  /// The columns for the rules of a statement.
  init(_ parts: [AthenaPackPart]) {
    var fields: [Schema.Field] = []
    var paths: [FieldPath] = []
    for part in parts {
      let table = part.table
      let shown = part.rule.outputFields.map(\.path)
      let failing = table.columnsThatFail
      let seen = shown.compactMap { $0.names.first.flatMap(table.column) }.filter { !failing.contains($0) }
      let own =
        [table.column(table.timeColumn)].compactMap { $0 } + table.eventColumns.compactMap(table.column)
        + table.columns(askedBy: part.rule) + seen
      for field in own where AthenaTable.field(field.name, in: fields) == nil { fields.append(field) }
      paths += part.rule.condition.paths + shown
    }
    let spellings = Evidence.Spelling.all(of: paths)
    let table = parts[0].table
    read = fields.map { field in
      let own = spellings.filter { AthenaLiteral.isSameName($0.name, field.name) }
      let below = own.flatMap(\.below)
      let isRead = table.isJSONColumn(field.name) || !below.isEmpty && !table.isCloudTrail
      return Evidence.Column(
        name: field.name, keys: own.isEmpty ? [field.name] : own.map(\.name), type: field.type,
        holdsJSON: (field.type == .text && isRead, !table.isCloudTrail), names: below)
    }
    columns = fields.map(AthenaEvidence.column)
    time = table.timeColumn
    self.parts = parts
  }

  /// How the rows of a statement with these columns and labels are read.
  func evidence(labels: String, _ request: EvidenceRequest) -> Evidence {
    Evidence(
      labels: labels, columns: read, time: time, sample: request.sample.map { sample($0) })
  }

  /// So many rows of the place and time.
  private func sample(_ count: Int) -> Query {
    let conjuncts = parts[0].rows.conjuncts
    var query = AthenaQuery(
      columns: columns, table: parts[0].table.name, predicate: conjuncts.isEmpty ? nil : .and(conjuncts))
    query.limit = String(count)
    return Query(text: AthenaPrinter.text(query))
  }

  private static func column(_ field: Schema.Field) -> AthenaQuery.Column {
    let column = AthenaExpression.name(field.name)
    switch field.type {
    case .text, .boolean, .integer, .real: return AthenaQuery.Column(column)
    case .timestamp: return AthenaQuery.Column(column.cast(.named("varchar")), as: field.name)
    case .structure, .array, .map:
      return AthenaQuery.Column(AthenaIdioms.listAsJSON.make(column), as: field.name)
    }
  }
}
