import Concord

/// Where the rule stands that a word names: in the file itself, or one beside it.
enum EditorDefinition {
  /// The file and the place of a key whose value is the word; `nil` where there is none.
  static func place(of word: String, in sources: [Source]) -> (source: Source, span: Span)? {
    if word.isEmpty { return nil }
    let keys = Registry.readers.compactMap(\.words).flatMap(\.names)
    for source in sources where source.text.contains(word) {
      for (index, line) in EditorText(source.text).lines.enumerated() {
        guard let colon = line.firstIndex(of: ":"), keys.contains(String(line[..<colon])) else { continue }
        let value = line[line.index(after: colon)...].filter { !" \t\"'".unicodeScalars.contains($0) }
        if String(value) == word {
          let column = line.distance(from: line.startIndex, to: colon)
          return (source, Span(at: Position(line: index + 1, column: 1), length: column))
        }
      }
    }
    return nil
  }
}
