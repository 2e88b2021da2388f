import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Reads processing pipelines, with the vocabulary of pySigma.
struct SigmaPipelineReader {
  /// How deep `nest` may be nested.
  static let depthLimit = 16

  let source: Source

  /// The pipeline of a file. Throws `E304` to `E315` with the place, and what YAML throws.
  static func pipeline(_ source: Source) throws(Diagnostic) -> SigmaPipeline {
    do throws(Diagnostic) {
      return try SigmaPipelineReader(source: source).pipeline(try YAML.documents(source))
    } catch {
      throw error.located(in: source)
    }
  }

  private func pipeline(_ documents: [YAMLNode]) throws(Diagnostic) -> SigmaPipeline {
    guard let root = documents.first, documents.count == 1, root.mapping != nil else {
      throw .pipelineNotADocument(at: documents.dropFirst().first?.span ?? documents.first?.span)
    }
    try checkPlainScalars(root)
    let keys = [
      "name", "priority", "vars", "allowed_backends", "transformations", "postprocessing", "finalizers",
    ]
    let parameters = try PipelineParameters(root, "the pipeline", keys: keys)
    var pipeline = SigmaPipeline(name: try parameters.text("name") ?? source.name, source: source)
    if let node = parameters.value("priority") {
      guard case .number(let number) = node.value, let priority = Int(number.shortest) else {
        throw .pipelineExpected("a whole number", of: "priority", at: node.span)
      }
      pipeline.priority = priority
    }
    pipeline.allowedBackends = try parameters.texts("allowed_backends") ?? []
    if let node = parameters.value("vars") { pipeline.variables = try variables(node) }
    for key in ["postprocessing", "finalizers"] {
      guard let node = parameters.value(key), node.sequence?.isEmpty != true else { continue }
      throw .pipelineUnsupported(
        key, "it changes the text of a query, which could then mean anything", at: node.span)
    }
    if let node = parameters.value("transformations") {
      pipeline.steps = try steps(node, of: "transformations", depth: 0)
    }
    return pipeline
  }

  /// A pipeline is for other tools too: what they read differently must be in quotes.
  private func checkPlainScalars(_ node: YAMLNode) throws(Diagnostic) {
    switch node.kind {
    case .scalar(let text, .plain):
      if SigmaPlainText.isAmbiguous(text, node.value) { throw .pipelineAmbiguous(text, at: node.span) }
    case .scalar: break
    case .sequence(let items): for item in items { try checkPlainScalars(item) }
    case .mapping(let entries):
      for entry in entries {
        try checkPlainScalars(entry.key)
        try checkPlainScalars(entry.value)
      }
    }
  }

  private func variables(_ node: YAMLNode) throws(Diagnostic) -> [ScalarText: [String]] {
    guard let entries = node.mapping else { throw .pipelineExpected("a map", of: "vars", at: node.span) }
    var variables: [ScalarText: [String]] = [:]
    for entry in entries {
      variables[ScalarText(entry.key.scalar ?? "")] = try PipelineParameters.texts(
        entry.value, entry.key.scalar ?? "")
    }
    return variables
  }

  /// The steps of a list. Throws for what is not known or not supported, by name.
  func steps(_ node: YAMLNode, of key: String, depth: Int) throws(Diagnostic) -> [PipelineStep] {
    if depth > SigmaPipelineReader.depthLimit {
      throw .tooDeep(limit: SigmaPipelineReader.depthLimit, at: node.span)
    }
    guard let items = node.sequence else { throw .pipelineExpected("a list", of: key, at: node.span) }
    var steps: [PipelineStep] = []
    for item in items { steps.append(try step(item, depth: depth)) }
    return steps
  }

  /// The keys that every transformation may have.
  private static let commonKeys = [
    "id", "type", "rule_conditions", "rule_cond_op", "rule_cond_expr", "rule_cond_not",
    "detection_item_conditions", "detection_item_cond_op", "detection_item_cond_expr",
    "detection_item_cond_not", "field_name_conditions", "field_name_cond_op", "field_name_cond_expr",
    "field_name_cond_not",
  ]

  private func step(_ node: YAMLNode, depth: Int) throws(Diagnostic) -> PipelineStep {
    let plain = try PipelineParameters(node, "the transformation")
    let type = try plain.requiredText("type")
    let own = try PipelineTransformation.keys(of: type, at: plain.span("type"))
    let parameters = try PipelineParameters(
      node, "the transformation `\(type)`", keys: SigmaPipelineReader.commonKeys + own)
    let transformation = try transformation(type, parameters, depth: depth)
    var step = PipelineStep(transformation: transformation, span: parameters.span("type"), source: source)
    step.id = try parameters.text("id")
    step.ruleConditions = try conditions("rule", parameters, ruleTest)
    step.itemConditions = try conditions("detection_item", parameters, itemTest)
    step.fieldConditions = try conditions("field_name", parameters, fieldTest)
    return step
  }

