import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines
@testable import ConcordSplunk

/// Searches of any number of results, as jobs. The answers have the form that the REST API Reference documents.
@Suite("Splunk's jobs")
struct EnginesSplunkJobTests {
  /// Answers of the server after the one that names the job, and what must come of them.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var created = StubServer.Answer(status: 201, body: #"{"sid":"{id}"}"#)
    let answers: [StubServer.Answer]
    /// The rows as JSON, page by page, what was remarked, and the beginning of `<code> <message>`, with `{server}` for its
    /// address.
    let expected: String
    /// The requests, as method and path, with `{id}` for the job's name.
    var requests: [String]?
    var seconds = 10.0
    var takesPart = false
    var testDescription: String { name }
  }

  static func state(_ content: String) -> StubServer.Answer {
    StubServer.Answer(body: #"{"entry":[{"name":"search x","content":{\#(content)}}]}"#)
  }
  static func done(_ count: Int, _ more: String = "") -> StubServer.Answer {
    state(
      #""dispatchState":"DONE","isDone":true,"isFailed":false,"isFinalized":false,"isZombie":false,"#
        + #""eventCount":\#(count),"scanCount":90,"resultCount":\#(count),"messages":[]\#(more)"#)
  }
  static let running = state(
    #""dispatchState":"RUNNING","isDone":false,"doneProgress":0.5,"resultCount":0,"messages":[]"#)
  static func results(_ rows: String..., fields: String = "") -> StubServer.Answer {
    StubServer.Answer(
      body:
        #"{"preview":false,"init_offset":0,"messages":[],"fields":[\#(fields)],"results":[\#(rows.joined(separator: ","))]}"#
    )
  }
  private static let names = #"{"name":"_time"},{"name":"rules"}"#
  private static let job = "POST /services/search/v2/jobs"
  private static let status = "GET /services/search/v2/jobs/{id}?output_mode=json"
  private static func page(_ offset: Int, _ count: Int = 1000) -> String {
    "GET /services/search/v2/jobs/{id}/results?output_mode=json&offset=\(offset)&count=\(count)"
  }
  private static let cancel = "POST /services/search/v2/jobs/{id}/control"
  private static let delete = "DELETE /services/search/v2/jobs/{id}"

  static let cases: [Case] = [
    Case(
      name: "results by pages",
      answers: [
        .init(status: 204), running, done(3),
        results(
          #"{"_time":"2024-06-01T10:00:00.000+00:00","rules":"a"}"#, #"{"_time":"t","rules":["a","b"]}"#,
          fields: names), results(#"{"rules":"c"}"#, fields: names),
      ],
      expected: #"[["2024-06-01T10:00:00.000+00:00","a"],["t",["a","b"]]] [[null,"c"]] []"#,
      requests: [job, status, status, status, page(0), page(2), delete]),
    Case(name: "no results", answers: [done(0)], expected: "[]", requests: [job, status, delete]),
    Case(
      name: "results that name the fields alone", answers: [done(1), results(#"{"b":"x","a":"y"}"#)],
      expected: #"[["x","y"]] []"#),
    Case(
      name: "numbers and booleans as texts",
      answers: [
        state(#""isDone":"1","dispatchState":"DONE","resultCount":"1","eventCount":"1""#),
        results(#"{"a":"y"}"#),
      ], expected: #"[["y"]] []"#),
    Case(
      name: "a search that fails",
      answers: [
        state(
          #""dispatchState":"FAILED","isFailed":true,"messages":[{"type":"FATAL","text":"Unknown \u001b[2J command"}]"#
        )
      ], expected: #"E706 splunk at {server} failed on the query: Unknown \u{1B}[2J command"#,
      requests: [job, status, cancel]),
    Case(
      name: "a search that fails without a word", answers: [state(#""dispatchState":"FAILED""#)],
      expected: "E706 splunk at {server} failed on the query: the search has failed"),
    Case(
      name: "a search that cannot be parsed",
      created: .init(status: 400, body: #"{"messages":[{"type":"FATAL","text":"Error in 'eval'"}]}"#),
      answers: [], expected: "E706 splunk at {server} failed on the query: Error in 'eval'"),
    Case(
      name: "a part of the peers",
      answers: [
        state(#""dispatchState":"DONE","isDone":true,"messages":[{"type":"ERROR","text":"peer lost"}]"#)
      ], expected: "E706 splunk at {server} failed on the query: peer lost"),
    Case(
      name: "a warning",
      answers: [
        state(
          #""isDone":true,"resultCount":0,"messages":[{"type":"WARN","text":"slow \u001b[2J"},{"type":"INFO","text":"i"}]"#
        )
      ], expected: #"[] remark splunk at {server}: slow \u{1B}[2J"#),
    Case(
      name: "a search that was ended early", answers: [done(1, #","isFinalized":true"#)],
      expected: "E705 splunk at {server} ended the search before it had looked at all events"),
    Case(
      name: "a search of which a part is enough",
      answers: [
        state(#""isDone":true,"isFinalized":true,"eventCount":7,"resultCount":1"#), results(#"{"a":"y"}"#),
      ], expected: #"[["y"]] []"#, takesPart: true),
    Case(
      name: "more events than results", answers: [state(#""isDone":true,"eventCount":9,"resultCount":7"#)],
      expected: "E709 splunk at {server} stores 7 results of 9 or more events"),
    Case(
      name: "as many results as are stored", answers: [done(500_000)],
      expected: "E709 splunk at {server} stores 500000 results of 500000 or more events"),
    Case(
      name: "a search whose process died", answers: [running, state(#""isZombie":true,"isDone":false"#)],
      expected: "E715 splunk at {server} lost the process of the search",
      requests: [job, status, status, cancel]),
    Case(
      name: "a server that was started anew", answers: [running, .init(status: 404, body: "Unknown sid.")],
      expected: "E715 splunk at {server} knows nothing of the search any more (HTTP 404)"),
    Case(
      name: "killed in mid-answer", answers: [done(2), .init(body: results(#"{"a":"1"}"#).body, cut: 30)],
      expected: "E704 splunk at {server} cannot be reached", requests: [job, status, page(0), cancel]),
    Case(
      name: "fewer results than it says", answers: [done(2), results(#"{"a":"1"}"#), results()],
      expected:
        #"[["1"]] E707 the answer of splunk at {server} is not understood: it has 0 results behind 1 of 2"#
    ),
    Case(
      name: "more results than it was asked for",
      answers: [done(1), results(#"{"a":"1"}"#, #"{"a":"1"}"#)],
      expected:
        #"[["1"],["1"]] E707 the answer of splunk at {server} is not understood: it has 2 results of 1"#),
    Case(
      name: "too busy, and too many requests",
      created: .init(status: 503, headers: ["Retry-After": "0.1"]),
      answers: [.init(status: 429), .init(status: 201, body: #"{"sid":"{id}"}"#), done(0)], expected: "[]",
      requests: [job, job, job, status, delete]),
    Case(
      name: "not authorized", created: .init(status: 401), answers: [],
      expected: "E705 splunk at {server} answered HTTP 401"),
    Case(
      name: "not authorized any more", answers: [done(1), .init(status: 403)],
      expected: "E705 splunk at {server} answered HTTP 403", requests: [job, status, page(0), cancel]),
    Case(
      name: "a redirect to another host",
      created: .init(status: 302, headers: ["Location": "http://localhost:1/"]), answers: [],
      expected: "E705 splunk at {server} answered HTTP 302"),
    Case(
      name: "HTML", created: .init(body: "<html>Sign in</html>"), answers: [],
      expected: "E707 the answer of splunk at {server} is not understood: it is not JSON"),
    Case(
      name: "another job's name", created: .init(status: 201, body: #"{"sid":"1717.2"}"#), answers: [],
      expected:
        "E707 the answer of splunk at {server} is not understood: it has not the `sid` that the job was given"
    ),
    Case(
      name: "a page that is too large is asked for in smaller parts",
      answers: [
        done(2), .init(body: "[" + String(repeating: "1,", count: (8 << 20))),
        results(#"{"a":"1"}"#, #"{"a":"2"}"#),
      ], expected: #"[["1"],["2"]] []"#,
      requests: [job, status, page(0), page(0, 500), delete]),
    Case(
      name: "an answer without end",
      answers: [done(2), .init(body: String(repeating: "a", count: (8 << 20) + 1))],
      expected: "E709 a page of splunk at {server}'s answer is larger than 8 MiB"),
    Case(
      name: "a search that is stuck", answers: [running], expected: "E708 splunk at {server} gave no whole",
      seconds: 1),
  ]

  /// What was handed over and remarked, and how it ended.
  private func outcome(
    _ server: StubServer, seconds: Double = 10, takesPart: Bool = false,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) throws -> String {
    let remarks = Remarks()
    let control = QueryControl(
      deadline: Deadline(seconds: seconds), isStopped: isStopped, remark: remarks.add, takesPart: takesPart)
    var parts: [String] = []
    var failure: String?
    let table = try engine(server)
    do throws(Diagnostic) {
      try table.stream("```x``` index=main", control) { page in
        parts.append(Value.array(page.rows.map { .array($0) }).compactJSON)
      }
    } catch {
      failure = "\(error.code.rawValue) \(error.message)"
    }
    return (parts + remarks.all.map { "remark \($0)" } + [failure].compactMap { $0 }).joined(separator: " ")
  }

  private final class Remarks: @unchecked Sendable {
    private let lock = NSLock()
    private var told: [String] = []
    @Sendable func add(_ text: String) { lock.withLock { told.append(text) } }
    var all: [String] { lock.withLock { told } }
  }

  private func engine(_ server: StubServer) throws -> any TableEngine {
    let engine = try EngineConfiguration(environment: [
      "CONCORD_SPLUNK_URL": server.base, "CONCORD_SPLUNK_TOKEN": "hunter2",
    ]).engine("splunk")
    return try #require(engine as? any TableEngine)
  }

  /// The requests, with `{id}` for the name of a job.
  private func requests(_ server: StubServer) throws -> [String] {
    try server.requests().map { request in
      "\(request.method) \(request.path)".replacing(/concord_[0-9A-F-]+/, with: "{id}")
    }
  }

  @Test("Answers of a server", arguments: cases)
  func answers(_ item: Case) throws {
    let script = [item.created] + item.answers
    guard let server = try StubServer(script, skipping: "1 case of Splunk's jobs") else { return }
    let result = try outcome(server, seconds: item.seconds, takesPart: item.takesPart)
    let address = server.base.dropFirst("http://".count).prefix { $0 != "/" }
    #expect(result.hasPrefix(item.expected.replacing("{server}", with: address)), "\(result)")
    #expect(!result.contains("hunter2"))
    if let requests = item.requests { #expect(try self.requests(server) == requests) }
  }

  @Test("What a job is asked with")
  func form() throws {
    guard
      let server = try StubServer([Self.cases[0].created, Self.done(0)], skipping: "1 case of Splunk's jobs")
    else { return }
    #expect(try outcome(server) == "[]")
    let request = try #require(try server.requests().first)
    #expect(request.headers["authorization"] == .string("Bearer hunter2"))
    for part in [
      "search=search%20index%3Dmain", "&id=concord_", "&exec_mode=normal", "&allow_partial_results=false",
      "&max_count=500000", "&auto_cancel=120", "&output_mode=json",
    ] { #expect(request.body.contains(part), "\(request.body)") }
  }

  @Test(
    "A stop ends the search on the server, at each stage",
    arguments: [
      [StubServer.Answer(body: "{}", delay: 30)], [cases[0].created, running],
      [cases[0].created, StubServer.Answer(body: "{}", delay: 30)],
      [cases[0].created, done(2), StubServer.Answer(body: "{}", delay: 30)],
    ])
  func stop(_ answers: [StubServer.Answer]) throws {
    guard let server = try StubServer(answers, skipping: "1 case of Splunk's jobs") else { return }
    let result = try outcome(server) { ((try? server.requests().count) ?? 0) >= answers.count }
    #expect(result.contains("E715"), "\(result)")
    #expect(try requests(server).last == Self.cancel)
    #expect(try server.requests().last?.body == "action=cancel")
  }

  @Test(
    "A search is parsed without being run",
    arguments: [
      (StubServer.Answer(body: #"{"remoteSearch":"litsearch x","commands":[]}"#), "ok"),
      (
        StubServer.Answer(status: 400, body: #"{"messages":[{"type":"FATAL","text":"Unknown command"}]}"#),
        "E706 failed on the query: Unknown command"
      ), (StubServer.Answer(status: 403), "E705 answered HTTP 403"),
      (StubServer.Answer(body: "<html>"), "E707 is not understood: it is not JSON"),
    ])
  func validation(_ answer: StubServer.Answer, _ expected: String) throws {
    guard let server = try StubServer([answer], skipping: "1 case of Splunk's parser") else { return }
    var result = "ok"
    let table = try engine(server)
    do throws(Diagnostic) {
      try table.validate("index=main | where x", QueryControl(deadline: Deadline(seconds: 5)))
    } catch {
      result = "\(error.code.rawValue) \(error.message)"
    }
    let words = expected.split(separator: " ", maxSplits: 1)
    #expect(result.hasPrefix(words[0]) && words.dropFirst().allSatisfy(result.contains), "\(result)")
    let request = try #require(try server.requests().first)
    #expect(request.path == "/services/search/v2/parser")
    #expect(request.body == "q=search%20index%3Dmain%20%7C%20where%20x&parse_only=true&output_mode=json")
  }
}
