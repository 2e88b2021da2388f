import ConcordDetection

/// The encodings that modifiers apply to a value.
enum SigmaEncoding {
  /// The text in UTF-16 without a byte order mark.
  static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return bigEndian ? [high, low] : [low, high]
    }
  }

  /// Base64 (RFC 4648) with padding.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)
    var text = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return String(text)
  }

  /// The three texts of which one stands in the Base64 form of any longer text that holds the bytes: the bytes
  /// begin at one of three places of a group, and the characters that their neighbours touch are cut off.
  static func base64Offsets(_ bytes: [UInt8]) -> [String] {
    (0..<3).map { offset in
      let text = base64(Array(repeating: 0x20, count: offset) + bytes)
      let before = [0, 2, 3][offset]
      let after = [0, 3, 2][(bytes.count + offset) % 3]
      return String(text.dropFirst(before).dropLast(after))
    }
  }
}

/// The `windash` modifier.
enum SigmaDashes {
  /// The dashes that Windows' own programs take before a flag.
  static let all: [Unicode.Scalar] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"]
  /// How many flags a value may have; each multiplies the variants by five.
  static let flagLimit = 5

  /// The pattern with each `-` or `/` that begins a flag replaced by every dash; `nil` where it has too many. A
  /// flag begins where no letter, digit or `_` stands before the dash, and one stands after it.
  static func variants(of pattern: Pattern) -> [Pattern]? {
    var variants: [[Pattern.Piece]] = [[]]
    var flags = 0
    for piece in pattern.pieces {
      guard case .literal(let text) = piece else {
        for index in variants.indices { variants[index].append(piece) }
        continue
      }
      let scalars = Array(text.unicodeScalars)
      var plain = String.UnicodeScalarView()
      func flush() {
        for index in variants.indices { variants[index].append(.literal(String(plain))) }
        plain = String.UnicodeScalarView()
      }
      for index in scalars.indices {
        guard beginsFlag(index, of: scalars) else {
          plain.append(scalars[index])
          continue
        }
        flags += 1
        if flags > flagLimit { return nil }
        flush()
        variants = all.flatMap { dash in variants.map { $0 + [.literal(String(dash))] } }
      }
      flush()
    }
    return variants.map(Pattern.init)
  }

  private static func beginsFlag(_ index: Int, of scalars: [Unicode.Scalar]) -> Bool {
    (scalars[index] == "-" || scalars[index] == "/") && !(index > 0 && isWord(scalars[index - 1]))
      && index + 1 < scalars.count && isWord(scalars[index + 1])
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}
