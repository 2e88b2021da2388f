import ConcordDetection
import ConcordDiagnostics

/// What a correlation rule looks for, as its `Detection` says it: signals of several rules.
///
/// A signal is what a rule makes of an event that it matches: the event with `p_rule_id`, the rule's name.
struct PantherCorrelation {
  /// The signals of one rule.
  struct Step {
    /// The name by which the rest of the file refers to it.
    var id: String
    /// The rule.
    var ruleID: String
    /// How many of them there must be; 0 where there must be none.
    var count: Int
    /// The field whose value all steps share; `nil` where none is asked for.
    var match: FieldPath?
    /// Where its name stands.
    var span: Span

    /// That a signal is one of these.
    var condition: Condition {
      .test(PantherCorrelation.ruleID, .text(.equals(ruleID), .exact))
    }
  }

  /// The field of a signal that names its rule.
  static let ruleID = FieldPath("p_rule_id")
  /// How many minutes it looks back where it does not say so.
  static let usualLookback = 15
  /// How many rules it may name.
  static let stepLimit = 64
  /// In how many looks one signal may be.
  static let lookLimit = 1_000
  /// The log that signals are in.
  static let log = LogSource(
    product: "panther", service: "correlation_signals", platformName: "Panther.CorrelationSignals")

  /// Whose signals.
  var steps: [Step]
  /// Whether they must come in the order of the steps.
  var isOrdered: Bool
  /// What the shared field is called.
  var matchName = "match"
  /// Within how many minutes all of them must be.
  var minutes: Int
  /// How many minutes it looks back.
  var lookback: Int
  /// Every how many minutes it is looked for; `nil` where that is not said in minutes.
  var rate: Int?

  /// Whether it asks that signals of a rule are missing.
  var asksAbsence: Bool { steps.contains { $0.count == 0 } }

  /// The fields of the steps that have their names from Panther itself and hold lists.
  static func path(_ path: FieldPath) -> FieldPath {
    guard path.steps.count == 1, case .name(let name)? = path.steps.first, name.hasPrefix("p_any_") else {
      return path
    }
    return FieldPath(steps: path.steps + [.each]) ?? path
  }
}

// What it means.
extension PantherCorrelation {
  /// Gives a rule its log, condition and aggregate.
  func fill(_ rule: inout Rule) {
    rule.logSources = [PantherCorrelation.log]
    rule.condition = .any(steps.map(\.condition))
    rule.aggregate = isOrdered ? ordered : unordered
  }

  private var keys: [Aggregate.Key] {
    let cases = steps.compactMap { step in step.match.map { Aggregate.Key.Case(step.condition, $0) } }
    guard let first = cases.first else { return [] }
    return cases.allSatisfy { $0.path == first.path }
      ? [Aggregate.Key(first.path)] : [Aggregate.Key(named: matchName, cases)]
  }

  private var ordered: Aggregate {
    let name = steps.map(\.id).joined(separator: ", then ")
    return Aggregate(
      by: keys, in: .windows(minutes * 60),
      columns: [Aggregate.Column(name, .inOrder(steps.map(\.condition)))],
      threshold: Aggregate.atLeast(steps.count, name))
  }

  private var unordered: Aggregate {
    let columns = steps.map { Aggregate.Column($0.id, .matching($0.condition)) }
    let asked = steps.map { step in
      step.count == 0 ? Condition.not(Aggregate.atLeast(1, step.id)) : Aggregate.atLeast(step.count, step.id)
    }
    return Aggregate(by: keys, in: period, columns: columns, threshold: .all(asked))
  }

  /// Signals that are there are together in a window, whenever it is looked for them; that others are missing is seen at
  /// the time of a look.
  private var period: Aggregate.Period {
    guard asksAbsence, let rate else { return .windows(minutes * 60) }
    return .hops(minutes * 60, every: rate * 60)
  }
}
