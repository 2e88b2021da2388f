import ConcordDiagnostics

/// Turns YAML text into events, in one pass over its UTF-8 bytes.
///
/// Open collections are frames on a stack of the parser's own, so that hostile depth cannot overflow the call
/// stack. A mapping without braces shows only at the `:` after its first key; its start is then inserted before
/// that key's events, of which there are few, since a key is at most 1,024 bytes long.
struct YAMLParser {
  let source: Source
  let limits: YAML.Limits
  /// The text, and NULs behind its end that stop every scan.
  let bytes: [UInt8]
  /// The number of bytes of the text.
  let count: Int
  /// Whether all of them are ASCII, so that each is a column.
  private(set) var isASCII = false

  var events: [RawYAMLEvent] = []
  var frames: [Frame] = []
  /// The next byte to read.
  var offset = 0
  /// The first byte of the current line.
  var lineStart = 0
  /// The first byte of each line so far.
  private(set) var lines = [0]
  /// Whether nothing but white space was read on the current line.
  var isFresh = true
  /// Whether there is a tab in the white space just before `offset`.
  var sawTab = false
  /// The end of the last token.
  var lastEnd = 0
  /// The properties on lines before that of the outermost open flow collection.
  var outerProperties = Properties()
  /// The document's `%TAG` handles.
  var handles: [String: String] = [:]

  /// An open collection, or the document itself.
  struct Frame {
    enum Kind { case document, blockSequence, blockMapping, flowSequence, flowMapping, flowPair }
    /// What must or may come next.
    enum Want {
      /// An entry, or the collection's end.
      case entry
      /// The node of a document or of an item.
      case node
      /// The node of a key after `?`.
      case key
      /// The `:` after a key.
      case colon
      /// The node of a value.
      case value
      /// `,` or the closing bracket.
      case comma
    }
    let kind: Kind
    var want: Want
    /// The column of a block collection's entries; within flow collections, that of the block around them.
    let indent: Int
    /// Whether a block collection may begin on the line of the indicator that wants a node.
    var isCompact = false
    /// Whether the key just read was quoted or bracketed, so that `:` may touch its value.
    var isJSONKey = false
    /// Where a flow collection begins.
    var start = NodeStart()

    var isFlow: Bool {
      switch kind {
      case .document, .blockSequence, .blockMapping: false
      case .flowSequence, .flowMapping, .flowPair: true
      }
    }
  }

  /// Where a node begins, and what it may turn out to be.
  struct NodeStart {
    var offset = 0
    var lineStart = 0
    var column = 0
    /// The index of its first event.
    var event = 0
    /// Whether a block collection may begin here.
    var mayOpenBlock = false
    /// Whether a tab stands before it on its line.
    var isTabbed = false
    /// Whether it is the key of the mapping on top of the stack.
    var isEntryKey = false
  }

  init(_ source: Source, limits: YAML.Limits) {
    self.source = source
    self.limits = limits
    var bytes: [UInt8] = []
    count = source.text.utf8.count
    bytes.reserveCapacity(count + 4)
    bytes.append(contentsOf: source.text.utf8)
    bytes.append(contentsOf: [0, 0, 0, 0])
    self.bytes = bytes
    // Rules have an event every thirty bytes or so.
    events.reserveCapacity(count / 24 + 16)
  }

  /// stream = { document-prefix document } ; a document ends at "..." or before "---"
  mutating func parse() throws(Diagnostic) {
    try refuseControlCharacters()
    emit(.streamStart, from: 0, to: 0)
    var mayHaveDirectives = true
    while true {
      skipByteOrderMark()
      skipGap()
      if isAtMarker("...") {
        try endMarker()
        mayHaveDirectives = true
        continue
      }
      handles = [:]
      let hasDirectives = mayHaveDirectives ? try readDirectives() : false
      let isExplicit = isAtMarker("---")
      if hasDirectives, !isExplicit { throw missingDocumentStart() }
      if isAtEnd { break }
      try document(isExplicit: isExplicit)
      mayHaveDirectives = isAtMarker("...")
      if mayHaveDirectives {
        emit(.documentEnd(explicit: true), from: offset, to: offset + 3)
        try endMarker()
      } else {
        emit(.documentEnd(explicit: false), from: lastEnd, to: lastEnd)
      }
    }
    emit(.streamEnd, from: count, to: count)
  }

  private mutating func document(isExplicit: Bool) throws(Diagnostic) {
    emit(.documentStart(explicit: isExplicit), from: offset, to: offset + (isExplicit ? 3 : 0))
    if isExplicit { advance(3) } else { lastEnd = offset }
    frames = [Frame(kind: .document, want: .node, indent: -1)]
    while let top = frames.last {
      if top.isFlow {
        try flowStep(top)
      } else if try blockStep(top) {
        while let frame = frames.popLast() { finish(frame) }
      }
    }
  }

