import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import Foundation
import TestSupport
import Testing

let panther = Language.panther

func read(_ text: String, options: LanguageOptions = LanguageOptions()) throws -> RuleDocument {
  try #require(try panther.read(Source(name: "rule.yml", text: text), options: options).first)
}

@Test func everyKeyHasItsPlace() throws {
  let document = try read(
    """
    AnalysisType: rule
    RuleID: My.Rule
    DisplayName: "My rule"
    Description: What it finds
    Severity: Info
    Status: Experimental
    Reference: https://example.com
    Reports:
      MITRE ATT&CK:
        - TA0005:T1578
        - TA0004:T1484.001
      CIS: [1.1]
    Tags: [one, two]
    Runbook: |
      First line.

      Second  line.
    LogTypes:
      - AWS.CloudTrail
      - Okta.SystemLog
    Enabled: false
    Threshold: 1
    DedupPeriodMinutes: 60
    SummaryAttributes: [a]
    Filename: my_rule.py
    CreateAlert: true
    OutputFields:
      - eventName
      - items: a.b[]
    Condition: |
      eventName eq "x"
      errorCode is_null
    Tests:
      - Name: hit
        ExpectedResult: true
        Log: {eventName: x, errorCode: }
      - Name: miss
        ExpectedResult: false
        LogType: AWS.CloudTrail
        Log: '{"eventName": "x", "errorCode": "AccessDenied"}'
    """)
  let rule = document.rule
  #expect(rule.id == "My.Rule")
  #expect(rule.title == "My rule")
  #expect(rule.description == "What it finds")
  #expect(rule.severity == .informational)
  #expect(rule.status == "experimental")
  #expect(rule.references == ["https://example.com"])
  #expect(
    rule.attack == [
      AttackReference(tactic: "TA0005", technique: "T1578"),
      AttackReference(tactic: "TA0004", technique: "T1484.001"),
    ])
  #expect(rule.tags == ["one", "two"])
  #expect(rule.runbook == "First line.\n\nSecond  line.\n")
  #expect(rule.logSources == [.cloudTrail, LogSource(platformName: "Okta.SystemLog")])
  #expect(!rule.enabled)
  #expect(rule.threshold == 1)
  #expect(rule.dedupPeriodMinutes == 60)
  #expect(
    rule.unknown.members.map(\.key) == ["Reports", "SummaryAttributes", "Filename", "CreateAlert", "Tests"])
  #expect(rule.outputFields.map(\.name) == ["eventName", "items"])
  #expect(rule.outputFields.last?.path.description == "a.b[]")
  #expect(rule.fixtures.map(\.name) == ["hit", "miss"])
  #expect(rule.fixtures.map { rule.condition.holds(of: $0.event) } == [true, false])
  #expect(
    rule.condition.conjuncts.map(\.origin?.start) == [
      Position(line: 31, column: 3), Position(line: 32, column: 3),
    ])
  #expect(document.warnings.isEmpty)
  #expect(document.reading == Reading.panther.description)
}

private let head = "AnalysisType: rule\nRuleID: My.Rule\n"

@Test func aFileMayHoldSeveralRules() throws {
  let one = head + "Condition: a exists\n"
  let documents = try panther.read(Source(text: one + "---\n" + one + "---\n"), options: LanguageOptions())
  #expect(documents.count == 2)
}

@Test func aConditionMayComeFromOutside() throws {
  var options = LanguageOptions()
  options.condition = Source(name: "<-e>", text: "a is_null")
  options.reading = "is_null=absent"
  let document = try read(head, options: options)
  #expect(document.rule.condition == .not(.test(FieldPath("a"), .present)))
  #expect(
    document.reading == Reading(isNull: .absent, letterCase: .exact, emptyText: .alsoAbsent).description)
  #expect(
    try read(head + "Condition: b exists", options: options).warnings.map(\.code.rawValue) == ["W352"])
}

@Test func oneConditionIsNotForSeveralRules() {
  var options = LanguageOptions()
  options.condition = Source(name: "<-e>", text: "a is_null")
  let error = #expect(throws: Diagnostic.self) {
    try panther.read(Source(text: head + "---\n" + head), options: options)
  }
  #expect(error?.code.rawValue == "E314")
  #expect(error?.message == "one condition was given for a file of several rules")
  #expect(error?.labels.first?.span.start.line == head.split(separator: "\n").count + 2)
}

@Test func theReadingStandsInTheRule() throws {
  let document = try read(head + "Reading: case=ignored\nCondition: a eq \"X\"\n")
  #expect(document.rule.condition == .test(FieldPath("a"), .text(.equals("X"), .ignored)))
  #expect(document.alternatives.map(\.reading) == ["case=exact"])
}

@Test func theFixturesTellALostDirection() throws {
  let error = #expect(throws: Diagnostic.self) {
    try read(
      head + """
        Condition: a cross_field_compare "b"
        Tests:
          - {Name: other, ExpectedResult: true, Log: {a: 1, b: 2}}
          - {Name: own, ExpectedResult: false, Log: {a: 1, b: 1}}
        """)
  }
  #expect(error?.code.rawValue == "E311")
  #expect(error?.help.last == "all fixtures hold under `Reading: cross_field=differs`")
}

@Test func everyRuleOfThePublicCorpusReads() throws {
  guard let root = Shared.url("corpora/panther") else {
    print("skipped: 866 public rules are not on this machine")
    return
  }
  var options = LanguageOptions()
  options.condition = Source(name: "<-e>", text: "true")
  var counts: [String: Int] = [:]
  for url in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap({
    $0 as? URL
  }) ?? []
  where url.pathExtension == "yml" {
    let source = Source(name: url.lastPathComponent, text: try String(contentsOf: url, encoding: .utf8))
    do throws(Diagnostic) {
      let documents = try panther.read(source, options: options)
      counts["rule", default: 0] += documents.count
      counts["fixture", default: 0] += documents.reduce(0) { $0 + $1.rule.fixtures.count }
      for warning in documents.flatMap(\.warnings) {
        counts["\(warning.code.rawValue) \(warning.message.prefix(30))", default: 0] += 1
      }
    } catch {
      counts["\(error.code.rawValue) \(error.message)", default: 0] += 1
      if error.code != .unsupported { print(DiagnosticRenderer().render(error)) }
    }
  }
  for (what, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(count) × \(what)") }
  #expect(counts["rule"] == 866)
  #expect(counts["fixture"] == 3003)
}
