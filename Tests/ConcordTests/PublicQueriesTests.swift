import Concord
import PublicQueries
import TestSupport
import Testing

/// A share of what `sweep queries` asks of every public search and statement.
@Suite("Public searches and statements") struct PublicQueriesTests {
  struct Cut: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let filter: String?
    init(_ query: String, _ filter: String?) { (testDescription, self.filter) = (query, filter) }
  }

  @Test(
    "the filter part of a search",
    arguments: [
      Cut("index=a f=x | stats count by g | where count>5", "index=a f=x"),
      Cut(
        "index=a | eval g=lower(f) | where g=\"x\" | eval h=1 | table g",
        "index=a | eval g=lower(f) | where g=\"x\""),
      Cut(
        "`m` f=\"a|b\" [search index=b | fields f] | bin _time", "`m` f=\"a|b\" [search index=b | fields f]"),
      Cut("index=a | `known` | `other`", "index=a | `known`"),
      Cut("index=a | `known(g, h)` | where g=1", "index=a"),
      Cut(
        "| tstats `s` count FROM datamodel=D.E WHERE E.f=x (E.g=\"a by b\" OR E.h=y) by E.f | where f=x",
        "E.f=x (E.g=\"a by b\" OR E.h=y)"),
      Cut("| tstats count from datamodel=D by D.f", nil), Cut("| inputlookup a.csv | search f=x", nil),
    ])
  func search(_ cut: Cut) {
    let macros = ["known": "search f=x", "known(2)": "stats count by $g$"]
    #expect(SearchFilter(of: cut.testDescription) { macros[$0] }.text == cut.filter)
  }

  @Test(
    "the filter part of a statement",
    arguments: [
      Cut(
        "SELECT a, count(*) FROM t WHERE b = 'x' GROUP BY a HAVING count(*) > 5",
        "SELECT * FROM t WHERE b = 'x'"),
      Cut(
        "-- who\nselect * from \"d\".\"t\" as u where a between 1 and 2 and (b = 'where' or c > 5) order by a limit 5;",
        "SELECT * FROM \"d\".\"t\" as u WHERE a between 1 and 2 AND (b = 'where' or c > 5)"),
      Cut(
        "SELECT a FROM <event_data_store_id> WHERE b < 5 /* c */",
        "SELECT * FROM event_data_store_id WHERE b < 5"),
      Cut(
        "SELECT a FROM $EDS_ID WHERE b = 'x' OR c = 'y' AND d = 'z'",
        "SELECT * FROM EDS_ID WHERE b = 'x' OR c = 'y' AND d = 'z'"),
      Cut("SELECT a FROM t LIMIT 5", nil), Cut("SELECT a FROM t JOIN u ON t.a = u.a WHERE b = 'x'", nil),
      Cut("SELECT a FROM t CROSS JOIN UNNEST(b) AS u (c) WHERE c = 'x'", nil),
      Cut("SELECT a FROM (SELECT * FROM t WHERE b = 'x') WHERE c = 'y'", nil),
      Cut("WITH u AS (SELECT 1) SELECT * FROM u WHERE a = 'x'", nil), Cut("SHOW TABLES", nil),
    ])
  func statement(_ cut: Cut) {
    #expect(StatementFilter.all(in: cut.testDescription).map(\.text) == [cut.filter])
  }

  @Test("several statements in one text are cut one by one")
  func statements() {
    let filters = StatementFilter.all(in: "SELECT a FROM t WHERE b = 'x' SELECT a FROM u WHERE b = 'y'")
    #expect(filters.map(\.table) == ["t", "u"])
    #expect(filters.map(\.conjuncts) == [["b = 'x'"], ["b = 'y'"]])
  }

  @Test("what is read is the same in every language, or refused by reason")
  func share() throws {
    let (searches, statements) = (try PublicQueries.searches(), try PublicQueries.statements())
    if searches.isEmpty && statements.isEmpty { return }
    let reader = try FilterReader()
    func every<Element>(_ step: Int, _ all: [Element]) -> [Element] {
      stride(from: 0, to: all.count, by: step).map { all[$0] }
    }
    var readings = every(40, searches).map(reader.read(search:))
    readings += every(6, statements).flatMap(reader.read(statement:))
    var check = QueryCheck()
    var (filters, read) = (0, 0)
    for reading in readings {
      guard let outcome = reading.outcome else { continue }
      filters += 1
      guard case .success(let filter) = outcome else { continue }
      read += 1
      check.check(filter, id: reading.query.id, events: 16)
    }
    try check.runOnDuckDB()
    print("public queries: \(read) of \(filters) filter parts read\n\(check.report.joined(separator: "\n"))")
    for fault in check.faults { Issue.record("\(fault)") }
    #expect(read * 100 >= filters * 80)
  }
}
