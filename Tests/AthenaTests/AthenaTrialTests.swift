import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena
@testable import ConcordEngines

@Suite("Statements that put deployed queries to events") struct AthenaTrialTests {
  private static let startTime = FieldPath("requestParameters", "startTime")

  private func statements(_ trials: [Trial], _ kind: EngineKind = TrinoEngine.kind) throws -> TrialStatements
  {
    try Language.athena.statements(for: trials, on: kind, options: LanguageOptions())
  }

  private func rule(_ condition: Condition) -> Rule { Rule.ofCloudTrail(condition) }

  private func probes(_ texts: [String]) throws -> [Fixture] {
    try texts.map { text in
      let event = try #require(Event(try JSON.parse(text)))
      return Fixture(name: text, expected: false, event: event)
    }
  }

  /// What `compile` prints after `WHERE`.
  private func deployedCondition(_ rule: Rule) throws -> String {
    let text = try Language.athena.write(rule, options: LanguageOptions()).text
    let start = try #require(text.firstRange(of: "WHERE ")).upperBound
    return String(text[start...].dropLast())
  }

  /// The shapes that the events of the statement show must not change the text: it is that of the rule's own fixtures.
  @Test(
    "the condition in them is the deployed one, byte for byte",
    arguments: [TrinoEngine.kind, DuckDBEngine.kind])
  func deployed(_ kind: EngineKind) throws {
    let long = Condition.all(
      (1...12).map { text(FieldPath("requestParameters", "name\($0)"), .contains("it's %")) })
    let conditions = [
      text(Self.startTime, .equals("1718000000.123")), .not(text(Self.startTime, .contains("0.0001"))), long,
      .any([text(eventName, .equals("a")), text(userType, .prefix("R"))]),
    ]
    let events = try probes([
      #"{"eventName": "a", "requestParameters": {"startTime": 1718000000.123}}"#,
      #"{"requestParameters": {"startTime": ["x"], "name1": "n"}}"#,
    ])
    for condition in conditions {
      var deployed = rule(condition)
      for fixtures in [[], try probes([#"{"requestParameters": {"startTime": "x"}}"#])] {
        deployed.fixtures = fixtures
        let written = try statements([Trial(of: deployed, on: events)], kind)
        #expect(written.refusals.isEmpty && written.statements.count == 1)
        let text = try #require(written.statements.first).text
        #expect(text.contains("\n\(try deployedCondition(deployed))\n"), "\(text)")
      }
    }
  }

  @Test("several conditions share a statement and its rows")
  func packed() throws {
    let events = try probes([#"{"eventName": "a"}"#, #"{"eventName": "it's 😀", "readOnly": true}"#, "{}"])
    let trials = ["a", "b", "c"].map { Trial(of: rule(text(eventName, .equals($0))), on: events) }
    let written = try statements(trials)
    let statement = try #require(written.statements.first)
    #expect(written.statements.count == 1)
    #expect(
      statement.text == """
        WITH "rows" AS (
        SELECT * FROM UNNEST(CAST(json_parse('[["1","a"],["2","it''s 😀"],["3",null]]') AS ARRAY(ROW("fixture" varchar, "eventname" varchar)))) AS "t"("fixture", "eventname")
        )
        SELECT
        "fixture" AS "fixture",
        COALESCE(
        "eventname" = 'a'
        , FALSE) AS "1",
        COALESCE(
        "eventname" = 'b'
        , FALSE) AS "2",
        COALESCE(
        "eventname" = 'c'
        , FALSE) AS "3"
        FROM "rows"

        """)
    #expect(statement.parts.map(\.column) == ["1", "2", "3"])
    #expect(statement.parts.allSatisfy { $0.rows.map(\.name) == ["1", "2", "3"] })
  }

  @Test("what one statement does not hold goes into several, and what none holds is refused")
  func split() throws {
    let long = String(repeating: "x", count: 2_000)
    let events = (0..<400).map { number in
      Fixture(
        name: "\(number)", expected: false,
        event: event([("eventName", .string("\(number)" + long))]))
    }
    let kind = EngineKind("small", statementBytes: 100_000, takesJSONRows: true, make: TrinoEngine.kind.make)
    let written = try statements([Trial(of: rule(text(eventName, .equals("a"))), on: events)], kind)
    #expect(written.refusals.isEmpty)
    #expect(written.statements.count > 8 && written.statements.allSatisfy { $0.text.utf8.count <= 100_000 })
    let asked = written.statements.flatMap { $0.parts.flatMap { $0.rows.map(\.probe) } }
    #expect(asked.sorted() == Array(0..<400))
    let tiny = EngineKind("tiny", statementBytes: 200, takesJSONRows: true, make: TrinoEngine.kind.make)
    let refused = try statements([Trial(of: rule(text(eventName, .equals("a"))), on: events)], tiny)
    #expect(refused.refusals[0]?.code == .tooLarge)
  }

  /// Trino plans each lambda for itself, so that many in one statement take long.
  @Test("lambdas are few in a statement", arguments: [(1, 1), (30, 7), (150, 40)])
  func lambdas(_ each: Int, _ statements: Int) throws {
    let events = try probes([#"{"requestParameters": {"a": "x"}}"#])
    let trials = (0..<40).map { number in
      let asked = (0..<each).map { text(FieldPath("requestParameters", "a\($0)"), .equals("x\(number)")) }
      return Trial(of: rule(.any(asked)), on: events)
    }
    let written = try self.statements(trials)
    #expect(written.refusals.isEmpty)
    #expect(written.statements.count == statements)
    #expect(
      written.statements.allSatisfy {
        $0.parts.count == 1 || $0.text.components(separatedBy: "any_match(").count <= 200
      })
  }

  @Test("a rule that cannot be written refuses itself alone")
  func refusal() throws {
    let events = try probes([#"{"eventName": "a"}"#])
    let written = try statements([
      Trial(of: rule(.anywhere(.contains("x"), .exact)), on: events),
      Trial(of: rule(text(eventName, .equals("a"))), on: events),
    ])
    #expect(written.refusals.keys.sorted() == [0])
    #expect(written.statements.flatMap(\.parts).map(\.trial) == [1])
  }

  @Test("a trial's rows are told from the answer, and a statement that fails is asked rule by rule")
  func outcomes() throws {
    /// Answers by the column's number; fails on statements that hold a text.
    struct Engine: QueryEngine {
      let identifier = "trino"
      func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
        if query.contains("'broken'") { throw Diagnostic(.queryFailed, "no") }
        let verdicts = (1...9).filter { query.contains("AS \"\($0)\"") }
        return ["1", "2"].map { row in
          Value.Object(
            [.init("fixture", .string(row))] + verdicts.map { .init("\($0)", .bool(row == "1")) })
        }
      }
    }
    var events = try probes([#"{"eventName": "a"}"#, #"{"eventName": "b"}"#])
    events[0].expected = true
    let trials = ["a", "broken", "c"].map { Trial(of: rule(text(eventName, .equals($0))), on: events) }
    let outcomes = try Language.athena.outcomes(of: trials, on: Engine(), options: LanguageOptions())
    let words = outcomes.map { outcome in
      switch outcome {
      case .answered(let agreement): agreement.isClean ? "clean" : "\(agreement.diagnostics)"
      case .failed(let error): "\(error.code)"
      case .refused(let error): error.message
      }
    }
    #expect(words == ["clean", "queryFailed", "clean"])
  }
}
