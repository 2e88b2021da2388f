import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Questions about stripped, cut and split texts.
extension PythonEvaluator {
  /// A question about a text without blanks, or without these characters, at its ends.
  mutating func stripped(
    _ path: FieldPath, _ before: ArraySlice<PythonField.Change>,
    _ strip: (characters: String?, start: Bool, end: Bool), _ question: PythonQuestion,
    _ letterCase: LetterCase,
    _ span: Span
  ) throws(Diagnostic) -> Condition {
    func isBlank(_ scalar: Unicode.Scalar?) -> Bool {
      guard let scalar else { return false }
      return strip.characters.map { $0.unicodeScalars.contains(scalar) } ?? scalar.isPythonBlank
    }
    // What has no blanks at its ends stands in a text where it stands in the stripped one.
    if case .contains(let text) = question, let first = text.unicodeScalars.first,
      let last = text.unicodeScalars.last, !isBlank(first), !isBlank(last)
    {
      return try pulled(path, before, question, letterCase, span)
    }
    if case .part(let separator, let index, let limit)? = before.last, strip.characters == nil,
      !isBlank(separator.unicodeScalars.first), strip.start, strip.end, let texts = question.texts,
      !texts.contains(where: { isBlank($0.unicodeScalars.first) || isBlank($0.unicodeScalars.last) })
    {
      let literals = texts.filter { !$0.contains(separator) }.map {
        $0.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
      }
      if literals.isEmpty { return .always(false) }
      let padded = PythonRegex(
        pattern: "\\s*(?:\(literals.joined(separator: "|")))\\s*", flags: [], isOurs: true, span: span)
      return try part(
        path, before.dropLast(), (separator, index, limit), .regex(padded, .whole), letterCase, span)
    }
    guard before.isEmpty || before == [.lower] || before == [.upper] || before == [.text] else {
      throw refusal(.notRead("`strip` after this", span, in: source))
    }
    let blank =
      strip.characters.map {
        "[" + $0.unicodeScalars.map { $0 == "-" ? "\\-" : RegexDialect.portable.literal($0) }.joined() + "]"
      } ?? "\\s"
    let texts: [String]
    var (ahead, behind) = (strip.start ? "\(blank)*" : "", strip.end ? "\(blank)*" : "")
    switch question {
    case .equals(let text): texts = [text]
    case .oneOf(let all): texts = all
    case .prefix(let text):
      texts = [text]
      behind = "[\\s\\S]*"
    case .suffix(let text):
      texts = [text]
      ahead = "[\\s\\S]*"
    case .contains(let text):
      texts = [text]
      (ahead, behind) = ("[\\s\\S]*", "[\\s\\S]*")
    case .regex, .glob, .number, .notNumber:
      throw refusal(.notRead("this question about a stripped text", span, in: source))
    }
    let ends = texts.flatMap { [$0.unicodeScalars.first, $0.unicodeScalars.last] }
    if ends.contains(where: { isBlank($0) }) {
      throw refusal(.notRead("a text with blanks at its end, asked of a stripped one", span, in: source))
    }
    let literals = texts.map { $0.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined() }
    let regex = PythonRegex(
      pattern: "\(ahead)(?:\(literals.joined(separator: "|")))\(behind)", flags: [], isOurs: true, span: span)
    var changed = letterCase
    if before == [.lower] || before == [.upper] { changed = .ignored }
    return .test(path, .regex(try portable(regex, .whole, changed)), origin: place(span))
  }

