import Concord
import Foundation
import TestSupport
import Testing

/// The deployed text on a real Trino 414, which Amazon Athena's engine version 3 is near to: `Tests/Engines/trino`.
@Suite("Athena SQL on a real Trino", .serialized, .waitsForTrino)
struct TrinoTests {
  /// What Trino says of many trials.
  struct Tally {
    var rules = 0
    var verdicts = 0
    var matches = 0
    var wrong: [String] = []
    var refused: [String: Int] = [:]

    /// Counts what an engine says of trials.
    mutating func add(_ outcomes: [TrialOutcome], of trials: [Trial]) {
      for (outcome, trial) in zip(outcomes, trials) {
        switch outcome {
        case .answered(let agreement):
          rules += 1
          verdicts += agreement.outcomes.count { $0.verdict == .agrees || $0.verdict == .differs }
          matches += agreement.outcomes.count { $0.verdict == .agrees && $0.probe.expected }
          guard let first = agreement.diagnostics.first else { continue }
          let probe = zip(agreement.outcomes, trial.probes).first { $0.0.verdict != .agrees }?.1
          let event = probe.map { Value.object($0.event.object).compactJSON } ?? ""
          wrong.append("\(trial.rule.id): \(first.message) \(Notation.print(trial.rule.condition)) \(event)")
        case .failed(let error): wrong.append("\(trial.rule.id): \(error.code.rawValue) \(error.message)")
        case .refused(let error): refused[error.code.rawValue, default: 0] += 1
        }
      }
    }

    func report(_ what: String, _ start: ContinuousClock.Instant) {
      Engine.note(
        "Trino, \(what): \(rules) conditions, \(verdicts) verdicts of which \(matches) match, \(wrong.count) wrong, "
          + "refused \(refused), \(ContinuousClock.now - start)")
    }
  }

  /// A tenth of the generated conditions and public rules, but in continuous integration.
  private static func share(_ count: Int) -> Int { Engine.isRequired ? count : count / 10 }

