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
      OptionSpec(name: "strict", value: nil, help: "take a warning for a finding, and fail"),
      OptionSpec(name: "quiet", short: "q", value: nil, help: "print only what is wrong"),
      OptionSpec(
        name: "suggest", value: nil,
        help: "also print a shorter condition where one is proved to mean the same"),
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
        results.append(CheckResult(path: file.path, outcome: .wrong([failure.diagnostic])))
        code = code.and(failure.code)
      case .success(let collection):
        for document in collection.documents {
          let report = input.compiler.check(document)
          if !report.isClean { code = code.and(.findings) }
          var result = CheckResult(path: file.path, outcome: .report(report))
          if arguments.has("suggest") { result.suggestion = Shortening(of: document.rule) }
          results.append(result)
        }
        for document in collection.refused {
          if !document.isCorrect { code = code.and(.badRule) }
          results.append(CheckResult(path: file.path, refused: document))
        }
      }
    }
    if arguments.has("strict"),
      results.contains(where: { $0.diagnostics.contains { $0.severity == .warning } })
    {
      code = code.and(.findings)
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

/// What became of one document.
struct CheckResult {
  enum Outcome {
    /// A rule that could be read.
    case report(CheckReport)
    /// A document that is right and no rule, and what is to be known about it.
    case correct([Diagnostic])
    /// What is wrong with the document, or the file.
    case wrong([Diagnostic])
  }

  /// The file, as the user named it.
  let path: String
  /// What became of it.
  let outcome: Outcome
  /// A shorter condition, where one was asked for and found.
  var suggestion: Shortening?

  init(path: String, outcome: Outcome) {
    self.path = path
    self.outcome = outcome
  }

  /// A document that no rule was made of. Where it is right, that no query is written of it is only a note here.
  init(path: String, refused document: RefusedDocument) {
    self.path = path
    if document.isCorrect {
      let notes = document.refusals.map { refusal in
        var note = refusal
        note.severity = .note
        return note
      }
      outcome = .correct(document.warnings + notes)
    } else {
      outcome = .wrong(document.warnings + document.errors)
    }
  }

  /// Whether nothing is wrong.
  var isClean: Bool {
    switch outcome {
    case .report(let report): report.isClean
    case .correct: true
    case .wrong: false
    }
  }

  /// All diagnostics of the document: what was wrong, warnings, failing fixtures.
  var diagnostics: [Diagnostic] {
    switch outcome {
    case .report(let report): report.document.warnings + report.diagnostics
    case .correct(let diagnostics), .wrong(let diagnostics): diagnostics
    }
  }

  /// The document as a suite, a rule's fixtures as cases.
  var suite: JUnit.Suite {
    switch outcome {
    case .report(let report):
      return JUnit.Suite(
        name: path,
        cases: report.outcomes.map { outcome in
          JUnit.Case(
            group: report.document.rule.id, name: outcome.fixture.name,
            outcome: outcome.holds ? .passed : outcome.failure)
        })
    case .correct:
      return JUnit.Suite(name: path, cases: [])
    case .wrong(let diagnostics):
      let errors = diagnostics.filter { $0.severity == .error }
      let body = errors.map { DiagnosticRenderer().render($0) }.joined(separator: "\n")
      let message = errors.first?.message ?? ""
      let read = JUnit.Case(group: path, name: "read", outcome: .error(message: message, body: body))
      return JUnit.Suite(name: path, cases: [read])
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
