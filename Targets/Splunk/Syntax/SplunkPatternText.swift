import ConcordDetection
import ConcordDiagnostics

/// Patterns as regular expressions for `match()`, which is PCRE, unanchored and exact in letter case.
///
/// A character that means something to PCRE, to an SPL string or to a dashboard stands in a class of its own or
/// as `\x` and its number; `\z` is the end of the text (`$` would let a line feed pass). Runs between literals are
/// atomic groups, so that a match takes no more steps than the text is long times the number of literals.
enum SplunkPatternText {
  /// The expression that matches the texts that match the pattern. Ignored letter case is spelled out, so that
  /// nothing depends on how the platform folds letters, nor on whether PCRE reads bytes or characters.
  static func regex(_ pattern: Pattern, _ letterCase: LetterCase = .exact) -> String {
    var segments: [String] = [""]
    var needsDotAll = false
    for piece in pattern.pieces {
      switch piece {
      case .literal(let text): segments[segments.count - 1] += literal(text, letterCase)
      case .anyOne:
        segments[segments.count - 1] += "."
        needsDotAll = true
      case .anyRun: segments.append("")
      }
    }
    let startsOpen = segments.count > 1 && segments[0].isEmpty
    let endsOpen = segments.count > 1 && segments[segments.count - 1].isEmpty
    let inner = segments.filter { !$0.isEmpty }
    let end = endsOpen ? "" : "\\z"
    if segments.count == 1 { return flag(needsDotAll) + "^" + segments[0] + end }
    guard let first = inner.first else { return "" }
    if inner.count == 1 { return flag(needsDotAll) + (startsOpen ? "" : "^") + first + end }
    var result = "(?s)^" + (startsOpen ? "(?>.*?\(first))" : first)
    for (index, segment) in inner.enumerated().dropFirst() {
      result += index == inner.count - 1 && !endsOpen ? ".*\(segment)\\z" : "(?>.*?\(segment))"
    }
    return result
  }

  /// The expression that matches exactly these texts.
  static func regex(oneOf texts: [String], _ letterCase: LetterCase = .exact) -> String {
    if texts.count == 1 { return regex(.equals(texts[0]), letterCase) }
    return "^(?:\(texts.map { literal($0, letterCase) }.joined(separator: "|")))\\z"
  }

  private static func flag(_ needsDotAll: Bool) -> String { needsDotAll ? "(?s)" : "" }

  /// The text as an expression that matches it, under the letter case, and nothing else.
  static func literal(_ text: String, _ letterCase: LetterCase = .exact) -> String {
    switch letterCase {
    case .exact: exact(text)
    case .ignored: text.unicodeScalars.map { variants(of: $0) ?? exact(String($0)) }.joined()
    }
  }

