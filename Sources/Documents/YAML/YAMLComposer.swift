import ConcordDiagnostics

/// Makes nodes of events: resolves aliases, and refuses what has no JSON value.
struct YAMLComposer {
  private let source: Source
  private let events: [RawYAMLEvent]
  private var cursor: PositionCursor
  private let limits: YAML.Limits
  private var open: [Open] = []
  /// The anchors of the document; `nil` for one whose collection is still open.
  private var anchors: [String: YAMLNode?] = [:]
  private var aliasedNodes = 0

  /// A collection that is still open.
  private struct Open {
    let isMapping: Bool
    let anchor: String?
    let tag: String?
    let start: Position
    var items: [YAMLNode] = []
    var entries: [YAMLNode.Entry] = []
    var key: YAMLNode?
    var keys: [ScalarText: Span] = [:]
    var size = 1
    var height = 1
  }

  init(_ source: Source, _ events: [RawYAMLEvent], _ cursor: PositionCursor, limits: YAML.Limits) {
    self.source = source
    self.events = events
    self.cursor = cursor
    self.limits = limits
  }

  mutating func documents() throws(Diagnostic) -> [YAMLNode] {
    var documents: [YAMLNode] = []
    for event in events {
      let start = cursor.position(at: event.start)
      switch event.kind {
      case .streamStart, .streamEnd, .documentEnd: break
      case .documentStart: anchors = [:]
      case .sequenceStart, .mappingStart: try begin(event, start)
      case .sequenceEnd, .mappingEnd:
        if let node = end(cursor.position(at: event.end)) { try add(node, to: &documents) }
      case .scalar(let text, let style):
        let node = try scalar(event, text, style, start)
        if let anchor = event.anchor { anchors[anchor] = node }
        try add(node, to: &documents)
      case .alias(let name):
        let span = Span(start, cursor.position(at: event.end))
        try add(try aliased(name, span), to: &documents)
      }
    }
    return documents
  }

  private mutating func begin(_ event: RawYAMLEvent, _ start: Position) throws(Diagnostic) {
    let isMapping = if case .mappingStart = event.kind { true } else { false }
    let expected = YAML.coreTagPrefix + (isMapping ? "map" : "seq")
    if let tag = event.tag, tag != expected, tag != "!" {
      throw unknownTag(tag, Span(at: start))
    }
    if let anchor = event.anchor { anchors[anchor] = .some(nil) }
    open.append(Open(isMapping: isMapping, anchor: event.anchor, tag: event.tag, start: start))
  }

  private mutating func end(_ end: Position) -> YAMLNode? {
    guard let done = open.popLast() else { return nil }
    let node = YAMLNode(
      kind: done.isMapping ? .mapping(done.entries) : .sequence(done.items), tag: done.tag,
      span: Span(done.start, end), origin: nil, size: done.size, height: done.height)
    if let anchor = done.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func add(_ node: YAMLNode, to documents: inout [YAMLNode]) throws(Diagnostic) {
    guard let isMapping = open.last?.isMapping else { return documents.append(node) }
    let top = open.count - 1
    open[top].size += node.size
    open[top].height = max(open[top].height, node.height + 1)
    if !isMapping {
      open[top].items.append(node)
    } else if let key = open[top].key {
      open[top].entries.append(YAMLNode.Entry(key: key, value: node))
      open[top].key = nil
    } else {
      try addKey(node, top)
    }
  }

  private mutating func addKey(_ node: YAMLNode, _ top: Int) throws(Diagnostic) {
    guard let text = node.scalar else { throw keyIsNoText(node.span) }
    if text == "<<", node.style == .plain, node.tag == nil { throw mergeKey(node.span) }
    if let first = open[top].keys.updateValue(node.span, forKey: ScalarText(text)) {
      throw duplicateKey(text, first, node.span)
    }
    open[top].key = node
  }

  private mutating func scalar(
    _ event: RawYAMLEvent, _ text: String, _ style: YAMLScalarStyle, _ start: Position
  ) throws(Diagnostic) -> YAMLNode {
    let origin: Origin? =
      switch event.text {
      case .none: nil
      case .line(let offset): Origin(source, start: cursor.position(at: offset))
      case .lines(let offset, let indent):
        Origin(
          source, start: Position(line: cursor.position(at: offset).line, column: indent + 1), indent: indent)
      }
    let span = Span(start, cursor.position(at: event.end))
    if event.tag != nil || style == .plain, YAMLScalarRules.value(text, style, event.tag) == nil {
      throw noValue(text, event.tag, span)
    }
    return YAMLNode(
      kind: .scalar(text, style), tag: event.tag, span: span, origin: origin, size: 1, height: 1)
  }

  /// The node that an alias names. What all aliases stand for together is bounded: nine lines can spell a
  /// billion nodes.
  private mutating func aliased(_ name: String, _ span: Span) throws(Diagnostic) -> YAMLNode {
    guard let anchor = anchors[name] else { throw unknownAlias(name, span) }
    guard let node = anchor else { throw recursiveAlias(name, span) }
    aliasedNodes += node.size
    guard aliasedNodes <= limits.aliasedNodes else { throw aliasBomb(span) }
    guard open.count + node.height <= limits.depth else { throw tooDeep(span) }
    return YAMLNode(
      kind: node.kind, tag: node.tag, span: span, origin: node.origin, size: node.size, height: node.height)
  }
}

extension YAMLComposer {
  private func make(
    _ code: Diagnostic.Code, _ message: String, _ span: Span, _ label: String = "", help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code, message, in: source, at: span, label, help: help)
  }

