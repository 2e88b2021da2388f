import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation

extension Rule {
  /// The rule's condition as a function: `events.filter(rule.predicate())`. Of a rule that counts events, as one read from
  /// `GROUP BY` or `stats`, it says which are counted; `concord scan` raises the alerts.
  public func predicate() -> @Sendable (Event) -> Bool { condition.predicate() }
}

extension Condition {
  /// The condition as a function that says of every event what `holds(of:)` says, and says it faster. To ask of bytes,
  /// which need not be read first, take an `EventPredicate`.
  public func predicate() -> @Sendable (Event) -> Bool {
    let predicate = EventPredicate(self)
    return { predicate.matches($0) }
  }
}

/// One condition made ready to be asked of events, as bytes or as values, from any thread.
///
/// (Not `Predicate`: Foundation has that name.)
///
/// ```swift
/// let fires = EventPredicate(rule.condition)
/// let hits = try lines.filter { try fires.matches($0.utf8) }
/// ```
public struct EventPredicate: Sendable {
  private let condition: Condition
  private let pool: MatcherPool
  /// The members of the event that the condition asks about; `nil` for all of them.
  private let names: [String]?

  /// The condition made ready.
  public init(_ condition: Condition, limits: EventLimits = EventLimits()) {
    let rules = RuleSet([condition], limits: limits)
    self.condition = condition
    pool = MatcherPool(rules)
    let names = condition.paths.compactMap { path -> String? in
      if case .name(let name)? = path.steps.first { name } else { nil }
    }
    self.names = rules.compiled.asksLeaves ? nil : names
  }

  /// Whether the condition holds of the event.
  ///
  /// The engine reads bytes, so it is given those of the members that the condition asks about.
  public func matches(_ event: Event) -> Bool {
    var bytes: [UInt8] = []
    Value.object(asked(event.object)).appendCompactJSON(to: &bytes)
    let verdict = bytes.withUnsafeBytes { try? matches($0) }
    // An event beyond the engine's limits has a meaning all the same.
    return verdict ?? condition.holds(of: event)
  }

  private func asked(_ object: Value.Object) -> Value.Object {
    guard let names else { return object }
    return Value.Object(
      object.members.filter { member in
        member.malformedKey == nil && names.contains { $0.sameScalars(as: member.key) }
      })
  }

  /// Whether the condition holds of the JSON object in these bytes. Throws what is wrong with the event.
  public func matches(_ bytes: UnsafeRawBufferPointer) throws(EventFault) -> Bool {
    let matcher = pool.take()
    defer { pool.give(matcher) }
    return try !matcher.matches(bytes).isEmpty
  }

  /// Whether the condition holds of the JSON object in these bytes. Throws what is wrong with the event.
  public func matches(_ bytes: some Sequence<UInt8>) throws(EventFault) -> Bool {
    let bytes = ContiguousArray(bytes)
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(EventFault) in try matches(bytes) }
    }
    return try result.get()
  }
}

/// Matchers that are not in use: making one costs more than asking it.
private final class MatcherPool: @unchecked Sendable {
  private let rules: RuleSet
  private let lock = NSLock()
  private var idle: [Matcher] = []

  init(_ rules: RuleSet) { self.rules = rules }

  func take() -> Matcher { lock.withLock { idle.popLast() } ?? rules.makeMatcher() }
  func give(_ matcher: Matcher) { lock.withLock { idle.append(matcher) } }
}
