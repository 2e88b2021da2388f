import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// What a search says of the place of an event, as questions about facts.
extension SplunkReader {
  /// The fact that a field of the search is; `nil` for a field of the event, and for one that the search has set to
  /// anything else.
  func place(_ field: String) -> PlaceFact? {
    switch bindings[ScalarText(field)] {
    case nil: keeps(field) ? SplunkPlaces.fact(field) : nil
    case .shown(let fact): fact
    case .single, .elements, .quotedElements, .extracted, .expression, .span, .hops, .looked, .computed: nil
    }
  }

  /// `index=a` and its kin. Letter case is ignored; `*` is a wildcard.
  func asked(
    _ fact: PlaceFact, _ operation: ComparisonOperator, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    switch operation {
    case .equal: return try asked(fact, value, span)
    case .unequal:
      if fact.hasManyTexts { throw .splunkMultivalue("!=", span) }
      return .all([.place(fact, .present, origin: span), .not(try asked(fact, value, span), origin: span)])
    case .less, .lessOrEqual, .greater, .greaterOrEqual: throw .splunkPlaceOrder(span)
    }
  }

  /// `index IN (a, b)`.
  func asked(
    _ fact: PlaceFact, oneOf values: [SplunkSearchValue], _ span: Span?
  ) throws(Diagnostic) -> Condition {
    var parts: [Condition] = []
    for value in values { parts.append(try asked(fact, value, span)) }
    return .any(parts, origin: span)
  }

  private func asked(
    _ fact: PlaceFact, _ value: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let letterCase: LetterCase = value.isCased ? .exact : .ignored
    if letterCase == .ignored, !SplunkLiteral.foldsCertainly(value.text) {
      throw .splunkIgnoredCase(value.text, span)
    }
    return .place(fact, .text(SplunkWildcards.pattern(value.text), letterCase), origin: span)
  }
}
