import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Executes Athena SQL on events.
enum AthenaRunner {
  /// The verdict of a query's `WHERE` clause on each event, by Trino's rules.
  ///
  /// Events become rows of the table of `options.schema`, by default CloudTrail's, with `options.athena.untyped` the one
  /// that the query's names let assume; the table that the query names does not matter. What the query asks of time is
  /// taken as given, and what it asks of partitions where neither the event nor its place tells.
  ///
  /// Throws where the text does not parse, where Trino would refuse the query (an unknown column, a comparison of text
  /// with a number), and where it would fail on a row.
  static func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(text: query)
    let statement = try AthenaParser.query(source).flattened(source)
    let prepared = try AthenaPreparedQuery(statement, query, try AthenaTable(for: statement, options))
    var verdicts: [Bool] = []
    verdicts.reserveCapacity(events.count)
    for event in events { verdicts.append(try prepared.finds(event, cells: prepared.keptCells(of: event))) }
    return verdicts
  }

  /// What a rule's query says of the rows that the readers of its table make of events.
  ///
  /// Throws where there is no table, where the text does not parse, and where Trino would refuse it.
  static func answers(
    _ query: String, of rule: Rule, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [[RowAnswer]] {
    let table = try AthenaTable(for: rule, options)
    let prepared = try AthenaPreparedQuery(AthenaParser.query(Source(text: query)), query, table)
    let names = table.columns(readFor: rule)
    return events.map { event in
      AthenaStoredEvent(event, in: table.definition, reading: names).readings.map { reading in
        if let failure = reading.changes.first(where: { $0.outcome == .fails }) {
          return .fails(failure.text)
        }
        return prepared.answer(
          event, cells: prepared.columns.map { prepared.cell($0, in: reading.row, of: event) })
      }
    }
  }

  /// The rows of a statement over a table of its own `WITH` clause, as a self test is.
  static func rows(_ query: String) throws(Diagnostic) -> [[AthenaValue]] {
    let source = Source(text: query)
    let statement = try AthenaParser.query(source)
    guard let table = statement.with.first(where: { [$0.name] == statement.table }) else {
      throw .unsupportedSQL("a table without rows", in: source, at: nil)
    }
    var rows: [[AthenaValue]] = []
    var kinds: [AthenaKind] = table.columns.map { _ in .unknown }
    for row in table.rows {
      guard case .row(let items) = row.kind, items.count == kinds.count else {
        throw .typeMismatch("rows of different lengths", in: source, at: row.span)
      }
      var values: [AthenaValue] = []
      for (index, item) in items.enumerated() {
        var compiler = AthenaEvaluator(source, .nothing)
        let compiled = try compiler.compile(item)
        guard let common = kinds[index].common(compiled.kind) else {
          throw .typeMismatch(
            "`\(kinds[index].name)` and `\(compiled.kind.name)` in one column", in: source, at: item.span)
        }
        kinds[index] = common
        values.append(try compiled.run(AthenaFrame(row: [])))
      }
      rows.append(values)
    }
    var compiler = AthenaEvaluator(
      source, .columns(zip(table.columns, kinds).map { AthenaKind.Field(name: $0, kind: $1) }))
    compiler.qualifiers = [table.name]
    var outputs: [AthenaCompiled] = []
    for column in statement.columns {
      guard let expression = column.expression else { throw .unsupportedSQL("`*`", in: source, at: nil) }
      outputs.append(try compiler.compile(expression))
    }
    let predicate = try statement.predicate.map { (tree) throws(Diagnostic) in try compiler.predicate(tree) }
    var result: [[AthenaValue]] = []
    for row in rows {
      let frame = AthenaFrame(row: row)
      if let predicate, try predicate.run(frame).truth != true { continue }
      var shown: [AthenaValue] = []
      for output in outputs { shown.append(try output.run(frame)) }
      result.append(shown)
    }
    return result
  }
}

/// A query that is ready to be asked of rows.
struct AthenaPreparedQuery {
  /// The columns that it uses.
  let columns: [AthenaAskedColumn]
  /// What it asks of partitions.
  private let places: [Condition]
  /// What it asks of a row; `nil` where it asks nothing.
  private let predicate: AthenaCompiled?
  /// Expressions over a row that were to be made ready with it.
  private let values: [AthenaCompiled]
  /// Their types.
  var kinds: [AthenaKind] { values.map(\.kind) }

