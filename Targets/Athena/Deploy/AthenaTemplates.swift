import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Queries as resources of CloudFormation: named queries, and schedules that run queries.
/// [CloudFormation template reference, AWS::Athena::NamedQuery and AWS::Scheduler::Schedule]
enum AthenaTemplates {
  private static let name = "cloudformation"

  /// Named queries.
  static let namedQueries = DeployFormat(
    name: name, summary: "a CloudFormation template of named queries (settings: Database, WorkGroup)",
    query: { (member, options) throws(Diagnostic) in
      try AthenaNamedQuery.query(in: name, member, options)
    },
    files: { (queries, _) throws(Diagnostic) in files(queries, named) },
    reading: .init(names: names, isFile: isTemplate, queries: read))

  /// Schedules of EventBridge Scheduler, each of which starts a query. Templates are read whatever of both they hold.
  static let schedules = DeployFormat(
    name: AthenaSchedule.format,
    summary:
      "a CloudFormation template of schedules that start queries (settings: RoleArn, Database, WorkGroup)",
    takes: [.schedule, .needsSchedule], query: AthenaSchedule.query,
    files: { (queries, _) throws(Diagnostic) in files(queries, AthenaSchedule.resource) })

  /// What the resource's properties call the parts of a named query.
  private static let keys = AthenaNamedQuery.Keys(
    name: "Name", text: "QueryString", settings: ["Database", "WorkGroup", "Description"])
  private static let namedType = "AWS::Athena::NamedQuery"
  private static let names = [".template.json", ".template.yaml", ".template.yml"]
  /// How many resources a template may have, and bytes. [CloudFormation user guide, quotas]
  private static let limits = (resources: 500, bytes: 1_000_000)

  private static func named(_ query: DeployedQuery) -> (type: String, properties: Value) {
    (namedType, AthenaNamedQuery.value(query, keys))
  }
}

// Writing.
extension AthenaTemplates {
  /// As few templates as hold the queries.
  private static func files(
    _ queries: [DeployedQuery], _ resource: (DeployedQuery) -> (type: String, properties: Value)
  ) -> [DeployFile] {
    var templates: [[(String, Value)]] = [[]]
    var size = 0
    for query in queries {
      let (type, properties) = resource(query)
      let value = Value.members([("Type", .string(type)), ("Properties", properties)])
      let bytes = value.prettyJSON(level: 2).utf8.count + 300
      if size + bytes > limits.bytes || templates[templates.count - 1].count == limits.resources {
        templates.append([])
        size = 0
      }
      size += bytes
      templates[templates.count - 1].append((logicalName(query.name), value))
    }
    return templates.enumerated().map { index, resources in
      let template = Value.members([
        ("AWSTemplateFormatVersion", .string("2010-09-09")), ("Resources", .members(resources)),
      ])
      let number = templates.count > 1 ? "-\(index + 1)" : ""
      return DeployFile("athena\(number).template.json", template.prettyJSON + "\n")
    }
  }

  /// Letters and digits of the name, and a digest of it, since names that differ in other signs are different.
  private static func logicalName(_ name: String) -> String {
    let letters = name.unicodeScalars.filter(\.isLetterOrDigit).prefix(200)
    return "Q\(String(String.UnicodeScalarView(letters)))\(AthenaNamedQuery.digest(name))"
  }

  /// Throws where a template would not hold the text as it is: CloudFormation replaces dynamic references wherever they
  /// stand. [CloudFormation user guide, "Get values stored in other services using dynamic references"]
  static func check(_ text: String, _ what: String) throws(Diagnostic) {
    if text.utf8.contains("{{resolve:".utf8) {
      throw .deployValue(what, "holds `{{resolve:`, which a template replaces")
    }
    if text.unicodeScalars.contains("\0") { throw .deployValue(what, "holds NUL") }
  }
}

// Reading.
extension AthenaTemplates {
  private static func isTemplate(_ source: Source) -> Bool {
    names.contains(where: source.name.hasSuffix)
      && [namedType, AthenaSchedule.type].contains { source.text.utf8.contains($0.utf8) }
  }

  /// The queries of a template's resources. Throws where a property is no plain text.
  private static func read(_ source: Source) throws(Diagnostic) -> [DeployedQuery] {
    let template: Value?
    if source.name.hasSuffix(".json") {
      template = try JSON.parse(source)
    } else {
      template = try YAML.documents(source).first?.value
    }
    guard case .object(let root)? = template, case .object(let resources)? = root["Resources"] else {
      throw Diagnostic(.missingKey, "a template needs `Resources`", in: source)
    }
    var queries: [DeployedQuery] = []
    for member in resources.members {
      guard case .object(let resource) = member.value, let properties = resource["Properties"] else {
        continue
      }
      do throws(Diagnostic) {
        if resource["Type"] == .string(namedType) {
          queries.append(try AthenaNamedQuery.read(in: name, properties, member.key, keys))
        } else if resource["Type"] == .string(AthenaSchedule.type), AthenaSchedule.isQuery(properties) {
          queries.append(try AthenaSchedule.read(member.key, properties))
        }
      } catch {
        throw error.located(in: source)
      }
    }
    return queries
  }
}
