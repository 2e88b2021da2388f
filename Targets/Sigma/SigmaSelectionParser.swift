import ConcordDiagnostics
import ConcordDocuments

/// Reads the selections of a detection.
struct SigmaSelectionParser {
  /// How deep lists may be nested; the specification has one level.
  static let depthLimit = 16

  /// What is odd about them.
  private(set) var warnings: [Diagnostic] = []

  init() {}

  mutating func selection(
    _ name: String, _ node: SigmaNode, at span: Span
  ) throws(Diagnostic) -> SigmaSelection {
    let body: SigmaSelectionBody
    if let mapping = node.mapping {
      body = try map(mapping.map { ($0.key, $0.value.top) }, of: name, at: span)
    } else {
      body = try self.body(node.top, of: name, at: span, depth: 0)
    }
    return SigmaSelection(name, body, span: span)
  }

  private mutating func body(
    _ node: YAMLNode, of name: String, at span: Span, depth: Int
  ) throws(Diagnostic) -> SigmaSelectionBody {
    if depth > SigmaSelectionParser.depthLimit { throw .sigmaNested(at: node.span) }
    switch node.kind {
    case .scalar:
      if node.isNull { throw .sigmaEmptySelection(name, at: span) }
      return .keyword(scalar(node))
    case .sequence(let items):
      if items.isEmpty { throw .sigmaEmptySelection(name, at: span) }
      var bodies: [SigmaSelectionBody] = []
      for item in items { bodies.append(try body(item, of: name, at: item.span, depth: depth + 1)) }
      return .list(bodies)
    case .mapping(let entries):
      return try map(entries.map { ($0.key, $0.value) }, of: name, at: span)
    }
  }

  private mutating func map(
    _ entries: [(key: YAMLNode, value: YAMLNode)], of name: String, at span: Span
  ) throws(Diagnostic) -> SigmaSelectionBody {
    if entries.isEmpty { throw .sigmaEmptySelection(name, at: span) }
    var items: [SigmaItem] = []
    for (key, value) in entries { items.append(try item(key, value)) }
    return .map(items)
  }

  /// One line, `field|modifier: value`.
  private mutating func item(_ key: YAMLNode, _ value: YAMLNode) throws(Diagnostic) -> SigmaItem {
    let parts = (key.scalar ?? "").unicodeScalars.split(separator: "|", omittingEmptySubsequences: false)
    var modifiers: [SigmaModifier] = []
    var column = (parts.first?.count ?? 0) + 2
    for part in parts.dropFirst() {
      let name = String(part)
      guard let modifier = SigmaModifier(rawValue: name) else {
        let near = Suggestion.nearest(to: name, among: SigmaModifier.allCases.map(\.rawValue))
        let span = key.span(ofText: Span(at: Position(line: 1, column: column), length: part.count))
        throw .sigmaModifier(name, near: near, at: span)
      }
      modifiers.append(modifier)
      column += part.count + 1
    }
    let field = String(parts.first ?? Substring.UnicodeScalarView())
    var values: [SigmaScalar] = []
    for node in value.sequence ?? [value] {
      guard node.scalar != nil else {
        throw .sigmaExpected("a value or a list of values", of: key.scalar ?? "", at: node.span)
      }
      values.append(scalar(node))
    }
    return SigmaItem(field, modifiers, values, isList: value.sequence != nil, span: key.span)
  }

  private mutating func scalar(_ node: YAMLNode) -> SigmaScalar {
    if node.style == .plain, let text = node.scalar, SigmaSelectionParser.isAmbiguous(text) {
      warnings.append(.sigmaOldBoolean(text, at: node.span))
    }
    return SigmaScalar(node.value, span: node.span)
  }

  /// Whether tools that read YAML 1.1 take a plain text for another value: `yes`, `off`, `0755`, `0x1F`, `1_000`,
  /// `12:30`.
  static func isAmbiguous(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count > 1 else { return false }
    if ["yes", "no", "on", "off"].contains(text.lowercased()) { return true }
    guard (0x30...0x39).contains(first) || first == 0x2D || first == 0x2B else { return false }
    let digits = text.utf8.drop { $0 == 0x2D || $0 == 0x2B }
    let isLeadingZero =
      digits.first == 0x30 && digits.count > 1 && digits.allSatisfy { (0x30...0x39).contains($0) }
    let rest = digits.dropFirst(2)
    let isHex = rest.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) || $0 == 0x5F
    }
    let isMarked =
      !rest.isEmpty
      && (digits.starts(with: "0x".utf8) && isHex
        || digits.starts(with: "0b".utf8) && rest.allSatisfy { $0 == 0x30 || $0 == 0x31 || $0 == 0x5F })
    let isGrouped =
      digits.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x3A }
      && digits.contains { $0 == 0x5F || $0 == 0x3A }
    return isLeadingZero || isMarked || isGrouped
  }
}
