import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordProof

/// What a change of a rule gains and loses: events that only the new version holds of, and only the old one.
public struct RuleChange: Sendable {
  /// The version before; `nil` for a new rule.
  public let old: RuleDocument?
  /// The version after; `nil` for a rule that is gone.
  public let new: RuleDocument?
  /// What the new version no longer holds of.
  public let loss: Effect
  /// What only the new version holds of.
  public let gain: Effect
  /// The fixtures of both versions of which they say different things.
  public let changedFixtures: [ChangedFixture]
  /// What is different besides the condition, in words.
  public let otherChanges: [String]

  /// What one direction of a change comes to.
  public enum Effect: Sendable {
    /// No event: proved.
    case none
    /// This event and maybe more.
    case event(Event)
    /// Only events in which some path holds several values of which nothing tells that it may, such as this one.
    case arrays(Event)
    /// A bound was met.
    case unknown(Bound)

    /// The event, if there is one.
    public var event: Event? {
      switch self {
      case .event(let event), .arrays(let event): event
      case .none, .unknown: nil
      }
    }
  }

  /// A fixture on which the versions differ.
  public struct ChangedFixture: Sendable {
    /// The fixture, of whichever version has it.
    public let fixture: Fixture
    /// What the new version says, the opposite of what the old one said.
    public let verdict: Bool
  }

  /// How the versions compare.
  public enum Kind: String, Sendable, CaseIterable {
    /// They hold of the same events.
    case equal
    /// The new one holds of more.
    case wider
    /// The new one holds of fewer.
    case narrower
    /// Each holds of events that the other does not hold of.
    case different
    /// The rule is new.
    case added
    /// The rule is gone.
    case removed
    /// A bound was met.
    case unknown
  }

  /// How the versions compare.
  public var kind: Kind {
    if old == nil { return .added }
    if new == nil { return .removed }
    return switch (loss, gain) {
    case (.unknown, _), (_, .unknown): .unknown
    case (.none, .none): .equal
    case (.none, _): .wider
    case (_, .none): .narrower
    case (.event, _), (.arrays, _): .different
    }
  }

  /// The name of the rule, the new one where it changed.
  public var id: String { (new ?? old)?.rule.id ?? "" }

  /// Compares two versions; either may be missing. `comparesDetails`: whether titles, levels and the like can be
  /// compared, which two languages do not hold alike.
  public init(
    from old: RuleDocument?, to new: RuleDocument?, comparesDetails: Bool = true,
    limits: Prover.Limits = Prover.Limits()
  ) {
    self.old = old
    self.new = new
    let (before, after) = (old?.rule.effective ?? .always(false), new?.rule.effective ?? .always(false))
    let fixtures = (new?.rule.fixtures ?? []) + (old?.rule.fixtures ?? [])
    let comparison = Comparison(before, after, fixtures.map(\.event), limits)
    loss = comparison.effect(where: before, butNot: after)
    gain = comparison.effect(where: after, butNot: before)
    var seen: Set<Event> = []
    changedFixtures =
      old == nil || new == nil
      ? []
      : fixtures.compactMap { fixture in
        guard seen.insert(fixture.event).inserted else { return nil }
        let verdict = after.holds(of: fixture.event)
        return verdict == before.holds(of: fixture.event)
          ? nil : ChangedFixture(fixture: fixture, verdict: verdict)
      }
    if let old, let new, comparesDetails {
      otherChanges = RuleChange.details(old.rule, new.rule)
    } else {
      otherChanges = []
    }
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
    compare("threshold", "\(old.threshold)", "\(new.threshold)")
    compare(
      "dedup period", old.dedupPeriodMinutes.map { "\($0) min" }, new.dedupPeriodMinutes.map { "\($0) min" })
    compare("output fields", fields(old), fields(new))
    compare(
      "log source", old.logSources.map(\.name).joined(separator: ", "),
      new.logSources.map(\.name).joined(separator: ", "))
    return changes
  }
}

extension RuleChange {
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
  /// The condition, which holds of nothing while the rule is switched off.
  var effective: Condition { enabled ? condition : .always(false) }
}

extension LogSource {
  /// The parts that there are, `windows/process_creation`; else the platform's own name.
  var name: String {
    let parts = [product, category, service].compactMap { $0 }
    return parts.isEmpty ? platformName ?? "any" : parts.joined(separator: "/")
  }
}

extension RuleChange {
  /// The questions that decide what a version says of an event (`Condition.deciding`). None for `nil` and for a
  /// version that is switched off.
  public static func deciding(_ document: RuleDocument?, on event: Event) -> [Condition] {
    document?.rule.effective.deciding(event) ?? []
  }
}
