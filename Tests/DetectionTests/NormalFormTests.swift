import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@Suite("Semantics: form")
struct NormalFormTests {
  static let a = Condition.test(FieldPath("a"), .present)
  static let b = Condition.test(FieldPath("b"), .present)
  static let c = Condition.test(FieldPath("c"), .present)
  static let yes = Condition.always(true)
  static let no = Condition.always(false)

  static let forms: [(Condition, Condition)] = [
    (.not(.not(a)), a), (.not(yes), no), (.not(no), yes),
    (.all([]), yes), (.any([]), no), (.all([a]), a), (.any([a]), a),
    (.all([yes, a, yes]), a), (.all([a, no]), no), (.any([no, a]), a), (.any([a, yes]), yes),
    (.all([a, .all([b, c])]), .all([a, b, c])), (.any([.any([a, b]), c]), .any([a, b, c])),
    (.all([a, .any([b])]), .all([a, b])),
    (.test(FieldPath("a"), .text(.anything, .ignored)), a),
    (.test(FieldPath("a"), .text(.contains(""), .exact)), a),
    (.test(FieldPath("a"), .oneOf([], .exact)), no),
    (.test(FieldPath("a"), .oneOf(["x"], .exact)), .test(FieldPath("a"), .text(.equals("x"), .exact))),
    (.test(FieldPath("a"), .oneOf(["x", "x"], .exact)), .test(FieldPath("a"), .text(.equals("x"), .exact))),
    (
      .test(FieldPath("a"), .oneOf(["x", "X"], .ignored)),
      .test(FieldPath("a"), .text(.equals("x"), .ignored))
    ),
    (
      .test(FieldPath("a"), .oneOf(["x", "y", "x"], .exact)),
      .test(FieldPath("a"), .oneOf(["x", "y"], .exact))
    ),
  ]

  @Test("constructors keep the normal form", arguments: forms)
  func normalForm(_ made: Condition, _ expected: Condition) { #expect(made == expected) }

  @Test(
    "what is not the same",
    arguments: [
      (Condition.all([a, b]), Condition.all([b, a])), (.all([a, b]), .any([a, b])), (a, b), (a, .not(a)),
      (.test(FieldPath("é"), .present), .test(FieldPath("e\u{301}"), .present)),
      (
        .test(FieldPath("a"), .oneOf(["é", "x"], .exact)),
        .test(FieldPath("a"), .oneOf(["e\u{301}", "x"], .exact))
      ),
      (
        .test(FieldPath("a"), .text(.equals("x"), .exact)),
        .test(FieldPath("a"), .text(.equals("x"), .ignored))
      ),
    ])
  func different(_ left: Condition, _ right: Condition) { #expect(left != right) }

  @Test("where a condition stands is outside equality")
  func originIsOutsideEquality() {
    let placed = Condition.test(FieldPath("a"), .present, origin: Span(at: .start))
    #expect(placed == Self.a)
    #expect(placed.hashValue == Self.a.hashValue)
    #expect(placed.origin != nil)
  }

  @Test(
    "a pattern's pieces are in normal form",
    arguments: [
      ([Pattern.Piece.literal("a"), .literal(""), .literal("b")], [Pattern.Piece.literal("ab")]),
      ([.anyRun, .anyRun], [.anyRun]), ([.anyRun, .anyOne, .anyRun, .anyOne], [.anyOne, .anyOne, .anyRun]),
      ([.literal("")], []), ([.literal("a"), .anyRun, .literal(""), .anyRun], [.literal("a"), .anyRun]),
    ])
  func patternNormalForm(_ pieces: [Pattern.Piece], _ expected: [Pattern.Piece]) {
    #expect(Pattern(pieces).pieces == expected)
  }

  @Test("generated conditions are in normal form, at any depth")
  func generatedNormalForm() {
    var options = ConditionGenerator.Options()
    options.depth = 6
    var generator = ConditionGenerator(seed: 3, options: options)
    for condition in generator.conditions(500) { #expect(isNormal(condition, under: nil), "\(condition)") }
  }

  private func isNormal(_ condition: Condition, under parent: Condition.Kind?) -> Bool {
    switch (condition.kind, parent) {
    case (.always, .some), (.not, .not?), (.all, .all?), (.any, .any?): return false
    case (.always, nil), (.test, _), (.anywhere, _), (.place, _): return true
    case (.some(let path, let operand), _):
      if case .any = operand.kind { return false }
      return Condition.some(path, operand) == condition && isNormal(operand, under: condition.kind)
    case (.not(let operand), _): return isNormal(operand, under: condition.kind)
    case (.all(let operands), _), (.any(let operands), _):
      return operands.count > 1 && operands.allSatisfy { isNormal($0, under: condition.kind) }
    }
  }

  @Test("mapping every path to itself changes nothing")
  func mapPaths() {
    var generator = ConditionGenerator(seed: 4)
    for condition in generator.conditions(200) { #expect(condition.mapPaths { $0 } == condition) }
  }
}
