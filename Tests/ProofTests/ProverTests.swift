import ConcordDetection
import ConcordDocuments
import ConcordProof
import Testing

/// What the prover says of conditions made by hand.
@Suite struct ProverTests {
  static let x = FieldPath("x")
  static func equals(_ text: String, _ letterCase: LetterCase = .exact) -> Condition {
    .test(x, .text(.equals(text), letterCase))
  }
  static func prefix(_ text: String, _ letterCase: LetterCase = .exact) -> Condition {
    .test(x, .text(.prefix(text), letterCase))
  }
  static func suffix(_ text: String, _ letterCase: LetterCase = .exact) -> Condition {
    .test(x, .text(.suffix(text), letterCase))
  }
  static func contains(_ text: String, _ letterCase: LetterCase = .exact) -> Condition {
    .test(x, .text(.contains(text), letterCase))
  }
  static func regex(_ text: String) -> Condition {
    (try? PortableRegex(text)).map { .test(x, .regex($0)) } ?? .always(true)
  }
  static func number(_ comparison: ConcordDetection.Comparison, _ bound: Int) -> Condition {
    .test(x, .number(comparison, Number(bound)))
  }
  static func network(_ text: String) -> Condition {
    CIDR(text).map { .test(x, .network($0)) } ?? .always(true)
  }
  static func named(_ path: FieldPath, _ atom: Atom) -> Condition { .test(path, atom) }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let first: Condition
    let second: Condition
    let verdict: Relation
    var arrays = Prover.Arrays.anywhere
    var testDescription: String { name }
  }

  static let present = Condition.test(x, .present)
  static let truthy = Condition.test(x, .truthy)
  static let other = FieldPath("y")

  static let cases: [Case] = [
    Case(
      name: "order", first: .all([equals("a"), present]), second: .all([present, equals("a")]),
      verdict: .equal),
    Case(
      name: "a value is present", first: .all([equals("a"), present]), second: equals("a"), verdict: .equal),
    Case(
      name: "null guard", first: .not(equals("a")), second: .all([present, .not(equals("a"))]),
      verdict: .narrower),
    Case(
      name: "list", first: .any([equals("a"), equals("b"), equals("c")]),
      second: .test(x, .oneOf(["c", "b", "a"], .exact)), verdict: .equal),
    Case(
      name: "overlapping lists",
      first: .any([.test(x, .oneOf(["a", "b"], .exact)), .test(x, .oneOf(["b", "c"], .exact))]),
      second: .test(x, .oneOf(["a", "b", "c"], .exact)), verdict: .equal),
    Case(name: "longer text", first: contains("ab"), second: contains("abc"), verdict: .narrower),
    Case(name: "prefix contains", first: prefix("ab"), second: contains("b"), verdict: .wider),
    Case(name: "case", first: contains("ab"), second: contains("ab", .ignored), verdict: .wider),
    Case(name: "no letters", first: contains("12"), second: contains("12", .ignored), verdict: .equal),
    Case(
      name: "all casings", first: .any([equals("ab"), equals("aB"), equals("Ab"), equals("AB")]),
      second: equals("ab", .ignored), verdict: .equal),
    Case(
      name: "Kelvin sign", first: .any([equals("k"), equals("K")]), second: equals("k", .ignored),
      verdict: .wider),
    Case(
      name: "all three k", first: .test(x, .oneOf(["k", "K", "\u{212A}"], .exact)),
      second: equals("k", .ignored),
      verdict: .equal),
    Case(
      name: "dotted capital i", first: .test(x, .oneOf(["i", "I", "\u{130}"], .exact)),
      second: equals("i", .ignored), verdict: .equal),
    Case(name: "regex is a text", first: regex("abc"), second: contains("abc"), verdict: .equal),
    Case(name: "regex alternatives", first: regex("abc|abd"), second: regex("ab[cd]"), verdict: .equal),
    Case(name: "dollar", first: regex("a$"), second: suffix("a"), verdict: .narrower),
    Case(
      name: "dollar said", first: regex("a$"), second: .any([suffix("a"), suffix("a\n")]), verdict: .equal),
    Case(
      name: "regex counts", first: regex("\\Aa{2,3}\\z"), second: .test(x, .oneOf(["aa", "aaa"], .exact)),
      verdict: .equal),
    Case(
      name: "two values", first: .all([equals("a"), equals("b")]), second: .always(false), verdict: .narrower),
    Case(
      name: "one value", first: .all([equals("a"), equals("b")]), second: .always(false), verdict: .equal,
      arrays: .onlyWhereWritten),
    Case(
      name: "one value but there", first: .all([equals("a"), equals("b")]), second: .always(false),
      verdict: .equal,
      arrays: .nowhereAt([x])),
    Case(
      name: "one value around", first: .all([prefix("a"), suffix("b"), .not(contains("ab"))]),
      second: .all([prefix("a"), suffix("b")]), verdict: .wider, arrays: .onlyWhereWritten),
    Case(name: "apart", first: equals("a"), second: .not(contains("a")), verdict: .disjoint),
    Case(name: "different", first: prefix("a"), second: suffix("a"), verdict: .different),
    Case(
      name: "always", first: .any([contains("a"), .not(contains("a"))]), second: .always(true),
      verdict: .equal),
    Case(name: "truthy", first: .all([equals("a"), truthy]), second: equals("a"), verdict: .equal),
    Case(name: "truthy zero", first: .all([equals("0"), truthy]), second: equals("0"), verdict: .wider),
    Case(
      name: "truthy zero is no scalar", first: .all([equals("0"), truthy]), second: .always(false),
      verdict: .equal, arrays: .onlyWhereWritten),
    Case(
      name: "falsy", first: .all([.not(truthy), present]),
      second: .test(x, .oneOf(["", "0", "false"], .exact)), verdict: .wider),
    Case(name: "thresholds", first: number(.greater, 5), second: number(.greaterOrEqual, 5), verdict: .wider),
    Case(
      name: "no number between", first: .all([number(.greater, 5), number(.less, 5)]), second: .always(false),
      verdict: .equal, arrays: .onlyWhereWritten),
    Case(
      name: "no letter in a number", first: .all([number(.less, 5), contains("a")]), second: .always(false),
      verdict: .equal, arrays: .onlyWhereWritten),
    Case(name: "five is a number", first: equals("5"), second: number(.less, 6), verdict: .wider),
    Case(
      name: "halves of a network", first: .any([network("10.0.0.0/9"), network("10.128.0.0/9")]),
      second: network("10.0.0.0/8"), verdict: .equal),
    Case(name: "mapped addresses", first: network("10.0.0.0/8"), second: prefix("10."), verdict: .different),
    Case(
      name: "keyword", first: equals("evil"),
      second: .all([equals("evil"), .anywhere(.contains("vi"), .exact)]),
      verdict: .equal),
    Case(
      name: "keyword of an object's key", first: contains("evil"),
      second: .all([contains("evil"), .anywhere(.contains("evil"), .exact)]), verdict: .narrower),
    Case(
      name: "same is symmetric", first: .test(x, .sameAs(other, .exact)),
      second: .test(other, .sameAs(x, .exact)),
      verdict: .equal),
    Case(
      name: "same under ignored case is wider", first: .test(x, .sameAs(other, .exact)),
      second: .test(x, .sameAs(other, .ignored)), verdict: .wider),
    Case(
      name: "same as both", first: .all([equals("a"), .test(other, .text(.equals("a"), .exact))]),
      second: .test(x, .sameAs(other, .exact)), verdict: .wider),
    Case(
      name: "parent of a value", first: .test(FieldPath("x", "b"), .present),
      second: .all([.test(FieldPath("x", "b"), .present), truthy]), verdict: .equal),
    Case(
      name: "text of an object", first: .all([.test(FieldPath("x", "b"), .present), contains("\"b\":")]),
      second: .test(FieldPath("x", "b"), .present), verdict: .equal),
    Case(
      name: "element",
      first: FieldPath(steps: [.name("x"), .index(0)]).map { .test($0, .text(.equals("a"), .exact)) }
        ?? .always(true),
      second: equals("a"), verdict: .wider),
    Case(
      name: "each",
      first: FieldPath(steps: [.name("x"), .each]).map { .test($0, .text(.equals("a"), .exact)) }
        ?? .always(true),
      second: equals("a"), verdict: .equal),
  ]

  static let items = FieldPath("items")
  static func item(_ name: String, _ text: String) -> Condition {
    .test(FieldPath("items", name), .text(.equals(text), .exact))
  }
  static let bothOfOne = Condition.some(items, .all([item("a", "x"), item("b", "y")]))
  static let notA = Condition.some(items, .not(item("a", "x")))

  /// Several questions of one element.
  static let elements: [Case] = [
    Case(
      name: "an array with a value", first: .all([.test(items, .array), .test(items, .present)]),
      second: .test(items, .present), verdict: .wider),
    Case(
      name: "an array, maybe empty", first: .test(items, .array),
      second: .any([.test(items, .present), .test(items, .array)]), verdict: .wider),
    Case(
      name: "no array where one value is at most", first: .test(items, .array), second: .always(false),
      verdict: .equal, arrays: .nowhereAt([items])),
    Case(
      name: "an array stands in an object",
      first: .all([.test(FieldPath("items", "l"), .array), .not(.test(items, .present))]),
      second: .always(false), verdict: .equal),
    Case(
      name: "of one or of any", first: bothOfOne, second: .all([item("a", "x"), item("b", "y")]),
      verdict: .wider),
    Case(
      name: "order", first: bothOfOne, second: .some(items, .all([item("b", "y"), item("a", "x")])),
      verdict: .equal),
    Case(
      name: "fewer questions", first: bothOfOne,
      second: .some(items, .all([item("a", "x"), item("b", "y"), .not(item("c", "z"))])), verdict: .narrower),
    Case(
      name: "a case split", first: item("a", "x"),
      second: .any([
        .some(items, .all([item("a", "x"), item("b", "y")])),
        .some(items, .all([item("a", "x"), .not(item("b", "y"))])),
      ]), verdict: .equal),
    Case(
      name: "an element implies a value", first: notA, second: .all([notA, .test(items, .present)]),
      verdict: .equal),
    Case(name: "denied of one, or of all", first: notA, second: .not(item("a", "x")), verdict: .different),
    Case(
      name: "every element and some element", first: .all([.not(notA), .test(items, .present)]),
      second: item("a", "x"), verdict: .wider),
    Case(
      name: "no element is x, and one is", first: .all([.not(notA), .not(item("a", "x"))]),
      second: .not(.test(items, .present)), verdict: .equal),
    Case(
      name: "one value at most", first: bothOfOne, second: .all([item("a", "x"), item("b", "y")]),
      verdict: .equal,
      arrays: .nowhereAt([items])),
    Case(
      name: "texts of elements",
      first: .some(
        items,
        .all([.test(items, .text(.prefix("ab"), .exact)), .not(.test(items, .text(.suffix("c"), .exact)))])),
      second: .some(
        items,
        .all([.test(items, .text(.prefix("a"), .exact)), .not(.test(items, .text(.suffix("c"), .exact)))])),
      verdict: .wider),
    Case(
      name: "in one another",
      first: .some(
        items, .all([.not(item("a", "x")), .some(FieldPath("items", "l"), .not(item("l", "t")))])),
      second: .some(items, .all([.not(item("a", "x")), .test(FieldPath("items", "l"), .present)])),
      verdict: .wider),
  ]

  @Test(arguments: cases + elements)
  func verdict(_ given: Case) {
    let proof = Prover(arrays: given.arrays).compare(given.first, given.second)
    #expect(proof.verdict == given.verdict)
    if let event = proof.onlyInFirst.event {
      #expect(given.first.holds(of: event) && !given.second.holds(of: event))
    }
    if let event = proof.onlyInSecond.event {
      #expect(!given.first.holds(of: event) && given.second.holds(of: event))
    }
    let back = Prover(arrays: given.arrays).compare(given.second, given.first).verdict
    let expected: Relation =
      given.verdict == .wider ? .narrower : given.verdict == .narrower ? .wider : given.verdict
    #expect(back == expected)
  }

  @Test func boundsAreNamed() {
    var few = Prover.Limits()
    few.nodes = 8
    let many = (0..<20).map { ProverTests.contains("\($0)z") }
    let verdict = Prover(limits: few).compare(.all(many), .any(many)).verdict
    #expect(verdict == .unknown(.nodes(8)))
  }

  @Test func deepNestingIsABound() {
    let deep = (0..<1000).reduce(ProverTests.equals("a")) { inner, level in
      level % 2 == 0 ? .any([inner, ProverTests.present]) : .all([inner, ProverTests.present])
    }
    #expect(Prover().compare(deep, .always(true)).verdict == .unknown(.nesting(400)))
  }

  @Test func largeAutomataAreABound() {
    var few = Prover.Limits()
    few.states = 200
    let (one, other) = (
      ProverTests.regex("\\A[ab]*a[ab]{9}\\z"), ProverTests.regex("\\A(a|b)*a[ab]{5}[ab]{4}\\z")
    )
    #expect(Prover(limits: few).compare(one, other).verdict == .unknown(.states(200)))
    #expect(Prover().compare(one, other).verdict == .equal)
  }

  @Test func oneTextIsPreferredToAnArray() throws {
    let both = Condition.all([ProverTests.contains("ab"), ProverTests.contains("cd")])
    let event = try #require(Prover().event(where: both).event)
    #expect(Value.object(event.object).compactJSON == #"{"x":"abcd"}"#)
  }

  @Test func answersStandAlone() {
    let prover = Prover()
    #expect(prover.event(where: .all([ProverTests.equals("a"), .not(ProverTests.present)])).isNever)
    #expect(prover.counterexample(to: .any([ProverTests.present, .not(ProverTests.equals("a"))])).isNever)
    #expect(prover.event(where: ProverTests.prefix("ab"), butNot: ProverTests.contains("b")).isNever)
    #expect(prover.event(where: ProverTests.prefix("ab"), and: .not(ProverTests.contains("b"))).isNever)
    #expect(prover.event(where: ProverTests.equals("a")).event != nil)
  }

  /// A value that can only be `a` must differ from a value that is `a`: it is the presence of the first that is
  /// refuted, not the two conditions on it.
  @Test func aConflictNamesAllItsReasons() {
    let onlyA = Condition.not(ProverTests.regex("\\A(|(?s:[^a].*|a.+))\\z"))
    let apart = Condition.all([
      onlyA, .test(ProverTests.other, .text(.equals("a"), .exact)),
      .not(.test(ProverTests.x, .sameAs(ProverTests.other, .exact))),
    ])
    #expect(Prover().event(where: .all([apart, ProverTests.present])).isNever)
    #expect(
      Prover().event(
        where: .any([.all([apart, ProverTests.present]), .all([apart, .test(FieldPath("z"), .present)])])
      ).event != nil)
  }

  /// `a[][0]` fans out, so that several values that are not truthy stand there: not refuted, if not found either.
  @Test func elementsOfElementsMayAllBeFalsy() throws {
    let path = try #require(FieldPath(steps: [.name("a"), .each, .index(0)]))
    let both = Condition.all([
      .test(path, .text(.equals(""), .exact)), .test(path, .text(.equals("0"), .exact)),
      .not(.test(path, .truthy)),
    ])
    let lists = Value.array([.array([.string("")]), .array([.string("0")])])
    #expect(both.holds(of: Event(Value.Object([Value.Object.Member("a", lists)]))))
    #expect(!Prover().event(where: both).isNever)
  }

  @Test func everyNumberIsAtLeastMinusInfinity() throws {
    let least = try #require(Number("-1e999"))
    let never = Condition.all([
      .test(ProverTests.x, .number(.lessOrEqual, least)),
      .not(.test(ProverTests.x, .number(.greaterOrEqual, least))),
    ])
    let other = Condition.all([.test(ProverTests.x, .number(.lessOrEqual, least)), ProverTests.suffix("9")])
    #expect(Prover().event(where: never).isNever)
    #expect(!Prover().event(where: .any([never, other])).isNever)
  }
}
