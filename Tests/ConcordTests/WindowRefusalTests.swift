import Concord
import TestSupport
import Testing

/// Texts that look like ones that are read, and say something else.
@Suite("What is close to a window, a sort or a table, and is none") struct WindowRefusalTests {
  @Test(
    "rows that `sort` leaves out are not asked behind it",
    arguments: [
      ("| sort 10 _time | where userAgent=\"u\"", "`sort`"),
      ("| sort limit=3 userAgent | stats count BY userAgent | where count>3", "`sort`"),
      ("| sort limit = 3 userAgent | where userAgent=\"u\"", "`sort`"),
      ("| sort _time | where userAgent=\"u\"", "`sort` without `0`"),
      ("| sort - _time | stats count BY userAgent | where count>3", "`sort` without `0`"),
    ])
  func sorts(_ tail: String, _ reason: String) throws {
    let read = Language.splunk.readAll(
      Source(text: "index=main eventName=A " + tail), options: LanguageOptions())
    #expect(read.refused.first?.refusals.first?.message.contains(reason) == true, "\(tail)")
  }

  @Test("a `sort` at the end is a limit where it says how many, and nothing else")
  func lastSort() throws {
    for (tail, limit) in [("sort 10 _time", 10), ("sort 0 _time", nil), ("sort _time", nil)]
      as [(String, Int?)]
    {
      let read = Language.splunk.readAll(
        Source(text: "index=main eventName=A | \(tail)"), options: LanguageOptions())
      #expect(try #require(read.documents.first).rule.rowLimit == limit, "\(tail)")
    }
    let all = Source(text: "index=main eventName=A | sort 0 _time | where userAgent=\"u\"")
    #expect(Language.splunk.readAll(all, options: LanguageOptions()).refused.isEmpty)
  }

  /// The window statement or search of a rule with something else in its place is not read as a window.
  static let changes: [(language: String, body: String, from: String, to: String)] = [
    ("splunk", WindowTests.spray, "dc(raw_userIdentity_userName)", "dc(window_end)"),
    ("splunk", WindowTests.spray, "dc(raw_userIdentity_userName)", "dc(_time)"),
    ("splunk", WindowTests.count, "window_end - 600", "window_end - 9223372036854775807"),
    (
      "athena", WindowTests.count, "    SELECT\n      \"sourceipaddress\"",
      "    SELECT DISTINCT\n      \"sourceipaddress\""
    ),
    (
      "athena", WindowTests.count, "FROM \"cloudtrail_logs\"",
      "FROM \"cloudtrail_logs\" CROSS JOIN UNNEST(resources) AS r(x)"
    ),
    ("athena", WindowTests.count, "\"awsregion\",\n      floor", "\"awsregion\" AS \"count\",\n      floor"),
    ("athena", WindowTests.count, "BETWEEN 600 PRECEDING", "BETWEEN 9223372036854775807 PRECEDING"),
  ]

  @Test(arguments: changes.indices)
  func changed(_ index: Int) throws {
    let change = Self.changes[index]
    let language = try #require(Registry.languages.named(change.language))
    let written = try Compiler().write(try WindowTests.rule(change.body), in: language).text
    let wrong = written.replacing(change.from, with: change.to)
    #expect(wrong != written, "\(written)")
    #expect(language.readAll(Source(text: wrong), options: LanguageOptions()).documents.isEmpty, "\(wrong)")
  }

  @Test(
    "a field is not grouped by under the name of a window's time",
    arguments: ["window_end", "_time", "window_start"])
  func names(_ name: String) throws {
    let rule = try WindowTests.rule(WindowTests.count.replacing("sourceIPAddress", with: name))
    var options = LanguageOptions()
    options.schema = Source(
      name: "t.sql",
      text: """
        CREATE EXTERNAL TABLE t (eventtime string, eventname string, errormessage string, awsregion string,
          window_end string, window_start string, `_time` string)
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://b/'
        """)
    for language in [Language.splunk, .athena] {
      let verification = RuleVerification(of: rule, in: [language], options: options)
      switch verification.agreement.columns[0].outcome {
      case .refused(let reason):
        #expect(["E427", "E407"].contains(reason.code.rawValue), "\(reason.message)")
      case .ran: #expect(verification.judgements.map(\.verdict) == [.proved], "\(language.name) \(name)")
      case .failed(let query, let reason, _): Issue.record("\(reason.message)\n\(query)")
      }
    }
  }

  @Test(
    "a time span of more than a hundred years is none",
    arguments: ["9223372036854775807s", "9000000000d", "36526d"])
  func spans(_ span: String) {
    let error = #expect(throws: (any Error).self) {
      try WindowTests.rule(WindowTests.count.replacing("10m", with: span))
    }
    #expect("\(error as Any)".contains("is not a time span"))
  }

  @Test("subqueries whose expressions grow are given up, soon")
  func growing() {
    var tables = ["a0 AS (SELECT eventname AS x FROM cloudtrail_logs)"]
    for level in 1...40 {
      tables.append("a\(level) AS (SELECT if(x='a', x, if(x='b', x, x)) AS x FROM a\(level - 1))")
    }
    let text = "WITH \(tables.joined(separator: ", ")) SELECT x FROM a40 WHERE x = 'a'"
    #expect(Language.athena.readAll(Source(text: text), options: LanguageOptions()).documents.isEmpty)
  }

  @Test(
    "settings of lookups that are of others too are refused",
    arguments: [
      "[default]\ncase_sensitive_match = false\n[tools]\nfilename = tools.csv\n",
      "case_sensitive_match = false\n[tools]\nfilename = tools.csv\n",
      "[tools]\nfilename = tools.csv\n[tools]\ncase_sensitive_match = false\n",
    ])
  func stanzas(_ text: String) throws {
    let folder = try Tool.folder([
      "transforms.conf": text, "tools.csv": "tool,found\na.exe,TRUE\n",
      "q.spl": "index=a | stats count BY tool | lookup tools tool OUTPUT found | search found=TRUE",
    ])
    let result = try Tool.run(
      ["check", "q.spl", "--lookup", "transforms.conf", "--lookup", "tools.csv"], in: folder)
    #expect(result.code != 0 && result.errors.contains("transforms.conf"), "\(result.errors)")
  }
}
