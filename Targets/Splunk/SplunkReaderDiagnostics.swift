import ConcordDetection
import ConcordDiagnostics

// What a search asks that is not a condition on one event, or that no condition says exactly, and what the
// reader leaves out or takes differently.
extension Diagnostic {
  private static func unread(_ message: String, _ span: Span?, help: [String] = []) -> Diagnostic {
    Diagnostic(.beyondACondition, message, at: span, help: help)
  }

  static func splunkUnread(_ what: String, _ span: Span?) -> Diagnostic {
    unread("\(what) is not read", span)
  }

  static func splunkClosed(_ span: Span?, _ closing: SplunkClosing = .names) -> Diagnostic {
    let filterFirst = "filter first, then choose the fields to show"
    switch closing {
    case .names:
      return unread("a filter after `table`, `fields` or `rename` is not read", span, help: [filterFirst])
    case .chain:
      return unread(
        "a question behind a `rename` of what it renamed itself is not read: which comes first is not documented",
        span, help: ["write a command for each step"])
    case .wildcard(let text):
      return unread(
        "a question behind `\(SplunkLiteral.comment(text))` is not read: of which field a name is then depends on the "
          + "fields of the events", span,
        help: ["name the fields: `rename p.a AS a, p.b AS b`"])
    case .fill:
      return unread(
        "a question behind `fillnull` of all fields is not read: it fills those that some event of the results has, so "
          + "what an event holds depends on others", span,
        help: ["name the fields that it fills, behind the question"])
    case .anyField(let command):
      return unread(
        "a question behind `\(command)` is not read: it may set any field", span,
        help: [command == "lookup" ? "say what it gives: `OUTPUT field`" : filterFirst])
    }
  }

  static func splunkKeyword(_ keyword: SplunkSearch, _ span: Span?) -> Diagnostic {
    var help = ["name the field that holds it"]
    if case .keyword(let value) = keyword.kind, ["and", "or", "not", "in"].contains(value.text) {
      help = ["operators are upper-case in `search`: write `\(value.text.uppercased())`"]
    }
    return unread(
      "`\(SplunkLiteral.comment(SplunkPrinter.inline(keyword)))` looks in the event's whole text, "
        + "which no question about fields expresses", span, help: help)
  }

  static func splunkComputed(_ name: String, _ span: Span?) -> Diagnostic {
    unread("`\(SplunkLiteral.comment(name))` is not a field of the event", span)
  }

  static func splunkAddOnComputes(_ name: String, _ span: Span?) -> Diagnostic {
    unread(
      "the add-on for AWS computes `\(SplunkLiteral.comment(name))`: it is not a field of CloudTrail's records",
      span,
      help: [
        "ask the record's own fields",
        "with `--extracted-fields` the rule is about the fields that Splunk shows, whatever computes them",
      ])
  }

  static func splunkTimeCompared(_ span: Span?) -> Diagnostic {
    unread(
      "times are not compared here: a time window is read from `earliest` and `latest` alone", span,
      help: ["write `earliest=-1d` and its like at the head of the search"])
  }

  static func splunkPlaceOrder(_ span: Span?) -> Diagnostic {
    unread("an order of places is not read", span)
  }

  static func splunkOrder(_ field: String, _ operation: String, _ text: String, _ span: Span?) -> Diagnostic {
    unread(
      "`\(operation)` in `search` compares numbers by value and everything else as text, which no condition expresses",
      span,
      help: [
        "write `| where tonumber('\(SplunkLiteral.comment(field))')\(operation)\(SplunkLiteral.comment(text))`"
      ])
  }

  static func splunkNullWord(_ span: Span?) -> Diagnostic {
    unread(
      "the text `null` is also what Splunk's own fields hold for JSON null", span,
      help: ["read the field with `json_extract(_raw, …)`"])
  }

  static func splunkNotOfNull(_ span: Span?) -> Diagnostic {
    unread(
      "NOT over a field that may be missing is not read: whether it keeps the event is not documented", span,
      help: ["to keep it, write `if(…, 1, 0)=0`", "to drop it, write `isnotnull(field) AND NOT …`"])
  }

  static func splunkBooleanText(_ span: Span?) -> Diagnostic {
    unread(
      "how a JSON boolean that `json_extract` read compares with a text is not documented", span,
      help: ["write `if(isbool(x), lower(tostring(x)), x)` for `x`"])
  }

  static func splunkNumberText(_ text: String, _ span: Span?) -> Diagnostic {
    unread(
      "how a JSON number that `json_extract` read compares with the text `\(text)` is not documented", span,
      help: ["compare as text with `match(…, \"^…\\\\z\")`, or as number with `tonumber(…)`"])
  }

  static func splunkTwoFields(_ span: Span?) -> Diagnostic {
    unread(
      "a comparison of two fields is by value where both look like numbers, which no condition expresses",
      span,
      help: ["write `isnotnull(a) AND isnotnull(b) AND tostring(a)=tostring(b)`"])
  }

