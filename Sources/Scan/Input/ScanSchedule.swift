import Foundation

/// Stops a scan from another thread, and says how far it is.
package final class ScanControl: @unchecked Sendable {
  // Everything is guarded by `lock`.
  private let lock = NSLock()
  private var stopped = false
  private var finishedBytes = 0
  private var open: [Int: LogStream] = [:]

  /// A scan's control.
  package init() {}

  /// Asks the scan to end. Events that are being read are left.
  package func stop() { lock.withLock { stopped = true } }

  /// Whether it was asked to end.
  package var isStopped: Bool { lock.withLock { stopped } }

  /// How many bytes of the files, as they are on disk, were read so far.
  package var bytesOnDisk: Int {
    lock.withLock { open.values.reduce(finishedBytes) { $0 + $1.progress } }
  }

  func opened(_ stream: LogStream, _ source: Int) { lock.withLock { open[source] = stream } }

  func closed(_ source: Int) {
    lock.withLock {
      guard let stream = open.removeValue(forKey: source) else { return }
      finishedBytes += stream.progress
    }
  }
}

/// Hands stretches of the logs to threads and puts what they find back in order.
///
/// A log is read by one thread at a time, its stretches are evaluated by several, and several logs are open at
/// once, so that their `gzip`s run side by side. Where finished batches wait for an earlier one and hold more
/// memory than `waitingLimit`, threads go on with the earliest log alone.
final class ScanSchedule: @unchecked Sendable {
  // Everything but the constants is guarded by `lock`, but for `workers`. A stream is used only by the thread that set `isBusy`.

  private final class Log {
    let source: Int
    var stream: LogStream?
    var isBusy = true
    var isDone = false
    var sequence = 0
    init(_ source: Int) { self.source = source }
  }

  private struct Turn: Hashable {
    var source = 0
    var sequence = 0
  }

  private static let waitingLimit = 32 << 20

  private let paths: [String]
  private let options: LogScan.Options
  private let control: ScanControl
  private let receive: @Sendable (ScanBatch) -> Bool
  private let lock = NSCondition()
  /// How many threads wait for something to do. Waking others costs more than most stretches take to read.
  private var idle = 0
  /// Guards `workers` alone, so that the thread that waits for the end is not woken by every stretch.
  private let ending = NSCondition()
  private var workers = 0
  private var logs: [Log] = []
  private var nextPath = 0
  private var waiting: [Turn: ScanBatch] = [:]
  private var waitingBytes = 0
  private var turn = Turn()
  private var isDelivering = false
  private var linesBefore = 0
  private var eventsBefore = 0

  init(
    paths: [String], options: LogScan.Options, control: ScanControl,
    receive: @escaping @Sendable (ScanBatch) -> Bool
  ) {
    self.paths = paths
    self.options = options
    self.control = control
    self.receive = receive
  }

  func begin(_ count: Int) { ending.withLock { workers = count } }

  /// Wakes the threads that wait for something to do. Called with `lock` held.
  private func wake() { if idle > 0 { lock.broadcast() } }

  /// Waits until every thread has left. One that waits for input is not waited for once the scan was stopped.
  func wait() {
    ending.lock()
    defer { ending.unlock() }
    var grace = 3
    while workers > 0, grace > 0 {
      _ = ending.wait(until: Date(timeIntervalSinceNow: 0.1))
      if control.isStopped { grace -= 1 }
    }
  }

  /// What one thread does.
  func work(_ evaluator: ChunkEvaluator) {
    var evaluator = evaluator
    var chunk = LogChunk(capacity: options.chunkSize + (1 << 16))
    while let log = take() {
      let isThere = fill(&chunk, log)
      if !isThere { chunk.isLast = true }
      put(log, isDone: chunk.isLast)
      let name = paths[chunk.source] == "-" ? "<stdin>" : paths[chunk.source]
      deliver(evaluator.evaluate(chunk, name: name))
    }
    ending.withLock {
      workers -= 1
      ending.broadcast()
    }
  }

  /// A log that no other thread is reading; `nil` where there is nothing left to do.
  private func take() -> Log? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if control.isStopped {
        wake()
        return nil
      }
      let isFull = waitingBytes > ScanSchedule.waitingLimit
      if let log = logs.first(where: { !$0.isBusy && (!isFull || $0.source == turn.source) }) {
        log.isBusy = true
        return log
      }
      if nextPath < paths.count, logs.count < max(1, options.jobs), !isFull || logs.isEmpty {
        let log = Log(nextPath)
        nextPath += 1
        logs.append(log)
        return log
      }
      if nextPath == paths.count, logs.isEmpty { return nil }
      idle += 1
      lock.wait()
      idle -= 1
    }
  }

  /// Reads the log's next stretch. Returns false where it cannot be opened.
  private func fill(_ chunk: inout LogChunk, _ log: Log) -> Bool {
    let path = paths[log.source]
    if log.stream == nil {
      do throws(SystemError) {
        let stream = try LogStream(path, limits: options.limits, chunkSize: options.chunkSize)
        log.stream = stream
        control.opened(stream, log.source)
      } catch {
        chunk.clear()
        chunk.source = log.source
        chunk.sequence = 0
        chunk.problems.append(
          LogProblem(.unreadable, in: path == "-" ? "<stdin>" : path, "cannot read the log: \(error.words)"))
        return false
      }
    }
    log.stream?.fill(&chunk)
    chunk.source = log.source
    chunk.sequence = log.sequence
    return true
  }

  private func put(_ log: Log, isDone: Bool) {
    if isDone {
      control.closed(log.source)
      log.stream = nil
    }
    lock.withLock {
      log.sequence += 1
      log.isBusy = false
      if isDone { logs.removeAll { $0 === log } }
      wake()
    }
  }

  /// Hands a batch over when its turn has come, and those that waited for it.
  private func deliver(_ batch: ScanBatch) {
    lock.lock()
    waiting[Turn(source: batch.source, sequence: batch.sequence)] = batch
    waitingBytes += batch.bytes.count
    if isDelivering { return lock.unlock() }
    isDelivering = true
    while let batch = waiting.removeValue(forKey: turn), !control.isStopped {
      waitingBytes -= batch.bytes.count
      turn =
        batch.isLast ? Turn(source: turn.source + 1) : Turn(source: turn.source, sequence: turn.sequence + 1)
      var placed = batch
      placed.place(lines: linesBefore, events: eventsBefore)
      linesBefore = batch.isLast ? 0 : linesBefore + batch.lines
      eventsBefore = batch.isLast ? 0 : eventsBefore + batch.events
      lock.unlock()
      let goesOn = receive(placed)
      if !goesOn { control.stop() }
      lock.lock()
    }
    isDelivering = false
    wake()
    lock.unlock()
  }
}
