import Concord

/// What a real engine says of a rule's probes, put to it as self-test statements.
struct EngineRun: Sendable {
  /// The engine's name.
  let engine: String
  /// How many events were put to it.
  private(set) var eventCount = 0
  /// What is wrong; empty where it agrees.
  private(set) var diagnostics: [Diagnostic] = []
  /// How bad that is.
  private(set) var code = ExitCode.clean

  /// Events to a statement: Athena takes 262,144 bytes, Splunk 29,999 characters of data.
  private static let eventsPerStatement = 40

  /// Runs all probes of an agreement on an engine, its meaning being what is expected.
  init(of engine: any QueryEngine, _ agreement: Agreement, options: LanguageOptions) {
    self.engine = engine.identifier
    guard
      let language = Registry.languages.first(where: { language in
        language.engines.contains { $0.name == engine.identifier }
      }), language.selfTestWriter != nil
    else {
      diagnostics = [
        Diagnostic(.noSelfTest, "the language of `\(engine.identifier)` has no self-test")
      ]
      code = .unknown
      return
    }
    let fixtures = agreement.probes.indices.map { index in
      // Rows are told apart by name.
      Fixture(
        name: "\(index + 1): \(agreement.probes[index].name)", expected: agreement.meaning[index],
        event: agreement.probes[index].event)
    }
    var rest = fixtures[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(EngineRun.eventsPerStatement))
      rest = rest.dropFirst(some.count)
      var rule = agreement.rule
      rule.fixtures = some
      run(rule, on: engine, language, options)
      if code == .unknown || code == .badRule { return }
    }
  }

  private mutating func run(
    _ rule: Rule, on engine: any QueryEngine, _ language: Language, _ options: LanguageOptions
  ) {
    let statement: String
    do throws(Diagnostic) {
      statement = try language.selfTest(rule, options: options).text
    } catch {
      diagnostics.append(error)
      code = .badRule
      return
    }
    do throws(Diagnostic) {
      let agreement = try engine.agreement(
        of: statement, with: rule.fixtures.map { EngineAgreement.Probe($0) })
      eventCount += rule.fixtures.count
      diagnostics += agreement.diagnostics
      if !agreement.isClean { code = code.and(.findings) }
    } catch {
      diagnostics.append(error)
      code = .unknown
    }
  }
}
