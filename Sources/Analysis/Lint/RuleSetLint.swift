import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import ConcordScan

/// Looks for rules on the same log that say the same, or that another says as well.
///
/// Of each rule one event is known. A rule that holds of all events of another holds of that event too, so only the
/// rules that do, as the scanner's indexes tell, are put to the prover: not every pair.
package struct RuleSetLint: Sendable {
  /// What one question may cost.
  package var limits: Prover.Limits

  /// Looks with these limits.
  package init(limits: Prover.Limits = .lint) { self.limits = limits }

  /// Two rules of which the second holds of the event that is known of the first.
  package struct Candidate: Hashable, Sendable {
    /// The rule whose event it is, by its place.
    package let rule: Int
    /// The other rule.
    package let other: Int
  }

  /// What is the matter with two rules.
  package enum Relation: Hashable, Sendable {
    /// They hold of the same events; `single`: where each field holds one value.
    case duplicate(single: Bool)
    /// The second holds of all events of the first; `single`: where each field holds one value.
    case subsumed(single: Bool)
    /// The event of the first is one of the second, others are not.
    case overlap
    /// A bound was met.
    case unknown
  }

  /// The pairs to look at: of the same log source, the event of the one being one of the other too.
  package func candidates(_ documents: [RuleDocument], witnesses: [Event?]) -> [Candidate] {
    var logs: [ScalarText: [Int]] = [:]
    for (index, document) in documents.enumerated() {
      for source in Set(document.rule.logSources.map { ScalarText($0.name) }) {
        logs[source, default: []].append(index)
      }
      if document.rule.logSources.isEmpty { logs[ScalarText(""), default: []].append(index) }
    }
    var found: Set<Candidate> = []
    for rules in logs.values where rules.count > 1 {
      let matcher = RuleSet(rules.map { documents[$0].rule.condition }).makeMatcher()
      for index in rules {
        guard let event = witnesses[index] else { continue }
        let bytes = Array(Value.object(event.object).compactJSON.utf8)
        let hits = bytes.withUnsafeBytes { try? matcher.matches($0) } ?? []
        // Rules that count otherwise are different, whatever events they count.
        for hit in hits
        where rules[hit] != index && documents[index].rule.counts(as: documents[rules[hit]].rule) {
          found.insert(Candidate(rule: index, other: rules[hit]))
        }
      }
    }
    return found.sorted { ($0.rule, $0.other) < ($1.rule, $1.other) }
  }

  /// What is the matter with two rules.
  package func relation(_ rule: Rule, _ other: Rule) -> Relation {
    let events = (rule.fixtures + other.fixtures).map(\.event)
    let single = Prover.singleValued([rule.condition, other.condition], events, limits: limits)
      .withoutShrinking
    switch single.event(where: rule.condition, butNot: other.condition) {
    case .event: return .overlap
    case .unknown: return .unknown
    case .never: break
    }
    let all = Prover(limits: limits).withoutShrinking
    let isSingle = !all.event(where: rule.condition, butNot: other.condition).isNever
    guard single.event(where: other.condition, butNot: rule.condition).isNever else {
      // More events can be fewer alerts, where a threshold has an end.
      return rule.aggregate == nil ? .subsumed(single: isSingle) : .overlap
    }
    return .duplicate(
      single: isSingle || !all.event(where: other.condition, butNot: rule.condition).isNever)
  }

  /// The finding about a pair, told of its first rule; `nil` where there is nothing to say. Two rules that hold of the same events
  /// are a pair both ways, and the later one is told.
  package func finding(
    _ relation: Relation, _ pair: Candidate, _ documents: [RuleDocument], witness: Event?
  ) -> LintFinding? {
    let (document, other) = (documents[pair.rule], documents[pair.other])
    let name = other.rule.title.isEmpty ? other.rule.id : other.rule.title
    let place = "`\(name)` (\(other.source.name))"
    func suffix(_ single: Bool) -> String { single ? " where each field holds one value" : "" }
    func make(_ kind: LintFinding.Kind, _ message: String, _ help: [String] = []) -> LintFinding {
      LintFinding(kind, message, in: document, at: document.rule.condition.origin, help: help)
    }
    switch relation {
    case .duplicate(let single):
      return pair.other < pair.rule
        ? make(.duplicate, "the rule fires on the same events as \(place)\(suffix(single))") : nil
    case .subsumed(let single):
      return make(.subsumed, "\(place) fires on every event of this rule\(suffix(single))")
    case .overlap:
      let event = witness.map { Value.object($0.object).compactJSON } ?? ""
      return make(.overlap, "\(place) fires on events of this rule too", ["such as \(event)"])
    case .unknown: return nil
    }
  }
}

extension Rule {
  /// Whether the other raises the alerts that this one does of the events that both find.
  fileprivate func counts(as other: Rule) -> Bool {
    (other.isInUse || !isInUse) && (other.makesAlerts || !makesAlerts) && threshold == other.threshold
      && rowLimit == other.rowLimit && window == other.window
      && AggregateComparison.difference(aggregate, other.aggregate) == nil
  }
}
