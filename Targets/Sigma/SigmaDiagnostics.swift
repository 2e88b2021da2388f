import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// E15x, W15x: what is wrong with a Sigma rule. What Sigma cannot say is in SigmaRefusals.swift.

extension Diagnostic {
  private static func error(
    _ code: Code, _ message: String, at span: Span?, _ label: String = "", help: String...
  ) -> Diagnostic {
    Diagnostic(code, message, labels: span.map { [Label($0, label)] } ?? [], help: help)
  }

  private static func warning(
    _ code: Code, _ message: String, at span: Span?, help: String...
  ) -> Diagnostic {
    Diagnostic(code, severity: .warning, message, labels: span.map { [Label($0)] } ?? [], help: help)
  }

  // E304: the document's shape.

  static func sigmaNotADocument(at span: Span?) -> Diagnostic {
    error(.wrongKind, "a Sigma rule is a map of keys such as `title`, `logsource` and `detection`", at: span)
  }

  static func sigmaMissing(_ key: String, of what: String, near: String?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .missingKey, "the \(what) has no `\(key)`",
      labels: span.map { [Label($0)] } ?? [],
      help: near.map { ["did you mean `\(key)` where it says `\($0)`?"] } ?? [])
  }

  static func sigmaExpected(
    _ what: String, of key: String, at span: Span?, help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`\(key)` must be \(what)", labels: span.map { [Label($0)] } ?? [],
      help: help.map { [$0] } ?? [])
  }

  /// `beside` is where a condition stands that belongs into the detection.
  static func sigmaNoCondition(in key: String, beside: Span?, at span: Span?) -> Diagnostic {
    let outer = beside.map { [Label($0, "this one stands beside `\(key)`")] } ?? []
    return Diagnostic(
      .missingKey, "the rule has no `condition`", labels: (span.map { [Label($0)] } ?? []) + outer,
      help: beside.map { _ in ["indent the `condition` so that it stands below `\(key)`"] } ?? [])
  }

  static func sigmaNoSelections(at span: Span?) -> Diagnostic {
    error(.noCondition, "the detection has no selection", at: span)
  }

  static func sigmaEmptySelection(_ name: String, at span: Span?) -> Diagnostic {
    error(
      .emptyPart, "selection `\(name)` is empty", at: span, help: "give it a field or a keyword to ask about")
  }

  static func sigmaNested(at span: Span?) -> Diagnostic {
    error(.textTooDeep, "the selection is nested too deep", at: span)
  }

  static func sigmaFieldName(_ name: String, at span: Span?) -> Diagnostic {
    error(
      .notAField, "`\(name)` is not a field's name", at: span,
      help: "names are joined by single dots, `userIdentity.type`")
  }

  // E101: the condition's text.

  static func sigmaUnexpected(_ found: String, expected: String, at span: Span?) -> Diagnostic {
    error(
      .unexpected,
      found.isEmpty
        ? "the condition ends where \(expected) is expected" : "unexpected `\(found)` in the condition",
      at: span, found.isEmpty ? "" : "expected \(expected)")
  }

  static func sigmaUnclosed(at span: Span?) -> Diagnostic {
    error(.unclosed, "this parenthesis is not closed", at: span)
  }

  static func sigmaPatternAlone(_ pattern: String, at span: Span?) -> Diagnostic {
    error(
      .unexpected, "`\(pattern)` names several selections", at: span,
      help: "say how many must hold: `1 of \(pattern)` or `all of \(pattern)`")
  }

  static func sigmaUpperCase(_ word: String, at span: Span?) -> Diagnostic {
    error(.unexpected, "`\(word)` is written in capitals", at: span, help: "write `\(word.lowercased())`")
  }

  static func sigmaQuantifier(_ quantifier: String, at span: Span?) -> Diagnostic {
    error(
      .unknownWord, "`\(quantifier) of` is not a quantifier", at: span,
      help: "Sigma has `1 of`, `any of` (the same) and `all of`")
  }

  static func sigmaDepth(at span: Span?) -> Diagnostic {
    error(
      .textTooDeep, "the condition is nested deeper than \(SigmaConditionParser.depthLimit) levels", at: span)
  }

  // E202: selections.

  static func sigmaUndefined(_ name: String, near: String?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownSelection, "there is no selection `\(name)`", labels: span.map { [Label($0)] } ?? [],
      help: near.map { ["did you mean `\($0)`?"] } ?? [])
  }

  static func sigmaNoMatch(_ pattern: String, near: String?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownSelection, "no selection's name matches `\(pattern)`", labels: span.map { [Label($0)] } ?? [],
      help: near.map { ["did you mean `\($0)`?"] } ?? [])
  }

  static func sigmaUnused(_ name: String, at span: Span?) -> Diagnostic {
    warning(.unusedSelection, "selection `\(name)` is not used by the condition", at: span)
  }

  // E203 to E330: items.

  static func sigmaModifier(_ name: String, at span: Span?) -> Diagnostic {
    error(
      .unknownModifier, "unknown modifier `\(name)`", at: span, help: SigmaForeignModifiers.help(for: name))
  }

  static func sigmaEncodedLate(
    _ modifier: SigmaModifier, after earlier: SigmaModifier, at span: Span?
  ) -> Diagnostic {
    error(
      .operatorMisuse, "`\(modifier.rawValue)` cannot encode the wildcards that `\(earlier.rawValue)` adds",
      at: span,
      help: "put `\(modifier.rawValue)` before `\(earlier.rawValue)`")
  }

  static func sigmaWideText(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    warning(
      .incompleteEncoding,
      "`\(modifier.rawValue)` without `base64` or `base64offset` after it asks for a text with NUL characters",
      at: span, help: "to find encoded commands write `wide|base64offset|contains`")
  }

  static func sigmaFragment(at span: Span?) -> Diagnostic {
    warning(
      .incompleteEncoding, "`base64offset` makes parts of a text, which hardly any field is as a whole",
      at: span,
      help: "write `base64offset|contains`")
  }

  static func sigmaNothingFixed(_ count: Int, at span: Span?) -> Diagnostic {
    error(
      .badValue,
      count == 0
        ? "there is nothing for `base64offset` to encode"
        : "the value is too short for `base64offset`: at one of three offsets no character of it is fixed",
      at: span, help: "a query for it would hold of every text; give it at least two bytes")
  }

  static func sigmaHoldsOfAnything(_ field: String, at span: Span?) -> Diagnostic {
    field.isEmpty
      ? warning(
        .holdsOfEveryText, "every event holds this keyword", at: span,
        help: "leave it out, or say which text is meant")
      : warning(
        .holdsOfEveryText, "this value holds of every `\(field)`, whatever its text is", at: span,
        help: "leave it out, or write `\(field)|exists: true` if it is meant")
  }

  static func sigmaNotFirst(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    error(.operatorMisuse, "`\(modifier.rawValue)` must be the first modifier", at: span)
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
      labels: span.map { [Label($0)] } ?? [],
      help: help.isEmpty ? [] : [help])
  }

  static func sigmaWildcardEncoded(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    error(
      .operatorMisuse, "`\(modifier.rawValue)` cannot encode a wildcard", at: span,
      help: "escape it (`\\*`, `\\?`) if the character is meant")
  }

  static func sigmaWildcardReference(at span: Span?) -> Diagnostic {
    error(.operatorMisuse, "the name of a field has no wildcards", at: span)
  }

  static func sigmaNumberAsText(_ modifier: SigmaModifier, of kind: String, at span: Span?) -> Diagnostic {
    warning(
      .numberAsText, "`\(modifier.rawValue)` with \(kind) compares its text", at: span,
      help: "write it in quotes; other tools refuse it as it is")
  }

  static func sigmaNoValues(_ key: String, at span: Span?) -> Diagnostic {
    error(
      .emptyPart, "`\(key)` has no value", at: span, help: "write `null` if the field must be absent")
  }

  static func sigmaNetwork(_ pattern: Pattern, at span: Span?) -> Diagnostic {
    error(
      .notANetwork, "`\(SigmaLiteral.written(pattern.pieces))` is not a network", at: span,
      help: "write an address and a prefix length, `10.0.0.0/8`")
  }

  static func sigmaHostBits(_ text: String, _ network: CIDR, at span: Span?) -> Diagnostic {
    error(.notANetwork, "`\(text)` has bits beyond its prefix", at: span, help: "the network is `\(network)`")
  }

  static func sigmaBytes(at span: Span?) -> Diagnostic {
    error(
      .badValue, "the encoded value is not text", at: span,
      help: "encode it further, `wide|base64offset|contains`")
  }

  static func sigmaTooManyDashes(limit: Int, at span: Span?) -> Diagnostic {
    error(
      .badValue, "the value has more than \(limit) flags for `windash`", at: span,
      help: "each multiplies the texts to look for by five; split it into several values")
  }

  static func sigmaNullInList(_ key: String, at span: Span?) -> Diagnostic {
    warning(
      .nullInList, "null stands in a list with other values of `\(key)`", at: span,
      help: "the specification gives null a selection of its own, joined by `1 of`")
  }

  static func sigmaAllOfOne(_ key: String, at span: Span?) -> Diagnostic {
    warning(.idle, "`\(key)` has one value, and `all` does nothing", at: span)
  }

  static func sigmaInlineFlags(_ letters: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .inlineFlags, "`(?\(letters))` in an expression is deprecated by the 2.2 draft",
      labels: span.map { [Label($0)] } ?? [],
      help: ["write the modifier, `re|\(letters.map(String.init).joined(separator: "|"))`"])
  }

  static func sigmaPlaceholder(_ name: String, at span: Span?) -> Diagnostic {
    error(
      .placeholder, "nothing says what the placeholder `%\(name)%` stands for", at: span,
      help:
        "give its values to a processing pipeline (`vars` of that name and `value_placeholders`) or the rule")
  }

  // E330 to E330: what is not taken, by name.

  static func sigmaTimePart(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    error(
      .unsupported, "parts of a time (`\(modifier.rawValue)`) are not supported", at: span,
      help: "the specification does not say in which time zone they are")
  }

  static func sigmaPartialReference(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    error(
      .unsupported, "`\(modifier.rawValue)` with `fieldref` is not supported", at: span,
      help: "fields can be compared as a whole")
  }

  static func sigmaKeywordKind(at span: Span?) -> Diagnostic {
    error(.wrongKind, "a keyword must be text", at: span, help: "name the field that is to be compared so")
  }

  static func sigmaNullKeyword(at span: Span?) -> Diagnostic {
    error(.wrongKind, "null cannot be a keyword", at: span, help: "name the field that is to be absent")
  }

  static func sigmaKeywordPlace(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    error(
      .unsupported, "`\(modifier.rawValue)` without a field is not supported", at: span,
      help:
        "a keyword is found anywhere in the event, and the specification does not say where it begins or ends"
    )
  }

  static func sigmaAction(_ action: String, near: String?, at span: Span?) -> Diagnostic {
    error(
      .unknownWord, "unknown action `\(action)`", at: span,
      help: ["correlation", "filter"].contains(action)
        ? "write the key `\(action)` at the top of the document in its place"
        : near.map { "did you mean `\($0)`?" } ?? "known: global, repeat, reset")
  }

  static func sigmaNothingToRepeat(at span: Span?) -> Diagnostic {
    error(.noRule, "there is no rule before this one to repeat", at: span)
  }

  static func sigmaAggregation(at span: Span?) -> Diagnostic {
    error(
      .unsupported, "aggregations behind a `|` are no longer part of Sigma", at: span,
      help: "count with a correlation rule, `event_count` or `value_count`")
  }

  static func sigmaTimeframe(at span: Span?) -> Diagnostic {
    warning(
      .timeframe, "`timeframe` is no longer part of a detection, and is not read", at: span,
      help: "it belonged to aggregations; correlation rules have a `timespan`")
  }

  static func sigmaReadElsewhere(_ text: String, as kind: String, at span: Span?) -> Diagnostic {
    warning(
      .oldBoolean, "`\(text)` is text here, and other tools take it for \(kind)", at: span,
      help: "put it in quotes if the text is meant")
  }

  static func sigmaTwoNumbers(_ number: Number, isKeyword: Bool, at span: Span?) -> Diagnostic {
    warning(
      .oldBoolean,
      isKeyword
        ? "the keyword is the text `\(number.written)`, and other tools look for the number `\(number.shortest)`"
        : "the text `\(number.written)` and the number `\(number.shortest)` are both meant here, and other tools take one of them",
      at: span, help: "put it in quotes if the text alone is meant")
  }

  static func sigmaEscapedPercent(at span: Span?) -> Diagnostic {
    warning(
      .escapedPlaceholder, "`\\%` is a percent sign, with which no placeholder begins", at: span,
      help:
        "write `\\\\%` for a backslash before a placeholder; tools that do not know the escape find one anyway"
    )
  }

  static func sigmaNullKey(at span: Span?) -> Diagnostic {
    warning(
      .nullAsName, "a key that is null names no field: its values are keywords", at: span,
      help: "put it in quotes if a field of that name is meant")
  }
}
