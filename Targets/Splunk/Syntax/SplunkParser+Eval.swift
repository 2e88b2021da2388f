import ConcordDiagnostics
import ConcordLanguages

/// Reads an expression of `where` and `eval` (Search Reference, "where" and "eval"). Their words may be in any letter
/// case.
///
/// ```
/// expression = logic ( "XOR" logic )*        logic = operands of "OR", "AND" and "NOT"
/// operand    = sum [ ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" ) sum | "IN" "(" expression, … ")" ]
/// sum        = product ( ( "+" | "-" | "." ) product )*   product = unary ( ( "*" | "/" | "%" ) unary )*
/// unary      = "-" unary | number | text | name | 'name' | name "(" expression, … ")" | "(" expression ")"
/// ```
struct SplunkEvalParser: LogicGrammar {
  static let logic = SplunkEval.logic
  static let depthLimit = SplunkCursor.depthLimit

  var cursor: SplunkCursor
  var depth = 0

  init(_ cursor: SplunkCursor) { self.cursor = cursor }

  mutating func expression() throws(Diagnostic) -> SplunkEval {
    try descend(from: cursor.place)
    defer { depth -= 1 }
    let start = try start()
    var left = try logicalExpression()
    while try take(SplunkEval.xor) {
      left = SplunkEval(.exclusive(left, try logicalExpression()), at: cursor.span(from: start))
    }
    return left
  }

  mutating func start() throws(Diagnostic) -> TextCursor.Place {
    try cursor.skipBlanks()
    return cursor.place
  }

  mutating func take(_ operator: LogicTable.Operator) throws(Diagnostic) -> Bool {
    try cursor.takeWord(`operator`.word)
  }

  func made(_ logic: LogicOperation<SplunkEval>, from start: TextCursor.Place) -> SplunkEval {
    let span = cursor.span(from: start)
    return switch logic {
    case .or(let operands): SplunkEval(.any(operands), at: span)
    case .and(let operands): SplunkEval(.all(operands), at: span)
    case .not(let operand): SplunkEval(.not(operand), at: span)
    }
  }

  func tooDeep(_ start: TextCursor.Place) -> Diagnostic { cursor.tooDeep }
}

extension SplunkEvalParser {
  mutating func operand() throws(Diagnostic) -> SplunkEval {
    try descend(from: cursor.place)
    defer { depth -= 1 }
    try cursor.skipBlanks()
    let start = cursor.place
    let left = try sum()
    try cursor.skipBlanks()
    if let operation = cursor.take("==") ? .equal : cursor.takeComparison() {
      return SplunkEval(.comparison(operation, left, try sum()), at: cursor.span(from: start))
    }
    if try cursor.takeWord("like") { return SplunkEval(.like(left, try sum()), at: cursor.span(from: start)) }
    if try cursor.takeWord("in") {
      try cursor.expect("(")
      return SplunkEval(.membership(left, try arguments()), at: cursor.span(from: start))
    }
    return left
  }

  private mutating func sum() throws(Diagnostic) -> SplunkEval {
    try chain([.add, .subtract, .concatenate]) { (parser) throws(Diagnostic) in try parser.product() }
  }

  private mutating func product() throws(Diagnostic) -> SplunkEval {
    try chain([.multiply, .divide, .remainder]) { (parser) throws(Diagnostic) in try parser.unary() }
  }

  /// Operands joined by operators that bind equally, from the left.
  private mutating func chain(
    _ operators: [SplunkEval.Arithmetic],
    of operand: (inout SplunkEvalParser) throws(Diagnostic) -> SplunkEval
  ) throws(Diagnostic) -> SplunkEval {
    let start = try start()
    var left = try operand(&self)
    while true {
      try cursor.skipBlanks()
      guard let operation = operators.first(where: { cursor.take($0.rawValue) }) else { return left }
      left = SplunkEval(.arithmetic(operation, left, try operand(&self)), at: cursor.span(from: start))
    }
  }

  private mutating func unary() throws(Diagnostic) -> SplunkEval {
    try descend(from: cursor.place)
    defer { depth -= 1 }
    try cursor.skipBlanks()
    let start = cursor.place
    guard cursor.take("-") else { return try primary() }
    let operand = try unary()
    if case .number(let text) = operand.kind, text.utf8.first != 0x2D {
      return SplunkEval(.number("-" + text), at: cursor.span(from: start))
    }
    return SplunkEval(.arithmetic(.subtract, .number("0"), operand), at: cursor.span(from: start))
  }

  private mutating func primary() throws(Diagnostic) -> SplunkEval {
    let start = cursor.place
    guard let scalar = cursor.next else { throw cursor.unexpected("an expression") }
    switch scalar {
    case "(":
      cursor.advance()
      let inner = try expression()
      try cursor.expect(")")
      return inner
    case "\"":
      let text = try cursor.quoted(escapes: ["n": "\n", "r": "\r", "t": "\t"])
      return SplunkEval(.string(text), at: cursor.span(from: start))
    case "'": return SplunkEval(.field(try cursor.singleQuoted()), at: cursor.span(from: start))
    case "`": throw .splunkMacroInside(cursor.source, cursor.span(from: start))
    case "[": throw .splunkSubsearch(cursor.source, cursor.span(from: start))
    default: break
    }
    if scalar.isDigit { return SplunkEval(.number(number()), at: cursor.span(from: start)) }
    return try named()
  }

  /// A field, or a call.
  private mutating func named() throws(Diagnostic) -> SplunkEval {
    let start = cursor.place
    let name = cursor.run { $0.isWord }
    let end = cursor.place
    try cursor.skipBlanks()
    let isCall = cursor.next == "("
    switch name.lowercased() {
    case "", "and", "or", "xor",
      "in" where !isCall, "like" where !isCall:
      cursor.rewind(to: start)
      throw cursor.unexpected("an expression")
    // `in` and `like` are functions too, where they are called.
    case let function where isCall:
      cursor.advance()
      return SplunkEval(.call(function, try arguments()), at: cursor.span(from: start))
    default:
      cursor.rewind(to: end)
      return SplunkEval(.field(name), at: cursor.span(from: start))
    }
  }

  /// The arguments of a call and its closing parenthesis.
  private mutating func arguments() throws(Diagnostic) -> [SplunkEval] {
    try cursor.skipBlanks()
    if cursor.take(")") { return [] }
    var result: [SplunkEval] = []
    repeat { result.append(try expression()) } while try cursor.takeComma()
    try cursor.expect(")")
    return result
  }

  private mutating func number() -> String {
    var text = cursor.run(while: { $0.isDigit })
    if cursor.next == ".", cursor.peek(1)?.isDigit == true {
      cursor.advance()
      text += "." + cursor.run(while: { $0.isDigit })
    }
    return text
  }
}
