import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Reads one rule document.
enum SigmaDocumentParser {
  static func document(_ node: SigmaNode, warnings: inout [Diagnostic]) throws(Diagnostic) -> SigmaDocument {
    var document = try metadata(node, warnings: &warnings)
    guard let detection = node["detection"] else { throw missing("detection", in: node) }
    guard node["logsource"] != nil else { throw missing("logsource", in: node) }
    try SigmaDocumentParser.detection(detection, into: &document, warnings: &warnings)
    return document
  }

  /// Everything but the detection.
  static func metadata(_ node: SigmaNode, warnings: inout [Diagnostic]) throws(Diagnostic) -> SigmaDocument {
    guard let title = node["title"]?.scalar else { throw missing("title", in: node) }
    var document = SigmaDocument(title: title)
    for (key, value) in node.mapping ?? [] {
      let name = key.scalar ?? ""
      switch name {
      case "title", "detection", "filter", "action": break
      case "id": document.id = try text(value, name)
      case "name": document.name = try text(value, name)
      case "status":
        document.status = try text(value, name)
        check(document.status, name, SigmaMetadata.statuses, at: value.span, &warnings)
      case "description": document.description = try text(value, name)
      case "references": document.references = try texts(value, name)
      case "author": document.author = try texts(value, name).joined(separator: ", ")
      case "date": document.date = try text(value, name)
      case "modified": document.modified = try text(value, name)
      case "tags": document.tags = try texts(value, name)
      case "logsource": document.logSource = try logSource(value)
      case "fields": document.fields = try texts(value, name)
      case "falsepositives": document.falsePositives = try texts(value, name)
      case "level":
        document.level = try text(value, name)
        check(document.level, name, Rule.Severity.allCases.map(\.rawValue), at: value.span, &warnings)
      default: document.other.members.append(.init(name, value.value))
      }
    }
    return document
  }

  private static func missing(_ key: String, in node: SigmaNode) -> Diagnostic {
    let known: Set<String> = ["title", "logsource", "detection", "description", "date", "level", "tags"]
    let keys = (node.mapping ?? []).compactMap(\.key.scalar).filter { !known.contains($0) }
    let start = node.span.start
    return .sigmaMissing(key, near: Suggestion.nearest(to: key, among: keys), at: Span(at: start))
  }

  private static func check(
    _ value: String?, _ key: String, _ known: [String], at span: Span, _ warnings: inout [Diagnostic]
  ) {
    guard let value, !known.contains(value) else { return }
    let near = Suggestion.nearest(to: value, among: known)
    warnings.append(.sigmaUnusualValue(key, value, near: near, known: known, at: span))
  }

  /// A text; an empty value is none.
  private static func text(_ node: SigmaNode, _ key: String) throws(Diagnostic) -> String? {
    if node.top.isNull { return nil }
    guard let text = node.scalar else { throw .sigmaExpected("a text", of: key, at: node.span) }
    return text
  }

  /// A list of texts; a lone text is a list of one.
  private static func texts(_ node: SigmaNode, _ key: String) throws(Diagnostic) -> [String] {
    if node.top.isNull { return [] }
    if let text = node.scalar { return [text] }
    guard let items = node.sequence else { throw .sigmaExpected("a list of texts", of: key, at: node.span) }
    var texts: [String] = []
    for item in items {
      guard let text = item.scalar else { throw .sigmaExpected("a list of texts", of: key, at: item.span) }
      texts.append(text)
    }
    return texts
  }

  private static func logSource(_ node: SigmaNode) throws(Diagnostic) -> SigmaLogSource {
    guard let mapping = node.mapping else { throw .sigmaExpected("a map", of: "logsource", at: node.span) }
    var source = SigmaLogSource()
    for (key, value) in mapping {
      let name = key.scalar ?? ""
      switch name {
      case "category": source.category = try text(value, name)
      case "product": source.product = try text(value, name)
      case "service": source.service = try text(value, name)
      case "definition": source.definition = try text(value, name)
      default: source.other.members.append(.init(name, value.value))
      }
    }
    return source
  }

  /// The selections and conditions of a detection; `besides` are keys that are neither.
  static func detection(
    _ node: SigmaNode, besides: [String] = [], into document: inout SigmaDocument,
    warnings: inout [Diagnostic]
  ) throws(Diagnostic) {
    guard let mapping = node.mapping else { throw .sigmaExpected("a map", of: "detection", at: node.span) }
    var selections = SigmaSelectionParser()
    for (key, value) in mapping {
      guard let name = key.scalar, !besides.contains(name) else { continue }
      switch name {
      case "condition": document.conditions = try conditions(value)
      case "timeframe": warnings.append(.sigmaTimeframe(at: key.span))
      default: document.selections.append(try selections.selection(name, value, at: key.span))
      }
    }
    warnings += selections.warnings
    if document.conditions.isEmpty {
      throw .sigmaMissing("condition", near: nil, at: Span(at: node.span.start))
    }
    if document.selections.isEmpty { throw .sigmaNoSelections(at: Span(at: node.span.start)) }
  }

  private static func conditions(_ node: SigmaNode) throws(Diagnostic) -> [SigmaExpression] {
    var expressions: [SigmaExpression] = []
    for item in node.sequence ?? [node.top] {
      guard let text = item.scalar, !item.isNull else {
        throw .sigmaExpected("a text or a list of texts", of: "condition", at: item.span)
      }
      let starts = [0] + text.unicodeScalars.enumerated().filter { $0.element == "\n" }.map { $0.offset + 1 }
      func position(_ offset: Int) -> Position {
        let line = starts.lastIndex { $0 <= offset } ?? 0
        return Position(line: line + 1, column: offset - starts[line] + 1)
      }
      let expression = try SigmaConditionParser.parse(text) { range in
        item.span(ofText: Span(position(range.lowerBound), position(range.upperBound)))
      }
      expressions.append(expression)
    }
    return expressions
  }
}
