import ConcordDiagnostics

extension Diagnostic {
  /// A language has no counterpart of what a fact of the place asks; `question` is where the rule asks it, and `help`
  /// how the language is told where the events are.
  package static func placeNotMapped(
    _ fact: PlaceFact, in language: String, asking question: Condition? = nil, at origin: Span? = nil,
    help: String
  ) -> Diagnostic {
    var asked = "`\(fact)`"
    if case .place(_, .text(let pattern, _))? = question?.kind, case .equals(let text) = pattern.shape {
      asked += " `\(text)`"
    }
    return Diagnostic(
      .placeNotMapped,
      "\(language) cannot ask about the place of an event: no counterpart of \(asked) is known",
      help: [help]
    ).located(in: nil, at: question?.origin ?? origin)
  }
}
