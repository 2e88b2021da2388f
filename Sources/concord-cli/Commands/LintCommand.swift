import Concord

/// `concord lint`: what is odd about a set of rules.
enum LintCommand {
  static let spec = CommandSpec(
    name: "lint",
    summary: "Look for rules that never fire, parts that cannot matter, and rules that others cover.",
    positional: "FILE…",
    options: OptionKey.specs(.lintFailOn, .overlaps, .includeDisabled, .format) + RuleInput.options,
    examples: [
      ("concord lint rules/", "look at a set of rules, and at each pair on the same log"),
      ("concord lint rules/ --format sarif > lint.sarif", "for code scanning"),
    ],
    notes: [
      "warnings: never-fires, always-fires, exclusion-of-all, contradicts-fixture, duplicate",
      "notes: part-cannot-matter, regex-is-text, subsumed, overlap (with --overlaps)",
      "",
      "Every finding is proved. Most rules are meant for fields that hold one value; a finding that holds only then",
      "says so. What met a bound is counted as unknown, not as a finding.",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let input = try RuleInput(arguments, command: "lint")
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let run = LintRun(input, skips, showsOverlaps: arguments[.overlaps], terminal)
    var printer = ReportPrinter("lint", as: arguments[.format], terminal)
    let report = LintReport(run, failing: arguments[.lintFailOn])
    for entry in report.entries { try printer.add(entry) }
    try printer.end(report.closing, counts: report.counts)
    terminal.remark(run.skipped)
    return report.fails ? run.code.and(.findings) : run.code
  }
}

/// From which severity on a finding of `lint` fails the run.
enum LintLevel: String, CaseIterable, Sendable {
  case warning, note, never

  /// Whether a finding of that severity fails the run.
  func fails(on severity: Diagnostic.Severity) -> Bool {
    switch self {
    case .warning: severity != .note
    case .note: true
    case .never: false
    }
  }
}

extension OptionKey where Value == LintLevel {
  fileprivate static var lintFailOn: Self {
    .choice(
      "fail-on", "LEVEL", default: .warning,
      help: "end with exit code 1 on a warning (the default), on a note too, or never")
  }
}

extension OptionKey where Value == Bool {
  fileprivate static var overlaps: Self {
    .flag("overlaps", help: "also show rules that share an event with another rule on the same log")
  }
}

/// Puts every question to every rule, on all cores.
struct LintRun {
  /// A finding, the place of its rule among `rules`, and that of the other rule where there is one.
  struct Finding {
    let rule: Int
    let other: Int?
    let finding: LintFinding
  }

  private(set) var rules: [FoundRule] = []
  private(set) var refusals: [Refusal] = []
  /// What the refusals cost.
  let code: ExitCode
  /// What was passed over.
  let skipped: RunSkips.Count
  /// The findings, in the order of the rules.
  private(set) var findings: [Finding] = []
  /// How many questions met a bound.
  private(set) var unknown = 0
  /// How many pairs of rules were put to the prover.
  private(set) var pairs = 0

  init(_ input: RuleInput, _ skips: RunSkips, showsOverlaps: Bool, _ terminal: Terminal) {
    var reports: [RuleLint.Report] = []
    let run = RuleRun(input, for: .inspection, skips: skips) { RuleLint().report(on: $0.document) }
    for found in run {
      switch found {
      case .rule(let rule, let report):
        rules.append(rule)
        reports.append(report)
      case .refused(let refusal): refusals.append(refusal)
      }
      terminal.progress("\(rules.count) rules read")
    }
    code = run.code
    skipped = run.skipped
    for (index, report) in reports.enumerated() {
      findings += report.findings.map { Finding(rule: index, other: nil, finding: $0) }
      unknown += report.unknown
    }
    compare(reports.map(\.witness), showsOverlaps, terminal)
    terminal.endProgress()
    let sorted = findings.enumerated().sorted {
      ($0.element.rule, $0.offset) < ($1.element.rule, $1.offset)
    }
    findings = sorted.map(\.element)
  }

  private mutating func compare(_ witnesses: [Event?], _ showsOverlaps: Bool, _ terminal: Terminal) {
    let documents = rules.map(\.document)
    let lint = RuleSetLint()
    let candidates = lint.candidates(documents, witnesses: witnesses)
    terminal.progress("\(documents.count) rules, \(candidates.count) pairs")
    pairs = candidates.count
    let relations = Parallel.map(candidates) {
      lint.relation(documents[$0.rule].rule, documents[$0.other].rule)
    }
    for (pair, relation) in zip(candidates, relations) {
      if relation == .unknown { unknown += 1 }
      if relation == .overlap, !showsOverlaps { continue }
      if let finding = lint.finding(relation, pair, documents, witness: witnesses[pair.rule]) {
        findings.append(Finding(rule: pair.rule, other: pair.other, finding: finding))
      }
    }
  }
}
