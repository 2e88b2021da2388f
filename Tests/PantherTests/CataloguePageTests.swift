import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import Foundation
import TestSupport
import Testing

/// Our first rule's published page.
func seedPage() throws -> String {
  let name = "Tests/Corpus/panther/aws-modify-cloud-compute-infrastructure.page.txt"
  return try String(contentsOf: Shared.root.appendingPathComponent(name), encoding: .utf8)
}

func readPage(
  _ text: String, allowPartial: Bool = false, options: LanguageOptions = LanguageOptions()
) throws -> RuleDocument {
  try panther.readPage(Source(name: "page.txt", text: text), allowPartial: allowPartial, options: options)
}

private func holding(_ condition: Condition, _ rule: Rule) -> Int {
  rule.fixtures.filter { condition.holds(of: $0.event) == $0.expected }.count
}

private func words(_ text: String?) -> [Substring] { (text ?? "").split(whereSeparator: \.isWhitespace) }

@Test func thePageAndTheRuleFileAreTheSameRule() throws {
  let page = try readPage(seedPage())
  #expect(page.warnings.isEmpty, "\(page.warnings.map(\.message))")
  #expect(page.rule.fixtures.count == 5)
  guard let url = Shared.url("seed/rule.yml") else {
    print("skipped: 1 rule file is not on this machine")
    return
  }
  let condition = try #require(try seedPage().components(separatedBy: "\nCondition\n").last)
  var options = LanguageOptions()
  options.condition = Source(text: try #require(condition.components(separatedBy: "\nExclusions\n").first))
  var file = try read(String(contentsOf: url, encoding: .utf8), options: options).rule
  file.outputFields = [
    OutputField(name: "awsRegion", path: FieldPath("awsRegion")),
    OutputField(name: "eventName", path: FieldPath("eventName")),
    OutputField(name: "recipientAccountId", path: FieldPath("recipientAccountId")),
    OutputField(name: "items", path: FieldPath("requestParameters", "instancesSet", "items")),
  ]
  #expect(page.rule.fixtures == file.fixtures)
  // The stored page has lost white space within the runbook's text: an empty line, and a second blank.
  #expect(words(page.rule.runbook) == words(file.runbook))
  file.runbook = page.rule.runbook
  #expect(page.rule == file)
}

@Test func thePagesFixturesTellTheReading() throws {
  let page = try readPage(seedPage())
  #expect(holding(page.rule.condition, page.rule) == 5)
  var options = LanguageOptions()
  options.reading = "is_null=absent"
  let strict = try readPage(seedPage(), options: options)
  #expect(holding(strict.rule.condition, strict.rule) == 3)
  let better = strict.alternatives.first { holding($0.condition, strict.rule) == 5 }
  #expect(better?.reading == "is_null=falsy")
}

@Test func aPageThatKeptItsIndentationReadsTheSame() throws {
  guard let url = Shared.url("seed/rule.yml") else {
    print("skipped: 1 rule file is not on this machine")
    return
  }
  let parts = try seedPage().components(separatedBy: "\nRule body yaml\n")
  let tail = try #require(parts.last?.components(separatedBy: "\nDetection logic\n").last)
  let body = try String(contentsOf: url, encoding: .utf8)
  let text = "\(try #require(parts.first))\nRule body yaml\n\(body)\nDetection logic\n\(tail)"
  var intact = try readPage(text).rule
  let lost = try readPage(seedPage()).rule
  #expect(words(intact.runbook) == words(lost.runbook))
  intact.runbook = lost.runbook
  #expect(intact == lost)
}

@Test func placesOnAPageAreThoseOfThePage() throws {
  let text = try seedPage()
  let lines = text.components(separatedBy: "\n")
  let document = try readPage(text)
  let first = try #require(document.rule.fixtures.first?.origin?.start)
  #expect(lines[first.line - 1] == "- ExpectedResult: true")
  #expect(first.column == 3)
  let line = try #require(document.rule.condition.conjuncts.first?.origin?.start.line)
  #expect(lines[line - 1] == "eventSource eq \"ec2.amazonaws.com\"")
}

@Test func importedRulesReadBack() throws {
  let page = try readPage(seedPage())
  let file = try panther.writeRuleFile(page)
  let back = try read(file)
  #expect(back.rule == page.rule)
  #expect(back.warnings.isEmpty)
}
