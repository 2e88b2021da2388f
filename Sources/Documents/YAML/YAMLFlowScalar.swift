import ConcordDiagnostics

// Plain and quoted scalars.

extension YAMLParser {
  /// A plain or quoted scalar. Its lines after the first must be indented by more than `indent`.
  mutating func flowScalar(_ properties: Properties, indent: Int, isFlow: Bool) throws(Diagnostic) {
    switch bytes[offset] {
    case UInt8(ascii: "\""): try doubleQuoted(properties, indent)
    case UInt8(ascii: "'"): try singleQuoted(properties, indent)
    default:
      guard mayBeginPlain(isFlow) else { throw badBeginning(isFlow: isFlow) }
      plain(properties, indent, isFlow)
    }
  }

  private func mayBeginPlain(_ isFlow: Bool) -> Bool {
    switch bytes[offset] {
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      !isSpaceOrEnd(bytes[offset + 1]) && !(isFlow && isFlowIndicator(bytes[offset + 1]))
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
      UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"),
      UInt8(ascii: "`"):
      false
    default: true
    }
  }

  /// plain = text without ": " and " #", and within brackets without their characters
  private mutating func plain(_ properties: Properties, _ indent: Int, _ isFlow: Bool) {
    let start = offset
    let firstEnd = skipPlainLine(isFlow)
    offset = firstEnd
    var text: [UInt8] = []
    var segment = start
    while let breaks = plainContinuation(indent, isFlow) {
      text.append(contentsOf: bytes[segment..<lastEnd])
      appendFold(breaks, to: &text)
      segment = offset
      offset = skipPlainLine(isFlow)
      lastEnd = offset
    }
    endToken()
    if segment == start {
      let whole = string(of: start..<offset)
      return emit(.scalar(whole, .plain), properties, from: start, to: offset, text: .line(start))
    }
    text.append(contentsOf: bytes[segment..<offset])
    emit(.scalar(String(decoding: text, as: UTF8.self), .plain), properties, from: start, to: offset)
  }

