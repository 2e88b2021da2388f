import ConcordDiagnostics
import ConcordLanguages

/// Rules as one file of several documents, which other tools read as a collection. [Sigma specification, "Rule collections"]
enum SigmaPack {
  private static let name = "sigma-pack"
  static let format = DeployFormat(
    name: name, summary: "one YAML file with a document for each rule",
    query: { (member, options) throws(Diagnostic) in
      try options.allow([])
      return DeployedQuery(format: name, name: member.rule.id, text: member.text, settings: [])
    },
    files: { (queries, _) throws(Diagnostic) in
      [DeployFile("rules.yml", queries.map(\.text).joined(separator: "---\n"))]
    })
}
