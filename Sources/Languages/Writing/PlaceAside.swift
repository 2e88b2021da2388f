import ConcordDetection
import ConcordDiagnostics

extension Rule {
  /// Notes that a query leaves these facts of the rule's place out, because the user said where the events are.
  /// Throws `E423` where the user did not: what nothing maps never vanishes.
  package func placeAside(
    from language: String, _ facts: [PlaceFact], isPlaceGiven: Bool
  ) throws(Diagnostic) -> [Diagnostic] {
    if !isPlaceGiven, let fact = facts.first {
      throw .placeNotMapped(fact, in: language, asking: place.firstQuestion(about: fact))
    }
    return facts.map(Diagnostic.placeAside)
  }
}

extension Condition {
  fileprivate func firstQuestion(about wanted: PlaceFact) -> Condition? {
    switch kind {
    case .always, .test, .anywhere: nil
    case .place(let fact, _): fact == wanted ? self : nil
    case .not(let operand): operand.firstQuestion(about: wanted)
    case .all(let operands), .any(let operands):
      operands.lazy.compactMap { $0.firstQuestion(about: wanted) }.first
    }
  }
}

extension Diagnostic {
  fileprivate static func placeAside(_ fact: PlaceFact) -> Diagnostic {
    Diagnostic(
      .placeSetAside, "what the rule asks of `\(fact)` is set aside: the options say where the events are",
      help: ["the query is the rule in all but its place"])
  }
}
