import ConcordDiagnostics
import ConcordLanguages

// The grammar of expressions, loosest first. [trino SqlBase.g4]
extension AthenaParser: LogicGrammar {
  package static let logic = AthenaExpression.logic

  // expression = operands of "OR", "AND" and "NOT"
  mutating func expression() throws(Diagnostic) -> AthenaExpression {
    try descend(from: token.span.start)
    defer { depth -= 1 }
    return try logicalExpression()
  }

  package func start() -> Position { token.span.start }

  package mutating func take(_ operator: LogicTable.Operator) -> Bool { takeWord(`operator`.word) }

  package func made(
    _ logic: LogicOperation<AthenaExpression>, from start: Position
  ) -> AthenaExpression {
    switch logic {
    case .or(let operands): AthenaExpression(.or(operands), at: Span(start, end))
    case .and(let operands): AthenaExpression(.and(operands), at: Span(start, end))
    case .not(let operand): AthenaExpression(.not(operand), at: Span(start, end))
    }
  }

  package func tooDeep(_ start: Position) -> Diagnostic {
    .tooDeep(limit: Self.depthLimit, in: source, at: token.span)
  }

  // operand = value ( comparison value | "IS" "NOT"? ( "NULL" | "DISTINCT" "FROM" value )
  //         | "NOT"? ( "LIKE" value ( "ESCAPE" value )? | "IN" "(" list ")" | "BETWEEN" value "AND" value ) )?
  package mutating func operand() throws(Diagnostic) -> AthenaExpression {
    let start = token.span.start
    let operand = try value()
    guard let kind = try predicate(of: operand) else { return operand }
    return AthenaExpression(kind, at: Span(start, end))
  }

  private mutating func predicate(
    of operand: AthenaExpression
  ) throws(Diagnostic) -> AthenaExpression.Kind? {
    if case .sign(let sign) = token.kind, let comparison = ComparisonOperator(sign: sign) {
      advance()
      return .compare(comparison, operand, try value())
    }
    if takeWord("IS") {
      let negated = takeWord("NOT")
      if takeWord("NULL") { return .isNull(operand, negated: negated) }
      if takeWords("DISTINCT", "FROM") { return .distinct(operand, try value(), negated: negated) }
      for word in ["TRUE", "FALSE", "UNKNOWN"] where token.isWord(word) {
        throw Diagnostic(
          .unexpected, "Athena SQL has no `IS \(word)`", in: source, at: token.span,
          help: ["write `IS \(negated ? "" : "NOT ")DISTINCT FROM \(word == "UNKNOWN" ? "NULL" : word)`"])
      }
      throw expected("`NULL` or `DISTINCT FROM`")
    }
    let negated = token.isWord("NOT")
    if negated { advance() }
    if takeWord("LIKE") {
      let pattern = try value()
      return .like(operand, pattern, escape: takeWord("ESCAPE") ? try value() : nil, negated: negated)
    }
    if takeWord("IN") {
      try expectSign("(")
      if token.isWord("SELECT") || token.isWord("WITH") {
        throw .unsupportedSQL("a subquery", in: source, at: token.span)
      }
      let items = try list(")")
      if items.isEmpty { throw expected("a value") }
      return .inList(operand, items, negated: negated)
    }
    if takeWord("BETWEEN") {
      let low = try value()
      try expectWord("AND")
      return .between(operand, low, try value(), negated: negated)
    }
    if negated { throw expected("`LIKE`, `IN` or `BETWEEN`") }
    return nil
  }

  // value = primary ( "." name | "/" number )*
  private mutating func value() throws(Diagnostic) -> AthenaExpression {
    let start = token.span.start
    var operand = try primary()
    while true {
      if takeSign(".") {
        let field = try name("a field's name")
        operand = AthenaExpression(.field(operand, field), at: Span(start, end))
      } else if token.isSign("[") {
        throw Diagnostic(
          .unsupported, "a subscript fails the query where there is no such element", in: source,
          at: token.span,
          help: ["use `element_at`"])
      } else if case .moment(var moment) = operand.kind, token.isSign("-") || token.isSign("+") {
        moment.shifts.append(try shift())
        operand = AthenaExpression(.moment(moment), at: Span(start, end))
      } else if token.isSign("/"), case .number(let divisor) = next.kind {
        advance()
        advance()
        operand = AthenaExpression(.quotient(operand, by: divisor), at: Span(start, end))
      } else if let sign = ["||", "+", "-", "*", "/", "%"].first(where: { token.isSign($0) }) {
        throw .unsupportedSQL("`\(sign)`", in: source, at: token.span)
      } else {
        return operand
      }
    }
  }

