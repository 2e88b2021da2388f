/// How many events fell into which stretch of time. It grows with the time spanned up to `limit` counts; beyond
/// that the stretches become longer.
package struct TimeHistogram: Hashable, Sendable {
  /// The earliest time.
  package private(set) var first: EventTime?
  /// The latest time.
  package private(set) var last: EventTime?
  private var width = 1000
  private var counts: [Int: Int] = [:]

  private static let limit = 1024

  /// A histogram of nothing.
  package init() {}

  /// Counts an event.
  package mutating func add(_ time: EventTime) {
    first = min(first ?? time, time)
    last = max(last ?? time, time)
    counts[time.milliseconds.floored(by: width), default: 0] += 1
    while counts.count > TimeHistogram.limit {
      width *= 2
      var wider: [Int: Int] = [:]
      // Halves of one stretch fall together, whatever their sign.
      for (index, count) in counts { wider[index.floored(by: 2), default: 0] += count }
      counts = wider
    }
  }

  /// The counts in `columns` stretches of equal length from `start` to `end`.
  package func bars(_ columns: Int, from start: EventTime, to end: EventTime) -> [Int] {
    var bars = [Int](repeating: 0, count: max(1, columns))
    let span = max(1, end.milliseconds - start.milliseconds + 1)
    for (index, count) in counts {
      // The middle of a stretch, which may begin before the first event or end after the last.
      let place = min(max(index * width + width / 2, start.milliseconds), end.milliseconds)
      bars[min(bars.count - 1, (place - start.milliseconds) * bars.count / span)] += count
    }
    return bars
  }
}
