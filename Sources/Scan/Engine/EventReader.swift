import ConcordDiagnostics

/// Reads an event's JSON once, from its first byte to its last: checks it as `JSON.parse` does, and notes where the
/// values of the trie's fields stand.
struct EventReader {
  let bytes: Bytes
  let trie: FieldTrie.Tables
  let captures: Captures
  let limits: EventLimits
  /// The field that takes every leaf, or -1.
  let leaves: Int32
  private var at = 0
  private var depth = 0
  private var members = 0

  init(_ bytes: Bytes, _ trie: FieldTrie, _ captures: Captures, _ limits: EventLimits, leaves: Int32) {
    self.bytes = bytes
    self.trie = trie.tables
    self.captures = captures
    self.limits = limits
    self.leaves = leaves
  }

  /// What a string is, beyond where it stands.
  private struct Text {
    var hasEscapes = false
    var isASCII = true
  }

  /// document = white-space object white-space end
  mutating func read() throws(EventFault) {
    skipSpace()
    if at == bytes.count { throw EventFault(.empty, at: at) }
    let isObject = bytes[at] == UInt8(ascii: "{")
    let start = at
    try value(isObject ? 0 : -1)
    skipSpace()
    if at < bytes.count { throw EventFault(.malformed, at: at) }
    if !isObject { throw EventFault(.notAnObject, at: start) }
  }

