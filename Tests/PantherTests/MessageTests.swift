import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordPanther
import Testing

/// A bad rule or page: what is wrong, and the line that it is shown on.
struct BadText: CustomTestStringConvertible, Sendable {
  let what: String
  let text: String
  let line: Int?
  let code: String
  let message: String
  let help: [String]
  var testDescription: String { what }

  init(
    _ what: String, _ text: String, line: Int?, _ code: String, _ message: String, _ help: String...
  ) {
    self.what = what
    self.text = text
    self.line = line
    self.code = code
    self.message = message
    self.help = help
  }
}

private let head = "AnalysisType: rule\nRuleID: My.Rule\nCondition: a exists\n"
private let test = "Tests:\n  - Name: one\n    ExpectedResult: true\n    Log: {a: 1}\n"
private let giveOne =
  "write a `Condition: |` block into the rule, or give one with `--condition FILE` or `-e 'text'`"

private let badRules: [BadText] = [
  BadText(
    "nothing", "# none\n", line: nil, "E305", "the file holds no rule", "a rule has `AnalysisType: rule`"),
  BadText("a list", "- a\n", line: 1, "E304", "a rule must be a mapping, not a list"),
  BadText(
    "no type", "RuleID: x\n", line: 1, "E303", "the rule has no `AnalysisType`",
    "write `AnalysisType: rule`"),
  BadText(
    "policy", "AnalysisType: policy\n", line: 1, "E330", "`policy` is not read",
    "a policy alerts where its condition is false, on resources and not on events"),
  BadText(
    "correlation", "AnalysisType: correlation_rule\nRuleID: x\n", line: 1, "E303",
    "the rule has no `Detection`", "write `Detection: …` at the top level"),
  BadText(
    "type", "AnalysisType: Rule\n", line: 1, "E330",
    "`Rule` is not read, only `rule` and `correlation_rule` are",
    "did you mean `rule`?"),
  BadText(
    "no id", "AnalysisType: rule\n", line: 1, "E303", "the rule has no `RuleID`",
    "write `RuleID: …` at the top level"),
  BadText(
    "mistyped id", "AnalysisType: rule\nRuleId: x\n", line: 2, "E303", "the rule has no `RuleID`",
    "`RuleId` was probably meant to be `RuleID`"),
  BadText(
    "no condition", "AnalysisType: rule\nRuleID: x\nFilename: x.py\n", line: 2, "E306",
    "the rule has no condition",
    giveOne, "the Python in `x.py` is not read"),
  BadText(
    "folded", "AnalysisType: rule\nRuleID: x\nCondition: >\n  a exists\n  b exists\n", line: 3,
    "E312",
    "the condition is a folded block, which joins its lines to one", "write `Condition: |`"),
  BadText(
    "bad condition", "AnalysisType: rule\nRuleID: x\nCondition: |\n  a exists\n  b eqq \"x\"\n", line: 5,
    "E205",
    "unknown operator `eqq`", "did you mean `eq`?"),
  BadText(
    "reading", head + "Reading: is_null=flasy\n", line: 4, "E206",
    "unknown reading `is_null=flasy`",
    "did you mean `is_null=falsy`?"),
  BadText(
    "severity", head + "Severity: Meduim\n", line: 4, "E206", "unknown severity `Meduim`",
    "did you mean `Medium`?"),
  BadText(
    "a severity that is near none", head + "Severity: 7\n", line: 4, "E206", "unknown severity `7`",
    "known: Info, Low, Medium, High, Critical"),
  BadText(
    "enabled", head + "Enabled: yes\n", line: 4, "E304",
    "`Enabled` must be `true` or `false`, not the text `yes`",
    "write `true` without quotes"),
  BadText(
    "threshold", head + "Threshold: 0\n", line: 4, "E304",
    "`Threshold` must be a whole number, 1 or more, not the number `0`"),
  BadText(
    "dedup", head + "DedupPeriodMinutes: long\n", line: 4, "E304",
    "`DedupPeriodMinutes` must be a whole number, 0 or more, not the text `long`"),
  BadText(
    "tags", head + "Tags: one\n", line: 4, "E304", "`Tags` must be a list, not the text `one`",
    "write `- one` on a line of its own"),
  BadText(
    "log types", head + "LogTypes: {a: 1}\n", line: 4, "E304", "`LogTypes` must be a list, not a mapping"),
  BadText(
    "title", head + "DisplayName: [a]\n", line: 4, "E304", "`DisplayName` must be a text, not a list"),
  BadText("reports", head + "Reports: [a]\n", line: 4, "E304", "`Reports` must be a mapping, not a list"),
  BadText(
    "filters", head + "InlineFilters:\n  - All: [{Key: a, Condition: Exists}]\n", line: 5, "E330",
    "inline filters are not read, and they change which events the rule sees",
    "write them as lines of `Condition` and remove `InlineFilters`"),
  BadText(
    "output", head + "OutputFields:\n  - a b\n", line: 5, "E310", "`a b` is not the path of a field",
    "the other field is written as a path: `userIdentity.arn` or `\"userIdentity.arn\"`"),
  BadText("tests", head + "Tests: {a: 1}\n", line: 4, "E304", "`Tests` must be a list, not a mapping"),
  BadText(
    "a test", head + "Tests:\n  - one\n", line: 5, "E304", "a test must be a mapping, not the text `one`"),
  BadText(
    "no name", head + "Tests:\n  - ExpectedResult: true\n    Log: {}\n", line: 5, "E303",
    "the test has no `Name`"),
  BadText(
    "no expectation", head + "Tests:\n  - Name: one\n    Expected: true\n    Log: {}\n", line: 5, "E303",
    "the test `one` has no `ExpectedResult`"),
  BadText(
    "mistyped expectation", head + "Tests:\n  - Name: one\n    ExpectedResults: true\n    Log: {}\n", line: 6,
    "E303", "the test `one` has no `ExpectedResult`",
    "`ExpectedResults` was probably meant to be `ExpectedResult`"),
  BadText(
    "expectation", head + "Tests:\n  - Name: one\n    ExpectedResult: \"yes\"\n    Log: {}\n", line: 6,
    "E304",
    "`ExpectedResult` must be `true` or `false`, not the text `yes`", "write `true` without quotes"),
  BadText(
    "log", head + "Tests:\n  - Name: one\n    ExpectedResult: true\n    Log: [a]\n", line: 7, "E304",
    "`Log` must be a mapping, not a list"),
  BadText(
    "JSON log", head + "Tests:\n  - Name: one\n    ExpectedResult: true\n    Log: '[1]'\n", line: 7,
    "E304",
    "`Log` must be a mapping, not the text `[1]`"),
]

