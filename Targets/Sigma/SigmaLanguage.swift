import ConcordLanguages

extension Language {
  /// Sigma, the open language for detection rules (specification 2.1).
  public static let sigma = Language(
    identifier: "sigma", name: "Sigma", endings: ["yml", "yaml"],
    keys: ["detection", "logsource", "title", "correlation", "action"],
    writer: SigmaWriter.write, reader: SigmaReader.readAll, runner: SigmaRunner.run,
    pipelines: SigmaPipelineChain.pipelines, options: SigmaOptions.specs,
    preparation: SigmaPipelineChain.prepared, collections: SigmaCollection.reading)
}
