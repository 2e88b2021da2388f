import ConcordDiagnostics
import ConcordLanguages

/// A place in the text of a search, and what `search`, `eval` and the commands have in common: blanks, comments,
/// quotes, commas.
struct SplunkCursor {
  /// How deep the parts of an expression may be nested; a pair of parentheses of `eval` counts as three.
  static let depthLimit = 300

  let source: Source
  private var text: TextCursor
  /// Where the text comes from, if macros were written out in it.
  private let expansion: SplunkExpansion?

  init(_ source: Source) {
    self.source = source
    text = TextCursor(source.text)
    expansion = nil
  }

  /// A cursor at the start of the source's text with its macros written out; places are those of the source.
  init(_ source: Source, _ expansion: SplunkExpansion) {
    self.source = source
    text = TextCursor(expansion.text)
    self.expansion = expansion
  }

  /// The place, which can be gone back to.
  var place: TextCursor.Place { text.place }

  /// The next character; `nil` at the end.
  var next: Unicode.Scalar? { text.next }

  /// The character that begins `count` bytes on; `nil` past the end.
  func peek(_ count: Int) -> Unicode.Scalar? { text.peek(count) }

  /// Whether these characters come next.
  func isAt(_ characters: String) -> Bool { text.isAt(characters) }

  /// Passes over the next character.
  mutating func advance() { text.advance() }

  /// Passes over these characters if they come next.
  mutating func take(_ characters: String) -> Bool { text.take(characters) }

  /// Goes back to a place that was passed.
  mutating func rewind(to place: TextCursor.Place) { text.rewind(to: place) }

  /// The characters that satisfy `condition`, from here on.
  mutating func run(while condition: (Unicode.Scalar) -> Bool) -> String { text.run(while: condition) }

  /// The stretch from `start` to here, at least one character.
  func span(from start: TextCursor.Place) -> Span {
    if let expansion { return expansion.span(start.offset, text.offset) }
    return start == place ? Span(at: start.position) : Span(start.position, text.position)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar.isLineBreak
  }
}

extension SplunkCursor {
  /// Passes over blanks and comments.
  mutating func skipBlanks() throws(Diagnostic) {
    while let scalar = next {
      if SplunkCursor.isBlank(scalar) {
        advance()
      } else if scalar == "`", isAt("```") {
        _ = try comment()
      } else {
        return
      }
    }
  }

  /// The text of a comment, which comes next.
  mutating func comment() throws(Diagnostic) -> String {
    let start = place
    _ = take("```")
    let inner = text.offset
    while next != nil {
      if isAt("```") {
        let comment = text.text(from: inner)
        _ = take("```")
        return comment
      }
      advance()
    }
    throw unclosed("comment", "```", from: start)
  }

  /// A text in double quotes, which comes next; `escapes` are the pairs that stand for a character, besides `\\`
  /// and `\"`. Other pairs stay as they are.
  mutating func quoted(escapes: [Unicode.Scalar: Unicode.Scalar]) throws(Diagnostic) -> String {
    let start = place
    advance()
    var result = run { $0 != "\"" && $0 != "\\" }
    while let scalar = next {
      advance()
      if scalar == "\"" { return result }
      // The character after a backslash: itself, another, or one that leaves the backslash standing.
      if let second = next {
        if second == "\\" || second == "\"" {
          result.unicodeScalars.append(second)
          advance()
        } else if let meant = escapes[second] {
          result.unicodeScalars.append(meant)
          advance()
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
      result += run { $0 != "\"" && $0 != "\\" }
    }
    throw unclosed("text", "\"", from: start)
  }

  /// A name in single quotes, which comes next.
  mutating func singleQuoted() throws(Diagnostic) -> String { try enclosed("'", "field name") }

  /// A text between two characters, the first of which comes next, without escapes; `what` is what it is.
  mutating func enclosed(_ mark: Unicode.Scalar, _ what: String) throws(Diagnostic) -> String {
    let start = place
    advance()
    let inner = run { $0 != mark }
    if next == nil { throw unclosed(what, String(mark), from: start) }
    advance()
    return inner
  }

  mutating func expect(_ characters: String) throws(Diagnostic) {
    try skipBlanks()
    if !take(characters) { throw unexpected("`\(characters)`") }
  }

  /// Passes over a comparison operator.
  mutating func takeComparison() -> ComparisonOperator? {
    for sign in ["!=", "<=", ">=", "=", "<", ">"] where take(sign) { return ComparisonOperator(sign: sign) }
    return nil
  }

  mutating func takeComma() throws(Diagnostic) -> Bool {
    try skipBlanks()
    return take(",")
  }

  /// Passes over a word of the language, in any letter case, and the blanks before it.
  mutating func takeWord(_ word: String) throws(Diagnostic) -> Bool {
    try skipBlanks()
    return text.takeWord(word)
  }

  private func unclosed(_ what: String, _ end: String, from start: TextCursor.Place) -> Diagnostic {
    .unclosed(
      what, by: end, in: source,
      opening: expansion?.span(start.offset, start.offset) ?? Span(at: start.position))
  }

  /// What to say where an expression is nested too deep.
  var tooDeep: Diagnostic {
    .tooDeep(limit: SplunkCursor.depthLimit, in: source, at: span(from: place))
  }

  /// What stands here instead of what was expected.
  func unexpected(_ expected: String) -> Diagnostic {
    let found = next.map { scalar in
      scalar.value > 0x20 ? "`\(SplunkLiteral.comment(String(scalar)))`" : "a control character"
    }
    return .expected(expected, found: found ?? "the end", in: source, at: span(from: place))
  }
}
