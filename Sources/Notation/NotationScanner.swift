import ConcordDiagnostics

/// A place in a text of the notation, and its words.
struct NotationScanner {
  let origin: Origin
  private var cursor: TextCursor

  init(_ text: String, origin: Origin) {
    self.origin = origin
    cursor = TextCursor(text)
  }

  /// The next scalar, or the one that begins `offset` bytes after it.
  func peek(_ offset: Int = 0) -> Unicode.Scalar? { cursor.peek(offset) }

  /// The place of the next scalar, in the source.
  var position: Position { origin.position(cursor.position) }

  /// The stretch of the next `length` scalars.
  func span(length: Int = 1) -> Span { origin.span(Span(at: cursor.position, length: length)) }

  var isAtEnd: Bool { cursor.isAtEnd }
  var isAtLineEnd: Bool { cursor.next?.isLineBreak ?? true }

  mutating func advance(_ count: Int = 1) { cursor.advance(count) }

  /// Skips blanks and comments, and line breaks too if `acrossLines`.
  mutating func skipBlanks(acrossLines: Bool) {
    while let scalar = peek() {
      if scalar == "#" {
        while !isAtLineEnd { advance() }
      } else if isBlank(scalar) || (acrossLines && scalar.isLineBreak) {
        advance()
      } else {
        return
      }
    }
  }

  /// The word that begins here, without moving; empty where none does.
  func peekWord() -> String {
    var ahead = cursor
    return ahead.run(while: isWord)
  }

  /// The word that begins here, unless it is the first name of a longer path.
  func peekKeyword() -> String {
    var ahead = cursor
    let word = ahead.run(while: isWord)
    let next = ahead.next
    return next == "." || next == ":" || next == "[" ? "" : word
  }

  /// Takes the word that was peeked.
  mutating func take(_ word: String) -> Span {
    let count = word.unicodeScalars.count
    let span = span(length: count)
    advance(count)
    return span
  }

  /// The run of scalars up to a blank, a line break, a comma, a quote or a bracket: for messages.
  func peekRun() -> String {
    var ahead = cursor
    var count = 0
    let run = ahead.run { scalar in
      count += 1
      return count <= 60 && !isBlank(scalar) && !scalar.isLineBreak
        && !"()[],\"".unicodeScalars.contains(scalar)
    }
    guard run.isEmpty, let scalar = peek(), !scalar.isLineBreak else { return run }
    return String(scalar)
  }

  /// The run of symbols or the word that begins here: what somebody may have meant as an operator.
  func peekOperator() -> String {
    let word = peekWord()
    if !word.isEmpty { return word }
    var ahead = cursor
    let run = ahead.run { "=!<>~&|:+*/%^".unicodeScalars.contains($0) }
    return run.isEmpty ? peekRun() : run
  }
}

private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
  scalar == " " || scalar == "\t" || scalar == "\u{A0}" || scalar == "\u{FEFF}"
}

/// Letters, digits, `_`, `-`, `$` and `@`; letters of every script.
private func isWord(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "-", "$", "@": true
  default: scalar.isASCII ? scalar.isWord : scalar.properties.isAlphabetic
  }
}

extension NotationScanner {
  /// A text in double quotes, with JSON's escapes.
  ///
  ///     text = '"', { any scalar but '"', '\', a line break | escape }, '"'
  ///     escape = '\', ( '"' | '\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u', 4 hex digits )
  mutating func quotedText() throws(Diagnostic) -> (text: String, isVerbatim: Bool, span: Span) {
    let start = position
    let opening = span()
    advance()
    var text = String.UnicodeScalarView()
    var isVerbatim = true
    while let scalar = peek(), !scalar.isLineBreak {
      if scalar == "\"" {
        advance()
        return (String(text), isVerbatim, Span(start, position))
      }
      if scalar == "\\" {
        isVerbatim = false
        text.append(try escape())
      } else {
        text.append(scalar)
        advance()
      }
    }
    throw .unclosed(
      "text", by: "\"", in: origin.source, opening: opening, at: span(),
      help: ["a text ends on its line; a line break in it is written `\\n`"])
  }

  private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
    let letter = peek(1)
    if letter == "u" { return try unicodeEscape() }
    let plain: Unicode.Scalar
    switch letter {
    case "\"", "\\", "/": plain = letter ?? "\\"
    case "b": plain = "\u{8}"
    case "f": plain = "\u{C}"
    case "n": plain = "\n"
    case "r": plain = "\r"
    case "t": plain = "\t"
    default:
      throw .badEscape(
        letter.map { $0.isLineBreak ? "\\" : "\\" + String($0) } ?? "\\", at: span(length: 2),
        in: origin.source)
    }
    advance(2)
    return plain
  }

  private mutating func unicodeEscape() throws(Diagnostic) -> Unicode.Scalar {
    let place = span(length: 6)
    guard let first = hexDigits(after: 2) else { throw .badUnicodeEscape(at: place, in: origin.source) }
    if let scalar = Unicode.Scalar(first) {
      advance(6)
      return scalar
    }
    guard (0xD800..<0xDC00).contains(first), peek(6) == "\\", peek(7) == "u",
      let second = hexDigits(after: 8), (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw .loneSurrogate(at: place, in: origin.source) }
    advance(12)
    return scalar
  }

  private func hexDigits(after offset: Int) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      guard let digit = peek(offset + index)?.hexValue else { return nil }
      value = value << 4 | digit
    }
    return value
  }
}
