import ConcordDiagnostics

/// Walks over the scalars of a text and knows its place. Lines end at LF, CRLF or CR.
struct NotationScanner {
  let origin: Origin
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String, origin: Origin) {
    self.origin = origin
    scalars = Array(text.unicodeScalars)
  }

  /// The next scalar, or the one `offset` after it.
  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    at + offset < scalars.count ? scalars[at + offset] : nil
  }

  /// The place of the next scalar, in the source.
  var position: Position { origin.position(inner) }
  private var inner: Position { Position(line: line, column: at - lineStart + 1) }

  /// The stretch of the next `length` scalars.
  func span(length: Int = 1) -> Span {
    let start = inner
    return origin.span(Span(at: start, length: length))
  }

  var isAtEnd: Bool { at >= scalars.count }
  var isAtLineEnd: Bool { peek().map(isLineBreak) ?? true }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<min(count, scalars.count - at) {
      let scalar = scalars[at]
      at += 1
      if scalar == "\n" || (scalar == "\r" && peek() != "\n") {
        line += 1
        lineStart = at
      }
    }
  }

  /// Skips blanks and comments, and line breaks too if `acrossLines`.
  mutating func skipBlanks(acrossLines: Bool) {
    while let scalar = peek() {
      if scalar == "#" {
        while !isAtLineEnd { advance() }
      } else if isBlank(scalar) || (acrossLines && isLineBreak(scalar)) {
        advance()
      } else {
        return
      }
    }
  }

  /// The word that begins here, without moving; empty where none does.
  func peekWord() -> String {
    var word = String.UnicodeScalarView()
    var offset = 0
    while let scalar = peek(offset), isWord(scalar) {
      word.append(scalar)
      offset += 1
    }
    return String(word)
  }

  /// The word that begins here, unless it is the first name of a longer path.
  func peekKeyword() -> String {
    let word = peekWord()
    guard let next = peek(word.unicodeScalars.count) else { return word }
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
    var run = String.UnicodeScalarView()
    var offset = 0
    while let scalar = peek(offset), run.count < 60,
      !isBlank(scalar), !isLineBreak(scalar), !"()[],\"".unicodeScalars.contains(scalar)
    {
      run.append(scalar)
      offset += 1
    }
    if run.isEmpty, let scalar = peek(), !isLineBreak(scalar) { run.append(scalar) }
    return String(run)
  }

  /// The run of symbols or the word that begins here: what somebody may have meant as an operator.
  func peekOperator() -> String {
    let word = peekWord()
    if !word.isEmpty { return word }
    var run = String.UnicodeScalarView()
    var offset = 0
    while let scalar = peek(offset), "=!<>~&|:+*/%^".unicodeScalars.contains(scalar) {
      run.append(scalar)
      offset += 1
    }
    return run.isEmpty ? peekRun() : String(run)
  }
}

private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
  scalar == " " || scalar == "\t" || scalar == "\u{A0}" || scalar == "\u{FEFF}"
}

private func isLineBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

/// Letters, digits, `_`, `-`, `$` and `@`; letters of every script.
private func isWord(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "$", "@": true
  default: !scalar.isASCII && scalar.properties.isAlphabetic
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
    while let scalar = peek(), !isLineBreak(scalar) {
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
    throw .unclosed("text", "\"", opening: opening, at: span(), in: origin.source)
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
        letter.map { isLineBreak($0) ? "\\" : "\\" + String($0) } ?? "\\", at: span(length: 2),
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
      guard let scalar = peek(offset + index), let digit = hexDigit(scalar) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "a"..."f": scalar.value - 0x57
    case "A"..."F": scalar.value - 0x37
    default: nil
    }
  }
}
