import ConcordDetection
import ConcordDocuments
import Testing

@Suite("Why a condition says what it says")
struct ExplanationTests {
  private static func field(_ name: String) -> Condition { .test(FieldPath(name), .present) }
  private static let (a, b, c, d) = (field("a"), field("b"), field("c"), field("d"))

  /// Of an event with `a` and `b`: the condition, its verdict, and the questions that decide.
  static let cases: [(Condition, Bool, [Condition])] = [
    (a, true, [a]),
    (c, false, [c]),
    (.not(c), true, [.not(c)]),
    (.not(a), false, [.not(a)]),
    (.all([a, .not(c)]), true, [a, .not(c)]),
    (.all([a, c, d]), false, [c, d]),
    (.any([c, a, b]), true, [a]),
    (.any([c, d]), false, [c, d]),
    (.not(.any([c, d])), true, [.not(c), .not(d)]),
    (.not(.any([a, b])), false, [.not(a)]),
    (.not(.all([a, c, d])), true, [.not(c), .not(d)]),
    (.not(.all([a, b])), false, [.not(a), .not(b)]),
    (.all([.any([c, .all([a, b])]), .not(d)]), true, [a, b, .not(d)]),
    (.all([.any([c, d]), a, .not(b)]), false, [c, d, .not(b)]),
    (.anywhere(.equals("x"), .exact), true, [.anywhere(.equals("x"), .exact)]),
    (.always(true), true, []),
    (.always(false), false, []),
  ]

  @Test(arguments: cases)
  func deciding(_ condition: Condition, _ verdict: Bool, _ expected: [Condition]) throws {
    let event = try #require(Event(JSON.parse(#"{"a":"x","b":1}"#)))
    #expect(condition.holds(of: event) == verdict)
    #expect(condition.deciding(event) == expected)
    // They have the condition's verdict, each.
    #expect(condition.deciding(event).allSatisfy { $0.holds(of: event) == verdict })
  }
}
