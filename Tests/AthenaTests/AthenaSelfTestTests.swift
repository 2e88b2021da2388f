import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

@Suite("Self tests") struct AthenaSelfTestTests {
  @Test("a rule's fixtures in one statement") func statement() throws {
    var rule = Rule(
      id: "R.1", title: "A title",
      condition: .all([text(eventName, .equals("a")), text(userType, .equals("Root"))]))
    rule.logSources = [.cloudTrail]
    let root = event([
      ("eventName", .string("a")), ("userIdentity", .object(Value.Object([.init("type", .string("Root"))]))),
    ])
    rule.fixtures = [
      Fixture(name: "it's root", expected: true, event: root),
      Fixture(name: "nobody", expected: false, event: event([("eventName", .string("a"))])),
    ]
    let ddl = "CREATE EXTERNAL TABLE t (eventname string, useridentity struct<type:string>, other string)"
    var options = LanguageOptions(compilerVersion: "0.1.0")
    options.schema = Source(text: ddl)
    let query = try Language.athena.selfTest(rule, options: options)
    #expect(
      query.text == """
        -- R.1: A title
        -- Self test by Concord 0.1.0: each row's `actual` must be its `expected`
        WITH "t" AS (
          SELECT * FROM (VALUES
            ('it''s root', TRUE, 1, 'a', CAST(ROW('Root') AS ROW("type" varchar))),
            ('nobody', FALSE, 2, 'a', CAST(NULL AS ROW("type" varchar)))
          ) AS "t"("fixture", "expected", "number", "eventname", "useridentity")
        )
        SELECT
          "fixture",
          "expected",
          COALESCE("eventname" = 'a' AND "useridentity"."type" = 'Root', FALSE) AS "actual"
        FROM "t"
        ORDER BY "number"

        """)
    #expect(try verdicts(query.text) == [true, false])
  }

  private func verdicts(_ query: String) throws -> [Bool] {
    try AthenaRunner.rows(query).map { $0.last?.truth == true }
  }

  @Test("generated rules give the meaning's verdicts", arguments: [31, 32] as [UInt64]) func generated(
    _ seed: UInt64
  ) throws {
    var options = ConditionGenerator.Options()
    options.questions = ConditionGenerator.Question.allCases.filter { $0 != .anywhere }
    var generator = ConditionGenerator(seed: seed, options: options)
    var eventGenerator = EventGenerator(seed: seed)
    let events = eventGenerator.events(12)
    var written = 0
    for condition in generator.conditions(80) {
      var rule = Rule.ofCloudTrail(condition)
      rule.fixtures = events.map { Fixture(name: "f", expected: condition.holds(of: $0), event: $0) }
      guard let query = try? Language.athena.selfTest(rule, options: PoolTable.options) else { continue }
      written += 1
      #expect(try verdicts(query.text) == rule.fixtures.map(\.expected), "\(query.text)")
    }
    #expect(written > 40)
  }

  @Test("a rule without fixtures is refused") func none() {
    let rule = Rule.ofCloudTrail(.always(true))
    let error = #expect(throws: Diagnostic.self) {
      try Language.athena.selfTest(rule, options: LanguageOptions())
    }
    #expect(error?.code.rawValue == "E410")
    #expect(error?.message == "the rule `r` has no fixtures to test")
  }
}
