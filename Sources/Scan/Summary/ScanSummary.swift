/// What a scan found, counted: it is fed with the batches in order.
public struct ScanSummary: Sendable {
  /// What was found of one rule.
  public struct RuleTally: Sendable {
    /// How many events it holds of.
    public var matches = 0
    /// When they happened, as far as they say.
    public var times = TimeHistogram()
  }

  /// By rule, in the order of the rule set.
  public private(set) var rules: [RuleTally]
  /// How many events some rule holds of.
  public private(set) var matchingEvents = 0
  /// How many events were evaluated.
  public private(set) var events = 0
  /// How many bytes were read, after decompression.
  public private(set) var bytes = 0
  /// How many logs were read to their end.
  public private(set) var logs = 0
  /// How many problems were met: logs, or parts of them, that were not evaluated.
  public private(set) var problems = 0

  /// A summary of nothing, for that many rules.
  public init(rules count: Int) { rules = Array(repeating: RuleTally(), count: count) }

  /// Counts a batch's events and problems.
  public mutating func add(_ batch: ScanBatch) {
    events += batch.events - batch.failed
    bytes += batch.bytesRead
    problems += batch.problems.count
    if batch.isLast { logs += 1 }
  }

  /// Counts problems that were met before any log was read.
  public mutating func add(_ found: LogProblems) { problems += found.count }

  /// Counts a match.
  public mutating func add(_ match: ScanBatch.Match) {
    matchingEvents += 1
    for rule in match.rules {
      rules[rule].matches += 1
      if let time = match.time { rules[rule].times.add(time) }
    }
  }

  /// From the earliest to the latest time of any match.
  public var span: (first: EventTime, last: EventTime)? {
    guard let first = rules.compactMap(\.times.first).min(), let last = rules.compactMap(\.times.last).max()
    else { return nil }
    return (first, last)
  }
}
