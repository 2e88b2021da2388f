import Concord

/// `concord lint`: what is odd about a set of rules.
struct LintCommand {
  static let spec = CommandSpec(
    name: "lint",
    summary: "Look for rules that never fire, parts that cannot matter, and rules that others cover.",
    positional: "FILE…",
    options: [
      OptionSpec(
        name: "fail-on", value: "LEVEL", choices: ["warning", "note", "never"],
        help: "end with exit code 1 on a warning (the default), on a note too, or never"),
      OptionSpec(
        name: "overlaps", value: nil,
        help: "also show rules of which an event is one of another rule on the same log"),
      OptionSpec(
        name: "format", short: "f", value: "FORMAT", choices: LintFormat.allCases.map(\.rawValue),
        help: "text (the default), json or sarif"),
    ] + RuleInput.options,
    examples: [
      ("concord lint rules/", "look at a set of rules, and at each pair on the same log"),
      ("concord lint rules/ --format sarif > lint.sarif", "for code scanning"),
    ],
    notes: [
      "warnings: never-fires, always-fires, exclusion-of-all, contradicts-fixture, duplicate",
      "notes: part-cannot-matter, regex-is-text, subsumed, overlap (with --overlaps)",
      "",
      "Every finding is proved. Most rules are meant for fields that hold one value; a finding that holds only then",
      "says so. What met a bound is counted as unknown, and is no finding.",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let input = try RuleInput(arguments, command: "lint")
    let run = LintRun(input, showsOverlaps: arguments.has("overlaps"), terminal)
    let format = arguments["format"].flatMap(LintFormat.init) ?? .text
    try terminal.print(format.render(run.result))
    var code = run.result.failures.reduce(ExitCode.clean) { $0.and($1.code) }
    let findings = run.result.findings.map(\.finding)
    let fails =
      switch arguments["fail-on"] {
      case "never": false
      case "note": !findings.isEmpty
      default: findings.contains { $0.kind.severity == .warning }
      }
    if fails { code = code.and(.findings) }
    return code
  }
}

/// How `lint` prints.
enum LintFormat: String, CaseIterable {
  case text, json, sarif

  func render(_ result: LintResult) -> String {
    switch self {
    case .text: LintReports.text(result)
    case .json: LintReports.json(result)
    case .sarif:
      SARIF.render(
        result.failures.map { ($0.path, $0.diagnostic) }
          + result.findings.map { (result.rules[$0.rule].path, $0.finding.diagnostic) })
    }
  }
}

/// What became of a set of rules.
struct LintResult {
  /// A rule and its file, as the user named it.
  struct LintedRule: Sendable {
    let path: String
    let document: RuleDocument
  }

  /// A file that could not be read.
  struct Failure {
    let path: String
    let diagnostic: Diagnostic
    let code: ExitCode
  }

  var rules: [LintedRule] = []
  var failures: [Failure] = []
  /// The findings, each with the place of its rule, and that of the other rule where there is one.
  var findings: [(rule: Int, other: Int?, finding: LintFinding)] = []
  /// How many questions met a bound.
  var unknown = 0
  /// How many pairs of rules were put to the prover.
  var pairs = 0
}

/// Puts every question to every rule, on all cores.
private struct LintRun {
  var result = LintResult()

  init(_ input: RuleInput, showsOverlaps: Bool, _ terminal: Terminal) {
    for (file, outcome) in zip(input.inputs, Parallel.map(input.inputs) { input.load($0) }) {
      switch outcome {
      case .failure(let failure): fail(file, failure.diagnostic, failure.code, terminal)
      case .success(let collection):
        result.rules += collection.documents.map { LintResult.LintedRule(path: file.path, document: $0) }
        for error in collection.refused.flatMap(\.errors) { fail(file, error, .badRule, terminal) }
      }
    }
    terminal.progress("\(result.rules.count) rules read")
    let reports = Parallel.map(result.rules) { RuleLint().report(on: $0.document) }
    for (index, report) in reports.enumerated() {
      result.findings += report.findings.map { (index, nil, $0) }
      result.unknown += report.unknown
    }
    pairs(reports.map(\.witness), showsOverlaps, terminal)
    terminal.endProgress()
    let sorted = result.findings.enumerated().sorted {
      ($0.element.rule, $0.offset) < ($1.element.rule, $1.offset)
    }
    result.findings = sorted.map(\.element)
  }

  private mutating func fail(
    _ file: Files.Input, _ diagnostic: Diagnostic, _ code: ExitCode, _ terminal: Terminal
  ) {
    terminal.report(diagnostic)
    result.failures.append(LintResult.Failure(path: file.path, diagnostic: diagnostic, code: code))
  }

  private mutating func pairs(_ witnesses: [Event?], _ showsOverlaps: Bool, _ terminal: Terminal) {
    let documents = result.rules.map(\.document)
    let lint = RuleSetLint()
    let candidates = lint.candidates(documents, witnesses: witnesses)
    terminal.progress("\(documents.count) rules, \(candidates.count) pairs")
    result.pairs = candidates.count
    let relations = Parallel.map(candidates) {
      lint.relation(documents[$0.rule].rule, documents[$0.other].rule)
    }
    for (pair, relation) in zip(candidates, relations) {
      if relation == .unknown { result.unknown += 1 }
      if relation == .overlap, !showsOverlaps { continue }
      if let finding = lint.finding(relation, pair, documents, witness: witnesses[pair.rule]) {
        result.findings.append((pair.rule, pair.other, finding))
      }
    }
  }
}
