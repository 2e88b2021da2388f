import ConcordDiagnostics
import ConcordLanguages

/// Reads a `condition`. The comments above the functions, joined, are its grammar.
struct SigmaConditionParser: TokenParser {
  /// A word or a parenthesis; empty at the end.
  struct Token: SyntaxToken {
    var text: String
    var range: Range<Int>

    func isWord(_ keyword: String) -> Bool { text == keyword }
    func isSign(_ sign: String) -> Bool { text == sign }

    /// Whether it is an operator in capitals, as the first versions had them.
    var isUpperCase: Bool {
      ["and", "or", "not", "of"].contains { text.isSameWord(as: $0) && text != $0 }
    }
  }

  static let depthLimit = 100

  var tokens: Tokens<Token>
  var depth = 0
  private let locate: (Range<Int>) -> Span?

  /// Reads `text`; `locate` says where a range of its scalars stands in the source. Throws `E101` for text that
  /// is not a condition and `E330` for the old aggregations behind a pipe.
  static func parse(
    _ text: String, locate: @escaping (Range<Int>) -> Span?
  ) throws(Diagnostic) -> SigmaExpression {
    let tokens = try SigmaConditionParser.tokens(of: text, locate: locate)
    var parser = SigmaConditionParser(tokens: Tokens(tokens), locate: locate)
    let expression = try parser.logicalExpression()
    guard parser.isAtEnd else {
      throw parser.misspelled(parser.token) ?? parser.expected("`and`, `or` or the end")
    }
    return expression
  }

  private static func tokens(
    of text: String, locate: (Range<Int>) -> Span?
  ) throws(Diagnostic) -> [Token] {
    var tokens: [Token] = []
    var cursor = TextCursor(text)
    while let scalar = cursor.next {
      // Every token is ASCII, and the first scalar that is not is refused: up to there bytes count as scalars do.
      let start = cursor.offset
      if scalar == " " || scalar == "\t" || scalar.isLineBreak {
        cursor.advance()
        continue
      }
      if scalar == "|" { throw .sigmaAggregation(at: locate(start..<text.scalarCount)) }
      cursor.skip { $0.isWord || $0 == "-" || $0 == "*" }
      if cursor.offset == start {
        guard cursor.take("(") || cursor.take(")") else {
          throw .expected("a name or a parenthesis", found: "`\(scalar)`", at: locate(start..<start + 1))
        }
      }
      tokens.append(Token(text: cursor.text(from: start), range: start..<cursor.offset))
    }
    tokens.append(Token(text: "", range: cursor.offset..<cursor.offset))
    return tokens
  }

  private var isAtEnd: Bool { token.text.isEmpty }

  func expected(_ what: String) -> Diagnostic {
    .expected(what, found: isAtEnd ? "the end" : "`\(token.text)`", at: locate(token.range))
  }

  /// What to say of an operator in capitals; `nil` for other tokens.
  private func misspelled(_ token: Token) -> Diagnostic? {
    token.isUpperCase ? .sigmaUpperCase(token.text, at: locate(token.range)) : nil
  }
}

extension SigmaConditionParser: LogicGrammar {
  static let logic = SigmaExpression.logic

  func start() -> Range<Int> { token.range }

  mutating func take(_ operator: LogicTable.Operator) -> Bool { takeWord(`operator`.word) }

  func tooDeep(_ start: Range<Int>) -> Diagnostic {
    .tooDeep(limit: SigmaConditionParser.depthLimit, at: locate(start))
  }

  func made(_ logic: LogicOperation<SigmaExpression>, from start: Range<Int>) -> SigmaExpression {
    switch logic {
    case .or(let operands): joined(operands, .or(operands))
    case .and(let operands): joined(operands, .and(operands))
    case .not(let operand): SigmaExpression(.not(operand), span: locate(start))
    }
  }

  // operand = "(" expression ")" | ( "1" | "any" | "all" ) "of" ( "them" | PATTERN ) | NAME
  mutating func operand() throws(Diagnostic) -> SigmaExpression {
    if isAtEnd { throw expected("a selection") }
    let first = token
    if takeSign("(") { return try group(first.range) }
    if next.isWord("of") { return try quantified() }
    if [")", SigmaConditionParser.logic.and.word, SigmaConditionParser.logic.or.word].contains(first.text) {
      throw expected("a selection")
    }
    if first.text.contains("*") { throw .sigmaPatternAlone(first.text, at: locate(first.range)) }
    if !next.text.isEmpty, let error = misspelled(first) ?? misspelled(next) { throw error }
    advance()
    return SigmaExpression(.selection(first.text), span: locate(first.range))
  }

  private mutating func group(_ opening: Range<Int>) throws(Diagnostic) -> SigmaExpression {
    try descend(from: opening)
    defer { depth -= 1 }
    let inner = try logicalExpression()
    if let error = misspelled(token) { throw error }
    guard takeSign(")") else { throw .unclosed("parenthesis", by: ")", opening: locate(opening)) }
    return inner
  }

  private mutating func quantified() throws(Diagnostic) -> SigmaExpression {
    let quantifier = token
    guard ["1", "any", "all"].contains(quantifier.text) else {
      let span = locate(quantifier.range)
      if ["any", "all"].contains(quantifier.text.lowercased()) {
        throw .sigmaUpperCase(quantifier.text, at: span)
      }
      throw .sigmaQuantifier(quantifier.text, at: span)
    }
    tokens.advance(2)
    if isAtEnd || token.isSign("(") || token.isSign(")") { throw expected("`them` or a pattern") }
    let word = token
    advance()
    let pattern: SigmaExpression.Pattern = word.text == "them" ? .them : .names(word.text)
    return SigmaExpression(
      quantifier.text == "all" ? .allOf(pattern) : .oneOf(pattern),
      span: locate(quantifier.range.lowerBound..<word.range.upperBound))
  }

  private func joined(_ operands: [SigmaExpression], _ kind: SigmaExpression.Kind) -> SigmaExpression {
    let spans = operands.compactMap(\.span)
    return SigmaExpression(kind, span: spans.first.map { spans.dropFirst().reduce($0) { $0.union($1) } })
  }
}
