import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension PipelineTransformation {
  /// The parameters of each type that is supported.
  private static let supported: [(type: String, keys: [String])] = [
    ("field_name_mapping", ["mapping"]), ("field_name_prefix_mapping", ["mapping"]),
    ("field_name_prefix", ["prefix"]), ("field_name_suffix", ["suffix"]),
    ("drop_detection_item", []), ("add_condition", ["conditions", "name", "template", "negated"]),
    ("change_logsource", ["category", "product", "service"]),
    ("value_placeholders", ["include", "exclude"]), ("wildcard_placeholders", ["include", "exclude"]),
    ("replace_string", ["regex", "replacement", "skip_special", "interpret_special"]),
    ("map_string", ["mapping"]), ("case", ["method"]), ("set_value", ["value", "force_type"]),
    ("convert_type", ["target_type"]), ("regex", ["method"]), ("set_state", ["key", "val"]),
    ("set_custom_attribute", ["attribute", "value"]), ("rule_failure", ["message"]),
    ("detection_item_failure", ["message"]), ("strict_field_mapping_failure", []), ("nest", ["items"]),
    ("hashes_fields", ["valid_hash_algos", "field_prefix", "drop_algo_prefix", "field_to_parse"]),
    ("add_field", ["field"]), ("remove_field", ["field"]), ("set_field", ["fields"]),
  ]

  /// What pySigma has besides, and why it is not taken.
  private static let unsupported: [(type: String, reason: String)] = [
    ("field_name_transform", "it calls a function of a Python program"),
    (
      "query_expression_placeholders",
      "it puts text of a query language into the rule; name the values with `value_placeholders`"
    ),
    ("file_placeholders", "put the file's values into `vars` and use `value_placeholders`"),
    ("http_placeholders", "put the values into `vars` and use `value_placeholders`"),
    ("command_placeholders", "put the values into `vars` and use `value_placeholders`"),
    ("extract_fields", "it needs what the groups of a regular expression capture"),
  ]

  /// The parameters of that type. Throws `E330` for one that is not supported, `E206` for one that is not known.
  static func keys(of type: String, at span: Span) throws(Diagnostic) -> [String] {
    if let own = supported.first(where: { $0.type == type }) { return own.keys }
    if let known = unsupported.first(where: { $0.type == type }) {
      throw .pipelineUnsupported(type, known.reason, at: span)
    }
    throw .unknown("transformation", type, among: supported.map(\.type), at: span)
  }
}

extension SigmaPipelineReader {
  /// What a step of that type does. The type is one that `keys(of:)` knows.
  func transformation(
    _ type: String, _ parameters: PipelineParameters, depth: Int
  ) throws(Diagnostic) -> PipelineTransformation {
    switch type {
    case "field_name_mapping":
      let (named, keyword) = try fieldMapping(parameters)
      let pairs = named.map { (ScalarText($0.name), $0.targets) }
      return .mapFields(Dictionary(pairs) { first, _ in first }, keyword: keyword)
    case "field_name_prefix_mapping": return .mapPrefixes(try prefixMapping(parameters))
    case "field_name_prefix": return .affix(prefix: try parameters.requiredText("prefix"), suffix: "")
    case "field_name_suffix": return .affix(prefix: "", suffix: try parameters.requiredText("suffix"))
    case "drop_detection_item": return .dropItem
    case "add_condition": return try addedCondition(parameters)
    case "change_logsource": return .changeLogSource(try logSource(parameters))
    case "value_placeholders": return try placeholders(parameters, asWildcards: false)
    case "wildcard_placeholders": return try placeholders(parameters, asWildcards: true)
    case "replace_string":
      return .replaceText(
        try PipelineReplacement(
          regex: try parameters.requiredText("regex"), at: parameters.span("regex"),
          template: try parameters.requiredText("replacement"), templateAt: parameters.span("replacement"),
          skipsSpecial: try parameters.flag("skip_special"),
          readsSpecial: try parameters.flag("interpret_special")))
    case "map_string": return .mapTexts(try textMapping(parameters))
    case "case": return .letterCase(try parameters.choice("method", PipelineLetterCase.lower))
    case "set_value": return .setValue(try setValue(parameters))
    case "convert_type": return .convert(toText: try isToText(parameters))
    case "regex": return .toRegex(try parameters.choice("method", PipelineRegexMethod.ignore_case_brackets))
    case "set_state": return .setState(try parameters.requiredText("key"), try parameters.scalar("val"))
    case "set_custom_attribute":
      let value = try required("value", parameters.node["value"], of: parameters)
      return .setAttribute(try parameters.requiredText("attribute"), value.value)
    case "rule_failure": return .failRule(try parameters.requiredText("message"))
    case "detection_item_failure": return .failItem(try parameters.requiredText("message"))
    case "strict_field_mapping_failure": return .failUnmapped
    case "nest":
      let items = try required("items", parameters.value("items"), of: parameters)
      return .nest(try steps(items, of: "items", depth: depth + 1))
    case "hashes_fields": return .splitHashes(try hashes(parameters))
    case "add_field": return .addFields(try parameters.requiredTexts("field"))
    case "remove_field": return .removeFields(try parameters.requiredTexts("field"))
    case "set_field": return .setFields(try parameters.requiredTexts("fields"))
    default: throw .unknown("transformation", type, among: [], at: parameters.span("type"))
    }
  }

