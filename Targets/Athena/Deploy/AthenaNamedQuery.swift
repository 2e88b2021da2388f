import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A saved query of Athena, whatever tells Athena of it. [Athena API reference, NamedQuery]
enum AthenaNamedQuery {
  /// What a format calls the parts of a named query.
  struct Keys {
    let name: String
    let text: String
    /// Those of the settings `Database`, `WorkGroup` and `Description`, in that order.
    let settings: [String]
  }

  /// How many characters each part may have.
  static let limits = (name: 128, description: 1_024, text: AthenaWriter.byteLimit)

  /// The query of a rule as a named query. Throws what it cannot hold.
  static func query(
    in format: String, _ member: DeployMember, _ options: DeployOptions
  ) throws(Diagnostic) -> DeployedQuery {
    try options.allow(["Database", "WorkGroup"])
    let query = try query(
      in: format, called: member.rule.title, member, options, descriptionLimit: limits.description)
    for setting in query.settings {
      try AthenaTemplates.check(setting.value, "`\(setting.name)`")
    }
    try AthenaTemplates.check(query.text, "the query")
    try AthenaTemplates.check(query.name, "the name")
    return query
  }

  /// The query of a rule under that name, with its database, work group and description.
  static func query(
    in format: String, called name: String, _ member: DeployMember, _ options: DeployOptions,
    descriptionLimit: Int
  ) throws(Diagnostic) -> DeployedQuery {
    guard 1...limits.name ~= name.unicodeScalars.count else {
      throw .deployValue(
        "the name `\(name)`",
        "has \(name.unicodeScalars.count) characters, of which Athena takes 1 to \(limits.name)",
        help: ["give the rule another title"])
    }
    if name.unicodeScalars.contains("\0") { throw .deployValue("the name", "holds NUL") }
    var settings = [
      DeploySetting("Database", try options.needed("Database", "the database that the queries belong to"))
    ]
    if let group = options.setting("WorkGroup") { settings.append(DeploySetting("WorkGroup", group)) }
    if let description = member.rule.description, !description.isEmpty {
      guard description.unicodeScalars.count <= descriptionLimit else {
        throw .deployValue("the description", "has more than \(descriptionLimit) characters")
      }
      settings.append(DeploySetting("Description", description))
    }
    return DeployedQuery(format: format, name: name, text: member.text, settings: settings)
  }

  /// The properties of a resource.
  static func value(
    _ query: DeployedQuery, _ keys: Keys, _ escaped: (String) -> String = { $0 }
  ) -> Value {
    let settings = zip(["Database", "WorkGroup", "Description"], keys.settings).compactMap { name, key in
      query.settings.first { $0.name == name }.map { (key, Value.string(escaped($0.value))) }
    }
    return .members(
      [(keys.name, .string(escaped(query.name)))] + settings + [(keys.text, .string(escaped(query.text)))])
  }

  /// The query of a resource's properties. Throws where one is no plain text, such as a reference to something else.
  static func read(
    in format: String, _ properties: Value, _ resource: String, _ keys: Keys,
    _ unescaped: (String) throws(Diagnostic) -> String = { (text) throws(Diagnostic) in text }
  ) throws(Diagnostic) -> DeployedQuery {
    guard case .object(let object) = properties else { throw .notPlain("the properties", resource) }
    func text(_ key: String) throws(Diagnostic) -> String? {
      guard let value = object[key] else { return nil }
      guard case .string(let text) = value else { throw .notPlain("`\(key)`", resource) }
      return try unescaped(text)
    }
    guard let query = try text(keys.text) else {
      throw Diagnostic(.missingKey, "the resource `\(resource)` needs `\(keys.text)`")
    }
    var settings: [DeploySetting] = []
    for (name, key) in zip(["Database", "WorkGroup", "Description"], keys.settings) {
      if let value = try text(key) { settings.append(DeploySetting(name, value)) }
    }
    return DeployedQuery(
      format: format, name: try text(keys.name) ?? resource, text: query, settings: settings)
  }

  /// Eight hexadecimal digits that tell a name from others.
  static func digest(_ name: String) -> Substring { SHA256.name(of: Array(name.utf8)).prefix(8) }
}

extension Diagnostic {
  static func notPlain(_ part: String, _ resource: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "\(part) of the resource `\(resource)` is no plain text",
      help: ["read the deployed template, in which references are resolved"])
  }
}
