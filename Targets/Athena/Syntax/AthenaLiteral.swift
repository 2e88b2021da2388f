import ConcordDetection
import ConcordDiagnostics

/// How texts and names stand in Athena SQL.
package enum AthenaLiteral {
  /// The text as a literal: `'…'`, where only the quote is special and is doubled.
  ///
  /// Backslash is an ordinary character there. A text with characters that a reader of the file cannot see, or
  /// that would change how the line looks (controls, bidirectional marks, lone combining marks), is a `U&'…'`
  /// literal that spells those by number. [trino SqlBase.g4, AstBuilder.decodeUnicodeLiteral]
  package static func string(_ text: String) -> String {
    if text.allBytes(isSeen) {
      return text.marked(with: UInt8(ascii: "'"), quote: UInt8(ascii: "'")) { $0 == UInt8(ascii: "'") }
    }
    let plain = text.unicodeScalars.allSatisfy { !isUnseen($0) }
    var result = plain ? "'" : "U&'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": result += "''"
      case "\\": result += plain ? "\\" : "\\\\"
      case _ where isUnseen(scalar): result += escape(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }

  /// The name in quotes. Every name is quoted: reserved words differ between versions.
  package static func identifier(_ name: String) -> String {
    name.marked(with: UInt8(ascii: "\""), quote: UInt8(ascii: "\"")) { $0 == UInt8(ascii: "\"") }
  }

  /// How long the id of an event data store is.
  static let storeIDLength = 36

  /// Whether a text is the id of an event data store of CloudTrail Lake: a UUID.
  static func isStoreID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == storeIDLength
      && bytes.indices.allSatisfy { place in
        [8, 13, 18, 23].contains(place)
          ? bytes[place] == UInt8(ascii: "-") : Character(Unicode.Scalar(bytes[place])).isHexDigit
      }
  }

  /// The parts of a table's name. The id of an event data store stands without quotes, as AWS's examples have it.
  static func table(_ name: [String]) -> String {
    if name.count == 1, isStoreID(name[0]) { return name[0] }
    return name.map(identifier).joined(separator: ".")
  }

  /// Whether both are one name: SQL's names ignore letter case, quoted or not.
  static func isSameName(_ left: String, _ right: String) -> Bool {
    LetterCase.ignored.equates(left, right)
  }

  /// The text as one line of a `--` comment: what could end the line or change its look is spelled by number.
  package static func comment(_ text: String) -> String {
    if text.allBytes(isSeen) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnseen(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return scalar.value > 0xFFFF
      ? "\\+" + String(repeating: "0", count: 6 - digits.count) + digits
      : "\\" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// Whether a byte is an ASCII character that can be seen, or a space.
  private static func isSeen(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) }

  /// Whether a scalar cannot be told by looking at it: controls, format characters (bidirectional marks, joiners,
  /// byte order mark), line and paragraph separators, spaces other than the common one, combining marks,
  /// private use and unassigned.
  static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .nonspacingMark,
      .spacingMark, .enclosingMark, .privateUse, .unassigned, .surrogate:
      return true
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
