import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The time window of a query.
struct AthenaWindow {
  private let window: TimeWindow
  /// Whether the texts of the time column are CloudTrail's, which have whole seconds.
  private let isOfWholeSeconds: Bool

  /// A window. Throws where a bound is not a whole second: CloudTrail's `eventTime` has no parts of one, and only texts
  /// of one width and one zone compare as their moments do.
  init(_ window: TimeWindow, isOfWholeSeconds: Bool) throws(Diagnostic) {
    self.isOfWholeSeconds = isOfWholeSeconds
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
    if table.timeIsDate, !moment.isMidnight { throw .daysAlone(table) }
    switch (column.type, moment) {
    case (.text, .at(let instant)):
      return .string(isOfWholeSeconds ? instant.text : String(instant.text.dropLast()))
    case (.text, .before(let seconds)):
      return .call(
        "date_format", AthenaExpression(.moment(AthenaMoment(before: seconds))),
        .string(isOfWholeSeconds ? AthenaTime.isoFormat : AthenaTime.beginFormat))
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

extension Moment {
  /// Whether it is the beginning of a day in UTC, whenever the query runs.
  fileprivate var isMidnight: Bool {
    if case .at(let instant) = self { instant.seconds % 86_400 == 0 } else { false }
  }
}

// How the time column spells moments.
extension AthenaTable {
  /// Whether the time column holds days alone.
  var timeIsDate: Bool {
    definition.columns.contains { AthenaLiteral.isSameName($0.name, timeColumn) && $0.type == .date }
  }

  /// Whether the time column is CloudTrail's, whose texts are whole seconds in UTC.
  func hasTimeOfCloudTrail(_ rule: Rule) -> Bool {
    (isCloudTrail || rule.isOfCloudTrail)
      && AthenaLiteral.isSameName(timeColumn, AthenaTable.defaultTimeColumn)
  }

  /// What is taken of the texts by which a rule's events are put in time; none where they are CloudTrail's or no texts.
  /// Throws where a fixture shows another spelling.
  func notes(ofTimesFor rule: Rule, isBounded: Bool) throws(Diagnostic) -> [Diagnostic] {
    let counts = rule.aggregate.map { $0.period != .whole } ?? false
    guard isBounded || counts, let column = column(timeColumn), column.type == .text, !isLake,
      !hasTimeOfCloudTrail(rule)
    else { return [] }
    let name = AthenaMembers.Name(column.name)
    for fixture in rule.fixtures {
      var members = AthenaMembers(fixture.event)
      guard let text = members[name]?.comparedText else { continue }
      if !AthenaTime.isRead(text, isBounded: isBounded) {
        throw .timeSpelledOtherwise(column.name, text, isBounded: isBounded)
      }
    }
    return [.timesAsSpelled(column.name, isBounded: isBounded)]
  }
}

extension AthenaTime {
  /// Whether a text is taken for its moment: by what reads ISO 8601 with a `T`, or where it is compared with bounds as a
  /// text, in UTC and to the second.
  static func isRead(_ text: String, isBounded: Bool) -> Bool {
    guard Instant(text) != nil, !text.contains(" ") else { return false }
    if !isBounded { return true }
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T"), bytes[16] == UInt8(ascii: ":") else {
      return false
    }
    let zone = bytes[19...].drop { $0 == UInt8(ascii: ".") || $0.isDigit }
    return ["", "Z", "+00:00"].contains(String(decoding: zone, as: UTF8.self))
  }
}
