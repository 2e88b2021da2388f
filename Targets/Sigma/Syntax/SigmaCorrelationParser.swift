import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Reads one correlation, as far as it can be read; what is wrong with it goes to `issues`.
enum SigmaCorrelationParser {
  /// What could be read.
  struct Parsed {
    /// Title, id and the like.
    var metadata: SigmaDocument
    /// The whole; `nil` where something of it is wrong.
    var correlation: SigmaCorrelation?
    /// The type as it is written, and where.
    var type: (name: String, span: Span)?
    /// The rules that it names, and where.
    var references: [(name: String, span: Span)] = []
    /// The rules that its aliases name, the alias and where.
    var aliased: [(alias: String, rule: String, span: Span)] = []
    /// Whether the rules are meant to be run alone too.
    var generates = false
  }

  private static let keys = ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"]

  static func parse(
    _ node: SigmaNode, _ body: SigmaNode, _ issues: inout SigmaIssues
  ) -> Parsed {
    var parsed = Parsed(metadata: SigmaDocumentParser.metadata(node, &issues))
    guard let mapping = body.mapping else {
      issues.errors.append(.sigmaExpected("a map", of: "correlation", at: body.span))
      return parsed
    }
    for (key, _) in mapping where !keys.contains(key.scalar ?? "") {
      let name = key.scalar ?? ""
      issues.warnings.append(.sigmaCorrelationKey(name, among: keys, at: key.span))
    }
    let kind = issues.attempt { (_) throws(Diagnostic) -> SigmaCorrelation.Kind in
      try SigmaCorrelationParser.kind(body, &parsed)
    }
    issues.attempt { (issues) throws(Diagnostic) -> Void in try rules(body, kind, &parsed, &issues) }
    let groups = issues.attempt { (issues) throws(Diagnostic) -> [String] in
      try SigmaCorrelationParser.groups(body, &issues)
    }
    let seconds = issues.attempt { (_) throws(Diagnostic) -> Int in try timespan(body) }
    let criterion = issues.attempt { (issues) throws(Diagnostic) -> SigmaCorrelation.Criterion? in
      try SigmaCorrelationParser.criterion(body, kind, parsed, &issues)
    }
    let aliases = issues.attempt { (_) throws(Diagnostic) -> [SigmaCorrelation.Alias] in
      try SigmaCorrelationParser.aliases(body, &parsed)
    }
    let generate = issues.attempt { (_) throws(Diagnostic) -> Bool in
      // The specification has it beside `correlation`, pySigma within.
      try flag(node["generate"] ?? body["generate"], "generate")
    }
    parsed.generates = generate ?? false
    guard let kind, let groups, let seconds, let criterion, let aliases else { return parsed }
    var correlation = SigmaCorrelation(metadata: parsed.metadata, kind: kind, timespan: seconds)
    correlation.rules = parsed.references.map(\.name)
    correlation.groupBy = groups
    correlation.criterion = criterion
    correlation.aliases = aliases
    correlation.generate = parsed.generates
    parsed.correlation = correlation
    return parsed
  }

  private static func kind(
    _ body: SigmaNode, _ parsed: inout Parsed
  ) throws(Diagnostic) -> SigmaCorrelation.Kind {
    guard let node = body["type"] else { throw missing("type", body) }
    guard let name = node.scalar, !node.top.isNull else {
      throw .sigmaExpected("a text", of: "type", at: node.span)
    }
    parsed.type = (name, node.span)
    guard let kind = SigmaCorrelation.Kind(rawValue: name) else {
      let known = SigmaCorrelation.Kind.allCases.map(\.rawValue)
      throw .unknown("type of correlation", name, among: known, at: node.span)
    }
    return kind
  }

