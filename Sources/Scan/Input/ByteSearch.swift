import Foundation

// Searches over raw bytes. Every function reads only `[from, to)` of the memory that it is given.

/// Where the next byte of that value is; `to` where there is none.
@inline(__always)
func nextIndex(of byte: UInt8, in bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int {
  guard from < to, let found = memchr(bytes + from, Int32(byte), to - from) else { return to }
  return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
}

/// Where the last line break is; `nil` where there is none.
func lastLineBreak(in bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int? {
  // Window by window from the end, since there is no `memrchr` on every system.
  var windowEnd = to
  while windowEnd > from {
    let windowStart = max(from, windowEnd - 4096)
    var last: Int?
    var next = nextIndex(of: 0x0A, in: bytes, from: windowStart, to: windowEnd)
    while next < windowEnd {
      last = next
      next = nextIndex(of: 0x0A, in: bytes, from: next + 1, to: windowEnd)
    }
    if let last { return last }
    windowEnd = windowStart
  }
  return nil
}

/// Where the bytes first occur; `nil` where they do not.
func firstIndex(of wanted: [UInt8], in bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int? {
  guard let first = wanted.first else { return nil }
  let lastStart = to - wanted.count
  var index = from
  while index <= lastStart {
    index = nextIndex(of: first, in: bytes, from: index, to: lastStart + 1)
    if index <= lastStart, memcmp(bytes + index, wanted, wanted.count) == 0 { return index }
    index += 1
  }
  return nil
}

/// The first quote, backslash or control character, eight bytes at a time; `to` where there is none.
///
/// Of the bits that mark a byte the lowest is exact, whatever the byte (the usual test for a zero byte in a word).
@inline(__always)
func plainTextEnd(in bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Int {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let tops: UInt64 = 0x8080_8080_8080_8080
  var index = from
  while index + 8 <= to {
    let word = UInt64(
      littleEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self))
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let marks =
      ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- (ones &* 0x20)) & ~word) & tops
    if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
    index += 8
  }
  while index < to {
    let byte = bytes[index]
    if byte == 0x22 || byte == 0x5C || byte < 0x20 { return index }
    index += 1
  }
  return to
}

/// Whether as many brackets open as close and quotes come in pairs, sixteen bytes at a time.
///
/// It does not know strings and escapes, so "no" only means: look closer. "Yes" rules out nearly every
/// line that was cut off or glued to another, at the speed of memory.
@inline(__always)
func looksBalanced(_ bytes: UnsafePointer<UInt8>, from: Int, to: Int) -> Bool {
  var level = SIMD16<UInt8>(repeating: 0)
  var quotes = SIMD16<UInt8>(repeating: 0)
  let one = SIMD16<UInt8>(repeating: 1)
  let zero = SIMD16<UInt8>(repeating: 0)
  var index = from
  while index + 16 <= to {
    let block = UnsafeRawPointer(bytes + index).loadUnaligned(as: SIMD16<UInt8>.self)
    let folded = block | SIMD16(repeating: 0x20)
    level &+= zero.replacing(with: one, where: folded .== SIMD16(repeating: 0x7B))
    level &-= zero.replacing(with: one, where: folded .== SIMD16(repeating: 0x7D))
    quotes &+= zero.replacing(with: one, where: block .== SIMD16(repeating: 0x22))
    index += 16
  }
  var sum = level.wrappedSum()
  var count = quotes.wrappedSum()
  while index < to {
    let byte = bytes[index]
    if byte | 0x20 == 0x7B { sum &+= 1 }
    if byte | 0x20 == 0x7D { sum &-= 1 }
    if byte == 0x22 { count &+= 1 }
    index += 1
  }
  return sum == 0 && count & 1 == 0
}

/// Whether the byte is JSON's white space.
@inline(__always)
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

/// The stretch without white space at both ends.
@inline(__always)
func trimmed(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Range<Int> {
  var start = from
  var end = to
  while start < end, isSpace(bytes[start]) { start += 1 }
  while end > start, isSpace(bytes[end - 1]) { end -= 1 }
  return start..<end
}
