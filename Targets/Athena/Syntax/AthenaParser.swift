import ConcordDiagnostics
import ConcordLanguages

/// Reads Athena SQL into a tree: the statements that this module writes, and the single-table `SELECT`s that
/// people write by hand. What is outside is refused by name.
package struct AthenaParser: TokenParser {
  /// How deep expressions and types may be nested.
  package static let depthLimit = 200

  let source: Source
  package var tokens: Tokens<AthenaToken>
  package var depth = 0

  private init(_ source: Source) throws(Diagnostic) {
    self.source = source
    tokens = Tokens(try AthenaLexer.tokens(of: source))
  }

  /// The statement of a text. Throws where the text does not follow the grammar.
  package static func query(_ source: Source) throws(Diagnostic) -> AthenaQuery {
    var parser = try AthenaParser(source)
    let query = try parser.statement()
    _ = parser.takeSign(";")
    try parser.expectEnd()
    return query
  }

  /// The expression that is the whole text. Throws where the text does not follow the grammar.
  package static func expression(_ source: Source) throws(Diagnostic) -> AthenaExpression {
    var parser = try AthenaParser(source)
    let expression = try parser.expression()
    try parser.expectEnd()
    return expression
  }
}

extension AthenaParser {
  /// Where the last token ended.
  var end: Position { tokens.last.span.end }

  package func expected(_ what: String) -> Diagnostic { .expected(what, token, in: source) }

  private func expectEnd() throws(Diagnostic) {
    if case .end = token.kind { return }
    throw endExpected("the end of the statement")
  }

  /// Why a statement does not end here, where `what` should come next.
  func endExpected(_ what: String) -> Diagnostic {
    if let refused = AthenaParser.refusedClauses.first(where: { token.isWord($0) }) {
      return .unsupportedSQL("`\(refused)`", in: source, at: token.span)
    }
    return expected(what)
  }

  private static let refusedClauses = [
    "UNION", "INTERSECT", "EXCEPT", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS",
    "OFFSET", "FETCH", "WINDOW", "TABLESAMPLE",
  ]

  /// A name: a word that is not reserved, or anything in double quotes.
  mutating func name(_ what: String) throws(Diagnostic) -> String {
    switch token.kind {
    case .word(let word):
      if AthenaParser.reserved.contains(word.uppercased()) {
        var failure = expected(what)
        failure.help = ["`\(word)` is a reserved word; as a name it stands in double quotes"]
        throw failure
      }
      advance()
      return word
    case .quotedName(let name):
      advance()
      return name
    case .backquotedName:
      throw Diagnostic(
        .unexpected, "names in backticks are for `CREATE TABLE` only", in: source, at: token.span,
        help: ["use double quotes"])
    case .string, .number, .sign, .end: throw expected(what)
    }
  }

  /// Trino's reserved words. [trino docs/language/reserved.md]
  static let reserved: Set<String> = [
    "ALTER", "AND", "AS", "BETWEEN", "BY", "CASE", "CAST", "CONSTRAINT", "CREATE", "CROSS", "CUBE",
    "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_PATH", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "DEALLOCATE", "DELETE", "DESCRIBE", "DISTINCT", "DROP", "ELSE",
    "END",
    "ESCAPE", "EXCEPT", "EXECUTE", "EXISTS", "EXTRACT", "FALSE", "FOR", "FROM", "FULL", "GROUP", "GROUPING",
    "HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "JSON_ARRAY", "JSON_EXISTS",
    "JSON_OBJECT", "JSON_QUERY", "JSON_VALUE", "LEFT", "LIKE", "LISTAGG", "LOCALTIME", "LOCALTIMESTAMP",
    "NATURAL", "NORMALIZE", "NOT", "NULL", "ON", "OR", "ORDER", "OUTER", "PREPARE", "RECURSIVE", "RIGHT",
    "ROLLUP", "SELECT", "SKIP", "TABLE", "THEN", "TRIM", "TRUE", "UESCAPE", "UNION", "UNNEST", "USING",
    "VALUES", "WHEN", "WHERE", "WITH",
  ]
}

