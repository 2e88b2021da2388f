import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The time window of a query.
struct AthenaWindow {
  private let window: TimeWindow

  /// A window. Throws where a bound is not a whole second: CloudTrail's `eventTime` has no parts of one, and only texts
  /// of one width and one zone compare as their moments do.
  init(_ window: TimeWindow) throws(Diagnostic) {
    for (moment, option) in [(window.since, "--since"), (window.until, "--until")] {
      if case .at(let instant)? = moment, instant.nanoseconds != 0 { throw .badInstant(instant, option) }
    }
    self.window = window
  }

  /// The conjuncts that keep a query to the window, each a plain comparison of a bare column, so that the engine
  /// can prune by it.
  ///
  /// Of partitions only the beginning is bounded: a partition is the day on which a log file was delivered,
  /// which may be later than its events' day, never earlier.
  func conjuncts(_ table: AthenaTable) throws(Diagnostic) -> [AthenaExpression] {
    if window.isEmpty { return [] }
    guard let column = table.column(table.timeColumn) else { throw .noEventTime(table) }
    var result: [AthenaExpression] = []
    if let since = window.since {
      if let days = table.days(from: since) { result.append(days) }
      result.append(.name(column.name).compared(.greaterOrEqual, try bound(since, column, table)))
    }
    if let until = window.until {
      result.append(.name(column.name).compared(.less, try bound(until, column, table)))
    }
    return result
  }

  /// A moment as the column holds it.
  private func bound(
    _ moment: Moment, _ column: Schema.Field, _ table: AthenaTable
  ) throws(Diagnostic) -> AthenaExpression {
    // CloudTrail's times are whole seconds; of other texts nothing tells that.
    let isWhole = table.timeColumn == AthenaTable.defaultTimeColumn
    switch (column.type, moment) {
    case (.text, .at(let instant)): return .string(isWhole ? instant.text : String(instant.text.dropLast()))
    case (.text, .before(let seconds)):
      return .call(
        "date_format", AthenaExpression(.moment(AthenaMoment(before: seconds))),
        .string(isWhole ? AthenaTime.isoFormat : AthenaTime.beginFormat))
    case (.timestamp, .at(let instant)):
      let text = instant.text
      let plain = String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(8))
      return .string(plain).cast(.named("timestamp"))
    case (.timestamp, .before(let seconds)): return AthenaExpression(.moment(AthenaMoment(before: seconds)))
    case (.boolean, _), (.integer, _), (.real, _), (.structure, _), (.array, _), (.map, _):
      throw .noEventTime(table)
    }
  }
}
