import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension SplunkQuery {
  /// A condition that holds only of events in which every keyword of every `search` is found; `patterns` are the
  /// values in which a keyword of that text is.
  fileprivate func certainlyFound(_ patterns: (String) -> [Pattern]) throws(Diagnostic) -> Condition {
    var conditions: [Condition] = []
    for case .search(let expression) in commands.map(\.kind) {
      let terms = if case .all(let terms) = expression.kind { terms } else { [expression] }
      for term in terms where term.hasKeyword { conditions.append(try SplunkPrefilter.found(term, patterns)) }
    }
    return .all(conditions)
  }
}

/// Which events a keyword certainly finds: those in which a value holds it as whole tokens.
enum SplunkPrefilter {
  /// What the keywords of a search certainly find: as whole values, or as whole tokens of a value. Throws `E331` for
  /// a keyword that is not sure to find any event.
  static func condition(
    of query: Source, isSimple: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> Condition {
    let tree = try SplunkParser.parse(query, options.splunk)
    do {
      return try tree.certainlyFound(isSimple ? { [.equals($0)] } : wholeTokens)
    } catch {
      throw error.located(in: query)
    }
  }

  fileprivate static func found(
    _ term: SplunkSearch, _ patterns: (String) -> [Pattern]
  ) throws(Diagnostic) -> Condition {
    let value: SplunkSearchValue
    switch term.kind {
    case .keyword(let keyword): value = keyword
    case .any(let operands): return .any(try found(operands, patterns))
    case .all(let operands): return .all(try found(operands, patterns))
    case .term, .comparison, .membership, .macro, .not: throw .splunkKeyword(term, term.span)
    }
    if value.text == "*" { return .always(true) }
    guard !value.isCased, SplunkIndex.isCertain(value.text) else {
      throw .splunkKeyword(term, term.span)
    }
    let letterCase: LetterCase = value.text.utf8.contains(where: SplunkIndex.isFolded) ? .exact : .ignored
    return .any(patterns(value.text).map { .anywhere($0, letterCase) })
  }

  private static func found(
    _ terms: [SplunkSearch], _ patterns: (String) -> [Pattern]
  ) throws(Diagnostic) -> [Condition] {
    var conditions: [Condition] = []
    for term in terms { conditions.append(try found(term, patterns)) }
    return conditions
  }

  /// The values that hold the text between their ends or minor breakers.
  private static func wholeTokens(_ text: String) -> [Pattern] {
    let breakers = SplunkIndex.breakers
    return [.equals(text)] + breakers.map { .prefix(text + $0) } + breakers.map { .suffix($0 + text) }
      + breakers.flatMap { before in breakers.map { .contains(before + text + $0) } }
  }
}

extension SplunkSearch {
  /// Whether it asks for the event's text. What asks for fields and places alone is part of the rule's condition, or
  /// says which log and time are meant.
  fileprivate var hasKeyword: Bool {
    switch kind {
    case .keyword, .term: true
    case .any(let operands), .all(let operands): operands.contains(where: \.hasKeyword)
    case .not(let operand): operand.hasKeyword
    case .comparison, .membership, .macro: false
    }
  }
}
