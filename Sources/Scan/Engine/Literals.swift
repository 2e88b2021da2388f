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

  deinit { units.free() }

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

/// A set of texts, asked by hash. A handle, as `Frozen` is.
struct LiteralTable: BitwiseCopyable, Sendable {
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
      defer { frozen.free() }
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

  func free() {
    slots.free()
    bytes.free()
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

/// Texts looked for at the beginning or the end of a text: their tree, as a table of bytes' classes. A handle, as
/// `Frozen` is.
struct EndTree: BitwiseCopyable, Sendable {
  private let isSuffix: Bool
  private let classes: Frozen<UInt8>
  private let width: Int
  /// For each state and class the place of the next state's row, or 0; with `hit` where a text ends there.
  private let next: Frozen<Int32>
  /// For each state the text that ends there, or -1.
  private let ends: Frozen<Int32>

  private static let hit: Int32 = .min

  /// Looks for these texts, none of them empty or there twice; the id of each is its place.
  init(_ texts: [[UInt8]], isSuffix: Bool) {
    self.isSuffix = isSuffix
    var classes = [UInt8](repeating: 0, count: 256)
    var used: UInt8 = 0
    // UTF-8 has 243 different bytes at most, so that each can have a class.
    for text in texts {
      for byte in text where classes[Int(byte)] == 0 {
        used += 1
        classes[Int(byte)] = used
      }
    }
    let width = Int(used) + 1
    var next = [Int32](repeating: 0, count: width)
    var ends: [Int32] = [-1]
    for (id, text) in texts.enumerated() {
      var state = 0
      for byte in isSuffix ? text.reversed() : text {
        let place = state * width + Int(classes[Int(byte)])
        if next[place] == 0 {
          next[place] = Int32(ends.count * width)
          next += Array(repeating: 0, count: width)
          ends.append(-1)
        }
        state = Int(next[place]) / width
      }
      ends[state] = Int32(id)
    }
    // The sign says that a text ends there: only then its state is computed from the row.
    for place in next.indices where ends[Int(next[place]) / width] >= 0 { next[place] |= EndTree.hit }
    self.classes = Frozen(classes)
    self.width = width
    self.next = Frozen(next)
    self.ends = Frozen(ends)
  }

  func free() {
    classes.free()
    next.free()
    ends.free()
  }

  /// Notes the id, plus `first`, of each text that the text begins, or ends, with.
  @inline(__always)
  func search(_ text: Bytes, _ first: Int32, _ found: Notes) {
    var row: Int32 = 0
    for step in 0..<text.count {
      let byte = text[isSuffix ? text.count - 1 - step : step]
      let following = next[row + Int32(classes[Int(byte)])]
      if following == 0 { return }
      row = following & ~EndTree.hit
      if following < 0 { found.append(first + ends[Int(row) / width]) }
    }
  }
}

/// Many texts looked for anywhere in a text, in one pass: each is known by a few of its bytes, a gram, that few others
/// have; where a gram stands, the texts that have it are compared. A handle, as `Frozen` is.
struct GramIndex: BitwiseCopyable, Sendable {
  /// The grams of one length, four or two.
  private struct Grams: BitwiseCopyable, Sendable {
    /// For each hash whether some gram has it, a bit each.
    let bits: Frozen<UInt64>
    let shift: UInt32
    /// Grams and where their texts begin in `members`, by hash; a free slot has no texts.
    let slots: Frozen<Slot>
    let mask: UInt32
    let members: Frozen<Member>
  }

  private struct Slot: BitwiseCopyable, Sendable {
    var gram: UInt32 = 0
    var first: Int32 = 0
    var end: Int32 = 0
  }

  private struct Member: BitwiseCopyable, Sendable {
    let id: Int32
    /// Where the gram stands in the text.
    let offset: Int32
    let start: Int32
    let count: Int32
    /// Four more bytes of a long text and where they stand in it, as far from the gram as may be: most texts that
    /// have the gram differ there, and are not compared.
    var check: UInt32 = 0
    var checkOffset: Int32 = -1
  }

  private let long: Grams
  private let short: Grams
  private let hasLong: Bool
  private let hasShort: Bool
  /// The texts of one byte.
  private let singles: Frozen<Single>
  private let bytes: Frozen<UInt8>

  private struct Single: BitwiseCopyable, Sendable {
    let byte: UInt8
    let id: Int32
  }

  /// Looks for these texts, none of them empty or there twice; the id of each is its place.
  init(_ texts: [[UInt8]]) {
    var singles: [Single] = []
    var starts: [Int32] = []
    var bytes: [UInt8] = []
    for (id, text) in texts.enumerated() {
      if text.count == 1 { singles.append(Single(byte: text[0], id: Int32(id))) }
      starts.append(Int32(bytes.count))
      bytes += text
    }
    hasLong = texts.contains { $0.count >= 4 }
    hasShort = texts.contains { $0.count == 2 || $0.count == 3 }
    long = GramIndex.grams(texts, starts, length: 4) { $0 >= 4 }
    short = GramIndex.grams(texts, starts, length: 2) { $0 == 2 || $0 == 3 }
    self.singles = Frozen(singles)
    self.bytes = Frozen(bytes)
  }

  func free() {
    for grams in [long, short] {
      grams.bits.free()
      grams.slots.free()
      grams.members.free()
    }
    singles.free()
    bytes.free()
  }

  private static func grams(
    _ texts: [[UInt8]], _ starts: [Int32], length: Int, _ isWanted: (Int) -> Bool
  ) -> Grams {
    var byGram: [UInt32: [Member]] = [:]
    for (id, text) in texts.enumerated() where isWanted(text.count) {
      func gram(_ offset: Int) -> UInt32 {
        (0..<length).reduce(0) { $0 | UInt32(text[offset + $1]) << UInt32(8 * $1) }
      }
      let offsets = 0...(text.count - length)
      let chosen = offsets.min { left, right in
        let (shared, other) = (byGram[gram(left)]?.count ?? 0, byGram[gram(right)]?.count ?? 0)
        return shared != other
          ? shared < other
          : ByteRarity.commonness(text[left..<(left + length)])
            < ByteRarity.commonness(text[right..<(right + length)])
      }
      let offset = chosen ?? 0
      var member = Member(id: Int32(id), offset: Int32(offset), start: starts[id], count: Int32(text.count))
      if length == 4 {
        let place = offset * 2 < text.count - length ? text.count - length : 0
        member.check = gram(place)
        member.checkOffset = Int32(place)
      }
      byGram[gram(offset), default: []].append(member)
    }
    var size = 4
    while size < byGram.count * 2 { size *= 2 }
    // Grams of two bytes are their own hash.
    var logarithm: UInt32 = length == 2 ? 16 : 10
    while length > 2, logarithm < 18, 1 << logarithm < byGram.count * 64 { logarithm += 1 }
    let shift = 32 - logarithm
    var bits = [UInt64](repeating: 0, count: 1 << (logarithm - 6))
    var slots = [Slot](repeating: Slot(), count: size)
    var members: [Member] = []
    for (gram, own) in byGram {
      let hash = hash(gram)
      let bit = length == 2 ? gram : hash >> shift
      bits[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
      var place = Int(hash >> 7) & (size - 1)
      while slots[place].end > 0 { place = (place + 1) & (size - 1) }
      slots[place] = Slot(gram: gram, first: Int32(members.count), end: Int32(members.count + own.count))
      members += own
    }
    return Grams(
      bits: Frozen(bits), shift: shift, slots: Frozen(slots), mask: UInt32(size - 1), members: Frozen(members)
    )
  }

  @inline(__always)
  private static func hash(_ gram: UInt32) -> UInt32 { gram &* 0x9E37_79B1 }

  /// Notes the id, plus `first`, of each text that stands in the text, maybe more than once.
  @inline(__always)
  func search(_ text: Bytes, _ first: Int32, _ found: Notes) {
    if hasLong, text.count >= 4 {
      let (bits, shift) = (long.bits, long.shift)
      let last = text.count &- 4
      var at = 0
      while at <= last {
        let gram = text.half(at: at)
        if GramIndex.has(bits, GramIndex.hash(gram) &>> shift) { compare(long, gram, text, at, first, found) }
        at &+= 1
      }
    }
    if hasShort, text.count >= 2 {
      let bits = short.bits
      var at = 1
      var before = UInt32(text[0])
      while at < text.count {
        let byte = UInt32(text[at])
        let gram = before | byte &<< 8
        if GramIndex.has(bits, gram) { compare(short, gram, text, at &- 1, first, found) }
        before = byte
        at &+= 1
      }
    }
    for place in 0..<singles.count where text.index(of: singles[place].byte) != nil {
      found.append(first + singles[place].id)
    }
  }

  @inline(__always)
  private static func has(_ bits: Frozen<UInt64>, _ bit: UInt32) -> Bool {
    bits[Int(bit &>> 6)] &>> UInt64(bit & 63) & 1 == 1
  }

  @inline(never)
  private func compare(
    _ grams: Grams, _ gram: UInt32, _ text: Bytes, _ at: Int, _ first: Int32, _ found: Notes
  ) {
    var place = (GramIndex.hash(gram) &>> 7) & grams.mask
    while true {
      let slot = grams.slots[Int(place)]
      if slot.end == 0 { return }
      if slot.gram == gram {
        for member in slot.first..<slot.end {
          let own = grams.members[member]
          let start = at - Int(own.offset)
          guard start >= 0, start + Int(own.count) <= text.count else { continue }
          if own.checkOffset >= 0, text.half(at: start + Int(own.checkOffset)) != own.check { continue }
          let literal = bytes.bytes(Int(own.start), Int(own.count))
          if text.slice(start, start + Int(own.count)).equals(literal) { found.append(first + own.id) }
        }
        return
      }
      place = (place &+ 1) & grams.mask
    }
  }
}
