import ConcordDetection
import ConcordDiagnostics

/// How texts and names are spelled in SPL. Every character of the input comes out as data.
enum SplunkLiteral {
  /// A text in double quotes, for `search`, `eval` and options: `\` and `"` are the only characters that need an
  /// escape (Search Manual, "Backslashes"; Search Reference, "Types of expressions").
  static func quoted(_ text: String) -> String {
    text.marked(with: UInt8(ascii: "\\"), quote: UInt8(ascii: "\"")) {
      $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"")
    }
  }

  /// A field of `eval` and `where`: bare, or in single quotes where its name holds anything but letters, digits
  /// and `_`, or is a word of the language.
  static func evalField(_ name: String) -> String {
    isWord(name) && !isReserved(name) ? name : "'\(name)'"
  }

  /// A field left of `=` in `eval`, and of `search`, `table`, `fields` and `rename`: bare, or in double quotes.
  static func listedField(_ name: String) -> String {
    let plain = name.utf8.allSatisfy { $0.isWord || [0x2E, 0x7B, 0x7D].contains($0) }
    return plain && !name.isEmpty && !isReserved(name) ? name : quoted(name)
  }

  /// A text of one line that can stand between three backticks: backticks, line breaks and other characters that
  /// do not print, or that change the direction of the text, become spaces.
  static func comment(_ text: String) -> String {
    if text.allBytes({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "`") }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result.append(" ")
      default: result.append(scalar == "`" ? "'" : scalar)
      }
    }
    return String(result)
  }

  /// Whether the text is a letter or `_`, then letters, digits and `_`, all ASCII.
  static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, !first.isDigit else { return false }
    return text.utf8.allSatisfy(\.isWord)
  }

  /// Whether the text is a word of the expression languages, in any letter case.
  static func isReserved(_ text: String) -> Bool {
    // None of the words is longer, however its letters are encoded.
    text.utf8.count <= 12 && words.contains(text.lowercased())
  }

  private static let words: Set = [
    "and", "or", "not", "xor", "in", "like", "as", "by", "true", "false", "null",
  ]

  /// Whether `lower()` maps the text as the meaning does on every platform: its letters are ASCII.
  static func foldsCertainly(_ text: String) -> Bool {
    text.allBytes { $0 < 0x80 }
      || text.unicodeScalars.allSatisfy { $0.isASCII || LetterCase.variants(of: $0).count == 1 }
  }

  /// Whether Splunk may take the text for a number, so that `=` would compare by value and not by text.
  static func mayBeNumber(_ text: String) -> Bool {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let trimmed = text.utf8.drop(while: isBlank)
    guard let first = trimmed.first, mayBeginNumber(first),
      let last = trimmed.lastIndex(where: { !isBlank($0) })
    else { return false }
    return Double(String(Substring(trimmed[...last]))) != nil
  }

  /// All that Swift reads as a number begins so: a sign, a point, a digit, `inf` or `nan`.
  private static func mayBeginNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "i"), UInt8(ascii: "I"),
      UInt8(ascii: "n"), UInt8(ascii: "N"):
      true
    default: byte.isDigit
    }
  }
}
