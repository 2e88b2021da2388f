import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Sigma, the open language for detection rules (specification 2.1).
public struct SigmaLanguage: QueryWriter {
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
    let texts = documents.map { SigmaPrinter.print($0, comment: comment) }
    return Query(language: identifier, text: texts.joined(separator: "---\n"), notes: notes)
  }
}