  // argument = name "->" expression | expression
  mutating func argument() throws(Diagnostic) -> AthenaExpression {
    guard next.isSign("->") else { return try expression() }
    let start = token.span.start
    let variable = try name("a variable's name")
    try expectSign("->")
    return AthenaExpression(.lambda(variable, try expression()), at: Span(start, end))
  }

  // primary = literal | name | call | "(" expression ")" | cast | array | row | case
  private mutating func primary() throws(Diagnostic) -> AthenaExpression {
    let start = token.span.start
    switch token.kind {
    case .string(let text):
      advance()
      return AthenaExpression(.string(text), at: Span(start, end))
    case .number(let text):
      advance()
      return AthenaExpression(.number(text), at: Span(start, end))
    case .sign("-"):
      advance()
      guard case .number(let text) = token.kind else { throw expected("a number") }
      advance()
      return AthenaExpression(.number("-" + text), at: Span(start, end))
    case .sign("("):
      advance()
      if token.isWord("SELECT") { throw .unsupportedSQL("a subquery", in: source, at: token.span) }
      let inner = try expression()
      guard takeSign(")") else { throw expected("`)`") }
      return inner
    case .word(let word): return try wordPrimary(word.uppercased())
    case .quotedName(let word) where next.isSign("("):
      // A function's name may stand in quotes. [trino SqlBase.g4, functionCall]
      let function = word.lowercased()
      if AthenaFunctionTable.aggregates.contains(function) {
        return AthenaExpression(try windowed(try aggregate(function)), at: Span(start, end))
      }
      advance()
      advance()
      return AthenaExpression(.call(function, try list(")")), at: Span(start, end))
    case .quotedName, .backquotedName:
      let name = try name("a value")
      return AthenaExpression(.name(name), at: Span(start, end))
    case .sign, .end: throw expected("a value")
    }
  }

  private mutating func wordPrimary(_ word: String) throws(Diagnostic) -> AthenaExpression {
    let start = token.span.start
    if let moment = try moment(word) { return AthenaExpression(.moment(moment), at: Span(start, end)) }
    let kind: AthenaExpression.Kind
    switch word {
    case "NULL", "TRUE", "FALSE":
      advance()
      kind = word == "NULL" ? .null : .boolean(word == "TRUE")
    case "CAST" where next.isSign("("), "TRY_CAST" where next.isSign("("):
      advance()
      advance()
      let operand = try expression()
      try expectWord("AS")
      let type = try type()
      try expectSign(")")
      kind = .cast(operand, type, orNull: word == "TRY_CAST")
    case "ARRAY" where next.isSign("["):
      advance()
      advance()
      kind = .array(try list("]"))
    case "ROW" where next.isSign("("):
      advance()
      advance()
      kind = .row(try list(")"))
    case "CASE": kind = try choice()
    case "POSITION" where next.isSign("("):
      advance()
      advance()
      let part = try value()
      try expectWord("IN")
      kind = .call("strpos", [try value(), part])
      try expectSign(")")
    case _ where next.isSign("(") && AthenaFunctionTable.aggregates.contains(word.lowercased()):
      kind = try windowed(try aggregate(word.lowercased()))
    case _ where next.isSign("(") && !AthenaParser.reserved.contains(word):
      advance()
      advance()
      if token.isSign("*") { throw .unsupportedSQL("`\(word)(*)`", in: source, at: token.span) }
      kind = .call(word.lowercased(), try list(")"))
    case _ where AthenaParser.literalTypes.contains(word) && isString(next):
      var refusal = Diagnostic.unsupportedSQL("a `\(word)` literal", in: source, at: token.span)
      if word == "IPADDRESS" {
        refusal.help = ["ask for a network: `TRY(contains('10.0.0.0/8', TRY_CAST(… AS ipaddress)))`"]
      }
      throw refusal
    case "EXISTS", "CURRENT_TIME", "EXTRACT":
      throw .unsupportedSQL("`\(word)`", in: source, at: token.span)
    default: kind = .name(try name("a value"))
    }
    return AthenaExpression(kind, at: Span(start, end))
  }

