import ConcordDetection
import ConcordDiagnostics

// What Sigma cannot say. What is wrong with a Sigma rule is in SigmaDiagnostics.swift.

extension Diagnostic {
  /// How Sigma is told which log the events are of.
  static let sigmaPlaceHelp = "name the log in the project file: a log at that place, and its `source`"

  static func sigmaConstant(_ value: Bool, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .constantCondition, "Sigma cannot express a condition that is \(value) of every event", at: origin,
      help: ["a Sigma selection asks about a field or a keyword; give the condition something to ask"])
  }

  static func sigmaIndex(_ path: FieldPath, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .arrayElement, "Sigma cannot ask for one element of an array, as `\(path)` does", at: origin,
      help: ["a Sigma field asks all elements; write the path without its index if that is what you mean"])
  }

  static func sigmaFieldName(_ name: String, in path: FieldPath, at origin: Span?) -> Diagnostic {
    let reason =
      name.isEmpty ? "is empty" : name.unicodeScalars.contains("|") ? "holds a `|`" : "holds a `.`"
    return Diagnostic(
      .fieldName, "Sigma cannot spell the field `\(path)`: the name `\(name)` \(reason)", at: origin,
      help: ["`.` joins the names of a Sigma field and `|` begins its modifiers; neither can be escaped"])
  }

  static func sigmaFieldReference(_ path: FieldPath, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .fieldName, "Sigma cannot refer to the field `\(path)`: its name holds a wildcard or a backslash",
      at: origin, help: ["the value of `fieldref` is plain text"])
  }

  static func sigmaExactReference(_ path: FieldPath, _ other: FieldPath, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .fieldComparison, "Sigma cannot compare `\(path)` with `\(other)` in exact letter case", at: origin,
      help: [
        "`fieldref` ignores letter case and does not go together with `cased`",
        "where letter case does not matter, say so: `\(path) eq_field \(other) nocase`",
      ])
  }

  static func sigmaAnchoredKeyword(at origin: Span?) -> Diagnostic {
    Diagnostic(
      .keywords, "Sigma cannot ask whether some field is, begins or ends with a text", at: origin,
      help: ["Sigma's keywords are found anywhere within a text; name the field"])
  }

  static func sigmaTruthyElements(_ path: FieldPath, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .truthyArray, "Sigma cannot ask whether `\(path)` is truthy: it passes an array", at: origin,
      help: [
        "Sigma can negate a test of all elements, but not ask whether some element is not a value",
        "ask for the values that you mean",
      ])
  }

  static func sigmaNumber(_ text: String, at origin: Span?) -> Diagnostic {
    Diagnostic(
      .numberRange, "Sigma cannot compare with `\(text)`: it is beyond a double's range", at: origin,
      help: ["the greatest number is about 1.8e308"])
  }

  static func sigmaAssumedScalar(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .assumedShape, "`\(path)` is taken to hold one value, not an array",
      help: ["whether it passes an array is not known, and Sigma can ask for truthiness of one value only"])
  }

  static func sigmaArrayField(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .arrayByElement, "`\(path)` passes an array: the Sigma field is to match if some element does",
      help: ["specification 2.1 says nothing of arrays, and the platform decides"])
  }

  static func sigmaLogSource(_ name: String, _ source: SigmaLogSource) -> Diagnostic {
    let parts = [
      source.category.map { "category `\($0)`" }, source.product.map { "product `\($0)`" },
      source.service.map { "service `\($0)`" },
    ].compactMap { $0 }.joined(separator: ", ")
    return Diagnostic(
      .unusualLogSource,
      name.isEmpty
        ? "the rule names no log source; \(parts) stands for it"
        : "log source `\(name)` has no counterpart in Sigma's public rules; it is written as \(parts)",
      help: ["a pipeline must map it to where the events are"])
  }

  static func sigmaDropped(_ what: String, _ reason: String) -> Diagnostic {
    Diagnostic(.leftOut, "\(what) is not in the Sigma rule: \(reason)")
  }

  static func sigmaThreshold(_ threshold: Int) -> Diagnostic {
    Diagnostic(
      .leftOut, "the Sigma rule matches single events; the threshold of \(threshold) is not in it",
      help: ["count the matches with a correlation rule of type `event_count`"])
  }
}
