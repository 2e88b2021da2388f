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
