import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The time window of a query.
struct AthenaWindow {
  private let since: String?
  private let until: String?

  /// The window of the options. Throws where a bound is not a whole second: CloudTrail's `eventTime` has no parts of
  /// one, and only texts of one width and one zone compare as their moments do.
  init(_ options: LanguageOptions) throws(Diagnostic) {
    since = try AthenaWindow.text(options.window.since, "--since")
    until = try AthenaWindow.text(options.window.until, "--until")
  }

  private static func text(_ instant: Instant?, _ option: String) throws(Diagnostic) -> String? {
    guard let instant else { return nil }
    guard instant.nanoseconds == 0 else { throw .badInstant(instant, option) }
    return instant.text
  }

  /// The conjuncts that keep a query to the window, each a plain comparison of a bare column, so that the engine
  /// can prune by it.
  ///
  /// Of partitions only the beginning is bounded: a partition is the day on which a log file was delivered,
  /// which may be later than its events' day, never earlier.
  func conjuncts(_ table: AthenaTable) throws(Diagnostic) -> [AthenaExpression] {
    guard since != nil || until != nil else { return [] }
    guard let column = table.column("eventtime") else { throw .noEventTime(table.schema.name) }
    func instant(_ text: String) throws(Diagnostic) -> AthenaExpression {
      switch column.type {
      case .text: return .string(text)
      case .timestamp:
        let plain = String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(8))
        return .string(plain).cast(.named("timestamp"))
      case .boolean, .integer, .real, .structure, .array, .map: throw .noEventTime(table.schema.name)
      }
    }
    var result: [AthenaExpression] = []
    if let since {
      if let partition = table.partition("timestamp"), partition.type == .text {
        let day = since.prefix(10).split(separator: "-").joined(separator: "/")
        result.append(.name(partition.name).compared(.greaterOrEqual, .string(day)))
      }
      result.append(.name(column.name).compared(.greaterOrEqual, try instant(since)))
    }
    if let until { result.append(.name(column.name).compared(.less, try instant(until))) }
    return result
  }
}
