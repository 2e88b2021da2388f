import ConcordDocuments

/// Numbers as Jackson's parser hands them to Hive's class and to Trino's JSON reader.
enum AthenaJSONNumbers {
  /// A whole number of so many bits: a fraction is cut off. `nil` where it is too large.
  ///
  /// Of `tinyint` up to 255 is taken, as of an unsigned byte, and becomes negative.
  static func integer(_ number: Number, bits: Int) -> Int64? {
    let written = number.written
    guard let value = isWhole(written) ? Int64(written) : truncated(number, bits) else { return nil }
    if bits == 8 { return -128...255 ~= value ? value.lastBits(8) : nil }
    return value == value.lastBits(bits) ? value : nil
  }

  /// A binary number.
  static func real(_ number: Number, bits: Int) -> Double {
    let double = Double(number.written) ?? number.double
    // A whole number is read as one first, and there is one zero.
    return (double == 0 && isWhole(number.written) ? 0 : double).rounded(toBits: bits)
  }

  private static func isWhole(_ text: String) -> Bool { !text.utf8.contains { ".eE".utf8.contains($0) } }

  /// A number with a fraction or exponent, which is read as a double.
  private static func truncated(_ number: Number, _ bits: Int) -> Int64? {
    let double = number.double
    // 2^63 itself passes and becomes the largest number.
    let limit = bits == 64 ? 0x1p63 : 2_147_483_647
    return double >= (bits == 64 ? -0x1p63 : -2_147_483_648) && double <= limit ? double.javaLong : nil
  }
}
