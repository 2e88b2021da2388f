import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A schedule that starts a query: EventBridge Scheduler calls Athena's `StartQueryExecution` with what stands in its
/// input. [EventBridge Scheduler user guide, "Using universal targets"; Athena API reference, StartQueryExecution]
enum AthenaSchedule {
  static let format = "schedules"
  static let type = "AWS::Scheduler::Schedule"
  private static let target = "arn:aws:scheduler:::aws-sdk:athena:startQueryExecution"

  /// How many characters a schedule's name and description may have. [EventBridge Scheduler API reference, CreateSchedule]
  private static let limits = (name: 64, description: 512)

  static func query(_ member: DeployMember, _ options: DeployOptions) throws(Diagnostic) -> DeployedQuery {
    try options.allow(["Database", "WorkGroup", "RoleArn"])
    let schedule = options.schedule ?? ""
    guard ["rate(", "cron(", "at("].contains(where: schedule.hasPrefix), schedule.hasSuffix(")") else {
      throw Diagnostic(
        .deploySetting, "`\(schedule)` is no schedule expression",
        help: ["as `rate(15 minutes)` or `cron(0 * * * ? *)`"])
    }
    var query = try AthenaNamedQuery.query(
      in: format, called: name(member.rule.title), member, options, descriptionLimit: limits.description)
    let role = try options.needed("RoleArn", "the role by which the schedule may start queries")
    query.settings.insert(DeploySetting("ScheduleExpression", schedule), at: 0)
    query.settings.insert(DeploySetting("RoleArn", role), at: 1)
    query.settings.insert(DeploySetting("State", member.rule.enabled ? "ENABLED" : "DISABLED"), at: 2)
    query.isEnabled = member.rule.enabled
    for setting in query.settings { try AthenaTemplates.check(setting.value, "`\(setting.name)`") }
    try AthenaTemplates.check(query.text, "the query")
    // The scheduler's own words stand in an input for times and names of the run.
    // [EventBridge Scheduler user guide, "Adding context attributes"]
    if query.text.utf8.contains("<aws.scheduler.".utf8) {
      throw .deployValue("the query", "holds `<aws.scheduler.`, which a schedule replaces")
    }
    return query
  }

  /// Letters, digits, `-`, `_` and `.` of the title, and a digest of it.
  private static func name(_ title: String) -> String {
    let words = title.unicodeScalars.split { !$0.isLetterOrDigit && $0 != "." && $0 != "_" }.map {
      String($0)
    }
    let short = String(words.joined(separator: "-").prefix(limits.name - 9))
    return (short.isEmpty ? "rule" : short) + "-" + AthenaNamedQuery.digest(title)
  }

  static func resource(_ query: DeployedQuery) -> (type: String, properties: Value) {
    func setting(_ name: String) -> Value? {
      query.settings.first { $0.name == name }.map { .string($0.value) }
    }
    func members(_ pairs: [(String, Value?)]) -> Value {
      .members(pairs.compactMap { key, value in value.map { (key, $0) } })
    }
    let input = members([
      ("QueryString", .string(query.text)),
      ("QueryExecutionContext", members([("Database", setting("Database"))])),
      ("WorkGroup", setting("WorkGroup")),
    ])
    return (
      type,
      members([
        ("Name", .string(query.name)), ("Description", setting("Description")), ("State", setting("State")),
        ("ScheduleExpression", setting("ScheduleExpression")),
        ("FlexibleTimeWindow", .members([("Mode", .string("OFF"))])),
        (
          "Target",
          members([
            ("Arn", .string(target)), ("RoleArn", setting("RoleArn")), ("Input", .string(input.compactJSON)),
          ])
        ),
      ])
    )
  }

  /// Whether the properties are those of a schedule that starts a query.
  static func isQuery(_ properties: Value) -> Bool {
    guard case .object(let object) = properties, case .object(let target)? = object["Target"] else {
      return false
    }
    return target["Arn"] == .string(AthenaSchedule.target)
  }

  static func read(_ resource: String, _ properties: Value) throws(Diagnostic) -> DeployedQuery {
    func text(_ value: Value?, _ path: String...) throws(Diagnostic) -> String? {
      var value = value
      for key in path {
        guard case .object(let object)? = value else { return nil }
        value = object[key]
      }
      guard let value else { return nil }
      guard case .string(let text) = value else {
        throw .notPlain("`\(path.joined(separator: "."))`", resource)
      }
      return text
    }
    guard let words = try text(properties, "Target", "Input") else {
      throw Diagnostic(.missingKey, "the schedule `\(resource)` needs `Input`")
    }
    let input = try JSON.parse(words)
    guard let query = try text(input, "QueryString") else {
      throw Diagnostic(.missingKey, "the input of the schedule `\(resource)` needs `QueryString`")
    }
    let settings: [(String, String?)] = [
      ("ScheduleExpression", try text(properties, "ScheduleExpression")),
      ("RoleArn", try text(properties, "Target", "RoleArn")),
      ("State", try text(properties, "State") ?? "ENABLED"),
      ("Database", try text(input, "QueryExecutionContext", "Database")),
      ("WorkGroup", try text(input, "WorkGroup")),
      ("Description", try text(properties, "Description")),
    ]
    return DeployedQuery(
      format: format, name: try text(properties, "Name") ?? resource, text: query,
      settings: settings.compactMap { name, value in value.map { DeploySetting(name, $0) } },
      isEnabled: try text(properties, "State") != "DISABLED")
  }
}
