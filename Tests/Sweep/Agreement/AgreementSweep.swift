import Concord
import Foundation
import TestSupport

/// Puts generated conditions through every target that runs in this process and counts: the wide version of the
/// agreement tests. `sweep agreement [CONDITIONS] [SEED]`, or `sweep agreement --rules FOLDER [EVENTS] [--engines]`.
enum AgreementSweep {
  /// What one target made of the conditions.
  struct Tally: Sendable {
    var written = 0
    var verdicts = 0
    var hits = 0
    var disagreements: [String] = []
    var refusals: [String: Int] = [:]

    mutating func add(_ other: Tally) {
      written += other.written
      verdicts += other.verdicts
      hits += other.hits
      disagreements += other.disagreements
      refusals.merge(other.refusals, uniquingKeysWith: +)
    }
  }

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
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let tallies = await withTaskGroup(of: [String: Tally].self) { group in
      for worker in 0..<workers {
        group.addTask {
          sweep(count: count / workers, seed: seed &* 1000 &+ UInt64(worker), targets: targets)
        }
      }
      var all: [String: Tally] = [:]
      for await tallies in group { all.merge(tallies) { $0.adding($1) } }
      return all
    }
    print("\(count / workers * workers) conditions, seed \(seed)")
    report(tallies)
    return tallies.values.allSatisfy(\.disagreements.isEmpty)
  }

  private static func sweep(count: Int, seed: UInt64, targets: [Language]) -> [String: Tally] {
    var options = ConditionGenerator.Options()
    options.depth = 6
    var all = ConditionGenerator(seed: seed, options: options)
    // One keyword makes Athena and Splunk refuse the whole condition: nine of ten conditions do without.
    options.questions.removeAll { $0 == .anywhere }
    var most = ConditionGenerator(seed: seed &+ 1_000_000, options: options)
    var generator = EventGenerator(seed: seed &+ 500)
    let shown = generator.events(8)
    let others = generator.events(16)
    var tallies: [String: Tally] = [:]
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
        + ((try? made.stored(by: targets, for: rule, options: settings)) ?? made)
      let agreement = Agreement(of: rule, on: probes, targets: targets, options: settings)
      for column in agreement.columns {
        tallies[column.language, default: Tally()].count(column, in: agreement)
      }
    }
    return tallies
  }

  /// An even sample of the boundary events of a large condition, another one for each condition.
  static func sample(_ events: [BoundaryEvent], _ number: Int, limit: Int = 120) -> [BoundaryEvent] {
    guard events.count > limit else { return events }
    let step = (events.count + limit - 1) / limit
    return stride(from: number % step, to: events.count, by: step).map { events[$0] }
  }

  /// Prints what each target made of it.
  static func report(_ tallies: [String: Tally]) {
    for (language, tally) in tallies.sorted(by: { $0.key < $1.key }) {
      print(
        "\(language): \(tally.written) written, \(tally.verdicts) verdicts (\(tally.hits) matches), "
          + "\(tally.disagreements.count) disagreements")
      for (reason, times) in tally.refusals.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        print("  refused \(times): \(reason)")
      }
      for disagreement in tally.disagreements.prefix(5) { print(disagreement) }
    }
  }
}

extension AgreementSweep.Tally {
  func adding(_ other: AgreementSweep.Tally) -> AgreementSweep.Tally {
    var sum = self
    sum.add(other)
    return sum
  }

  mutating func count(_ column: Agreement.Column, in agreement: Agreement) {
    switch column.outcome {
    case .refused(let diagnostic):
      refusals[
        "\(diagnostic.code.rawValue) \(AgreementSweep.Tally.reason(diagnostic.message))", default: 0] += 1
    case .failed(let query, let diagnostic, _):
      written += 1
      disagreements.append("does not run: \(diagnostic.message)\n\(query)")
    case .ran(let query, let found):
      written += 1
      verdicts += found.count
      hits += found.filter { $0 }.count
      if let index = agreement.firstDisagreement(of: column.language) {
        let event = Value.object(agreement.probes[index].event.object).compactJSON
        disagreements.append(
          "\(agreement.probes[index].name): means \(agreement.meaning[index]), says \(found[index])\n"
            + "\(Notation.print(agreement.rule.condition))\n\(query)\(event)")
      }
    }
  }

  /// A message without the names in it, so that equal reasons count together.
  private static func reason(_ message: String) -> String {
    message.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined(separator: "`")
  }
}
