import ConcordDiagnostics

/// Texts as Python's literals, on one line and with nothing in them that is not seen.
enum PythonLiteral {
  /// The literal of a text.
  static func text(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars { literal += escaped(scalar) }
    return literal + "\""
  }

  /// The literal of a regular expression: raw where that needs no escape.
  static func pattern(_ pattern: String) -> String {
    let isPlain = pattern.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) && $0 != "\"" }
    // A raw text does not end in a backslash.
    guard isPlain, pattern.utf8.contains(UInt8(ascii: "\\")), pattern.utf8.last != UInt8(ascii: "\\") else {
      return text(pattern)
    }
    return "r\"\(pattern)\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    if (0x20..<0x7F).contains(scalar.value) { return String(scalar) }
    if scalar.value < 0x100 { return "\\x" + hexadecimal(scalar, 2) }
    if isSeen(scalar) { return String(scalar) }
    return scalar.value < 0x1_0000 ? "\\u" + hexadecimal(scalar, 4) : "\\U" + hexadecimal(scalar, 8)
  }

  /// Whether a scalar is a letter, a digit or a sign that stands by itself.
  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber, .letterNumber,
      .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .otherSymbol:
      true
    case .modifierLetter, .nonspacingMark, .spacingMark, .enclosingMark, .modifierSymbol, .spaceSeparator,
      .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse, .unassigned:
      false
    @unknown default: false
    }
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar, _ width: Int) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
