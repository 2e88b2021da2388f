import Concord
import Foundation

/// One run of `run`: what is asked, the progress, and what happens when the user interrupts it.
struct HuntRun {
  private let found: [FoundRule]
  private let hunt: RuleHunt
  private let engine: any TableEngine
  private let slices: [TimeSlice]
  private let sliceSeconds: Int
  private let options: Hunt.Options
  private let arguments: ParsedArguments
  private let terminal: Terminal
  private let format: RunFormat
  /// What bad and refused rules cost.
  private let code: ExitCode

  init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    (self.arguments, self.terminal) = (arguments, terminal)
    format = arguments[.runFormat] ?? (terminal.isInteractive ? .text : .ndjson)
    let (engine, language) = try HuntEngine.engine(arguments)
    self.engine = engine
    let rules = try HuntRules(arguments, command: "run", terminal)
    found = rules.found
    let earlier = try arguments[.resume].flatMap { (path) throws(Diagnostic) in try HuntLedger.times(in: path)
    }
    let times = HuntTimes(arguments, found.map(\.document.rule), rules.input, earlier: earlier)
    sliceSeconds = times.seconds
    slices = try times.slices()
    if earlier != nil, !arguments[.quietRun] {
      terminal.remark("goes on with the run from \(times.since.text) to \(times.until.text)")
    }
    hunt = try rules.input.compiler.hunt(
      found.map(\.document.rule), in: language, first: slices[0], sample: arguments[.sample]
    ) { Parallel.map($0, $1) }
    options = try HuntRun.options(arguments)
    code = rules.code.and(
      HuntRules.report(hunt, terminal, isQuiet: arguments[.quietRun]) { [found] in found[$0].document })
  }

  /// How it is done, as the user says.
  static func options(_ arguments: ParsedArguments) throws(Diagnostic) -> Hunt.Options {
    var options = Hunt.Options()
    options.concurrency = arguments[.concurrency] ?? 1
    options.seconds = try HuntEngine.configuration.seconds()
    options.maxBytes = arguments[.maxScan]
    return options
  }

  /// What tells the user of queries that are tried again, and of what the engine remarks.
  static func control(_ options: Hunt.Options, _ terminal: Terminal) -> HuntControl {
    HuntControl(maxBytes: options.maxBytes) { diagnostic, seconds in
      terminal.endProgress()
      terminal.remark("\(diagnostic.message); tried again in \(ScanText.duration(seconds))".visible())
    } onRemark: { text in
      terminal.endProgress()
      terminal.remark(text.visible())
    }
  }

  /// Runs, prints, and says how it went.
  func run() throws(Diagnostic) -> ExitCode {
    guard !hunt.places.isEmpty else { return code.and(.badRule) }
    // A closed pipe is told by the write that fails, not by a signal that ends the program.
    signal(SIGPIPE, SIG_IGN)
    let control = HuntRun.control(options, terminal)
    let interrupt = Interrupt { control.stop() }
    let rules = hunt.places.map { found[$0].document.rule }
    let reporter = HuntReporter(rules, format, engine.identifier)
    let run = Hunt(hunt.asked, on: engine, options, statements: hunt.statements, render: reporter.render)
    let ledger = try arguments[.resume].map { (path) throws(Diagnostic) in
      try HuntLedger(path, for: ledgerRun)
    }
    var report = HuntReport(
      rules: rules, files: hunt.places.map { found[$0].file.path }, engine: engine.identifier, slices: slices,
      earlier: ledger?.whole ?? [])
    if reporter.printsSlices, let slice = ledger?.halfWritten {
      terminal.report(.halfWritten(slice))
    }
    let start = Date()
    var failure: Diagnostic?
    do throws(Diagnostic) {
      let open = Array(slices.dropFirst(report.whole))
      if !open.isEmpty { try run.validate(slices[0], control) }
      let progress = HuntProgress(control, report, isShown: !arguments[.quietRun], terminal)
      defer { progress.end() }
      try run.run(open, control) { (slice, result) throws(Diagnostic) in
        if reporter.printsSlices { try ledger?.begin(slice) }
        try reporter.print(result, of: slice, terminal)
        try ledger?.add(slice, result.tally)
        report.add(result)
        progress.update(report)
      }
    } catch {
      // Where the user ended the run, that a query was ended is no fault.
      if !(interrupt.happened && error.code == .engineLost) { failure = error }
    }
    terminal.endProgress()
    report.end(
      seconds: Date().timeIntervalSince(start), control.state, isInterrupted: interrupt.happened)
    return try end(report, failure, reporter)
  }

  /// What tells this run from another.
  private var ledgerRun: HuntLedger.Run {
    let rules = zip(hunt.labels, hunt.places).map { label, place in
      label + "\0" + found[place].document.rule.digest
    }
    let texts = [engine.identifier, "\(arguments[.sample] ?? 0)"] + rules + hunt.first.map(\.text)
    return HuntLedger.Run(
      digest: SHA256.name(of: Array(texts.joined(separator: "\0\0").utf8)), since: slices[0].since,
      until: slices[slices.count - 1].until, seconds: sliceSeconds)
  }

  private func end(
    _ report: HuntReport, _ failure: Diagnostic?, _ reporter: HuntReporter
  ) throws(Diagnostic) -> ExitCode {
    if let failure {
      if reporter.isPipeClosed { return .closedPipe }
      terminal.report(failure)
    }
    try reporter.end(report, terminal, isQuiet: arguments[.quietRun])
    var code = self.code
    if report.tally.disagreements > 0 { code = code.and(.findings) }
    if let failure {
      code = code.and(failure.code == .cannotWrite || failure.code == .otherRun ? .usage : .unknown)
    }
    if report.isInterrupted { return .interrupted }
    if arguments[.failOnMatch], report.tally.events > 0 { code = code.and(.findings) }
    return code
  }
}

