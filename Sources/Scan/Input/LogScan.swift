import ConcordDetection
import Foundation

/// Puts logs to rules: files or standard input, in any of the formats, plain or gzipped.
///
/// Memory does not grow with the logs. Batches are handed over in the order of the logs and their events, however
/// many threads work.
package struct LogScan: Sendable {
  /// How to scan.
  package struct Options: Sendable {
    /// How many threads evaluate events; at least one.
    package var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// How large an event may be.
    package var limits = EventLimits()
    /// The field that says when an event happened; `nil` for the usual ones.
    package var timeField: FieldPath?
    /// Only matches from this moment on.
    package var since: EventTime?
    /// Only matches before this moment.
    package var until: EventTime?
    /// How many bytes a thread takes at a time: what fits into a processor's own cache.
    package var chunkSize = 1 << 19

    /// The usual options.
    package init() {}
  }

  /// The logs' paths, in order; `-` is standard input.
  package let paths: [String]
  private let rules: RuleSet
  private let options: Options

  /// Puts the logs of these paths to the rules.
  package init(_ rules: RuleSet, paths: [String], options: Options = Options()) {
    self.rules = rules
    self.paths = paths
    self.options = options
  }

  /// Scans. `receive` gets every batch, one at a time, in order; the scan ends early where it returns false.
  ///
  /// It returns when all is done, or soon after `control.stop()`.
  package func run(control: ScanControl = ScanControl(), _ receive: @escaping @Sendable (ScanBatch) -> Bool) {
    let schedule = ScanSchedule(paths: paths, options: options, control: control, receive: receive)
    let (rules, options) = (rules, options)
    let workers = (0..<max(1, options.jobs)).map { _ in
      Thread {
        schedule.work(ChunkEvaluator(rules, options))
      }
    }
    schedule.begin(workers.count)
    for worker in workers {
      worker.stackSize = 4 << 20
      worker.start()
    }
    schedule.wait()
  }
}
