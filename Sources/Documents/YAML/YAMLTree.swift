import ConcordDiagnostics

/// All nodes of a text in one place: a `YAMLNode` is a tree and a number, which is cheap to make and to copy.
final class YAMLTree: Sendable {
  /// What is known of one node. Places are byte offsets: few of them are ever asked for as lines and columns.
  struct Record {
    enum Content {
      case scalar(String, YAMLScalarStyle)
      /// A part of `children`.
      case sequence(Range<Int>)
      /// A part of `children`: keys and values by turns.
      case mapping(Range<Int>)
    }

    var content: Content
    var tag: String?
    var start: Int
    var end: Int
    /// Where the scalar's text can be found as it is in the source.
    var text = RawYAMLEvent.TextPlace.none
    /// How many nodes it is, aliases followed.
    var size = 1
    /// How deep it nests.
    var height = 1
  }

  let source: Source
  let records: [Record]
  /// The records of the collections' members, those of one collection side by side.
  let children: [Int]
  private let bytes: [UInt8]
  private let isASCII: Bool
  /// The offset of each line's first byte.
  private let lines: [Int]

  init(_ source: Source, _ parser: YAMLParser, _ records: [Record], _ children: [Int]) {
    self.source = source
    self.records = records
    self.children = children
    bytes = parser.bytes
    isASCII = parser.isASCII
    lines = parser.lines
  }

  /// The line and column of a byte, in time logarithmic in the number of lines.
  func position(at offset: Int) -> Position {
    var line = 0
    var after = lines.count
    while after - line > 1 {
      let middle = (line + after) / 2
      if lines[middle] <= offset { line = middle } else { after = middle }
    }
    let start = lines[line]
    let column =
      isASCII ? offset - start + 1 : bytes[start..<offset].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    return Position(line: line + 1, column: column)
  }

  func span(_ record: Record) -> Span {
    Span(position(at: record.start), position(at: record.end))
  }

  func origin(_ record: Record) -> Origin? {
    switch record.text {
    case .none: nil
    case .line(let offset): Origin(source, start: position(at: offset))
    case .lines(let offset, let indent):
      Origin(
        source, start: Position(line: position(at: offset).line, column: indent + 1), indent: indent)
    }
  }

  /// The text of a record that is a scalar.
  func scalar(_ record: Int) -> String? {
    if case .scalar(let text, _) = records[record].content { text } else { nil }
  }

  /// The place in `children` of a mapping's key.
  func place(of key: String, in mapping: Int) -> Int? {
    guard case .mapping(let range) = records[mapping].content else { return nil }
    return stride(from: range.lowerBound, to: range.upperBound, by: 2).first {
      scalar(children[$0])?.sameScalars(as: key) ?? false
    }
  }

  /// The JSON value of a record; see `YAMLNode.value`.
  func value(_ record: Int) -> Value {
    switch records[record].content {
    case .scalar(let text, let style):
      return YAMLScalarRules.value(text, style, records[record].tag) ?? .string(text)
    case .sequence(let range):
      return .array(children[range].map(value))
    case .mapping(let range):
      let keys = stride(from: range.lowerBound, to: range.upperBound, by: 2)
      return .object(
        Value.Object(
          keys.map { Value.Object.Member(scalar(children[$0]) ?? "", value(children[$0 + 1])) }))
    }
  }
}
