/// The texts that were seen so far, each once, compared scalar by scalar.
///
/// Most lists of names and keys are short, and a few texts are compared sooner than their hashes are made.
package struct SeenTexts: Sendable {
  private static let few = 16

  private var texts: [String] = []
  private var hashed: Set<ScalarText> = []

  /// None yet.
  package init() {}

  /// Adds a text; whether it was not there.
  package mutating func insert(_ text: String) -> Bool {
    if !hashed.isEmpty { return hashed.insert(ScalarText(text)).inserted }
    if texts.contains(where: { $0.sameScalars(as: text) }) { return false }
    texts.append(text)
    if texts.count > SeenTexts.few { hashed = Set(texts.map(ScalarText.init)) }
    return true
  }
}
