import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import TestSupport
import Testing

@testable import ConcordAthena

/// The pool's fields as a table.
enum PoolTable {
  static let ddl: String = {
    let columns = EventPool.columns.map { "`\($0.name)` \(type($0.type))" }
    return "CREATE EXTERNAL TABLE pool (\(columns.joined(separator: ", ")))"
  }()

  static var options: LanguageOptions {
    var options = LanguageOptions()
    options.schema = Source(name: "pool.sql", text: ddl)
    return options
  }

  /// The same table with text for every leaf, as CloudTrail's is: it takes values of every type.
  static var textOptions: LanguageOptions {
    var options = LanguageOptions()
    let text = ["boolean", "bigint", "double"].reduce(ddl) { $0.replacing($1, with: "string") }
    options.schema = Source(name: "pool.sql", text: text)
    return options
  }

  private static func type(_ type: EventPool.FieldType) -> String {
    switch type {
    case .text, .address, .document: "string"
    case .boolean: "boolean"
    case .integer: "bigint"
    case .real: "double"
    case .array(let element): "array<\(self.type(element))>"
    case .structure(let columns):
      "struct<\(columns.map { "`\($0.name)`:\(self.type($0.type))" }.joined(separator: ","))>"
    }
  }
}

@Suite("The written text gives the meaning's verdict") struct AthenaAgreementTests {
  /// Conditions, and the events on which they are tried, from one seed.
  private func tries(
    seed: UInt64, fixtures: Bool, mistyped: Bool, table: LanguageOptions
  ) throws {
    var options = ConditionGenerator.Options()
    options.questions = ConditionGenerator.Question.allCases.filter { $0 != .anywhere }
    var generator = ConditionGenerator(seed: seed, options: options)
    var eventOptions = EventGenerator.Options()
    eventOptions.mistyped = mistyped ? 30 : 0
    var eventGenerator = EventGenerator(seed: seed &+ 1, options: eventOptions)
    let events = eventGenerator.events(40)
    var (written, verdicts, hits) = (0, 0, 0)
    var refusals: [String: Int] = [:]
    // What a table does not tell of arrays is refused: others are tried in its stead.
    for condition in generator.conditions(300) {
      var rule = Rule(id: "r", title: "t", condition: condition)
      if fixtures { rule.fixtures = events.prefix(8).map { Fixture(name: "f", expected: true, event: $0) } }
      let query: Query
      do {
        query = try Language.athena.write(rule, options: table)
      } catch {
        refusals[error.code.rawValue, default: 0] += 1
        continue
      }
      written += 1
      let answers = try Language.athena.run(query.text, on: events, options: table)
      for (event, answer) in zip(events, answers) {
        verdicts += 1
        if answer { hits += 1 }
        let meant = condition.holds(of: event)
        if answer != meant {
          Issue.record("meant \(meant)\n\(query.text)\n\(Value.object(event.object).compactJSON)")
          return
        }
      }
    }
    print(
      "athena agreement, seed \(seed): \(written) conditions, \(verdicts) verdicts, \(hits) true, refused \(refusals)"
    )
    #expect(written > 100 && hits > verdicts / 20 && hits < verdicts * 19 / 20)
  }

  @Test("text columns hold values of every type", arguments: [41, 42, 43] as [UInt64]) func mistyped(
    _ seed: UInt64
  ) throws {
    try tries(seed: seed, fixtures: false, mistyped: true, table: PoolTable.textOptions)
  }

  /// No struct has a field `key-name`, nor tells whether a field is an array, so the column is JSON text.
  @Test("an array of objects in a column of JSON text is asked element by element")
  func documentArrays() throws {
    let path = try #require(FieldPath(steps: [.name("tags"), .each, .name("key-name")]))
    let whole = try #require(FieldPath(steps: [.name("tags"), .each]))
    let first = try #require(FieldPath(steps: [.name("tags"), .index(0), .name("key-name")]))
    var options = LanguageOptions()
    options.athena.untyped = true
    let texts = [
      #"{"tags":[{"key-name":"x"}]}"#, #"{"tags":[{"key-name":"y"},{"key-name":"x"}]}"#, #"{"tags":[]}"#,
      #"{"tags":[{"key-name":null}]}"#, #"{"tags":[{}]}"#, #"{"tags":[null]}"#, #"{"tags":null}"#, "{}",
    ]
    let events = try texts.map { try #require(Event(try JSON.parse($0))) }
    for condition in [
      .test(path, .text(.equals("x"), .exact)), .test(path, .present),
      .not(.test(path, .text(.equals("y"), .exact))),
      .all([.test(whole, .present), .not(.test(path, .present))]),
      .test(first, .text(.equals("x"), .exact)), .test(path, .array),
    ] as [Condition] {
      let rule = Rule(id: "r", title: "t", condition: condition)
      let query = try Language.athena.write(rule, options: options)
      let answers = try Language.athena.run(query.text, on: events, options: options)
      #expect(answers == events.map { condition.holds(of: $0) }, "\(query.text)")
      // Read back it is the same, and the table keeps these events.
      let read = try Language.athena.read(Source(text: query.text), options: options)[0].rule
      #expect(Prover().compare(condition, read.condition).verdict == .equal, "\(query.text)")
      let stored = try AthenaStore.stored(events, for: rule, options: options)
      #expect(stored.allSatisfy { $0.changes.isEmpty })
    }
  }

  @Test("no table is known", arguments: [51, 52, 53] as [UInt64]) func untyped(_ seed: UInt64) throws {
    var options = LanguageOptions()
    options.athena.untyped = true
    try tries(seed: seed, fixtures: true, mistyped: false, table: options)
    try tries(seed: seed, fixtures: true, mistyped: true, table: options)
  }
}
