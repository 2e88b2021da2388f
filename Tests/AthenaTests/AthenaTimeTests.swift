import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import Testing

@testable import ConcordAthena

/// A conjunct about a time column of whole numbers, and the parts of the window that it is; `nil` where it is refused.
@Suite("Windows over columns of numbers") struct AthenaTimeTests {
  static let day = "2024-06-01 00:00:00"
  static let rows: [(sql: String, window: [String]?)] = [
    ("from_unixtime(ts) >= now() - INTERVAL '1' DAY", ["since -24h"]),
    // The quotient of whole numbers has no parts of a second, the moment that the query runs at has.
    (
      "from_unixtime(ts/1000) >= now() - INTERVAL '1' DAY",
      ["athena.window from_unixtime(\"ts\" / 1000) >= current_timestamp - INTERVAL '1' DAY"]
    ),
    (
      "now() - interval '10' day < from_unixtime(t.\"ts\" / 1000)",
      ["athena.window from_unixtime(\"t\".\"ts\" / 1000) > current_timestamp - INTERVAL '10' DAY"]
    ),
    ("from_unixtime(ts / 1000) >= TIMESTAMP '\(day)'", ["since 2024-06-01T00:00:00Z"]),
    ("from_unixtime(ts / 1000000) < TIMESTAMP '\(day)'", ["until 2024-06-01T00:00:00Z"]),
    (
      "from_unixtime(ts / 1000) BETWEEN TIMESTAMP '\(day)' AND TIMESTAMP '2024-06-02 00:00:00'",
      [
        "since 2024-06-01T00:00:00Z",
        "athena.window from_unixtime(\"ts\" / 1000) <= TIMESTAMP '2024-06-02 00:00:00'",
      ]
    ),
    (
      "from_unixtime(ts / 1000) >= TIMESTAMP '\(day).5'",
      ["athena.window from_unixtime(\"ts\" / 1000) >= TIMESTAMP '\(day).5'"]
    ),
    // Of -0.5 seconds the whole ones are 0, not -1.
    (
      "from_unixtime(ts / 1000) >= TIMESTAMP '1970-01-01 00:00:00'",
      ["athena.window from_unixtime(\"ts\" / 1000) >= TIMESTAMP '1970-01-01 00:00:00'"]
    ),
    ("ts / 1000 >= 1717200000", ["athena.window \"ts\" / 1000 >= 1717200000"]),
    ("from_unixtime(ts / 7) >= TIMESTAMP '\(day)'", nil),
    ("from_unixtime(ts / 1e3) >= TIMESTAMP '\(day)'", nil),
    ("from_unixtime(ts / n) >= TIMESTAMP '\(day)'", nil),
    ("from_unixtime(n / 1000) >= TIMESTAMP '\(day)'", nil),
    ("n / 1000 > 5", nil),
    ("NOT from_unixtime(ts / 1000) >= TIMESTAMP '\(day)'", nil),
    ("f = 'b' OR from_unixtime(ts / 1000) >= TIMESTAMP '\(day)'", nil),
  ]

  @Test("read, and written back as it stood", arguments: rows) func window(_ sql: String, _ window: [String]?)
    throws
  {
    var options = LanguageOptions()
    options.schema = Source(text: "CREATE EXTERNAL TABLE t (f string, ts bigint, n bigint)")
    options.athena.timeColumn = "ts"
    let source = Source(text: "SELECT * FROM t WHERE f = 'a' AND \(sql)")
    guard let window else {
      #expect(throws: Diagnostic.self) { try Language.athena.read(source, options: options)[0] }
      return
    }
    let rule = try Language.athena.read(source, options: options)[0].rule
    #expect(rule.condition == .test(FieldPath("f"), .text(.equals("a"), .exact)))
    let parts = rule.window.conjuncts.map { part in
      guard case .place(let fact, .text(let pattern, _)) = part.kind, case .equals(let text) = pattern.shape
      else { return "\(part)" }
      return "\(fact.name) \(text)"
    }
    #expect(parts == window)
  }
}
