import Concord

/// What the verification of one rule showed.
struct VerifyResult: Sendable {
  let document: RuleDocument
  let verification: RuleVerification
  /// What real systems say.
  var engines: [EngineRun] = []

  var agreement: Agreement { verification.agreement }

  /// Findings where a target disagrees, fails or a fixture does not hold; a refusal is a refused rule.
  var code: ExitCode {
    var code = ExitCode.clean
    if !agreement.disagreements.isEmpty || !agreement.failingFixtures.isEmpty { code = .findings }
    for (column, judgement) in zip(agreement.columns, verification.judgements) {
      if judgement.verdict == .unknown { code = code.and(.unknown) }
      if judgement.event != nil { code = code.and(.findings) }
      switch column.outcome {
      case .ran: break
      case .failed: code = code.and(.findings)
      case .refused: code = code.and(.badRule)
      }
    }
    for run in engines where !run.diagnostics.isEmpty { code = code.and(run.code) }
    return code
  }
}