  /// A question about the first characters of a text.
  mutating func cut(
    _ path: FieldPath, _ before: ArraySlice<PythonField.Change>, _ count: Int, _ question: PythonQuestion,
    _ letterCase: LetterCase, _ span: Span
  ) throws(Diagnostic) -> Condition {
    func field() -> PythonField { PythonField(path: path, changes: Array(before)) }
    guard letterCase == .exact else { throw refusal(.notRead("letter case of a slice", span, in: source)) }
    switch question {
    case .equals(let text):
      let length = text.scalarCount
      if length > count { return .always(false) }
      return try fieldTest(field(), length < count ? .equals(text) : .prefix(text), span)
    case .prefix(let text):
      return text.scalarCount > count ? .always(false) : try fieldTest(field(), .prefix(text), span)
    case .oneOf(let texts):
      var any: [Condition] = []
      for text in texts { any.append(try cut(path, before, count, .equals(text), letterCase, span)) }
      return .any(any)
    case .suffix, .contains, .regex, .glob, .number, .notNumber:
      throw refusal(.notRead("this question about a slice", span, in: source))
    }
  }

  /// A question about one part of a text.
  mutating func part(
    _ path: FieldPath, _ before: ArraySlice<PythonField.Change>,
    _ part: (separator: String, index: Int, limit: Int?), _ question: PythonQuestion,
    _ letterCase: LetterCase,
    _ span: Span
  ) throws(Diagnostic) -> Condition {
    if case .oneOf(let texts) = question {
      var any: [Condition] = []
      for text in texts { any.append(try self.part(path, before, part, .equals(text), letterCase, span)) }
      return .any(any)
    }
    let separator = part.separator.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
    guard let inner = partPattern(part, question) else {
      throw refusal(.notRead("this question about a part of a text", span, in: source))
    }
    if inner.isEmpty { return .always(false) }
    let field = PythonField(path: path, changes: Array(before))
    let skipped = "(?:[^\(separator)]*\(separator))"
    let whole: String
    if part.index >= 0 {
      whole = "\(String(repeating: skipped, count: part.index))\(inner)(?:\(separator)[\\s\\S]*)?"
    } else {
      whole =
        "(?:[\\s\\S]*\(separator))?\(inner)\(String(repeating: "\(separator)[^\(separator)]*", count: -part.index - 1))"
    }
    let regex = PythonRegex(
      pattern: whole, flags: letterCase == .ignored ? .ignoreCase : [], isOurs: true, span: span)
    return try fieldTest(field, .regex(regex, .whole), span)
  }

  /// The expression for a part that answers yes; empty where none does, `nil` where it is not read.
  private func partPattern(
    _ part: (separator: String, index: Int, limit: Int?), _ question: PythonQuestion
  ) -> String? {
    guard part.separator.scalarCount == 1, abs(part.index) < 20 else { return nil }
    // What the limit leaves in one piece has separators in it.
    if let limit = part.limit {
      guard limit < 0 ? (limit..<0).contains(part.index) : (0..<limit).contains(part.index) else {
        return nil
      }
    }
    let separator = part.separator.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
    let other = "[^\(separator)]*"
    func literal(_ text: String) -> String {
      text.contains(part.separator)
        ? "" : text.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
    }
    switch question {
    case .equals(let text): return text.isEmpty ? "(?:)" : literal(text)
    case .prefix(let text): return literal(text).isEmpty ? "" : literal(text) + other
    case .suffix(let text): return literal(text).isEmpty ? "" : other + literal(text)
    case .contains(let text): return literal(text).isEmpty ? "" : other + literal(text) + other
    // An expression of our own, which matches no separator.
    case .regex(let regex, .whole) where regex.isOurs: return "(?:\(regex.pattern))"
    case .oneOf, .regex, .glob, .number, .notNumber: return nil
    }
  }

  /// Whether a text has a part of that number.
  mutating func hasPart(
    _ field: PythonField, _ separator: String, _ index: Int, _ span: Span
  ) throws(Diagnostic) -> Condition {
    let least = index >= 0 ? index : -index - 1
    if least == 0 { return .always(true) }
    let literal = separator.unicodeScalars.map { RegexDialect.portable.literal($0) }.joined()
    let regex = PythonRegex(
      pattern: String(repeating: "[\\s\\S]*\(literal)", count: least), flags: [], isOurs: true, span: span)
    return try fieldTest(field, .regex(regex, .anywhere), span)
  }
}
