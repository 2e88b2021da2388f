import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordAthena
@testable import ConcordEngines

@Suite("Trino's protocol")
struct EnginesTrinoTests {
  /// A script of the server and what must come of it.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answers: [StubServer.Answer]
    /// The rows as JSON, or the beginning of `<code> <message>` with `{server}` for its address.
    let expected: String
    /// A text that the message must hold.
    var says = ""
    /// The requests, as method and path.
    var requests: [String]?
    var seconds = "120"
    var testDescription: String { name }
  }

  private static let columns =
    #""columns":[{"name":"fixture","type":"varchar"},{"name":"actual","type":"boolean"}]"#

  private static func page(_ parts: String...) -> StubServer.Answer {
    StubServer.Answer(body: "{" + (["\"id\":\"q\""] + parts).joined(separator: ",") + "}")
  }

  private static func next(_ number: Int) -> String { #""nextUri":"{base}/v1/statement/q/\#(number)""# }

  private static let one = page(columns, #""data":[["a",true]]"#)
  private static let oneRow = #"[{"fixture":"a","actual":true}]"#

  static let answered: [Case] = [
    Case(name: "one page", answers: [one], expected: oneRow, requests: ["POST /v1/statement"]),
    Case(
      name: "queued, then pages, then the end",
      answers: [
        page(next(1)), page(next(2), columns), page(next(3), columns, #""data":[["a",true],["b",null]]"#),
        page(next(4), columns, #""data":[]"#), page(columns, #""data":[["c",false]]"#),
      ],
      expected:
        #"[{"fixture":"a","actual":true},{"fixture":"b","actual":null},{"fixture":"c","actual":false}]"#,
      requests: [
        "POST /v1/statement", "GET /v1/statement/q/1", "GET /v1/statement/q/2",
        "GET /v1/statement/q/3",
        "GET /v1/statement/q/4",
      ]),
    Case(name: "no rows", answers: [page(next(1)), page(columns)], expected: "[]"),
    Case(
      name: "gateways in trouble are asked again",
      answers: [
        .init(status: 503), .init(status: 502), page(next(1)), .init(status: 504), one,
      ], expected: oneRow),
    Case(
      name: "too many requests, with a waiting time",
      answers: [.init(status: 429, headers: ["Retry-After": "0.2"]), one], expected: oneRow),
    Case(
      name: "null stands for nothing",
      answers: [
        page(#""columns":null,"data":null,"error":null"#, next(1)), page(columns, #""nextUri":null"#),
      ],
      expected: "[]"),
  ]

  static let refused: [Case] = [
    Case(
      name: "waiting longer than there is time",
      answers: [.init(status: 503, headers: ["Retry-After": "999"])],
      expected: "E705 trino at {server} still answers HTTP 503 after all retries",
      requests: ["POST /v1/statement"]),
    Case(
      name: "a waiting time that is none", answers: [.init(status: 503, headers: ["Retry-After": "nan"])],
      expected: "E705 trino at {server} still answers HTTP 503"),
    Case(
      name: "an error at once",
      answers: [
        page(#""error":{"message":"line 1:8: Column 'x' cannot be resolved","errorName":"COLUMN_NOT_FOUND"}"#)
      ],
      expected: "E706 trino at {server} failed on the query: COLUMN_NOT_FOUND: line 1:8: Column 'x'"),
    Case(
      name: "an error after rows",
      answers: [
        page(next(1), columns, #""data":[["a",true]]"#),
        page(columns, #""error":{"message":"Division by zero","errorName":"DIVISION_BY_ZERO"}"#),
      ],
      expected: "E706 trino at {server} failed on the query: DIVISION_BY_ZERO: Division by zero",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1"]),
    Case(
      name: "an error without a message", answers: [page(#""error":{}"#)],
      expected: "E706 trino at {server} failed on the query: no message"),
    Case(
      name: "control characters in an error",
      answers: [page(#""error":{"message":"a\u001b[31mb\n\u202ec"}"#)],
      expected: "E706 trino at {server} failed on the query: a\\u{1B}[31mb\\n\\u{202E}c"),
    Case(
      name: "not authorized",
      answers: [
        .init(status: 401, headers: ["WWW-Authenticate": "Basic realm=\"Trino\""], body: "Unauthorized")
      ],
      expected: "E705 trino at {server} answered HTTP 401"),
    Case(
      name: "a server's error", answers: [.init(status: 500, body: "it broke")],
      expected: "E705 trino at {server} answered HTTP 500: it broke"),
    Case(
      name: "an error in mid-stream", answers: [page(next(1), columns), .init(status: 404, body: "gone")],
      expected: "E705 trino at {server} answered HTTP 404: gone",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1", "DELETE /v1/statement/q/1"]),
    Case(
      name: "a redirect", answers: [.init(status: 302, headers: ["Location": "{base}/elsewhere"]), one],
      expected: "E705 trino at {server} answered HTTP 302", requests: ["POST /v1/statement"]),
    Case(
      name: "the next page on another host",
      answers: [page(columns, #""nextUri":"http://localhost:1/v1/statement/q/1""#), one],
      expected: "E705 trino at {server} sends on to another server, which is not followed: localhost:1",
      requests: ["POST /v1/statement"]),
    Case(
      name: "the next page is no address", answers: [page(#""nextUri":7"#)],
      expected: "E707 the answer of trino at {server} is not understood: `nextUri` is not an address"),
  ]

  static let broken: [Case] = [
    Case(
      name: "half of a JSON text", answers: [.init(body: "{\"columns\":[")],
      expected: "E707 the answer of trino at {server} is not understood: it is not JSON"),
    Case(
      name: "a list", answers: [.init(body: "[]")],
      expected: "E707 the answer of trino at {server} is not understood: it is not a JSON object"),
    Case(
      name: "nested without end", answers: [.init(body: String(repeating: "[", count: 100_000))],
      expected: "E707 the answer of trino at {server} is not understood: it is not JSON"),
    Case(
      name: "not UTF-8", answers: [.init(body: "\"{latin} é\"")],
      expected: "E707 the answer of trino at {server} is not understood: it is not UTF-8"),
    Case(
      name: "a short row", answers: [page(columns, #""data":[["a",true],["b"]]"#)],
      expected: "E707 the answer of trino at {server} is not understood: a row has not the 2 values"),
    Case(
      name: "rows before columns", answers: [page(#""data":[["a",true]]"#)],
      expected: "E707 the answer of trino at {server} is not understood: `data` is not a list of rows after"),
    Case(
      name: "never a column", answers: [page(next(1)), page()],
      expected: "E707 the answer of trino at {server} is not understood: it has no columns"),
    Case(
      name: "closed without an answer", answers: [.init(status: 0)],
      expected: "E704 trino at {server} cannot be reached: "),
    Case(
      name: "closed half-way", answers: [.init(body: one.body, cut: 20)],
      expected: "E704 trino at {server} cannot be reached: "),
    Case(
      name: "closed half-way on the second page",
      answers: [page(next(1), columns, #""data":[["a",true]]"#), .init(body: one.body, cut: 20)],
      expected: "E704 trino at {server} cannot be reached: ",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1", "DELETE /v1/statement/q/1"]),
    Case(
      name: "a slow answer", answers: [page(next(1)), .init(body: one.body, delay: 3)],
      expected: "E708 trino at {server} gave no whole answer within 0.6 seconds",
      requests: ["POST /v1/statement", "GET /v1/statement/q/1", "DELETE /v1/statement/q/1"],
      seconds: "0.6"),
    Case(
      name: "an answer byte by byte", answers: [.init(body: one.body, drip: 0.05)],
      expected: "E708 trino at {server} gave no whole answer within 0.6 seconds", seconds: "0.6"),
    Case(
      name: "pages without end", answers: [page(next(1))],
      expected: "E708 trino at {server} gave no whole answer within 0.6 seconds", seconds: "0.6"),
  ]

  @Test("Scripts of a server", arguments: answered + refused + broken)
  func protocolCases(_ item: Case) throws {
    guard let server = try StubServer(item.answers, skipping: "1 case of Trino's protocol") else { return }
    let engine = try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": server.base, "CONCORD_TRINO_USER": "auditor",
      "CONCORD_ENGINE_TIMEOUT": item.seconds,
    ]).engine("trino")
    let result = "\(EngineResult(engine, "SELECT 1"))"
    let address = server.base.dropFirst("http://".count).prefix { $0 != "/" }
    let expected = item.expected.replacingOccurrences(of: "{server}", with: address)
    #expect(item.expected.hasPrefix("[") ? result == expected : result.hasPrefix(expected), "\(result)")
    if let requests = item.requests {
      #expect(try server.requests().map { "\($0.method) \($0.path)" } == requests)
    }
  }

  @Test("The statement and the headers arrive as they are")
  func request() throws {
    guard let server = try StubServer([Self.one], skipping: "1 case of Trino's protocol") else { return }
    let engine = try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": server.base + "/", "CONCORD_TRINO_USER": "auditor",
      "CONCORD_TRINO_CATALOG": "memory", "CONCORD_TRINO_SCHEMA": "default",
    ]).engine("trino")
    let query = "SELECT 'é\u{1F600}\\u0041%&+\"'';'\n-- end\n"
    _ = try engine.rows(of: query + " ;\n")
    let request = try #require(try server.requests().first)
    #expect(request.path == "/v1/statement")
    #expect(request.body == query.trimmingCharacters(in: .whitespacesAndNewlines))
    let headers = ["x-trino-user", "x-trino-source", "x-trino-catalog", "x-trino-schema", "authorization"]
    #expect(
      headers.map { request.headers[$0]?.comparedText } == ["auditor", "concord", "memory", "default", nil])
  }

  @Test("An error points into the statement")
  func location() throws {
    let error = #""error":{"message":"m","errorName":"N","errorLocation":{"lineNumber":2,"columnNumber":3}}"#
    guard let server = try StubServer([Self.page(error)], skipping: "1 case of Trino's protocol") else {
      return
    }
    let engine = try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": server.base, "CONCORD_TRINO_USER": "auditor",
    ]).engine("trino")
    guard case .diagnostic(let diagnostic) = EngineResult(engine, "SELECT\n  x") else {
      Issue.record("no diagnostic")
      return
    }
    #expect(diagnostic.labels.map(\.span) == [Span(at: Position(line: 2, column: 3))])
    #expect(diagnostic.source?.line(2) == "  x")
  }

  @Test("Passwords and tokens become headers, over HTTPS only")
  func secrets() throws {
    var environment = ["CONCORD_TRINO_URL": "https://db.example.org", "CONCORD_TRINO_USER": "ann"]
    func authorization() throws -> String? {
      let engine = try EngineConfiguration(environment: environment).engine("trino") as? TrinoEngine
      return engine?.server.headers.first { $0.name == "Authorization" }?.value
    }
    #expect(try authorization() == nil)
    environment["CONCORD_TRINO_TOKEN"] = "t0ken"
    #expect(try authorization() == "Bearer t0ken")
    environment["CONCORD_TRINO_TOKEN"] = ""
    environment["CONCORD_TRINO_PASSWORD"] = "sesame"
    // printf 'ann:sesame' | base64
    #expect(try authorization() == "Basic YW5uOnNlc2FtZQ==")
  }
}
