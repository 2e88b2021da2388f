import ConcordDiagnostics
import ConcordLanguages
import Foundation

extension Hunt {
  /// Asks for slices, few at once, and hands over what came of each in their order, once it is whole. Stops at the first
  /// that cannot be had, and where the control says so; returns once no query runs any more.
  ///
  /// Throws why it stopped by itself, and what `take` throws; it returns where it was asked to stop.
  package func run(
    _ slices: [TimeSlice], _ control: HuntControl,
    _ take: (TimeSlice, SliceResult) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let pool = SlicePool(self, slices, control)
    defer { pool.end() }
    for slice in slices {
      switch pool.next() {
      case nil: return
      case .success(let result)?: try take(slice, result)
      case .failure(let diagnostic)?:
        if let reason = control.failure { throw reason }
        if control.isStopped { return }
        throw diagnostic
      }
    }
  }
}

/// Slices that are asked for on threads of their own, and what came of them in their order.
private final class SlicePool: @unchecked Sendable {
  // All that varies is guarded by `condition`.
  private let condition = NSCondition()
  private let hunt: Hunt
  private let slices: [TimeSlice]
  private let control: HuntControl
  private var begun = 0
  private var taken = 0
  private var running: Int
  private var made: [Int: Result<SliceResult, Diagnostic>] = [:]

  init(_ hunt: Hunt, _ slices: [TimeSlice], _ control: HuntControl) {
    (self.hunt, self.slices, self.control) = (hunt, slices, control)
    let count = min(max(1, hunt.options.concurrency), slices.count)
    running = count
    for _ in 0..<count {
      let thread = Thread { [self] in work() }
      // As the main thread has: conditions may be nested deep.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// What came of the next slice; `nil` after the last.
  func next() -> Result<SliceResult, Diagnostic>? {
    condition.lock()
    defer { condition.unlock() }
    guard taken < slices.count else { return nil }
    while true {
      if let result = made.removeValue(forKey: taken) {
        taken += 1
        condition.broadcast()
        return result
      }
      // Whoever was to ask for it has ended.
      if running == 0 { return nil }
      condition.wait()
    }
  }

  /// Gives up what is not taken, and waits until no thread works any more.
  func end() {
    condition.lock()
    defer { condition.unlock() }
    if taken < slices.count { control.stop() }
    while running > 0 {
      condition.broadcast()
      condition.wait()
    }
  }

  private func work() {
    while let number = begin() {
      let result: Result<SliceResult, Diagnostic>
      do throws(Diagnostic) {
        result = .success(
          try SliceHunt(hunt: hunt, slice: slices[number], number: number, control: control).result())
      } catch {
        result = .failure(error)
      }
      condition.withLock {
        made[number] = result
        condition.broadcast()
      }
    }
    condition.withLock {
      running -= 1
      condition.broadcast()
    }
  }

  /// The next slice to ask for; no more wait to be taken than are asked for at once.
  private func begin() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while begun < slices.count, begun >= taken + 2 * max(1, hunt.options.concurrency), !control.isStopped {
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.2))
    }
    guard begun < slices.count, !control.isStopped else { return nil }
    defer { begun += 1 }
    return begun
  }
}
