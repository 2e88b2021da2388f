import Foundation

/// Work on all cores.
enum Parallel {
  /// How many cores there are.
  static var cores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// The results of `transform` for all items, in the items' order whatever the order in which they were made.
  static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ transform: @escaping @Sendable (Item) -> Result
  ) -> [Result] {
    let workers = min(cores, items.count)
    guard workers > 1 else { return items.map(transform) }
    let work = Work(items, transform)
    let group = DispatchGroup()
    for _ in 0..<workers {
      group.enter()
      let thread = Thread {
        work.run()
        group.leave()
      }
      // As the main thread has: conditions may be nested deep.
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return work.results
  }
}

/// Items that threads take one by one. `next` and `slots` are touched under the lock alone.
private final class Work<Item: Sendable, Result: Sendable>: @unchecked Sendable {
  private let items: [Item]
  private let transform: @Sendable (Item) -> Result
  private let lock = NSLock()
  private var next = 0
  private var slots: [Result?]

  init(_ items: [Item], _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.transform = transform
    slots = Array(repeating: nil, count: items.count)
  }

  /// The results, once every thread has ended.
  var results: [Result] { lock.withLock { slots.compactMap { $0 } } }

  func run() {
    while let place = lock.withLock({ take() }) {
      let result = transform(items[place])
      lock.withLock { slots[place] = result }
    }
  }

  private func take() -> Int? {
    guard next < items.count else { return nil }
    defer { next += 1 }
    return next
  }
}
