import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

@Suite("Generators")
struct GeneratorTests {
  @Test("the seeded generator is SplitMix64")
  func splitMix() {
    // The reference implementation's first numbers for seed 1234567.
    var random = SeededGenerator(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }

  @Test("there are at least 200 hostile values, none twice")
  func hostileValues() {
    #expect(HostileValues.all.count >= 200)
    #expect(Set(HostileValues.all.map(ScalarText.init)).count == HostileValues.all.count)
    #expect(HostileValues.printable.count >= 150)
  }

  @Test("the same seed gives the same conditions and events, and another seed others")
  func seeds() {
    var generators = [7, 7, 8].map { ConditionGenerator(seed: $0) }
    let conditions = generators.indices.map { generators[$0].conditions(50) }
    #expect(conditions[0] == conditions[1])
    #expect(conditions[0] != conditions[2])
    var events = [7, 7, 8].map { EventGenerator(seed: $0) }
    let made = events.indices.map { events[$0].events(50) }
    #expect(made[0] == made[1])
    #expect(made[0] != made[2])
  }

  @Test("every kind of question is asked, and every kind is answered both ways", arguments: questions)
  func questionsAreDecided(_ question: ConditionGenerator.Question) {
    var options = ConditionGenerator.Options()
    options.questions = [question]
    options.depth = 0
    options.hostile = 0
    var conditions = ConditionGenerator(seed: 1, options: options)
    var events = EventGenerator(seed: 2)
    let made = events.events(60)
    var verdicts = [true: 0, false: 0]
    for condition in conditions.conditions(60) {
      for event in made { verdicts[condition.holds(of: event), default: 0] += 1 }
    }
    #expect(verdicts[true, default: 0] > 20)
    #expect(verdicts[false, default: 0] > 20)
  }

  static let questions = ConditionGenerator.Question.allCases
}
