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
    entry = Report.Entry(path: path, of: result.document.rule)
    entry.findings =
      result.document.warnings.map { Report.Finding(diagnostic: $0) } + VerifyFindings(result).findings
    entry.isClean = entry.code == .clean
    entry.topics = result.agreement.columns.map(\.language) + result.engines.map(\.engine)
    switch format {
    case .text, .markdown: entry.lines = VerifyLines(result, path: path, allRows: allRows).lines
    case .json: entry.facts = VerifyFacts(result).facts
    case .junit: entry.cases = cases
    case .github, .sarif: break
    }
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
          : .failed(message: "expected \(expected), the condition says \(actual)", body: event(index)),
        topic: result.fixture(of: probe)?.identity)
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
      return [Report.Case(group: group, name: "run", outcome: outcome, topic: column.language)]
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
        Report.Case(
          group: group, name: agreement.probes[index].name, outcome: outcome(index), topic: column.language)
      }
      let rest = Report.Case(
        group: group, name: "\(counted(others.count, "other event"))", outcome: wrong.map(outcome) ?? .passed,
        topic: column.language)
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
    let topic = result.agreement.columns[target].language
    return [Report.Case(group: group, name: "proof", outcome: outcome, topic: topic)]
  }

  private func engine(_ run: EngineRun) -> Report.Case {
    let body = run.diagnostics.map(\.message).joined(separator: "\n")
    return Report.Case(
      group: group(run.engine), name: counted(run.eventCount, "event"),
      outcome: run.diagnostics.first.map { .failed(message: $0.message, body: body) } ?? .passed,
      topic: run.engine)
  }
}
