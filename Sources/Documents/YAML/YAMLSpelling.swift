import ConcordDiagnostics

/// How scalars are written so that every reader, of YAML 1.1 or 1.2, reads the same.
enum YAMLSpelling {
  /// Longer texts that need quotes stand behind `|`, where nothing is escaped.
  private static let longestQuoted = 80

  // MARK: On one line

  /// A text without quotes where that is exact, otherwise in single quotes, otherwise in double quotes.
  static func flow(_ text: String) -> String {
    if !text.allBytes(isVisible),
      text.unicodeScalars.contains(where: { mustEscape($0) || $0 == "\n" || $0 == "\t" })
    {
      return doubleQuoted(text)
    }
    return isPlain(text)
      ? text : text.marked(with: UInt8(ascii: "'"), quote: UInt8(ascii: "'")) { $0 == UInt8(ascii: "'") }
  }

  /// Whether a byte is an ASCII character that can be seen, or a space.
  private static func isVisible(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) }

  /// A number that our rules and YAML 1.1 read as one: with an exponent they want a point and a sign.
  static func number(_ number: Number) -> String {
    let text = number.json
    guard let mark = text.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return text }
    let mantissa = String(text[..<mark])
    let exponent = String(text[text.utf8.index(after: mark)...])
    let isSigned = exponent.hasPrefix("-") || exponent.hasPrefix("+")
    return mantissa + (mantissa.utf8.contains(UInt8(ascii: ".")) ? "" : ".0") + "e" + (isSigned ? "" : "+")
      + exponent
  }

  /// Whether the text can stand without quotes. It has no scalar that must be escaped.
  private static func isPlain(_ text: String) -> Bool {
    text.withBytes(hasPlainForm) && !isWord(text) && !isNumberOrDate(text)
  }

  /// Whether no reader takes the text's characters for signs of YAML.
  private static func hasPlainForm(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    if first == 0x20 || last == 0x20 || last == UInt8(ascii: ":") { return false }
    switch first {
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      if bytes.count == 1 || bytes[1] == 0x20 { return false }
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
      UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"),
      UInt8(ascii: "`"):
      return false
    default: break
    }
    if bytes.starts(with: "---".utf8) || bytes.starts(with: "...".utf8) { return false }
    var before: UInt8 = 0
    for byte in bytes {
      if before == UInt8(ascii: ":"), byte == 0x20 { return false }
      if before == 0x20, byte == UInt8(ascii: "#") { return false }
      before = byte
    }
    return true
  }

  /// The words that some version of YAML reads as null, a boolean, a number, a merge key or a default.
  private static func isWord(_ text: String) -> Bool {
    guard text.utf8.count <= 5 else { return false }
    switch text.lowercased() {
    case "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ".inf", "+.inf",
      "-.inf", ".nan":
      return true
    default: return false
    }
  }

  /// Whether some version of YAML could read the text as a number or a date; a little wider than they are.
  private static func isNumberOrDate(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    guard isSigned || first.isDigit || first == UInt8(ascii: ".") || first == UInt8(ascii: "_") else {
      return false
    }
    let text = Array(text.utf8)[(isSigned ? 1 : 0)...]
    let isDigit = { (byte: UInt8) in byte.isDigit || byte == UInt8(ascii: "_") }
    guard let first = text.first, isDigit(first) || first == UInt8(ascii: ".") else { return false }
    if first == 0x30, let base = text.dropFirst().first, "xXbBoO".utf8.contains(base) {
      return text.dropFirst(2).allSatisfy { $0.isHexDigit || $0 == UInt8(ascii: "_") }
    }
    var rest = text.drop(while: isDigit)
    let isDate = text.count - rest.count == 4 && rest.first == UInt8(ascii: "-")
    if isDate, rest.dropFirst().first.map(isDigit) ?? false { return true }
    if rest.first == UInt8(ascii: ":") {
      rest = rest.drop { isDigit($0) || $0 == UInt8(ascii: ":") }
    }
    if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop(while: isDigit) }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      rest = rest.drop(while: isDigit)
    }
    return rest.isEmpty
  }

  private static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x00: result += "\\0"
      case 0x07: result += "\\a"
      case 0x08: result += "\\b"
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0B: result += "\\v"
      case 0x0C: result += "\\f"
      case 0x0D: result += "\\r"
      case 0x1B: result += "\\e"
      case let code where !mustEscape(scalar): result.unicodeScalars.append(Unicode.Scalar(code) ?? scalar)
      case 0..<0x100: result += "\\x" + hex(scalar, 2)
      case 0x100..<0x10000: result += "\\u" + hex(scalar, 4)
      default: result += "\\U" + hex(scalar, 8)
      }
    }
    return result + "\""
  }

  private static func hex(_ scalar: Unicode.Scalar, _ length: Int) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: length - digits.utf8.count) + digits
  }

  /// What a reader may refuse, take for a line break, or not show: controls, separators, invisible marks.
  private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 && scalar != "\n" && scalar != "\t" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return scalar.value & 0xFFFE == 0xFFFE
    }
  }

  // MARK: On several lines

  /// Whether the text is best written behind `|`, which is exact for it.
  static func isBlock(_ text: String) -> Bool {
    guard
      !text.allBytes({ $0 != 0x0A })
        || (text.utf8.count > longestQuoted && text.scalarCount > longestQuoted
          && !flow(text).sameScalars(as: text))
    else {
      return false
    }
    if !text.allBytes({ isVisible($0) || $0 == 0x0A || $0 == 0x09 }),
      text.unicodeScalars.contains(where: mustEscape)
    {
      return false
    }
    // A last line of white space alone would be hard to see, and readers disagree on it.
    let end = text.utf8.last { $0 != 0x0A }
    return end != nil && end != 0x20 && end != 0x09
  }

  /// The block scalar, from `|` to its last line without the line break.
  static func block(_ text: String, column: Int, digit: Int) -> String {
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    let breaks = text.utf8.reversed().prefix { $0 == 0x0A }.count
    if breaks > 0 { lines.removeLast() }
    let first = text.unicodeScalars.first
    let isStated = first == " " || first == "\t" || first == "\n"
    let header = "|" + (isStated ? String(digit) : "") + (breaks == 0 ? "-" : breaks > 1 ? "+" : "")
    let margin = String(repeating: " ", count: column)
    return lines.reduce(into: header) { block, line in
      block += "\n"
      if line.isEmpty { return }
      block += margin
      block += Substring(line)
    }
  }
}
