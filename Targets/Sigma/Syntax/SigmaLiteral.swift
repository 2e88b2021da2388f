import ConcordDetection
import ConcordDiagnostics

/// The wildcards and escapes of a Sigma value: `*` is any run, `?` any one character, and a backslash escapes
/// these two and itself; before anything else, and at the end, it is a backslash.
enum SigmaLiteral {
  /// The pattern that a written value means.
  static func pattern(_ written: String) -> Pattern {
    if isPlain(written) { return .equals(written) }
    var pieces: [Pattern.Piece] = []
    // All that is special is ASCII, so bytes will do.
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
      literal.removeAll(keepingCapacity: true)
    }
    var escaped = false
    for byte in written.utf8 {
      if escaped {
        if byte != backslash, !isWildcard(byte) { literal.append(backslash) }
        literal.append(byte)
        escaped = false
      } else if byte == backslash {
        escaped = true
      } else if isWildcard(byte) {
        flush()
        pieces.append(byte == UInt8(ascii: "*") ? .anyRun : .anyOne)
      } else {
        literal.append(byte)
      }
    }
    if escaped { literal.append(backslash) }
    flush()
    return Pattern(pieces)
  }

  /// The value that means these pieces. A backslash is doubled only where it would otherwise escape what follows.
  static func written(_ pieces: [Pattern.Piece]) -> String {
    if pieces.count == 1, case .literal(let text) = pieces[0], isPlain(text) { return text }
    var spelling = Spelling()
    for piece in pieces { spelling.append(piece) }
    return spelling.text
  }

  /// A value while it is being written: as bytes, of which all that are special are ASCII.
  struct Spelling {
    /// Whether the value has `expand`, so that a percent sign is escaped too.
    var isExpanded = false
    private var bytes: [UInt8] = []
    private var pendingBackslash = false

    init(isExpanded: Bool = false) { self.isExpanded = isExpanded }

    /// The value so far.
    var text: String { String(decoding: bytes, as: UTF8.self) + (pendingBackslash ? "\\" : "") }

    /// Adds what means the piece.
    mutating func append(_ piece: Pattern.Piece) {
      switch piece {
      case .anyRun: append(UInt8(ascii: "*"), escaped: false)
      case .anyOne: append(UInt8(ascii: "?"), escaped: false)
      case .literal(let text):
        for byte in text.utf8 {
          if byte == backslash {
            if pendingBackslash { bytes += [byte, byte] }
            pendingBackslash = true
          } else {
            append(byte, escaped: isWildcard(byte) || isExpanded && byte == UInt8(ascii: "%"))
          }
        }
      }
    }

    /// Adds the placeholder of that name.
    mutating func append(placeholder name: String) {
      for byte in "%\(name)%".utf8 { append(byte, escaped: false) }
    }

    private mutating func append(_ byte: UInt8, escaped: Bool) {
      if pendingBackslash {
        bytes.append(backslash)
        if isWildcard(byte) || isExpanded && byte == UInt8(ascii: "%") { bytes.append(backslash) }
      }
      pendingBackslash = false
      if escaped { bytes.append(backslash) }
      bytes.append(byte)
    }
  }

  /// The value that means exactly this text.
  static func written(_ text: String) -> String {
    isPlain(text) ? text : written([.literal(text)])
  }

  private static let backslash = UInt8(ascii: "\\")

  /// Whether the text means itself: it has no wildcard, and no backslash that escapes what follows it.
  private static func isPlain(_ text: String) -> Bool {
    var isEscaped = false
    return text.allBytes { byte in
      defer { isEscaped = byte == backslash }
      return !isWildcard(byte) && !(isEscaped && byte == backslash)
    }
  }

  private static func isWildcard(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
  }

  static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "*" || scalar == "?" || scalar == "\\"
  }
}
