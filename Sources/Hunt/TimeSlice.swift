import ConcordLanguages

/// A span of time whose events are asked for by themselves.
package struct TimeSlice: Hashable, Sendable {
  /// The first moment in it.
  package let since: Instant
  /// The first moment after it.
  package let until: Instant

  /// A slice between these.
  package init(since: Instant, until: Instant) { (self.since, self.until) = (since, until) }

  /// The slices of a span of time, oldest first, each of so many seconds. They begin at multiples of their length since
  /// 1970-01-01T00:00:00Z, so that days are those of the calendar, in UTC; the first and the last may be shorter. A moment
  /// is in exactly one of them.
  package static func slices(from since: Instant, to until: Instant, of seconds: Int) -> [TimeSlice] {
    var slices: [TimeSlice] = []
    var start = since
    while start < until {
      let number = start.seconds / seconds - (start.seconds % seconds < 0 ? 1 : 0)
      let end = min(Instant(seconds: (number + 1) * seconds), until)
      slices.append(TimeSlice(since: start, until: end))
      start = end
    }
    return slices
  }

  /// How many slices those are.
  package static func count(from since: Instant, to until: Instant, of seconds: Int) -> Int {
    since < until ? (until.seconds - since.seconds) / seconds + 2 : 0
  }

  /// The window of a query that asks for it.
  package var window: TimeWindow { TimeWindow(since: .at(since), until: .at(until)) }
}
