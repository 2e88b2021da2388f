import ConcordLanguages

extension Language {
  /// Sigma, the open language for detection rules (specification 2.1).
  public static let sigma = Language(
    identifier: "sigma", name: "Sigma", endings: ["yml", "yaml"],
    keys: ["detection", "logsource", "title", "correlation", "action"],
    traits: [.countsEvents, .countsInWindows],
    writer: SigmaWriter.write, formats: [SigmaPack.format], reader: SigmaReader.readAll,
    runner: SigmaRunner.run,
    alertRunner: SigmaRunner.alerts,
    pipelines: SigmaPipelineChain.pipelines, options: SigmaOptions.specs,
    preparation: SigmaPipelineChain.prepared, collections: SigmaCollection.reading,
    words: SigmaWords.words, fieldNames: SigmaPipelineChain.names)
}
