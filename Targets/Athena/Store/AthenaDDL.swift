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
/// rest      = ( partitions | format | anything )*
/// ```
///
/// What is read of `rest` stands in `AthenaDDL+Format`.
package struct AthenaDDL: TokenParser {
  /// How deep types may be nested.
  static let depthLimit = 64

  package var tokens: Tokens<AthenaToken>
  private let source: Source
  private let lexicalError: Diagnostic?

  private init(_ source: Source) {
    self.source = source
    let (tokens, failure) = AthenaLexer.tokensUpToError(ofHive: source)
    self.tokens = Tokens(tokens)
    lexicalError = failure
  }

  /// The table of a statement. Throws where the statement does not follow the grammar, a type is unknown, or
  /// two columns have the same name.
  package static func table(_ source: Source) throws(Diagnostic) -> Schema {
    try definition(source).schema
  }

  /// The same, with the declared types and who reads the files.
  package static func definition(_ source: Source) throws(Diagnostic) -> AthenaTableDefinition {
    var parser = AthenaDDL(source)
    return try parser.statement()
  }

  package func expected(_ what: String) -> Diagnostic {
    if case .end = token.kind, let lexicalError { return lexicalError }
    return .expected(what, token, in: source)
  }

  private mutating func statement() throws(Diagnostic) -> AthenaTableDefinition {
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
    let columns = try self.columns()
    var partitions: [AthenaColumn] = []
    var format = AthenaTableFormat()
    while case let kind = token.kind, kind != .end {
      if partitions.isEmpty, takeWords("PARTITIONED", "BY") {
        partitions = try self.columns(besides: columns)
      } else if !takeFormat(into: &format) {
        advance()
      }
    }
    func fields(_ columns: [AthenaColumn]) -> [Schema.Field] {
      columns.map { Schema.Field($0.name, $0.type.fieldType) }
    }
    return AthenaTableDefinition(
      Schema(name: name, in: container, fields: fields(columns), partitions: fields(partitions)),
      columns: columns, format)
  }

  private mutating func name(_ what: String) throws(Diagnostic) -> String {
    switch token.kind {
    case .word(let name), .backquotedName(let name):
      advance()
      return name
    case .quotedName, .string, .number, .sign, .end: throw expected(what)
    }
  }

  private mutating func columns(besides others: [AthenaColumn] = []) throws(Diagnostic) -> [AthenaColumn] {
    try expectSign("(")
    var fields: [AthenaColumn] = []
    repeat {
      let place = token.span
      let name = try self.name("a column's name")
      if (others + fields).contains(where: {
        LetterCase.lower($0.name).sameScalars(as: LetterCase.lower(name))
      }) {
        throw .duplicateColumn(name, in: source, at: place)
      }
      fields.append(AthenaColumn(name, try type(depth: 0)))
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

  private mutating func type(depth: Int) throws(Diagnostic) -> AthenaColumnType {
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
      let key = try type(depth: depth + 1)
      try expectSign(",")
      let value = try type(depth: depth + 1)
      try expectSign(">")
      return .map(key, value)
    case "struct": return .structure(try structure(depth: depth))
    case let name:
      guard AthenaColumnType.primitives[name] != nil else { throw .ddlType(word, in: source, at: place) }
      let limits = try takeSign("(") ? self.limits() : []
      guard let type = AthenaColumnType(name, limits) else { throw .ddlType(word, in: source, at: place) }
      return type
    }
  }

  /// The numbers behind a type's name, and the bracket that closes them.
  private mutating func limits() throws(Diagnostic) -> [Int] {
    var limits: [Int] = []
    repeat {
      guard case .number(let text) = token.kind else { throw expected("a number") }
      if let limit = Int(text) { limits.append(limit) }
      advance()
    } while takeSign(",")
    try expectSign(")")
    return limits
  }

  private mutating func structure(depth: Int) throws(Diagnostic) -> [AthenaColumn] {
    try expectSign("<")
    var fields: [AthenaColumn] = []
    repeat {
      let name = try self.name("a field's name")
      try expectSign(":")
      fields.append(AthenaColumn(name, try type(depth: depth + 1)))
      try comment()
    } while takeSign(",")
    guard takeSign(">") else { throw expected("`,` or `>`") }
    return fields
  }
}
