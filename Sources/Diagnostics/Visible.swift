extension StringProtocol {
  /// The text with its control characters, bidirectional marks and invisible scalars spelled out (`\u{1B}`), so that
  /// a hostile name can neither move the cursor, nor reorder a message, nor begin a line of its own. A tab becomes a
  /// space.
  ///
  /// - Parameter keepingBreaks: whether line feeds stay.
  package func visible(keepingBreaks: Bool = false) -> String {
    visibleText(unicodeScalars, keepingBreaks: keepingBreaks)
  }
}

/// What `visible` says, of any scalars.
func visibleText(_ scalars: some Sequence<Unicode.Scalar>, keepingBreaks: Bool = false) -> String {
  var result = String.UnicodeScalarView()
  for scalar in scalars {
    switch scalar.value {
    case 0x09: result.append(" ")
    case 0x0A where keepingBreaks: result.append(scalar)
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
    default: result.append(scalar)
    }
  }
  return String(result)
}
