import ConcordDiagnostics
import ConcordDocuments

/// Reads the selections of a detection, as far as they can be read; what is wrong goes to `issues`.
enum SigmaSelectionParser {
  /// How deep lists may be nested; the specification has one level.
  static let depthLimit = 16

  static func selection(
    _ name: String, _ node: SigmaNode, at span: Span, _ issues: inout SigmaIssues
  ) -> SigmaSelection {
    let body = issues.attempt { issues throws(Diagnostic) in
      guard let mapping = node.mapping else {
        return try self.body(node.top, of: name, at: span, depth: 0, &issues)
      }
      return try map(mapping.map { ($0.key, $0.value.top) }, of: name, at: span, &issues)
    }
    return SigmaSelection(name, body ?? .map([]), span: span)
  }

  private static func body(
    _ node: YAMLNode, of name: String, at span: Span, depth: Int, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> SigmaSelectionBody {
    if depth > SigmaSelectionParser.depthLimit { throw .tooDeep(limit: depthLimit, at: node.span) }
    switch node.kind {
    case .scalar:
      if node.isNull {
        throw depth == 0 ? .sigmaEmptySelection(name, at: span) : .sigmaNullKeyword(at: node.span)
      }
      return .keyword(scalar(node, &issues))
    case .sequence(let items):
      if items.isEmpty { throw .sigmaEmptySelection(name, at: span) }
      var bodies: [SigmaSelectionBody] = []
      for item in items {
        let body = issues.attempt { issues throws(Diagnostic) in
          try self.body(item, of: name, at: item.span, depth: depth + 1, &issues)
        }
        if let body { bodies.append(body) }
      }
      return .list(bodies)
    case .mapping(let entries):
      return try map(entries.map { ($0.key, $0.value) }, of: name, at: span, &issues)
    }
  }

  private static func map(
    _ entries: [(key: YAMLNode, value: YAMLNode)], of name: String, at span: Span,
    _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> SigmaSelectionBody {
    if entries.isEmpty { throw .sigmaEmptySelection(name, at: span) }
    var items: [SigmaItem] = []
    for (key, value) in entries {
      let item = issues.attempt { issues throws(Diagnostic) in try self.item(key, value, &issues) }
      if let item { items.append(item) }
    }
    return .map(items)
  }

  /// One line, `field|modifier: value`.
  private static func item(
    _ key: YAMLNode, _ value: YAMLNode, _ issues: inout SigmaIssues
  ) throws(Diagnostic) -> SigmaItem {
    let parts = (key.scalar ?? "").utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let field = key.isNull ? "" : parts.first ?? ""
    if key.isNull { issues.warnings.append(.sigmaNullKey(at: key.span)) }
    var modifiers: [SigmaModifier] = []
    var column = field.scalarCount + 2
    for name in parts.dropFirst() {
      guard let modifier = SigmaModifier(rawValue: name) else {
        let span = key.span(ofText: Span(at: Position(line: 1, column: column), length: name.scalarCount))
        throw .sigmaModifier(name, at: span)
      }
      modifiers.append(modifier)
      column += name.scalarCount + 1
    }
    let list = value.sequence
    let nodes = list ?? [value]
    var values: [SigmaScalar] = []
    values.reserveCapacity(nodes.count)
    for node in nodes {
      guard node.scalar != nil else {
        throw .sigmaExpected("a value or a list of values", of: key.scalar ?? "", at: node.span)
      }
      values.append(scalar(node, &issues))
      if modifiers.contains(.expand), let text = node.scalar,
        SigmaPlaceholders.isDoubtful(SigmaPlaceholders.parts(text, isRegex: modifiers.contains(.re)))
      {
        issues.warnings.append(.sigmaEscapedPercent(at: node.span))
      }
    }
    return SigmaItem(field, modifiers, values, isList: list != nil, span: key.span)
  }

  /// A value as it is written. A number keeps its text, and is text where other tools would lose its zeros.
  private static func scalar(_ node: YAMLNode, _ issues: inout SigmaIssues) -> SigmaScalar {
    let value = node.value
    guard node.style == .plain, node.tag == nil, let text = node.scalar else {
      return SigmaScalar(value, span: node.span)
    }
    var kind: String?
    switch value {
    case .number(let number):
      if !SigmaPlainText.hasLeadingZero(text) {
        return SigmaScalar(.number(number.spelled(text)), span: node.span)
      }
      kind = "a number"
    case .string: kind = SigmaPlainText.otherKind(text)
    case .null, .bool, .malformedString, .array, .object: break
    }
    guard let kind else { return SigmaScalar(value, span: node.span) }
    issues.warnings.append(.sigmaReadElsewhere(text, as: kind, at: node.span))
    return SigmaScalar(.string(text), span: node.span)
  }
}
