import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Reads a table's shape from its `CREATE EXTERNAL TABLE` statement, in Hive's DDL as Athena takes it.
///
/// ```
/// statement = "CREATE" "EXTERNAL"? "TABLE" ( "IF" "NOT" "EXISTS" )? name "(" columns ")" rest
/// columns   = column ( "," column )*
/// column    = name type ( "COMMENT" string )?
/// type      = primitive ( "(" number ( "," number )* ")" )?
///           | "array" "<" type ">" | "map" "<" type "," type ">"
///           | "struct" "<" name ":" type ( "COMMENT" string )? ( "," … )* ">"
/// rest      = anything; of it "PARTITIONED" "BY" "(" columns ")" is read
/// ```
package struct AthenaDDL: TokenParser {
  /// How deep types may be nested.
  static let depthLimit = 64

  /// The types without parts, and what they are to a query.
  static let primitives: [String: FieldType] = [
    "string": .text, "varchar": .text, "char": .text, "boolean": .boolean,
    "tinyint": .integer, "smallint": .integer, "int": .integer, "integer": .integer, "bigint": .integer,
    "float": .real, "double": .real, "real": .real, "decimal": .real, "timestamp": .timestamp,
    "date": .timestamp,
  ]

  package var tokens: Tokens<AthenaToken>
  private let source: Source
  private let lexicalError: Diagnostic?

  private init(_ source: Source) {
    self.source = source
    let (tokens, failure) = AthenaLexer.tokensUpToError(of: source)
    self.tokens = Tokens(tokens)
    lexicalError = failure
  }

  /// The table of a statement. Throws where the statement does not follow the grammar, a type is unknown, or
  /// two columns have the same name.
  package static func table(_ source: Source) throws(Diagnostic) -> Schema {
    var parser = AthenaDDL(source)
    return try parser.statement()
  }

  package func expected(_ what: String) -> Diagnostic {
    if case .end = token.kind, let lexicalError { return lexicalError }
    return .expected(what, token, in: source)
  }

  private mutating func statement() throws(Diagnostic) -> Schema {
    guard takeWord("CREATE") else { throw expected("`CREATE EXTERNAL TABLE`") }
    _ = takeWord("EXTERNAL")
    guard takeWord("TABLE") else { throw expected("`TABLE`") }
    if takeWord("IF") {
      guard takeWord("NOT"), takeWord("EXISTS") else { throw expected("`IF NOT EXISTS`") }
    }
    var name = try self.name("the table's name")
    var container: [String] = []
    while takeSign(".") {
      container.append(name)
      name = try self.name("the table's name")
    }
    let fields = try columns()
    var partitions: [Schema.Field] = []
    while case let kind = token.kind, kind != .end {
      if takeWords("PARTITIONED", "BY") {
        partitions = try columns(besides: fields)
        break
      }
      advance()
    }
    return Schema(name: name, in: container, fields: fields, partitions: partitions)
  }

  private mutating func name(_ what: String) throws(Diagnostic) -> String {
    switch token.kind {
    case .word(let name), .backquotedName(let name):
      advance()
      return name
    case .quotedName, .string, .number, .sign, .end: throw expected(what)
    }
  }

  private mutating func columns(besides others: [Schema.Field] = []) throws(Diagnostic) -> [Schema.Field] {
    try expectSign("(")
    var fields: [Schema.Field] = []
    repeat {
      let place = token.span
      let name = try self.name("a column's name")
      if (others + fields).contains(where: {
        LetterCase.lower($0.name).sameScalars(as: LetterCase.lower(name))
      }) {
        throw .duplicateColumn(name, in: source, at: place)
      }
      fields.append(Schema.Field(name, try type(depth: 0)))
      try comment()
    } while takeSign(",")
    guard takeSign(")") else { throw expected("`,` or `)`") }
    return fields
  }

  private mutating func comment() throws(Diagnostic) {
    guard takeWord("COMMENT") else { return }
    switch token.kind {
    case .string, .quotedName: advance()
    case .word, .backquotedName, .number, .sign, .end: throw expected("the comment's text")
    }
  }

  private mutating func type(depth: Int) throws(Diagnostic) -> FieldType {
    let place = token.span
    guard depth < AthenaDDL.depthLimit else {
      throw .tooDeep(limit: AthenaDDL.depthLimit, in: source, at: place)
    }
    guard case .word(let word) = token.kind else { throw expected("a type") }
    advance()
    switch word.lowercased() {
    case "array":
      try expectSign("<")
      let element = try type(depth: depth + 1)
      try expectSign(">")
      return .array(element)
    case "map":
      try expectSign("<")
      _ = try type(depth: depth + 1)
      try expectSign(",")
      let value = try type(depth: depth + 1)
      try expectSign(">")
      return .map(value)
    case "struct": return .structure(try structure(depth: depth))
    case let name:
      guard let type = AthenaDDL.primitives[name] else { throw .ddlType(word, in: source, at: place) }
      if takeSign("(") {
        repeat {
          guard case .number = token.kind else { throw expected("a number") }
          advance()
        } while takeSign(",")
        try expectSign(")")
      }
      return type
    }
  }

  private mutating func structure(depth: Int) throws(Diagnostic) -> [Schema.Field] {
    try expectSign("<")
    var fields: [Schema.Field] = []
    repeat {
      let name = try self.name("a field's name")
      try expectSign(":")
      fields.append(Schema.Field(name, try type(depth: depth + 1)))
      try comment()
    } while takeSign(",")
    guard takeSign(">") else { throw expected("`,` or `>`") }
    return fields
  }
}
