import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordVerification
import Testing

/// A language whose text is the notation, with a fault of choice between writing and running.
private struct Toy {
  enum Fault: Sendable {
    case none, refuses, fails, missesAbsent, matchesEverything, oneVerdictTooMany
  }

  let fault: Fault

  var language: Language {
    Language(identifier: "toy", name: "Toy", endings: ["toy"], writer: write, runner: run)
  }

  func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    if fault == .refuses { throw Diagnostic(.keywords, "toys cannot say that") }
    return Query(text: Notation.print(rule.condition))
  }

  func run(_ query: String, on events: [Event], options: LanguageOptions) throws(Diagnostic) -> [Bool] {
    if fault == .fails { throw Diagnostic(.unexpected, "toys cannot run that") }
    let condition = try Notation.parse(Source(text: query)).condition(reading: .literal)
    let verdicts = events.map { event in
      switch fault {
      case .matchesEverything: true
      // As SQL's three-valued logic does it: a negation is not true of an absent field.
      case .missesAbsent: Toy.isTrue(condition, of: event) ?? false
      case .none, .refuses, .fails, .oneVerdictTooMany: condition.holds(of: event)
      }
    }
    return fault == .oneVerdictTooMany ? verdicts + [true] : verdicts
  }

  private static func isTrue(_ condition: Condition, of event: Event) -> Bool? {
    switch condition.kind {
    case .test(let path, _): event.values(at: path).isEmpty ? nil : condition.holds(of: event)
    case .not(let operand): isTrue(operand, of: event).map { !$0 }
    case .all(let operands):
      operands.contains { isTrue($0, of: event) == false }
        ? false : operands.contains { isTrue($0, of: event) == nil } ? nil : true
    case .any(let operands):
      operands.contains { isTrue($0, of: event) == true }
        ? true : operands.contains { isTrue($0, of: event) == nil } ? nil : false
    case .always, .some, .anywhere, .place: condition.holds(of: event)
    }
  }
}

private func event(_ members: (String, Value)...) -> Event {
  Event(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
}

private let condition = Condition.all([
  .test(FieldPath("name"), .text(.equals("RunInstances"), .exact)),
  .any([
    .test(FieldPath("count"), .number(.greater, Number(5))),
    .not(
      .any([
        .test(FieldPath("error"), .text(.equals("DryRun"), .exact)),
        .test(FieldPath("by"), .text(.suffix(".amazonaws.com"), .exact)),
      ])),
  ]),
])

private let probes = [
  Probe(
    name: "a run by a person",
    event: event(
      ("noise", .string("x")), ("name", .string("RunInstances")), ("by", .string("person")),
      ("detail", .object(Value.Object([.init("a", .number(Number(1)))])))),
    expected: true),
  Probe(
    name: "a dry run", event: event(("name", .string("RunInstances")), ("error", .string("DryRun"))),
    expected: false),
  Probe(name: "something else", event: event(("name", .string("GetPartition")))),
  Probe(
    name: "complete",
    event: event(
      ("name", .string("RunInstances")), ("count", .number(Number(1))), ("error", .string("none")),
      ("by", .string("person")))),
]

private func agreement(_ fault: Toy.Fault) -> Agreement {
  Agreement(
    of: Rule(id: "r", title: "t", condition: condition), on: probes,
    targets: [Toy(fault: fault).language], options: LanguageOptions())
}

@Suite("Agreement")
struct AgreementTests {
  @Test(
    "the verdict names what the target does wrong",
    arguments: [
      (Toy.Fault.none, Verdict.tested, []), (.refuses, .refused, []), (.fails, .different, []),
      (.missesAbsent, .narrower, [0]), (.matchesEverything, .wider, [1, 2]),
      (.oneVerdictTooMany, .different, []),
    ])
  fileprivate func verdict(_ fault: Toy.Fault, _ verdict: Verdict, _ disagreements: [Int]) {
    let agreement = agreement(fault)
    #expect(agreement.meaning == [true, false, false, true])
    #expect(agreement.verdict(of: agreement.columns[0]) == verdict)
    #expect(agreement.disagreements == disagreements)
    #expect(agreement.firstDisagreement(of: "toy") == disagreements.first)
    #expect(agreement.failingFixtures.isEmpty)
  }

  @Test("a runner that does not answer each event once has failed")
  func verdictCount() {
    guard case .failed(_, let error, let probe) = agreement(.oneVerdictTooMany).columns[0].outcome else {
      Issue.record("it ran")
      return
    }
    #expect(error.code.rawValue == "E502")
    #expect(error.message == "the runner gave 5 verdicts for 4 events")
    #expect(probe == nil)
  }

  @Test("a fixture that the condition contradicts is named")
  func failingFixture() {
    var wrong = probes
    wrong[1].expected = true
    let agreement = Agreement(
      of: Rule(id: "r", title: "t", condition: condition), on: wrong, targets: [],
      options: LanguageOptions())
    #expect(agreement.failingFixtures == [1])
  }

  @Test("a disagreement is reduced to the part and the members that it needs")
  func reduction() throws {
    let rule = Rule(id: "r", title: "t", condition: condition)
    let target = Toy(fault: .missesAbsent).language
    let found = try #require(
      Disagreement(of: rule, on: probes[0].event, target: target, options: LanguageOptions()))
    // Without `not` the same unknown is a no, as it should be: the negation is what goes wrong.
    let filters: [Condition] = [
      .test(FieldPath("error"), .text(.equals("DryRun"), .exact)),
      .test(FieldPath("by"), .text(.suffix(".amazonaws.com"), .exact)),
    ]
    #expect(found.part == .not(.any(filters)))
    #expect(found.event == event())
    #expect(found.meaning)
    #expect(found.query == Notation.print(found.part))
    #expect(Disagreement(of: rule, on: probes[3].event, target: target, options: LanguageOptions()) == nil)
  }
}
