import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import TestSupport
import Testing

/// Rules of generated conditions and events, with hostile texts in every place.
private struct RuleGenerator {
  var random: SeededGenerator
  var conditions: ConditionGenerator
  var events: EventGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    conditions = ConditionGenerator(seed: seed)
    events = EventGenerator(seed: seed)
  }

  mutating func text() -> String {
    random.element(of: HostileValues.all.filter { $0.utf8.count <= 200 }) ?? ""
  }

  mutating func texts() -> [String] { (0..<random.number(0...3)).map { _ in text() } }

  mutating func optional() -> String? { random.chance(50) ? text() : nil }

  mutating func rule() -> Rule {
    var rule = Rule(id: text(), title: text(), condition: conditions.condition())
    rule.description = optional()
    rule.severity = random.chance(80) ? random.element(of: Rule.Severity.allCases) : nil
    rule.author = optional()
    rule.status = random.pick(nil, "experimental", "deprecated", text())
    rule.date = optional()
    rule.modified = optional()
    rule.references = texts()
    rule.attack = random.pick(
      [],
      [
        AttackReference(tactic: "TA0005", technique: "T1578.001"),
        AttackReference(tactic: nil, technique: "T1578"),
      ],
      [AttackReference(tactic: "defense-impairment", technique: nil)])
    rule.tags = texts()
    rule.runbook = optional()
    rule.falsePositives = texts()
    rule.logSources = random.pick(
      [], [.cloudTrail, LogSource(platformName: text())],
      [LogSource(category: text(), product: "windows", platformName: "AWS.CloudTrail")])
    rule.enabled = random.chance(50)
    rule.threshold = random.number(1...3)
    rule.dedupPeriodMinutes = random.pick(nil, 0, 60)
    rule.outputFields = (0..<random.number(0...3)).map { _ in
      let path = FieldPath(text(), text())
      return OutputField(name: random.chance(50) ? text() : Notation.print(path), path: path)
    }
    rule.fixtures = (0..<random.number(0...3)).map { index in
      Fixture(name: "\(index) \(text())", expected: random.chance(50), event: events.event())
    }
    if random.chance(30), let first = rule.fixtures.first {
      rule.unknown.members.append(
        .init("Reports", .object(Value.Object([.init("CIS", .array([.string(text())]))]))))
      rule.unknown.members.append(.init("Filename", .string(text())))
      // The program may make a text that tells alerts apart.
      rule.groupsByText = true
      let mocks = Value.array([.object(Value.Object([.init("objectName", .string(text()))]))])
      rule.unknown.members.append(
        .init(
          "Tests", .object(Value.Object([.init(first.name, .object(Value.Object([.init("Mocks", mocks)])))])))
      )
    }
    return rule
  }
}

/// Law: `read(write(rule)) == rule`, under every kind of reading.
@Test(arguments: [Reading.panther, .sql, .kusto, .literal])
func writtenRulesReadBack(_ reading: Reading) throws {
  var generator = RuleGenerator(seed: 7)
  for _ in 0..<150 {
    let rule = generator.rule()
    let document = RuleDocument(rule: rule, source: Source(text: ""), reading: reading.description)
    let file = try panther.writeRuleFile(document)
    do throws(Diagnostic) {
      let back = try panther.read(Source(text: file), options: LanguageOptions())
      #expect(back.first?.reading == reading.description)
      #expect(back.first.map { inOrder($0.rule) } == inOrder(rule), "\(file)")
    } catch {
      Issue.record("\(DiagnosticRenderer().render(error))\n\(file)")
    }
  }
}

/// Unknown keys that have a place of their own come back in the order of the file.
private func inOrder(_ rule: Rule) -> Rule {
  var rule = rule
  rule.unknown.members.sort { $0.key < $1.key }
  return rule
}

@Test func eventsThatYAMLCannotSpellAreWrittenAsJSON() throws {
  let twice = Value.Object([.init("a", .string("x")), .init("a", .malformedString([0xD800]))])
  var rule = Rule(id: "x", title: "x", condition: .always(true))
  rule.fixtures = [Fixture(name: "odd", expected: true, event: Event(twice))]
  let file = try panther.writeRuleFile(RuleDocument(rule: rule, source: Source(text: "")))
  #expect(file.contains(#"Log: '{"a":"x","a":"\ud800"}'"#))
  #expect(try read(file).rule == rule)
}
