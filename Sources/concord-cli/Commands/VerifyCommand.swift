import Concord
import Foundation

/// `concord verify`: every target's text is executed on fixtures and boundary events, and must agree; then it is read
/// back and proved to hold of the same events as the rule.
enum VerifyCommand {
  static let spec = CommandSpec(
    name: "verify",
    summary: "Execute every translation on fixtures and boundary events, and prove it equal to the rule.",
    positional: "FILE…",
    options: OptionKey.specs(
      .to, .events, .against, .writeFixtures, .engine, .format, .includeDisabled, .quiet, .changedSince,
      .baseline, .writeBaseline, .allRows)
      + RuleInput.options,
    examples: [
      ("concord verify rule.yml", "run all four translations on the rule's fixtures and boundary events"),
      ("concord verify rules/ --format junit > report.xml", "a report for a CI system"),
      ("concord verify rules/ --base origin/main --format markdown", "the comment of a pull request"),
      ("concord verify rules/ --baseline known.yml", "only what is not known yet fails"),
      ("concord verify rule.yml --against deployed.spl", "does this query mean the same as the rule?"),
      (
        "concord verify rules/ --against deployed/",
        "is each rule deployed, and does its query mean the same?"
      ),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    var rules = try RuleInput(arguments, command: "verify")
    let changed = try rules.keepChanged(arguments)
    let input = rules
    let verifier = try RuleVerifier(arguments, input)
    verifier.warnings.forEach(terminal.report)
    var printer = try ReportPrinter("verify", arguments, layout: .spaced, terminal)
    let draw = { @Sendable (rule: FoundRule, result: VerifyResult) in
      VerifyEntry(
        result, path: rule.file.path, allRows: arguments[.allRows], format: arguments[.format]
      ).entry
    }
    // Results are large, and entries are not: where nothing more is done with results, only entries wait. Of results
    // only as many wait as the cores are busy with.
    let keepsResults = verifier.hasEngines || arguments[.writeFixtures]
    let skips = RunSkips(disabled: !arguments[.includeDisabled])
    let run = RuleRun(
      input, for: .translation(allowed: []), skips: skips, ahead: keepsResults ? 2 * Parallel.cores : 256
    ) { rule in
      let result = verifier.verify(rule.document)
      return keepsResults ? Verified.result(result) : .entry(draw(rule, result))
    }
    let interrupt = Interrupt(run.stop)
    var (total, clean) = (0, 0)
    var code = ExitCode.clean
    while case var some = Array(run.prefix(verifier.rulesAtOnce)), !some.isEmpty {
      terminal.endProgress()
      verifier.runEngines(on: &some)
      for found in some {
        var entry: Report.Entry
        switch found {
        case .refused(let refusal):
          entry = Report.Entry(refusal)
          // What is odd about a filter is of no rule.
          if refusal.isRemark {
            try printer.add(entry)
            continue
          }
        case .rule(_, .entry(let drawn)): entry = drawn
        case .rule(let rule, .result(let result)):
          entry = draw(rule, result)
          if arguments[.writeFixtures] { try verifier.writeFixtures(result, of: rule, terminal) }
        }
        if case .rule(let rule, _) = found, let clash = rule.clash {
          entry.findings.append(Report.Finding(diagnostic: clash.diagnostic, other: clash.source))
        }
        entry = try printer.add(entry)
        code = code.and(entry.code)
        total += 1
        clean += entry.isClean ? 1 : 0
      }
      if input.files.count > 1 {
        terminal.progress("\(run.fileCount) of \(input.files.count) files verified")
      }
    }
    terminal.endProgress()
    code = code.and(
      try printer.end(
        rules: total, clean: clean, changed, skipped: run.skipped, isWhole: !interrupt.happened))
    verifier.deployed?.others.forEach { terminal.remark("\($0.visible()): the query of no rule of this run") }
    if !arguments[.quiet] { terminal.remark(run.skipped) }
    if interrupt.happened {
      terminal.remark("interrupted after \(run.fileCount) of \(counted(input.files.count, "file"))")
      return .interrupted
    }
    return code
  }
}

extension OptionKey where Value == [String] {
  fileprivate static var events: Self {
    .texts("events", OptionSpec.Value("FILE", .file), help: "more events to put to them, as NDJSON")
  }
}

extension OptionKey where Value == String? {
  fileprivate static var against: Self {
    .text(
      "against", OptionSpec.Value("QUERY", .file),
      help: "verify this query, or each rule's own of these deployed ones, in place of our translations")
  }
  fileprivate static var engine: Self {
    .text(
      "engine", OptionSpec.Value("NAMES", .list(Registry.engines.map(\.name))),
      help:
        "also put the deployed query to real systems: \(Registry.engines.map(\.name).joined(separator: ", "))"
    )
  }
}

extension OptionKey where Value == Bool {
  fileprivate static var writeFixtures: Self {
    .flag(
      "write-fixtures",
      help: "add boundary events that notice what the rule's fixtures miss to the rule file")
  }
  fileprivate static var allRows: Self {
    .flag("all-rows", help: "print every event's row, not only the interesting ones")
  }
}

/// What is kept of a rule that was verified.
private enum Verified: Sendable {
  /// All that was found, for what is to be done with it yet.
  case result(VerifyResult)
  /// What is reported of it.
  case entry(Report.Entry)
}

/// Puts a rule's translations, or a given query, to the test.
struct RuleVerifier {
  fileprivate let compiler: Compiler
  private let targets: [Language]
  /// The queries that are deployed, where these are verified.
  fileprivate let deployed: DeployedQueries?
  private let engines: [any QueryEngine]
  private let events: [Probe]
  /// What is to be known of the real systems that were asked for.
  let warnings: [Diagnostic]

