import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordPanther
import Testing

private let head = "AnalysisType: rule\nRuleID: My.Rule\nCondition: a exists\n"
/// One test, with its dash at the given column, as it stands in the files below.
private func item(at column: Int, _ name: String = "old") -> String {
  let blanks = String(repeating: " ", count: column)
  return "\(blanks)- Name: \(name)\n\(blanks)  ExpectedResult: true\n\(blanks)  Log: {a: 1}\n"
}

/// A file as it stands before and after the place where the new tests belong.
private struct Place: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let before: String
  let after: String
  /// The column of the new dashes.
  let dash: Int
  /// What is put in above the new items, where the file has no `Tests`.
  let key: String

  init(_ what: String, _ before: String, _ after: String = "", dash: Int, key: String = "") {
    testDescription = what
    self.before = before
    self.after = after
    self.dash = dash
    self.key = key
  }
}

private let places: [Place] = [
  Place("indent 0", head + "Tests:\n" + item(at: 0), "Tags: [x]\n", dash: 0),
  Place("indent 2", head + "Tests:\n" + item(at: 2), "Tags: [x]\n", dash: 2),
  Place("indent 4", head + "Tests:\n" + item(at: 4), "Tags: [x]\n", dash: 4),
  Place("last in the file", head + "Tests:\n" + item(at: 2), dash: 2),
  Place("blank lines at the end", head + "Tests:\n" + item(at: 2), "\n\n", dash: 2),
  Place("two tests", head + "Tests:\n" + item(at: 2) + "\n" + item(at: 2, "more"), dash: 2),
  Place("a comment before the next key", head + "Tests:\n" + item(at: 2), "\n# tags\nTags: [x]\n", dash: 2),
  Place("comments in the list", head + "Tests: # all\n  # first\n" + item(at: 2), "Tags: [x]\n", dash: 2),
  Place(
    "a dash of its own", head + "Tests:\n  -\n    Name: old\n    ExpectedResult: true\n    Log: {}\n", dash: 2
  ),
  Place("a test in brackets", head + "Tests:\n  - {Name: old, ExpectedResult: true, Log: {}}\n", dash: 2),
  Place(
    "a bracket at its parent", head + "Tests:\n  - Name: old\n    ExpectedResult: true\n    Log: {\n    }\n",
    dash: 2),
  Place("an end mark", head + "Tests:\n" + item(at: 2), "...\n", dash: 2),
  Place("a start mark", "---\n" + head + "Tests:\n" + item(at: 2), "Tags: []\n", dash: 2),
  Place(
    "a text that looks like a comment",
    head + "Tests:\n  - Name: |\n      one\n      # two\n    ExpectedResult: true\n    Log: {}\n"
      + "  - ExpectedResult: true\n    Log: {}\n    Name: |\n      three\n      # four\n",
    "# tags\nTags: [x]\n", dash: 2),
  Place("no tests", head, dash: 2, key: "Tests:\n"),
  Place("no tests, an end mark", head, "...\n", dash: 2, key: "Tests:\n"),
  Place(
    "keys that are indented", "  AnalysisType: rule\n  RuleID: x\n  Condition: a exists\n", dash: 4,
    key: "  Tests:\n"),
  Place("a block at the end", head + "Runbook: |\n  First\n", dash: 2, key: "Tests:\n"),
]

private let added = [
  Fixture(name: "new", expected: false, event: Event(Value.Object([.init("b", .string("value"))])))
]

private func newItem(at column: Int) -> String {
  let blanks = String(repeating: " ", count: column)
  return "\(blanks)- Name: new\n\(blanks)  ExpectedResult: false\n\(blanks)  Log:\n\(blanks)    b: value\n"
}

@Suite struct FixtureTextTests {
  @Test(arguments: places)
  fileprivate func newTestsStandAtTheEndOfTheList(_ place: Place) throws {
    try expect(place.before, place.key + newItem(at: place.dash), place.after)
  }