@Test(arguments: badRules)
func badRulesSayWhatIsWrong(_ row: BadText) throws {
  let source = Source(name: "rule.yml", text: row.text)
  let error = #expect(throws: Diagnostic.self) { try panther.read(source, options: LanguageOptions()) }
  expect(error, row, in: source)
}

private func expect(_ error: Diagnostic?, _ row: BadText, in source: Source) {
  #expect(error?.code.rawValue == row.code)
  #expect(error?.message == row.message)
  #expect(error?.help == row.help)
  #expect(error?.source == source)
  #expect(error?.labels.first?.span.start.line == row.line)
}

private let warnings: [BadText] = [
  BadText(
    "mistyped key", head + "Sevrity: High\n", line: 4, "W221", "unknown key `Sevrity`",
    "did you mean `Severity`?"),
  BadText(
    "key of another case", head + "tags: [a]\n", line: 4, "W221", "unknown key `tags`",
    "did you mean `Tags`?"
  ),
  BadText(
    "mistyped test key", head + test + "    Mock: []\n", line: 8, "W221", "unknown key `Mock`",
    "did you mean `Mocks`?"),
  BadText(
    "mocks", head + test + "    Mocks: [{objectName: f, returnValue: 1}]\n", line: 8, "W354",
    "the test's `Mocks` replace Python functions, which a condition does not call",
    "if the test fails, its expectation may rest on them"),
  BadText(
    "two of a name", head + test + "  - Name: one\n    ExpectedResult: true\n    Log: {a: 2}\n", line: 8,
    "W225",
    "two tests are called `one`"),
  BadText(
    "threshold", head + "Threshold: 10\n", line: 4, "W353",
    "the rule alerts on 10 matches, a query shows each one",
    "counting is not part of the condition: set it up where the query runs"),
  BadText(
    "ATT&CK", head + "Reports:\n  MITRE ATT&CK:\n    - Persistence\n", line: 6, "W351",
    "`Persistence` is not an ATT&CK reference", "write tactic and technique: `TA0005:T1578`"),
]

@Test(arguments: warnings)
func doubtfulRulesAreWarnedOf(_ row: BadText) throws {
  let document = try read(row.text)
  #expect(document.warnings.count == 1)
  #expect(document.warnings.first?.severity == .warning)
  expect(document.warnings.first, row, in: Source(name: "rule.yml", text: row.text))
}