  private mutating func endMarker() throws(Diagnostic) {
    advance(3)
    let line = lineStart
    skipGap()
    guard isAtEnd || lineStart != line else { throw textAfterDocumentEnd() }
  }

  // MARK: Events

  mutating func emit(
    _ kind: YAMLEvent.Kind, _ properties: Properties = Properties(), from start: Int, to end: Int,
    text: RawYAMLEvent.TextPlace = .none
  ) {
    events.append(
      RawYAMLEvent(kind: kind, properties: properties, start: start, end: end, text: text))
  }

  /// A node that is not written: null, or the empty text of its tag.
  mutating func emitEmpty(_ properties: Properties = Properties()) {
    emit(.scalar("", .plain), properties, from: lastEnd, to: lastEnd)
  }

  mutating func push(_ frame: Frame) throws(Diagnostic) {
    guard frames.count <= limits.depth else { throw tooDeep() }
    frames.append(frame)
  }

  // MARK: White space

  var isAtEnd: Bool { offset >= count }
  var column: Int { offset - lineStart }

  /// Takes `length` bytes of a token that ends on this line.
  mutating func advance(_ length: Int) {
    offset += length
    endToken()
  }

  /// What `offset` has passed was a token.
  mutating func endToken() {
    lastEnd = offset
    isFresh = false
    sawTab = false
  }

  /// Skips white space, line breaks and comments.
  mutating func skipGap() {
    var isSpaced = isFresh || offset == lineStart || isBlank(bytes[offset - 1])
    while true {
      switch bytes[offset] {
      case 0x20: offset += 1
      case 0x09:
        sawTab = true
        offset += 1
      case 0x0A, 0x0D: skipBreak()
      case UInt8(ascii: "#") where isSpaced:
        skip()
      default: return
      }
      isSpaced = true
    }
  }

  /// Skips to the next byte that is special, a line break, or a NUL: the end of the text.
  mutating func skip(to isSpecial: (UInt8) -> Bool = { _ in false }) {
    offset = bytes.withUnsafeBufferPointer { bytes in
      var index = offset
      while bytes[index] != 0, !isBreak(bytes[index]), !isSpecial(bytes[index]) { index += 1 }
      return index
    }
  }

  /// Skips spaces and tabs.
  mutating func skipBlanks() {
    while isBlank(bytes[offset]) {
      if bytes[offset] == 0x09 { sawTab = true }
      offset += 1
    }
  }

  /// Skips LF, CR or CRLF.
  mutating func skipBreak() {
    offset += bytes[offset] == 0x0D && bytes[offset + 1] == 0x0A ? 2 : 1
    lineStart = offset
    // A plain scalar may have looked further already.
    if offset > lines[lines.count - 1] { lines.append(offset) }
    isFresh = true
    sawTab = false
  }

  /// How many spaces the current line begins with.
  var leadingSpaces: Int {
    var end = lineStart
    while bytes[end] == 0x20 { end += 1 }
    return end - lineStart
  }

  /// Whether `---` or `...` stands at the beginning of the current line.
  func isAtMarker(_ marker: StaticString) -> Bool {
    offset == lineStart && (0..<3).allSatisfy { bytes[offset + $0] == marker.utf8Start[$0] }
      && isSpaceOrEnd(bytes[offset + 3])
  }

  var isAtAnyMarker: Bool { isAtMarker("---") || isAtMarker("...") }

  /// Whether the indicator stands here, followed by white space.
  func isAtIndicator(_ indicator: Unicode.Scalar) -> Bool {
    bytes[offset] == UInt8(ascii: indicator) && isSpaceOrEnd(bytes[offset + 1])
  }

  private mutating func skipByteOrderMark() {
    guard bytes[offset...].starts(with: [0xEF, 0xBB, 0xBF]) else { return }
    offset += 3
    lineStart = offset
  }

  private mutating func refuseControlCharacters() throws(Diagnostic) {
    func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D }
    // Without an early end the compiler looks at many bytes at once. The NULs behind the text are four controls.
    let (all, controls) = bytes.withUnsafeBufferPointer { bytes in
      bytes.reduce(into: (all: UInt8(0), controls: 0)) { found, byte in
        found.all |= byte
        found.controls &+= isControl(byte) ? 1 : 0
      }
    }
    isASCII = all < 0x80
    if controls > bytes.count - count, let bad = bytes.firstIndex(where: isControl) {
      throw controlCharacter(bad)
    }
  }
}

func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
/// White space, or the end of the text (control characters were refused before).
func isSpaceOrEnd(_ byte: UInt8) -> Bool { byte <= 0x20 }
func isFlowIndicator(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
  default: false
  }
}
