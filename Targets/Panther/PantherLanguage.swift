import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// Panther: rule files in YAML, and the published catalogue pages of its rules.
///
/// The detection itself, Python in Panther, is a condition in the catalogue's notation here: the rule file's
/// `Condition`, or a text of the user's.
public struct PantherLanguage: PageReader {
  /// `panther`.
  public let identifier = "panther"
  /// Panther.
  public let name = "Panther"
  /// `yml`.
  public let fileExtension = "yml"

  /// The language.
  public init() {}

  /// The rules of a file, one a YAML document.
  ///
  /// Throws what is wrong with the YAML (`E10x`), the rule (`E14x`) or its condition (`E12x`, `E13x`).
  public func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument] {
    let nodes = try YAML.documents(source).filter { !$0.isNull }
    if nodes.isEmpty { throw .noRule(in: source) }
    if nodes.count > 1, options.condition != nil { throw .oneConditionForMany(nodes[1].span, in: source) }
    var documents: [RuleDocument] = []
    for node in nodes {
      var reader = PantherRuleReader(source: source, options: options)
      documents.append(try reader.document(node))
    }
    return documents
  }

  /// The rule of a published page of Panther's catalogue.
  ///
  /// Throws what cannot be read (`E318`, `E321` and what `read` throws), a page that says that its condition is not
  /// the whole detection (`E319`; where it is a part, not if `allowPartial`), and a condition that the page's own
  /// tables contradict (`E320`).
  public func readPage(
    _ page: Source, allowPartial: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument {
    try CataloguePageReader(page: page, options: options).document(allowPartial: allowPartial)
  }

  /// The rule as a Panther rule file with its condition, reading and output fields; `read` reads it back to the
  /// same rule. Throws `E111` for text that YAML cannot spell.
  public func writeRuleFile(_ document: RuleDocument) throws(Diagnostic) -> String {
    try PantherRuleWriter(document).text()
  }
}