  /// The conditions of one kind, `rule_conditions` and its companions.
  private func conditions<Test>(
    _ kind: String, _ step: PipelineParameters,
    _ read: (_ type: String, _ node: YAMLNode) throws(Diagnostic) -> Test
  ) throws(Diagnostic) -> PipelineConditions<Test> {
    var conditions = PipelineConditions<Test>()
    conditions.isNegated = try step.flag("\(kind)_cond_not")
    if let node = step.value("\(kind)_conditions") {
      var nodes: [(name: String, node: YAMLNode)] = []
      if let entries = node.mapping {
        nodes = entries.map { ($0.key.scalar ?? "", $0.value) }
      } else if let items = node.sequence {
        nodes = items.map { ("", $0) }
      } else {
        throw .pipelineExpected("a list or a map of conditions", of: "\(kind)_conditions", at: node.span)
      }
      for (name, node) in nodes {
        let type = try PipelineParameters(node, "the condition").requiredText("type")
        conditions.tests.append((name, try read(type, node)))
      }
    }
    if let text = try step.text("\(kind)_cond_expr") {
      if step.value("\(kind)_cond_op") != nil {
        throw .pipelineBadValue(
          "`\(kind)_cond_op` and `\(kind)_cond_expr` exclude each other", at: step.span("\(kind)_cond_op"))
      }
      conditions.link = .expression(try expression(text, kind, step, conditions.tests.map(\.name)))
    } else if let word = try step.text("\(kind)_cond_op") {
      guard word == "and" || word == "or" else {
        throw .unknown("operator", word, among: ["and", "or"], at: step.span("\(kind)_cond_op"))
      }
      conditions.link = word == "or" ? .some : .every
    }
    return conditions
  }

  private func expression(
    _ text: String, _ kind: String, _ step: PipelineParameters, _ names: [String]
  ) throws(Diagnostic) -> SigmaExpression {
    let key = "\(kind)_cond_expr"
    guard let node = step.node[key] else { throw .pipelineMissing(key, of: step.owner, at: step.span(key)) }
    if let conditions = step.value("\(kind)_conditions"), conditions.mapping == nil {
      throw .pipelineExpected("a map from names to conditions", of: "\(kind)_conditions", at: conditions.span)
    }
    let expression = try SigmaConditionParser.parse(text) { range in
      node.span(
        ofText: Span(
          Position(line: 1, column: range.lowerBound + 1), Position(line: 1, column: range.upperBound + 1)))
    }
    var used: Set<String> = []
    try check(expression, names, &used, at: node.span)
    if let unused = names.first(where: { !used.contains($0) }) {
      throw .pipelineUnusedCondition(unused, at: node.span)
    }
    return expression
  }

  /// Every name of the expression must be a condition's.
  private func check(
    _ expression: SigmaExpression, _ names: [String], _ used: inout Set<String>, at span: Span
  ) throws(Diagnostic) {
    switch expression.kind {
    case .selection(let name):
      guard names.contains(name) else {
        throw .unknown("condition", name, among: names, at: expression.span ?? span)
      }
      used.insert(name)
    case .not(let operand): try check(operand, names, &used, at: span)
    case .and(let operands), .or(let operands):
      for operand in operands { try check(operand, names, &used, at: span) }
    case .oneOf, .allOf:
      throw .pipelineBadValue(
        "a condition expression has no quantifiers", at: expression.span ?? span,
        "join the names by `and`, `or` and `not`")
    }
  }
}

// Conditions.
extension SigmaPipelineReader {
  private func ruleTest(_ type: String, _ node: YAMLNode) throws(Diagnostic) -> RuleTest {
    func keys(_ keys: String...) throws(Diagnostic) -> PipelineParameters {
      try PipelineParameters(node, "the condition `\(type)`", keys: ["type"] + keys)
    }
    switch type {
    case "logsource":
      return .logSource(try logSource(try keys("category", "product", "service")))
    case "contains_detection_item":
      let parameters = try keys("field", "value")
      return .containsItem(field: try parameters.requiredText("field"), try parameters.scalar("value"))
    case "contains_field": return .containsField(try keys("field").requiredText("field"))
    case "processing_item_applied":
      return .stepApplied(try keys("processing_item_id").requiredText("processing_item_id"))
    case "processing_state": return .state(try stateTest(try keys("key", "val", "op")))
    case "is_sigma_rule":
      _ = try keys()
      return .isRule
    case "is_sigma_correlation_rule":
      _ = try keys()
      return .isCorrelation
    case "rule_attribute":
      let parameters = try keys("attribute", "value", "op")
      return .attribute(
        name: try parameters.requiredText("attribute"),
        operation: try parameters.choice("op", PipelineComparison.eq),
        try parameters.scalar("value"), span: parameters.span("value"))
    case "tag":
      let parameters = try keys("tag")
      let tag = try parameters.requiredText("tag")
      guard tag.contains(".") else {
        throw .pipelineBadValue(
          "`\(tag)` is not a tag", at: parameters.span("tag"), "tags have a namespace, `attack.t1059`")
      }
      return .tag(tag)
    default:
      throw .unknown(
        "rule condition", type,
        among: [
          "logsource", "contains_detection_item", "contains_field", "processing_item_applied",
          "processing_state", "is_sigma_rule", "is_sigma_correlation_rule", "rule_attribute", "tag",
        ], at: node["type"]?.span)
    }
  }

