import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordNotation
import ConcordProof

/// What a change of a rule gains and loses: events that only the new version holds of, and only the old one.
package struct RuleChange: Sendable {
  /// The version before; `nil` for a new rule.
  package let old: RuleDocument?
  /// The version after; `nil` for a rule that is gone.
  package let new: RuleDocument?
  /// What the new version no longer holds of.
  package let loss: Effect
  /// What only the new version holds of.
  package let gain: Effect
  /// The fixtures of both versions of which they say different things.
  package let changedFixtures: [ChangedFixture]
  /// What is different besides the condition, in words.
  package let otherChanges: [String]
  /// The facts of the place that only one of two languages names, those of the old version first: nothing
  /// tells whether the other asks as much. They are left out of the comparison.
  package let factsNotCompared: [PlaceFact]
  /// How the number of alerts changes that the same matches make.
  package let alerts: Alerts
  /// What is set otherwise where one version is deployed, in words.
  package let settings: [String]
  private let questions: Questions

  /// What one direction of a change comes to.
  package enum Effect: Sendable {
    /// No event: proved.
    case none
    /// This event and maybe more.
    case event(Event)
    /// Only events in which some path holds several values, though it is not known to, such as this one.
    case arrays(Event)
    /// A bound was met.
    case unknown(Bound)

    /// The event, if there is one.
    package var event: Event? {
      switch self {
      case .event(let event), .arrays(let event): event
      case .none, .unknown: nil
      }
    }
  }

  /// A fixture on which the versions differ.
  package struct ChangedFixture: Sendable {
    /// The fixture, of whichever version has it.
    package let fixture: Fixture
    /// What the new version says, the opposite of what the old one said.
    package let verdict: Bool
  }

  /// How a change of the threshold, the limit, the dedup period or of what is counted changes the alerts.
  package enum Alerts: Sendable {
    /// Both are as they were.
    case same
    /// More matches make an alert.
    case fewer
    /// Fewer matches make an alert.
    case more
    /// Alerts are counted over another period.
    case otherPeriod
    /// Events are counted otherwise, or by one version alone.
    case otherwise
  }

  /// How the versions compare.
  package enum Kind: String, Sendable, CaseIterable {
    /// They hold of the same events.
    case equal
    /// The new one holds of more.
    case wider
    /// The new one holds of fewer.
    case narrower
    /// Each holds of events that the other does not hold of.
    case different
    /// They hold of the same events where they can be compared: of place or time only one says something.
    case partly = "equal in part"
    /// They hold of the same events, and make other alerts of them.
    case alerts = "other alerts"
    /// They hold of the same events, and one of them is deployed otherwise than it would be.
    case settings = "other settings"
    /// The rule is new.
    case added
    /// The rule is gone.
    case removed
    /// A bound was met.
    case unknown
  }

  /// How the versions compare.
  package var kind: Kind {
    if old == nil { return .added }
    if new == nil { return .removed }
    return switch (loss, gain) {
    case (.unknown, _), (_, .unknown): .unknown
    case (.none, .none):
      if case .same = alerts {
        !settings.isEmpty ? .settings : factsNotCompared.isEmpty ? .equal : .partly
      } else {
        .alerts
      }
    case (.none, _): .wider
    case (_, .none): .narrower
    case (.event, _), (.arrays, _): .different
    }
  }

  /// The name of the rule, the new one where it changed.
  package var id: String { (new ?? old)?.rule.id ?? "" }

  /// Compares two versions, of each its place, window and condition; either may be missing. `comparesDetails`:
  /// whether titles, levels and the like can be compared, which two languages do not hold alike. Of the place, two
  /// languages are compared in the facts that both versions name. `settings`: what is set otherwise, in words.
  package init(
    from old: RuleDocument?, to new: RuleDocument?, comparesDetails: Bool = true, settings: [String] = [],
    limits: Prover.Limits = Prover.Limits()
  ) {
    self.old = old
    self.new = new
    self.settings = settings
    let questions = Questions(old?.rule, new?.rule, isOneLanguage: comparesDetails)
    let (before, after) = (questions.old, questions.new)
    self.questions = questions
    factsNotCompared = questions.factsNotCompared
    alerts = Alerts(from: old?.rule, to: new?.rule, isOneLanguage: comparesDetails, limits)
    let fixtures = (new?.rule.fixtures ?? []) + (old?.rule.fixtures ?? [])
    let comparison = Comparison(before, after, fixtures.map(\.event), limits)
    loss = comparison.effect(where: before, butNot: after)
    gain = comparison.effect(where: after, butNot: before)
    var seen: Set<[LoggedEvent]> = []
    changedFixtures =
      old == nil || new == nil
      ? []
      : fixtures.compactMap { fixture in
        let log = fixture.log.isEmpty ? [LoggedEvent(fixture.event, at: nil)] : fixture.log
        guard seen.insert(log).inserted else { return nil }
        // An event of a fixture is one of the rule's own logs.
        let verdict = new?.rule.effectiveVerdict(on: fixture) ?? false
        return verdict == old?.rule.effectiveVerdict(on: fixture)
          ? nil : ChangedFixture(fixture: fixture, verdict: verdict)
      }
    if let old, let new, comparesDetails {
      otherChanges = RuleChange.details(old.rule, new.rule)
    } else if let old, let new {
      otherChanges = RuleChange.limits(old.rule, new.rule)
    } else {
      otherChanges = []
    }
  }

  private static func limits(_ old: Rule, _ new: Rule) -> [String] {
    func spelled(_ limit: Int?) -> String { limit.map { "\($0) events" } ?? "none" }
    let counts = (old.aggregate?.description ?? "each event", new.aggregate?.description ?? "each event")
    return (counts.0.sameScalars(as: counts.1) ? [] : ["alerts on: \(counts.0) -> \(counts.1)"])
      + (old.rowLimit == new.rowLimit
        ? [] : ["limit: \(spelled(old.rowLimit)) -> \(spelled(new.rowLimit))"])
  }

  private static func details(_ old: Rule, _ new: Rule) -> [String] {
    var changes: [String] = []
    func compare(_ name: String, _ old: String?, _ new: String?) {
      let (old, new) = (old ?? "none", new ?? "none")
      if !old.sameScalars(as: new) { changes.append("\(name): \(old) -> \(new)") }
    }
    compare("id", old.id, new.id)
    compare("title", old.title, new.title)
    compare("level", old.severity?.rawValue, new.severity?.rawValue)
    compare("status", old.status, new.status)
    compare("enabled", "\(old.enabled)", "\(new.enabled)")
    compare("makes alerts", "\(old.makesAlerts)", "\(new.makesAlerts)")
    compare("threshold", "\(old.threshold)", "\(new.threshold)")
    changes += limits(old, new)
    compare(
      "dedup period", old.dedupPeriodMinutes.map { "\($0) min" }, new.dedupPeriodMinutes.map { "\($0) min" })
    changes += functions(old, new)
    compare("output fields", fields(old), fields(new))
    compare(
      "log source", old.logSources.map(\.name).joined(separator: ", "),
      new.logSources.map(\.name).joined(separator: ", "))
    compare("place", old.place.spelled, new.place.spelled)
    compare("time window", old.window.spelled, new.window.spelled)
    return changes
  }
}

