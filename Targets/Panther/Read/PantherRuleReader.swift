import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// One YAML document to one rule.
struct PantherRuleReader {
  let source: Source
  let options: LanguageOptions
  var warnings: [Diagnostic] = []

  init(source: Source, options: LanguageOptions) {
    self.source = source
    self.options = options
  }

  /// The rule of a document, or of a page's body with the page's condition. Throws the first thing that is wrong.
  mutating func document(
    _ root: YAMLNode, condition tree: NotationTree? = nil
  ) throws(Diagnostic) -> RuleDocument {
    guard let entries = root.mapping else { throw .notAMapping(root, "a rule", in: source) }
    let isCorrelation = try requireRule(root)
    guard let idNode = root["RuleID"], !idNode.isNull else {
      throw .missingKey("RuleID", of: root, near: misspelling(of: "RuleID", in: entries), in: source)
    }
    let id = try text(idNode, "RuleID")
    try refuseFilters(root)
    if isCorrelation { return try correlationRule(root, entries, id, isGiven: tree != nil) }
    let fixtures = try fixtures(root)
    let finder = PantherCondition(source: source, options: options)
    let condition = try finder.read(root, tree, fixtures.fixtures)
    warnings += condition.warnings

    var rule = Rule(id: id, title: id, condition: condition.condition)
    if let title = try optionalText(root, "DisplayName") { rule.title = title }
    try readDetails(root, into: &rule)
    try readNumbers(root, into: &rule)
    rule.fixtures = fixtures.fixtures
    if condition.source != nil { leaveOutMocked(fixtures.extras, root, of: &rule) }
    for left in condition.leftOut {
      rule.logSources.removeAll { $0 == LogSource(pantherLogType: left.logType) }
      rule.fixtures.removeAll { left.has($0.event) }
    }
    rule.outputFields = try outputFields(root["OutputFields"])
    if root["OutputFields"] == nil { rule.outputFields = condition.outputFields }
    if let metadata = condition.metadata {
      metadata.put(into: &rule)
    } else {
      rule.groupsByText = ["Filename", "AlertTitle", "GroupBy"].contains { root[$0]?.isNull == false }
    }
    rule.unknown = unknown(entries, testExtras: fixtures.extras, reports: try reports(root, into: &rule))
    var document = RuleDocument(
      rule: rule, source: source, warnings: warnings, reading: condition.reading?.description,
      alternatives: condition.alternatives, conditionSource: condition.source ?? options.condition)
    document.program = condition.program
    return document
  }

  /// The rule of a document about signals. `isGiven`: whether a condition is given that it does not have.
  private mutating func correlationRule(
    _ root: YAMLNode, _ entries: [YAMLNode.Entry], _ id: String, isGiven: Bool
  ) throws(Diagnostic) -> RuleDocument {
    if isGiven || options.condition != nil {
      throw .correlationPart(
        "a condition given for a correlation rule", root["AnalysisType"] ?? root, in: source)
    }
    let correlation = try correlation(root)
    var rule = Rule(id: id, title: id, condition: .always(false))
    if let title = try optionalText(root, "DisplayName") { rule.title = title }
    try readDetails(root, into: &rule)
    try readNumbers(root, into: &rule)
    correlation.fill(&rule)
    rule.fixtures = try logs(root, correlation)
    rule.outputFields = try outputFields(root["OutputFields"])
    rule.unknown = unknown(entries, testExtras: Value.Object(), reports: try reports(root, into: &rule))
    rule.unknown.members.removeAll { $0.key == "Detection" }
    if let note = Diagnostic.scheduleLeftOut(correlation, root.keyNode(of: "Detection")?.span, in: source) {
      warnings.append(note)
    }
    return RuleDocument(rule: rule, source: source, warnings: warnings, conditionSource: source)
  }

  /// Whether the document is a correlation rule. Throws where it is no rule.
  private func requireRule(_ root: YAMLNode) throws(Diagnostic) -> Bool {
    guard let node = root["AnalysisType"] else {
      let near = misspelling(of: "AnalysisType", in: root.mapping ?? [])
      throw .missingKey("AnalysisType", of: root, near: near, in: source)
    }
    let type = try text(node, "AnalysisType")
    if type == "correlation_rule" { return true }
    if type != "rule" { throw .notARule(type, node.span, in: source) }
    return false
  }