  // aggregate = word "(" ( "*" | "DISTINCT"? expression ( "," expression )* )? ")" ( "FILTER" "(" "WHERE" expression ")" )?
  private mutating func aggregate(
    _ function: String
  ) throws(Diagnostic) -> AthenaExpression.AthenaAggregate {
    advance()
    advance()
    var call = AthenaExpression.AthenaAggregate(function: function, arguments: [])
    if takeSign("*") {
      try expectSign(")")
    } else {
      call.isDistinct = takeWord("DISTINCT")
      if !call.isDistinct { _ = takeWord("ALL") }
      if !takeSign(")") {
        repeat { call.arguments.append(try argument()) } while takeSign(",")
        if takeWords("ORDER", "BY") {
          throw .unsupportedSQL("`ORDER BY` in `\(function)`", in: source, at: token.span)
        }
        guard takeSign(")") else { throw expected("`,` or `)`") }
      }
    }
    if token.isWord("FILTER"), next.isSign("(") {
      advance()
      advance()
      try expectWord("WHERE")
      call.filter = try expression()
      try expectSign(")")
    }
    if token.isWord("WITHIN") { throw .unsupportedSQL("`WITHIN`", in: source, at: token.span) }
    return call
  }

  // over = "OVER" "(" ( "PARTITION" "BY" expression ( "," expression )* )? "ORDER" "BY" expression
  //        ( "RANGE" ( "BETWEEN" bound "PRECEDING" "AND" "CURRENT" "ROW" | bound "PRECEDING" ) )? ")"
  // bound = number | "UNBOUNDED"
  /// The call, over the rows around each row where `OVER` comes next.
  private mutating func windowed(
    _ call: AthenaExpression.AthenaAggregate
  ) throws(Diagnostic) -> AthenaExpression.Kind {
    let start = token.span
    guard takeWord("OVER") else { return .aggregate(call) }
    func refused() -> Diagnostic { .unsupportedSQL("`OVER` of other rows", in: source, at: start) }
    guard takeSign("(") else { throw refused() }
    var partition: [AthenaExpression] = []
    if takeWords("PARTITION", "BY") {
      repeat { partition.append(try expression()) } while takeSign(",")
    }
    guard takeWords("ORDER", "BY") else { throw refused() }
    var window = AthenaExpression.AthenaWindowed(call: call, partition: partition, order: try expression())
    if takeWord("RANGE") {
      let isBetween = takeWord("BETWEEN")
      if case .number(let bound) = token.kind {
        advance()
        window.preceding = bound
      } else if !takeWord("UNBOUNDED") {
        throw refused()
      }
      guard takeWord("PRECEDING") else { throw refused() }
      if isBetween, !(takeWord("AND") && takeWords("CURRENT", "ROW")) { throw refused() }
    }
    if !takeSign(")") { throw refused() }
    return .windowed(window)
  }

  private static let literalTypes: Set<String> = [
    "DATE", "TIME", "TIMESTAMP", "INTERVAL", "JSON", "DECIMAL", "IPADDRESS", "X",
  ]

  private func isString(_ token: AthenaToken) -> Bool {
    if case .string = token.kind { true } else { false }
  }

  // case = "CASE" ( "WHEN" expression "THEN" expression )+ ( "ELSE" expression )? "END"
  private mutating func choice() throws(Diagnostic) -> AthenaExpression.Kind {
    try expectWord("CASE")
    guard token.isWord("WHEN") else { throw expected("`WHEN`") }
    var branches: [AthenaExpression.Branch] = []
    while takeWord("WHEN") {
      let condition = try expression()
      try expectWord("THEN")
      branches.append(AthenaExpression.Branch(condition: condition, result: try expression()))
    }
    let otherwise = takeWord("ELSE") ? try expression() : nil
    try expectWord("END")
    return .choice(branches, otherwise)
  }

  // type = "ARRAY" "(" type ")" | "MAP" "(" type "," type ")" | "ROW" "(" name type ( "," name type )* ")"
  //      | word ( "(" number ( "," number )* ")" )?
  private mutating func type() throws(Diagnostic) -> AthenaType {
    try descend(from: token.span.start)
    defer { depth -= 1 }
    if takeWord("ARRAY") {
      let close = token.isSign("<") ? ">" : ")"
      guard takeSign("(") || takeSign("<") else { throw expected("`(`") }
      let element = try type()
      try expectSign(close)
      return .array(element)
    }
    if takeWord("MAP") {
      try expectSign("(")
      let key = try type()
      try expectSign(",")
      let value = try type()
      try expectSign(")")
      return .map(key, value)
    }
    if takeWord("ROW") {
      try expectSign("(")
      var fields: [AthenaType.Field] = []
      repeat {
        let name = try name("a field's name")
        fields.append(AthenaType.Field(name: name, type: try type()))
      } while takeSign(",")
      try expectSign(")")
      return .row(fields)
    }
    guard case .word(let word) = token.kind else { throw expected("a type") }
    advance()
    if token.isSign("(") { throw .unsupportedSQL("a length of a type", in: source, at: token.span) }
    return .named(word.lowercased())
  }
}
