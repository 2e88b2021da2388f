import ConcordDetection

extension Prover {
  /// A prover for events in which a path holds several values only where something tells that it may: `[]` or an
  /// index in a path of these conditions, or an array in one of these events.
  package static func singleValued(
    _ conditions: [Condition], _ events: [Event], limits: Limits = Limits()
  ) -> Prover {
    Prover(arrays: .nowhereAt(singleValuedPaths(conditions, events)), limits: limits)
  }

  /// The same prover, whose events are as they are found.
  package var withoutShrinking: Prover {
    var copy = self
    copy.limits.shrinks = 0
    return copy
  }

  /// The paths of these conditions that are not known to hold several values.
  package static func singleValuedPaths(_ conditions: [Condition], _ events: [Event]) -> Set<FieldPath> {
    var single: Set<FieldPath> = []
    var many: Set<FieldPath> = []
    for path in conditions.flatMap(\.paths) {
      if path.shape(in: events).hasArray { many.insert(path.withoutEach) } else { single.insert(path) }
    }
    return single.filter { !many.contains($0.withoutEach) }
  }
}
