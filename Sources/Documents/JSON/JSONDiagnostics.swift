import ConcordDiagnostics

/// What can be wrong at a place of a JSON text.
enum JSONFailure {
  case emptyText, value, key, colon, tooDeep, textAfterDocument, textAfterLine, badEscape, controlCharacter
  /// A collection (`true`: an object) goes on without a comma or is not closed.
  case unclosed(Bool)
  /// The string whose quote stands at that byte.
  case unclosedString(Int)
}

extension JSONReader {
  /// The diagnostic for what is wrong at the current place.
  func failure(_ failure: JSONFailure) -> Diagnostic {
    switch failure {
    case .emptyText: expected("a JSON value")
    case .value: missingValue
    case .key: missingKey
    case .colon:
      expected("`:` after the key", help: ["write `\"key\": value`"])
    case .unclosed(let isObject): missingComma(isObject)
    case .tooDeep: .tooDeep(limit: depthLimit, in: source, at: place)
    case .textAfterDocument:
      expected(
        "the end of the text after the JSON value",
        help: ["one document is read here; several may stand in a log file, one a line"])
    case .textAfterLine:
      expected(
        "a line break after the JSON value", help: ["newline-delimited JSON has exactly one value a line"])
    case .badEscape: badEscape
    case .controlCharacter:
      Diagnostic(
        .controlCharacter, "expected control characters in a string to be escaped, found \(found)",
        in: source, at: place, help: ["write it as `\(controlEscape)`"])
    case .unclosedString(let opening):
      .unclosed(
        "string", by: "\"", in: source, opening: span(opening, 1), at: span(offset, 0),
        help: isAtEnd ? [] : ["a line break inside a string is written `\\n`"])
    }
  }

  /// `01`, `1.`, `.5`, `1e`, `1x`.
  func badNumber(_ start: Int) -> Diagnostic {
    var end = start
    while isWordByte(bytes[end]) || bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+") {
      end += 1
    }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    var help: [String] = []
    if digits.hasPrefix("0"), digits.dropFirst().first?.isNumber == true {
      help = ["leading zeros are not allowed; quote it if they matter"]
    } else if text.hasSuffix(".") || text.contains(".e") || text.contains(".E") {
      help = ["a digit must follow the decimal point"]
    } else if digits.isEmpty || digits.first?.isNumber == false {
      help = ["a digit must follow the minus sign"]
    }
    return Diagnostic(
      .notANumber, "expected a JSON number, found `\(text)`", in: source, at: span(start, end - start),
      help: help)
  }

  /// A value that goes over several lines where each must be on one.
  func lineBreakInside(from start: Int) -> Diagnostic {
    Diagnostic(
      .unexpected, "expected the JSON value to end on the line where it begins", in: source,
      at: span(start, 1),
      help: ["newline-delimited JSON has exactly one value a line"])
  }

  private var missingValue: Diagnostic {
    let previous = bytes[..<offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if previous == UInt8(ascii: ","), bytes[offset] == UInt8(ascii: "]") {
      return expected("a JSON value after `,`", help: ["remove the comma before `]`"])
    }
    return expected("a JSON value", help: valueHelp)
  }

  private var valueHelp: [String] {
    switch word {
    case "True", "TRUE": ["JSON writes `true`"]
    case "False", "FALSE": ["JSON writes `false`"]
    case "None", "nil", "undefined", "Null", "NULL": ["JSON writes `null`"]
    case "NaN", "Infinity": ["JSON has no such number; write `null` or a string"]
    case "":
      switch bytes[offset] {
      case UInt8(ascii: "'"): ["strings are written in double quotes"]
      case UInt8(ascii: "/"), UInt8(ascii: "#"): ["JSON has no comments"]
      case UInt8(ascii: "+"): ["numbers have no plus sign"]
      default: []
      }
    default:
      bytes[offset] == 0xEF
        ? byteOrderHelp
        : bytes[offset] == UInt8(ascii: ".")
          ? ["a digit must stand before the decimal point"]
          : ["a text is written in double quotes: `\"\(word)\"`"]
    }
  }

  private var byteOrderHelp: [String] {
    bytes[offset...].starts(with: [0xEF, 0xBB, 0xBF]) ? ["save the file without a byte order mark"] : []
  }

  private var missingKey: Diagnostic {
    let previous = bytes[..<offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if previous == UInt8(ascii: ","), bytes[offset] == UInt8(ascii: "}") {
      return expected("a key after `,`", help: ["remove the comma before `}`"])
    }
    let help =
      bytes[offset] == UInt8(ascii: "'")
      ? ["keys are written in double quotes"]
      : word.isEmpty ? [] : ["keys are written in double quotes: `\"\(word)\"`"]
    return expected("a key in double quotes", help: help)
  }

  private func missingComma(_ isObject: Bool) -> Diagnostic {
    let help = isAtEnd ? ["the \(isObject ? "object" : "array") is not closed"] : []
    return expected("`,` or `\(isObject ? "}" : "]")`", help: help)
  }

  private var badEscape: Diagnostic {
    let isUnicode = bytes[offset + 1] == UInt8(ascii: "u")
    var end = min(offset + 2, bytes.count - 1)
    if isUnicode { while end < offset + 6, bytes[end].isHexDigit { end += 1 } }
    if end < bytes.count - 1, !isUnicode, bytes[offset + 1] >= 0x80 {
      while bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    let text = String(decoding: bytes[offset..<end], as: UTF8.self)
    return Diagnostic(
      .badEscape, "expected an escape that JSON knows, found `\(text)`", in: source,
      at: span(offset, text.unicodeScalars.count),
      help: [isUnicode ? "four hexadecimal digits follow `\\u`" : "a backslash itself is written `\\\\`"])
  }

  private var controlEscape: String {
    switch bytes[offset] {
    case 0x09: "\\t"
    case 0x08: "\\b"
    case 0x0C: "\\f"
    default: "\\u00" + (bytes[offset] < 16 ? "0" : "") + String(bytes[offset], radix: 16)
    }
  }

  /// The bare word or number that begins here; may be empty.
  private var word: String {
    let word = bytes[offset...].prefix { isWordByte($0) }.prefix(40)
    return String(String(decoding: word, as: UTF8.self).unicodeScalars.filter { $0 != "\u{FFFD}" })
  }

  /// What stands here, for messages.
  private var found: String {
    if isAtEnd { return "the end of the text" }
    switch bytes[offset] {
    case 0x0A, 0x0D: return "the end of the line"
    case 0x09: return "a tab"
    case 0..<0x20:
      let digits = String(bytes[offset], radix: 16, uppercase: true)
      return "the control character U+\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    case 0xEF where !byteOrderHelp.isEmpty: return "a byte order mark"
    default:
      return word.isEmpty ? "`\(String(decoding: [bytes[offset]], as: UTF8.self))`" : "`\(word)`"
    }
  }

  private func expected(_ what: String, help: [String] = []) -> Diagnostic {
    .expected(what, found: found, in: source, at: place, help: help)
  }

  /// The bare word or number that begins here, or the character.
  private var place: Span { span(offset, isAtEnd ? 0 : max(1, word.unicodeScalars.count)) }

  private func span(_ offset: Int, _ length: Int) -> Span {
    var cursor = TextCursor(bytes: bytes)
    return Span(at: cursor.position(at: offset), length: length)
  }
}
