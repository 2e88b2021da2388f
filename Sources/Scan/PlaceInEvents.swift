import ConcordDetection

extension Rule {
  /// What the rule asks of events whose log does not tell their place: its condition, and its place as far as events
  /// carry it in fields of their own, as `host` often is one. What no field of an event tells is taken as given.
  package var conditionOnEvents: Condition {
    let asked = place.conjuncts.compactMap { part -> Condition? in
      let fields = part.facts.compactMap(\.field)
      if fields.isEmpty { return nil }
      return .any([.all(fields.map { .not(.test($0, .present)) }), part.askingFields])
    }
    return .all([condition.askingFields] + asked)
  }
}

extension Rule {
  /// What the rule asks of its place that the user does not say of all events: it is taken as given of each, but of those
  /// that have a field which tells it. Its log source is none of it.
  package func placeTaken(in given: Place) -> [PlaceFact] {
    let rule = answered(by: given)
    return rule.place == .always(false) ? [] : rule.place.facts
  }
}

extension Rule {
  /// The same where the user says something of the place of all events: what that answers is answered, and the rule's log
  /// source too where it speaks of the same facts.
  package func conditionOnEvents(in given: Place) -> Condition {
    if given.isUnknown { return conditionOnEvents }
    let rule = answered(by: given)
    return rule.place == .always(false) ? .always(false) : rule.conditionOnEvents
  }
}

extension Condition {
  /// The same, of fields of the event where a fact is one.
  fileprivate var askingFields: Condition {
    switch kind {
    case .always, .test, .anywhere: self
    case .some(let path, let operand): .some(path, operand.askingFields, origin: origin)
    case .place(let fact, let atom):
      fact.field.map { .test($0, atom, origin: origin) } ?? .always(false, origin: origin)
    case .not(let operand): .not(operand.askingFields, origin: origin)
    case .all(let operands): .all(operands.map(\.askingFields), origin: origin)
    case .any(let operands): .any(operands.map(\.askingFields), origin: origin)
    }
  }
}

extension Rule {
  /// The rule for events whose log source nothing tells but `given`: a question about a log source within its condition, as
  /// a correlation of several logs has for each, is answered by that, and otherwise taken as given.
  package func takingLogSources(asGivenBeside given: Place) -> Rule {
    var copy = self
    copy.condition = condition.takingLogSources(given)
    copy.aggregate = aggregate?.mapConditions { $0.takingLogSources(given) }
    return copy
  }
}

extension Condition {
  fileprivate func takingLogSources(_ given: Place) -> Condition {
    switch kind {
    case .always, .test, .anywhere: self
    case .place(let fact, _) where fact.platform == nil && !fact.isOfTime:
      given[fact].isEmpty ? .always(true, origin: origin) : resolved(in: given)
    case .place: self
    case .some(let path, let operand): .some(path, operand.takingLogSources(given), origin: origin)
    case .not(let operand): .not(operand.takingLogSources(given), origin: origin)
    case .all(let operands): .all(operands.map { $0.takingLogSources(given) }, origin: origin)
    case .any(let operands): .any(operands.map { $0.takingLogSources(given) }, origin: origin)
    }
  }
}
