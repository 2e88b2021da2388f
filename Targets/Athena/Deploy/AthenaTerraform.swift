import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Named queries as resources of Terraform, in its JSON syntax, where a text is a template: `$${` and `%%{` stand for `${`
/// and `%{`. [Terraform language, "JSON Configuration Syntax" and "Strings and Templates"]
enum AthenaTerraform {
  private static let name = "terraform"
  static let format = DeployFormat(
    name: name, summary: "Terraform's aws_athena_named_query resources (settings: Database, WorkGroup)",
    query: { (member, options) throws(Diagnostic) in
      let query = try AthenaNamedQuery.query(in: name, member, options)
      for text in [query.name, query.text] + query.settings.map(\.value)
      where text.utf8.contains("$${".utf8) || text.utf8.contains("%%{".utf8) {
        throw .deployValue("a text", "holds `$${` or `%%{`, of which Terraform makes something else")
      }
      return query
    },
    files: { (queries, _) throws(Diagnostic) in
      let resources = queries.map { query in
        (label(query.name), AthenaNamedQuery.value(query, keys, escaped))
      }
      let text = Value.members([("resource", .members([(type, .members(resources))]))]).prettyJSON
      return [DeployFile("athena.tf.json", text + "\n")]
    },
    reading: .init(
      names: [".tf.json"], isFile: { $0.name.hasSuffix(".tf.json") && $0.text.contains(type) }, queries: read)
  )

  private static let type = "aws_athena_named_query"
  private static let keys = AthenaNamedQuery.Keys(
    name: "name", text: "query", settings: ["database", "workgroup", "description"])

  /// Small letters, digits and `_` of the name, and a digest of it.
  private static func label(_ name: String) -> String {
    let words = name.unicodeScalars.split { !$0.isLetterOrDigit }.map { String($0).lowercased() }
    return "q_\(words.joined(separator: "_").prefix(100))_\(AthenaNamedQuery.digest(name))"
  }

  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let opens = index + 1 < scalars.count && scalars[index + 1] == "{" && (scalar == "$" || scalar == "%")
      if opens { result.append(scalar) }
      result.append(scalar)
    }
    return String(result)
  }

  /// The text of a template that names nothing. Throws where it does.
  private static func unescaped(_ text: String) throws(Diagnostic) -> String {
    var result = String.UnicodeScalarView()
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      result.append(scalar)
      guard scalar == "$" || scalar == "%" else { continue }
      if rest.first == "{" {
        throw Diagnostic(
          .unsupported, "a text holds `\(scalar){`, of which Terraform makes something else",
          help: ["read what is deployed, in which such parts are resolved"])
      }
      if rest.first == scalar, rest.dropFirst().first == "{" { rest.removeFirst() }
    }
    return String(result)
  }

  private static func read(_ source: Source) throws(Diagnostic) -> [DeployedQuery] {
    guard case .object(let root) = try JSON.parse(source), case .object(let kinds)? = root["resource"],
      case .object(let resources)? = kinds[type]
    else { throw Diagnostic(.missingKey, "the file has no `resource` of `\(type)`", in: source) }
    var queries: [DeployedQuery] = []
    for member in resources.members {
      do throws(Diagnostic) {
        queries.append(try AthenaNamedQuery.read(in: name, member.value, member.key, keys, unescaped))
      } catch {
        throw error.located(in: source)
      }
    }
    return queries
  }
}
