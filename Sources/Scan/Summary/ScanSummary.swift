/// What a scan found, counted: it is fed with the batches in order.
package struct ScanSummary: Sendable {
  /// What was found of one rule.
  package struct RuleTally: Sendable {
    /// How many events it holds of.
    package var matches = 0
    /// When they happened, as far as they say.
    package var times = TimeHistogram()
  }

  /// By rule, in the order of the rule set.
  package private(set) var rules: [RuleTally]
  /// How many events some rule holds of.
  package private(set) var matchingEvents = 0
  /// How many of them do not say when they happened.
  package private(set) var timelessEvents = 0
  /// How many events were evaluated.
  package private(set) var events = 0
  /// How many events have each mark of the rule set, by its place among them.
  package private(set) var markedEvents: [Int: Int] = [:]
  /// How many bytes were read, after decompression.
  package private(set) var bytes = 0
  /// How many logs were read to their end.
  package private(set) var logs = 0
  /// How many problems were met: logs, or parts of them, that were not evaluated.
  package private(set) var problems = 0

  /// A summary of nothing, for that many rules.
  package init(rules count: Int) { rules = Array(repeating: RuleTally(), count: count) }

  /// Counts a batch's events and problems.
  package mutating func add(_ batch: ScanBatch) {
    events += batch.events - batch.failed
    markedEvents.merge(batch.markedEvents, uniquingKeysWith: +)
    bytes += batch.bytesRead
    problems += batch.problems.count
    if batch.isLast { logs += 1 }
  }

  /// Counts problems that were met before any log was read.
  package mutating func add(_ found: LogProblems) { problems += found.count }

  /// Counts a match.
  package mutating func add(_ match: ScanBatch.Match) {
    matchingEvents += 1
    if match.time == nil { timelessEvents += 1 }
    for rule in match.rules {
      rules[rule].matches += 1
      if let time = match.time { rules[rule].times.add(time) }
    }
  }

  /// From the earliest to the latest time of any match.
  package var span: (first: EventTime, last: EventTime)? {
    guard let first = rules.compactMap(\.times.first).min(), let last = rules.compactMap(\.times.last).max()
    else { return nil }
    return (first, last)
  }
}
