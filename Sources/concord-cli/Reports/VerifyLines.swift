import Concord

/// `verify`'s entry for people: a matrix of the interesting rows, a line a target, and what the fixtures miss.
struct VerifyLines {
  private let result: VerifyResult
  private let path: String
  private let allRows: Bool

  init(_ result: VerifyResult, path: String, allRows: Bool) {
    self.result = result
    self.path = path
    self.allRows = allRows
  }

  var lines: [TextLine] {
    let agreement = result.agreement
    var lines: [TextLine] = ["\(path): \(result.document.rule.id)", counts]
    if !result.switchedOff.isEmpty {
      lines.append("  \("deployed, but switched off", .bad)")
    } else if result.isMissing {
      lines.append("  \("not deployed", .bad)")
    }
    lines += matrix
    for (column, judgement) in zip(agreement.columns, result.verification.judgements) {
      lines.append(summary(column, judgement))
      lines += column.assumed.map { "    \($0.code.rawValue): \(flat($0.message))" }
      lines += column.notes.map { "    rows: \(flat($0.message))" }
      lines += unkept(column)
    }
    lines += mutants
    lines += result.engines.flatMap(summary)
    for failure in agreement.failingFixtures {
      let probe = agreement.probes[failure]
      lines.append(
        "  fixture `\(probe.name)` expects \(probe.expected ?? false), the condition says \(agreement.meaning[failure])"
      )
    }
    lines += logs
    return lines + result.verification.disagreements.flatMap(explanation)
  }

  private var counts: TextLine {
    let probes = result.agreement.probes
    if let logs = result.verification.logCounts, let aggregate = result.document.rule.aggregate {
      let limits =
        (logs.unkept == 0 ? [] : ["\(logs.unkept) more not put: a table does not keep an event of theirs"])
        + (logs.omitted == 0
          ? [] : ["\(logs.omitted) more not tried (at most \(BoundaryLogs.eventLimit) events are)"])
        + (logs.unreached.map { ["no log has \($0) events (at most \(BoundaryLogs.sizeLimit))"] } ?? [])
      return
        "  \((["\(counted(logs.put, "log")) for \(flat(aggregate.description))"] + limits).joined(separator: "; "))"
    }
    let fixtures = probes.count { $0.expected != nil }
    let boundary = result.verification.boundary
    let sites = boundary.pairs.count + boundary.undecided.count
    let omitted = boundary.omittedSites
    let limit = omitted == 0 ? "" : "; \(omitted) more not tried (at most \(BoundaryEvents.siteLimit) are)"
    let left = boundary.omittedEvents
    let sample = left == 0 ? "" : " (an even sample: \(left) more not made)"
    return
      "  \(counted(fixtures, "fixture")), \(counted(probes.count - fixtures, "other event"))\(sample); \(boundary.pairs.count) of \(counted(sites, "atom")) shown to decide\(limit)"
  }

  /// Event x target. Interesting rows are fixtures, and events on which some verdict differs.
  private var matrix: [TextLine] {
    let agreement = result.agreement
    let disagreeing = Set(agreement.disagreements + agreement.columns.flatMap(result.lostEvents))
    let rows = agreement.probes.indices.filter {
      allRows || agreement.probes[$0].expected != nil || disagreeing.contains($0)
    }
    let shown = allRows ? rows[...] : rows.prefix(40)
    guard !shown.isEmpty else { return [] }
    let names = shown.map { flat(agreement.probes[$0].name).visible() }
    let width = min(52, names.map(\.count).max() ?? 0)
    let heads = ["meaning"] + agreement.columns.map(\.language)
    var lines: [TextLine] = ["", TextLine("  " + padded(unit, width) + heads.map { "  " + $0 }.joined())]
    for (index, name) in zip(shown, names) {
      let meaning = agreement.meaning[index]
      let cells = zip(
        heads, [(mark(meaning), nil)] + agreement.columns.map { cell($0, index, meaning) })
      var line: TextLine = "  \(padded(name, width))"
      for (number, (head, cell)) in cells.enumerated() {
        let isLast = number == heads.count - 1
        let padding = isLast ? "" : String(repeating: " ", count: max(0, head.count - cell.0.count))
        line = "\(line)  \(cell.0, cell.1)\(padding)"
      }
      lines.append(line)
    }
    if shown.count < rows.count { lines.append("  … and \(rows.count - shown.count) more rows (--all-rows)") }
    return lines + [""]
  }

  private func cell(_ column: Agreement.Column, _ index: Int, _ meaning: Bool) -> (String, TextLine.Style?) {
    switch column.outcome {
    case .ran(_, let verdicts):
      if case .fails = column.unkept[index]?.difference(from: meaning) {
        ("fails !", .bad)
      } else {
        verdicts[index] == meaning ? (mark(meaning), .good) : (mark(verdicts[index]) + " !", .bad)
      }
    case .refused: ("-", .warning)
    case .failed: ("error", .bad)
    }
  }

  /// What is put to the targets.
  private var unit: String { result.document.rule.aggregate == nil ? "event" : "log" }

