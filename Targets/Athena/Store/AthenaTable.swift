import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The table that a query reads.
struct AthenaTable {
  /// Its columns.
  var schema: Schema
  /// The parts of its name in the query.
  var name: [String]
  /// Whether it is the documented CloudTrail table, of which more is known than its DDL says.
  var isCloudTrail = false
  /// The text columns that are known to hold an object as JSON, in lower case.
  private let jsonColumns: Set<String>

  /// The table for a rule: that of the user's DDL, CloudTrail's, or with `untyped` the one that the rule's fields
  /// let assume. Throws where the user's DDL does not parse, and where there is no table.
  init(for rule: Rule, _ options: LanguageOptions) throws(Diagnostic) {
    if let ddl = options.schema {
      try self.init(AthenaDDL.table(ddl), options)
    } else if rule.logSources.allSatisfy(CloudTrailTable.log.covers),
      !(options.athena.untyped && rule.logSources.isEmpty)
    {
      try self.init(CloudTrailTable.schema.get(), options, isCloudTrail: true)
    } else if options.athena.untyped {
      try self.init(
        AthenaAssumedTable(for: rule), named: AthenaAssumedTable.name(for: rule.logSources), options)
    } else {
      throw .noTable()
    }
    let own = AthenaPlaces.table(of: rule.place)
    if options.athena.table == nil, options.source == nil, !own.isEmpty { name = own }
  }

  /// The table that a statement reads: that of the user's DDL, with `untyped` the one that its names let assume,
  /// otherwise CloudTrail's. Throws where the user's DDL does not parse.
  init(for query: AthenaQuery, _ options: LanguageOptions) throws(Diagnostic) {
    if options.schema == nil, options.athena.untyped {
      try self.init(AthenaAssumedTable(for: query), named: query.table.last ?? "logs", options)
    } else {
      try self.init(known: options)
    }
  }

  /// The table of the user's DDL, otherwise CloudTrail's. Throws where the DDL does not parse.
  init(known options: LanguageOptions) throws(Diagnostic) {
    if let ddl = options.schema {
      try self.init(AthenaDDL.table(ddl), options)
    } else {
      try self.init(CloudTrailTable.schema.get(), options, isCloudTrail: true)
    }
  }

  private init(_ assumed: AthenaAssumedTable, named name: String, _ options: LanguageOptions)
    throws(Diagnostic)
  {
    try self.init(assumed.schema(named: name), options, jsonColumns: assumed.jsonColumns)
  }

  private init(
    _ schema: Schema, _ options: LanguageOptions, isCloudTrail: Bool = false, jsonColumns: Set<String>? = nil
  ) throws(Diagnostic) {
    self.schema = schema
    self.isCloudTrail = isCloudTrail
    self.jsonColumns = jsonColumns ?? CloudTrailTable.jsonColumns
    if let text = options.athena.table {
      name = try AthenaTable.name(text, option: "--table")
    } else if let text = options.source {
      name = try AthenaTable.name(text, option: "--source")
    } else {
      name = schema.container + [schema.name]
    }
  }

  /// The column of that name, in whatever letter case: SQL's names ignore it.
  func column(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.fields) }

  /// The partition column of that name.
  func partition(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.partitions) }

  /// Whether a text column is known to hold an object as JSON.
  func isJSONColumn(_ name: String) -> Bool {
    jsonColumns.contains(LetterCase.lower(name)) && column(name)?.type == .text
  }

  static func field(_ name: String, in fields: [Schema.Field]) -> Schema.Field? {
    fields.first { LetterCase.ignored.equates($0.name, name) }
  }

  /// The parts of a table's name as a user writes it: `db.table`, parts that need it in double quotes.
  static func name(_ text: String, option: String) throws(Diagnostic) -> [String] {
    let source = Source(name: option, text: text)
    var parts: [String] = []
    var tokens = try AthenaLexer.tokens(of: source)[...]
    repeat {
      guard let token = tokens.popFirst() else { break }
      switch token.kind {
      case .word(let name), .quotedName(let name), .backquotedName(let name): parts.append(name)
      case .string, .number, .sign, .end: throw .expected("a table's name", token, in: source)
      }
      if tokens.first?.isSign(".") == true { tokens = tokens.dropFirst() } else { break }
    } while true
    if let token = tokens.first, token.kind != .end {
      throw .expected("the end of the name", token, in: source)
    }
    return parts
  }
}
