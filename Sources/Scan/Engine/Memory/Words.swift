/// Eight bytes at a time in a word. Each function sets the top bit of the bytes that it looks for; above the lowest
/// one found there may be false ones, so only the lowest set bit counts.
enum Words {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func zero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

  @inline(__always)
  static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 { zero(word ^ (ones &* UInt64(byte))) }

  /// What ends the plain part of a JSON string: a quote, a backslash or a control character.
  @inline(__always)
  static func stringStops(_ word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    return ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word) & highs
  }

  /// The word with its ASCII capitals in lower case. Exact for every byte.
  @inline(__always)
  static func lower(_ word: UInt64) -> UInt64 {
    let low = word & ~highs
    let atLeastA = low &+ ones &* (0x80 - 0x41)
    let beyondZ = low &+ ones &* (0x80 - 0x5B)
    return word | ((atLeastA & ~beyondZ & ~word & highs) >> 2)
  }

  /// The index of the lowest byte that was found.
  @inline(__always)
  static func first(_ found: UInt64) -> Int { found.trailingZeroBitCount >> 3 }
}
