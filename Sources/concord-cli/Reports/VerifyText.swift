import Concord

extension VerifyFormat {
  /// The whole output in this format.
  func render(_ results: [VerifyResult], allRows: Bool, terminal: Terminal) -> String {
    switch self {
    case .text: VerifyText(allRows: allRows, terminal: terminal).render(results)
    case .json: VerifyJSON.render(results)
    case .junit: JUnit.render(results.map(VerifyReports.suite), name: "concord verify")
    case .sarif:
      SARIF.render(results.flatMap { result in VerifyReports.diagnostics(result).map { (result.path, $0) } })
    case .github: VerifyReports.annotations(results)
    }
  }
}

/// `verify`'s output for people: a matrix of the interesting rows.
struct VerifyText {
  let allRows: Bool
  let terminal: Terminal

  func render(_ results: [VerifyResult]) -> String {
    var text = ""
    var clean = 0
    for result in results {
      switch result.outcome {
      case .failure(let diagnostic): terminal.report(diagnostic)
      case .success(let report):
        report.document.warnings.forEach(terminal.report)
        if result.code == .clean { clean += 1 }
        text += (text.isEmpty ? "" : "\n") + self.text(report, path: result.path)
      }
    }
    if results.count > 1 {
      text += "\n\(results.count) rules: \(clean) clean, \(results.count - clean) not\n"
    }
    return text
  }

  private func text(_ report: VerifyResult.Report, path: String) -> String {
    let agreement = report.agreement
    let fixtures = agreement.probes.filter { $0.expected != nil }.count
    var lines = ["\(path): \(oneLine(report.document.rule.id))"]
    let sites = report.boundary.pairs.count + report.boundary.undecided.count
    lines.append(
      "  \(fixtures) fixtures, \(agreement.probes.count - fixtures) other events; "
        + "\(report.boundary.pairs.count) of \(sites) atoms shown to decide")
    lines += matrix(agreement)
    for column in agreement.columns { lines.append(summary(column, report)) }
    lines += summary(report.score)
    for run in report.engines { lines += summary(run) }
    for failure in agreement.failingFixtures {
      let probe = agreement.probes[failure]
      lines.append(
        "  fixture `\(oneLine(probe.name))` expects \(probe.expected ?? false), the condition says \(agreement.meaning[failure])"
      )
    }
    for disagreement in report.disagreements { lines += explanation(disagreement) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Event x target. Interesting rows are fixtures, and events on which some verdict differs.
  private func matrix(_ agreement: Agreement) -> [String] {
    let disagreeing = Set(agreement.disagreements)
    let rows = agreement.probes.indices.filter {
      allRows || agreement.probes[$0].expected != nil || disagreeing.contains($0)
    }
    let shown = allRows ? rows[...] : rows.prefix(40)
    guard !shown.isEmpty else { return [] }
    let width = min(52, shown.map { agreement.probes[$0].name.count }.max() ?? 0)
    let heads = ["meaning"] + agreement.columns.map(\.language)
    var lines = ["", "  " + padded("event", width) + heads.map { "  " + $0 }.joined()]
    for index in shown {
      var line = "  " + padded(oneLine(agreement.probes[index].name), width)
      line += "  " + padded(mark(agreement.meaning[index]), "meaning".count)
      for column in agreement.columns {
        line += "  " + padded(cell(column, index, agreement.meaning[index]), column.language.count)
      }
      lines.append(trimmed(line))
    }
    if shown.count < rows.count { lines.append("  … and \(rows.count - shown.count) more rows (--all-rows)") }
    return lines + [""]
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  private func cell(_ column: Agreement.Column, _ index: Int, _ meaning: Bool) -> String {
    switch column.outcome {
    case .ran(_, let verdicts): mark(verdicts[index]) + (verdicts[index] == meaning ? "" : " !")
    case .refused: "-"
    case .failed: "error"
    }
  }

  private func mark(_ verdict: Bool) -> String { verdict ? "match" : "no" }

  private func padded(_ text: String, _ width: Int) -> String {
    text.count > width
      ? text.prefix(width - 1) + "…" : text + String(repeating: " ", count: width - text.count)
  }

  private func summary(_ column: Agreement.Column, _ report: VerifyResult.Report) -> String {
    let (agreement, verdict) = (report.agreement, report.verdict(of: column))
    switch column.outcome {
    case .ran(_, let verdicts):
      let wrong = zip(verdicts, agreement.meaning).filter { $0 != $1 }.count
      let reason = verdict.reason.map { " (\(oneLine($0)))" } ?? ""
      return "  \(column.name): \(verdict.name), \(verdicts.count) events, \(wrong) disagreements\(reason)"
    case .refused(let diagnostic): return "  \(column.name): refused: \(oneLine(diagnostic.message))"
    case .failed(_, let diagnostic, let probe):
      let event = probe.map { " on `\(oneLine(agreement.probes[$0].name))`" } ?? ""
      return "  \(column.name): the query fails\(event): \(oneLine(diagnostic.message))"
    }
  }

  private func summary(_ score: MutationScore) -> [String] {
    let showable = score.survivors.filter { $0.killer != nil }
    let possible = score.tried - (score.survivors.count - showable.count)
    var lines = ["  the fixtures notice \(score.noticed) of \(possible) mistakes (mutants)"]
    lines += showable.prefix(allRows ? showable.count : 5).map {
      "    not noticed: \(oneLine($0.mutant.words))"
    }
    if !allRows, showable.count > 5 {
      lines.append(
        "    … and \(showable.count - 5) more (--all-rows; --write-fixtures adds events that notice them)")
    }
    return lines
  }

  private func summary(_ run: EngineRun) -> [String] {
    run.diagnostics.isEmpty
      ? ["  \(run.engine) (real engine): agrees on \(run.eventCount) events"]
      : run.diagnostics.map { "  \(run.engine) (real engine): \(oneLine($0.message))" }
  }

  private func explanation(_ disagreement: Disagreement) -> [String] {
    var lines = ["", "  \(disagreement.language) disagrees on this event:"]
    lines += indented(Value.object(disagreement.event.object).prettyJSON)
    lines.append(
      "  the condition says \(mark(disagreement.meaning)), the query \(mark(!disagreement.meaning)); the part that differs:"
    )
    lines += indented(Notation.print(disagreement.part))
    lines.append("  as written in \(disagreement.language):")
    lines += indented(disagreement.query)
    return lines
  }

  private func indented(_ text: String) -> [String] {
    text.split(separator: "\n").map { "    \($0)" }
  }
}
