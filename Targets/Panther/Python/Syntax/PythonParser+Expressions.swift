import ConcordDiagnostics

// Expressions, loosest first. The grammar stands above each function.
extension PythonParser {
  /// expressions = spread { "," spread } [ "," ]: one alone, or a tuple
  mutating func expressions() throws(Diagnostic) -> PythonExpression {
    let start = index
    let first = try spread()
    guard token.isSign(",") else {
      if first.isSpread { throw expected("`,`") }
      return first.value
    }
    var items = [first]
    while take(",") {
      if token.kind == .newline || token.kind == .end || isClosing || token.isSign("=") || token.isSign(":") {
        break
      }
      items.append(try spread())
    }
    return PythonExpression(kind: .tuple(items), span: span(from: start))
  }

  /// targets = primary { "," primary }: what a loop assigns
  mutating func targets() throws(Diagnostic) -> PythonExpression {
    let start = index
    let first = try target()
    guard token.isSign(",") else { return first.value }
    var items = [first]
    while take(","), !token.isWord("in") { items.append(try target()) }
    return PythonExpression(kind: .tuple(items), span: span(from: start))
  }

  private mutating func target() throws(Diagnostic) -> PythonExpression.Item {
    PythonExpression.Item(isSpread: take("*"), value: try primary())
  }

  private mutating func spread() throws(Diagnostic) -> PythonExpression.Item {
    PythonExpression.Item(isSpread: take("*"), value: try expression())
  }

  private var isClosing: Bool { token.isSign(")") || token.isSign("]") || token.isSign("}") }

  /// expression = name ":=" expression | lambda | operation [ "if" operation "else" expression ]
  mutating func expression() throws(Diagnostic) -> PythonExpression {
    try nested { parser throws(Diagnostic) in
      let start = parser.index
      if parser.token.isWord("lambda") { return try parser.lambda() }
      if case .name(let name) = parser.token.kind, parser.next.isSign(":=") {
        parser.index += 2
        let value = try parser.expression()
        return PythonExpression(kind: .assigned(name, value), span: parser.span(from: start))
      }
      let then = try parser.operation(0)
      guard parser.take("if") else { return then }
      let condition = try parser.operation(0)
      try parser.expect("else")
      let other = try parser.expression()
      return PythonExpression(
        kind: .choice(condition: condition, then: then, other: other), span: parser.span(from: start))
    }
  }

  private mutating func lambda() throws(Diagnostic) -> PythonExpression {
    let start = index
    index += 1
    let parameters = try parameters(until: ":")
    try expect(":")
    let body = try expression()
    return PythonExpression(kind: .lambda(parameters, body), span: span(from: start))
  }

  /// The operators of arithmetic by strength; `or`, `and`, `not` and comparisons are 0 to 3.
  private static let strengths: [String: Int] = [
    "|": 4, "^": 5, "&": 6, "<<": 7, ">>": 7, "+": 8, "-": 8, "*": 9, "/": 9, "//": 9, "%": 9, "@": 9,
  ]

  /// operation = operands joined by operators that bind at least as `strength`
  mutating func operation(_ strength: Int) throws(Diagnostic) -> PythonExpression {
    let start = index
    if strength <= 2, token.isWord("not") {
      let negated = try nested { parser throws(Diagnostic) in
        parser.index += 1
        return try parser.operation(2)
      }
      let not = PythonExpression(kind: .not(negated), span: span(from: start))
      return strength <= 1 ? try logic(not, strength, start) : not
    }
    var left = try unary()
    var count = 0
    while case .sign(let sign) = token.kind, let own = PythonParser.strengths[sign], own >= strength {
      index += 1
      count += 1
      if count > PythonParser.chainLimit {
        throw .tooDeep(limit: PythonParser.chainLimit, in: source, at: token.span)
      }
      let right = try operation(own + 1)
      left = PythonExpression(kind: .operation(left, sign, right), span: span(from: start))
    }
    if strength <= 3 { left = try comparison(left, start) }
    return strength <= 1 ? try logic(left, strength, start) : left
  }

  /// comparison = operand { sign operand }
  private mutating func comparison(
    _ left: PythonExpression, _ start: Int
  ) throws(Diagnostic) -> PythonExpression {
    var steps: [PythonExpression.Comparison] = []
    while let sign = takeComparison() {
      steps.append(PythonExpression.Comparison(sign: sign, operand: try operation(4)))
    }
    if steps.isEmpty { return left }
    return PythonExpression(kind: .comparison(left, steps), span: span(from: start))
  }

  private mutating func takeComparison() -> String? {
    switch token.kind {
    case .sign(let sign) where ["==", "!=", "<", "<=", ">", ">="].contains(sign):
      index += 1
      return sign
    case .name("in"):
      index += 1
      return "in"
    case .name("not") where next.isWord("in"):
      index += 2
      return "not in"
    case .name("is"):
      index += 1
      return take("not") ? "is not" : "is"
    default: return nil
    }
  }

  /// logic = conjunction { "or" conjunction }, conjunction = operand { "and" operand }
  private mutating func logic(
    _ first: PythonExpression, _ strength: Int, _ start: Int
  ) throws(Diagnostic) -> PythonExpression {
    var left = first
    if token.isWord("and") {
      var operands = [left]
      while take("and") { operands.append(try operation(2)) }
      left = PythonExpression(kind: .and(operands), span: span(from: start))
    }
    guard strength == 0, token.isWord("or") else { return left }
    var operands = [left]
    while take("or") { operands.append(try operation(1)) }
    return PythonExpression(kind: .or(operands), span: span(from: start))
  }

  /// unary = { "-" | "+" | "~" } primary [ "**" unary ]
  private mutating func unary() throws(Diagnostic) -> PythonExpression {
    let start = index
    for sign in ["-", "+", "~"] where token.isSign(sign) {
      let operand = try nested { parser throws(Diagnostic) in
        parser.index += 1
        return try parser.unary()
      }
      return PythonExpression(kind: .sign(sign, operand), span: span(from: start))
    }
    if token.isWord("await") || token.isWord("yield") {
      let word = token.isWord("await") ? "await" : "yield"
      index += 1
      if word == "yield", take("from") {}
      if !isClosing, token.kind != .newline, token.kind != .end { _ = try expressions() }
      return PythonExpression(kind: .other(word), span: span(from: start))
    }
    let base = try primary()
    guard take("**") else { return base }
    let power = try nested { parser throws(Diagnostic) in try parser.unary() }
    return PythonExpression(kind: .operation(base, "**", power), span: span(from: start))
  }
}

extension PythonExpression {
  /// `a.b.c` where it is names joined by dots, or a call of such.
  var dottedName: String? {
    switch kind {
    case .name(let name): name
    case .attribute(let base, let name): base.dottedName.map { "\($0).\(name)" }
    case .call(let function, _): function.dottedName
    default: nil
    }
  }
}
