import ConcordDiagnostics
import ConcordDocuments

/// Counts the events of a detection as they come, in whatever order: what `Aggregate.alerts(of:)` says of the whole log.
///
/// It holds a group for each combination of values and span, and of each the different texts that are counted; where
/// events are counted in windows, that for each second that has an event. Its memory grows with these, not with the
/// events.
package struct AlertCounter: Sendable {
  /// A group that is an alert; of windows that overlap, the first.
  package struct Raised: Sendable {
    /// Which group.
    package let alert: Alert
    /// How many there are of each column, in the aggregate's order.
    package let counts: [Int]
    /// The first and the last second of its events, of all windows that overlap; `nil` where no event says when it
    /// happened.
    package let seconds: ClosedRange<Int>?
  }

  /// What is counted of the events of one group, or of one second of it.
  fileprivate struct Group {
    var counts: [Int]
    var texts: [Set<ScalarText>]
    /// For each column that counts in order, which of its conditions hold of some event.
    var steps: [[Bool]]
    /// For each column that adds up numbers, their sum.
    var numbers: [WholeSum]
    var seconds: ClosedRange<Int>?

    init(_ columns: [Aggregate.Column]) {
      counts = columns.map { _ in 0 }
      texts = columns.map { _ in [] }
      numbers = columns.map { _ in WholeSum() }
      steps = columns.map { column in
        if case .inOrder(let conditions) = column.measure { conditions.map { _ in false } } else { [] }
      }
    }

    mutating func add(_ logged: LoggedEvent, _ columns: [Aggregate.Column]) {
      for (place, column) in columns.enumerated() {
        switch column.measure {
        case .count, .present, .matching: counts[place] += column.measure.count(of: [logged])
        case .distinct(let path):
          texts[place].formUnion(logged.event.comparedTexts(at: path))
          counts[place] = texts[place].count
        case .inOrder(let conditions):
          for (step, condition) in conditions.enumerated() where !steps[place][step] {
            steps[place][step] = condition.holds(of: logged.event)
          }
        case .sum, .average:
          for number in column.measure.numbers(of: logged.event) { numbers[place].add(number) }
          counts[place] = column.measure.result(of: numbers[place])
        }
      }
      guard let second = logged.second else { return }
      let known = seconds ?? second...second
      seconds = min(known.lowerBound, second)...max(known.upperBound, second)
    }
  }

  /// What is counted.
  package let aggregate: Aggregate
  /// Whether something is asked of the seconds of a group one by one.
  private let countsMoments: Bool
  private var groups: [Alert: Group] = [:]
  /// The seconds of each group, where they are counted in windows or their order counts.
  private var moments: [Alert: [Int: Group]] = [:]
  private var order: [Alert] = []
  /// How many events were in no span or window, since they do not say when they happened.
  package private(set) var eventsWithoutTime = 0

  /// Counts so. Without keys and spans there is one group, of no events too.
  package init(_ aggregate: Aggregate) {
    self.aggregate = aggregate
    countsMoments = aggregate.window != nil || aggregate.columns.contains { $0.measure.isOfOrder }
    if aggregate.group.isEmpty, aggregate.period == .whole { open(Alert(group: [], start: nil)) }
  }

  private mutating func open(_ alert: Alert) {
    order.append(alert)
    groups[alert] = Group(aggregate.columns)
  }

  /// Counts an event of which the detection holds.
  package mutating func add(_ logged: LoggedEvent) {
    if aggregate.period != .whole, logged.second == nil { eventsWithoutTime += 1 }
    for alert in aggregate.groups(of: logged) {
      if groups[alert] == nil { open(alert) }
      // In place: a copy would take its sets along.
      if countsMoments, let second = logged.second {
        moments[alert, default: [:]][second, default: Group(aggregate.columns)].add(logged, aggregate.columns)
      }
      if aggregate.window == nil { groups[alert]?.add(logged, aggregate.columns) }
    }
  }

  /// The groups that are alerts by now, in the order in which they began; of windows that overlap, the first.
  package var raised: [Raised] {
    if let window = aggregate.window {
      return order.flatMap { raised(of: $0, window) }
    }
    return order.compactMap { alert in
      guard let group = groups[alert] else { return nil }
      var counts = group.counts
      if countsMoments {
        var sliding = SlidingCounts(aggregate.columns, Int.max / 2)
        for (second, moment) in (moments[alert] ?? [:]).sorted(by: { $0.key < $1.key }) {
          sliding.add(moment, at: second)
        }
        let ordered = sliding.counts
        for (place, column) in aggregate.columns.enumerated() where column.measure.isOfOrder {
          counts[place] = ordered[place]
        }
      }
      return aggregate.isAlert(counts) ? Raised(alert: alert, counts: counts, seconds: group.seconds) : nil
    }
  }

  private func raised(of alert: Alert, _ window: Int) -> [Raised] {
    var sliding = SlidingCounts(aggregate.columns, window)
    var found: [Raised] = []
    for (second, moment) in (moments[alert] ?? [:]).sorted(by: { $0.key < $1.key }) {
      sliding.add(moment, at: second)
      guard aggregate.isAlert(sliding.counts) else { continue }
      if let last = found.last, let seconds = last.seconds, second - seconds.upperBound <= window {
        found[found.count - 1] = Raised(
          alert: last.alert, counts: last.counts, seconds: seconds.lowerBound...second)
      } else {
        found.append(
          Raised(
            alert: Alert(group: alert.group, start: second - window), counts: sliding.counts,
            seconds: sliding.first...second))
      }
    }
    return found
  }
}