  init(_ arguments: ParsedArguments, _ input: RuleInput) throws(Diagnostic) {
    compiler = input.compiler
    if let path = arguments[.against] {
      deployed = try DeployedQueries(path, input)
      targets = deployed == nil ? [try RuleVerifier.given(try Files.source(path))] : []
    } else {
      deployed = nil
      targets = try QueryForm.query.writers(named: arguments[.to]).filter { $0.runner != nil }
    }
    let configuration = EngineConfiguration(
      environment: ProcessInfo.processInfo.environment, kinds: Registry.engines)
    engines =
      try arguments[.engine].map { (list) throws(Diagnostic) in try configuration.engines(list) } ?? []
    warnings = arguments[.engine].map { configuration.warnings($0) } ?? []
    var probes: [Probe] = []
    for path in arguments[.events] {
      let source = try Files.source(path)
      for (index, value) in try JSON.lines(source).enumerated() {
        guard let event = Event(value.value) else {
          throw Diagnostic(.notAnEvent, "`\(path)`: line \(value.line) is not a JSON object")
        }
        var probe = Probe(name: "\(path), event \(index + 1)", event: event)
        probe.log = [LoggedEvent(event, at: EventTime(of: event)?.seconds)]
        probes.append(probe)
      }
    }
    events = probes
  }

  /// The target that says the given query whatever the rule, in the language that its name tells.
  private static func given(_ source: Source) throws(Diagnostic) -> Language {
    var language = try Compiler.language(of: source)
    // Of a language with programs, these are what is executed, and not the files beside them.
    let isProgram = language.programs.map { source.endsIn($0.endings) } ?? true
    guard language.runner != nil, isProgram else {
      throw Diagnostic(.cannotExecute, "a query in `\(language.identifier)` cannot be executed")
    }
    language.writer = { _, _ in Query(text: source.text) }
    return language
  }

  /// The verification of a rule by what stands in for its platforms.
  func verify(_ document: RuleDocument) -> VerifyResult {
    let own = deployed.map { $0.queries(of: document.rule) }
    var result = VerifyResult(
      document: document,
      verification: compiler.verify(document.rule, in: own?.languages ?? targets, events: events))
    result.isMissing = own?.languages.isEmpty ?? false
    result.switchedOff = own?.off ?? []
    return result
  }

  /// Whether real systems are asked about each rule.
  fileprivate var hasEngines: Bool { !engines.isEmpty }

  /// How many rules are reported at once. Engines are asked about several in a statement.
  fileprivate var rulesAtOnce: Int { hasEngines ? 32 : 1 }

  /// Puts rules to the real systems that were asked for: to each one statement at a time.
  fileprivate func runEngines(on found: inout [RuleRun<Verified>.Found]) {
    let agreements = found.compactMap {
      if case .rule(_, .result(let result)) = $0 { result.agreement } else { nil }
    }
    for engine in engines {
      var runs = EngineRun.runs(of: agreements, on: engine, options: compiler.options)[...]
      for index in found.indices {
        guard case .rule(let rule, .result(var result)) = found[index], let run = runs.popFirst() else {
          continue
        }
        result.engines.append(run)
        found[index] = .rule(rule, .result(result))
      }
    }
  }
}

extension RuleVerifier {
  /// Adds the events that notice what the fixtures miss to the rule's file. Throws where the file cannot be
  /// written, or takes none.
  func writeFixtures(
    _ result: VerifyResult, of rule: FoundRule, _ terminal: Terminal
  ) throws(Diagnostic) {
    let (document, path) = (rule.document, rule.file.path)
    guard document.source.name == path, case .file = rule.file.content else {
      throw Diagnostic(.usage, "`--write-fixtures` needs a file to write to, not standard input")
    }
    let condition = document.rule.condition
    var names = Set(document.rule.fixtures.map(\.name))
    let added = result.verification.score.suggestedFixtures(for: condition).map { fixture in
      var named = fixture
      var number = 2
      while !names.insert(named.name).inserted {
        named.name = "\(fixture.name) (\(number))"
        number += 1
      }
      return named
    }
    if added.isEmpty { return }
    try Files.write(try compiler.adding(added, to: document.source), to: path)
    terminal.remark("\(path.visible()): \(counted(added.count, "fixture")) added")
  }
}
