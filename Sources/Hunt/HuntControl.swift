import ConcordDiagnostics
import ConcordEngines
import Foundation

/// By what a run is watched and ended, from any thread.
package final class HuntControl: @unchecked Sendable {
  // All that varies is guarded by `lock`.
  private let lock = NSLock()
  private let maxBytes: Int?
  private let onRetry: @Sendable (Diagnostic, Double) -> Void
  private let onRemark: @Sendable (String) -> Void
  private var remarks: Set<String> = []
  private var stopped = false
  private var reason: Diagnostic?
  private var wholeBytes = 0
  private var runningBytes: [Int: Int] = [:]
  private var tellsBytes = false
  private var events = 0
  private var tries = 0

  /// A control that ends the run once the engine has read so many bytes. `onRetry` is told of each query that is tried
  /// again, and after how many seconds, `onRemark` of what the engine remarks on queries, each once.
  package init(
    maxBytes: Int? = nil, onRetry: @escaping @Sendable (Diagnostic, Double) -> Void = { _, _ in },
    onRemark: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.maxBytes, self.onRetry, self.onRemark) = (maxBytes, onRetry, onRemark)
  }

  /// Ends the run: queries are ended on the engine, and what is not whole is given up.
  package func stop() { lock.withLock { stopped = true } }

  /// Whether the run is to end.
  package var isStopped: Bool { lock.withLock { stopped } }

  /// Why it ended by itself; `nil` where it did not.
  package var failure: Diagnostic? { lock.withLock { reason } }

  /// How far it is: the bytes that the engine has read, where it tells, how many events were found, and how often a query
  /// was tried again.
  package var state: (bytes: Int?, events: Int, retries: Int) {
    lock.withLock { (tellsBytes ? bytes : nil, events, tries) }
  }

  private var bytes: Int { wholeBytes + runningBytes.values.reduce(0, +) }

  /// Takes that a slice is asked for anew, or is whole: what was read for it so far was read, be it in vain.
  func begin(_ slice: Int) {
    lock.withLock { wholeBytes += runningBytes.removeValue(forKey: slice) ?? 0 }
  }

  /// Takes how many bytes the queries of a slice have read since they began.
  func note(bytes count: Int, of slice: Int) {
    lock.withLock {
      tellsBytes = true
      runningBytes[slice] = count
      guard let maxBytes, bytes >= maxBytes, !stopped else { return }
      reason = Diagnostic(
        .scanLimitReached, "the engine has read \(bytes) bytes, and `--max-scan` allows \(maxBytes)",
        help: ["`--resume` goes on with the first slice that is not whole; a shorter time reads less"])
      stopped = true
    }
  }

  func note(events count: Int) { lock.withLock { events += count } }

  func noteRetry(_ diagnostic: Diagnostic, in seconds: Double) {
    lock.withLock { tries += 1 }
    onRetry(diagnostic, seconds)
  }

  func note(remark: String) {
    // A bound on what is kept, and told: engines remark the same thing in a few words.
    let isNew = lock.withLock { remarks.count < 100 && remarks.insert(remark).inserted }
    if isNew { onRemark(remark) }
  }

  /// Waits, but no longer than until the run ends.
  func pause(_ seconds: Double) {
    let end = Deadline(seconds: seconds)
    while !end.isOver, !isStopped { end.pause(0.05) }
  }
}
