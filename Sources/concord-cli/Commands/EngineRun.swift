import Concord

/// What a real engine says of a rule's probes.
struct EngineRun: Sendable {
  /// The engine's name.
  let engine: String
  /// How many events were put to it.
  let eventCount: Int
  /// What is wrong; empty where it agrees.
  let diagnostics: [Diagnostic]
  /// How bad that is.
  let code: ExitCode

  /// Puts each rule's deployed query to all of its probes, the meaning being what is expected: several rules in a
  /// statement, where they fit.
  static func runs(
    of agreements: [Agreement], on engine: any QueryEngine, options: LanguageOptions
  ) -> [EngineRun] {
    do throws(Diagnostic) {
      guard
        let language = Registry.languages.first(where: { language in
          language.engines.contains { $0.name == engine.identifier }
        })
      else {
        throw Diagnostic(.noSelfTest, "no language has the engine `\(engine.identifier)`")
      }
      // Statements of several rules take events; each log is put to a query by itself.
      let counting = agreements.map { $0.rule.aggregate != nil }
      let trials = zip(agreements, counting).filter { !$1 }.map { trial(of: $0.0, in: language) }
      var outcomes = try language.outcomes(of: trials, on: engine, options: options)[...]
      return zip(agreements, counting).map { agreement, isCounting in
        isCounting
          ? EngineRun(ofLogs: agreement, in: language, on: engine, options)
          : EngineRun(
            outcomes.popFirst() ?? .refused(.countsNotSaid(by: "in one statement of several rules")),
            of: engine.identifier)
      }
    } catch {
      return agreements.map { _ in EngineRun(.failed(error), of: engine.identifier) }
    }
  }

  /// The events that the language's tables keep: the rows that stand around the query are as such a table has them.
  private static func trial(of agreement: Agreement, in language: Language) -> Trial {
    let column = agreement.columns.first { $0.language == language.identifier }
    let kept = agreement.probes.indices.filter { column?.unkept[$0] == nil }
    return Trial(
      of: agreement.rule,
      on: kept.map { index in
        let probe = agreement.probes[index]
        return Fixture(name: probe.name, expected: agreement.meaning[index], event: probe.event)
      })
  }

  /// Puts a rule's logs to its deployed query, one by one, up to the first on which it raises other alerts.
  private init(
    ofLogs agreement: Agreement, in language: Language, on engine: any QueryEngine, _ options: LanguageOptions
  ) {
    self.engine = engine.identifier
    let detection = agreement.rule.detectionAnywhere
    var count = 0
    do throws(Diagnostic) {
      for probe in agreement.probes {
        let raised = try language.alerts(of: agreement.rule, in: probe.log, on: engine, options: options)
        count += 1
        let meant = detection.alerts(in: probe.log)
        if raised.areSame(as: meant) { continue }
        let message =
          "\(engine.identifier) raises \(counted(raised.count, "alert")) of the log `\(probe.name)`, the rule \(meant.count)"
        (eventCount, diagnostics, code) = (count, [Diagnostic(.engineDisagrees, message)], .findings)
        return
      }
      (eventCount, diagnostics, code) = (count, [], .clean)
    } catch {
      let isRefusal = [.countsNotSaid, .groupNotSaid].contains(error.code)
      (eventCount, diagnostics, code) = (count, [error], isRefusal ? .badRule : .unknown)
    }
  }

  private init(_ outcome: TrialOutcome, of engine: String) {
    self.engine = engine
    switch outcome {
    // A condition that holds of every event has no boundary.
    case .answered(let agreement) where agreement.outcomes.isEmpty:
      (eventCount, diagnostics, code) = (0, [], .clean)
    case .answered(let agreement):
      (eventCount, diagnostics) = (agreement.outcomes.count, agreement.diagnostics)
      code = agreement.isClean ? .clean : .findings
    case .refused(let diagnostic): (eventCount, diagnostics, code) = (0, [diagnostic], .badRule)
    case .failed(let diagnostic): (eventCount, diagnostics, code) = (0, [diagnostic], .unknown)
    }
  }
}
