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
    let statement = try AthenaParser.query(source)
    let table = try AthenaTable(for: statement, options)
    var compiler = AthenaEvaluator(source, .table(table))
    compiler.qualifiers = [statement.tableAlias ?? statement.table.last ?? ""]
    for column in statement.columns {
      guard let expression = column.expression else { continue }
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
    let compiled = asked.isEmpty ? nil : try compiler.predicate(asked.count == 1 ? asked[0] : .and(asked))
    let columns = compiler.columns.map { AthenaAskedColumn($0, of: table) }
    var verdicts: [Bool] = []
    verdicts.reserveCapacity(events.count)
    for event in events {
      let isThere = places.allSatisfy { place in
        place.facts.allSatisfy { event.place[$0].isEmpty } || place.resolved(in: event.place) == .always(true)
      }
      var members = AthenaMembers(event)
      let row = columns.map { $0.value(in: &members) }
      var isFound = isThere
      if isFound, let compiled { isFound = try compiled.run(AthenaFrame(row: row)).truth == true }
      verdicts.append(isFound)
    }
    return verdicts
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

/// A column that a query uses, and where an event has its value.
private struct AthenaAskedColumn {
  private let name: AthenaMembers.Name
  private let type: FieldType
  /// The field whose text it is, of a partition that repeats one.
  private let field: FieldPath?

  init(_ column: Schema.Field, of table: AthenaTable) {
    (name, type) = (AthenaMembers.Name(column.name), column.type)
    field = table.column(column.name) == nil ? table.fieldPartitions[LetterCase.lower(column.name)] : nil
  }

  /// What it holds of an event.
  func value(in members: inout AthenaMembers) -> AthenaValue {
    guard let field else { return AthenaValue(members[name], as: type) }
    return members.event.values(at: field).first?.value.comparedText.map(AthenaValue.varchar) ?? .null
  }
}
