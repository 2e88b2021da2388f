#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// This folder is the only place of the engine that touches memory by address. Its invariants:
// - `Bytes` points to `count` readable bytes that live as long as the call that made it; every index and every
//   word that is read lies within them.
// - `Frozen`, `Scratch` and `Arena` are handles: one owner frees each, once, when it is gone itself; every index lies
//   below the count or capacity.
// - A `Frozen` is written only while it is made, so that threads may share it.
// - A `Scratch` or `Arena` belongs to one `Matcher`, so to one thread.
// - `Arena` hands out offsets, not addresses: an address is taken only after the last growth before its use.
// Debug builds check each of them.

/// A view of bytes.
struct Bytes {
  let base: UnsafePointer<UInt8>
  let count: Int

  @inline(__always)
  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    assert(count >= 0)
    self.base = base
    self.count = count
  }

  @inline(__always)
  subscript(_ index: Int) -> UInt8 {
    assert(index >= 0 && index < count)
    return base[index]
  }

  /// Four bytes, the first the lowest.
  @inline(__always)
  func half(at index: Int) -> UInt32 {
    assert(index >= 0 && index + 4 <= count)
    return UInt32(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt32.self))
  }

  /// Eight bytes, the first the lowest.
  @inline(__always)
  func word(at index: Int) -> UInt64 {
    assert(index >= 0 && index + 8 <= count)
    return UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  func slice(_ start: Int, _ end: Int) -> Bytes {
    assert(start >= 0 && start <= end && end <= count)
    return Bytes(base + start, end - start)
  }

  /// The bytes, which are UTF-8, as a text of its own.
  var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

  @inline(__always)
  func equals(_ other: Bytes) -> Bool {
    count == other.count && memcmp(base, other.base, count) == 0
  }

  @inline(__always)
  func starts(with other: Bytes) -> Bool {
    count >= other.count && memcmp(base, other.base, other.count) == 0
  }

  @inline(__always)
  func ends(with other: Bytes) -> Bool {
    count >= other.count && memcmp(base + (count - other.count), other.base, other.count) == 0
  }

  /// The first place from `start` on at which the byte stands.
  @inline(__always)
  func index(of byte: UInt8, from start: Int = 0) -> Int? {
    assert(start >= 0 && start <= count)
    guard let found = memchr(base + start, Int32(byte), count - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Whether the other bytes stand somewhere in these, `rare` being the place of their rarest byte.
  func contains(_ other: Bytes, rare: Int = 0) -> Bool { index(of: other, rare: rare, from: 0) != nil }

  /// The first place from `start` on at which the other bytes stand, `rare` being the place of their rarest byte.
  func index(of other: Bytes, rare: Int, from start: Int) -> Int? {
    if other.count == 0 { return start <= count ? start : nil }
    let last = count - (other.count - rare)
    let (wanted, head) = (other[rare], other[0])
    var at = start + rare
    while at <= last, let found = index(of: wanted, from: at), found <= last {
      // Most places differ in the first byte: no call for these.
      if base[found - rare] == head, memcmp(base + (found - rare), other.base, other.count) == 0 {
        return found - rare
      }
      at = found + 1
    }
    return nil
  }

  /// The first place from `start` on at which the other bytes, which are ASCII in lower case, stand in any ASCII
  /// case.
  func indexIgnoringCase(of other: Bytes, rare: Int, from start: Int) -> Int? {
    if other.count == 0 { return start <= count ? start : nil }
    let wanted = other[rare]
    var at = start + rare
    let last = count - (other.count - rare)
    let isLetter = wanted >= 0x61 && wanted <= 0x7A
    while at <= last {
      let found: Int
      if isLetter {
        found = indexIgnoringCase(of: wanted, from: at)
      } else if let place = index(of: wanted, from: at) {
        found = place
      } else {
        return nil
      }
      if found > last { return nil }
      if matchesIgnoringCase(other, at: found - rare) { return found - rare }
      at = found + 1
    }
    return nil
  }

  /// Whether the other bytes stand at that place, which may lie outside these.
  func has(_ other: Bytes, at start: Int) -> Bool {
    start >= 0 && start + other.count <= count && memcmp(base + start, other.base, other.count) == 0
  }

  /// Whether the other bytes, which are ASCII in lower case, stand at that place, which may lie outside these, in
  /// any ASCII case.
  func hasIgnoringCase(_ other: Bytes, at start: Int) -> Bool {
    start >= 0 && start + other.count <= count && matchesIgnoringCase(other, at: start)
  }

  @inline(__always)
  private func matchesIgnoringCase(_ other: Bytes, at start: Int) -> Bool {
    for index in 0..<other.count where asciiLower(self[start + index]) != other[index] { return false }
    return true
  }

  private func indexIgnoringCase(of letter: UInt8, from start: Int) -> Int {
    var at = start
    let wanted = SIMD32<UInt8>(repeating: letter)
    let bit = SIMD32<UInt8>(repeating: 0x20)
    while at + 32 <= count {
      let block = UnsafeRawPointer(base + at).loadUnaligned(as: SIMD32<UInt8>.self)
      if any((block | bit) .== wanted) { break }
      at += 32
    }
    while at < count, self[at] | 0x20 != letter { at += 1 }
    return at
  }
}

@inline(__always)
func asciiLower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// An array that is never written again. A handle: copies are of the same memory, so that none is counted in a hot
/// loop; the owner calls `free` once.
struct Frozen<Element: BitwiseCopyable & Sendable>: BitwiseCopyable, @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    base = .allocate(capacity: Swift.max(1, elements.count))
    elements.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.initialize(from: start, count: source.count) }
    }
  }

  func free() { base.deallocate() }

  @inline(__always)
  subscript(_ index: Int) -> Element {
    assert(index >= 0 && index < count)
    return base[index]
  }

  @inline(__always)
  subscript(_ index: Int32) -> Element { self[Int(index)] }

  /// Where an element stands, for one that is large: to read it in place.
  @inline(__always)
  func address(_ index: Int32) -> UnsafePointer<Element> {
    assert(index >= 0 && index < count)
    return UnsafePointer(base + Int(index))
  }
}