  private static func rules(
    _ body: SigmaNode, _ kind: SigmaCorrelation.Kind?, _ parsed: inout Parsed, _ issues: inout SigmaIssues
  ) throws(Diagnostic) {
    guard let node = body["rules"] else {
      // An expression over rules names them (SEP 198, as pySigma reads it).
      guard let kind, kind.isTemporal, let condition = body["condition"], condition.scalar != nil else {
        throw missing("rules", body)
      }
      for name in try SigmaDocumentParser.condition(condition.top).selections
      where !parsed.references.contains(where: { $0.name.sameScalars(as: name) }) {
        parsed.references.append((name, condition.span))
      }
      return
    }
    for item in node.sequence ?? [node.top] {
      guard let name = item.scalar, !item.isNull else {
        throw .sigmaExpected("a list of ids or names of rules", of: "rules", at: item.span)
      }
      // In order, a rule can be asked for again.
      if kind != .temporalOrdered, parsed.references.contains(where: { $0.name.sameScalars(as: name) }) {
        issues.warnings.append(.sigmaTwice(name, "rules", at: item.span))
      } else {
        parsed.references.append((name, item.span))
      }
    }
    if parsed.references.isEmpty {
      throw .sigmaExpected("a list of ids or names of rules", of: "rules", at: node.span)
    }
    if let kind, kind.isTemporal, parsed.references.count == 1 {
      issues.warnings.append(.sigmaCorrelationOfOne(kind.rawValue, at: node.span))
    }
  }

