import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines

/// Answers of any size: rows by pages, and what ends them.
@Suite("Engines over tables")
struct EnginesStreamTests {
  /// A script of the server and what must come of it.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answers: [StubServer.Answer]
    /// The rows as JSON, page by page, or the beginning of `<code> <message>`, with `{server}` for its address.
    let expected: String
    /// The requests, as method and path.
    var requests: [String]?
    var testDescription: String { name }
  }

  private static let columns = #""columns":[{"name":"a","type":"varchar"},{"name":"b","type":"bigint"}]"#

  private static func page(_ parts: String...) -> StubServer.Answer {
    StubServer.Answer(body: "{" + (["\"id\":\"q\""] + parts).joined(separator: ",") + "}")
  }

  private static func next(_ number: Int) -> String { #""nextUri":"{base}/v1/statement/q/\#(number)""# }
  private static func bytes(_ physical: Int, _ processed: Int) -> String {
    #""stats":{"physicalInputBytes":\#(physical),"processedBytes":\#(processed)}"#
  }
  private static func error(_ name: String) -> String {
    #""error":{"message":"m\u001b[2J","errorName":"\#(name)"}"#
  }

  static let trino: [Case] = [
    Case(
      name: "pages are handed over as they come",
      answers: [
        page(next(1), bytes(0, 5)), page(next(2), columns, #""data":[["x",1],["y",2]]"#, bytes(70, 5)),
        page(columns, #""data":[["z",null]]"#, bytes(90, 5)),
      ], expected: #"[["x",1],["y",2]] [["z",null]] [] bytes 5 70 90"#),
    Case(name: "no rows", answers: [page(columns)], expected: "[]"),
    Case(
      name: "what was handed over before an error stays so",
      answers: [page(next(1), columns, #""data":[["x",1]]"#), page(error("DIVISION_BY_ZERO"))],
      expected:
        #"[["x",1]] E706 trino at {server} failed on the query: DIVISION_BY_ZERO: m\u{1B}[2J"#),
    Case(
      name: "errors that say nothing of the query",
      answers: [page(next(1), columns), page(error("SERVER_SHUTTING_DOWN"))],
      expected: #"E715 trino at {server} gave the query up: SERVER_SHUTTING_DOWN: m\u{1B}[2J"#),
    Case(
      name: "a server that knows nothing of the query",
      answers: [page(next(1), columns), .init(status: 404, body: "Query not found")],
      expected: "E715 trino at {server} knows nothing of the query any more (HTTP 404)"),
    Case(
      name: "nothing there at all", answers: [.init(status: 404, body: "x")],
      expected: "E705 trino at {server} answered HTTP 404: x"),
    Case(
      name: "HTML", answers: [.init(body: "<html><body>Sign in</body></html>")],
      expected: "E707 the answer of trino at {server} is not understood: it is not JSON"),
    Case(
      name: "not authorized in mid-stream", answers: [page(next(1), columns), .init(status: 403)],
      expected: "E705 trino at {server} answered HTTP 403",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1", "DELETE /v1/statement/q/1"]),
    Case(
      name: "a redirect in mid-stream",
      answers: [page(next(1), columns), .init(status: 307, headers: ["Location": "http://localhost:1/"])],
      expected: "E705 trino at {server} answered HTTP 307",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1", "DELETE /v1/statement/q/1"]),
    Case(
      name: "too busy, with a waiting time, in mid-stream",
      answers: [
        page(next(1)), .init(status: 503, headers: ["Retry-After": "0.2"]), .init(status: 429),
        page(columns, #""data":[["x",1]]"#),
      ], expected: #"[["x",1]] []"#),
    Case(
      name: "a page without end",
      answers: [.init(body: #"{"data":[[""# + String(repeating: "a", count: (8 << 20) + 1))],
      expected: "E709 a page of trino at {server}'s answer is larger than 8 MiB"),
    Case(
      name: "a page of more values than memory is for",
      answers: [page(columns, "\"data\":[" + String(repeating: "[[],1],", count: 80_000) + "[[],1]]")],
      expected:
        "E709 a page of trino at {server}'s answer is larger than 8 MiB, or has more than 200000 values"),
  ]

  /// What an engine hands over, and how it ends.
  private func outcome(_ engine: any QueryEngine, isStopped: @escaping @Sendable () -> Bool = { false })
    throws
    -> String
  {
    let engine = try #require(engine as? any TableEngine)
    let bytes = Bytes()
    let control = QueryControl(
      deadline: Deadline(seconds: 10), isStopped: isStopped,
      progress: { progress in progress.bytes.map(bytes.add) })
    var parts: [String] = []
    do throws(Diagnostic) {
      try engine.stream("SELECT 1", control) { page in
        parts.append(Value.array(page.rows.map { .array($0) }).compactJSON)
      }
    } catch {
      parts.append("\(error.code.rawValue) \(error.message)")
    }
    let told = bytes.all
    if Set(told).count > 1 { parts.append("bytes " + told.map { "\($0)" }.joined(separator: " ")) }
    return parts.joined(separator: " ")
  }

  /// The bytes that were told.
  private final class Bytes: @unchecked Sendable {
    private let lock = NSLock()
    private var told: [Int] = []
    func add(_ count: Int) { lock.withLock { told.append(count) } }
    var all: [Int] { lock.withLock { told } }
  }

  private func engine(_ server: StubServer) throws -> any QueryEngine {
    try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": server.base, "CONCORD_TRINO_USER": "auditor",
    ]).engine("trino")
  }

  @Test("Scripts of a server", arguments: trino)
  func trinoCases(_ item: Case) throws {
    guard let server = try StubServer(item.answers, skipping: "1 case of Trino's pages") else { return }
    let result = try outcome(engine(server))
    let address = server.base.dropFirst("http://".count).prefix { $0 != "/" }
    let expected = item.expected.replacingOccurrences(of: "{server}", with: address)
    #expect(result.hasPrefix(expected), "\(result)")
    if let requests = item.requests {
      #expect(try server.requests().map { "\($0.method) \($0.path)" } == requests)
    }
  }

  @Test("A stop ends the query on the server")
  func stop() throws {
    guard let server = try StubServer([Self.page(Self.next(1))], skipping: "1 case of Trino's pages") else {
      return
    }
    let result = try outcome(engine(server)) { ((try? server.requests().count) ?? 0) > 1 }
    #expect(result.hasPrefix("E715"), "\(result)")
    let last = try #require(try server.requests().last)
    #expect(last.method == "DELETE" && last.path == "/v1/statement/q/1")
  }

  @Test("A stop is heard by a request that is not answered")
  func stopWithoutAnswer() throws {
    let answers = [Self.page(Self.next(1)), StubServer.Answer(body: "{}", delay: 30)]
    guard let server = try StubServer(answers, skipping: "1 case of Trino's pages") else { return }
    let start = Date()
    let result = try outcome(engine(server)) { Date().timeIntervalSince(start) > 0.5 }
    #expect(result.hasPrefix("E715"), "\(result)")
    #expect(Date().timeIntervalSince(start) < 8)
    #expect(try server.requests().last?.method == "DELETE")
  }

  @Test("A statement is checked without being run")
  func validation() throws {
    guard let server = try StubServer([Self.page(Self.columns)], skipping: "1 case of Trino's pages") else {
      return
    }
    let table = try #require(try engine(server) as? any TableEngine)
    try table.validate("SELECT 1", QueryControl(deadline: Deadline(seconds: 5)))
    #expect(try server.requests().map(\.body) == ["EXPLAIN (TYPE VALIDATE)\nSELECT 1"])
  }

  @Test(
    "Pythons that do and do not do it",
    arguments: [
      (
        #"echo '{"columns":["a"]}'; echo '{"rows":[["x"],["y"]]}'; echo '{"rows":[["z"]]}'; echo '{"end":3}'"#,
        #"[["x"],["y"]] [["z"]] []"#
      ),
      (
        #"echo '{"columns":["a"]}'; echo '{"rows":[["x"]]}'; echo '{"end":3}'"#,
        #"[["x"]] E707 the answer of duckdb is not understood: it has 1 rows of 3"#
      ),
      (
        #"echo '{"columns":["a"]}'; echo '{"rows":[["x"]]}'; kill -9 $$"#,
        #"[["x"]] E705 duckdb ended with status 9"#
      ),
      (
        #"echo '{"columns":["a"]}'; echo '{"stage":"run","error":"no"}'"#,
        "E706 duckdb failed on the query: run: no"
      ),
      ("echo hello", "E707 the answer of duckdb is not understood: a line is not a JSON object"),
      (#"echo '{"rows":[[1]]}'"#, "E707 the answer of duckdb is not understood: a line has none of"),
      (
        #"echo '{"columns":["a"]}'; echo '{"rows":[["x",1]]}'"#,
        "E707 the answer of duckdb is not understood: a row has not the 1 values of its columns"
      ),
      ("head -c 9000000 /dev/zero", "E709 a page of duckdb's answer is larger than 8 MiB"),
      ("echo oops >&2; exit 3", "E705 duckdb ended with status 3: oops"),
    ])
  func pythons(_ body: String, _ expected: String) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let engine = try python(body, scratch)
    let result = try outcome(engine)
    #expect(result.hasPrefix(expected), "\(result)")
  }

  @Test("A stop ends the command")
  func stopPython() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let engine = try python(#"echo '{"columns":["a"]}'; trap '' TERM; while :; do sleep 0.1; done"#, scratch)
    let start = Date()
    let result = try outcome(engine) { Date().timeIntervalSince(start) > 0.5 }
    #expect(result.hasPrefix("E715"), "\(result)")
  }

  private func python(_ body: String, _ scratch: Scratch) throws -> any QueryEngine {
    let file = try scratch.file("python", Data("#!/bin/sh\n\(body)\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return try EngineConfiguration(environment: [
      "CONCORD_ENGINES_PYTHON": file.path, "CONCORD_DUCKDB_DATABASE": "lake.duckdb", "PATH": "/usr/bin:/bin",
    ]).engine("duckdb")
  }

  private static func state(_ state: String, _ more: String = "", bytes: Int) -> StubAWS.Answer {
    StubAWS.Answer(
      output: #"{"QueryExecution":{"Status":{"State":"\#(state)"\#(more)},"#
        + #""Statistics":{"DataScannedInBytes":\#(bytes)}}}"#)
  }

  /// Answers of the AWS command line, what must come of them, and what was called.
  static let athena: [(name: String, answers: [StubAWS.Answer], expected: String, calls: [String])] = [
    (
      "pages with the bytes that were read",
      [
        state("RUNNING", bytes: 10), state("SUCCEEDED", bytes: 30),
        EnginesAthenaServiceTests.page(#""fixture" "actual""#, #""a" "true""#, next: "t"),
        EnginesAthenaServiceTests.page(#""b" null"#),
      ], #"[["a","true"]] [["b",null]] bytes 10 30"#,
      ["start", "get-query-execution", "get-query-execution", "get-query-results", "get-query-results"]
    ),
    (
      "a failure that the service says may pass",
      [state("FAILED", #","StateChangeReason":"busy","AthenaError":{"Retryable":true}"#, bytes: 1)],
      "E715 athena gave the query up: busy", ["start", "get-query-execution", "stop-query-execution"]
    ),
    (
      "a failure of the query",
      [state("FAILED", #","StateChangeReason":"no","AthenaError":{"Retryable":false}"#, bytes: 1)],
      "E706 athena failed on the query: FAILED: no", ["start", "get-query-execution"]
    ),
    (
      "too many calls",
      [.init(errors: "An error occurred (ThrottlingException) when calling: Rate exceeded", status: 254)],
      "E715 athena was too busy for `get-query-execution`",
      ["start", "get-query-execution", "stop-query-execution"]
    ),
  ]

  @Test("Answers of the AWS command line", arguments: athena.indices)
  func athenaCases(_ place: Int) throws {
    let item = Self.athena[place]
    let aws = try StubAWS([StubAWS.Answer(output: #"{"QueryExecutionId":"id-1"}"#)] + item.answers)
    defer { aws.scratch.remove() }
    let engine = try EngineConfiguration(environment: aws.environment).engine("athena")
    let result = try outcome(engine)
    #expect(result.hasPrefix(item.expected), "\(item.name): \(result)")
    let calls = try aws.calls().map { String($0.split(separator: " ")[1]) }
    #expect(calls.count == item.calls.count, "\(calls)")
    #expect(zip(calls, item.calls).allSatisfy { $0.hasPrefix($1) }, "\(calls)")
  }

  @Test("A stop ends the query that bills")
  func stopAthena() throws {
    let aws = try StubAWS([
      StubAWS.Answer(output: #"{"QueryExecutionId":"id-1"}"#), Self.state("RUNNING", bytes: 5),
    ])
    defer { aws.scratch.remove() }
    let engine = try EngineConfiguration(environment: aws.environment).engine("athena")
    let result = try outcome(engine) { ((try? aws.calls().count) ?? 0) > 1 }
    #expect(result.hasPrefix("E715"), "\(result)")
    #expect(try aws.calls().last?.hasPrefix("athena stop-query-execution") == true)
  }

  @Test("Without a database there are no tables")
  func noDatabase() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file("python", Data("#!/bin/sh\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let engine = try EngineConfiguration(environment: ["CONCORD_ENGINES_PYTHON": file.path]).engine("duckdb")
    #expect(
      try outcome(engine).hasPrefix("E702 the engine `duckdb` is not configured: `CONCORD_DUCKDB_DATABASE`"))
  }

  @Test(
    "The weight of JSON",
    arguments: [
      ("1", 1), ("[]", 2), ("[1,2,3]", 4), (#"{"a":1,"b":[2]}"#, 4), (#"["a,b,{[","c\",d"]"#, 3), ("", 1),
    ])
  func weight(_ text: String, _ expected: Int) {
    #expect(JSONWeight.values(in: text.utf8) == expected)
  }
}