extension Frozen where Element == UInt8 {
  @inline(__always)
  func bytes(_ start: Int, _ count: Int) -> Bytes {
    assert(start >= 0 && count >= 0 && start + count <= self.count)
    return Bytes(UnsafePointer(base + start), count)
  }
}

/// Numbers noted one after another. A handle, as `Scratch` is.
struct Notes: BitwiseCopyable {
  private let list: Scratch<Int32>
  private let counts: Scratch<Int>

  init() {
    list = Scratch(repeating: 0, count: 64)
    counts = Scratch(repeating: 0, count: 1)
  }

  func free() {
    list.free()
    counts.free()
  }

  @inline(__always)
  var count: Int { counts[0] }

  @inline(__always)
  subscript(_ index: Int) -> Int32 { list[index] }

  @inline(__always)
  func clear() { counts[0] = 0 }

  @inline(__always)
  func append(_ number: Int32) {
    let place = counts[0]
    list.reserve(place + 1)
    list[place] = number
    counts[0] = place + 1
  }
}

/// Memory that is written again for each event, and grows. A handle: copies are of the same memory, so that none is
/// counted in a hot loop; the owner calls `free` once.
struct Scratch<Element: BitwiseCopyable>: BitwiseCopyable {
  private struct Header: BitwiseCopyable {
    var base: UnsafeMutablePointer<Element>
    var capacity: Int
    let filler: Element
  }

  private let header: UnsafeMutablePointer<Header>

