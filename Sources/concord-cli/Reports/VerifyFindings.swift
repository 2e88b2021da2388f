import Concord

/// What `verify` finds wrong with a rule and its translations, at its place in the rule's file, and what each costs.
struct VerifyFindings {
  private let result: VerifyResult
  /// The rule, without its words: another rule, another fault.
  private let rule: String
  /// The findings, in order.
  private(set) var findings: [Report.Finding] = []

  init(_ result: VerifyResult) {
    self.result = result
    let rule = result.document.rule
    self.rule = [
      rule.digest, "\(rule.logSources)", rule.place.digest, rule.window.digest,
    ].joined(separator: "\n")
    addFixtures()
    let source = result.document.source
    for name in result.switchedOff {
      let message = "the deployed query `\(name.visible())` of `\(rule.id)` is switched off"
      add(Diagnostic(.notDeployed, message, in: source), .findings)
    }
    if result.isMissing, result.switchedOff.isEmpty {
      add(Diagnostic(.notDeployed, "no deployed query is that of `\(rule.id)`", in: source), .findings)
    }
    for (column, judgement) in zip(result.agreement.columns, result.verification.judgements) {
      add(column, judgement)
    }
    if rule.aggregate != nil { addAlerts() }
    for run in result.engines {
      for diagnostic in run.diagnostics {
        add(
          diagnostic.located(in: source), run.code, topic: run.engine,
          identity: named(diagnostic.message, result.agreement.columns.map(text)))
      }
    }
    for disagreement in result.verification.disagreements { add(disagreement) }
  }

  private mutating func add(
    _ diagnostic: Diagnostic, _ cost: ExitCode, topic: String? = nil, identity: String? = nil
  ) {
    findings.append(
      Report.Finding(diagnostic: diagnostic, isTold: true, identity: identity, cost: cost, topic: topic))
  }

  /// Words for people, and a name for the rule and the texts that were put to the test: where any of these becomes
  /// another one, so does the fault, whatever its words.
  private func named(_ words: String, _ texts: [String]) -> String {
    let bytes = ([rule] + texts).flatMap { Array("\($0.utf8.count) \($0)".utf8) }
    return "\(flat(words)) #\(SHA256.name(of: bytes))"
  }

  /// The text that was put to the test.
  private func text(_ column: Agreement.Column) -> String {
    switch column.outcome {
    case .ran(let query, _), .failed(let query, _, _): query
    case .refused: ""
    }
  }

  private mutating func addFixtures() {
    let (document, agreement) = (result.document, result.agreement)
    for index in agreement.failingFixtures {
      let probe = agreement.probes[index]
      guard let fixture = result.fixture(of: probe) else {
        add(
          Diagnostic(
            .fixtureDiffers, "fixture `\(probe.name)` is not what the condition says", in: document.source),
          .findings)
        continue
      }
      add(
        .fixtureFails(fixture, verdict: agreement.meaning[index], in: document), .findings,
        topic: fixture.identity, identity: fixture.identity)
    }
  }

  private mutating func add(_ column: Agreement.Column, _ judgement: Judgement) {
    let (document, agreement) = (result.document, result.agreement)
    let topic = column.language
    switch column.outcome {
    case .ran(let query, _):
      for index in result.lostEvents(in: column) {
        let probe = agreement.probes[index]
        let message = "\(column.name): `\(probe.name)` is \(result.loss(of: index, in: column))"
        let event = Value.object(probe.event.object).compactJSON
        add(
          Diagnostic(.eventNotKept, message, in: document.source), .findings, topic: topic,
          identity: named(message, [query, event]))
      }
      let isShown = document.rule.aggregate != nil && !agreement.disagreements.isEmpty
      if judgement.verdict == .unknown {
        let message = "\(column.name) is tested, but not proved: \(judgement.reason ?? "")"
        add(
          Diagnostic(.testedOnly, message, in: document.source), .unknown, topic: topic,
          identity: named(message, [query]))
      } else if !isShown, judgement.event != nil || agreement.firstDisagreement(of: topic) != nil,
        !result.verification.disagreements.contains(where: { $0.language == topic })
      {
        // No smaller event or part shows it, so that it has no finding of its own below.
        let message = "\(column.name) is \(judgement.verdict.rawValue)"
        add(
          Diagnostic(.disagreement, message, in: document.source), .findings, topic: topic,
          identity: named(message, [query]))
      }
    case .refused(let diagnostic): add(diagnostic.located(in: document), .badRule, topic: topic)
    case .failed(let query, let diagnostic, _):
      let message = "\(column.name) would not run the query: \(diagnostic.message)"
      add(
        Diagnostic(.queryNotRun, message, in: document.source), .findings, topic: topic,
        identity: named(message, [query]))
    }
  }

  /// The first log of which some translation raises other alerts than the rule.
  private mutating func addAlerts() {
    let agreement = result.agreement
    guard let first = agreement.disagreements.first else { return }
    let message = "a translation raises other alerts of the log `\(agreement.probes[first].name)`"
    add(
      Diagnostic(.disagreement, message, in: result.document.source), .findings,
      identity: named(message, agreement.columns.map(text)))
  }

  private mutating func add(_ disagreement: Disagreement) {
    let column = result.agreement.columns.first { $0.language == disagreement.language }
    let part = Notation.print(disagreement.part)
    let event = Value.object(disagreement.event.object).compactJSON
    let diagnostic = Diagnostic(
      .disagreement,
      "\(disagreement.language) disagrees: the condition says \(disagreement.meaning), the query "
        + "\(!disagreement.meaning)",
      in: result.document.conditionSource, at: disagreement.part.origin,
      help: ["event: \(event)", "part: \(part)"])
    let words = "\(disagreement.language) \(disagreement.meaning ? "misses" : "finds too many"): \(part)"
    add(
      diagnostic, .findings, topic: disagreement.language,
      identity: named(words, [column.map(text) ?? "", event]))
  }
}

extension VerifyResult {
  /// The fixture of the rule's that a probe was made of; `nil` for any other event.
  func fixture(of probe: Probe) -> Fixture? {
    document.rule.fixtures.first { $0.name == probe.name && $0.event == probe.event }
  }
}
