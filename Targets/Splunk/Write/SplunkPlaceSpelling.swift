import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The place of a rule as terms of the base search.
enum SplunkPlaceSpelling {
  /// The terms, all of which an event must have. Throws `E423` for a fact that is not Splunk's.
  static func terms(_ place: Condition) throws(Diagnostic) -> [SplunkSearch] {
    if place == .always(true) { return [] }
    return try term(place).conjuncts
  }

  private static func term(_ place: Condition) throws(Diagnostic) -> SplunkSearch {
    switch place.kind {
    case .place(let fact, let atom): return try term(fact, atom)
    case .not(let operand): return SplunkSearch(.not(try term(operand)))
    case .all(let operands): return SplunkSearch(.all(try terms(operands)))
    case .any(let operands): return SplunkSearch(.any(try terms(operands)))
    case .always, .test, .some, .anywhere: throw .constantPlace
    }
  }

  private static func terms(_ operands: [Condition]) throws(Diagnostic) -> [SplunkSearch] {
    var terms: [SplunkSearch] = []
    for operand in operands { terms.append(try term(operand)) }
    return terms
  }

  /// One question as a term. Throws `E423` for a fact that is not Splunk's.
  static func term(_ fact: PlaceFact, _ atom: Atom) throws(Diagnostic) -> SplunkSearch {
    if fact == SplunkPlaces.macro, case .text(let pattern, .exact) = atom,
      case .equals(let text) = pattern.shape
    {
      return SplunkSearch(.macro(text))
    }
    guard fact.platform == "splunk", let field = fact.name.split(separator: ".").last.map(String.init),
      SplunkPlaces.fact(field) == fact
    else {
      throw .placeNotMapped(fact, in: "Splunk SPL", asking: .place(fact, atom), help: SplunkPlaces.help)
    }
    switch atom {
    case .present: return SplunkSearch(.comparison(field, .equal, value("*", .ignored)))
    case .text(let pattern, let letterCase):
      guard let text = SplunkWildcards.text(pattern) else {
        throw .placeNotMapped(fact, in: "Splunk", help: SplunkPlaces.help)
      }
      return SplunkSearch(.comparison(field, .equal, value(text, letterCase)))
    case .oneOf(let texts, let letterCase) where !texts.isEmpty:
      return SplunkSearch(.membership(field, texts.map { value($0, letterCase) }))
    case .truthy, .oneOf, .regex, .number, .network, .sameAs, .array:
      throw .placeNotMapped(fact, in: "Splunk", help: SplunkPlaces.help)
    }
  }

  private static func value(_ text: String, _ letterCase: LetterCase) -> SplunkSearchValue {
    let isPlain = SplunkLiteral.isWord(text.replacing("*", with: "")) || text == "*"
    return SplunkSearchValue(text: text, isCased: letterCase == .exact, isQuoted: !isPlain)
  }
}
