import Concord
import Foundation

/// What came of asking both versions of rules.
struct BacktestTrial {
  /// What became of each rule, in order.
  var changes: [ChangeTally]
  /// What was asked, and what was not looked at.
  var closing: [String]
  /// How it went.
  var code = ExitCode.clean
}

/// Asks both versions of rules: of an engine's tables, of log files, of fixtures.
enum BacktestRuns {
  /// Of the rules' own fixtures, those of both versions.
  static func fixtures(_ pairs: [RulePair]) -> BacktestTrial {
    var count = 0
    let changes = pairs.map { pair in
      var tally = ChangeTally(of: pair)
      var seen: Set<Event> = []
      let fixtures = [pair.new, pair.old].compactMap { $0 }.flatMap(\.rule.fixtures)
      for event in fixtures.map(\.event) where seen.insert(event).inserted {
        count += 1
        tally.add(
          event, at: nil, before: pair.old?.rule.condition.holds(of: event) ?? false,
          after: pair.new?.rule.condition.holds(of: event) ?? false)
      }
      return tally
    }
    return BacktestTrial(
      changes: changes,
      closing: ["\(counted(count, "fixture")) asked, and no log: `--engine` or `--events` names some"])
  }

  /// Of logs in files.
  static func logs(
    _ pairs: [RulePair], _ arguments: ParsedArguments, _ terminal: Terminal
  ) throws(Diagnostic) -> BacktestTrial {
    let logs = LogPaths(arguments[.backtestEvents])
    let asked = pairs.enumerated().flatMap { place, pair in pair.rules.map { (place, $0.isNew, $0.rule) } }
    let set = RuleSet(asked.map { $0.2.conditionOnEvents }, limits: EventLimits(), checking: .candidates)
    let now = Instant(seconds: Int(Date().timeIntervalSince1970))
    var options = LogScan.Options()
    options.since = arguments[.since].map { EventTime($0.instant(at: now)) }
    options.until = arguments[.until].map { EventTime($0.instant(at: now)) }
    let counts = LogCounts(pairs.map { ChangeTally(of: $0) }, LogProblemCount(logs.problems))
    let control = ScanControl()
    let interrupt = Interrupt { control.stop() }
    LogScan(set, paths: logs.paths, options: options).run(control: control) { batch in
      counts.take(batch, asked.map { ($0.0, $0.1) })
      return true
    }
    let (changes, events, problems) = counts.state
    for problem in problems.first { terminal.report(problem) }
    var trial = BacktestTrial(
      changes: changes,
      closing: [
        "\(ScanText.number(events)) \(events == 1 ? "event" : "events") of \(counted(logs.paths.count, "log")) asked"
      ])
    if problems.count > 0 {
      trial.closing.append("not looked at: \(counted(problems.count, "part")) of logs that cannot be read")
      trial.code = .usage
    }
    if interrupt.happened { trial.code = .interrupted }
    return trial
  }

  /// Of an engine's tables: one statement a slice answers both versions of all rules.
  static func engine(
    _ pairs: [RulePair], _ arguments: ParsedArguments, _ input: RuleInput, _ terminal: Terminal
  ) throws(Diagnostic) -> BacktestTrial {
    let (engine, language) = try HuntEngine.engine(arguments)
    let asked = pairs.enumerated().flatMap { place, pair in pair.rules.map { (place, $0.isNew, $0.rule) } }
    let times = HuntTimes(arguments, asked.map(\.2), input)
    let slices = try times.slices()
    let hunt = try input.compiler.hunt(asked.map(\.2), in: language, first: slices[0], sample: nil) {
      Parallel.map($0, $1)
    }
    let code = HuntRules.report(hunt, terminal, isQuiet: arguments[.quietRun]) { place in
      let (pair, isNew, _) = asked[place]
      return isNew ? pairs[pair].new : pairs[pair].old
    }
    // A rule of which one version is refused has no answer.
    let refused = Set(hunt.refused.keys.map { asked[$0].0 })
    var changes = pairs.map { ChangeTally(of: $0) }
    let places = hunt.places.map { (pair: asked[$0].0, isNew: asked[$0].1) }
    let options = try HuntRun.options(arguments)
    let run = Hunt(
      hunt.asked, on: engine, options, statements: hunt.statements,
      render: { ChangeRecord.lines($0, places) })
    let control = HuntRun.control(options, terminal)
    let interrupt = Interrupt { control.stop() }
    var report = HuntReport(
      rules: hunt.places.map { asked[$0].2 }, files: [], engine: engine.identifier, slices: slices,
      earlier: [])
    var trial = BacktestTrial(changes: [], closing: [], code: code)
    let start = Date()
    do throws(Diagnostic) {
      if !hunt.places.isEmpty {
        try run.validate(slices[0], control)
        try run.run(slices, control) { (_, result) throws(Diagnostic) in
          var reader = ChangeRecord.Reader()
          try result.forEachPiece { piece in
            reader.take(piece) { record in
              if !refused.contains(record.pair) { changes[record.pair].add(record) }
            }
            return true
          }
          for disagreement in result.disagreements {
            terminal.report(disagreement.diagnostic(engine.identifier))
          }
          report.add(result)
        }
      }
    } catch {
      if !(interrupt.happened && error.code == .engineLost) {
        terminal.report(error)
        trial.code = trial.code.and(.unknown)
      }
    }
    report.end(seconds: Date().timeIntervalSince(start), control.state, isInterrupted: interrupt.happened)
    if report.tally.disagreements > 0 { trial.code = trial.code.and(.findings) }
    if interrupt.happened { trial.code = .interrupted }
    for pair in refused { changes[pair].isRefused = true }
    trial.changes = changes
    trial.closing = report.closing
    return trial
  }
}

/// How much of logs could not be read, and the first of it.
struct LogProblemCount {
  var count = 0
  var first: [Diagnostic] = []

  init(_ problems: LogProblems) { add(problems) }

  mutating func add(_ problems: LogProblems) {
    count += problems.count
    first += problems.first.prefix(max(0, 10 - first.count)).map(\.diagnostic)
  }
}

/// Takes batches of a scan from its threads.
private final class LogCounts: @unchecked Sendable {
  // Guarded by `lock`.
  private let lock = NSLock()
  private var changes: [ChangeTally]
  private var events = 0
  private var problems: LogProblemCount

  init(_ changes: [ChangeTally], _ problems: LogProblemCount) {
    (self.changes, self.problems) = (changes, problems)
  }

  var state: ([ChangeTally], events: Int, problems: LogProblemCount) {
    lock.withLock { (changes, events, problems) }
  }

  /// `asked`: the pair of each rule of the scan, and whether it is the new version.
  func take(_ batch: ScanBatch, _ asked: [(pair: Int, isNew: Bool)]) {
    lock.lock()
    defer { lock.unlock() }
    events += batch.events
    problems.add(batch.problems)
    for match in batch.matches {
      let old = Set(match.rules.filter { !asked[$0].isNew }.map { asked[$0].pair })
      let new = Set(match.rules.filter { asked[$0].isNew }.map { asked[$0].pair })
      var event: Event?
      for pair in old.union(new).sorted() {
        let (before, after) = (old.contains(pair), new.contains(pair))
        if before != after { event = event ?? EventMembers.whole(batch.event(match)) }
        changes[pair].add(event, at: match.time?.text, before: before, after: after)
      }
    }
  }
}
