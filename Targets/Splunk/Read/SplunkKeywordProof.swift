import ConcordDetection
import ConcordDiagnostics

/// Whether keywords find every event of which a condition holds, as far as the forms of both tell.
///
/// The reader's own, so that what the writer puts into a base search and what the reader takes for implied are two
/// witnesses.
struct SplunkKeywordProof {
  /// After so many steps nothing is known.
  static let stepLimit = 1_000_000
  private var steps = 0

  /// Keywords, in lower case.
  private indirect enum Wanted {
    case keyword([UInt8])
    case all([Wanted])
    /// The keywords among the operands stand in the set too, since there may be hundreds.
    case any([Wanted], Set<[UInt8]>)
    /// What no value certainly holds.
    case other

    init(_ search: SplunkSearch) {
      switch search.kind {
      case .keyword(let value):
        let isCertain = !value.isCased && SplunkIndex.isCertain(value.text)
        self = isCertain ? .keyword(value.text.utf8.map(\.lowercased)) : .other
      case .all(let operands): self = .all(operands.map(Wanted.init))
      case .any(let operands):
        let operands = operands.map(Wanted.init)
        let keywords = operands.compactMap { if case .keyword(let keyword) = $0 { keyword } else { nil } }
        self = .any(operands, Set(keywords))
      case .term, .comparison, .membership, .macro, .not: self = .other
      }
    }
  }

  /// Whether every event of the condition is found.
  static func holds(_ condition: Condition, _ keywords: SplunkSearch) -> Bool {
    var proof = SplunkKeywordProof()
    return proof.holds(condition, Wanted(keywords))
  }

  private mutating func holds(_ condition: Condition, _ wanted: Wanted) -> Bool {
    guard takeStep() else { return false }
    if case .all(let operands) = wanted { return operands.allSatisfy { holds(condition, $0) } }
    switch condition.kind {
    case .any(let operands): return operands.allSatisfy { holds($0, wanted) }
    case .all(let operands):
      if operands.contains(where: { holds($0, wanted) }) { return true }
      guard case .any(let alternatives, _) = wanted else { return false }
      return alternatives.contains { holds(condition, $0) }
    case .test(_, .text(let pattern, let letterCase)):
      guard case .equals(let text) = pattern.shape else { return false }
      return finds(text.utf8.map(\.lowercased), letterCase, wanted)
    case .test(_, .oneOf(let texts, let letterCase)):
      return texts.allSatisfy { finds($0.utf8.map(\.lowercased), letterCase, wanted) }
    case .some(_, let operand): return holds(operand, wanted)
    case .always, .test, .anywhere, .place, .not: return false
    }
  }

  /// Whether every event is found in which a value is the text, which is given in lower case.
  private mutating func finds(_ text: [UInt8], _ letterCase: LetterCase, _ wanted: Wanted) -> Bool {
    guard takeStep() else { return false }
    switch wanted {
    case .keyword(let keyword): return Self.holdsToken(text, keyword) && Self.isFound(keyword, letterCase)
    case .all(let operands): return operands.allSatisfy { finds(text, letterCase, $0) }
    case .any(let operands, let keywords):
      return keywords.contains(text) && Self.isFound(text, letterCase)
        || operands.contains { finds(text, letterCase, $0) }
    case .other: return false
    }
  }

  /// Whether the keyword is found in whatever letters the value may have.
  private static func isFound(_ keyword: [UInt8], _ letterCase: LetterCase) -> Bool {
    letterCase == .exact || !keyword.contains(where: SplunkIndex.isFolded)
  }

  /// Whether the text holds the keyword between its ends and breakers.
  private static func holdsToken(_ text: [UInt8], _ keyword: [UInt8]) -> Bool {
    guard text.count >= keyword.count else { return false }
    return (0...(text.count - keyword.count)).contains { start in
      let end = start + keyword.count
      return (start == 0 || SplunkIndex.isBreaker(text[start - 1]))
        && (end == text.count || SplunkIndex.isBreaker(text[end]))
        && text[start..<end].elementsEqual(keyword)
    }
  }

  private mutating func takeStep() -> Bool {
    steps += 1
    return steps <= Self.stepLimit
  }
}
