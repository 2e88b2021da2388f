import ConcordDetection
import ConcordDiagnostics

/// The wildcards and escapes of a Sigma value: `*` is any run, `?` any one character, and a backslash escapes
/// these two and itself; before anything else, and at the end, it is a backslash.
enum SigmaLiteral {
  /// The pattern that a written value means.
  static func pattern(_ written: String) -> Pattern {
    if isPlain(written) { return .equals(written) }
    var pieces: [Pattern.Piece] = []
    var literal = String.UnicodeScalarView()
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
    }
    var escaped = false
    for scalar in written.unicodeScalars {
      if escaped {
        if !isSpecial(scalar) { literal.append("\\") }
        literal.append(scalar)
        escaped = false
      } else if scalar == "\\" {
        escaped = true
      } else if scalar == "*" || scalar == "?" {
        flush()
        pieces.append(scalar == "*" ? .anyRun : .anyOne)
      } else {
        literal.append(scalar)
      }
    }
    if escaped { literal.append("\\") }
    flush()
    return Pattern(pieces)
  }

  /// The value that means these pieces. A backslash is doubled only where it would otherwise escape what follows.
  static func written(_ pieces: [Pattern.Piece]) -> String {
    var spelling = Spelling()
    for piece in pieces { spelling.append(piece) }
    return spelling.text
  }

  /// A value while it is being written.
  struct Spelling {
    /// Whether the value has `expand`, so that a percent sign is escaped too.
    var isExpanded = false
    private var scalars = String.UnicodeScalarView()
    private var pendingBackslash = false

    init(isExpanded: Bool = false) { self.isExpanded = isExpanded }

    /// The value so far.
    var text: String { String(scalars) + (pendingBackslash ? "\\" : "") }

    /// Adds what means the piece.
    mutating func append(_ piece: Pattern.Piece) {
      switch piece {
      case .anyRun: append("*", escaped: false)
      case .anyOne: append("?", escaped: false)
      case .literal(let text):
        for scalar in text.unicodeScalars {
          if scalar == "\\" {
            if pendingBackslash { scalars.append(contentsOf: "\\\\".unicodeScalars) }
            pendingBackslash = true
          } else {
            append(scalar, escaped: scalar == "*" || scalar == "?" || isExpanded && scalar == "%")
          }
        }
      }
    }

    /// Adds the placeholder of that name.
    mutating func append(placeholder name: String) {
      for scalar in "%\(name)%".unicodeScalars { append(scalar, escaped: false) }
    }

    private mutating func append(_ scalar: Unicode.Scalar, escaped: Bool) {
      if pendingBackslash {
        let isDoubled = isSpecial(scalar) || isExpanded && scalar == "%"
        scalars.append(contentsOf: isDoubled ? "\\\\".unicodeScalars : "\\".unicodeScalars)
      }
      pendingBackslash = false
      if escaped { scalars.append("\\") }
      scalars.append(scalar)
    }
  }

  /// The value that means exactly this text.
  static func written(_ text: String) -> String {
    isPlain(text) ? text : written([.literal(text)])
  }

  /// Whether the text means itself: it has no wildcard, and no backslash that escapes what follows it.
  private static func isPlain(_ text: String) -> Bool {
    var isEscaped = false
    return text.allBytes { byte in
      defer { isEscaped = byte == UInt8(ascii: "\\") }
      return byte != UInt8(ascii: "*") && byte != UInt8(ascii: "?")
        && !(isEscaped && byte == UInt8(ascii: "\\"))
    }
  }

  static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "*" || scalar == "?" || scalar == "\\"
  }
}
