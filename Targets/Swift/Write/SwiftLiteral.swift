import ConcordDiagnostics

/// Spells texts in Swift source, so that no text can be anything but data.
enum SwiftLiteral {
  /// A string literal on one line.
  static func literal(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  /// A string literal over several lines, none of them much longer than `width` columns, indented by `indent`:
  /// each line but the last ends in a backslash, which takes the line break out of the text.
  static func longLiteral(_ text: String, indent: String, width: Int = 90) -> String {
    var lines: [String] = []
    var line = ""
    var columns = 0
    // What is spelled as it is takes a column a byte.
    for unit in text.allBytes(isSpelledAsIs) ? pieces(of: text, width) : units(text) {
      if columns + unit.scalarCount > width {
        lines.append(line)
        (line, columns) = ("", 0)
      }
      // White space at a line's end would look like a mistake, and before the closing quotes like nothing.
      line += unit
      columns += unit.scalarCount
    }
    lines.append(line)
    let spelled = lines.map { $0.hasSuffix(" ") ? $0.dropLast() + "\\u{20}" : $0[...] }
    return "\"\"\"\n" + spelled.map { indent + $0 }.joined(separator: "\\\n") + "\n\(indent)\"\"\""
  }

  /// The text in pieces of so many bytes.
  private static func pieces(of text: String, _ width: Int) -> [String] {
    text.withBytes { bytes in
      stride(from: 0, to: bytes.count, by: width).map { start in
        String(decoding: bytes[start..<min(start + width, bytes.count)], as: UTF8.self)
      }
    }
  }

  /// Whether a byte is an ASCII character that stands in a literal as it is.
  private static func isSpelledAsIs(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// A text as it stands between the quotes of a literal.
  static func escaped(_ text: String) -> String {
    guard text.allBytes({ (0x20..<0x7F).contains($0) }) else { return units(text).joined() }
    return text.marked(with: UInt8(ascii: "\\")) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
  }

  /// The text as comment lines behind `mark`, wrapped at words; controls and invisible scalars are spelled out.
  static func comment(_ text: String, _ mark: String, width: Int = 100) -> String {
    let text = visible(text)
    let lines = text.allBytes { $0 < 0x80 } ? linesOfASCII(text, width) : lines(text, width)
    return lines.reduce(into: "") { comment, line in
      comment += (mark + line).trimmingEnd
      comment += "\n"
    }
  }

  /// The text wrapped at words. A space that bears a mark does not end one.
  private static func lines(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.scalarCount + word.unicodeScalars.count >= width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }

  /// The same for a text of ASCII, where a byte is a column and no mark stands on a space.
  private static func linesOfASCII(_ text: String, _ width: Int) -> [String] {
    if text.utf8.count <= width, isSpacedOnce(text) { return [text] }
    return text.withBytes { bytes in
      var lines: [String] = []
      var line: [UInt8] = []
      for word in bytes.split(separator: UInt8(ascii: " ")) {
        if !line.isEmpty, line.count + word.count >= width {
          lines.append(String(decoding: line, as: UTF8.self))
          line.removeAll(keepingCapacity: true)
        }
        if !line.isEmpty { line.append(UInt8(ascii: " ")) }
        line += word
      }
      return lines + [String(decoding: line, as: UTF8.self)]
    }
  }

  /// Whether no space stands beside another, or at an end.
  private static func isSpacedOnce(_ text: String) -> Bool {
    var isSpace = true
    return text.allBytes { byte in
      defer { isSpace = byte == UInt8(ascii: " ") }
      return !isSpace || byte != UInt8(ascii: " ")
    } && !isSpace
  }

  private static func visible(_ text: String) -> String {
    if text.allBytes({ (0x20..<0x7F).contains($0) }) { return text }
    if text.allBytes({ (0x20..<0x7F).contains($0) || isBlank($0) }) {
      return String(decoding: text.utf8.map { isBlank($0) ? 0x20 : $0 }, as: UTF8.self)
    }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t": result += " "
      case _ where isPlain(scalar) || isMark(scalar): result.unicodeScalars.append(scalar)
      default: result += code(scalar)
      }
    }
    return result
  }

  /// Whether a byte is a line break or a tab.
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// The scalars of a text as they are spelled in a literal.
  private static func units(_ text: String) -> [String] {
    var units: [String] = []
    var mayTakeMark = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": units.append("\\\"")
      case "\\": units.append("\\\\")
      case "\n": units.append("\\n")
      case "\r": units.append("\\r")
      case "\t": units.append("\\t")
      // A mark is kept on a letter. On anything else, a quote above all, it would change how that looks.
      case _ where isPlain(scalar) || (mayTakeMark && isMark(scalar)): units.append(String(scalar))
      default: units.append(code(scalar))
      }
      if scalar.isASCII {
        mayTakeMark = scalar.isLetter
      } else {
        mayTakeMark = scalar.properties.isAlphabetic || (mayTakeMark && isMark(scalar))
      }
    }
    return units
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
  }

  /// Whether a scalar shows what it is, by itself. Controls, format characters (bidirectional marks), spaces other
  /// than U+0020 and what is not assigned do not.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
      .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
      .currencySymbol, .modifierSymbol, .otherSymbol:
      return !scalar.properties.isDefaultIgnorableCodePoint
    case .nonspacingMark, .spacingMark, .enclosingMark, .spaceSeparator, .lineSeparator, .paragraphSeparator,
      .control, .format, .surrogate, .privateUse, .unassigned:
      return false
    @unknown default: return false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: !scalar.properties.isDefaultIgnorableCodePoint
    default: false
    }
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    if utf8.last != UInt8(ascii: " ") { return self }
    var scalars = unicodeScalars
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }
}
