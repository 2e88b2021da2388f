import Concord

/// `concord check`: reads rules and runs their fixtures natively.
enum CheckCommand {
  static let spec = CommandSpec(
    name: "check", summary: "Check rules: read them, resolve their fields, run their fixtures.",
    positional: "FILE…",
    options: OptionKey.specs(
      .format, .includeDisabled, .strict, .quiet, .suggest, .changedSince, .baseline, .writeBaseline,
      .logsOfTable)
      + RuleInput.options,
    examples: [
      ("concord check rule.yml", "run the rule's own fixtures"),
      ("concord check rules/ --format junit > report.xml", "a report for a CI system"),
      ("concord check rules/ --write-baseline known.yml", "what fails now, for reasons to be filled in"),
      ("concord check rules/ --baseline known.yml", "only what is not known yet fails"),
      (
        "concord check rule.yml --reading is_null=absent",
        "ask what happens when `is_null` means absent, not falsy"
      ),
      (
        "concord check --schema table.sql --events logs/",
        "which events the table's reader damages, drops or fails on"
      ),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let logs = arguments[.logsOfTable]
    let hasNoRule = arguments.positionals.isEmpty && !RuleInput.hasCondition(arguments)
    let isTableAlone = hasNoRule && !logs.isEmpty
    if hasNoRule, logs.isEmpty, arguments[.schema] != nil {
      throw Diagnostic(
        .usage, "name a rule file, or events for the table",
        help: ["`concord check --schema table.sql --events logs/`"])
    }
    var rules =
      try isTableAlone
      ? RuleInput(arguments, paths: []) : RuleInput(arguments, command: "check")
    let changed = try rules.keepChanged(arguments)
    let input = rules
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let table =
      try logs.isEmpty
      ? nil : TableCheck(input.compiler, logs: logs, rules: CheckCommand.rules(of: input, skips))
    let (suggests, isStrict) = (arguments[.suggest], arguments[.strict])
    let run = RuleRun(input, for: .inspection, skips: skips) { rule in
      CheckEntry(input.compiler.check(rule.document), path: rule.file.path, suggests: suggests).entry
    }
    var printer = try ReportPrinter("check", arguments, terminal)
    var (total, clean) = (0, 0)
    var code = ExitCode.clean
    if let table {
      let control = ScanControl()
      let interrupt = Interrupt(control.stop)
      let (entry, tableCode) = table.run(control)
      code = code.and(tableCode)
      if interrupt.happened {
        terminal.remark("interrupted: not all events were put to the table")
        code = code.and(.interrupted)
      }
      try printer.add(entry)
    }
    for found in run {
      var entry =
        switch found {
        case .rule(let rule, let entry): entry.adding(rule.clash)
        case .refused(let refusal): Report.Entry(refusal)
        }
      if isStrict { entry = entry.strict() }
      entry = try printer.add(entry)
      code = code.and(entry.code)
      // What is odd about a filter is of no rule.
      if case .refused(let refusal) = found, refusal.isRemark { continue }
      total += 1
      clean += entry.isClean ? 1 : 0
    }
    code = code.and(try printer.end(rules: total, clean: clean, changed, skipped: run.skipped))
    // Fixtures of a rule that is switched off are checked as any other.
    var skipped = run.skipped
    skipped.named = 0
    if !arguments[.quiet] { terminal.remark(skipped) }
    return code
  }

  /// The rules that can be read.
  private static func rules(of input: RuleInput, _ skips: RunSkips) -> [Rule] {
    RuleRun(input, for: .inspection, skips: skips) { $0.document.rule }.compactMap { found in
      if case .rule(_, let rule) = found { rule } else { nil }
    }
  }
}

extension OptionKey where Value == [String] {
  fileprivate static var logsOfTable: Self {
    .texts(
      "events", OptionSpec.Value("LOG", .file),
      help:
        "also say what the table of --schema, or those of the rules, make of these events: which they keep, and what they do to others"
    )
  }
}

extension OptionKey where Value == Bool {
  static var strict: Self { .flag("strict", help: "take a warning for a finding, and fail") }
  static var quiet: Self { .flag("quiet", short: "q", help: "print only what is wrong") }
  fileprivate static var suggest: Self {
    .flag("suggest", help: "also print a shorter condition where one is proved to mean the same")
  }
}