extension Aggregate.Measure {
  /// Whether the order of events makes a difference.
  fileprivate var isOfOrder: Bool { if case .inOrder = self { true } else { false } }
}

/// The counts of the window that ends at the last second that was added.
private struct SlidingCounts {
  private let columns: [Aggregate.Column]
  private let window: Int
  private var moments: [(second: Int, counted: AlertCounter.Group)] = []
  /// The place of the first second that is in the window.
  private var start = 0
  private var sums: [Int]
  /// For each column that adds up numbers, their sum.
  private var numbers: [WholeSum]
  /// For each column, how many seconds of the window have a text.
  private var texts: [[ScalarText: Int]]
  /// For each column that counts in order, and each of its conditions, the latest beginning of events one after another
  /// that end with it.
  private var beginnings: [[Int?]]

  init(_ columns: [Aggregate.Column], _ window: Int) {
    (self.columns, self.window) = (columns, window)
    sums = columns.map { _ in 0 }
    numbers = columns.map { _ in WholeSum() }
    texts = columns.map { _ in [:] }
    beginnings = columns.map { column in
      if case .inOrder(let conditions) = column.measure { conditions.map { _ in nil } } else { [] }
    }
  }

  /// The first second of the window that has an event.
  var first: Int { moments[start].second }

  /// How many there are of each column.
  var counts: [Int] {
    let last = moments.last?.second ?? 0
    return columns.indices.map { place in
      switch columns[place].measure {
      case .count, .present, .matching: sums[place]
      case .distinct: texts[place].count
      case .inOrder: beginnings[place].prefix { ($0 ?? Int.min) >= last - window }.count
      case .sum, .average: columns[place].measure.result(of: numbers[place])
      }
    }
  }

  /// Moves the window on to that second, later than those before.
  mutating func add(_ moment: AlertCounter.Group, at second: Int) {
    moments.append((second, moment))
    while moments[start].second < second - window {
      count(moments[start].counted, -1)
      start += 1
    }
    count(moment, 1)
    for place in columns.indices {
      for step in moment.steps[place].indices where moment.steps[place][step] {
        let begun = step == 0 ? second : beginnings[place][step - 1]
        beginnings[place][step] = [beginnings[place][step], begun].compactMap { $0 }.max()
      }
    }
  }

  private mutating func count(_ moment: AlertCounter.Group, _ sign: Int) {
    for place in columns.indices {
      switch columns[place].measure {
      case .count, .present, .matching: sums[place] += sign * moment.counts[place]
      case .sum, .average: numbers[place].add(moment.numbers[place], sign)
      case .distinct, .inOrder: break
      }
      for text in moment.texts[place] {
        let seconds = (texts[place][text] ?? 0) + sign
        texts[place][text] = seconds == 0 ? nil : seconds
      }
    }
  }
}
