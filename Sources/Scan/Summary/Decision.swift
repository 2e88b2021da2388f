import ConcordDetection

extension Condition {
  /// What made the condition's verdict on an event: tests that are true, and the negations of tests that are
  /// false. Of alternatives that each suffice the first is taken.
  public func deciding(_ event: Event) -> [Condition] {
    holds(of: event) ? reasonsToHold(event) : reasonsToFail(event)
  }

  private func reasonsToHold(_ event: Event) -> [Condition] {
    switch kind {
    case .always: []
    case .test, .anywhere, .place: [self]
    case .not(let operand): operand.reasonsToFail(event)
    case .all(let operands): operands.flatMap { $0.reasonsToHold(event) }
    case .any(let operands): operands.first { $0.holds(of: event) }?.reasonsToHold(event) ?? []
    }
  }

  private func reasonsToFail(_ event: Event) -> [Condition] {
    switch kind {
    case .always: []
    case .test, .anywhere, .place: [.not(self)]
    case .not(let operand): operand.reasonsToHold(event)
    case .all(let operands): operands.first { !$0.holds(of: event) }?.reasonsToFail(event) ?? []
    case .any(let operands): operands.flatMap { $0.reasonsToFail(event) }
    }
  }
}