extension AthenaParser {
  // statement = ( "WITH" table ( "," table )* )? "SELECT" "DISTINCT"? column ( "," column )*
  //             "FROM" relation ( "WHERE" expression )?
  //             ( "GROUP" "BY" expression ( "," expression )* )? ( "HAVING" expression )?
  //             ( "ORDER" "BY" expression ( "," expression )* )? ( "LIMIT" number )?
  mutating func statement() throws(Diagnostic) -> AthenaQuery {
    var tables: [AthenaQuery.CommonTable] = []
    if takeWord("WITH") {
      repeat { tables.append(try commonTable()) } while takeSign(",")
    }
    try expectWord("SELECT")
    let isDistinct = takeWord("DISTINCT")
    var columns: [AthenaQuery.Column] = []
    repeat { columns.append(try column()) } while takeSign(",")
    try expectWord("FROM")
    var query = try relation()
    query.columns = columns
    query.with = tables
    query.isDistinct = isDistinct
    if takeWord("WHERE") { query.predicate = try expression() }
    if takeWords("GROUP", "BY") {
      repeat { query.group.append(try groupElement()) } while takeSign(",")
    }
    if takeWord("HAVING") { query.having = try expression() }
    if takeWords("ORDER", "BY") {
      repeat {
        query.order.append(try expression())
        if !takeWord("ASC") { _ = takeWord("DESC") }
      } while takeSign(",")
    }
    if takeWord("LIMIT") {
      guard case .number(let count) = token.kind else { throw expected("a number") }
      advance()
      query.limit = count
    }
    return query
  }

  private mutating func groupElement() throws(Diagnostic) -> AthenaExpression {
    for word in ["ROLLUP", "CUBE", "GROUPING", "ALL", "DISTINCT", "AUTO"] where token.isWord(word) {
      throw .unsupportedSQL("`GROUP BY \(word)`", in: source, at: token.span)
    }
    return try expression()
  }

  /// Expressions up to a closing sign.
  mutating func list(_ close: String) throws(Diagnostic) -> [AthenaExpression] {
    if takeSign(close) { return [] }
    var items: [AthenaExpression] = []
    repeat { items.append(try argument()) } while takeSign(",")
    guard takeSign(close) else { throw expected("`,` or `\(close)`") }
    return items
  }

  // column = "*" | expression ( "AS"? name )?
  private mutating func column() throws(Diagnostic) -> AthenaQuery.Column {
    if takeSign("*") { return AthenaQuery.Column(nil) }
    let before = self
    let start = token.span.start
    do throws(Diagnostic) {
      let expression = try expression()
      return AthenaQuery.Column(expression, as: try alias())
    } catch {
      // What is shown decides no verdict.
      guard error.code == .unsupported else { throw error }
      self = before
      var column = AthenaQuery.Column(nil)
      column.isUnreadAggregate = passColumn()
      column.unread = Span(start, end)
      return column
    }
  }

  /// Passes over a column of the result. Whether it makes one row of many: a call with `OVER` makes none.
  private mutating func passColumn() -> Bool {
    // From the outside in, what stands in parentheses: whether an aggregate's operands, and whether there is one in it.
    var nested = [(isOperands: false, isAggregate: false)]
    var opensOperands = false
    while true {
      switch token.kind {
      case .end: return nested[0].isAggregate
      case .sign("("), .sign("["):
        nested.append((opensOperands, false))
        opensOperands = false
      case .sign(")"), .sign("]"):
        guard nested.count > 1 else { return nested[0].isAggregate }
        let closed = nested.removeLast()
        let isFiltered = closed.isOperands && next.isWord("FILTER")
        if isFiltered { advance() }
        opensOperands = isFiltered
        if closed.isAggregate || closed.isOperands && !isFiltered && !next.isWord("OVER") {
          nested[nested.count - 1].isAggregate = true
        }
      case .sign(","): if nested.count == 1 { return nested[0].isAggregate }
      case .word(let word):
        if nested.count == 1, token.isWord("FROM") { return nested[0].isAggregate }
        opensOperands = next.isSign("(") && AthenaFunctionTable.aggregates.contains(word.lowercased())
      case .quotedName(let name):
        opensOperands = next.isSign("(") && AthenaFunctionTable.aggregates.contains(name.lowercased())
      case .sign, .backquotedName, .string, .number: break
      }
      advance()
    }
  }

  mutating func alias() throws(Diagnostic) -> String? {
    if takeWord("AS") { return try name("a name") }
    switch token.kind {
    case .quotedName: return try name("a name")
    case .word(let word):
      let ends =
        AthenaParser.reserved.contains(word.uppercased())
        || ["LIMIT", "OFFSET", "FETCH", "WINDOW", "TABLESAMPLE"].contains(word.uppercased())
      return ends ? nil : try name("a name")
    case .backquotedName, .string, .number, .sign, .end: return nil
    }
  }
}
