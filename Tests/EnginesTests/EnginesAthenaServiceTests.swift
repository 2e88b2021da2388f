import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordAthena
@testable import ConcordEngines

/// A stand-in for the AWS command line: its n-th call gives the n-th answer, the last one again and again. It
/// writes down how it was called.
struct StubAWS {
  struct Answer {
    var output = ""
    var errors = ""
    var status = 0
    var seconds = 0
  }

  let scratch: Scratch

  init(_ answers: [Answer]) throws {
    scratch = try Scratch()
    for (index, answer) in answers.enumerated() {
      _ = try scratch.file("\(index + 1).out", Data(answer.output.utf8))
      _ = try scratch.file("\(index + 1).err", Data(answer.errors.utf8))
      _ = try scratch.file("\(index + 1).end", Data("sleep \(answer.seconds)\nexit \(answer.status)\n".utf8))
    }
    let script = """
      #!/bin/sh
      cd_input=$PWD/input.json
      cd "$(dirname "$0")" || exit 9
      n=$(($(cat count 2>/dev/null || echo 0) + 1))
      echo $n > count
      printf '%s\\n' "$*" >> calls
      cat "$cd_input" >> inputs
      echo >> inputs
      while [ $n -gt 1 ] && [ ! -f $n.out ]; do n=$((n - 1)); done
      cat $n.out
      cat $n.err >&2
      exec sh $n.end
      """
    let file = try scratch.file("aws", Data(script.utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  /// An environment in which `aws` is this one.
  var environment: [String: String] {
    [
      "PATH": "\(scratch.url.path):/usr/bin:/bin", "CONCORD_ATHENA_WORKGROUP": "detections",
      "CONCORD_ATHENA_OUTPUT": "s3://bucket/results/", "CONCORD_ATHENA_DATABASE": "security",
      "AWS_SECRET_ACCESS_KEY": "hunter2", "CONCORD_ENGINE_TIMEOUT": "120",
    ]
  }

  /// The arguments of each call, as one text.
  func calls() throws -> [String] { try lines("calls") }

  /// The JSON that each call was given.
  func inputs() throws -> [Value] { try lines("inputs").map { try JSON.parse($0) } }

  private func lines(_ name: String) throws -> [String] {
    let text = try String(contentsOf: scratch.url.appendingPathComponent(name), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }
}

@Suite("Athena through the AWS command line")
struct EnginesAthenaServiceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answers: [StubAWS.Answer]
    /// The rows as JSON, or the beginning of `<code> <message>`.
    let expected: String
    /// The operations that were called.
    var operations: [String]?
    var seconds = "120"
    var testDescription: String { name }
  }

  private static let started = StubAWS.Answer(output: #"{"QueryExecutionId":"id-1"}"#)

  private static func state(_ state: String, _ reason: String? = nil) -> StubAWS.Answer {
    let reason = reason.map { #","StateChangeReason":"\#($0)""# } ?? ""
    return StubAWS.Answer(output: #"{"QueryExecution":{"Status":{"State":"\#(state)"\#(reason)}}}"#)
  }

  /// A page of results; a row is its cells' JSON, separated by spaces.
  static func page(_ rows: String..., next: String? = nil) -> StubAWS.Answer {
    let data = rows.map { row in
      let cells = row.split(separator: " ").map { $0 == "null" ? "{}" : #"{"VarCharValue":\#($0)}"# }
      return #"{"Data":[\#(cells.joined(separator: ","))]}"#
    }
    let token = next.map { #","NextToken":"\#($0)""# } ?? ""
    let names = #"[{"Name":"fixture","Type":"varchar"},{"Name":"actual","Type":"boolean"}]"#
    return StubAWS.Answer(
      output: #"{"ResultSet":{"Rows":[\#(data.joined(separator: ","))],"#
        + #""ResultSetMetadata":{"ColumnInfo":\#(names)}}\#(token)}"#)
  }

  private static let header = #""fixture" "actual""#
  private static let done = state("SUCCEEDED")

  static let answered: [Case] = [
    Case(
      name: "at once", answers: [started, done, page(header, #""a" "true""#)],
      expected: #"[{"fixture":"a","actual":"true"}]"#,
      operations: ["start-query-execution", "get-query-execution", "get-query-results"]),
    Case(
      name: "after waiting",
      answers: [started, state("QUEUED"), state("RUNNING"), done, page(header, #""a" null"#)],
      expected: #"[{"fixture":"a","actual":null}]"#),
    Case(
      name: "in pages",
      answers: [
        started, done, page(header, #""a" "true""#, next: "t1"), page(next: "t2"),
        page(header, #""b" "false""#),
      ],
      // The header is the first row of the first page only; the same texts later are a row like any other.
      expected:
        #"[{"fixture":"a","actual":"true"},{"fixture":"fixture","actual":"actual"},{"fixture":"b","actual":"false"}]"#
    ),
    Case(name: "no rows", answers: [started, done, page(header)], expected: "[]"),
    Case(
      name: "a text that is empty", answers: [started, done, page(header, #""" """#)],
      expected: #"[{"fixture":"","actual":""}]"#),
  ]

  static let refused: [Case] = [
    Case(
      name: "no credentials",
      answers: [.init(errors: "\nUnable to locate credentials. hunter2\n", status: 253)],
      expected:
        "E705 athena refused `start-query-execution` (status 253): Unable to locate credentials. [hidden]",
      operations: ["start-query-execution"]),
    Case(
      name: "a failed query",
      answers: [started, state("RUNNING"), state("FAILED", "SYNTAX_ERROR: line 1:8")],
      expected: "E706 athena failed on the query: FAILED: SYNTAX_ERROR: line 1:8",
      operations: ["start-query-execution", "get-query-execution", "get-query-execution"]),
    Case(
      name: "a cancelled query", answers: [started, state("CANCELLED")],
      expected: "E706 athena failed on the query: CANCELLED: no reason given"),
    Case(
      name: "an unknown state", answers: [started, state("PONDERING")],
      expected: "E707 the answer of athena is not understood: the state `PONDERING` is unknown",
      operations: ["start-query-execution", "get-query-execution", "stop-query-execution"]),
    Case(
      name: "no right to look", answers: [started, .init(errors: "AccessDenied", status: 254)],
      expected: "E705 athena refused `get-query-execution` (status 254): AccessDenied",
      operations: ["start-query-execution", "get-query-execution", "stop-query-execution"]),
    Case(
      name: "no right to the results", answers: [started, done, .init(errors: "AccessDenied", status: 254)],
      expected: "E705 athena refused `get-query-results` (status 254): AccessDenied"),
    Case(
      name: "not JSON", answers: [.init(output: "QueryExecutionId id-1")],
      expected:
        "E707 the answer of athena is not understood: `start-query-execution` did not answer with a JSON object"
    ),
    Case(
      name: "no id", answers: [.init(output: "{}")],
      expected: "E707 the answer of athena is not understood: it has no `QueryExecutionId`"),
    Case(
      name: "no state", answers: [started, .init(output: "{}")],
      expected: "E707 the answer of athena is not understood: it has no `QueryExecution.Status.State`"),
    Case(
      name: "half of a page", answers: [started, done, .init(output: #"{"ResultSet":{"Rows":["#)],
      expected:
        "E707 the answer of athena is not understood: `get-query-results` did not answer with a JSON object"),
    Case(
      name: "no header", answers: [started, done, page(#""a" "true""#)],
      expected: "E707 the answer of athena is not understood: its first row is not the columns' names"),
    Case(
      name: "nothing at all", answers: [started, done, page()],
      expected: "E707 the answer of athena is not understood: its first row is not the columns' names"),
    Case(
      name: "a short row", answers: [started, done, page(header, #""a""#)],
      expected: "E707 the answer of athena is not understood: a row has not the 2 values of its columns"),
    Case(
      name: "a page that follows itself", answers: [started, done, page(header, next: "t"), page(next: "t")],
      expected: "E707 the answer of athena is not understood: a page names itself as the next"),
    Case(
      name: "a query that never ends", answers: [started, state("RUNNING")],
      expected: "E708 athena gave no whole answer within 0.8 seconds", seconds: "0.8"),
    Case(
      name: "a command that hangs", answers: [.init(seconds: 30)],
      expected: "E708 athena gave no whole answer within 0.5 seconds",
      operations: ["start-query-execution"], seconds: "0.5"),
  ]

  @Test("Answers of the command line", arguments: answered + refused)
  func protocolCases(_ item: Case) throws {
    let aws = try StubAWS(item.answers)
    defer { aws.scratch.remove() }
    var environment = aws.environment
    environment["CONCORD_ENGINE_TIMEOUT"] = item.seconds
    let engine = try EngineConfiguration(environment: environment).engine("athena")
    let result = "\(EngineResult(engine, "SELECT 1"))"
    #expect(
      item.expected.hasPrefix("[") ? result == item.expected : result.hasPrefix(item.expected), "\(result)")
    if let operations = item.operations {
      #expect(
        try aws.calls().map { $0.split(separator: " ").dropFirst().first.map(String.init) } == operations)
    }
    // A query that was started and is not known to have ended is stopped: it costs money.
    if item.seconds == "0.8" {
      #expect(try aws.calls().last?.hasPrefix("athena stop-query-execution") == true)
    }
  }

  @Test("The statement and the settings arrive as they are")
  func request() throws {
    let aws = try StubAWS([Self.started, Self.done, Self.page(Self.header, next: "t"), Self.page()])
    defer { aws.scratch.remove() }
    let query = "SELECT 'file://é\u{1F600}\\u0041\"'''\n-- $HOME `id` $(id)"
    _ = try EngineConfiguration(environment: aws.environment).engine("athena").rows(of: query)
    let inputs = try aws.inputs()
    try #require(inputs.count == 4)
    guard case .object(var start) = inputs[0] else {
      Issue.record("not an object")
      return
    }
    #expect(start["ClientRequestToken"]?.comparedText?.count == 36)
    start["ClientRequestToken"] = nil
    let settings =
      #""WorkGroup":"detections","ResultConfiguration":{"OutputLocation":"s3://bucket/results/"},"#
      + #""QueryExecutionContext":{"Database":"security"}"#
    #expect(
      Value.object(start).compactJSON
        == #"{"QueryString":\#(Value.string(query).compactJSON),\#(settings)}"#)
    #expect(inputs[1].compactJSON == #"{"QueryExecutionId":"id-1"}"#)
    #expect(inputs[2].compactJSON == #"{"QueryExecutionId":"id-1","MaxResults":1000}"#)
    #expect(inputs[3].compactJSON == #"{"QueryExecutionId":"id-1","MaxResults":1000,"NextToken":"t"}"#)
    #expect(
      try aws.calls()[3]
        == "athena get-query-results --cli-input-json file://input.json --output json --color off --no-paginate"
    )
  }

  @Test("What the command line reads is ASCII")
  func ascii() {
    #expect(AthenaEngine.ascii("aé\u{1F600}~\n") == "a\\u00e9\\ud83d\\ude00~\n")
  }

  /// The command line itself, where it is installed and `CONCORD_TEST_AWS=1` asks for it (it is slow), against a
  /// server on this machine that speaks the service's protocol.
  @Test("The AWS command line takes what it is given")
  func commandLine() throws {
    var environment = ProcessInfo.processInfo.environment
    guard environment["CONCORD_TEST_AWS"] == "1" else { return }
    let json = ["Content-Type": "application/x-amz-json-1.1"]
    let answers = [
      Self.started, Self.done, Self.page(Self.header, #""é" "true""#, next: "t"), Self.page(#""b" null"#),
    ]
    guard
      let server = try StubServer(
        answers.map { .init(headers: json, body: $0.output) }, skipping: "1 case of the AWS command line")
    else { return }
    environment["AWS_ENDPOINT_URL"] = server.base
    environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
    environment["AWS_SECRET_ACCESS_KEY"] = "hunter2"
    environment["AWS_DEFAULT_REGION"] = "eu-central-1"
    environment["LC_ALL"] = "C"
    environment["CONCORD_ATHENA_WORKGROUP"] = "detections"
    let engine = try EngineConfiguration(environment: environment).engine("athena")
    let query = "SELECT 'é\u{1F600}'"
    #expect(
      "\(EngineResult(engine, query))"
        == #"[{"fixture":"é","actual":"true"},{"fixture":"b","actual":null}]"#)
    let requests = try server.requests()
    #expect(
      requests.map { $0.headers["x-amz-target"]?.comparedText } == [
        "AmazonAthena.StartQueryExecution", "AmazonAthena.GetQueryExecution", "AmazonAthena.GetQueryResults",
        "AmazonAthena.GetQueryResults",
      ])
    guard case .object(let start) = try JSON.parse(requests.first?.body ?? "") else {
      Issue.record("not an object")
      return
    }
    #expect(start["QueryString"] == .string(query))
  }
}
