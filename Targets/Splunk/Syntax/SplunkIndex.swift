import ConcordDiagnostics

/// What a keyword of a search certainly finds: whole tokens of a value, in bytes that no JSON writer escapes.
///
/// A value stands in the event's text between quotes, which are major breakers (segmenters.conf). Keywords ignore the
/// letter case of ASCII.
enum SplunkIndex {
  /// Breakers that JSON writers leave as they are: tokens begin and end at them.
  static let breakers = [".", "-", "_", ":", " "]

  /// Whether the byte is one of `breakers`.
  static func isBreaker(_ byte: UInt8) -> Bool { ".-_: ".utf8.contains(byte) }

  /// Whether the text stands in the event as these bytes, as whole tokens, wherever a value has it.
  static func isCertain(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (2...200).contains(bytes.count), let first = bytes.first, let last = bytes.last,
      first.isLetterOrDigit, last.isLetterOrDigit, bytes.contains(where: \.isLetter)
    else { return false }
    // The text of a number or a boolean is not how the event spells it: 5 may stand there as 5.0.
    if SplunkLiteral.mayBeNumber(text) || ["true", "false", "null"].contains(text.lowercased()) {
      return false
    }
    return zip(bytes, bytes.dropFirst()).allSatisfy { byte, next in
      byte.isLetterOrDigit || (isBreaker(byte) && (byte != 0x20 || next != 0x20))
    }
  }

  /// Whether other scalars than the letter's two cases have its lower case, as U+212A has `k` and U+0130 has `i`: the
  /// index does not find those.
  static func isFolded(_ byte: UInt8) -> Bool { [0x69, 0x49, 0x6B, 0x4B].contains(byte) }
}
