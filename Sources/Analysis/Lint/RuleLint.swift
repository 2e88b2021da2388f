import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordProof

/// Looks for what is odd about one rule.
///
/// Fields hold one value each unless `[]` in a path or an array in a fixture says otherwise. A finding that needs this
/// says so; all others hold of every event.
package struct RuleLint: Sendable {
  /// What one question may cost.
  package var limits: Prover.Limits
  /// How many parts of a rule are tried to be left out.
  package var tries = 200

  /// Looks with these limits.
  package init(limits: Prover.Limits = .lint) { self.limits = limits }

  /// What was found about one rule.
  package struct Report: Sendable {
    /// The findings.
    package fileprivate(set) var findings: [LintFinding] = []
    /// How many questions met a bound.
    package fileprivate(set) var unknown = 0
    /// An event that the rule holds of; `nil` where there is none or none was found.
    package fileprivate(set) var witness: Event?
  }

  /// What is odd about the rule by itself.
  package func report(on document: RuleDocument) -> Report {
    var work = Work(document, self)
    work.regexes(document.rule.condition)
    work.fixtures()
    if work.extremes() {
      work.parts()
      work.listed(document.rule.condition)
    }
    return work.report
  }
}

/// The words that restrict a finding.
private let whereSingle = " where each field holds one value"

private struct Work {
  let document: RuleDocument
  let condition: Condition
  let all: Prover
  let single: Prover
  let tries: Int
  var report = RuleLint.Report()

  init(_ document: RuleDocument, _ lint: RuleLint) {
    self.document = document
    condition = document.rule.condition
    tries = lint.tries
    all = Prover(limits: lint.limits)
    single = Prover.singleValued([condition], document.rule.fixtures.map(\.event), limits: lint.limits)
  }

  private mutating func add(_ kind: LintFinding.Kind, _ message: String, _ origin: Span?, help: [String] = [])
  {
    report.findings.append(LintFinding(kind, message, in: document, at: origin, help: help))
  }

  /// Looks whether the rule always or never fires; returns whether it does neither.
  mutating func extremes() -> Bool {
    switch single.event(where: condition) {
    case .event(let event): report.witness = event
    case .unknown: report.unknown += 1
    case .never:
      neverFires()
      return false
    }
    // A rule that counts may count every event.
    if document.rule.aggregate != nil { return true }
    switch single.counterexample(to: condition) {
    case .event: return true
    case .unknown:
      report.unknown += 1
      return true
    case .never:
      let suffix = all.counterexample(to: condition).isNever ? "" : whereSingle
      add(.alwaysFires, "the rule fires on every event\(suffix)", condition.origin)
      return false
    }
  }

  private mutating func neverFires() {
    let suffix = all.event(where: condition).isNever ? "" : whereSingle
    let conjuncts = condition.conjuncts
    for (index, conjunct) in conjuncts.enumerated() {
      guard case .not(let excluded) = conjunct.kind, !excluded.isPresence else { continue }
      var rest = conjuncts
      rest.remove(at: index)
      if single.event(where: .all(rest)).event != nil {
        add(
          .emptyExclusion, "this exclusion leaves nothing of the rule\(suffix): \(words(excluded))",
          conjunct.origin ?? excluded.origin)
        return
      }
    }
    add(.neverFires, "the rule never fires\(suffix)", condition.origin, help: contradiction(conjuncts))
  }

  /// Two of the requirements that cannot hold together, or one that cannot hold.
  private func contradiction(_ conjuncts: [Condition]) -> [String] {
    for conjunct in conjuncts where single.event(where: conjunct).isNever {
      return ["this alone never holds: \(words(conjunct))"]
    }
    let shown = conjuncts.prefix(20)
    for (index, one) in shown.enumerated() {
      for other in shown.dropFirst(index + 1) where single.event(where: one, and: other).isNever {
        return ["these never hold together: \(words(one)); \(words(other))"]
      }
    }
    return []
  }

