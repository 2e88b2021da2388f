import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import ConcordLanguages

/// Statements that put the conditions of deployed queries to events: rows stand around the text that `compile` prints
/// after `WHERE`, byte for byte.
///
/// Trino plans `VALUES` in a time that grows faster than the rows, and computes them in its optimizer's interpreter.
/// Rows out of one JSON text meet the compiled code that a table's rows meet, and are there ten times as fast: 300 of
/// ten columns in 1.4 s. [executed: Trino 414]
enum AthenaTrials {
  /// How many rows, conditions and columns a statement has at most, and what its lambdas may cost. Planning takes Trino
  /// some 20 ms a lambda, whether they stand in one condition or in many. [executed: Trino 414]
  static let limits = (rows: 600, conditions: 40, columns: 120, lambdas: 200)

  /// The statements for these trials.
  static func write(_ trials: [Trial], _ kind: EngineKind, _ options: LanguageOptions) -> TrialStatements {
    var result = TrialStatements()
    var batch = TrialBatch(kind)
    for (index, trial) in trials.enumerated() {
      do throws(Diagnostic) {
        let (_, condition, table) = try AthenaWriter.deployed(trial.rule, options)
        let columns = table.columns(askedBy: trial.rule)
        let text = AthenaPrinter.whereText(condition)
        let events = trial.probes.map(\.event)
        let rowLimit = kind.takesJSONRows ? limits.rows : kind.eventsPerStatement
        for first in stride(from: 0, to: events.count, by: rowLimit) {
          let places = first..<min(first + rowLimit, events.count)
          let piece = TrialBatch.Piece(
            trial: index, condition: text, lambdas: condition.lambdaWeight, columns: columns,
            events: places.map { TrialBatch.Row(probe: $0, event: events[$0]) })
          if !batch.hasRoom(for: piece, rows: rowLimit) {
            batch.write(to: &result)
            batch = TrialBatch(kind)
          }
          batch.pieces.append(piece)
        }
      } catch {
        result.refusals[index] = error
      }
    }
    batch.write(to: &result)
    return result
  }
}

// Queries that count.
extension AthenaTrials {
  /// The query as it is deployed, of a table of the log's rows by the name that it reads.
  static func log(
    _ rule: Rule, _ log: [LoggedEvent], _ kind: EngineKind, _ options: LanguageOptions
  ) throws(Diagnostic) -> LogTrial {
    guard let aggregate = rule.aggregate else {
      throw .cannotSay(.countsNotSaid, "a rule that does not count, of logs")
    }
    let (query, _, table) = try AthenaWriter.deployed(rule, options)
    guard table.name.count == 1 else {
      throw .cannotSay(
        .countsNotSaid, "a table of its own rows by a name of several parts",
        "name the table by one name: `--table`")
    }
    var columns = table.columns(askedBy: rule)
    let time = table.column(table.timeColumn)
    if let time, !columns.contains(time) { columns.append(time) }
    let events = log.map { logged in
      guard let time, let second = logged.second else { return logged.event }
      var object = logged.event.object
      object.members.removeAll { AthenaLiteral.isSameName($0.key, time.name) }
      object[time.name] = .string(Instant(seconds: second).text)
      return Event(object, in: logged.event.place)
    }
    let rows = TrialBatch.table(of: events, columns, named: table.name[0], kind)
    let columnsShown = try AthenaParser.query(Source(text: query.text)).columns
    let names = columnsShown.prefix(aggregate.group.count).map(\.name)
    return LogTrial(text: "WITH \(rows)\n\(query.text)") { answer in
      answer.map { row in
        let first = row["first_event"]?.comparedText.flatMap(Instant.init)
        let end = row[AthenaWindows.end]?.comparedText.flatMap(Double.init)
        let number = row[AthenaHops.end]?.comparedText.flatMap(Int.init)
        let start: Int? =
          switch aggregate.period {
          case .whole: nil
          case .spans(let span): first.map { $0.seconds.floored(by: span) * span }
          case .windows(let window): end.map { Int($0) - window }
          case .hops(let seconds, let every): number.map { $0 * every - seconds }
          }
        return Alert(group: names.map { row[$0]?.comparedText.map(ScalarText.init) }, start: start)
      }
    }
  }
}

