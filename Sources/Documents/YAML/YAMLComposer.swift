import ConcordDiagnostics

/// Makes nodes of events: resolves aliases, and refuses what has no JSON value.
struct YAMLComposer {
  private let source: Source
  private let parser: YAMLParser
  private let limits: YAML.Limits
  private var records: [YAMLTree.Record] = []
  private var children: [Int] = []
  /// The records of the members of all open collections, the innermost collection's last.
  private var members: [Int] = []
  private var open: [Open] = []
  /// The records of the document's anchors; `nil` for one whose collection is still open.
  private var anchors: [String: Int?] = [:]
  private var aliasedNodes = 0

  /// A collection that is still open.
  private struct Open {
    let isMapping: Bool
    let properties: YAMLParser.Properties
    let start: Int
    /// The place of its first member in `members`.
    let first: Int
    /// The keys of a mapping.
    var keys = SeenTexts()
    var size = 1
    var height = 1
  }

  init(_ source: Source, _ parser: YAMLParser, limits: YAML.Limits) {
    self.source = source
    self.parser = parser
    self.limits = limits
    records.reserveCapacity(parser.events.count)
    children.reserveCapacity(parser.events.count)
  }

  mutating func documents() throws(Diagnostic) -> [YAMLNode] {
    var documents: [Int] = []
    for event in parser.events {
      switch event.kind {
      case .streamStart, .streamEnd, .documentEnd: break
      case .documentStart: anchors = [:]
      case .sequenceStart, .mappingStart: try begin(event)
      case .sequenceEnd, .mappingEnd:
        if let node = end(event.end) { try add(node, to: &documents) }
      case .scalar(let text, let style):
        let node = try scalar(event, text, style)
        if let anchor = event.properties.anchor { anchors[anchor] = node }
        try add(node, to: &documents)
      case .alias(let name):
        try add(try aliased(name, event), to: &documents)
      }
    }
    let tree = YAMLTree(source, parser, records, children)
    return documents.map { YAMLNode(tree, $0) }
  }

  private mutating func begin(_ event: RawYAMLEvent) throws(Diagnostic) {
    let isMapping = if case .mappingStart = event.kind { true } else { false }
    if let tag = event.properties.tag, tag != YAML.coreTagPrefix + (isMapping ? "map" : "seq"), tag != "!" {
      throw unknownTag(tag, Span(at: span(event).start))
    }
    if let anchor = event.properties.anchor { anchors[anchor] = .some(nil) }
    open.append(
      Open(
        isMapping: isMapping, properties: event.properties, start: event.start, first: members.count))
  }

  private mutating func end(_ end: Int) -> Int? {
    guard let done = open.popLast() else { return nil }
    let range = children.count..<(children.count + members.count - done.first)
    children += members[done.first...]
    members.removeSubrange(done.first...)
    records.append(
      YAMLTree.Record(
        content: done.isMapping ? .mapping(range) : .sequence(range), tag: done.properties.tag,
        start: done.start,
        end: end, size: done.size, height: done.height))
    if let anchor = done.properties.anchor { anchors[anchor] = records.count - 1 }
    return records.count - 1
  }

  private mutating func add(_ node: Int, to documents: inout [Int]) throws(Diagnostic) {
    guard let top = open.indices.last else { return documents.append(node) }
    open[top].size += records[node].size
    open[top].height = max(open[top].height, records[node].height + 1)
    let isKey = open[top].isMapping && (members.count - open[top].first) % 2 == 0
    if isKey { try checkKey(node, top) }
    members.append(node)
  }

  private mutating func checkKey(_ node: Int, _ top: Int) throws(Diagnostic) {
    guard case .scalar(let text, let style) = records[node].content else { throw keyIsNoText(span(node)) }
    if style == .plain, records[node].tag == nil, text == "<<" { throw mergeKey(span(node)) }
    if open[top].keys.insert(text) { return }
    let places = stride(from: open[top].first, to: members.count, by: 2)
    let first = places.first { place in
      guard case .scalar(let other, _) = records[members[place]].content else { return false }
      return other.sameScalars(as: text)
    }
    if let first { throw duplicateKey(text, span(members[first]), span(node)) }
  }

