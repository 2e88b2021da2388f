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

  /// Whether every event of the condition is found.
  mutating func holds(_ condition: Condition, _ keywords: SplunkSearch) -> Bool {
    guard takeStep() else { return false }
    if case .all(let wanted) = keywords.kind { return wanted.allSatisfy { holds(condition, $0) } }
    switch condition.kind {
    case .any(let operands): return operands.allSatisfy { holds($0, keywords) }
    case .all(let operands):
      if operands.contains(where: { holds($0, keywords) }) { return true }
      guard case .any(let wanted) = keywords.kind else { return false }
      return wanted.contains { holds(condition, $0) }
    case .test(_, .text(let pattern, let letterCase)):
      guard case .equals(let text) = pattern.shape else { return false }
      return finds(text, letterCase, keywords)
    case .test(_, .oneOf(let texts, let letterCase)):
      return texts.allSatisfy { finds($0, letterCase, keywords) }
    case .always, .test, .anywhere, .place, .not: return false
    }
  }

  /// Whether every event is found in which a value is the text.
  private mutating func finds(_ text: String, _ letterCase: LetterCase, _ keywords: SplunkSearch) -> Bool {
    guard takeStep() else { return false }
    switch keywords.kind {
    case .all(let wanted): return wanted.allSatisfy { finds(text, letterCase, $0) }
    case .any(let wanted): return wanted.contains { finds(text, letterCase, $0) }
    case .keyword(let value): return !value.isCased && finds(text, letterCase, value.text)
    case .term, .comparison, .membership, .macro, .not: return false
    }
  }

  /// Whether the text holds the keyword between its ends and minor breakers, in whatever letter case it may be.
  private func finds(_ text: String, _ letterCase: LetterCase, _ keyword: String) -> Bool {
    guard text.utf8.count >= keyword.utf8.count, holdsToken(text, keyword), SplunkIndex.isCertain(keyword)
    else { return false }
    return letterCase == .exact || !keyword.utf8.contains(where: SplunkIndex.isFolded)
  }

  private func holdsToken(_ text: String, _ keyword: String) -> Bool {
    let (whole, wanted) = (Array(text.utf8), keyword.utf8.map(\.lowercased))
    func isBreaker(_ byte: UInt8) -> Bool { SplunkIndex.breakers.contains { $0.utf8.first == byte } }
    return (0...(whole.count - wanted.count)).contains { start in
      let end = start + wanted.count
      return (start == 0 || isBreaker(whole[start - 1])) && (end == whole.count || isBreaker(whole[end]))
        && whole[start..<end].elementsEqual(wanted) { $0.lowercased == $1 }
    }
  }

  private mutating func takeStep() -> Bool {
    steps += 1
    return steps <= Self.stepLimit
  }
}
