import ConcordDiagnostics

// W223, W362 to W369: metadata that the specification would have otherwise. E333, N381: correlations, filters and
// what else stands between the documents of a file.

extension Diagnostic {
  private static func warning(
    _ code: Code, _ message: String, at span: Span?, help: String?
  ) -> Diagnostic {
    Diagnostic(
      code, severity: .warning, message, labels: span.map { [Label($0)] } ?? [], help: help.map { [$0] } ?? []
    )
  }

  private static func error(_ code: Code, _ message: String, at span: Span?, help: String?) -> Diagnostic {
    Diagnostic(code, message, labels: span.map { [Label($0)] } ?? [], help: help.map { [$0] } ?? [])
  }

  private static func note(_ code: Code, _ message: String, at span: Span?, help: String?) -> Diagnostic {
    Diagnostic(
      code, severity: .note, message, labels: span.map { [Label($0)] } ?? [], help: help.map { [$0] } ?? [])
  }

  private static func choice(_ near: String?, _ known: [String]) -> String {
    near.map { "did you mean `\($0)`?" } ?? "known: \(known.joined(separator: ", "))"
  }

  // Metadata.

  static func sigmaUnusualValue(
    _ key: String, _ value: String, near: String?, known: [String], at span: Span?
  ) -> Diagnostic {
    warning(.unusualWord, "`\(value)` is not a \(key) that Sigma knows", at: span, help: choice(near, known))
  }

  static func sigmaTooLong(_ key: String, _ count: Int, at span: Span?) -> Diagnostic {
    warning(
      .longTitle, "the \(key) has \(count) characters", at: span,
      help: "the specification allows \(SigmaMetadataRules.titleLimit)")
  }

  static func sigmaNotUUID(_ id: String, at span: Span?) -> Diagnostic {
    warning(
      .idNotUUID, "the id `\(id)` is not a UUID", at: span, help: "a handle for people is the rule's `name`")
  }

  static func sigmaDate(_ key: String, standard: String?, at span: Span?) -> Diagnostic {
    warning(
      .badDate, "`\(key)` is not a date of the form `YYYY-MM-DD`", at: span,
      help: standard.map { "write `\($0)`" })
  }

  static func sigmaTag(_ tag: String, _ fault: String, _ better: String?, _ span: Span?) -> Diagnostic {
    warning(.badTag, "tag `\(tag)` \(fault)", at: span, help: better.map { "write `\($0)`" })
  }

  static func sigmaLogSourceName(_ name: String, _ better: String, at span: Span?) -> Diagnostic {
    warning(
      .logSourceSpelling, "`\(name)` is not spelled as names of log sources are", at: span,
      help: "lower case, `_` for spaces: `\(better)`")
  }

  static func sigmaNoLogSource(at span: Span?) -> Diagnostic {
    warning(
      .noLogSource, "the log source names no category, product or service", at: span,
      help: "without one of them nothing tells which events the rule reads")
  }

  static func sigmaListExpected(_ key: String, at span: Span?) -> Diagnostic {
    warning(
      .wrongKindOfMetadata, "`\(key)` should be a list", at: span, help: "write `- ` before its only element")
  }

  /// `meant` is the text that the author wrote without the quotes that it needs.
  static func sigmaShape(_ key: String, _ expected: String, meant: String?, at span: Span?) -> Diagnostic {
    meant == nil
      ? warning(
        .wrongKindOfMetadata, "`\(key)` should be \(expected), and what stands here is left out", at: span,
        help: "put it in quotes if it is a text")
      : warning(
        .wrongKindOfMetadata, "`\(key)` should be \(expected), and here a `: ` makes a map of one", at: span,
        help: "put it in quotes")
  }

  static func sigmaTaxonomy(_ name: String, at span: Span?) -> Diagnostic {
    warning(
      .otherTaxonomy, "the names of fields and log sources are those of the taxonomy `\(name)`", at: span,
      help: "they are taken as they stand; a pipeline must map them if the events have others")
  }

  static func sigmaTextExpected(_ key: String, at span: Span?) -> Diagnostic {
    warning(.wrongKindOfMetadata, "`\(key)` should be one text", at: span, help: "separate several by commas")
  }

  static func sigmaTwice(_ text: String, _ key: String, at span: Span?) -> Diagnostic {
    warning(.repeatedValue, "`\(text)` stands twice in `\(key)`", at: span, help: nil)
  }

  static func sigmaKey(_ name: String, near: String, at span: Span?) -> Diagnostic {
    warning(.unknownKey, "`\(name)` is no key that Sigma knows", at: span, help: "did you mean `\(near)`?")
  }

  static func sigmaRelated(at span: Span?) -> Diagnostic {
    warning(.relatedRule, "a related rule has an `id` and a `type`", at: span, help: nil)
  }

  // Correlations.

  static func sigmaCorrelation(of parsed: SigmaCorrelationParser.Parsed) -> Diagnostic {
    error(
      .correlation, "a correlation of type `\(parsed.type?.name ?? "")` cannot be compiled yet",
      at: parsed.type?.span,
      help: "its rules are compiled one by one; correlate their matches on the platform")
  }

  static func sigmaCorrelationType(
    _ name: String, near: String?, known: [String], at span: Span?
  ) -> Diagnostic {
    error(.unknownWord, "`\(name)` is not a type of correlation", at: span, help: choice(near, known))
  }

