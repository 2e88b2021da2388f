import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import Testing

@testable import ConcordAthena

/// Statements over an event data store of CloudTrail Lake, whose name is an id, and whose columns have types of its own.
@Suite("CloudTrail Lake") struct AthenaLakeTests {
  private static let id = "5e2676f8-9fce-46ef-8142-3e36a94e6691"
  private static let text = FieldPath("requestParameters", "engine")

  private static func rule(_ sql: String, untyped: Bool = false) throws(Diagnostic) -> Rule {
    var options = LanguageOptions()
    options.athena.untyped = untyped
    return try Language.athena.read(Source(name: "lake.sql", text: sql), options: options)[0].rule
  }

  static let rows: [(sql: String, condition: Condition, back: String)] = [
    (
      "element_at(requestParameters, 'engine') = 'a'", .test(text, .text(.equals("a"), .exact)),
      #"element_at("requestparameters", 'engine') = 'a'"#
    ),
    // Names of keys are texts, and keep their letter case.
    (
      "element_at(requestparameters, 'Engine') LIKE '%''%'",
      .test(FieldPath("requestParameters", "Engine"), .text(.contains("'"), .exact)),
      #"element_at("requestparameters", 'Engine') LIKE '%''%' ESCAPE '\'"#
    ),
    (
      "NOT (element_at(requestParameters, 'engine') = 'a')",
      .all([.test(text, .present), .not(.test(text, .text(.equals("a"), .exact)))]),
      #"element_at("requestparameters", 'engine')"#
    ),
    (
      "readOnly = false", .test(FieldPath("readOnly"), .text(.equals("false"), .exact)),
      #""readonly" = FALSE"#
    ),
    (
      "json_extract_scalar(element_at(requestParameters, 'a'), '$.b') = 'c'",
      .test(FieldPath("requestParameters", "a", "b"), .text(.equals("c"), .exact)),
      #""e1" -> json_extract_scalar("e1", '$') = 'c'"#
    ),
    (
      "userIdentity.sessionContext.sourceIdentity = 'a'",
      .test(FieldPath("userIdentity", "sessionContext", "sourceIdentity"), .text(.equals("a"), .exact)),
      #""useridentity"."sessioncontext"."sourceidentity" = 'a'"#
    ),
  ]

  @Test("questions about its columns, and how they are written", arguments: rows, [true, false])
  func question(_ row: (sql: String, condition: Condition, back: String), untyped: Bool) throws {
    let rule = try Self.rule("SELECT * FROM \(Self.id) WHERE \(row.sql)", untyped: untyped)
    #expect(rule.condition == row.condition)
    let query = try Language.athena.write(rule, options: LanguageOptions())
    #expect(query.text.contains("FROM \(Self.id)\n"))
    #expect(query.text.contains(row.back), "\(query.text)")
    #expect(try Self.rule(query.text).condition == rule.condition, "\(query.text)")
  }

  @Test(
    "a text is the moment that it spells",
    arguments: [
      ("eventTime >= '2023-01-22 00:00:00'", "since 2023-01-22T00:00:00Z"),
      ("eventTime < '2023-01-23 00:00:00'", "until 2023-01-23T00:00:00Z"),
      ("eventTime > '2023-01-22'", "athena.window \"eventTime\" > '2023-01-22'"),
      (
        "eventTime > date_add('day', -90, now())",
        "athena.window \"eventTime\" > date_add('day', -90, current_timestamp)"
      ),
    ])
  func window(_ sql: String, _ window: String) throws {
    let rule = try Self.rule("SELECT eventID FROM \(Self.id) WHERE \(sql)")
    guard case .place(let fact, let atom) = rule.window.kind, case .text(let pattern, _) = atom,
      case .equals(let text) = pattern.shape
    else {
      Issue.record("\(rule.window)")
      return
    }
    #expect("\(fact) \(text)" == window)
    let back = try Language.athena.write(rule, options: LanguageOptions())
    #expect(try Self.rule(back.text).window == rule.window)
  }

  @Test(
    "refused",
    arguments: [
      // What spells no moment is no time there either.
      ("FROM \(id) WHERE eventTime > 'yesterday'", "E301"),
      ("FROM \(id) WHERE requestParameters.engine = 'a'", "E301"),
      ("FROM \(id) WHERE requestParameters = 'a'", "E301"),
      ("FROM \(id)0 WHERE eventName = 'a'", "E101"),
      ("FROM \(id.dropLast())- WHERE eventName = 'a'", "E101"),
      // An id stands for a table alone.
      ("FROM cloudtrail_logs WHERE eventName = \(id)", "E101"),
      ("FROM \(id) WHERE eventNames = 'a'", "E201"),
    ])
  func refusal(_ sql: String, _ code: String) {
    #expect(throws: Diagnostic.self) {
      do throws(Diagnostic) { _ = try Self.rule("SELECT * \(sql)") } catch {
        #expect(error.code.rawValue == code, "\(error.message)")
        throw error
      }
    }
  }
}

/// What a statement over a table of which nothing is known says of time.
@Suite("Windows of untyped tables") struct AthenaUntypedWindowTests {
  static let rows: [(sql: String, window: Bool?)] = [
    ("date = DATE('2024-01-01')", true),
    ("\"date\" BETWEEN DATE '2024-01-01' AND DATE '2024-01-02'", true),
    ("date_partition >= date_format(date_add('day', -30, current_timestamp), '%Y/%m/%d')", true),
    ("dt > current_date - INTERVAL '7' DAY", true),
    // A text is compared as a text.
    ("date_partition >= '2024/01/01'", false),
    ("date_partition >= date_format(TIMESTAMP '2024-01-01 00:00:00', '%Y/%m/%d')", nil),
    // Nothing says that it is the event's time.
    ("created >= DATE '2024-01-01'", nil),
    ("NOT date = DATE('2024-01-01')", nil),
    ("f = 'a' OR date = DATE('2024-01-01')", nil),
    ("date <> DATE('2024-01-01')", nil),
  ]

  @Test("what is compared with days, and with texts that depend on the run", arguments: rows)
  func window(_ sql: String, _ isWindow: Bool?) throws {
    var options = LanguageOptions()
    options.athena.untyped = true
    let source = Source(text: "SELECT * FROM t WHERE a = 'x' AND (\(sql))")
    guard let isWindow else {
      #expect(throws: Diagnostic.self) { try Language.athena.read(source, options: options) }
      return
    }
    let rule = try Language.athena.read(source, options: options)[0].rule
    #expect((rule.window != .always(true)) == isWindow)
    #expect((rule.condition == .test(FieldPath("a"), .text(.equals("x"), .exact))) == isWindow)
    let back = try Language.athena.write(rule, options: options)
    let again = try Language.athena.read(Source(text: back.text), options: options)[0].rule
    #expect(again.window == rule.window && again.condition == rule.condition, "\(back.text)")
  }
}