// Statements for several rules.
extension AthenaTrials {
  /// A statement for several rules as it is deployed, of a table of the events' rows by the name that it reads, but for
  /// what it shows.
  static func pack(
    _ text: String, _ names: [String], _ events: [Event], _ kind: EngineKind, _ options: LanguageOptions
  ) throws(Diagnostic) -> String {
    let source = Source(text: text)
    var statement = try AthenaParser.query(source)
    let flat = try statement.flattened(source, sizeLimit: .max)
    let table = try AthenaTable(for: flat, options)
    guard flat.table.count == 1, let labels = statement.columns.first?.expression else {
      throw .cannotSay(
        .unspellableValue, "a table of its own rows by a name of several parts",
        "name the table by one name: `--table`")
    }
    let read = flat.columnNames
    let columns = table.schema.fields.filter { read.contains(ScalarText(LetterCase.lower($0.name))) }
    let rows = TrialBatch.table(of: events, columns, named: flat.table[0], kind)
    let fixture = AthenaExpression.name(TrialBatch(kind).fresh("fixture", columns))
    statement.columns =
      [.init(fixture, as: "fixture"), .init(.call("cardinality", labels), as: "count")]
      + names.enumerated().map { .init(.call("contains", labels, .string($1)), as: "\($0 + 1)") }
    return "WITH \(rows)\n\(AthenaPrinter.text(statement))"
  }
}

extension AthenaQuery {
  /// The names in its expressions, in lower case.
  fileprivate var columnNames: Set<ScalarText> {
    func collect(_ expression: AthenaExpression, _ names: inout Set<ScalarText>) {
      if case .name(let name) = expression.kind { names.insert(ScalarText(LetterCase.lower(name))) }
      expression.forEachOperand { collect($0, &names) }
    }
    return expressions.reduce(into: []) { collect($1, &$0) }
  }
}

/// What goes into one statement.
private struct TrialBatch {
  /// One condition on some events.
  struct Piece {
    var trial: Int
    var condition: String
    var lambdas: Int
    var columns: [Schema.Field]
    var events: [Row]
  }

  /// An event, and its text, by which equal ones are told.
  struct Row {
    let probe: Int
    let event: Event
    let text: String

    init(probe: Int, event: Event) {
      (self.probe, self.event) = (probe, event)
      text = Value.object(event.object).compactJSON
    }
  }

  private let kind: EngineKind
  var pieces: [Piece] = []

  /// A table of events as the beginning of a statement that reads it: `"name" AS (SELECT …)`.
  static func table(of events: [Event], _ columns: [Schema.Field], named name: String, _ kind: EngineKind)
    -> String
  {
    let batch = TrialBatch(kind)
    let fixture = batch.fresh("fixture", columns)
    let names = ([fixture] + columns.map(\.name)).map(AthenaLiteral.identifier).joined(separator: ", ")
    // A table without rows has its columns all the same.
    let (rows, none) = events.isEmpty ? ([Event(Value.Object())], " WHERE FALSE") : (events, "")
    return """
      \(AthenaLiteral.identifier(name)) AS (
      SELECT * FROM \(batch.rows(of: rows, columns, fixture)) AS \(AthenaLiteral.identifier("t"))(\(names))\(none)
      )
      """
  }

  init(_ kind: EngineKind) { self.kind = kind }

  /// Whether a statement holds the piece too. Its size is known when it is written.
  func hasRoom(for piece: Piece, rows: Int) -> Bool {
    guard !pieces.isEmpty else { return true }
    let all = pieces + [piece]
    let limits = AthenaTrials.limits
    var texts: Set<ScalarText> = []
    var bytes = 0
    for piece in all {
      bytes += piece.condition.utf8.count
      for row in piece.events where texts.insert(ScalarText(row.text)).inserted {
        bytes += row.text.utf8.count
      }
    }
    guard all.count <= limits.conditions, texts.count <= rows, let table = TrialBatch.columns(of: all),
      table.count <= limits.columns, all.reduce(0, { $0 + $1.lambdas }) <= limits.lambdas
    else { return false }
    return bytes + 6 * table.count * texts.count < kind.statementBytes * 3 / 4
  }

  /// The columns of all pieces; `nil` where two are of one name and of different types.
  private static func columns(of pieces: [Piece]) -> [Schema.Field]? {
    var columns: [Schema.Field] = []
    for column in pieces.flatMap(\.columns) {
      if let other = AthenaTable.field(column.name, in: columns) {
        guard other.type == column.type else { return nil }
      } else {
        columns.append(column)
      }
    }
    return columns
  }

