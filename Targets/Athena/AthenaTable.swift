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
  /// Whether nothing is known, and each field is taken as a text column of its own name.
  var isUntyped = false

  /// The table for a rule. Throws where the user's DDL does not parse, and where there is none and the rule is
  /// not about CloudTrail.
  init(for rule: Rule?, _ options: LanguageOptions) throws(Diagnostic) {
    let overCloudTrail = rule?.logSources.allSatisfy(\.isCloudTrail) ?? true
    if let ddl = options.schema {
      schema = try AthenaDDL.table(ddl)
    } else if overCloudTrail {
      schema = try CloudTrailTable.schema.get()
      isCloudTrail = true
    } else if options.untyped {
      schema = Schema(name: "logs", fields: [])
      isUntyped = true
    } else {
      throw .noTable()
    }
    name = try options.source.map { text throws(Diagnostic) in try AthenaTable.name(text) } ?? [schema.name]
  }

  /// The column of that name, in whatever letter case: SQL's names ignore it.
  func column(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.fields) }

  /// The partition column of that name.
  func partition(_ name: String) -> Schema.Field? { AthenaTable.field(name, in: schema.partitions) }

  /// Whether a text column is known to hold an object as JSON.
  func isJSONColumn(_ name: String) -> Bool {
    CloudTrailTable.jsonColumns.contains(LetterCase.lower(name)) && column(name)?.type == .text
  }

  static func field(_ name: String, in fields: [Schema.Field]) -> Schema.Field? {
    let wanted = LetterCase.lower(name)
    return fields.first { LetterCase.lower($0.name).sameScalars(as: wanted) }
  }

  /// The parts of a table's name as a user writes it: `db.table`, parts that need it in double quotes.
  static func name(_ text: String) throws(Diagnostic) -> [String] {
    let source = Source(name: "--source", text: text)
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