// MARK: Pages

private let title = "Detection rules › Panther\nMy rule\nWhat it finds.\n"
private let body = "Rule body yaml\nAnalysisType: rule\nRuleID: My.Rule\nDisplayName: My rule\n"
private let pageTest = "Tests:\n- Name: one\nExpectedResult: true\nLog: {a: 1}\n"
private let logic = "Detection logic\nCondition\na eq \"x\"\nnot (b in [\"y\", \"z\"])\n"
private let exclusions = "Exclusions\n| Field | Kind | Excluded values |\n|---|---|---|\n"
private let indicators = "Indicators\n| Field | Kind | Values |\n|---|---|---|\n"
private let partial =
  "This rule also runs imperative logic the parser cannot express as a filter; the conditions above are the structured part it could extract.\n"

private let badPages: [BadText] = [
  BadText(
    "empty", "", line: nil, "E318", "the page has no section `Rule body yaml`",
    "save the whole page as text, from its title to its last table"),
  BadText(
    "Sigma", "Detection rules › Sigma\nMy rule\n" + body + logic, line: 1, "E318",
    "this is a page of `Sigma`, only Panther's pages print a condition",
    "read the rule's own text instead, say with `--from sigma`"),
  BadText(
    "no body", title + logic, line: nil, "E318", "the page has no section `Rule body yaml`",
    "save the whole page as text, from its title to its last table"),
  BadText(
    "no condition", title + body + "Detection logic\nExclusions\n", line: nil, "E318",
    "the page has no section `Condition`", "save the whole page as text, from its title to its last table"),
  BadText(
    "empty condition", title + body + "Detection logic\nCondition\n\nExclusions\n", line: 9, "E306",
    "the page's condition is empty"),
  BadText(
    "stages", title + body + "Detection logic\nStage 1: source\nCondition\na exists\n", line: 9, "E330",
    "the page describes a query in stages, which one condition cannot hold",
    "read the query's own text instead, with `--from athena`"),
  BadText(
    "partial", title + body + logic + partial, line: 12, "E319",
    "the page says that its condition is only a part of the detection",
    "a part matches more events than the rule; take it all the same with `--allow-partial`"),
  BadText(
    "none",
    title + body
      + "Detection logic\nThe parser cannot express this rule’s logic as a field filter; the imperative Python above is the detection.\n",
    line: 9, "E306", "the page says that its detection is not expressed as a condition",
    "write the condition by hand from the rule's Python"),
  BadText(
    "bad condition", title + body + "Detection logic\nCondition\na exists\nb eqq \"x\"\n", line: 11,
    "E205",
    "unknown operator `eqq`", "did you mean `eq`?"),
  BadText(
    "open brackets",
    title + body + "Tests:\n- Name: one\nExpectedResult: true\nLog:\n{ a: [1,\n- Name: two\n" + logic,
    line: 12, "E102", "the brackets or quotes that begin here are not closed"),
  BadText(
    "open brackets at the end", title + body + "Tests:\n- Name: one\nLog: { a: \"}\"\n" + logic, line: 10,
    "E102",
    "the brackets or quotes that begin here are not closed"),
  BadText(
    "no brackets", title + body + "Tests:\n- Name: one\nLog:\na: 1\n" + logic, line: 11, "E321",
    "the event of this test is not in brackets, so its lost indentation cannot be recovered",
    "copy the page with its indentation, or read the rule's own file"),
  BadText(
    "foreign key in tests", title + body + "Tests:\n- Title: one\n" + logic, line: 9, "E101",
    "expected a test, which begins with one of its keys",
    "known: Name, ExpectedResult, Log, Mocks, LogType, Resource"),
  BadText(
    "expectation", title + body + "Tests:\n- Name: one\nExpectedResult: maybe\nLog: {a: 1}\n" + logic,
    line: 10, "E304",
    "`ExpectedResult` must be `true` or `false`, not the text `maybe`"),
  BadText(
    "no id", title + "Rule body yaml\nAnalysisType: rule\n" + logic, line: 5, "E303",
    "the rule has no `RuleID`",
    "write `RuleID: …` at the top level"),
  BadText(
    "policy", title + "Rule body yaml\nAnalysisType: policy\n" + logic, line: 5, "E330",
    "`policy` is not read",
    "a policy alerts where its condition is false, on resources and not on events"),
  BadText(
    "exclusion of another field", title + body + logic + exclusions + "c | in | |\n", line: 15,
    "E320",
    "the page's Exclusions table has `c in`, its condition has not"),
  BadText(
    "exclusion that is asked", title + body + logic + exclusions + "a | eq | |\n", line: 15,
    "E320",
    "the page's Exclusions table has `a eq`, its condition has not"),
  BadText(
    "exclusion of another kind", title + body + logic + exclusions + "b | eq | |\n", line: 15,
    "E320",
    "the page's Exclusions table has `b eq`, its condition has not"),
  BadText(
    "exclusion of another value", title + body + logic + exclusions + "b | in | w |\n", line: 15,
    "E320",
    "the page's Exclusions table has `w` for `b in`, its condition has `\"y\", \"z\"`"),
  BadText(
    "indicator that is excluded", title + body + logic + indicators + "b | in | |\n", line: 15,
    "E320",
    "the page's Indicators table has `b in`, its condition has not"),
  BadText(
    "indicator of another value", title + body + logic + indicators + "a | eq |\nX |\n", line: 15,
    "E320",
    "the page's Indicators table has `X` for `a eq`, its condition has `\"x\"`"),
  BadText(
    "output field", title + body + logic + "Output fields\n| Field | Source |\n|---|---|\nx | a b |\n",
    line: 15, "E310",
    "`a b` is not the path of a field"),
]

