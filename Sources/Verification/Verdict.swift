import ConcordDetection

/// How the comparison of a target with the meaning ended.
public enum Verdict: String, Hashable, Sendable {
  /// Equal on every event there is: decided, not sampled.
  case proved
  /// Equal on every event that was tried.
  case tested
  /// The target matched all that it should, and more.
  case wider
  /// The target missed events, and matched nothing else.
  case narrower
  /// The target missed events and matched others.
  case different
  /// A bound was hit before an answer.
  case unknown
  /// The language cannot say the rule, and said so.
  case refused

  init(meaning: [Bool], target: [Bool]) {
    let extra = zip(meaning, target).contains { !$0 && $1 }
    let missed = zip(meaning, target).contains { $0 && !$1 }
    self =
      switch (extra, missed) {
      case (false, false): .tested
      case (true, false): .wider
      case (false, true): .narrower
      case (true, true): .different
      }
  }
}

/// How the verification of one target ended: by proof where its text can be read back, else by the events.
public struct Judgement: Sendable {
  /// How it ended.
  public let verdict: Verdict
  /// Why it is not proved, or what the proof takes for granted; `nil` where there is nothing to say.
  public let reason: String?
  /// The event that a proof found to tell the query from the rule.
  public let event: Event?

  init(_ verdict: Verdict, reason: String? = nil, event: Event? = nil) {
    (self.verdict, self.reason, self.event) = (verdict, reason, event)
  }

  /// The judgement by what the events show, and what a proof adds where they show no difference.
  init(_ verdict: Verdict, _ proof: TranslationProof?) {
    guard verdict == .tested, let proof else {
      self.init(verdict)
      return
    }
    switch proof.outcome {
    case .proved:
      self.init(
        .proved,
        reason: proof.assumption.isEmpty ? nil : String(proof.assumption.drop { $0 == "," || $0 == " " }))
    case .unread(let why): self.init(verdict, reason: why)
    case .unknown(let why): self.init(.unknown, reason: why)
    case .different(let missed, let extra):
      let event = missed ?? extra
      let place = event.map(\.place).flatMap { $0.isUnknown ? nil : " in \($0)" } ?? ""
      self.init(
        missed == nil ? .wider : extra == nil ? .narrower : .different,
        reason: proof.differingPart.map { part in
          "\(part) differs: the query \(missed == nil ? "finds" : "misses") events\(place)"
        }, event: event)
    }
  }
}
