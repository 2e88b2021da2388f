import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines
@testable import ConcordSplunk

@Suite("Splunk's protocol")
struct EnginesSplunkTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answer: StubServer.Answer
    /// The rows as JSON, or the beginning of `<code> <message>` with `{server}` for its address.
    let expected: String
    var seconds = "120"
    var testDescription: String { name }
  }

  private static let row = #"{"preview":false,"offset":0,"result":{"fixture":"a","actual":"true"}}"#
  private static let last =
    #"{"preview":false,"offset":1,"lastrow":true,"result":{"fixture":"b","actual":"false"}}"#
  private static let end = #"{"preview":false,"lastrow":true}"#
  private static let rows = #"[{"fixture":"a","actual":"true"},{"fixture":"b","actual":"false"}]"#

  private static func lines(_ lines: String...) -> StubServer.Answer {
    StubServer.Answer(body: lines.joined(separator: "\n") + "\n")
  }

  static let answered: [Case] = [
    Case(name: "two rows", answer: lines(row, last), expected: rows),
    Case(name: "no rows", answer: lines(end), expected: "[]"),
    Case(
      name: "the end as an empty result",
      answer: lines(row, #"{"preview":false,"lastrow":true,"result":{}}"#),
      expected: #"[{"fixture":"a","actual":"true"}]"#),
    Case(
      name: "previews are dropped",
      answer: lines(
        #"{"preview":true,"offset":0,"lastrow":true,"result":{"fixture":"a","actual":"wrong"}}"#, row, last),
      expected: rows),
    Case(
      name: "several values",
      answer: lines(row, #"{"preview":false,"lastrow":true,"result":{"fixture":["b","c"]}}"#),
      expected: #"[{"fixture":"a","actual":"true"},{"fixture":["b","c"]}]"#),
    Case(
      name: "warnings and information",
      answer: lines(
        #"{"preview":false,"messages":[{"type":"WARN","text":"w"},{"type":"INFO","text":"i"}]}"#, row, last),
      expected: rows),
    Case(
      name: "lines that end in CR LF", answer: .init(body: row + "\r\n\r\n" + last + "\r\n"), expected: rows),
  ]

  static let refused: [Case] = [
    Case(
      name: "an error with HTTP 200", answer: lines(#"{"messages":[{"type":"ERROR","text":"no index"}]}"#),
      expected: "E706 splunk at {server} failed on the query: no index"),
    Case(
      name: "a fatal error after rows",
      answer: lines(row, #"{"preview":false,"messages":[{"type":"FATAL","text":"Error in 'where'"}]}"#, last),
      expected: "E706 splunk at {server} failed on the query: Error in 'where'"),
    Case(
      name: "an error beside a row",
      answer: lines(
        row, #"{"preview":false,"lastrow":true,"result":{"fixture":"b"},"messages":[{"type":"ERROR"}]}"#),
      expected: "E706 splunk at {server} failed on the query: a message of type ERROR without text"),
    Case(
      name: "an unknown command",
      answer: .init(
        status: 400, body: #"{"messages":[{"type":"FATAL","text":"Unknown search command 'x'."}]}"#),
      expected: "E706 splunk at {server} failed on the query: Unknown search command 'x'."),
    Case(
      name: "a message that echoes the token",
      answer: .init(status: 400, body: #"{"messages":[{"type":"FATAL","text":"bad: Bearer s3cr3t"}]}"#),
      expected: "E706 splunk at {server} failed on the query: bad: Bearer [hidden]"),
    Case(
      name: "not authorized",
      answer: .init(
        status: 401, headers: ["WWW-Authenticate": "Basic realm=\"/splunk\""],
        body: #"{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}"#),
      expected: "E705 splunk at {server} answered HTTP 401"),
    Case(
      name: "a redirect", answer: .init(status: 303, headers: ["Location": "{base}/login"]),
      expected: "E705 splunk at {server} answered HTTP 303"),
    Case(
      name: "an error page", answer: .init(status: 500, body: "<html>"),
      expected: "E705 splunk at {server} answered HTTP 500"),
  ]

  static let broken: [Case] = [
    Case(
      name: "nothing", answer: .init(),
      expected: "E707 the answer of splunk at {server} is not understood: it ends before the last row"),
    Case(
      name: "no last row", answer: lines(row),
      expected: "E707 the answer of splunk at {server} is not understood: it ends before the last row"),
    Case(
      name: "the last row of a preview only", answer: lines(row, #"{"preview":true,"lastrow":true}"#),
      expected: "E707 the answer of splunk at {server} is not understood: it ends before the last row"),
    Case(
      name: "half a line", answer: lines(row, #"{"preview":false,"result":{"fix"#),
      expected: "E707 the answer of splunk at {server} is not understood: it is not one JSON document a line"),
    Case(
      name: "XML", answer: .init(body: "<?xml version='1.0'?>\n<results/>\n"),
      expected: "E707 the answer of splunk at {server} is not understood: it is not one JSON document a line"),
    Case(
      name: "a line that is a list", answer: lines(row, "[]", last),
      expected: "E707 the answer of splunk at {server} is not understood: line 2 is not an object"),
    Case(
      name: "a result that is a text", answer: lines(#"{"preview":false,"lastrow":true,"result":"a"}"#),
      expected: "E707 the answer of splunk at {server} is not understood: `result` on line 1 is not an object"
    ),
    Case(
      name: "closed without an answer", answer: .init(status: 0),
      expected: "E704 splunk at {server} cannot be reached: "),
    Case(
      name: "closed after a whole row",
      answer: .init(body: row + "\n" + last + "\n", cut: row.utf8.count + 1),
      expected: "E704 splunk at {server} cannot be reached: "),
    Case(
      name: "a slow answer", answer: .init(body: row, delay: 3),
      expected: "E708 splunk at {server} gave no whole answer within 0.6 seconds", seconds: "0.6"),
    Case(
      name: "an answer byte by byte", answer: .init(body: row + "\n" + last, drip: 0.05),
      expected: "E708 splunk at {server} gave no whole answer within 0.6 seconds", seconds: "0.6"),
  ]

  private func engine(_ server: StubServer, seconds: String = "120") throws -> any QueryEngine {
    try EngineConfiguration(environment: [
      "CONCORD_SPLUNK_URL": server.base, "CONCORD_SPLUNK_TOKEN": "s3cr3t", "CONCORD_ENGINE_TIMEOUT": seconds,
    ]).engine("splunk")
  }

  @Test("Answers of a server", arguments: answered + refused + broken)
  func protocolCases(_ item: Case) throws {
    guard let server = try StubServer([item.answer], skipping: "1 case of Splunk's protocol") else { return }
    let result = "\(EngineResult(try engine(server, seconds: item.seconds), "| makeresults"))"
    let address = server.base.dropFirst("http://".count).prefix { $0 != "/" }
    let expected = item.expected.replacingOccurrences(of: "{server}", with: address)
    #expect(item.expected.hasPrefix("[") ? result == expected : result.hasPrefix(expected), "\(result)")
    #expect(
      try server.requests().map { "\($0.method) \($0.path)" } == ["POST /services/search/v2/jobs/export"])
  }

  @Test("The search and the token arrive as they are")
  func request() throws {
    guard let server = try StubServer([Self.lines(Self.end)], skipping: "1 case of Splunk's protocol") else {
      return
    }
    let query = "| makeresults\n| eval x=\"a+b & c=d %41 \\\\ é\u{1F600}\""
    _ = try engine(server).rows(of: query)
    let request = try #require(try server.requests().first)
    #expect(request.headers["authorization"] == .string("Bearer s3cr3t"))
    #expect(request.headers["content-type"] == .string("application/x-www-form-urlencoded"))
    var fields: [String: String] = [:]
    for field in request.body.split(separator: "&") {
      let parts = field.split(separator: "=", omittingEmptySubsequences: false)
      try #require(parts.count == 2)
      fields["\(parts[0])"] = String(parts[1]).removingPercentEncoding
    }
    #expect(
      fields == [
        "search": query, "output_mode": "json", "preview": "false", "adhoc_search_level": "verbose",
      ])
  }

  @Test(
    "A search begins with a pipe or the search command",
    arguments: [
      ("| makeresults", "| makeresults"), ("\n  | makeresults", "| makeresults"),
      ("search index=main", "search index=main"), ("search\tx", "search\tx"),
      ("index=main", "search index=main"),
      ("searching", "search searching"), ("search=1", "search search=1"),
      ("```a | b```\n```c```\n| makeresults", "| makeresults"), ("```c``` index=main", "search index=main"),
      ("```open", "search ```open"), ("", "search "),
    ])
  func prefix(_ query: String, _ expected: String) {
    #expect(SplunkServer.search(query) == expected)
  }
}
