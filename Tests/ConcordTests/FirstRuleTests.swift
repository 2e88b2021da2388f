import Concord
import ConcordPanther
import Foundation
import TestSupport
import Testing

/// Our first rule from end to end: `Examples/aws-modify-cloud-compute-infrastructure`.
@Suite("First rule")
struct FirstRuleTests {
  static let example = Shared.root.appendingPathComponent("Examples/aws-modify-cloud-compute-infrastructure")

  private func document(reading: String? = nil) throws -> RuleDocument {
    let text = try String(
      contentsOf: FirstRuleTests.example.appendingPathComponent("rule.yml"), encoding: .utf8)
    var compiler = Compiler()
    compiler.options.reading = reading
    return try #require(try compiler.load(Source(name: "rule.yml", text: text)).first)
  }

  @Test(
    "compiles to the files of the example",
    arguments: [
      (.athena, "rule.sql"), (.splunk, "rule.spl"), (.sigma, "rule.sigma.yml"), (.swift, "rule.swift"),
    ] as [(Language, String)])
  func outputs(_ language: Language, _ file: String) throws {
    let expected = try String(
      contentsOf: FirstRuleTests.example.appendingPathComponent("queries/\(file)"), encoding: .utf8)
    let query = try Compiler().write(document().rule, in: language)
    #expect(query.text == expected)
    // Same rule, same bytes.
    #expect(try Compiler().write(document().rule, in: language).text == query.text)
  }

  @Test("all five fixtures hold; with `is_null` read as absent three do, and the falsy reading is named")
  func fixtures() throws {
    let report = Compiler().check(try document())
    #expect(report.holding == 5 && report.isClean && report.betterReading == nil)
    let strict = Compiler().check(try document(reading: "is_null=absent"))
    #expect(strict.holding == 3 && strict.outcomes.count == 5)
    #expect(strict.betterReading?.reading == "is_null=falsy")
    #expect(strict.betterReading?.condition == report.document.rule.condition)
  }

  @Test("the catalogue page and the rule file are the same rule")
  func page() throws {
    guard let page = Shared.url("seed/page.txt"), let file = Shared.url("seed/rule.yml") else {
      print("skipped 2 cases: no shared material")
      return
    }
    let imported = try Compiler().importPage(
      Source(name: "page.txt", text: try String(contentsOf: page, encoding: .utf8)))
    let ours = try document()
    #expect(imported.rule.fixtures == ours.rule.fixtures)
    #expect(imported.rule.condition == ours.rule.condition)
    #expect(imported.rule.outputFields == ours.rule.outputFields)
    // The page lost the double blanks of the runbook with its indentation; the words are the same.
    func words(_ text: String?) -> [Substring] { (text ?? "").split(whereSeparator: \.isWhitespace) }
    #expect(words(imported.rule.runbook) == words(ours.rule.runbook))
    var (left, right) = (imported.rule, ours.rule)
    (left.runbook, right.runbook) = (nil, nil)
    (left.unknown, right.unknown) = (Value.Object(), Value.Object())
    #expect(left == right)

    // The seed's own file, with the page's condition and output fields given from outside.
    var compiler = Compiler()
    compiler.options.condition = Source(text: Notation.print(imported.rule.condition, reading: .panther))
    var seed = try #require(
      try compiler.load(Source(name: "rule.yml", text: try String(contentsOf: file, encoding: .utf8))).first
    ).rule
    #expect(seed.fixtures == imported.rule.fixtures)
    seed.outputFields = ours.rule.outputFields
    #expect(seed == ours.rule)
    let written = try Compiler().ruleFile(imported)
    let again = try #require(try Compiler().load(Source(name: "again.yml", text: written)).first)
    #expect(again.rule == imported.rule)
  }

  @Test("of 2,900 real CloudTrail events it matches 12, natively")
  func realEvents() throws {
    guard let events = try CloudTrailCorpus.events() else { return }
    #expect(events.count == 2_900)
    let rule = try document().rule
    let predicate = rule.predicate()
    let matches = events.filter { predicate($0) }
    #expect(matches.count == 12)
    #expect(matches == events.filter { rule.condition.holds(of: $0) })
    let name = FieldPath("eventName")
    let names = Dictionary(grouping: matches) { $0.values(at: name).first?.value.comparedText ?? "" }
    #expect(
      names.mapValues(\.count) == ["RunInstances": 8, "TerminateInstances": 2, "ModifyInstanceAttribute": 2])
  }
}
