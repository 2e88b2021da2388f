import ConcordDiagnostics

// Metadata that the specification would have otherwise; correlations, filters and what else stands between the
// documents of a file.

extension Diagnostic {
  // Metadata.

  static func sigmaUnusualValue(
    _ key: String, _ value: String, among known: [String], at span: Span?
  ) -> Diagnostic {
    .unknown(key, value, among: known, .unusualWord, at: span)
  }

  static func sigmaTooLong(_ key: String, _ count: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .longTitle, "the \(key) has \(count) characters", at: span,
      help: ["the specification allows \(SigmaMetadataRules.titleLimit)"])
  }

  static func sigmaNotUUID(_ id: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .idNotUUID, "the id `\(id)` is not a UUID", at: span, help: ["a handle for people is the rule's `name`"]
    )
  }

  static func sigmaDate(_ key: String, standard: String?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badDate, "`\(key)` is not a date of the form `YYYY-MM-DD`", at: span,
      help: standard.map { ["write `\($0)`"] } ?? [])
  }

  static func sigmaTag(_ tag: String, _ fault: String, _ better: String?, _ span: Span?) -> Diagnostic {
    Diagnostic(.badTag, "tag `\(tag)` \(fault)", at: span, help: better.map { ["write `\($0)`"] } ?? [])
  }

  static func sigmaLogSourceName(_ name: String, _ better: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .logSourceSpelling, "`\(name)` is not spelled as names of log sources are", at: span,
      help: ["lower case, `_` for spaces: `\(better)`"])
  }

  static func sigmaNoLogSource(at span: Span?) -> Diagnostic {
    Diagnostic(
      .noLogSource, "the log source names no category, product or service", at: span,
      help: ["without one of them it is not known which events the rule reads"])
  }

  static func sigmaListExpected(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongKindOfMetadata, "`\(key)` should be a list", at: span,
      help: ["write `- ` before its only element"])
  }

  /// `meant` is the text that the author wrote without the quotes that it needs.
  static func sigmaShape(_ key: String, _ expected: String, meant: String?, at span: Span?) -> Diagnostic {
    meant == nil
      ? Diagnostic(
        .wrongKindOfMetadata, "`\(key)` should be \(expected), and what stands here is left out", at: span,
        help: ["put it in quotes if it is a text"])
      : Diagnostic(
        .wrongKindOfMetadata, "`\(key)` should be \(expected), and here a `: ` makes a map of one", at: span,
        help: ["put it in quotes"])
  }

  static func sigmaTaxonomy(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .otherTaxonomy, "the names of fields and log sources are those of the taxonomy `\(name)`", at: span,
      help: ["they are taken as they stand; a pipeline must map them if the events have others"])
  }

  static func sigmaTextExpected(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongKindOfMetadata, "`\(key)` should be one text", at: span, help: ["separate several by commas"])
  }

  static func sigmaTwice(_ text: String, _ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(.repeatedValue, "`\(text)` stands twice in `\(key)`", at: span)
  }

  static func sigmaKey(_ name: String, near: String, at span: Span?) -> Diagnostic {
    .unknown("key", name, among: [near], .unknownKey, at: span)
  }

  static func sigmaRelated(at span: Span?) -> Diagnostic {
    Diagnostic(.relatedRule, "a related rule has an `id` and a `type`", at: span)
  }

  // Correlations.

  /// A correlation that is right, and of which no detection is made; `reason` in a clause.
  static func sigmaCorrelation(_ type: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .correlation, "this `\(type)` correlation cannot be compiled: \(SigmaPrinter.visible(reason))",
      at: span,
      help: ["its rules are compiled one by one; correlate their matches on the platform"])
  }

  static func sigmaOneEvent(_ rules: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .countedOnce, "an event that several of these \(rules) rules match is counted once", at: span,
      help: ["the specification counts events; a search for each rule would count it for each"])
  }

  static func sigmaCorrelationKey(_ name: String, among known: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownKey, "unknown key `\(name)` of a correlation, which is not read", at: span,
      help: Suggestion.help(for: name, among: known))
  }

  static func sigmaCorrelationOfOne(_ type: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .correlationOfOne, "a `\(type)` correlation of one rule", at: span,
      help: ["it relates matches of several; `event_count` counts those of one"])
  }

  static func sigmaNoGroup(at span: Span?) -> Diagnostic {
    Diagnostic(
      .noGroup, "the correlation has no `group-by`", at: span,
      help: ["the specification asks for one; without it all events are one group"])
  }

  static func sigmaTimespan(_ text: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue, "`\(text)` is not a time span", at: span,
      help: ["write a number and one of `s`, `m`, `h` and `d`, such as `90m`"])
  }

  static func sigmaBounds(_ count: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .badValue, "the condition of a correlation compares once, or twice for a range, not \(count) times",
      at: span, help: ["as in `gte: 10`, or `gt: 100` with `lte: 200`"])
  }

  static func sigmaNoCount(at span: Span?) -> Diagnostic {
    Diagnostic(.impossibleCount, "no number satisfies this condition", at: span)
  }

  static func sigmaNoField(_ type: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .missingKey, "a `\(type)` correlation needs a `field`", at: span,
      help: ["name it in the condition, `field: User`"])
  }

  static func sigmaIdleKey(_ key: String, _ type: String, at span: Span?) -> Diagnostic {
    Diagnostic(.idle, "`\(key)` does nothing in a `\(type)` correlation", at: span)
  }

  static func sigmaNotCorrelated(_ name: String, among known: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownRule, "the condition names `\(name)`, which is not among the correlation's rules", at: span,
      help: Suggestion.question(for: name, among: known))
  }

  static func sigmaCorrelationPattern(at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "the condition of a correlation has no patterns", at: span,
      help: ["name the rules, joined by `and`, `or`"])
  }

  static func sigmaReferenceUnknown(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .ruleNotFound, "the correlation names `\(name)`, and no rule that is read with it is called so",
      at: span,
      help: ["a rule is named by its `id` or `name`; read its file, or the folder of both"])
  }

  static func sigmaAliasUnknown(_ alias: String, _ rule: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .ruleNotFound, "alias `\(alias)` is for `\(rule)`, which is not among the correlation's rules", at: span
    )
  }

  static func sigmaCycle(_ title: String, at span: Span?) -> Diagnostic {
    Diagnostic(.cycle, "the correlation `\(title)` refers to itself by this rule", at: span)
  }

  static func sigmaPartOfCorrelation(_ name: String, _ title: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .partOfCorrelation,
      "`\(SigmaPrinter.visible(name))` is a part of the correlation `\(SigmaPrinter.visible(title))`, and not "
        + "meant to be run alone",
      at: span, help: ["`generate: true` in the correlation says that it is"])
  }

  // Filters.

  static func sigmaFilterKeeps(at span: Span?) -> Diagnostic {
    Diagnostic(
      .filterKeeps, "the filter negates nothing: of the rules' matches it keeps only those that it selects",
      at: span, help: ["to leave them out write `not` before the condition"])
  }

  static func sigmaFilterUnused(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .ruleNotFound, "the filter names `\(name)`, and no rule that is read with it is called so", at: span,
      help: ["a rule is named by its `id` or `name`; read its file, or the folder of both"])
  }

  static func sigmaFilterElsewhere(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .filterElsewhere, "the filter does not apply to `\(name)`, which reads another log source", at: span,
      help: ["a filter's log source must cover that of the rule"])
  }

  static func sigmaFilterAlone(at span: Span?) -> Diagnostic {
    Diagnostic(
      .filterAlone, "the filter applies to no rule that is read with it", at: span,
      help: ["read it with the rules that it names, as one folder; its log source must cover theirs"])
  }

  /// `elsewhere`: the file of the filter, where that is another one.
  static func sigmaFilterWrong(_ title: String, elsewhere: String? = nil, at span: Span?) -> Diagnostic {
    let file = elsewhere.map { " of \($0)" } ?? ""
    return Diagnostic(
      .filterUnreadable, "the filter `\(title)`\(file) applies to this rule, and cannot be read", at: span,
      help: ["without it the rule would match more than is meant"])
  }
}
