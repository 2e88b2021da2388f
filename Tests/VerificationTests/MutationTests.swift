import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@testable import ConcordVerification

@Suite("Mutation score")
struct MutationTests {
  private let rule = Condition.all([
    .test(FieldPath("eventSource"), .text(.equals("ec2.amazonaws.com"), .exact)),
    .test(FieldPath("eventName"), .oneOf(["RunInstances", "StopInstances", "StartInstances"], .exact)),
    .not(.test(FieldPath("sourceIPAddress"), .text(.suffix(".amazonaws.com"), .exact))),
  ])

  private func fixture(_ json: String) throws -> Fixture {
    let event = try #require(Event(JSON.parse(json)))
    return Fixture(name: "", expected: rule.holds(of: event), event: event)
  }

  @Test("every kind of mistake is made")
  func kinds() throws {
    let number = Condition.test(FieldPath("n"), .number(.greater, Number(5)))
    let made = Set((Mutant.all(of: rule) + Mutant.all(of: number)).map(\.kind))
    #expect(made == Set(Mutant.Kind.allCases))
    let words = Mutant.all(of: rule).map(\.words)
    for expected in [
      "`or` for `and`", "eventSource: left out", "eventSource: contains for equality", "a `not` left out",
      "eventName: `StopInstances` left out", "sourceIPAddress: letter case ignored",
    ] { #expect(words.contains(expected), "\(expected)") }
  }

  @Test("the verdict of a mutant by its changed part is that of the mutant as a whole")
  func byPart() {
    var (conditions, events) = (ConditionGenerator(seed: 11), EventGenerator(seed: 12))
    for condition in conditions.conditions(150) + [rule] {
      let tree = PartTree(condition)
      let mutants = Mutant.all(of: condition)
      for event in events.events(12) {
        let verdicts = PartVerdicts(tree, of: event)
        for mutant in mutants {
          #expect(
            verdicts.verdict(of: mutant) == mutant.condition.holds(of: event),
            "\(mutant.words) of \(condition)")
        }
      }
    }
  }

  @Test("no mutant is the condition itself")
  func different() {
    var generator = ConditionGenerator(seed: 5)
    for condition in generator.conditions(100) {
      for mutant in Mutant.all(of: condition) { #expect(mutant.condition != condition) }
    }
  }

  @Test("without fixtures nothing is noticed, and every killer shows its mistake")
  func withoutFixtures() {
    let score = MutationScore(of: rule, fixtures: [])
    #expect(score.noticed == 0)
    #expect(score.tried == score.survivors.count)
    for survivor in score.survivors {
      guard let killer = survivor.killer else {
        Issue.record("nothing kills \(survivor.mutant.words)")
        continue
      }
      #expect(survivor.mutant.condition.holds(of: killer.event) != rule.holds(of: killer.event))
    }
  }

  @Test("fixtures notice mistakes, and the suggested ones notice all")
  func suggested() throws {
    let own = try [
      fixture(
        #"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","sourceIPAddress":"192.0.2.1"}"#),
      fixture(#"{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances"}"#),
    ]
    let score = MutationScore(of: rule, fixtures: own)
    #expect(score.noticed > 0)
    #expect(score.value > 0.2 && score.value < 0.9)
    #expect(!score.survivors.isEmpty)
    let more = score.suggestedFixtures(for: rule)
    #expect(more.count <= score.survivors.count)
    let better = MutationScore(of: rule, fixtures: own + more)
    #expect(better.value == 1)
    #expect(better.survivors.allSatisfy { $0.killer == nil })
  }

  @Test("mistakes that no event shows do not count")
  func equivalents() throws {
    // Digits have no case: ignoring it changes nothing.
    let condition = Condition.test(FieldPath("id"), .text(.equals("240"), .exact))
    let score = MutationScore(of: condition, fixtures: [])
    let unkillable = score.survivors.filter { $0.killer == nil }.map(\.mutant.words)
    #expect(unkillable == ["id: letter case ignored"])
  }

  @Test("a rule with thousands of texts stays within bounds")
  func huge() {
    let operands = (0..<2_000).map {
      Condition.test(FieldPath("a"), .text(.contains("value-\($0)-"), .exact))
    }
    #expect(Mutant.all(of: .any(operands)).count <= Mutant.limit)
  }
}
