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
        let columns = table.columns(askedBy: trial.rule.condition)
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
    let table = AthenaLiteral.identifier(fresh("rows", columns))
    let names = ([fixture] + columns.map(\.name)).map(AthenaLiteral.identifier).joined(separator: ", ")
    let text = """
      WITH \(table) AS (
      SELECT * FROM \(rows(of: events, columns, fixture)) AS \(AthenaLiteral.identifier("t"))(\(names))
      )
      SELECT
      \(AthenaLiteral.identifier(fixture)) AS "fixture",
      \(verdicts.joined(separator: ",\n"))
      FROM \(table)

      """
    return TrialStatement(text: text, parts: parts)
  }

  /// A name that no column has.
  private func fresh(_ wanted: String, _ columns: [Schema.Field]) -> String {
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
