import ConcordDetection
import ConcordDiagnostics

/// Texts in one piece of memory.
struct LiteralPool {
  /// Where a text stands.
  struct Place: BitwiseCopyable, Sendable {
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private(set) var bytes: [UInt8] = []
  private var places: [[UInt8]: Place] = [:]

  mutating func place(_ text: [UInt8]) -> Place {
    if let known = places[text] { return known }
    let place = Place(start: Int32(bytes.count), count: Int32(text.count))
    bytes += text
    places[text] = place
    return place
  }
}

/// The bytes of a text as it is compared.
func comparedBytes(_ text: String, _ letterCase: LetterCase) -> [UInt8] {
  Array(letterCase.folded(text).utf8)
}

/// A pattern with wildcards, matched on UTF-8.
final class WildcardProgram: Sendable {
  private enum Unit: BitwiseCopyable, Sendable {
    case byte(UInt8)
    case one
    case run
  }

  private let units: Frozen<Unit>

  init(_ pattern: Pattern, _ letterCase: LetterCase) {
    var units: [Unit] = []
    for piece in pattern.pieces {
      switch piece {
      case .literal(let text): units += comparedBytes(text, letterCase).map(Unit.byte)
      case .anyOne: units.append(.one)
      case .anyRun: units.append(.run)
      }
    }
    self.units = Frozen(units)
  }

  /// Whether the text matches from end to end. No scalar's bytes begin inside another's, so bytes are found only
  /// where their scalars are, and only `one` and a new attempt after a run must keep to whole scalars.
  func matches(_ text: Bytes) -> Bool {
    var (at, unit) = (0, 0)
    var (retryAt, retryUnit) = (0, -1)
    while at < text.count {
      var fits = false
      if unit < units.count {
        switch units[unit] {
        case .run:
          unit += 1
          if unit == units.count { return true }
          (retryAt, retryUnit) = (at, unit)
          continue
        case .one:
          at += WildcardProgram.length(text[at])
          unit += 1
          fits = true
        case .byte(let byte):
          if text[at] == byte {
            at += 1
            unit += 1
            fits = true
          }
        }
      }
      if !fits {
        if retryUnit < 0 { return false }
        retryAt += WildcardProgram.length(text[retryAt])
        (at, unit) = (retryAt, retryUnit)
      }
    }
    while unit < units.count, case .run = units[unit] { unit += 1 }
    return unit == units.count
  }

  /// How many bytes the scalar has that begins with this one.
  @inline(__always)
  static func length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
}

/// A set of texts, asked by hash.
final class LiteralTable: Sendable {
  private struct Slot: BitwiseCopyable, Sendable {
    var start: Int32 = 0
    var count: Int32 = -1
    var id: Int32 = -1
    var hash: UInt32 = 0
  }

  private let slots: Frozen<Slot>
  private let mask: UInt32
  private let bytes: Frozen<UInt8>
  private let seed: UInt64

  /// The texts; the id of each is its place.
  init(_ texts: [[UInt8]]) {
    var size = 4
    while size < texts.count * 2 { size *= 2 }
    // An event's author must not know which texts collide.
    let seed = UInt64.random(in: .min ... .max)
    var slots = [Slot](repeating: Slot(), count: size)
    var bytes: [UInt8] = []
    for (id, text) in texts.enumerated() {
      let frozen = Frozen(text)
      let hash = LiteralTable.hash(frozen.bytes(0, text.count), seed)
      var place = Int(hash) & (size - 1)
      while slots[place].id >= 0 { place = (place + 1) & (size - 1) }
      slots[place] = Slot(start: Int32(bytes.count), count: Int32(text.count), id: Int32(id), hash: hash)
      bytes += text
    }
    self.slots = Frozen(slots)
    self.bytes = Frozen(bytes)
    self.seed = seed
    mask = UInt32(size - 1)
  }

