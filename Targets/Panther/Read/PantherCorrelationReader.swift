import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

// Correlation rules: `Detection` with a `Group` or a `Sequence`.
extension PantherRuleReader {
  /// Reads what a correlation rule looks for. Throws `E330` for what is not read, by name.
  func correlation(_ root: YAMLNode) throws(Diagnostic) -> PantherCorrelation {
    guard let detection = root["Detection"], !detection.isNull else {
      throw .missingKey("Detection", of: root, near: nil, in: source)
    }
    for key in ["Condition", "Reading"] {
      if let node = root.keyNode(of: key) {
        throw .correlationPart("`\(key)` of a correlation rule", node, in: source)
      }
    }
    guard let parts = detection.sequence else {
      throw .wrongKind("Detection", "a list", detection, in: source)
    }
    guard parts.count == 1, let part = parts.first else {
      throw .correlationPart("`Detection` of \(parts.count) parts", detection, in: source)
    }
    let common = ["LookbackWindowMinutes", "Schedule", "EventEvaluationOrder"]
    let isOrdered = part["Sequence"] != nil
    try check(
      part, "`Detection`", (isOrdered ? ["Sequence", "Transitions"] : ["Group", "MatchCriteria"]) + common)
    guard let list = part[isOrdered ? "Sequence" : "Group"] else {
      throw .missingKey("Group", ofCorrelation: part, in: source)
    }
    if let node = part["EventEvaluationOrder"], try text(node, "EventEvaluationOrder") != "Chronological" {
      throw .unknown(
        "`EventEvaluationOrder`", try text(node, "EventEvaluationOrder"), among: ["Chronological"],
        in: source,
        at: node.span)
    }
    let lookback = try minutes(part, "LookbackWindowMinutes") ?? PantherCorrelation.usualLookback
    var correlation = PantherCorrelation(
      steps: try steps(list, isOrdered ? "Sequence" : "Group"), isOrdered: isOrdered, minutes: lookback,
      lookback: lookback)
    correlation.rate = try rate(part)
    if isOrdered {
      try readOrder(part, list, into: &correlation)
    } else {
      try readGroup(part, into: &correlation)
    }
    return correlation
  }

  /// Throws for a key that is none of those that are known.
  private func check(_ node: YAMLNode, _ what: String, _ known: [String]) throws(Diagnostic) {
    guard let entries = node.mapping else { throw .notAMapping(node, what, in: source) }
    for entry in entries where !known.contains(entry.key.scalar ?? "") {
      throw .unknown("key of \(what)", entry.key.scalar ?? "", among: known, in: source, at: entry.key.span)
    }
  }

  /// A number of minutes, 1 or more; `nil` where it is not there.
  private func minutes(_ node: YAMLNode, _ key: String) throws(Diagnostic) -> Int? {
    guard let value = node[key], !value.isNull else { return nil }
    let minutes = try integer(value, key, atLeast: 1)
    guard minutes <= Aggregate.longestPeriod / 60 else {
      throw .wrongKind(key, "a hundred years or less", value, in: source)
    }
    return minutes
  }

  private func rate(_ part: YAMLNode) throws(Diagnostic) -> Int? {
    guard let schedule = part["Schedule"], !schedule.isNull else { return nil }
    try check(schedule, "`Schedule`", ["RateMinutes", "TimeoutMinutes", "CronExpression"])
    return try minutes(schedule, "RateMinutes")
  }

  private func steps(_ list: YAMLNode, _ key: String) throws(Diagnostic) -> [PantherCorrelation.Step] {
    guard let items = list.sequence, !items.isEmpty else { throw .wrongKind(key, "a list", list, in: source) }
    if items.count > PantherCorrelation.stepLimit {
      throw .correlationPart("`\(key)` of more than \(PantherCorrelation.stepLimit) rules", list, in: source)
    }
    var steps: [PantherCorrelation.Step] = []
    for item in items {
      try check(item, "`\(key)`", ["ID", "RuleID", "MinMatchCount", "Absence"])
      guard let id = item["ID"] else { throw .missingKey("ID", ofCorrelation: item, in: source) }
      guard let rule = item["RuleID"] else { throw .missingKey("RuleID", ofCorrelation: item, in: source) }
      var step = PantherCorrelation.Step(
        id: try text(id, "ID"), ruleID: try text(rule, "RuleID"), count: 1, match: nil, span: id.span)
      if let node = item["MinMatchCount"], !node.isNull {
        step.count = try integer(node, "MinMatchCount", atLeast: 1)
        if isOrderedCount(key, step.count) {
          throw .correlationPart("`MinMatchCount` in a sequence", node, in: source)
        }
      }
      if let node = item["Absence"], !node.isNull, try boolean(node, "Absence") {
        if key == "Sequence" { throw .correlationPart("`Absence` in a sequence", node, in: source) }
        if step.count != 1 { throw .correlationPart("`Absence` with `MinMatchCount`", node, in: source) }
        step.count = 0
      }
      if steps.contains(where: { $0.id.sameScalars(as: step.id) }) {
        throw .correlationPart("a second `\(step.id)`", id, in: source)
      }
      if steps.contains(where: { $0.ruleID.sameScalars(as: step.ruleID) }) {
        throw .correlationPart("a rule that stands twice", rule, in: source)
      }
      steps.append(step)
    }
    return steps
  }

  private func isOrderedCount(_ key: String, _ count: Int) -> Bool { key == "Sequence" && count > 1 }

