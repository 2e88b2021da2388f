import Concord
import Foundation
import TestSupport

/// Puts the deployed Athena SQL to a real Trino: of every rule of a folder on its boundary events, or of generated
/// conditions on shared rows. `sweep trino rules FOLDER [EVENTS]`, `sweep trino conditions [COUNT] [SEED]`.
enum TrinoSweep {
  /// What Trino says.
  struct Tally: Sendable {
    var rules = 0
    var verdicts = 0
    var matches = 0
    var wrong: [String] = []
    var refused: [String: Int] = [:]

    mutating func add(_ other: Tally) {
      rules += other.rules
      verdicts += other.verdicts
      matches += other.matches
      wrong += other.wrong
      refused.merge(other.refused, uniquingKeysWith: +)
    }

    mutating func add(_ outcome: TrialOutcome, of trial: Trial) {
      switch outcome {
      case .answered(let agreement):
        rules += 1
        verdicts += agreement.outcomes.count { $0.verdict == .agrees || $0.verdict == .differs }
        matches += agreement.outcomes.count { $0.verdict == .agrees && $0.probe.expected }
        if !trial.probes.isEmpty, let first = agreement.diagnostics.first {
          wrong.append("\(trial.rule.id): \(first.message)\n  \(Notation.print(trial.rule.condition))")
        }
      case .failed(let error): wrong.append("\(trial.rule.id): \(error.code.rawValue) \(error.message)")
      case .refused(let error): refused["\(error.code.rawValue) \(error.code)", default: 0] += 1
      }
    }
  }

  /// Whether Trino says what is meant; 3 where the words are wrong.
  static func run(_ words: [String]) async throws -> Int32 {
    guard let environment = try TrinoServer.environment(for: "the sweep") else { return 1 }
    let engine = try EngineConfiguration(environment: environment, kinds: Registry.engines).engine("trino")
    let start = ContinuousClock.now
    let tally: Tally
    switch (words.first, words.dropFirst().first) {
    case ("rules", let folder?):
      let events = words.dropFirst(2).first.flatMap { Int($0) } ?? 60
      let files = (FileManager.default.enumerator(atPath: folder)?.allObjects ?? [])
        .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }.sorted()
      tally = await ask(engine, untyped, parts: chunks(files, of: 48)) { paths in
        paths.flatMap { trials(of: folder + "/" + $0, events: events, untyped) }
      }
    case ("conditions", let count):
      let count = count.flatMap { Int($0) } ?? 20_000
      let seed = words.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
      tally = await ask(engine, pool, parts: chunks(Array(0..<count), of: 400)) { numbers in
        trials(numbers.count, seed: seed &* 1_000_000 &+ UInt64(numbers[0]), pool)
      }
    default: return 3
    }
    print(
      "\(tally.rules) conditions, \(tally.verdicts) verdicts (\(tally.matches) matches), \(tally.wrong.count) wrong, "
        + "refused \(tally.refused), \(ContinuousClock.now - start)")
    for line in tally.wrong.prefix(20) { print(line) }
    return tally.wrong.isEmpty ? 0 : 1
  }

  private static var untyped: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.athena.untyped = true
    return options
  }

  private static var pool: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return options
  }

  private static func chunks<Element>(_ all: [Element], of size: Int) -> [[Element]] {
    stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
  }

  /// Makes trials on all cores, and puts them to the engine.
  private static func ask<Part: Sendable>(
    _ engine: any QueryEngine, _ options: LanguageOptions, parts: [Part],
    _ trials: @escaping @Sendable (Part) -> [Trial]
  ) async -> Tally {
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    return await withTaskGroup(of: Tally.self) { group in
      for worker in 0..<workers {
        group.addTask {
          var tally = Tally()
          for index in stride(from: worker, to: parts.count, by: workers) {
            let some = trials(parts[index])
            do throws(Diagnostic) {
              let outcomes = try Language.athena.outcomes(of: some, on: engine, options: options)
              for (outcome, trial) in zip(outcomes, some) { tally.add(outcome, of: trial) }
            } catch {
              tally.wrong.append(error.message)
            }
          }
          return tally
        }
      }
      var all = Tally()
      for await tally in group { all.add(tally) }
      return all
    }
  }

  /// The rules of a file, each on an even sample of its boundary events.
  private static func trials(of path: String, events: Int, _ options: LanguageOptions) -> [Trial] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let collection = try? Compiler(options: options).loadAll(Source(name: path, text: text))
    return (collection?.documents ?? []).map { document in
      let boundary = BoundaryEvents.events(for: document.rule.condition, fixtures: document.rule.fixtures)
      let probes = AgreementSweep.sample(boundary, 0, limit: events)
        .map { Probe(name: $0.purpose, event: $0.event) }
      return trial(of: document.rule, on: probes, options)
    }
  }

  /// Generated conditions, all on the same events.
  private static func trials(_ count: Int, seed: UInt64, _ options: LanguageOptions) -> [Trial] {
    var asked = ConditionGenerator.Options()
    asked.questions.removeAll { $0 == .anywhere }
    var conditions = ConditionGenerator(seed: seed, options: asked)
    var generator = EventGenerator(seed: seed)
    let probes = generator.events(60).map { Probe(name: "generated", event: $0) }
    return conditions.conditions(count).enumerated().map { number, condition in
      trial(of: Rule(id: "\(seed)-\(number)", title: "Sweep", condition: condition), on: probes, options)
    }
  }

  private static func trial(of rule: Rule, on probes: [Probe], _ options: LanguageOptions) -> Trial {
    let stored = (try? probes.stored(by: [.athena], for: rule, options: options)) ?? probes
    return Trial(
      of: rule,
      on: stored.map {
        Fixture(name: $0.name, expected: rule.condition.holds(of: $0.event), event: $0.event)
      })
  }
}
