import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordScan
import ConcordSigma
import ConcordVerification
import Foundation
import TestSupport
import Testing

/// The engine says of every event what the meaning says: with indexes, without, and with the raw filter alone.
@Suite("The engine and the meaning")
struct EngineEqualityTests {
  /// Asks all ways and records where one differs; how many verdicts were compared, and how many were hits.
  static func compare(
    _ conditions: [Condition], _ events: [[UInt8]], _ name: String, single: Bool = false
  ) -> (verdicts: Int, hits: Int) {
    var ways = [
      RuleSet(conditions, indexThreshold: 1).makeMatcher(),
      RuleSet(conditions, indexThreshold: .max).makeMatcher(),
      RuleSet(conditions, checking: .candidates).makeMatcher(),
    ]
    if single { ways += conditions.map { RuleSet([$0], checking: .candidates).makeMatcher() } }
    var (verdicts, hits, reported) = (0, 0, 0)
    for event in events {
      let expected = ReferenceVerdict.matches(conditions, event)
      verdicts += conditions.count
      hits += expected?.count ?? 0
      for (way, matcher) in ways.enumerated() {
        // Where only candidates are checked, an event that is none may be passed over with a fault in it.
        let forgiving = way >= 2 && expected == nil
        let found = event.withUnsafeBytes { try? matcher.matches($0) }
        let wanted = way < 3 ? expected : expected.map { $0.contains(way - 3) ? [0] : [] }
        if found == wanted || (forgiving && found == []) { continue }
        reported += 1
        if reported > 5 { continue }
        Issue.record(
          """
          \(name), way \(way): engine \(String(describing: found)), meaning \(String(describing: wanted)) of
          \(String(decoding: event, as: UTF8.self))
          """)
      }
    }
    return (verdicts, hits)
  }

  @Test("generated conditions and events", arguments: [1, 2, 3, 4] as [UInt64])
  func generated(seed: UInt64) {
    var options = EventGenerator.Options()
    options.mistyped = 20
    var conditionOptions = ConditionGenerator.Options()
    conditionOptions.fields = EventPool.fields
    var total = (verdicts: 0, hits: 0)
    for round in 0..<12 as Range<UInt64> {
      var conditions = ConditionGenerator(seed: seed &* 1000 &+ round, options: conditionOptions)
      var events = EventGenerator(seed: seed &* 2000 &+ round, options: options)
      var spelling = JSONSpelling(seed: seed &* 3000 &+ round)
      let made = events.events(25).map { spelling.bytes($0) }
      let found = EngineEqualityTests.compare(
        conditions.conditions(16), made, "seed \(seed), round \(round)", single: true)
      total = (total.verdicts + found.verdicts, total.hits + found.hits)
    }
    #expect(total.hits > 500 && total.verdicts - total.hits > 500, "both verdicts are shown: \(total)")
  }

  @Test("boundary events of generated conditions", arguments: [1, 2] as [UInt64])
  func boundary(seed: UInt64) {
    var conditions = ConditionGenerator(seed: seed &+ 50)
    var spelling = JSONSpelling(seed: seed)
    var total = (verdicts: 0, hits: 0)
    for condition in conditions.conditions(30) {
      let events = BoundaryEvents.events(for: condition).prefix(40).map { spelling.bytes($0.event) }
      let found = EngineEqualityTests.compare(
        [condition], Array(events), "boundary, seed \(seed)", single: true)
      total = (total.verdicts + found.verdicts, total.hits + found.hits)
    }
    #expect(total.hits > 100 && total.verdicts - total.hits > 100, "both verdicts are shown: \(total)")
  }

  @Test("CloudTrail's events and all conditions on them")
  func cloudTrail() throws {
    guard let events = try CloudTrailCorpus.lines() else { return }
    let accepted = try Self.acceptance()
    let sigma = try Self.sigma("rules/cloud/aws/cloudtrail")
    #expect(events.count == 2900 && accepted.count == 34 && sigma.count >= 50)
    // A debug build is slow: the gate takes a sample, `CONCORD_WIDE=1` all.
    let sample = ProcessInfo.processInfo.environment["CONCORD_WIDE"] == nil ? 16 : 1
    let chosen = stride(from: 0, to: events.count, by: sample).map { events[$0] }
    let found = EngineEqualityTests.compare(
      accepted + sigma, chosen, "CloudTrail", single: sample == 1)
    Engine.note(
      "CloudTrail: \(chosen.count) events, \(accepted.count + sigma.count) conditions, \(found.hits) hits")
    #expect(found.hits > 0)
  }

  @Test("recorded Windows events and all rules for Windows")
  func windows() throws {
    let events = try RegressionCase.all().flatMap(\.events)
      .map { Array(Value.object($0.object).compactJSON.utf8) }
    if events.isEmpty { return }
    let isWide = ProcessInfo.processInfo.environment["CONCORD_WIDE"] != nil
    let rules = try Self.sigma("rules/windows", every: isWide ? 1 : 4)
    let chosen = isWide ? events : stride(from: 0, to: events.count, by: 9).map { events[$0] }
    let found = EngineEqualityTests.compare(rules, chosen, "Windows")
    Engine.note("Windows: \(chosen.count) events, \(rules.count) rules, \(found.hits) hits")
    #expect(rules.count > (isWide ? 2000 : 500) && found.hits > 2)
  }

  /// The conditions of the catalogue under two readings.
  static func acceptance() throws -> [Condition] {
    guard let url = Shared.url("acceptance/conditions.jsonl") else { return [] }
    let source = Source(name: "conditions.jsonl", text: try String(contentsOf: url, encoding: .utf8))
    return try JSON.lines(source).flatMap { document -> [Condition] in
      guard case .object(let object) = document.value, case .string(let text)? = object["condition"] else {
        return []
      }
      let tree = try Notation.parse(Source(text: text))
      return try ["cross_field=differs", "case=ignored,cross_field=same"].map {
        try tree.condition(reading: Reading($0))
      }
    }
  }

  /// The conditions of every so many public rules of a folder.
  static func sigma(_ folder: String, every step: Int = 1) throws -> [Condition] {
    guard let root = Shared.url("corpora/sigma/\(folder)") else { return [] }
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
    let files = found.compactMap { $0 as? URL }.filter { $0.pathExtension == "yml" }.sorted {
      $0.path < $1.path
    }
    return try stride(from: 0, to: files.count, by: step).flatMap { index in
      let file = files[index]
      let source = Source(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
      return try Language.sigma.read(source, options: LanguageOptions()).map(\.rule.condition)
    }
  }
}
