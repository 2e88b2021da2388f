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
    _ arguments: ParsedArguments, _ rules: [RuleDocument], _ logs: LogPaths, _ terminal: Terminal
  ) throws(Diagnostic) {
    var options = LogScan.Options()
    options.limits = EventLimits(
      maxBytes: try arguments.number("max-event-bytes") ?? 16 << 20,
      maxDepth: try arguments.number("max-depth") ?? 512,
      maxFields: try arguments.number("max-fields") ?? 1_000_000)
    if let jobs = try arguments.number("jobs") { options.jobs = jobs }
    if let text = arguments["time-field"] {
      options.timeField = try Notation.path(text, origin: Origin(Source(name: "--time-field", text: text)))
    }
    options.since = try arguments.time("since")
    options.until = try arguments.time("until")
    let set = RuleSet(
      rules.map(\.rule.condition), limits: options.limits,
      checking: arguments.has("strict") ? .every : .candidates)
    if logs.paths.isEmpty, logs.problems.count == 0 {
      throw Diagnostic(.noFiles, "there is no log in what was named", help: ["the folder is empty"])
    }
    self.logs = logs
    self.terminal = terminal
    logScan = LogScan(set, paths: logs.paths, options: options)
    let format =
      arguments.has("count")
      ? .count
      : arguments["format"].flatMap(ScanFormat.init) ?? (terminal.isInteractive ? .text : .ndjson)
    reporter = ScanReporter(
      ScanReporter.Options(
        format: format, first: try arguments.number("first"), explains: arguments.has("explain"),
        isQuiet: arguments.has("quiet"), failsOnMatch: arguments.has("fail-on-match")),
      rules.map(\.rule), terminal)
    showsProgress = terminal.isInteractiveErrors && !arguments.has("quiet")
  }

  /// Scans, prints, and says how it went.
  func scan() throws(Diagnostic) -> ExitCode {
    // A closed pipe is told by the write that fails, not by a signal that ends the program.
    signal(SIGPIPE, SIG_IGN)
    let interrupt = Interrupt(control)
    let progress = showsProgress ? Progress(control, reporter, size: logs.size, terminal) : nil
    reporter.begin(logs.problems)
    logScan.run(control: control) { [reporter] in reporter.receive($0) }
    progress?.end()
    return try reporter.end(isInterrupted: interrupt.happened)
  }
}

/// Stops a scan at the user's interrupt (Ctrl-C); a second one ends the program at once.
private final class Interrupt: @unchecked Sendable {
  // The source is kept and not used; the flag guards itself.
  private let source: any DispatchSourceSignal
  private let flag = Flag()

  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    func raise() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
    var isRaised: Bool { lock.withLock { count > 0 } }
  }

  init(_ control: ScanControl) {
    signal(SIGINT, SIG_IGN)
    let signals = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    signals.setEventHandler { [flag] in
      if flag.raise() > 1 { _exit(ExitCode.interrupted.rawValue) }
      control.stop()
    }
    signals.resume()
    source = signals
  }

  var happened: Bool { flag.isRaised }
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

extension ParsedArguments {
  /// A whole number of at least one. Throws where the option has another value.
  func number(_ name: String) throws(Diagnostic) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), number > 0 else {
      throw Diagnostic(.usage, "option `--\(name)` needs a whole number above 0, not `\(text)`")
    }
    return number
  }

  /// A moment. Throws where the option has another value.
  func time(_ name: String) throws(Diagnostic) -> EventTime? {
    guard let text = self[name] else { return nil }
    guard let time = EventTime(text.utf8) else {
      throw Diagnostic(
        .usage, "option `--\(name)` needs a moment, not `\(text)`", help: ["as 2024-06-01T00:00:00Z"])
    }
    return time
  }
}
