import ConcordDetection
import ConcordDocuments
import ConcordProof
import TestSupport
import Testing

/// Conditions that can be said with fewer atoms, and those that cannot.
@Suite struct SimplifierTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let given: Condition
    let expected: Condition
    var reason = ""
    var testDescription: String { name }
  }

  static let a = ProverTests.contains("ab")
  static let b = ProverTests.contains("abc")
  static let c = ProverTests.suffix("z")
  static let y = Condition.test(FieldPath("y"), .text(.equals("1"), .exact))

  static let cases: [Case] = [
    Case(name: "subsumed alternative", given: .any([b, a, y]), expected: .any([a, y]), reason: "implies"),
    Case(name: "implied requirement", given: .all([a, b, y]), expected: .all([b, y]), reason: "impliedBy"),
    Case(
      name: "texts joined", given: .any([ProverTests.equals("p"), y, ProverTests.equals("q")]),
      expected: .any([.test(ProverTests.x, .oneOf(["p", "q"], .exact)), y]), reason: "joined"),
    Case(
      name: "contradicted alternative", given: .all([a, .any([.not(a), y])]), expected: .all([a, y]),
      reason: "cannotMatter"),
    Case(
      name: "null guard", given: .all([.test(ProverTests.x, .present), a]), expected: a, reason: "impliedBy"),
    Case(
      name: "impossible alternative", given: .any([.all([y, .not(y)]), c]), expected: c, reason: "neverHolds"),
    Case(
      name: "certain requirement", given: .all([.any([y, .not(y)]), c]), expected: c, reason: "alwaysHolds"),
    Case(
      name: "nothing to leave out", given: .all([.any([a, c]), .not(y)]),
      expected: .all([.any([a, c]), .not(y)])),
    Case(
      name: "null guard of a not", given: .all([.test(ProverTests.x, .present), .not(a)]),
      expected: .all([.test(ProverTests.x, .present), .not(a)])),
  ]

  @Test(arguments: cases)
  func simplified(_ given: Case) {
    let result = Prover().simplify(given.given)
    #expect(result.condition == given.expected)
    #expect(result.steps.isEmpty == given.reason.isEmpty)
    if let first = result.steps.first { #expect("\(first.reason)".hasPrefix(given.reason)) }
    #expect(result.bound == nil)
  }

  @Test(arguments: ConditionPairs.Fragment.allCases)
  func generatedConditions(_ fragment: ConditionPairs.Fragment) {
    var pairs = ConditionPairs(fragment, seed: 77)
    let oracle = BruteForce(fragment)
    var shorter = 0
    for number in 0..<12 {
      let given = pairs.next().second
      let result = Prover().simplify(given)
      let found = oracle.find(given, result.condition)
      #expect(found.onlyFirst == nil && found.onlySecond == nil, "\(fragment) \(number)")
      #expect(result.condition.atomCount <= given.atomCount)
      // Nothing is left to do the second time.
      #expect(Prover().simplify(result.condition).condition.atomCount <= result.condition.atomCount)
      if result.condition.atomCount < given.atomCount { shorter += 1 }
    }
    #expect(shorter > 0)
  }

  @Test func boundIsNamed() {
    let many = (0..<20).map { ProverTests.contains("\($0)z") }
    #expect(Prover().simplify(.any(many), tries: 5).bound == .cases(5))
  }
}
