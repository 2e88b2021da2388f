import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Asks a question of one value.
enum SplunkAtoms {
  /// The question about the one value of `value`: a field of text, or of a number or NULL.
  static func ask(_ question: ValueQuestion, _ value: SplunkEval) throws(Diagnostic) -> Answer<SplunkEval> {
    switch question {
    case .present: return .total(.call("isnotnull", value))
    case .truthy: return .opposite(SplunkIdioms.falsy.make(value))
    case .text(let pattern, let letterCase):
      return .mayBeUnknown(text(pattern, letterCase.effective(in: pattern.literals), value))
    case .oneOf(let texts, let letterCase):
      return .mayBeUnknown(oneOf(texts, letterCase.effective(in: texts), value))
    case .regex(let regex): return .mayBeUnknown(.match(value, SplunkRegexText.text(regex)))
    case .number(let comparison, let bound): return .mayBeUnknown(try number(comparison, bound, value))
    case .network(let network): return .mayBeUnknown(try self.network(network, value))
    }
  }

  /// The question about an element of a multivalue field, which is never NULL.
  static func ask(
    _ question: ValueQuestion, ofElement value: SplunkEval
  ) throws(Diagnostic) -> Answer<SplunkEval> {
    if case .truthy = question { return .opposite(SplunkIdioms.falsyText.make(value)) }
    return try ask(question, value)
  }

  private static func text(
    _ pattern: Pattern, _ letterCase: LetterCase, _ value: SplunkEval
  ) -> SplunkEval {
    if letterCase == .ignored, !pattern.literals.allSatisfy(SplunkLiteral.foldsCertainly) {
      return .match(value, SplunkPatternText.regex(pattern, .ignored))
    }
    let (pattern, value) = SplunkAtoms.folded(pattern, letterCase, value)
    if case .equals(let text) = pattern.shape, SplunkAtoms.isPlain(text) {
      return .compare(value, .equal, .string(text))
    }
    return .match(value, SplunkPatternText.regex(pattern))
  }

  private static func oneOf(
    _ texts: [String], _ letterCase: LetterCase, _ value: SplunkEval
  ) -> SplunkEval {
    let spelled = texts.filter { letterCase == .ignored && !SplunkLiteral.foldsCertainly($0) }
    let side = letterCase == .ignored ? SplunkEval.call("lower", value) : value
    let folded = texts.filter { letterCase == .exact || SplunkLiteral.foldsCertainly($0) }
      .map { letterCase.folded($0) }
    var (plain, others): ([String], [String]) = ([], [])
    for text in folded { if SplunkAtoms.isPlain(text) { plain.append(text) } else { others.append(text) } }
    var parts: [SplunkEval] = []
    if plain.count == 1 { parts.append(.compare(side, .equal, .string(plain[0]))) }
    if plain.count > 1 { parts.append(SplunkEval(.call("in", [side] + plain.map { .string($0) }))) }
    if !others.isEmpty { parts.append(.match(side, SplunkPatternText.regex(oneOf: others))) }
    if !spelled.isEmpty { parts.append(.match(value, SplunkPatternText.regex(oneOf: spelled, .ignored))) }
    return .any(parts)
  }

  /// Both sides as they are compared: themselves, or in lower case.
  private static func folded(
    _ pattern: Pattern, _ letterCase: LetterCase, _ value: SplunkEval
  ) -> (Pattern, SplunkEval) {
    switch letterCase {
    case .exact: return (pattern, value)
    case .ignored:
      let pieces = pattern.pieces.map { (piece) -> Pattern.Piece in
        switch piece {
        case .literal(let text): .literal(LetterCase.lower(text))
        case .anyRun, .anyOne: piece
        }
      }
      return (Pattern(pieces), pattern.literals.isEmpty ? value : .call("lower", value))
    }
  }

  /// Whether `=` and `in()` compare the text as text, and it can stand in a string as it is. Texts that look like
  /// numbers might be compared by value; `$` and backticks mean something to dashboards and macros; control
  /// characters have no certain escape.
  static func isPlain(_ text: String) -> Bool {
    !SplunkLiteral.mayBeNumber(text)
      && text.allBytes { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "`") }
  }

  private static func number(
    _ comparison: Comparison, _ bound: Number, _ value: SplunkEval
  ) throws(Diagnostic) -> SplunkEval {
    if bound.shortest.utf8.contains(UInt8(ascii: "e")) { throw .splunkNumber(bound) }
    return SplunkIdioms.number.make(.init(text: value, comparison: comparison, bound: bound))
  }

  private static func network(_ network: CIDR, _ value: SplunkEval) throws(Diagnostic) -> SplunkEval {
    if network.hasMappedAddresses { throw .splunkMappedNetwork(network) }
    return SplunkIdioms.network.make(.init(text: value, network: network))
  }
}
