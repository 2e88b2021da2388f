import ConcordDiagnostics

// Texts: quotes, prefixes, escapes and the fields of f-strings.
extension PythonLexer {
  /// How one text is written.
  private struct Quoting {
    let quote: String
    let isRaw: Bool
    let isFormatted: Bool
    let isBytes: Bool
    let opening: Span
    var isTriple: Bool { quote.utf8.count == 3 }
  }

  /// Reads a text of which the prefix, in lower case, is read already.
  mutating func string(prefix: String, from start: Position) {
    let one = cursor.next == "'" ? "'" : "\""
    let quote = cursor.isAt(one + one + one) ? one + one + one : one
    cursor.advance(quote.utf8.count)
    let quoting = Quoting(
      quote: quote, isRaw: prefix.contains("r"), isFormatted: prefix.contains("f"),
      isBytes: prefix.contains("b"), opening: span(start))
    let pieces = pieces(quoting)
    if quoting.isBytes { return add(.bytes, from: start) }
    if quoting.isFormatted { return add(.formatted(pieces), from: start) }
    let text = pieces.reduce(into: "") { text, piece in
      if case .text(let part) = piece { text += part }
    }
    add(.string(text), from: start)
  }

  /// What stands up to the closing quote, which is passed.
  private mutating func pieces(_ quoting: Quoting) -> [PythonToken.FormattedPiece] {
    var pieces: [PythonToken.FormattedPiece] = []
    var text = String.UnicodeScalarView()
    func flushed() -> [PythonToken.FormattedPiece] { text.isEmpty ? [] : [.text(String(text))] }
    while !cursor.take(quoting.quote) {
      guard let scalar = cursor.next, quoting.isTriple || !scalar.isLineBreak else {
        fail(.unclosed("text", by: quoting.quote, in: source, opening: quoting.opening))
        return pieces + flushed()
      }
      if scalar == "\\" {
        escape(quoting, into: &text)
      } else if quoting.isFormatted, scalar == "{" || scalar == "}" {
        let brace = cursor.position
        cursor.advance()
        if cursor.next == scalar || scalar == "}" {
          if cursor.next == scalar {
            cursor.advance()
          } else {
            fail(.expected("`}}`", found: "`}`", in: source, at: span(brace)))
          }
          text.append(scalar)
          continue
        }
        pieces += flushed()
        text.removeAll()
        if let field = field(quoting) { pieces.append(field) }
      } else {
        if scalar == "\0" {
          fail(.expected("Python", found: "`\\0`", in: source, at: span(cursor.position)))
        }
        if !cursor.takeLineBreak() { cursor.advance() }
        text.append(scalar == "\r" ? "\n" : scalar)
      }
    }
    return pieces + flushed()
  }

  /// The field that begins here, behind its brace.
  private mutating func field(_ quoting: Quoting) -> PythonToken.FormattedPiece? {
    let (start, from) = (cursor.position, cursor.offset)
    var (depth, inner) = (0, nil as Unicode.Scalar?)
    while let scalar = cursor.next {
      if inner == nil, cursor.isAt(quoting.quote) || !quoting.isTriple && scalar.isLineBreak { break }
      if inner == nil, depth == 0, scalar == "}" || scalar == ":" || scalar == "!" && cursor.peek(1) != "=" {
        let text = cursor.text(from: from)
        let isPlain = scalar == "}"
        if !isPlain { skipFormat(quoting) }
        _ = cursor.take("}")
        return .field(text, position(start), isPlain: isPlain)
      }
      switch scalar {
      case "'", "\"": inner = inner == nil ? scalar : inner == scalar ? nil : inner
      case "(", "[", "{": if inner == nil { depth += 1 }
      case ")", "]", "}": if inner == nil { depth -= 1 }
      default: break
      }
      cursor.advance()
    }
    fail(.unclosed("field", by: "}", in: source, opening: span(start, cursor.position)))
    return nil
  }

  /// Passes over what says how a field is shown, up to its brace.
  private mutating func skipFormat(_ quoting: Quoting) {
    var depth = 0
    while let scalar = cursor.next, !cursor.isAt(quoting.quote), quoting.isTriple || !scalar.isLineBreak {
      if scalar == "}", depth == 0 { return }
      if scalar == "{" { depth += 1 } else if scalar == "}" { depth -= 1 }
      cursor.advance()
    }
  }

  private mutating func escape(_ quoting: Quoting, into text: inout String.UnicodeScalarView) {
    let start = cursor.position
    cursor.advance()
    guard let scalar = cursor.next else { return }
    if quoting.isRaw {
      text.append("\\")
      text.append(scalar)
      return cursor.advance()
    }
    if cursor.takeLineBreak() { return }
    cursor.advance()
    switch scalar {
    case "n": text.append("\n")
    case "t": text.append("\t")
    case "r": text.append("\r")
    case "a": text.append("\u{07}")
    case "b": text.append("\u{08}")
    case "f": text.append("\u{0C}")
    case "v": text.append("\u{0B}")
    case "\\", "'", "\"": text.append(scalar)
    case "x": code(2, start, into: &text)
    case "u": code(4, start, into: &text)
    case "U": code(8, start, into: &text)
    case "0"..."7": octal(scalar, into: &text)
    case "N": fail(badEscape("a character by its name", start))
    default:
      // Python keeps an escape that it does not know.
      text.append("\\")
      text.append(scalar)
    }
  }

  private mutating func octal(_ first: Unicode.Scalar, into text: inout String.UnicodeScalarView) {
    var value = first.value - 0x30
    for _ in 0..<2 {
      guard let digit = cursor.next, ("0"..."7").contains(digit) else { break }
      value = value * 8 + digit.value - 0x30
      cursor.advance()
    }
    if let scalar = Unicode.Scalar(value) { text.append(scalar) }
  }

  private mutating func code(_ digits: Int, _ start: Position, into text: inout String.UnicodeScalarView) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = cursor.next?.hexDigit else {
        return fail(badEscape("an escape without \(digits) hexadecimal digits", start))
      }
      value = value << 4 | digit
      cursor.advance()
    }
    guard let scalar = Unicode.Scalar(value) else {
      return fail(badEscape("half of a surrogate pair", start))
    }
    text.append(scalar)
  }

  private func badEscape(_ what: String, _ start: Position) -> Diagnostic {
    Diagnostic(.badEscape, "\(what) is not read", in: source, at: span(start), help: ["write the character"])
  }
}

extension Unicode.Scalar {
  fileprivate var hexDigit: UInt32? {
    value < 0x80 ? UInt8(truncatingIfNeeded: value).hexValue.map(UInt32.init) : nil
  }
}
