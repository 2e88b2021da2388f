import ConcordDetection
import Foundation

/// One condition made ready to be asked of events, as bytes or as values, from any thread.
///
/// (Not `Predicate`: Foundation has that name.)
///
/// ```swift
/// let fires = EventPredicate(rule.condition)
/// let hits = try lines.filter { try fires.matches($0.utf8) }
/// ```
public struct EventPredicate: Sendable {
  private let pool: MatcherPool

  /// The condition made ready.
  public init(_ condition: Condition, limits: EventLimits = EventLimits()) {
    pool = MatcherPool(RuleSet([condition], limits: limits))
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
