import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

struct Refused: CustomTestStringConvertible, Sendable {
  let condition: Condition
  let code: String
  let message: String
  var ddl: String?
  init(_ condition: Condition, _ code: String, _ message: String, ddl: String? = nil) {
    (self.condition, self.code, self.message, self.ddl) = (condition, code, message, ddl)
  }
  var testDescription: String { message }
}

@Suite("Refusals") struct AthenaRefusalTests {
  static let conditions: [Refused] = [
    Refused(
      .anywhere(.contains("x"), .exact), "E401",
      "Athena SQL cannot express a keyword search over all fields: the table has no column of the whole event"
    ),
    Refused(
      text(FieldPath("eventNam"), .equals("x")), "E402",
      "the table `cloudtrail_logs` has no column for `eventNam`"),
    Refused(
      text(path("userIdentity", "tpye"), .equals("x")), "E402",
      "the table `cloudtrail_logs` has no column for `userIdentity.tpye`: there is no `tpye`"),
    Refused(
      text(path("eventName", "x"), .equals("x")), "E402",
      "the table `cloudtrail_logs` has no column for `eventName.x`"),
    Refused(
      text(FieldPath("managementEvent"), .equals("true")), "E402",
      "`managementEvent` is in CloudTrail's records, but the table `cloudtrail_logs` has no column for it"),
    Refused(
      text(path("userIdentity", "inScopeOf", "issuerType"), .equals("x")), "E402",
      "`userIdentity.inScopeOf.issuerType` is in CloudTrail's records, but the table `cloudtrail_logs` has no column for it"
    ),
    Refused(
      .test(FieldPath("userIdentity"), .present), "E422",
      "Athena SQL cannot express anything about the row `userIdentity` as a whole"),
    Refused(
      text(FieldPath("requestParameters"), .equals("{}")), "E422",
      "Athena SQL cannot express this about the text of `requestParameters`: it is an object, and its JSON text's spacing and escapes are not fixed"
    ),
    Refused(
      text(FieldPath("requestParameters"), .contains("\"a\":1")), "E422",
      "Athena SQL cannot express this about the text of `requestParameters`: it is an object, and its JSON text's spacing and escapes are not fixed"
    ),
    Refused(
      text(path("resources", "ARN"), Pattern([.anyRun, .literal("😀"), .anyOne, .literal("x"), .anyRun])),
      "E420",
      "Athena SQL cannot express a wildcard between letters beyond U+FFFF about elements: `LIKE` of older versions does not find them"
    ),
    Refused(
      text(FieldPath("score"), .prefix("5")), "E422",
      "Athena SQL cannot express this about the text of `score`: a `double` does not keep it",
      ddl: "CREATE EXTERNAL TABLE t (score double)"),
    Refused(
      text(FieldPath("at"), .equals("5")), "E422",
      "Athena SQL cannot express this about `at`: the table keeps it as a moment, whose text in the event is not known",
      ddl: "CREATE EXTERNAL TABLE t (at timestamp)"),
    // `CAST('abc' AS char(5)) LIKE '%c'` is false. [executed: Trino 414]
    Refused(
      text(FieldPath("code"), .suffix("c")), "E422",
      "Athena SQL cannot express anything about `code`: the engine fills a text of type `char(5)` up with blanks, which `LIKE` sees and `=` does not",
      ddl: "CREATE EXTERNAL TABLE t (code char(5))"),
    Refused(
      text(path("a", "b", "code"), .suffix("c")), "E422",
      "Athena SQL cannot express anything about `a.b.code`: the engine fills a text of type `char(3)` up with blanks, which `LIKE` sees and `=` does not",
      ddl: "CREATE EXTERNAL TABLE t (a array<struct<b:map<string,char(3)>>>)"),
    Refused(
      text(
        FieldPath(steps: [.name("requestParameters"), .name("a"), .each, .each, .name("b")]) ?? eventName,
        .equals("x")), "E438",
      "Athena SQL goes through one array at `requestParameters.a`, on the way to `requestParameters.a[][].b`, where `[]` or a fixture has an array within an array"
    ),
    // An element of each array is none of the whole.
    Refused(
      text(FieldPath(steps: [.name("a"), .each, .index(0), .name("b")]) ?? eventName, .equals("x")), "E438",
      "Athena SQL goes through one array at `a`, on the way to `a[][0].b`, where `[]` or a fixture has an array within an array",
      ddl: "CREATE EXTERNAL TABLE t (a array<array<struct<b:string>>>)"),
    Refused(
      .any((0..<5001).map { text(path("requestParameters", "a\($0)"), .equals("x")) }), "E404",
      "the query has more than 5000 operands of `AND` and `OR`, at which Athena's analysis overflows its stack"
    ),
  ]

