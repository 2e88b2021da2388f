import Concord

/// `concord lint`: what is odd about a set of rules.
enum LintCommand {
  static let spec = CommandSpec(
    name: "lint",
    summary: "Look for rules that never fire, parts that cannot matter, and rules that others cover.",
    positional: "FILE…",
    options: OptionKey.specs(.lintFailOn, .overlaps, .includeDisabled, .baseline, .writeBaseline, .format)
      + RuleInput.options,
    examples: [
      ("concord lint rules/", "look at a set of rules, and at each pair on the same log"),
      ("concord lint rules/ --format sarif > lint.sarif", "for code scanning"),
      ("concord lint rules/ --baseline known.yml", "only findings that are not known yet"),
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
    var printer = try ReportPrinter("lint", arguments, terminal)
    let run = LintRun(input, skips, showsOverlaps: arguments[.overlaps], terminal)
    let report = LintReport(run, failing: arguments[.lintFailOn])
    var code = ExitCode.clean
    for entry in report.entries { code = code.and(try printer.add(entry).code) }
    code = code.and(
      try printer.end(
        report.closing, counts: report.counts + run.skipped.counts, isWhole: run.skipped.disabled == 0))
    terminal.remark(run.skipped)
    return code
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
