import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import TestSupport
import Testing

@testable import ConcordAthena

/// Statements over the rows of another statement, and over the elements of arrays.
@Suite("Statements over others") struct AthenaFlatteningTests {
  private static func rule(_ sql: String) throws(Diagnostic) -> Rule {
    try Language.athena.read(Source(name: "q.sql", text: sql), options: LanguageOptions())[0].rule
  }

  /// Statements, and the one over a table that says the same.
  static let rows: [(sql: String, same: String)] = [
    (
      "SELECT * FROM (SELECT * FROM cloudtrail_logs WHERE eventname = 'a') WHERE awsregion = 'b'",
      "SELECT * FROM cloudtrail_logs WHERE eventname = 'a' AND awsregion = 'b'"
    ),
    (
      "SELECT s.n FROM (SELECT eventname AS n FROM cloudtrail_logs) AS s WHERE s.N LIKE 'a%' LIMIT 5",
      "SELECT eventname AS n FROM cloudtrail_logs WHERE eventname LIKE 'a%' LIMIT 5"
    ),
    (
      "WITH t AS (SELECT lower(eventname) n, awsregion FROM cloudtrail_logs c WHERE c.eventsource = 's') SELECT n FROM t WHERE n = 'a'",
      "SELECT lower(eventname) n FROM cloudtrail_logs WHERE eventsource = 's' AND lower(eventname) = 'a'"
    ),
    (
      "WITH t (n, r) AS (SELECT eventname, awsregion FROM cloudtrail_logs), u AS (SELECT * FROM t WHERE r = 'b') SELECT n FROM u x WHERE x.n = 'a'",
      "SELECT eventname AS n FROM cloudtrail_logs WHERE awsregion = 'b' AND eventname = 'a'"
    ),
    // The names of what is within are none outside: a column may have the name of the table.
    (
      "SELECT * FROM (SELECT useridentity FROM cloudtrail_logs useridentity) WHERE useridentity.type = 'a'",
      "SELECT useridentity FROM cloudtrail_logs WHERE useridentity.type = 'a'"
    ),
    // A name may stand for another column of the table.
    (
      "SELECT eventname FROM (SELECT eventsource AS eventname FROM cloudtrail_logs WHERE eventname = 'a') WHERE eventname = 'b'",
      "SELECT eventsource AS eventname FROM cloudtrail_logs WHERE eventname = 'a' AND eventsource = 'b'"
    ),
    (
      "SELECT * FROM (SELECT useridentity.arn FROM cloudtrail_logs) WHERE arn = 'a'",
      "SELECT useridentity.arn FROM cloudtrail_logs WHERE useridentity.arn = 'a'"
    ),
    (
      "SELECT n, count(*) AS c FROM (SELECT eventname n FROM cloudtrail_logs WHERE awsregion = 'b') GROUP BY 1 HAVING count(*) > 5",
      "SELECT eventname AS n, count(*) AS c FROM cloudtrail_logs WHERE awsregion = 'b' GROUP BY eventname HAVING count(*) > 5"
    ),
    (
      "SELECT * FROM (SELECT DISTINCT eventname FROM cloudtrail_logs) WHERE NOT eventname = 'a'",
      "SELECT DISTINCT eventname FROM cloudtrail_logs WHERE NOT eventname = 'a'"
    ),
    (
      "SELECT * FROM (SELECT * FROM cloudtrail_logs) WHERE any_match(resources, r -> r.arn = 'a')",
      "SELECT * FROM cloudtrail_logs WHERE any_match(resources, r -> r.arn = 'a')"
    ),
    (
      "SELECT eventname FROM cloudtrail_logs t CROSS JOIN UNNEST(t.resources) u (r) WHERE t.eventname = 'x' AND u.r.ARN LIKE '%a'",
      "SELECT eventname FROM cloudtrail_logs WHERE eventname = 'x' AND any_match(resources, r -> r.arn LIKE '%a')"
    ),
    (
      "SELECT eventname FROM cloudtrail_logs, UNNEST(resources) AS u (r) WHERE r.arn = 'a' OR r.type = 'b'",
      "SELECT eventname FROM cloudtrail_logs WHERE any_match(resources, r -> r.arn = 'a' OR r.type = 'b')"
    ),
    (
      "WITH t AS (SELECT r, eventname FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r) WHERE awsregion = 'b') SELECT eventname FROM t WHERE r.arn = 'a'",
      "SELECT eventname FROM cloudtrail_logs WHERE awsregion = 'b' AND any_match(resources, r -> r.arn = 'a')"
    ),
    ("WITH unused AS (SELECT 1 AS a FROM u) SELECT * FROM cloudtrail_logs", "SELECT * FROM cloudtrail_logs"),
  ]

