// Texts as UTF-8 bytes. Most texts of rules are ASCII, and going through them byte by byte is several times faster
// than scalar by scalar. Nothing here asks for ASCII: bytes from 0x80 on are parts of other scalars, never ASCII.

extension String {
  /// What `body` makes of the UTF-8 bytes, which stand in one piece.
  @inlinable
  package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = self
    return copy.withUTF8(body)
  }

  /// Whether every byte of the UTF-8 form passes.
  @inlinable
  package func allBytes(_ passes: (UInt8) -> Bool) -> Bool {
    withBytes { $0.allSatisfy(passes) }
  }

  /// The number of scalars.
  package var scalarCount: Int {
    // Every scalar has one byte that does not continue another, that is 10xxxxxx.
    withBytes { bytes in bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
  }

  /// The text between `quote`s (where given), with `mark` before every byte that `needsMark`. Only ASCII bytes may
  /// need one.
  @inlinable
  package func marked(
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

extension UnsafeBufferPointer<UInt8> {
  /// Whether both are the same bytes.
  @inlinable
  package func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    if count != other.count { return false }
    // Copies of one text share its bytes.
    if baseAddress == other.baseAddress { return true }
    let (left, right) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
    var place = 0
    while place + 8 <= count {
      if left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      {
        return false
      }
      place += 8
    }
    while place < count {
      if left[place] != right[place] { return false }
      place += 1
    }
    return true
  }
}

// Classes of ASCII characters: one spelling for bytes and for scalars.

extension UInt8 {
  /// Whether it is one of `0` to `9`.
  @inlinable package var isDigit: Bool { self &- 0x30 < 10 }

  /// Whether it is an ASCII letter.
  @inlinable package var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

  /// Whether it is an ASCII letter or a digit.
  @inlinable package var isLetterOrDigit: Bool { isLetter || isDigit }

  /// Whether it is an ASCII letter, a digit or `_`.
  @inlinable package var isWord: Bool { isLetterOrDigit || self == 0x5F }

  /// Whether it ends a line: LF or CR.
  @inlinable package var isLineBreak: Bool { self == 0x0A || self == 0x0D }

  /// Whether it is a hexadecimal digit, in either letter case.
  @inlinable package var isHexDigit: Bool { hexValue != nil }

  /// The value of a hexadecimal digit, in either letter case; `nil` for anything else.
  @inlinable package var hexValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  /// The letter in lower case, where it is an ASCII letter; else itself.
  @inlinable package var lowercased: UInt8 { isLetter ? self | 0x20 : self }
}

extension Unicode.Scalar {
  /// Whether it is one of `0` to `9`.
  @inlinable package var isDigit: Bool { value < 0x80 && UInt8(truncatingIfNeeded: value).isDigit }

  /// Whether it is an ASCII letter.
  @inlinable package var isLetter: Bool { value < 0x80 && UInt8(truncatingIfNeeded: value).isLetter }

  /// Whether it is an ASCII letter or a digit.
  @inlinable package var isLetterOrDigit: Bool { isLetter || isDigit }

  /// Whether it is an ASCII letter, a digit or `_`.
  @inlinable package var isWord: Bool { value < 0x80 && UInt8(truncatingIfNeeded: value).isWord }

  /// Whether it ends a line: LF or CR.
  @inlinable package var isLineBreak: Bool { self == "\n" || self == "\r" }

  /// The value of a hexadecimal digit, in either letter case; `nil` for anything else.
  @inlinable package var hexValue: UInt32? {
    value < 0x80 ? UInt8(truncatingIfNeeded: value).hexValue.map(UInt32.init) : nil
  }
}

extension String {
  /// Whether both texts are the same but for the letter case of ASCII letters.
  package func isSameWord(as other: String) -> Bool {
    utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.lowercased == $1.lowercased }
  }
}
