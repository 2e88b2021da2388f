import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import TestSupport
import Testing

@testable import ConcordAthena

/// The condition of a `WHERE` clause over CloudTrail's table.
func condition(of sql: String, ddl: String? = nil) throws(Diagnostic) -> Condition {
  var options = LanguageOptions()
  options.schema = ddl.map { Source(name: "table.sql", text: $0) }
  let source = Source(text: "SELECT * FROM cloudtrail_logs WHERE \(sql)")
  return try Language.athena.read(source, options: options)[0].rule.condition
}

struct Read: CustomTestStringConvertible, Sendable {
  let sql: String
  let condition: Condition
  init(_ sql: String, _ condition: Condition) { (self.sql, self.condition) = (sql, condition) }
  var testDescription: String { sql }
}

@Suite("Conditions from Athena SQL") struct AthenaReaderTests {
  static let present = Condition.test(eventName, .present)
  static let isA = text(eventName, .equals("a"))

  private static func regex(_ pattern: String) -> Condition {
    (try? PortableRegex(pattern)).map { .test(eventName, .regex($0)) } ?? .always(false)
  }

  /// SQL as people write it, and what it means.
  static let readings: [Read] = [
    Read("eventname = 'a'", isA),
    Read("'a' = EventName", isA),
    Read("cloudtrail_logs.eventname = 'a'", isA),
    Read("eventname <> 'a'", .all([present, .not(isA)])),
    // A list of texts is the disjunction of the body, NULL where that is.
    Read(
      "any_match(split('a|b', '|'), t -> strpos(eventname, t) > 0)",
      .any([text(eventName, .contains("a")), text(eventName, .contains("b"))])),
    Read(
      "NOT any_match(ARRAY['a'], t -> starts_with(eventname, t))",
      .all([present, .not(text(eventName, .prefix("a")))])),
    // A list that is made of an array's elements has a value where one of them gives it.
    Read(
      "contains(transform(resources, r -> r.arn), 'a')",
      text(FieldPath(steps: [.name("resources"), .each, .name("ARN")]) ?? eventName, .equals("a"))),
    Read("\"lower\"(eventname) = 'a'", text(eventName, .equals("a"), .ignored)),
    Read("eventname != 'a'", .all([present, .not(isA)])),
    Read("NOT (eventname = 'a')", .all([present, .not(isA)])),
    Read("NOT COALESCE(eventname = 'a', FALSE)", .not(isA)),
    Read("(eventname = 'a') IS DISTINCT FROM TRUE", .not(isA)),
    Read("eventname IS NULL OR eventname <> 'a'", .not(isA)),
    Read("eventname IS DISTINCT FROM 'a'", .not(isA)),
    Read("eventname IS NOT DISTINCT FROM 'a'", isA),
    Read("eventname IS NULL", .not(present)),
    Read("eventname IS NOT NULL", present),
    Read("useridentity IS NULL", .not(.test(FieldPath("userIdentity"), .present))),
    Read("(eventname = 'a') IS NULL", .all([.not(isA), .not(.all([present, .not(isA)]))])),
    Read("eventname = NULL", .always(false)),
    Read("NOT (eventname = NULL)", .always(false)),
    Read("eventname IN ('a', 'b')", .test(eventName, .oneOf(["a", "b"], .exact))),
    Read(
      "eventname NOT IN ('a', 'b')",
      .all([present, .not(.test(eventName, .oneOf(["a", "b"], .exact)))])),
    Read("eventname NOT IN ('a', NULL)", .always(false)),
    Read("eventname IN ('a', NULL)", isA),
    Read("lower(eventname) = 'a'", text(eventName, .equals("a"), .ignored)),
    Read("lower(eventname) = 'A'", .always(false)),
    Read("lower(eventname) = lower('A')", text(eventName, .equals("A"), .ignored)),
    Read("lower(eventname) LIKE '%a%'", text(eventName, .contains("a"), .ignored)),
    Read("lower(eventname) LIKE '%A%'", .always(false)),
    Read("eventname LIKE 'a%'", text(eventName, .prefix("a"))),
    Read(#"eventname LIKE '%50\%%' ESCAPE '\'"#, text(eventName, .contains("50%"))),
    Read(#"eventname LIKE '%\%'"#, text(eventName, .contains("\\"))),
    Read("eventname LIKE 'a_b'", text(eventName, Pattern([.literal("a"), .anyOne, .literal("b")]))),
    Read("starts_with(eventname, 'a')", text(eventName, .prefix("a"))),
    Read("eventname >= 'b2'", regex(#"\A(?:b2|b[^\x00-2]|[^\x00-b])"#)),
    Read("'b2' < eventname", regex(#"\A(?:b2(?s:.)|b[^\x00-2]|[^\x00-b])"#)),
    Read("eventname < 'b'", .all([present, .not(regex(#"\A(?:b|[^\x00-b])"#))])),
    Read(
      "eventname BETWEEN 'b' AND '.\u{10FFFF}'",
      .all([
        regex(#"\A(?:b|[^\x00-b])"#), present,
        .not(regex(#"\A(?:\.\x{10FFFF}(?s:.)|[^\x00-.])"#)),
      ])),
    Read("strpos(eventname, 'a') > 0", text(eventName, .contains("a"))),
    Read("strpos(eventname, 'a') = 0", .all([present, .not(text(eventName, .contains("a")))])),
    Read(
      "NOT (eventname = 'a' AND errorcode = 'b')",
      .any([
        .all([present, .not(isA)]),
        .all([
          .test(FieldPath("errorCode"), .present), .not(text(FieldPath("errorCode"), .equals("b"))),
        ]),
      ])),
    Read(
      "useridentity.sessioncontext.sessionissuer.username = 'x'",
      text(path("userIdentity", "sessionContext", "sessionIssuer", "userName"), .equals("x"))),
    Read("json_extract_scalar(requestparameters, '$.userName') = 'x'", text(userName, .equals("x"))),
    Read(
      "any_match(resources, r -> r.arn LIKE 'arn:%')",
      text(FieldPath(steps: [.name("resources"), .each, .name("ARN")]) ?? eventName, .prefix("arn:"))),
    Read(
      "element_at(resources, 1).arn = 'x'",
      text(FieldPath(steps: [.name("resources"), .index(0), .name("ARN")]) ?? eventName, .equals("x"))),
    Read("readonly NOT IN ('', 'false', '0')", .test(readOnly, .truthy)),
    Read("readonly IS NULL OR readonly IN ('', 'false', '0')", .not(.test(readOnly, .truthy))),
    Read(
      #"regexp_like(sourceipaddress, '\A[0-9A-Fa-f:.]+\z') AND contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress))"#,
      (CIDR("10.0.0.0/8").map { .test(FieldPath("sourceIPAddress"), .network($0)) }) ?? .always(false)),
    Read(
      #"regexp_like(sourceipaddress, '\A[0-9A-Fa-f:.]+\z') AND TRY(contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress)))"#,
      network("10.0.0.0/8")),
    Read(
      #"regexp_like(sourceipaddress, '\A[0-9A-Fa-f:.]+\z') AND TRY(contains('::/0', TRY_CAST(sourceipaddress AS ipaddress))) AND NOT COALESCE(TRY(contains('0.0.0.0/0', TRY_CAST(sourceipaddress AS ipaddress))), FALSE) AND eventname = 'a'"#,
      .all([network("::/0"), isA])),
    Read("eventname = 'a' AND eventtime > '2024-01-01'", isA),
    Read("TRUE", .always(true)),
    Read("eventname = CAST(5 AS varchar)", text(eventName, .equals("5"))),
    Read("eventname = CAST(TRUE AS varchar)", text(eventName, .equals("true"))),
    Read("any_match(ARRAY['a', 'b'], t -> t = 'b')", .always(true)),
    Read("any_match(ARRAY['a', 'b'], t -> t >= 'c')", .always(false)),
    Read("any_match(ARRAY['a', NULL], t -> t = 'b')", .always(false)),
    Read(
      "any_match(split('a,b', ','), t -> lower(eventname) = t)",
      .any([text(eventName, .equals("a"), .ignored), text(eventName, .equals("b"), .ignored)])),
    Read("strpos(eventname, 'a') >= 1.0", text(eventName, .contains("a"))),
    Read("'null' <> json_format(json_extract(requestparameters, '$.userName'))", .test(userName, .present)),
    Read("eventname = errorcode", .test(eventName, .sameAs(FieldPath("errorCode"), .exact))),
  ]

  @Test("by hand", arguments: readings) func reading(_ row: Read) throws {
    #expect(try condition(of: row.sql) == row.condition)
  }

  static let refusals: [(String, String, String)] = [
    ("eventname = 5", "E301", "`varchar` cannot be compared with `bigint`"),
    ("readonly = false", "E301", "`varchar` cannot be compared with `boolean`"),
    ("eventnam = 'a'", "E201", "unknown column `eventnam`"),
    ("additionaleventdata.MFAUsed = 'no'", "E301", "`\"additionaleventdata\"` is `varchar`, not a row"),
    ("resources.arn = 'x'", "E301", "`\"resources\"` is `array(row)`, not a row"),
    (
      "lower(eventname) > 'a'", "E331",
      "texts are compared by order here, which other platforms cannot express"
    ),
    (
      "upper(eventname) > 'A'", "E331",
      "texts are compared by order here, which other platforms cannot express"
    ),
    (
      "substr(eventname, 1, 3) >= 'a'", "E331",
      "texts are compared by order here, which other platforms cannot express"
    ),
    (
      "eventname = 'a' OR eventtime > '2024'", "E331",
      "the order of the event's time is a time window, which no part of a condition is"
    ),
    (
      "eventname < errorcode", "E331",
      "texts are compared by order here, which other platforms cannot express"
    ),
    (
      "eventname > '\(String(repeating: "a", count: 65))'", "E331",
      "texts are compared by order here, which other platforms cannot express"
    ),
    (
      "TRY_CAST(apiversion AS double) > 5", "E331",
      "`TRY_CAST` reads more texts as numbers than other platforms do: ` 5 `, `1d`, `Infinity`"
    ),
    ("eventname IN ('a', 5)", "E301", "`varchar` and `bigint` have no common type"),
    ("eventname", "E301", "a value of type `boolean` is needed, this is `varchar`"),
    ("any_match(resources, r -> NULL)", "E301", "a value of type `boolean` is needed, this is `unknown`"),
    ("resources = resources", "E330", "a comparison of `array(row)`s is outside the SQL that is read"),
    ("lower(eventname, 'a') = 'a'", "E301", "`lower` does not take 2 arguments"),
    ("json_extract(requestparameters, '$.a') > json_parse('1')", "E301", "`json` has no order"),
    (
      "eventname = 'a' AND eventtime > 99999999999999999999", "E301",
      "the number `99999999999999999999` has too many digits"
    ),
    (
      "eventname = CAST(5 AS json)", "E330",
      "a cast from `bigint` to `json` is outside the SQL that is read"
    ),
    ("upper(eventname) = 'É'", "E330", #"`upper("eventname") = 'É'` is outside the SQL that is read"#),
    (
      "upper(lower(eventname)) = 'A'", "E330", #"`upper(lower("eventname"))` is outside the SQL that is read"#
    ),
    (
      "regexp_like(eventname, '(?i)a')", "E421",
      "`(?i)` in Athena's regular expressions differs from other platforms': it folds case over more than one letter, `ß` to `ss`"
    ),
    (
      "any_match(resources, r -> NOT COALESCE(r.arn = 'a', FALSE))", "E331",
      "this may be true of an element that is NULL, which a rule takes for no element of `resources[]`"
    ),
    (
      "any_match(resources, r -> r.arn = 'a' AND NOT COALESCE(any_match(resources, s -> s.type = r.type), FALSE))",
      "E331",
      "this asks several questions of one element of `resources[]` and of other elements, which no condition can express"
    ),
    (
      "NOT any_match(resources, r -> r.arn = 'a')", "E331",
      "`NOT` of this is true of an empty array and unknown of a missing one, which are told apart here only"
    ),
    (
      "eventname LIKE 'a\\b' ESCAPE '\\'", "E315",
      "the escape of `LIKE` must be followed by `%`, `_` or itself"
    ),
    ("eventname IS TRUE", "E101", "Athena SQL has no `IS TRUE`"),
    ("eventname IN (SELECT 1)", "E330", "a subquery is outside the SQL that is read"),
    ("resources[1].arn = 'a'", "E330", "a subscript fails the query where there is no such element"),
    ("eventtime > current_timestamp", "E330", "`current_timestamp` is outside the SQL that is read"),
    ("`eventname` = 'a'", "E101", "names in backticks are for `CREATE TABLE` only"),
    ("eventname = 'a", "E102", "this text literal is not closed"),
    ("eventname = 'a' /* x", "E102", "this comment is not closed"),
    ("eventname = 'a' UNION SELECT 1", "E330", "`UNION` is outside the SQL that is read"),
    ("eventname = ", "E101", "expected a value, found the end"),
    ("eventname = U&'\\D83D'", "E103", "this `U&'…'` literal has a malformed escape"),
    ("starts_wth(eventname, 'a')", "E204", "unknown function `starts_wth`"),
    ("json_extract_scalar(requestparameters, 'userName') = 'a'", "E301", "invalid JSON path"),
    (
      "contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress))", "E331",
      "`TRY_CAST` reads more texts as addresses than other platforms do: zones, digits of other scripts"
    ),
    (
      "contains('10.0.0.0/8', CAST(sourceipaddress AS ipaddress))", "E331",
      "`CAST` fails the whole query where a text is no address, and reads more texts as addresses than other platforms do: zones, digits of other scripts"
    ),
    (
      "CAST(sourceipaddress AS ipaddress) > IPADDRESS '10.0.0.0'", "E330",
      "a `IPADDRESS` literal is outside the SQL that is read"
    ),
    (
      "json_extract(requestparameters, '$.a') IS NULL", "E331",
      "`json_extract` of JSON's `null` is not NULL, where a rule knows one absence only"
    ),
    (
      "regexp_like(eventname, '(?i)ς')", "E421",
      "`(?i)` in Athena's regular expressions differs from other platforms': it folds case over more than one letter, `ß` to `ss`"
    ),
    (
      "regexp_like(eventname, 'b?$')", "E421",
      "`$` in Athena's regular expressions differs from other platforms': before it nothing may stand, and texts that end beyond ASCII are missed then"
    ),
    (
      #"regexp_like(eventname, '(?:b|)\z')"#, "E421",
      "`$` in Athena's regular expressions differs from other platforms': before it nothing may stand, and texts that end beyond ASCII are missed then"
    ),
    (
      "regexp_like(eventname, '(?<n>a)(?<n>b)')", "E421",
      "`(?<n>` in Athena's regular expressions differs from other platforms': a name may stand once only"
    ),
    (
      #"regexp_like(sourceipaddress, '\A[0-9A-Fa-f:.]+\z') AND contains('10.0.0.1/8', TRY_CAST(sourceipaddress AS ipaddress))"#,
      "E330",
      #"`contains('10.0.0.1/8', TRY_CAST("sourceipaddress" AS ipaddress))` is outside the SQL that is read"#
    ),
    (String(repeating: "(", count: 300) + "TRUE", "E106", "this is nested deeper than 200 levels"),
    (String(repeating: "NOT ", count: 300) + "TRUE", "E106", "this is nested deeper than 200 levels"),
  ]

  @Test("refused", arguments: refusals.map { ($0.0, $0.1 + " " + $0.2) }) func refusal(
    _ sql: String, _ expected: String
  ) {
    let error = #expect(throws: Diagnostic.self) { try condition(of: sql) }
    #expect("\(error?.code.rawValue ?? "") \(error?.message ?? "")" == expected)
  }

  /// Questions about networks, and the warnings besides the table's.
  @Test(
    "a network outside `TRY` is warned of",
    arguments: [
      ("contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress))", ["W392"]),
      ("TRY(contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress)))", []),
      ("contains('fe80::/10', TRY_CAST(sourceipaddress AS ipaddress))", ["W392"]),
    ]) func networkOutsideTry(_ question: String, _ codes: [String]) throws
  {
    let guarded = #"regexp_like(sourceipaddress, '\A[0-9A-Fa-f:.]+\z') AND \#(question)"#
    for sql in [guarded, "eventname = 'a' OR \(guarded)", "NOT COALESCE(\(guarded), FALSE)"] {
      let source = Source(text: "SELECT * FROM cloudtrail_logs WHERE \(sql)")
      let warnings = try Language.athena.read(source, options: LanguageOptions())[0].warnings
      #expect(warnings.map(\.code.rawValue) == codes)
      #expect(warnings.allSatisfy { $0.labels.count == 1 })
    }
  }

  @Test("a time window is a part of its own") func window() throws {
    let source = Source(
      name: "dir/my-rule.sql",
      text:
        "SELECT useridentity.arn FROM t WHERE eventname = 'a' AND eventtime BETWEEN '2024' AND '2025' LIMIT 5"
    )
    let document = try Language.athena.read(source, options: LanguageOptions())[0]
    #expect(document.rule.condition == AthenaReaderTests.isA)
    #expect(document.warnings.map(\.code.rawValue) == ["W360", "W391"])
    #expect(document.rule.window.facts.map(\.name) == ["athena.window"])
    #expect(document.rule.id == "my-rule")
    #expect(
      document.rule.outputFields == [
        OutputField(name: "userIdentity.arn", path: FieldPath("userIdentity", "arn"))
      ])
  }
}

@Suite("Round trips") struct AthenaRoundTripTests {
  @Test("reading what is written", arguments: [21, 22, 23, 24, 25, 26] as [UInt64]) func readWrite(
    _ seed: UInt64
  ) throws {
    var options = ConditionGenerator.Options()
    options.questions = ConditionGenerator.Question.allCases.filter { $0 != .anywhere }
    var generator = ConditionGenerator(seed: seed, options: options)
    var eventGenerator = EventGenerator(seed: seed &+ 1)
    let events = eventGenerator.events(30)
    var (same, written) = (0, 0)
    for condition in generator.conditions(150) {
      let rule = Rule.ofCloudTrail(condition)
      guard let query = try? Language.athena.write(rule, options: PoolTable.options) else { continue }
      written += 1
      let tree = try AthenaParser.query(Source(text: query.text))
      #expect(try AthenaParser.query(Source(text: AthenaPrinter.text(tree))) == tree)
      #expect(
        AthenaPrinter.text(tree) == query.text.split(separator: "\n").dropFirst(2).joined(separator: "\n")
          + "\n")
      do {
        let read = try Language.athena.read(Source(text: query.text), options: PoolTable.options)[0].rule
        if read.condition == condition { same += 1 }
        for event in events where read.condition.holds(of: event) != condition.holds(of: event) {
          Issue.record("\(query.text)\n\(Value.object(event.object).compactJSON)")
          return
        }
      } catch {
        Issue.record("\(error.message)\n\(query.text)")
        return
      }
    }
    print("athena round trip, seed \(seed): \(written) conditions, \(same) the same tree")
  }

  @Test("questions about text columns come back the same", arguments: LetterCase.allCases)
  func same(_ letterCase: LetterCase) throws {
    let atoms: [Atom] = [
      .present, .truthy, .text(.equals("A"), letterCase), .text(.prefix("A%"), letterCase),
      .text(.suffix("A_"), letterCase), .text(.contains("A\\"), letterCase), .oneOf(["A", "b"], letterCase),
      .text(Pattern([.literal("A"), .anyOne, .anyRun, .literal("z")]), letterCase),
      .number(.less, Number(5)), .regex(try PortableRegex("^a.c$")), .sameAs(userType, letterCase),
    ]
    for atom in atoms {
      for path in [eventName, FieldPath("userIdentity", "arn")] {
        for wanted in [Condition.test(path, atom), .not(.test(path, atom))] {
          #expect(try condition(of: try whereClause(wanted)) == wanted)
        }
      }
    }
  }
}

@Suite("Several questions of one element") struct AthenaElementTests {
  static let resources = FieldPath(steps: [.name("resources"), .each]) ?? FieldPath("resources")
  static func resource(_ name: String, _ text: String) -> Condition {
    .test(
      FieldPath(steps: resources.steps + [.name(name)]) ?? resources, .text(.equals(text), .exact))
  }
  static let items = FieldPath(steps: [.name("requestParameters"), .name("items"), .each]) ?? resources
  static func item(_ name: String, _ text: String) -> Condition {
    .test(FieldPath(steps: items.steps + [.name(name)]) ?? items, .text(.equals(text), .exact))
  }

  static let written: [(condition: Condition, sql: String)] = [
    (
      .some(resources, .all([resource("ARN", "a"), resource("type", "b")])),
      #"any_match("resources", "e1" -> "e1"."arn" = 'a' AND "e1"."type" = 'b')"#
    ),
    (
      .some(resources, .not(resource("ARN", "a"))),
      #"any_match("resources", "e1" -> "e1" IS NOT NULL AND ("e1"."arn" IS NULL OR "e1"."arn" <> 'a'))"#
    ),
    (
      .not(.some(resources, .not(resource("ARN", "a")))),
      #"NOT COALESCE(any_match("resources", "e1" -> "e1" IS NOT NULL AND ("e1"."arn" IS NULL OR "e1"."arn" <> 'a')), FALSE)"#
    ),
    (
      .some(items, .all([item("id", "a"), .not(item("kind", "b"))])),
      #"any_match(COALESCE(TRY_CAST(json_extract("requestparameters", '$.items') AS ARRAY(json)), ARRAY[json_extract("requestparameters", '$.items')]), "e1" -> any_match(COALESCE(TRY_CAST(json_extract("e1", '$.id') AS ARRAY(json)), ARRAY[json_extract("e1", '$.id')]), "e2" -> json_extract_scalar("e2", '$') = 'a') AND NOT COALESCE(any_match(COALESCE(TRY_CAST(json_extract("e1", '$.kind') AS ARRAY(json)), ARRAY[json_extract("e1", '$.kind')]), "e2" -> json_extract_scalar("e2", '$') = 'b'), FALSE))"#
    ),
    (
      .test(FieldPath("requestParameters", "items"), .array),
      #"TRY_CAST(json_extract("requestparameters", '$.items') AS ARRAY(json)) IS NOT NULL"#
    ),
    (
      .not(.test(items, .array)),
      #"TRY_CAST(json_extract("requestparameters", '$.items') AS ARRAY(json)) IS NULL"#
    ),
    (
      .some(
        items, .all([item("id", "a"), .not(.test(FieldPath("requestParameters", "items", "l"), .array))])),
      #"any_match(COALESCE(TRY_CAST(json_extract("requestparameters", '$.items') AS ARRAY(json)), ARRAY[json_extract("requestparameters", '$.items')]), "e1" -> any_match(COALESCE(TRY_CAST(json_extract("e1", '$.id') AS ARRAY(json)), ARRAY[json_extract("e1", '$.id')]), "e2" -> json_extract_scalar("e2", '$') = 'a') AND TRY_CAST(json_extract("e1", '$.l') AS ARRAY(json)) IS NULL)"#
    ),
    (
      .some(items, .not(.test(items, .text(.equals("a"), .exact)))),
      #"any_match(COALESCE(TRY_CAST(json_extract("requestparameters", '$.items') AS ARRAY(json)), ARRAY[json_extract("requestparameters", '$.items')]), "e1" -> json_format("e1") <> 'null' AND NOT COALESCE(json_extract_scalar("e1", '$') = 'a', FALSE))"#
    ),
  ]

  @Test("is any_match, and comes back the same", arguments: written)
  func several(_ asked: Condition, _ sql: String) throws {
    let text = try whereClause(asked)
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(line.replacing("( ", with: "(").replacing(" )", with: ")") == sql)
    let read = try condition(of: text)
    #expect(Prover().compare(asked, read).verdict == .equal, "\(read)")
  }

  static let (arn, type) = (resource("ARN"), resource("type"))
  static func resource(_ name: String) -> FieldPath {
    FieldPath(steps: resources.steps + [.name(name)]) ?? resources
  }

  /// Whose element is asked is told by the variable, whatever stands beside it and however it is called.
  static let read: [(sql: String, condition: Condition)] = [
    ("any_match(resources, r -> r.arn = r.type)", .some(resources, .test(arn, .sameAs(type, .exact)))),
    (
      "any_match(resources, r -> any_match(resources, s -> r.arn = s.type))",
      .test(arn, .sameAs(type, .exact))
    ),
    (
      "any_match(resources, r -> r.arn = 'a' AND (r.type = 'b' OR eventname = 'c'))",
      .some(
        resources,
        .all([
          resource("ARN", "a"),
          .any([resource("type", "b"), .test(FieldPath("eventName"), .text(.equals("c"), .exact))]),
        ]))
    ),
    (
      "any_match(resources, r -> r.arn = 'a' AND any_match(resources, r -> r.type = 'b'))",
      .all([resource("type", "b"), resource("ARN", "a")])
    ),
    (
      "any_match(resources, eventname -> eventname.arn = 'a' AND eventname.type = 'b')",
      .some(resources, .all([resource("ARN", "a"), resource("type", "b")]))
    ),
    (
      "any_match(resources, r -> r.arn = eventname AND r.type = 'b')",
      .some(
        resources,
        .all([.test(arn, .sameAs(FieldPath("eventName"), .exact)), resource("type", "b")]))
    ),
  ]

  @Test("Variables are told apart by scope", arguments: read)
  func scopes(_ sql: String, _ expected: Condition) throws {
    let read = try condition(of: sql)
    #expect(read == expected, "\(read)")
  }

  /// What a writer may get wrong, and an event that the text with that fault takes otherwise.
  static let faults: [(fault: String, condition: Condition, part: String, wrong: String, event: String)] = [
    (
      "a conjunct is lost", .some(resources, .all([resource("ARN", "a"), .not(resource("type", "b"))])),
      #" AND ("e1"."type" IS NULL OR "e1"."type" <> 'b')"#, "",
      #"{"resources": [{"ARN": "a", "type": "b"}]}"#
    ),
    (
      "a negation is lost", .some(resources, .all([resource("ARN", "a"), .not(resource("type", "b"))])),
      #"("e1"."type" IS NULL OR "e1"."type" <> 'b')"#, #""e1"."type" = 'b'"#,
      #"{"resources": [{"ARN": "a", "type": "c"}]}"#
    ),
    (
      "all for any", .some(resources, .all([resource("ARN", "a"), .not(resource("type", "b"))])),
      "any_match", "all_match", #"{"resources": [{"ARN": "a"}, {"ARN": "c"}]}"#
    ),
    (
      "one element each", .some(resources, .all([resource("ARN", "a"), resource("type", "b")])),
      #"AND "e1"."type" = 'b')"#, #") AND any_match("resources", "e1" -> "e1"."type" = 'b')"#,
      #"{"resources": [{"ARN": "a"}, {"type": "b"}]}"#
    ),
    (
      "the wrong variable", .some(items, .all([item("id", "a"), .not(item("kind", "b"))])),
      #"json_extract("e1", '$.kind')"#, #"json_extract("requestparameters", '$.kind')"#,
      #"{"requestParameters": {"items": [{"id": "a", "kind": "b"}]}}"#
    ),
    (
      "null for an element", .some(items, .not(.test(items, .text(.equals("a"), .exact)))),
      #"json_format("e1") <> 'null' AND "#, "", #"{"requestParameters": {"items": [null]}}"#
    ),
  ]

  @Test("A fault of the writer is seen by the reader and by the runner", arguments: faults)
  func aFault(
    _ row: (fault: String, condition: Condition, part: String, wrong: String, event: String)
  ) throws {
    let line = try whereClause(row.condition).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacing("( ", with: "(").replacing(" )", with: ")")
    let event = try #require(Event(try JSON.parse(row.event)))
    func verdict(_ clause: String) throws -> [Bool] {
      let text = "SELECT * FROM cloudtrail_logs WHERE \(clause)"
      return try Language.athena.run(text, on: [event], options: LanguageOptions())
    }
    #expect(try verdict(line) == [row.condition.holds(of: event)])
    let wrong = line.replacing(row.part, with: row.wrong)
    #expect(wrong != line, "\(line)")
    #expect(try verdict(wrong) != verdict(line), "\(wrong)")
    if let read = try? condition(of: wrong) {
      #expect(Prover().compare(row.condition, read).verdict != .equal, "\(wrong)")
    }
  }

  @Test("A column of its own does not tell an array from one value")
  func columns() {
    #expect { try whereClause(.test(Self.resources, .array)) } throws: {
      ($0 as? Diagnostic)?.code.rawValue == "E436"
    }
    #expect(throws: Diagnostic.self) { try condition(of: "resources IS NULL") }
  }

  @Test("UNNEST with several questions is the same")
  func unnest() throws {
    let sql =
      "SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r) WHERE r.arn = 'a' AND r.type = 'b'"
    let rule = try #require(try Language.athena.read(Source(text: sql), options: LanguageOptions()).first)
    let expected = Condition.some(
      AthenaElementTests.resources,
      .all([AthenaElementTests.resource("ARN", "a"), AthenaElementTests.resource("type", "b")]))
    #expect(Prover().compare(rule.rule.condition, expected).verdict == .equal, "\(rule.rule.condition)")
  }
}