  @Test("is one over the table", arguments: rows)
  func same(_ row: (sql: String, same: String)) throws {
    let (read, same) = (try Self.rule(row.sql), try Self.rule(row.same))
    #expect(read.condition == same.condition)
    #expect(read.place == same.place && read.aggregate == same.aggregate && read.rowLimit == same.rowLimit)
    #expect(read.outputFields.map(\.path) == same.outputFields.map(\.path))
    let source = Source(text: row.sql)
    let tree = try AthenaParser.query(source)
    #expect(try AthenaParser.query(Source(text: AthenaPrinter.text(tree))) == tree)
  }

  @Test("is run as it stands")
  func runs() throws {
    let sql =
      "WITH t AS (SELECT eventname n, r FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r)) SELECT n FROM t WHERE n = 'a' AND r.arn = 'b'"
    let events = try [
      #"{"eventName": "a", "resources": [{"ARN": "x"}, {"ARN": "b"}]}"#,
      #"{"eventName": "a", "resources": [{"ARN": "x"}]}"#, #"{"eventName": "a"}"#,
      #"{"eventName": "c", "resources": [{"ARN": "b"}]}"#, #"{"eventName": "a", "resources": []}"#,
      #"{"eventName": "a", "resources": [null, {"ARN": "b"}]}"#,
    ].map { try #require(Event(try JSON.parse($0))) }
    let found = try Language.athena.run(sql, on: events, options: LanguageOptions())
    #expect(found == [true, false, false, false, false, true])
    let rule = try Self.rule(sql)
    #expect(events.map { rule.condition.holds(of: $0) } == found)
  }

  @Test(
    "is refused where rows are no events",
    arguments: [
      (
        "SELECT * FROM (SELECT eventname FROM cloudtrail_logs LIMIT 5) WHERE eventname = 'a'",
        "counts or limits"
      ),
      (
        "SELECT * FROM (SELECT eventname, count(*) c FROM cloudtrail_logs GROUP BY 1) WHERE c > 5",
        "counts or limits"
      ),
      (
        "SELECT count(*) FROM (SELECT DISTINCT eventname FROM cloudtrail_logs)", "counts or limits"
      ),
      (
        "SELECT eventname, count(*) FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r) GROUP BY 1",
        "a count of the rows that `UNNEST` makes"
      ),
      (
        "SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r) WHERE r.arn IS NULL",
        "true of an element that is NULL"
      ),
      // Whether an array has an element is no question about its values.
      (
        "SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r) WHERE eventname = 'a'",
        "true of an element that is NULL"
      ),
      (
        "SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources, resources) AS u(r, s)",
        "`UNNEST` of several"
      ),
      (
        "SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) WITH ORDINALITY AS u(r, n)",
        "`WITH ORDINALITY`"
      ),
      ("SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS u(r, n)", "`UNNEST` with several"),
      ("SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources)", "`UNNEST` without a name"),
      ("SELECT * FROM cloudtrail_logs CROSS JOIN other", "`CROSS JOIN` of a table"),
      ("SELECT * FROM cloudtrail_logs, other", "a second table"),
      ("SELECT * FROM (SELECT * FROM cloudtrail_logs UNION SELECT * FROM u)", "`UNION`"),
      (
        "SELECT * FROM (SELECT eventname FROM cloudtrail_logs) WHERE awsregion = 'a'",
        "unknown column `awsregion`"
      ),
      (
        "SELECT * FROM (SELECT eventname n FROM cloudtrail_logs) WHERE eventname = 'a'",
        "unknown column `eventname`"
      ),
      (
        "SELECT * FROM (SELECT eventname || 'a' AS n, awsregion FROM cloudtrail_logs) WHERE n = 'b'",
        "this column of a subquery"
      ),
      (
        "SELECT * FROM (SELECT eventname a, awsregion a FROM cloudtrail_logs) WHERE a = 'b'",
        "two columns of the name `a`"
      ),
      (
        "SELECT * FROM (SELECT *, eventname AS r FROM cloudtrail_logs) WHERE any_match(resources, r -> r.arn = 'a')",
        "a variable with the name of a column"
      ),
      (
        "WITH t (n) AS (SELECT eventname, awsregion FROM cloudtrail_logs) SELECT n FROM t",
        "`WITH` of named columns"
      ),
      (
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY eventname ORDER BY eventtime) AS n FROM cloudtrail_logs) WHERE n = 1",
        ""
      ),
      (
        "SELECT * FROM (SELECT *, count(*) OVER (PARTITION BY eventname) AS n FROM cloudtrail_logs) WHERE n > 1 OR awsregion = 'a'",
        ""
      ),
      ("SELECT * FROM (cloudtrail_logs)", "expected `SELECT`"),
      ("SELECT * FROM (SELECT * FROM cloudtrail_logs WHERE eventname = 'a'", "expected `)`"),
    ])
  func refusal(_ sql: String, _ words: String) {
    let error = #expect(throws: Diagnostic.self) { try Self.rule(sql) }
    #expect(words.isEmpty || error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("may not be nested without end")
  func deep() {
    let sql = String(repeating: "SELECT * FROM (", count: 5_000) + "SELECT * FROM t"
    let error = #expect(throws: Diagnostic.self) { try Self.rule(sql) }
    #expect(error?.code == .textTooDeep)
  }
}
