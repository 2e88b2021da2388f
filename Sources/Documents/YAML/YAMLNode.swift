import ConcordDiagnostics

/// A node of a YAML document: what was written, and where.
///
/// An alias is the node that it names, under the place of the alias itself.
package struct YAMLNode: Sendable {
  /// What a node holds.
  package enum Kind: Sendable {
    /// A text, after escapes and folding, and how it was written.
    case scalar(String, YAMLScalarStyle)
    /// A list.
    case sequence([YAMLNode])
    /// A mapping, its entries in source order. No two keys are the same text.
    case mapping([Entry])
  }

  /// A key and its value.
  package struct Entry: Sendable {
    /// The key, always a scalar.
    package let key: YAMLNode
    package let value: YAMLNode
  }

  private let tree: YAMLTree
  private let index: Int

  init(_ tree: YAMLTree, _ index: Int) {
    self.tree = tree
    self.index = index
  }

  private var record: YAMLTree.Record { tree.records[index] }

  /// What it holds.
  package var kind: Kind {
    switch record.content {
    case .scalar(let text, let style): .scalar(text, style)
    case .sequence(let range): .sequence(items(range))
    case .mapping(let range): .mapping(entries(range))
    }
  }

  /// Its tag in full, where one was written.
  package var tag: String? { record.tag }
  /// Where it stands, quotes and brackets included, anchor and tag not.
  package var span: Span { tree.span(record) }
  /// Where the text of a scalar stands in the file, so that places in the text can be found there: for literal
  /// block scalars, and for plain and quoted ones that stand on one line without escapes. `nil` where the text
  /// was written in another form.
  package var origin: Origin? { tree.origin(record) }

  /// The text of a scalar that is one, whatever it resolves to.
  package var scalar: String? { tree.scalar(index) }

  /// The items, if it is a list.
  package var sequence: [YAMLNode]? {
    if case .sequence(let range) = record.content { items(range) } else { nil }
  }

  /// The entries, if it is a mapping.
  package var mapping: [Entry]? {
    if case .mapping(let range) = record.content { entries(range) } else { nil }
  }

  /// Whether it is a mapping.
  package var isMapping: Bool {
    if case .mapping = record.content { true } else { false }
  }

  private func items(_ range: Range<Int>) -> [YAMLNode] { tree.children[range].map { YAMLNode(tree, $0) } }

  private func entries(_ range: Range<Int>) -> [Entry] {
    stride(from: range.lowerBound, to: range.upperBound, by: 2).map { entry(at: $0) }
  }

  private func entry(at place: Int) -> Entry {
    Entry(key: YAMLNode(tree, tree.children[place]), value: YAMLNode(tree, tree.children[place + 1]))
  }

  /// How the scalar was written; `nil` for collections.
  package var style: YAMLScalarStyle? {
    if case .scalar(_, let style) = record.content { style } else { nil }
  }

  /// The value of a mapping's key, compared scalar by scalar.
  package subscript(key: String) -> YAMLNode? {
    tree.place(of: key, in: index).map { entry(at: $0).value }
  }

  /// The node of a mapping's key itself.
  package func keyNode(of key: String) -> YAMLNode? {
    tree.place(of: key, in: index).map { entry(at: $0).key }
  }

  /// Whether it resolves to null: nothing written, `~`, `null`, `Null`, `NULL`.
  package var isNull: Bool {
    guard case .scalar(let text, let style) = record.content else { return false }
    return YAMLScalarRules.isNull(text, style, record.tag)
  }

  /// Where a stretch of a scalar's text stands in the file; the whole node where that is not known.
  package func span(ofText inner: Span) -> Span { origin?.span(inner) ?? span }

  /// The JSON value.
  ///
  /// Plain scalars resolve by the core schema as rules' own loaders read it: null is nothing, `~`, `null`, `Null`
  /// or `NULL`; booleans are `true`, `True`, `TRUE` and the same of false; integers are decimal, leading zeros or
  /// not, `0x` and `0b`, with `_` anywhere between digits; floats need a point, and a sign in the exponent.
  /// Everything else is text: `yes`, `on`, dates, `1:30`, `1e3`, `0o17`. Keys are text as they were written.
  package var value: Value { tree.value(index) }
}
