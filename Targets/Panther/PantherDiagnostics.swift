import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// What can be wrong with a Panther rule file.

extension Diagnostic {
  static func noRule(in source: Source) -> Diagnostic {
    Diagnostic(
      .noRule, "the file holds no rule", in: source, labels: [], help: ["a rule has `AnalysisType: rule`"])
  }

  static func notAMapping(_ node: YAMLNode, _ what: String, in source: Source) -> Diagnostic {
    Diagnostic(.wrongKind, "\(what) must be a mapping, not \(node.kindName)", in: source, at: node.span)
  }

  static func missingKey(
    _ key: String, of root: YAMLNode, near: YAMLNode?, in source: Source
  ) -> Diagnostic {
    let place = near?.span ?? Span(at: root.span.start)
    return Diagnostic(
      .missingKey, "the rule has no `\(key)`", in: source, at: place,
      help: near?.scalar.map { ["`\($0)` was probably meant to be `\(key)`"] }
        ?? [key == "AnalysisType" ? "write `AnalysisType: rule`" : "write `\(key): …` at the top level"])
  }

  static func missingKey(
    _ key: String, ofTest test: YAMLNode, named name: String?, near: YAMLNode?, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .missingKey, "the test\(name.map { " `\($0)`" } ?? "") has no `\(key)`", in: source,
      at: near?.span ?? Span(at: test.span.start),
      help: near?.scalar.map { ["`\($0)` was probably meant to be `\(key)`"] } ?? [])
  }

  static func notARule(_ type: String, _ span: Span, in source: Source) -> Diagnostic {
    if let reason = PantherKeys.otherAnalyses[type] {
      return Diagnostic(.unsupported, "`\(type)` is not read", in: source, at: span, help: [reason])
    }
    return Diagnostic(
      .unsupported, "`\(type)` is not read, only `rule` and `correlation_rule` are", in: source, at: span,
      help: Suggestion.question(for: type, among: ["rule", "correlation_rule"]))
  }

  /// A part of a correlation rule that is not read: `what` names it.
  static func correlationPart(_ what: String, _ node: YAMLNode, in source: Source) -> Diagnostic {
    Diagnostic(.unsupported, "\(what) is not read", in: source, at: node.span)
  }

  static func missingKey(_ key: String, ofCorrelation node: YAMLNode, in source: Source) -> Diagnostic {
    Diagnostic(.missingKey, "there is no `\(key)` here", in: source, at: Span(at: node.span.start))
  }

  static func wrongKind(_ key: String, _ expected: String, _ node: YAMLNode, in source: Source) -> Diagnostic
  {
    var help: [String] = []
    if expected == "`true` or `false`", let text = node.scalar {
      switch text.lowercased() {
      case "yes", "on", "true", "y": help = ["write `true` without quotes"]
      case "no", "off", "false", "n": help = ["write `false` without quotes"]
      default: break
      }
    } else if expected == "a list", let text = node.scalar, !text.isEmpty {
      help = ["write `- \(text)` on a line of its own"]
    }
    return Diagnostic(
      .wrongKind, "`\(key)` must be \(expected), not \(node.kindName)", in: source, at: node.span, help: help)
  }

  static func badJSONLog(_ cause: Diagnostic, _ node: YAMLNode, in source: Source) -> Diagnostic {
    let place = cause.labels.first.map { node.span(ofText: $0.span) } ?? node.span
    return Diagnostic(
      .wrongKind, "`Log` is a text that is not JSON: \(cause.message)", in: source, at: place,
      help: cause.help)
  }

  static func inlineFilters(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .unsupported, "inline filters are not read, and they change which events the rule sees", in: source,
      at: span,
      help: ["write them as lines of `Condition` and remove `InlineFilters`"])
  }

  static func oneConditionForMany(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .severalRules, "one condition was given for a file of several rules", in: source, at: span,
      help: ["write a `Condition` into each rule"])
  }

  static func noCondition(_ root: YAMLNode, in source: Source) -> Diagnostic {
    var help = [
      "write a `Condition: |` block into the rule, or give one with `--condition FILE` or `-e 'text'`"
    ]
    if let file = root["Filename"]?.scalar {
      help.append("the Python in `\(file)` is not read")
    } else if root["Detection"] != nil {
      help.append("the expressions under `Detection` are not read")
    }
    let place = root.keyNode(of: "RuleID")?.span ?? Span(at: root.span.start)
    return Diagnostic(.noCondition, "the rule has no condition", in: source, at: place, help: help)
  }

  static func foldedCondition(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .foldedCondition, "the condition is a folded block, which joins its lines to one", in: source, at: span,
      help: ["write `Condition: |`"])
  }
}

// Warnings.
extension Diagnostic {
  static func conditionReplaced(_ span: Span, by given: Source, in source: Source) -> Diagnostic {
    Diagnostic(
      .conditionReplaced, "the rule's own condition is replaced by that of `\(given.name)`",
      in: source,
      at: span)
  }

  static func threshold(_ count: Int, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .threshold, "the rule alerts on \(count) matches, a query shows each one", in: source,
      at: span, help: ["counting is not part of the condition: set it up where the query runs"])
  }

  /// When a correlation rule looks; `nil` where it does not say.
  static func scheduleLeftOut(_ correlation: PantherCorrelation, _ span: Span?, in source: Source)
    -> Diagnostic?
  {
    let (minutes, lookback) = (correlation.minutes, correlation.lookback)
    if correlation.asksAbsence, let rate = correlation.rate {
      return Diagnostic(
        .scheduleTaken, "the rule is taken to look at each multiple of \(rate) minutes since 1970",
        in: source,
        at: span, help: ["what is missing when it looks may come later, so the minute of a look matters"])
    }
    // What is no further apart than the looks overlap is in one of them.
    guard let rate = correlation.rate, lookback - rate < minutes else { return nil }
    return Diagnostic(
      .scheduleTaken, "the rule finds what is within \(minutes) minutes, whenever it looks", in: source,
      at: span,
      help: [
        "a look every \(rate) minutes at \(lookback) minutes is sure to see at once what is within \(max(0, lookback - rate))"
      ])
  }

  static func mocks(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .mocks,
      "the test's `Mocks` replace Python functions, which a condition does not call",
      in: source, at: span, help: ["if the test fails, its expectation may rest on them"])
  }

  static func mistypedKey(_ key: String, _ near: String, _ span: Span, in source: Source) -> Diagnostic {
    .unknown("key", key, among: [near], .unknownKey, in: source, at: span)
  }

  static func repeatedTest(_ name: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.sameName, "two tests are called `\(name)`", in: source, at: span)
  }

  static func oddAttack(_ text: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .badTag, "`\(text)` is not an ATT&CK reference", in: source, at: span,
      help: ["write tactic and technique: `TA0005:T1578`"])
  }
}

extension YAMLNode {
  /// What it is, for messages.
  var kindName: String {
    switch value {
    case .null: "null"
    case .bool(let value): "`\(value)`"
    case .number: "the number `\(scalar ?? "")`"
    case .string(let text): text.unicodeScalars.count > 40 ? "a text" : "the text `\(text)`"
    case .malformedString: "a text"
    case .array: "a list"
    case .object: "a mapping"
    }
  }
}
