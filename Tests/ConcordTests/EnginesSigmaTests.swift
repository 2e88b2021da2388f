import Concord
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// The emitted Sigma documents in pySigma and, through its back end, on SQLite: `Tests/Engines/sigma_sqlite.py`.
@Suite("Engines: Sigma in pySigma and SQLite", .waitsForPrograms)
struct EnginesSigmaTests {
  struct Request: Encodable {
    var documents: [String]
    var events: [String] = []
    var validateOnly = false
  }

  struct Answer: Decodable {
    struct Result: Decodable {
      let rules: Int
      let issues: [String]
      let rows: [Int]?
      let stage: String?
      let error: String?
    }
    let results: [Result]
  }

  /// A log source of Sigma's own list, so that the validators have nothing to say about it.
  static func document(_ condition: Condition) throws(Diagnostic) -> String {
    var rule = Rule(id: "3f8a2a62-3a3e-4d3c-9d35-0b4f4a3d8f01", title: "Generated", condition: condition)
    rule.logSources = [.cloudTrail]
    return try Language.sigma.write(rule, options: LanguageOptions()).text
  }

  /// What is written for conditions, and why others are not.
  static func written(_ conditions: [Condition]) -> (all: [(Condition, String)], refused: [String: Int]) {
    var written: [(Condition, String)] = []
    var refused: [String: Int] = [:]
    for condition in conditions {
      do {
        written.append((condition, try document(condition)))
      } catch {
        refused[error.code.rawValue, default: 0] += 1
      }
    }
    return (written, refused)
  }

  /// What validators say of values, and hold against ours on purpose: a rule may ask for the text `5`, for a star,
  /// or for a control character.
  static let opinions: Set = ["NumberAsStringIssue", "EscapedWildcardIssue", "ControlCharacterIssue"]

  /// pySigma reads every document that we write, hostile texts, arrays and all, and its validators find nothing but
  /// what they say of hostile values.
  @Test func pySigmaReadsAndValidatesWhatIsWritten() throws {
    var generator = ConditionGenerator(seed: 30)
    let (written, refused) = Self.written(generator.conditions(EnginesAthenaOnDuckDBTests.conditionCount))
    let request = Request(documents: written.map(\.1), validateOnly: true)
    let what = "\(written.count) Sigma documents"
    guard let answer = try Engine.run("sigma_sqlite.py", [request], as: Answer.self, skipping: what)?.first
    else { return }
    var issues: [String: Int] = [:]
    for ((_, document), result) in zip(written, answer.results) {
      if result.rules != 1 { Issue.record("\(result.error ?? "no rule")\n\(document)") }
      for issue in result.issues { issues[String(issue.prefix { $0 != ":" }), default: 0] += 1 }
    }
    Engine.note(
      "pySigma: \(written.count) documents read; refused by the writer: \(refused); issues: \(issues)")
    #expect(Set(issues.keys).isSubset(of: Self.opinions))
  }

  /// What SQLite and its back end do as Sigma says. Left out of the questions, since the back end answers them by
  /// other rules: numbers (a column of texts orders them as texts), networks (it compares the beginnings of texts),
  /// expressions (SQLite has none of its own)
  /// and Unicode case (SQLite folds ASCII alone).
  @Test func sqliteReturnsTheEventsThatAreMeant() throws {
    var options = ConditionGenerator.Options()
    options.questions = [.present, .truthy, .equals, .pattern, .oneOf, .sameAs, .anywhere]
    options.fields = EventPool.leaves.filter { !$0.hasArray }
    options.hostileTexts = HostileValues.all.filter {
      $0.utf8.count <= 200 && $0.utf8.allSatisfy { $0 < 0x80 }
    }
    var conditions = ConditionGenerator(seed: 31, options: options)
    var eventOptions = EventGenerator.Options()
    eventOptions.hostileTexts = options.hostileTexts
    var generator = EventGenerator(seed: 32, options: eventOptions)
    let events = generator.events(200).filter {
      Value.object($0.object).compactJSON.utf8.allSatisfy { $0 < 0x80 }
    }
    let (written, refused) = Self.written(conditions.conditions(EnginesAthenaOnDuckDBTests.conditionCount))
    let request = Request(
      documents: written.map(\.1), events: events.map { Value.object($0.object).compactJSON })
    let what = "\(written.count) Sigma documents on SQLite"
    guard let answer = try Engine.run("sigma_sqlite.py", [request], as: Answer.self, skipping: what)?.first
    else { return }
    var leftOut: [String: Int] = [:]
    var verdicts = 0
    for ((condition, document), result) in zip(written, answer.results) {
      guard let rows = result.rows else {
        leftOut["\(result.stage ?? ""): \((result.error ?? "").prefix(90))", default: 0] += 1
        continue
      }
      let found = Set(rows)
      for (index, event) in events.enumerated() {
        verdicts += 1
        if found.contains(index) != condition.holds(of: event) {
          Issue.record("SQLite says \(found.contains(index)) of \(request.events[index])\n\(document)")
          break
        }
      }
    }
    Engine.note(
      "SQLite: \(written.count) documents, \(verdicts) verdicts on \(events.count) of 200 events, those in ASCII; refused \(refused); left out: \(leftOut)"
    )
  }
}
