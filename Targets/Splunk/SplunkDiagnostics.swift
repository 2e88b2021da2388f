import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// What Splunk cannot say exactly (E41x), and what the user should know (W41x).
extension Diagnostic {
  static let splunkAnywhere = Diagnostic(
    .keywords, "Splunk cannot look for a text in every field of an event",
    help: [
      "a search over `_raw` would also see field names and JSON escapes; name the fields that can hold the text",
      "or give keywords a field with a processing pipeline, as `Examples/pipelines/keywords.yml` does",
    ])

  static func splunkFieldName(_ name: String) -> Diagnostic {
    Diagnostic(
      .fieldName, "field name `\(SplunkLiteral.comment(name))` cannot be said in SPL",
      help: [
        "names that are empty or hold quotes, backticks, brackets, `|`, `\\`, `$` or control characters are refused"
      ])
  }

  static func splunkOddNameInArray(_ name: String, _ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .fieldName, "field name `\(name)` inside an array, in `\(path)`, cannot be said in SPL",
      help: ["`json_extract` takes letters, digits, `_` and `-` after an array"])
  }

  static func splunkPathTooDeep(_ path: FieldPath, limit: Int) -> Diagnostic {
    Diagnostic(.tooDeep, "a path of \(path.steps.count) steps is too long for SPL: \(limit) is the limit")
  }

  static func splunkIgnoredCase(_ text: String, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .letterCase, "Splunk does not say how it ignores the case of `\(SplunkLiteral.comment(text))`",
      labels: span.map { [Label($0)] } ?? [],
      help: ["`lower()` is documented for ASCII letters only; compare in exact case or list the spellings"])
  }

  static func splunkLongNumber(_ number: String, _ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .numberRange, "Splunk reads JSON numbers as doubles, and `\(number)` is none",
      help: ["if `\(path)` is a text, add a fixture that shows it as one"])
  }

  static func splunkSameAsHere(_ other: FieldPath) -> Diagnostic {
    Diagnostic(.fieldComparison, "Splunk cannot compare a part of a field with `\(other)`")
  }

  static func splunkSameAsArray(_ path: FieldPath, _ other: FieldPath) -> Diagnostic {
    Diagnostic(
      .fieldComparison, "Splunk cannot compare `\(path)` with `\(other)`: one of them is an array",
      help: ["`mvfilter` takes one field only"])
  }

  static func splunkSource(_ text: String) -> Diagnostic {
    Diagnostic(
      .notASource, "`\(SplunkLiteral.comment(text))` is not a Splunk source",
      help: ["write `index=main`, `sourcetype=\"aws:cloudtrail\"`, both, or a macro between backticks"])
  }

  static func splunkTime(_ instant: Instant) -> Diagnostic {
    Diagnostic(
      .notAnInstant, "a bound at `\(instant.text)` is not a whole second from 1970 on, as Splunk takes it",
      help: ["write a whole second, as `2024-06-01T00:00:00Z`"])
  }

  static func splunkMappedNetwork(_ network: CIDR) -> Diagnostic {
    Diagnostic(
      .mappedAddress, "Splunk does not say whether IPv4-mapped addresses are in `\(network)`",
      help: ["name a network of 96 bits or more, or IPv4 ones"])
  }

  static func splunkTooDeep(limit: Int) -> Diagnostic {
    Diagnostic(.tooDeep, "the condition is nested deeper than \(limit) levels")
  }

  static func splunkShapes(_ paths: [FieldPath]) -> Diagnostic {
    Diagnostic(
      .assumedShape,
      "\(list(paths)) \(paths.count == 1 ? "is" : "are") read as single values: nothing tells whether "
        + "\(paths.count == 1 ? "it is an array" : "they are arrays")",
      help: ["write `[]` after the name of an array, or add a fixture that has it"])
  }

  static func splunkExtractedElement(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .arrayElement, "an extracted field has no single elements, as `\(path)` asks for",
      help: ["leave out `--extracted-fields` where events are JSON"])
  }

  static func splunkFixtureNotFlat(_ name: String) -> Diagnostic {
    Diagnostic(
      .fixtureNotFlat, "the fixture `\(name)` is no event of extracted fields",
      help: [
        "its values must be texts, numbers, booleans or null, under other names than `fixture` and `expected`"
      ])
  }

  static let constantPlace = Diagnostic(
    .constantCondition, "a place that always or never holds cannot be said in SPL")

  static let splunkNoSource = Diagnostic(
    .noSource, "the search reads every index: nothing tells where the events are",
    help: ["name the source with `--source 'index=… sourcetype=…'`"])

  static let splunkDefaultIndexes = Diagnostic(
    .noSource, "the search names no index, so it reads the indexes of the user's role",
    help: ["name the index with `--source 'index=… sourcetype=\"aws:cloudtrail\"'`"])

  static let splunkLimits = Diagnostic(
    .platformLimit,
    "Splunk gives up a regular expression after 100,000 steps (`match_limit` in limits.conf) and takes it as not "
      + "matching: raise it where values are longer than that")

  private static func list(_ paths: [FieldPath]) -> String {
    paths.map { "`\(SplunkLiteral.comment($0.description))`" }.joined(separator: ", ")
  }
}

