import Concord
import ConcordAthena
import ConcordSwift
import Foundation
import TestSupport
import Testing

@testable import ConcordSplunk

/// The catalogue's acceptance conditions in every target: each emitted text is run by its platform's rules,
/// Athena's on DuckDB too, on the fixtures and on boundary events.
@Suite("Acceptance conditions on every target", .waitsForPrograms)
struct AcceptanceEnginesTests {
  /// A condition of the catalogue as a rule, with its events.
  struct Accepted {
    let rule: Rule
    let options: LanguageOptions
    let probes: [Probe]
    /// The boundary events that no column of the table holds.
    let unstored: Int
    var isCloudTrail: Bool { rule.logSources.allSatisfy(\.isCloudTrail) }

    init(_ row: Value.Object) throws {
      guard case .string(let id)? = row["id"], case .string(let text)? = row["condition"],
        case .array(let items)? = row["fixtures"], case .array(let logTypes)? = row["log_types"]
      else { throw Diagnostic(.unexpected, "a row is not a condition with its fixtures") }
      let fixtures = try items.map { try Self.fixture($0) }
      let tree = try Notation.parse(Source(name: id, text: text))
      // Under some readings a condition means nothing: Panther's own does not say how two fields compare.
      let conditions = tree.readings(near: .panther).compactMap { try? tree.condition(reading: $0) }
      let holding = conditions.first { condition in
        fixtures.allSatisfy { condition.holds(of: $0.event) == $0.expected }
      }
      var rule = Rule(id: id, title: id, condition: try #require(holding, "no reading of \(id) holds"))
      rule.fixtures = fixtures
      rule.logSources = logTypes.compactMap(\.comparedText).map {
        $0 == "AWS.CloudTrail" ? .cloudTrail : LogSource(platformName: $0)
      }
      var options = LanguageOptions()
      if !rule.logSources.allSatisfy(\.isCloudTrail) {
        options.schema = Source(name: "events.sql", text: TextTable(rule).ddl)
      }
      let boundary = BoundaryEvents.events(for: rule.condition, fixtures: fixtures)
        .map { Probe(name: $0.purpose, event: $0.event, expected: $0.expected) }
      let stored = try boundary.kept(
        by: AcceptanceEnginesTests.targets(), for: rule, options: options)
      probes = fixtures.map { Probe(name: $0.name, event: $0.event, expected: $0.expected) } + stored
      unstored = boundary.count - stored.count
      (self.rule, self.options) = (rule, options)
    }

    private static func fixture(_ value: Value) throws -> Fixture {
      guard case .object(let object) = value, case .string(let name)? = object["name"],
        case .bool(let expected)? = object["expected"], let event = object["event"].flatMap(Event.init)
      else { throw Diagnostic(.unexpected, "a fixture has no name, verdict and event") }
      return Fixture(name: name, expected: expected, event: event)
    }
  }

  /// The table of just the fields that a rule asks about: nested and repeated as its fixtures show, texts at
  /// the leaves.
  struct TextTable {
    private final class Node {
      var children: [(name: String, node: Node)] = []
      var isArray = false

      func child(_ name: String) -> Node {
        if let found = children.first(where: { $0.name == name }) { return found.node }
        let made = Node()
        children.append((name, made))
        return made
      }

      var type: String {
        let fields = children.map { "`\($0.name)`: \($0.node.type)" }.joined(separator: ", ")
        let element = children.isEmpty ? "string" : "struct<\(fields)>"
        return isArray ? "array<\(element)>" : element
      }
    }

    let ddl: String

    init(_ rule: Rule) {
      let root = Node()
      for path in rule.condition.paths {
        let arrays = path.shape(in: rule.fixtures.map(\.event)).arrays
        var node = root
        for (step, isArray) in zip(path.withoutEach.steps, arrays) {
          guard case .name(let name) = step else { break }
          node = node.child(name)
          if isArray == true { node.isArray = true }
        }
      }
      let columns = root.children.map { "  `\($0.name)` \($0.node.type)" }.joined(separator: ",\n")
      ddl = """
        CREATE EXTERNAL TABLE events (
        \(columns)
        )
        ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
        LOCATION 's3://bucket/'
        """
    }
  }

  /// What became of all conditions in one target.
  struct Tally {
    var written = 0
    var events = 0
    var verdicts = 0
    var hits = 0
    var refused: [String: [String]] = [:]

