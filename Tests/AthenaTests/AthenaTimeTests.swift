import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
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

/// What is taken of a time column: each row a column, what asks it, and the codes of what is said.
@Suite("Times as a table has them") struct AthenaTimeColumnTests {
  enum Asked { case since(String), hours, days, window }
  struct Row: CustomTestStringConvertible, Sendable {
    let type: String
    let asked: Asked
    /// The time of a fixture.
    var fixture: String?
    let codes: [String]
    /// A part of the query.
    var sql = ""
    var testDescription: String { "\(type) \(asked) \(fixture ?? "")" }
  }

  static let day = "2024-06-01T00:00:00Z"
  static let noon = "2024-06-01T12:00:00Z"
  static let rows: [Row] = [
    // A text with a space is before one with a `T`, so a bound would lose the rest of its day.
    Row(type: "string", asked: .since(day), codes: ["N458"], sql: #""ts" >= '2024-06-01T00:00:00'"#),
    Row(type: "string", asked: .since(day), fixture: "2024-06-01T10:00:00.123Z", codes: ["N458"]),
    Row(type: "string", asked: .since(day), fixture: "2024-06-01T10:00:00+00:00", codes: ["N458"]),
    Row(type: "string", asked: .since(day), fixture: "2024-06-01 10:00:00", codes: ["E413"]),
    Row(type: "string", asked: .since(day), fixture: "2024-06-01T10:00:00+02:00", codes: ["E413"]),
    Row(type: "string", asked: .since(day), fixture: "1717236000", codes: ["E413"]),
    Row(type: "string", asked: .window, codes: ["N458"], sql: #"TRY(from_iso8601_timestamp("ts"))"#),
    Row(type: "string", asked: .hours, fixture: "2024-06-01T10:00:00+02:00", codes: ["N458"]),
    Row(type: "string", asked: .window, fixture: "2024-06-01 10:00:00", codes: ["E413"]),
    Row(type: "timestamp", asked: .since(noon), fixture: "2024-06-01 10:00:00", codes: []),
    Row(type: "timestamp", asked: .window, codes: []),
    // `DATE '2024-06-01' >= TIMESTAMP '2024-06-01 12:00:00'` is false of all events of that day.
    Row(
      type: "date", asked: .since(day), codes: [], sql: #""ts" >= CAST('2024-06-01 00:00:00' AS timestamp)"#),
    Row(type: "date", asked: .since(noon), codes: ["E413"]),
    Row(type: "date", asked: .since("-24h"), codes: ["E413"]),
    Row(type: "date", asked: .days, codes: []),
    Row(type: "date", asked: .hours, codes: ["E413"]),
    Row(type: "date", asked: .window, codes: ["E413"]),
  ]

  @Test("what is said of it", arguments: rows) func said(_ row: Row) throws {
    var options = LanguageOptions()
    options.schema = Source(text: "CREATE EXTERNAL TABLE t (f string, ts \(row.type)) STORED AS PARQUET")
    options.athena.timeColumn = "ts"
    var rule = Rule(id: "r", title: "t", condition: text(FieldPath("f"), .equals("a")))
    let five = try #require(Number("5"))
    let threshold = Condition.test(FieldPath("n"), .number(.greaterOrEqual, five))
    func count(_ period: Aggregate.Period) -> Aggregate {
      Aggregate(by: [.init(FieldPath("f"))], in: period, columns: [.init("n", .count)], threshold: threshold)
    }
    switch row.asked {
    case .since(let moment): options.window.since = Moment(moment)
    case .hours: rule.aggregate = count(.spans(3600))
    case .days: rule.aggregate = count(.spans(86_400))
    case .window: rule.aggregate = count(.windows(600))
    }
    if let time = row.fixture {
      let event = Event(Value.Object([.init("f", .string("a")), .init("ts", .string(time))]))
      rule.fixtures = [Fixture(name: "f", expected: true, event: event)]
    }
    var codes: [String]
    do {
      let query = try Language.athena.write(rule, options: options)
      codes = query.notes.map(\.code.rawValue).filter { $0 != "N450" }
      #expect(row.sql.isEmpty || query.text.contains(row.sql), "\(query.text)")
    } catch { codes = [error.code.rawValue] }
    #expect(codes == row.codes)
  }

  /// The statement's end, the bound of the partition, and whether it is said that its pattern is taken.
  @Test(
    "the dates of a partition",
    arguments: [
      ("", #""timestamp" >= '2024/06/01'"#, true),
      ("TBLPROPERTIES ('projection.timestamp.format'='yyyy/MM/dd')", #""timestamp" >= '2024/06/01'"#, false),
      ("TBLPROPERTIES ('projection.timestamp.format'='yyyy-MM-dd')", #""timestamp" >= '2024-06-01'"#, false),
    ])
  func dates(_ end: String, _ bound: String, _ isTaken: Bool) throws {
    var options = LanguageOptions()
    options.schema = Source(
      text:
        "CREATE EXTERNAL TABLE t (eventtime string) PARTITIONED BY (`timestamp` string) STORED AS PARQUET \(end)"
    )
    options.window.since = Moment(Self.day)
    let query = try Language.athena.write(Rule.ofCloudTrail(.always(true)), options: options)
    #expect(query.text.contains(bound), "\(query.text)")
    #expect(query.notes.contains { $0.code.rawValue == "N458" } == isTaken)
  }

  @Test("a table's own `eventtime` may have parts of a second, CloudTrail's has none") func parts() throws {
    var options = LanguageOptions()
    options.schema = Source(text: "CREATE EXTERNAL TABLE t (f string, eventtime string) STORED AS PARQUET")
    options.window.since = Moment(Self.day)
    var rule = Rule(id: "r", title: "t", condition: text(FieldPath("f"), .equals("a")))
    // `.` is before `Z`: the first second would be lost.
    #expect(try Language.athena.write(rule, options: options).text.contains("'2024-06-01T00:00:00'"))
    rule.logSources = [.cloudTrail]
    #expect(try Language.athena.write(rule, options: options).text.contains("'2024-06-01T00:00:00Z'"))
  }
}
