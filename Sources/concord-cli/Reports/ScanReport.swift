import Concord

/// What a scan found and how it ended.
struct ScanReport {
  let summary: ScanSummary
  let rules: [Rule]
  let seconds: Double
  let isInterrupted: Bool
  /// Whether it stopped because `--first` was reached.
  let isFull: Bool
}
