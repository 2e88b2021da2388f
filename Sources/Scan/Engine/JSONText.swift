import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Texts of JSON that was checked before: what a string spells, and how a value is compared.
enum JSONText {
  /// The code unit that `\uXXXX` spells at a place, if that stands there.
  private static func codeUnit(_ bytes: Bytes, _ at: Int, _ end: Int) -> UInt32? {
    guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt32 = 0
    for index in (at + 2)..<(at + 6) {
      guard let digit = bytes[index].hexValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// An escape: the scalar or lone surrogate that it spells, and how long it is.
  static func escape(_ bytes: Bytes, _ at: Int, _ end: Int) -> (point: UInt32, length: Int) {
    guard at + 1 < end else { return (UInt32(bytes[at]), 1) }
    switch bytes[at + 1] {
    case UInt8(ascii: "b"): return (0x08, 2)
    case UInt8(ascii: "f"): return (0x0C, 2)
    case UInt8(ascii: "n"): return (0x0A, 2)
    case UInt8(ascii: "r"): return (0x0D, 2)
    case UInt8(ascii: "t"): return (0x09, 2)
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(bytes, at, end) else { return (UInt32(bytes[at]), 1) }
      guard unit & 0xFC00 == 0xD800, let low = codeUnit(bytes, at + 6, end), low & 0xFC00 == 0xDC00 else {
        return (unit, 6)
      }
      return (0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF), 12)
    default: return (UInt32(bytes[at + 1]), 2)
    }
  }

  @inline(__always)
  static func isSurrogate(_ point: UInt32) -> Bool { point & 0xFFFF_F800 == 0xD800 }

  /// Appends what the inside of a string spells, U+FFFD for surrogates without a partner. `false` where there is
  /// one.
  @discardableResult
  static func decode(_ bytes: Bytes, _ start: Int, _ end: Int, into arena: Arena) -> Bool {
    arena.reserve(end - start)
    var at = start
    var isWellFormed = true
    while at < end {
      while at + 8 <= end {
        let word = bytes.word(at: at)
        let stops = Words.equal(word, UInt8(ascii: "\\"))
        let used = stops == 0 ? 8 : Words.first(stops)
        arena.append(word, used)
        at += used
        if stops != 0 { break }
      }
      while at < end, bytes[at] != UInt8(ascii: "\\") {
        arena.append(bytes[at])
        at += 1
      }
      if at >= end { break }
      let escape = escape(bytes, at, end)
      at += escape.length
      if isSurrogate(escape.point) {
        isWellFormed = false
        append(0xFFFD, to: arena)
      } else {
        append(escape.point, to: arena)
      }
    }
    return isWellFormed
  }

  /// Appends a scalar as UTF-8; room for it was made.
  @inline(__always)
  static func append(_ point: UInt32, to arena: Arena) {
    switch point {
    case 0..<0x80: arena.append(UInt8(point))
    case 0x80..<0x800:
      arena.append(UInt8(0xC0 | point >> 6))
      arena.append(UInt8(0x80 | point & 0x3F))
    case 0x800..<0x10000:
      arena.append(UInt8(0xE0 | point >> 12))
      arena.append(UInt8(0x80 | (point >> 6) & 0x3F))
      arena.append(UInt8(0x80 | point & 0x3F))
    default:
      arena.append(UInt8(0xF0 | (point >> 18) & 7))
      arena.append(UInt8(0x80 | (point >> 12) & 0x3F))
      arena.append(UInt8(0x80 | (point >> 6) & 0x3F))
      arena.append(UInt8(0x80 | point & 0x3F))
    }
  }

  /// Whether a JSON number is written as its shortest decimal, as `Number.shortest` has it.
  static func isShortest(_ number: Bytes) -> Bool {
    var at = number.count > 0 && number[0] == UInt8(ascii: "-") ? 1 : 0
    let whole = at
    while at < number.count, number[at] &- 0x30 < 10 { at += 1 }
    if at == number.count {
      return (whole == 0 || number[whole] != 0x30) && at - whole <= Number.expansionLimit
    }
    guard number[at] == UInt8(ascii: "."), number.count <= 40 else { return false }
    at += 1
    while at < number.count, number[at] &- 0x30 < 10 { at += 1 }
    return at == number.count && number[at - 1] != 0x30
  }

  /// Appends an object or array as its compact JSON (`Value.compactJSON`).
  static func appendCompact(_ bytes: Bytes, _ start: Int, _ end: Int, to arena: Arena) {
    // An escape is written in at most as many bytes as it was.
    arena.reserve(end - start)
    var at = start
    while at < end {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at = appendString(bytes, at, end, to: arena)
      } else {
        if byte > 0x20 { arena.append(byte) }
        at += 1
      }
    }
  }

