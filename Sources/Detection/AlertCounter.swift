import ConcordDiagnostics
import ConcordDocuments

/// Counts the events of a detection as they come, in whatever order: what `Aggregate.alerts(of:)` says of the whole log.
///
/// It holds a group for each combination of values and span, and of each the different texts that are counted: its memory
/// grows with these, not with the events.
package struct AlertCounter: Sendable {
  /// A group that is an alert.
  package struct Raised: Sendable {
    /// Which group.
    package let alert: Alert
    /// How many there are of each column, in the aggregate's order.
    package let counts: [Int]
    /// The first and the last second of its events; `nil` where no event says when it happened.
    package let seconds: ClosedRange<Int>?
  }

  /// What is counted of one group.
  private struct Group {
    var counts: [Int]
    var texts: [Set<ScalarText>]
    var seconds: ClosedRange<Int>?

    mutating func add(_ logged: LoggedEvent, _ columns: [Aggregate.Column]) {
      for (place, column) in columns.enumerated() {
        switch column.measure {
        case .count, .present, .matching: counts[place] += column.measure.count(of: [logged.event])
        case .distinct(let path):
          for found in logged.event.values(at: path) {
            if let text = found.value.comparedText { texts[place].insert(ScalarText(text)) }
          }
          counts[place] = texts[place].count
        }
      }
      guard let second = logged.second else { return }
      let known = seconds ?? second...second
      seconds = min(known.lowerBound, second)...max(known.upperBound, second)
    }
  }

  /// What is counted.
  package let aggregate: Aggregate
  private var groups: [Alert: Group] = [:]
  private var order: [Alert] = []
  /// How many events were in no span, since they do not say when they happened.
  package private(set) var eventsWithoutTime = 0

  /// Counts so. Without keys and spans there is one group, of no events too.
  package init(_ aggregate: Aggregate) {
    self.aggregate = aggregate
    if aggregate.group.isEmpty, aggregate.span == nil { open(Alert(group: [], start: nil)) }
  }

  private mutating func open(_ alert: Alert) {
    order.append(alert)
    groups[alert] = Group(
      counts: aggregate.columns.map { _ in 0 }, texts: aggregate.columns.map { _ in [] }, seconds: nil)
  }

  /// Counts an event of which the detection holds.
  package mutating func add(_ logged: LoggedEvent) {
    if aggregate.span != nil, logged.second == nil { eventsWithoutTime += 1 }
    for alert in aggregate.groups(of: logged) {
      if groups[alert] == nil { open(alert) }
      // In place: a copy would take its sets along.
      groups[alert]?.add(logged, aggregate.columns)
    }
  }

  /// The groups that are alerts by now, in the order in which they began.
  package var raised: [Raised] {
    order.compactMap { alert in
      guard let group = groups[alert], aggregate.isAlert(group.counts) else { return nil }
      return Raised(alert: alert, counts: group.counts, seconds: group.seconds)
    }
  }
}
