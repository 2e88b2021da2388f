import ConcordDiagnostics

/// How a scalar was written.
package enum YAMLScalarStyle: Hashable, Sendable {
  /// `text`
  case plain
  /// `'text'`
  case singleQuoted
  /// `"text"`
  case doubleQuoted
  /// `|`
  case literal
  /// `>`
  case folded
}

/// One step of reading a YAML text, as YAML 1.2 chapter 3 calls it.
package struct YAMLEvent: Hashable, Sendable {
  /// What happened.
  package enum Kind: Hashable, Sendable {
    /// The text begins.
    case streamStart
    /// The text ends.
    case streamEnd
    /// A document begins; `explicit` where `---` stands.
    case documentStart(explicit: Bool)
    /// A document ends; `explicit` where `...` stands.
    case documentEnd(explicit: Bool)
    /// `*name`
    case alias(String)
    /// A text, after escapes and folding.
    case scalar(String, YAMLScalarStyle)
    /// A list begins; `flow` where it is written in brackets.
    case sequenceStart(flow: Bool)
    /// The list ends.
    case sequenceEnd
    /// A mapping begins; `flow` where it is written in braces, or as a pair within brackets.
    case mappingStart(flow: Bool)
    case mappingEnd
  }

  /// What happened.
  package let kind: Kind
  /// The node's anchor, without `&`.
  package let anchor: String?
  /// The node's tag in full (`tag:yaml.org,2002:str`), `!` for the one that says "no resolution".
  package let tag: String?
  /// Where.
  package let span: Span
}

/// An event as the parser makes it, with byte offsets for its place.
struct RawYAMLEvent {
  var kind: YAMLEvent.Kind
  var properties = YAMLParser.Properties()
  var start: Int
  var end: Int
  /// Where the scalar's text can be found as it is in the source.
  var text = TextPlace.none

  enum TextPlace {
    /// It is written in another form there.
    case none
    /// It stands at this offset, on one line.
    case line(Int)
    /// Its lines follow each other from this offset on, each behind that many spaces.
    case lines(Int, indent: Int)
  }
}

extension YAMLParser {
  /// Anchor and tag of a node. Hardly a node has one, so that both together take the room of a pointer.
  struct Properties {
    private indirect enum Written { case these(anchor: String?, tag: String?) }

    private var written: Written?

    init(anchor: String? = nil, tag: String? = nil) {
      if anchor != nil || tag != nil { written = .these(anchor: anchor, tag: tag) }
    }

    var isEmpty: Bool { written == nil }

    var anchor: String? {
      get { if case .these(let anchor, _)? = written { anchor } else { nil } }
      set { self = Properties(anchor: newValue, tag: tag) }
    }

    var tag: String? {
      get { if case .these(_, let tag)? = written { tag } else { nil } }
      set { self = Properties(anchor: anchor, tag: newValue) }
    }
  }
}
