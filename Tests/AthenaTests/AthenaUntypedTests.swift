import ConcordAthena
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import TestSupport
import Testing

/// Rules on logs of which no table is known: `--untyped`, and the statement that `concord schema` prints.
@Suite("Untyped tables") struct AthenaUntypedTests {
  struct Row: Sendable {
    let condition: String
    /// The columns of the statement.
    let columns: String
    /// The condition in the query.
    let sql: String
    var event: String?
  }

  static let rows: [Row] = [
    Row(condition: #"Image eq "x""#, columns: "`Image` string", sql: #""Image" = 'x'"#),
    Row(
      condition: #"c-uri contains "/a""#, columns: "`c-uri` string", sql: #""c-uri" LIKE '%/a%' ESCAPE '\'"#),
    Row(
      condition: #"a.b eq "1" and a.c.d gt 5"#,
      columns: "`a` struct<\n    `b`: string,\n    `c`: struct<\n      `d`: string>>",
      sql: #"""
        "a"."b" = '1'
          AND regexp_like("a"."c"."d", '\A[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\z')
          AND TRY_CAST("a"."c"."d" AS double) > 5
        """#),
    Row(
      condition: #"items[] eq "x""#, columns: "`items` array<string>",
      sql: #"any_match("items", "e1" -> "e1" = 'x')"#),
    Row(
      condition: #"items[].id eq "x""#, columns: "`items` array<struct<\n    `id`: string>>",
      sql: #"any_match("items", "e1" -> "e1"."id" = 'x')"#),
    // Asked for as a whole and by a part: JSON text.
    Row(
      condition: #"a contains "x" and a.b eq "1""#, columns: "`a` string",
      sql: #"""
        "a" LIKE '%x%' ESCAPE '\'
          AND json_extract_scalar("a", '$.b') = '1'
        """#, event: #"{"a": {"b": "1"}}"#),
    // A name that no struct's field can have.
    Row(
      condition: ##"Event.System."#attributes" eq "1""##, columns: "`Event` string",
      sql: ##"json_extract_scalar("Event", '$.System["#attributes"]') = '1'"##,
      event: ##"{"Event": {"System": {"#attributes": "1"}}}"##),
    Row(condition: #""a`b" eq "1""#, columns: "`a``b` string", sql: #""a`b" = '1'"#),
  ]

  private static func condition(_ text: String) throws -> Condition {
    try Notation.parse(Source(name: "c", text: text)).condition(reading: .literal)
  }

  private func rule(_ row: Row) throws -> Rule {
    let condition = try Self.condition(row.condition)
    var rule = Rule(id: "r", title: "t", condition: condition)
    rule.logSources = [LogSource(category: "process_creation", product: "windows")]
    if let event = row.event {
      rule.fixtures = [Fixture(name: "f", expected: true, event: try #require(Event(try JSON.parse(event))))]
    }
    return rule
  }

  @Test("columns and query", arguments: rows) func written(_ row: Row) throws {
    var options = LanguageOptions()
    options.athena.untyped = true
    let rule = try rule(row)
    let statement = try Language.athena.schema(for: [rule], options: options)
    #expect(
      statement.text
        == "CREATE EXTERNAL TABLE IF NOT EXISTS `windows_process_creation` (\n  \(row.columns)\n)\n"
        + "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\nLOCATION 's3://BUCKET/PREFIX/';\n")
    let query = try Language.athena.write(rule, options: options)
    #expect(query.text.contains("FROM \"windows_process_creation\"\nWHERE \(row.sql)\n"), "\(query.text)")
    // The statement is a schema that gives the same query.
    var typed = LanguageOptions()
    typed.schema = Source(name: "logs.sql", text: statement.text)
    #expect(try Language.athena.write(rule, options: typed).text == query.text)
    // The query alone tells as much of the table as its reader needs.
    let read = try Language.athena.read(Source(name: "q.sql", text: query.text), options: options)
    #expect(read[0].rule.condition == rule.condition)
  }

  @Test(
    "the table's name",
    arguments: [
      (LogSource(category: "process_creation", product: "windows"), "windows_process_creation"),
      (LogSource(product: "gcp", service: "gcp.audit"), "gcp_gcp_audit"),
      (LogSource(platformName: "Okta.SystemLog"), "okta_systemlog"), (LogSource(), "logs"),
    ])
  func name(_ source: LogSource, _ expected: String) throws {
    var rule = Rule(id: "r", title: "t", condition: .test(FieldPath("a"), .present))
    rule.logSources = [source]
    var options = LanguageOptions()
    options.athena.untyped = true
    #expect(try Language.athena.write(rule, options: options).text.contains("FROM \"\(expected)\"\n"))
    options.athena.table = "db.own"
    #expect(try Language.athena.write(rule, options: options).text.contains("FROM \"db\".\"own\"\n"))
    options.athena.untyped = false
    #expect(throws: Diagnostic.self) { try Language.athena.write(rule, options: options) }
  }

  @Test("names that differ in letter case alone are one column") func collision() throws {
    let condition = try Self.condition(#"a.Image eq "x" or a.image eq "y""#)
    var options = LanguageOptions()
    options.athena.untyped = true
    let rule = Rule(id: "r", title: "t", condition: condition)
    let error = #expect(throws: Diagnostic.self) { try Language.athena.write(rule, options: options) }
    #expect(error?.code.rawValue == "E407")
    #expect(
      error?.message == "`Image` and `image` of `a.image` would be one column: SQL's names ignore letter case"
    )
    #expect(error?.labels.map(\.text) == ["`image`", "`Image`"])
    #expect(error?.labels.map(\.span.start.column) == [19, 1])
  }

  @Test("rules that take a column in two ways are told of it") func merged() throws {
    let rules = try [#"a eq "x""#, #"a.b eq "x""#, #"c eq "x""#].enumerated().map { index, text in
      Rule(
        id: "r\(index)", title: "t",
        condition: try Self.condition(text))
    }
    var options = LanguageOptions()
    options.athena.untyped = true
    let statement = try Language.athena.schema(for: rules, options: options)
    #expect(statement.text.contains("(\n  `a` string,\n  `c` string\n)"))
    #expect(statement.notes.map(\.code.rawValue) == ["W431", "W431"])
    #expect(statement.notes.map { $0.message.contains("`r0`") } == [true, false])
  }

  @Test("CloudTrail's table is the documented one") func cloudTrail() throws {
    var rule = Rule(id: "r", title: "t", condition: .test(FieldPath("eventName"), .present))
    rule.logSources = [.cloudTrail]
    var options = LanguageOptions()
    options.athena.untyped = true
    let statement = try Language.athena.schema(for: [rule], options: options)
    let table = try AthenaDDL.table(Source(name: "s", text: statement.text))
    #expect(table.name == "cloudtrail_logs" && table.fields.count == 29)
  }
}
