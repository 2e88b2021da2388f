import ConcordDiagnostics

/// Text of Python 3 to tokens.
///
/// What is wrong in one line costs that line alone: it is kept as a failure where the line stands, so that a definition
/// which nobody asks for stops nothing.
struct PythonLexer {
  /// How much text is read at most, in bytes.
  static let sizeLimit = 4 << 20
  /// How deep brackets, and blocks, are nested at most.
  static let depthLimit = 100

  let source: Source
  var cursor: TextCursor
  var tokens: [PythonToken] = []
  /// What is wrong, in order of the places.
  var failures: [Diagnostic] = []
  /// The open brackets.
  private var open: [(sign: String, span: Span)] = []
  /// The columns at which the open blocks begin.
  private var indents = [0]
  private let origin: Origin?

  /// Goes over a source.
  init(_ source: Source) {
    self.init(source, text: source.text, origin: nil)
  }

  /// Goes over an expression that stands within the source.
  init(_ source: Source, text: String, origin: Origin?) {
    self.source = source
    self.origin = origin
    cursor = TextCursor(text)
  }

  /// The tokens of the whole text; the last is its end.
  mutating func run() -> [PythonToken] {
    if cursor.isAt("\u{FEFF}") { cursor.advance() }
    if origin == nil { beginLine() }
    while !cursor.isAtEnd { step() }
    if let last = open.last {
      failures.append(.unclosed("bracket", by: closing(last.sign), in: source, opening: last.span))
    }
    if tokens.last.map({ $0.kind != .newline }) ?? false { add(.newline, from: cursor.position) }
    for _ in indents.dropFirst() { add(.dedent, from: cursor.position) }
    add(.end, from: cursor.position)
    return tokens
  }

  private mutating func step() {
    guard let scalar = cursor.next else { return }
    let start = cursor.position
    switch scalar {
    case " ", "\t", "\u{0C}": cursor.advance()
    case "#": cursor.skip { !$0.isLineBreak }
    case "\n", "\r":
      _ = cursor.takeLineBreak()
      if !open.isEmpty, !closesAll() { return }
      if let last = tokens.last?.kind, last != .newline, last != .indent, last != .dedent {
        tokens.append(PythonToken(kind: .newline, span: span(start, start)))
      }
      beginLine()
    case "\\":
      cursor.advance()
      if !cursor.takeLineBreak() {
        fail(.expected("the end of the line after `\\`", found: "more text", in: source, at: span(start)))
      }
    case "\"", "'": string(prefix: "", from: start)
    case "0"..."9": number(from: start)
    case "." where cursor.peek(1).map(\.isDigit) ?? false: number(from: start)
    default:
      if PythonLexer.beginsName(scalar) { word(from: start) } else { sign(scalar, from: start) }
    }
  }

  /// Measures the indentation of the next line that holds something. Tabs go to the next multiple of 8.
  private mutating func beginLine() {
    while true {
      var column = 0
      let start = cursor.position
      while let scalar = cursor.next, scalar == " " || scalar == "\t" || scalar == "\u{0C}" {
        column = scalar == " " ? column + 1 : scalar == "\t" ? (column / 8 + 1) * 8 : 0
        cursor.advance()
      }
      if cursor.next == "#" { cursor.skip { !$0.isLineBreak } }
      if cursor.takeLineBreak() { continue }
      if cursor.isAtEnd { return }
      return indent(to: column, from: start)
    }
  }

  private mutating func indent(to column: Int, from start: Position) {
    if column > indents.last ?? 0 {
      if indents.count > PythonLexer.depthLimit {
        fail(.tooDeep(limit: PythonLexer.depthLimit, in: source, at: span(start)))
        return
      }
      indents.append(column)
      add(.indent, from: start)
    }
    while column < indents.last ?? 0 {
      indents.removeLast()
      add(.dedent, from: cursor.position)
      if column > indents.last ?? 0 {
        fail(
          Diagnostic(
            .indentation, "this line is indented like no block around it", in: source,
            at: span(cursor.position), help: ["indent it as the line above or as the block that it continues"]
          ))
        indents.append(column)
        add(.indent, from: cursor.position)
        return
      }
    }
  }

