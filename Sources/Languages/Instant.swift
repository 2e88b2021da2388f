import ConcordDiagnostics

/// A moment, to the nanosecond, by the proleptic Gregorian calendar. As in POSIX, leap seconds are not counted: one is
/// the same as the second after it.
public struct Instant: Hashable, Comparable, Sendable {
  /// Whole seconds since 1970-01-01T00:00:00Z; negative before.
  package let seconds: Int
  /// The nanoseconds after these, from 0 up to 999,999,999.
  package let nanoseconds: Int

  /// The moment that many seconds and nanoseconds after 1970-01-01T00:00:00Z.
  package init(seconds: Int, nanoseconds: Int = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The moment that a text in ISO 8601 names: `2024-06-01`, `2024-06-01T10:30Z`, `2024-06-01T10:30:15.25+02:00`.
  ///
  /// A space for the `T`, a comma for the point and `UTC` or `GMT` for the `Z` are taken too; without an offset a time
  /// is UTC, without a time a date is its midnight. `nil` for any other text, a day or an hour that does not exist, and
  /// years beyond 0 to 9999. Of a fraction nine digits count.
  public init?(_ text: String) { self.init(text.utf8) }

  /// The same of UTF-8.
  package init?(_ text: some Collection<UInt8>) {
    var scanner = InstantScanner(text)
    guard let instant = scanner.instant() else { return nil }
    self = instant
  }

  /// The moment in UTC to the second, `2024-06-01T10:30:15Z`: texts of one width, which compare as the moments do.
  package var text: String {
    let days = seconds.floored(by: 86_400)
    let (year, month, day) = Calendar.date(days)
    let rest = seconds - days * 86_400
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month))-\(padded(day))"
      + "T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
  }

  /// Orders earlier before later.
  public static func < (left: Instant, right: Instant) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// Reads a moment from bytes.
private struct InstantScanner {
  /// A moment has fewer bytes than this; what is longer is not a moment.
  private static let limit = 64
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: some Collection<UInt8>) { bytes = Array(text.prefix(InstantScanner.limit)) }

  mutating func instant() -> Instant? {
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
      1...12 ~= month, 1...Calendar.days(in: month, of: year) ~= day
    else { return nil }
    var seconds = Calendar.days(year, month, day) * 86_400
    var nanoseconds = 0
    if index < bytes.count {
      guard take("T") || take("t") || take(" "), let hour = number(2), take(":"), let minute = number(2),
        hour < 24, minute < 60
      else { return nil }
      seconds += (hour * 60 + minute) * 60
      if take(":") {
        guard let second = number(2), second < 60 || (second == 60 && minute == 59) else { return nil }
        seconds += second
        if take(".") || take(",") {
          guard let fraction = fraction() else { return nil }
          nanoseconds = fraction
        }
      }
      guard let offset = offset() else { return nil }
      seconds -= offset
    }
    // From 0000-01-01 up to 9999-12-31 in UTC, so that a year has four digits.
    guard -62_167_219_200..<253_402_300_800 ~= seconds else { return nil }
    return Instant(seconds: seconds, nanoseconds: nanoseconds)
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  /// A number of exactly that many digits.
  private mutating func number(_ count: Int) -> Int? {
    guard index + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[index..<index + count] {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    index += count
    return value
  }

  /// The digits behind the point, as nanoseconds; one or more.
  private mutating func fraction() -> Int? {
    let start = index
    var (value, unit) = (0, 100_000_000)
    while let digit = number(1) {
      value += digit * unit
      unit /= 10
    }
    return index > start ? value : nil
  }

  /// The rest of the text as an offset from UTC, in seconds.
  private mutating func offset() -> Int? {
    let rest = String(decoding: bytes[index...], as: UTF8.self)
    if ["", "Z", "z", " Z", " UTC", " GMT"].contains(rest) { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hours = number(2), hours < 24 else { return nil }
    var minutes = 0
    if index < bytes.count {
      _ = take(":")
      guard let stated = number(2), stated < 60, index == bytes.count else { return nil }
      minutes = stated
    }
    return (hours * 60 + minutes) * (isWest ? -60 : 60)
  }
}

/// The proleptic Gregorian calendar, whose days are counted from 1970-01-01.
/// [Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": `days_from_civil`, `civil_from_days`]
private enum Calendar {
  /// How many days the month has.
  static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days since 1970 of a date.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year.floored(by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date that many days after 1970-01-01.
  static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted.floored(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Int {
  /// The quotient, rounded down.
  package func floored(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
  }
}
