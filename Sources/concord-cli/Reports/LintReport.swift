import Concord

/// What `lint` reports of a set of rules.
struct LintReport {
  /// The files that could not be read, then an entry a rule.
  private(set) var entries: [Report.Entry]
  /// How many rules, pairs and findings of each kind.
  let counts: [(name: String, count: Int)]
  /// The last lines for people.
  let closing: [TextLine]

  init(_ run: LintRun, failing level: LintLevel) {
    var ofRule: [[LintRun.Finding]] = Array(repeating: [], count: run.rules.count)
    for finding in run.findings { ofRule[finding.rule].append(finding) }
    entries = run.refusals.map { Report.Entry($0) }
    entries += zip(run.rules, ofRule).map { rule, findings in
      let clash = level.fails(on: .warning) ? rule.clash : nil
      return LintReport.entry(rule, findings, run, level).adding(clash)
    }
    let clashes = run.rules.count { $0.clash != nil }
    var kinds = LintFinding.Kind.allCases.compactMap { kind -> (name: String, count: Int)? in
      let count = run.findings.count { $0.finding.kind == kind }
      return count == 0 ? nil : (kind.rawValue, count)
    }
    if clashes > 0, level.fails(on: .warning) { kinds.append(("same-name", clashes)) }
    counts = [("rules", run.rules.count), ("pairs", run.pairs), ("unknown", run.unknown)] + kinds
    let told = kinds.isEmpty ? "no findings" : kinds.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    let bounds = run.unknown == 0 ? "" : "; \(counted(run.unknown, "question")) met a bound"
    closing =
      (run.findings.isEmpty ? [] : [""]) + ["\(counted(run.rules.count, "rule")): \(told)\(bounds)"]
  }

  /// What a finding is about: another rule, or, where it has no place, what its help names of the rule.
  private static func identity(_ found: LintRun.Finding, _ rule: String?, _ other: FoundRule?) -> String? {
    let diagnostic = found.finding.diagnostic
    if let other { return "\(rule ?? ""):\(other.document.rule.id)" }
    return diagnostic.labels.isEmpty ? ([diagnostic.message] + diagnostic.help).joined(separator: " | ") : nil
  }

  private static func entry(
    _ rule: FoundRule, _ findings: [LintRun.Finding], _ run: LintRun, _ level: LintLevel
  ) -> Report.Entry {
    var entry = Report.Entry(path: rule.file.path, of: rule.document.rule)
    entry.topics = run.kinds.map(\.rawValue)
    entry.isClean = !findings.contains { level.fails(on: $0.finding.kind.severity) }
    for found in findings {
      let (finding, diagnostic) = (found.finding, found.finding.diagnostic)
      let place = (diagnostic.labels.first?.span.start).map { ":\($0.line):\($0.column)" } ?? ""
      let severity = diagnostic.severity
      let lines: [TextLine] =
        [
          "\(entry.path)\(place): \(severity.rawValue, .init(severity)): \(flat(diagnostic.message)) [\(finding.kind.rawValue)]"
        ] + diagnostic.help.map { "  \(flat($0))" }
      let other = found.other.map { run.rules[$0] }
      var facts: [(name: String, value: Value)] = [("kind", .string(finding.kind.rawValue))]
      if let other {
        facts.append(("otherFile", .string(other.file.path)))
        facts.append(("otherId", .string(other.document.rule.id)))
      }
      entry.findings.append(
        Report.Finding(
          diagnostic: diagnostic, isTold: true,
          identity: identity(found, entry.rule, other), facts: facts,
          other: other?.file.path,
          cost: level.fails(on: severity) ? .findings : .clean, topic: finding.kind.rawValue, lines: lines))
      entry.cases.append(
        Report.Case(
          group: rule.document.rule.id, name: finding.kind.rawValue,
          outcome: level.fails(on: severity)
            ? .failed(message: diagnostic.message, body: diagnostic.help.joined(separator: "\n"))
            : .skipped(message: diagnostic.message), topic: finding.kind.rawValue))
    }
    if findings.isEmpty {
      entry.cases = [Report.Case(group: rule.document.rule.id, name: "lint", outcome: .passed)]
    }
    return entry
  }
}
