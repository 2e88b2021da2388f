import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordScan
import TestSupport
import Testing

@Suite("Predicate")
struct PredicateTests {
  /// Semantics: the predicate is `holds(of:)`, on every event.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func saysWhatTheMeaningSays(seed: UInt64) {
    var conditions = ConditionGenerator(seed: seed)
    var options = EventGenerator.Options()
    options.mistyped = 15
    var events = EventGenerator(seed: seed &+ 100, options: options)
    let sample = events.events(60)
    var verdicts = [0, 0]
    for condition in conditions.conditions(500) {
      let predicate = condition.predicate()
      for event in sample {
        let expected = condition.holds(of: event)
        verdicts[expected ? 1 : 0] += 1
        if predicate(event) != expected { Issue.record("\(condition) on \(event)") }
      }
    }
    #expect(verdicts[0] > 1000 && verdicts[1] > 1000, "the sample shows both verdicts: \(verdicts)")
  }

  @Test(arguments: VerdictCases.corners)
  func corners(_ text: String, _ condition: Condition, _ expected: Bool) throws {
    let event = try #require(Event(JSON.parse(text)))
    #expect(condition.predicate()(event) == expected)
    #expect(condition.holds(of: event) == expected)
  }

  /// An event beyond what the engine reads is asked by the meaning itself.
  @Test func eventsBeyondTheLimits() throws {
    var value = Value.string("x")
    for _ in 0..<600 { value = .object(Value.Object([.init("a", value)])) }
    let event = try #require(Event(value))
    let deep = try #require(FieldPath(steps: Array(repeating: .name("a"), count: 600)))
    #expect(Condition.test(deep, .text(.equals("x"), .exact)).predicate()(event))
    #expect(!Condition.test(deep, .text(.equals("y"), .exact)).predicate()(event))
    #expect(!Condition.test(FieldPath("b"), .present).predicate()(event))
  }
}
