import ConcordDiagnostics

extension LogSource {
  /// What the log source asks of a place; `always(true)` where it names nothing.
  package var place: Condition {
    func asks(_ fact: PlaceFact, _ text: String?) -> Condition {
      text.map { .place(fact, .text(.equals($0), .exact)) } ?? .always(true)
    }
    let parts: [Condition] = [
      asks(.product, product), asks(.category, category), asks(.service, service),
    ]
    let known = Condition.all(parts)
    return known == .always(true) ? asks(.logType, platformName) : known
  }
}

extension Condition {
  /// The condition on an event alone, where the place is known: each question about the place is answered.
  package func resolved(in place: Place) -> Condition {
    switch kind {
    case .always, .test, .anywhere: return self
    case .some(let path, let operand): return .some(path, operand.resolved(in: place), origin: origin)
    case .place(let fact, let atom):
      return .always(atom.holds(of: fact, in: place), origin: origin)
    case .not(let operand): return .not(operand.resolved(in: place), origin: origin)
    case .all(let operands): return .all(operands.map { $0.resolved(in: place) }, origin: origin)
    case .any(let operands): return .any(operands.map { $0.resolved(in: place) }, origin: origin)
    }
  }

  /// The facts of the place that the condition asks about, in order of first mention, each once.
  package var facts: [PlaceFact] {
    switch kind {
    case .always, .test, .anywhere: []
    case .place(let fact, _): [fact]
    case .some(_, let operand), .not(let operand): operand.facts
    case .all(let operands), .any(let operands):
      operands.reduce(into: []) { facts, operand in
        facts += operand.facts.filter { !facts.contains($0) }
      }
    }
  }

  /// Whether some question is about the event.
  package var asksOfEvent: Bool {
    switch kind {
    case .always, .place: false
    case .test, .some, .anywhere: true
    case .not(let operand): operand.asksOfEvent
    case .all(let operands), .any(let operands): operands.contains(where: \.asksOfEvent)
    }
  }
}

extension Condition {
  /// The same, with every question answered that is about a fact of which the place has a text.
  package func answered(by place: Place) -> Condition {
    switch kind {
    case .always, .test, .anywhere: self
    case .some(let path, let operand): .some(path, operand.answered(by: place), origin: origin)
    case .place(let fact, _): place[fact].isEmpty ? self : resolved(in: place)
    case .not(let operand): .not(operand.answered(by: place), origin: origin)
    case .all(let operands): .all(operands.map { $0.answered(by: place) }, origin: origin)
    case .any(let operands): .any(operands.map { $0.answered(by: place) }, origin: origin)
    }
  }
}

extension Rule {
  /// The rule for events of which something of the place is known: what that answers is no question any more. Where its
  /// log source is another, it asks for no place at all (`always(false)`).
  package func answered(by given: Place) -> Rule {
    if given.isUnknown { return self }
    var copy = self
    copy.condition = condition.answered(by: given)
    let isOther = logs.conjuncts.contains { $0.answered(by: given) == .always(false) }
    copy.place = isOther ? .always(false) : place.answered(by: given)
    return copy
  }
}
