import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// What Splunk cannot say exactly, and what the user should know.
extension Diagnostic {
  static let splunkAnywhere = Diagnostic(
    .keywords, "Splunk cannot look for a text in every field of an event",
    help: [
      "a search over `_raw` would also see field names and JSON escapes; name the fields that can hold the text",
      "or give keywords a field with a processing pipeline, as `Examples/pipelines/keywords.yml` does",
    ])

  static func splunkFieldName(_ name: String) -> Diagnostic {
    Diagnostic(
      .fieldName, "field name `\(SplunkLiteral.comment(name))` cannot be written in SPL",
      help: [
        "names that are empty or hold quotes, backticks, brackets, `|`, `\\`, `$` or control characters are refused"
      ])
  }

  static func splunkOddNameInArray(_ name: String, _ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .fieldName, "field name `\(name)` inside an array, in `\(path)`, cannot be written in SPL",
      help: ["`json_extract` takes letters, digits, `_` and `-` after an array"])
  }

  static func splunkPathTooDeep(_ path: FieldPath, limit: Int) -> Diagnostic {
    Diagnostic(.tooDeep, "a path of \(path.steps.count) steps is too long for SPL: \(limit) is the limit")
  }

  static func splunkIgnoredCase(_ text: String, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .letterCase, "Splunk does not say how it ignores the case of `\(SplunkLiteral.comment(text))`",
      at: span,
      help: ["`lower()` is documented for ASCII letters only; compare in exact case or list the spellings"])
  }

  static func splunkLongNumber(_ number: String, _ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .numberRange, "Splunk reads JSON numbers as doubles, and `\(number)` is not exactly a double",
      help: ["if `\(path)` is a text, add a fixture that shows it as one"])
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

  /// `arrays` pass an array, `singles` none.
  static func splunkShapesTold(_ paths: (arrays: [FieldPath], singles: [FieldPath])) -> Diagnostic {
    let told = [
      paths.arrays.isEmpty ? [] : ["an array on the way to \(list(paths.arrays))"],
      paths.singles.isEmpty ? [] : ["one value at \(list(paths.singles))"],
    ].joined().joined(separator: ", ")
    return Diagnostic(
      .shapeTold, "as `[]` and the fixtures have it, the search takes in every event \(told)",
      help: ["where the log has both, the search misses one: a fixture that has it makes that a refusal"])
  }

  static func splunkLoneBesideArray(_ part: FieldPath, _ path: FieldPath) -> Diagnostic {
    let what = part == path.withoutEach ? "" : ", on the way to `\(path)`,"
    return Diagnostic(
      .loneBesideArray,
      "at `\(part)`\(what) a fixture has one value where `[]` or another fixture has an array: SPL reads the two "
        + "under different names",
      help: ["name the one that is meant, as in `\(part)[0]`, or translate to Athena SQL, which asks both"])
  }

  static func splunkExtractedElement(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .arrayElement, "an extracted field has no single elements, as `\(path)` asks for",
      help: ["leave out `--extracted-fields` where events are JSON"])
  }

  static func splunkExtractedArray(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .arrayElement,
      "an extracted field is one text, and a fixture has an array at `\(path)` or on the way to it",
      help: ["leave out `--extracted-fields` where events are JSON"])
  }

  static func splunkFixtureNotFlat(_ name: String) -> Diagnostic {
    Diagnostic(
      .fixtureNotFlat, "the fixture `\(name)` is not a flat event",
      help: [
        "its values must be texts, numbers, booleans or null, under other names than `fixture` and `expected`"
      ])
  }

  /// What a search of a data model cannot ask or count; `what` in words.
  static func splunkModel(_ what: String) -> Diagnostic {
    Diagnostic(
      .dataModel, "a search of a Splunk data model cannot say \(what)",
      help: ["name the place of the events themselves with `--source`"])
  }

  static let constantPlace = Diagnostic(
    .constantCondition, "a place that always or never holds cannot be written in SPL")

  static let splunkNoSource = Diagnostic(
    .noSource, "the search reads every index: the rule does not say where its events are",
    help: ["name the source with `--source 'index=… sourcetype=…'`"])

  static let splunkDefaultIndexes = Diagnostic(
    .noSource, "the search names no index, so it reads the indexes of the user's role",
    help: ["name the index with `--source 'index=… sourcetype=\"aws:cloudtrail\"'`"])

  static func splunkSize(_ bytes: Int) -> Diagnostic {
    Diagnostic(
      .platformLimit, "the search has \(bytes) bytes, and no manual tells how many Splunk takes",
      help: ["run it once before it is scheduled, or put its values into a lookup"])
  }

  static let splunkWindowLimit = Diagnostic(
    .platformLimit,
    "`streamstats` looks at \(SplunkWindows.rowLimit) rows at most (`max_stream_window` in limits.conf): raise it where "
      + "there can be more within one window")

  static let splunkJSON = Diagnostic(
    .takenAsJSON,
    "events are taken to be whole JSON text: in others, as Windows' XML or what TRUNCATE cut, the search finds no fields and "
      + "no match",
    help: ["`--extracted-fields` where an add-on extracts the fields"])

  static func splunkDigits(_ paths: [FieldPath]) -> Diagnostic {
    Diagnostic(
      .numbersInDoubles,
      "\(list(paths)): a number of more than 15 digits in the log is another one to Splunk, which reads it as a double; "
        + "a text keeps its digits")
  }

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

