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
