import ConcordDiagnostics

// Flow collections: those that are written in brackets.

extension YAMLParser {
  /// Opens the flow collection whose bracket stands here.
  mutating func openFlow(_ properties: Properties, _ start: NodeStart) throws(Diagnostic) {
    let isSequence = bytes[offset] == UInt8(ascii: "[")
    var frame = Frame(
      kind: isSequence ? .flowSequence : .flowMapping, want: .entry, indent: frames.last?.indent ?? -1)
    frame.start = start
    emit(
      isSequence ? .sequenceStart(flow: true) : .mappingStart(flow: true), properties, from: start.offset,
      to: offset + 1)
    try push(frame)
    advance(1)
  }

  /// Reads on within a flow collection.
  ///
  /// flow-sequence = "[" { (node | pair) "," } [node | pair] "]" ; flow-mapping = "{" { entry "," } [entry] "}"
  mutating func flowStep(_ top: Frame) throws(Diagnostic) {
    try skipFlowGap(top)
    let byte = bytes[offset]
    let isCloser = byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
    let isEnd = isCloser || byte == UInt8(ascii: ",")
    switch top.want {
    case .entry:
      if isCloser { try closeFlow(top) } else { try flowEntry(top) }
    case .key where isEnd || isAtFlowColon(isJSONKey: false), .value where isEnd:
      emitEmpty()
      advanceWant()
    case .key, .value, .node: try flowNode()
    case .colon:
      if isAtFlowColon(isJSONKey: top.isJSONKey) {
        advance(1)
        want(.value)
      } else if isEnd {
        emitEmpty()
        want(.comma)
      } else {
        throw missingFlowColon()
      }
    case .comma:
      if top.kind == .flowPair {
        finish(top)
        frames.removeLast()
      } else if byte == UInt8(ascii: ",") {
        advance(1)
        want(.entry)
      } else if isCloser {
        try closeFlow(top)
      } else {
        throw missingFlowComma(top)
      }
    }
  }

  /// Skips white space. Lines within brackets must be indented more than the block around them; only a closing
  /// bracket may stand exactly at its column.
  private mutating func skipFlowGap(_ top: Frame) throws(Diagnostic) {
    skipGap()
    if isAtEnd { throw unclosedFlow(top) }
    guard isFresh else { return }
    if isAtAnyMarker { throw unclosedFlow(top) }
    let isCloser = bytes[offset] == UInt8(ascii: "]") || bytes[offset] == UInt8(ascii: "}")
    guard leadingSpaces > top.indent || (isCloser && leadingSpaces == top.indent && !sawTab) else {
      throw sawTab ? tabIndentation() : tooLittleFlowIndentation(top)
    }
  }

  private mutating func flowEntry(_ top: Frame) throws(Diagnostic) {
    if bytes[offset] == UInt8(ascii: ",") { throw emptyFlowEntry() }
    let isQuestion = isAtIndicator("?")
    guard isQuestion || isAtFlowColon(isJSONKey: false) else {
      want(top.kind == .flowMapping ? .key : .node)
      return try flowNode()
    }
    if top.kind == .flowSequence {
      emit(.mappingStart(flow: true), from: offset, to: offset)
      want(.comma)
      try push(Frame(kind: .flowPair, want: .key, indent: top.indent))
    }
    if isQuestion {
      advance(1)
      want(.key)
    } else {
      emitEmpty()
      advance(1)
      want(.value)
    }
  }

  /// Whether a `:` that ends a key stands here.
  private func isAtFlowColon(isJSONKey: Bool) -> Bool {
    guard bytes[offset] == UInt8(ascii: ":") else { return false }
    let next = bytes[offset + 1]
    return isJSONKey || isSpaceOrEnd(next) || isFlowIndicator(next)
  }

  private mutating func closeFlow(_ top: Frame) throws(Diagnostic) {
    let isSequence = top.kind == .flowSequence
    guard bytes[offset] == UInt8(ascii: isSequence ? "]" : "}") else { throw wrongCloser(top) }
    advance(1)
    emit(isSequence ? .sequenceEnd : .mappingEnd, from: offset - 1, to: offset)
    frames.removeLast()
    if frames.last?.isFlow ?? false {
      try endFlowNode(top.start, isJSON: true)
    } else {
      try endContent(top.start, outerProperties)
    }
  }

  /// flow-node = properties (alias | scalar | flow collection | nothing)
  private mutating func flowNode() throws(Diagnostic) {
    let start = nodeStart(mayOpenBlock: false)
    var properties = Properties()
    while bytes[offset] == UInt8(ascii: "&") || bytes[offset] == UInt8(ascii: "!") {
      try property(into: &properties, isFlow: true)
      if let top = frames.last { try skipFlowGap(top) }
    }
    switch bytes[offset] {
    case UInt8(ascii: "["), UInt8(ascii: "{"): return try openFlow(properties, start)
    case UInt8(ascii: "*"):
      guard properties.isEmpty else { throw propertiesOnAlias(start) }
      try alias()
      return try endFlowNode(start, isJSON: false)
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"),
      UInt8(ascii: ":") where !properties.isEmpty && isAtFlowColonOrEnd:
      emitEmpty(properties)
      return try endFlowNode(start, isJSON: false)
    default: break
    }
    let isJSON = bytes[offset] == UInt8(ascii: "\"") || bytes[offset] == UInt8(ascii: "'")
    try flowScalar(properties, indent: frames.last?.indent ?? -1, isFlow: true)
    try endFlowNode(start, isJSON: isJSON)
  }

  private var isAtFlowColonOrEnd: Bool {
    bytes[offset] != UInt8(ascii: ":") || isAtFlowColon(isJSONKey: false)
  }

  /// After a node within brackets: in a list it is the key of a pair if `:` follows on its line.
  private mutating func endFlowNode(_ start: NodeStart, isJSON: Bool) throws(Diagnostic) {
    guard let top = frames.last else { return }
    let isKey = top.want == .key
    advanceWant()
    frames[frames.count - 1].isJSONKey = isKey && isJSON
    guard top.kind == .flowSequence, lineStart == start.lineStart else { return }
    skipBlanks()
    guard isAtFlowColon(isJSONKey: isJSON) else { return }
    guard offset - start.offset <= 1024 else { throw keyTooLong(start) }
    let event = RawYAMLEvent(kind: .mappingStart(flow: true), start: start.offset, end: start.offset)
    events.insert(event, at: start.event)
    try push(Frame(kind: .flowPair, want: .value, indent: top.indent))
    advance(1)
  }
}
