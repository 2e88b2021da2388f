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
