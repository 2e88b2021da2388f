import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// Runs Athena SQL on DuckDB: sqlglot reads the statement as Trino's and writes it as DuckDB's. No account, no
/// network, no table.
///
/// What DuckDB brings is its own: NULL logic, LIKE, regular expressions, lists, rows and JSON, and sqlglot's
/// grammar of Trino. Functions that the two define differently are said again in
/// `trino_on_duckdb.py`, which is part of the code: an installed `concord` needs no file beside it.
///
/// Variables: `CONCORD_ENGINES_PYTHON`, a Python that has the packages duckdb and sqlglot; for statements over tables
/// `CONCORD_DUCKDB_DATABASE`, the file of a database whose tables they are, or whose views are over files beside it.
struct DuckDBEngine: QueryEngine {
  static let kind = EngineKind("duckdb") { (settings) throws(Diagnostic) in try DuckDBEngine(settings) }
  let identifier = kind.name
  private let python: String
  private let environment: [String: String]
  /// The database's file.
  private let database: String?
  private let seconds: Double
  private let voice = EngineVoice(name: "duckdb")

  /// Reads a statement from standard input; says on standard output what came of it.
  private static let script = String(decoding: PackageResources.trino_on_duckdb_py, as: UTF8.self)

  init(_ settings: EngineSettings) throws(Diagnostic) {
    let variable = "CONCORD_ENGINES_PYTHON"
    let help = [
      "set `\(variable)` to a Python that has the packages duckdb, numpy and sqlglot, such as "
        + "`Tests/Engines/.venv/bin/python` after `Tests/Engines/setup`"
    ]
    try settings.require([variable], for: identifier, help: help)
    guard let python = EngineProcess.find(settings[variable] ?? "", environment: settings.environment) else {
      throw .badSetting(variable, "names no command: `\(settings[variable] ?? "")` is not there", help: help)
    }
    self.python = python
    environment = settings.environment
    database = settings["CONCORD_DUCKDB_DATABASE"].map { URL(fileURLWithPath: $0).path }
    seconds = try settings.seconds()
  }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    let deadline = Deadline(seconds: seconds)
    let result: EngineProcess.Result
    do {
      // Isolated (`-I`): a file `duckdb.py` beside the rules must not be what is imported.
      result = try EngineProcess.run(
        python, ["-I", "-X", "utf8", "-c", DuckDBEngine.script], environment: environment,
        input: Data(query.utf8), by: deadline, limit: EngineLimits.answerBytes)
    } catch {
      throw voice.diagnostic(error, "python", deadline)
    }
    guard result.status == 0 else {
      throw ended(result.status, String(decoding: result.errors, as: UTF8.self))
    }
    guard let text = String(data: result.output, encoding: .utf8), let value = try? JSON.parse(text),
      case .object(let answer) = value
    else { throw voice.notUnderstood("it is not a JSON object") }
    if let failure = failure(answer, of: query) { throw failure }
    guard case .array(let columns)? = answer["columns"], case .array(let items)? = answer["rows"] else {
      throw voice.notUnderstood("it has no `columns` and `rows`")
    }
    let names = columns.map { $0.comparedText ?? "" }
    var rows: [Value.Object] = []
    for item in items {
      guard case .array(let cells) = item, cells.count == names.count else {
        throw voice.notUnderstood("a row has not the \(names.count) values of its columns")
      }
      rows.append(Value.Object(zip(names, cells).map { Value.Object.Member($0, $1) }))
    }
    return rows
  }

  private func ended(_ status: Int32, _ errors: String) -> Diagnostic {
    // The last line of a traceback says what happened.
    let lines = errors.split(whereSeparator: \.isNewline)
    return voice.refused(
      "ended with status \(status)", lines.last.map(String.init) ?? "",
      help: ["`CONCORD_ENGINES_PYTHON` needs the packages duckdb, numpy and sqlglot"])
  }

  private func failure(_ answer: Value.Object, of query: String) -> Diagnostic? {
    guard let error = answer["error"]?.comparedText else { return nil }
    let stage = answer["stage"]?.comparedText ?? "run"
    return voice.failed("\(stage): \(error)", in: query)
  }
}

extension DuckDBEngine: TableEngine {
  var tellsBytes: Bool { false }

  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
    try run("check", statement, control) { _ in }
  }

  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try run("stream", statement, control, take)
  }

  /// Has the script answer a statement line by line: the columns, then rows, and at last how many there were.
  private func run(
    _ mode: String, _ statement: String, _ control: QueryControl,
    _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    guard let database else {
      throw .notConfigured(
        identifier, missing: ["CONCORD_DUCKDB_DATABASE"],
        help: ["set it to the file of a DuckDB database that has the tables"])
    }
    let lines: EngineLines
    do {
      lines = try EngineLines(
        python, ["-I", "-X", "utf8", "-c", DuckDBEngine.script, mode, database], environment: environment,
        input: Data(statement.utf8), control, lineLimit: EngineLimits.pageBytes)
    } catch {
      throw voice.diagnostic(error, "python", control.deadline)
    }
    var columns: [String]?
    var count = 0
    while let line = try next(lines, control) {
      guard JSONWeight.values(in: line) <= EngineLimits.pageValues else { throw voice.pageTooLarge() }
      guard case .object(let answer)? = try? JSON.parse(String(decoding: line, as: UTF8.self)) else {
        throw voice.notUnderstood("a line is not a JSON object")
      }
      if let failure = failure(answer, of: statement) { throw failure }
      if case .array(let names)? = answer["columns"] {
        columns = names.map { $0.comparedText ?? "" }
      } else if case .array(let items)? = answer["rows"], let columns {
        let page = RowPage(columns: columns, rows: try rows(items, columns.count))
        count += page.rows.count
        try take(page)
      } else if let end = answer["end"]?.comparedText {
        guard end == "\(count)" else { throw voice.notUnderstood("it has \(count) rows of \(end)") }
        return try take(RowPage(columns: columns ?? [], rows: []))
      } else {
        throw voice.notUnderstood("a line has none of `columns`, `rows` and `end`")
      }
    }
    let status: (status: Int32, errors: String)
    do { status = try lines.status() } catch { throw voice.diagnostic(error, "python", control.deadline) }
    throw ended(status.status, status.errors)
  }

  private func next(_ lines: EngineLines, _ control: QueryControl) throws(Diagnostic) -> Data? {
    do {
      return try lines.next()
    } catch {
      lines.end()
      try control.check(voice)
      if case .tooLarge = error { throw voice.pageTooLarge() }
      throw voice.diagnostic(error, "python", control.deadline)
    }
  }

  private func rows(_ items: [Value], _ count: Int) throws(Diagnostic) -> [[Value]] {
    var rows: [[Value]] = []
    for item in items {
      guard case .array(let cells) = item, cells.count == count else {
        throw voice.notUnderstood("a row has not the \(count) values of its columns")
      }
      rows.append(cells)
    }
    return rows
  }
}
