import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import Testing

@testable import ConcordAthena

/// What a column of the result makes of the rows: nothing, or one row of all. Verdicts are those of Trino 414.
@Suite("Columns of Athena SQL that make one row of many")
struct AthenaColumnTests {
  static let columns: [(text: String, isOfAll: Bool)] = [
    ("eventname, count(*) OVER (PARTITION BY awsregion) AS c", false),
    ("max(eventname) OVER () AS c", false),
    ("*, count(*) OVER (PARTITION BY awsregion)", false),
    ("count(*) FILTER (WHERE errorcode IS NULL) OVER () AS c", false),
    ("concat(eventname, max(awsregion) OVER ())", false),
    ("max(coalesce(eventname, '')) OVER (PARTITION BY awsregion)", false),
    ("sum(count(*)) OVER () AS c", true),
    ("count(*) FILTER (WHERE errorcode IS NULL) AS c, max(eventname) OVER ()", true),
    ("approx_set(eventname)", true),
    ("stddev_pop(length(eventname))", true),
    ("\"COUNT\"(*)", true),
    ("json_format(CAST(array_agg(eventname) AS json))", true),
  ]

  @Test(arguments: columns)
  func rows(_ text: String, _ isOfAll: Bool) throws {
    let source = Source(text: "SELECT \(text) FROM cloudtrail_logs WHERE eventname = 'a'")
    let document = try #require(try Language.athena.read(source, options: LanguageOptions()).first)
    #expect((document.rule.aggregate != nil) == isOfAll)
    #expect(document.rule.condition == AthenaReaderTests.isA)
  }

  @Test("the count of a value that is written down is that of rows, but NULL is never counted")
  func constants() {
    func read(_ having: String) -> RuleCollection {
      let text = "SELECT eventname FROM cloudtrail_logs GROUP BY eventname HAVING \(having)"
      return Language.athena.readAll(Source(text: text), options: LanguageOptions())
    }
    #expect(
      read("count(1) > 4").documents.first?.rule.aggregate
        == read("count(*) > 4").documents.first?.rule.aggregate)
    for having in ["count(NULL) = 0", "count(CAST(NULL AS varchar)) = 0"] {
      #expect(read(having).documents.isEmpty)
    }
    let counted = read("count_if(awsregion = 'x') > 4").documents.first?.rule.aggregate
    #expect(counted?.columns.map(\.name) == ["count_if(\"awsregion\" = 'x')"])
  }
}