  static func splunkNeverLower(_ text: String, _ span: Span?) -> Diagnostic {
    unread(
      "`\(SplunkLiteral.comment(text))` is not in lower case, so it never equals a `lower(…)`", span,
      help: ["write it in lower case"])
  }

  static func splunkNullElements(_ path: FieldPath, _ span: Span?) -> Diagnostic {
    unread("this takes JSON null among the elements of `\(path)` for the text `null`", span)
  }

  static func splunkNotPortable(_ regex: String, _ cause: Diagnostic, _ span: Span?) -> Diagnostic {
    unread("`\(SplunkLiteral.comment(regex))`: \(cause.message)", span, help: cause.help)
  }

  static let splunkNullIsText =
    Diagnostic(
      .nullAsText,
      "JSON null is the text `null` in Splunk's own fields; the rule takes it as absent")

  static let splunkSummariesOnly = Diagnostic(
    .limitLeftOut,
    "`summariesonly` is set aside: a rule is about every event, not those alone that a summary holds")

  static func splunkFills(_ text: String) -> Diagnostic {
    Diagnostic(
      .nullAsText,
      "Splunk puts events without a field into the group of the text `\(SplunkLiteral.comment(text))`; the rule keeps "
        + "them in a group of their own")
  }

  static let splunkErrorCode =
    Diagnostic(
      .computedField,
      "the add-on for AWS writes `success` and `failure` into `errorCode`; the rule takes the event's own",
      help: ["`errorCode=success` is an absent `errorCode` in the event"])

  static func splunkOutputLeftOut(_ name: String, _ source: Source, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .outputFieldLeftOut, "`\(SplunkLiteral.comment(name))` is left out: the search computes it", in: source,
      labels: span.map { [Label($0)] } ?? [])
  }

  static func splunkSinkLeftOut(_ command: String, _ source: Source, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .outputFieldLeftOut, "`\(command)` is set aside: a rule says which rows there are, not where they go",
      in: source, labels: span.map { [Label($0)] } ?? [])
  }

  static func splunkLimitLeftOut(_ command: String, _ source: Source, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .limitLeftOut, "`\(command)` is set aside: a rule is about every event", in: source,
      labels: span.map { [Label($0)] } ?? [])
  }

  static func splunkFilterTaken(_ command: SplunkQuery.LeftOut, _ source: Source) -> Diagnostic {
    Diagnostic(
      .filterTaken,
      "`\(SplunkLiteral.comment(command.name))` and all that follows is left out, as `--filter-only` asks: "
        + "the rule is the filter before it, and not what the search finds",
      in: source, labels: [Label(command.span)])
  }

  static func splunkMacroUnknown(_ use: SplunkMacroUse, _ source: Source, _ span: Span?) -> Diagnostic {
    splunkMacro(
      .unknownMacro, "nothing says what the macro `\(SplunkLiteral.comment(use.text))` stands for", source,
      span,
      "give its definition with `--macros`, or say that it tells where events are: `--place-macro \(SplunkLiteral.comment(use.name))`"
    )
  }

  static func splunkMacroArguments(_ use: SplunkMacroUse, _ source: Source, _ span: Span) -> Diagnostic {
    splunkMacro(
      .unknownMacro,
      "the macro `\(SplunkLiteral.comment(use.name))` has no definition for this number of arguments: \(use.arguments.count)",
      source, span,
      "the number of arguments is part of a macro's name, as in `[\(SplunkLiteral.comment(use.name))(\(use.arguments.count))]`"
    )
  }

  static func splunkMacroQuotes(_ use: SplunkMacroUse, _ source: Source, _ span: Span) -> Diagnostic {
    splunkMacro(
      .undocumented, "no manual tells what becomes of quotes within a macro's argument", source, span,
      "put quotes around the whole argument, with `\\\"` for those within, or write the macro out")
  }

  static func splunkMacroComputed(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    splunkMacro(
      .unsupported, "the macro `\(SplunkLiteral.comment(name))` is an expression that Splunk computes",
      source, span,
      "write out what it gives")
  }

  static func splunkMacroCircle(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    splunkMacro(
      .cycle, "the macro `\(SplunkLiteral.comment(name))` stands in itself, or too deep in others", source,
      span,
      "write it out")
  }

  static func splunkMacroSize(_ source: Source, _ span: Span) -> Diagnostic {
    splunkMacro(
      .aliasExpansion, "with its macros written out the search has more than \(SplunkMacros.sizeLimit) bytes",
      source, span, "write it out by hand")
  }

  private static func splunkMacro(
    _ code: Code, _ message: String, _ source: Source, _ span: Span?, _ help: String
  ) -> Diagnostic {
    Diagnostic(code, message, in: source, labels: span.map { [Label($0)] } ?? [], help: [help])
  }
}