  init(repeating filler: Element, count: Int) {
    let capacity = Swift.max(1, count)
    header = .allocate(capacity: 1)
    header.initialize(to: Header(base: .allocate(capacity: capacity), capacity: capacity, filler: filler))
    header.pointee.base.initialize(repeating: filler, count: capacity)
  }

  func free() {
    header.pointee.base.deallocate()
    header.deallocate()
  }

  @inline(__always)
  var capacity: Int { header.pointee.capacity }

  @inline(__always)
  subscript(_ index: Int) -> Element {
    get {
      assert(index >= 0 && index < capacity)
      return header.pointee.base[index]
    }
    nonmutating set {
      assert(index >= 0 && index < capacity)
      header.pointee.base[index] = newValue
    }
    nonmutating _modify {
      assert(index >= 0 && index < capacity)
      yield &header.pointee.base[index]
    }
  }

  @inline(__always)
  subscript(_ index: Int32) -> Element {
    get { self[Int(index)] }
    nonmutating set { self[Int(index)] = newValue }
    nonmutating _modify { yield &self[Int(index)] }
  }

  /// Makes room for `count` elements.
  @inline(__always)
  func reserve(_ count: Int) { if count > capacity { grow(count) } }

  @inline(never)
  private func grow(_ count: Int) {
    let old = header.pointee
    let larger = Swift.max(count, old.capacity * 2)
    let new = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    new.initialize(from: old.base, count: old.capacity)
    (new + old.capacity).initialize(repeating: old.filler, count: larger - old.capacity)
    old.base.deallocate()
    header.pointee.base = new
    header.pointee.capacity = larger
  }

  /// Every element becomes the filler again.
  func reset() { header.pointee.base.update(repeating: header.pointee.filler, count: capacity) }
}

/// Texts made for one event, one after another. A handle, as `Scratch` is.
struct Arena: BitwiseCopyable {
  private struct Header: BitwiseCopyable {
    var base: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var count: Int
  }

  private let header: UnsafeMutablePointer<Header>

  init() {
    header = .allocate(capacity: 1)
    header.initialize(to: Header(base: .allocate(capacity: 4096), capacity: 4096, count: 0))
  }

  func free() {
    header.pointee.base.deallocate()
    header.deallocate()
  }

  @inline(__always)
  var count: Int { header.pointee.count }

  @inline(__always)
  func clear() { header.pointee.count = 0 }

  /// Forgets what was appended after there were `count` bytes.
  @inline(__always)
  func cut(to count: Int) {
    assert(count <= self.count)
    header.pointee.count = count
  }

  /// Makes room for `extra` more bytes and a word behind them.
  @inline(__always)
  func reserve(_ extra: Int) { if count + extra + 8 > header.pointee.capacity { grow(extra) } }

  @inline(never)
  private func grow(_ extra: Int) {
    let old = header.pointee
    let larger = max(old.capacity * 2, old.count + extra + 8)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.initialize(from: old.base, count: old.count)
    old.base.deallocate()
    header.pointee.base = new
    header.pointee.capacity = larger
  }

  @inline(__always)
  func append(_ byte: UInt8) {
    assert(count < header.pointee.capacity)
    header.pointee.base[count] = byte
    header.pointee.count += 1
  }

  /// Appends the low `used` bytes of a word.
  @inline(__always)
  func append(_ word: UInt64, _ used: Int) {
    assert(used <= 8 && count + 8 <= header.pointee.capacity)
    UnsafeMutableRawPointer(header.pointee.base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
    header.pointee.count += used
  }

  func append(_ bytes: Bytes) {
    reserve(bytes.count)
    (header.pointee.base + count).initialize(from: bytes.base, count: bytes.count)
    header.pointee.count += bytes.count
  }

  /// The bytes from an offset on. Valid until the arena grows.
  @inline(__always)
  func bytes(_ start: Int, _ count: Int) -> Bytes {
    assert(start >= 0 && count >= 0 && start + count <= self.count)
    return Bytes(UnsafePointer(header.pointee.base + start), count)
  }
}
