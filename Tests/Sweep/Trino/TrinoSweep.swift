import Concord
import Foundation
import TestSupport

/// Puts the deployed Athena SQL to a real Trino: of every rule of a folder on its boundary events, or of generated
/// conditions on shared rows; or pySigma's beside it. `sweep trino rules FOLDER [EVENTS]`, `sweep trino conditions
/// [COUNT] [SEED] [FIRST]`, `sweep trino peers FOLDER [EVENTS]`.
enum TrinoSweep {
  /// Whether Trino says what is meant; 3 where the words are wrong.
  static func run(_ words: [String]) async throws -> Int32 {
    guard let environment = try TrinoServer.environment(for: "the sweep") else { return 1 }
    let engine = try EngineConfiguration(environment: environment, kinds: Registry.engines).engine("trino")
    switch (words.first, words.dropFirst().first) {
    case ("rules", let folder?):
      let events = words.dropFirst(2).first.flatMap { Int($0) } ?? 60
      let files = Corpus.files(in: folder)
      return await ask(engine, .untyped, "trino rules, files", files, by: 24) { paths in
        paths.flatMap { trials(of: folder + "/" + $0, events: events, .untyped) }
      }
    case ("peers", let folder?):
      let events = words.dropFirst(2).first.flatMap { Int($0) } ?? 40
      let every = words.dropFirst(3).first.flatMap { Int($0) } ?? 1
      return try await PeerSweep(engine: engine, folder: folder, events: events, every: every).run()
    case ("conditions", let count):
      let count = count.flatMap { Int($0) } ?? 20_000
      let seed = words.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
      // A run that was interrupted goes on from a multiple of the parts' size.
      let first = words.dropFirst(3).first.flatMap { Int($0) } ?? 0
      return await ask(engine, pool, "trino conditions from \(first)", Array(first..<first + count), by: 40) {
        numbers in
        trials(numbers.count, seed: seed &* 1_000_000 &+ UInt64(numbers[0]), pool)
      }
    default: return 3
    }
  }

  private static var pool: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return options
  }

  /// Makes trials of some things at a time, on all cores, and puts them to the engine: 0 where it says what is meant.
  private static func ask<Element: Sendable>(
    _ engine: any QueryEngine, _ options: LanguageOptions, _ name: String, _ all: [Element], by size: Int,
    _ trials: @escaping @Sendable ([Element]) -> [Trial]
  ) async -> Int32 {
    let progress = Progress<Verdicts>(name, of: all.count) { $0.report("trino") }
    await progress.count(all, by: size) { part in
      let some = trials(part)
      var verdicts = Verdicts()
      do throws(Diagnostic) {
        let outcomes = try Language.athena.outcomes(of: some, on: engine, options: options)
        for (outcome, trial) in zip(outcomes, some) { verdicts.count(outcome, of: trial) }
      } catch {
        verdicts.errors.append(error.message)
      }
      return verdicts
    }
    let verdicts = progress.finish()
    return verdicts.faults.isEmpty && verdicts.verdicts > 0 ? 0 : 1
  }

  /// The rules of a file, each on an even sample of its boundary events.
  private static func trials(of path: String, events: Int, _ options: LanguageOptions) -> [Trial] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let collection = try? Compiler(options: options).loadAll(Source(name: path, text: text))
    return (collection?.documents ?? []).map { trial(of: $0.rule, events: events, options) }
  }

  /// A rule on an even sample of its boundary events.
  static func trial(of rule: Rule, events: Int, _ options: LanguageOptions) -> Trial {
    let boundary = BoundaryEvents.events(for: rule.condition, fixtures: rule.fixtures)
    let probes = AgreementSweep.sample(boundary, 0, limit: events).map {
      Probe(name: $0.purpose, event: $0.event)
    }
    return trial(of: rule, on: probes, options)
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
    let stored = (try? probes.kept(by: [.athena], for: rule, options: options)) ?? probes
    return Trial(
      of: rule,
      on: stored.map {
        Fixture(name: $0.name, expected: rule.condition.holds(of: $0.event), event: $0.event)
      })
  }
}

extension Verdicts {
  fileprivate mutating func count(_ outcome: TrialOutcome, of trial: Trial) {
    switch outcome {
    case .answered(let agreement):
      conditions += 1
      verdicts += agreement.outcomes.count { $0.verdict == .agrees || $0.verdict == .differs }
      matches += agreement.outcomes.count { $0.verdict == .agrees && $0.probe.expected }
      if !trial.probes.isEmpty, let first = agreement.diagnostics.first {
        let probe = zip(agreement.outcomes, trial.probes).first { $0.0.verdict != .agrees }?.1
        let event = probe.map { Value.object($0.event.object).compactJSON } ?? ""
        wrong.append(
          "\(trial.rule.id): \(first.message)\n  \(event)\n  \(Notation.print(trial.rule.condition))")
      }
    case .failed(let error): errors.append("\(trial.rule.id): \(error.code.rawValue) \(error.message)")
    case .refused(let error): refuse(error)
    }
  }
}
