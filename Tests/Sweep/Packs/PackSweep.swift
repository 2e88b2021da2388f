import Concord
import Foundation
import TestSupport

/// Generated lists of rules as statements for several, in every language that has such: each rule proved from the text,
/// and the text executed on the boundary events of all its rules. `sweep packs [PACKS] [SEED]`; with `--engine NAME` the
/// statements are put to a real system instead.
enum PackSweep {
  /// How many events a rule brings.
  private static let boundary = 8

  /// Whether nothing disagrees, and every rule is proved whose own query is.
  static func run(_ words: [String]) async -> Bool {
    let numbers = words.compactMap { UInt64($0) }
    let (count, seed) = (Int(numbers.first ?? 2_000), numbers.dropFirst().first ?? 1)
    if let place = words.firstIndex(of: "--engine"), words.indices.contains(place + 1) {
      return onEngine(words[place + 1], count, seed)
    }
    let progress = Progress<PackTally>("packs, seed \(seed)", of: count) { print($0.line) }
    await progress.count(Array(0..<count), by: 1) { numbers in
      numbers.reduce(into: PackTally()) { $0.add(tally(of: seed &* 1_000_000 &+ UInt64($1))) }
    }
    return progress.finish().faults.isEmpty
  }

  private static var settings: LanguageOptions {
    var settings = LanguageOptions()
    settings.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return settings
  }

  private static func tally(of seed: UInt64) -> PackTally {
    var generator = PackGenerator(seed: seed)
    let rules = generator.rules()
    var tally = PackTally()
    for language in Registry.languages where language.packs != nil {
      guard let packing = try? language.pack(rules, options: settings) else { continue }
      tally.alone += packing.alone.count
      for statement in packing.statements {
        let members = statement.members.map { (label: packing.labels[$0], rule: rules[$0]) }
        let name = "\(language.identifier), seed \(seed)"
        tally.prove(statement.query, members, language, settings, name)
        do {
          let events = try PackAgreement.events(
            for: members.map(\.rule), in: language, boundary: boundary, options: settings)
          tally.add(
            try PackAgreement(of: statement.query, for: members, in: language, on: events, options: settings),
            members.count, name)
        } catch {
          tally.faults.append("\(name): \(error)")
        }
      }
    }
    return tally
  }

  private static func onEngine(_ name: String, _ count: Int, _ seed: UInt64) -> Bool {
    let configuration = EngineConfiguration(
      environment: ProcessInfo.processInfo.environment, kinds: Registry.engines)
    guard let engine = try? configuration.engine(name),
      let language = Registry.languages.first(where: { $0.engines.contains { $0.name == name } }),
      let kind = language.engines.first(where: { $0.name == name }), let trial = language.packs?.trial
    else {
      print("`\(name)` is not configured, or takes no statements for several rules")
      return false
    }
    var tally = PackTally()
    for number in 0..<UInt64(count) {
      var generator = PackGenerator(seed: seed &* 1_000_000 &+ number)
      let rules = generator.rules()
      guard let packing = try? language.pack(rules, options: settings) else { continue }
      for statement in packing.statements {
        let members = statement.members.map { (label: packing.labels[$0], rule: rules[$0]) }
        let labels = members.map(\.label)
        do {
          let all = try PackAgreement.events(
            for: members.map(\.rule), in: language, boundary: 4, options: settings)
          let events = all.enumerated().filter { $0.offset.isMultiple(of: max(1, all.count / 80)) }.map(
            \.element)
          let text = try trial(statement.query.text, labels, events, kind, settings)
          let given = PackRole.lists(in: try engine.rows(of: text), labels, events: events.count)
          tally.add(
            PackAgreement(
              events, expected: events.map { PackAgreement.labels(of: members, on: $0) }, given: given),
            members.count, "\(name), pack \(number)")
        } catch {
          tally.faults.append("\(name), pack \(number): \(error)")
        }
      }
    }
    print(tally.line)
    for fault in tally.faults.prefix(5) { print(fault) }
    return tally.faults.isEmpty
  }
}

/// What came of statements for several rules.
struct PackTally: Tally {
  private var statements = 0
  private var rules = 0
  /// How many rules stand in no statement.
  var alone = 0
  private var proved = 0
  /// How many are not proved, and their own queries neither.
  private var unknown = 0
  private var events = 0
  private var verdicts = 0
  private var matches = 0
  var faults: [String] = []

  mutating func add(_ other: PackTally) {
    statements += other.statements
    rules += other.rules
    alone += other.alone
    proved += other.proved
    unknown += other.unknown
    events += other.events
    verdicts += other.verdicts
    matches += other.matches
    faults += other.faults
  }

  var line: String {
    "\(statements) statements for \(rules) rules, \(alone) alone; \(proved) proved, \(unknown) as little as alone; "
      + "\(events) events, \(verdicts) verdicts, \(matches) matches; \(faults.count) faults"
  }

  /// Adds what executing a statement for so many rules said.
  mutating func add(_ run: PackAgreement, _ count: Int, _ name: String) {
    statements += 1
    rules += count
    events += run.eventCount
    verdicts += run.eventCount * count
    matches += run.matchCount
    faults += run.disagreements.map {
      "\(name): \(Value.object($0.event.object).compactJSON): \($0.expected ?? []), not \($0.given ?? [])"
    }
  }

  /// Adds what is proved of a statement.
  mutating func prove(
    _ query: Query, _ members: [(label: String, rule: Rule)], _ language: Language,
    _ options: LanguageOptions,
    _ name: String
  ) {
    let proof = PackProof(of: query, for: members, in: language, options: options)
    if let failure = proof.failure { faults.append("\(name): \(failure.message)") }
    for (own, member) in zip(proof.proofs, members) {
      if case .proved = own.outcome {
        proved += 1
        continue
      }
      if case .unknown = own.outcome, let query = try? language.write(member.rule, options: options),
        case .unknown = TranslationProof(of: query, for: member.rule, in: language, options: options).outcome
      {
        unknown += 1
        continue
      }
      faults.append("\(name): \(member.label): \(own.outcome) \(Notation.print(member.rule.condition))")
    }
  }
}