  static var untyped: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.athena.untyped = true
    return options
  }

  static var pool: LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return options
  }

  /// The engine; `nil` where there is none.
  static func engine(for what: String) throws -> (any QueryEngine)? {
    guard let environment = try TrinoServer.environment(for: what) else { return nil }
    return try EngineConfiguration(environment: environment, kinds: Registry.engines).engine("trino")
  }

  /// A rule's query, on its fixtures and on some of its boundary events.
  static func trial(of rule: Rule, boundary limit: Int = 40, options: LanguageOptions) throws -> Trial {
    let all = BoundaryEvents.events(for: rule.condition, fixtures: rule.fixtures)
    let step = max(1, (all.count + limit - 1) / limit)
    let some = stride(from: 0, to: all.count, by: step).map {
      Probe(name: all[$0].purpose, event: all[$0].event)
    }
    let stored = try some.kept(by: [.athena], for: rule, options: options)
    return Trial(
      of: rule,
      on: rule.fixtures
        + stored.map {
          Fixture(name: $0.name, expected: rule.condition.holds(of: $0.event), event: $0.event)
        })
  }

  /// Puts the trials to Trino, and checks that it says what is meant.
  @discardableResult
  private func ask(_ trials: [Trial], _ options: LanguageOptions, _ what: String) throws -> Tally? {
    guard let engine = try Self.engine(for: "\(trials.count) conditions of \(what)") else { return nil }
    let start = ContinuousClock.now
    var tally = Tally()
    tally.add(try Language.athena.outcomes(of: trials, on: engine, options: options), of: trials)
    tally.report(what, start)
    #expect(tally.wrong.isEmpty, "\(tally.wrong.prefix(5).joined(separator: "\n"))")
    #expect(tally.rules > 0 && tally.matches > 0 && tally.verdicts > tally.matches)
    return tally
  }

  @Test("our first rule, and the rules of the examples")
  func examples() throws {
    let root = Shared.root.appendingPathComponent("Examples")
    let paths = (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") && !$0.contains("pipelines") }.sorted()
    var trials: [Trial] = []
    for path in paths {
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      for document in Compiler().documents(Source(name: path, text: text)) {
        trials.append(try Self.trial(of: document.rule, options: Self.untyped))
      }
    }
    #expect(trials.contains { $0.rule.title.contains("Modify Cloud Compute") })
    try ask(trials, Self.untyped, "the examples")
  }

  @Test("the acceptance conditions")
  func acceptance() throws {
    guard let all = try AcceptanceEnginesTests.accepted() else { return }
    for item in all {
      let probes = item.probes.map {
        Fixture(name: $0.name, expected: item.rule.condition.holds(of: $0.event), event: $0.event)
      }
      try ask([Trial(of: item.rule, on: probes)], item.options, item.rule.id)
    }
  }

  @Test("public rules: two hundred by a fixed seed, the widest and the deepest")
  func publicRules() throws {
    guard let root = Shared.url("corpora/sigma/rules") else {
      return Engine.note("not run: 212 public rules on Trino: no corpus")
    }
    var sizes: [(path: String, bytes: Int)] = []
    for path in (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []).compactMap({
      $0 as? String
    })
    where path.hasSuffix(".yml") {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: root.appendingPathComponent(path).path)
      sizes.append((path, (attributes[.size] as? NSNumber)?.intValue ?? 0))
    }
    sizes.sort { $0.path < $1.path }
    var random = SeededGenerator(seed: 414)
    let drawn = (0..<Self.share(200)).compactMap { _ in random.element(of: sizes)?.path }
    // The widest and the deepest are among the largest files.
    let largest = sizes.sorted { ($1.bytes, $0.path) < ($0.bytes, $1.path) }.prefix(Self.share(40)).map(
      \.path)
    func rules(_ paths: [String]) throws -> [Rule] {
      try Set(paths).sorted().flatMap { path in
        let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        return Compiler().documents(Source(name: path, text: text)).map(\.rule)
      }
    }
    let large = try rules(largest)
    let widest = large.sorted { $0.condition.size > $1.condition.size }.prefix(6)
    let deepest = large.sorted { $0.condition.depth > $1.condition.depth }.prefix(6)
    let trials = try (rules(drawn) + widest + deepest).map {
      try Self.trial(of: $0, boundary: 24, options: Self.untyped)
    }
    try ask(trials, Self.untyped, "public rules")
  }

  /// Conditions of all kinds on shared rows, the typed table's and one of texts.
  @Test("generated conditions on two tables")
  func generated() throws {
    var texts = Self.pool
    texts.schema = Source(
      name: "pool.sql",
      text: ["boolean", "bigint", "double"].reduce(EventPool.ddl) {
        $0.replacingOccurrences(of: $1, with: "string")
      })
    for (options, seed) in [(Self.pool, 2), (texts, 3)] as [(LanguageOptions, UInt64)] {
      var asked = ConditionGenerator.Options()
      asked.questions.removeAll { $0 == .anywhere }
      var conditions = ConditionGenerator(seed: seed, options: asked)
      var events = EventGenerator(seed: seed)
      let probes = try events.events(60).map { Probe(name: "generated", event: $0) }
        .kept(
          by: [.athena], for: Rule(id: "events", title: "t", condition: .always(true)), options: options)
      // A fifth asks what only JSON text tells, and is refused.
      let drawn = conditions.conditions(Self.share(1_400))
      let put = drawn.filter { !$0.hasNestedRepeats }
      Engine.note("\(drawn.count - put.count) conditions with repeats in repeats are not put to Trino")
      let trials = put.enumerated().map { number, condition in
        Trial(
          of: Rule(id: "generated \(seed), \(number)", title: "t", condition: condition),
          on: probes.map {
            Fixture(name: $0.name, expected: condition.holds(of: $0.event), event: $0.event)
          })
      }
      let tally = try ask(trials, options, "generated conditions, seed \(seed)")
      if let tally { #expect(tally.verdicts > Self.share(40_000)) }
    }
  }

  @Test("hostile values, as equal, contained and beginning texts")
  func hostile() throws {
    let path = FieldPath("eventName")
    let trials = HostileValues.all.filter { $0.utf8.count <= 2_000 }.enumerated().flatMap { number, text in
      [Pattern.equals(text), .contains(text), .prefix(text)].map { pattern in
        let condition = Condition.test(path, .text(pattern, .ignored))
        let probes = [text, "a" + text, text + "z", text.replacingOccurrences(of: "%", with: "x"), "other"]
          .map {
            value in
            let event = Event(Value.Object([.init("eventName", .string(value))]))
            return Fixture(name: "value", expected: condition.holds(of: event), event: event)
          }
        var rule = Rule(id: "hostile \(number)", title: "t", condition: condition)
        rule.logSources = [.cloudTrail]
        return Trial(of: rule, on: probes)
      }
    }
    try ask(trials, LanguageOptions(), "hostile values")
  }

  @Test("ends of texts beyond ASCII are found")
  func endsOfTexts() throws {
    let patterns = [
      "b?$", #"[Aa]?\z"#, "(b|c|)$", "(a{0,2}|b)$", #".?\z"#, "^b?$", "(^|b)c?$", "b*$", #"\d?\n?$"#, "é?b$",
      "(?m)b?$",
    ]
    let texts = ["é", "x", "", "xé", "xyz😀", "€", "b", "éb", "é\n", "b\n", "\n", "€b€"]
    let trials = try patterns.flatMap { pattern in
      let condition = Condition.test(FieldPath("eventName"), .regex(try PortableRegex(pattern)))
      return [condition, .not(condition)].map { condition in
        var rule = Rule(id: pattern, title: "t", condition: condition)
        rule.logSources = [.cloudTrail]
        return Trial(
          of: rule,
          on: texts.map { text in
            let event = Event(Value.Object([.init("eventName", .string(text))]))
            return Fixture(name: "text", expected: condition.holds(of: event), event: event)
          })
      }
    }
    try ask(trials, LanguageOptions(), "ends of texts")
  }

  /// Numbers in JSON by each spelling, asked by text: at a lone value, one below an object, and one in an array.
  @Test("numbers in JSON are asked as the log spells them")
  func numbersInJSON() throws {
    let numbers = ["12345678.5", "1718000000.123", "0.0001", "5.5", "443", "-7", "10000000", "-0.00025"]
    let asked = numbers + ["1.23456785E7", "1.0E-4", "0", "1."]
    let trials = asked.flatMap { text in
      [FieldPath("requestParameters", "startTime"), FieldPath("requestParameters", "range", "from")].flatMap {
        path in
        [Pattern.equals(text), .contains(text), .prefix(text)].flatMap { pattern in
          let condition = Condition.test(path, .text(pattern, .exact))
          return [condition, .not(condition)].map { condition in
            let probes = numbers.flatMap { number in
              [number, "\"\(number)\"", "[\"\(number)\"]"].compactMap {
                value -> Fixture? in
                let json = path.names.dropFirst().reversed().reduce(value) { "{\"\($1)\": \($0)}" }
                guard let parsed = try? JSON.parse("{\"requestParameters\": \(json)}"),
                  let event = Event(parsed)
                else { return nil }
                return Fixture(name: json, expected: condition.holds(of: event), event: event)
              }
            }
            var rule = Rule(id: "\(text) at \(path)", title: "t", condition: condition)
            rule.logSources = [.cloudTrail]
            return Trial(of: rule, on: probes)
          }
        }
      }
    }
    try ask(trials, LanguageOptions(), "numbers in JSON")
  }

  /// What the in-process checks catch by the runner, Trino alone catches too.
  @Test("planted faults in the writer are caught", arguments: BrokenWritersTests.athena)
  func faults(_ fault: BrokenWritersTests.Fault) throws {
    guard let engine = try Self.engine(for: "the planted fault \(fault.name)") else { return }
    let condition = try Notation.parse(Source(text: fault.condition)).condition(reading: .literal)
    var rule = Rule(id: "Broken", title: "Broken", condition: condition)
    rule.logSources = [.cloudTrail]
    let trial = try Self.trial(of: rule, boundary: 400, options: LanguageOptions())
    func isClean(_ engine: any QueryEngine) throws -> Bool {
      let outcome = try Language.athena.outcomes(of: [trial], on: engine, options: LanguageOptions())[0]
      if case .answered(let agreement) = outcome { return agreement.isClean }
      return false
    }
    #expect(try isClean(engine))
    #expect(try !isClean(Replacing(engine: engine, from: fault.from, to: fault.to)))
  }

  /// The texts that `sweep trino peers` compares for whole rule sets, of a few rules.
  @Test(
    "what another converter writes fails or misses events where ours does not", arguments: PeersTests.athena)
  func peers(_ example: PeersTests.Case) throws {
    guard let engine = try Self.engine(for: "another converter's text: \(example.name)") else { return }
    let rule = try PeersTests.rule(example)
    let text = try Compiler().write(rule, in: .athena).text
    let ours = try #require(text.range(of: "WHERE ")).upperBound
    let peer = Replacing(engine: engine, from: String(text[ours...].dropLast()), to: example.text)
    func outcome(_ engine: any QueryEngine) throws -> TrialOutcome {
      try Language.athena.outcomes(
        of: [Trial(of: rule, on: rule.fixtures)], on: engine, options: Compiler().options)[0]
    }
    guard case .answered(let agreement) = try outcome(engine) else {
      Issue.record("ours gave no answer")
      return
    }
    #expect(agreement.isClean)
    switch (example.fault, try outcome(peer)) {
    case (.isRefused, .failed(let error)): #expect(error.code == .queryFailed)
    case (.differs, .answered(let agreement)): #expect(!agreement.isClean)
    case (_, let outcome): Issue.record("\(outcome)")
    }
  }
}

/// Trino, asked another text in the place of a part of each statement.
private struct Replacing: QueryEngine {
  let identifier = "trino"
  let engine: any QueryEngine
  let from: String
  let to: String

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] {
    try engine.rows(of: query.replacingOccurrences(of: from, with: to))
  }
}

extension Compiler {
  /// The rules of a source; what is no rule is passed over.
  fileprivate func documents(_ source: Source) -> [RuleDocument] { (try? loadAll(source).documents) ?? [] }
}

extension Condition {
  /// How many questions it asks.
  fileprivate var size: Int {
    switch kind {
    case .always, .anywhere, .place: 1
    case .test(_, .oneOf(let texts, _)): texts.count
    case .test: 1
    case .some(_, let operand), .not(let operand): operand.size
    case .all(let operands), .any(let operands): operands.reduce(0) { $0 + $1.size }
    }
  }

  /// How deep its parts stand within one another.
  fileprivate var depth: Int {
    switch kind {
    case .always, .anywhere, .place, .test: 0
    case .some(_, let operand), .not(let operand): operand.depth + 1
    case .all(let operands), .any(let operands): (operands.map(\.depth).max() ?? 0) + 1
    }
  }
}