  /// Trino's analysis takes three times as long for each lambda that stands in another.
  @Test(
    "what is deep in JSON of unknown shape",
    arguments: [(8, 1, true), (9, 1, false), (6, 20, true), (6, 21, false)])
  func lambdas(_ depth: Int, _ count: Int, _ isWritten: Bool) throws {
    let paths = (0..<count).map { number in
      FieldPath(
        steps: (["requestParameters", "a\(number)"] + (1..<depth).map { "b\($0)" }).map { .name($0) })
        ?? eventName
    }
    let condition = Condition.any(paths.map { text($0, .equals("x")) })
    do throws(Diagnostic) {
      let written = try AthenaParser.expression(Source(text: whereClause(condition)))
      #expect(written.lambdaDepth == depth && isWritten)
    } catch {
      #expect(
        error.code == .tooDeep && error.message.hasPrefix("the query has \(depth) `any_match`") && !isWritten)
    }
    // Where fixtures show that there are no arrays, there are no lambdas.
    let shown = paths.map { path in
      path.names.reversed().reduce(Value.string("y")) { .object(Value.Object([.init($1, $0)])) }
    }
    let fixtures = shown.compactMap { Event($0) }
    #expect(fixtures.count == count)
    #expect(try !whereClause(condition, fixtures: fixtures).contains("any_match"))
  }

  /// How many questions of a kind are asked of a field, how many calls the text has then, and whether it is a list.
  static let widths: [(count: Int, kind: String, calls: Int?, isList: Bool)] = [
    (400, "contains", 400, false), (401, "contains", 2, true), (4_000, "contains", 2, true),
    (401, "prefix", 401, false), (1_200, "prefix", 1_200, false), (1_201, "prefix", nil, false),
    (4_000, "equals", 0, false),
  ]

  @Test("what is wide", arguments: widths) func width(
    _ count: Int, _ kind: String, _ calls: Int?, _ isList: Bool
  ) throws {
    let condition = Condition.any(
      (0..<count).map { number in
        switch kind {
        case "contains": text(eventName, .contains("a\(number)b"))
        case "prefix": text(eventName, .prefix("a\(number)b"))
        default: text(eventName, .equals("a\(number)b"))
        }
      })
    guard let calls else {
      let error = #expect(throws: Diagnostic.self) { try whereClause(condition) }
      #expect(error?.code.rawValue == "E404")
      #expect(
        error?.message
          == "the query has \(count) calls of functions; from more than 1200 on Trino 414 may fail")
      return
    }
    let written = try whereClause(condition)
    #expect(written.contains("split(") == isList)
    #expect(try AthenaParser.expression(Source(text: written)).callCount == calls)
    let rule = Rule.ofCloudTrail(condition)
    var tested = rule
    tested.fixtures = [Fixture(name: "f", expected: true, event: event([("eventName", .string("a7b"))]))]
    let language = Language.athena
    let selfTest = try language.selfTest(tested, options: LanguageOptions())
    #expect(selfTest.text.contains("split(") == isList)
    let query = try language.write(rule, options: LanguageOptions())
    let verdicts = try language.run(
      query.text, on: tested.fixtures.map { $0.event }, options: LanguageOptions())
    #expect(verdicts == [condition.holds(of: tested.fixtures[0].event)])
  }

  @Test("conditions", arguments: AthenaRefusalTests.conditions) func condition(_ row: Refused) {
    let error = #expect(throws: Diagnostic.self) { try whereClause(row.condition, ddl: row.ddl) }
    #expect(error?.code.rawValue == row.code)
    #expect(error?.message == row.message)
  }

  @Test("a query of 262,144 bytes is written, one byte more is refused") func size() throws {
    func rule(_ length: Int) -> Rule {
      Rule.ofCloudTrail(text(eventName, .equals(String(repeating: "a", count: length))))
    }
    let language = Language.athena
    let frame = try language.write(rule(0), options: LanguageOptions()).text.utf8.count
    let full = try language.write(rule(262_144 - frame), options: LanguageOptions()).text
    #expect(full.utf8.count == 262_144)
    let error = #expect(throws: Diagnostic.self) {
      try language.write(rule(262_145 - frame), options: LanguageOptions())
    }
    #expect(error?.message == "the query has 262145 bytes; Athena takes 262144")
  }

  @Test(
    "many texts of one field are written as a list where the query would be too long",
    arguments: LetterCase.allCases, [false, true])
  func compact(_ letterCase: LetterCase, _ isNegated: Bool) throws {
    // The first holds each separator but one, the last folds in a way of its own, so it is asked for apart.
    let texts = ["|,;~^A"] + (0..<4_000).map { "Hash\($0)=" + String(repeating: "x", count: 20) } + ["Ä"]
    var condition = Condition.any(texts.map { text(eventName, .contains($0), letterCase) })
    if isNegated { condition = .not(condition) }
    let query = try Language.athena.write(
      Rule.ofCloudTrail(condition), options: LanguageOptions())
    #expect(query.text.contains("any_match") && query.text.utf8.count < 150_000)
    let read = try Language.athena.read(Source(text: query.text), options: LanguageOptions())[0].rule
    let values: [Value] = [
      .null, .string("1|,;~^a2"), .string("1|,;~^A2"), .string("|"),
      .string("hash77=XXXXXXXXXXXXXXXXXXXXXXX"),
      .string("Hash77=xxxxxxxxxxxxxxxxxxxxxxx"), .string("ä"), .string("Ä"), .string(""), .string("x"),
    ]
    let events = values.map { Event(Value.Object([.init("eventName", $0)])) }
    let meant = events.map(condition.holds)
    #expect(try Language.athena.run(query.text, on: events, options: LanguageOptions()) == meant)
    #expect(events.map(read.condition.holds) == meant)
    #expect(meant.contains(true) && meant.contains(false))
  }

  @Test("a misspelt field gets a suggestion") func suggestion() {
    let error = #expect(throws: Diagnostic.self) {
      try whereClause(text(path("userIdentity", "tpye"), .equals("x")))
    }
    #expect(error?.help == ["did you mean `userIdentity.type`?"])
  }

  @Test("a rule about another log needs a schema") func otherLog() {
    var rule = Rule.ofCloudTrail(.test(FieldPath("a"), .present))
    rule.logSources = [LogSource(product: "windows")]
    let error = #expect(throws: Diagnostic.self) {
      try Language.athena.write(rule, options: LanguageOptions())
    }
    #expect(error?.code.rawValue == "E409")
  }

  @Test("an object in the fixtures is not compared as text") func object() {
    let condition = text(userName, .contains("x"))
    let fixture = event([
      ("requestParameters", .object(Value.Object([.init("userName", .object(Value.Object()))])))
    ])
    let error = #expect(throws: Diagnostic.self) { try whereClause(condition, fixtures: [fixture]) }
    #expect(
      error?.message
        == "Athena SQL cannot express this about `requestParameters.userName`, which is an object in the rule's fixtures"
    )
  }

  @Test("a time window is of whole seconds") func instants() throws {
    var options = LanguageOptions()
    options.window.since = Moment("2024-06-01T00:00:00.5Z")
    let error = #expect(throws: Diagnostic.self) { try whereClause(.always(true), options: options) }
    #expect(error?.code.rawValue == "E405")
  }

  @Test("a time window needs the column of the events' time") func noTime() {
    var options = LanguageOptions()
    options.window.since = Moment("2024-06-01T00:00:00Z")
    let error = #expect(throws: Diagnostic.self) {
      try whereClause(.always(true), ddl: "CREATE EXTERNAL TABLE t (a string)", options: options)
    }
    #expect(error?.code.rawValue == "E413")
    #expect(
      error?.message == "the table `t` has no text or timestamp column `eventtime` to take a time window of")
  }

  @Test("a name in another letter case is read as CloudTrail spells it, and that is noted") func spelling()
    throws
  {
    var rule = Rule.ofCloudTrail(text(FieldPath("EVENTNAME"), .equals("x")))
    rule.logSources = [.cloudTrail]
    let query = try Language.athena.write(rule, options: LanguageOptions())
    #expect(query.notes.map(\.code.rawValue) == ["N227"])
    #expect(
      query.notes.map(\.message) == ["field `EVENTNAME` is read as `eventName`, as CloudTrail spells it"])
  }
}

