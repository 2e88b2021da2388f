import ConcordDetection
import ConcordDiagnostics

/// When an event happened: milliseconds since 1970, UTC.
public struct EventTime: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int

  /// That many milliseconds since 1970-01-01T00:00:00Z.
  public init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// Reads `2023-07-10T12:11:15Z` with or without fraction, a space for the `T`, an offset or none (then UTC), a
  /// date alone, or a number since 1970 in seconds, milliseconds, microseconds or nanoseconds, told by its size.
  public init?(_ text: some Collection<UInt8>) {
    let bytes = Array(text.prefix(64))
    guard let value = EventTime.calendar(bytes) ?? EventTime.number(bytes) else { return nil }
    milliseconds = value
  }

  /// The time in ISO 8601, to the second.
  public var text: String {
    let seconds = milliseconds.floored(by: 1000)
    let (days, rest) = (seconds.floored(by: 86_400), seconds - seconds.floored(by: 86_400) * 86_400)
    let (year, month, day) = EventTime.civil(days)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let years = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
    return "\(years)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  /// Orders earlier before later.
  public static func < (left: EventTime, right: EventTime) -> Bool { left.milliseconds < right.milliseconds }

  private static func calendar(_ bytes: [UInt8]) -> Int? {
    func digits(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[from..<from + count] {
        guard byte.isDigit else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func isMark(_ index: Int, _ mark: UInt8) -> Bool { index < bytes.count && bytes[index] == mark }
    guard let year = digits(0, 4), isMark(4, 0x2D), let month = digits(5, 2), isMark(7, 0x2D),
      let day = digits(8, 2), 1...12 ~= month, 1...31 ~= day
    else { return nil }
    var result = days(year, month, day) * 86_400_000
    if bytes.count == 10 { return result }
    guard isMark(10, 0x54) || isMark(10, 0x74) || isMark(10, 0x20), let hour = digits(11, 2),
      isMark(13, 0x3A),
      let minute = digits(14, 2), hour < 24, minute < 60
    else { return nil }
    result += (hour * 60 + minute) * 60_000
    var index = 16
    if isMark(16, 0x3A), let second = digits(17, 2), second <= 60 {
      result += second * 1000
      index = 19
      if isMark(19, 0x2E) || isMark(19, 0x2C) {
        index = 20
        var unit = 100
        while let digit = digits(index, 1) {
          result += digit * unit
          unit /= 10
          index += 1
        }
      }
    }
    return offset(bytes[min(index, bytes.count)...]).map { result - $0 * 60_000 }
  }

  /// The offset from UTC in minutes that the rest of a time states.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = String(decoding: bytes, as: UTF8.self)
    switch text.uppercased() {
    case "", "Z", " UTC", " GMT", " Z": return 0
    default: break
    }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4 || digits.count == 2,
      digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits)
    else { return nil }
    let minutes = digits.count == 2 ? number * 60 : number / 100 * 60 + number % 100
    return sign == "-" ? -minutes : minutes
  }

  private static func number(_ bytes: [UInt8]) -> Int? {
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite, value > 0 else {
      return nil
    }
    // From 1973 to 5138 the four units do not overlap.
    switch value {
    case 1e8..<1e11: return Int(value * 1000)
    case 1e11..<1e14: return Int(value)
    case 1e14..<1e17: return Int(value / 1000)
    case 1e17..<1e20: return Int(value / 1_000_000)
    default: return nil
    }
  }

  /// Days since 1970 of a date, by the proleptic Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year.floored(by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
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
  func floored(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
  }
}
