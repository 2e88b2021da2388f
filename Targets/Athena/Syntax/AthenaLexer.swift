import ConcordDiagnostics
import ConcordLanguages

/// A word, name, literal or sign of Athena SQL and where it stands.
package struct AthenaToken: Hashable, Sendable {
  /// The kinds of token.
  package enum Kind: Hashable, Sendable {
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
    case sign(String)
    /// The end of the text.
    case end
  }

  /// What it is.
  package var kind: Kind
  /// Where it stands.
  package var span: Span
}

extension AthenaToken: SyntaxToken {
  /// Whether it is this keyword, in any letter case.
  package func isWord(_ keyword: String) -> Bool {
    if case .word(let word) = kind { word.isSameWord(as: keyword) } else { false }
  }

  /// Whether it is this sign.
  package func isSign(_ sign: String) -> Bool {
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
///         | of Hive's statements, in either quote, also: "\\" any
///         | behind "FROM", the id of an event data store: 5e2676f8-9fce-46ef-8142-3e36a94e6691
/// number  = digit+ ( "." digit* )? ( "E" sign? digit+ )?
/// comment = "--" to the end of the line | "/*" to "*/"
/// ```
package struct AthenaLexer {
  private let source: Source
  private var cursor: TextCursor
  /// Whether the text is a statement of Hive's, whose literals have escapes.
  private let isHive: Bool

  private init(_ source: Source, isHive: Bool) {
    (self.source, self.isHive) = (source, isHive)
    cursor = TextCursor(source.text)
  }

  /// The tokens of a text, the last one `end`. Throws at a literal or comment without an end, and at a sign
  /// that SQL does not have.
  package static func tokens(of source: Source) throws(Diagnostic) -> [AthenaToken] {
    let (tokens, failure) = tokensUpToError(of: source, isHive: false)
    if let failure { throw failure }
    return tokens
  }

  /// The tokens of a statement in Hive's DDL up to the first error, and that error: what later clauses hold is passed
  /// over where it is not understood.
  static func tokensUpToError(ofHive source: Source) -> ([AthenaToken], Diagnostic?) {
    tokensUpToError(of: source, isHive: true)
  }

  private static func tokensUpToError(of source: Source, isHive: Bool) -> ([AthenaToken], Diagnostic?) {
    var lexer = AthenaLexer(source, isHive: isHive)
    var tokens: [AthenaToken] = []
    var failure: Diagnostic?
    do throws(Diagnostic) {
      while let token = try lexer.next(after: tokens.last) { tokens.append(token) }
    } catch { failure = error }
    tokens.append(AthenaToken(kind: .end, span: Span(at: lexer.cursor.position, length: 0)))
    return (tokens, failure)
  }

  private mutating func next(after last: AthenaToken?) throws(Diagnostic) -> AthenaToken? {
    try skipSpace()
    guard let scalar = cursor.next else { return nil }
    let start = cursor.position
    if !isHive, last?.isWord("FROM") == true, let id = storeID() {
      return AthenaToken(kind: .quotedName(id), span: Span(start, cursor.position))
    }
    let kind: AthenaToken.Kind
    switch scalar {
    case "'": kind = .string(try quoted("'", start))
    case "\"": kind = .quotedName(try quoted("\"", start))
    case "`": kind = .backquotedName(try quoted("`", start))
    case "U" where cursor.isAt("U&'"), "u" where cursor.isAt("u&'"):
      cursor.advance(2)
      kind = .string(try unicodeString(start))
    case _ where scalar.isDigit: kind = .number(number())
    case "." where cursor.peek(1)?.isDigit == true: kind = .number(number())
    case _ where scalar.isWord: kind = .word(cursor.run { $0.isWord })
    default: kind = .sign(try sign(scalar))
    }
    return AthenaToken(kind: kind, span: Span(start, cursor.position))
  }

  private mutating func skipSpace() throws(Diagnostic) {
    while let scalar = cursor.next {
      if scalar == " " || scalar == "\t" || scalar.isLineBreak {
        cursor.advance()
      } else if cursor.isAt("--") {
        cursor.skip { !$0.isLineBreak }
      } else if cursor.isAt("/*") {
        let start = cursor.position
        cursor.advance(2)
        while !cursor.take("*/") {
          if cursor.isAtEnd { throw .unclosed("comment", by: "*/", in: source, opening: Span(at: start)) }
          cursor.advance()
        }
      } else {
        return
      }
    }
  }

  /// A literal of Hive's: a backslash and what follows stand for one character, a doubled quote for itself.
  private mutating func hiveText(_ quote: Unicode.Scalar, _ start: Position) throws(Diagnostic) -> String {
    cursor.advance()
    var value = ""
    while let scalar = cursor.next {
      cursor.advance()
      if scalar == "\\" {
        value += hiveEscape()
      } else if scalar != quote {
        value.unicodeScalars.append(scalar)
      } else if cursor.next == quote {
        value.unicodeScalars.append(quote)
        cursor.advance()
      } else {
        return value
      }
    }
    throw .unclosed("text literal", by: String(Character(quote)), in: source, opening: Span(at: start))
  }

  /// What stands behind a backslash: `\u0041`, `\101`, a letter of a control character, or a character itself. Of
  /// `\%` and `\_`, which are for patterns, the backslash stays.
  private mutating func hiveEscape() -> String {
    guard let scalar = cursor.next else { return "" }
    if scalar == "u", let value = digits(4, from: 1, radix: 16).flatMap(Unicode.Scalar.init) {
      cursor.advance(5)
      return String(Character(value))
    }
    if ("0"..."1").contains(scalar), let value = digits(3, from: 0, radix: 8).flatMap(Unicode.Scalar.init) {
      cursor.advance(3)
      return String(Character(value))
    }
    cursor.advance()
    switch scalar {
    case "0": return "\0"
    case "b": return "\u{8}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "Z": return "\u{1A}"
    case "%", "_": return "\\" + String(Character(scalar))
    default: return String(Character(scalar))
    }
  }

  /// The number that so many digits spell, some way on.
  private func digits(_ count: Int, from start: Int, radix: Int) -> UInt32? {
    let text = (start..<start + count).compactMap { cursor.peek($0).map(Character.init) }
    return text.count == count && text.allSatisfy(\.isHexDigit) ? UInt32(String(text), radix: radix) : nil
  }

  private mutating func quoted(_ quote: Unicode.Scalar, _ start: Position) throws(Diagnostic) -> String {
    if isHive, quote != "`" { return try hiveText(quote, start) }
    cursor.advance()
    var value = cursor.run { $0 != quote }
    while !cursor.isAtEnd {
      cursor.advance()
      guard cursor.next == quote else { return value }
      let rest = cursor.offset
      cursor.advance()
      cursor.skip { $0 != quote }
      value += cursor.text(from: rest)
    }
    let what = quote == "'" ? "text literal" : "quoted name"
    throw .unclosed(what, by: String(Character(quote)), in: source, opening: Span(at: start))
  }

  private mutating func unicodeString(_ start: Position) throws(Diagnostic) -> String {
    let raw = try quoted("'", start)
    var escape: Unicode.Scalar = "\\"
    let end = cursor.place
    try skipSpace()
    if cursor.run(while: { $0.isWord }).isSameWord(as: "UESCAPE") {
      try skipSpace()
      let place = cursor.position
      guard cursor.next == "'" else { throw .badUnicodeEscape(in: source, at: Span(at: place)) }
      let named = Array(try quoted("'", place).unicodeScalars)
      guard named.count == 1, let only = named.first, (0x21...0x7E).contains(only.value),
        only.hexValue == nil, !["+", "'", "\""].contains(only)
      else { throw .badUnicodeEscape(in: source, at: Span(place, cursor.position)) }
      escape = only
    } else {
      cursor.rewind(to: end)
    }
    guard let decoded = AthenaLexer.decode(raw, escape) else {
      throw .badUnicodeEscape(in: source, at: Span(start, cursor.position))
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
      guard digits.count == (long ? 6 : 4), digits.allSatisfy({ $0.hexValue != nil }),
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
        let decoded = Unicode.Scalar(value)
      else { return nil }
      rest = rest.dropFirst(digits.count)
      result.append(decoded)
    }
    return String(result)
  }

  /// The id of an event data store, which CloudTrail Lake takes without quotes.
  private mutating func storeID() -> String? {
    let text = (0..<AthenaLiteral.storeIDLength).compactMap { cursor.peek($0).map(Character.init) }
    let ends = cursor.peek(AthenaLiteral.storeIDLength).map { !$0.isWord && $0 != "-" } ?? true
    guard ends, AthenaLiteral.isStoreID(String(text)) else { return nil }
    cursor.advance(AthenaLiteral.storeIDLength)
    return String(text)
  }

  private mutating func number() -> String {
    var text = cursor.run { $0.isDigit }
    if cursor.take(".") { text += "." + cursor.run { $0.isDigit } }
    guard let mark = cursor.next, mark == "e" || mark == "E" else { return text }
    let sign = cursor.peek(1).flatMap { $0 == "+" || $0 == "-" ? $0 : nil }
    guard cursor.peek(sign == nil ? 1 : 2)?.isDigit == true else { return text }
    cursor.advance(sign == nil ? 1 : 2)
    return text + "E" + (sign.map { String($0) } ?? "") + cursor.run { $0.isDigit }
  }

  private mutating func sign(_ scalar: Unicode.Scalar) throws(Diagnostic) -> String {
    for pair in ["<>", "!=", "<=", ">=", "->", "||"] where cursor.take(pair) { return pair }
    let start = cursor.position
    cursor.advance()
    guard "()[]<>=,.;*+-/%?:".unicodeScalars.contains(scalar) else {
      throw .unexpectedSign(scalar, in: source, at: Span(start, cursor.position))
    }
    return String(Character(scalar))
  }
}
