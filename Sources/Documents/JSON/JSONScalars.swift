import ConcordDiagnostics

// Numbers and strings of JSON.

/// Whether the byte can stand in a bare word or number.
func isWordByte(_ byte: UInt8) -> Bool {
  byte.isWord || byte == UInt8(ascii: ".") || byte >= 0x80
}

extension JSONReader {
  /// number = ["-"] ("0" | digit1-9 digits) ["." digits] [("e" | "E") ["+" | "-"] digits]
  mutating func number() throws(Diagnostic) -> Number {
    let start = offset
    var isInteger = true
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let whole = offset
    guard skipDigits() else { throw badNumber(start) }
    if bytes[whole] == 0x30, offset > whole + 1 { throw badNumber(start) }
    if bytes[offset] == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      guard skipDigits() else { throw badNumber(start) }
    }
    if bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset += 1
      if bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() else { throw badNumber(start) }
    }
    if isWordByte(bytes[offset]) { throw badNumber(start) }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let isShortest =
      isInteger && (whole == start || bytes[whole] != 0x30) && offset - whole <= Number.expansionLimit
    if isShortest { return Number(shortest: text) }
    guard let number = Number(text) else { throw badNumber(start) }
    return number
  }

  private mutating func skipDigits() -> Bool {
    let start = offset
    while bytes[offset].isDigit { offset += 1 }
    return offset > start
  }

  /// string = quote { any scalar but quote, backslash and U+0000 to U+001F | escape } quote
  mutating func string() throws(Diagnostic) -> JSONText {
    let opening = offset
    offset += 1
    skipPlainText()
    if bytes[offset] == UInt8(ascii: "\"") {
      let text = String(decoding: bytes[(opening + 1)..<offset], as: UTF8.self)
      offset += 1
      return .string(text)
    }
    return try escapedString(opening)
  }

  private mutating func skipPlainText() {
    bytes.withUnsafeBufferPointer { bytes in
      while true {
        let byte = bytes[offset]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
        offset += 1
      }
    }
  }

  /// The rest of a string that has escapes. Surrogates without a partner are collected as their generalised
  /// UTF-8 form, and the whole becomes code units in the end.
  private mutating func escapedString(_ opening: Int) throws(Diagnostic) -> JSONText {
    var text = GeneralisedText()
    var plain = opening + 1
    while true {
      skipPlainText()
      text.bytes.append(contentsOf: bytes[plain..<offset])
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return text.text
      case UInt8(ascii: "\\"): try escape(&text)
      default:
        throw isAtEnd || bytes[offset] == 0x0A || bytes[offset] == 0x0D
          ? failure(.unclosedString(opening)) : failure(.controlCharacter)
      }
      plain = offset
    }
  }

  /// escape = "\" (quote | "\" | "/" | "b" | "f" | "n" | "r" | "t" | "u" hex hex hex hex)
  private mutating func escape(_ text: inout GeneralisedText) throws(Diagnostic) {
    let simple: UInt8
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = bytes[offset + 1]
    case UInt8(ascii: "b"): simple = 0x08
    case UInt8(ascii: "f"): simple = 0x0C
    case UInt8(ascii: "n"): simple = 0x0A
    case UInt8(ascii: "r"): simple = 0x0D
    case UInt8(ascii: "t"): simple = 0x09
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(at: offset) else { throw failure(.badEscape) }
      offset += 6
      guard unit & 0xFC00 == 0xD800, let low = codeUnit(at: offset), low & 0xFC00 == 0xDC00 else {
        return text.append(UInt32(unit))
      }
      offset += 6
      return text.append(0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(low & 0x3FF))
    default: throw failure(.badEscape)
    }
    offset += 2
    text.bytes.append(simple)
  }

  /// The code unit that `\uXXXX` at `start` spells, if that stands there.
  private func codeUnit(at start: Int) -> UInt16? {
    guard start + 6 < bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt16 = 0
    for index in (start + 2)..<(start + 6) {
      guard let digit = bytes[index].hexValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

/// UTF-8 in which surrogates may stand alone.
private struct GeneralisedText {
  var bytes: [UInt8] = []
  private var isMalformed = false

  /// Appends a code point, which may be a surrogate.
  mutating func append(_ point: UInt32) {
    if point & 0xFFFF_F800 == 0xD800 { isMalformed = true }
    switch point {
    case 0..<0x80: bytes.append(UInt8(point))
    case 0x80..<0x800: bytes += [UInt8(0xC0 | point >> 6), UInt8(0x80 | point & 0x3F)]
    case 0x800..<0x10000:
      bytes += [
        UInt8(0xE0 | point >> 12), UInt8(0x80 | (point >> 6) & 0x3F), UInt8(0x80 | point & 0x3F),
      ]
    default:
      bytes += [
        UInt8(0xF0 | (point >> 18) & 7), UInt8(0x80 | (point >> 12) & 0x3F),
        UInt8(0x80 | (point >> 6) & 0x3F), UInt8(0x80 | point & 0x3F),
      ]
    }
  }

  var text: JSONText {
    guard isMalformed else { return .string(String(decoding: bytes, as: UTF8.self)) }
    var units: [UInt16] = []
    var rest = bytes[...]
    while let first = rest.first {
      if first == 0xED, let second = rest.dropFirst().first, second >= 0xA0,
        let third = rest.dropFirst(2).first
      {
        units.append(0xD000 | UInt16(second & 0x3F) << 6 | UInt16(third & 0x3F))
        rest = rest.dropFirst(3)
      } else {
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        units.append(contentsOf: String(decoding: rest.prefix(length), as: UTF8.self).utf16)
        rest = rest.dropFirst(length)
      }
    }
    return .malformed(units)
  }
}
