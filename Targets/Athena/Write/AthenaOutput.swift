import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The columns that a match shows.
struct AthenaOutput {
  let resolver: AthenaResolver

  /// Event time and id where the table has them, then the rule's output fields, each once, and a warning for
  /// each field that the table does not have: leaving out a column changes no verdict. So are columns on which the
  /// table's reader may end the query.
  func columns(_ fields: [OutputField]) -> (columns: [AthenaQuery.Column], notes: [Diagnostic]) {
    var columns: [AthenaQuery.Column] = []
    var notes: [Diagnostic] = []
    var shown: Set<ScalarText> = []
    let failing = resolver.table.columnsThatFail
    if let first = failing.first {
      notes.append(.columnNotShown(first.name, count: failing.count, resolver.table.definition.format))
    }
    for name in resolver.table.eventColumns {
      shown.insert(ScalarText(name))
      columns.append(AthenaQuery.Column(.name(name)))
    }
    for field in fields {
      if AthenaTable.field(field.path.names.first ?? "", in: failing) != nil { continue }
      do throws(Diagnostic) {
        let expression = try self.expression(field.path)
        if case .name(let column) = expression.kind, shown.contains(ScalarText(column)) { continue }
        guard shown.insert(ScalarText(LetterCase.lower(field.name))).inserted else { continue }
        columns.append(AthenaQuery.Column(expression, as: field.name))
      } catch {
        notes.append(.outputFieldSkipped(field.path, error))
      }
    }
    if columns.isEmpty {
      columns =
        failing.isEmpty
        ? [AthenaQuery.Column(nil)]
        : resolver.table.schema.fields.filter { !failing.contains($0) }.map {
          AthenaQuery.Column(.name($0.name))
        }
    }
    return (columns, notes)
  }

  private func expression(_ path: FieldPath) throws(Diagnostic) -> AthenaExpression {
    // A column that the path ends in is shown whole, arrays and rows too.
    if path.names.count == 1, path.steps.count == 1, let column = resolver.table.column(path.names[0]) {
      return .name(column.name)
    }
    return shown(try resolver.route(to: path))
  }

  private func shown(_ route: AthenaRoute) -> AthenaExpression {
    switch route {
    case .leaf(.json(let json)):
      json.steps.isEmpty ? json.formatted : json.shown
    case .leaf(.text(let value)), .leaf(.jsonColumn(let value, _)), .leaf(.typed(let value, _)),
      .leaf(.structure(let value)), .leaf(.map(let value)):
      value
    case .each(.typed(let array), let variable, let rest):
      .call("transform", array, AthenaExpression(.lambda(variable, shown(rest))))
    case .each(.json(let json), _, .leaf(.json(let leaf))) where leaf.steps.isEmpty:
      json.isKnownArray ? json.formatted : json.shown
    case .each(.json(let json), let variable, let rest):
      .call("transform", AthenaArray.json(json).expression, AthenaExpression(.lambda(variable, shown(rest))))
    }
  }
}
