import Concord
import Testing

/// Rules and queries that differ in one part, or say the same in other words, over languages: place, window, mapping,
/// log source and threshold are as much part of what a rule finds as its condition.
@Suite("Pairs of detections") struct DetectionPairsTests {
  /// Texts of which every two are a pair. A text's language is told by its beginning: `|SQL `, `|SPL `, `|YML `.
  struct Group: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let texts: [String]
    init(_ name: String, _ texts: [String]) { (testDescription, self.texts) = (name, texts) }
  }

  static let project = """
    logs:
      cloudtrail:
        source: {product: aws, service: cloudtrail, log-type: AWS.CloudTrail}
        splunk: {index: aws, sourcetype: aws:cloudtrail}
        athena: {table: lake.cloudtrail, untyped: true, partitions: {region: awsRegion, day: yyyy/MM/dd}}
      okta:
        source: {product: okta, service: okta, log-type: Okta.SystemLog}
        splunk: {macro: okta_log}
        athena: {table: lake.okta, untyped: true}
      process:
        source: {product: windows, category: process_creation}
        splunk: {index: win, source: Sysmon, fields: {host: Computer}}
        athena: {table: lake.sysmon, untyped: true}
      access:
        source: {product: windows, category: process_access}
        splunk: {index: win_access}
        athena: {table: lake.access, untyped: true}
    """

  static func sigma(_ source: String, _ detection: String = "f: x") -> String {
    "YML title: t\nid: r\nlogsource: {\(source)}\ndetection:\n  s:\n    \(detection)\n  condition: s\n"
  }

  static func panther(_ log: String, _ more: String = "") -> String {
    "YML AnalysisType: rule\nRuleID: r\nLogTypes: [\(log)]\n\(more)Condition: f eq \"x\"\n"
  }

  static func sql(_ table: String, _ more: String = "") -> String {
    "SQL SELECT * FROM \(table) WHERE lower(f) = 'x'\(more)"
  }

  /// In each group every text differs from every other.
  static let different = [
    Group(
      "limits",
      [
        sql("lake.vpc"), sql("lake.vpc", " LIMIT 10"), sql("lake.vpc", " ORDER BY f LIMIT 20"),
        "SPL index=vpc f=x",
      ]),
    Group(
      "index",
      [
        "SPL index=a f=x", "SPL index=b f=x", "SPL index=b* f=x", "SPL f=x",
        "SPL index=CASE(a) f=x",
      ]),
    Group(
      "sourcetype",
      [
        "SPL sourcetype=a f=x", "SPL sourcetype=b f=x", "SPL sourcetype IN (a, b) f=x",
        "SPL sourcetype=* f=x", "SPL f=x",
      ]),
    Group(
      "source",
      ["SPL source=a f=x", "SPL source=b f=x", "SPL (source=a OR source=b) f=x", "SPL source!=a f=x"]),
    Group(
      "host", ["SPL host=a f=x", "SPL host=b f=x", "SPL f=x", "SPL host=a OR f=x", "SPL NOT host=a f=x"]),
    Group(
      "eventtype",
      ["SPL eventtype=a f=x", "SPL eventtype=b f=x", "SPL eventtype=a eventtype=b f=x", "SPL tag=a f=x"]),
    Group(
      "macros",
      ["SPL `m` f=x", "SPL `n` f=x", "SPL `m` `n` f=x", "SPL `m(1)` f=x", "SPL `m(2)` f=x", "SPL f=x"]),
    Group(
      "after a pipe",
      ["SPL f=x | search host=a", "SPL f=x | search host=b", "SPL f=x | search source=a", "SPL f=x"]),
    Group(
      "window of a search",
      [
        "SPL earliest=-24h f=x", "SPL earliest=-1h f=x", "SPL earliest=-1d@d f=x",
        "SPL earliest=-24h latest=-1h f=x",
        "SPL latest=-1h f=x", "SPL f=x", "SPL earliest=1717200000 f=x",
      ]),
    Group("table", [sql("a.t"), sql("a.u"), sql("b.t"), sql("c.a.t"), sql("lake.okta")]),
    Group(
      "partition",
      [
        sql("lake.vpc", " AND region = 'eu'"), sql("lake.vpc", " AND region = 'us'"), sql("lake.vpc"),
        sql("lake.vpc", " AND region IN ('eu', 'us')"), sql("lake.vpc", " AND account = '1'"),
      ]),
    Group(
      "window of a statement",
      [
        sql("lake.vpc"), sql("lake.vpc", " AND eventtime >= '2024-06-01T00:00:00Z'"),
        sql("lake.vpc", " AND eventtime >= '2024-06-02T00:00:00Z'"),
        sql("lake.vpc", " AND eventtime < '2024-06-01T00:00:00Z'"),
        sql(
          "lake.vpc",
          " AND eventtime >= '2024-06-01T00:00:00Z' AND eventtime < '2024-06-02T00:00:00Z'"),
        sql("lake.vpc", " AND eventtime >= date_format(now() - INTERVAL '24' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
        sql("lake.vpc", " AND eventtime >= date_format(now() - INTERVAL '1' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
        sql("lake.vpc", " AND day = '2024/06/01'"), sql("lake.vpc", " AND day = '2024/06/02'"),
      ]),
    Group(
      "log source of Sigma",
      [
        sigma("product: aws, service: cloudtrail"), sigma("product: okta, service: okta"),
        sigma("product: windows, category: process_creation"),
        sigma("product: windows, category: process_access"),
        sigma("product: linux, category: process_creation"), sigma("product: windows"),
        sigma("category: proxy"),
      ]),
    Group(
      "log type of Panther",
      [
        panther("AWS.CloudTrail"), panther("Okta.SystemLog"), panther("AWS.VPCFlow"),
        panther("AWS.CloudTrail, Okta.SystemLog"),
      ]),
    Group(
      "threshold and period",
      [
        panther("AWS.CloudTrail"), panther("AWS.CloudTrail", "Threshold: 5\n"),
        panther("AWS.CloudTrail", "Threshold: 9\n"),
        panther("AWS.CloudTrail", "DedupPeriodMinutes: 15\n"), panther("AWS.CloudTrail", "Enabled: false\n"),
      ]),
    Group(
      "the log, over languages",
      [
        sigma("product: aws, service: cloudtrail"), "SPL `okta_log` f=x", sql("lake.sysmon"),
        "SPL index=win_access f=x",
      ]),
    Group(
      "a search and a statement of the project's logs",
      [
        "SPL index=win source=Sysmon f=x", sql("lake.okta"), "SPL index=aws sourcetype=aws:cloudtrail f=x",
        sql("lake.access"),
      ]),
    Group(
      "part of a log's place, over languages",
      [sql("lake.sysmon"), "SPL index=win f=x", "SPL source=Sysmon f=x", "SPL index=win source=Other f=x"]),
    Group(
      "fields that places repeat, over languages",
      [
        sigma("product: windows, category: process_creation"), "SPL index=win source=Sysmon host=a f=x",
        "SPL index=win source=Sysmon host=b f=x",
        sigma("product: windows, category: process_creation", "f: x\n    Computer: c"),
      ]),
    Group(
      "a partition that is a field, over languages",
      [
        sigma("product: aws, service: cloudtrail"), sql("lake.cloudtrail", " AND region = 'eu'"),
        sql("lake.cloudtrail", " AND region = 'us'"),
        sigma("product: aws, service: cloudtrail", "f: x\n    awsRegion: xx"),
      ]),
    Group(
      "window, over languages",
      [
        "SPL `okta_log` earliest=-24h f=x",
        sql("lake.okta", " AND eventtime >= date_format(now() - INTERVAL '1' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
        sql("lake.okta", " AND eventtime >= '2024-06-01T00:00:00Z'"), sigma("product: okta, service: okta"),
      ]),
    Group(
      "what a search counts",
      [
        "SPL index=a f=x", "SPL index=a f=x | stats count by g",
        "SPL index=a f=x | stats count by g | where count>4",
        "SPL index=a f=x | stats count by g | where count>5",
        "SPL index=a f=x | stats count by h | where count>4",
        "SPL index=a f=x | stats count by g h | where count>4",
        "SPL index=a f=x | stats count | where count>4",
        "SPL index=a f=x | stats dc(h) AS count by g | where count>4",
        "SPL index=a f=x | stats count(h) AS count by g | where count>4",
        "SPL index=a f=x | stats count(eval(h=\"y\")) AS count by g | where count>4",
        "SPL index=a f=x | bin _time span=10m | stats count by g _time | where count>4",
        "SPL index=a f=x | bin _time span=5m | stats count by g _time | where count>4",
        "SPL index=a f=x | stats count by g | where count>4 OR count<2",
        "SPL index=a f=x | stats count by g | where count>4 AND g=\"y\"",
      ]),
    Group(
      "searches of data models",
      [
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g",
        "SPL | tstats count FROM datamodel=Endpoint.Services WHERE Services.f=x BY Services.g",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=y BY Processes.g",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.h",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g sourcetype",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g _time span=1h",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g _time span=30m",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x",
        "SPL | tstats fillnull_value=null count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x BY Processes.g | where count>1",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x host=a BY Processes.g",
        "SPL | tstats count FROM datamodel=Endpoint.Processes WHERE Processes.f=x earliest=-1h BY Processes.g",
        "SPL f=x | stats count by g", "SPL index=a f=x | stats count by g",
      ]),
    Group(
      "what a statement counts",
      [
        sql("lake.net"), sql("lake.net", " GROUP BY g"),
        sql("lake.net", " GROUP BY g HAVING count(*) > 4"),
        sql("lake.net", " AND g IS NOT NULL GROUP BY g HAVING count(*) > 4"),
        sql("lake.net", " GROUP BY g, h HAVING count(*) > 4"), sql("lake.net", " HAVING count(*) > 4"),
        sql("lake.net", " GROUP BY g HAVING count(h) > 4"),
        sql("lake.net", " GROUP BY g HAVING count(DISTINCT h) > 4"),
        sql("lake.net", " GROUP BY g HAVING count_if(h = 'y') > 4"),
      ]),
    Group(
      "counts, over languages",
      [
        "SPL `okta_log` f=x | stats count by g | where count>4",
        "SQL SELECT g FROM lake.okta WHERE lower(f) = 'x' GROUP BY g HAVING count(*) > 4",
        "SQL SELECT g FROM lake.okta WHERE lower(f) = 'x' AND g IS NOT NULL GROUP BY g HAVING count(*) > 5",
        sql("lake.okta"),
      ]),
  ]

  /// In each group every text says the same as every other.
  static let same = [
    Group(
      "counts of searches",
      [
        "SPL index=a f=x | stats count by g, h | where count>4",
        "SPL index=a f=x | stats count AS n by h g | search n>=5",
        "SPL index=a f=x | stats c by g h | where 5<=c",
        "SPL index=a f=x g=* h=* | stats count, values(i) by g h | where NOT count<5",
        "SPL index=a f=x | stats count by g h | sort 0 - count | rename count AS n | where n>4.5",
      ]),
    Group(
      "spans of searches",
      [
        "SPL index=a f=x | bin _time span=10m | stats count by g _time | where count>4",
        "SPL index=a f=x | bucket span=600s _time AS t | stats count by t g | where count>=5",
        "SPL index=a f=x | eval t=floor(_time/600)*600 | stats count by t g | where count>=5",
      ]),
    Group(
      "searches of data models",
      [
        "SPL | tstats count FROM datamodel=Web WHERE Web.f=x Web.g=* BY Web.g | where count>4",
        "SPL | tstats summariesonly=t count AS n min(_time) FROM datamodel=Web.Web WHERE Web.f=X BY Web.g | search n>=5",
        "SPL | tstats fillnull_value=null count FROM datamodel=Web WHERE Web.g=* AND Web.f=x groupby Web.g "
          + "| rename Web.* AS * | where 5<=count",
        "SPL | tstats count FROM datamodel=Web WHERE nodename=Web Web.f=x BY Web.g | where NOT count<5",
      ]),
    Group(
      "counts of statements",
      [
        sql("lake.net", " AND g IS NOT NULL GROUP BY g HAVING count(*) > 4"),
        sql("lake.net", " AND g IS NOT NULL GROUP BY \"G\" HAVING count(1) >= 5"),
        "SQL SELECT G, count(*) AS n FROM lake.net WHERE lower(f) = 'x' AND g IS NOT NULL GROUP BY 1 HAVING NOT count(*) < 5",
      ]),
    Group(
      "counts, over languages",
      [
        "SPL `okta_log` f=x | bin _time span=1h | stats count dc(h) AS d by g _time | where count>4 AND d>1",
        "SQL SELECT g, count(*) FROM lake.okta WHERE lower(f) = 'x' AND g IS NOT NULL AND "
          + "date_trunc('hour', from_iso8601_timestamp(eventtime)) IS NOT NULL GROUP BY g, "
          + "date_trunc('hour', from_iso8601_timestamp(eventtime)) HAVING count(DISTINCT h) > 1 AND count(*) > 4",
      ]),
    Group(
      "a place of Splunk",
      [
        "SPL index=a host=b f=x", "SPL f=x host=b index=a", "SPL index=\"a\" host=\"b\" f=x",
        "SPL index=A host=B f=x",
        "SPL search index=a host=b f=x", "SPL (index=a AND host=b) f=x", "SPL index=a f=x | search host=b",
      ]),
    Group(
      "several places of Splunk",
      [
        "SPL index IN (a, b) f=x", "SPL (index=a OR index=b) f=x", "SPL (index=b OR index=a) f=x",
        "SPL index IN (,b,,a,) f=x",
      ]),
    Group(
      "exclusions",
      ["SPL NOT (host=a OR host=b) f=x", "SPL NOT host=a NOT host=b f=x", "SPL NOT host IN (a, b) f=x"]),
    Group("macros", ["SPL `m` `n` f=x", "SPL `n` `m` f=x", "SPL f=x `n` `m`"]),
    Group(
      "windows of searches",
      [
        "SPL earliest=-24h f=x", "SPL earliest=-1440m f=x", "SPL f=x earliest=-86400s",
        "SPL earliest=\"-24h\" f=x",
      ]),
    Group(
      "tables",
      [sql("a.t"), sql("\"a\".\"t\""), sql("A.T"), "SQL SELECT a FROM a.t WHERE 'x' = lower(\"f\")"]),
    Group(
      "partitions",
      [
        sql("lake.vpc", " AND region = 'eu'"),
        "SQL SELECT * FROM lake.vpc WHERE 'eu' = region AND lower(f) = 'x'",
        sql("lake.vpc", " AND region IN ('eu')"), sql("\"lake\".vpc", " AND \"region\" = 'eu'"),
      ]),
    Group(
      "windows of statements",
      [
        sql("lake.vpc", " AND eventtime >= date_format(now() - INTERVAL '24' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
        sql(
          "lake.vpc",
          " AND date_format(current_timestamp - INTERVAL '1440' MINUTE, '%Y-%m-%dT%H:%i:%sZ') <= eventtime"),
        sql(
          "lake.vpc",
          " AND eventtime >= date_format(current_timestamp + INTERVAL '-24' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
        sql("lake.vpc", " AND from_iso8601_timestamp(eventtime) >= now() - INTERVAL '1' DAY"),
      ]),
    Group(
      "bounds that only Athena has, in other words",
      [
        sql("lake.vpc", " AND eventtime BETWEEN '2024-06-01T00:00:00Z' AND '2024-06-02T00:00:00Z'"),
        sql("lake.vpc", " AND eventtime <= '2024-06-02T00:00:00Z' AND eventtime >= '2024-06-01T00:00:00Z'"),
        sql("lake.vpc", " AND '2024-06-02T00:00:00Z' >= eventtime AND '2024-06-01T00:00:00Z' <= eventtime"),
      ]),
    Group(
      "days between, in other words",
      [
        sql("lake.vpc", " AND day BETWEEN '2024/06/01' AND '2024/06/02'"),
        sql("lake.vpc", " AND day >= '2024/06/01' AND '2024/06/02' >= day"),
      ]),
    Group(
      "a log, over languages",
      [
        sigma("product: windows, category: process_creation"), "SPL index=win source=Sysmon f=x",
        sql("lake.sysmon"),
        "SPL source=sysmon f=x index=win",
      ]),
    Group(
      "CloudTrail, over languages",
      [
        sigma("product: aws, service: cloudtrail"), "SPL index=aws sourcetype=\"aws:cloudtrail\" f=x",
        sql("lake.cloudtrail"), sql("cloudtrail"),
      ]),
    Group(
      "a macro's log, over languages",
      [sigma("product: okta, service: okta"), "SPL `okta_log` f=x", sql("lake.okta")]),
    Group(
      "a place that is a field, over languages",
      [
        "SPL index=win source=Sysmon host=a f=x",
        sigma("product: windows, category: process_creation", "f: x\n    Computer: a"),
        "SQL SELECT * FROM lake.sysmon WHERE lower(\"Computer\") = 'a' AND lower(f) = 'x'",
      ]),
    Group(
      "a partition that is a field, over languages",
      [
        sql("lake.cloudtrail", " AND region = 'eu'"), sql("lake.cloudtrail", " AND \"awsRegion\" = 'eu'"),
        sigma("product: aws, service: cloudtrail", "f: x\n    awsRegion|cased: eu"),
      ]),
    Group(
      "windows, over languages",
      [
        "SPL `okta_log` earliest=-24h f=x", "SPL earliest=-1440m `okta_log` f=x",
        sql("lake.okta", " AND eventtime >= date_format(now() - INTERVAL '24' HOUR, '%Y-%m-%dT%H:%i:%sZ')"),
      ]),
    Group(
      "instants, over languages",
      [
        "SPL `okta_log` earliest=1717200000 f=x",
        sql("lake.okta", " AND eventtime >= '2024-06-01T00:00:00Z'"),
        sql("lake.okta", " AND eventtime >= '2024-06-01'"),
        sql("lake.okta", " AND from_iso8601_timestamp(eventtime) >= TIMESTAMP '2024-06-01 00:00:00'"),
      ]),
  ]

  static func document(_ text: String) throws -> RuleDocument {
    var options = LanguageOptions()
    options.splunk.placeMacros = ["m", "n"]
    let (ending, body) = (text.prefix(3).lowercased(), String(text.dropFirst(4)))
    if ending == "sql", body.contains("vpc") {
      options.schema = Source(
        name: "vpc.sql",
        text:
          "CREATE EXTERNAL TABLE lake.vpc (f string, eventtime string) PARTITIONED BY (region string, account string, day string)"
      )
    } else if ending == "sql" {
      options.athena.untyped = true
    }
    let project = try Project(Source(name: "concord.yml", text: project), flags: []) {
      (_) throws(Diagnostic) in
      throw Diagnostic(.cannotRead, "no files")
    }
    let compiler = Compiler(options: options).with(project)
    return try #require(try compiler.load(Source(name: "q.\(ending)", text: body)).first)
  }

  /// How every two texts of a group compare.
  static func kinds(_ group: Group) throws -> [(first: String, second: String, kind: RuleChange.Kind)] {
    let documents = try group.texts.map { (text: $0, document: try document($0)) }
    var kinds: [(String, String, RuleChange.Kind)] = []
    for (index, old) in documents.enumerated() {
      for new in documents[(index + 1)...] {
        let isOne = old.document.language?.identifier == new.document.language?.identifier
        var version = new.document
        version.rule.spell(as: old.document.rule)
        let change = RuleChange(from: old.document, to: version, comparesDetails: isOne)
        kinds.append((old.text, new.text, change.kind))
      }
    }
    return kinds
  }

  @Test("none of a pair that differs in one part is equal", arguments: different)
  func differ(_ group: Group) throws {
    for pair in try Self.kinds(group) {
      #expect(pair.kind != .equal && pair.kind != .unknown, "\(pair.first) / \(pair.second)")
    }
  }

  @Test("what says the same in other words is equal", arguments: same)
  func agree(_ group: Group) throws {
    for pair in try Self.kinds(group) {
      #expect(pair.kind == .equal, "\(pair.first) / \(pair.second)")
    }
  }

  @Test("a limit that no query is written with is named in what is written, and in the proof")
  func limitsAreNamed() throws {
    let source = Source(name: "q.sql", text: "SELECT * FROM cloudtrail_logs WHERE eventname = 'a' LIMIT 10")
    let rule = try #require(try Compiler().load(source).first).rule
    for language in [Language.athena, .splunk, .sigma] {
      let text = try Compiler().writeProved(rule, in: language).text
      #expect(text.contains("exact but for its limit"), "\(text)")
      #expect(text.contains("its limit aside"), "\(text)")
    }
  }

  @Test("there are as many pairs as were asked for") func counts() {
    func pairs(_ groups: [Group]) -> Int {
      groups.reduce(0) { $0 + $1.texts.count * ($1.texts.count - 1) / 2 }
    }
    #expect(pairs(Self.different) >= 150, "\(pairs(Self.different))")
    #expect(pairs(Self.same) >= 60, "\(pairs(Self.same))")
  }
}
