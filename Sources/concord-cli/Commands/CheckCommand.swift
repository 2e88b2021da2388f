import Concord

/// `concord check`: reads rules and runs their fixtures natively.
struct CheckCommand {
  static let spec = CommandSpec(
    name: "check", summary: "Check rules: read them, resolve their fields, run their fixtures.",
    positional: "FILE…",
    options: [
      OptionSpec(
        name: "format", short: "f", value: "FORMAT", choices: CheckFormat.allCases.map(\.rawValue),
        help: "text (the default), json, junit or sarif"),
      OptionSpec(name: "quiet", short: "q", value: nil, help: "print only what is wrong"),
    ] + RuleInput.options,
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
    let format = arguments["format"].flatMap(CheckFormat.init) ?? .text
    var results: [CheckResult] = []
    var code = ExitCode.clean
    for file in input.inputs {
      switch input.load(file) {
      case .failure(let failure):
        results.append(CheckResult(path: file.path, outcome: .failure(failure.diagnostic)))
        code = code.and(failure.code)
      case .success(let documents):
        for document in documents {
          let report = input.compiler.check(document)
          if !report.isClean { code = code.and(.findings) }
          results.append(CheckResult(path: file.path, outcome: .success(report)))
        }
      }
    }
    switch format {
    case .text: try CheckText(terminal: terminal, quiet: arguments.has("quiet")).print(results)
    case .json: try terminal.print(CheckJSON.render(results))
    case .junit: try terminal.print(JUnit.render(results.map(\.suite), name: "concord check"))
    case .sarif:
      try terminal.print(
        SARIF.render(results.flatMap { result in result.diagnostics.map { (result.path, $0) } }))
    }
    return code
  }
}

/// How `check` prints.
enum CheckFormat: String, CaseIterable {
  case text, json, junit, sarif
}

/// What became of one rule.
struct CheckResult {
  /// The file, as the user named it.
  let path: String
  /// The report, or what was wrong with the file.
  let outcome: Result<CheckReport, Diagnostic>

  /// All diagnostics of the rule: what was wrong, warnings, failing fixtures.
  var diagnostics: [Diagnostic] {
    switch outcome {
    case .failure(let diagnostic): [diagnostic]
    case .success(let report): report.document.warnings + report.diagnostics
    }
  }

  /// The rule as a suite, its fixtures as cases.
  var suite: JUnit.Suite {
    switch outcome {
    case .failure(let diagnostic):
      let body = DiagnosticRenderer().render(diagnostic)
      let read = JUnit.Case(
        group: path, name: "read", outcome: .error(message: diagnostic.message, body: body))
      return JUnit.Suite(name: path, cases: [read])
    case .success(let report):
      return JUnit.Suite(
        name: path,
        cases: report.outcomes.map { outcome in
          JUnit.Case(
            group: report.document.rule.id, name: outcome.fixture.name,
            outcome: outcome.holds ? .passed : outcome.failure)
        })
    }
  }
}

extension CheckReport.Outcome {
  fileprivate var failure: JUnit.Outcome {
    .failed(
      message: "expected \(fixture.expected), got \(verdict)",
      body: (explanation + [Value.object(fixture.event.object).prettyJSON]).joined(separator: "\n"))
  }
}