  @inline(__always)
  private var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }

  @inline(__always)
  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= 0x20 {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  /// value = object | array | string | number | "true" | "false" | "null"
  private mutating func value(_ root: Int32) throws(EventFault) {
    var node = root
    var isElement = false
    repeat {
      skipSpace()
      let byte = self.byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        if node < 0, leaves < 0 {
          try skipContainer()
        } else if try open(&node, &isElement, byte == UInt8(ascii: "{")) {
          continue
        }
      } else {
        try scalar(node, isElement, byte)
      }
      if try !next(&node, &isElement) { return }
    } while true
  }

  /// Opens a collection; `true` where it stands before its first value, of this node.
  private mutating func open(
    _ node: inout Int32, _ isElement: inout Bool, _ isObject: Bool
  ) throws(EventFault) -> Bool {
    if depth >= limits.maxDepth { throw EventFault(.tooDeep, at: at) }
    var frame = Captures.Frame(node: node, isObject: isObject)
    if node >= 0 {
      let place = trie.nodes[node]
      if isObject, place.field >= 0 { frame.capture = note(place.field, .object, isElement) }
      if !isElement, place.rests >= 0 { frame.whole = note(place.rests, .whole, false) }
    }
    frame.id = captures.nextFrame()
    captures.frames[depth] = frame
    depth += 1
    at += 1
    skipSpace()
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      at += 1
      close()
      return false
    }
    if isObject {
      try member(&node)
      isElement = false
    } else {
      isElement = true
    }
    return true
  }

  @inline(__always)
  private mutating func close() {
    depth -= 1
    let frame = captures.frames[depth]
    if frame.capture >= 0 { captures.list[frame.capture].end = at }
    if frame.whole >= 0 { captures.list[frame.whole].end = at }
  }

  /// After a value: the place of the next one and its node, or `false` at the end of the outermost.
  @inline(__always)
  private mutating func next(_ node: inout Int32, _ isElement: inout Bool) throws(EventFault) -> Bool {
    while depth > 0 {
      let end = at
      skipSpace()
      let byte = self.byte
      let frame = captures.frames[depth - 1]
      if frame.child >= 0 { captures.seen[frame.child].end = end }
      if byte == UInt8(ascii: ",") {
        at += 1
        if frame.isObject {
          try member(&node)
          isElement = false
        } else {
          node = frame.node
          isElement = true
        }
        return true
      }
      guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw EventFault(.malformed, at: at)
      }
      at += 1
      close()
    }
    return false
  }

  /// member = white-space string white-space ":"
  @inline(__always)
  private mutating func member(_ node: inout Int32) throws(EventFault) {
    skipSpace()
    guard byte == UInt8(ascii: "\"") else { throw EventFault(.malformed, at: at) }
    members += 1
    if members > limits.maxFields { throw EventFault(.tooManyFields, at: at) }
    let start = at + 1
    let text = try string()
    let end = at - 1
    skipSpace()
    guard byte == UInt8(ascii: ":") else { throw EventFault(.malformed, at: at) }
    at += 1
    let frame = captures.frames[depth - 1]
    var child: Int32 = -1
    if frame.node >= 0 {
      let parent = trie.nodes[frame.node]
      child =
        text.hasEscapes ? spelled(parent, start, end) : trie.member(of: parent, bytes, start, end)
    }
    if child >= 0 {
      let seen = captures.seen[child]
      if seen.frame == frame.id { captures.shadow(seen.start, seen.end) }
      captures.seen[child] = Captures.Seen(frame: frame.id, start: at, end: at)
    }
    captures.frames[depth - 1].child = child
    node = child
  }

  /// The member whose name is spelled with escapes.
  @inline(never)
  private func spelled(_ parent: FieldTrie.Node, _ start: Int, _ end: Int) -> Int32 {
    let place = captures.arena.count
    // A name with a surrogate that has no partner is not a rule's.
    guard JSONText.decode(bytes, start, end, into: captures.arena) else { return -1 }
    let name = captures.arena.bytes(place, captures.arena.count - place)
    return trie.member(of: parent, name, 0, name.count)
  }

  /// Notes the value that begins here.
  @inline(__always)
  private func note(_ field: Int32, _ kind: Capture.Kind, _ isElement: Bool) -> Int32 {
    captures.add(Capture(start: at, end: at, field: field, kind: kind, isElement: isElement))
  }

  private mutating func scalar(_ node: Int32, _ isElement: Bool, _ byte: UInt8) throws(EventFault) {
    let start = at
    let kind: Capture.Kind
    var text = Text()
    switch byte {
    case UInt8(ascii: "\""):
      text = try string()
      kind = .string
    case UInt8(ascii: "-"), 0x30...0x39:
      try number()
      kind = .number
    case UInt8(ascii: "t"):
      try word(0x6575_7274, 4)
      kind = .word
    case UInt8(ascii: "f"):
      try word(0x65_736C_6166, 5)
      kind = .word
    case UInt8(ascii: "n"): return try word(0x6C6C_756E, 4)
    default: throw EventFault(.malformed, at: at)
    }
    if node >= 0 {
      let place = trie.nodes[node]
      if place.field >= 0 { capture(place.field, start, kind, isElement, text) }
      if !isElement, place.rests >= 0 { capture(place.rests, start, .whole, false, text) }
    }
    if leaves >= 0 { capture(leaves, start, kind, false, text) }
  }

  @inline(__always)
  private func capture(
    _ field: Int32, _ start: Int, _ kind: Capture.Kind, _ isElement: Bool, _ text: Text
  ) {
    var capture = Capture(start: start, end: at, field: field, kind: kind, isElement: isElement)
    capture.hasEscapes = text.hasEscapes
    capture.isASCII = text.isASCII
    _ = captures.add(capture)
  }

  /// A word, its letters the bytes of `spelled` from the lowest on.
  private mutating func word(_ spelled: UInt64, _ length: Int) throws(EventFault) {
    guard at + length <= bytes.count else { throw EventFault(.malformed, at: at) }
    for index in 0..<length where bytes[at + index] != UInt8(truncatingIfNeeded: spelled >> UInt64(8 * index))
    {
      throw EventFault(.malformed, at: at)
    }
    at += length
  }

  /// number = ["-"] ("0" | digit1-9 digits) ["." digits] [("e" | "E") ["+" | "-"] digits]
  private mutating func number() throws(EventFault) {
    if byte == UInt8(ascii: "-") { at += 1 }
    if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if byte == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      at += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
  }

  private mutating func digits() throws(EventFault) {
    let start = at
    while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
    if at == start { throw EventFault(.malformed, at: at) }
  }

  /// string = quote { any scalar but quote, backslash and U+0000 to U+001F | escape } quote
  @inline(__always)
  private mutating func string() throws(EventFault) -> Text {
    let start = at + 1
    var text = Text()
    var here = start
    var high: UInt64 = 0
    while true {
      var stopped = false
      while here + 8 <= bytes.count {
        let word = bytes.word(at: here)
        let stops = Words.stringStops(word)
        if stops != 0 {
          high |= word & ((stops & (0 &- stops)) &- 1)
          here += Words.first(stops)
          stopped = true
          break
        }
        high |= word
        here += 8
      }
      if !stopped {
        while here < bytes.count {
          let byte = bytes[here]
          if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
          high |= UInt64(byte)
          here += 1
        }
        if here == bytes.count { throw EventFault(.malformed, at: here) }
      }
      let byte = bytes[here]
      if byte == UInt8(ascii: "\"") { break }
      if byte != UInt8(ascii: "\\") { throw EventFault(.malformed, at: here) }
      text.hasEscapes = true
      here += try escape(here)
    }
    if high & Words.highs != 0 {
      text.isASCII = false
      if let wrong = UTF8Check.firstFault(bytes, start, here) { throw EventFault(.invalidUTF8, at: wrong) }
    }
    at = here + 1
    return text
  }

  /// How long the escape is that begins there.
  @inline(__always)
  private func escape(_ place: Int) throws(EventFault) -> Int {
    guard place + 1 < bytes.count else { throw EventFault(.malformed, at: place) }
    switch bytes[place + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"):
      guard place + 6 <= bytes.count else { throw EventFault(.malformed, at: place) }
      for index in (place + 2)..<(place + 6) where !bytes[index].isHexDigit {
        throw EventFault(.malformed, at: place)
      }
      return 6
    default: throw EventFault(.malformed, at: place)
    }
  }

  /// Checks and passes over an object or array of which no value is wanted.
  private mutating func skipContainer() throws(EventFault) {
    let kinds = captures.kinds
    var open = 0
    while true {
      skipSpace()
      let byte = self.byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        if depth + open >= limits.maxDepth { throw EventFault(.tooDeep, at: at) }
        let isObject = byte == UInt8(ascii: "{")
        at += 1
        skipSpace()
        if self.byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          at += 1
        } else {
          kinds[open] = isObject
          open += 1
          if isObject { try skipMember() }
          continue
        }
      } else if byte == UInt8(ascii: "\"") {
        _ = try string()
      } else {
        try scalar(-1, false, byte)
      }
      while open > 0 {
        skipSpace()
        let byte = self.byte
        let isObject = kinds[open - 1]
        if byte == UInt8(ascii: ",") {
          at += 1
          if isObject { try skipMember() }
          break
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw EventFault(.malformed, at: at)
        }
        at += 1
        open -= 1
      }
      if open == 0 { return }
    }
  }

  @inline(__always)
  private mutating func skipMember() throws(EventFault) {
    skipSpace()
    guard byte == UInt8(ascii: "\"") else { throw EventFault(.malformed, at: at) }
    members += 1
    if members > limits.maxFields { throw EventFault(.tooManyFields, at: at) }
    _ = try string()
    skipSpace()
    guard byte == UInt8(ascii: ":") else { throw EventFault(.malformed, at: at) }
    at += 1
  }
}
