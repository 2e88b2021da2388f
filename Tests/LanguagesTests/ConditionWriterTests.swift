import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import Testing

/// A language of three truth values in which any atom but `present` may be unknown, and truthiness is asked by its
/// opposite.
private struct Toy: AtomSpelling {
  static let limits = ConditionLimits(levels: 4, operands: 5)
  var asked: [FieldPath] = []

  mutating func ask(_ question: ValueQuestion, at path: FieldPath) throws(Diagnostic) -> Answer<String> {
    asked.append(path)
    switch question {
    case .present: return .total("has(\(path))")
    case .truthy: return .opposite("falsy(\(path))")
    case .text(let pattern, _): return .mayBeUnknown("\(path)=\(pattern.literals.joined())")
    case .oneOf, .regex, .number, .network: throw Diagnostic(.valueType, "Toy cannot say this")
    }
  }

  mutating func askSame(
    _ path: FieldPath, as other: FieldPath, _ letterCase: LetterCase
  ) throws(Diagnostic) -> Answer<String> {
    throw Diagnostic(.fieldComparison, "Toy cannot compare fields")
  }

  func askPlace(_ fact: PlaceFact, _: Atom) throws(Diagnostic) -> Answer<String> {
    throw .placeNotMapped(fact, in: "the toy language", help: "name it")
  }

  func askAnywhere(_: Pattern, _: LetterCase) throws(Diagnostic) -> Answer<String> {
    throw Diagnostic(.keywords, "Toy cannot look everywhere")
  }

  func refusal(beyond limit: ConditionLimits.Exceeded) -> Diagnostic {
    switch limit {
    case .levels(let count): Diagnostic(.tooDeep, "more than \(count) levels")
    case .operands(let count): Diagnostic(.tooLarge, "more than \(count) operands")
    }
  }

  func always(_ value: Bool) -> String { "\(value)" }
  func all(_ operands: [String]) -> String { "(\(operands.joined(separator: " & ")))" }
  func any(_ operands: [String]) -> String { "(\(operands.joined(separator: " | ")))" }
  func not(_ total: String) -> String { "!\(total)" }
  func isNotTrue(_ operand: String) -> String { "!known(\(operand))" }
}

private func has(_ name: String) -> Condition { .test(FieldPath(name), .present) }
private func truthy(_ name: String) -> Condition { .test(FieldPath(name), .truthy) }
private func equals(_ name: String, origin: Span? = nil) -> Condition {
  .test(FieldPath(name), .text(.equals("v"), .exact), origin: origin)
}

@Suite("ConditionWriter") struct ConditionWriterTests {
  @Test(
    "NOT is wrapped exactly where its operand may be unknown",
    arguments: [
      (has("a"), "has(a)"),
      (.not(has("a")), "!has(a)"),
      (equals("a"), "a=v"),
      (.not(equals("a")), "!known(a=v)"),
      (truthy("a"), "!falsy(a)"),
      (.not(truthy("a")), "falsy(a)"),
      (.always(true), "true"),
      (.all([has("a"), equals("b")]), "(has(a) & b=v)"),
      // What is joined is total where all of it is.
      (.not(.all([has("a"), has("b")])), "!(has(a) & has(b))"),
      (.not(.any([has("a"), truthy("b")])), "!(has(a) | !falsy(b))"),
      (.not(.any([has("a"), equals("b")])), "!known((has(a) | b=v))"),
      // NOT itself is never unknown.
      (.not(.all([has("a"), .not(equals("b"))])), "!(has(a) & !known(b=v))"),
      (
        .not(.all([.not(equals("a")), .any([has("b"), equals("c")])])),
        "!known((!known(a=v) & (has(b) | c=v)))"
      ),
    ])
  func negation(_ condition: Condition, _ text: String) throws {
    var writer = ConditionWriter(Toy())
    #expect(try writer.write(condition) == text)
  }

  @Test("the spelling is asked in the condition's order and keeps what it gathers") func order() throws {
    var writer = ConditionWriter(Toy())
    _ = try writer.write(.all([has("b"), .not(has("a")), equals("c")]))
    #expect(writer.spelling.asked == [FieldPath("b"), FieldPath("a"), FieldPath("c")])
  }

  @Test(
    "limits and what cannot be said",
    arguments: [
      (.anywhere(.equals("x"), .exact), .keywords),
      (.test(FieldPath("a"), .oneOf(["x", "y"], .exact)), .valueType),
      (.test(FieldPath("a"), .sameAs(FieldPath("b"), .exact)), .fieldComparison),
      (.some(FieldPath("a"), .not(.test(FieldPath("a", "b"), .present))), .severalQuestions),
      // Three levels of `not` and joins, and the atom.
      (.any([has("a"), .all([has("b"), .not(has("c"))])]), nil),
      (.not(.any([has("a"), .not(.all([has("b"), has("c")]))])), .tooDeep),
      (.any(["a", "b", "c", "d", "e"].map { has($0) }), nil),
      (.any(["a", "b", "c", "d", "e", "f"].map { has($0) }), .tooLarge),
      // Operands are counted together.
      (.any([.all([has("a"), has("b"), has("c")]), .all([has("d"), has("e")])]), .tooLarge),
    ] as [(Condition, Diagnostic.Code?)])
  func refusals(_ condition: Condition, _ code: Diagnostic.Code?) throws {
    var writer = ConditionWriter(Toy())
    var refusal: Diagnostic?
    do { _ = try writer.write(condition) } catch { refusal = error }
    #expect(refusal?.code == code)
  }

  @Test("an error is placed where the innermost part was written that says where") func origins() {
    let inner = Span(at: Position(line: 2, column: 3))
    let outer = Span(at: Position(line: 1, column: 1))
    for (span, expected) in [(inner, inner), (nil, outer)] {
      var writer = ConditionWriter(Toy())
      let question = Condition.test(FieldPath("a"), .oneOf(["x", "y"], .exact), origin: span)
      #expect {
        try writer.write(.not(question, origin: outer))
      } throws: { error in
        (error as? Diagnostic)?.labels.map(\.span) == [expected]
      }
    }
  }
}

@Suite("QueryHeader") struct QueryHeaderTests {
  @Test("what it was made of, by what, and what is proved of it") func lines() {
    var options = LanguageOptions(compilerVersion: "1.2.3")
    let rule = Rule(id: "A.B", title: "A title", condition: .always(true))
    #expect(QueryHeader.lines(for: rule, options) == ["A.B: A title", "Concord 1.2.3, exact"])
    options.provenance = "proved"
    #expect(QueryHeader.lines(for: rule, options) == ["A.B: A title", "Concord 1.2.3, exact", "proved"])
  }
}
