import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// Panther: rule files in YAML, and the published catalogue pages of its rules.
///
/// The detection itself, Python in Panther, is a condition in the catalogue's notation here: the rule file's
/// `Condition`, or a text of the user's.
public struct PantherLanguage: RuleReader {
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
}
