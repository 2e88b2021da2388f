import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Reads rule files.
enum PantherReader {
  /// The rules of a file, one a YAML document; none where something is wrong with one: the YAML (`E1xx`), the rule or
  /// its condition (`E2xx`, `E3xx`).
  static func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    if PantherClassReader.isPython(source) { return PantherClassReader.readAll(source, options: options) }
    return RuleCollection { () throws(Diagnostic) in
      let nodes = try YAML.documents(source).filter { !$0.isNull }
      if nodes.isEmpty { throw .noRule(in: source) }
      if nodes.count > 1, options.condition != nil { throw .oneConditionForMany(nodes[1].span, in: source) }
      var documents: [RuleDocument] = []
      for node in nodes where !isOther(node) {
        var reader = PantherRuleReader(source: source, options: options)
        documents.append(try reader.document(node))
      }
      return documents
    }
  }

  /// Whether a document is none of a detection: a pack names some, the others are what programs use. What detects
  /// otherwise, as a policy or a scheduled rule, is refused by name.
  ///
  /// Source: the files of panther-analysis, Panther's public rules.
  private static func isOther(_ node: YAMLNode) -> Bool {
    ["pack", "datamodel", "global", "lookup_table"].contains(node["AnalysisType"]?.scalar)
  }
}
