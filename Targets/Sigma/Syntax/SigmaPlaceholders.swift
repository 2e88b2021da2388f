import ConcordDetection
import ConcordDiagnostics

/// Values under `expand`: text, wildcards and placeholders, `%name%`.
///
/// A backslash escapes the percent sign (specification, *Placeholders*: `\%plain%name%` is the text `%plain` and
/// the placeholder `name`) besides what it escapes anyway; within an expression it escapes whatever follows it.
enum SigmaPlaceholders {
  /// A part of a value.
  enum Part {
    /// Text or a wildcard; of an expression, a stretch of it as it stands.
    case piece(Pattern.Piece)
    /// A percent sign that was escaped.
    case percent
    /// What stands for something else. The name is not empty and has no backslash, wildcard or percent sign.
    case placeholder(String)
  }

  /// The parts of a written value, an expression where the item has `re`.
  static func parts(_ written: String, isRegex: Bool) -> [Part] {
    let scalars = Array(written.unicodeScalars)
    var parts: [Part] = []
    var plain = String.UnicodeScalarView()
    func add(_ part: Part?) {
      if !plain.isEmpty { parts.append(.piece(.literal(String(plain)))) }
      plain = String.UnicodeScalarView()
      if let part { parts.append(part) }
    }
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      if scalar == "\\", at + 1 < scalars.count {
        let next = scalars[at + 1]
        if next == "%" {
          add(.percent)
        } else if isRegex || SigmaLiteral.isSpecial(next) {
          if isRegex { plain.append(scalar) }
          plain.append(next)
        } else {
          plain.append(scalar)
          at -= 1
        }
        at += 2
      } else if scalar == "%", let end = end(ofNameAt: at + 1, in: scalars, isRegex: isRegex) {
        add(.placeholder(String(String.UnicodeScalarView(scalars[(at + 1)..<end]))))
        at = end + 1
      } else {
        switch scalar {
        case "*" where !isRegex: add(.piece(.anyRun))
        case "?" where !isRegex: add(.piece(.anyOne))
        default: plain.append(scalar)
        }
        at += 1
      }
    }
    add(nil)
    return parts
  }

  /// The place of the percent sign that ends a name; `nil` where no name begins.
  private static func end(ofNameAt start: Int, in scalars: [Unicode.Scalar], isRegex: Bool) -> Int? {
    let end = scalars[start...].firstIndex { $0 == "%" || $0 == "\\" || !isRegex && ($0 == "*" || $0 == "?") }
    guard let end, scalars[end] == "%", end > start else { return nil }
    return end
  }

  /// The name of the first placeholder.
  static func firstName(_ parts: [Part]) -> String? {
    for case .placeholder(let name) in parts { return name }
    return nil
  }

  /// Whether a tool that does not know the escape would find a placeholder where this finds text: a percent sign
  /// stands behind an escaped one.
  static func isDoubtful(_ parts: [Part]) -> Bool {
    guard let first = parts.firstIndex(where: { if case .percent = $0 { true } else { false } }) else {
      return false
    }
    return parts[(first + 1)...].contains { part in
      switch part {
      case .percent, .placeholder: true
      case .piece(.literal(let text)): text.unicodeScalars.contains("%")
      case .piece(.anyRun), .piece(.anyOne): false
      }
    }
  }

  /// The value that means the parts: under `expand` where `isExpanded`, else as a value that has no placeholders.
  static func written(_ parts: [Part], isRegex: Bool, isExpanded: Bool) -> String {
    if isRegex { return writtenExpression(parts, isExpanded: isExpanded) }
    var spelling = SigmaLiteral.Spelling(isExpanded: isExpanded)
    for part in parts {
      switch part {
      case .piece(let piece): spelling.append(piece)
      case .percent: spelling.append(.literal("%"))
      case .placeholder(let name): spelling.append(placeholder: name)
      }
    }
    return spelling.text
  }

  private static func writtenExpression(_ parts: [Part], isExpanded: Bool) -> String {
    var text = String.UnicodeScalarView()
    for part in parts {
      switch part {
      case .percent: text.append(contentsOf: (isExpanded ? "\\%" : "%").unicodeScalars)
      case .placeholder(let name): text.append(contentsOf: "%\(name)%".unicodeScalars)
      case .piece(.literal(let literal)):
        var isEscaped = false
        for scalar in literal.unicodeScalars {
          if scalar == "%", isExpanded, !isEscaped { text.append("\\") }
          isEscaped = scalar == "\\" && !isEscaped
          text.append(scalar)
        }
      case .piece(.anyRun), .piece(.anyOne): break  // An expression has none: its wildcards are text.
      }
    }
    return String(text)
  }
}
