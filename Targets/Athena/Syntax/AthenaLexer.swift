import ConcordDiagnostics

/// A word, name, literal or sign of Athena SQL and where it stands.
public struct AthenaToken: Hashable, Sendable {
  /// The kinds of token.
  public enum Kind: Hashable, Sendable {
    /// A keyword or an unquoted name, as it is written.
    case word(String)
    /// A name in double quotes, its value.
    case quotedName(String)
    /// A name in backticks, its value. DDL only.
    case backquotedName(String)
    /// A text literal, its value.
    case string(String)
    /// A number, as it is written.
    case number(String)
    /// A sign.
    case sign(String)
    /// The end of the text.
    case end
  }

  /// What it is.
  public var kind: Kind
  /// Where it stands.
  public var span: Span

  /// Whether it is this keyword, in whatever letter case.
  func isWord(_ keyword: String) -> Bool {
    if case .word(let word) = kind { word.uppercased() == keyword } else { false }
  }

  func isSign(_ sign: String) -> Bool {
    if case .sign(let own) = kind { own == sign } else { false }
  }
}

/// Splits Athena SQL into tokens. Comments are dropped.
///
/// ```
/// word    = (letter | "_") (letter | digit | "_")*
/// name    = '"' ( any but '"' | '""' )* '"'
/// string  = "'" ( any but "'" | "''" )* "'"
///         | "U&" string ( "UESCAPE" string )?
/// number  = digit+ ( "." digit* )? ( "E" sign? digit+ )?
/// comment = "--" to the end of the line | "/*" to "*/"
/// ```
public struct AthenaLexer {
  private let scalars: [Unicode.Scalar]
  private let source: Source
  private var index = 0
  private var position = Position.start

  private init(_ source: Source) {
    self.source = source
    scalars = Array(source.text.unicodeScalars)
  }

  /// The tokens of a text, the last one `end`. Throws at a literal or comment without an end, and at a sign
  /// that SQL does not have.
  public static func tokens(of source: Source) throws(Diagnostic) -> [AthenaToken] {
    var lexer = AthenaLexer(source)
    var tokens: [AthenaToken] = []
    while let token = try lexer.next() { tokens.append(token) }
    tokens.append(AthenaToken(kind: .end, span: Span(at: lexer.position, length: 0)))
    return tokens
  }

  /// The tokens up to the first error, and that error: for DDL, whose later clauses may hold Hive's own escapes.
  static func tokensUpToError(of source: Source) -> ([AthenaToken], Diagnostic?) {
    var lexer = AthenaLexer(source)
    var tokens: [AthenaToken] = []
    var failure: Diagnostic?
    do throws(Diagnostic) {
      while let token = try lexer.next() { tokens.append(token) }
    } catch { failure = error }
    tokens.append(AthenaToken(kind: .end, span: Span(at: lexer.position, length: 0)))
    return (tokens, failure)
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    index + offset < scalars.count ? scalars[index + offset] : nil
  }

  private mutating func advance() {
    guard let scalar = peek() else { return }
    index += 1
    let ends = scalar == "\n" || (scalar == "\r" && peek() != "\n")
    position =
      ends
      ? Position(line: position.line + 1, column: 1)
      : Position(line: position.line, column: position.column + 1)
  }

  private mutating func next() throws(Diagnostic) -> AthenaToken? {
    try skipSpace()
    guard let scalar = peek() else { return nil }
    let start = position
    let kind: AthenaToken.Kind
    switch scalar {
    case "'": kind = .string(try quoted("'", start))
    case "\"": kind = .quotedName(try quoted("\"", start))
    case "`": kind = .backquotedName(try quoted("`", start))
    case "U" where peek(1) == "&" && peek(2) == "'", "u" where peek(1) == "&" && peek(2) == "'":
      advance()
      advance()
      kind = .string(try unicodeString(start))
    case "0"..."9": kind = .number(number())
    case "." where peek(1).map(AthenaLexer.isDigit) == true: kind = .number(number())
    case _ where AthenaLexer.isWordStart(scalar): kind = .word(run(AthenaLexer.isWordPart))
    default: kind = .sign(try sign(scalar))
    }
    return AthenaToken(kind: kind, span: Span(start, position))
  }

