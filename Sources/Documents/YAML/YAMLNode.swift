import ConcordDiagnostics

/// A node of a YAML document: what was written, and where.
///
/// An alias is the node that it names, under the place of the alias itself.
public struct YAMLNode: Sendable {
  /// What a node holds.
  public enum Kind: Sendable {
    /// A text, after escapes and folding, and how it was written.
    case scalar(String, YAMLScalarStyle)
    /// A list.
    case sequence([YAMLNode])
    /// A mapping, its entries in source order. No two keys are the same text.
    case mapping([Entry])
  }

  /// A key and its value.
  public struct Entry: Sendable {
    /// The key, always a scalar.
    public let key: YAMLNode
    /// The value.
    public let value: YAMLNode
  }

  /// What it holds.
  public let kind: Kind
  /// Its tag in full, where one was written.
  public let tag: String?
  /// Where it stands, quotes and brackets included, anchor and tag not.
  public let span: Span
  /// Where the text of a scalar stands in the file, so that places in the text can be found there: for literal
  /// block scalars, and for plain and quoted ones that stand on one line without escapes. `nil` where the text
  /// was written in another form.
  public let origin: Origin?

  /// How many nodes it is, aliases followed.
  let size: Int
  /// How deep it nests.
  let height: Int

  /// The text of a scalar that is one, whatever it resolves to.
  public var scalar: String? {
    if case .scalar(let text, _) = kind { text } else { nil }
  }

  /// The items, if it is a list.
  public var sequence: [YAMLNode]? {
    if case .sequence(let items) = kind { items } else { nil }
  }

  /// The entries, if it is a mapping.
  public var mapping: [Entry]? {
    if case .mapping(let entries) = kind { entries } else { nil }
  }

  /// How the scalar was written; `nil` for collections.
  public var style: YAMLScalarStyle? {
    if case .scalar(_, let style) = kind { style } else { nil }
  }

  /// The value of a mapping's key, compared scalar by scalar.
  public subscript(key: String) -> YAMLNode? { entry(key)?.value }

  /// The node of a mapping's key itself.
  public func keyNode(of key: String) -> YAMLNode? { entry(key)?.key }

  private func entry(_ key: String) -> Entry? {
    mapping?.first { $0.key.scalar?.sameScalars(as: key) ?? false }
  }

  /// Whether it resolves to null: nothing written, `~`, `null`, `Null`, `NULL`.
  public var isNull: Bool { value == .null }

  /// Where a stretch of a scalar's text stands in the file; the whole node where that is not known.
  public func span(ofText inner: Span) -> Span { origin?.span(inner) ?? span }

  /// The JSON value.
  ///
  /// Plain scalars resolve by the core schema as rules' own loaders read it: null is nothing, `~`, `null`, `Null`
  /// or `NULL`; booleans are `true`, `True`, `TRUE` and the same of false; integers are decimal, leading zeros or
  /// not, `0x` and `0b`, with `_` anywhere between digits; floats need a point, and a sign in the exponent.
  /// Everything else is text: `yes`, `on`, dates, `1:30`, `1e3`, `0o17`. Keys are text as they were written.
  public var value: Value {
    switch kind {
    case .scalar(let text, let style): YAMLScalarRules.value(text, style, tag) ?? .string(text)
    case .sequence(let items): .array(items.map(\.value))
    case .mapping(let entries):
      .object(Value.Object(entries.map { Value.Object.Member($0.key.scalar ?? "", $0.value.value) }))
    }
  }
}