extension Diagnostic {
  static func splunkNumber(_ number: Number) -> Diagnostic {
    Diagnostic(
      .numberRange, "the number `\(number.written)` is out of SPL's range",
      help: ["numbers are written without an exponent"])
  }
}

// Text that is not SPL, or not the part of it that is read (E17x).
extension Diagnostic {
  static func splunkUnclosed(_ what: String, _ mark: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(.unclosed, "this \(what) has no closing `\(mark)`", in: source, at: span)
  }

  static func splunkUnexpected(
    _ found: String, _ expected: String, _ source: Source, _ span: Span
  ) -> Diagnostic {
    Diagnostic(.unexpected, "expected \(expected), found \(found)", in: source, at: span)
  }

  static func splunkNesting(limit: Int, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(.textTooDeep, "the search is nested deeper than \(limit) levels", in: source, at: span)
  }

  static func splunkCommand(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: SplunkParser.commands)
    return Diagnostic(
      .unsupported, "the command `\(name)` is not read", in: source, at: span,
      help: (near.map { ["did you mean `\($0)`?"] } ?? [])
        + [
          "read are \(SplunkParser.commands.joined(separator: ", ")): commands that keep or drop single events"
        ])
  }

  static func splunkNotFirst(_ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(.unsupported, "`makeresults` must be the first command", in: source, at: span)
  }

  static func splunkOption(_ name: String, of command: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(.unsupported, "`\(command)` is not read with the option `\(name)`", in: source, at: span)
  }

  static func splunkSubsearch(_ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      .unsupported, "a subsearch is not a condition on one event", in: source, at: span,
      help: ["write the values that it finds"])
  }

  static func splunkMacroInside(_ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      .unsupported, "a macro inside an expression is not read", in: source, at: span,
      help: ["write what it stands for"])
  }

  static func splunkSingleQuotes(_ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      .unexpected, "single quotes do not quote in `search`", in: source, at: span,
      help: ["write the field in double quotes"])
  }
}

// What a search asks that Splunk would refuse, or answers in a way that no manual tells (E301 to E332).
extension Diagnostic {
  static func splunkFunction(_ name: String, _ span: Span?) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: SplunkFunctionTable.argumentCounts.keys.sorted())
    return Diagnostic(
      .unknownFunction, "the function `\(name)` is not known", labels: labels(span),
      help: near.map { ["did you mean `\($0)`?"] } ?? [])
  }

  static func splunkArguments(_ name: String, _ count: Int, _ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "`\(name)` does not take \(count) arguments", labels: labels(span))
  }

  static func splunkRegex(_ pattern: String) -> Diagnostic {
    Diagnostic(.regexSyntax, "the regular expression `\(SplunkLiteral.comment(pattern))` is not read")
  }

  static func splunkNotBoolean(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "this is not a Boolean expression", labels: labels(span))
  }

  static func splunkBooleanAssigned(_ span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongType, "`eval` cannot give a field a Boolean", labels: labels(span),
      help: ["write `if(…, \"true\", \"false\")`"])
  }

  static func splunkFilterFields(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "`mvfilter` takes an expression on one field", labels: labels(span))
  }

  static func splunkMultivalue(_ what: String, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .undocumented, "what `\(what)` does with a multivalue field is not documented", labels: labels(span),
      help: ["say which values are meant with `mvfilter`"])
  }

  static func splunkCorner(_ event: Event) -> Diagnostic {
    Diagnostic(
      .undocumented,
      "Splunk's answer is not known: it hangs on NOT over a missing field, on a number compared with a "
        + "text, or on a JSON boolean",
      help: ["the event is \(SplunkLiteral.comment(Value.object(event.object).compactJSON))"])
  }

  static func splunkPlace(_ span: Span?) -> Diagnostic {
    Diagnostic(
      .undocumented, "when an event happened cannot be decided here", labels: labels(span),
      help: ["`earliest` and `latest` are read where every event must have them"])
  }

  static func splunkMakesResults(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "a search that makes its own results takes no events", labels: labels(span))
  }

  static let splunkCornerRows = Diagnostic(
    .undocumented, "the rows hang on what no manual of Splunk tells")

  static let splunkNoFixtures = Diagnostic(
    .noFixtures, "the rule has no fixtures to test", help: ["add `Tests:` to the rule"])

  static func splunkFixtureTooLong(_ name: String, limit: Int) -> Diagnostic {
    Diagnostic(
      .tooLarge, "fixture `\(SplunkLiteral.comment(name))` does not fit into a search",
      help: ["`makeresults` takes \(limit) characters of data"])
  }

  static let splunkMadeData = Diagnostic(.wrongType, "`makeresults` takes a JSON array of objects")

  private static func labels(_ span: Span?) -> [Label] { span.map { [Label($0)] } ?? [] }
}
