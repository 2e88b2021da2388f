import ConcordDiagnostics

// Block collections: those that are written by indentation.

extension YAMLParser {
  /// Reads on within a block collection or at the document's top. Whether the document has ended.
  mutating func blockStep(_ top: Frame) throws(Diagnostic) -> Bool {
    skipGap()
    if isAtEnd || (isFresh && isAtAnyMarker) { return true }
    let column = isFresh ? leadingSpaces : self.column
    switch top.want {
    case .node, .key, .value:
      if isFresh, column <= top.indent, !isAtUnindentedItem(top, column) {
        if sawTab { throw tabIndentation() }
        emitEmpty()
        advanceWant()
      } else {
        try node(mayOpenBlock: isFresh || top.isCompact, isEntryKey: false)
      }
    case .entry, .colon, .comma:
      guard isFresh else { throw textAfterNode() }
      if top.kind == .document { throw textAfterDocument() }
      if sawTab { throw tabIndentation() }
      if column < top.indent {
        finish(top)
        frames.removeLast()
      } else if column > top.indent {
        throw tooMuchIndentation(top)
      } else if top.kind == .blockSequence {
        try sequenceEntry(top)
      } else {
        try mappingEntry(top)
      }
    }
    return false
  }

  /// A list may stand as far left as the key whose value it is.
  private func isAtUnindentedItem(_ top: Frame, _ column: Int) -> Bool {
    top.kind == .blockMapping && column == top.indent && !sawTab && isAtIndicator("-")
  }

  /// sequence-entry = "-" (node | compact collection)
  private mutating func sequenceEntry(_ top: Frame) throws(Diagnostic) {
    if isAtIndicator("-") {
      advance(1)
      want(.node, isCompact: true)
    } else if frames.dropLast().last?.indent == top.indent {
      finish(top)
      frames.removeLast()
    } else {
      throw missingItem()
    }
  }

  /// mapping-entry = "?" node [":" node] | [implicit-key] ":" node
  private mutating func mappingEntry(_ top: Frame) throws(Diagnostic) {
    if top.want == .colon {
      if isAtIndicator(":") {
        advance(1)
        return want(.value, isCompact: true)
      }
      emitEmpty()
      want(.entry)
    }
    if isAtIndicator("?") {
      advance(1)
      want(.key, isCompact: true)
    } else if isAtIndicator("-") {
      throw itemAmongKeys()
    } else {
      try node(mayOpenBlock: true, isEntryKey: true)
    }
  }

  /// Emits the end of a collection, and whatever it still wants as empty nodes.
  mutating func finish(_ frame: Frame) {
    switch frame.want {
    case .node, .value, .colon: emitEmpty()
    case .key:
      emitEmpty()
      emitEmpty()
    case .entry, .comma: break
    }
    switch frame.kind {
    case .document: break
    case .blockSequence, .flowSequence: emit(.sequenceEnd, from: lastEnd, to: lastEnd)
    case .blockMapping, .flowMapping, .flowPair: emit(.mappingEnd, from: lastEnd, to: lastEnd)
    }
  }

  mutating func want(_ want: Frame.Want, isCompact: Bool = false) {
    guard !frames.isEmpty else { return }
    frames[frames.count - 1].want = want
    frames[frames.count - 1].isCompact = isCompact
  }

  /// The node that the top frame wants begins here.
  mutating func advanceWant() {
    guard let top = frames.last else { return }
    switch (top.want, top.isFlow) {
    case (.key, _): want(.colon)
    case (_, true): want(.comma)
    case (_, false): want(.entry)
    }
  }

  // MARK: Nodes