  @Test(arguments: places, ["\r\n", "\r"])
  fileprivate func lineBreaksAreThoseOfTheFile(_ place: Place, _ lineBreak: String) throws {
    let parts = [place.before, place.key + newItem(at: place.dash), place.after]
      .map { $0.replacing("\n", with: lineBreak) }
    try expect(parts[0], parts[1], parts[2])
  }

  /// The new text stands between the two halves, and the file then has the old tests and the new one.
  private func expect(_ before: String, _ new: String, _ after: String) throws {
    let old = try read(before + after).rule
    let text = try panther.adding(added, to: Source(text: before + after))
    #expect(text.sameScalars(as: before + new + after), "\(text)")
    var back = try read(text).rule
    #expect(back.fixtures == old.fixtures + added)
    back.fixtures = old.fixtures
    #expect(back == old)
  }

  @Test func aLastLineThatIsNotEndedIsEnded() throws {
    let file = head + "Tests:\n" + item(at: 2)
    let text = try panther.adding(added, to: Source(text: String(file.dropLast())))
    #expect(text == file + newItem(at: 2))
  }

  @Test func nothingToAddChangesNothing() throws {
    #expect(try panther.adding([], to: Source(text: "no rule: [")) == "no rule: [")
  }

  @Test(arguments: [
    "it's", "\"quoted\"", "two\nlines", "two\r\nlines\n", "- item: # no comment", "yes", "", " outer ", "...",
    "---", "{a: [", "\u{202E}\u{0}\\", "cafe\u{301}", "\t\u{2028}", "two\n\n# lines",
  ])
  func hostileTextsComeBack(_ hostile: String) throws {
    let fields = Value.Object([.init("x", .string(hostile)), .init("k" + hostile, .string("v"))])
    let new = ["1 ", "2 "].map { Fixture(name: $0 + hostile, expected: true, event: Event(fields)) }
    for place in places {
      let file = place.before + place.after
      let text = try panther.adding(new, to: Source(text: file))
      #expect(text.hasPrefix(place.before) && text.hasSuffix(place.after))
      #expect(try read(text).rule.fixtures == read(file).rule.fixtures + new)
    }
  }

  @Test(arguments: [
    (
      "brackets", head + "Tests: [{Name: a, ExpectedResult: true, Log: {}}]\n",
      "its `Tests` is not a block list", 4
    ),
    (
      "brackets after a list",
      head + "LogTypes:\n  - AWS.CloudTrail\nTests: [{Name: a, ExpectedResult: true, Log: {}}]\n",
      "its `Tests` is not a block list", 6
    ),
    ("no items", head + "Tests: []\n", "its `Tests` is not a block list", 4),
    ("a mapping", head + "Tests: {a: 1}\n", "its `Tests` is not a block list", 4),
    ("an alias", head + "Old: &old\n  - a\nTests: *old\n", "its `Tests` is not a block list", 6),
    ("no value", head + "Tests:\n", "its `Tests` are empty", nil),
    ("two rules", head + "---\n" + head, "the file does not hold exactly one rule", nil),
    ("a list", "- a\n", "the file does not hold exactly one rule", nil),
    ("nothing", "", "the file does not hold exactly one rule", nil),
    ("a rule in brackets", "{AnalysisType: rule, RuleID: x}\n", "its rule is in brackets", 1),
    (
      "blank lines that are text", head + "Tests:\n  - Name: |+\n      a\n\nTags: [x]\n",
      "more `Tests` would change what the rest of it says", nil
    ),
  ])
  func otherFilesAreRefused(_ what: String, _ text: String, _ why: String, _ line: Int?) {
    let source = Source(name: "rule.yml", text: text)
    let error = #expect(throws: Diagnostic.self) { try panther.adding(added, to: source) }
    #expect(error?.code.rawValue == "E322")
    #expect(error?.message == "fixtures cannot be added to this file: \(why)")
    #expect(error?.source == source)
    #expect(error?.labels.first?.span.start.line == line)
  }

  @Test func whatIsNoYAMLSaysSo() {
    let error = #expect(throws: Diagnostic.self) { try panther.adding(added, to: Source(text: "a: [")) }
    #expect(error?.code.rawValue.hasPrefix("E1") == true)
  }
}
