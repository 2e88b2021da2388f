import ConcordDetection
import ConcordDocuments

/// Which events' faults are reported.
public enum EventChecking: Hashable, Sendable {
  /// Every event's: each is read to its end.
  case every
  /// Those of events that some rule may hold of, by the texts that its condition requires. An event that has none
  /// of them is passed over unread, at several times the speed.
  case candidates
}

/// Rules made ready to be asked of events' bytes. A value without hidden state.
///
/// ```swift
/// let rules = RuleSet(conditions)
/// let matcher = rules.makeMatcher()
/// for line in lines { let hits = try line.withUnsafeBytes { try matcher.matches($0) } }
/// ```
///
/// Of every event a rule says what `Condition.holds(of:)` says of the object that `JSON.parse` reads from its bytes.
public struct RuleSet: Sendable {
  let compiled: CompiledRules
  let limits: EventLimits
  let checking: EventChecking
  /// How many of the conditions, the last ones, tell which log an event is of; all others are rules'.
  var markCount = 0

  /// Rules of these conditions, and marks by which it is counted how many events are of some log. `barred`: the places
  /// of the rules that are not asked of events with a mark, for each mark.
  package init(
    _ conditions: [Condition], marks: [(mark: Condition, barred: Set<Int>)],
    limits: EventLimits = EventLimits(), checking: EventChecking = .every
  ) {
    let asked = conditions.enumerated().map { place, condition in
      Condition.all(marks.filter { $0.barred.contains(place) }.map { .not($0.mark) } + [condition])
    }
    self.init(asked + marks.map(\.mark), limits: limits, checking: checking)
    markCount = marks.count
  }

  /// Rules of these conditions; a rule's index is its condition's.
  public init(
    _ conditions: [Condition], in place: Place = Place(), limits: EventLimits = EventLimits(),
    checking: EventChecking = .every
  ) {
    self.init(
      conditions.map { $0.resolved(in: place) }, limits: limits, checking: checking,
      indexThreshold: CompiledRules.indexThreshold)
  }

  /// The same with indexes from that many rules on: for tests of both ways.
  package init(
    _ conditions: [Condition], limits: EventLimits = EventLimits(), checking: EventChecking = .every,
    indexThreshold: Int
  ) {
    compiled = CompiledRules(conditions, threshold: indexThreshold)
    self.limits = limits
    self.checking = checking
  }

  /// How many rules there are.
  public var count: Int { compiled.conditions.count - markCount }

  /// A reader with its own scratch memory: one for each thread.
  public func makeMatcher() -> Matcher { Matcher(self) }
}
