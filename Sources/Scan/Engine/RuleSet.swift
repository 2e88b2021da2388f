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
public struct RuleSet: Sendable {
  let conditions: [Condition]
  let limits: EventLimits

  /// Rules of these conditions; a rule's index is its condition's.
  public init(
    _ conditions: [Condition], limits: EventLimits = EventLimits(), checking: EventChecking = .every
  ) {
    self.conditions = conditions
    self.limits = limits
  }

  /// How many rules there are.
  public var count: Int { conditions.count }

  /// A reader with its own scratch memory: one for each thread.
  public func makeMatcher() -> Matcher { Matcher(self) }
}

/// Asks the rules of one event after another. It keeps scratch memory and is used by one thread at a time.
public final class Matcher {
  /// What was done so far.
  public struct Statistics: Hashable, Sendable {
    /// How many events were asked about.
    public var events = 0
    /// How many rules were evaluated, over all events.
    public var candidates = 0
    /// How many events the raw filter ruled out, before anything of them was read.
    public var filtered = 0
  }

  /// What was done so far.
  public private(set) var statistics = Statistics()
  private let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  /// The indices of the rules that hold of the JSON object in these bytes, ascending.
  public func matches(_ bytes: UnsafeRawBufferPointer) throws(EventFault) -> [Int] {
    statistics.events += 1
    guard let text = String(validating: bytes, as: UTF8.self) else { throw EventFault(.invalidUTF8, at: 0) }
    if text.utf8.allSatisfy({ [0x20, 0x0A, 0x0D, 0x09].contains($0) }) { throw EventFault(.empty, at: 0) }
    guard let value = try? JSON.parse(text) else { throw EventFault(.malformed, at: 0) }
    guard let event = Event(value) else { throw EventFault(.notAnObject, at: 0) }
    return rules.conditions.indices.filter { rules.conditions[$0].holds(of: event) }
  }
}
