import ConcordLanguages
import Testing

@Suite("Moments")
struct InstantTests {
  /// Texts and the seconds and nanoseconds after 1970-01-01T00:00:00Z that they name (`date -u -d TEXT +%s`).
  static let moments: [(String, Int, Int)] = [
    ("1970-01-01T00:00:00Z", 0, 0), ("2000-03-01T00:00:00Z", 951_868_800, 0),
    ("2024-02-29T23:59:59Z", 1_709_251_199, 0), ("1969-12-31T23:59:59Z", -1, 0),
    ("0000-01-01T00:00:00Z", -62_167_219_200, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
    ("2000-02-29", 951_782_400, 0), ("2024-06-01", 1_717_200_000, 0),
    ("2024-06-01T00:00:00", 1_717_200_000, 0), ("2024-06-01T00:00Z", 1_717_200_000, 0),
    ("2024-06-01T02:00:00+02:00", 1_717_200_000, 0), ("2024-06-01T02:00:00+0200", 1_717_200_000, 0),
    ("2024-06-01T02:00+02", 1_717_200_000, 0), ("2024-05-31T20:30:00-03:30", 1_717_200_000, 0),
    ("2024-06-01 00:00:00 UTC", 1_717_200_000, 0), ("2024-06-01t00:00:00z", 1_717_200_000, 0),
    ("2024-06-01T00:00:00.5Z", 1_717_200_000, 500_000_000),
    ("2024-06-01T00:00:00,000000001Z", 1_717_200_000, 1),
    ("2024-06-01T00:00:00.1234567891Z", 1_717_200_000, 123_456_789),
    ("1969-12-31T23:59:59.25Z", -1, 250_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800, 0),
  ]

  @Test("are read", arguments: moments)
  func reads(_ text: String, _ seconds: Int, _ nanoseconds: Int) {
    #expect(Instant(text) == Instant(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(
    "are not guessed",
    arguments: [
      "", "'", "noon", "1717200000", "2024", "2024-06", "2024-6-01T00:00:00Z", "2024-00-01", "2024-13-01",
      "2024-06-00", "2024-06-31", "2024-02-30", "2023-02-29", "1900-02-29", "2024-06-01T", "2024-06-01T00",
      "2024-06-01T24:00:00Z", "2024-06-01T00:60:00Z", "2024-06-01T00:00:60Z", "2024-06-01T00:00:00.Z",
      "2024-06-01T00:00:00+2", "2024-06-01T00:00:00+24:00", "2024-06-01T00:00:00+02:60",
      "2024-06-01T00:00:00+02:000", "2024-06-01T00:00:00 CET", "2024-06-01T00:00:00ZZ", " 2024-06-01",
      "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "٢024-06-01T00:00:00Z",
    ])
  func refuses(_ text: String) {
    #expect(Instant(text) == nil)
  }

  @Test("are written as they are read, in the order of time")
  func writes() {
    var last: Instant?
    // 97 days apart, so that every day of a month and of a leap year is met.
    for seconds in stride(from: -62_167_219_200, to: 253_402_300_800, by: 97 * 86_400 + 86_399) {
      let instant = Instant(seconds: seconds)
      #expect(Instant(instant.text) == instant)
      #expect(instant.text.utf8.count == 20)
      if let last { #expect(last < instant && last.text < instant.text) }
      last = instant
    }
  }
}
