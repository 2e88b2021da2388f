import Concord

/// `concord check`: reads rules and runs their fixtures natively.
enum CheckCommand {
  static let spec = CommandSpec(
    name: "check", summary: "Check rules: read them, resolve their fields, run their fixtures.",
    positional: "FILE…",
    options: OptionKey.specs(.format, .includeDisabled, .strict, .quiet, .suggest) + RuleInput.options,
    examples: [
      ("concord check rule.yml", "run the rule's own fixtures"),
      ("concord check rules/ --format junit > report.xml", "a report for a CI system"),
      (
        "concord check rule.yml --reading is_null=absent",
        "ask what happens when `is_null` means absent, not falsy"
      ),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let input = try RuleInput(arguments, command: "check")
    let (suggests, isStrict) = (arguments[.suggest], arguments[.strict])
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let run = RuleRun(input, for: .inspection, skips: skips) { rule in
      CheckEntry(input.compiler.check(rule.document), path: rule.file.path, suggests: suggests).entry
    }
    var printer = ReportPrinter("check", as: arguments[.format], isQuiet: arguments[.quiet], terminal)
    var (total, clean) = (0, 0)
    var code = ExitCode.clean
    for found in run {
      var entry =
        switch found {
        case .rule(let rule, let entry): entry.adding(rule.clash)
        case .refused(let refusal): Report.Entry(refusal)
        }
      if case .rule = found, !entry.isClean { code = code.and(.findings) }
      if isStrict, entry.contains(.warning) {
        code = code.and(.findings)
        entry.isClean = false
      }
      try printer.add(entry)
      // What is odd about a filter is of no rule.
      if case .refused(let refusal) = found, refusal.isRemark { continue }
      total += 1
      clean += entry.isClean ? 1 : 0
    }
    try printer.end(
      total > 1 ? ["\(counted(total, "rule")): \(clean) clean, \(total - clean) not"] : [],
      counts: [("rules", total), ("clean", clean)])
    // Fixtures of a rule that is switched off are checked as any other.
    var skipped = run.skipped
    skipped.named = 0
    if !arguments[.quiet] { terminal.remark(skipped) }
    return code.and(run.code)
  }
}

extension OptionKey where Value == Bool {
  static var strict: Self { .flag("strict", help: "take a warning for a finding, and fail") }
  static var quiet: Self { .flag("quiet", short: "q", help: "print only what is wrong") }
  fileprivate static var suggest: Self {
    .flag("suggest", help: "also print a shorter condition where one is proved to mean the same")
  }
}
