/// Walks JSON that was checked before, so that nothing is checked again.
struct CheckedJSON {
  let bytes: Bytes
  var at: Int

  var byte: UInt8 { bytes[at] }

  mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  /// From an opening quote to the byte after the closing one; whether there are escapes.
  @discardableResult
  mutating func skipString() -> Bool {
    var hasEscapes = false
    at += 1
    while true {
      while at + 8 <= bytes.count {
        let stops = Words.stringStops(bytes.word(at: at))
        at += stops == 0 ? 8 : Words.first(stops)
        if stops != 0 { break }
      }
      if at >= bytes.count || bytes[at] == UInt8(ascii: "\"") { break }
      if bytes[at] == UInt8(ascii: "\\") {
        hasEscapes = true
        at += 1
      }
      at += 1
    }
    at += 1
    return hasEscapes
  }

  /// From the first byte of a value to the byte after its last.
  mutating func skipValue() {
    var open = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        open -= 1
        at += 1
      default:
        // Of a scalar, or between values.
        if open > 0 { at += 1 } else { return skipScalar() }
      }
      if open == 0 { return }
    }
  }

  private mutating func skipScalar() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x00...0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): return
      default: at += 1
      }
    }
  }

  /// Goes to the next member or element, having read one; `false` at the end, which is passed.
  mutating func next() -> Bool {
    skipSpace()
    let goesOn = byte == UInt8(ascii: ",")
    at += 1
    if goesOn { skipSpace() }
    return goesOn
  }

  /// Enters an object or array; `false` where it is empty, which is passed.
  mutating func enter() -> Bool {
    at += 1
    skipSpace()
    if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
      at += 1
      return false
    }
    return true
  }

  /// From after a key to its value.
  mutating func skipColon() {
    skipSpace()
    at += 1
    skipSpace()
  }
}

/// Whether some object of an event has a key twice.
struct KeyCheck {
  /// Hashes of objects' numbers and keys; 0 is free.
  private let table = Scratch<UInt64>(repeating: 0, count: 256)
  // An event's author must not know which keys collide.
  private let seed = UInt64.random(in: .min ... .max)

  func free() { table.free() }

  /// Keys are the same if they read the same, with U+FFFD for what is not Unicode (as leaves are told apart). Keys
  /// of the same hash count as the same: the answer is only whether a closer look is needed.
  func mayHaveDuplicates(_ bytes: Bytes, _ arena: Arena) -> Bool {
    table.reset()
    var walk = CheckedJSON(bytes: bytes, at: 0)
    var open: [(object: UInt64, isObject: Bool)] = []
    var objects: UInt64 = 0
    var keys = 0
    walk.skipSpace()
    while true {
      let byte = walk.byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        objects += 1
        if walk.enter() {
          open.append((objects, byte == UInt8(ascii: "{")))
        } else if !KeyCheck.leave(&walk, &open) {
          return false
        }
      } else {
        walk.skipValue()
        if !KeyCheck.leave(&walk, &open) { return false }
      }
      guard let top = open.last, top.isObject else { continue }
      let from = walk.at + 1
      let hash: UInt64
      if walk.skipString() {
        let start = arena.count
        JSONText.decode(bytes, from, walk.at - 1, into: arena)
        hash = fastHash(arena.bytes(start, arena.count - start), seed ^ top.object)
        arena.cut(to: start)
      } else {
        hash = fastHash(bytes.slice(from, walk.at - 1), seed ^ top.object)
      }
      keys += 1
      if keys * 2 > table.capacity { grow() }
      if !insert(hash == 0 ? 1 : hash) { return true }
      walk.skipColon()
    }
  }

  private func insert(_ hash: UInt64) -> Bool {
    // The capacity is a power of two.
    let mask = table.capacity - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while table[place] != 0 {
      if table[place] == hash { return false }
      place = (place + 1) & mask
    }
    table[place] = hash
    return true
  }

  private func grow() {
    let known = (0..<table.capacity).map { table[$0] }.filter { $0 != 0 }
    table.reserve(table.capacity * 2)
    table.reset()
    for hash in known { _ = insert(hash) }
  }

  /// After a value: to the next one in an open collection; `false` at the end of all.
  private static func leave(
    _ walk: inout CheckedJSON, _ open: inout [(object: UInt64, isObject: Bool)]
  ) -> Bool {
    while !open.isEmpty {
      if walk.next() { return true }
      open.removeLast()
    }
    return false
  }
}

