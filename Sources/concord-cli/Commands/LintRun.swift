import Concord

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
  /// What was passed over.
  let skipped: RunSkips.Count
  /// The findings, in the order of the rules.
  private(set) var findings: [Finding] = []
  /// How many questions met a bound.
  private(set) var unknown = 0
  /// What was looked for.
  let kinds: [LintFinding.Kind]
  /// How many pairs of rules were put to the prover.
  private(set) var pairs = 0

  init(_ input: RuleInput, _ skips: RunSkips, showsOverlaps: Bool, _ terminal: Terminal) {
    kinds = LintFinding.Kind.allCases.filter { $0 != .overlap || showsOverlaps }
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