  /// Appends a string as `Value.compactJSON` writes it; the place after its closing quote.
  private static func appendString(_ bytes: Bytes, _ start: Int, _ end: Int, to arena: Arena) -> Int {
    arena.append(UInt8(ascii: "\""))
    var at = start + 1
    while at < end, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] != UInt8(ascii: "\\") {
        arena.append(bytes[at])
        at += 1
        continue
      }
      let escape = escape(bytes, at, end)
      at += escape.length
      appendEscaped(escape.point, to: arena)
    }
    arena.append(UInt8(ascii: "\""))
    return at + 1
  }

  private static func appendEscaped(_ point: UInt32, to arena: Arena) {
    func short(_ letter: UInt8) {
      arena.append(UInt8(ascii: "\\"))
      arena.append(letter)
    }
    switch point {
    case 0x22, 0x5C: short(UInt8(point))
    case 0x08: short(UInt8(ascii: "b"))
    case 0x09: short(UInt8(ascii: "t"))
    case 0x0A: short(UInt8(ascii: "n"))
    case 0x0C: short(UInt8(ascii: "f"))
    case 0x0D: short(UInt8(ascii: "r"))
    case 0..<0x20, 0xD800..<0xE000:
      short(UInt8(ascii: "u"))
      for shift in [12, 8, 4, 0] as [UInt32] {
        let digit = UInt8(point >> shift & 0xF)
        arena.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
      }
    default: append(point, to: arena)
    }
  }
}

/// Checks UTF-8 by the table of well-formed sequences (The Unicode Standard, table 3-7).
enum UTF8Check {
  /// The first byte that belongs to no well-formed sequence; `nil` where there is none.
  static func firstFault(_ bytes: Bytes, _ start: Int, _ end: Int) -> Int? {
    var at = start
    while at < end {
      if at + 8 <= end, bytes.word(at: at) & Words.highs == 0 {
        at += 8
        continue
      }
      let first = bytes[at]
      if first < 0x80 {
        at += 1
        continue
      }
      let (length, low, high): (Int, UInt8, UInt8)
      switch first {
      case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
      case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
      case 0xED: (length, low, high) = (3, 0x80, 0x9F)
      case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
      case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
      case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
      case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
      default: return at
      }
      guard at + length <= end, bytes[at + 1] >= low, bytes[at + 1] <= high else { return at }
      for index in 2..<max(2, length) where bytes[at + index] & 0xC0 != 0x80 { return at }
      at += length
    }
    return nil
  }
}

/// `LetterCase.lower` on UTF-8.
enum Lowercase {
  /// The lower case of the scalars below U+1F000, made once; cased scripts end there, and others are asked one by
  /// one.
  private static let table: Frozen<UInt32> = {
    var table = Array(0..<UInt32(0x1F000))
    for value in 0..<UInt32(0x1F000) {
      guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { continue }
      table[Int(value)] = LetterCase.lower(scalar).value
    }
    return Frozen(table)
  }()

  /// Appends the folded text. The source may stand in the arena: `source` is asked for it once there is room.
  static func append(_ count: Int, isASCII: Bool, to arena: Arena, _ source: () -> Bytes) {
    // No scalar's lower case needs more than twice the bytes.
    arena.reserve(isASCII ? count : 2 * count)
    let text = source()
    var at = 0
    while at < text.count {
      while at + 8 <= text.count {
        let word = text.word(at: at)
        if word & Words.highs != 0 { break }
        arena.append(Words.lower(word), 8)
        at += 8
      }
      if at >= text.count { break }
      let byte = text[at]
      if byte < 0x80 {
        arena.append(asciiLower(byte))
        at += 1
      } else {
        let (point, length) = scalar(text, at)
        JSONText.append(lower(point), to: arena)
        at += length
      }
    }
  }

  /// The scalar that begins at a place of well-formed UTF-8, and its length.
  @inline(__always)
  static func scalar(_ text: Bytes, _ at: Int) -> (point: UInt32, length: Int) {
    let first = UInt32(text[at])
    if first < 0x80 { return (first, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | UInt32(text[at + 1] & 0x3F), 2) }
    if first < 0xF0 {
      return ((first & 0xF) << 12 | UInt32(text[at + 1] & 0x3F) << 6 | UInt32(text[at + 2] & 0x3F), 3)
    }
    return (
      (first & 7) << 18 | UInt32(text[at + 1] & 0x3F) << 12 | UInt32(text[at + 2] & 0x3F) << 6
        | UInt32(text[at + 3] & 0x3F), 4
    )
  }

  static func lower(_ point: UInt32) -> UInt32 {
    if point < 0x1F000 { return table[Int(point)] }
    return Unicode.Scalar(point).map { LetterCase.lower($0).value } ?? point
  }
}
