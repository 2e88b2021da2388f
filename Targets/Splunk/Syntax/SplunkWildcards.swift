import ConcordDetection
import ConcordDiagnostics

/// The patterns of `search`: `*` is any run, quoted or not, and nothing escapes it.
enum SplunkWildcards {
  /// The pattern that a value means.
  static func pattern(_ text: String) -> Pattern {
    var pieces: [Pattern.Piece] = []
    for (index, part) in text.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { pieces.append(.anyRun) }
      pieces.append(.literal(String(part)))
    }
    return Pattern(pieces)
  }

  /// What stands before the only `*` of a name, at its end; `nil` of any other name.
  static func prefix(_ name: String) -> String? {
    name.hasSuffix("*") && !name.dropLast().contains("*") ? String(name.dropLast()) : nil
  }

  /// The value that means the pattern; `nil` for one that `search` cannot say.
  static func text(_ pattern: Pattern) -> String? {
    var text = ""
    for piece in pattern.pieces {
      switch piece {
      case .literal(let literal):
        if literal.utf8.contains(UInt8(ascii: "*")) { return nil }
        text += literal
      case .anyRun: text += "*"
      case .anyOne: return nil
      }
    }
    return text
  }
}

/// The patterns of `like`: `%` is any run, `_` any one character, and nothing escapes them.
enum SplunkLike {
  /// The pattern that a text means.
  static func pattern(_ text: String) -> Pattern {
    Pattern(
      text.unicodeScalars.map { scalar in
        switch scalar {
        case "%": .anyRun
        case "_": .anyOne
        default: .literal(String(scalar))
        }
      })
  }
}
