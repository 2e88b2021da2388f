import Foundation
import TestSupport

/// What a sweep counts: parts are counted side by side and added up.
protocol Tally: Sendable {
  /// Nothing yet.
  init()
  /// Adds what another part counted.
  mutating func add(_ other: Self)
  /// The counts, on one line.
  var line: String { get }
  /// What is wrong, each on its own.
  var faults: [String] { get }
}

/// Says on standard error, every few seconds, how far a sweep is, what it has counted, and each fault as it is found.
/// At an interrupt it reports what there is, as a part of the whole, and ends the process with 130.
final class Progress<Counted: Tally>: @unchecked Sendable {
  private let lock = NSLock()
  private let name: String
  private let total: Int
  private let start = ContinuousClock.now
  private let report: @Sendable (Counted) -> Void
  private var counted = Counted()
  private var done = 0
  private var faults = 0
  private var sources: [any DispatchSourceProtocol] = []

  /// How many seconds lie between two lines.
  private static var pause: Double { 5 }
  /// How many faults are shown as they are found.
  private static var shown: Int { 20 }

  /// Has threads of its own: those of the usual queue are all busy with the sweep.
  private static var queue: DispatchQueue { .global(qos: .userInteractive) }

  /// A sweep of that name over `total` things. `report` prints what came of it, or of a part of it.
  init(_ name: String, of total: Int, report: @escaping @Sendable (Counted) -> Void) {
    (self.name, self.total, self.report) = (name, total, report)
    let timer = DispatchSource.makeTimerSource(queue: Self.queue)
    timer.schedule(deadline: .now() + Self.pause, repeating: Self.pause)
    timer.setEventHandler { [weak self] in self?.say() }
    timer.resume()
    sources.append(timer)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: Self.queue)
      source.setEventHandler { [weak self] in self?.interrupt() }
      source.resume()
      sources.append(source)
    }
  }

  /// Adds what came of the next `count` things.
  func add(_ part: Counted, of count: Int = 1) {
    let found = lock.withLock {
      counted.add(part)
      done += count
      faults += part.faults.count
      return part.faults.prefix(max(0, Self.shown - (faults - part.faults.count)))
    }
    for fault in found { Engine.note("\(name): \(fault.prefix(4000))") }
  }

  /// Reports the whole, and gives it back.
  @discardableResult
  func finish() -> Counted {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    let all = lock.withLock { counted }
    report(all)
    print("\(name): all \(total) in \(Self.text(ContinuousClock.now - start))")
    return all
  }

  private func say() {
    let (done, line) = lock.withLock { (self.done, self.counted.line) }
    let elapsed = ContinuousClock.now - start
    let left = done > 0 ? elapsed * Double(total - done) / Double(done) : nil
    Engine.note(
      "\(name): \(done) of \(total), \(line); \(Self.text(elapsed)), "
        + (left.map { "about \(Self.text($0)) left" } ?? "no part done yet"))
    // What is printed waits in a buffer where standard output is a file.
    fflush(nil)
  }

  private func interrupt() {
    let (done, all) = lock.withLock { (self.done, self.counted) }
    print("\(name): INTERRUPTED after \(done) of \(total), what follows is of this part alone")
    report(all)
    fflush(nil)
    exit(130)
  }

  private static func text(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}

extension Progress {
  /// Counts all parts on all cores; a part is of so many things.
  func count<Part: Sendable>(
    _ parts: [Part], size: @escaping @Sendable (Part) -> Int, _ count: @escaping @Sendable (Part) -> Counted
  ) async {
    let queue = Queue(parts)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) {
        group.addTask { while let part = queue.next() { self.add(count(part), of: size(part)) } }
      }
    }
  }

  /// Counts all things, so many at a time, on all cores.
  func count<Element: Sendable>(
    _ all: [Element], by size: Int, _ count: @escaping @Sendable ([Element]) -> Counted
  ) async {
    let parts = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    await self.count(parts, size: \.count, count)
  }
}

/// Parts of work that several take from.
private final class Queue<Part: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var parts: ArraySlice<Part>

  init(_ parts: [Part]) { self.parts = parts[...] }

  func next() -> Part? { lock.withLock { parts.popFirst() } }
}