    var line: String {
      let reasons = refused.sorted { $0.key < $1.key }
        .map { "\($0.value.count) for \($0.key) (\($0.value.joined(separator: ", ")))" }
      return "\(written) conditions written, \(events) events, \(verdicts) verdicts of which \(hits) match; "
        + "refused: \(reasons.isEmpty ? "none" : reasons.joined(separator: "; "))"
    }
  }

  static func targets(without omitted: Set<String> = []) -> [Language] {
    Registry.writers.filter { $0.runner != nil && !omitted.contains($0.identifier) }
  }

  /// All conditions; `nil`, said on standard error, where they are missing.
  static func accepted() throws -> [Accepted]? {
    guard let url = Shared.url("acceptance/conditions.jsonl") else {
      Engine.note("skipped 17 acceptance conditions: no shared material")
      return nil
    }
    let source = Source(name: "conditions.jsonl", text: try String(contentsOf: url, encoding: .utf8))
    let all = try JSON.lines(source).compactMap { row in
      if case .object(let object) = row.value { try Accepted(object) } else { nil }
    }
    #expect(all.count == 17)
    #expect(all.reduce(0) { $0 + $1.rule.fixtures.count } == 65)
    return all
  }

  /// Swift has a test of its own, with one compilation for all.
  @Test func everyTargetSaysWhatIsMeant() throws {
    guard let all = try Self.accepted() else { return }
    let targets = Self.targets(without: ["swift"])
    var tallies: [String: Tally] = [:]
    for item in all {
      let agreement = Agreement(of: item.rule, on: item.probes, targets: targets, options: item.options)
      #expect(agreement.failingFixtures.isEmpty, "\(item.rule.id)")
      for column in agreement.columns {
        let id = "\(item.rule.id) in \(column.name)"
        switch column.outcome {
        case .refused(let reason):
          let text = "\(reason.code.rawValue) \(reason.message)"
          tallies[column.language, default: Tally()].refused[text, default: []].append(item.rule.id)
        case .failed(let query, let failure, let probe):
          let event = probe.map { Value.object(item.probes[$0].event.object).compactJSON } ?? "no event"
          Issue.record("\(id): \(failure.code.rawValue) \(failure.message) on \(event)\n\(query)")
        case .ran(let query, let verdicts):
          tallies[column.language, default: Tally()].written += 1
          tallies[column.language, default: Tally()].events += item.probes.count
          tallies[column.language, default: Tally()].verdicts += verdicts.count
          tallies[column.language, default: Tally()].hits += verdicts.count { $0 }
          if let first = agreement.firstDisagreement(of: column.language) {
            let event = Value.object(item.probes[first].event.object).compactJSON
            Issue.record("\(id): not \(verdicts[first]) on \(item.probes[first].name): \(event)\n\(query)")
          }
        }
      }
    }
    for target in targets {
      let tally = tallies[target.identifier, default: Tally()]
      Engine.note("acceptance, \(target.name): \(tally.line)")
      // Sigma compares two fields in ignored case alone.
      let refused = target.identifier == "sigma" ? ["OneLogin.PasswordAccess"] : []
      #expect(Array(tally.refused.values.joined()) == refused)
      #expect(tally.written + refused.count == 17)
      #expect(tally.hits > 17 && tally.verdicts - tally.hits > 17)
    }
    Engine.note(
      "acceptance: \(all.reduce(0) { $0 + $1.unstored }) boundary events fit no column of the table")
  }

  @Test func swiftSaysWhatIsMeant() throws {
    guard let all = try Self.accepted() else { return }
    let (text, types) = try SwiftSource.write(all: all.map(\.rule), options: LanguageOptions())
    let program = try SwiftProgram(source: text, types: types, eventType: "Event")
    defer { program.remove() }
    // Every rule is asked about every rule's events.
    let events = all.flatMap { $0.probes.map(\.event) }
    let verdicts = try program.run(on: events)
    #expect(verdicts.count == 17)
    var hits = 0
    for (item, row) in zip(all, verdicts) {
      hits += row.count { $0 }
      for (event, verdict) in zip(events, row) where item.rule.condition.holds(of: event) != verdict {
        Issue.record("\(item.rule.id): not \(verdict) on \(Value.object(event.object).compactJSON)")
      }
    }
    let count = verdicts.joined().count
    Engine.note(
      "acceptance, Swift: \(types.count) conditions written, \(events.count) events, \(count) verdicts "
        + "of which \(hits) match; refused: none")
    #expect(hits > 17)
  }

