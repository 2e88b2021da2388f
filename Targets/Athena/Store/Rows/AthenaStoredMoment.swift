import ConcordDiagnostics
import ConcordLanguages

/// Texts and numbers as moments and dates, by the rules of the classes that read them.
enum AthenaStoredMoment {
  /// The moment of a text without an offset, which is all that Hive's class and Trino's JSON reader take:
  /// `2024-05-01 10:20:30.5`, where days and hours may run over, or the same with a `T`.
  static func local(_ text: String) -> Instant? {
    let text = text.javaTrimmed
    if let moment = sql(text) { return moment }
    guard isISO(text), let last = text.utf8.last, last.isDigit, text.utf8.dropFirst(19).allSatisfy(isFraction)
    else { return nil }
    return Instant(text)
  }

  /// The moment of a text with `Z` or an offset.
  static func zoned(_ text: String) -> Instant? {
    guard isISO(text) else { return nil }
    let rest = Substring(text).utf8.dropFirst(11)
    guard let mark = rest.firstIndex(where: { "Zz+-".utf8.contains($0) }) else { return nil }
    let offset = String(text[mark...])
    guard ["Z", "z"].contains(offset) || [5, 6].contains(offset.utf8.count) else { return nil }
    return Instant(text)
  }

  /// The moment that OpenX's class makes of a text or a number's text.
  static func openX(_ text: String) -> Instant? {
    if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.utf8.startIndex {
      return zoned(text) ?? local(text)
    }
    if text.utf8.contains(UInt8(ascii: ".")) {
      return AthenaJavaNumber.double(text).flatMap { epoch(milliseconds: Int(($0 * 1000).javaLong)) }
    }
    return epoch(text)
  }

  /// The moment that Trino's OpenX reader makes of a text or of a number as the log spells it.
  static func trinoOpenX(_ text: String) -> Instant? {
    if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.utf8.startIndex {
      return zoned(text) ?? local(text)
    }
    guard text.utf8.allSatisfy({ "-+.0123456789".utf8.contains($0) }) else { return nil }
    guard text.utf8.contains(UInt8(ascii: ".")) else { return epoch(text) }
    return AthenaJavaNumber(text + "e3")?.truncated.flatMap { epoch(milliseconds: Int($0)) }
  }

  /// The date that all readers take: what follows a space is dropped.
  static func date(_ text: String) -> Instant? {
    let text = text.javaTrimmed
    let date = text.utf8.prefix { $0 != UInt8(ascii: " ") }
    return sql("\(Substring(date)) 0:0:0")
  }

  /// The date of that many days after 1970-01-01.
  static func date(days: Int) -> Instant? {
    abs(days) < 10_000_000 ? Instant(seconds: days * 86_400) : nil
  }

  /// A text of digits as milliseconds, or as seconds where it has fewer than 13 characters.
  private static func epoch(_ text: String) -> Instant? {
    guard let number = Int(text) else { return nil }
    if text.utf8.count >= 13 { return epoch(milliseconds: number) }
    return years.contains(number) ? Instant(seconds: number) : nil
  }

  /// The seconds of the years 0 to 9999: of others nothing was tried.
  private static let years = -62_167_219_200..<253_402_300_800

  /// The moment of a text that is so many milliseconds after the beginning of 1970.
  static func epoch(milliseconds text: String) -> Instant? { Int(text).flatMap { epoch(milliseconds: $0) } }

  private static func epoch(milliseconds: Int) -> Instant? {
    guard (years.lowerBound * 1000..<years.upperBound * 1000).contains(milliseconds) else { return nil }
    let seconds = milliseconds.floored(by: 1000)
    return Instant(seconds: seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000)
  }

  /// Whether a text begins like `2024-05-01T10:20`.
  private static func isISO(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(16))
    return bytes.count == 16 && bytes[4] == UInt8(ascii: "-") && bytes[10].lowercased == UInt8(ascii: "t")
      && bytes[13] == UInt8(ascii: ":")
  }

  private static func isFraction(_ byte: UInt8) -> Bool { byte.isDigit || byte == UInt8(ascii: ".") }

  /// The moment of `2024-5-1 1:2:3.5`. The classes resolve leniently: day 32 of May is the first of June.
  private static func sql(_ text: String) -> Instant? {
    let halves = text.split(separator: " ", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map(number)
    let seconds = halves[1].split(separator: ".", omittingEmptySubsequences: false)
    let time = (seconds.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map(number)
    guard date.count == 3, time.count == 3, seconds.count <= 2, let year = date[0], let month = date[1],
      let day = date[2], let hour = time[0], let minute = time[1], let second = time[2],
      year < 10_000, max(month, day, hour, minute, second) < 100
    else { return nil }
    var nanoseconds = 0
    if seconds.count == 2 {
      let digits = seconds[1].utf8
      guard 1...9 ~= digits.count, let value = number(seconds[1]) else { return nil }
      nanoseconds = (digits.count..<9).reduce(value) { value, _ in value * 10 }
    }
    let months = year * 12 + month - 1
    let first =
      "\(padded(months.floored(by: 12), 4))-\(padded(months - months.floored(by: 12) * 12 + 1, 2))-01"
    guard let start = Instant(first) else { return nil }
    let whole = start.seconds + (day - 1) * 86_400 + (hour * 60 + minute) * 60 + second
    return Instant(seconds: whole, nanoseconds: nanoseconds)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int(text)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Instant {
  /// The moment as a column holds it, with no zeros behind a fraction.
  var storedMoment: AthenaStoredValue {
    var text = String(self.text.map { $0 == "T" ? " " : $0 }.dropLast())
    if nanoseconds > 0 {
      var fraction = String(nanoseconds)
      fraction = String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
      while fraction.utf8.last == 0x30 { fraction.removeLast() }
      text += "." + fraction
    }
    return .moment(text)
  }

  /// The date as a column holds it.
  var storedDate: AthenaStoredValue { .moment(String(text.prefix { $0 != "T" })) }

  /// The moment to the millisecond, as Trino's readers keep it.
  var inMilliseconds: Instant {
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    return Instant(seconds: seconds + milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000)
  }
}
