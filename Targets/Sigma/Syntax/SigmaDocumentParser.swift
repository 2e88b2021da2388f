import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Reads one document, as far as it can be read; what is wrong with it goes to `issues`.
enum SigmaDocumentParser {
  /// A rule.
  static func document(_ node: SigmaNode, _ issues: inout SigmaIssues) -> SigmaDocument {
    var document = metadata(node, &issues)
    if let detection = node["detection"] {
      self.detection(detection, of: node, into: &document, &issues)
    } else {
      issues.errors.append(missing("detection", in: node))
    }
    if node["logsource"] == nil { issues.errors.append(missing("logsource", in: node)) }
    return document
  }

  /// A filter: what it selects stands under `filter`.
  static func filter(
    _ node: SigmaNode, _ filter: SigmaNode, _ issues: inout SigmaIssues
  ) -> SigmaDocument {
    var document = metadata(node, &issues)
    detection(filter, key: "filter", besides: ["rules"], of: node, into: &document, &issues)
    if node["logsource"] == nil { issues.errors.append(missing("logsource", of: "filter", in: node)) }
    return document
  }

  /// Everything but the detection.
  static func metadata(_ node: SigmaNode, _ issues: inout SigmaIssues) -> SigmaDocument {
    var document = SigmaDocument(title: "")
    if node["title"] == nil { issues.errors.append(missing("title", in: node)) }
    let entries = node.mapping ?? []
    for (key, value) in entries {
      do throws(Diagnostic) {
        try read(key, value, into: &document, &issues)
      } catch {
        issues.errors.append(error)
      }
    }
    SigmaMetadataRules.checkKeys(entries, of: node, &issues.warnings)
    return document
  }

  private static func read(
    _ key: YAMLNode, _ value: SigmaNode, into document: inout SigmaDocument, _ issues: inout SigmaIssues
  ) throws(Diagnostic) {
    let name = key.scalar ?? ""
    switch name {
    case "detection", "filter", "action", "correlation", "generate": break
    case "title":
      guard let title = value.scalar else { throw .sigmaExpected("a text", of: name, at: value.span) }
      document.title = title
      SigmaMetadataRules.checkLength(value, name, &issues.warnings)
    case "id":
      document.id = try text(value, name)
      SigmaMetadataRules.checkIdentifier(value, &issues.warnings)
    case "name":
      document.name = try text(value, name)
      SigmaMetadataRules.checkLength(value, name, &issues.warnings)
    case "status":
      document.status = prose(value, name, &issues.warnings)
      SigmaMetadataRules.check(value, name, among: SigmaMetadataRules.statuses, &issues.warnings)
    case "description": document.description = prose(value, name, &issues.warnings)
    case "references": document.references = proseList(value, name, &issues.warnings)
    case "author": document.author = author(value, name, &issues.warnings)
    case "date", "modified":
      let date = prose(value, name, &issues.warnings)
      if name == "date" { document.date = date } else { document.modified = date }
      SigmaMetadataRules.checkDate(value, name, &issues.warnings)
    case "tags":
      document.tags = proseList(value, name, &issues.warnings)
      SigmaMetadataRules.checkTags(value, &issues.warnings)
    case "logsource":
      document.logSource = try logSource(value, &issues.warnings)
      SigmaMetadataRules.checkLogSource(value, at: key.span, &issues.warnings)
    case "fields": document.fields = proseList(value, name, &issues.warnings)
    case "falsepositives": document.falsePositives = proseList(value, name, &issues.warnings)
    case "taxonomy":
      SigmaMetadataRules.checkTaxonomy(value, &issues.warnings)
      document.other.members.append(.init(name, value.value))
    case "level":
      document.level = prose(value, name, &issues.warnings)
      SigmaMetadataRules.check(value, name, among: Rule.Severity.allCases.map(\.rawValue), &issues.warnings)
    default:
      if name == "related" { SigmaMetadataRules.checkRelated(value, &issues.warnings) }
      document.other.members.append(.init(name, value.value))
    }
  }

