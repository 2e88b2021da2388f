import ConcordDiagnostics
import ConcordDocuments

// What an aggregate means. Every back end must agree with this file, as with `Evaluation.swift`; the prose is in
// Detection.docc/Semantics.md, rows 16 to 20.

/// An event of a log, and when it happened.
package struct LoggedEvent: Hashable, Sendable {
  /// The event.
  package var event: Event
  /// The second in which it happened, since the epoch; `nil` where that is not known.
  package var second: Int?

  /// An event that happened then.
  package init(_ event: Event, at second: Int?) { (self.event, self.second) = (event, second) }
}

/// A group of events that is an alert.
package struct Alert: Hashable, Sendable {
  /// The texts of the group's fields, in the aggregate's order; `nil` where the events have no value.
  package let group: [ScalarText?]
  /// The first second of its span or window; `nil` where time is not divided.
  package let start: Int?

  /// The alert of that group.
  package init(group: [ScalarText?], start: Int?) { (self.group, self.start) = (group, start) }
}

extension [Alert] {
  /// Whether both are the same alerts, each once, in whatever order.
  package func areSame(as other: [Alert]) -> Bool { count == other.count && Set(self) == Set(other) }
}

extension Aggregate {
  /// The alerts of a log, of whose events the detection holds: in the order in which their groups begin.
  package func alerts(of log: [LoggedEvent]) -> [Alert] {
    var order: [Alert] = []
    var events: [Alert: [LoggedEvent]] = [:]
    // Where nothing divides the events they are one group, even of none.
    if group.isEmpty, period == .whole {
      order.append(Alert(group: [], start: nil))
    }
    for logged in log {
      for key in groups(of: logged) {
        if events[key] == nil, !(group.isEmpty && period == .whole) { order.append(key) }
        events[key, default: []].append(logged)
      }
    }
    guard let window else { return order.filter { holds(of: events[$0] ?? []) } }
    return order.flatMap { key in
      let own = events[key] ?? []
      let ends = Set(own.compactMap(\.second)).sorted()
      return ends.filter { end in
        holds(of: own.filter { ($0.second ?? end) >= end - window && ($0.second ?? end) <= end })
      }.map { Alert(group: key.group, start: $0 - window) }
    }
  }

  /// The groups that an event is counted in: for each key one of its different texts, in every combination. Windows are
  /// of one group that has no start.
  func groups(of logged: LoggedEvent) -> [Alert] {
    var groups: [[ScalarText?]] = [[]]
    for key in group {
      let texts = key.texts(of: logged.event)
      groups = groups.flatMap { group in texts.map { group + [$0] } }
    }
    return period.starts(logged.second).flatMap { start in groups.map { Alert(group: $0, start: start) } }
  }

  /// Whether the events of one group make an alert.
  private func holds(of events: [LoggedEvent]) -> Bool {
    isAlert(columns.map { $0.measure.count(of: events) })
  }

  /// Whether a group is an alert of which there are so many of each column.
  func isAlert(_ counts: [Int]) -> Bool {
    let members = zip(columns, counts).map { Value.Object.Member($0.name, .number(Number($1))) }
    return threshold.holds(of: Event(Value.Object(members)))
  }
}

extension Aggregate.Measure {
  /// How many there are of the events that are counted together.
  package func count(of events: [LoggedEvent]) -> Int {
    switch self {
    case .count: events.count
    case .present(let path): events.count { !$0.event.values(at: path).isEmpty }
    case .matching(let condition): events.count { condition.holds(of: $0.event) }
    case .distinct(let path): Set(events.flatMap { $0.event.comparedTexts(at: path) }).count
    case .inOrder(let steps): Aggregate.Measure.reached(steps, by: events)
    case .sum, .average: result(of: WholeSum(events.flatMap { numbers(of: $0.event) }))
    }
  }

  /// The numbers of an event that it adds up; none of a measure that adds up nothing.
  func numbers(of event: Event) -> [Int] {
    switch self {
    case .sum(let path), .average(let path, _, _): event.wholeNumbers(at: path)
    case .count, .present, .matching, .distinct, .inOrder: []
    }
  }

  /// What it says of the sum of these numbers; 0 of a measure that adds up nothing.
  func result(of sum: WholeSum) -> Int {
    switch self {
    case .sum: sum.clamped
    case .average(_, let comparison, let bound): sum.averages(comparison, bound) ? 1 : 0
    case .count, .present, .matching, .distinct, .inOrder: 0
    }
  }

  /// How many of the conditions, from the first, hold of events one after another. The earliest event of each leaves the
  /// most for the next.
  private static func reached(_ steps: [Condition], by events: [LoggedEvent]) -> Int {
    var earliest = Int.min
    for (reached, step) in steps.enumerated() {
      let seconds = events.filter { step.holds(of: $0.event) }.compactMap(\.second)
      guard let next = seconds.filter({ $0 >= earliest }).min() else { return reached }
      earliest = next
    }
    return steps.count
  }
}

extension Event {
  /// The texts of the values at a path, by which they are told apart.
  func comparedTexts(at path: FieldPath) -> [ScalarText] {
    values(at: path).compactMap { $0.value.comparedText.map(ScalarText.init) }
  }
}

extension Detection {
  /// The alerts that a log raises: of the events that the detection holds of, the groups that its aggregate makes an
  /// alert of; without an aggregate, none of these.
  package func alerts(in log: [LoggedEvent]) -> [Alert] {
    aggregate?.alerts(of: log.filter { holds(of: $0.event) }) ?? []
  }
}
