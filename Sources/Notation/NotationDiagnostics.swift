import ConcordDetection
import ConcordDiagnostics

// What can be wrong with a condition in the notation.
extension Diagnostic {
  static func emptyCondition(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .noCondition, "the condition is empty", in: source, at: span,
      help: ["write one conjunct a line, such as `eventName eq \"RunInstances\"`"])
  }

  static func unopened(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.unclosed, "this `)` closes nothing", in: source, at: span, help: ["remove it, or add a `(`"])
  }

  static func misplacedJoin(_ word: String, at span: Span, in source: Source) -> Diagnostic {
    .expected(
      "a condition", found: "`\(word)`", in: source, at: span,
      help: [
        "each line is a conjunct of its own: write what belongs together on one line, or in parentheses",
        "a field of that name is written `\"\(word)\"`",
      ])
  }

  static func expectedCondition(found: String, at span: Span, in source: Source) -> Diagnostic {
    switch found {
    case "":
      return .expected(
        "a condition", found: "the end of the line", in: source, at: span,
        help: ["a condition that spans lines needs parentheses around it"])
    case "!":
      return Diagnostic(
        .unexpected, "`!` is not a word of the notation", in: source, at: span, help: ["did you mean `not`?"])
    case _
    where "'\u{2018}\u{2019}\u{201C}\u{201D}`".unicodeScalars.contains(found.unicodeScalars.first ?? " "):
      return .expected(
        "a field", found: "`\(String(String.UnicodeScalarView(found.unicodeScalars.prefix(1))))`", in: source,
        at: span, help: ["a name with special characters is quoted with `\"`"])
    default:
      return .expected(
        "a field", found: "`\(found)`", in: source, at: span,
        help: ["a name with other characters than letters, digits, `_`, `-`, `$`, `@` is quoted: `\"a/b\".c`"]
      )
    }
  }

  static func expectedName(after mark: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "expected a name after `\(mark)`", in: source, at: span,
      help: ["a name with special characters is quoted: `\"a.b\".c`"])
  }

  static func badIndex(_ found: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "`[\(found)` is not an index", in: source, at: span,
      help: ["write `items[0]` for one element, `items[]` for each"])
  }

  static func notAPath(_ text: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .notAField, "`\(text)` is not the path of a field", in: source, at: span,
      help: ["the other field is written as a path: `userIdentity.arn` or `\"userIdentity.arn\"`"])
  }

  static func expectedEnd(found: String, opening: Span?, at span: Span, in source: Source) -> Diagnostic {
    var help: [String] = []
    switch found.lowercased() {
    case "and", "&&", "&": help = ["did you mean `and`?"]
    case "or", "||", "|": help = ["did you mean `or`?"]
    case "cased", "nocase": help = ["one `cased` or `nocase` after the value is enough"]
    default: help = Suggestion.question(for: found, among: ["and", "or", "cased", "nocase"])
    }
    var diagnostic = Diagnostic.expected(
      "`and`, `or` or \(opening == nil ? "the end of the line" : "`)`")", found: "`\(found)`", in: source,
      at: span, help: help)
    if let opening { diagnostic.labels.append(.init(opening, "opened here")) }
    return diagnostic
  }

  static func expectedComma(found: String, opening: Span, at span: Span, in source: Source) -> Diagnostic {
    var diagnostic = Diagnostic.expected("`,` or `]`", found: "`\(found)`", in: source, at: span)
    diagnostic.labels.append(.init(opening, "the list begins here"))
    return diagnostic
  }
}

// Operators and their values.
extension Diagnostic {
  static func missingOperator(found: String, at span: Span, in source: Source) -> Diagnostic {
    let help =
      found == "\""
      ? "to compare with a text, write `eq` before it" : "such as `eq \"…\"`, `in […]`, `is_null`"
    return Diagnostic(
      .unexpected, "expected an operator after the field", in: source, at: span, help: [help])
  }

  static func unknownOperator(_ found: String, at span: Span, in source: Source) -> Diagnostic {
    let known = NotationOperator.allCases.map(\.rawValue)
    var diagnostic = Diagnostic.unknown(
      "operator", found, among: known, .unknownOperator, in: source, at: span)
    let meant = NotationOperator.synonyms[found.lowercased()]
    if let meant = meant ?? Suggestion.nearest(to: found, among: known + ["not"]) {
      diagnostic.help = ["did you mean `\(meant)`?"]
    }
    return diagnostic
  }

