import Concord
import Foundation

/// Prints what a scan finds as it comes, counts it, and sums it up at the end.
final class ScanReporter: @unchecked Sendable {
  struct Options: Sendable {
    let format: ScanFormat
    let first: Int?
    let explains: Bool
    let isQuiet: Bool
    let failsOnMatch: Bool
    /// Whether only events of some time are asked for.
    let isBounded: Bool
  }

  // All that varies is guarded by `lock`.
  private let lock = NSLock()
  private let options: Options
  private let rules: [Rule]
  private let asked: RulesOfLogs
  private let terminal: Terminal
  private let heads: [[UInt8]]
  private let start = Date()
  private var summary: ScanSummary
  /// What is counted of each rule that counts, by its place.
  private var counters: [Int: AlertCounter]
  /// What they look into.
  private let countedMembers: EventMembers
  private var reported = 0
  private var reportedOfLog = 0
  private var unreportedOfLog = 0
  /// Whether it was said of this log that events stand on one line.
  private var hasSharedLine = false
  private var isFull = false
  private var writeError: Int32 = 0

  /// How many problems are shown of one log, and of all.
  private static let shown = (ofLog: 10, ofAll: 100)

  init(_ options: Options, _ asked: RulesOfLogs, _ terminal: Terminal) {
    self.options = options
    self.asked = asked
    rules = asked.documents.map(\.rule)
    self.terminal = terminal
    summary = ScanSummary(rules: rules.count)
    counters = Dictionary(
      uniqueKeysWithValues: rules.enumerated().compactMap { place, rule in
        rule.aggregate.map { (place, AlertCounter($0)) }
      })
    countedMembers = EventMembers(for: rules.compactMap(\.aggregate))
    heads = rules.map { ScanRecord.head($0) }
  }

  /// Takes what was wrong with the arguments themselves.
  func begin(_ problems: LogProblems) {
    lock.withLock {
      summary.add(problems)
      report(problems)
      unreportedOfLog = 0
      reportedOfLog = 0
    }
  }

