import Concord

/// What a scan found and how it ended.
struct ScanReport {
  let summary: ScanSummary
  let rules: [Rule]
  /// How many alerts each rule raises that counts, by its place.
  let alerts: [Int: Int]
  let seconds: Double
  let isInterrupted: Bool
  /// Whether it stopped because `--first` was reached.
  let isFull: Bool

  /// Whether a rule matched an event, or raised an alert where it counts.
  var hasFindings: Bool {
    summary.rules.enumerated().contains { place, tally in (alerts[place] ?? tally.matches) > 0 }
  }
}