@Test(arguments: badPages)
func badPagesSayWhatIsWrong(_ row: BadText) throws {
  let source = Source(name: "page.txt", text: row.text)
  let error = #expect(throws: Diagnostic.self) {
    try panther.readPage(source, allowPartial: row.what == "none", options: LanguageOptions())
  }
  expect(error, row, in: source)
}

private let doubtfulPages: [BadText] = [
  BadText(
    "partial", title + body + logic + partial, line: 12, "W370",
    "the condition is only a part of the detection",
    "it matches more events than the rule does"),
  BadText(
    "title", title.replacing("My rule", with: "Other") + body + logic, line: 2, "W371",
    "the page's title says `Other`, its rule body `My rule`"),
  BadText(
    "ATT&CK",
    title + "MITRE ATT&CK coverage\n| Tactic | Techniques |\n|---|---|\n| Stealth | T1578 Modify |\n" + body
      + logic,
    line: 4, "W371", "the page's ATT&CK table says `T1578`, its rule body ``"),
  BadText(
    "missing exclusion",
    title + body + logic.replacing("(b", with: "(c eq \"1\" or b") + exclusions + "b | in | y, z |\n",
    line: 11, "W371", "the page's condition has `c eq`, its Exclusions table has not"),
  BadText(
    "missing indicator",
    title + body + logic.replacing("a eq \"x\"", with: "a eq \"x\"\nc exists") + indicators
      + "a | eq | x (transforms: cased) |\n",
    line: 11, "W371", "the page's condition has `c exists`, its Indicators table has not"),
]

@Test(arguments: doubtfulPages)
func doubtfulPagesAreWarnedOf(_ row: BadText) throws {
  let document = try readPage(row.text, allowPartial: true)
  #expect(document.warnings.count == 1)
  expect(document.warnings.first, row, in: Source(name: "page.txt", text: row.text))
}

@Test(arguments: [
  "Tests:\n- Name: one\nExpectedResult: true\nLog: {a: 'it''s {', b: \"\\\"}\", c: it's} # }\n",
  "Tests:\n- Log:\n{\n\"a\": \"it's {\", # {\n\"b\": \"\\\"}\",\n\"c\": \"it's\"\n}\nExpectedResult: true\nName: one\n",
  "Tests:\n- Name: one\nLog: |\n{\"a\": \"it's {\",\n\"b\": \"\\\"}\", \"c\": \"it's\"}\nExpectedResult: true\n",
  "Tests:\n- Name: one\nMocks:\n- objectName: f\nreturnValue: {x: [1,\n2]}\n- objectName: g\nreturnValue: 1\nExpectedResult: true\nLog: {a: \"it's {\", b: '\"}', c: it's}\n",
])
func eventsAreRecoveredByTheirBrackets(_ tests: String) throws {
  let document = try readPage(
    title + body + tests + "Tags:\n- one\n- two\nReports:\nMITRE ATT&CK:\n- TA0005:T1578\n" + logic)
  #expect(document.rule.fixtures.map(\.name) == ["one"])
  #expect(document.rule.fixtures.first?.event.compactJSON == #"{"a":"it's {","b":"\"}","c":"it's"}"#)
  #expect(document.rule.tags == ["one", "two"])
  #expect(document.rule.attack.map(\.technique) == ["T1578"])
}

extension Event {
  fileprivate var compactJSON: String { Value.object(object).compactJSON }
}
