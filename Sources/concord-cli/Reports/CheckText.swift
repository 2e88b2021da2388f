import Concord

/// `check`'s output for people.
struct CheckText {
  let terminal: Terminal
  let quiet: Bool

  func print(_ results: [CheckResult]) throws(Diagnostic) {
    var clean = 0
    for result in results {
      if result.isClean { clean += 1 }
      switch result.outcome {
      case .correct(let diagnostics), .wrong(let diagnostics): diagnostics.forEach(terminal.report)
      case .report(let report):
        report.document.warnings.forEach(terminal.report)
        let suggestion = result.suggestion?.text ?? ""
        if !report.isClean || !quiet || !suggestion.isEmpty {
          try terminal.print(text(report, path: result.path) + suggestion)
        }
      }
    }
    if results.count > 1 {
      try terminal.print("\(results.count) rules: \(clean) clean, \(results.count - clean) not\n")
    }
  }

  private func text(_ report: CheckReport, path: String) -> String {
    var lines = ["\(path): \(oneLine(report.document.rule.id))"]
    if let reading = report.document.reading { lines.append("  reading: \(reading)") }
    for outcome in report.outcomes { lines += self.lines(outcome) }
    let total = report.outcomes.count
    lines.append(total == 0 ? "  no fixtures" : "  \(report.holding) of \(total) fixtures hold")
    if let better = report.betterReading {
      lines.append("  help: all \(total) hold with --reading '\(better.reading)'")
    } else if !report.isClean, !report.document.alternatives.isEmpty {
      lines.append("  no other reading of the condition makes all hold")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ outcome: CheckReport.Outcome) -> [String] {
    let name = oneLine(outcome.fixture.name)
    guard !outcome.holds else { return ["  ok    \(name)"] }
    var lines = ["  FAIL  \(name): expected \(outcome.fixture.expected), got \(outcome.verdict)"]
    lines += outcome.explanation.map { "        \($0)" }
    return lines
  }
}

/// A name with its line breaks and control characters replaced: it must not break out of its line.
func oneLine(_ text: String) -> String {
  String(
    String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
  )
}

extension CheckReport.Outcome {
  /// Why the verdict is what it is: the deciding conjuncts and the values of their fields.
  var explanation: [String] {
    var lines: [String] = []
    let shown = 8
    for condition in deciding.prefix(shown) {
      lines.append("\(fixture.expected ? "false" : "true"): \(shortened(Notation.print(condition)))")
      for path in condition.paths.prefix(shown) {
        let values = fixture.event.values(at: path).map(\.value.compactJSON)
        lines.append("  \(path) = \(values.isEmpty ? "absent" : shortened(values.joined(separator: ", ")))")
      }
    }
    if deciding.count > shown { lines.append("… and \(deciding.count - shown) more conjuncts") }
    return lines
  }

  private func shortened(_ text: String) -> String {
    text.count > 160 ? oneLine(String(text.prefix(159))) + "…" : oneLine(text)
  }
}

extension CheckReport {
  /// The failing fixtures as diagnostics, at their place in the rule's file.
  var diagnostics: [Diagnostic] {
    outcomes.filter { !$0.holds }.map { outcome in
      Diagnostic(
        .fixtureDiffers,
        "fixture `\(outcome.fixture.name)` expects \(outcome.fixture.expected), the condition says "
          + "\(outcome.verdict)",
        in: document.source, labels: outcome.fixture.origin.map { [Diagnostic.Label($0)] } ?? [],
        help: outcome.explanation
          + (betterReading.map { ["all fixtures hold with --reading '\($0.reading)'"] } ?? []))
    }
  }
}
