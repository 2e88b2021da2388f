import Concord
import ConcordAthena
import Foundation
import TestSupport
import Testing

/// The emitted Athena SQL on DuckDB, over tables made from the DDL: `Tests/Engines/athena_duckdb.py`.
@Suite("Engines: Athena SQL on DuckDB", .waitsForPrograms)
struct EnginesAthenaOnDuckDBTests {
  /// How many generated conditions to run; the environment may ask for more.
  static let conditionCount =
    ProcessInfo.processInfo.environment["CONCORD_ENGINE_CONDITIONS"].flatMap(Int.init) ?? 300

  @Test func generatedConditionsReturnTheEventsThatTheyMean() throws {
    // A keyword search is refused: a table has no text of the whole event.
    var questions = ConditionGenerator.Options()
    questions.questions.removeAll { $0 == .anywhere }
    var conditions = ConditionGenerator(seed: 20, options: questions)
    var generator = EventGenerator(seed: 21)
    let events = generator.events(150)
    var written: [(condition: Condition, query: String)] = []
    var leftOut: [String: Int] = [:]
    var options = LanguageOptions()
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    for condition in conditions.conditions(Self.conditionCount) {
      do {
        let rule = Rule(id: "r", title: "t", condition: condition)
        written.append((condition, try Language.athena.write(rule, options: options).text))
      } catch {
        // The text without the names in it.
        let words = error.message.split(separator: "`", omittingEmptySubsequences: false)
        let reason = words.indices.map { $0 % 2 == 0 ? String(words[$0]) : "…" }.joined()
        leftOut["\(error.code.rawValue) \(reason)", default: 0] += 1
      }
    }
    let request = AthenaOnDuckDB(
      ddl: EventPool.ddl, events: events.map { Value.object($0.object).compactJSON },
      queries: written.map(\.query)
    )
    let what = "\(written.count) generated conditions"
    guard
      let answer = try Engine.run(
        "athena_duckdb.py", [request], as: AthenaOnDuckDB.Answer.self, skipping: what)?.first
    else { return }
    var verdicts = 0
    for ((condition, query), result) in zip(written, answer.results) {
      guard let rows = result.rows else {
        Issue.record("\(result.stage ?? ""): \(result.error ?? "") in\n\(query)")
        continue
      }
      let found = Set(rows)
      for (index, event) in events.enumerated() where answer.leftOut[index] == nil {
        verdicts += 1
        if found.contains(index) != condition.holds(of: event) {
          Issue.record("DuckDB says \(found.contains(index)) of \(request.events[index])\n\(query)")
        }
      }
    }
    Engine.note("DuckDB: \(written.count) queries, \(verdicts) verdicts; left out: \(leftOut)")
    Engine.note(
      "DuckDB: \(answer.leftOut.count) of \(events.count) events left out: \(counts(answer.leftOut.values))")
    #expect(verdicts > Self.conditionCount * 30)
  }

  func counts(_ reasons: some Sequence<String>) -> [String: Int] {
    reasons.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
