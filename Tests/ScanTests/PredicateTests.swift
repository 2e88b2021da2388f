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

  static let eventCases: [(String, Condition, Bool)] = [
    (#"{"a":1,"a":2}"#, .test(FieldPath("a"), .text(.equals("2"), .exact)), true),
    (#"{"a":1,"a":2}"#, .test(FieldPath("a"), .text(.equals("1"), .exact)), false),
    (#"{"a":1,"a":null}"#, .test(FieldPath("a"), .present), false),
    (#"{"\ud800":1}"#, .test(FieldPath("\u{FFFD}"), .present), false),
    (#"{"a":"\ud800"}"#, .test(FieldPath("a"), .text(.equals("\u{FFFD}"), .exact)), true),
    (#"{"a":"é"}"#, .test(FieldPath("a"), .text(.equals("e\u{301}"), .exact)), false),
    (#"{"a":"x\r\ny"}"#, .test(FieldPath("a"), .text(.contains("\n"), .exact)), true),
    (#"{"a":["x"]}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":[0]}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":[]}"#, .test(FieldPath("a"), .truthy), false),
    (#"{"a":{}}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":0.0}"#, .test(FieldPath("a"), .truthy), false),
    (#"{"a":{"b":1.50}}"#, .test(FieldPath("a"), .text(.equals(#"{"b":1.50}"#), .exact)), true),
    (#"{"a":[{"b":["x","y"]}]}"#, .test(FieldPath("a", "b"), .text(.equals("y"), .exact)), true),
    (#"{"a":"KELVIN \u212a"}"#, .test(FieldPath("a"), .text(.suffix("k"), .ignored)), true),
    (#"{"a":"x","b":["X",null]}"#, .test(FieldPath("a"), .sameAs(FieldPath("b"), .ignored)), true),
    (#"{"a":"x","b":["X",null]}"#, .test(FieldPath("a"), .sameAs(FieldPath("b"), .exact)), false),
    (#"{"a":"1e400"}"#, .test(FieldPath("a"), .number(.greater, Number(5))), true),
    (#"{"a":" 5 "}"#, .test(FieldPath("a"), .number(.greater, Number(1))), false),
    (#"{"b":{"c":"x"},"a":1}"#, .anywhere(.equals("x"), .exact), true),
    (#"{"b":"x","b":"y"}"#, .anywhere(.equals("x"), .exact), false),
    (#"{"a b":"x","a":{"b":"y"}}"#, .test(FieldPath("a b"), .text(.equals("x"), .exact)), true),
    (#"{"é":"x"}"#, .test(FieldPath("e\u{301}"), .present), false),
    (#"{"a":"\"\\\u0001"}"#, .test(FieldPath("a"), .text(.equals("\"\\\u{1}"), .exact)), true),
    (#"{}"#, .not(.test(FieldPath("a"), .present)), true),
    (#"{}"#, .always(true), true),
  ]

  @Test(arguments: eventCases)
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