  /// A field that signals share.
  private func match(_ node: YAMLNode, _ key: String) throws(Diagnostic) -> FieldPath {
    PantherCorrelation.path(try path(node, key))
  }
}

// Groups.
extension PantherRuleReader {
  private func readGroup(_ part: YAMLNode, into correlation: inout PantherCorrelation) throws(Diagnostic) {
    if correlation.asksAbsence {
      guard correlation.steps.contains(where: { $0.count > 0 }) else {
        throw .correlationPart("a group of which all is absent", part, in: source)
      }
      guard let rate = correlation.rate else {
        throw .correlationPart("`Absence` without `RateMinutes`", part, in: source)
      }
      guard correlation.minutes / rate <= PantherCorrelation.lookLimit else {
        throw .correlationPart("a lookback of so many times the rate", part, in: source)
      }
    }
    guard let criteria = part["MatchCriteria"], !criteria.isNull else { return }
    guard let entries = criteria.mapping else {
      throw .wrongKind("MatchCriteria", "a mapping", criteria, in: source)
    }
    guard entries.count == 1, let entry = entries.first, let items = entry.value.sequence else {
      throw .correlationPart("`MatchCriteria` of other than one list", criteria, in: source)
    }
    correlation.matchName = entry.key.scalar ?? correlation.matchName
    for item in items {
      try check(item, "`MatchCriteria`", ["GroupID", "Match"])
      guard let group = item["GroupID"] else { throw .missingKey("GroupID", ofCorrelation: item, in: source) }
      guard let field = item["Match"] else { throw .missingKey("Match", ofCorrelation: item, in: source) }
      let place = try self.place(of: group, "GroupID", in: correlation)
      if correlation.steps[place].match != nil {
        throw .correlationPart("a second field to match of one rule", group, in: source)
      }
      correlation.steps[place].match = try match(field, "Match")
    }
    if let other = correlation.steps.first(where: { $0.match == nil }) {
      throw .correlationPart("`MatchCriteria` without `\(other.id)`", entry.key, in: source)
    }
  }

  /// The place of the step that a name means.
  func place(
    of node: YAMLNode, _ key: String, in correlation: PantherCorrelation
  ) throws(Diagnostic) -> Int {
    let name = try text(node, key)
    if let place = correlation.steps.firstIndex(where: { $0.id.sameScalars(as: name) }) { return place }
    throw .unknown("`\(key)`", name, among: correlation.steps.map(\.id), in: source, at: node.span)
  }
}

// Sequences.
extension PantherRuleReader {
  /// Each transition leads from one step to the next. The time of a single one is that of the whole; several that have
  /// times of their own are not one window.
  private func readOrder(
    _ part: YAMLNode, _ list: YAMLNode, into correlation: inout PantherCorrelation
  ) throws(Diagnostic) {
    let items = part["Transitions"]?.sequence ?? []
    guard items.count == correlation.steps.count - 1, !items.isEmpty else {
      throw .correlationPart(
        "\(correlation.steps.count) rules in sequence with \(items.count) transitions", list, in: source)
    }
    var fields: [[FieldPath]] = correlation.steps.map { _ in [] }
    for (place, item) in items.enumerated() {
      try check(item, "`Transitions`", ["ID", "From", "To", "Match", "WithinTimeFrameMinutes"])
      for (key, wanted) in [("From", place), ("To", place + 1)] {
        guard let node = item[key] else { throw .missingKey(key, ofCorrelation: item, in: source) }
        guard try self.place(of: node, key, in: correlation) == wanted else {
          throw .correlationPart("a transition that leads elsewhere than to the next rule", node, in: source)
        }
      }
      if let within = try minutes(item, "WithinTimeFrameMinutes"), within < correlation.lookback {
        guard items.count == 1, let node = item["WithinTimeFrameMinutes"] else {
          throw .correlationPart(
            "`WithinTimeFrameMinutes` of one of several transitions", item["WithinTimeFrameMinutes"] ?? item,
            in: source)
        }
        correlation.minutes = try integer(node, "WithinTimeFrameMinutes", atLeast: 1)
      }
      if let (from, to) = try transition(item) {
        fields[place].append(from)
        fields[place + 1].append(to)
      }
    }
    for (place, own) in fields.enumerated() {
      guard Set(own).count < 2 else {
        throw .correlationPart(
          "a rule that is matched by one field before and another behind", list, in: source)
      }
      correlation.steps[place].match = own.first
    }
    let asked = fields.flatMap { $0 }.count
    if asked > 0, asked < 2 * items.count {
      throw .correlationPart("a transition without `Match` beside others with one", list, in: source)
    }
  }

  /// The fields whose values a transition asks to be the same; `nil` where it asks none.
  private func transition(_ item: YAMLNode) throws(Diagnostic) -> (from: FieldPath, to: FieldPath)? {
    guard let node = item["Match"], !node.isNull else { return nil }
    guard let fields = node.sequence else { throw .wrongKind("Match", "a list", node, in: source) }
    if fields.isEmpty { return nil }
    guard fields.count == 1, let field = fields.first else {
      throw .correlationPart("`Match` of several fields", node, in: source)
    }
    if let both = field["On"] {
      try check(field, "`Match`", ["On"])
      let path = try match(both, "On")
      return (path, path)
    }
    try check(field, "`Match`", ["On", "From", "To"])
    guard let from = field["From"] else { throw .missingKey("From", ofCorrelation: field, in: source) }
    guard let to = field["To"] else { throw .missingKey("To", ofCorrelation: field, in: source) }
    return (try match(from, "From"), try match(to, "To"))
  }
}
