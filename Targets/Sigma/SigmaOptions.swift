import ConcordDiagnostics
import ConcordLanguages

/// What Sigma is told for itself.
public struct SigmaOptions: OwnOptions {
  /// Processing pipelines to apply, in order of their priorities, else in this order.
  public var pipelines: [Source] = []
  /// Whether a field of a rule that no pipeline maps is an error.
  public var strictFields = false
  /// What pipelines say that were read already, these and those of the project's logs; each is known by its files.
  var chains: [SigmaPipelineChain] = []
  /// What the sources say of each other that are read as one; `nil` where each is read by itself.
  var collection: SigmaCollection?

  /// The defaults.
  package init() {}

  /// The options without pipelines: a rule that was written has been through them.
  package var forReadingBack: SigmaOptions { SigmaOptions() }

  /// The options of the command line.
  static let specs = [
    LanguageOption(
      "pipeline", short: "p",
      help: "a processing pipeline for Sigma rules: a file, or one that `concord pipelines` lists",
      .sources("PIPELINE", among: SigmaShippedPipelines.all.map(\.pipeline)) { $0.sigma.pipelines.append($1) }
    ),
    LanguageOption(
      "strict-fields", help: "refuse Sigma rules with a field that no pipeline maps",
      .flag { $0.sigma.strictFields = true }),
  ]
}

extension LanguageOptions {
  /// What Sigma is told for itself.
  public var sigma: SigmaOptions {
    get { self[SigmaOptions.self] }
    set { self[SigmaOptions.self] = newValue }
  }
}
