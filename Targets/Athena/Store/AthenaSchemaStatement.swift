import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The statements that make tables.
enum AthenaSchemaStatement {
  /// A `CREATE EXTERNAL TABLE` statement for each table that the rules read: CloudTrail's as AWS documents it, for
  /// any other log source the one that `untyped` takes. With `options.athena.table` the others are one table.
  ///
  /// Throws where two fields would be one column. A column that one rule takes whole and another by its parts is
  /// JSON text for both, with a warning: those rules are then to be compiled with the statement as their schema.
  static func write(for rules: [Rule], options: LanguageOptions) throws(Diagnostic) -> Query {
    var texts: [String] = []
    var notes: [Diagnostic] = []
    for (name, members) in try grouped(rules, options) {
      guard let name else {
        texts.append(CloudTrailTable.ddl + "\nLOCATION 's3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/';\n")
        continue
      }
      var assumed = AthenaAssumedTable()
      for rule in members { try assumed.add(rule) }
      for rule in members {
        var alone = AthenaAssumedTable()
        try alone.add(rule)
        for column in assumed.jsonColumns.subtracting(alone.jsonColumns).sorted() {
          guard alone.schema(named: "").fields.contains(where: { AthenaLiteral.isSameName($0.name, column) })
          else { continue }
          notes.append(.columnIsJSON(column, in: rule))
        }
      }
      texts.append(AthenaDDLPrinter.text(assumed.schema(named: name)))
    }
    return Query(text: texts.joined(separator: "\n"), notes: notes)
  }

  /// The rules by the table that they read, in order of first mention; `nil` for CloudTrail's.
  private static func grouped(
    _ rules: [Rule], _ options: LanguageOptions
  ) throws(Diagnostic) -> [(name: String?, rules: [Rule])] {
    let given = try options.athena.table.map { (text) throws(Diagnostic) in
      try AthenaTable.name(text, option: "--table").last ?? text
    }
    var groups: [(name: String?, rules: [Rule])] = []
    for rule in rules {
      let name = rule.isOfCloudTrail ? nil : given ?? AthenaAssumedTable.name(for: rule.logSources)
      if let place = groups.firstIndex(where: { $0.name == name }) {
        groups[place].rules.append(rule)
      } else {
        groups.append((name, [rule]))
      }
    }
    return groups
  }
}

/// Prints tables as `CREATE EXTERNAL TABLE` statements that `AthenaDDL` reads back.
enum AthenaDDLPrinter {
  /// The statement. Place and format of the files are the user's to fill in: the OpenX SerDe reads JSON objects, one
  /// a line, and gives objects in text columns as JSON. [Athena user guide, OpenX JSON SerDe]
  static func text(_ schema: Schema) -> String {
    let columns = schema.fields.map { "  \(name($0.name)) \(type($0.type, indent: 2))" }
    return """
      CREATE EXTERNAL TABLE IF NOT EXISTS \(name(schema.name)) (
      \(columns.joined(separator: ",\n"))
      )
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
      LOCATION 's3://BUCKET/PREFIX/';

      """
  }

  /// A name in backticks, as Hive's DDL quotes them.
  private static func name(_ name: String) -> String {
    var result = "`"
    for scalar in name.unicodeScalars { result += scalar == "`" ? "``" : String(scalar) }
    return result + "`"
  }

  private static func type(_ type: FieldType, indent: Int) -> String {
    switch type {
    case .text: return "string"
    case .boolean: return "boolean"
    case .integer: return "bigint"
    case .real: return "double"
    case .timestamp: return "timestamp"
    case .array(let element): return "array<\(self.type(element, indent: indent))>"
    case .map(let value): return "map<string, \(self.type(value, indent: indent))>"
    case .structure(let fields):
      let space = String(repeating: " ", count: indent + 2)
      let inner = fields.map { "\(space)\(name($0.name)): \(self.type($0.type, indent: indent + 2))" }
      return "struct<\n\(inner.joined(separator: ",\n"))>"
    }
  }
}
