/// Where in a YAML text things begin whose lines belong together.
struct YAMLMarks {
  /// Whether a block collection that begins at an offset is a sequence.
  private(set) var blocks: [Int: Bool] = [:]
  /// Whether the text ends in a block scalar.
  private(set) var endsInBlockScalar = false
  /// Whether that scalar keeps all line breaks at its end.
  private(set) var endsInKeptBreaks = false
  /// The keys of block mappings that are scalars, in order of their places.
  private var keys: [(start: Int, end: Int)] = []
  /// What goes over several lines, in order of its place.
  private var tokens: [Token] = []

  /// A scalar or a collection in brackets whose end stands in another line than its beginning.
  struct Token {
    enum Kind {
      /// A plain or quoted text.
      case text
      /// A block scalar; the digit that tells its indentation, where one was written.
      case block(digit: Int?)
      /// A collection in brackets, with all within it.
      case brackets
    }

    let kind: Kind
    let start: Int
    let end: Int
    /// The least indentation of its lines but the first.
    let indent: Int
  }

  /// A collection whose events are being gone through.
  fileprivate struct Open {
    let isMapping: Bool
    let isBlockMapping: Bool
    var isKeyNext: Bool
  }

  init(_ parser: YAMLParser) {
    let bytes = parser.bytes
    var open: [Open] = []
    var brackets = (depth: 0, start: 0)
    for event in parser.events {
      let isKey = open.last?.isKeyNext ?? false
      switch event.kind {
      case .streamStart, .streamEnd, .documentStart, .documentEnd: continue
      case .sequenceEnd, .mappingEnd:
        open.removeLast()
        guard brackets.depth > 0 else { continue }
        brackets.depth -= 1
        if brackets.depth == 0 { add(.brackets, brackets.start, event.end, bytes) }
        continue
      case .alias: open.turn()
      case .scalar(_, let style):
        open.turn()
        if brackets.depth > 0 { continue }
        if isKey, open.last?.isBlockMapping ?? false, event.end > event.start {
          keys.append((event.start, event.end))
        }
        add(YAMLMarks.kind(style, event.start, bytes), event.start, event.end, bytes)
      case .sequenceStart(let isFlow), .mappingStart(let isFlow):
        open.turn()
        let isMapping = if case .mappingStart = event.kind { true } else { false }
        open.append(
          Open(
            isMapping: isMapping, isBlockMapping: isMapping && !isFlow, isKeyNext: isMapping))
        if isFlow {
          if brackets.depth == 0 { brackets.start = event.start }
          brackets.depth += 1
        } else {
          blocks[event.start] = !isMapping
        }
      }
    }
    noteEnd(parser)
  }

  /// Remembers whether the last scalar of the text is a block scalar, whose line breaks at its end may count.
  private mutating func noteEnd(_ parser: YAMLParser) {
    let last = parser.events.last { if case .scalar = $0.kind { $0.end > $0.start } else { false } }
    guard let last, case .scalar(_, let style) = last.kind, style == .literal || style == .folded else {
      return
    }
    endsInBlockScalar = true
    let header = parser.bytes[last.start...].prefix { !isBreak($0) && $0 != UInt8(ascii: "#") && $0 != 0 }
    endsInKeptBreaks = header.contains(UInt8(ascii: "+"))
  }

  private static func kind(_ style: YAMLScalarStyle, _ start: Int, _ bytes: [UInt8]) -> Token.Kind {
    switch style {
    case .plain, .singleQuoted, .doubleQuoted: return .text
    case .literal, .folded:
      let header = bytes[(start + 1)...].prefix {
        $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0.isDigit
      }
      return .block(digit: header.first(where: \.isDigit).map { Int($0 - UInt8(ascii: "0")) })
    }
  }

  /// Adds what stands between two offsets, where a line ends in between.
  private mutating func add(_ kind: Token.Kind, _ start: Int, _ end: Int, _ bytes: [UInt8]) {
    guard bytes[start..<end].contains(where: isBreak) else { return }
    var indent: Int?
    var index = start
    while index < end {
      guard isBreak(bytes[index]) else {
        index += 1
        continue
      }
      let line = index + 1
      index = line
      while bytes[index] == 0x20 { index += 1 }
      if index >= end || isBreak(bytes[index]) { continue }
      let column = index - line
      // The first line of a block scalar tells, since others may be empty but for spaces.
      if case .block(digit: nil) = kind {
        indent = indent ?? column
      } else {
        indent = min(indent ?? column, column)
      }
    }
    tokens.append(Token(kind: kind, start: start, end: end, indent: indent ?? 0))
  }

  /// Where the key ends that begins between two offsets.
  func key(from start: Int, to end: Int) -> Int? {
    let key = keys[keys.first(from: start) { $0.start }...].first
    return key.flatMap { $0.start < end && $0.end <= end ? $0.end : nil }
  }

  /// What begins between two offsets and goes on below.
  func token(from start: Int, to end: Int) -> Token? {
    let token = tokens[tokens.first(from: start) { $0.start }...].first
    return token.flatMap { $0.start < end ? $0 : nil }
  }

  /// Whether a line is a directive or a marker of a document, which stand outside of all collections.
  func isOutside(_ start: Int, _ bytes: [UInt8]) -> Bool {
    if bytes[start] == UInt8(ascii: "%") { return true }
    let marker = bytes[start..<min(start + 3, bytes.count)]
    return (marker.elementsEqual("---".utf8) || marker.elementsEqual("...".utf8))
      && isSpaceOrEnd(bytes[start + 3])
  }
}

extension Array {
  /// The index of the first element whose place is not before `start`; they are in order of their places.
  fileprivate func first(from start: Int, _ place: (Element) -> Int) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if place(self[middle]) < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension [YAMLMarks.Open] {
  /// A node of the innermost collection begins: after a key comes its value.
  fileprivate mutating func turn() {
    guard let last = indices.last, self[last].isMapping else { return }
    self[last].isKeyNext.toggle()
  }
}
