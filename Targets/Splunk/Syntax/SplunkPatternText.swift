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
    scalar.isASCII ? ofASCII[Int(scalar.value)] : spelledOut(scalar)
  }

  private static let ofASCII: [String?] = (0..<0x80).map { spelledOut(Unicode.Scalar(UInt8($0))) }

  private static func spelledOut(_ scalar: Unicode.Scalar) -> String? {
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
  /// What an expression asks of a text.
  enum Question: Equatable {
    /// Whether it is one of these.
    case texts([String])
    /// Whether the pattern matches.
    case pattern(Pattern)
  }

  /// What `regex(_:_:)` or `regex(oneOf:_:)` writes so, in lower case where letter case is ignored; `nil` where neither
  /// writes it so.
  static func question(_ regex: String, _ letterCase: LetterCase = .exact) -> Question? {
    let scalars = Array(regex.unicodeScalars)
    if let pattern = pattern(scalars[...], letterCase),
      self.regex(pattern, letterCase).sameScalars(as: regex)
    {
      if case .equals(let text) = pattern.shape { return .texts([text]) }
      return .pattern(pattern)
    }
    if let texts = texts(scalars[...], letterCase),
      self.regex(oneOf: texts, letterCase).sameScalars(as: regex)
    {
      return .texts(texts)
    }
    return nil
  }

  private static func pattern(_ scalars: ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase) -> Pattern? {
    var rest = scalars
    _ = take(Token.dotAll, &rest)
    var pieces: [Pattern.Piece] = take(Token.start, &rest) ? [] : [.anyRun]
    var literal = ""
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = ""
    }
    var isOpen = true
    while let first = rest.first {
      if first == "\\", take(Token.end, &rest) {
        guard rest.isEmpty else { return nil }
        isOpen = false
      } else if (first == "(" && take(Token.atomicRun, &rest)) || (first == "." && take(Token.run, &rest)) {
        flush()
        pieces.append(.anyRun)
      } else if first == "." {
        rest.removeFirst()
        flush()
        pieces.append(.anyOne)
      } else if first == ")" {
        // The end of an atomic group.
        rest.removeFirst()
      } else if let scalar = literalScalar(&rest, letterCase) {
        literal.unicodeScalars.append(scalar)
      } else {
        return nil
      }
    }
    flush()
    if isOpen { pieces.append(.anyRun) }
    return Pattern(pieces)
  }

  private static func texts(_ scalars: ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase) -> [String]? {
    var rest = scalars
    guard take(Token.alternatives, &rest) else { return nil }
    var texts = [""]
    while let first = rest.first, first != ")" || !take(Token.alternativesEnd, &rest) {
      if first == "|" {
        rest.removeFirst()
        texts.append("")
      } else if let scalar = literalScalar(&rest, letterCase) {
        texts[texts.count - 1].unicodeScalars.append(scalar)
      } else {
        return nil
      }
    }
    return texts
  }

  /// What the expressions are put together from.
  private enum Token {
    static let dotAll = Array("(?s)".unicodeScalars)
    static let start = Array("^".unicodeScalars)
    static let end = Array("\\z".unicodeScalars)
    static let atomicRun = Array("(?>.*?".unicodeScalars)
    static let run = Array(".*".unicodeScalars)
    static let alternatives = Array("^(?:".unicodeScalars)
    static let alternativesEnd = Array(")\\z".unicodeScalars)
  }

  private static func take(_ token: [Unicode.Scalar], _ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
    guard rest.starts(with: token) else { return false }
    rest.removeFirst(token.count)
    return true
  }

  private static func literalScalar(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase
  ) -> Unicode.Scalar? {
    guard let first = rest.first else { return nil }
    if letterCase == .ignored, let letter = letterOfCases(&rest) { return letter }
    let start = rest.startIndex
    if first == "[", rest.count >= 3, rest[start + 2] == "]" {
      defer { rest.removeFirst(3) }
      return rest[start + 1]
    }
    if first == "\\" {
      guard rest.count >= 4, rest[start + 1] == "x", let high = hex(rest[start + 2]),
        let low = hex(rest[start + 3])
      else { return nil }
      rest.removeFirst(4)
      return Unicode.Scalar(high * 16 + low)
    }
    if first.isASCII, spelling[Int(first.value)] != .itself { return nil }
    rest.removeFirst()
    return first
  }

  /// The lower case of the letter that stands in each of its cases.
  private static func letterOfCases(_ rest: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
    let letter: Unicode.Scalar?
    switch rest.first {
    case "["?: letter = rest.dropFirst().first
    case "("?: letter = rest.starts(with: "(?:".unicodeScalars) ? rest.dropFirst(3).first : nil
    default: letter = nil
    }
    guard let letter, let spelled = variants(of: letter), take(Array(spelled.unicodeScalars), &rest)
    else { return nil }
    return LetterCase.lower(letter)
  }

  private static func hex(_ scalar: Unicode.Scalar) -> UInt8? {
    UInt8(String(scalar), radix: 16)
  }
}