extension RuleChange {
  /// The functions of two programs that differ.
  fileprivate static func functions(_ old: Rule, _ new: Rule) -> [String] {
    guard let old = old.alertFunctions, let new = new.alertFunctions else { return [] }
    return Set(old.keys).union(new.keys).sorted().compactMap { name in
      switch (old[name], new[name]) {
      case (let one?, let other?): one.sameScalars(as: other) ? nil : "`\(name)`: changed"
      case (nil, _?): "`\(name)`: none -> some"
      case (_?, nil): "`\(name)`: some -> none"
      case (nil, nil): nil
      }
    }
  }

  /// The output fields of a rule by name, with their paths where these are called otherwise; `nil` for none.
  fileprivate static func fields(_ rule: Rule) -> String? {
    let names = rule.outputFields.map { field in
      field.name.sameScalars(as: field.path.description) ? field.name : "\(field.name)=\(field.path)"
    }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}

/// Two conditions in front of the prover, first where a path holds one value unless something tells, then anywhere.
private struct Comparison {
  let single: Prover
  let all: Prover

  init(_ old: Condition, _ new: Condition, _ events: [Event], _ limits: Prover.Limits) {
    single = Prover.singleValued([old, new], events, limits: limits)
    all = Prover(limits: limits)
  }

  /// What the one holds of and the other does not.
  func effect(where condition: Condition, butNot other: Condition) -> RuleChange.Effect {
    switch single.event(where: condition, butNot: other) {
    case .event(let event): return .event(event)
    case .unknown(let bound): return .unknown(bound)
    case .never: break
    }
    return switch all.event(where: condition, butNot: other) {
    case .never: .none
    case .event(let event): .arrays(event)
    case .unknown(let bound): .unknown(bound)
    }
  }
}

extension Rule {
  /// The condition on events that are counted, which holds of nothing while the rule is switched off or retired.
  var effective: Condition { isInUse ? detection.counted.condition : .always(false) }

