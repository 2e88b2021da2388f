import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import Foundation

/// Runs statements on Amazon Athena through the AWS command line, which brings credentials, regions and signing.
///
/// `start-query-execution`, `get-query-execution` until the state is final, `get-query-results` page by page. All
/// parameters go through `--cli-input-json`: no length limit of arguments, no reading of `file://` in values.
/// Source: docs.aws.amazon.com/athena/latest/APIReference (StartQueryExecution, GetQueryExecution,
/// GetQueryResults).
///
/// Variables: `CONCORD_ATHENA_WORKGROUP` or `CONCORD_ATHENA_OUTPUT` (`s3://…`), or both; optional `…_DATABASE`, and
/// `CONCORD_AWS`, the AWS command line where it is not `aws` in `PATH`. Credentials and region are its own.
struct AthenaEngine: QueryEngine {
  static let kind = EngineKind("athena", statementBytes: AthenaWriter.byteLimit, takesJSONRows: true) {
    (settings) throws(Diagnostic) in try AthenaEngine(settings)
  }
  let identifier = kind.name
  private let command: String
  private let environment: [String: String]
  private let workGroup: String?
  private let output: String?
  private let database: String?
  private let seconds: Double
  private let voice: EngineVoice

  init(_ settings: EngineSettings) throws(Diagnostic) {
    workGroup = settings["CONCORD_ATHENA_WORKGROUP"]
    output = settings["CONCORD_ATHENA_OUTPUT"]
    database = settings["CONCORD_ATHENA_DATABASE"]
    guard workGroup != nil || output != nil else {
      throw .notConfigured(
        identifier, missing: ["CONCORD_ATHENA_WORKGROUP", "CONCORD_ATHENA_OUTPUT"],
        help: [
          "set `CONCORD_ATHENA_WORKGROUP` to a workgroup that has a place for results",
          "or set `CONCORD_ATHENA_OUTPUT` to that place, such as `s3://bucket/folder/`",
        ])
    }
    if let output, !output.hasPrefix("s3://") {
      throw .badSetting("CONCORD_ATHENA_OUTPUT", "does not begin with `s3://`")
    }
    let name = settings["CONCORD_AWS"] ?? "aws"
    guard let command = EngineProcess.find(name, environment: settings.environment) else {
      throw .badSetting(
        "CONCORD_AWS", "names no command: `\(name)` is not there",
        help: ["install the AWS command line, or set `CONCORD_AWS` to its path"])
    }
    self.command = command
    seconds = try settings.seconds()
    var environment = settings.environment
    environment["AWS_PAGER"] = ""
    self.environment = environment
    let secrets = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"].compactMap {
      settings[$0]
    }
    voice = EngineVoice(name: "athena", secrets: secrets)
  }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    let control = QueryControl(deadline: Deadline(seconds: seconds))
    var rows: [Value.Object] = []
    try run(query, control, isStreaming: false) { rows += $0.objects }
    return rows
  }

  /// Runs a statement, and hands over its rows, where it gives any.
  private func run(
    _ query: String, _ control: QueryControl, isStreaming: Bool, givesRows: Bool = true,
    _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let started = try call("start-query-execution", start(query), control)
    guard case .string(let id)? = started["QueryExecutionId"] else {
      throw voice.notUnderstood("it has no `QueryExecutionId`")
    }
    do {
      try wait(for: id, query, control, isStreaming: isStreaming)
    } catch {
      // A failed query needs no stopping; any other error leaves one that still runs and bills.
      if error.code != .queryFailed { stop(id) }
      throw error
    }
    if givesRows { try results(of: id, control, isStreaming: isStreaming, take) }
  }

  private func start(_ query: String) -> [(String, Value)] {
    var input: [(String, Value)] = [
      ("QueryString", .string(query)), ("ClientRequestToken", .string(UUID().uuidString)),
    ]
    if let workGroup { input.append(("WorkGroup", .string(workGroup))) }
    if let output {
      input.append(("ResultConfiguration", .object(.init([.init("OutputLocation", .string(output))]))))
    }
    if let database {
      input.append(("QueryExecutionContext", .object(.init([.init("Database", .string(database))]))))
    }
    return input
  }

  private func wait(
    for id: String, _ query: String, _ control: QueryControl, isStreaming: Bool
  ) throws(Diagnostic) {
    var backOff = BackOff(first: 0.2, limit: 3)
    while true {
      let answer = try call("get-query-execution", [("QueryExecutionId", .string(id))], control)
      guard case .object(let execution)? = answer["QueryExecution"],
        case .object(let status)? = execution["Status"], case .string(let state)? = status["State"]
      else { throw voice.notUnderstood("it has no `QueryExecution.Status.State`") }
      if isStreaming { control.progress(QueryProgress(bytes: AthenaEngine.bytesRead(execution))) }
      switch state {
      case "SUCCEEDED": return
      case "FAILED", "CANCELLED":
        let reason = status["StateChangeReason"]?.comparedText ?? "no reason given"
        if isStreaming, AthenaEngine.mayPass(status) { throw voice.lost("gave the query up", reason) }
        throw voice.failed("\(state): \(reason)", in: query)
      case "QUEUED", "RUNNING": break
      default: throw voice.notUnderstood("the state `\(state)` is unknown")
      }
      try control.pause(backOff.step(), voice)
    }
  }

  /// The bytes that a query has read. [Athena API reference, QueryExecutionStatistics]
  private static func bytesRead(_ execution: Value.Object) -> Int? {
    guard case .object(let statistics)? = execution["Statistics"] else { return nil }
    return statistics["DataScannedInBytes"]?.comparedText.flatMap { Int($0) }
  }

  /// Whether the same query may well succeed another time, as the service says. [Athena API reference, AthenaError]
  private static func mayPass(_ status: Value.Object) -> Bool {
    guard case .object(let error)? = status["AthenaError"] else { return false }
    return error["Retryable"] == .bool(true)
  }

  private func results(
    of id: String, _ control: QueryControl, isStreaming: Bool, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var columns: [String]?
    var token: String?
    repeat {
      var input: [(String, Value)] = [
        ("QueryExecutionId", .string(id)), ("MaxResults", .number(Number(1000))),
      ]
      if let token { input.append(("NextToken", .string(token))) }
      let limit = isStreaming ? EngineLimits.pageBytes : EngineLimits.answerBytes
      let page = AthenaPage(try call("get-query-results", input, control, limit: limit), voice)
      var cells = try page.rows()
      let names: [String]
      if let columns {
        names = columns
      } else {
        names = try page.columns()
        columns = names
        // The first row of the first page repeats the names.
        guard let header = cells.first, header.elementsEqual(names.map(Value.string), by: ==) else {
          throw voice.notUnderstood("its first row is not the columns' names")
        }
        cells.removeFirst()
      }
      for row in cells where row.count != names.count {
        throw voice.notUnderstood("a row has not the \(names.count) values of its columns")
      }
      try take(RowPage(columns: names, rows: cells))
      let following = try page.nextToken()
      if let following, let token, following.sameScalars(as: token) {
        throw voice.notUnderstood("a page names itself as the next")
      }
      token = following
    } while token != nil
  }

  private func stop(_ id: String) {
    _ = try? call(
      "stop-query-execution", [("QueryExecutionId", .string(id))],
      QueryControl(deadline: Deadline(seconds: 5)))
  }

  private func call(
    _ operation: String, _ input: [(String, Value)], _ control: QueryControl,
    limit: Int = EngineLimits.answerBytes
  ) throws(Diagnostic) -> Value.Object {
    try control.check(voice)
    let json = Value.object(.init(input.map { Value.Object.Member($0.0, $0.1) })).compactJSON
    let arguments = [
      "athena", operation, "--cli-input-json", "file://input.json", "--output", "json", "--color", "off",
    ]
    // Not the command line's own paging: it would join the pages, and tells no broken page from a last one.
    let paging = operation == "get-query-results" ? ["--no-paginate"] : []
    let result: EngineProcess.Result
    do {
      result = try EngineProcess.run(
        command, arguments + paging, environment: environment,
        files: ["input.json": Data(Self.ascii(json).utf8)], by: control.deadline,
        isStopped: control.isStopped, limit: limit)
    } catch {
      if control.isStopped() { try control.check(voice) }
      if case .tooLarge = error, limit == EngineLimits.pageBytes { throw voice.pageTooLarge() }
      throw voice.diagnostic(error, "aws", control.deadline)
    }
    guard result.status == 0 else {
      let reason = String(decoding: result.errors.prefix(4_000), as: UTF8.self)
      if AthenaEngine.isBusy(reason) { throw voice.lost("was too busy for `\(operation)`", reason) }
      throw voice.refused("refused `\(operation)` (status \(result.status))", reason)
    }
    guard limit != EngineLimits.pageBytes || JSONWeight.values(in: result.output) <= EngineLimits.pageValues
    else {
      throw voice.pageTooLarge()
    }
    guard let text = String(data: result.output, encoding: .utf8), let value = try? JSON.parse(text),
      case .object(let answer) = value
    else { throw voice.notUnderstood("`\(operation)` did not answer with a JSON object") }
    return answer
  }

  /// Whether the service asks for a call to be made again later. [Athena API reference, common errors]
  private static func isBusy(_ reason: String) -> Bool {
    ["ThrottlingException", "TooManyRequestsException", "InternalServerException", "ServiceUnavailable"]
      .contains { reason.contains("(\($0))") }
  }

  /// The JSON text with all but ASCII as `\uXXXX`: the command line reads files in the locale's encoding.
  static func ascii(_ json: String) -> String {
    var result = ""
    for unit in json.utf16 {
      if unit < 0x80 {
        result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      } else {
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result
  }
}

extension AthenaEngine: TableEngine {
  var tellsBytes: Bool { true }

  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
    try run("EXPLAIN (TYPE VALIDATE)\n" + statement, control, isStreaming: true, givesRows: false) { _ in }
  }

  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try run(statement, control, isStreaming: true, take)
  }
}