  private mutating func word(from start: Position) {
    let from = cursor.offset
    cursor.skip { PythonLexer.beginsName($0) || $0.isDigit }
    let text = cursor.text(from: from)
    if cursor.next == "\"" || cursor.next == "'", text.utf8.count <= 2,
      text.utf8.allSatisfy({ "rRfFbBuU".utf8.contains($0) })
    {
      return string(prefix: text.lowercased(), from: start)
    }
    add(.name(text), from: start)
  }

  private mutating func number(from start: Position) {
    let from = cursor.offset
    let isHex = cursor.isAt("0x") || cursor.isAt("0X")
    var last: Unicode.Scalar = "0"
    while let scalar = cursor.next {
      let isSigned = !isHex && (last == "e" || last == "E") && (scalar == "-" || scalar == "+")
      guard scalar.isLetterOrDigit || scalar == "_" || scalar == "." || isSigned else { break }
      last = scalar
      cursor.advance()
    }
    let text = cursor.text(from: from)
    if !PythonNumerals.isLiteral(text) {
      fail(.expected("a number", found: "`\(text.visible())`", in: source, at: span(start)))
    }
    add(.number(text.filter { $0 != "_" }), from: start)
  }

  private static let signs = [
    "**=", "//=", ">>=", "<<=", "...", "!=", "==", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "@=", "**", "//", "<<", ">>", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(",
    ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
  ]

  /// The signs by their first character, the longest first.
  private static let signsByFirst = Dictionary(grouping: signs) { $0.unicodeScalars.first ?? " " }

  private mutating func sign(_ scalar: Unicode.Scalar, from start: Position) {
    guard let sign = PythonLexer.signsByFirst[scalar]?.first(where: { cursor.isAt($0) }) else {
      let found = String(scalar).visible()
      cursor.advance()
      fail(.expected("Python", found: "`\(found)`", in: source, at: span(start)))
      return add(.sign(found), from: start)
    }
    cursor.advance(sign.utf8.count)
    switch sign {
    case "(", "[", "{":
      if open.count >= PythonLexer.depthLimit {
        fail(.tooDeep(limit: PythonLexer.depthLimit, in: source, at: span(start)))
      }
      open.append((sign, span(start)))
    case ")", "]", "}": close(sign, from: start)
    default: break
    }
    add(.sign(sign), from: start)
  }

  private mutating func close(_ sign: String, from start: Position) {
    guard let last = open.popLast() else {
      return fail(
        .expected("an expression", found: "`\(sign)`, which closes nothing", in: source, at: span(start)))
    }
    if closing(last.sign) == sign { return }
    fail(.unclosed("bracket", by: closing(last.sign), in: source, opening: last.span, at: span(start)))
  }

  /// Whether the line begins a definition of the module, which no bracket holds: then the open ones were forgotten.
  private mutating func closesAll() -> Bool {
    guard cursor.isAt("def ") || cursor.isAt("class ") || cursor.isAt("@"), origin == nil,
      let last = open.last
    else { return false }
    failures.append(.unclosed("bracket", by: closing(last.sign), in: source, opening: last.span))
    open = []
    return true
  }

  private func closing(_ sign: String) -> String { sign == "(" ? ")" : sign == "[" ? "]" : "}" }

  static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isLetter || scalar == "_" || scalar.value >= 0x80 && scalar.properties.isXIDStart
  }
}

// Places and what is wrong there.
extension PythonLexer {
  mutating func add(_ kind: PythonToken.Kind, from start: Position) {
    tokens.append(PythonToken(kind: kind, span: span(start, cursor.position)))
  }

  mutating func fail(_ diagnostic: Diagnostic) { failures.append(diagnostic) }

  func span(_ start: Position) -> Span { span(start, max(cursor.position, start)) }

  func span(_ start: Position, _ end: Position) -> Span {
    let span = Span(start, end)
    return origin?.span(span) ?? span
  }

  func position(_ position: Position) -> Position { origin?.position(position) ?? position }
}