  /// The id of a text, or -1.
  func find(_ text: Bytes) -> Int32 {
    let hash = LiteralTable.hash(text, seed)
    var place = hash & mask
    while true {
      let slot = slots[Int(place)]
      if slot.id < 0 { return -1 }
      if slot.hash == hash, bytes.bytes(Int(slot.start), Int(slot.count)).equals(text) { return slot.id }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private static func hash(_ text: Bytes, _ seed: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: fastHash(text, seed) >> 16)
  }
}

/// A hash of bytes, by multiplication to double width.
@inline(__always)
func fastHash(_ text: Bytes, _ seed: UInt64) -> UInt64 {
  var hash = seed ^ (UInt64(text.count) &* 0xE703_7ED1_A0B4_28DB)
  var at = 0
  while at + 8 <= text.count {
    let product = (hash ^ text.word(at: at)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    hash = product.high ^ product.low
    at += 8
  }
  var rest: UInt64 = 0
  if text.count >= 8 {
    rest = text.word(at: text.count - 8)
  } else {
    while at < text.count {
      rest = rest << 8 | UInt64(text[at])
      at += 1
    }
  }
  let product = (hash ^ rest).multipliedFullWidth(by: 0x8EBC_6AF0_9C88_C6E3)
  return product.high ^ product.low
}

/// Many texts looked for at once (Aho and Corasick, "Efficient string matching", 1975), as a table of bytes' classes.
final class Automaton: Sendable {
  /// Which places of a text count.
  enum Mode: Sendable {
    /// Anywhere.
    case anywhere
    /// At its beginning.
    case prefix
    /// At its end; the texts are given backwards.
    case suffix
  }

  private let mode: Mode
  private let classes: Frozen<UInt8>
  private let width: Int
  /// The state that follows, with the top bit set where a text ends there or, for `anywhere`, within.
  private let next: Frozen<UInt32>
  /// For each state, the text that ends there, or -1, and the next state whose text also ends there, or 0.
  private let ends: Frozen<Int32>
  private let more: Frozen<Int32>

  private static let hit: UInt32 = 1 << 31

  /// Looks for these texts, none of them empty; the id of each is its place.
  init(_ texts: [[UInt8]], _ mode: Mode) {
    self.mode = mode
    var classes = [UInt8](repeating: 0, count: 256)
    var used: UInt8 = 0
    for text in texts {
      for byte in text where classes[Int(byte)] == 0 {
        // Of 256 different bytes not all can have a class; UTF-8 has fewer.
        used += 1
        classes[Int(byte)] = used
      }
    }
    let width = Int(used) + 1
    var trie = TrieTables(width: width)
    for (id, text) in texts.enumerated() {
      let spelled = mode == .suffix ? text.reversed() : text
      trie.add(spelled.map { Int(classes[Int($0)]) }, id: Int32(id))
    }
    if mode == .anywhere { trie.linkFailures() }
    self.classes = Frozen(classes)
    self.width = width
    next = Frozen(trie.marked(hit: Automaton.hit))
    ends = Frozen(trie.ends)
    more = Frozen(trie.more)
  }

  /// Calls `found` with the id of each text that is found, maybe more than once.
  @inline(__always)
  func search(_ text: Bytes, _ found: (Int32) -> Void) {
    switch mode {
    case .anywhere:
      var state = 0
      for at in 0..<text.count {
        let step = next[state * width + Int(classes[Int(text[at])])]
        state = Int(step & ~Automaton.hit)
        if step & Automaton.hit != 0 { report(state, found) }
      }
    case .prefix:
      var (state, at) = (0, 0)
      while at < text.count {
        let step = next[state * width + Int(classes[Int(text[at])])]
        state = Int(step & ~Automaton.hit)
        if state == 0 { return }
        if step & Automaton.hit != 0 { found(ends[state]) }
        at += 1
      }
    case .suffix:
      var (state, at) = (0, text.count)
      while at > 0 {
        at -= 1
        let step = next[state * width + Int(classes[Int(text[at])])]
        state = Int(step & ~Automaton.hit)
        if state == 0 { return }
        if step & Automaton.hit != 0 { found(ends[state]) }
      }
    }
  }

  @inline(__always)
  private func report(_ state: Int, _ found: (Int32) -> Void) {
    var state = state
    repeat {
      if ends[state] >= 0 { found(ends[state]) }
      state = Int(more[state])
    } while state != 0
  }
}

/// The automaton's tables while they are made.
private struct TrieTables {
  let width: Int
  var next: [Int32]
  var ends: [Int32] = [-1]
  var more: [Int32] = [0]
  private var failures: [Int32] = [0]

  init(width: Int) {
    self.width = width
    next = Array(repeating: -1, count: width)
  }

  mutating func add(_ text: [Int], id: Int32) {
    var state = 0
    for symbol in text {
      let place = state * width + symbol
      if next[place] < 0 {
        next[place] = Int32(ends.count)
        next += Array(repeating: -1, count: width)
        ends.append(-1)
        more.append(0)
        failures.append(0)
      }
      state = Int(next[place])
    }
    ends[state] = id
  }

  /// Breadth first: a state's failure is known before its successors need it.
  mutating func linkFailures() {
    var queue: [Int] = []
    for symbol in 0..<width where next[symbol] > 0 { queue.append(Int(next[symbol])) }
    var first = 0
    while first < queue.count {
      let state = queue[first]
      first += 1
      let failure = Int(failures[state])
      more[state] = ends[failure] >= 0 ? Int32(failure) : more[failure]
      for symbol in 0..<width {
        let place = state * width + symbol
        let fallback = max(0, next[failure * width + symbol])
        if next[place] >= 0 {
          failures[Int(next[place])] = fallback
          queue.append(Int(next[place]))
        } else {
          next[place] = fallback
        }
      }
    }
  }

  func marked(hit: UInt32) -> [UInt32] {
    next.map { state in
      let state = max(0, state)
      let isHit = state > 0 && (ends[Int(state)] >= 0 || more[Int(state)] > 0)
      return UInt32(state) | (isHit ? hit : 0)
    }
  }
}
