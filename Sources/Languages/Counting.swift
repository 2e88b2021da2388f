import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Aggregate {
  /// What a comparison of a count with a number asks, in questions "so many or more"; `nil` where the text is no number.
  package static func asking(
    _ name: String, _ operation: ComparisonOperator, _ bound: String
  ) -> Condition? {
    guard let number = Number(bound)?.double, number.isFinite else { return nil }
    // A count is far from such bounds, and adding 1 to them is no overflow.
    let whole = min(max(number.rounded(.down), -1e15), 1e15)
    let (least, isWhole) = (Int(whole), whole == number)
    let (reached, passed) = (atLeast(isWhole ? least : least + 1, name), atLeast(least + 1, name))
    return switch operation {
    case .greaterOrEqual: reached
    case .greater: passed
    case .less: .not(reached)
    case .lessOrEqual: .not(passed)
    case .equal: isWhole ? .all([reached, .not(passed)]) : .always(false)
    case .unequal: isWhole ? .not(.all([reached, .not(passed)])) : .always(true)
    }
  }
}

extension Condition {
  /// Whether a value at the path is one that sums add up: a whole number of 1 to 15 digits.
  package static func wholeNumber(_ path: FieldPath) -> Condition {
    guard let regex = try? PortableRegex("^[0-9]{1,15}\\z") else { return .always(false) }
    return .test(path, .regex(regex))
  }
}

extension Comparison {
  /// The comparison that holds of numbers where this one does not.
  package var opposite: Comparison {
    switch self {
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    }
  }
}

extension Diagnostic {
  /// Values that a text adds up or compares as they are, taken as the numbers that a rule takes. `what`: what is made of
  /// them; `areWhole`: whether they are added up.
  package static func numbersTaken(
    _ what: String, areWhole: Bool = true, in source: Source? = nil, at span: Span?
  ) -> Diagnostic {
    let numbers = areWhole ? "whole numbers, 0 or more, of 15 digits at most" : "numbers alone"
    return Diagnostic(
      .numbersTaken, "\(what) is taken to be of \(numbers)", in: source,
      labels: span.map { [Label($0)] } ?? [],
      help: [
        areWhole
          ? "of other numbers the rule adds nothing: platforms round their sums, each in its own way"
          : "where one is no number, the platform compares texts"
      ])
  }

  /// A rule that counts events, where they are taken one by one. `place`: where, as `in Sigma`.
  package static func countsNotSaid(by place: String) -> Diagnostic {
    Diagnostic(
      .countsNotSaid, "the rule alerts on events that are counted together, which cannot be said \(place)",
      help: ["write it in a language that counts"])
  }

  /// A rule that counts in windows, in a language that counts in fixed spans.
  package static func windowNotSaid(_ aggregate: Aggregate, in language: String) -> Diagnostic {
    Diagnostic(
      .windowNotSaid, "\(language) cannot count\(aggregate.period) of any event",
      help: ["`--approximate tumbling` counts in fixed spans, and misses what lies around the end of one"])
  }

  /// A rule that counts in spans of which several have one event, in a language that does not.
  package static func hopsNotSaid(_ aggregate: Aggregate, in language: String) -> Diagnostic {
    Diagnostic(.windowNotSaid, "\(language) cannot count\(aggregate.period)")
  }

  /// An order of events that a language cannot ask for.
  package static func orderNotSaid(in language: String) -> Diagnostic {
    Diagnostic(.windowNotSaid, "\(language) cannot ask for events in order here")
  }

  /// Fixed spans that stand for windows.
  package static func windowApproximated(_ aggregate: Aggregate, in language: String) -> Diagnostic {
    Diagnostic(
      .windowApproximated,
      "the query is not exact: it counts in fixed spans what the rule counts\(aggregate.period) of any event",
      help: [
        "events on both sides of the end of a span are counted apart: an alert can be missed or gained there"
      ])
  }

  /// Up to where an average is exact: platforms add its numbers in doubles, which hold every whole number up to 2^53.
  package static func averageInDoubles(in language: String) -> Diagnostic {
    Diagnostic(
      .averageInDoubles,
      "\(language) asks the average exactly while the numbers of a group add up to 9,007,199,254,740,992 (2^53) "
        + "at most")
  }

  /// A key that a language cannot group by; `reason` in a clause.
  package static func groupNotSaid(_ key: Aggregate.Key, in language: String, _ reason: String) -> Diagnostic
  {
    Diagnostic(.groupNotSaid, "\(language) cannot count by `\(key.name)`: \(reason)")
  }

  /// A field that a language cannot group or count by; `reason` in a clause.
  package static func groupNotSaid(_ path: FieldPath, in language: String, _ reason: String) -> Diagnostic {
    Diagnostic(.groupNotSaid, "\(language) cannot count by `\(path)`: \(reason)")
  }
}
