import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordHunt
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordEngines

/// Runs over a server that fails: nothing is lost, nothing counts twice, and what is not whole is not printed.
@Suite("Runs over a server that fails")
struct EnginesHuntFaultTests {
  /// A script of the server for the first of two slices, and what must come of the run.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answers: [StubServer.Answer]
    /// The names of the events that are printed.
    var printed = ""
    /// The code that the run ends with; `nil` where both slices are whole.
    var failure: String?
    var retries = 0
    var seconds = 10.0
    /// Whether the query is ended on the server.
    var deletes = false
    var testDescription: String { name }
  }

  private static let columns =
    #""columns":[{"name":"rules","type":"array(varchar)"},{"name":"eventtime","type":"varchar"},"#
    + #"{"name":"name","type":"varchar"}]"#

  private static func page(_ parts: String...) -> StubServer.Answer {
    StubServer.Answer(body: "{" + (["\"id\":\"q\""] + parts).joined(separator: ",") + "}")
  }

  private static func next(_ number: Int) -> String { #""nextUri":"{base}/v1/statement/q/\#(number)""# }

  private static func data(_ names: String...) -> String {
    let rows = names.map { #"[["a"],"2024-06-01T00:10:00Z","\#($0)"]"# }
    return #""data":[\#(rows.joined(separator: ","))]"#
  }

  /// What the second slice, and all that comes after the script, is answered.
  private static let last = page(columns, data("a9"))

  static let cases: [Case] = [
    Case(name: "no fault", answers: [page(columns, data("a1"))], printed: "a1 a9"),
    Case(
      name: "the server is killed in mid-answer, and started anew",
      answers: [page(next(1), columns, data("a1")), .init(status: 0), page(columns, data("a1", "a2"))],
      printed: "a1 a2 a9", retries: 1, deletes: true),
    Case(
      name: "a server that was started anew knows nothing of the query",
      answers: [page(next(1), columns, data("a1")), .init(status: 404), page(columns, data("a1", "a2"))],
      printed: "a1 a2 a9", retries: 1, deletes: true),
    Case(
      name: "the server shuts down",
      answers: [
        page(next(1), columns, data("a1")),
        page(#""error":{"message":"x","errorName":"SERVER_SHUTTING_DOWN"}"#),
        page(columns, data("a1")),
      ], printed: "a1 a9", retries: 1),
    Case(
      name: "an answer that is cut",
      answers: [.init(body: page(columns, data("a1")).body, cut: 30), page(columns, data("a1"))],
      printed: "a1 a9", retries: 1),
    Case(
      name: "too busy, and too many requests",
      answers: [
        .init(status: 503, headers: ["Retry-After": "0.1"]), .init(status: 429), page(columns, data("a1")),
      ], printed: "a1 a9"),
    Case(name: "not authorized", answers: [.init(status: 401)], failure: "E705"),
    Case(
      name: "not authorized any more", answers: [page(next(1), columns, data("a1")), .init(status: 403)],
      failure: "E705", deletes: true),
    Case(name: "HTML", answers: [.init(body: "<html>Sign in</html>")], failure: "E707"),
    Case(
      name: "a redirect to another host",
      answers: [.init(status: 302, headers: ["Location": "http://localhost:1/"])], failure: "E705"),
    Case(
      name: "the next page on another host",
      answers: [page(columns, data("a1"), #""nextUri":"http://localhost:1/v1/statement/q/1""#)],
      failure: "E705"),
    Case(
      name: "rows that are given again and again",
      answers: [
        page(next(1), columns, data("a1")), page(next(1), columns, data("a2")),
        page(next(1), columns, data("a2")),
      ], failure: "E707", deletes: true),
    Case(
      name: "an answer without end",
      answers: [.init(body: #"{"data":[[""# + String(repeating: "a", count: (8 << 20) + 1))], failure: "E709"),
    Case(
      name: "a query that is stuck",
      answers: Array(repeating: page(next(1)), count: 1) + [.init(body: "{}", delay: 30)], failure: "E708",
      seconds: 0.7, deletes: true),
    Case(
      name: "the query fails", answers: [page(#""error":{"message":"m","errorName":"DIVISION_BY_ZERO"}"#)],
      failure: "E706"),
    Case(
      name: "never reached",
      answers: Array(repeating: .init(status: 0), count: 3), failure: "E704", retries: 2),
  ]

  /// A rule of events whose name begins with `a`.
  static let rule = Hunt.Rule(
    label: "a", condition: .test(FieldPath("name"), .text(Pattern([.literal("a"), .anyRun]), .exact)))
  /// Rows with such a name.
  static let evidence = Evidence(
    labels: "rules",
    columns: [
      Evidence.Column(name: "name", keys: ["name"], type: .text, holdsJSON: (false, false), names: [])
    ], time: "eventtime", sample: nil)
  /// Prints an event's name.
  @Sendable static func name(_ hit: Hunt.Hit) -> [UInt8] {
    Array((hit.event.object["name"]?.comparedText ?? "").utf8) + [0x20]
  }

  private func hunt(_ server: StubServer, seconds: Double) throws -> Hunt {
    let engine = try EngineConfiguration(environment: [
      "CONCORD_TRINO_URL": server.base, "CONCORD_TRINO_USER": "auditor",
    ]).engine("trino")
    var options = Hunt.Options()
    options.waits = [0.01, 0.01]
    options.seconds = seconds
    return Hunt(
      [Self.rule], on: try #require(engine as? any TableEngine), options,
      statements: { _ in [Hunt.Statement(text: "SELECT 1", evidence: Self.evidence, rules: [0])] },
      render: Self.name)
  }

  @Test("cases", arguments: cases)
  func faults(_ item: Case) throws {
    guard let server = try StubServer(item.answers + [Self.last], skipping: "1 run over a server that fails")
    else { return }
    let control = HuntControl()
    var printed = ""
    var failure: String?
    let slices = TimeSlice.slices(from: Instant(seconds: 0), to: Instant(seconds: 7200), of: 3600)
    do throws(Diagnostic) {
      let run: Hunt
      do { run = try hunt(server, seconds: item.seconds) } catch { throw Diagnostic(.usage, "\(error)") }
      try run.run(slices, control) { (_, result) throws(Diagnostic) in
        try result.forEachPiece { piece in
          printed += String(decoding: piece, as: UTF8.self)
          return true
        }
      }
    } catch {
      failure = error.code.rawValue
    }
    #expect(printed.trimmingCharacters(in: .whitespaces) == item.printed)
    #expect(failure == item.failure)
    #expect(control.state.retries == item.retries)
    if item.deletes { #expect(try server.requests().contains { $0.method == "DELETE" }) }
  }
}
