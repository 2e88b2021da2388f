import ConcordDiagnostics
import ConcordDocuments

/// Reads JSON as `json_extract` and `json_extract_scalar` do: as a stream, up to the end of the value that the path
/// leads to. What comes after it may be malformed or missing; of two equal keys the first decides.
/// [Trino JsonExtract; executed: Trino 414, 482]
struct AthenaJSONStream {
  private let bytes: [UInt8]
  private var index = 0
  /// How many objects and arrays are open.
  private var depth = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The text of the text, number (as it is written) or boolean at the path; `nil`, which is NULL, of anything else
  /// and where the JSON is malformed before its end.
  static func scalar(of text: String, at keys: [String]) -> String? {
    var stream = AthenaJSONStream(text)
    guard stream.reach(keys), let start = stream.peek else { return nil }
    let begin = stream.index
    switch start {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "n"): return nil
    default: break
    }
    guard stream.skipScalar() else { return nil }
    let spelled = String(decoding: stream.bytes[begin..<stream.index], as: UTF8.self)
    guard start == UInt8(ascii: "\"") else { return spelled }
    return (try? JSON.parse(spelled))?.athenaText
  }

  /// The value at the path, its members as they are written; `nil`, which is NULL, where there is none and where the
  /// JSON is malformed before its end. Throws where it is nested deeper than is modelled.
  static func value(of text: String, at keys: [String]) throws(AthenaFailure) -> Value? {
    var stream = AthenaJSONStream(text)
    guard stream.reach(keys) else { return nil }
    let begin = stream.index
    guard stream.skipValue() else { return nil }
    return try AthenaJSONText.parse(String(decoding: stream.bytes[begin..<stream.index], as: UTF8.self))
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: Character) -> Bool {
    guard let ascii = byte.asciiValue, peek == ascii else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
  }

  /// Goes to the beginning of the value that the keys lead to. A key that spells a number is an array's index.
  private mutating func reach(_ keys: [String]) -> Bool {
    skipSpace()
    for key in keys {
      depth += 1
      if take("{") {
        guard reachMember(key) else { return false }
      } else if take("[") {
        guard let place = AthenaInteger.int32(key), place >= 0, reachElement(place) else { return false }
      } else {
        return false
      }
      skipSpace()
    }
    return peek != nil
  }

  private mutating func reachMember(_ key: String) -> Bool {
    var isFirst = true
    while true {
      skipSpace()
      if !isFirst {
        guard take(",") else { return false }
        skipSpace()
      }
      isFirst = false
      guard let name = takeName() else { return false }
      if case .string(let text) = name, text.sameScalars(as: key) { return true }
      skipSpace()
      guard skipValue() else { return false }
    }
  }

  private mutating func reachElement(_ place: Int32) -> Bool {
    for _ in 0..<place {
      skipSpace()
      guard skipValue() else { return false }
      skipSpace()
      guard take(",") else { return false }
    }
    skipSpace()
    return true
  }

  /// A member's name and the colon after it.
  private mutating func takeName() -> Value? {
    let begin = index
    guard skipString() else { return nil }
    let name = try? JSON.parse(String(decoding: bytes[begin..<index], as: UTF8.self))
    skipSpace()
    return take(":") ? name : nil
  }

  /// Goes behind the value that begins here; `false` where it is malformed or has no end.
  private mutating func skipValue() -> Bool {
    var open: [UInt8] = []
    repeat {
      // A value begins here.
      if take("{") {
        depth += 1
        skipSpace()
        if take("}") {
          depth -= 1
        } else {
          open.append(UInt8(ascii: "}"))
          guard takeName() != nil else { return false }
          skipSpace()
          continue
        }
      } else if take("[") {
        depth += 1
        skipSpace()
        if take("]") {
          depth -= 1
        } else {
          open.append(UInt8(ascii: "]"))
          continue
        }
      } else {
        guard skipScalar() else { return false }
      }
      // A value ended here.
      while let close = open.last {
        skipSpace()
        if take(",") {
          skipSpace()
          if close == UInt8(ascii: "}") {
            guard takeName() != nil else { return false }
            skipSpace()
          }
          break
        }
        guard peek == close else { return false }
        index += 1
        depth -= 1
        open.removeLast()
      }
    } while !open.isEmpty
    return true
  }

  private mutating func skipScalar() -> Bool {
    switch peek {
    case UInt8(ascii: "\"")?: skipString()
    case UInt8(ascii: "t")?: skipWord("true")
    case UInt8(ascii: "f")?: skipWord("false")
    case UInt8(ascii: "n")?: skipWord("null")
    default: skipNumber()
    }
  }

  private mutating func skipWord(_ word: String) -> Bool {
    guard bytes[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    // A word goes on as a Java identifier would.
    let rest = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).unicodeScalars
    return rest.first.map { $0.value < 0x30 || !AthenaJSONStream.isIdentifierPart($0) } ?? true
  }

  private static func isIdentifierPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .connectorPunctuation, .currencySymbol, .nonspacingMark, .spacingMark, .format, .control:
      true
    default: false
    }
  }

  private mutating func skipNumber() -> Bool {
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    _ = take("-")
    guard isDigit(peek) else { return false }
    if take("0") {
      if isDigit(peek) { return false }
    } else {
      while isDigit(peek) { index += 1 }
    }
    if take(".") {
      guard isDigit(peek) else { return false }
      while isDigit(peek) { index += 1 }
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard isDigit(peek) else { return false }
      while isDigit(peek) { index += 1 }
    }
    // Only a number that is the whole document must end in white space.
    guard depth == 0, let next = peek else { return true }
    return next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
  }

  private mutating func skipString() -> Bool {
    guard take("\"") else { return false }
    while let byte = peek {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"):
        guard let escaped = peek else { return false }
        index += 1
        if escaped == UInt8(ascii: "u") {
          guard index + 4 <= bytes.count, bytes[index..<(index + 4)].allSatisfy(AthenaJSONStream.isHex)
          else { return false }
          index += 4
        } else if !"\"\\/bfnrt".utf8.contains(escaped) {
          return false
        }
      case 0..<0x20: return false
      default: break
      }
    }
    return false
  }
}
