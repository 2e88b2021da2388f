import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Rules as a detection pack: a file that names them, and the program and the description of each.
/// [Panther documentation, "Detection Packs"; panther-analysis, packs]
enum PantherPack {
  private static let name = "panther-pack"
  static let format = DeployFormat(
    name: name, summary: "a detection pack, with the program and the YAML file of each rule",
    takes: [.folder], query: query,
    files: { (queries, options) throws(Diagnostic) in
      let pack = Value.members([
        ("AnalysisType", .string("pack")), ("PackID", .string(options.name)),
        ("Description", .string("\(queries.count) detections")), ("DisplayName", .string(options.name)),
        ("PackDefinition", .members([("IDs", .array(queries.map { .string($0.name) }))])),
      ])
      return [DeployFile("packs/pack.yml", try YAML.write(pack))] + queries.flatMap(\.beside)
    })

  private static func query(
    _ member: DeployMember, _ options: DeployOptions
  ) throws(Diagnostic) -> DeployedQuery {
    try options.allow([])
    // The id's signs that are safe in names of files and modules, and a digest, since ids that differ in others are different.
    let id = member.rule.id
    let words = id.unicodeScalars.split { !$0.isLetterOrDigit }.map { String($0).lowercased() }
    let stem = "\(words.joined(separator: "_").prefix(100))_\(SHA256.name(of: Array(id.utf8)).prefix(8))"
    var query = DeployedQuery(
      format: name, name: id, text: member.text, settings: [], isEnabled: member.rule.enabled)
    query.beside = [
      DeployFile("rules/\(stem).py", member.text),
      DeployFile(
        "rules/\(stem).yml", try PantherRuleWriter.companion(of: member.rule, program: "\(stem).py")),
    ]
    return query
  }
}