  private static func exact(_ text: String) -> String {
    let spelling = spelling
    if text.allBytes({ spelling[Int($0)] == .itself }) { return text }
    var result: [UInt8] = []
    let hex = Array("0123456789abcdef".utf8)
    for byte in text.utf8 {
      switch spelling[Int(byte)] {
      case .itself: result.append(byte)
      case .classed:
        result.append(UInt8(ascii: "["))
        result.append(byte)
        result.append(UInt8(ascii: "]"))
      case .numbered:
        result += [UInt8(ascii: "\\"), UInt8(ascii: "x"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private enum Spelling { case itself, classed, numbered }

  /// How each byte of a literal is spelled; those of other scalars than ASCII stand as they are.
  private static let spelling: [Spelling] = (0...255).map { byte in
    let scalar = Unicode.Scalar(UInt8(byte))
    if byte >= 0x80 { return .itself }
    if classed.contains(scalar) { return .classed }
    return numbered.contains(scalar) || byte < 0x20 || byte == 0x7F ? .numbered : .itself
  }

  /// A letter in each of its cases, `[aA]` or `(?:é|É)`; `nil` of what has one. Letters beyond ASCII stand in a
  /// group, which is right for bytes too.
  private static func variants(of scalar: Unicode.Scalar) -> String? {
    let variants = LetterCase.variants(of: scalar)
    guard variants.count > 1 else { return nil }
    let letters = variants.map { String($0) }
    return variants.allSatisfy(\.isASCII) ? "[\(letters.joined())]" : "(?:\(letters.joined(separator: "|")))"
  }

  /// Characters that stand in a class of their own: they are special to PCRE and not in a class.
  private static let classed = Set(".*+?(){}|".unicodeScalars)
  /// Characters that stand as their number: special in a class too, to SPL strings, to macros or to dashboards.
  private static let numbered = Set("^\\\"[]$`".unicodeScalars)
}

// Reading back.
extension SplunkPatternText {
  /// The pattern that `regex(_:_:)` writes so, in lower case where letter case is ignored; `nil` where it writes
  /// none so.
  static func pattern(_ regex: String, _ letterCase: LetterCase = .exact) -> Pattern? {
    var rest = Array(regex.unicodeScalars)[...]
    _ = take("(?s)", &rest)
    var pieces: [Pattern.Piece] = take("^", &rest) ? [] : [.anyRun]
    var isOpen = true
    while !rest.isEmpty {
      if take("\\z", &rest) {
        guard rest.isEmpty else { return nil }
        isOpen = false
      } else if take("(?>.*?", &rest) || take(".*", &rest) {
        pieces.append(.anyRun)
      } else if take(".", &rest) {
        pieces.append(.anyOne)
      } else if rest.first == ")" {
        // The end of an atomic group.
        rest = rest.dropFirst()
      } else if let scalar = literalScalar(&rest, letterCase) {
        pieces.append(.literal(String(scalar)))
      } else {
        return nil
      }
    }
    if isOpen { pieces.append(.anyRun) }
    let pattern = Pattern(pieces)
    return self.regex(pattern, letterCase).sameScalars(as: regex) ? pattern : nil
  }

  /// The texts that `regex(oneOf:)` writes so; `nil` where it writes none so.
  static func texts(_ regex: String, _ letterCase: LetterCase = .exact) -> [String]? {
    if let pattern = pattern(regex, letterCase), case .equals(let text) = pattern.shape { return [text] }
    var rest = Array(regex.unicodeScalars)[...]
    guard take("^(?:", &rest) else { return nil }
    var texts = [""]
    while !rest.isEmpty, !take(")\\z", &rest) {
      if take("|", &rest) {
        texts.append("")
      } else if let scalar = literalScalar(&rest, letterCase) {
        texts[texts.count - 1].unicodeScalars.append(scalar)
      } else {
        return nil
      }
    }
    return self.regex(oneOf: texts, letterCase).sameScalars(as: regex) ? texts : nil
  }

  private static func take(_ text: String, _ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard rest.starts(with: wanted) else { return false }
    rest = rest.dropFirst(wanted.count)
    return true
  }

  private static func literalScalar(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase
  ) -> Unicode.Scalar? {
    if letterCase == .ignored, let letter = letterOfCases(&rest) { return letter }
    let head = Array(rest.prefix(4))
    guard let first = head.first else { return nil }
    if first == "[", head.count >= 3, head[2] == "]" {
      rest = rest.dropFirst(3)
      return head[1]
    }
    if first == "\\" {
      guard head.count == 4, head[1] == "x", let high = hex(head[2]), let low = hex(head[3])
      else { return nil }
      rest = rest.dropFirst(4)
      return Unicode.Scalar(high * 16 + low)
    }
    if classed.contains(first) || numbered.contains(first) { return nil }
    rest = rest.dropFirst()
    return first
  }

  /// The lower case of the letter that stands in each of its cases.
  private static func letterOfCases(_ rest: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
    let letter: Unicode.Scalar?
    if rest.first == "[" {
      letter = rest.dropFirst().first
    } else {
      letter = rest.starts(with: "(?:".unicodeScalars) ? rest.dropFirst(3).first : nil
    }
    guard let letter, let spelled = variants(of: letter), take(spelled, &rest) else { return nil }
    return LetterCase.lower(letter)
  }

  private static func hex(_ scalar: Unicode.Scalar) -> UInt8? {
    UInt8(String(scalar), radix: 16)
  }
}
