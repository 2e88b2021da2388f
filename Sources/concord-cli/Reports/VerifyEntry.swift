import Concord

/// What `verify` reports of a rule.
struct VerifyEntry {
  /// The entry of the report.
  private(set) var entry: Report.Entry
  private let result: VerifyResult

  /// The entry of a rule of that file, with what the format draws of it. `allRows`: whether people see every event,
  /// not only the interesting ones.
  init(_ result: VerifyResult, path: String, allRows: Bool, format: ReportFormat) {
    self.result = result
    entry = Report.Entry(path: path, rule: result.document.rule.id)
    entry.isClean = result.code == .clean
    entry.findings =
      result.document.warnings.map { Report.Finding(diagnostic: $0) }
      + findings.map { Report.Finding(diagnostic: $0, isTold: true) }
    switch format {
    case .text, .markdown: entry.lines = VerifyLines(result, path: path, allRows: allRows).lines
    case .json: entry.facts = VerifyFacts(result).facts
    case .junit: entry.cases = cases
    case .github, .sarif: break
    }
  }

  /// What is wrong with the rule and its translations, at its place in the rule's file.
  private var findings: [Diagnostic] {
    let (document, agreement) = (result.document, result.agreement)
    var found = agreement.failingFixtures.compactMap { index in
      let probe = agreement.probes[index]
      return document.rule.fixtures.first { $0.name == probe.name && $0.event == probe.event }.map {
        Diagnostic.fixtureFails($0, verdict: agreement.meaning[index], in: document)
      }
    }
    found += result.switchedOff.map { name in
      Diagnostic(
        .notDeployed, "the deployed query `\(name.visible())` of `\(document.rule.id)` is switched off",
        in: document.source)
    }
    if result.isMissing, result.switchedOff.isEmpty {
      found.append(
        Diagnostic(.notDeployed, "no deployed query is that of `\(document.rule.id)`", in: document.source))
    }
    for (column, judgement) in zip(agreement.columns, result.verification.judgements) {
      switch column.outcome {
      case .ran:
        found += result.lostEvents(in: column).map { index in
          let event = agreement.probes[index].name
          return Diagnostic(
            .eventNotKept, "\(column.name): `\(event)` is \(result.loss(of: index, in: column))",
            in: document.source)
        }
        guard judgement.verdict == .unknown else { continue }
        found.append(
          Diagnostic(
            .testedOnly, "\(column.name) is tested, but not proved: \(judgement.reason ?? "")",
            in: document.source))
      case .refused(let diagnostic): found.append(diagnostic.located(in: document))
      case .failed(_, let diagnostic, _):
        found.append(
          Diagnostic(
            .queryNotRun, "\(column.name) would not run the query: \(diagnostic.message)", in: document.source
          ))
      }
    }
    if document.rule.aggregate != nil {
      found += result.agreement.disagreements.prefix(1).map { index in
        Diagnostic(
          .disagreement,
          "a translation raises other alerts of the log `\(agreement.probes[index].name)`",
          in: document.source)
      }
    }
    found += result.engines.flatMap { $0.diagnostics.map { $0.located(in: document.source) } }
    return found + result.verification.disagreements.map { disagreement($0, in: document.conditionSource) }
  }

  private func disagreement(_ disagreement: Disagreement, in source: Source) -> Diagnostic {
    Diagnostic(
      .disagreement,
      "\(disagreement.language) disagrees: the condition says \(disagreement.meaning), the query "
        + "\(!disagreement.meaning)",
      in: source, at: disagreement.part.origin,
      help: [
        "event: \(Value.object(disagreement.event.object).compactJSON)",
        "part: \(Notation.print(disagreement.part))",
      ])
  }

  /// A case a fixture and target, one for all boundary events of a target, one for its proof, one for each engine.
  private var cases: [Report.Case] {
    let meaning = fixtures.map { index in
      let probe = result.agreement.probes[index]
      let (expected, actual) = (probe.expected ?? false, result.agreement.meaning[index])
      return Report.Case(
        group: group("meaning"), name: probe.name,
        outcome: expected == actual
          ? .passed
          : .failed(message: "expected \(expected), the condition says \(actual)", body: event(index)))
    }
    return meaning + result.agreement.columns.indices.flatMap(cases) + result.engines.map { engine($0) }
  }

  private var fixtures: [Int] {
    result.agreement.probes.indices.filter { result.agreement.probes[$0].expected != nil }
  }

  private func group(_ name: String) -> String { "\(result.document.rule.id).\(name)" }

  private func event(_ index: Int) -> String {
    let probe = result.agreement.probes[index]
    guard result.document.rule.aggregate == nil else {
      return probe.log.map { Value.object($0.event.object).compactJSON }.joined(separator: "\n")
    }
    return Value.object(probe.event.object).prettyJSON
  }

  private func cases(ofTarget target: Int) -> [Report.Case] {
    let (agreement, column) = (result.agreement, result.agreement.columns[target])
    let group = group(column.language)
    switch column.outcome {
    case .refused(let diagnostic):
      let outcome = Report.Case.Outcome.skipped(message: "refused: \(diagnostic.message)")
      return [Report.Case(group: group, name: "write", outcome: outcome)]
    case .failed(let query, let diagnostic, _):
      let outcome = Report.Case.Outcome.error(message: diagnostic.message, body: query)
      return [Report.Case(group: group, name: "run", outcome: outcome)]
    case .ran(let query, let verdicts):
      func outcome(_ index: Int) -> Report.Case.Outcome {
        verdicts[index] == agreement.meaning[index]
          ? .passed
          : .failed(
            message: column.unkept[index] == nil
              ? "the condition says \(agreement.meaning[index]), the query \(verdicts[index])"
              : result.loss(of: index, in: column), body: event(index) + "\n\n" + query)
      }
      // What the table makes of events that no log has to have is no fault of the query.
      let others = agreement.probes.indices.filter { index in
        agreement.probes[index].expected == nil
          && !(agreement.probes[index].isDerived && column.unkept[index] != nil)
      }
      let wrong = others.first { verdicts[$0] != agreement.meaning[$0] }
      let tried = fixtures.map { index in
        Report.Case(group: group, name: agreement.probes[index].name, outcome: outcome(index))
      }
      let rest = Report.Case(
        group: group, name: "\(counted(others.count, "other event"))", outcome: wrong.map(outcome) ?? .passed)
      return tried + [rest] + proof(ofTarget: target)
    }
  }

  private func proof(ofTarget target: Int) -> [Report.Case] {
    guard result.verification.proofs[target] != nil else { return [] }
    let judgement = result.verification.judgements[target]
    let (word, group) = (judgement.verdict.rawValue, group(result.agreement.columns[target].language))
    let outcome: Report.Case.Outcome
    if let event = judgement.event {
      outcome = .failed(message: "the query is \(word)", body: Value.object(event.object).prettyJSON)
    } else if judgement.verdict == .proved {
      outcome = .passed
    } else {
      outcome = .skipped(message: "\(word): \(judgement.reason ?? "not proved")")
    }
    return [Report.Case(group: group, name: "proof", outcome: outcome)]
  }

  private func engine(_ run: EngineRun) -> Report.Case {
    let body = run.diagnostics.map(\.message).joined(separator: "\n")
    return Report.Case(
      group: group(run.engine), name: counted(run.eventCount, "event"),
      outcome: run.diagnostics.first.map { .failed(message: $0.message, body: body) } ?? .passed)
  }
}