  /// node = properties (alias | scalar | flow collection | block collection)
  ///
  /// Properties on a line before the content belong to the block collection that may begin there, those on its
  /// own line to the collection's first key.
  private mutating func node(mayOpenBlock: Bool, isEntryKey: Bool) throws(Diagnostic) {
    var start = nodeStart(mayOpenBlock: mayOpenBlock)
    start.isEntryKey = isEntryKey
    var outer = Properties()
    var inner = Properties()
    while bytes[offset] == UInt8(ascii: "&") || bytes[offset] == UInt8(ascii: "!") {
      try property(into: &inner, isFlow: false)
      skipGap()
      let isOver = isAtEnd || (isFresh && isAtAnyMarker)
      guard isOver || isFresh else { continue }
      if isEntryKey { throw missingColon(start) }
      outer = try merge(outer, inner, at: start.offset)
      inner = Properties()
      if let top = frames.last,
        isOver || (leadingSpaces <= top.indent && !isAtUnindentedItem(top, leadingSpaces))
      {
        emitEmpty(outer)
        return advanceWant()
      }
      start = nodeStart(mayOpenBlock: true)
    }
    try content(start, outer, inner)
  }

  func nodeStart(mayOpenBlock: Bool) -> NodeStart {
    NodeStart(
      offset: offset, lineStart: lineStart, column: column, event: events.count, mayOpenBlock: mayOpenBlock,
      isTabbed: sawTab)
  }

  private mutating func content(
    _ start: NodeStart, _ outer: Properties, _ inner: Properties
  ) throws(Diagnostic) {
    switch bytes[offset] {
    case UInt8(ascii: "-") where isAtIndicator("-"):
      guard inner.isEmpty else { throw propertiesBeforeItem(start) }
      try openBlock(.blockSequence, start, outer)
      advance(1)
      want(.node, isCompact: true)
    case UInt8(ascii: "?") where isAtIndicator("?"):
      guard inner.isEmpty else { throw propertiesBeforeItem(start) }
      try openBlock(.blockMapping, start, outer)
      advance(1)
      want(.key, isCompact: true)
    case UInt8(ascii: ":") where isAtIndicator(":"):
      if !start.isEntryKey { try openBlock(.blockMapping, start, outer) }
      emitEmpty(inner)
      advance(1)
      want(.value)
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      if start.isEntryKey { throw missingColon(start) }
      try blockScalar(try merge(outer, inner, at: start.offset))
      advanceWant()
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      outerProperties = outer
      try openFlow(inner, start)
    case UInt8(ascii: "*"):
      guard inner.isEmpty else { throw propertiesOnAlias(start) }
      try alias()
      try endContent(start, outer)
    default:
      try flowScalar(inner, indent: frames.last?.indent ?? -1, isFlow: false)
      try endContent(start, outer)
    }
  }

  /// Opens a block collection at the column of `start`.
  private mutating func openBlock(
    _ kind: Frame.Kind, _ start: NodeStart, _ properties: Properties
  ) throws(Diagnostic) {
    guard start.mayOpenBlock else { throw blockOnKeyLine(start, kind) }
    if start.isTabbed { throw tabIndentation() }
    advanceWant()
    let event = RawYAMLEvent(
      kind: kind == .blockSequence ? .sequenceStart(flow: false) : .mappingStart(flow: false),
      properties: properties, start: start.offset, end: start.offset)
    events.insert(event, at: start.event)
    try push(Frame(kind: kind, want: .entry, indent: start.column))
  }

  /// After a scalar, an alias or a flow collection: it is the key of a mapping if `:` follows.
  mutating func endContent(_ start: NodeStart, _ outer: Properties) throws(Diagnostic) {
    let isMultiline = lineStart != start.lineStart
    skipBlanks()
    if isAtIndicator(":") {
      if isMultiline { throw multilineKey(start) }
      guard offset - start.offset <= 1024 else { throw keyTooLong(start) }
      if !start.isEntryKey { try openBlock(.blockMapping, start, outer) }
      advance(1)
      return want(.value)
    }
    if start.isEntryKey { throw missingColon(start) }
    if !outer.isEmpty {
      if case .alias = events[start.event].kind { throw propertiesOnAlias(start) }
      events[start.event].properties = try merge(outer, events[start.event].properties, at: start.offset)
    }
    advanceWant()
  }
}