  /// Throws where Trino would refuse the query. `values`: expressions over a row to be evaluated beside it; without them a
  /// statement that counts rows is refused.
  init(
    _ statement: AthenaQuery, _ text: String, _ table: AthenaTable, values: [AthenaExpression]? = nil
  ) throws(Diagnostic) {
    if values == nil, statement.countsRows {
      throw .unsupportedSQL("a statement that counts rows, of single events", in: Source(text: text), at: nil)
    }
    var compiler = AthenaEvaluator(Source(text: text), .table(table))
    compiler.qualifiers = [statement.tableAlias ?? statement.table.last ?? ""]
    for column in statement.columns {
      guard let expression = column.expression, expression.aggregate == nil else { continue }
      // What is shown decides no verdict, unless Trino refuses it.
      do throws(Diagnostic) { _ = try compiler.compile(expression) } catch {
        guard [.unknownFunction, .unsupported].contains(error.code) else { throw error }
      }
    }
    var asked: [AthenaExpression] = []
    var places: [Condition] = []
    for conjunct in statement.predicate?.conjuncts ?? [] {
      if let place = conjunct.partitionPlace(of: table) {
        places.append(place)
      } else if conjunct.window(of: table) == nil {
        asked.append(conjunct)
      }
    }
    var compiled: [AthenaCompiled] = []
    for value in values ?? [] { compiled.append(try compiler.compile(value)) }
    self.values = compiled
    predicate = asked.isEmpty ? nil : try compiler.predicate(asked.count == 1 ? asked[0] : .and(asked))
    columns = compiler.columns.map { AthenaAskedColumn($0, of: table) }
    self.places = places
  }

  /// What the columns hold of an event that is kept.
  func keptCells(of event: Event) -> [AthenaValue] {
    var members = AthenaMembers(event)
    return columns.map { $0.value(in: &members) }
  }

  /// What the expressions are that were to be made ready, in a row of these cells.
  func values(of cells: [AthenaValue]) throws(Diagnostic) -> [AthenaValue] {
    var result: [AthenaValue] = []
    for value in values { result.append(try value.run(AthenaFrame(row: cells))) }
    return result
  }

  /// What a column holds in a reader's row; a partition is in none.
  func cell(_ column: AthenaAskedColumn, in row: AthenaReadRow, of event: Event) -> AthenaValue {
    if let place = column.place { return AthenaValue(row.values[place]) }
    var members = AthenaMembers(event)
    return column.value(in: &members)
  }

  /// Whether it finds an event whose row has these cells. Throws where the query would fail on the row.
  func finds(_ event: Event, cells: [AthenaValue]) throws(Diagnostic) -> Bool {
    let isThere = places.allSatisfy { place in
      place.facts.allSatisfy { event.place[$0].isEmpty } || place.resolved(in: event.place) == .always(true)
    }
    guard isThere, let predicate else { return isThere }
    return try predicate.run(AthenaFrame(row: cells)).truth == true
  }

  /// The same, a failure being an answer.
  func answer(_ event: Event, cells: [AthenaValue]) -> RowAnswer {
    do throws(Diagnostic) { return .verdict(try finds(event, cells: cells)) } catch {
      return .fails(error.message)
    }
  }
}

/// A column that a query uses, and where an event has its value.
struct AthenaAskedColumn {
  private let name: AthenaMembers.Name
  private let type: AthenaColumnType
  /// The field whose text it is, of a partition that repeats one.
  private let field: FieldPath?
  /// Its place in the table's rows; `nil` for a partition.
  let place: Int?

  init(_ column: Schema.Field, of table: AthenaTable) {
    (name, type) = (AthenaMembers.Name(column.name), AthenaColumnType(column.type))
    place = table.schema.fields.firstIndex(of: column)
    field = place == nil ? table.fieldPartitions[LetterCase.lower(column.name)] : nil
  }

  /// What it holds of an event.
  func value(in members: inout AthenaMembers) -> AthenaValue {
    guard let field else { return AthenaValue(members[name], as: type) }
    return members.event.values(at: field).first?.value.comparedText.map(AthenaValue.varchar) ?? .null
  }
}
