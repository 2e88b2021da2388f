import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension AthenaRunner {
  /// The first column of a statement that finds an event, a list of texts, for each event: `nil` where the event is not
  /// found. Statements that read the rows of others are executed from the innermost out, each on the rows that the one
  /// within gives.
  ///
  /// Throws where the text does not parse, where Trino would refuse it, and where it would fail on a row.
  static func lists(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [[String]?] {
    let source = Source(text: query)
    let statement = try AthenaParser.query(source)
    var levels = [statement]
    while let inner = levels[0].from.first { levels.insert(inner, at: 0) }
    for level in levels {
      guard level.with.isEmpty, level.unnests.isEmpty, !level.isDistinct, !level.countsRows,
        level.limit == nil
      else { throw .unsupportedSQL("a statement of this form over single events", in: source, at: nil) }
    }
    let isAssumed = options.athena.untyped && options.schema == nil
    let table = try AthenaTable(
      for: isAssumed ? try statement.flattened(source, sizeLimit: .max) : levels[0], options)
    let base = try AthenaBaseRows(levels, table, source)
    var outer: [AthenaRows] = []
    var fields = base.fields
    for level in levels.dropFirst() {
      let rows = try AthenaRows(level, over: fields, source)
      outer.append(rows)
      fields = rows.fields
    }
    guard let first = fields.first, case .array(let kind) = first.kind, kind == .varchar else {
      throw .unsupportedSQL("a statement whose first column is no list of texts", in: source, at: nil)
    }
    var lists: [[String]?] = []
    lists.reserveCapacity(events.count)
    for event in events {
      var row = try base.row(of: event)
      for rows in outer {
        if let found = row { row = try rows.row(of: found) }
      }
      guard case .array(let items)? = row?.first else {
        lists.append(row == nil ? nil : [])
        continue
      }
      // What is NULL is no rule's label, and is shown as what it is.
      lists.append(items.map { $0.text ?? "NULL" })
    }
    return lists
  }
}

/// The rows that a statement gives over a table of events.
private struct AthenaBaseRows {
  let fields: [AthenaKind.Field]
  private let prepared: AthenaPreparedQuery

  /// The rows of the first of the levels, with the columns of the table that any of them names.
  init(_ levels: [AthenaQuery], _ table: AthenaTable, _ source: Source) throws(Diagnostic) {
    var named: Set<ScalarText> = []
    for level in levels { for expression in level.expressions { expression.collectNames(&named) } }
    var names: [String] = []
    var values: [AthenaExpression] = []
    for column in levels[0].columns {
      guard let expression = column.expression else {
        guard levels.count > 1 else { continue }
        for field in table.schema.fields + table.schema.partitions
        where named.contains(ScalarText(LetterCase.lower(field.name))) {
          names.append(field.name)
          values.append(.name(field.name))
        }
        continue
      }
      names.append(column.name)
      values.append(expression)
    }
    prepared = try AthenaPreparedQuery(levels[0], source.text, table, values: values)
    fields = try AthenaRows.distinct(zip(names, prepared.kinds).map { .init(name: $0, kind: $1) }, source)
  }

  /// The row that it gives for an event, if it gives one.
  func row(of event: Event) throws(Diagnostic) -> [AthenaValue]? {
    let cells = prepared.keptCells(of: event)
    return try prepared.finds(event, cells: cells) ? try prepared.values(of: cells) : nil
  }
}

/// The rows that a statement gives over those of another.
private struct AthenaRows {
  /// The columns.
  let fields: [AthenaKind.Field]
  private let values: [AthenaCompiled]
  private let predicate: AthenaCompiled?

  /// The rows of a statement over rows of these columns. Throws where Trino would refuse it.
  init(_ statement: AthenaQuery, over inner: [AthenaKind.Field], _ source: Source) throws(Diagnostic) {
    var compiler = AthenaEvaluator(source, .columns(inner))
    compiler.qualifiers = statement.tableAlias.map { [$0] } ?? []
    var (fields, values): ([AthenaKind.Field], [AthenaCompiled]) = ([], [])
    for column in statement.columns {
      if let unread = column.unread { throw .unsupportedSQL("this column", in: source, at: unread) }
      let shown = column.expression.map { [($0, column.name)] } ?? inner.map { (.name($0.name), $0.name) }
      for (expression, name) in shown {
        let value = try compiler.compile(expression)
        values.append(value)
        fields.append(.init(name: name, kind: value.kind))
      }
    }
    self.values = values
    self.fields = try AthenaRows.distinct(fields, source)
    predicate = try statement.predicate.map { (tree) throws(Diagnostic) in try compiler.predicate(tree) }
  }

  /// The columns, no two of one name: which of them a name above would mean is not known.
  static func distinct(
    _ fields: [AthenaKind.Field], _ source: Source
  ) throws(Diagnostic) -> [AthenaKind.Field] {
    var seen: Set<ScalarText> = []
    for field in fields
    where !field.name.isEmpty && !seen.insert(ScalarText(LetterCase.lower(field.name))).inserted {
      throw .unsupportedSQL(
        "two columns of the name `\(AthenaLiteral.comment(field.name))`", in: source, at: nil)
    }
    return fields
  }

  /// The row that it gives for a row within, if it gives one.
  func row(of inner: [AthenaValue]) throws(Diagnostic) -> [AthenaValue]? {
    let frame = AthenaFrame(row: inner)
    if let predicate, try predicate.run(frame).truth != true { return nil }
    var row: [AthenaValue] = []
    for value in values { row.append(try value.run(frame)) }
    return row
  }
}

extension AthenaExpression {
  /// Adds the names in it, in lower case.
  fileprivate func collectNames(_ names: inout Set<ScalarText>) {
    if case .name(let name) = kind { names.insert(ScalarText(LetterCase.lower(name))) }
    forEachOperand { $0.collectNames(&names) }
  }
}
