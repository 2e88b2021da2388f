import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordProof
import Testing

@Suite("Proofs about places")
struct PlaceTests {
  static let host = PlaceFact("host", of: "splunk")
  static let tag = PlaceFact("tag", of: "splunk", hasManyTexts: true)

  static func at(_ fact: PlaceFact, _ text: String, _ letterCase: LetterCase = .ignored) -> Condition {
    .place(fact, .text(.equals(text), letterCase))
  }
  static let field = Condition.test(FieldPath("splunk.host"), .text(.equals("a"), .exact))

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let first: Condition
    let second: Condition
    let verdict: Relation
  }

  static let rows: [Row] = [
    Row(
      testDescription: "the same place", first: at(host, "DC01"), second: at(host, "dc01"), verdict: .equal),
    Row(
      testDescription: "a place less", first: .all([at(host, "a"), field]), second: field, verdict: .wider),
    Row(testDescription: "another place", first: at(host, "a"), second: at(host, "b"), verdict: .disjoint),
    Row(
      testDescription: "two places in another order", first: .any([at(host, "a"), at(host, "b")]),
      second: .place(host, .oneOf(["B", "A"], .ignored)), verdict: .equal),
    Row(
      testDescription: "one text of one host", first: .all([at(host, "a"), at(host, "b")]),
      second: .always(false), verdict: .equal),
    Row(
      testDescription: "two tags at once", first: .all([at(tag, "a"), at(tag, "b")]), second: .always(false),
      verdict: .narrower),
    Row(
      testDescription: "a field of the fact's name is apart", first: at(host, "a", .exact), second: field,
      verdict: .different),
    Row(
      testDescription: "a keyword is not looked for in the place",
      first: .all([at(host, "a", .exact), .not(.anywhere(.contains("a"), .exact))]),
      second: .always(false), verdict: .narrower),
    Row(
      testDescription: "a place in one branch",
      first: .any([.all([at(host, "a"), field]), .all([at(host, "b"), .not(field)])]),
      second: .any([at(host, "a"), at(host, "b")]), verdict: .wider),
  ]

  @Test("verdicts, each difference with an event in its place", arguments: rows)
  func verdict(_ row: Row) {
    let proof = Prover().compare(row.first, row.second)
    #expect(proof.verdict == row.verdict)
    for (answer, holds, fails) in [
      (proof.onlyInFirst, row.first, row.second), (proof.onlyInSecond, row.second, row.first),
    ] {
      guard let event = answer.event else { continue }
      #expect(holds.holds(of: event) && !fails.holds(of: event))
    }
  }
}