  /// What the rule says of a fixture, which is false while it is switched off or retired.
  fileprivate func effectiveVerdict(on fixture: Fixture) -> Bool {
    fixture.log.isEmpty ? effective.holds(of: fixture.event) : isInUse && verdict(on: fixture)
  }
}

extension LogSource {
  /// The parts that there are, `windows/process_creation`; else the platform's own name.
  var name: String {
    let parts = [product, category, service].compactMap { $0 }
    return parts.isEmpty ? platformName ?? "any" : parts.joined(separator: "/")
  }
}

extension RuleChange {
  /// One of the two versions.
  package enum Version: Sendable {
    case old, new
  }

  /// The questions about place, window and event that decide what a version says of an event (`Condition.deciding`).
  /// None for a version that is missing, switched off or retired.
  package func deciding(_ version: Version, on event: Event) -> [Condition] {
    let document = version == .old ? old : new
    guard document?.rule.isInUse == true else { return [] }
    return (version == .old ? questions.old : questions.new).deciding(event)
  }
}

/// What is asked of an event by each version, as far as both can be compared.
private struct Questions: Sendable {
  var old: Condition
  var new: Condition
  var factsNotCompared: [PlaceFact] = []

  init(_ old: Rule?, _ new: Rule?, isOneLanguage: Bool) {
    guard let old, let new, !isOneLanguage else {
      (self.old, self.new) = (Questions.whole(old), Questions.whole(new))
      return
    }
    let shared = SharedPlace(
      .all([old.detection.place, old.window]), .all([new.detection.place, new.window]))
    self.old = .all([shared.first, old.effective])
    self.new = .all([shared.second, new.effective])
    factsNotCompared = shared.onlyInFirst + shared.onlyInSecond
  }

  private static func whole(_ rule: Rule?) -> Condition {
    guard let rule, rule.isInUse else { return .always(false) }
    return rule.detection.counted.whole
  }
}

extension RuleChange.Alerts {
  /// Thresholds and periods are compared within a language alone: others do not state them.
  fileprivate init(from old: Rule?, to new: Rule?, isOneLanguage: Bool, _ limits: Prover.Limits) {
    if let old, let new {
      let (one, other) = (old.detection.counted.aggregate, new.detection.counted.aggregate)
      if AggregateComparison.difference(one, other, limits) != nil {
        self = .otherwise
        return
      }
    }
    guard let old, let new, isOneLanguage || old.rowLimit != new.rowLimit else {
      self = .same
      return
    }
    if isOneLanguage, new.makesAlerts != old.makesAlerts {
      self = new.makesAlerts ? .more : .fewer
    } else if isOneLanguage, old.alertFunctions != nil, new.alertFunctions != nil,
      old.groupingDigest != new.groupingDigest
    {
      self = .otherwise
    } else if isOneLanguage, new.threshold != old.threshold {
      self = new.threshold > old.threshold ? .fewer : .more
    } else if new.rowLimit != old.rowLimit {
      self = new.rowLimit ?? .max < old.rowLimit ?? .max ? .fewer : .more
    } else {
      self = new.dedupPeriodMinutes == old.dedupPeriodMinutes ? .same : .otherPeriod
    }
  }
}

extension Condition {
  /// The place in words; `nil` where it asks nothing.
  fileprivate var spelled: String? {
    if self == .always(true) { return nil }
    return conjuncts.map { Notation.print($0) }.joined(separator: " and ")
  }
}
