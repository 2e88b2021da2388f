import Concord
import Foundation
import TestSupport
import Testing

/// Statements for several rules on real engines: each event must be given with the labels of the rules that hold of it.
@Suite("Packs on engines", .serialized, .waitsForPrograms)
struct EnginesPackTests {
  /// DuckDB; `nil` where there is none.
  private static func duckDB(for what: String) throws -> (any QueryEngine)? {
    guard try Engine.isAvailable(for: what), let python = Engine.python else { return nil }
    let environment = ["CONCORD_ENGINES_PYTHON": python.path, "CONCORD_ENGINE_TIMEOUT": "300"]
    return try EngineConfiguration(environment: environment, kinds: Registry.engines).engine("duckdb")
  }

  /// What an engine says of statements.
  struct Tally {
    var statements = 0
    var rules = 0
    var events = 0
    var matches = 0
    var wrong: [String] = []

    /// Puts the statements for these rules to an engine, with some of the boundary events of all.
    mutating func ask(
      _ rules: [Rule], _ engine: any QueryEngine, _ options: LanguageOptions, limit: Int
    ) throws {
      let packing = try Language.athena.pack(rules, options: options)
      let role = try #require(Language.athena.packs)
      let kind = try #require(Language.athena.engines.first { $0.name == engine.identifier })
      for statement in packing.statements {
        let members = statement.members.map { (label: packing.labels[$0], rule: rules[$0]) }
        let all = try PackTests.events(members, .athena, options, boundary: 8)
        let step = max(1, (all.count + limit - 1) / limit)
        let events = stride(from: 0, to: all.count, by: step).map { all[$0] }
        let trial = try #require(role.trial)
        let labels = members.map(\.label)
        let text = try trial(statement.query.text, labels, events, kind, options)
        let lists = PackRole.lists(in: try engine.rows(of: text), labels, events: events.count)
        let found = PackAgreement(
          events, expected: events.map { PackAgreement.labels(of: members, on: $0) }, given: lists)
        statements += 1
        self.rules += members.count
        self.events += found.eventCount
        matches += found.matchCount
        wrong += found.disagreements.map {
          "\(Value.object($0.event.object).compactJSON): \($0.expected ?? []), not \($0.given ?? [])\n\(text)"
        }
      }
    }

    func report(_ engine: String) {
      Engine.note(
        "packs on \(engine): \(statements) statements for \(rules) rules, \(events) events with \(matches) matches, "
          + "\(wrong.count) wrong")
      #expect(wrong.isEmpty, "\(wrong.first ?? "")")
      #expect(statements > 0 && matches > 0)
    }
  }

  @Test("generated packs on DuckDB")
  func duckDB() throws {
    guard let engine = try Self.duckDB(for: "6 packs on DuckDB") else { return }
    // DuckDB's expressions know no look-around, by which `\b` is spelled; Trino is asked them.
    var asked = ConditionGenerator.Options()
    asked.questions.removeAll { $0 == .regex }
    asked.depth = 2
    var generator = PackGenerator(seed: 19, sizes: 2...12, options: asked)
    var tally = Tally()
    for _ in 0..<6 { try tally.ask(generator.rules(), engine, PackTests.pool, limit: 60) }
    tally.report("DuckDB")
  }

  @Test("packs on Trino: generated ones, and one of CloudTrail's in several lists")
  func trino() throws {
    guard let engine = try TrinoTests.engine(for: "3 packs on Trino") else { return }
    var generator = PackGenerator(seed: 20, sizes: 2...12)
    var tally = Tally()
    for _ in 0..<2 { try tally.ask(generator.rules(), engine, PackTests.pool, limit: 60) }
    tally.report("Trino")
  }
}
