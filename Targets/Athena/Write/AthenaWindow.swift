import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The time window of a query.
struct AthenaWindow {
  private let since: String?
  private let until: String?

  /// The window of the options. Throws where an instant is not one.
  init(_ options: LanguageOptions) throws(Diagnostic) {
    since = try AthenaWindow.checked(options.since, "--since")
    until = try AthenaWindow.checked(options.until, "--until")
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

  /// The instant if it is written as CloudTrail writes `eventTime`: only texts of one width and one zone compare
  /// as their moments do.
  private static func checked(_ text: String?, _ option: String) throws(Diagnostic) -> String? {
    guard let text else { return nil }
    let bytes = Array(text.utf8)
    let form = Array("0000-00-00T00:00:00Z".utf8)
    let matches =
      bytes.count == form.count
      && zip(bytes, form).allSatisfy { $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }
    guard matches else { throw .badInstant(text, option) }
    func number(_ start: Int, _ count: Int) -> Int {
      bytes[start..<(start + count)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...days[month - 1]).contains(day), number(11, 2) < 24,
      number(14, 2) < 60, number(17, 2) < 60
    else { throw .badInstant(text, option) }
    return text
  }
}
