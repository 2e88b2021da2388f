import Concord
import Foundation

/// One run of `scan`: the threads, the progress, and what happens when the user interrupts it.
struct ScanRun {
  private let logs: LogPaths
  private let logScan: LogScan
  private let control = ScanControl()
  private let reporter: ScanReporter
  private let terminal: Terminal
  private let showsProgress: Bool

  init(
    _ arguments: ParsedArguments, _ asked: RulesOfLogs, in place: Place, _ logs: LogPaths,
    _ terminal: Terminal
  ) throws(Diagnostic) {
    let rules = asked.documents
    var options = LogScan.Options()
    options.limits = EventLimits(
      maxBytes: arguments[.maxEventBytes] ?? 16 << 20,
      maxDepth: arguments[.maxDepth] ?? 512,
      maxFields: arguments[.maxFields] ?? 1_000_000)
    if let jobs = arguments[.jobs] { options.jobs = jobs }
    if let text = arguments[.timeField] {
      options.timeField = try Notation.path(text, origin: Origin(Source(name: "--time-field", text: text)))
    }
    let now = Instant(seconds: Int(Date().timeIntervalSince1970))
    options.since = arguments[.since].map { EventTime($0.instant(at: now)) }
    options.until = arguments[.until].map { EventTime($0.instant(at: now)) }
    let set = RuleSet(
      rules.map { $0.rule.conditionOnEvents(in: place) },
      marks: asked.barred.map { ($0.log.mark, $0.rules) }, limits: options.limits,
      checking: arguments[.everyEvent] ? .every : .candidates)
    if logs.paths.isEmpty, logs.problems.count == 0 {
      throw Diagnostic(.noFiles, "no logs to scan", help: ["the folder is empty"])
    }
    self.logs = logs
    self.terminal = terminal
    logScan = LogScan(set, paths: logs.paths, options: options)
    let format =
      arguments[.count]
      ? .count
      : arguments[.scanFormat] ?? (terminal.isInteractive ? .text : .ndjson)
    reporter = ScanReporter(
      ScanReporter.Options(
        format: format, first: arguments[.first], explains: arguments[.explain],
        isQuiet: arguments[.quietScan], failsOnMatch: arguments[.failOnMatch],
        isBounded: options.since != nil || options.until != nil),
      asked, terminal)
    showsProgress = terminal.isInteractiveErrors && !arguments[.quietScan]
  }

  /// Scans, prints, and says how it went.
  func scan() throws(Diagnostic) -> ExitCode {
    // A closed pipe is told by the write that fails, not by a signal that ends the program.
    signal(SIGPIPE, SIG_IGN)
    let interrupt = Interrupt { [control] in control.stop() }
    let progress = showsProgress ? Progress(control, reporter, size: logs.size, terminal) : nil
    reporter.begin(logs.problems)
    logScan.run(control: control) { [reporter] in reporter.receive($0) }
    progress?.end()
    return try reporter.end(isInterrupted: interrupt.happened)
  }
}

/// Shows how far a scan is, four times a second, on a terminal.
private final class Progress: @unchecked Sendable {
  // `isOver` is guarded by `lock`; all else is constant.
  private let lock = NSCondition()
  private var isOver = false

  init(_ control: ScanControl, _ reporter: ScanReporter, size: Int?, _ terminal: Terminal) {
    let start = Date()
    let thread = Thread { [self] in
      lock.lock()
      while !isOver {
        if !lock.wait(until: Date(timeIntervalSinceNow: 0.25)), !isOver {
          let seconds = Date().timeIntervalSince(start)
          terminal.progress(reporter.progress(after: seconds, onDisk: control.bytesOnDisk, of: size))
        }
      }
      terminal.endProgress()
      isOver = false
      lock.broadcast()
      lock.unlock()
    }
    thread.start()
  }

  /// Takes the line away.
  func end() {
    lock.lock()
    isOver = true
    lock.broadcast()
    while isOver { lock.wait() }
    lock.unlock()
  }
}
