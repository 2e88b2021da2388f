import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What is asked of a field's text.
enum PythonQuestion {
  case equals(String)
  case oneOf([String])
  case prefix(String)
  case suffix(String)
  case contains(String)
  /// An expression that must match from the start, from start to end, or anywhere.
  case regex(PythonRegex, Mode)
  case glob(String)
  case number(Comparison, Number)
  /// It is another number.
  case notNumber(Int)

  /// The texts of which it must be one.
  var texts: [String]? {
    switch self {
    case .equals(let text): [text]
    case .oneOf(let texts): texts
    case .prefix, .suffix, .contains, .regex, .glob, .number, .notNumber: nil
    }
  }

  /// Where an expression must match.
  enum Mode {
    case start
    case whole
    case anywhere
  }
}

// Questions about fields to conditions, through what was made of their texts.
extension PythonEvaluator {
  /// The condition that the question about a field holds, where the field has a value.
  mutating func fieldTest(
    _ field: PythonField, _ question: PythonQuestion, _ span: Span
  ) throws(Diagnostic) -> Condition {
    if field.isWalk, !kinds.at(field.path).kinds.isDisjoint(with: .array) || kinds.at(field.path).passesArray
    {
      throw refusal(.oneElement(field.path, span, in: source))
    }
    return try pulled(field.path, field.changes[...], question, .exact, span)
  }

  /// The question before the last change, as far as it can be asked there.
  mutating func pulled(
    _ path: FieldPath, _ changes: ArraySlice<PythonField.Change>, _ question: PythonQuestion,
    _ letterCase: LetterCase, _ span: Span
  ) throws(Diagnostic) -> Condition {
    guard let last = changes.last else { return try asked(path, question, letterCase, span) }
    let before = changes.dropLast()
    switch last {
    case .compared: return try pulled(path, before, question, letterCase, span)
    case .folded:
      guard let folded = try folded(question, span) else { return .always(false) }
      return try pulled(path, before, folded, .ignored, span)
    case .text: return try pulled(path, before, spelled(question, path, span), letterCase, span)
    case .whole: return try whole(path, before, question, span)
    case .parts, .network:
      throw refusal(.notRead("this question about what a text was made", span, in: source))
    case .number:
      if case .number = question { return try pulled(path, before, question, letterCase, span) }
      if case .notNumber = question { return try pulled(path, before, question, letterCase, span) }
      throw refusal(.notRead("this question about a number", span, in: source))
    case .lower, .upper:
      guard let mapped = try folded(question, isLower: last == .lower, span) else { return .always(false) }
      return try pulled(path, before, mapped, .ignored, span)
    case .strip(let characters, let start, let end):
      return try stripped(path, before, (characters, start, end), question, letterCase, span)
    case .first(let count): return try cut(path, before, count, question, letterCase, span)
    case .part(let separator, let index, let limit):
      return try part(path, before, (separator, index, limit), question, letterCase, span)
    }
  }

  /// A question about the whole part of a number, which is cut off towards zero.
  private mutating func whole(
    _ path: FieldPath, _ before: ArraySlice<PythonField.Change>, _ question: PythonQuestion, _ span: Span
  ) throws(Diagnostic) -> Condition {
    func atLeast(_ bound: Int) throws(Diagnostic) -> Condition {
      let asked: (Comparison, Number) =
        bound > 0 ? (.greaterOrEqual, Number(bound)) : (.greater, Number(bound - 1))
      return try pulled(path, before, .number(asked.0, asked.1), .exact, span)
    }
    func below(_ bound: Int) throws(Diagnostic) -> Condition {
      let asked: (Comparison, Number) = bound > 0 ? (.less, Number(bound)) : (.lessOrEqual, Number(bound - 1))
      return try pulled(path, before, .number(asked.0, asked.1), .exact, span)
    }
    switch question {
    case .number(let comparison, let number):
      guard let bound = Int(number.shortest), abs(bound) < 1 << 50 else { break }
      switch comparison {
      case .greaterOrEqual: return try atLeast(bound)
      case .greater: return try atLeast(bound + 1)
      case .less: return try below(bound)
      case .lessOrEqual: return try below(bound + 1)
      }
    case .notNumber(let number): return .any([try below(number), try atLeast(number + 1)])
    case .equals, .oneOf, .prefix, .suffix, .contains, .regex, .glob: break
    }
    throw refusal(.notRead("this question about the whole part of a number", span, in: source))
  }