  private func required(
    _ key: String, _ value: YAMLNode?, of parameters: PipelineParameters
  ) throws(Diagnostic) -> YAMLNode {
    guard let value else {
      throw .pipelineMissing(key, of: parameters.owner, at: Span(at: parameters.node.span.start))
    }
    return value
  }

  private func prefixMapping(
    _ parameters: PipelineParameters
  ) throws(Diagnostic) -> [(prefix: String, targets: FieldTargets)] {
    let (named, keyword) = try fieldMapping(parameters)
    if keyword != nil {
      throw .pipelineBadValue("null is not the beginning of a field's name", at: parameters.span("mapping"))
    }
    return named.map { (prefix: $0.name, targets: $0.targets) }
  }

  private func placeholders(
    _ parameters: PipelineParameters, asWildcards: Bool
  ) throws(Diagnostic) -> PipelineTransformation {
    let (include, exclude) = (try parameters.texts("include"), try parameters.texts("exclude"))
    if include != nil, exclude != nil {
      throw .pipelineBadValue("`include` and `exclude` exclude each other", at: parameters.span("exclude"))
    }
    return .placeholders(asWildcards: asWildcards, include: include, exclude: exclude)
  }

  private func isToText(_ parameters: PipelineParameters) throws(Diagnostic) -> Bool {
    let word = try parameters.requiredText("target_type")
    guard word == "str" || word == "num" else {
      throw .unknown("type", word, among: ["str", "num"], at: parameters.span("target_type"))
    }
    return word == "str"
  }

  private func hashes(_ parameters: PipelineParameters) throws(Diagnostic) -> PipelineHashes {
    var hashes = PipelineHashes(algorithms: try parameters.requiredTexts("valid_hash_algos"))
    hashes.prefix = try parameters.text("field_prefix") ?? ""
    hashes.dropsAlgorithm = try parameters.flag("drop_algo_prefix")
    if let fields = try parameters.texts("field_to_parse") { hashes.fields = fields }
    if hashes.dropsAlgorithm, hashes.prefix.isEmpty {
      throw .pipelineMissing("field_prefix", of: parameters.owner, at: parameters.span("drop_algo_prefix"))
    }
    return hashes
  }

  /// The entries of `mapping`, and that of null, which stands for keywords.
  private func fieldMapping(
    _ parameters: PipelineParameters
  ) throws(Diagnostic) -> (named: [(name: String, targets: FieldTargets)], keyword: FieldTargets?) {
    var named: [(name: String, targets: FieldTargets)] = []
    var keyword: FieldTargets?
    for entry in try mapping(parameters) {
      let name = entry.key.scalar ?? ""
      let targets = FieldTargets(
        names: try PipelineParameters.texts(entry.value, name), isList: entry.value.sequence != nil)
      if targets.names.isEmpty || targets.names.contains("") || entry.value.isNull {
        throw .pipelineBadValue(
          "`\(name)` is mapped to nothing", at: entry.value.span,
          "to leave a field out, use `drop_detection_item`")
      }
      if entry.key.isNull { keyword = targets } else { named.append((name, targets)) }
    }
    return (named, keyword)
  }

