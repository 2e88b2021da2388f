import ConcordDiagnostics
import ConcordLanguages

/// A constant of a time type, as windows are stated with: `current_timestamp - INTERVAL '24' HOUR`, `DATE '2024-06-01'`.
package struct AthenaMoment: Hashable, Sendable {
  /// What it begins from.
  package enum Base: Hashable, Sendable {
    /// `current_timestamp`, the moment at which the query runs.
    case now
    /// `current_date`, the day on which it runs.
    case today
    /// `DATE '…'` or `TIMESTAMP '…'`, the word in capitals.
    case literal(String, String)
  }

  /// A span of time that is added or taken away.
  package struct Shift: Hashable, Sendable {
    /// Whether it is taken away.
    var isBack: Bool
    /// How many units, as it is written.
    var count: String
    /// The unit in capitals: `HOUR`.
    var unit: String
  }

  /// What it begins from.
  var base: Base
  /// What is added and taken away, in order.
  var shifts: [Shift] = []

  /// The moment that is the base itself.
  init(_ base: Base) { self.base = base }

  /// So many seconds before the query runs.
  init(before seconds: Int) {
    self.init(.now)
    guard seconds > 0 else { return }
    let (count, unit) = Moment.whole(seconds)
    let word = ["h": "HOUR", "m": "MINUTE", "s": "SECOND"][unit] ?? "SECOND"
    shifts = [Shift(isBack: true, count: String(count), unit: word)]
  }

  /// The units of an interval, and how many seconds each has where that is always the same.
  static let units: [String: Int?] = [
    "SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "MONTH": nil, "YEAR": nil,
  ]

  /// Whether it is the same moment whenever the query runs.
  var isLiteral: Bool { if case .literal = base { true } else { false } }

  /// How many seconds before the query runs it is; `nil` where that is not always the same. Days have 24 hours: the
  /// session's zone in Athena is UTC.
  var secondsBeforeRun: Int? {
    guard base == .now else { return nil }
    var total = 0
    for shift in shifts {
      guard let count = Int(shift.count), (-1_000_000...1_000_000).contains(count),
        case let seconds?? = Self.units[shift.unit]
      else { return nil }
      total += (shift.isBack ? 1 : -1) * count * seconds
    }
    return total >= 0 ? total : nil
  }

  /// The text in SQL.
  var text: String {
    let start =
      switch base {
      case .now: "current_timestamp"
      case .today: "current_date"
      case .literal(let word, let text): "\(word) \(AthenaLiteral.string(text))"
      }
    return shifts.reduce(start) {
      "\($0) \($1.isBack ? "-" : "+") INTERVAL \(AthenaLiteral.string($1.count)) \($1.unit)"
    }
  }
}
