import ConcordDiagnostics

/// What a reader makes of the text: values alone, or nodes with their places.
protocol JSONBuilder {
  associatedtype Node
  associatedtype Member
  associatedtype Mark

  /// The place of a byte. Called with ascending offsets.
  mutating func mark(_ offset: Int) -> Mark
  func scalar(_ value: Value, _ start: Mark, _ end: Mark) -> Node
  func array(_ items: [Node], _ start: Mark, _ end: Mark) -> Node
  func object(_ members: [Member], _ start: Mark, _ end: Mark) -> Node
  func member(_ key: JSONText, _ start: Mark, _ end: Mark, _ node: Node) -> Member
}

/// A text as JSON can spell it, which need not be well-formed Unicode.
enum JSONText {
  case string(String)
  case malformed([UInt16])

  var value: Value {
    switch self {
    case .string(let text): .string(text)
    case .malformed(let units): .malformedString(units)
    }
  }
}

/// Makes values, and forgets places.
struct ValueBuilder: JSONBuilder {
  mutating func mark(_ offset: Int) {}
  func scalar(_ value: Value, _ start: Void, _ end: Void) -> Value { value }
  func array(_ items: [Value], _ start: Void, _ end: Void) -> Value { .array(items) }
  func object(_ members: [Value.Object.Member], _ start: Void, _ end: Void) -> Value {
    .object(Value.Object(members))
  }
  func member(_ key: JSONText, _ start: Void, _ end: Void, _ node: Value) -> Value.Object.Member {
    switch key {
    case .string(let text): Value.Object.Member(text, node)
    case .malformed(let units): Value.Object.Member(malformedKey: units, node)
    }
  }
}

/// Makes nodes.
struct NodeBuilder: JSONBuilder {
  private var cursor: TextCursor

  init(_ source: Source) { cursor = TextCursor(source.text) }

  mutating func mark(_ offset: Int) -> Position { cursor.position(at: offset) }
  func scalar(_ value: Value, _ start: Position, _ end: Position) -> JSONNode {
    JSONNode(kind: .scalar(value), span: Span(start, end))
  }
  func array(_ items: [JSONNode], _ start: Position, _ end: Position) -> JSONNode {
    JSONNode(kind: .array(items), span: Span(start, end))
  }
  func object(_ members: [JSONNode.Member], _ start: Position, _ end: Position) -> JSONNode {
    JSONNode(kind: .object(members), span: Span(start, end))
  }
  func member(_ key: JSONText, _ start: Position, _ end: Position, _ node: JSONNode) -> JSONNode.Member {
    switch key {
    case .string(let text):
      JSONNode.Member(key: text, keySpan: Span(start, end), node: node, malformedKey: nil)
    case .malformed(let units):
      JSONNode.Member(
        key: String(decoding: units, as: UTF16.self), keySpan: Span(start, end), node: node,
        malformedKey: units)
    }
  }
}