  /// Adds the statement, or two where one would be too large.
  func write(to result: inout TrialStatements) {
    guard let first = pieces.first else { return }
    let statement = self.statement
    if statement.text.utf8.count <= kind.statementBytes {
      result.statements.append(statement)
    } else if pieces.count > 1 {
      half(pieces[..<(pieces.count / 2)], to: &result)
      half(pieces[(pieces.count / 2)...], to: &result)
    } else if first.events.count > 1 {
      for events in [
        first.events.prefix(first.events.count / 2), first.events.dropFirst(first.events.count / 2),
      ] {
        var piece = first
        piece.events = Array(events)
        half([piece], to: &result)
      }
    } else {
      result.refusals[first.trial] = .queryTooLarge(statement.text.utf8.count)
    }
  }

  private func half(_ pieces: ArraySlice<Piece>, to result: inout TrialStatements) {
    var batch = TrialBatch(kind)
    batch.pieces = Array(pieces)
    batch.write(to: &result)
  }
}

extension TrialBatch {
  /// The statement: a row for each event, with the verdict of each condition.
  private var statement: TrialStatement {
    let columns = TrialBatch.columns(of: pieces) ?? []
    let fixture = fresh("fixture", columns)
    var numbers: [ScalarText: Int] = [:]
    var events: [Event] = []
    var parts: [TrialStatement.Part] = []
    for (index, piece) in pieces.enumerated() {
      let rows = piece.events.map { row in
        let number = numbers[ScalarText(row.text)] ?? numbers.count + 1
        if numbers.updateValue(number, forKey: ScalarText(row.text)) == nil { events.append(row.event) }
        return (row.probe, "\(number)")
      }
      parts.append(TrialStatement.Part(of: piece.trial, column: "\(index + 1)", rows: rows))
    }
    let verdicts = pieces.enumerated().map { index, piece in
      "COALESCE(\n\(piece.condition)\n, FALSE) AS \"\(index + 1)\""
    }
    let table = fresh("rows", columns)
    let text = """
      WITH \(TrialBatch.table(of: events, columns, named: table, kind))
      SELECT
      \(AthenaLiteral.identifier(fixture)) AS "fixture",
      \(verdicts.joined(separator: ",\n"))
      FROM \(AthenaLiteral.identifier(table))

      """
    return TrialStatement(text: text, parts: parts)
  }

  /// A name that no column has.
  func fresh(_ wanted: String, _ columns: [Schema.Field]) -> String {
    var name = wanted
    while AthenaTable.field(name, in: columns) != nil { name += "_" }
    return name
  }

  private func rows(of events: [Event], _ columns: [Schema.Field], _ fixture: String) -> String {
    guard kind.takesJSONRows else {
      let rows = events.enumerated().map { index, event in
        let cells = [.string("\(index + 1)")] + AthenaSelfTest.cells(of: event, columns)
        return "(" + cells.map(AthenaPrinter.flat).joined(separator: ", ") + ")"
      }
      return "(VALUES\n\(rows.joined(separator: ",\n"))\n)"
    }
    let rows = events.enumerated().map { index, event in
      Value.array(
        [.string("\(index + 1)")]
          + columns.map {
            AthenaStoredValue(kept: event.object.member($0.name), as: AthenaColumnType($0.type)).json
          })
    }
    let fields =
      [AthenaType.Field(name: fixture, type: .named("varchar"))]
      + columns.map { column in
        // JSON has no moments, and is not cast to one; no event's value goes into such a column.
        AthenaType.Field(
          name: column.name, type: AthenaSelfTest.type(column.type, timestamp: .named("varchar")))
      }
    let json = AthenaLiteral.string(Value.array(rows).compactJSON)
    return "UNNEST(CAST(json_parse(\(json)) AS \(AthenaPrinter.spelled(.array(.row(fields))))))"
  }
}

extension AthenaStoredValue {
  /// The value as JSON whose cast to the column's type gives it back: a row's fields by place. JSON has no moments.
  fileprivate var json: Value {
    switch self {
    case .null, .moment: return .null
    case .text(let text): return .string(text)
    case .boolean(let value): return .bool(value)
    case .integer(let value): return Number("\(value)").map(Value.number) ?? .null
    case .real(let value): return Number("\(value)").map(Value.number) ?? .null
    case .decimal(let number): return .number(number)
    case .array(let items), .row(let items): return .array(items.map(\.json))
    case .map(let members):
      var result = Value.Object()
      for member in members { result[member.key] = member.value.json }
      return .object(result)
    }
  }
}
