import ConcordDiagnostics

/// A word, sign or literal of a language.
@usableFromInline package protocol SyntaxToken: Sendable {
  /// Whether it is this keyword, in a letter case that the language allows.
  func isWord(_ keyword: String) -> Bool
  /// Whether it is this sign.
  func isSign(_ sign: String) -> Bool
}

/// The tokens of a text and how many of them have been passed. The last one is the end, which is never passed.
@usableFromInline package struct Tokens<Token: SyntaxToken>: Sendable {
  @usableFromInline let tokens: [Token]
  @usableFromInline var index = 0

  /// The tokens up to and with the end of a text: one or more.
  package init(_ tokens: [Token]) { self.tokens = tokens }

  /// The token `offset` after the next one, or the end.
  @inlinable package func peek(_ offset: Int = 0) -> Token { tokens[min(index + offset, tokens.count - 1)] }

  /// The token that was passed last; the first one where none was.
  @inlinable package var last: Token { tokens[max(0, index - 1)] }

  /// Passes over `count` tokens, but not over the end.
  @inlinable package mutating func advance(_ count: Int = 1) { index = min(index + count, tokens.count - 1) }
}

/// A parser that goes over tokens.
@usableFromInline package protocol TokenParser {
  associatedtype Token: SyntaxToken
  var tokens: Tokens<Token> { get set }
  /// What to say where the next token is not `what`.
  func expected(_ what: String) -> Diagnostic
}

extension TokenParser {
  /// The next token.
  @inlinable package var token: Token { tokens.peek() }
  /// The token after the next one.
  @inlinable package var next: Token { tokens.peek(1) }

  /// Passes over the next token.
  @inlinable package mutating func advance() { tokens.advance() }

  /// Passes over these keywords if they come next.
  @inlinable package mutating func takeWords(_ words: String...) -> Bool {
    for (offset, word) in words.enumerated() where !tokens.peek(offset).isWord(word) { return false }
    tokens.advance(words.count)
    return true
  }

  /// Passes over this keyword if it comes next.
  @inlinable package mutating func takeWord(_ word: String) -> Bool {
    guard token.isWord(word) else { return false }
    advance()
    return true
  }

  /// Passes over this sign if it comes next.
  @inlinable package mutating func takeSign(_ sign: String) -> Bool {
    guard token.isSign(sign) else { return false }
    advance()
    return true
  }

  /// Passes over this keyword, which has to come next.
  @inlinable package mutating func expectWord(_ word: String) throws(Diagnostic) {
    guard takeWord(word) else { throw expected("`\(word)`") }
  }

  /// Passes over this sign, which has to come next.
  @inlinable package mutating func expectSign(_ sign: String) throws(Diagnostic) {
    guard takeSign(sign) else { throw expected("`\(sign)`") }
  }
}