  /// The atom for a question about the field as it is.
  private mutating func asked(
    _ path: FieldPath, _ question: PythonQuestion, _ letterCase: LetterCase, _ span: Span
  ) throws(Diagnostic) -> Condition {
    switch question {
    case .equals(let text): return .test(path, .text(.equals(text), letterCase), origin: place(span))
    case .oneOf(let texts): return .test(path, .oneOf(texts, letterCase), origin: place(span))
    case .prefix(let text): return .test(path, .text(.prefix(text), letterCase), origin: place(span))
    case .suffix(let text): return .test(path, .text(.suffix(text), letterCase), origin: place(span))
    case .contains(let text): return .test(path, .text(.contains(text), letterCase), origin: place(span))
    case .number(let comparison, let number):
      return .test(path, .number(comparison, number), origin: place(span))
    case .notNumber(let number):
      return .any([
        .test(path, .number(.less, Number(number)), origin: place(span)),
        .test(path, .number(.greater, Number(number)), origin: place(span)),
      ])
    case .regex(let regex, let mode):
      if regex.knowsMoreThanASCII { assumeText(path, .letters, span) }
      return .test(path, .regex(try portable(regex, mode, letterCase)), origin: place(span))
    case .glob(let glob):
      if let pattern = PythonGlob.pattern(glob) {
        return .test(path, .text(pattern, letterCase), origin: place(span))
      }
      let regex = PythonRegex(pattern: PythonGlob.regex(glob), flags: .dotAll, isOurs: true, span: span)
      return .test(path, .regex(try portable(regex, .whole, letterCase)), origin: place(span))
    }
  }

  /// The expression as it must match. Throws where it is not portable.
  func portable(
    _ regex: PythonRegex, _ mode: PythonQuestion.Mode, _ letterCase: LetterCase = .exact
  ) throws(Diagnostic) -> PortableRegex {
    var (pattern, flags) = (regex.pattern, regex.flags)
    if letterCase == .ignored { flags.insert(.ignoreCase) }
    if pattern.hasPrefix("(?i)") {
      pattern.removeFirst(4)
      flags.insert(.ignoreCase)
    }
    if !regex.isOurs { pattern = PythonRegexText.portable(pattern) }
    switch mode {
    case .start: pattern = "\\A(?:\(pattern))"
    case .whole: pattern = "\\A(?:\(pattern))\\z"
    case .anywhere: break
    }
    do throws(Diagnostic) {
      return try PortableRegex(pattern, flags: flags)
    } catch {
      var failure = error
      failure.source = nil
      failure.labels = []
      throw refusal(failure.located(in: source, at: regex.span))
    }
  }

  /// `str` of a boolean is `True` or `False`; of a number its digits.
  private mutating func spelled(
    _ question: PythonQuestion, _ path: FieldPath, _ span: Span
  ) throws(Diagnostic) -> PythonQuestion {
    let kinds = kinds.at(path).kinds
    let texts: [String]
    switch question {
    case .equals(let text): texts = [text]
    case .oneOf(let all): texts = all
    case .prefix, .suffix, .contains, .regex, .glob, .number, .notNumber:
      if kinds.contains(.boolean) {
        throw refusal(
          .kindNotKnown(path, "a boolean's text begins with a capital in Python", span, in: source))
      }
      if kinds.contains(.number) { assumeSpelling(path, span) }
      return question
    }
    if kinds.contains(.number) {
      if texts.contains(where: { $0.hasSuffix(".0") }) {
        throw refusal(.kindNotKnown(path, "a number's text may have a fraction in Python", span, in: source))
      }
      // A fraction that is no zero has one text, unless Python spells it with an exponent.
      let isPlain = texts.allSatisfy { text in
        guard let number = Number(text) else { return true }
        return text.contains(".") && (1e-4..<1e16).contains(number.double.magnitude)
      }
      if !isPlain { assumeSpelling(path, span) }
    }
    guard !kinds.contains(.text) else { return question }
    let mapped = texts.flatMap { text in
      text == "True" || text == "False"
        ? kinds.isEmpty ? [text, text.lowercased()] : [text.lowercased()] : [text]
    }
    return mapped.count == 1 ? .equals(mapped[0]) : .oneOf(mapped)
  }

  /// Says once of a path how its numbers are taken to be spelled: whole ones, where the fixtures have no others.
  private mutating func assumeSpelling(_ path: FieldPath, _ span: Span) {
    if kinds.areWhole(path) { return assumeWhole(path, span) }
    notes.add(.assumedSpelling(path, span, in: source), key: "spelling \(path.shown)")
  }

