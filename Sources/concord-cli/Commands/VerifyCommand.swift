import Concord
import Foundation

/// `concord verify`: every target's text is executed on fixtures and boundary events, and must agree; then it is read
/// back and proved to hold of the same events as the rule.
struct VerifyCommand {
  static let spec = CommandSpec(
    name: "verify",
    summary: "Execute every translation on fixtures and boundary events, and prove it equal to the rule.",
    positional: "FILE…",
    options: [
      OptionSpec(
        name: "to", short: "t", value: "LANGUAGES", repeats: true,
        help: "the targets to verify, separated by commas, or all (the default)"),
      OptionSpec(
        name: "events", value: "FILE", repeats: true, help: "more events to put to them, as NDJSON"),
      OptionSpec(
        name: "against", value: "QUERY", help: "verify this query, in a file, in place of our translations"),
      OptionSpec(
        name: "write-fixtures", value: nil,
        help: "add boundary events that notice what the rule's fixtures miss to the rule file"),
      OptionSpec(
        name: "engine", value: "NAMES",
        help:
          "also run the self-test query on real systems: \(EngineConfiguration.names.joined(separator: ", "))"
      ),
      OptionSpec(
        name: "format", short: "f", value: "FORMAT", choices: VerifyFormat.allCases.map(\.rawValue),
        help: "text (the default), json, junit, sarif or github"),
      OptionSpec(
        name: "all-rows", value: nil, help: "print every event's row, not only the interesting ones"),
    ] + RuleInput.options,
    examples: [
      ("concord verify rule.yml", "run all four translations on the rule's fixtures and boundary events"),
      ("concord verify rules/ --format junit > report.xml", "a report for a CI system"),
      ("concord verify rule.yml --against deployed.spl", "does this query mean the same as the rule?"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    let input = try RuleInput(arguments, command: "verify")
    let verifier = try RuleVerifier(arguments, input)
    let format = arguments["format"].flatMap(VerifyFormat.init) ?? .text
    var results: [VerifyResult] = []
    var code = ExitCode.clean
    for file in input.inputs {
      switch input.load(file) {
      case .failure(let failure):
        results.append(VerifyResult(path: file.path, outcome: .failure(failure.diagnostic)))
        code = code.and(failure.code)
      case .success(let collection):
        for document in collection.refused {
          for refusal in document.refusals {
            results.append(VerifyResult(path: file.path, outcome: .failure(refusal)))
          }
          code = code.and(.badRule)
        }
        for document in collection.documents {
          let result = verifier.verify(document, path: file.path)
          code = code.and(result.code)
          results.append(result)
          if arguments.has("write-fixtures") { try verifier.writeFixtures(result, terminal) }
        }
      }
      if input.inputs.count > 1, terminal.isInteractiveErrors {
        terminal.progress("\(results.count) of \(input.inputs.count) rules verified")
      }
    }
    terminal.endProgress()
    try terminal.print(format.render(results, allRows: arguments.has("all-rows"), terminal: terminal))
    return code
  }
}

/// How `verify` prints.
enum VerifyFormat: String, CaseIterable {
  case text, json, junit, sarif, github
}

/// Puts a rule's translations, or a given query, to the test.
struct RuleVerifier {
  fileprivate let compiler: Compiler
  private let targets: [AgreementTarget]
  private let engines: [any QueryEngine]
  private let events: [Probe]

  init(_ arguments: ParsedArguments, _ input: RuleInput) throws(Diagnostic) {
    compiler = input.compiler
    if let path = arguments["against"] {
      let source = try Files.source(path)
      targets = [try RuleVerifier.given(source)]
    } else {
      targets = try CompileCommand.languages(arguments.all("to")).compactMap { writer in
        Registry.runners.first { $0.identifier == writer.identifier }
          .map { AgreementTarget(writer: writer, runner: $0) }
      }
    }
    let configuration = EngineConfiguration(environment: ProcessInfo.processInfo.environment)
    engines =
      try arguments["engine"].map { (list) throws(Diagnostic) in try configuration.engines(list) } ?? []
    var probes: [Probe] = []
    for path in arguments.all("events") {
      let source = try Files.source(path)
      for (index, value) in try JSON.lines(source).enumerated() {
        guard let event = Event(value.value) else {
          throw Diagnostic(.notAnEvent, "`\(path)`: line \(value.line) is not a JSON object")
        }
        probes.append(Probe(name: "\(path), event \(index + 1)", event: event))
      }
    }
    events = probes
  }

  /// The target that says the given query whatever the rule, in the language that its name tells.
  private static func given(_ source: Source) throws(Diagnostic) -> AgreementTarget {
    let identifier = try Compiler.language(of: source)
    guard let runner = Registry.runners.first(where: { $0.identifier == identifier }) else {
      throw Diagnostic(.cannotExecute, "a query in `\(identifier)` cannot be executed")
    }
    return AgreementTarget(writer: GivenQuery(runner: runner, text: source.text), runner: runner)
  }

  func verify(_ document: RuleDocument, path: String) -> VerifyResult {
    let rule = document.rule
    let fixtures = rule.fixtures.map { Probe(name: $0.name, event: $0.event, expected: $0.expected) }
    let boundary = BoundaryEvents(for: rule.condition, fixtures: rule.fixtures)
    let made = boundary.events.map { Probe(name: $0.purpose, event: $0.event) }
    // A target without a table refuses the rule too, and says so in its column.
    let stored = (try? made.stored(by: targets, options: compiler.options)) ?? made
    let probes = fixtures + stored + events
    let agreement = Agreement(of: rule, on: probes, targets: targets, options: compiler.options)
    let proofs = proofs(of: rule, agreement)
    let disagreements = targets.compactMap { target in
      let language = target.writer.identifier
      let event =
        agreement.firstDisagreement(of: language).map { agreement.probes[$0].event }
        ?? agreement.columns.first { $0.language == language }
        .flatMap { TargetVerdict($0, agreement, proofs[language]).event }
      return event.flatMap {
        Disagreement(of: rule, on: $0, target: target, options: compiler.options)
      }
    }
    let score = MutationScore(of: rule.condition, fixtures: rule.fixtures, events: boundary.events)
    let report = VerifyResult.Report(
      document: document, agreement: agreement, proofs: proofs, boundary: boundary, score: score,
      disagreements: disagreements,
      engines: engines.map { EngineRun(of: $0, agreement, options: compiler.options) })
    return VerifyResult(path: path, outcome: .success(report))
  }

  /// What is proved of each query that no event told from the rule, by language.
  private func proofs(of rule: Rule, _ agreement: Agreement) -> [String: TranslationProof] {
    var proofs: [String: TranslationProof] = [:]
    for column in agreement.columns {
      guard case .ran(let query, let verdicts) = column.outcome, verdicts == agreement.meaning else {
        continue
      }
      proofs[column.language] = compiler.prove(Query(language: column.language, text: query), for: rule)
    }
    return proofs
  }
}

extension RuleVerifier {
  /// Adds the events that notice what the fixtures miss to the rule's file. Throws where the file cannot be
  /// written, or takes none.
  func writeFixtures(_ result: VerifyResult, _ terminal: Terminal) throws(Diagnostic) {
    guard case .success(let report) = result.outcome else { return }
    guard report.document.source.name == result.path else {
      throw Diagnostic(.usage, "`--write-fixtures` needs a file to write to, not standard input")
    }
    let condition = report.document.rule.condition
    var names = Set(report.document.rule.fixtures.map(\.name))
    let added = report.score.suggestedFixtures(for: condition).map { fixture in
      var named = fixture
      var number = 2
      while !names.insert(named.name).inserted {
        named.name = "\(fixture.name) (\(number))"
        number += 1
      }
      return named
    }
    if added.isEmpty { return }
    try Files.write(try compiler.adding(added, to: report.document.source), to: result.path)
    terminal.remark("\(result.path): \(added.count) fixtures added")
  }
}

/// A query that somebody else wrote, in the place of a writer.
private struct GivenQuery: QueryWriter {
  let runner: any QueryRunner
  let text: String
  var identifier: String { runner.identifier }
  var name: String { runner.name }
  var fileExtension: String { runner.fileExtension }

  func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    Query(language: identifier, text: text)
  }
}

/// What became of one rule.
struct VerifyResult {
  struct Report {
    let document: RuleDocument
    let agreement: Agreement
    /// What is proved of each target's text, by language.
    let proofs: [String: TranslationProof]
    let boundary: BoundaryEvents
    let score: MutationScore
    let disagreements: [Disagreement]
    let engines: [EngineRun]
  }

  /// The file, as the user named it.
  let path: String
  /// The report, or what was wrong with the file.
  let outcome: Result<Report, Diagnostic>

  /// Findings where a target disagrees, fails or a fixture does not hold; a refusal is a refused rule.
  var code: ExitCode {
    guard case .success(let report) = outcome else { return .badRule }
    let agreement = report.agreement
    var code = ExitCode.clean
    if !agreement.disagreements.isEmpty || !agreement.failingFixtures.isEmpty { code = .findings }
    for column in agreement.columns {
      let verdict = report.verdict(of: column)
      if verdict.isUnknown { code = code.and(.unknown) }
      if verdict.event != nil { code = code.and(.findings) }
      switch column.outcome {
      case .ran: break
      case .failed: code = code.and(.findings)
      case .refused: code = code.and(.badRule)
      }
    }
    for run in report.engines where !run.diagnostics.isEmpty { code = code.and(run.code) }
    return code
  }
}
