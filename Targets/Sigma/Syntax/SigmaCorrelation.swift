import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A correlation as it is written (Sigma correlation rules specification 2.1): how matches of other rules must stand
/// to one another.
package struct SigmaCorrelation: Hashable, Sendable {
  /// What is asked of the matches in a group and a time span.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// How many there are.
    case eventCount = "event_count"
    /// How many distinct values a field has.
    case valueCount = "value_count"
    /// Whether there are matches of the rules.
    case temporal
    /// Whether there are matches of the rules, in the order of the rules.
    case temporalOrdered = "temporal_ordered"
    /// The sum of a field.
    case valueSum = "value_sum"
    /// The average of a field.
    case valueAverage = "value_avg"
    /// A percentile of a field.
    case valuePercentile = "value_percentile"
    /// The median of a field; not in specification 2.1, an addition of pySigma.
    case valueMedian = "value_median"

    /// Whether it speaks of the values of a field.
    package var needsField: Bool {
      switch self {
      case .valueCount, .valueSum, .valueAverage, .valuePercentile, .valueMedian: true
      case .eventCount, .temporal, .temporalOrdered: false
      }
    }

    /// Whether it speaks of matches of several rules.
    package var isTemporal: Bool { self == .temporal || self == .temporalOrdered }
  }

  /// How the count, or the value, must compare.
  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case gt, gte, lt, lte, eq, neq

    /// The comparison that asks for an order.
    init(_ comparison: ConcordDetection.Comparison) {
      switch comparison {
      case .greater: self = .gt
      case .greaterOrEqual: self = .gte
      case .less: self = .lt
      case .lessOrEqual: self = .lte
      }
    }

    /// The comparison of a count with a number.
    var operation: ComparisonOperator {
      switch self {
      case .gt: .greater
      case .gte: .greaterOrEqual
      case .lt: .less
      case .lte: .lessOrEqual
      case .eq: .equal
      case .neq: .unequal
      }
    }
  }

  /// One bound of the condition.
  package struct Bound: Hashable, Sendable {
    /// How it compares.
    package var comparison: Comparison
    /// With what.
    package var number: Number

    /// Whether a count, or a value, keeps the bound.
    func holds(of value: Double) -> Bool { comparison.operation.holds(value, number.double) }
  }

  /// When the correlation matches.
  package enum Criterion: Hashable, Sendable {
    /// The count or value keeps all bounds, one or two; of `fields` where the kind asks for some.
    case bounds([Bound], fields: [String], percentile: Number?)
    /// The rules, named by the expression, have matches so; for temporal kinds, as the 2.2 draft has it.
    case expression(SigmaExpression)
  }

  /// A name for fields that are called otherwise in the events of each rule.
  package struct Alias: Hashable, Sendable {
    /// The name, for use in `group-by`.
    package var name: String
    /// The rules and the fields for which it stands.
    package var fields: [Field]

    /// A field of one rule's events.
    package struct Field: Hashable, Sendable {
      /// The rule's name.
      package var rule: String
      /// The field's name.
      package var field: String
    }
  }

  /// Title, id and the like: a document without log source and detection.
  package var metadata: SigmaDocument
  /// What is asked.
  package var kind: Kind
  /// The ids or names of the rules, which may be correlations.
  package var rules: [String] = []
  /// The fields whose values must be the same.
  package var groupBy: [String] = []
  /// Within which time, in seconds.
  package var timespan: Int
  /// When it matches; `nil` where every rule must have a match.
  package var criterion: Criterion?
  /// The aliases, in order.
  package var aliases: [Alias] = []
  /// Whether the rules are meant to be run alone too. The specification's default is not.
  package var generate: Bool = false

  /// A correlation of that kind over that many seconds.
  package init(metadata: SigmaDocument, kind: Kind, timespan: Int) {
    self.metadata = metadata
    self.kind = kind
    self.timespan = timespan
  }
}
