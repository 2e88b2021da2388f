import ConcordDiagnostics
import ConcordLanguages

/// Queries as views, a file with one statement each. [Athena user guide, CREATE VIEW]
enum AthenaViews {
  private static let name = "views"
  static let format = DeployFormat(
    name: name, summary: "a CREATE OR REPLACE VIEW for each rule (setting: Database)", takes: [.folder],
    query: query,
    files: { (queries, _) throws(Diagnostic) in
      queries.map { query in
        let database = query.settings.first.map { "\($0.value)." } ?? ""
        return DeployFile("\(query.name).view.sql", "\(opening)\(database)\(query.name) AS\n\(query.text)")
      }
    },
    reading: .init(
      names: [".view.sql"], isFile: { $0.name.hasSuffix(".sql") && $0.text.hasPrefix(opening) }, queries: read
    ))

  private static let opening = "CREATE OR REPLACE VIEW "

  private static func query(
    _ member: DeployMember, _ options: DeployOptions
  ) throws(Diagnostic) -> DeployedQuery {
    try options.allow(["Database"])
    var settings: [DeploySetting] = []
    if let database = options.setting("Database") {
      guard isName(database) else {
        throw Diagnostic(
          .deploySetting, "`\(database)` is no name of a database",
          help: ["small letters, digits and `_`"])
      }
      settings.append(DeploySetting("Database", database))
    }
    // Names have no signs but `_`. [Athena user guide, "Name databases, tables, and columns"]
    let words = member.rule.title.unicodeScalars.split { !$0.isLetterOrDigit }.map { String($0).lowercased() }
    let view = words.joined(separator: "_")
    guard !view.isEmpty, view.utf8.count <= 250 else {
      throw .deployValue(
        "the title `\(member.rule.title)`", "gives no name of a view", help: ["give the rule another title"])
    }
    return DeployedQuery(
      format: name, name: view.utf8.first?.isDigit == true ? "v_\(view)" : view, text: member.text,
      settings: settings)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0.isWord && !(65...90 ~= $0) }
  }

  private static func read(_ source: Source) throws(Diagnostic) -> [DeployedQuery] {
    let rest = source.text.dropFirst(opening.count)
    guard let end = rest.firstRange(of: " AS\n"),
      case let parts = rest[..<end.lowerBound].split(separator: ".", omittingEmptySubsequences: false).map(
        String.init),
      (1...2).contains(parts.count), parts.allSatisfy(isName), let view = parts.last
    else {
      throw Diagnostic(
        .unsupported, "expected `\(opening)NAME AS` and the query on the next line", in: source,
        at: Span(at: .start))
    }
    let settings = parts.count == 2 ? [DeploySetting("Database", parts[0])] : []
    return [
      DeployedQuery(format: name, name: view, text: String(rest[end.upperBound...]), settings: settings)
    ]
  }
}
