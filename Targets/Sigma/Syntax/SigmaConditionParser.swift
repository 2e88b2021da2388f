import ConcordDiagnostics

/// Reads a `condition`. The comments above the functions, joined, are its grammar.
struct SigmaConditionParser {
  /// How deep parentheses and `not` may be nested.
  static let depthLimit = 100

  private let tokens: [Token]
  private let locate: (Range<Int>) -> Span?
  private let end: Int
  private var index = 0
  private var depth = 0

  private struct Token {
    var text: String
    var range: Range<Int>
  }

  /// Reads `text`; `locate` says where a range of its scalars stands in the source. Throws `E101` for text that
  /// is no condition and `E330` for the old aggregations behind a pipe.
  static func parse(
    _ text: String, locate: @escaping (Range<Int>) -> Span?
  ) throws(Diagnostic) -> SigmaExpression {
    var parser = try SigmaConditionParser(text, locate: locate)
    let expression = try parser.disjunction()
    if let rest = parser.peek {
      if isUpperCase(rest) { throw .sigmaUpperCase(rest.text, at: parser.span(rest.range)) }
      throw .sigmaUnexpected(rest.text, expected: "`and`, `or` or the end", at: parser.span(rest.range))
    }
    return expression
  }

  private init(_ text: String, locate: @escaping (Range<Int>) -> Span?) throws(Diagnostic) {
    var tokens: [Token] = []
    // Every token is ASCII, and the first scalar that is not is refused: up to there bytes count as scalars do.
    let bytes = Array(text.utf8)
    let count = text.scalarCount
    var at = 0
    while at < bytes.count {
      let start = at
      if [0x20, 0x09, 0x0D, 0x0A].contains(bytes[at]) {
        at += 1
        continue
      }
      if bytes[at] == UInt8(ascii: "|") { throw .sigmaAggregation(at: locate(at..<count)) }
      while at < bytes.count, SigmaConditionParser.isWord(bytes[at]) { at += 1 }
      if at == start {
        guard bytes[at] == UInt8(ascii: "(") || bytes[at] == UInt8(ascii: ")") else {
          let scalar = text.unicodeScalars[text.utf8.index(text.startIndex, offsetBy: at)]
          throw .sigmaUnexpected(String(scalar), expected: "a selection", at: locate(at..<at + 1))
        }
        at += 1
      }
      tokens.append(Token(text: String(decoding: bytes[start..<at], as: UTF8.self), range: start..<at))
    }
    self.tokens = tokens
    self.locate = locate
    end = count
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"): true
    default: false
    }
  }

  // disjunction = conjunction { "or" conjunction }
  private mutating func disjunction() throws(Diagnostic) -> SigmaExpression {
    var operands = [try conjunction()]
    while take("or") { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : joined(operands, .or(operands))
  }

  // conjunction = negation { "and" negation }
  private mutating func conjunction() throws(Diagnostic) -> SigmaExpression {
    var operands = [try negation()]
    while take("and") { operands.append(try negation()) }
    return operands.count == 1 ? operands[0] : joined(operands, .and(operands))
  }

  // negation = "not" negation | operand
  private mutating func negation() throws(Diagnostic) -> SigmaExpression {
    guard let token = peek, token.text == "not" else { return try operand() }
    index += 1
    try descend(token)
    let operand = try negation()
    depth -= 1
    return SigmaExpression(.not(operand), span: span(token.range))
  }

  // operand = "(" disjunction ")" | ( "1" | "any" | "all" ) "of" ( "them" | PATTERN ) | NAME
  private mutating func operand() throws(Diagnostic) -> SigmaExpression {
    guard let token = peek else { throw .sigmaUnexpected("", expected: "a selection", at: locate(end..<end)) }
    index += 1
    if token.text == "(" {
      try descend(token)
      let inner = try disjunction()
      depth -= 1
      if let next = peek, SigmaConditionParser.isUpperCase(next) {
        throw .sigmaUpperCase(next.text, at: span(next.range))
      }
      guard take(")") else { throw .sigmaUnclosed(at: span(token.range)) }
      return inner
    }
    if peek?.text == "of" { return try quantified(token) }
    if token.text == ")" || ["and", "or"].contains(token.text) {
      throw .sigmaUnexpected(token.text, expected: "a selection", at: span(token.range))
    }
    if token.text.contains("*") { throw .sigmaPatternAlone(token.text, at: span(token.range)) }
    if let next = peek, let word = [token, next].first(where: SigmaConditionParser.isUpperCase) {
      throw .sigmaUpperCase(word.text, at: span(word.range))
    }
    return SigmaExpression(.selection(token.text), span: span(token.range))
  }

  private mutating func quantified(_ quantifier: Token) throws(Diagnostic) -> SigmaExpression {
    index += 1
    guard ["1", "any", "all"].contains(quantifier.text) else {
      if ["any", "all"].contains(quantifier.text.lowercased()) {
        throw .sigmaUpperCase(quantifier.text, at: span(quantifier.range))
      }
      throw .sigmaQuantifier(quantifier.text, at: span(quantifier.range))
    }
    guard let word = peek, word.text != "(", word.text != ")" else {
      throw .sigmaUnexpected(
        peek?.text ?? "", expected: "`them` or a pattern", at: span(peek?.range ?? end..<end))
    }
    index += 1
    let pattern: SigmaExpression.Pattern = word.text == "them" ? .them : .names(word.text)
    return SigmaExpression(
      quantifier.text == "all" ? .allOf(pattern) : .oneOf(pattern),
      span: span(quantifier.range.lowerBound..<word.range.upperBound))
  }

  /// Whether it is an operator in capitals, as the first versions had them.
  private static func isUpperCase(_ token: Token) -> Bool {
    ["and", "or", "not", "of"].contains(token.text.lowercased()) && token.text != token.text.lowercased()
  }

  private var peek: Token? { index < tokens.count ? tokens[index] : nil }

  private mutating func take(_ text: String) -> Bool {
    guard peek?.text == text else { return false }
    index += 1
    return true
  }

  private mutating func descend(_ token: Token) throws(Diagnostic) {
    depth += 1
    if depth > SigmaConditionParser.depthLimit { throw .sigmaDepth(at: span(token.range)) }
  }

  private func span(_ range: Range<Int>) -> Span? { locate(range) }

  private func joined(_ operands: [SigmaExpression], _ kind: SigmaExpression.Kind) -> SigmaExpression {
    let spans = operands.compactMap(\.span)
    return SigmaExpression(kind, span: spans.first.map { spans.dropFirst().reduce($0) { $0.union($1) } })
  }
}
