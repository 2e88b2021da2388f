import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Sigma, the open language for detection rules (specification 2.1).
public struct SigmaLanguage: QueryWriter, RuleReader, QueryRunner {
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
    if !options.pipelines.isEmpty { throw .sigmaPipelines() }
    var documents: [RuleDocument] = []
    for entry in try SigmaParser.entries(source) { documents.append(try SigmaReader.rule(entry, of: source)) }
    return documents
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
