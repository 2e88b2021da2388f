/// A value of a field within an event: where it stands, and its texts once they were asked for.
struct Capture: BitwiseCopyable {
  /// What the value is.
  enum Kind: UInt8, BitwiseCopyable {
    case string, number, word, object
    /// A value to read the rest of a path from, whatever it is.
    case whole
  }

  /// Where the value begins and ends in the event, quotes and brackets included.
  var start: Int
  var end: Int
  /// The next value of the same field, or -1.
  var next: Int32 = -1
  /// The field; of a `whole` the rests.
  var field: Int32
  var kind: Kind
  /// Whether it is an element of the array that the path led to.
  var isElement: Bool
  var hasEscapes = false
  var isASCII = true
  /// Whether a later member has the same name.
  var isShadowed = false
  var hasText = false
  var hasFolded = false
  /// Where the texts stand: an offset in the event (`textInEvent`) or in the arena.
  var textInEvent = false
  var text = 0
  var textCount = 0
  var folded = 0
  var foldedCount = 0
}

/// The values of an event's fields, and what a reader needs to find them. A handle, as `Scratch` is.
struct Captures: BitwiseCopyable {
  /// An open object or array.
  struct Frame: BitwiseCopyable {
    var node: Int32 = -1
    /// The capture that ends with it, and the `whole` one; or -1.
    var capture: Int32 = -1
    var whole: Int32 = -1
    /// The member that is being read, or -1.
    var child: Int32 = -1
    var id: UInt32 = 0
    var isObject = false
  }

  /// The last member of a name that was read: in which frame, and where its value stands.
  struct Seen: BitwiseCopyable {
    var frame: UInt32 = 0
    var start = 0
    var end = 0
  }

  /// How many there are of what.
  private struct Counts: BitwiseCopyable {
    var captures = 0
    var found = 0
    var frames: UInt32 = 0
  }

  private let counts: Scratch<Counts>
  let list: Scratch<Capture>
  let frames: Scratch<Frame>
  let kinds: Scratch<Bool>
  let seen: Scratch<Seen>
  let arena: Arena
  /// The first value of each field, in which event it was set, and the fields that have one.
  let heads: Scratch<Int32>
  let stamps: Scratch<UInt32>
  let found: Scratch<Int32>

  init(nodes: Int, fields: Int, maxDepth: Int) {
    counts = Scratch(repeating: Counts(), count: 1)
    arena = Arena()
    list = Scratch(
      repeating: Capture(start: 0, end: 0, field: -1, kind: .word, isElement: false), count: 64)
    frames = Scratch(repeating: Frame(), count: maxDepth + 1)
    kinds = Scratch(repeating: false, count: maxDepth + 1)
    seen = Scratch(repeating: Seen(), count: nodes)
    heads = Scratch(repeating: -1, count: fields)
    stamps = Scratch(repeating: 0, count: fields)
    found = Scratch(repeating: 0, count: fields)
  }

  func free() {
    counts.free()
    list.free()
    frames.free()
    kinds.free()
    seen.free()
    arena.free()
    heads.free()
    stamps.free()
    found.free()
  }

  @inline(__always)
  var count: Int { counts[0].captures }
  @inline(__always)
  var foundCount: Int { counts[0].found }

  /// The number of the next frame: no two of one event have the same.
  @inline(__always)
  func nextFrame() -> UInt32 {
    counts[0].frames += 1
    return counts[0].frames
  }

  func clear() {
    counts[0].captures = 0
    counts[0].found = 0
    arena.clear()
    // Before the numbers of frames run out, all that was noted under one is forgotten.
    if counts[0].frames > UInt32.max / 2 {
      seen.reset()
      counts[0].frames = 0
    }
  }

  @inline(__always)
  func add(_ capture: Capture) -> Int32 {
    let place = count
    list.reserve(place + 1)
    list[place] = capture
    counts[0].captures = place + 1
    return Int32(place)
  }

  /// Forgets the values within a member, since a later one has its name.
  func shadow(_ start: Int, _ end: Int) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].start < start { low = middle + 1 } else { high = middle }
    }
    while low < count, list[low].start < end {
      list[low].isShadowed = true
      low += 1
    }
  }

  @inline(__always)
  func head(_ field: Int32, _ stamp: UInt32) -> Int32 { stamps[field] == stamp ? heads[field] : -1 }

  /// Puts a capture among the values of its field.
  @inline(__always)
  func link(_ index: Int, _ stamp: UInt32) {
    let field = list[index].field
    if stamps[field] == stamp {
      list[index].next = heads[field]
    } else {
      stamps[field] = stamp
      found[foundCount] = field
      counts[0].found += 1
      list[index].next = -1
    }
    heads[field] = Int32(index)
  }
}
