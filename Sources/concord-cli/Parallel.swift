import Foundation

/// Work on all cores.
enum Parallel {
  /// How many cores there are.
  static var cores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// The results of `transform` for all items, in the items' order whatever the order in which they were made.
  static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ transform: @escaping @Sendable (Item) -> Result
  ) -> [Result] {
    if cores == 1 || items.count < 2 { return items.map(transform) }
    return Array(ParallelResults(of: items, ahead: items.count, transform))
  }
}

/// The results of a transformation in the items' order, made on all cores and taken while others are being made.
final class ParallelResults<Item: Sendable, Result: Sendable>: Sequence, IteratorProtocol, @unchecked Sendable
{
  // All that varies is guarded by `condition`.
  private let condition = NSCondition()
  private let items: [Item]
  private let transform: @Sendable (Item) -> Result
  private let ahead: Int
  private var begun = 0
  private var taken = 0
  private var made: [Int: Result] = [:]
  private var isStopped = false

  /// Begins to work. No more than `ahead` results wait to be taken, so that memory stays small.
  init(of items: [Item], ahead: Int = 256, _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.ahead = ahead
    self.transform = transform
    for _ in 0..<Swift.min(Parallel.cores, items.count) {
      let thread = Thread { [self] in work() }
      // As the main thread has: conditions may be nested deep.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// The next result, once it is made; `nil` after the last, and once the work was stopped.
  func next() -> Result? {
    condition.lock()
    defer { condition.unlock() }
    while taken < items.count, !isStopped {
      if let result = made.removeValue(forKey: taken) {
        taken += 1
        condition.broadcast()
        return result
      }
      condition.wait()
    }
    return nil
  }

  /// Gives up what is not made yet.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }

  private func work() {
    while let place = condition.withLock({ begin() }) {
      let result = transform(items[place])
      condition.withLock {
        made[place] = result
        condition.broadcast()
      }
    }
  }

  private func begin() -> Int? {
    while begun < items.count, begun >= taken + ahead, !isStopped { condition.wait() }
    guard begun < items.count, !isStopped else { return nil }
    defer { begun += 1 }
    return begun
  }
}