  private static func groups(
    _ body: SigmaNode, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> [String] {
    guard let node = body["group-by"] else {
      issues.warnings.append(.sigmaNoGroup(at: Span(at: body.span.start)))
      return []
    }
    return try SigmaDocumentParser.texts(node, "group-by", &issues.warnings)
  }

  /// A number and `s`, `m`, `h` or `d`, in seconds.
  private static func timespan(_ body: SigmaNode) throws(Diagnostic) -> Int {
    guard let node = body["timespan"] else { throw missing("timespan", body) }
    let text = node.scalar ?? ""
    let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = units[String(text.suffix(1))], let count = Int(text.dropLast()), count > 0,
      text.utf8.first != UInt8(ascii: "+")
    else { throw .sigmaTimespan(text, at: node.span) }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    if overflow || seconds > Aggregate.longestPeriod { throw .sigmaTimespan(text, at: node.span) }
    return seconds
  }

  private static func aliases(
    _ body: SigmaNode, _ parsed: inout Parsed
  ) throws(Diagnostic) -> [SigmaCorrelation.Alias] {
    guard let node = body["aliases"], !node.top.isNull else { return [] }
    guard let mapping = node.mapping else { throw .sigmaExpected("a map", of: "aliases", at: node.span) }
    var aliases: [SigmaCorrelation.Alias] = []
    for (key, value) in mapping {
      let name = key.scalar ?? ""
      guard let fields = value.mapping else {
        throw .sigmaExpected("a map of rules to fields", of: name, at: value.span)
      }
      var alias = SigmaCorrelation.Alias(name: name, fields: [])
      for (rule, field) in fields {
        guard let text = field.scalar, !field.top.isNull else {
          throw .sigmaExpected("the name of a field", of: rule.scalar ?? "", at: field.span)
        }
        alias.fields.append(.init(rule: rule.scalar ?? "", field: text))
        parsed.aliased.append((name, rule.scalar ?? "", rule.span))
      }
      aliases.append(alias)
    }
    return aliases
  }

  private static func flag(_ node: SigmaNode?, _ key: String) throws(Diagnostic) -> Bool {
    guard let node, !node.top.isNull else { return false }
    guard case .bool(let flag) = node.value else {
      throw .sigmaExpected("`true` or `false`", of: key, at: node.span)
    }
    return flag
  }

  private static func missing(_ key: String, _ body: SigmaNode) -> Diagnostic {
    let known = Set(keys)
    let others = (body.mapping ?? []).compactMap(\.key.scalar).filter { !known.contains($0) }
    let near = Suggestion.nearest(to: key, among: others)
    return .sigmaMissing(key, of: "correlation", near: near, at: Span(at: body.span.start))
  }
}

extension SigmaExpression {
  /// The names that it speaks of, in order.
  fileprivate var selections: [String] {
    switch kind {
    case .selection(let name): [name]
    case .oneOf, .allOf: []
    case .not(let operand): operand.selections
    case .and(let operands), .or(let operands): operands.flatMap(\.selections)
    }
  }
}

// The condition.

extension SigmaCorrelationParser {
  private static func criterion(
    _ body: SigmaNode, _ kind: SigmaCorrelation.Kind?, _ parsed: Parsed, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> SigmaCorrelation.Criterion? {
    guard let node = body["condition"], !node.top.isNull else {
      if let kind, !kind.isTemporal { throw missing("condition", body) }
      return nil
    }
    if node.scalar != nil {
      if let kind, !kind.isTemporal { throw .sigmaExpected("a map", of: "condition", at: node.span) }
      let expression = try SigmaDocumentParser.condition(node.top)
      try checkNames(expression, parsed)
      return .expression(expression)
    }
    guard let mapping = node.mapping else { throw .sigmaExpected("a map", of: "condition", at: node.span) }
    let comparisons = SigmaCorrelation.Comparison.allCases.map(\.rawValue)
    var bounds: [SigmaCorrelation.Bound] = []
    for (key, value) in mapping {
      let name = key.scalar ?? ""
      if let comparison = SigmaCorrelation.Comparison(rawValue: name) {
        guard case .number(let number) = value.value else {
          throw .sigmaExpected("a number", of: name, at: value.span)
        }
        bounds.append(.init(comparison: comparison, number: number))
      } else if name != "field", name != "percentile" {
        throw .unknown(
          "condition of a correlation", name, among: comparisons + ["field", "percentile"], at: key.span)
      }
    }
    guard (1...2).contains(bounds.count) else { throw .sigmaBounds(bounds.count, at: node.span) }
    if isEmpty(bounds) { issues.warnings.append(.sigmaNoCount(at: node.span)) }
    let fields = try fields(node, kind, &issues)
    return .bounds(bounds, fields: fields, percentile: try percentile(node, kind, &issues))
  }

  private static func fields(
    _ node: SigmaNode, _ kind: SigmaCorrelation.Kind?, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> [String] {
    var ignored: [Diagnostic] = []
    let fields = try node["field"].map { (field) throws(Diagnostic) in
      try SigmaDocumentParser.texts(field, "field", &ignored)
    }
    guard let kind else { return fields ?? [] }
    if kind.needsField, fields?.isEmpty ?? true {
      throw .sigmaNoField(kind.rawValue, at: Span(at: node.span.start))
    }
    if !kind.needsField, fields != nil, let key = node.top.keyNode(of: "field") {
      issues.warnings.append(.sigmaIdleKey("field", kind.rawValue, at: key.span))
    }
    return fields ?? []
  }

  private static func percentile(
    _ node: SigmaNode, _ kind: SigmaCorrelation.Kind?, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> Number? {
    guard let own = node["percentile"], let key = node.top.keyNode(of: "percentile") else { return nil }
    guard case .number(let number) = own.value, (0...100).contains(number.double) else {
      throw .sigmaExpected("a number from 0 to 100", of: "percentile", at: own.span)
    }
    if let kind, kind != .valuePercentile {
      issues.warnings.append(.sigmaIdleKey("percentile", kind.rawValue, at: key.span))
    }
    return number
  }

  /// Whether no number keeps the bounds: `{gt: 5, lt: 3}`.
  private static func isEmpty(_ bounds: [SigmaCorrelation.Bound]) -> Bool {
    guard bounds.count == 2 else { return false }
    let candidates = bounds.flatMap { bound in
      [bound.number.double - 0.5, bound.number.double, bound.number.double + 0.5]
    }
    return !candidates.contains { value in bounds.allSatisfy { $0.holds(of: value) } }
  }

  /// Every rule that the expression names must be one of the correlation's.
  private static func checkNames(
    _ expression: SigmaExpression, _ parsed: Parsed
  ) throws(Diagnostic) {
    switch expression.kind {
    case .selection(let name):
      if !parsed.references.contains(where: { $0.name.sameScalars(as: name) }) {
        throw .sigmaNotCorrelated(name, among: parsed.references.map(\.name), at: expression.span)
      }
    case .oneOf, .allOf: throw .sigmaCorrelationPattern(at: expression.span)
    case .not(let operand): try checkNames(operand, parsed)
    case .and(let operands), .or(let operands):
      for operand in operands { try checkNames(operand, parsed) }
    }
  }
}
