import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// A rule as a Panther rule file.
///
/// Law: `read(text()).rule == rule`, for rules whose unknown keys are neither Panther's nor ours.
struct PantherRuleWriter {
  private let rule: Rule
  private let reading: Reading

  /// The rule as a Panther rule file with its condition, reading and output fields, which is read back to the same
  /// rule. Throws `E111` for text that YAML cannot spell.
  static func write(_ document: RuleDocument) throws(Diagnostic) -> String {
    try PantherRuleWriter(document).text()
  }

  /// The rule file that names a program: what Panther itself has keys for, and the rule's fixtures as its tests.
  /// Throws `E111` for text that YAML cannot spell.
  static func companion(of rule: Rule, program: String) throws(Diagnostic) -> String {
    try PantherRuleWriter(RuleDocument(rule: rule, source: Source(name: program, text: ""))).text(program)
  }

  /// A rule whose document states no reading is written under Panther's own.
  init(_ document: RuleDocument) throws(Diagnostic) {
    rule = document.rule
    reading = try document.reading.map { (words) throws(Diagnostic) in try Reading(words) } ?? .panther
  }

  /// The file, ending in a line break.
  func text(_ program: String? = nil) throws(Diagnostic) -> String {
    var members: [Value.Object.Member] = []
    func add(_ key: String, _ value: Value?) {
      guard let value, program == nil || !PantherKeys.ours.contains(key) else { return }
      members.append(Value.Object.Member(key, value))
    }
    add("AnalysisType", .string("rule"))
    add("Filename", program.map(Value.string))
    add("RuleID", .string(rule.id))
    add("DisplayName", .string(rule.title))
    add("Description", rule.description.map(Value.string))
    add("Severity", rule.severity.map { .string(PantherRuleWriter.word($0)) })
    add("Status", status)
    add("Enabled", .bool(rule.enabled))
    add("Author", rule.author.map(Value.string))
    add("Date", rule.date.map(Value.string))
    add("Modified", rule.modified.map(Value.string))
    add("Reference", oneOrMore(rule.references))
    add("Reports", reports)
    add("Tags", list(rule.tags))
    add("Runbook", rule.runbook.map(Value.string))
    add("FalsePositives", list(rule.falsePositives))
    let logSources = program == nil ? rule.logSources : rule.logSources.filter { $0.pantherLogType != nil }
    add("LogTypes", logSources.isEmpty ? nil : .array(logSources.map(logSource)))
    add("Threshold", .number(Number(rule.threshold)))
    add("DedupPeriodMinutes", rule.dedupPeriodMinutes.map { .number(Number($0)) })
    members += others.filter { program == nil || $0.key != "Filename" }
    // A text that ends in a line break stands behind `|`, one conjunct a line.
    add("Condition", .string(Notation.print(rule.condition, reading: reading) + "\n"))
    add("Reading", reading == .panther ? nil : .string(reading.changes(from: .panther)))
    add("OutputFields", rule.outputFields.isEmpty ? nil : .array(rule.outputFields.map(outputField)))
    add("Tests", rule.fixtures.isEmpty ? nil : .array(rule.fixtures.map(test)))
    return try YAML.write(.object(Value.Object(members)))
  }

  private static func word(_ severity: Rule.Severity) -> String {
    switch severity {
    case .informational: "Info"
    case .low: "Low"
    case .medium: "Medium"
    case .high: "High"
    case .critical: "Critical"
    }
  }

  private var status: Value? {
    guard let status = rule.status else { return nil }
    let isKnown = PantherWords.statuses.contains(status)
    return .string(isKnown ? status.prefix(1).uppercased() + status.dropFirst() : status)
  }

  private func list(_ texts: [String]) -> Value? {
    texts.isEmpty ? nil : .array(texts.map(Value.string))
  }

  private func oneOrMore(_ texts: [String]) -> Value? {
    texts.count == 1 ? texts.first.map(Value.string) : list(texts)
  }

  private var reports: Value? {
    var reports = Value.Object()
    if let attack = list(rule.attack.map(\.panther)) {
      reports.members.append(.init(PantherKeys.attack, attack))
    }
    if case .object(let others)? = rule.unknown["Reports"] { reports.members += others.members }
    return reports.members.isEmpty ? nil : .object(reports)
  }

  /// Keys that have a place of their own are written there.
  private var others: [Value.Object.Member] {
    rule.unknown.members.filter { !PantherKeys.read.contains($0.key) && !PantherKeys.ours.contains($0.key) }
  }

  private func logSource(_ source: LogSource) -> Value {
    if let name = source.pantherLogType { return .string(name) }
    let parts = [
      ("Category", source.category), ("Product", source.product), ("Service", source.service),
      ("LogType", source.platformName),
    ]
    return .object(
      Value.Object(parts.compactMap { key, text in text.map { Value.Object.Member(key, .string($0)) } }))
  }

  private func outputField(_ field: OutputField) -> Value {
    let path = Notation.print(field.path)
    if path.sameScalars(as: field.name) { return .string(path) }
    return .object(Value.Object([Value.Object.Member(field.name, .string(path))]))
  }

  private func test(_ fixture: Fixture) -> Value {
    guard case .object(let extras)? = rule.unknown["Tests"], case .object(let own)? = extras[fixture.name]
    else {
      return PantherRuleWriter.test(fixture)
    }
    return PantherRuleWriter.test(fixture, more: own.members)
  }

  /// A fixture as an item of `Tests`.
  static func test(_ fixture: Fixture, more: [Value.Object.Member] = []) -> Value {
    let event = Value.object(fixture.event.object)
    return .object(
      Value.Object(
        [.init("Name", .string(fixture.name)), .init("ExpectedResult", .bool(fixture.expected))] + more
          + [.init("Log", event.isSpelledInYAML ? event : .string(event.compactJSON))]))
  }
}

extension Value {
  /// Whether YAML can spell it without loss: it has no repeated key and no malformed text.
  fileprivate var isSpelledInYAML: Bool {
    switch self {
    case .null, .bool, .number, .string: true
    case .malformedString: false
    case .array(let items): items.allSatisfy(\.isSpelledInYAML)
    case .object(let object):
      Set(object.members.map { ScalarText($0.key) }).count == object.members.count
        && object.members.allSatisfy { $0.malformedKey == nil && $0.value.isSpelledInYAML }
    }
  }
}