  @Test func athenaOnDuckDBReturnsTheEventsThatAreMeant() throws {
    guard let all = try Self.accepted() else { return }
    var requests: [AthenaOnDuckDB] = []
    var asked: [Accepted] = []
    var tally = Tally()
    for item in all {
      do {
        let query = try Language.athena.write(item.rule, options: item.options).text
        requests.append(
          AthenaOnDuckDB(
            ddl: item.options.schema?.text ?? CloudTrailTable.ddl,
            events: item.probes.map { Value.object($0.event.object).compactJSON }, queries: [query]))
        asked.append(item)
      } catch {
        tally.refused["\(error.code.rawValue) \(error.message)", default: []].append(item.rule.id)
      }
    }
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", requests, as: AthenaOnDuckDB.Answer.self,
        skipping: "\(requests.count) acceptance conditions on DuckDB")
    else { return }
    var leftOut: [String: Int] = [:]
    for ((item, request), answer) in zip(zip(asked, requests), answers) {
      let query = request.queries.joined()
      guard let rows = answer.results.first?.rows else {
        Issue.record("\(item.rule.id): \(answer.results.first?.error ?? "no answer")\n\(query)")
        continue
      }
      tally.written += 1
      tally.events += item.probes.count
      for reason in answer.leftOut.values { leftOut["\(reason) (\(item.rule.id))", default: 0] += 1 }
      // Without a matching event the condition would be untested.
      #expect(!rows.isEmpty && answer.leftOut.count < item.rule.fixtures.count, "\(item.rule.id)")
      let found = Set(rows)
      tally.hits += found.count
      for (index, probe) in item.probes.enumerated() where answer.leftOut[index] == nil {
        tally.verdicts += 1
        if found.contains(index) != item.rule.condition.holds(of: probe.event) {
          Issue.record("\(item.rule.id): not \(found.contains(index)) on \(request.events[index])\n\(query)")
        }
      }
    }
    let cloudTrail = asked.count { $0.isCloudTrail }
    Engine.note(
      "acceptance, Athena SQL on DuckDB (\(cloudTrail) over CloudTrail's table, \(asked.count - cloudTrail) "
        + "over tables of text columns): \(tally.line); events left out: \(leftOut)")
    #expect(cloudTrail >= 2)
    #expect(tally.hits > 17 && tally.verdicts - tally.hits > 17)
  }

  @Test func theFirstRulesSelfTestOnDuckDB() throws {
    guard try Engine.isAvailable(for: "the self-test of our first rule on DuckDB"), let python = Engine.python
    else { return }
    let rule = try EnginesRealEventsTests.firstRule()
    let statement = try Language.athena.selfTest(rule, options: LanguageOptions()).text
    let engine = try EngineConfiguration(
      environment: [
        "CONCORD_ENGINES_PYTHON": python.path, "CONCORD_ENGINE_TIMEOUT": "60",
      ], kinds: Registry.engines
    ).engine("duckdb")
    let rows = try engine.rows(of: statement)
    let names = rows.compactMap { $0["fixture"]?.comparedText }
    #expect(names == rule.fixtures.map(\.name))
    #expect(rows.map { $0["expected"] } == rule.fixtures.map { .bool($0.expected) })
    #expect(rows.map { $0["actual"] } == rule.fixtures.map { .bool($0.expected) })
    let agreement = EngineAgreement(
      engine: engine.identifier, probes: rule.fixtures.map(EngineAgreement.Probe.init), rows: rows)
    #expect(agreement.isClean, "\(agreement.diagnostics)")
    let agreeing = agreement.outcomes.count { $0.verdict == .agrees }
    #expect(agreeing == 5)
    Engine.note("self-test of our first rule on DuckDB: \(agreeing) of \(rows.count) rows as expected")
  }

  @Test func theFirstRulesSelfTestInSPL() throws {
    let rule = try EnginesRealEventsTests.firstRule()
    let query = try Language.splunk.selfTest(rule, options: LanguageOptions())
    let rows = try SplunkRunner(query: try SplunkParser.parse(Source(text: query.text))).rows()
    let shown = rows.map { row in ["fixture", "expected", "actual"].map { row[$0].text } }
    #expect(shown == rule.fixtures.map { [$0.name, "\($0.expected)", "\($0.expected)"] })
    #expect(shown.count == 5)
  }
}