  private mutating func scalar(
    _ event: RawYAMLEvent, _ text: String, _ style: YAMLScalarStyle
  ) throws(Diagnostic) -> Int {
    let tag = event.properties.tag
    if tag != nil || style == .plain, !YAMLScalarRules.hasValue(text, style, tag) {
      throw noValue(text, tag, span(event))
    }
    records.append(
      YAMLTree.Record(
        content: .scalar(text, style), tag: tag, start: event.start, end: event.end, text: event.text))
    return records.count - 1
  }

  /// The node that an alias names. What all aliases stand for together is bounded: nine lines can spell a
  /// billion nodes.
  private mutating func aliased(_ name: String, _ event: RawYAMLEvent) throws(Diagnostic) -> Int {
    guard let anchor = anchors[name] else { throw unknownAlias(name, span(event)) }
    guard var node = anchor.map({ records[$0] }) else { throw recursiveAlias(name, span(event)) }
    aliasedNodes += node.size
    guard aliasedNodes <= limits.aliasedNodes else { throw aliasBomb(span(event)) }
    guard open.count + node.height <= limits.depth else { throw tooDeep(span(event)) }
    node.start = event.start
    node.end = event.end
    records.append(node)
    return records.count - 1
  }

  private func span(_ event: RawYAMLEvent) -> Span { parser.span(event.start, event.end) }
  private func span(_ node: Int) -> Span { parser.span(records[node].start, records[node].end) }
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
      .yamlAnchor, "no anchor `&\(name)` stands before this alias", span,
      help: [
        near.map { "did you mean `*\($0)`?" } ?? "a text that begins with `*` stands in quotes: `'*\(name)'`"
      ])
  }

  private func recursiveAlias(_ name: String, _ span: Span) -> Diagnostic {
    make(.yamlAnchor, "the alias `*\(name)` stands within the collection that it names", span)
  }

  private func aliasBomb(_ span: Span) -> Diagnostic {
    make(.aliasExpansion, "aliases stand for more than \(limits.aliasedNodes) nodes", span)
  }

  private func tooDeep(_ span: Span) -> Diagnostic {
    .tooDeep(limit: limits.depth, in: source, at: span)
  }

  private func duplicateKey(_ key: String, _ first: Span, _ second: Span) -> Diagnostic {
    Diagnostic(
      .duplicateName, "the key `\(key)` stands twice in one mapping", in: source,
      labels: [Diagnostic.Label(second, "the second"), Diagnostic.Label(first, "the first")],
      help: ["remove or rename one of them"])
  }

  private func keyIsNoText(_ span: Span) -> Diagnostic {
    make(.beyondJSON, "a key must be a text, not a list or a mapping", span)
  }

  private func mergeKey(_ span: Span) -> Diagnostic {
    make(
      .beyondJSON, "merge keys are not part of YAML 1.2", span,
      help: ["write out the keys that `<<` would bring; a key of that name stands in quotes: `'<<'`"])
  }

  private func unknownTag(_ tag: String, _ span: Span) -> Diagnostic {
    let name = tag.hasPrefix(YAML.coreTagPrefix) ? "!!" + tag.dropFirst(YAML.coreTagPrefix.count) : tag
    return make(
      .yamlTag, "the tag `\(name)` has no meaning here", span,
      help: ["the tags are `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` and `!!map`"])
  }

  private func noValue(_ text: String, _ tag: String?, _ span: Span) -> Diagnostic {
    if YAMLScalarRules.isNotFinite(text), tag == nil || tag == YAML.coreTagPrefix + "float" {
      return make(
        .beyondJSON, "`\(text)` is a number that JSON does not have", span,
        help: ["write it in quotes if it is a text"])
    }
    let names = ["null", "bool", "int", "float"]
    guard let tag, let name = names.first(where: { YAML.coreTagPrefix + $0 == tag }) else {
      return unknownTag(tag ?? "?", span)
    }
    return make(.yamlTag, "`\(text)` is not a value of the tag `!!\(name)`", span)
  }
}
