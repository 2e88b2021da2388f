/// What a rule finds: which events (`condition`) of which logs (`place`) and of what time (`window`), and how many of
/// them make an alert (`aggregate`).
///
/// Two detections are the same where all parts are. A translation carries each of them or is refused.
package struct Detection: Hashable, Sendable {
  /// Where its events are: a condition that asks of the place alone.
  package var place: Condition
  /// When its events happened, as far as the platform's own words tell.
  package var window: Condition
  /// Which single events.
  package var condition: Condition
  /// How many of them make an alert; `nil` where each is one.
  package var aggregate: Aggregate?

  /// A detection of these parts.
  package init(
    place: Condition = .always(true), window: Condition = .always(true), condition: Condition,
    aggregate: Aggregate? = nil
  ) {
    self.place = place
    self.window = window
    self.condition = condition
    self.aggregate = aggregate
  }

  /// All parts that ask of a single event as one question.
  package var whole: Condition { .all([place, window, condition]) }

  /// Whether an event of a log is found: all parts that ask of a single event hold of it.
  package func holds(of event: Event) -> Bool { whole.holds(of: event) }
}

extension Rule {
  /// The logs that it reads, as a question about the place: one of its log sources.
  package var logs: Condition { logSources.isEmpty ? .always(true) : .any(logSources.map(\.place)) }

  /// What it asks of events and of their number, wherever and whenever they are.
  package var detectionAnywhere: Detection { Detection(condition: condition, aggregate: aggregate) }

  /// The whole of what the rule finds. Its log sources are part of the place.
  package var detection: Detection {
    Detection(place: .all([logs, place]), window: window, condition: condition, aggregate: aggregate)
  }
}
