import ConcordDetection
import ConcordDiagnostics

/// What a condition implies of single fields: that each has one of some texts. An event whose field has none of them is
/// none that the condition holds of.
package struct NecessaryTexts: Sendable {
  /// Texts of which a field has one.
  package struct Texts: Sendable {
    /// The texts, none twice.
    package var texts: [String]
    /// Whether letter case tells them apart.
    package var letterCase: LetterCase
  }

  private var fields: [(path: FieldPath, texts: Texts)] = []

  /// What the condition implies.
  package init(of condition: Condition) {
    switch condition.kind {
    case .test(let path, .oneOf(let texts, let letterCase)):
      fields = [(path, Texts(texts: texts, letterCase: letterCase))]
    case .test(let path, .text(let pattern, let letterCase)):
      guard case .equals(let text) = pattern.shape else { return }
      fields = [(path, Texts(texts: [text], letterCase: letterCase))]
    case .all(let operands):
      for operand in operands.map(NecessaryTexts.init(of:)) {
        for (path, texts) in operand.fields { narrow(path, texts) }
      }
    case .any(let operands):
      let all = operands.map(NecessaryTexts.init(of:))
      guard let first = all.first else { return }
      for path in first.paths {
        let found = all.compactMap { $0[path] }
        guard found.count == all.count else { continue }
        let (texts, letterCase) = NecessaryTexts.union(found)
        fields.append((path, Texts(texts: texts, letterCase: letterCase)))
      }
    // What one value alone has, some value has.
    case .some(_, let operand): self = NecessaryTexts(of: operand)
    case .always, .test, .anywhere, .place, .not: break
    }
  }

  /// The fields, in order of first mention.
  package var paths: [FieldPath] { fields.map(\.path) }

  /// The texts of which a field has one; `nil` where nothing is implied.
  package subscript(path: FieldPath) -> Texts? { fields.first { $0.path == path }?.texts }

  /// The texts of all, each once, told apart by letter case only where it tells those of each apart.
  package static func union(_ all: [Texts]) -> (texts: [String], letterCase: LetterCase) {
    let letterCase: LetterCase = all.allSatisfy { $0.letterCase == .exact } ? .exact : .ignored
    var seen: Set<ScalarText> = []
    var texts: [String] = []
    for text in all.flatMap(\.texts) {
      let key = letterCase == .exact ? text : LetterCase.lower(text)
      if seen.insert(ScalarText(key)).inserted { texts.append(text) }
    }
    return (texts, letterCase)
  }

  /// Of two lists of one field either is implied: the shorter one is kept.
  private mutating func narrow(_ path: FieldPath, _ texts: Texts) {
    if let place = fields.firstIndex(where: { $0.path == path }) {
      if texts.texts.count < fields[place].texts.texts.count { fields[place].texts = texts }
    } else {
      fields.append((path, texts))
    }
  }
}
