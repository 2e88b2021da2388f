import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

@testable import ConcordEngines

@Suite("An engine's rows against the expectation")
struct EnginesAgreementTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// The names of the probes; one that ends in `+` is expected to match.
    let probes: [String]
    /// The rows, a JSON object each.
    let rows: [String]
    /// The diagnostics, as `<code> <message>`; none where all agrees.
    let expected: [String]
    var testDescription: String { name }
  }

  private static func row(_ name: String, _ expected: String, _ actual: String) -> String {
    #"{"fixture":"\#(name)","expected":\#(expected),"actual":\#(actual)}"#
  }

  static let cases: [Case] = [
    Case(
      name: "all agree, in another order", probes: ["a+", "b"],
      rows: [row("b", "false", "false"), row("a+", "true", "true")], expected: []),
    Case(
      name: "verdicts as text, columns in other letters", probes: ["a+", "b"],
      rows: [
        #"{"FIXTURE":"a+","Expected":"true","ACTUAL":"true"}"#, row("b", "\"false\"", "\"false\""),
      ], expected: []),
    Case(
      name: "more columns", probes: ["b"],
      rows: [#"{"_time":"1","fixture":"b","expected":"false","actual":"false"}"#],
      expected: []),
    Case(
      name: "another verdict", probes: ["a+", "b"],
      rows: [row("a+", "true", "false"), row("b", "false", "true")],
      expected: [
        "E510 `e` says no match for `a+`, expected a match", "E510 `e` says match for `b`, expected no match",
      ]),
    Case(
      name: "no rows at all", probes: ["a+", "b"], rows: [],
      expected: ["E511 `e` returned no row for 2 of 2 events, the first of them `a+`"]),
    Case(
      name: "a row is missing", probes: ["a+", "b"], rows: [row("a+", "true", "true")],
      expected: ["E511 `e` returned no row for `b`"]),
    Case(
      name: "a row too many", probes: ["b"], rows: [row("b", "false", "false"), row("c", "false", "false")],
      expected: ["E513 `e` returned an unexpected row: `c`"]),
    Case(
      name: "a row twice", probes: ["b"], rows: [row("b", "false", "false"), row("b", "false", "false")],
      expected: ["E512 `e` gives no verdict on `b`: 2 rows answer 1 probe of this name"]),
    Case(
      name: "a row without a name", probes: ["b"], rows: [row("b", "false", "false"), #"{"actual":true}"#],
      expected: [#"E513 `e` returned an unexpected row: `{"actual":true}`"#]),
    Case(
      name: "a name that is NULL", probes: ["b"],
      rows: [row("b", "false", "false"), #"{"fixture":null,"expected":false,"actual":false}"#],
      expected: [
        #"E513 `e` returned an unexpected row: `{"fixture":null,"expected":false,"actual":false}`"#
      ]),
    Case(
      name: "names that only look the same", probes: ["\u{E9}"], rows: [row("e\u{301}", "false", "false")],
      expected: [
        "E511 `e` returned no row for `\u{E9}`", "E513 `e` returned an unexpected row: `e\u{301}`",
      ]),
    Case(
      name: "NULL is not no match", probes: ["b"], rows: [row("b", "false", "null")],
      expected: ["E512 `e` gives no verdict on `b`: `actual` is NULL"]),
    Case(
      name: "a verdict is missing", probes: ["b"], rows: [#"{"fixture":"b","expected":false}"#],
      expected: ["E512 `e` gives no verdict on `b`: `actual` is missing"]),
    Case(
      name: "no verdicts", probes: ["a", "b", "c"],
      rows: [row("a", "false", "0"), row("b", "false", "\"False\""), row("c", "false", "[\"false\"]")],
      expected: [
        "E512 `e` gives no verdict on `a`: `actual` is `0`, neither `true` nor `false`",
        "E512 `e` gives no verdict on `b`: `actual` is `False`, neither `true` nor `false`",
        "E512 `e` gives no verdict on `c`: `actual` is `[\"false\"]`, neither `true` nor `false`",
      ]),
    Case(
      name: "a statement of other expectations", probes: ["b"], rows: [row("b", "true", "false")],
      expected: ["E512 `e` gives no verdict on `b`: `expected` is not what was asked for"]),
    Case(
      name: "expectation without a value", probes: ["b"], rows: [row("b", "null", "false")],
      expected: ["E512 `e` gives no verdict on `b`: `expected` is not what was asked for"]),
    Case(
      name: "nothing to compare", probes: [], rows: [],
      expected: ["E514 there are no events to compare with `e`"]),
    Case(
      name: "two rows too many", probes: ["b"],
      rows: [row("b", "false", "false"), row("c", "true", "true"), row("d", "true", "true")],
      expected: ["E513 `e` returned 2 unexpected rows, the first of them `c`"]),
    Case(
      name: "a name of two lines", probes: ["b"],
      rows: [row("b", "false", "false"), row("\\u001b[1mx\\ny", "true", "true")],
      expected: ["E513 `e` returned an unexpected row: `\\u{1B}[1mx\\ny`"]),
  ]

  @Test("Tables of probes and rows", arguments: cases)
  func tables(_ item: Case) throws {
    let agreement = EngineAgreement(
      engine: "e", probes: item.probes.map { .init(name: $0, expected: $0.hasSuffix("+")) },
      rows: try item.rows.map(object))
    #expect(agreement.diagnostics.map { "\($0.code.rawValue) \($0.message)" } == item.expected)
    #expect(agreement.isClean == item.expected.isEmpty)
    #expect(agreement.outcomes.count == item.probes.count)
  }

  @Test("Two probes of one name are told apart only where all their rows say the same")
  func oneName() throws {
    func verdicts(_ expected: [Bool], _ rows: [String]) throws -> [EngineAgreement.Verdict] {
      EngineAgreement(
        engine: "e", probes: expected.map { .init(name: "x", expected: $0) }, rows: try rows.map(object)
      ).outcomes.map(\.verdict)
    }
    let match = Self.row("x", "true", "true")
    let noMatch = Self.row("x", "false", "false")
    let wrong = Self.row("x", "false", "true")
    #expect(try verdicts([true, true], [match, match]) == [.agrees, .agrees])
    #expect(try verdicts([true, false], [match, wrong]) == [.agrees, .differs])
    #expect(try verdicts([true, true], [match]) == [.missing, .missing])
    let unclear = EngineAgreement.Verdict.unreadable("2 probes have this name, and their verdicts differ")
    #expect(try verdicts([true, false], [noMatch, match]) == [unclear, unclear])
  }

  @Test("An engine's error is not an agreement")
  func engineError() {
    struct Failing: QueryEngine {
      let identifier = "f"
      func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
        throw Diagnostic(.engineUnreachable, "away")
      }
    }
    #expect(throws: Diagnostic(.engineUnreachable, "away")) {
      try Failing().agreement(of: "SELECT 1", with: [.init(name: "a", expected: true)])
    }
  }

  private func object(_ text: String) throws -> Value.Object {
    guard case .object(let object) = try JSON.parse(text) else {
      throw Diagnostic(.unexpected, "not an object")
    }
    return object
  }
}