  private func unknownAlias(_ name: String, _ span: Span) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: anchors.keys.sorted())
    return make(
      "E104", "no anchor `&\(name)` stands before this alias", span,
      help: [
        near.map { "did you mean `*\($0)`?" } ?? "a text that begins with `*` stands in quotes: `'*\(name)'`"
      ])
  }

  private func recursiveAlias(_ name: String, _ span: Span) -> Diagnostic {
    make("E104", "the alias `*\(name)` stands within the collection that it names", span)
  }

  private func aliasBomb(_ span: Span) -> Diagnostic {
    make("E107", "aliases stand for more than \(limits.aliasedNodes) nodes", span)
  }

  private func tooDeep(_ span: Span) -> Diagnostic {
    make("E107", "collections are nested deeper than \(limits.depth) levels, aliases followed", span)
  }

  private func duplicateKey(_ key: String, _ first: Span, _ second: Span) -> Diagnostic {
    Diagnostic(
      "E106", "the key `\(key)` stands twice in one mapping", in: source,
      labels: [Diagnostic.Label(second, "the second"), Diagnostic.Label(first, "the first")],
      help: ["remove or rename one of them"])
  }

  private func keyIsNoText(_ span: Span) -> Diagnostic {
    make("E108", "a key must be a text, not a list or a mapping", span)
  }

  private func mergeKey(_ span: Span) -> Diagnostic {
    make(
      "E108", "merge keys are not part of YAML 1.2", span,
      help: ["write out the keys that `<<` would bring; a key of that name stands in quotes: `'<<'`"])
  }

  private func unknownTag(_ tag: String, _ span: Span) -> Diagnostic {
    let name = tag.hasPrefix(YAML.coreTagPrefix) ? "!!" + tag.dropFirst(YAML.coreTagPrefix.count) : tag
    return make(
      "E105", "the tag `\(name)` has no meaning here", span,
      help: ["the tags are `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` and `!!map`"])
  }

  private func noValue(_ text: String, _ tag: String?, _ span: Span) -> Diagnostic {
    if YAMLScalarRules.isNotFinite(text), tag == nil || tag == YAML.coreTagPrefix + "float" {
      return make(
        "E108", "`\(text)` is a number that JSON does not have", span,
        help: ["write it in quotes if it is a text"])
    }
    let names = ["null", "bool", "int", "float"]
    guard let tag, let name = names.first(where: { YAML.coreTagPrefix + $0 == tag }) else {
      return unknownTag(tag ?? "?", span)
    }
    return make("E105", "`\(text)` is not a value of the tag `!!\(name)`", span)
  }
}
