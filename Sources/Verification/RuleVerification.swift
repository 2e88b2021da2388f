import ConcordDetection
import ConcordLanguages

/// The translations of a rule, verified: each is executed on the rule's fixtures, on boundary events and on the user's,
/// and must agree with the condition; where it does, its text is read back and proved to hold of the same events.
public struct RuleVerification: Sendable {
  /// What every target says of every event.
  package let agreement: Agreement
  /// What is proved of each target's text, in the targets' order; `nil` where an event told it from the rule already,
  /// or nothing was written.
  package let proofs: [TranslationProof?]
  /// How each target's verification ended, in the targets' order.
  public let judgements: [Judgement]
  /// The events that were derived from the condition.
  package let boundary: BoundaryEvents
  /// How many mistakes in the condition the fixtures notice.
  package let score: MutationScore
  /// For each target that differs, the smallest event and part that show it; none of a rule that counts.
  package let disagreements: [Disagreement]
  /// Of a rule that counts, how many logs were put to its translations, and how many were not.
  package let logCounts: BoundaryLogs.Tally?

  /// Verifies a rule's translations to these languages, each of which is written and executed. `events` are put to
  /// them besides those that the rule brings; to those of a rule that counts as one log.
  package init(of rule: Rule, in targets: [Language], events: [Probe] = [], options: LanguageOptions) {
    let fixtures = rule.fixtures.map { Probe(name: $0.name, event: $0.event, expected: $0.expected) }
    boundary = BoundaryEvents(for: rule.condition, fixtures: rule.fixtures)
    let made = boundary.events.map { event in
      var probe = Probe(name: event.purpose, event: event.event)
      probe.isDerived = true
      probe.meant = event.expected
      return probe
    }
    // A target without a table refuses the rule too, and says so in its column.
    let put =
      (try? made.kept(by: targets.filter { $0.rowRunner == nil }, for: rule, options: options)) ?? made
    let logs = BoundaryLogs(
      for: rule, boundary: boundary, given: events.flatMap(\.log), keptBy: targets, options: options)
    logCounts = logs?.counts
    let agreement = Agreement(
      of: rule, on: logs?.probes ?? fixtures + put + events, targets: targets, options: options)
    proofs = zip(targets, agreement.columns).map { target, column in
      guard case .ran(let query, _) = column.outcome, agreement.verdict(of: column) == .tested, !query.isEmpty
      else { return nil }
      return TranslationProof(
        of: Query(text: query, notes: column.assumed), for: rule, in: target, options: options)
    }
    judgements = zip(agreement.columns, proofs).map { Judgement(agreement.verdict(of: $0), $1) }
    disagreements = zip(targets, judgements).compactMap { target, judgement in
      if rule.aggregate != nil { return nil }
      let shown = agreement.firstDisagreement(of: target.identifier).map { agreement.probes[$0].event }
      guard let event = shown ?? judgement.event else { return nil }
      return Disagreement(of: rule, on: event, target: target, options: options)
    }
    let single = rule.fixtures.filter(\.log.isEmpty)
    score = MutationScore(of: rule.condition, fixtures: single, events: boundary.events)
    self.agreement = agreement
  }
}