extension Diagnostic {
  /// An earlier run ended while it wrote what it found in a slice, which is written anew.
  fileprivate static func halfWritten(_ slice: TimeSlice) -> Diagnostic {
    Diagnostic(
      .sliceWrittenAgain,
      "the run ended while it wrote what it found from \(slice.since.text) to \(slice.until.text): all of that is "
        + "written again",
      help: ["take away what the earlier run wrote of that time, or keep each line once"])
  }
}

/// Which engine is asked, and in which language.
enum HuntEngine {
  /// The engines that the environment configures.
  static var configuration: EngineConfiguration {
    EngineConfiguration(environment: ProcessInfo.processInfo.environment, kinds: Registry.engines)
  }

  /// The engine that the user names, and the language of its statements. Throws where it has no tables, or is not
  /// configured.
  static func engine(
    _ arguments: ParsedArguments
  ) throws(Diagnostic) -> (engine: any TableEngine, language: Language) {
    guard let name = arguments[.tableEngine] else {
      throw Diagnostic(
        .usage,
        "name the engine whose tables are asked: `--engine \(Registry.engines.map(\.name).joined(separator: "|"))`"
      )
    }
    guard let language = Registry.languages.first(where: { $0.engines.contains { $0.name == name } }),
      let engine = try configuration.engine(name) as? any TableEngine
    else {
      throw Diagnostic(.unknownEngine, "rules are not run over what `\(name)` holds yet")
    }
    if arguments[.maxScan] != nil, !engine.tellsBytes {
      throw Diagnostic(
        .usage, "`\(name)` does not tell how much it reads, so `--max-scan` cannot be kept",
        help: ["leave it out, and ask for a shorter time"])
    }
    return (engine, language)
  }
}

/// The rules that are to be asked.
struct HuntRules {
  let input: RuleInput
  private(set) var found: [FoundRule] = []
  private(set) var code = ExitCode.clean

  /// Reads them; what is wrong with others is said.
  init(_ arguments: ParsedArguments, command: String, _ terminal: Terminal) throws(Diagnostic) {
    input = try RuleInput(arguments, command: command)
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let run = RuleRun(input, for: .translation(allowed: []), skips: skips) { _ in }
    for item in run {
      switch item {
      case .rule(let rule, _):
        rule.document.warnings.forEach(terminal.report)
        found.append(rule)
      case .refused(let refusal): refusal.diagnostics.forEach(terminal.report)
      }
    }
    code = run.code
    terminal.remark(run.skipped)
  }

  /// Says which rules are refused, and what is to be known of the statements; and what the refused ones cost. `document`:
  /// that of a rule, by its place.
  static func report(
    _ hunt: RuleHunt, _ terminal: Terminal, isQuiet: Bool, document: (Int) -> RuleDocument?
  ) -> ExitCode {
    func located(_ diagnostic: Diagnostic, _ place: Int) -> Diagnostic {
      document(place).map { diagnostic.located(in: $0) } ?? diagnostic
    }
    for (place, reason) in hunt.refused.sorted(by: { $0.key < $1.key }) {
      var refusal = located(reason, place)
      refusal.severity = .error
      terminal.report(refusal)
    }
    if !isQuiet {
      for (place, note) in hunt.notes.sorted(by: { $0.key < $1.key }) {
        terminal.report(located(note, place))
      }
      var said: Set<String> = []
      for note in hunt.statementNotes where said.insert(note.message).inserted { terminal.report(note) }
    }
    return hunt.refused.isEmpty ? .clean : .badRule
  }
}

/// Shows how far a run is, twice a second, on a terminal.
final class HuntProgress: @unchecked Sendable {
  // All that varies is guarded by `lock`.
  private let lock = NSCondition()
  private var report: HuntReport
  private var isOver = false

  init(_ control: HuntControl, _ report: HuntReport, isShown: Bool, _ terminal: Terminal) {
    self.report = report
    guard isShown, terminal.isInteractiveErrors else {
      isOver = true
      return
    }
    let thread = Thread { [self] in
      lock.lock()
      while !isOver {
        if !lock.wait(until: Date(timeIntervalSinceNow: 0.5)), !isOver {
          terminal.progress(HuntText.progress(self.report, control.state))
        }
      }
      lock.unlock()
    }
    thread.start()
  }

  /// Takes how far the run is.
  func update(_ report: HuntReport) { lock.withLock { self.report = report } }

  /// Shows nothing any more.
  func end() {
    lock.withLock {
      isOver = true
      lock.broadcast()
    }
  }
}
