import ConcordDetection
import ConcordDocuments

/// What texts of a field are taken not to be, where Python would go on.
enum PythonTextAssumption {
  /// They have letters, digits and blanks of ASCII alone.
  case letters
  /// Spellings of numbers that JSON does not have are no numbers.
  case numerals
  /// Addresses have no zone.
  case zone
  /// They are addresses, no networks.
  case network
}

/// What `int` and `float` make of texts, and what is written as a number.
enum PythonNumerals {
  /// Whether a text is a number as a program may write it: digits with single `_` between them, without leading zeros.
  static func isLiteral(_ text: String) -> Bool {
    var rest = Array(text.lowercased().utf8)[...]
    for (mark, digits) in [("0x", "0123456789abcdef"), ("0o", "01234567"), ("0b", "01")]
    where rest.starts(with: mark.utf8) {
      rest = rest.dropFirst(2)
      if rest.first == UInt8(ascii: "_") { rest = rest.dropFirst() }
      return areDigits(rest) { digits.utf8.contains($0) }
    }
    if rest.last == UInt8(ascii: "j") { rest = rest.dropLast() }
    if let mark = rest.firstIndex(of: UInt8(ascii: "e")) {
      var power = rest[(mark + 1)...]
      if power.first == UInt8(ascii: "+") || power.first == UInt8(ascii: "-") { power = power.dropFirst() }
      guard areDigits(power, of: \.isDigit) else { return false }
      rest = rest[..<mark]
    } else if text.utf8.last.map({ $0 | 0x20 }) != UInt8(ascii: "j"), areDigits(rest, of: \.isDigit) {
      return rest.first != UInt8(ascii: "0") || rest.allSatisfy { $0 == 0x30 || $0 == UInt8(ascii: "_") }
    }
    let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.contains { !$0.isEmpty }
      && parts.allSatisfy { $0.isEmpty || areDigits($0, of: \.isDigit) }
  }

  /// Whether it is digits, maybe with single `_` between them.
  private static func areDigits(_ text: ArraySlice<UInt8>, of isDigit: (UInt8) -> Bool) -> Bool {
    text.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy(isDigit)
    }
  }

  /// What a text is.
  enum Reading {
    case number(Number)
    /// It is no number: the call raises an exception.
    case none
    /// It is one in a spelling that is not read.
    case unread
  }

  /// The number that a text is to `int`, or else to `float`. Blanks around it are no part of it.
  static func number(_ text: String, isWhole: Bool) -> Reading {
    if !text.allBytes({ $0 < 0x80 }) { return .unread }
    let scalars = text.unicodeScalars
    guard let start = scalars.firstIndex(where: { !$0.isPythonBlank }),
      let end = scalars.lastIndex(where: { !$0.isPythonBlank })
    else { return .none }
    let inner = String(scalars[start...end])
    let digits = inner.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    if inner.utf8.count - digits.count > 1 { return .none }
    if !digits.isEmpty, digits.allSatisfy({ $0.isDigit }) {
      return Number(inner).map(Reading.number) ?? .none
    }
    // Digits with `_` between them, and `inf`, `.5`, `5.` and their like.
    if isWhole { return digits.contains(UInt8(ascii: "_")) ? .unread : .none }
    return Number(inner).map(Reading.number) ?? .unread
  }
}

extension Unicode.Scalar {
  /// Whether it is a blank to Python: of Unicode's white space, and the separators U+001C to U+001F.
  var isPythonBlank: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}

extension String {
  /// The parts of the text at a separator, scalar by scalar, as `split` gives them: at most so many are split off.
  func parts(at separator: String, limit: Int?) -> [String] {
    if let limit, limit < 0 {
      let all = parts(at: separator, limit: nil)
      let kept = Swift.min(-limit, all.count - 1)
      return [all.dropLast(kept).joined(separator: separator)] + all.suffix(kept)
    }
    let (all, mark) = (Array(unicodeScalars), Array(separator.unicodeScalars))
    if mark.isEmpty { return [self] }
    var (parts, part, index) = ([] as [String], String.UnicodeScalarView(), 0)
    while index < all.count {
      if parts.count < limit ?? .max, all[index...].starts(with: mark) {
        parts.append(String(part))
        part = String.UnicodeScalarView()
        index += mark.count
      } else {
        part.append(all[index])
        index += 1
      }
    }
    return parts + [String(part)]
  }
}