  private func mark(_ verdict: Bool) -> String {
    verdict ? result.document.rule.aggregate == nil ? "match" : "alert" : "no"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text.count > width
      ? text.prefix(width - 1) + "…" : text + String(repeating: " ", count: width - text.count)
  }

  private func summary(_ column: Agreement.Column, _ judgement: Judgement) -> TextLine {
    let agreement = result.agreement
    switch column.outcome {
    case .ran(_, let verdicts):
      let kept = verdicts.indices.filter { column.unkept[$0] == nil }
      let wrong = kept.count { verdicts[$0] != agreement.meaning[$0] }
      let reason = judgement.reason.map { " (\(flat($0)))" } ?? ""
      let style: TextLine.Style =
        wrong > 0 || judgement.event != nil ? .bad : judgement.verdict == .unknown ? .warning : .good
      return
        "  \(column.name): \(judgement.verdict.rawValue, style), \(counted(kept.count, unit)), \(counted(wrong, "disagreement"))\(reason)"
    case .refused(let diagnostic):
      return "  \(column.name): \("refused", .warning): \(flat(diagnostic.message))"
    case .failed(_, let diagnostic, let probe):
      let event = probe.map { " on `\(agreement.probes[$0].name)`" } ?? ""
      return "  \(column.name): \("the query fails", .bad)\(event): \(flat(diagnostic.message))"
    }
  }

  /// What the target's table makes of the events that it does not keep as they are: those that somebody has one by one,
  /// the derived ones by their number and the first that matters.
  private func unkept(_ column: Agreement.Column) -> [TextLine] {
    let agreement = result.agreement
    let places = column.unkept.keys.sorted()
    let lost = Set(agreement.lost(in: column))
    var lines: [TextLine] = places.filter { !agreement.probes[$0].isDerived }.map { index in
      let style: TextLine.Style = lost.contains(index) ? .bad : .warning
      return
        "    `\(flat(agreement.probes[index].name))`: \(flat(result.loss(of: index, in: column)), style)"
    }
    let derived = places.filter { agreement.probes[$0].isDerived }
    guard let first = derived.first(where: lost.contains) ?? derived.first else { return lines }
    let count = derived.count { lost.contains($0) }
    let verdicts =
      count == 0 ? "no verdict differs" : "\(counted(count, "verdict")) \(count == 1 ? "differs" : "differ")"
    lines.append(
      "    its table does not keep \(counted(derived.count, "more event")): \(verdicts) (such as \(flat(result.loss(of: first, in: column))))"
    )
    return lines
  }

  /// What the rule's own fixtures notice; of a rule without any there is nothing to count one by one.
  private var mutants: [TextLine] {
    if result.document.rule.aggregate != nil { return [] }
    let score = result.verification.score
    if result.document.rule.fixtures.isEmpty {
      return score.tried == 0
        ? []
        : [
          "  no fixtures: none of \(counted(score.tried, "mistake")) is noticed (--write-fixtures adds some)"
        ]
    }
    let showable = score.survivors.filter { $0.killer != nil }
    var lines: [TextLine] = ["  \(score.words)"]
    lines += showable.prefix(allRows ? showable.count : 5).map { "    not noticed: \(flat($0.mutant.words))" }
    if !allRows, showable.count > 5 {
      lines.append(
        "    … and \(showable.count - 5) more (--all-rows; --write-fixtures adds events that notice them)")
    }
    return lines
  }

  private func summary(_ run: EngineRun) -> [TextLine] {
    run.diagnostics.isEmpty
      ? ["  \(run.engine) (real engine): \("agrees", .good) on \(counted(run.eventCount, unit))"]
      : run.diagnostics.map { "  \(run.engine) (real engine): \(flat($0.message), .bad)" }
  }

  /// The smallest log on which some target raises other alerts than the rule.
  private var logs: [TextLine] {
    guard result.document.rule.aggregate != nil else { return [] }
    let probes = result.agreement.disagreements.map { result.agreement.probes[$0] }
    guard let probe = probes.min(by: { $0.log.count < $1.log.count }) else { return [] }
    let shown = probe.log.prefix(12).map { logged in
      TextLine(
        "    \(logged.second.map { Instant(seconds: $0).text } ?? "-")  \(Value.object(logged.event.object).compactJSON)"
      )
    }
    let more = probe.log.count - shown.count
    return ["", "  other alerts of this log, `\(flat(probe.name))`:"] + shown
      + (more > 0 ? ["    … and \(counted(more, "more event"))"] : [])
  }

  private func explanation(_ disagreement: Disagreement) -> [TextLine] {
    var lines: [TextLine] = ["", "  \(disagreement.language) \("disagrees", .bad) on this event:"]
    lines += TextLine.lines(of: Value.object(disagreement.event.object).prettyJSON, indent: 4)
    lines.append(
      "  the condition says \(mark(disagreement.meaning)), the query \(mark(!disagreement.meaning)); the part that differs:"
    )
    lines += TextLine.lines(of: Notation.print(disagreement.part), indent: 4)
    lines.append("  as written in \(disagreement.language):")
    lines += TextLine.lines(of: disagreement.query, indent: 4)
    return lines
  }
}