  /// Looks for parts that can be left out.
  mutating func parts() {
    // Nobody sees the events that keep a part in.
    let (single, all) = (single.withoutShrinking, all.withoutShrinking)
    let simpler = single.simplify(condition, tries: tries)
    if simpler.bound != nil { report.unknown += 1 }
    let steps = simpler.steps.filter(\.isLeftOut)
    if steps.isEmpty { return }
    var certain: Set<Part> = []
    if case .equal = all.compare(condition, simpler.condition).verdict {
      certain = Set(steps.map(Part.init))
    } else {
      certain = Set(all.simplify(condition, tries: tries).steps.filter(\.isLeftOut).map(Part.init))
    }
    for step in steps {
      let suffix = certain.contains(Part(step)) ? "" : whereSingle
      add(.uselessPart, step.words(suffix, words), step.part.origin)
    }
  }

  /// Looks for texts of a list that a pattern beside it takes anyway.
  mutating func listed(_ condition: Condition) {
    switch condition.kind {
    case .always, .test, .anywhere, .place: break
    case .some(_, let operand), .not(let operand): listed(operand)
    case .all(let operands): operands.forEach { listed($0) }
    case .any(let operands):
      operands.forEach { listed($0) }
      for operand in operands {
        guard case .test(let path, .oneOf(let texts, let letterCase)) = operand.kind else { continue }
        for other in operands {
          guard case .test(let same, .text(let pattern, let patternCase)) = other.kind, same == path,
            patternCase == .ignored || letterCase == .exact
          else { continue }
          let taken = texts.filter { pattern.matches($0, patternCase) }
          guard !taken.isEmpty, taken.count < texts.count else { continue }
          let shown = taken.prefix(3).map { Value.string($0).compactJSON }.joined(separator: ", ")
          add(
            .uselessPart,
            "\(shown)\(taken.count > 3 ? " and \(taken.count - 3) more" : "") of this list "
              + "\(taken.count == 1 ? "is" : "are") also taken by: \(words(other))", operand.origin)
        }
      }
    }
  }

  /// Looks for expressions that a pattern says as well.
  mutating func regexes(_ condition: Condition) {
    switch condition.kind {
    case .always, .anywhere, .place: break
    case .some(_, let operand), .not(let operand): regexes(operand)
    case .all(let operands), .any(let operands): operands.forEach { regexes($0) }
    case .test(let path, .regex(let regex)):
      guard let (pattern, letterCase) = regex.literal else { break }
      add(
        .plainRegex,
        "this regular expression is a plain text: \(words(.test(path, .text(pattern, letterCase))))",
        condition.origin)
    case .test: break
    }
  }

  /// Looks for fixtures that say otherwise.
  mutating func fixtures() {
    for fixture in document.rule.fixtures {
      // A log is no question to the condition, which may have been replaced here.
      let verdict =
        fixture.log.isEmpty ? condition.holds(of: fixture.event) : document.rule.verdict(on: fixture)
      if verdict == fixture.expected { continue }
      add(
        .wrongFixture,
        "fixture `\(fixture.name)` expects \(fixture.expected), the rule says \(!fixture.expected)",
        fixture.origin)
    }
  }

  private func words(_ condition: Condition) -> String {
    let text = Notation.print(condition).split(whereSeparator: \.isNewline).joined(separator: "; ")
    return text.count > 120 ? text.prefix(119) + "…" : text
  }
}

extension Condition {
  /// Whether it asks for no more than a value: its opposite is a requirement, and no exclusion of events.
  fileprivate var isPresence: Bool {
    switch kind {
    case .test(_, .present), .test(_, .truthy): true
    case .always, .test, .some, .anywhere, .place, .not, .all, .any: false
    }
  }
}

/// A part of a rule at its place.
private struct Part: Hashable {
  let condition: Condition
  let origin: Span?

  init(_ step: Simplification.Step) { (condition, origin) = (step.part, step.part.origin) }
}

extension Simplification.Step {
  /// Whether the part goes, rather than into a list.
  fileprivate var isLeftOut: Bool { if case .joined = reason { false } else { true } }

  fileprivate func words(_ suffix: String, _ words: (Condition) -> String) -> String {
    switch reason {
    case .joined(let whole): "`\(words(part))` goes into the list `\(words(whole))`\(suffix)"
    case .implies(let other): "this adds nothing\(suffix): \(words(part)); it is taken by: \(words(other))"
    case .impliedBy(let other): "this asks no more\(suffix): \(words(part)); it follows from: \(words(other))"
    case .neverHolds: "this never holds\(suffix): \(words(part))"
    case .alwaysHolds: "this always holds\(suffix): \(words(part))"
    case .cannotMatter: "this cannot matter\(suffix), the rest decides: \(words(part))"
    }
  }
}