  /// Inline filters run before the rule and change which events it sees.
  private func refuseFilters(_ root: YAMLNode) throws(Diagnostic) {
    guard let filters = root["InlineFilters"] else { return }
    let items = filters.sequence ?? [filters]
    for item in items {
      let entries = item.mapping ?? []
      let isEmpty =
        item.isNull || (!entries.isEmpty && entries.allSatisfy { $0.value.sequence?.isEmpty ?? false })
      if !isEmpty { throw .inlineFilters(item.span, in: source) }
    }
  }

  private mutating func readDetails(_ root: YAMLNode, into rule: inout Rule) throws(Diagnostic) {
    rule.description = try optionalText(root, "Description")
    rule.runbook = try optionalText(root, "Runbook")
    rule.author = try optionalText(root, "Author")
    rule.date = try optionalText(root, "Date")
    rule.modified = try optionalText(root, "Modified")
    rule.references = try texts(root, "Reference", orOne: true)
    rule.falsePositives = try texts(root, "FalsePositives", orOne: true)
    rule.tags = try texts(root, "Tags")
    rule.logSources = try logSources(root["LogTypes"])
    if let node = root["Severity"], !node.isNull {
      let written = try text(node, "Severity")
      guard let severity = PantherWords.severities.first(where: { $0.word == written.lowercased() })
      else {
        throw .unknown(
          "severity", written, among: ["Info", "Low", "Medium", "High", "Critical"], in: source, at: node.span
        )
      }
      rule.severity = severity.severity
    }
    if let status = try optionalText(root, "Status") {
      let isKnown = PantherWords.statuses.contains(status.lowercased())
      rule.status = isKnown ? status.lowercased() : status
    }
  }

  private mutating func readNumbers(_ root: YAMLNode, into rule: inout Rule) throws(Diagnostic) {
    if let node = root["Enabled"], !node.isNull { rule.enabled = try boolean(node, "Enabled") }
    if let node = root["CreateAlert"], !node.isNull { rule.makesAlerts = try boolean(node, "CreateAlert") }
    if let node = root["Threshold"], !node.isNull {
      rule.threshold = try integer(node, "Threshold", atLeast: 1)
      if rule.threshold > 1 { warnings.append(.threshold(rule.threshold, node.span, in: source)) }
    }
    if let node = root["DedupPeriodMinutes"], !node.isNull {
      rule.dedupPeriodMinutes = try integer(node, "DedupPeriodMinutes", atLeast: 0)
    }
  }

  /// A key of the file that was probably meant to be `key`.
  private func misspelling(of key: String, in entries: [YAMLNode.Entry]) -> YAMLNode? {
    let found = entries.map(\.key).filter { !PantherKeys.all.contains($0.scalar ?? "") }
    let near = Suggestion.nearest(to: key, among: found.compactMap(\.scalar))
    return near.flatMap { near in found.first { $0.scalar == near } }
  }
}

