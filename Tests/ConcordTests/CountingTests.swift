import Concord
import TestSupport
import Testing

/// Rules that count events: read, written, run on logs and proved, in every language that counts.
@Suite("Detections that count") struct CountingTests {
  static let targets = Registry.runners.filter { $0.alertRunner != nil && $0.writer != nil }

  static let search = """
    sourcetype=aws:cloudtrail eventName=ConsoleLogin errorMessage="Failed authentication"
    | bin _time span=10m
    | stats count dc(sourceIPAddress) AS ips count(apiVersion) AS codes count(eval(eventVersion="1")) AS old
      BY _time, userIdentity.userName, awsRegion
    | where count >= 5 AND ips > 1 AND codes > 2 AND old < 4
    """

  static func rule(_ text: String, _ name: String = "q.spl") throws -> Rule {
    var compiler = Compiler()
    compiler.options.splunk.placeMacros = ["m"]
    return try #require(try compiler.load(Source(name: name, text: text)).first).rule
  }

  /// The verification of a query as the text of a rule.
  static func judged(_ text: String, of rule: Rule, in language: Language) -> RuleVerification {
    var target = language
    target.writer = { _, _ in Query(text: text) }
    return RuleVerification(of: rule, in: [target], options: LanguageOptions())
  }

  @Test("generated rules raise the same alerts in every target, on boundary logs", arguments: 1...24)
  func generated(_ seed: UInt64) {
    let rule = CountedRules.rule(seed: seed)
    var options = LanguageOptions()
    options.schema = Source(name: "pool.sql", text: CountedRules.ddl)
    let verification = RuleVerification(of: rule, in: Self.targets, options: options)
    for (column, judgement) in zip(verification.agreement.columns, verification.judgements) {
      switch column.outcome {
      case .ran(let query, _):
        #expect([.proved, .tested, .unknown].contains(judgement.verdict), "\(column.language)\n\(query)")
      case .refused(let diagnostic):
        #expect(
          [
            "E427", "E408", "E422", "E420", "E414", "E429", "E426", "E417", "E418", "E419", "E406", "E435",
            "E436",
          ].contains(diagnostic.code.rawValue),
          "\(diagnostic.message)"
        )
      case .failed(let query, let diagnostic, _): Issue.record("\(diagnostic.message)\n\(query)")
      }
    }
  }

  @Test("a rule is written, read back and proved, with many logs", arguments: ["splunk", "athena"])
  func proved(_ name: String) throws {
    let rule = try Self.rule(Self.search)
    let language = try #require(Registry.languages.named(name))
    let verification = RuleVerification(of: rule, in: [language], options: LanguageOptions())
    #expect(verification.judgements.map(\.verdict) == [.proved])
    #expect(try #require(verification.logCounts).put > 100)
    #expect(verification.agreement.meaning.contains(true) && verification.agreement.meaning.contains(false))
  }

  /// Faults that a writer could make, as what is in its text and what stands there instead.
  static let faults: [(language: String, name: String, from: String, to: String)] = [
    ("splunk", "a threshold one lower", "count>=5", "count>=4"),
    ("splunk", "a threshold one higher", "count>=5", "count>5"),
    ("splunk", "a lost group field", ", raw_awsRegion", ""),
    ("splunk", "another group field", "raw_awsRegion,", "raw_eventName,"),
    (
      "splunk", "a group of what is absent", "| stats",
      "| eval raw_awsRegion=coalesce(raw_awsRegion, \"\")\n| stats"
    ),
    ("splunk", "a shorter span", "_time / 600) * 600", "_time / 300) * 300"),
    ("splunk", "a lost span", ", span_start", ""),
    ("splunk", "a span that begins elsewhere", "floor(_time / 600)", "floor((_time + 1) / 600)"),
    ("splunk", "values for different values", "dc(", "count("),
    ("splunk", "the other comparison", "count_where<4", "count_where>=4"),
    ("splunk", "a lost threshold", "AND distinct_sourceIPAddress>=2", ""),
    ("splunk", "OR for AND", "AND distinct", "OR distinct"),
    ("splunk", "letter case of the group", "| stats", "| eval raw_awsRegion=lower(raw_awsRegion)\n| stats"),
    ("athena", "a threshold one lower", "count(*) >= 5", "count(*) >= 4"),
    ("athena", "a threshold one higher", "count(*) >= 5", "count(*) > 5"),
    ("athena", "a lost group field", "GROUP BY\n  \"useridentity\".\"username\",", "GROUP BY"),
    (
      "athena", "another group field", "GROUP BY\n  \"useridentity\".\"username\"",
      "GROUP BY\n  \"eventname\""
    ),
    ("athena", "a group of what is absent", "  AND \"awsregion\" IS NOT NULL\n", ""),
    ("athena", "a shorter span", " / 600)\nHAVING", " / 300)\nHAVING"),
    (
      "athena", "a lost span",
      ",\n  floor(to_unixtime(TRY(from_iso8601_timestamp(\"eventtime\"))) / 600)\nHAVING", "\nHAVING"
    ),
    ("athena", "values for different values", "HAVING", "HAVING count(\"sourceipaddress\") >= 2 AND NOT"),
    ("athena", "the other comparison", "< 4", ">= 4"),
    ("athena", "a lost threshold", "\n  AND count(DISTINCT \"sourceipaddress\") >= 2", ""),
    ("athena", "OR for AND", "\n  AND count(DISTINCT", "\n  OR count(DISTINCT"),
    ("athena", "rows for values", "count(\"apiversion\") >= 3", "count(*) >= 3"),
    (
      "athena", "letter case of the group", "GROUP BY\n  \"useridentity\".\"username\"",
      "GROUP BY\n  lower(\"useridentity\".\"username\")"
    ),
  ]

  @Test("a writer's fault is noticed", arguments: faults.indices)
  func fault(_ index: Int) throws {
    let fault = Self.faults[index]
    try Self.expectNoticed(
      fault.name, fault.from, fault.to, in: fault.language, of: try Self.rule(Self.search))
  }

  /// Expects that the query that is written for a rule is proved, and that it is not with something else in its place.
  static func expectNoticed(
    _ name: String, _ from: String, _ to: String, in identifier: String, of rule: Rule
  ) throws {
    let language = try #require(Registry.languages.named(identifier))
    let written = try Compiler().write(rule, in: language).text
    let wrong = written.replacing(from, with: to, maxReplacements: 1)
    #expect(wrong != written, "\(name): nothing is changed in\n\(written)")
    #expect(judged(written, of: rule, in: language).judgements.map(\.verdict) == [.proved])
    let found = judged(wrong, of: rule, in: language).judgements.map(\.verdict)
    #expect(
      found != [.proved] && found != [.tested] && found != [.unknown], "\(name): \(found)\n\(wrong)")
  }

  static let sums = """
    sourcetype=aws:cloudtrail eventName=GetObject
    | stats sum(additionalEventData.bytesTransferredOut) AS bytes avg(additionalEventData.bytesTransferredIn) AS mean
      max(apiVersion) AS most min(apiVersion) AS least BY sourceIPAddress
    | where bytes > 5000.5 AND mean<=2.5 AND most>7 AND least<3
    """

  @Test(
    "sums, averages and extremes of numbers are written, read back and proved",
    arguments: ["splunk", "athena"])
  func sumsProved(_ name: String) throws {
    let rule = try Self.rule(Self.sums)
    #expect(
      rule.aggregate?.description.contains(
        "sum(additionalEventData.bytesTransferredOut) >= 5001 and average(additionalEventData.bytesTransferredIn) <= 2.5"
      )
        == true, "\(rule.aggregate?.description ?? "")")
    let language = try #require(Registry.languages.named(name))
    let verification = RuleVerification(of: rule, in: [language], options: LanguageOptions())
    #expect(verification.judgements.map(\.verdict) == [.proved])
    #expect(verification.agreement.meaning.contains(true) && verification.agreement.meaning.contains(false))
    let notes = try language.write(rule, options: LanguageOptions()).notes
    #expect(notes.count { $0.code.rawValue == "N453" && $0.message.contains("9,007,199,254,740,992") } == 1)
  }

  @Test(
    "what a text adds up as it is, is taken to be whole numbers, and said",
    arguments: [
      ("f=x | stats sum(h) AS m by g | where m>5", "sum(h) >= 6 by g"),
      ("f=x | stats sum(h) AS m by g | where m<5", "sum(h) < 5 and asked 1 >= 1 by g"),
      ("f=x | stats avg(h) AS m by g | where m>=5.5", "average(h) >= 5.5 by g"),
      ("f=x | stats mean(h) by g | where 'mean(h)'>5", "average(h) > 5 by g"),
      ("f=x | stats max(h) AS m by g | where m>5", "asked 0 >= 1 by g"),
      ("f=x | stats max(h) AS m by g | where m<5", "asked 0 >= 1 and asked 1 < 1 by g"),
      ("f=x | stats min(h) AS m by g | rename m AS n | where n<5", "asked 0 >= 1 by g"),
    ])
  func numbersTaken(_ search: String, _ words: String) throws {
    let document = try #require(try Compiler().load(Source(name: "q.spl", text: search)).first)
    #expect(document.rule.aggregate?.description == words)
    #expect(document.warnings.map(\.code.rawValue).contains("W379"))
  }

  @Test(
    "what a statement adds up",
    arguments: [
      ("sum(size) > 5", "sum(size) >= 6 by g", true), ("NOT sum(size) > 5", "sum(size) < 6", true),
      ("avg(size) BETWEEN 1 AND 2.5", "average(size) >= 1 and average(size) <= 2.5 by g", true),
      ("sum(TRY_CAST(g AS bigint)) >= 7", "sum(g) >= 7 by g", true), ("max(size) > 5", " >= 1 by g", false),
      ("NOT max(size) > 5", " < 1", false), ("min(score) <= 0.5", " >= 1 by g", false),
    ])
  func statementSums(_ having: String, _ words: String, _ isTaken: Bool) throws {
    var compiler = Compiler()
    compiler.options.schema = Source(
      name: "t.sql", text: "CREATE EXTERNAL TABLE t (g string, size bigint, score double) LOCATION 's3://a/'")
    let source = Source(name: "q.sql", text: "SELECT g FROM t WHERE g <> '' GROUP BY g HAVING \(having)")
    let document = try #require(try compiler.load(source).first)
    #expect(
      document.rule.aggregate?.description.contains(words) == true,
      "\(document.rule.aggregate?.description ?? "")")
    #expect(document.warnings.map(\.code.rawValue).contains("W379") == isTaken)
  }

  static let modelSearch = """
    | tstats fillnull_value=null count dc(Processes.user) AS users FROM datamodel=Endpoint.Processes
      WHERE Processes.process_name IN (a.exe, b.exe) Processes.process!="*x*"
      BY Processes.dest Processes.parent _time span=10m
    | rename Processes.* AS * | where match(parent, "p[0-9]") AND count >= 3 AND users > 1
    """

  /// Faults in a search of a data model.
  static let modelFaults: [(name: String, from: String, to: String)] = [
    ("a threshold one lower", "count>=3", "count>=2"), ("a threshold one higher", "count>=3", "count>3"),
    ("a lost group field", ", Processes.dest", ""),
    ("another group field", ", Processes.dest", ", Processes.host_name"),
    ("absent groups are lost", "fillnull_value=null ", ""), ("a shorter span", "span=600s", "span=300s"),
    ("a lost span", "_time span=600s, ", ""), ("values for different values", "dc(", "count("),
    ("another value", "b.exe", "c.exe"), ("a pattern that is a text", "*x*", "x"),
    ("equal for unequal", "!=", "="),
    ("OR for AND", "AND distinct_user", "OR distinct_user"),
    ("a lost filter of groups", "| where match(parent, \"p[0-9]\")\n", ""),
    ("another pattern", "p[0-9]", "q[0-9]"),
  ]

  @Test("a fault in a search of a data model is noticed", arguments: modelFaults.indices)
  func modelFault(_ index: Int) throws {
    let fault = Self.modelFaults[index]
    try Self.expectNoticed(
      fault.name, fault.from, fault.to, in: "splunk", of: try Self.rule(Self.modelSearch))
  }

  @Test("a data model is no place of another platform, unless the project maps it")
  func modelPlaces() throws {
    let rule = try Self.rule(Self.modelSearch)
    for name in ["athena", "sigma", "swift"] {
      let language = try #require(Registry.languages.named(name))
      let error = #expect(throws: Diagnostic.self) { try Compiler().write(rule, in: language) }
      #expect(["E423", "E426"].contains(error?.code.rawValue ?? ""), "\(name): \(error?.message ?? "")")
    }
    let project = Source(
      name: "concord.yml",
      text: """
        logs:
          processes:
            source: {product: windows, category: process_creation}
            splunk: {datamodel: Endpoint.Processes}
            athena: {table: lake.processes, untyped: true}
        """)
    let folder = try Tool.folder(["concord.yml": project.text, "q.spl": Self.modelSearch])
    let written = try Tool.run(["compile", "q.spl", "--to", "athena"], in: folder)
    #expect(written.code == 0 && written.output.contains("lake"), "\(written)")
    let back = try Tool.run(["compile", "q.spl", "--to", "splunk", "--proved"], in: folder)
    #expect(back.code == 0 && back.output.contains("FROM datamodel=Endpoint.Processes"), "\(back)")
    let wrong = try Tool.folder([
      "concord.yml": project.text.replacing("Endpoint.Processes", with: "Endpoint"),
      "q.spl": Self.modelSearch,
    ])
    #expect(try Tool.run(["compile", "q.spl", "--to", "athena"], in: wrong).code != 0)
  }

  @Test("what takes events one by one refuses a rule that counts")
  func refused() throws {
    let rule = try Self.rule(Self.search)
    for name in ["sigma", "swift"] {
      let language = try #require(Registry.languages.named(name))
      let error = #expect(throws: Diagnostic.self) { try Compiler().write(rule, in: language) }
      #expect(error?.code.rawValue == "E426", "\(name)")
    }
    let error = #expect(throws: Diagnostic.self) { try Compiler().writeSelfTest(rule, in: .splunk) }
    #expect(error?.code.rawValue == "E426")
    let event = try #require(Event(try JSON.parse(#"{"eventName":"ConsoleLogin"}"#)))
    for language in Self.targets where language.identifier != "sigma" {
      let text = try Compiler().write(rule, in: language).text
      #expect(throws: Diagnostic.self) { try language.run(text, on: [event], options: LanguageOptions()) }
      #expect(throws: Diagnostic.self) {
        var plain = rule
        plain.aggregate = nil
        let text = try Compiler().write(plain, in: language).text
        return try language.alerts(of: text, in: [], options: LanguageOptions())
      }
    }
  }

  /// What a language cannot group or count by.
  @Test(
    "fields that cannot be grouped by",
    arguments: [
      ("splunk", Aggregate.Key(FieldPath("awsRegion"), keepsAbsent: true)),
      (
        "splunk",
        Aggregate.Key(FieldPath(steps: [.name("resources"), .each, .name("ARN")]) ?? FieldPath("a"))
      ),
      (
        "athena",
        Aggregate.Key(FieldPath(steps: [.name("resources"), .each, .name("ARN")]) ?? FieldPath("a"))
      ),
      ("athena", Aggregate.Key(FieldPath("userIdentity"))),
    ])
  func groupsRefused(_ name: String, _ key: Aggregate.Key) throws {
    var rule = Rule.ofCloudTrail(.test(FieldPath("eventName"), .present))
    rule.aggregate = Aggregate(by: [key])
    let language = try #require(Registry.languages.named(name))
    let error = #expect(throws: Diagnostic.self) { try Compiler().write(rule, in: language) }
    #expect(error?.code.rawValue == "E427")
  }

  @Test("a group of events without a value is written where the language has one, and is another than none")
  func absentGroups() throws {
    var rule = Rule.ofCloudTrail(.test(FieldPath("eventName"), .text(.equals("a"), .exact)))
    rule.aggregate = Aggregate(by: [Aggregate.Key(FieldPath("awsRegion"), keepsAbsent: true)])
    let text = try Compiler().write(rule, in: .athena).text
    #expect(!text.contains("IS NOT NULL"))
    #expect(Self.judged(text, of: rule, in: .athena).judgements.map(\.verdict) == [.proved])
    var other = rule
    other.aggregate = Aggregate(by: [Aggregate.Key(FieldPath("awsRegion"))])
    #expect(Self.judged(text, of: other, in: .athena).judgements.map(\.verdict) == [.different])
  }

  @Test("a counter says what the whole log means, however events come", arguments: 1...40)
  func counters(_ seed: UInt64) {
    let rule = CountedRules.rule(seed: seed &+ 9_000)
    guard let aggregate = rule.aggregate else { return }
    var events = EventGenerator(seed: seed)
    var random = SeededGenerator(seed: seed)
    let log = events.events(60).map { event in
      LoggedEvent(event, at: random.chance(90) ? random.number(0...2_000) : nil)
    }
    var counter = AlertCounter(aggregate)
    for logged in log.shuffled(using: &random) { counter.add(logged) }
    let meant = Set(aggregate.alerts(of: log).firstOfRuns(of: aggregate.window))
    #expect(Set(counter.raised.map(\.alert)) == meant)
    // As `scan` counts: of an event the members alone that are asked for, read out of its bytes.
    let members = EventMembers(for: [aggregate])
    var part = AlertCounter(aggregate)
    for logged in log {
      let bytes = Array(Value.object(logged.event.object).compactJSON.utf8)
      members.event(of: bytes[...]).map { part.add(LoggedEvent($0, at: logged.second)) }
    }
    #expect(Set(part.raised.map(\.alert)) == meant)
  }

  @Test("a key that is spelled with an escape, or twice, is the same key")
  func escapedKeys() throws {
    let members = EventMembers(for: [Aggregate(by: [Aggregate.Key(FieldPath("user", "name"))])])
    for text in [
      #"{"us\u0065r":{"name":"x"}}"#, #"{"user":1,"user":{"name":"x"}}"#,
      #"{"a":[{"user":2}],"user":{"name":"x"}}"#,
    ] {
      let event = try #require(members.event(of: Array(text.utf8)[...]))
      #expect(event.values(at: FieldPath("user", "name")).map(\.value) == [.string("x")], "\(text)")
    }
  }

  static let log = """
    {"eventTime":"2026-01-01T00:00:01Z","eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.1"}
    {"eventTime":"2026-01-01T00:09:59Z","eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.1"}
    {"eventTime":"2026-01-01T00:10:00Z","eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.1"}
    {"eventTime":"2026-01-01T00:03:00Z","eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.1"}
    {"eventTime":"2026-01-01T00:04:00Z","eventName":"GetCallerIdentity","sourceIPAddress":"10.0.0.1"}
    {"eventTime":"2026-01-01T00:05:00Z","eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.2"}
    {"eventName":"ConsoleLogin","sourceIPAddress":"10.0.0.1"}

    """

  /// Searches that are refused rather than read as something else, with a word of why.
  @Test(
    "searches that count what cannot be told are refused",
    arguments: [
      ("f=x | stats count AS g by g | where g>1", "two columns of the name"),
      ("f=x | stats count dc(h) AS count by g", "two columns of the name"),
      ("f=x | bin _time span=1d | stats count by _time", "`bin` of a span"),
      ("f=x | bin _time span=20m | bin _time span=15m | stats count by _time", "`_time` is not a field"),
      ("f=x | stats count by _time | where count>1", "`_time` without `bin`"),
      ("f=x | stats count by host", "a group for each place"),
      ("f=x | stats dc(source) AS n by g | where n>1", "behind `stats`"),
      ("f=x | stats count by g | stats count", "a second `stats`"),
      ("f=x | stats stdev(h) AS m by g | where m>5", "behind `stats`"),
      ("f=x | stats sum(h) AS m by g | where NOT m>5", "NOT over a field that may be missing"),
      ("f=x | stats avg(h) AS m by g | where m>0.0001", "how they compare with numbers"),
      ("f=x | stats count by g | eval count=count*2 | where count>5", "behind `stats`"),
      ("f=x | stats count by g | where count>g", "how they compare with numbers"),
      ("f=x | stats count by g | where count>5 OR g=\"a\"", "how they compare with numbers"),
      ("f=x | stats count by g | table count | where g=\"a\"", "behind `stats`"),
      ("f=x | stats count by g | search a", "whole events behind `stats`"),
      ("f=x | fillnull | stats count by g", "is not read"),
      ("f=x | lookup t g | stats count by g", "is not read"),
      ("f=x | eval g=json_extract(_raw, \"g\") | stats count by g", "JSON boolean"),
    ])
  func searchesRefused(_ search: String, _ words: String) throws {
    let error = #expect(throws: Diagnostic.self) { try Self.rule(search) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  /// Statements that are refused, and what is read with a warning.
  @Test(
    "statements that count what cannot be told are refused",
    arguments: [
      ("GROUP BY ROLLUP (eventname)", "E330"), ("GROUP BY lower(eventname)", "E330"),
      ("GROUP BY date_trunc('day', from_iso8601_timestamp(eventtime))", "E330"),
      ("GROUP BY eventname HAVING sum(1) > 5", "E330"), ("GROUP BY eventname HAVING eventname = 'a'", "E330"),
      ("GROUP BY eventname HAVING count(*) > count(errorcode)", "E330"), ("GROUP BY 7", "E330"),
      ("GROUP BY resources", "E330"),
      ("GROUP BY date_trunc('hour', from_iso8601_timestamp(eventtime))", "W392"),
    ])
  func statementsRefused(_ clause: String, _ code: String) throws {
    let source = Source(
      name: "q.sql", text: "SELECT count(*) FROM cloudtrail_logs WHERE eventname = 'a' \(clause)")
    do {
      let document = try #require(try Compiler().load(source).first)
      #expect(document.warnings.map(\.code.rawValue).contains(code), "\(clause)")
    } catch let error as Diagnostic {
      #expect(error.code.rawValue == code, "\(clause): \(error.message)")
    }
  }

  /// What `verify` says of thresholds that logs do not reach.
  @Test(
    "limits are said", arguments: [(5, nil), (1_000, "more not tried"), (5_000, "no log has 5000 events")])
  func limits(_ threshold: Int, _ words: String?) throws {
    let folder = try Tool.folder([
      "q.spl": "sourcetype=s f=x | stats count by g h | where count>=\(threshold)"
    ])
    let result = try Tool.run(["verify", "q.spl", "--to", "splunk"], in: folder)
    #expect(result.output.contains("Splunk SPL: proved"))
    let counts = try #require(result.output.split(separator: "\n").dropFirst().first)
    #expect(counts.contains("; ") == (words != nil), "\(result.output)")
    if let words { #expect(result.output.contains(words), "\(result.output)") }
  }

  @Test("a digest tells rules that count otherwise, and lint does not call them the same")
  func digests() throws {
    let texts = [
      "count by g | where count>4", "count by g | where count>5", "count by h | where count>4",
      "dc(h) AS count by g | where count>4",
    ]
    let rules = try texts.map { try Self.rule("sourcetype=s f=x | stats \($0)") }
    #expect(Set(rules.map(\.digest)).count == texts.count)
    #expect(
      try Self.rule("sourcetype=s f=x | stats count AS n by g | search n>=5").digest == rules[0].digest)
    let folder = try Tool.folder([
      "a.spl": "f=x | stats \(texts[0])", "b.spl": "f=x | stats \(texts[1])",
      "c.spl": "f=x | stats \(texts[0])",
    ])
    let lint = try Tool.run(["lint", "a.spl", "b.spl", "c.spl"], in: folder)
    #expect(lint.output.components(separatedBy: "fires on the same events").count == 2, "\(lint.output)")
  }

  /// What `scan` prints of a threshold and a format.
  @Test(
    "scan raises the alerts of a rule that counts",
    arguments: [
      (
        3, "ndjson",
        [
          #""group":{"sourceIPAddress":"10.0.0.1"},"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:10:00Z","counts":{"count":3}"#
        ]
      ),
      (3, "text", ["2026-01-01T00:00:00Z  alert  q  sourceIPAddress=10.0.0.1  count: 3", "q: 1 alert"]),
      (3, "count", ["1\n"]), (4, "count", ["0\n"]), (1, "count", ["3\n"]),
      (3, "json", [#""alerts": 1"#]), (4, "ndjson", []),
    ] as [(Int, String, [String])])
  func scan(_ threshold: Int, _ format: String, _ expected: [String]) throws {
    let search = """
      sourcetype=aws:cloudtrail eventName=ConsoleLogin | bin _time span=10m
      | stats count by sourceIPAddress _time | where count>=\(threshold)
      """
    let folder = try Tool.folder(["q.spl": search, "log.ndjson": Self.log])
    let result = try Tool.run(
      ["scan", "q.spl", "log.ndjson", "--format", format, "--fail-on-match"], in: folder)
    #expect(result.code == (threshold <= 3 ? 1 : 0))
    for text in expected { #expect(result.output.contains(text), "\(result.output)") }
    if expected.isEmpty { #expect(result.output.isEmpty) }
    #expect(result.errors.contains("W806"), "one event has no time")
  }

  @Test("verify shows the logs, and the smallest on which a deployed query raises other alerts")
  func verify() throws {
    let rule = Self.search
    let folder = try Tool.folder([
      "q.spl": rule, "deployed.spl": rule.replacing("count >= 5", with: "count >= 6"), "log.ndjson": Self.log,
    ])
    let good = try Tool.run(["verify", "q.spl", "--to", "athena,splunk"], in: folder)
    #expect(good.code == 0)
    #expect(good.output.contains("Athena SQL: proved"))
    #expect(good.output.contains("logs for count() >= 5"))
    let bad = try Tool.run(["verify", "q.spl", "--against", "deployed.spl"], in: folder)
    #expect(bad.code == 1)
    #expect(bad.output.contains("5 of one group"))
    #expect(bad.output.contains("other alerts of this log"))
    let given = try Tool.run(
      ["verify", "q.spl", "--to", "athena,splunk", "--all-rows", "--events", "log.ndjson"], in: folder)
    #expect(given.output.contains("the given events"))
    let json = try Tool.run(["verify", "q.spl", "--to", "athena", "--format", "json"], in: folder)
    #expect(json.output.contains(#""log": ["#) && json.output.contains(#""time": "2023-11-15T00:00:00Z""#))
    let diff = try Tool.run(["diff", "q.spl", "deployed.spl"], in: folder)
    #expect(diff.output.contains("other alerts"))
    #expect(diff.output.contains("alerts on: count() >= 5"))
  }
}

extension [Alert] {
  /// Of windows of so many seconds that overlap, the first.
  fileprivate func firstOfRuns(of window: Int?) -> [Alert] {
    guard let window else { return self }
    let starts = Dictionary(grouping: self, by: \.group).mapValues { Set($0.compactMap(\.start)) }
    return filter { alert in
      guard let start = alert.start, let others = starts[alert.group] else { return true }
      return !others.contains { $0 < start && start - $0 <= window }
    }
  }
}
