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
/// Variables: `CONCORD_ENGINES_PYTHON`, a Python that has the packages duckdb and sqlglot.
struct DuckDBEngine: QueryEngine {
  static let kind = EngineKind("duckdb") { (settings) throws(Diagnostic) in try DuckDBEngine(settings) }
  let identifier = kind.name
  private let python: String
  private let environment: [String: String]
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
      // The last line of a traceback says what happened.
      let lines = String(decoding: result.errors, as: UTF8.self).split(whereSeparator: \.isNewline)
      throw voice.refused(
        "ended with status \(result.status)", lines.last.map(String.init) ?? "",
        help: ["`CONCORD_ENGINES_PYTHON` needs the packages duckdb, numpy and sqlglot"])
    }
    guard let text = String(data: result.output, encoding: .utf8), let value = try? JSON.parse(text),
      case .object(let answer) = value
    else { throw voice.notUnderstood("it is not a JSON object") }
    if let error = answer["error"]?.comparedText {
      let stage = answer["stage"]?.comparedText ?? "run"
      throw voice.failed("\(stage): \(error)", in: query)
    }
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
}
