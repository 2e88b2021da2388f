import Concord
import ConcordAthena
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// Our first rule and the acceptance conditions on the engines, and the first rule on 2,900 CloudTrail events.
@Suite("Engines: real rules and real events", .waitsForPrograms)
struct EnginesRealEventsTests {
  static let rulePath = "Examples/aws-modify-cloud-compute-infrastructure/rule.yml"

  static func firstRule() throws -> Rule {
    let file = Shared.root.appendingPathComponent(rulePath)
    let source = Source(name: rulePath, text: try String(contentsOf: file, encoding: .utf8))
    return try #require(try Compiler().load(source).first).rule
  }

  /// The condition as it is commonly written by hand: no guard against NULL.
  static let handWritten = """
    SELECT eventid FROM cloudtrail_logs
    WHERE eventsource = 'ec2.amazonaws.com'
      AND readonly = 'false'
      AND NOT (sourceipaddress LIKE '%.amazonaws.com' OR useridentity.type = 'AWSService'
        OR useridentity.invokedby = 'AWS Internal' OR useridentity.invokedby LIKE '%.amazonaws.com')
      AND errorcode <> 'Client.DryRunOperation'
      AND eventname IN ('RunInstances', 'TerminateInstances', 'ModifyInstanceAttribute')
    """

  @Test func theFirstRuleFindsTwelveOfTheCloudTrailEvents() throws {
    guard let events = try CloudTrailCorpus.events() else { return }
    let rule = try Self.firstRule()
    let predicate = rule.predicate()
    let expected = events.indices.filter { predicate(events[$0]) }
    let names = Dictionary(grouping: expected) { events[$0].object["eventName"]?.comparedText ?? "" }
    #expect(events.count == 2900)
    #expect(
      names.mapValues(\.count) == ["RunInstances": 8, "TerminateInstances": 2, "ModifyInstanceAttribute": 2])
    #expect(expected == events.indices.filter { rule.condition.holds(of: events[$0]) })

    let query = try Language.athena.write(rule, options: LanguageOptions()).text
    let request = AthenaOnDuckDB(
      ddl: CloudTrailTable.ddl, events: events.map { Value.object($0.object).compactJSON },
      queries: [query, Self.handWritten])
    guard
      let answer = try Engine.run(
        "athena_duckdb.py", [request], as: AthenaOnDuckDB.Answer.self,
        skipping: "2900 CloudTrail events")?
        .first
    else { return }
    #expect(answer.results[0].error == nil)
    #expect(answer.results[0].rows == expected)
    let byHand = answer.results[1].rows?.count
    Engine.note(
      "DuckDB on \(events.count) CloudTrail events: ours \(answer.results[0].rows?.count ?? -1), by hand without NULL "
        + "guards \(byHand ?? -1); left out \(answer.leftOut.count)")
    #expect(byHand == 0)
  }

  @Test func theFirstRulesFixturesOnEveryEngine() throws {
    let rule = try Self.firstRule()
    let events = rule.fixtures.map { Value.object($0.event.object).compactJSON }
    let expected = rule.fixtures.indices.filter { rule.fixtures[$0].expected }
    let sql = try Language.athena.write(rule, options: LanguageOptions()).text
    let athena = AthenaOnDuckDB(ddl: CloudTrailTable.ddl, events: events, queries: [sql])
    if let answer = try Engine.run(
      "athena_duckdb.py", [athena], as: AthenaOnDuckDB.Answer.self,
      skipping: "5 fixtures on DuckDB")?
      .first
    {
      #expect(answer.leftOut.isEmpty)
      #expect(answer.results[0].rows == expected)
    }
    let document = try Language.sigma.write(rule, options: LanguageOptions()).text
    let sigma = EnginesSigmaTests.Request(documents: [document], events: events)
    if let answer = try Engine.run(
      "sigma_sqlite.py", [sigma], as: EnginesSigmaTests.Answer.self, skipping: "5 fixtures on SQLite")?.first
    {
      let issues = answer.results[0].issues.map { String($0.prefix { $0 != ":" }) }
      #expect(Set(issues).isSubset(of: EnginesSigmaTests.opinions))
      #expect(answer.results[0].rows == expected)
    }
  }
}