extension Matcher {
  /// Reads the rests of paths from a value: indexes, `[]`, and names beyond them.
  func readRests(_ whole: Capture) {
    for rest in rules.trie.rests[Int(whole.field)] {
      read(rest, step: 0, at: whole.start, isElement: false)
    }
  }

  /// As `Event.values(at:)` goes on from a value, by the same cases.
  private func read(_ rest: FieldTrie.Rest, step: Int, at start: Int, isElement: Bool) {
    let byte = state.bytes[start]
    if byte == UInt8(ascii: "n") { return }
    let isArray = byte == UInt8(ascii: "[")
    guard step < rest.steps.count else {
      return isArray
        ? forEach(start) { _, at in read(rest, step: step, at: at, isElement: true) }
        : capture(rest.field, start, isElement)
    }
    switch rest.steps[step] {
    case .index(let index):
      if isArray {
        forEach(start) { if $0 == index { read(rest, step: step + 1, at: $1, isElement: false) } }
      }
    case .each:
      let isLast = step + 1 == rest.steps.count
      if isArray {
        forEach(start) { _, at in read(rest, step: step + 1, at: at, isElement: isLast) }
      } else {
        read(rest, step: step + 1, at: start, isElement: false)
      }
    case .name(let name):
      if isArray {
        forEach(start) { _, at in read(rest, step: step, at: at, isElement: false) }
      } else if byte == UInt8(ascii: "{"), let value = lastMember(name, of: start) {
        read(rest, step: step + 1, at: value, isElement: false)
      }
    }
  }

  private func forEach(_ start: Int, _ body: (Int, Int) -> Void) {
    var walk = CheckedJSON(bytes: state.bytes, at: start)
    guard walk.enter() else { return }
    var index = 0
    repeat {
      let at = walk.at
      walk.skipValue()
      body(index, at)
      index += 1
    } while walk.next()
  }

  /// Where the value of the last member of that name begins.
  private func lastMember(_ name: Frozen<UInt8>, of start: Int) -> Int? {
    var walk = CheckedJSON(bytes: state.bytes, at: start)
    guard walk.enter() else { return nil }
    var found: Int?
    let wanted = name.bytes(0, name.count)
    repeat {
      let from = walk.at + 1
      var isWanted: Bool
      if walk.skipString() {
        let place = state.captures.arena.count
        isWanted = JSONText.decode(state.bytes, from, walk.at - 1, into: state.captures.arena)
        isWanted =
          isWanted && state.captures.arena.bytes(place, state.captures.arena.count - place).equals(wanted)
      } else {
        isWanted = state.bytes.slice(from, walk.at - 1).equals(wanted)
      }
      walk.skipColon()
      if isWanted { found = walk.at }
      walk.skipValue()
    } while walk.next()
    return found
  }

  private func capture(_ field: Int32, _ start: Int, _ isElement: Bool) {
    var walk = CheckedJSON(bytes: state.bytes, at: start)
    let kind: Capture.Kind
    switch walk.byte {
    case UInt8(ascii: "\""): kind = .string
    case UInt8(ascii: "{"): kind = .object
    case UInt8(ascii: "t"), UInt8(ascii: "f"): kind = .word
    default: kind = .number
    }
    let hasEscapes: Bool
    if kind == .string {
      hasEscapes = walk.skipString()
    } else {
      hasEscapes = false
      walk.skipValue()
    }
    var made = Capture(start: start, end: walk.at, field: field, kind: kind, isElement: isElement)
    made.hasEscapes = hasEscapes
    made.isASCII = false
    state.captures.link(Int(state.captures.add(made)), state.stamp)
  }
}
