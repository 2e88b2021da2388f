import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

/// The `WHERE` clause that a condition is written as.
func whereClause(
  _ condition: Condition, ddl: String? = nil, fixtures: [Event] = [], options: LanguageOptions? = nil
) throws(Diagnostic) -> String {
  var options = options ?? LanguageOptions()
  options.schema = ddl.map { Source(name: "table.sql", text: $0) } ?? options.schema
  var rule = Rule.ofCloudTrail(condition)
  rule.fixtures = fixtures.map { Fixture(name: "f", expected: true, event: $0) }
  let text = try Language.athena.write(rule, options: options).text
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let start = lines.firstIndex { $0.hasPrefix("WHERE ") } ?? 0
  return lines[start...].joined(separator: "\n").dropFirst(6).dropLast(1).description
}

/// A path of names.
func path(_ names: String...) -> FieldPath {
  FieldPath(steps: names.map(FieldPath.Step.name)) ?? FieldPath("x")
}

let eventName = FieldPath("eventName")
let readOnly = FieldPath("readOnly")
let userType = FieldPath("userIdentity", "type")
let userName = FieldPath("requestParameters", "userName")
let scalarUserName = event([
  ("requestParameters", .object(Value.Object([.init("userName", .string("bob"))])))
])

func event(_ members: [(String, Value)]) -> Event {
  Event(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
}

func network(_ text: String) -> Condition {
  CIDR(text).map { .test(FieldPath("sourceIPAddress"), .network($0)) } ?? .always(true)
}

func text(_ path: FieldPath, _ pattern: Pattern, _ letterCase: LetterCase = .exact) -> Condition {
  .test(path, .text(pattern, letterCase))
}

struct Written: CustomTestStringConvertible, Sendable {
  let condition: Condition
  let sql: String
  var fixtures: [Event] = []
  init(_ condition: Condition, _ sql: String, fixtures: [Event] = []) {
    self.condition = condition
    self.sql = sql
    self.fixtures = fixtures
  }
  var testDescription: String { sql }
}

@Suite("Conditions as Athena SQL") struct AthenaWriterTests {
  private static func regex(_ pattern: String) -> Condition {
    (try? PortableRegex(pattern)).map { .test(eventName, .regex($0)) } ?? .always(false)
  }

  static let columns: [Written] = [
    Written(.always(true), "TRUE"),
    Written(.always(false), "FALSE"),
    Written(.test(eventName, .present), #""eventname" IS NOT NULL"#),
    Written(.not(.test(eventName, .present)), #""eventname" IS NULL"#),
    Written(text(eventName, .equals("RunInstances")), #""eventname" = 'RunInstances'"#),
    Written(
      .not(text(eventName, .equals("RunInstances"))),
      #""eventname" IS NULL OR "eventname" <> 'RunInstances'"#),
    Written(text(eventName, .equals("")), #""eventname" = ''"#),
    Written(
      text(eventName, .equals("Run"), .ignored), #"lower("eventname") = lower('Run')"#),
    Written(
      .not(text(eventName, .equals("Run"), .ignored)),
      #""eventname" IS NULL OR lower("eventname") <> lower('Run')"#),
    Written(text(eventName, .prefix("Run")), #""eventname" LIKE 'Run%' ESCAPE '\'"#),
    Written(text(eventName, .suffix("50%_\\")), #""eventname" LIKE '%50\%\_\\' ESCAPE '\'"#),
    Written(
      text(eventName, .contains("it's"), .ignored),
      #"lower("eventname") LIKE lower('%it''s%') ESCAPE '\'"#),
    Written(
      text(eventName, Pattern([.literal("a"), .anyOne, .literal("b"), .anyRun, .literal("c")])),
      #""eventname" LIKE 'a_b%c' ESCAPE '\'"#),
    Written(
      .not(text(eventName, .prefix("Run"))),
      #"NOT COALESCE("eventname" LIKE 'Run%' ESCAPE '\', FALSE)"#),
    Written(
      .test(eventName, .oneOf(["A", "B"], .exact)), #""eventname" IN ('A', 'B')"#),
    Written(
      .not(.test(eventName, .oneOf(["A", "B"], .exact))),
      #""eventname" IS NULL OR "eventname" NOT IN ('A', 'B')"#),
    Written(
      .test(eventName, .oneOf(["A", "B"], .ignored)), #"lower("eventname") IN (lower('A'), lower('B'))"#),
    Written(.test(readOnly, .truthy), #""readonly" NOT IN ('', 'false', '0')"#),
    Written(
      .not(.test(readOnly, .truthy)), #""readonly" IS NULL OR "readonly" IN ('', 'false', '0')"#),
    Written(text(userType, .equals("Root")), #""useridentity"."type" = 'Root'"#),
    Written(
      .test(userType, .sameAs(eventName, .exact)), #""useridentity"."type" = "eventname""#),
    Written(
      .not(.test(userType, .sameAs(eventName, .ignored))),
      #"NOT COALESCE(lower("useridentity"."type") = lower("eventname"), FALSE)"#),
    Written(
      .all([
        text(eventName, .equals("A")), .any([text(userType, .equals("B")), text(userType, .equals("C"))]),
      ]),
      """
      "eventname" = 'A'
        AND ("useridentity"."type" = 'B' OR "useridentity"."type" = 'C')
      """),
    Written(
      .not(.any([text(userType, .equals("B")), text(eventName, .equals("C"))])),
      #"NOT COALESCE("useridentity"."type" = 'B' OR "eventname" = 'C', FALSE)"#),
    Written(
      .test(FieldPath("apiVersion"), .number(.greater, Number(5))),
      #"""
      regexp_like("apiversion", '\A[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\z')
        AND TRY_CAST("apiversion" AS double) > 5
      """#),
    // `contains` of an address of the other version fails before Trino 427.
    Written(
      network("10.0.0.0/8"),
      #"""
      regexp_like("sourceipaddress", '\A[0-9A-Fa-f:.]+\z')
        AND TRY(contains('10.0.0.0/8', TRY_CAST("sourceipaddress" AS ipaddress)))
      """#),
    // From 427 on it has every IPv4 address.
    Written(
      network("::/80"),
      #"""
      regexp_like("sourceipaddress", '\A[0-9A-Fa-f:.]+\z')
        AND TRY(contains('::/80', TRY_CAST("sourceipaddress" AS ipaddress)))
        AND NOT COALESCE(TRY(contains('0.0.0.0/0', TRY_CAST("sourceipaddress" AS ipaddress))), FALSE)
      """#),
    // `LIKE` of Trino 414 does not find letters beyond U+FFFF in a lambda.
    Written(
      text(FieldPath("resources", "ARN"), .contains("😀")),
      #"any_match("resources", "e1" -> strpos("e1"."arn", '😀') > 0)"#),
    Written(
      text(FieldPath("resources", "ARN"), .suffix("😀")),
      #"any_match("resources", "e1" -> "e1"."arn" LIKE '%😀' ESCAPE '\')"#),
    Written(text(eventName, .contains("😀")), #""eventname" LIKE '%😀%' ESCAPE '\'"#),
    // Joni misses an end behind letters beyond ASCII where nothing may stand before it.
    Written(regex("b?$"), #"regexp_like("eventname", 'b?(?=\n?\z)')"#),
    Written(regex(#"(b|c{0,2})\z"#), #"regexp_like("eventname", '(?:b|c{0,2})(?=\z)')"#),
    Written(regex("^b?$"), #"regexp_like("eventname", '\Ab?$')"#),
    Written(regex("b*$"), #"regexp_like("eventname", 'b*$')"#),
    Written(regex("ab?$"), #"regexp_like("eventname", 'ab?$')"#),
    Written(
      text(FieldPath("resources", "ARN"), .equals("x")),
      #"any_match("resources", "e1" -> "e1"."arn" = 'x')"#),
    Written(
      text(
        path("userIdentity", "sessionContext", "webIdFederationData", "attributes", "s3:x"), .equals("x")),
      #"element_at("useridentity"."sessioncontext"."webidfederationdata"."attributes", 's3:x') = 'x'"#),
  ]

  static let json: [Written] = [
    Written(
      text(userName, .equals("bob")), #"json_extract_scalar("requestparameters", '$.userName') = 'bob'"#,
      fixtures: [scalarUserName]),
    Written(
      .not(text(userName, .equals("bob"))),
      #"NOT COALESCE(json_extract_scalar("requestparameters", '$.userName') = 'bob', FALSE)"#,
      fixtures: [scalarUserName]),
    Written(
      .test(userName, .present),
      #"json_format(json_extract("requestparameters", '$.userName')) <> 'null'"#,
      fixtures: [scalarUserName]),
    Written(
      text(userName, .equals("bob")),
      """
      any_match(
          COALESCE(
            TRY_CAST(json_extract("requestparameters", '$.userName') AS ARRAY(json)),
            ARRAY[json_extract("requestparameters", '$.userName')]
          ),
          "e1" -> json_extract_scalar("e1", '$') = 'bob'
        )
      """),
    Written(.test(FieldPath("requestParameters"), .present), #""requestparameters" IS NOT NULL"#),
    Written(
      text(FieldPath("requestParameters"), .contains("0.0.0.0/0")),
      #""requestparameters" LIKE '%0.0.0.0/0%' ESCAPE '\'"#),
  ]

  @Test("columns", arguments: AthenaWriterTests.columns) func column(_ row: Written) throws {
    #expect(try whereClause(row.condition, fixtures: row.fixtures) == row.sql)
  }

  @Test("JSON text", arguments: AthenaWriterTests.json) func jsonText(_ row: Written) throws {
    #expect(try whereClause(row.condition, fixtures: row.fixtures) == row.sql)
  }

  /// `json_extract` spells numbers anew: where that can be told, a lone value is asked by its whole path.
  @Test("a number in JSON is asked in the log's spelling") func numberInJSON() throws {
    let path = FieldPath("requestParameters", "startTime")
    let exact = "json_extract_scalar(\"requestparameters\", '$.startTime')"
    func query(_ condition: Condition) throws -> Query {
      try Language.athena.write(Rule.ofCloudTrail(condition), options: LanguageOptions())
    }
    let told: [(Atom, String)] = [
      (.text(.equals("1718000000.123"), .exact), "COALESCE(\n    \(exact) = '1718000000.123',"),
      (.text(.contains("0.0001"), .exact), "COALESCE(\n    \(exact) LIKE '%0.0001%' ESCAPE '\\',"),
      (.oneOf(["a", "1e400"], .exact), "COALESCE(\n    \(exact) IN ('a', '1e400'),"),
      (.sameAs(FieldPath("eventName"), .exact), "COALESCE(\n    \(exact) = \"eventname\","),
    ]
    for (atom, sql) in told {
      let written = try query(.test(path, atom))
      #expect(written.text.contains(sql), "\(written.text)")
      #expect(written.notes.map(\.code.rawValue).contains("N447"))
      let read = try Language.athena.read(Source(text: written.text), options: LanguageOptions())
      #expect(read.map(\.rule.condition) == [.test(path, atom)])
    }
    let alike: [Atom] = [
      .text(.equals("1718000000"), .exact), .text(.prefix("i-1"), .exact), .present, .truthy,
      .oneOf(["a", "5"], .exact),
    ]
    for atom in alike {
      let written = try query(.test(path, atom))
      #expect(!written.text.contains(exact), "\(written.text)")
      #expect(!written.notes.map(\.code.rawValue).contains("N447"))
    }
    // Where fixtures show that it is no array, it is asked by its path alone.
    var shown = Rule.ofCloudTrail(text(path, .equals("0.5")))
    let event = event([("requestParameters", .object(.init([.init("startTime", .string("x"))])))])
    shown.fixtures = [Fixture(name: "f", expected: false, event: event)]
    #expect(
      try Language.athena.write(shown, options: LanguageOptions()).text.contains("WHERE \(exact) = '0.5'\n"))
  }

  @Test(
    "where fixtures show an array in JSON, one value is asked too; where they show one value alone, a note tells"
  )
  func bothShapes() throws {
    let path = FieldPath("requestParameters", "items", "name")
    let items: [Value] = [
      .array([.object(.init([.init("name", .string("x"))]))]), .object(.init([.init("name", .string("x"))])),
    ]
    var rule = Rule.ofCloudTrail(text(path, .equals("x")))
    for (number, item) in items.enumerated() {
      let event = event([("requestParameters", .object(.init([.init("items", item)])))])
      rule.fixtures.append(Fixture(name: "f\(number)", expected: true, event: event))
      let written = try Language.athena.write(rule, options: LanguageOptions()).text
      #expect(
        written.contains("ARRAY[json_extract(\"requestparameters\", '$.items')]"), "\(number): \(written)")
    }
    rule.fixtures.removeFirst()
    let written = try Language.athena.write(rule, options: LanguageOptions())
    #expect(written.text.contains("WHERE json_extract_scalar(\"requestparameters\", '$.items.name') = 'x'\n"))
    #expect(written.notes.map(\.code.rawValue) == ["N454"])
  }

  @Test("a query that asks a number in JSON as `json_extract` spells it is refused") func respelled() {
    let list =
      "COALESCE(TRY_CAST(json_extract(requestparameters, '$.a') AS ARRAY(json)), ARRAY[json_extract(requestparameters, '$.a')])"
    for (value, isRead) in [("RunInstances", true), ("5", true), ("12345678.5", false), ("1e3", false)] {
      let query =
        "SELECT * FROM cloudtrail_logs WHERE any_match(\(list), e -> json_extract_scalar(e, '$') = '\(value)')"
      let read = try? Language.athena.read(Source(text: query), options: LanguageOptions())
      #expect((read != nil) == isRead, "\(value)")
    }
  }
}