  private func itemTest(_ type: String, _ node: YAMLNode) throws(Diagnostic) -> ItemTest {
    func keys(_ keys: String...) throws(Diagnostic) -> PipelineParameters {
      try PipelineParameters(node, "the condition `\(type)`", keys: ["type"] + keys)
    }
    func every(_ parameters: PipelineParameters) throws(Diagnostic) -> Bool {
      let word = try parameters.requiredText("cond")
      guard word == "any" || word == "all" else {
        throw .unknown("quantifier", word, among: ["any", "all"], at: parameters.span("cond"))
      }
      return word == "all"
    }
    switch type {
    case "match_string":
      let parameters = try keys("cond", "pattern", "negate")
      let pattern = try PipelineParameters.matchedFromStart(
        try parameters.requiredText("pattern"), at: parameters.span("pattern"))
      return .text(
        pattern, isNegated: try parameters.flag("negate"), every: try every(parameters))
    case "match_value":
      let parameters = try keys("cond", "value")
      return .value(try parameters.scalar("value"), every: try every(parameters))
    case "contains_wildcard": return .wildcard(every: try every(try keys("cond")))
    case "is_null": return .null(every: try every(try keys("cond")))
    case "processing_item_applied":
      return .stepApplied(try keys("processing_item_id").requiredText("processing_item_id"))
    case "processing_state": return .state(try stateTest(try keys("key", "val", "op")))
    default:
      throw .unknown(
        "detection item condition", type,
        among: [
          "match_string", "match_value", "contains_wildcard", "is_null", "processing_item_applied",
          "processing_state",
        ], at: node["type"]?.span)
    }
  }

  private func fieldTest(_ type: String, _ node: YAMLNode) throws(Diagnostic) -> FieldTest {
    func keys(_ keys: String...) throws(Diagnostic) -> PipelineParameters {
      try PipelineParameters(node, "the condition `\(type)`", keys: ["type"] + keys)
    }
    switch type {
    case "include_fields", "exclude_fields":
      let parameters = try keys("fields", "mode")
      let names = try parameters.requiredTexts("fields")
      switch try parameters.text("mode") ?? "plain" {
      case "plain": return .named(Set(names.map(ScalarText.init)), isExcluded: type == "exclude_fields")
      case "re":
        var patterns: [PortableRegex] = []
        for name in names {
          patterns.append(try PipelineParameters.matchedFromStart(name, at: parameters.span("fields")))
        }
        return .matching(patterns, isExcluded: type == "exclude_fields")
      case let mode:
        throw .unknown("mode", mode, among: ["plain", "re"], at: parameters.span("mode"))
      }
    case "processing_item_applied":
      return .stepApplied(try keys("processing_item_id").requiredText("processing_item_id"))
    case "processing_state": return .state(try stateTest(try keys("key", "val", "op")))
    default:
      throw .unknown(
        "field name condition", type,
        among: ["include_fields", "exclude_fields", "processing_item_applied", "processing_state"],
        at: node["type"]?.span)
    }
  }

  private func stateTest(_ parameters: PipelineParameters) throws(Diagnostic) -> StateTest {
    let test = StateTest(
      key: try parameters.requiredText("key"), value: try parameters.scalar("val"),
      operation: try parameters.choice("op", PipelineComparison.eq))
    switch test.operation {
    case .eq, .ne, .gte, .gt, .lte, .lt: return test
    case .in, .not_in:
      throw .unknown(
        "op", test.operation.rawValue, among: ["eq", "ne", "gte", "gt", "lte", "lt"],
        at: parameters.span("op"))
    }
  }

  func logSource(_ parameters: PipelineParameters) throws(Diagnostic) -> SigmaLogSource {
    let source = SigmaLogSource(
      category: try parameters.text("category"), product: try parameters.text("product"),
      service: try parameters.text("service"))
    if source == SigmaLogSource() {
      throw .pipelineMissing(
        "category", of: "\(parameters.owner), nor `product` nor `service`: it",
        at: Span(at: parameters.node.span.start))
    }
    return source
  }
}
