import ConcordDetection
import ConcordDiagnostics

/// The terms of the base search that the condition implies, so that Splunk's index can leave out most events.
///
/// The base search may only be wider than the condition. So a term names no field (fields vanish past 5,000 bytes
/// and add-ons rewrite them), and it is a whole value whose bytes certainly stand in the event's text between
/// quotes, which are major breakers: ASCII letters, digits, `.`, `-`, `_`, `:` and single spaces, which no JSON
/// writer escapes. All else contributes nothing.
enum SplunkBaseSearch {
  /// How many alternatives a term may have.
  static let limit = 500

  /// What every event must hold for the condition to be true; `nil` for nothing that the index knows.
  ///
  /// `inFields`: whether values are fields that an add-on extracts. Then `where` and the base search see the same
  /// fields, and a term names its field: `EventCode=1`.
  static func implied(by condition: Condition, inFields: Bool = false) -> SplunkSearch? {
    switch condition.kind {
    case .always, .anywhere, .place, .not: return nil
    case .test(let path, let atom):
      return inFields ? implied(by: atom, of: path) : implied(by: atom)
    case .some(_, let operand): return implied(by: operand, inFields: inFields)
    case .all(let operands):
      var terms: [SplunkSearch] = []
      for operand in operands {
        guard let term = implied(by: operand, inFields: inFields) else { continue }
        if case .all(let inner) = term.kind { terms += inner } else { terms.append(term) }
      }
      let distinct = unique(terms)
      if distinct.isEmpty { return nil }
      return distinct.count == 1 ? distinct[0] : SplunkSearch(.all(distinct))
    case .any(let operands):
      var terms: [SplunkSearch] = []
      for operand in operands {
        guard let term = implied(by: operand, inFields: inFields) else { return nil }
        if case .any(let inner) = term.kind { terms += inner } else { terms.append(term) }
      }
      return alternatives(terms)
    }
  }

  private static func implied(by atom: Atom) -> SplunkSearch? {
    switch atom {
    case .present, .truthy, .regex, .number, .network, .sameAs, .array: return nil
    case .text(let pattern, let letterCase):
      guard case .equals(let text) = pattern.shape else { return nil }
      return certainPart(text, letterCase).map(phrase)
    case .oneOf(let texts, let letterCase):
      let parts = texts.compactMap { certainPart($0, letterCase) }
      return parts.count == texts.count ? alternatives(parts.map(phrase)) : nil
    }
  }

  /// The same as comparisons with an extracted field. The search command ignores letter case as it sees fit, so an
  /// ignored case counts only for texts without letters that other scalars fold to.
  private static func implied(by atom: Atom, of path: FieldPath) -> SplunkSearch? {
    guard let name = try? SplunkPaths.extractedName(path), !SplunkPlaces.isOfSearch(name) else { return nil }
    func comparisons(_ texts: [String], _ letterCase: LetterCase) -> SplunkSearch? {
      if name == indexField { return indexes(texts, letterCase) }
      guard texts.allSatisfy({ isComparable($0, letterCase) }) else { return nil }
      return alternatives(
        texts.map { text in
          let value = SplunkSearchValue(
            text: text, isQuoted: !text.utf8.allSatisfy { $0.isDigit })
          return SplunkSearch(.comparison(name, .equal, value))
        })
    }
    switch atom {
    case .text(let pattern, let letterCase):
      guard case .equals(let text) = pattern.shape else { return nil }
      return comparisons([text], letterCase)
    case .oneOf(let texts, let letterCase): return comparisons(texts, letterCase)
    case .present, .truthy, .regex, .number, .network, .sameAs, .array: return nil
    }
  }

  private static let indexField = "index"

  /// The indexes of those names. A name of an index is of small letters, digits, `_` and `-`, so that letter case says
  /// nothing about it. [Managing Indexers and Clusters, "Create custom indexes"]
  private static func indexes(_ texts: [String], _ letterCase: LetterCase) -> SplunkSearch? {
    let names = letterCase == .ignored ? texts.map(LetterCase.lower) : texts
    let areNames = names.allSatisfy { name in
      !name.isEmpty && name.utf8.allSatisfy { $0.isDigit || 97...122 ~= $0 || "_-".utf8.contains($0) }
    }
    guard areNames else { return nil }
    return alternatives(names.map { SplunkSource.equal(indexField, $0) })
  }

  /// The indexes in one of which every event must be for the condition to be true, as terms: none where it does not say.
  static func indexes(askedBy condition: Condition) -> [SplunkSearch] {
    func isIndex(_ term: SplunkSearch) -> Bool {
      switch term.kind {
      case .comparison(let field, .equal, _): field == indexField
      case .any(let alternatives): alternatives.allSatisfy(isIndex)
      default: false  // Nothing else that is implied names an index.
      }
    }
    return (implied(by: condition, inFields: true)?.conjuncts ?? []).filter(isIndex)
  }

  /// Whether `field=text` in `search` holds wherever the field is the text: printable ASCII without what `search`
  /// reads in its own way, as it does networks.
  private static func isComparable(_ text: String, _ letterCase: LetterCase) -> Bool {
    let bytes = Array(text.utf8)
    return (1...200).contains(bytes.count) && CIDR(text) == nil
      && bytes.allSatisfy { byte in
        (0x20..<0x7F).contains(byte) && !"*\\\"`$".utf8.contains(byte)
          && (letterCase == .exact || !SplunkIndex.isFolded(byte))
      }
  }

  private static func phrase(_ text: String) -> SplunkSearch {
    SplunkSearch(.keyword(SplunkSearchValue(text: text)))
  }

  private static func alternatives(_ terms: [SplunkSearch]) -> SplunkSearch? {
    let distinct = unique(terms)
    if distinct.count > limit { return nil }
    return distinct.count == 1 ? distinct[0] : SplunkSearch(.any(distinct))
  }

  private static func unique(_ terms: [SplunkSearch]) -> [SplunkSearch] {
    var seen: Set<SplunkSearch> = []
    return terms.filter { seen.insert($0).inserted }
  }

  /// The part of the text that stands in the event wherever a value equals it; `nil` for none.
  ///
  /// In ignored case a value may hold U+212A for `k` and U+0130 for `i`, which the index does not find for them.
  /// So only what stands between minor breakers and has neither letter counts: of `signin.amazonaws.com`,
  /// `amazonaws.com`.
  private static func certainPart(_ text: String, _ letterCase: LetterCase) -> String? {
    guard SplunkIndex.isCertain(text) else { return nil }
    switch letterCase {
    case .exact: return text
    case .ignored:
      let bytes = Array(text.utf8)
      var best = 0..<0
      var start = 0
      while start < bytes.count {
        // From here, as many whole tokens as have neither letter.
        var (end, at) = (start, start)
        while at < bytes.count, !SplunkIndex.isFolded(bytes[at]) {
          at += 1
          if at == bytes.count || !bytes[at].isLetterOrDigit { end = at }
        }
        if end - start > best.count { best = start..<end }
        start = (bytes[max(start, end)...].firstIndex { !$0.isLetterOrDigit } ?? bytes.count) + 1
      }
      let part = String(decoding: bytes[best], as: UTF8.self)
      return SplunkIndex.isCertain(part) ? part : nil
    }
  }
}
