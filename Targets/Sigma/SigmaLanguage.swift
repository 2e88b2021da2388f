import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Sigma, the open language for detection rules (specification 2.1).
public struct SigmaLanguage: QueryWriter, CollectionReader, PipelineReader, QueryRunner {
  /// `sigma`.
  public let identifier = "sigma"
  /// Sigma.
  public let name = "Sigma"
  /// `yml`.
  public let fileExtension = "yml"

  /// The language.
  public init() {}

  /// The rule as a Sigma rule document, or several where it reads several log sources. Throws `E417` to `E414`
  /// for what Sigma cannot say.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let (documents, notes) = try SigmaWriter.documents(for: rule)
    let comment = QueryHeader.lines(for: rule, options)
    var texts: [String] = []
    for document in documents { texts.append(try SigmaPrinter.print(document, comment: comment)) }
    return Query(language: identifier, text: texts.joined(separator: "---\n"), notes: notes)
  }

  /// The rules of a Sigma file. Throws `E304` to `E330` for what is not Sigma, or not supported, and what YAML
  /// throws; odd but valid things come as warnings.
  public func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument] {
    let collection = readAll(source, options: options)
    if let refusal = collection.refused.first?.refusals.first { throw refusal }
    return collection.documents
  }

  /// The rules of a Sigma file and its other documents: those that are wrong, with everything that is, and those
  /// that are right and no rules by themselves, which are correlations and filters that apply to no rule here.
  public func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    guard !options.pipelines.isEmpty || options.strictFields else { return SigmaReader.collection(source) }
    do throws(Diagnostic) {
      let chain = try chain(options)
      return SigmaReader.collection(source) { (entry) throws(Diagnostic) in
        try chain.applied(to: entry, strictFields: options.strictFields)
      }
    } catch {
      return RuleCollection(documents: [], refused: [RefusedDocument(errors: [error])])
    }
  }

  /// Windows events, Splunk's add-ons for Windows, and CloudTrail in Athena.
  public var shippedPipelines: [(pipeline: Source, summary: String)] { SigmaShippedPipelines.all }

  /// The options with the pipelines read. Throws `E304` to `E340` for what is wrong with one.
  public func prepared(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions {
    var copy = options
    copy.prepared = try chain(options)
    return copy
  }

  private func chain(_ options: LanguageOptions) throws(Diagnostic) -> SigmaPipelineChain {
    if let chain = options.prepared as? SigmaPipelineChain, chain.sources == options.pipelines {
      return chain
    }
    return try SigmaPipelineChain(options.pipelines, targets: options.targets)
  }

  /// Whether a rule of the file matches, by the specification's own meaning. Throws where the text is not Sigma,
  /// or holds something that is no rule.
  public func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(name: "<sigma>", text: query)
    let file = SigmaParser.file(source)
    if let refusal = file.refusal { throw refusal.located(in: source) }
    var rules: [[SigmaRunner]] = []
    for rule in file.rules {
      do throws(Diagnostic) {
        var parts = [try SigmaRunner(rule.document)]
        for filter in rule.filters { parts.append(try SigmaRunner(filter)) }
        rules.append(parts)
      } catch {
        throw error.located(in: source)
      }
    }
    return events.map { event in rules.contains { $0.allSatisfy { $0.matches(event) } } }
  }
}
