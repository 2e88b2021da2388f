import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines

/// A statement that puts a query which counts to a log, which it brings as rows, and how its answer is read.
package struct LogTrial: Sendable {
  /// The statement: rows around the query that is deployed.
  package let text: String
  /// The alerts that the rows of the answer are.
  package let alerts: @Sendable ([Value.Object]) -> [Alert]

  /// The statement of that text.
  package init(text: String, alerts: @escaping @Sendable ([Value.Object]) -> [Alert]) {
    (self.text, self.alerts) = (text, alerts)
  }
}

/// Writes the statement that puts a rule's query to a log on an engine of the language. Throws what the language cannot
/// say, and where no rows can stand around the query.
package typealias LogTrialWriter =
  @Sendable (Rule, [LoggedEvent], EngineKind, LanguageOptions) throws(Diagnostic) -> LogTrial

extension Language {
  /// The alerts that an engine of the language raises of a log by the rule's query. Throws what is wrong with the query or
  /// the answer, and `E912` where the language puts no logs to engines.
  package func alerts(
    of rule: Rule, in log: [LoggedEvent], on engine: any QueryEngine, options: LanguageOptions
  ) throws(Diagnostic) -> [Alert] {
    guard let logTrialWriter, let kind = engines.first(where: { $0.name == engine.identifier }) else {
      throw .lacks(.noSelfTest, self, "puts no logs to `\(engine.identifier)`")
    }
    let trial = try logTrialWriter(
      rule.placed(in: self, options), log, kind, options.resolved(for: rule, in: self))
    return trial.alerts(try engine.rows(of: trial.text))
  }
}
