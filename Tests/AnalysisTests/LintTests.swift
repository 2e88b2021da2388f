import ConcordAnalysis
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

/// What is odd about rules.
@Suite struct LintTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let condition: String
    let findings: [String]
    var testDescription: String { condition }

    init(_ condition: String, _ findings: String...) {
      (self.condition, self.findings) = (condition, findings)
    }
  }

  static let cases = [
    Case(#"x eq "a""#),
    Case("x eq \"a\"\ny ne \"b\""),
    // Two equalities hold of an array of both; of one value never.
    Case("x eq \"a\"\nx eq \"b\"", "W601 never-fires: the rule never fires where each field holds one value"),
    Case("x[] eq \"a\"\nx[] eq \"b\""),
    Case("x eq \"a\"\nx is_null", "W601 never-fires: the rule never fires"),
    Case("x is_null or x is_not_null", "W602 always-fires: the rule fires on every event"),
    Case(
      "x ends_with \".exe\"\nnot (x contains \"e\")",
      #"W603 exclusion-of-all: this exclusion leaves nothing of the rule: x contains "e""#),
    Case(
      #"x contains "ab" or x contains "b""#,
      #"N604 part-cannot-matter: this adds nothing: x contains "ab"; it is taken by: x contains "b""#),
    Case(
      "x contains \"ab\"\nx contains \"b\"",
      #"N604 part-cannot-matter: this asks no more: x contains "b"; it follows from: x contains "ab""#),
    Case(
      "x eq \"a\"\nx ne \"b\"",
      #"N604 part-cannot-matter: this asks no more where each field holds one value: x ne "b"; it follows from: x eq "a""#
    ),
    Case(
      #"x in ["ab", "bc", "d"] or x contains "b""#,
      #"N604 part-cannot-matter: "ab", "bc" of this list are also taken by: x contains "b""#),
    Case(
      #"x regex_match "abc""#,
      #"N605 regex-is-text: this regular expression is a plain text: x contains "abc""#),
    Case(#"x regex_match "ab+c""#),
  ]

  @Test("each finding by itself", arguments: cases)
  func single(_ example: Case) throws {
    let report = RuleLint().report(on: try document(example.condition))
    #expect(report.findings.map(line) == example.findings)
    #expect(report.unknown == 0)
  }

  @Test("a fixture that the rule contradicts is a finding")
  func fixtures() throws {
    var document = try document(#"x eq "a""#)
    document.rule.fixtures = [
      Fixture(name: "right", expected: true, event: try makeEvent(#"{"x":"a"}"#)),
      Fixture(name: "wrong", expected: true, event: try makeEvent(#"{"x":"b"}"#)),
    ]
    let findings = RuleLint().report(on: document).findings
    #expect(
      findings.map(line) == ["W606 contradicts-fixture: fixture `wrong` expects true, the rule says false"])
  }

  private func line(_ finding: LintFinding) -> String {
    "\(finding.diagnostic.code.rawValue) \(finding.kind.rawValue): \(finding.diagnostic.message)"
  }

  @Test("pairs: the same, covered, overlapping, and rules of another log that are no pair")
  func pairs() throws {
    var documents = [
      try document(#"x eq "a""#, id: "A"), try document(#"x in ["a", "b"]"#, id: "B"),
      try document(#"not (x ne "a")"#, id: "C"), try document("x eq \"a\"\ny eq \"c\"", id: "D"),
      try document(#"x eq "a""#, id: "E"), try document("y eq \"c\"", id: "F"),
    ]
    documents[4].rule.logSources = [.cloudTrail]
    let lint = RuleSetLint()
    let witnesses = documents.map { RuleLint().report(on: $0).witness }
    let candidates = lint.candidates(documents, witnesses: witnesses)
    var lines: [String] = []
    for pair in candidates {
      let relation = lint.relation(documents[pair.rule].rule, documents[pair.other].rule)
      let finding = lint.finding(relation, pair, documents, witness: witnesses[pair.rule])
      if let finding {
        let id = documents[pair.rule].rule.id
        lines.append("\(id) \(line(finding))")
      }
    }
    #expect(
      lines == [
        "A N608 subsumed: `Title of B` (B.yml) fires on every event of this rule",
        // The one event that is known of B.
        "B N609 overlap: `Title of A` (A.yml) fires on events of this rule too",
        "B N609 overlap: `Title of C` (C.yml) fires on events of this rule too",
        "C W607 duplicate: the rule fires on the same events as `Title of A` (A.yml)",
        "C N608 subsumed: `Title of B` (B.yml) fires on every event of this rule",
        "D N608 subsumed: `Title of A` (A.yml) fires on every event of this rule",
        "D N608 subsumed: `Title of B` (B.yml) fires on every event of this rule",
        "D N608 subsumed: `Title of C` (C.yml) fires on every event of this rule",
        "D N608 subsumed: `Title of F` (F.yml) fires on every event of this rule",
      ])
  }

  /// What makes other alerts of the same events than a plain rule does.
  static let otherAlerts: [(what: String, change: @Sendable (inout Rule) -> Void)] = [
    ("a threshold", { $0.threshold = 5 }), ("a limit", { $0.rowLimit = 5 }),
    ("a time window", { $0.window = .place(.since, .text(.equals("-1h"), .exact)) }),
    ("no alerts", { $0.makesAlerts = false }), ("switched off", { $0.enabled = false }),
  ]

  @Test("a rule that makes other alerts of the same events covers none", arguments: 0..<5)
  func alerts(_ index: Int) throws {
    var documents = [try document(#"x eq "a""#, id: "A"), try document(#"x in ["a", "b"]"#, id: "B")]
    Self.otherAlerts[index].change(&documents[1].rule)
    let witnesses = documents.map { RuleLint().report(on: $0).witness }
    let candidates = RuleSetLint().candidates(documents, witnesses: witnesses)
    #expect(!candidates.contains { $0.other == 1 }, "\(Self.otherAlerts[index].what)")
  }
}