  private func string(of range: Range<Int>) -> String {
    bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
    }
  }

  /// The end of the plain text that begins here and stays on this line.
  private func skipPlainLine(_ isFlow: Bool) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var index = offset
      var end = offset
      while true {
        let byte = bytes[index]
        switch byte {
        case 0x20, 0x09:
          index += 1
          continue
        case 0, 0x0A, 0x0D: return end
        case UInt8(ascii: ":"):
          let next = bytes[index + 1]
          if isSpaceOrEnd(next) || (isFlow && isFlowIndicator(next)) { return end }
        case UInt8(ascii: "#"): if index > end { return end }
        default: if isFlow, isFlowIndicator(byte) { return end }
        }
        index += 1
        end = index
      }
    }
  }

  /// Goes to the next line if the plain scalar goes on there: how many line breaks lie between. Otherwise stays.
  private mutating func plainContinuation(_ indent: Int, _ isFlow: Bool) -> Int? {
    lastEnd = offset
    let before = (offset, lineStart, isFresh, sawTab)
    skipBlanks()
    var breaks = 0
    while isBreak(bytes[offset]) {
      skipBreak()
      breaks += 1
      let spaces = leadingSpaces
      let isMarker = isAtAnyMarker
      skipBlanks()
      if isBreak(bytes[offset]) { continue }
      let byte = bytes[offset]
      let isText = !isMarker && spaces > indent && byte != UInt8(ascii: "#") && !isAtEnd
      let isStop = byte == UInt8(ascii: ":") && isSpaceOrEnd(bytes[offset + 1])
      if isText, !isFlow || !(isFlowIndicator(byte) || isStop || flowColonStops()) { return breaks }
    }
    (offset, lineStart, isFresh, sawTab) = before
    return nil
  }

  private func flowColonStops() -> Bool {
    bytes[offset] == UInt8(ascii: ":") && isFlowIndicator(bytes[offset + 1])
  }

  /// A single line break becomes a space; of several, all but the first stay.
  private func appendFold(_ breaks: Int, to text: inout [UInt8]) {
    if breaks == 1 {
      text.append(0x20)
    } else {
      text.append(contentsOf: repeatElement(0x0A, count: max(0, breaks - 1)))
    }
  }

  // MARK: Quoted

  /// single-quoted = "'" { any character but "'" | "''" } "'"
  private mutating func singleQuoted(_ properties: Properties, _ indent: Int) throws(Diagnostic) {
    let opening = offset
    var text: [UInt8] = []
    offset += 1
    var segment = offset
    var isExact = true
    while true {
      skip { $0 == UInt8(ascii: "'") }
      let byte = bytes[offset]
      if byte == UInt8(ascii: "'") {
        if isExact, bytes[offset + 1] != byte {
          return emitQuoted(string(of: segment..<offset), .singleQuoted, properties, opening, isExact: true)
        }
        text.append(contentsOf: bytes[segment..<offset])
        guard bytes[offset + 1] == byte else { break }
        isExact = false
        offset += 2
        segment = offset - 1
      } else if isBreak(byte) {
        text.append(contentsOf: bytes[segment..<blanksBefore(segment)])
        appendFold(try quotedBreaks(opening, indent), to: &text)
        isExact = false
        segment = offset
      } else if isAtEnd {
        throw unclosedQuote(opening)
      } else {
        offset += 1
      }
    }
    emitQuoted(String(decoding: text, as: UTF8.self), .singleQuoted, properties, opening, isExact: false)
  }

  /// double-quoted = quote { any character but quote and "\" | escape } quote
  private mutating func doubleQuoted(_ properties: Properties, _ indent: Int) throws(Diagnostic) {
    let opening = offset
    var text: [UInt8] = []
    offset += 1
    var segment = offset
    var isExact = true
    while true {
      skip { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        if isExact {
          return emitQuoted(string(of: segment..<offset), .doubleQuoted, properties, opening, isExact: true)
        }
        text.append(contentsOf: bytes[segment..<offset])
        break
      } else if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: bytes[segment..<offset])
        isExact = false
        offset += 1
        if isBreak(bytes[offset]) {
          let breaks = try quotedBreaks(opening, indent)
          text.append(contentsOf: repeatElement(0x0A, count: breaks - 1))
        } else {
          try escape(opening, into: &text)
        }
        segment = offset
      } else if isBreak(byte) {
        text.append(contentsOf: bytes[segment..<blanksBefore(segment)])
        appendFold(try quotedBreaks(opening, indent), to: &text)
        isExact = false
        segment = offset
      } else if isAtEnd {
        throw unclosedQuote(opening)
      } else {
        offset += 1
      }
    }
    emitQuoted(String(decoding: text, as: UTF8.self), .doubleQuoted, properties, opening, isExact: false)
  }

  private mutating func emitQuoted(
    _ text: String, _ style: YAMLScalarStyle, _ properties: Properties, _ opening: Int, isExact: Bool
  ) {
    advance(1)
    emit(
      .scalar(text, style), properties, from: opening, to: offset,
      text: isExact ? .line(opening + 1) : .none)
  }

  /// Where the blanks before `offset` begin, but not before `segment`.
  private func blanksBefore(_ segment: Int) -> Int {
    var end = offset
    while end > segment, isBlank(bytes[end - 1]) { end -= 1 }
    return end
  }

  /// Skips line breaks and the white space of the lines after them: how many breaks.
  private mutating func quotedBreaks(_ opening: Int, _ indent: Int) throws(Diagnostic) -> Int {
    var breaks = 0
    while isBreak(bytes[offset]) {
      skipBreak()
      breaks += 1
      if isAtAnyMarker { throw markerInQuote(opening) }
      let spaces = leadingSpaces
      skipBlanks()
      if isBreak(bytes[offset]) || isAtEnd { continue }
      guard spaces > indent else {
        throw sawTab ? tabIndentation() : tooLittleQuoteIndentation(opening)
      }
    }
    return breaks
  }

  /// escape = "\" (one of 0abtnvfre"/\N_LP, space, tab, x hex2, u hex4, U hex8)
  private mutating func escape(_ opening: Int, into text: inout [UInt8]) throws(Diagnostic) {
    let start = offset - 1
    let byte = bytes[offset]
    offset += 1
    let length: Int
    switch byte {
    case UInt8(ascii: "0"): return text.append(0x00)
    case UInt8(ascii: "a"): return text.append(0x07)
    case UInt8(ascii: "b"): return text.append(0x08)
    case UInt8(ascii: "t"), 0x09: return text.append(0x09)
    case UInt8(ascii: "n"): return text.append(0x0A)
    case UInt8(ascii: "v"): return text.append(0x0B)
    case UInt8(ascii: "f"): return text.append(0x0C)
    case UInt8(ascii: "r"): return text.append(0x0D)
    case UInt8(ascii: "e"): return text.append(0x1B)
    case 0x20, UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"): return text.append(byte)
    case UInt8(ascii: "N"): return text.append(contentsOf: "\u{85}".utf8)
    case UInt8(ascii: "_"): return text.append(contentsOf: "\u{A0}".utf8)
    case UInt8(ascii: "L"): return text.append(contentsOf: "\u{2028}".utf8)
    case UInt8(ascii: "P"): return text.append(contentsOf: "\u{2029}".utf8)
    case UInt8(ascii: "x"): length = 2
    case UInt8(ascii: "u"): length = 4
    case UInt8(ascii: "U"): length = 8
    default: throw isAtEnd ? unclosedQuote(opening) : badEscape(start)
    }
    guard var code = hex(length) else { throw badEscape(start) }
    // A pair of surrogates, as JSON spells characters beyond U+FFFF.
    if code & 0xFFFF_FC00 == 0xD800, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    {
      offset += 2
      guard let low = hex(4), low & 0xFFFF_FC00 == 0xDC00 else { throw badEscape(start) }
      code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
    }
    guard let scalar = Unicode.Scalar(code) else { throw badEscape(start) }
    text.append(contentsOf: String(Character(scalar)).utf8)
  }

  private mutating func hex(_ length: Int) -> UInt32? {
    var code: UInt32 = 0
    for _ in 0..<length {
      guard let digit = bytes[offset].hexValue else { return nil }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }
}
