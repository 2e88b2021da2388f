import ConcordDetection
import ConcordProof

/// A condition that says the same as a rule's with fewer questions: proved for all events, or for those in which each
/// field holds one value.
package struct Shortening: Sendable {
  package let condition: Condition
  /// What was left out or joined, and why, in order.
  package let steps: [Simplification.Step]
  /// How many questions the rule asks, and how many the shorter condition.
  package let atoms: (before: Int, after: Int)
  /// Whether it says the same only where each field holds one value.
  package let isSingleValued: Bool

  /// The shorter condition of a rule; `nil` where none is found.
  package init?(of rule: Rule, limits: Prover.Limits = Prover.Limits()) {
    let prover = Prover.singleValued([rule.condition], rule.fixtures.map(\.event), limits: limits)
    let single = prover.withoutShrinking.simplify(rule.condition)
    guard !single.steps.isEmpty else { return nil }
    let all = Prover(limits: limits)
    condition = single.condition
    steps = single.steps
    atoms = (rule.condition.atomCount, single.condition.atomCount)
    if case .equal = all.compare(rule.condition, single.condition).verdict {
      isSingleValued = false
    } else {
      isSingleValued = true
    }
  }
}