  private mutating func skipSpace() throws(Diagnostic) {
    while let scalar = peek() {
      if scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" {
        advance()
      } else if scalar == "-", peek(1) == "-" {
        while let inner = peek(), inner != "\n", inner != "\r" { advance() }
      } else if scalar == "/", peek(1) == "*" {
        let start = position
        advance()
        advance()
        while !(peek() == "*" && peek(1) == "/") {
          guard peek() != nil else { throw .unclosed("comment", "*/", in: source, at: start) }
          advance()
        }
        advance()
        advance()
      } else {
        return
      }
    }
  }

  private mutating func quoted(_ quote: Unicode.Scalar, _ start: Position) throws(Diagnostic) -> String {
    advance()
    var value = String.UnicodeScalarView()
    while let scalar = peek() {
      advance()
      if scalar == quote {
        guard peek() == quote else { return String(value) }
        advance()
      }
      value.append(scalar)
    }
    let what = quote == "'" ? "text literal" : "quoted name"
    throw .unclosed(what, String(Character(quote)), in: source, at: start)
  }

  private mutating func unicodeString(_ start: Position) throws(Diagnostic) -> String {
    let raw = try quoted("'", start)
    var escape: Unicode.Scalar = "\\"
    let here = (index, position)
    try skipSpace()
    if let letter = peek(), AthenaLexer.isWordStart(letter),
      run(AthenaLexer.isWordPart).uppercased() == "UESCAPE"
    {
      try skipSpace()
      let place = position
      guard peek() == "'" else { throw .badUnicodeEscape(in: source, at: Span(at: place)) }
      let named = Array(try quoted("'", place).unicodeScalars)
      guard named.count == 1, let only = named.first, (0x21...0x7E).contains(only.value),
        !AthenaLexer.isHex(only), !["+", "'", "\""].contains(only)
      else { throw .badUnicodeEscape(in: source, at: Span(place, position)) }
      escape = only
    } else {
      (index, position) = here
    }
    guard let decoded = AthenaLexer.decode(raw, escape) else {
      throw .badUnicodeEscape(in: source, at: Span(start, position))
    }
    return decoded
  }

  /// The text with its `\XXXX` and `\+XXXXXX` escapes replaced; `nil` where one is malformed.
  private static func decode(_ raw: String, _ escape: Unicode.Scalar) -> String? {
    var result = String.UnicodeScalarView()
    var rest = Array(raw.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == escape else {
        result.append(scalar)
        continue
      }
      if rest.first == escape {
        rest = rest.dropFirst()
        result.append(escape)
        continue
      }
      let long = rest.first == "+"
      if long { rest = rest.dropFirst() }
      let digits = rest.prefix(long ? 6 : 4)
      guard digits.count == (long ? 6 : 4), digits.allSatisfy(isHex),
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
        let decoded = Unicode.Scalar(value)
      else { return nil }
      rest = rest.dropFirst(digits.count)
      result.append(decoded)
    }
    return String(result)
  }

  private mutating func run(_ belongs: (Unicode.Scalar) -> Bool) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = peek(), belongs(scalar) {
      text.append(scalar)
      advance()
    }
    return String(text)
  }

  private mutating func number() -> String {
    var text = run(AthenaLexer.isDigit)
    if peek() == "." {
      advance()
      text += "." + run(AthenaLexer.isDigit)
    }
    guard let mark = peek(), mark == "e" || mark == "E" else { return text }
    let signed = peek(1) == "+" || peek(1) == "-"
    guard let digit = peek(signed ? 2 : 1), AthenaLexer.isDigit(digit) else { return text }
    text += "E"
    advance()
    if signed, let sign = peek() {
      text.unicodeScalars.append(sign)
      advance()
    }
    return text + run(AthenaLexer.isDigit)
  }

  private mutating func sign(_ scalar: Unicode.Scalar) throws(Diagnostic) -> String {
    let start = position
    advance()
    let pair = String(Character(scalar)) + (peek().map { String(Character($0)) } ?? "")
    if ["<>", "!=", "<=", ">=", "->", "||"].contains(pair) {
      advance()
      return pair
    }
    guard "()[]<>=,.;*+-/%?:".unicodeScalars.contains(scalar) else {
      throw .unexpectedSign(scalar, in: source, at: Span(start, position))
    }
    return String(Character(scalar))
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isHex(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
  }
  private static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }
  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    isWordStart(scalar) || isDigit(scalar)
  }
}
