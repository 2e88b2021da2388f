import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// What is wrong with a Sigma rule. What Sigma cannot say is in SigmaRefusals.swift.

extension Diagnostic {
  // The document's shape.

  static func sigmaNotADocument(at span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongKind, "a Sigma rule is a map of keys such as `title`, `logsource` and `detection`", at: span)
  }

  static func sigmaMissing(_ key: String, of what: String, near: String?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .missingKey, "the \(what) has no `\(key)`",
      at: span,
      help: near.map { ["did you mean `\(key)` where it says `\($0)`?"] } ?? [])
  }

  static func sigmaExpected(
    _ what: String, of key: String, at span: Span?, help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`\(key)` must be \(what)", at: span,
      help: help.map { [$0] } ?? [])
  }

  /// `beside` is where a condition stands that belongs into the detection.
  static func sigmaNoCondition(in key: String, beside: Span?, at span: Span?) -> Diagnostic {
    let outer = beside.map { [Label($0, "this one stands beside `\(key)`")] } ?? []
    return Diagnostic(
      .noCondition, "the rule has no `condition`", labels: (span.map { [Label($0)] } ?? []) + outer,
      help: beside.map { _ in ["indent the `condition` so that it stands below `\(key)`"] } ?? [])
  }

  static func sigmaNoSelections(at span: Span?) -> Diagnostic {
    Diagnostic(.noCondition, "the detection has no selection", at: span)
  }

  static func sigmaEmptySelection(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .emptyPart, "selection `\(name)` is empty", at: span,
      help: ["give it a field or a keyword to ask about"])
  }

  static func sigmaFieldName(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .notAField, "`\(name)` is not a field's name", at: span,
      help: ["names are joined by single dots, `userIdentity.type`"])
  }

  // The condition's text.

  static func sigmaPatternAlone(_ pattern: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unexpected, "`\(pattern)` names several selections", at: span,
      help: ["say how many must hold: `1 of \(pattern)` or `all of \(pattern)`"])
  }

  static func sigmaUpperCase(_ word: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unexpected, "`\(word)` is written in capitals", at: span, help: ["write `\(word.lowercased())`"])
  }

  static func sigmaQuantifier(_ quantifier: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownWord, "`\(quantifier) of` is not a quantifier", at: span,
      help: ["Sigma has `1 of`, `any of` (the same) and `all of`"])
  }

  // Selections.

  static func sigmaUndefined(_ name: String, among known: [String], at span: Span?) -> Diagnostic {
    .unknown("selection", name, among: known, .unknownSelection, at: span)
  }

  static func sigmaNoMatch(_ pattern: String, among known: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownSelection, "no selection's name matches `\(pattern)`", at: span,
      help: Suggestion.help(for: pattern, among: known))
  }

  static func sigmaUnused(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(.unusedSelection, "selection `\(name)` is not used by the condition", at: span)
  }

  // Items.

  static func sigmaModifier(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownModifier, "unknown modifier `\(name)`", at: span, help: SigmaForeignModifiers.help(for: name))
  }

  static func sigmaEncodedLate(
    _ modifier: SigmaModifier, after earlier: SigmaModifier, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .operatorMisuse, "`\(modifier.rawValue)` cannot encode the wildcards that `\(earlier.rawValue)` adds",
      at: span, help: ["put `\(modifier.rawValue)` before `\(earlier.rawValue)`"])
  }

  static func sigmaWideText(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(
      .incompleteEncoding,
      "`\(modifier.rawValue)` without `base64` or `base64offset` after it asks for a text with NUL characters",
      at: span, help: ["to find encoded commands write `wide|base64offset|contains`"])
  }

  static func sigmaFragment(at span: Span?) -> Diagnostic {
    Diagnostic(
      .incompleteEncoding, "`base64offset` makes parts of a text, which hardly any field is as a whole",
      at: span, help: ["write `base64offset|contains`"])
  }

  static func sigmaNothingFixed(_ count: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue,
      count == 0
        ? "there is nothing for `base64offset` to encode"
        : "the value is too short for `base64offset`: at one of three offsets no character of it is fixed",
      at: span, help: ["a query for it would hold of every text; give it at least two bytes"])
  }

  static func sigmaHoldsOfAnything(_ field: String, at span: Span?) -> Diagnostic {
    field.isEmpty
      ? Diagnostic(
        .holdsOfEveryText, "every event holds this keyword", at: span,
        help: ["leave it out, or say which text is meant"])
      : Diagnostic(
        .holdsOfEveryText, "this value holds of every `\(field)`, whatever its text is", at: span,
        help: ["leave it out, or write `\(field)|exists: true` if it is meant"])
  }

  static func sigmaNotFirst(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(.operatorMisuse, "`\(modifier.rawValue)` must be the first modifier", at: span)
  }

  /// `text` is the value where it is a plain text.
  static func sigmaWrongKind(
    _ modifier: SigmaModifier, of kind: String, _ text: String? = nil, at span: Span?
  ) -> Diagnostic {
    let help =
      switch modifier {
      case .lt, .lte, .gt, .gte:
        text.map { Number($0) == nil ? "`\($0)` is not a number" : "write the number without quotes" }
          ?? "write a number"
      case .i, .m, .s, .ignorecase, .multiline, .dotall:
        "it is a flag of expressions, `re|\(modifier.rawValue)`"
      case .exists: "write `true` or `false` without quotes"
      case .startswith, .endswith:
        kind == "a regular expression" ? "anchor the expression with `^` or `$`" : ""
      case _: ""
      }
    return Diagnostic(
      .operatorMisuse, "`\(modifier.rawValue)` does not go with \(kind)",
      at: span,
      help: help.isEmpty ? [] : [help])
  }

  static func sigmaWildcardEncoded(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(
      .operatorMisuse, "`\(modifier.rawValue)` cannot encode a wildcard", at: span,
      help: ["escape it (`\\*`, `\\?`) if the character is meant"])
  }

  static func sigmaWildcardReference(at span: Span?) -> Diagnostic {
    Diagnostic(.operatorMisuse, "the name of a field has no wildcards", at: span)
  }

  static func sigmaNumberAsText(_ modifier: SigmaModifier, of kind: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .numberAsText, "`\(modifier.rawValue)` with \(kind) compares its text", at: span,
      help: ["write it in quotes; other tools refuse it as it is"])
  }

  static func sigmaNoValues(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .emptyPart, "`\(key)` has no value", at: span, help: ["write `null` if the field must be absent"])
  }

  static func sigmaNetwork(_ pattern: Pattern, at span: Span?) -> Diagnostic {
    Diagnostic(
      .notANetwork, "`\(SigmaLiteral.written(pattern.pieces))` is not a network", at: span,
      help: ["write an address and a prefix length, `10.0.0.0/8`"])
  }

  static func sigmaHostBits(_ text: String, _ network: CIDR, at span: Span?) -> Diagnostic {
    Diagnostic(
      .notANetwork, "`\(text)` has bits beyond its prefix", at: span, help: ["the network is `\(network)`"])
  }

  static func sigmaBytes(at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue, "the encoded value is not text", at: span,
      help: ["encode it further, `wide|base64offset|contains`"])
  }

  static func sigmaTooManyDashes(limit: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue, "the value has more than \(limit) flags for `windash`", at: span,
      help: ["each multiplies the texts to look for by five; split it into several values"])
  }

  static func sigmaNullInList(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .nullInList, "null stands in a list with other values of `\(key)`", at: span,
      help: ["the specification gives null a selection of its own, joined by `1 of`"])
  }

  static func sigmaAllOfOne(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(.idle, "`\(key)` has one value, and `all` does nothing", at: span)
  }

  static func sigmaInlineFlags(_ letters: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .inlineFlags, "`(?\(letters))` in an expression is deprecated by the 2.2 draft",
      at: span,
      help: ["write the modifier, `re|\(letters.map(String.init).joined(separator: "|"))`"])
  }

  static func sigmaPlaceholder(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .placeholder, "the placeholder `%\(name)%` has no values", at: span,
      help: [
        "give its values to a processing pipeline (`vars` of that name and `value_placeholders`) or the rule"
      ])
  }

  // What is not taken, by name.

  static func sigmaTimePart(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "parts of a time (`\(modifier.rawValue)`) are not supported", at: span,
      help: ["the specification does not say in which time zone they are"])
  }

  static func sigmaPartialReference(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "`\(modifier.rawValue)` with `fieldref` is not supported", at: span,
      help: ["fields can be compared as a whole"])
  }

  static func sigmaKeywordKind(at span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongKind, "a keyword must be text", at: span, help: ["name the field that is to be compared so"])
  }

  static func sigmaNullKeyword(at span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongKind, "null cannot be a keyword", at: span, help: ["name the field that is to be absent"])
  }

  static func sigmaKeywordPlace(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "`\(modifier.rawValue)` without a field is not supported", at: span,
      help: [
        "a keyword is found anywhere in the event, and the specification does not say where it begins or ends"
      ])
  }

  static func sigmaAction(_ action: String, at span: Span?) -> Diagnostic {
    var diagnostic = Diagnostic.unknown("action", action, among: ["global", "repeat", "reset"], at: span)
    if ["correlation", "filter"].contains(action) {
      diagnostic.help = ["write the key `\(action)` at the top of the document in its place"]
    }
    return diagnostic
  }

  static func sigmaNothingToRepeat(at span: Span?) -> Diagnostic {
    Diagnostic(.noRule, "there is no rule before this one to repeat", at: span)
  }

  static func sigmaAggregation(at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "aggregations behind a `|` are no longer part of Sigma", at: span,
      help: ["count with a correlation rule, `event_count` or `value_count`"])
  }

  static func sigmaTimeframe(at span: Span?) -> Diagnostic {
    Diagnostic(
      .timeframe, "`timeframe` is no longer part of a detection, and is not read", at: span,
      help: ["it belonged to aggregations; correlation rules have a `timespan`"])
  }

  static func sigmaReadElsewhere(_ text: String, as kind: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .oldBoolean, "`\(text)` is text here, and other tools take it for \(kind)", at: span,
      help: ["put it in quotes if the text is meant"])
  }

  static func sigmaTwoNumbers(_ number: Number, isKeyword: Bool, at span: Span?) -> Diagnostic {
    Diagnostic(
      .oldBoolean,
      isKeyword
        ? "the keyword is the text `\(number.written)`, and other tools look for the number `\(number.shortest)`"
        : "the text `\(number.written)` and the number `\(number.shortest)` are both meant here, and other tools take one of them",
      at: span, help: ["put it in quotes if the text alone is meant"])
  }

  static func sigmaEscapedPercent(at span: Span?) -> Diagnostic {
    Diagnostic(
      .escapedPlaceholder, "`\\%` is a percent sign, with which no placeholder begins", at: span,
      help: [
        "write `\\\\%` for a backslash before a placeholder; tools that do not know the escape find one anyway"
      ])
  }

  static func sigmaNullKey(at span: Span?) -> Diagnostic {
    Diagnostic(
      .nullAsName, "a key that is null names no field: its values are keywords", at: span,
      help: ["put it in quotes if a field of that name is meant"])
  }
}