  private func textMapping(_ parameters: PipelineParameters) throws(Diagnostic) -> [ScalarText: [String]] {
    var result: [ScalarText: [String]] = [:]
    for entry in try mapping(parameters) {
      let name = entry.key.scalar ?? ""
      let texts = try PipelineParameters.texts(entry.value, name)
      if texts.isEmpty { throw .pipelineBadValue("`\(name)` is mapped to nothing", at: entry.value.span) }
      result[ScalarText(name)] = texts
    }
    return result
  }

  private func mapping(_ parameters: PipelineParameters) throws(Diagnostic) -> [YAMLNode.Entry] {
    guard let node = parameters.value("mapping") else {
      throw .pipelineMissing("mapping", of: parameters.owner, at: Span(at: parameters.node.span.start))
    }
    guard let entries = node.mapping else { throw .pipelineExpected("a map", of: "mapping", at: node.span) }
    return entries
  }

  private func addedCondition(_ parameters: PipelineParameters) throws(Diagnostic) -> PipelineTransformation {
    guard let node = parameters.value("conditions") else {
      throw .pipelineMissing("conditions", of: parameters.owner, at: Span(at: parameters.node.span.start))
    }
    let isEmpty = node.mapping?.isEmpty ?? node.sequence?.isEmpty ?? true
    let areMaps = node.sequence?.allSatisfy { $0.mapping?.isEmpty == false } ?? true
    guard !isEmpty, areMaps else {
      throw .pipelineExpected(
        "a map from fields to values, or a list of such maps", of: "conditions", at: node.span)
    }
    var issues = SigmaIssues()
    let selection = SigmaSelectionParser.selection("conditions", SigmaNode(node), at: node.span, &issues)
    if let error = issues.errors.first { throw error.located(in: source) }
    let body = try PipelineNode(selection.body, isOfRule: false).mapped { item throws(Diagnostic) in
      // What stands for a placeholder is not known yet.
      if !item.item.modifiers.contains(.expand) {
        var ignored: [Diagnostic] = []
        do throws(Diagnostic) { _ = try item.item.test(warnings: &ignored) } catch {
          throw error.located(in: source)
        }
      }
      // The places are of this file, not of the rule's.
      var copy = item
      copy.item.span = nil
      for place in copy.item.values.indices { copy.item.values[place].span = nil }
      return .item(copy)
    }
    guard let body else {
      throw .pipelineExpected("a map from fields to values", of: "conditions", at: node.span)
    }
    let name = try parameters.text("name")
    if let name, name.isEmpty || !name.utf8.allSatisfy(isNameByte) || ["and", "or", "not"].contains(name) {
      throw .pipelineBadValue("`\(name)` is not a selection's name", at: parameters.span("name"))
    }
    return .addCondition(
      body.body, name: name, isTemplate: try parameters.flag("template"),
      isNegated: try parameters.flag("negated"))
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    byte.isWord || byte == UInt8(ascii: "-")
  }

  private func setValue(_ parameters: PipelineParameters) throws(Diagnostic) -> Value {
    let value = try parameters.scalar("value")
    guard let type = try parameters.text("force_type") else { return value }
    let text = parameters.node["value"]?.scalar ?? ""
    switch (type, value) {
    case ("str", .string), ("str", .number): return .string(text)
    case ("num", .string), ("num", .number):
      guard let number = Number(text) else {
        throw .pipelineBadValue("`\(text)` is not a number", at: parameters.span("value"))
      }
      return .number(number)
    case ("str", _), ("num", _):
      throw .pipelineBadValue("only a text or a number takes `force_type`", at: parameters.span("value"))
    case _: throw .unknown("type", type, among: ["str", "num"], at: parameters.span("force_type"))
    }
  }
}
