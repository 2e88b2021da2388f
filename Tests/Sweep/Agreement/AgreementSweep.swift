import Concord
import Foundation
import TestSupport

/// Puts generated conditions through every target that runs in this process and counts: the wide version of the
/// agreement tests. `sweep agreement [CONDITIONS] [SEED]`, or `sweep agreement --rules FOLDER [EVENTS] [--engines]`.
enum AgreementSweep {
  /// Whether no target disagrees with the meaning.
  static func run(_ words: [String]) async -> Bool {
    // The Swift target is compiled by swiftc and has a test of its own, on fewer conditions.
    let targets = Registry.runners.filter { $0.writer != nil && $0.identifier != "swift" }
    if words.first == "--rules", let folder = words.dropFirst().first {
      let events = words.dropFirst(2).first.flatMap { Int($0) } ?? 60
      let sweep = RuleSetSweep(
        folder: folder, events: events, targets: targets, withEngines: words.contains("--engines"))
      return await sweep.run()
    }
    let arguments = words.compactMap { UInt64($0) }
    let count = Int(arguments.first ?? 20_000)
    let seed = arguments.dropFirst().first ?? 1
    let progress = Progress<TargetVerdicts>("agreement, seed \(seed)", of: count) { $0.report() }
    await progress.count(Array(0..<count), by: 10) { numbers in
      sweep(count: numbers.count, seed: seed &* 1_000_000 &+ UInt64(numbers[0]), targets: targets)
    }
    return progress.finish().faults.isEmpty
  }

  private static func sweep(count: Int, seed: UInt64, targets: [Language]) -> TargetVerdicts {
    var options = ConditionGenerator.Options()
    options.depth = 6
    var all = ConditionGenerator(seed: seed, options: options)
    // One keyword makes Athena and Splunk refuse the whole condition: nine of ten conditions do without.
    options.questions.removeAll { $0 == .anywhere }
    var most = ConditionGenerator(seed: seed &+ 1_000_000_000, options: options)
    var generator = EventGenerator(seed: seed &+ 500)
    let shown = generator.events(8)
    let others = generator.events(16)
    var verdicts = TargetVerdicts()
    var settings = LanguageOptions()
    settings.schema = Source(name: "pool.sql", text: EventPool.ddl)
    for number in 0..<count {
      let condition = number % 10 == 0 ? all.condition() : most.condition()
      var rule = Rule(id: "sweep-\(seed)-\(number)", title: "Sweep", condition: condition)
      rule.logSources = [.cloudTrail]
      rule.fixtures = shown.map { Fixture(name: "shown", expected: rule.condition.holds(of: $0), event: $0) }
      let boundary = BoundaryEvents.events(for: rule.condition, fixtures: [])
      let made = sample(boundary, number).map { Probe(name: $0.purpose, event: $0.event) }
      let probes =
        (shown + others).map { Probe(name: "generated", event: $0) }
        + ((try? made.kept(by: targets, for: rule, options: settings)) ?? made)
      verdicts.count(Agreement(of: rule, on: probes, targets: targets, options: settings))
    }
    return verdicts
  }

  /// An even sample of the boundary events of a large condition, another one for each condition.
  static func sample(_ events: [BoundaryEvent], _ number: Int, limit: Int = 120) -> [BoundaryEvent] {
    guard events.count > limit else { return events }
    let step = (events.count + limit - 1) / limit
    return stride(from: number % step, to: events.count, by: step).map { events[$0] }
  }
}
