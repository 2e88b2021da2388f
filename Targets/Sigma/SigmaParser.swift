import ConcordDiagnostics
import ConcordDocuments

/// Reads the documents of a file.
struct SigmaParser {
  /// A rule and the filters of the file that apply to it.
  struct Entry {
    /// The rule.
    var document: SigmaDocument
    /// What must hold besides: each filter's detection.
    var filters: [SigmaDocument]
    /// What is odd about them.
    var warnings: [Diagnostic]
  }

  /// A `filter` document: a detection that is joined to that of other rules.
  private struct Filter {
    var document: SigmaDocument
    /// The ids or names of the rules; `nil` for any.
    var rules: [(name: String, span: Span)]?
  }

  /// The rules of a file, in order. Throws `E150` to `E159` and what YAML throws.
  static func entries(_ source: Source) throws(Diagnostic) -> [Entry] {
    do throws(Diagnostic) {
      var parser = SigmaParser()
      for node in try YAML.documents(source) { try parser.add(node) }
      if parser.entries.isEmpty, parser.filters.isEmpty { throw Diagnostic.sigmaNotADocument(at: nil) }
      parser.applyFilters()
      return parser.entries.map { entry in
        var located = entry
        located.warnings = entry.warnings.map { $0.located(in: source) }
        return located
      }
    } catch {
      throw error.located(in: source)
    }
  }

  private var entries: [Entry] = []
  private var filters: [Filter] = []
  /// What `action: global` documents say, for all that follow.
  private var global: SigmaNode?
  /// The last rule, for `action: repeat`.
  private var previous: SigmaNode?

  private mutating func add(_ node: YAMLNode) throws(Diagnostic) {
    if node.isNull { return }
    guard node.mapping != nil else { throw .sigmaNotADocument(at: node.span) }
    let action = node["action"]
    switch action?.scalar {
    case nil:
      try addRule(SigmaNode(node, over: global))
    case "global":
      global = SigmaNode(node, over: global)
    case "reset":
      global = nil
      if node["detection"] != nil { try addRule(SigmaNode(node)) }
    case "repeat":
      guard let previous else { throw .sigmaNothingToRepeat(at: action?.span) }
      try addRule(SigmaNode(node, over: previous))
    case let name?:
      let near = Suggestion.nearest(to: name, among: ["global", "repeat", "reset"])
      throw .sigmaAction(name, near: near, at: action?.span)
    }
  }

  private mutating func addRule(_ node: SigmaNode) throws(Diagnostic) {
    previous = node
    var warnings: [Diagnostic] = []
    if let correlation = node["correlation"] {
      throw .sigmaCorrelation(
        correlation["type"]?.scalar ?? "correlation", at: node.top.keyNode(of: "correlation")?.span)
    }
    if let filter = node["filter"] {
      var document = try SigmaDocumentParser.metadata(node, warnings: &warnings)
      try SigmaDocumentParser.detection(filter, besides: ["rules"], into: &document, warnings: &warnings)
      filters.append(Filter(document: document, rules: try SigmaParser.ruleNames(filter)))
      return
    }
    let document = try SigmaDocumentParser.document(node, warnings: &warnings)
    entries.append(Entry(document: document, filters: [], warnings: warnings))
  }

  private static func ruleNames(_ filter: SigmaNode) throws(Diagnostic) -> [(name: String, span: Span)]? {
    guard let rules = filter["rules"] else { throw .sigmaMissing("rules", near: nil, at: filter.span) }
    if rules.scalar == "any" { return nil }
    var names: [(name: String, span: Span)] = []
    for node in rules.sequence ?? [rules.top] {
      guard let name = node.scalar else {
        throw .sigmaExpected("`any` or a list of rules", of: "rules", at: node.span)
      }
      names.append((name, node.span))
    }
    return names
  }

  private mutating func applyFilters() {
    for filter in filters {
      var unseen = filter.rules ?? []
      for index in entries.indices {
        let document = entries[index].document
        let isNamed = filter.rules?.contains { $0.name == document.id || $0.name == document.name } ?? true
        guard isNamed, filter.document.logSource.contains(document.logSource) else { continue }
        entries[index].filters.append(filter.document)
        unseen.removeAll { $0.name == document.id || $0.name == document.name }
      }
      let warnings = unseen.map { Diagnostic.sigmaFilterUnused($0.name, at: $0.span) }
      if let last = entries.indices.last { entries[last].warnings += warnings }
    }
  }
}

extension SigmaLogSource {
  /// Whether every part that this one names is the other's too.
  func contains(_ other: SigmaLogSource) -> Bool {
    (category == nil || category == other.category) && (product == nil || product == other.product)
      && (service == nil || service == other.service)
  }
}
