import ConcordDiagnostics

/// A word of the notation as an editor colours it.
package struct NotationWord: Hashable, Sendable {
  /// What a word is.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A logical operator, or a word with a meaning of its own.
    case keyword
    /// What is asked of a field.
    case `operator`
    /// A name of a field's path.
    case property
    case string, number, comment
  }

  /// What it is.
  package let kind: Kind
  /// Where it stands.
  package let span: Span
}

extension Notation {
  /// The operators, as they are written.
  package static var operators: [String] { NotationOperator.allCases.map(\.rawValue) }

  /// The words that are no operators and no names: of logic, of letter case, constants.
  package static let keywords = [
    "and", "or", "not", "some", "anywhere", "cased", "nocase", "true", "false", "null",
  ]

  /// The words of a text, whether or not it is a condition.
  package static func words(of text: String) -> [NotationWord] {
    var scanner = NotationScanner(text, origin: Origin(Source(text: text)))
    var words: [NotationWord] = []
    while let scalar = scanner.peek() {
      let start = scanner.position
      let word = scanner.peekWord()
      if scalar == "#" {
        while !scanner.isAtLineEnd { scanner.advance() }
        words.append(NotationWord(kind: .comment, span: Span(start, scanner.position)))
      } else if scalar == "\"" {
        // A text that does not end goes to the end of the line.
        if (try? scanner.quotedText()) == nil { while !scanner.isAtLineEnd { scanner.advance() } }
        words.append(NotationWord(kind: .string, span: Span(start, scanner.position)))
      } else if word.isEmpty {
        scanner.advance()
      } else {
        words.append(
          NotationWord(kind: kind(of: word, isAlone: scanner.peekKeyword() == word), span: scanner.take(word))
        )
      }
    }
    return words
  }

  /// `isAlone`: no other name of a path follows.
  private static func kind(of word: String, isAlone: Bool) -> NotationWord.Kind {
    if isAlone, keywords.contains(word) { return .keyword }
    if isAlone, NotationOperator(rawValue: word) != nil { return .operator }
    let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
    return !digits.isEmpty && digits.utf8.allSatisfy(\.isDigit) ? .number : .property
  }
}
