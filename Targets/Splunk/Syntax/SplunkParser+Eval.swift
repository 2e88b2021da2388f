import ConcordDiagnostics

// The `where` and `eval` language (Search Reference, "where" and "eval"): NOT binds tightest of the Boolean
// operators, then AND, then OR, then XOR. Its words may be in any letter case.
//
//   expression = or ( "XOR" or )*        or  = and ( "OR" and )*        and = not ( "AND" not )*
//   not        = "NOT" not | comparison
//   comparison = sum [ ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" ) sum | "IN" "(" expression, … ")" ]
//   sum        = product ( ( "+" | "-" | "." ) product )*   product = unary ( ( "*" | "/" | "%" ) unary )*
//   unary      = "-" unary | number | text | name | 'name' | name "(" expression, … ")" | "(" expression ")"
extension SplunkCursor {
  /// An expression of the `eval` language.
  mutating func evalExpression() throws(Diagnostic) -> SplunkEval {
    try enter()
    defer { depth -= 1 }
    try skipBlanks()
    let start = index
    var left = try disjunction()
    while try takeWord("xor") {
      left = SplunkEval(.exclusive(left, try disjunction()), at: span(from: start))
    }
    return left
  }

  private mutating func disjunction() throws(Diagnostic) -> SplunkEval {
    try skipBlanks()
    let start = index
    var operands = [try conjunction()]
    while try takeWord("or") { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : SplunkEval(.any(operands), at: span(from: start))
  }

  private mutating func conjunction() throws(Diagnostic) -> SplunkEval {
    try skipBlanks()
    let start = index
    var operands = [try negation()]
    while try takeWord("and") { operands.append(try negation()) }
    return operands.count == 1 ? operands[0] : SplunkEval(.all(operands), at: span(from: start))
  }

  private mutating func negation() throws(Diagnostic) -> SplunkEval {
    try enter()
    defer { depth -= 1 }
    try skipBlanks()
    let start = index
    if try takeWord("not") { return SplunkEval(.not(try negation()), at: span(from: start)) }
    return try comparison()
  }

  private mutating func comparison() throws(Diagnostic) -> SplunkEval {
    try skipBlanks()
    let start = index
    let left = try sum()
    try skipBlanks()
    for (text, operation) in SplunkCursor.comparisons where take(text) {
      return SplunkEval(.comparison(operation, left, try sum()), at: span(from: start))
    }
    if try takeWord("like") { return SplunkEval(.like(left, try sum()), at: span(from: start)) }
    if try takeWord("in") {
      try expect("(")
      return SplunkEval(.membership(left, try arguments()), at: span(from: start))
    }
    return left
  }

  private static let comparisons: [(String, SplunkEval.Operator)] = [
    ("==", .equal), ("!=", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("=", .equal),
    ("<", .less), (">", .greater),
  ]

  private mutating func sum() throws(Diagnostic) -> SplunkEval {
    try skipBlanks()
    let start = index
    var left = try product()
    while true {
      try skipBlanks()
      let operation: SplunkEval.Arithmetic
      if take("+") {
        operation = .add
      } else if take("-") {
        operation = .subtract
      } else if take(".") {
        operation = .concatenate
      } else {
        return left
      }
      left = SplunkEval(.arithmetic(operation, left, try product()), at: span(from: start))
    }
  }

  private mutating func product() throws(Diagnostic) -> SplunkEval {
    try skipBlanks()
    let start = index
    var left = try unary()
    while true {
      try skipBlanks()
      let operation: SplunkEval.Arithmetic
      if take("*") {
        operation = .multiply
      } else if take("/") {
        operation = .divide
      } else if take("%") {
        operation = .remainder
      } else {
        return left
      }
      left = SplunkEval(.arithmetic(operation, left, try unary()), at: span(from: start))
    }
  }

  private mutating func unary() throws(Diagnostic) -> SplunkEval {
    try enter()
    defer { depth -= 1 }
    try skipBlanks()
    let start = index
    guard take("-") else { return try primary() }
    let operand = try unary()
    if case .number(let text) = operand.kind, text.utf8.first != 0x2D {
      return SplunkEval(.number("-" + text), at: span(from: start))
    }
    return SplunkEval(.arithmetic(.subtract, .number("0"), operand), at: span(from: start))
  }

  private mutating func primary() throws(Diagnostic) -> SplunkEval {
    let start = index
    guard let scalar = next else { throw unexpected("an expression") }
    switch scalar {
    case "(":
      advance()
      let inner = try evalExpression()
      try expect(")")
      return inner
    case "\"":
      let text = try quoted(escapes: ["n": "\n", "r": "\r", "t": "\t"])
      return SplunkEval(.string(text), at: span(from: start))
    case "'": return SplunkEval(.field(try singleQuoted()), at: span(from: start))
    case "`": throw .splunkMacroInside(source, span(from: start))
    case "[": throw .splunkSubsearch(source, span(from: start))
    default: break
    }
    if SplunkCursor.isDigit(scalar) { return SplunkEval(.number(number()), at: span(from: start)) }
    let name = run(while: SplunkCursor.isWord)
    let place = index
    try skipBlanks()
    // `in` and `like` are functions too, where they are called.
    let isCall = next == "("
    if name.isEmpty || ["and", "or", "xor"].contains(name.lowercased())
      || (!isCall && ["in", "like"].contains(name.lowercased()))
    {
      rewind(to: start)
      throw unexpected("an expression")
    }
    if take("(") { return SplunkEval(.call(name.lowercased(), try arguments()), at: span(from: start)) }
    rewind(to: place)
    return SplunkEval(.field(name), at: span(from: start))
  }

  /// The arguments of a call and its closing parenthesis.
  private mutating func arguments() throws(Diagnostic) -> [SplunkEval] {
    try skipBlanks()
    if take(")") { return [] }
    var result: [SplunkEval] = []
    repeat { result.append(try evalExpression()) } while try takeComma()
    try expect(")")
    return result
  }

  private mutating func number() -> String {
    var text = run(while: SplunkCursor.isDigit)
    if next == ".", let after = peek(1), SplunkCursor.isDigit(after) {
      advance()
      text += "." + run(while: SplunkCursor.isDigit)
    }
    return text
  }

  /// Passes over a word of the language, in any letter case.
  private mutating func takeWord(_ word: String) throws(Diagnostic) -> Bool {
    try skipBlanks()
    let start = index
    if run(while: SplunkCursor.isWord).lowercased() == word { return true }
    rewind(to: start)
    return false
  }
}