  /// Takes a batch. Returns whether the scan should go on.
  func receive(_ batch: ScanBatch) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    summary.add(batch)
    report(batch.problems)
    if let place = batch.sharedLine, !hasSharedLine {
      hasSharedLine = true
      terminal.endProgress()
      terminal.report(place.sharedLine(in: batch.name))
    }
    if batch.isLast { endLog(batch.name) }
    var output: [UInt8] = []
    for match in batch.matches {
      summary.add(match)
      count(match, batch)
      print(match, batch, &output)
      if let first = options.first, summary.matchingEvents >= first {
        isFull = true
        break
      }
    }
    if !output.isEmpty {
      if terminal.isInteractive { terminal.endProgress() }
      writeError = terminal.write(output)
    }
    return writeError == 0 && !isFull
  }

  /// Counts an event for the rules that count.
  private func count(_ match: ScanBatch.Match, _ batch: ScanBatch) {
    let counting = match.rules.filter { counters[$0] != nil }
    guard !counting.isEmpty, let event = countedMembers.event(of: batch.event(match)) else { return }
    let logged = LoggedEvent(event, at: match.time?.seconds)
    for rule in counting { counters[rule]?.add(logged) }
  }

  /// Prints the alerts of the rules that count, and what was left out of them; returns how many there are of each rule.
  private func printAlerts() throws(Diagnostic) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for (place, counter) in counters.sorted(by: { $0.key < $1.key }) {
      let raised = counter.raised
      counts[place] = raised.count
      if counter.eventsWithoutTime > 0 {
        terminal.report(
          Diagnostic(
            .eventsNotCounted,
            "`\(rules[place].id)`: \(counted(counter.eventsWithoutTime, "event")) without a time are in no span",
            help: ["name the field with `--time-field`"]))
      }
      switch options.format {
      case .ndjson:
        let lines = raised.flatMap {
          ScanAlerts.record($0, of: rules[place], counter.aggregate, head: heads[place])
        }
        try print(lines)
      case .text:
        let name = ScanText.name(rules[place])
        try print(Array(raised.map { ScanAlerts.line($0, name, counter.aggregate) }.joined().utf8))
      case .table, .json, .count: break
      }
    }
    return counts
  }

  private func print(_ match: ScanBatch.Match, _ batch: ScanBatch, _ output: inout [UInt8]) {
    let shown = match.rules.filter { counters[$0] == nil }
    switch options.format {
    case .ndjson:
      let explained = options.explains ? EventMembers.whole(batch.event(match)) : nil
      for rule in shown {
        ScanRecord.append(
          to: &output, head: heads[rule], match, batch,
          explanation: explained.map { rules[rule].condition.explanationJSON($0) })
      }
    case .text:
      guard !shown.isEmpty, let event = EventMembers.whole(batch.event(match)) else { return }
      for rule in shown {
        let lines = ScanText.match(match, batch, rules[rule], event, explains: options.explains)
        output.append(contentsOf: lines.utf8)
      }
    case .table, .json, .count: break
    }
  }

  private func report(_ problems: LogProblems) {
    if problems.count == 0 { return }
    terminal.endProgress()
    var shown = 0
    for problem in problems.first {
      let isRoom = reportedOfLog < ScanReporter.shown.ofLog && reported < ScanReporter.shown.ofAll
      guard isRoom || problem.place == .log else { continue }
      terminal.report(problem.diagnostic)
      reported += 1
      reportedOfLog += 1
      shown += 1
    }
    unreportedOfLog += problems.count - shown
  }

  private func endLog(_ name: String) {
    if unreportedOfLog > 0, reported < ScanReporter.shown.ofAll {
      terminal.remark("\(name.visible()): … and \(unreportedOfLog) more such errors")
    }
    reportedOfLog = 0
    unreportedOfLog = 0
    hasSharedLine = false
  }

  /// One line for the terminal.
  func progress(after seconds: Double, onDisk: Int, of size: Int?) -> String {
    let summary = lock.withLock { self.summary }
    let rate = Double(summary.bytes) / max(seconds, 0.001)
    var parts = ["\(ScanText.bytes(summary.bytes))", "\(ScanText.bytes(Int(rate)))/s"]
    if let size, size > 0 {
      let share = min(1, Double(onDisk) / Double(size))
      parts.insert("\(Int(share * 100)) %", at: 0)
      if share > 0.01 { parts.append("\(ScanText.duration(seconds * (1 - share) / share)) left") }
    }
    parts.append("\(ScanText.number(summary.matchingEvents)) matches")
    return parts.joined(separator: ", ")
  }

  /// Prints the summary and says how it went. Throws where the output cannot be written.
  func end(isInterrupted: Bool) throws(Diagnostic) -> ExitCode {
    let error = lock.withLock { writeError }
    let alerts = error == 0 ? try printAlerts() : [:]
    let report = lock.withLock {
      ScanReport(
        summary: summary, rules: rules, alerts: alerts, seconds: Date().timeIntervalSince(start),
        isInterrupted: isInterrupted,
        isFull: isFull)
    }
    if error == EPIPE { return .closedPipe }
    let (marked, events) = (report.summary.markedEvents, report.summary.events)
    if !options.isQuiet, let remark = asked.remark(markedEvents: marked, of: events) {
      terminal.remark(remark)
    }
    if options.isBounded, !options.isQuiet, report.summary.timelessEvents > 0 {
      let count = counted(report.summary.timelessEvents, "matching event")
      terminal.remark(
        "\(count) of which no time is known: taken, whatever time is asked for (--time-field names it)")
    }
    if error == 0 {
      switch options.format {
      case .count: try print(ScanText.counts(report))
      case .json: try print(ScanJSON.render(report))
      case .table: try print(ScanText.table(report, terminal))
      case .text: if !options.isQuiet { try print(ScanText.table(report, terminal)) }
      case .ndjson:
        if !options.isQuiet, terminal.isInteractiveErrors || isInterrupted {
          terminal.remark(String(ScanText.table(report, terminal).dropLast()))
        }
      }
    } else {
      terminal.report(
        Diagnostic(
          .cannotWrite, "cannot write to standard output: \(String(cString: strerror(error)).lowercased())",
          help: ["the scan stopped after \(ScanText.number(report.summary.events)) events"]))
    }
    if isInterrupted {
      terminal.remark("interrupted after \(ScanText.number(report.summary.events)) events")
      return .interrupted
    }
    if error != 0 { return .usage }
    if report.summary.problems > 0 {
      terminal.remark(ScanText.incomplete(report))
      return .usage
    }
    return options.failsOnMatch && report.hasFindings ? .findings : .clean
  }

  private func print(_ text: String) throws(Diagnostic) { try print(Array(text.utf8)) }

  private func print(_ bytes: [UInt8]) throws(Diagnostic) {
    let error = bytes.isEmpty ? 0 : terminal.write(bytes)
    if error != 0, error != EPIPE {
      throw Diagnostic(
        .cannotWrite, "cannot write to standard output: \(String(cString: strerror(error)).lowercased())")
    }
  }
}
