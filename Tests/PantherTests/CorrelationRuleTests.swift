import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordPanther
import Testing

/// Correlation rules: what they look for, their tests, and what is not read of them.
@Suite("Panther: correlation rules")
struct CorrelationRuleTests {
  /// A rule of that detection, its lines as they stand below `Detection:`.
  private static func text(_ detection: String, _ tests: String = "") -> String {
    let lines = detection.split(separator: "\n").map { "  \($0)\n" }.joined()
    return "AnalysisType: correlation_rule\nRuleID: C\nDetection:\n" + lines + tests
  }

  private static func read(_ text: String) -> RuleCollection {
    Language.panther.readAll(Source(name: "c.yml", text: text), options: LanguageOptions())
  }

  private static let pair = "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B}]"
  private static let chain = "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B}]"
  private static let two = "\n  LookbackWindowMinutes: 60"

  /// What a rule finds, in words.
  static let meanings: [(String, String)] = [
    (pair, "a >= 1 and b >= 1 within 15 min"),
    (pair + two, "a >= 1 and b >= 1 within 1 h"),
    (
      pair + two + "\n  MatchCriteria: {k: [{GroupID: a, Match: x.y}, {GroupID: b, Match: x.y}]}",
      "a >= 1 and b >= 1 by x.y within 1 h"
    ),
    (
      pair + two + "\n  MatchCriteria: {k: [{GroupID: b, Match: y}, {GroupID: a, Match: x}]}",
      "a >= 1 and b >= 1 by k (x or y) within 1 h"
    ),
    (
      pair + two
        + "\n  MatchCriteria: {k: [{GroupID: a, Match: p_any_emails}, {GroupID: b, Match: p_any_emails}]}",
      "a >= 1 and b >= 1 by p_any_emails[] within 1 h"
    ),
    (
      "- Group: [{ID: a, RuleID: A, MinMatchCount: 5}, {ID: b, RuleID: B}]" + two,
      "a >= 5 and b >= 1 within 1 h"
    ),
    (
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]" + two
        + "\n  Schedule: {RateMinutes: 40, TimeoutMinutes: 1}\n  EventEvaluationOrder: Chronological",
      "a >= 1 and b < 1 in spans of 1 h that end every 40 min"
    ),
    (chain + "\n  Transitions: [{ID: t, From: a, To: b}]" + two, "a, then b >= 2 within 1 h"),
    (
      chain + "\n  Transitions: [{From: a, To: b, WithinTimeFrameMinutes: 45, Match: [{On: x}]}]" + two,
      "a, then b >= 2 by x within 45 min"
    ),
    (
      chain + "\n  Transitions: [{From: a, To: b, WithinTimeFrameMinutes: 90, Match: [{From: x, To: y}]}]"
        + two,
      "a, then b >= 2 by match (x or y) within 1 h"
    ),
    (
      "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B}, {ID: c, RuleID: C}]\n  Transitions:\n"
        + "  - {From: a, To: b, Match: [{From: x, To: y}]}\n  - {From: b, To: c, Match: [{From: y, To: x}]}"
        + two,
      "a, then b, then c >= 3 by match (x or y) within 1 h"
    ),
  ]

  @Test("what is found", arguments: meanings)
  func meaning(_ detection: String, _ words: String) throws {
    let collection = Self.read(Self.text(detection))
    let document = try #require(
      collection.documents.first, "\(collection.refused.flatMap(\.refusals).map(\.message))")
    let rule = document.rule
    #expect(rule.aggregate?.description == words)
    #expect(rule.logSources.map(\.platformName) == ["Panther.CorrelationSignals"])
    #expect(rule.condition.paths == [FieldPath("p_rule_id")])
    #expect(rule.unknown.members.isEmpty)
  }

  /// What a rule says of logs: a letter a signal of `A` to `C`, behind it its minute, and its value behind `=`.
  static let logs: [(String, [(String, Bool)])] = [
    (
      pair + two + "\n  MatchCriteria: {k: [{GroupID: a, Match: x}, {GroupID: b, Match: y}]}",
      [
        ("A0=u B60=u", true), ("A0=u B61=u", false), ("B0=u A9=u", true), ("A0=u B9=v", false),
        ("A0=u", false),
        ("B0=u", false), ("", false),
      ]
    ),
    (
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]" + two
        + "\n  Schedule: {RateMinutes: 40}",
      // Looks end at minutes 40, 80, 120 and see an hour.
      [
        ("A0=u", true), ("B0=u", false), ("A0=u B39=u", false), ("A0=u B40=u", true), ("B0=u A39=u", true),
        ("B20=u A39=u", false), ("", false),
      ]
    ),
    (
      chain + "\n  Transitions: [{From: a, To: b, WithinTimeFrameMinutes: 45, Match: [{On: x}]}]" + two,
      [
        ("A0=u B45=u", true), ("A0=u B46=u", false), ("B0=u A9=u", false), ("A5=u B5=u", true),
        ("A0=u B1=v B2=u", true),
      ]
    ),
  ]

  @Test("logs, as tests give them", arguments: logs)
  func log(_ detection: String, _ rows: [(String, Bool)]) throws {
    let fields = detection.contains("Match: y") ? ["A": "x", "B": "y"] : ["A": "x", "B": "x"]
    var tests = "Tests:\n"
    for (number, row) in rows.enumerated() {
      let signals = row.0.split(separator: " ").map { signal in
        let rule = String(signal.prefix(1))
        let parts = signal.dropFirst().split(separator: "=")
        return "{ID: \(rule.lowercased()), Matches: {\(fields[rule] ?? "x"): {\(parts[1]): [\(parts[0])]}}}"
      }
      tests +=
        "  - {Name: '\(number)', ExpectedResult: \(row.1), RuleOutputs: [\(signals.joined(separator: ", "))]}\n"
    }
    let collection = Self.read(Self.text(detection, tests))
    let rule = try #require(
      collection.documents.first, "\(collection.refused.flatMap(\.refusals).map(\.message))"
    ).rule
    #expect(rule.fixtures.count == rows.count)
    for (fixture, row) in zip(rule.fixtures, rows) {
      #expect(rule.verdict(on: fixture) == row.1, "\(row.0)")
      #expect(fixture.expected == row.1)
    }
  }

  @Test("times are minutes and moments; a value is at its path")
  func times() throws {
    let tests = """
      Tests:
        - Name: one
          ExpectedResult: false
          RuleOutputs:
            - ID: a
              Matches: {x.y: {u: [0, "2024-06-01T10:00:01Z", 2024-06-01T10:00:01.5Z], v: [1]}}
            - ID: b
              Matches: {p_any_ip_addresses: {1.1.1.1: [2]}}
      """
    let rule = try #require(Self.read(Self.text(Self.pair, tests)).documents.first).rule
    let log = try #require(rule.fixtures.first).log
    #expect(
      log.map { Value.object($0.event.object).compactJSON } == [
        #"{"p_rule_id":"A","x":{"y":"u"}}"#, #"{"p_rule_id":"A","x":{"y":"u"}}"#,
        #"{"p_rule_id":"A","x":{"y":"u"}}"#, #"{"p_rule_id":"A","x":{"y":"v"}}"#,
        #"{"p_rule_id":"B","p_any_ip_addresses":["1.1.1.1"]}"#,
      ])
    let start = try #require(log[0].second)
    #expect(log.map(\.second) == [start, 1_717_236_001, 1_717_236_001, start + 60, start + 120])
  }

  /// When it is looked for is said where it matters.
  static let notes: [(String, String?)] = [
    ("", nil),
    ("\n  Schedule: {CronExpression: '0 * * * *'}", nil),
    ("\n  Schedule: {RateMinutes: 1}", "the rule finds what is within 60 minutes, whenever it looks"),
  ]

  @Test("the schedule", arguments: notes)
  func schedule(_ lines: String, _ note: String?) throws {
    let document = try #require(Self.read(Self.text(Self.pair + Self.two + lines)).documents.first)
    #expect(document.warnings.map(\.message) == [note].compactMap { $0 })
    #expect(document.warnings.allSatisfy { $0.code.rawValue == "W361" })
    let chain = Self.chain + "\n  Transitions: [{From: a, To: b, WithinTimeFrameMinutes: 20}]" + Self.two
    let sure = Self.text(chain + "\n  Schedule: {RateMinutes: 40}")
    #expect(try #require(Self.read(sure).documents.first).warnings.isEmpty)
    let absent =
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]\n  Schedule: {RateMinutes: 7}"
    let warnings = try #require(Self.read(Self.text(absent)).documents.first).warnings
    #expect(
      warnings.map(\.message) == ["the rule is taken to look at each multiple of 7 minutes since 1970"])
  }

  /// What is not read, or wrong: what is said of it, and its line.
  static let refusals: [(detection: String, tests: String, code: String, message: String, line: Int)] = [
    (pair + "\n- Group: []", "", "E330", "`Detection` of 2 parts is not read", 4),
    ("- Grup: []", "", "E206", "unknown key of `Detection` `Grup`", 4),
    (pair + "\n  Transitions: []", "", "E206", "unknown key of `Detection` `Transitions`", 5),
    (pair + "\n  EventEvaluationOrder: Any", "", "E206", "unknown `EventEvaluationOrder` `Any`", 5),
    (
      pair + "\n  LookbackWindowMinutes: 0", "", "E304",
      "`LookbackWindowMinutes` must be a whole number, 1 or more, not the number `0`", 5
    ),
    (pair + "\n  Schedule: {Rate: 5}", "", "E206", "unknown key of `Schedule` `Rate`", 5),
    ("- Group: [{ID: a, RuleID: A, Threshold: 2}]", "", "E206", "unknown key of `Group` `Threshold`", 4),
    ("- Group: [{ID: a}]", "", "E303", "there is no `RuleID` here", 4),
    ("- Group: [{ID: a, RuleID: A}, {ID: a, RuleID: B}]", "", "E330", "a second `a` is not read", 4),
    (
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: A}]", "", "E330", "a rule that stands twice is not read",
      4
    ),
    (
      "- Group: [{ID: a, RuleID: A, Absence: true, MinMatchCount: 2}]", "", "E330",
      "`Absence` with `MinMatchCount` is not read", 4
    ),
    (
      "- Group: [{ID: a, RuleID: A, Absence: true}]", "", "E330",
      "a group of which all is absent is not read", 4
    ),
    (
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]", "", "E330",
      "`Absence` without `RateMinutes` is not read", 4
    ),
    (
      "- Group: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]\n  LookbackWindowMinutes: 99999\n"
        + "  Schedule: {RateMinutes: 1}", "", "E330", "a lookback of so many times the rate is not read", 4
    ),
    (
      pair + "\n  MatchCriteria: {k: [{GroupID: a, Match: x}]}", "", "E330",
      "`MatchCriteria` without `b` is not read", 5
    ),
    (
      pair + "\n  MatchCriteria: {k: [{GroupID: a, Match: x}, {GroupID: c, Match: x}]}", "", "E206",
      "unknown `GroupID` `c`", 5
    ),
    (
      pair + "\n  MatchCriteria: {k: [{GroupID: a, Match: x}, {GroupID: a, Match: y}]}", "", "E330",
      "a second field to match of one rule is not read", 5
    ),
    (
      pair + "\n  MatchCriteria: {k: [], l: []}", "", "E330",
      "`MatchCriteria` of other than one list is not read", 5
    ),
    (chain, "", "E330", "2 rules in sequence with 0 transitions is not read", 4),
    (
      chain + "\n  Transitions: [{From: b, To: a}]", "", "E330",
      "a transition that leads elsewhere than to the next rule is not read", 5
    ),
    (
      chain + "\n  Transitions: [{From: a, To: b, Match: [{On: x}, {On: y}]}]", "", "E330",
      "`Match` of several fields is not read", 5
    ),
    (
      "- Sequence: [{ID: a, RuleID: A, MinMatchCount: 2}, {ID: b, RuleID: B}]", "", "E330",
      "`MinMatchCount` in a sequence is not read", 4
    ),
    (
      "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B, Absence: true}]", "", "E330",
      "`Absence` in a sequence is not read", 4
    ),
    (
      "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B}, {ID: c, RuleID: C}]\n  Transitions:\n"
        + "  - {From: a, To: b, WithinTimeFrameMinutes: 5}\n  - {From: b, To: c}", "", "E330",
      "`WithinTimeFrameMinutes` of one of several transitions is not read", 6
    ),
    (
      "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B}, {ID: c, RuleID: C}]\n  Transitions:\n"
        + "  - {From: a, To: b, Match: [{On: x}]}\n  - {From: b, To: c, Match: [{On: y}]}", "", "E330",
      "a rule that is matched by one field before and another behind is not read", 4
    ),
    (
      "- Sequence: [{ID: a, RuleID: A}, {ID: b, RuleID: B}, {ID: c, RuleID: C}]\n  Transitions:\n"
        + "  - {From: a, To: b, Match: [{On: x}]}\n  - {From: b, To: c}", "", "E330",
      "a transition without `Match` beside others with one is not read", 4
    ),
    (pair, "Condition: a exists\n", "E330", "`Condition` of a correlation rule is not read", 5),
    (
      pair, "Tests: [{Name: t, ExpectedResult: true, Log: {}}]\n", "E206",
      "unknown key of a correlation rule's test `Log`", 5
    ),
    (
      pair, "Tests: [{Name: t, ExpectedResult: true, RuleOutputs: [{ID: c, Matches: {x: {u: [0]}}}]}]\n",
      "E206",
      "unknown `ID` `c`", 5
    ),
    (
      pair, "Tests: [{Name: t, ExpectedResult: true, RuleOutputs: [{ID: a}]}]\n", "E330",
      "`RuleOutputs` without `Matches` is not read", 5
    ),
    (
      pair, "Tests: [{Name: t, ExpectedResult: true, RuleOutputs: [{ID: a, Matches: {x: {u: [soon]}}}]}]\n",
      "E304",
      "`Matches` must be minutes or a time such as `2024-06-01T10:00:00Z`, not the text `soon`", 5
    ),
  ]

  @Test("what is not read is refused by name", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let row = Self.refusals[index]
    let collection = Self.read(Self.text(row.detection, row.tests))
    #expect(collection.documents.isEmpty)
    let refusal = try #require(collection.refused.first?.refusals.first, "\(row.detection)")
    #expect(refusal.message == row.message)
    #expect(refusal.code.rawValue == row.code, "\(row.message)")
    #expect(refusal.labels.first?.span.start.line == row.line, "\(row.message)")
  }

  @Test("events are not added to its tests")
  func added() {
    let file = Source(name: "c.yml", text: Self.text(Self.pair))
    let fixture = Fixture(name: "n", expected: true, event: Event(Value.Object()))
    let error = #expect(throws: Diagnostic.self) { try Language.panther.adding([fixture], to: file) }
    #expect(error?.code.rawValue == "E322")
  }
}
