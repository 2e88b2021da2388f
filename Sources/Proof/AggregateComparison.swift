import ConcordDetection

/// Whether two detections make the same alerts of the same events.
package enum AggregateComparison {
  /// What is different, in a clause; `nil` where both raise the same alerts. That is decided for aggregates of the same
  /// group, span and measures; of others it is said that they differ, though they may raise the same alerts.
  package static func difference(
    _ first: Aggregate?, _ second: Aggregate?, _ limits: Prover.Limits = Prover.Limits()
  ) -> String? {
    guard let first, let second else {
      return first == nil && second == nil ? nil : "only one of both counts events"
    }
    let (one, other) = (first.canonical, second.canonical)
    let isGroupedAlike =
      one.group.count == other.group.count
      && zip(one.group, other.group).allSatisfy { groups($0, as: $1, limits) }
    if !isGroupedAlike { return "they group by other fields" }
    if one.period != other.period { return "they count in other spans of time" }
    guard let threshold = renamed(other, as: one, limits) else { return "they count other things" }
    // Questions about one number are not independent, which the prover knows of numbers at a path.
    let proof = Prover(arrays: .nowhereAt(Set(one.threshold.paths)), limits: limits)
      .compare(one.threshold, threshold)
    if case .equal = proof.verdict { return nil }
    return "their thresholds differ: \(first), and \(second)"
  }

  /// The threshold of `other` under the names that `one` has for the same measures; `nil` where one of its measures is
  /// none of these. Conditions that are proved equal count alike.
  private static func renamed(_ other: Aggregate, as one: Aggregate, _ limits: Prover.Limits) -> Condition? {
    var names: [FieldPath: FieldPath] = [:]
    for column in other.columns {
      guard let same = one.columns.first(where: { counts($0.measure, as: column.measure, limits) }) else {
        return nil
      }
      names[FieldPath(column.name)] = FieldPath(same.name)
    }
    return other.threshold.mapPaths { names[$0] ?? $0 }
  }

  private static func counts(
    _ one: Aggregate.Measure, as other: Aggregate.Measure, _ limits: Prover.Limits
  ) -> Bool {
    let (ours, theirs): ([Condition], [Condition])
    switch (one, other) {
    case (.matching(let first), .matching(let second)): (ours, theirs) = ([first], [second])
    case (.inOrder(let first), .inOrder(let second)): (ours, theirs) = (first, second)
    case (.count, _), (.present, _), (.distinct, _), (.matching, _), (.inOrder, _), (.sum, _), (.average, _):
      return one == other
    }
    return areEqual(ours, theirs, limits)
  }

  /// Whether two keys tell the same groups apart: fields in the same order under conditions that are proved equal.
  private static func groups(_ one: Aggregate.Key, as other: Aggregate.Key, _ limits: Prover.Limits) -> Bool {
    one == other
      || one.keepsAbsent == other.keepsAbsent && one.cases.map(\.path) == other.cases.map(\.path)
        && areEqual(one.cases.map(\.condition), other.cases.map(\.condition), limits)
  }

  private static func areEqual(
    _ ours: [Condition], _ theirs: [Condition], _ limits: Prover.Limits
  ) -> Bool {
    ours.count == theirs.count
      && zip(ours, theirs).allSatisfy { first, second in
        if case .equal = Prover(limits: limits).compare(first, second).verdict { true } else { false }
      }
  }
}
