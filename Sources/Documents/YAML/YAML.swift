import ConcordDiagnostics

/// Reads and writes YAML 1.2.
///
/// The reader goes text → events → nodes → `Value`; every node knows its place. What it is strict about beyond
/// the specification: keys of one mapping must differ, and every document must have a JSON value (see
/// `YAMLNode.value`). What it is lenient about: the bracket that closes a flow collection may stand as far left as
/// the line that opened it, as people and their formatters write it.
package enum YAML {
  /// How much a text may ask of the reader. Rules nest some ten levels deep and have no aliases; a text beyond
  /// these bounds is a mistake or an attack.
  package struct Limits: Hashable, Sendable {
    /// How deep collections may nest, aliases followed.
    package var depth: Int
    /// How many nodes aliases may stand for, all together.
    package var aliasedNodes: Int

    /// The given bounds.
    package init(depth: Int = 512, aliasedNodes: Int = 100_000) {
      self.depth = depth
      self.aliasedNodes = aliasedNodes
    }

    /// 512 levels, 100,000 nodes by way of aliases.
    package static let `default` = Limits()
  }

  /// The events of the whole text, from `.streamStart` to `.streamEnd`.
  ///
  /// Throws `E107` to `E109`, `E106` and `E112`.
  package static func events(
    _ source: Source, limits: Limits = .default
  ) throws(Diagnostic) -> [YAMLEvent] {
    var parser = YAMLParser(source, limits: limits)
    try parser.parse()
    var cursor = TextCursor(bytes: parser.bytes)
    return parser.events.map { event in
      YAMLEvent(
        kind: event.kind, anchor: event.properties.anchor, tag: event.properties.tag,
        span: Span(cursor.position(at: event.start), cursor.position(at: event.end)))
    }
  }

  /// The root nodes of the text's documents; none for an empty text.
  ///
  /// Throws `E107` to `E112`.
  package static func documents(
    _ source: Source, limits: Limits = .default
  ) throws(Diagnostic) -> [YAMLNode] {
    var parser = YAMLParser(source, limits: limits)
    try parser.parse()
    var composer = YAMLComposer(source, parser, limits: limits)
    return try composer.documents()
  }
}