  /// The question where letter case is ignored; `nil` where no mapped text answers yes. Throws beyond ASCII.
  private mutating func folded(
    _ question: PythonQuestion, isLower: Bool, _ span: Span
  ) throws(Diagnostic) -> PythonQuestion? {
    func mapped(_ text: String) -> String { isLower ? text.lowercased() : text.uppercased() }
    func check(_ text: String) throws(Diagnostic) -> Bool {
      if !text.allBytes({ $0 < 0x80 }) {
        throw refusal(.notRead("letter case beyond ASCII", span, in: source))
      }
      return mapped(text) == text
    }
    switch question {
    case .equals(let text), .prefix(let text), .suffix(let text), .contains(let text), .glob(let text):
      if try check(text) { return question }
      notes.add(
        .neverEqual("`\(text)` has letters of the other case", span, in: source), key: "case \(text) \(span)")
      return nil
    case .oneOf(let texts):
      var kept: [String] = []
      for text in texts where try check(text) { kept.append(text) }
      if kept.count < texts.count {
        notes.add(
          .neverEqual("some of the texts have letters of the other case", span, in: source),
          key: "case \(span)")
      }
      return kept.isEmpty ? nil : .oneOf(kept)
    case .regex(let regex, _):
      guard regex.flags.contains(.ignoreCase) || regex.hasNoLetters(upper: isLower) else {
        throw refusal(.notRead("this expression on a text whose letter case is changed", span, in: source))
      }
      return question
    case .number, .notNumber: throw refusal(.notRead("a number of changed letter case", span, in: source))
    }
  }
}

extension PythonRegex {
  /// Whether it asks for classes of characters, or ignores letter case, where Python knows more than ASCII.
  fileprivate var knowsMoreThanASCII: Bool {
    if isOurs || isASCII && !flags.contains(.ignoreCase) { return false }
    if flags.contains(.ignoreCase) || pattern.hasPrefix("(?") && !pattern.hasPrefix("(?:") { return true }
    var isEscaped = false
    for byte in pattern.utf8 {
      if isEscaped, "dwsbDWSB".utf8.contains(byte), !isASCII { return true }
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
    }
    return false
  }

  /// Whether no letter of that case stands in it but behind a backslash.
  fileprivate func hasNoLetters(upper: Bool) -> Bool {
    var isEscaped = false
    for byte in pattern.utf8 {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte.isLetter, (byte < 0x60) == upper {
        return false
      }
    }
    return true
  }
}

/// The patterns of `fnmatch`.
enum PythonGlob {
  /// The pattern, if it has no class but those of one member, which make `*`, `?` and `[` themselves.
  static func pattern(_ glob: String) -> Pattern? {
    var (pieces, rest) = ([] as [Pattern.Piece], Array(glob.unicodeScalars)[...])
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": pieces.append(.anyRun)
      case "?": pieces.append(.anyOne)
      case "["
      where rest.count >= 2 && rest[rest.startIndex + 1] == "]"
        && "*?[".unicodeScalars.contains(rest[rest.startIndex]):
        pieces.append(.literal(String(rest[rest.startIndex])))
        rest = rest.dropFirst(2)
      case "[" where rest.contains("]"): return nil
      default: pieces.append(.literal(String(scalar)))
      }
    }
    return Pattern(pieces)
  }

  /// The expression that matches the same from end to end.
  static func regex(_ glob: String) -> String {
    var (text, rest) = ("", glob.unicodeScalars[...])
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": text += ".*"
      case "?": text += "."
      case "[":
        // A bracket that closes at once is a member, and `!` negates.
        let skipped = rest.dropFirst(rest.first == "!" ? 2 : 1)
        guard let end = skipped.firstIndex(of: "]") else {
          text += "\\["
          continue
        }
        var members = String(rest[..<end]).replacingAll("\\", "\\\\")
        rest = rest[rest.unicodeScalars(after: end)...]
        if members.hasPrefix("!") {
          members = "^" + members.dropFirst()
        } else if members.hasPrefix("^") {
          members = "\\" + members
        }
        text += "[\(members)]"
      default: text += RegexDialect.portable.literal(scalar)
      }
    }
    return text
  }
}

extension Substring.UnicodeScalarView {
  fileprivate func unicodeScalars(after index: Index) -> Index { self.index(after: index) }
}

extension String {
  /// The text with every occurrence of a text replaced by another.
  func replacingAll(_ text: String, _ other: String) -> String {
    parts(at: text, limit: nil).joined(separator: other)
  }
}
