import Concord

/// How the verification of one target ended: by proof where its text can be read back, else by the events.
struct TargetVerdict {
  /// `proved`, `tested`, `wider`, `narrower`, `different`, `unknown`, `refused`.
  let name: String
  /// Why it is not proved, or what is assumed; `nil` where there is nothing to say.
  let reason: String?
  /// The event that a proof found to tell the query from the rule.
  let event: Event?
  /// Whether the query may or may not be the rule.
  var isUnknown: Bool { name == "unknown" }

  /// The verdict on a column, with what the proof says where no event showed a difference already.
  init(_ column: Agreement.Column, _ agreement: Agreement, _ proof: TranslationProof?) {
    let verdict = agreement.verdict(of: column)
    guard case .ran(let query, _) = column.outcome, case .tested = verdict, !query.isEmpty, let proof else {
      (name, reason, event) = (verdict.rawValue, nil, nil)
      return
    }
    switch proof.outcome {
    case .proved:
      let assumption = proof.assumption
      (name, reason, event) = ("proved", assumption.isEmpty ? nil : String(assumption.dropFirst()), nil)
    case .unread(let why): (name, reason, event) = (verdict.rawValue, why, nil)
    case .unknown(let why): (name, reason, event) = ("unknown", why, nil)
    case .different(let missed, let extra):
      event = missed ?? extra
      reason = nil
      name = missed == nil ? "wider" : extra == nil ? "narrower" : "different"
    }
  }
}

extension VerifyResult {
  /// How the verification of a target ended.
  func verdict(of column: Agreement.Column) -> TargetVerdict {
    TargetVerdict(column, agreement, proofs[column.language])
  }
}
