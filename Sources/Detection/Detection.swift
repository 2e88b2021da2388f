/// What a rule finds: which events (`condition`) of which logs (`place`).
///
/// Two detections are the same where all parts are. A translation carries each of them or is refused.
public struct Detection: Hashable, Sendable {
  /// Where its events are: a condition that asks of the place alone.
  public var place: Condition
  /// Which single events.
  public var condition: Condition

  /// A detection of these parts.
  public init(place: Condition = .always(true), condition: Condition) {
    self.place = place
    self.condition = condition
  }

  /// Whether an event of a log is found: place and condition hold of it.
  public func holds(of event: Event) -> Bool { place.holds(of: event) && condition.holds(of: event) }
}

extension Rule {
  /// The whole of what the rule finds. Its log sources are alternatives, and part of the place.
  public var detection: Detection {
    let logs = Condition.any(logSources.map(\.place))
    return Detection(place: .all((logSources.isEmpty ? [] : [logs]) + [place]), condition: condition)
  }
}
