import ConcordDiagnostics
import ConcordLanguages

// What stands behind `FROM`, and in front of `SELECT`.
extension AthenaParser {
  // relation = ( name ( "." name )* | "(" statement ")" ) ( "AS"? name )? unnest*
  mutating func relation() throws(Diagnostic) -> AthenaQuery {
    var query = AthenaQuery(columns: [], table: [], predicate: nil)
    if token.isSign("(") {
      query.from = [try nested()]
    } else {
      query.table = [try name("the table's name")]
      while takeSign(".") { query.table.append(try name("the table's name")) }
    }
    query.tableAlias = try alias()
    while token.isWord("CROSS") || token.isSign(",") { query.unnests.append(try unnest()) }
    return query
  }

  /// A statement in parentheses, which come next.
  private mutating func nested() throws(Diagnostic) -> AthenaQuery {
    try descend(from: token.span.start)
    defer { depth -= 1 }
    try expectSign("(")
    guard token.isWord("SELECT") || token.isWord("WITH") else { throw expected("`SELECT`") }
    let query = try statement()
    if !takeSign(")") { throw endExpected("`)`") }
    return query
  }

  // unnest = ( "CROSS" "JOIN" | "," ) "UNNEST" "(" expression ")" "AS"? name "(" name ")"
  private mutating func unnest() throws(Diagnostic) -> AthenaQuery.Unnest {
    let start = token.span
    if takeSign(",") {
      if !token.isWord("UNNEST") { throw .unsupportedSQL("a second table", in: source, at: start) }
    } else {
      advance()
      try expectWord("JOIN")
      if !token.isWord("UNNEST") { throw .unsupportedSQL("`CROSS JOIN` of a table", in: source, at: start) }
    }
    advance()
    try expectSign("(")
    let array = try expression()
    guard takeSign(")") else {
      throw .unsupportedSQL("`UNNEST` of several values", in: source, at: token.span)
    }
    if token.isWord("WITH") { throw .unsupportedSQL("`WITH ORDINALITY`", in: source, at: token.span) }
    guard let alias = try alias(), takeSign("(") else {
      throw .unsupportedSQL("`UNNEST` without a name for its elements", in: source, at: start)
    }
    let column = try name("a column's name")
    guard takeSign(")") else {
      throw .unsupportedSQL("`UNNEST` with several columns", in: source, at: token.span)
    }
    return AthenaQuery.Unnest(array: array, alias: alias, column: column)
  }

  // table = name ( "(" name ( "," name )* ")" )? "AS" "(" ( rows | statement ) ")"
  mutating func commonTable() throws(Diagnostic) -> AthenaQuery.CommonTable {
    let name = try name("a name for the table")
    var columns: [String] = []
    if takeSign("(") {
      repeat { columns.append(try self.name("a column's name")) } while takeSign(",")
      try expectSign(")")
    }
    try expectWord("AS")
    var listing = self
    if columns.isEmpty, let table = try listing.listedTable(name) {
      self = listing
      return table
    }
    return AthenaQuery.CommonTable(name: name, columns: columns, query: try nested())
  }

  // rows = "SELECT" "*" "FROM" "(" "VALUES" row ( "," row )* ")" "AS"? name "(" name ( "," name )* ")"
  /// A table that lists rows, as self tests have them; `nil` where another statement comes next.
  private mutating func listedTable(_ name: String) throws(Diagnostic) -> AthenaQuery.CommonTable? {
    guard takeSign("("), takeWord("SELECT"), takeSign("*"), takeWord("FROM"), takeSign("("),
      takeWord("VALUES")
    else { return nil }
    var rows: [AthenaExpression] = []
    repeat { rows.append(try row()) } while takeSign(",")
    try expectSign(")")
    _ = takeWord("AS")
    _ = try self.name("a name for the rows")
    try expectSign("(")
    var columns: [String] = []
    repeat { columns.append(try self.name("a column's name")) } while takeSign(",")
    try expectSign(")")
    try expectSign(")")
    return AthenaQuery.CommonTable(name: name, columns: columns, rows: rows)
  }

  // row = "ROW"? "(" expression ( "," expression )* ")"
  private mutating func row() throws(Diagnostic) -> AthenaExpression {
    let start = token.span.start
    _ = takeWord("ROW")
    try expectSign("(")
    let items = try list(")")
    return AthenaExpression(.row(items), at: Span(start, end))
  }
}
