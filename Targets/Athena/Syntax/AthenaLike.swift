import ConcordDetection
import ConcordDiagnostics

/// `LIKE`'s patterns.
enum AthenaLike {
  /// The pattern in `LIKE`'s spelling with `\` as its escape: an escape before anything but `%`, `_` and itself
  /// fails the query. [trino type/LikeFunctions.java]
  static func text(_ pattern: Pattern) -> String {
    var bytes: [UInt8] = []
    for piece in pattern.pieces {
      switch piece {
      case .anyRun: bytes.append(UInt8(ascii: "%"))
      case .anyOne: bytes.append(UInt8(ascii: "_"))
      case .literal(let literal):
        for byte in literal.utf8 {
          if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
            bytes.append(UInt8(ascii: "\\"))
          }
          bytes.append(byte)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The pattern that a `LIKE` text spells. Without an escape no character escapes. Throws where Trino fails: an
  /// escape that is not one character, or one before anything but `%`, `_` and itself.
  /// [trino type/LikeFunctions.java]
  static func pattern(_ text: String, escape: String?, in source: Source, at span: Span?) throws(Diagnostic)
    -> Pattern
  {
    var mark: Unicode.Scalar?
    if let escape {
      let scalars = Array(escape.unicodeScalars)
      guard scalars.count == 1, let only = scalars.first, only.value <= 0xFFFF else {
        throw .badLike("the escape of `LIKE` must be one character", in: source, at: span)
      }
      mark = only
    }
    var pieces: [Pattern.Piece] = []
    var literal = String.UnicodeScalarView()
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
    }
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if scalar == mark {
        guard let escaped = rest.popFirst(), escaped == "%" || escaped == "_" || escaped == mark else {
          throw .badLike(
            "the escape of `LIKE` must be followed by `%`, `_` or itself", in: source, at: span)
        }
        literal.append(escaped)
      } else if scalar == "%" || scalar == "_" {
        flush()
        pieces.append(scalar == "%" ? .anyRun : .anyOne)
      } else {
        literal.append(scalar)
      }
    }
    flush()
    return Pattern(pieces)
  }
}

extension Pattern {
  /// Whether a letter beyond U+FFFF is looked for at no fixed place: in a pattern of more than `a%`, `%b` and `a%b`.
  /// Trino 414 does not find it there in lambdas and constants. [executed: Trino 414, 482]
  var seeksBeyondPlane: Bool {
    var literals = ""
    for case .literal(let text) in pieces { literals += text }
    guard pieces.count > 2, literals.unicodeScalars.contains(where: { $0.value > 0xFFFF }) else {
      return false
    }
    guard pieces.count == 3, case .literal? = pieces.first, case .literal? = pieces.last else { return true }
    return false
  }
}
