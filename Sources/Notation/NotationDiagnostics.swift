import ConcordDetection
import ConcordDiagnostics

// What can be wrong with a condition in the notation.
//
// `E101` text that stands where something else was expected, `E102` what is not closed, `E103` escapes, `E101`
// operators, `E101` missing values, `E308` values of the wrong form, `E106` nesting, `E311` a lost direction,
// `E306` an empty condition, `E206` the words of a reading, `E105` numbers, `E309` networks.

extension Diagnostic {
  static func emptyCondition(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .noCondition, "the condition is empty", in: source, at: span,
      help: ["write one conjunct a line, such as `eventName eq \"RunInstances\"`"])
  }

  static func tooDeep(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .textTooDeep, "the condition is nested more than \(Notation.depthLimit) deep", in: source, at: span)
  }

  static func unclosed(
    _ what: String, _ mark: String, opening: Span, at span: Span, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .unclosed, "this \(what) is not closed", in: source,
      labels: [.init(opening, "opened here"), .init(span, "`\(mark)` expected")],
      help: what == "text" ? ["a text ends on its line; a line break in it is written `\\n`"] : [])
  }

  static func unopened(at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.unclosed, "this `)` closes nothing", in: source, at: span, help: ["remove it, or add a `(`"])
  }

  static func misplacedJoin(_ word: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "a condition was expected before `\(word)`", in: source, at: span,
      help: [
        "each line is a conjunct of its own: write what belongs together on one line, or in parentheses",
        "a field of that name is written `\"\(word)\"`",
      ])
  }

  static func expectedCondition(found: String, at span: Span, in source: Source) -> Diagnostic {
    switch found {
    case "":
      return Diagnostic(
        .unexpected, "a condition was expected here", in: source, at: span,
        help: ["a condition that spans lines needs parentheses around it"])
    case "!":
      return Diagnostic(
        .unexpected, "`!` is not a word of the notation", in: source, at: span, help: ["did you mean `not`?"])
    case _
    where "'\u{2018}\u{2019}\u{201C}\u{201D}`".unicodeScalars.contains(found.unicodeScalars.first ?? " "):
      return Diagnostic(
        .unexpected,
        "a field was expected, not `\(String(String.UnicodeScalarView(found.unicodeScalars.prefix(1))))`",
        in: source, at: span,
        help: ["a name with special characters is quoted with `\"`"])
    default:
      return Diagnostic(
        .unexpected, "a field was expected, not `\(found)`", in: source, at: span,
        help: ["a name with other characters than letters, digits, `_`, `-`, `$`, `@` is quoted: `\"a/b\".c`"]
      )
    }
  }

  static func expectedName(after mark: String, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "a name was expected after `\(mark)`", in: source, at: span,
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
    let expected = opening == nil ? "the end of the line" : "`)`"
    var help: [String] = []
    switch found.lowercased() {
    case "and", "&&", "&": help = ["did you mean `and`?"]
    case "or", "||", "|": help = ["did you mean `or`?"]
    case "cased", "nocase": help = ["one `cased` or `nocase` after the value is enough"]
    default:
      if let near = Suggestion.nearest(to: found, among: ["and", "or", "cased", "nocase"]) {
        help = ["did you mean `\(near)`?"]
      }
    }
    return Diagnostic(
      .unexpected, "`and`, `or` or \(expected) was expected, not `\(found)`", in: source,
      labels: [.init(span)] + (opening.map { [.init($0, "opened here")] } ?? []), help: help)
  }

  static func expectedComma(found: String, opening: Span, at span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unexpected, "`,` or `]` was expected, not `\(found)`", in: source,
      labels: [.init(span), .init(opening, "the list begins here")])
  }
}

// Operators and their values.
extension Diagnostic {
  static func missingOperator(found: String, at span: Span, in source: Source) -> Diagnostic {
    let help =
      found == "\""
      ? "to compare with a text, write `eq` before it" : "such as `eq \"…\"`, `in […]`, `is_null`"
    return Diagnostic(
      .unexpected, "an operator was expected after the field", in: source, at: span, help: [help])
  }

  static func unknownOperator(_ found: String, at span: Span, in source: Source) -> Diagnostic {
    let known = NotationOperator.allCases.map(\.rawValue)
    var help: [String] = []
    if let meant = NotationOperator.synonyms[found.lowercased()] {
      help = ["did you mean `\(meant)`?"]
    } else if let near = Suggestion.nearest(to: found, among: known + ["not"]) {
      help = ["did you mean `\(near)`?"]
    } else {
      help = ["known: \(known.joined(separator: ", "))"]
    }
    return Diagnostic(.unknownOperator, "unknown operator `\(found)`", in: source, at: span, help: help)
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
    return Diagnostic(.unexpected, "a value was expected, not `\(found)`", in: source, at: span, help: help)
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
    Diagnostic(.badEscape, "this is half of a surrogate pair, which is no text", in: source, at: span)
  }

  static func unknownReadingWord(_ word: String, among known: [String]) -> Diagnostic {
    let near = Suggestion.nearest(to: word, among: known)
    return Diagnostic(
      .unknownWord, "`\(word)` is not a word of a reading",
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + ["known: \(known.joined(separator: ", "))"])
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