  /// A list is taken as the text with commas that the specification asks for.
  private static func author(
    _ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]
  ) -> String? {
    if node.sequence == nil { return prose(node, key, &warnings) }
    warnings.append(.sigmaTextExpected(key, at: node.span))
    return proseList(node, key, &warnings).joined(separator: ", ")
  }

  static func missing(_ key: String, of what: String = "rule", in node: SigmaNode) -> Diagnostic {
    let known: Set<String> = ["title", "logsource", "detection", "description", "date", "level", "tags"]
    let keys = (node.mapping ?? []).compactMap(\.key.scalar).filter { !known.contains($0) }
    let near = Suggestion.nearest(to: key, among: keys)
    return .sigmaMissing(key, of: what, near: near, at: Span(at: node.span.start))
  }

  /// A text; an empty value is no text.
  static func text(_ node: SigmaNode, _ key: String) throws(Diagnostic) -> String? {
    if node.top.isNull { return nil }
    guard let text = node.scalar else { throw .sigmaExpected("a text", of: key, at: node.span) }
    return text
  }

  /// A list of texts; a lone text is taken as a list of one.
  static func texts(
    _ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> [String] {
    if node.top.isNull { return [] }
    if let text = node.scalar {
      warnings.append(.sigmaListExpected(key, at: node.span))
      return [text]
    }
    guard let items = node.sequence else { throw .sigmaExpected("a list of texts", of: key, at: node.span) }
    var texts: [String] = []
    var seen = SeenTexts()
    for item in items {
      guard let text = item.scalar else { throw .sigmaExpected("a list of texts", of: key, at: item.span) }
      if !seen.insert(text) { warnings.append(.sigmaTwice(text, key, at: item.span)) }
      texts.append(text)
    }
    return texts
  }

  /// A text that no verdict depends on: of another shape, it is left out with a warning.
  private static func prose(_ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]) -> String? {
    if node.top.isNull { return nil }
    return prose(node.top, key, "a text", &warnings)
  }

  /// A list of such texts; a lone text is taken as a list of one.
  private static func proseList(_ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]) -> [String]
  {
    if node.top.isNull { return [] }
    guard let items = node.sequence else {
      if node.scalar != nil { warnings.append(.sigmaListExpected(key, at: node.span)) }
      return prose(node.top, key, "a list of texts", &warnings).map { [$0] } ?? []
    }
    var texts: [String] = []
    var seen = SeenTexts()
    for item in items {
      guard let text = prose(item, key, "a list of texts", &warnings) else { continue }
      if !seen.insert(text) { warnings.append(.sigmaTwice(text, key, at: item.span)) }
      texts.append(text)
    }
    return texts
  }

  /// A text; a map of one key is the text in which its author forgot that `: ` makes a map.
  private static func prose(
    _ node: YAMLNode, _ key: String, _ expected: String, _ warnings: inout [Diagnostic]
  ) -> String? {
    if let text = node.scalar { return text }
    var text: String?
    if let entries = node.mapping, entries.count == 1, let value = entries[0].value.scalar {
      text = "\(entries[0].key.scalar ?? ""): \(value)"
    }
    warnings.append(.sigmaShape(key, expected, meant: text, at: node.span))
    return text
  }

  private static func logSource(
    _ node: SigmaNode, _ warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> SigmaLogSource {
    guard let mapping = node.mapping else { throw .sigmaExpected("a map", of: "logsource", at: node.span) }
    var source = SigmaLogSource()
    for (key, value) in mapping {
      let name = key.scalar ?? ""
      switch name {
      case "category": source.category = try logSourceName(value, name)
      case "product": source.product = try logSourceName(value, name)
      case "service": source.service = try logSourceName(value, name)
      case "definition": source.definition = prose(value, name, &warnings)
      default: source.other.members.append(.init(name, value.value))
      }
    }
    return source
  }

  private static func logSourceName(_ node: SigmaNode, _ key: String) throws(Diagnostic) -> String? {
    if node.sequence != nil {
      throw .sigmaExpected(
        "a text", of: key, at: node.span,
        help: "a rule has one log source: write a document for each, after a line `---`")
    }
    return try text(node, key)
  }

  /// The selections and conditions below `detection`, or `filter`, of a document; `besides` are keys that are
  /// neither.
  private static func detection(
    _ node: SigmaNode, key own: String = "detection", besides: [String] = [], of whole: SigmaNode,
    into document: inout SigmaDocument, _ issues: inout SigmaIssues
  ) {
    guard let mapping = node.mapping else {
      issues.errors.append(.sigmaExpected("a map", of: own, at: node.span))
      return
    }
    var hasCondition = false
    for (key, value) in mapping {
      guard let name = key.scalar, !besides.contains(name) else { continue }
      switch name {
      case "condition":
        hasCondition = !(value.sequence?.isEmpty ?? false)
        conditions(value, into: &document, &issues)
      case "timeframe": issues.warnings.append(.sigmaTimeframe(at: key.span))
      default:
        document.selections.append(
          SigmaSelectionParser.selection(name, value, at: key.span, &issues))
      }
    }
    if !hasCondition {
      let beside = whole.top.keyNode(of: "condition")?.span
      issues.errors.append(.sigmaNoCondition(in: own, beside: beside, at: Span(at: node.span.start)))
    }
    if document.selections.isEmpty { issues.errors.append(.sigmaNoSelections(at: Span(at: node.span.start))) }
  }

  private static func conditions(
    _ node: SigmaNode, into document: inout SigmaDocument, _ issues: inout SigmaIssues
  ) {
    for item in node.sequence ?? [node.top] {
      let expression = issues.attempt { _ throws(Diagnostic) in try condition(item) }
      if let expression { document.conditions.append(expression) }
    }
  }

  /// The expression that a node's text is.
  static func condition(_ item: YAMLNode) throws(Diagnostic) -> SigmaExpression {
    guard let text = item.scalar, !item.isNull else {
      throw .sigmaExpected("a text or a list of texts", of: "condition", at: item.span)
    }
    var starts = [0]
    if text.utf8.contains(0x0A) {
      starts += text.unicodeScalars.enumerated().filter { $0.element == "\n" }.map { $0.offset + 1 }
    }
    let (span, origin) = (item.span, item.origin)
    func position(_ offset: Int) -> Position {
      let line = starts.lastIndex { $0 <= offset } ?? 0
      return Position(line: line + 1, column: offset - starts[line] + 1)
    }
    return try SigmaConditionParser.parse(text) { range in
      origin?.span(Span(position(range.lowerBound), position(range.upperBound))) ?? span
    }
  }
}
