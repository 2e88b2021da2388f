import ConcordDiagnostics
import ConcordDocuments

/// The documents of a file, as far as each can be read.
struct SigmaFile {
  /// A rule and the filters of the file that apply to it.
  struct Rule {
    /// The rule.
    var document: SigmaDocument
    /// What must hold besides: the detection of each filter that stands in the file.
    var filters: [SigmaDocument] = []
    /// The same of filters that stand in other files.
    var filtersElsewhere: [SigmaDocument] = []
    /// A note for every correlation of which it is a part that is not meant to be run alone.
    var roles: [Diagnostic] = []
    /// What is found about it.
    var issues: SigmaIssues
    /// Where it begins.
    var start: Position
  }

  /// A `filter` document: a detection that is joined to that of other rules.
  struct Filter {
    /// Its metadata, log source and detection.
    var document: SigmaDocument
    /// The ids or names of the rules; `nil` for any.
    var rules: [(name: String, span: Span)]?
    /// What is found about it.
    var issues: SigmaIssues
    /// Where the key `filter` stands.
    var span: Span?
    /// Whether it applies to a rule of the file.
    var isApplied = false
    /// Whether it applies to a rule of another file.
    var isAppliedElsewhere = false
  }

  /// A `correlation` document.
  struct Correlation {
    /// What could be read of it.
    var parsed: SigmaCorrelationParser.Parsed
    /// What is found about it.
    var issues: SigmaIssues
    /// Where it begins.
    var start: Position
  }

  /// The rules, in order.
  var rules: [Rule] = []
  /// The filters, in order.
  var filters: [Filter] = []
  /// The correlations, in order.
  var correlations: [Correlation] = []
  /// What is wrong with documents that are none of these.
  var errors: [Diagnostic] = []
}

/// Reads the documents of a file.
struct SigmaParser {
  /// A rule and the filters that apply to it, as pipelines take and give them.
  struct Entry {
    /// The rule.
    var document: SigmaDocument
    /// What must hold besides: each filter's detection.
    var filters: [SigmaDocument]
    /// What is odd about them.
    var warnings: [Diagnostic]
  }

  private var file = SigmaFile()
  /// What `action: global` documents say, for all that follow.
  private var global: SigmaNode?
  /// The last rule, for `action: repeat`.
  private var previous: SigmaNode?

  /// The documents of a file, with what documents of the collection say of each other: the file alone is one where
  /// none is given. What is wrong with one of them does not hide the others; text that is not YAML has none.
  static func file(_ source: Source, in collection: SigmaCollection? = nil) -> SigmaFile {
    var file = unresolved(source)
    if collection == nil, file.filters.isEmpty, file.correlations.isEmpty { return file }
    file.resolve(in: collection, of: source.name)
    return file
  }

  /// The documents of a file, each by itself.
  static func unresolved(_ source: Source) -> SigmaFile {
    var parser = SigmaParser()
    do throws(Diagnostic) {
      for node in try YAML.documents(source) {
        do throws(Diagnostic) { try parser.add(node) } catch { parser.file.errors.append(error) }
      }
      if parser.file.isEmpty { throw .sigmaNotADocument(at: nil) }
    } catch {
      parser.file.errors.append(error)
    }
    return parser.file
  }

  private mutating func add(_ node: YAMLNode) throws(Diagnostic) {
    if node.isNull { return }
    guard node.mapping != nil else { throw .sigmaNotADocument(at: node.span) }
    let action = node["action"]
    switch action?.scalar {
    case nil:
      // What is said of rules is not said of what concerns them.
      let isRule = node["correlation"] == nil && node["filter"] == nil
      addDocument(SigmaNode(node, under: isRule ? global : nil))
    case "global":
      global = SigmaNode(node)
      previous = global
    case "reset":
      global = nil
      if node["detection"] != nil { addDocument(SigmaNode(node)) }
    case "repeat":
      guard let previous else { throw .sigmaNothingToRepeat(at: action?.span) }
      addDocument(SigmaNode(node, over: previous))
    case let name?:
      throw .sigmaAction(name, at: action?.span)
    }
  }

  private mutating func addDocument(_ node: SigmaNode) {
    previous = node
    var issues = SigmaIssues()
    let start = node.span.start
    if let correlation = node["correlation"] {
      let parsed = SigmaCorrelationParser.parse(node, correlation, &issues)
      file.correlations.append(.init(parsed: parsed, issues: issues, start: start))
    } else if let filter = node["filter"] {
      let document = SigmaDocumentParser.filter(node, filter, &issues)
      let rules = issues.attempt { _ throws(Diagnostic) in try SigmaParser.ruleNames(filter) }
      if !document.negates, let condition = document.conditions.first {
        issues.warnings.append(.sigmaFilterKeeps(at: condition.span))
      }
      file.filters.append(
        .init(
          document: document, rules: rules ?? [], issues: issues, span: node.top.keyNode(of: "filter")?.span))
    } else {
      let document = SigmaDocumentParser.document(node, &issues)
      file.rules.append(.init(document: document, issues: issues, start: start))
    }
  }

  private static func ruleNames(_ filter: SigmaNode) throws(Diagnostic) -> [(name: String, span: Span)]? {
    guard let rules = filter["rules"] else {
      throw .sigmaMissing("rules", of: "filter", near: nil, at: Span(at: filter.span.start))
    }
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
}

extension SigmaFile {
  /// What keeps the file from being rules alone, as far as its texts show; `nil` where nothing does.
  var refusal: Diagnostic? {
    let issues = rules.map(\.issues) + filters.map(\.issues) + correlations.map(\.issues)
    if let first = (errors + issues.flatMap(\.errors)).first { return first }
    return filters.first { !$0.isApplied }.map { .sigmaFilterAlone(at: $0.span) }
  }

  fileprivate var isEmpty: Bool {
    rules.isEmpty && filters.isEmpty && correlations.isEmpty && errors.isEmpty
  }
}

extension SigmaDocument {
  /// Whether something of the condition, or an item of a selection, is negated.
  fileprivate var negates: Bool {
    conditions.contains(where: \.negates) || selections.contains { $0.body.negates }
  }

  /// Whether that is its id or its name.
  func isNamed(_ reference: String) -> Bool {
    (id?.sameScalars(as: reference) ?? false) || (name?.sameScalars(as: reference) ?? false)
  }
}

extension SigmaExpression {
  fileprivate var negates: Bool {
    switch kind {
    case .not: true
    case .selection, .oneOf, .allOf: false
    case .and(let operands), .or(let operands): operands.contains(where: \.negates)
    }
  }
}

extension SigmaSelectionBody {
  fileprivate var negates: Bool {
    switch self {
    case .map(let items): items.contains { $0.modifiers.contains(.neq) }
    case .list(let bodies), .every(let bodies): bodies.contains(where: \.negates)
    case .keyword: false
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
