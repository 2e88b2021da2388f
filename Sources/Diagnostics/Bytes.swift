// Texts as UTF-8 bytes. Most texts of rules are ASCII, and going through them byte by byte is several times faster
// than scalar by scalar. Nothing here asks for ASCII: bytes from 0x80 on are parts of other scalars, never ASCII.

extension String {
  /// What `body` makes of the UTF-8 bytes, which stand in one piece.
  @inlinable
  public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var copy = self
    return copy.withUTF8(body)
  }

  /// Whether every byte of the UTF-8 form passes.
  @inlinable
  public func allBytes(_ passes: (UInt8) -> Bool) -> Bool {
    withBytes { $0.allSatisfy(passes) }
  }

  /// The number of scalars.
  public var scalarCount: Int {
    // Every scalar has one byte that does not continue another, that is 10xxxxxx.
    withBytes { bytes in bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
  }

  /// The text between `quote`s (where given), with `mark` before every byte that `needsMark`. Only ASCII bytes may
  /// need one.
  @inlinable
  public func marked(
    with mark: UInt8, quote: UInt8? = nil, where needsMark: (UInt8) -> Bool
  ) -> String {
    withBytes { bytes in
      let marks = bytes.reduce(0) { $0 + (needsMark($1) ? 1 : 0) }
      if marks == 0, quote == nil { return self }
      let capacity = bytes.count + marks + (quote == nil ? 0 : 2)
      return String(unsafeUninitializedCapacity: capacity) { result in
        var end = 0
        func append(_ byte: UInt8) {
          result[end] = byte
          end += 1
        }
        if let quote { append(quote) }
        for byte in bytes {
          if needsMark(byte) { append(mark) }
          append(byte)
        }
        if let quote { append(quote) }
        return end
      }
    }
  }
}