// Text that is not SPL, or not the part of it that is read.
extension Diagnostic {
  static func splunkCommand(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    let known = SplunkParser.commands
    return Diagnostic(
      .unsupported, "the command `\(name)` is not read", in: source, at: span,
      help: Suggestion.question(for: name, among: known)
        + ["read are \(known.joined(separator: ", ")): commands that keep or drop single events"])
  }

  static func splunkNotFirst(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(.unsupported, "`\(name)` must be the first command", in: source, at: span)
  }

  static func splunkDataModel(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      .unsupported, "`\(SplunkLiteral.comment(name))` is no data set at the root of a known data model",
      in: source, at: span, help: ["name the model and its data set, as `datamodel=Endpoint.Processes`"])
  }

  /// What stands where a function of `stats` should.
  static func splunkStatistic(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      .unknownFunction, "`stats` has no function `\(SplunkLiteral.comment(name))` here", in: source, at: span,
      help: ["`count`, or one with its field, as `dc(user)`; the group's fields stand behind `by`"])
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

// What a search asks that Splunk would refuse, or answers in a way that is not documented.
extension Diagnostic {
  static func splunkFunction(_ name: String, _ span: Span?) -> Diagnostic {
    .unknown(
      "function", name, among: SplunkFunctionTable.argumentCounts.keys.sorted(), .unknownFunction, at: span)
  }

  static func splunkArguments(_ name: String, _ count: Int, _ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "`\(name)` does not take \(count) arguments", at: span)
  }

  static func splunkRegex(_ pattern: String) -> Diagnostic {
    Diagnostic(.regexSyntax, "the regular expression `\(SplunkLiteral.comment(pattern))` is not read")
  }

  static func splunkNotBoolean(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "this is not a Boolean expression", at: span)
  }

  static func splunkBooleanAssigned(_ span: Span?) -> Diagnostic {
    Diagnostic(
      .wrongType, "`eval` cannot give a field a Boolean", at: span,
      help: ["write `if(…, \"true\", \"false\")`"])
  }

  static func splunkFilterFields(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "`mvfilter` takes an expression on one field", at: span)
  }

  static func splunkMultivalue(_ what: String, _ span: Span?) -> Diagnostic {
    Diagnostic(
      .undocumented, "what `\(what)` does with a multivalue field is not documented", at: span,
      help: ["say which values are meant with `mvfilter`"])
  }

  static func splunkCorner(_ event: Event) -> Diagnostic {
    Diagnostic(
      .undocumented,
      "Splunk's answer is not known: it depends on NOT over a missing field, on a number compared "
        + "with a text, or on a JSON boolean",
      help: ["the event is \(SplunkLiteral.comment(Value.object(event.object).compactJSON))"])
  }

  static func splunkPlace(_ span: Span?) -> Diagnostic {
    Diagnostic(
      .undocumented, "when an event happened cannot be decided here", at: span,
      help: ["`earliest` and `latest` are read where every event must have them"])
  }

  static func splunkMakesResults(_ span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, "a search that makes its own results takes no events", at: span)
  }

  static let splunkCornerRows = Diagnostic(
    .undocumented, "the rows depend on what Splunk does not document")

  static func splunkFixtureTooLong(_ name: String, limit: Int) -> Diagnostic {
    Diagnostic(
      .tooLarge, "fixture `\(SplunkLiteral.comment(name))` does not fit into a search",
      help: ["`makeresults` takes \(limit) characters of data"])
  }

  static let splunkMadeData = Diagnostic(.wrongType, "`makeresults` takes a JSON array of objects")

}
