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
    if depth > SigmaSelectionParser.depthLimit { throw .sigmaNested(at: node.span) }
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
    let field = parts.first ?? ""
    var modifiers: [SigmaModifier] = []
    var column = field.scalarCount + 2
    for name in parts.dropFirst() {
      guard let modifier = SigmaModifier(rawValue: name) else {
        let near = Suggestion.nearest(to: name, among: SigmaModifier.allCases.map(\.rawValue))
        let span = key.span(ofText: Span(at: Position(line: 1, column: column), length: name.scalarCount))
        throw .sigmaModifier(name, near: near, at: span)
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
    }
    return SigmaItem(field, modifiers, values, isList: list != nil, span: key.span)
  }

  /// A value. Digits after a leading zero are text, as Sigma's values are by default: as a number they would lose
  /// the zeros, and no event's number has them.
  private static func scalar(_ node: YAMLNode, _ issues: inout SigmaIssues) -> SigmaScalar {
    guard node.style == .plain, let text = node.scalar, isAmbiguous(text) else {
      return SigmaScalar(node.value, span: node.span)
    }
    issues.warnings.append(.sigmaOldBoolean(text, at: node.span))
    return SigmaScalar(hasLeadingZero(text) ? .string(text) : node.value, span: node.span)
  }

  private static func hasLeadingZero(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == 0x2D || $0 == 0x2B }
    return digits.first == 0x30 && digits.count > 1
      && digits.allSatisfy { $0.isDigit || $0 == 0x5F }
  }

  /// Whether tools that read YAML 1.1 take a plain text for another value: `yes`, `off`, `0755`, `0x1F`, `1_000`,
  /// `12:30`, `2024-01-02`, `=`.
  static func isAmbiguous(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count > 1 else { return text == "=" }
    if text.utf8.count <= 3, ["yes", "no", "on", "off"].contains(text.lowercased()) { return true }
    guard first.isDigit || first == 0x2D || first == 0x2B else { return false }
    let digits = text.utf8.drop { $0 == 0x2D || $0 == 0x2B }
    let isLeadingZero =
      digits.first == 0x30 && digits.count > 1 && digits.allSatisfy { $0.isDigit }
    let rest = digits.dropFirst(2)
    let isHex = rest.allSatisfy {
      $0.isHexDigit || $0 == 0x5F
    }
    let isMarked =
      !rest.isEmpty
      && (digits.starts(with: "0x".utf8) && isHex
        || digits.starts(with: "0b".utf8) && rest.allSatisfy { $0 == 0x30 || $0 == 0x31 || $0 == 0x5F })
    let isGrouped =
      digits.allSatisfy { $0.isDigit || $0 == 0x5F || $0 == 0x3A }
      && digits.contains { $0 == 0x5F || $0 == 0x3A }
    return isLeadingZero || isMarked || isGrouped || isDate(text)
  }

  /// `2024-01-02`, or a time that begins so.
  private static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(11))
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return false }
    let isTime = bytes.count == 10 || [0x20, 0x54, 0x74].contains(bytes[10]) && text.utf8.contains(0x3A)
    return isTime && [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { bytes[$0].isDigit }
  }
}