  static func notAnywhere(_ word: NotationOperator, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .operatorMisuse, "`\(word.rawValue)` cannot be asked of `anywhere`", in: source, at: span,
      help: ["`anywhere` takes eq, ne, in, starts_with, ends_with, contains, wildcard"])
  }

  static func missingValue(of word: NotationOperator, at span: Span, in source: Source) -> Diagnostic {
    let example =
      switch word.arity {
      case .nothing: ""
      case .field: "userIdentity.arn"
      case .oneValue: word.looksAtLetters ? "\"…\"" : "10"
      case .values: word == .in ? "[\"…\", \"…\"]" : "\"…\""
      }
    return Diagnostic(
      .unexpected, "`\(word.rawValue)` needs a value after it", in: source, at: span,
      help: ["write `\(word.rawValue) \(example)`, on the same line"])
  }

  static func expectedValue(
    found: String, of word: NotationOperator, at span: Span, in source: Source
  ) -> Diagnostic {
    var help = ["a text is quoted: `\(word.rawValue) \"\(found)\"`"]
    switch found {
    case "(": help = ["a list is in brackets: `\(word.rawValue) [\"…\", \"…\"]`"]
    case "null", "nil", "None", "NULL": help = ["write `is_null` or `is_not_null`"]
    case _ where "'\u{2018}\u{201C}`".unicodeScalars.contains(found.unicodeScalars.first ?? " "):
      help = ["texts are in double quotes: `\"…\"`"]
    case ",", "]", ")": help = ["write a value before it"]
    default:
      if word == .eq || word == .ne { help.append("another field is compared by `\(word.rawValue)_field`") }
    }
    return .expected("a value", found: "`\(found)`", in: source, at: span, help: help)
  }

  static func listNotTaken(by word: NotationOperator, at span: Span, in source: Source) -> Diagnostic {
    let help: [String] =
      switch word {
      case .eq: ["did you mean `in`?"]
      case .ne: ["did you mean `not in`?"]
      default: []
      }
    return Diagnostic(
      .operatorMisuse, "`\(word.rawValue)` takes one value, not a list", in: source, at: span, help: help)
  }

  static func emptyList(of word: NotationOperator, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .emptyPart, "`\(word.rawValue)` has an empty list, which no value is in", in: source, at: span,
      help: ["a condition that never holds is written `false`"])
  }

  static func uselessModifier(
    _ modifier: String, of word: NotationOperator, at span: Span, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .operatorMisuse, "`\(word.rawValue)` does not look at letters, so `\(modifier)` says nothing",
      in: source,
      at: span, help: ["remove it"])
  }

  static func notANumber(
    _ value: NotationValue, of word: NotationOperator, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .notANumber, "`\(value.text)` is not a number, which `\(word.rawValue)` needs", in: source,
      at: value.span)
  }

  static func notANetwork(_ value: NotationValue, in source: Source) -> Diagnostic {
    Diagnostic(
      .notANetwork, "`\(value.text)` is not a network", in: source, at: value.span,
      help: ["write an address and a prefix length without bits beyond it: `10.0.0.0/8`, `2001:db8::/32`"])
  }

  static func emptyTerm(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.emptyPart, "`match` needs a term, not an empty text", in: source, at: span)
  }

  static func lostDirection(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .comparisonDirection,
      "`cross_field_compare` does not say whether the fields must be the same or differ", in: source,
      at: span,
      help: [
        "write `eq_field` or `ne_field` instead",
        "or state it in the reading: `cross_field=same` or `cross_field=differs`",
      ])
  }
}

// Texts and readings.
extension Diagnostic {
  static func badEscape(_ found: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .badEscape, "`\(found)` is not an escape", in: source, at: span,
      help: ["a backslash is written `\\\\`; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"])
  }

  static func badUnicodeEscape(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.badEscape, "`\\u` needs four hexadecimal digits", in: source, at: span)
  }

  static func loneSurrogate(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.badEscape, "this is half of a surrogate pair, which is not a character", in: source, at: span)
  }

  static func lateReadingName(_ word: String) -> Diagnostic {
    Diagnostic(
      .readingOrder, "the reading `\(word)` states every decision, also those before it",
      help: ["write `\(word)` first, then what differs from it"])
  }

  static func repeatedReadingWord(_ word: String) -> Diagnostic {
    Diagnostic(.duplicateName, "the reading states `\(word)` twice", help: ["keep one of them"])
  }
}