// Lists and maps.
extension PantherRuleReader {
  private mutating func logSources(_ node: YAMLNode?) throws(Diagnostic) -> [LogSource] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.sequence else { throw .wrongKind("LogTypes", "a list", node, in: source) }
    var sources: [LogSource] = []
    for item in items {
      if item.mapping == nil {
        sources.append(LogSource(pantherLogType: try text(item, "LogTypes")))
      } else {
        sources.append(
          LogSource(
            category: try optionalText(item, "Category"), product: try optionalText(item, "Product"),
            service: try optionalText(item, "Service"), platformName: try optionalText(item, "LogType")))
      }
    }
    return sources
  }

  /// The references to ATT&CK go into the rule, what else is in `Reports` is returned.
  private mutating func reports(
    _ root: YAMLNode, into rule: inout Rule
  ) throws(Diagnostic) -> Value.Object {
    var others = Value.Object()
    guard let node = root["Reports"], !node.isNull else { return others }
    guard let entries = node.mapping else { throw .wrongKind("Reports", "a mapping", node, in: source) }
    for entry in entries {
      let key = entry.key.scalar ?? ""
      if key == PantherKeys.attack {
        for text in try texts(node, key) { rule.attack.append(AttackReference(panther: text)) }
        warnOfAttack(entry.value)
      } else {
        others.members.append(Value.Object.Member(key, entry.value.value))
      }
    }
    return others
  }

  private mutating func warnOfAttack(_ node: YAMLNode) {
    for item in node.sequence ?? [] {
      let text = item.scalar ?? ""
      if AttackReference(panther: text).isWellFormed { continue }
      warnings.append(.oddAttack(text, item.span, in: source))
    }
  }

  private func outputFields(_ node: YAMLNode?) throws(Diagnostic) -> [OutputField] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.sequence else { throw .wrongKind("OutputFields", "a list", node, in: source) }
    var fields: [OutputField] = []
    for item in items {
      if let entries = item.mapping {
        for entry in entries {
          fields.append(OutputField(name: entry.key.scalar ?? "", path: try path(entry.value)))
        }
      } else {
        fields.append(OutputField(name: try text(item, "OutputFields"), path: try path(item)))
      }
    }
    return fields
  }

  func path(_ node: YAMLNode, _ key: String = "OutputFields") throws(Diagnostic) -> FieldPath {
    let text = try text(node, key)
    do throws(Diagnostic) {
      return try Notation.path(text, origin: node.origin ?? Origin(source, start: node.span.start))
    } catch {
      var located = error
      if node.origin == nil { located.labels = [.init(node.span)] }
      throw located
    }
  }

  /// The keys that have no place in `Rule`, in source order; a mistyped one is warned of.
  private mutating func unknown(
    _ entries: [YAMLNode.Entry], testExtras: Value.Object, reports: Value.Object
  ) -> Value.Object {
    var unknown = Value.Object()
    for entry in entries {
      let key = entry.key.scalar ?? ""
      switch key {
      case "Reports": if !reports.members.isEmpty { unknown.members.append(.init(key, .object(reports))) }
      case "Tests": if !testExtras.members.isEmpty { unknown.members.append(.init(key, .object(testExtras))) }
      case _ where PantherKeys.read.contains(key) || PantherKeys.ours.contains(key): break
      default:
        unknown.members.append(.init(key, entry.value.value))
        if !PantherKeys.kept.contains(key), let near = Suggestion.nearest(to: key, among: PantherKeys.all) {
          warnings.append(.mistypedKey(key, near, entry.key.span, in: source))
        }
      }
    }
    return unknown
  }
}

// Values of one kind.
extension PantherRuleReader {
  /// The text of a scalar, as it is written: an unquoted number is its text too.
  func text(_ node: YAMLNode, _ key: String) throws(Diagnostic) -> String {
    guard let text = node.scalar, !node.isNull else { throw .wrongKind(key, "a text", node, in: source) }
    return text
  }

  func optionalText(_ parent: YAMLNode, _ key: String) throws(Diagnostic) -> String? {
    guard let node = parent[key], !node.isNull else { return nil }
    return try text(node, key)
  }

  /// A list of texts; one alone may stand without a list if `orOne`.
  func texts(_ parent: YAMLNode, _ key: String, orOne: Bool = false) throws(Diagnostic) -> [String] {
    guard let node = parent[key], !node.isNull else { return [] }
    if orOne, node.scalar != nil { return [try text(node, key)] }
    guard let items = node.sequence else { throw .wrongKind(key, "a list", node, in: source) }
    var texts: [String] = []
    for item in items { texts.append(try text(item, key)) }
    return texts
  }

  func boolean(_ node: YAMLNode, _ key: String) throws(Diagnostic) -> Bool {
    guard case .bool(let value) = node.value else {
      throw .wrongKind(key, "`true` or `false`", node, in: source)
    }
    return value
  }

  func integer(_ node: YAMLNode, _ key: String, atLeast least: Int) throws(Diagnostic) -> Int {
    guard case .number(let number) = node.value, let value = Int(number.shortest), value >= least else {
      throw .wrongKind(key, "a whole number, \(least) or more", node, in: source)
    }
    return value
  }
}