  static func sigmaCorrelationKey(_ name: String, near: String?, at span: Span?) -> Diagnostic {
    warning(
      .unknownKey, "`\(name)` is no key of a correlation, and is not read", at: span,
      help: near.map { "did you mean `\($0)`?" })
  }

  static func sigmaCorrelationOfOne(_ type: String, at span: Span?) -> Diagnostic {
    warning(
      .correlationOfOne, "a `\(type)` correlation of one rule", at: span,
      help: "it relates matches of several; `event_count` counts those of one")
  }

  static func sigmaNoGroup(at span: Span?) -> Diagnostic {
    warning(
      .noGroup, "the correlation has no `group-by`", at: span,
      help: "the specification asks for one; without it all events are one group")
  }

  static func sigmaTimespan(_ text: String, at span: Span?) -> Diagnostic {
    error(
      .badValue, "`\(text)` is not a time span", at: span,
      help: "write a number and one of `s`, `m`, `h` and `d`, such as `90m`")
  }

  static func sigmaCriterion(_ name: String, near: String?, known: [String], at span: Span?) -> Diagnostic {
    error(.unknownWord, "`\(name)` is no condition of a correlation", at: span, help: choice(near, known))
  }

  static func sigmaBounds(_ count: Int, at span: Span?) -> Diagnostic {
    error(
      .badValue, "the condition of a correlation compares once, or twice for a range, not \(count) times",
      at: span,
      help: "as in `gte: 10`, or `gt: 100` with `lte: 200`")
  }

  static func sigmaNoCount(at span: Span?) -> Diagnostic {
    warning(.impossibleCount, "no number satisfies this condition", at: span, help: nil)
  }

  static func sigmaNoField(_ type: String, at span: Span?) -> Diagnostic {
    error(
      .missingKey, "a `\(type)` correlation needs a `field`", at: span,
      help: "name it in the condition, `field: User`")
  }

  static func sigmaIdleKey(_ key: String, _ type: String, at span: Span?) -> Diagnostic {
    warning(.idle, "`\(key)` does nothing in a `\(type)` correlation", at: span, help: nil)
  }

  static func sigmaNotCorrelated(_ name: String, near: String?, at span: Span?) -> Diagnostic {
    error(
      .unknownRule, "the condition names `\(name)`, which is not among the correlation's rules", at: span,
      help: near.map { "did you mean `\($0)`?" })
  }

  static func sigmaCorrelationPattern(at span: Span?) -> Diagnostic {
    error(
      .unsupported, "the condition of a correlation has no patterns", at: span,
      help: "name the rules, joined by `and`, `or`")
  }

  static func sigmaReferenceUnknown(_ name: String, at span: Span?) -> Diagnostic {
    warning(
      .ruleNotFound, "the correlation names `\(name)`, which is no rule of this file", at: span,
      help: "a rule is named by its `id` or `name`; one of another file is not looked up")
  }

  static func sigmaAliasUnknown(_ alias: String, _ rule: String, at span: Span?) -> Diagnostic {
    warning(
      .ruleNotFound, "alias `\(alias)` is for `\(rule)`, which is not among the correlation's rules",
      at: span,
      help: nil)
  }

  static func sigmaCycle(_ title: String, at span: Span?) -> Diagnostic {
    error(.cycle, "the correlation `\(title)` refers to itself by this rule", at: span, help: nil)
  }

  static func sigmaPartOfCorrelation(_ name: String, _ title: String, at span: Span?) -> Diagnostic {
    note(
      .partOfCorrelation, "`\(name)` is a part of the correlation `\(title)`, and not meant to be run alone",
      at: span,
      help: "`generate: true` in the correlation says that it is")
  }

  static func sigmaSameName(_ name: String, at span: Span?) -> Diagnostic {
    warning(
      .sameName, "another rule of this file is called `\(name)` too", at: span,
      help: "correlations and filters cannot tell them apart")
  }

  // Filters.

  static func sigmaFilterKeeps(at span: Span?) -> Diagnostic {
    warning(
      .filterKeeps,
      "the filter negates nothing: of the rules' matches it keeps only those that it selects",
      at: span,
      help: "to leave them out write `not` before the condition")
  }

  static func sigmaFilterUnused(_ name: String, at span: Span?) -> Diagnostic {
    warning(
      .ruleNotFound, "the filter names `\(name)`, which is no rule of this file", at: span,
      help: "one of another file is not looked up")
  }

  static func sigmaFilterElsewhere(_ name: String, at span: Span?) -> Diagnostic {
    warning(
      .filterElsewhere, "the filter does not apply to `\(name)`, which reads another log source", at: span,
      help: "a filter's log source must cover that of the rule")
  }

  static func sigmaFilterAlone(at span: Span?) -> Diagnostic {
    error(
      .filterAlone, "the filter applies to no rule of its file", at: span,
      help:
        "put it in the file of the rules that it names, after a line `---`; its log source must cover theirs")
  }

  static func sigmaFilterWrong(_ title: String, at span: Span?) -> Diagnostic {
    error(
      .filterUnreadable, "the filter `\(title)` applies to this rule, and cannot be read", at: span,
      help: "without it the rule would match more than is meant")
  }
}
