import Foundation

/// Memory that grows: where a log's bytes are read to.
///
/// Invariant: `base` points to `capacity` bytes that belong to this buffer alone, of which the first `count` are
/// initialised. Pointers into it are good until the next `reserve` or the buffer's end.
struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(64, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// The bytes of a stretch, which must lie within `count`.
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    assert(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// Makes room for `free` more bytes.
  mutating func reserve(_ free: Int) {
    let wanted = count + free
    guard wanted > capacity else { return }
    let size = max(wanted, capacity * 2)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = size
  }

  /// Gives memory back that a single large event once needed.
  mutating func shrink(to size: Int) {
    guard capacity > size * 2, count <= size else { return }
    let smaller = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    smaller.update(from: base, count: count)
    base.deallocate()
    base = smaller
    capacity = size
  }

  mutating func removeAll() { count = 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  /// Keeps the first bytes only.
  mutating func truncate(to size: Int) { count = min(count, max(0, size)) }

  /// Drops the first bytes; the others move to the front.
  mutating func dropFirst(_ size: Int) {
    guard size > 0 else { return }
    let rest = max(0, count - size)
    if rest > 0 { memmove(base, base + size, rest) }
    count = rest
  }

  /// Appends what `fill` writes to the free room of `size` bytes; it returns how many those are.
  mutating func append<E: Error>(
    upTo size: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) -> Int {
    reserve(size)
    let written = try fill(UnsafeMutableRawBufferPointer(start: base + count, count: size))
    precondition(written >= 0 && written <= size)
    count += written
    return written
  }
}
