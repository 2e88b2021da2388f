import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Sigma, the open language for detection rules (specification 2.1).
public struct SigmaLanguage: QueryWriter, PipelineReader, QueryRunner {
  /// `sigma`.
  public let identifier = "sigma"
  /// Sigma.
  public let name = "Sigma"
  /// `yml`.
  public let fileExtension = "yml"

  /// The language.
  public init() {}

  /// The rule as a Sigma rule document, or several where it reads several log sources. Throws `E420` to `E426`
  /// for what Sigma cannot say.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let (documents, notes) = try SigmaWriter.documents(for: rule)
    let comment = ["\(rule.id): \(rule.title)", "Concord \(options.compilerVersion), exact"]
    var texts: [String] = []
    for document in documents { texts.append(try SigmaPrinter.print(document, comment: comment)) }
    return Query(language: identifier, text: texts.joined(separator: "---\n"), notes: notes)
  }

  /// The rules of a Sigma file. Throws `E150` to `E159` for what is not Sigma, or not supported, and what YAML
  /// throws; odd but valid things come as warnings.
  public func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument] {
    let entries = try SigmaParser.entries(source)
    guard !options.pipelines.isEmpty || options.strictFields else {
      var documents: [RuleDocument] = []
      for entry in entries { documents.append(try SigmaReader.rule(entry, of: source)) }
      return documents
    }
    let chain = try chain(options)
    var documents: [RuleDocument] = []
    for entry in entries {
      do throws(Diagnostic) {
        var entry = try chain.applied(to: entry, strictFields: options.strictFields)
        entry.warnings = entry.warnings.map { $0.located(in: source) }
        documents.append(try SigmaReader.rule(entry, of: source))
      } catch {
        throw error.located(in: source)
      }
    }
    return documents
  }

  /// Windows events, Splunk's add-ons for Windows, and CloudTrail in Athena.
  public var shippedPipelines: [(pipeline: Source, summary: String)] { SigmaShippedPipelines.all }

  /// The options with the pipelines read. Throws `E181` to `E185` for what is wrong with one.
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

  /// Whether a rule of the file matches, by the specification's own meaning. Throws where the text is not Sigma.
  public func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(name: "<sigma>", text: query)
    var rules: [[SigmaRunner]] = []
    for entry in try SigmaParser.entries(source) {
      do throws(Diagnostic) {
        var parts = [try SigmaRunner(entry.document)]
        for filter in entry.filters { parts.append(try SigmaRunner(filter)) }
        rules.append(parts)
      } catch {
        throw error.located(in: source)
      }
    }
    return events.map { event in rules.contains { $0.allSatisfy { $0.matches(event) } } }
  }
}