@Suite("Tables") struct AthenaTableTests {
  @Test("time window and partition") func window() throws {
    var options = LanguageOptions()
    options.window = TimeWindow(
      since: Moment("2024-06-01T02:00:00+02:00"), until: Moment("2024-06-02T12:00:00Z"))
    #expect(
      try whereClause(.always(true), options: options)
        == """
        "eventtime" >= '2024-06-01T00:00:00Z'
          AND "eventtime" < '2024-06-02T12:00:00Z'
        """)
    let ddl =
      "CREATE EXTERNAL TABLE ct (eventtime string) PARTITIONED BY (`timestamp` string) LOCATION 's3://x'"
    #expect(
      try whereClause(.always(true), ddl: ddl, options: options)
        == """
        "timestamp" >= '2024/06/01'
          AND "eventtime" >= '2024-06-01T00:00:00Z'
          AND "eventtime" < '2024-06-02T12:00:00Z'
        """)
  }

  static let ddl = """
    CREATE EXTERNAL TABLE IF NOT EXISTS `db`.`logs` (
      `flag` boolean COMMENT 'it''s', n bigint, score double, price decimal(10, 2),
      tags array<string>, deep array<struct<`a`:array<int>, b:map<string,struct<c:string>>>>, raw string
    ) COMMENT 'x' PARTITIONED BY (`day` string, n2 int) ROW FORMAT SERDE 'x'
    WITH SERDEPROPERTIES ('escape' = '\\'') LOCATION 's3://bucket/';
    """

  @Test("DDL") func ddl() throws {
    let schema = try AthenaDDL.table(Source(text: AthenaTableTests.ddl))
    #expect(
      schema
        == Schema(
          name: "logs", in: ["db"],
          fields: [
            .init("flag", .boolean), .init("n", .integer), .init("score", .real), .init("price", .real),
            .init("tags", .array(.text)),
            .init(
              "deep",
              .array(
                .structure([
                  .init("a", .array(.integer)), .init("b", .map(.structure([.init("c", .text)]))),
                ]))),
            .init("raw", .text),
          ],
          partitions: [.init("day", .text), .init("n2", .integer)]))
  }

  @Test("the built-in table") func cloudTrail() throws {
    let schema = try AthenaDDL.table(Source(text: CloudTrailTable.ddl))
    #expect(schema.fields.count == 29)
    #expect(schema.fields.filter { $0.type == .text }.count == 25)
    let lower = schema.fields.flatMap { names($0.type, $0.name) }
    #expect(Set(lower) == Set(CloudTrailTable.spellings.map { $0.lowercased() }))
  }

  private func names(_ type: FieldType, _ path: String) -> [String] {
    switch type {
    case .structure(let fields): [path] + fields.flatMap { names($0.type, path + "." + $0.name) }
    case .array(let element): names(element, path)
    case .text, .boolean, .integer, .real, .timestamp, .map: [path]
    }
  }

  static let typed: [Written] = [
    Written(text(FieldPath("flag"), .equals("true")), #""flag" = TRUE"#),
    Written(.not(text(FieldPath("flag"), .equals("false"))), #""flag" IS NULL OR "flag" <> FALSE"#),
    Written(text(FieldPath("flag"), .equals("True")), "FALSE"),
    Written(text(FieldPath("flag"), .equals("True"), .ignored), #""flag" = TRUE"#),
    Written(text(FieldPath("flag"), .contains("e")), #""flag" IS NOT NULL"#),
    Written(.test(FieldPath("flag"), .truthy), #""flag" = TRUE"#),
    Written(text(FieldPath("n"), .equals("5")), #""n" = 5"#),
    Written(text(FieldPath("n"), .equals("05")), "FALSE"),
    Written(text(FieldPath("n"), .equals("+5")), "FALSE"),
    Written(.test(FieldPath("n"), .oneOf(["5", "x", "-6"], .exact)), #""n" IN (5, -6)"#),
    Written(text(FieldPath("n"), .prefix("5")), #"CAST("n" AS varchar) LIKE '5%' ESCAPE '\'"#),
    Written(.test(FieldPath("n"), .number(.less, Number("5.5") ?? Number(0))), #"CAST("n" AS double) < 5.5"#),
    Written(text(FieldPath("score"), .equals("5.5")), #""score" = 5.5"#),
    Written(text(FieldPath("score"), .equals("5.50")), "FALSE"),
    Written(
      .test(FieldPath("score"), .number(.less, Number("1e400") ?? Number(0))),
      #""score" < CAST('Infinity' AS double)"#),
    Written(text(FieldPath("tags"), .equals("x")), #"any_match("tags", "e1" -> "e1" = 'x')"#),
    Written(.test(FieldPath("tags"), .truthy), #"any_match("tags", "e1" -> "e1" IS NOT NULL)"#),
    Written(
      .test(FieldPath("deep", "a"), .number(.greater, Number(1))),
      #"any_match("deep", "e1" -> any_match("e1"."a", "e2" -> "e2" > 1))"#),
    Written(
      text(path("deep", "b", "K'", "c"), .equals("x")),
      #"any_match("deep", "e1" -> element_at("e1"."b", 'K''')."c" = 'x')"#),
    Written(
      text(
        FieldPath(steps: [.name("deep"), .index(1), .name("b"), .name("k"), .name("c")]) ?? eventName,
        .equals("x")),
      #"element_at(element_at("deep", 2)."b", 'k')."c" = 'x'"#),
    Written(
      text(FieldPath(steps: [.name("raw"), .name("a b"), .each, .name("c")]) ?? eventName, .equals("x")),
      """
      any_match(
          COALESCE(
            TRY_CAST(json_extract("raw", '$["a b"]') AS ARRAY(json)),
            ARRAY[json_extract("raw", '$["a b"]')]
          ),
          "e1" -> json_extract_scalar("e1", '$.c') = 'x'
        )
      """,
      fixtures: [
        event([
          (
            "raw",
            .object(
              Value.Object([
                .init("a b", .array([.object(Value.Object([.init("c", .string("y"))]))]))
              ]))
          )
        ])
      ]),
  ]

  @Test("typed columns", arguments: typed) func column(_ row: Written) throws {
    #expect(try whereClause(row.condition, ddl: AthenaTableTests.ddl, fixtures: row.fixtures) == row.sql)
  }

  @Test(
    "bad DDL",
    arguments: [
      ("SELECT 1", "E101", 1, "expected `CREATE EXTERNAL TABLE`, found `SELECT`"),
      ("CREATE TABLE t", "E101", 15, "expected `(`, found the end"),
      ("CREATE TABLE t (a strng)", "E207", 19, "unknown type `strng`"),
      ("CREATE TABLE t (a string, A int)", "E110", 27, "the table has two columns `A`"),
      ("CREATE TABLE t (a struct<b string>)", "E101", 28, "expected `:`, found `string`"),
      ("CREATE TABLE t (a array<string)", "E101", 31, "expected `>`, found `)`"),
      ("CREATE TABLE t (a string", "E101", 25, "expected `,` or `)`, found the end"),
      ("CREATE TABLE t (a string COMMENT 'x", "E102", 34, "this text literal is not closed"),
      ("CREATE TABLE t (\"a\" string)", "E101", 17, "expected a column's name, found `\"a\"`"),
      (
        "CREATE TABLE t (a " + String(repeating: "array<", count: 65), "E106", 403,
        "this is nested deeper than 64 levels"
      ),
    ]) func bad(_ ddl: String, _ code: String, _ column: Int, _ message: String)
  {
    let error = #expect(throws: Diagnostic.self) { try AthenaDDL.table(Source(text: ddl)) }
    #expect(error?.message == message)
    #expect(error?.code.rawValue == code)
    #expect(error?.labels.first?.span.start == Position(line: 1, column: column))
  }
}
