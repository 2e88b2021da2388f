import Concord
import Foundation

/// `concord backtest`: what the change of rules would have done on real logs.
struct BacktestCommand {
  static let spec = CommandSpec(
    name: "backtest",
    summary: "What a change of rules gains and loses on real logs: an engine's tables, files, or fixtures.",
    positional: "RULE…",
    options: OptionKey.specs(
      .baseCommit, .tableEngine, .backtestEvents, .slice, .concurrency, .maxScan, .format, .failOnChange,
      .quietRun) + RuleInput.options,
    examples: [
      (
        "concord backtest --base origin/main --engine trino --since -30d rules/",
        "events gained and lost by day; one query answers both versions"
      ),
      ("concord backtest --base HEAD rule.yml --events logs/", "the same of log files"),
      (
        "concord backtest --base origin/main rules/ --format markdown",
        "of the rules' fixtures alone, as a pull request's comment"
      ),
    ],
    notes: [
      "Rules are those of the working tree that differ from the commit's. Rules that count events are not compared.",
      "exit codes: 0 the comparison is whole (1 with --fail-on-change where events are gained or lost); 2 a bad rule;",
      "            3 wrong usage, or a log that cannot be read; 4 not all was looked at; 130 interrupted",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    var command = try BacktestCommand(arguments, terminal)
    return try command.run()
  }

  private let input: RuleInput
  private let base: String
  private let arguments: ParsedArguments
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var printer: ReportPrinter

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    guard let base = arguments[.baseCommit] else {
      throw Diagnostic(
        .usage, "name the commit that the change is from: `--base COMMIT`",
        help: ["`concord backtest --base origin/main rules/ --events logs/`"])
    }
    if arguments[.tableEngine] != nil, !arguments[.backtestEvents].isEmpty {
      throw Diagnostic(.usage, "give either `--engine` or `--events`, not both")
    }
    (self.base, self.arguments, self.terminal) = (base, arguments, terminal)
    input = try RuleInput(arguments, paths: [])
    printer = ReportPrinter("backtest", as: arguments[.format], layout: .spaced, terminal)
  }

  private mutating func run() throws(Diagnostic) -> ExitCode {
    let sides = try VersionSides(since: base, arguments, terminal)
    let others = sides.concerned(input)
    let old = try versions(.old, of: sides) + others.old
    let new = try versions(.new, of: sides) + others.new
    var pairs: [RulePair] = []
    for pair in RuleMatching.pairs(from: old, to: new) {
      let own = RulePair(from: pair.old?.document, to: pair.new?.document, base: base)
      if own.counts {
        code = code.and(.badRule)
        if let document = own.new ?? own.old {
          terminal.report(
            Diagnostic.countsNotSaid(by: "event by event, as versions are compared").located(in: document))
        }
      } else if own.differs {
        pairs.append(own)
      }
      if let old = own.old, let new = own.new, old.rule.window != new.rule.window {
        // The events are those of the backtest's own time.
        for document in [old, new] {
          for aside in document.rule.windowAside { terminal.report(aside.located(in: document)) }
        }
      }
    }
    if pairs.isEmpty {
      try printer.end(["no rule asks anything else since \(base)"], counts: [("rules", 0)])
      return code
    }
    let trial: BacktestTrial
    if arguments[.tableEngine] != nil {
      trial = try BacktestRuns.engine(pairs, arguments, input, terminal)
    } else if !arguments[.backtestEvents].isEmpty {
      trial = try BacktestRuns.logs(pairs, arguments, terminal)
    } else {
      trial = BacktestRuns.fixtures(pairs)
    }
    for (pair, change) in zip(pairs, trial.changes) {
      if arguments[.failOnChange], change.isChange { code = code.and(.findings) }
      try printer.add(BacktestEntry.entry(pair, change, fails: arguments[.failOnChange]))
    }
    try printer.end(
      trial.closing.map { TextLine($0) },
      counts: [
        ("rules", pairs.count), ("gained", trial.changes.reduce(0) { $0 + $1.gained.count }),
        ("lost", trial.changes.reduce(0) { $0 + $1.lost.count }),
      ])
    return code.and(trial.code)
  }

  private mutating func versions(
    _ side: VersionSides.Side, of sides: VersionSides
  ) throws(Diagnostic) -> [RuleVersion] {
    let run = RuleRun(sides.changed(side, input), for: .comparison(isOld: side == .old)) { _ in }
    var versions: [RuleVersion] = []
    for found in run {
      switch found {
      case .refused(let refusal): try printer.add(Report.Entry(refusal))
      case .rule(let rule, _):
        versions.append(RuleVersion(file: rule.file.relative, document: rule.document))
      }
    }
    code = code.and(run.code)
    return versions
  }
}

/// Both versions of a rule; one of them may not be there.
struct RulePair: Sendable {
  let old: RuleDocument?
  let new: RuleDocument?
  /// The commit that the old version is of.
  let base: String
  /// Whether the version that is not there is switched off, or retired.
  let isSwitched: Bool

  /// The versions that alert: one that is switched off or retired says nothing of any event.
  init(from old: RuleDocument?, to new: RuleDocument?, base: String) {
    (self.old, self.new) = (old?.rule.isInUse == true ? old : nil, new?.rule.isInUse == true ? new : nil)
    isSwitched = old != nil && new != nil
    self.base = base
  }

  /// What the rule is called.
  var id: String { (new ?? old)?.rule.id ?? "" }

  /// Where the rule stands, or stood.
  var path: String {
    let name = (new ?? old)?.source.name ?? ""
    return name.hasPrefix("\(base):") ? String(name.dropFirst(base.count + 1)) : name
  }

  /// Whether the versions may say different things of an event.
  var differs: Bool { old?.rule.condition != new?.rule.condition || old?.rule.place != new?.rule.place }

  /// Whether one of them counts events.
  var counts: Bool { old?.rule.aggregate != nil || new?.rule.aggregate != nil }

  /// The versions that are there, by names of their own.
  var rules: [(isNew: Bool, rule: Rule)] {
    var all: [(isNew: Bool, rule: Rule)] = []
    if var rule = old?.rule {
      rule.id += " at \(base)"
      all.append((false, rule))
    }
    if let rule = new?.rule { all.append((true, rule)) }
    return all
  }
}

extension OptionKey where Value == String? {
  static var baseCommit: Self {
    .text("base", OptionSpec.Value("COMMIT"), help: "the commit whose versions of the rules are the old ones")
  }
}

extension OptionKey where Value == [String] {
  static var backtestEvents: Self {
    .texts("events", OptionSpec.Value("PATH", .file), help: "logs, as files or folders, instead of an engine")
  }
}

extension OptionKey where Value == Bool {
  static var failOnChange: Self {
    .flag("fail-on-change", help: "exit 1 where an event is gained or lost")
  }
}
