import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import Testing

@testable import ConcordSplunk

private func read(_ text: String, macros: String = "") throws -> RuleDocument {
  var options = LanguageOptions()
  if !macros.isEmpty { options.splunk.macros = [Source(name: "macros.conf", text: macros)] }
  return try #require(try Language.splunk.read(Source(name: "q.spl", text: text), options: options).first)
}

/// `tstats`: searches of data models.
@Suite("Searches of data models") struct ModelSearchTests {
  static let head = "| tstats count FROM datamodel=Endpoint.Processes WHERE "

  /// The macros that published searches use around `tstats`.
  static let macros = """
    [config]
    definition = summariesonly=`only` allow_old_summaries=true fillnull_value=`nothing`
    [only]
    definition = false
    [nothing]
    definition = null
    [drop(1)]
    args = object
    definition = rename "$object$.*" AS *
    [ctime(1)]
    args = field
    definition = convert timeformat="%Y" ctime($field$)
    [own_filter]
    definition = search *
    """

  /// What `tstats` says, as a search of the same fields, and what is counted in words.
  static let readCases: [(search: String, condition: String, counts: String)] = [
    (head + "Processes.process_name=cmd.exe BY Processes.dest", "process_name=cmd.exe", "any by dest"),
    (
      head + "Processes.process_name=cmd.exe OR Processes.user=a Processes.dest=b by Processes.dest",
      "(process_name=cmd.exe OR user=a) dest=b", "any by dest"
    ),
    (
      head
        + "Processes.process IN (\"*a b*\", c) NOT Processes.user!=x groupby Processes.dest, Processes.user",
      "process IN (\"*a b*\", c) NOT user!=x", "any by dest, user"
    ),
    (
      "| tstats count AS n dc(Processes.user) AS users values(Processes.process) min(_time) AS first FROM "
        + "datamodel=Endpoint.Processes BY Processes.dest | where n > 4 AND users < 3",
      "*", "count() >= 5 and distinct(user) < 3 by dest"
    ),
    (
      "| tstats count FROM datamodel=Endpoint.Processes BY _time span=10m Processes.dest | search count >= 2",
      "*", "count() >= 2 by dest in spans of 10 min"
    ),
    (
      "| tstats count FROM datamodel=Endpoint.Processes BY Processes.dest _time span=1h | where count >= 2",
      "*", "count() >= 2 by dest in spans of 1 h"
    ),
    ("| tstats count FROM datamodel=Web WHERE Web.url=x", "url=x", "any"),
    (
      "| tstats count FROM datamodel=Web.Web WHERE nodename=Web Web.url=x | where count>1", "url=x",
      "count() >= 2"
    ),
    (
      head + "Processes.user=a BY Processes.dest | rename Processes.* AS * | where dest=\"b\"",
      "user=a | where dest=\"b\"", "any by dest"
    ),
    (
      head + "Processes.user=a BY Processes.dest | rename Processes.dest AS host_name | search host_name=b*",
      "user=a dest=b*", "any by dest"
    ),
    (
      head + "Processes.user=a BY Processes.dest | where NOT like('Processes.dest', \"b%\")",
      "user=a dest=* | where isnotnull(dest) AND NOT like(dest, \"b%\")", "any by dest"
    ),
    (
      "| tstats `config` count min(_time) as firstTime from datamodel=Endpoint.Processes where "
        + "Processes.user=a by Processes.dest | `drop(Processes)` | `ctime(firstTime)` | `own_filter`",
      "user=a", "any by dest or absent"
    ),
    (
      "| tstats `config` count from datamodel=Endpoint.Processes where Processes.user=a by Processes.dest "
        + "| `drop(\"Processes\")` | search dest!=b",
      "user=a NOT dest=b", "any by dest or absent"
    ),
    (
      "| tstats fillnull_value=none count from datamodel=Endpoint.Processes where Processes.user=a by Processes.dest "
        + "| search Processes.dest=n*",
      "user=a (dest=n* OR NOT dest=*)", "any by dest or absent"
    ),
    (head + "Processes.user=a BY Processes.dest sourcetype", "user=a", "any by dest, sourcetype"),
  ]

  @Test("what is read is a rule over the data set's fields", arguments: readCases.indices)
  func reads(_ index: Int) throws {
    let expected = Self.readCases[index]
    let rule = try read(expected.search, macros: Self.macros).rule
    let place = Condition.place(
      SplunkPlaces.dataModel,
      .text(.equals(expected.search.contains("Web") ? "Web.Web" : "Endpoint.Processes"), .exact))
    #expect(rule.place == place)
    let asked = try read(expected.condition).rule.condition
    let aggregate = try #require(rule.aggregate)
    let both = [rule.condition, asked].map {
      Detection(condition: $0, aggregate: aggregate).counted.condition
    }
    #expect(Prover.singleValued(both, []).compare(both[0], both[1]).verdict == .equal)
    #expect(aggregate.description == expected.counts)
  }

  @Test("what is written is read as the same", arguments: readCases.indices)
  func roundTrips(_ index: Int) throws {
    let rule = try read(Self.readCases[index].search, macros: Self.macros).rule
    let text = try Language.splunk.write(rule, options: LanguageOptions()).text
    let back = try read(text).rule
    #expect(back.place == rule.place)
    let both = [rule, back].map { Detection(condition: $0.condition, aggregate: $0.aggregate).counted }
    #expect(both[0].aggregate?.canonical == both[1].aggregate?.canonical, "\(text)")
    let conditions = both.map(\.condition)
    #expect(
      Prover.singleValued(conditions, []).compare(conditions[0], conditions[1]).verdict == .equal, "\(text)")
    #expect(
      try SplunkParser.parse(Source(text: text))
        == SplunkParser.parse(Source(text: SplunkPrinter.print(SplunkParser.parse(Source(text: text))))))
  }

  /// What is not read, and why: a part of the message.
  static let refusedCases: [(search: String, message: String)] = [
    ("f=x | tstats count FROM datamodel=Web", "`tstats` must be the first command"),
    ("| tstats count WHERE index=a", "expected a function such as `count`, or `FROM datamodel=…`"),
    ("| tstats count FROM datamodel=Endpoint", "`Endpoint` is no data set"),
    ("| tstats count FROM datamodel=Email", "`Email` is no data set"),
    ("| tstats count FROM datamodel=Change.All_Changes.Account_Management", "is no data set"),
    ("| tstats count FROM sourcetype=a", "expected `datamodel=…`"),
    ("| tstats FROM datamodel=Web", "expected a function such as `count`"),
    ("| tstats count FROM datamodel=Web BY", "expected a field"),
    ("| tstats count FROM datamodel=Web HAVING x", "expected `WHERE`, `BY` or the end of `tstats`"),
    ("| tstats prestats=t count FROM datamodel=Web", "not read with the option `prestats`"),
    ("| tstats count FROM datamodel=Web BY Web.src limit=3", "not read with the option `limit`"),
    ("| tstats count FROM datamodel=Web WHERE src=a", "`src`, which is no field of `Web.Web`"),
    ("| tstats count FROM datamodel=Web WHERE web.src=a", "`web.src`, which is no field of `Web.Web`"),
    ("| tstats count FROM datamodel=Web WHERE Web.host=a", "`Web.host`, which is no field of `Web.Web`"),
    ("| tstats count FROM datamodel=Web WHERE nodename=Web.Proxy", "`nodename`, which is no field"),
    ("| tstats count FROM datamodel=Web WHERE word", "looks in the event's whole text"),
    ("| tstats count FROM datamodel=Web WHERE Web.bytes>5", "compares numbers by value"),
    ("| tstats count FROM datamodel=Web WHERE Web.src=10.0.0.0/8", "a network in `WHERE` of `tstats`"),
    (
      "| tstats count FROM datamodel=Web WHERE NOT Web.src IN (a, \"fc00::/7\")",
      "a network in `WHERE` of `tstats`"
    ),
    (
      "| tstats count FROM datamodel=Web BY Web.src, Web.url | table Web.s* count | search Web.url=a",
      "a question about `Web.url`"
    ),
    ("| tstats count FROM datamodel=Web BY _time", "by a span that begins elsewhere"),
    ("| tstats count FROM datamodel=Web BY _time span=1d", "by a span that begins elsewhere"),
    ("| tstats count FROM datamodel=Web BY Web.src span=1h", "by a span that begins elsewhere"),
    (
      "| tstats values(Web.url) AS url FROM datamodel=Web BY Web.src | where match(url, \"x\")",
      "a question about counts"
    ),
    (
      "| tstats values(Web.url) AS url FROM datamodel=Web BY Web.src | search url!=x",
      "a question about counts"
    ),
    (
      "| tstats values(Web.url) AS url FROM datamodel=Web BY Web.src | where NOT mvcount(url)>1",
      "NOT over a field that may be missing"
    ),
    ("| tstats list(Web.url) AS url FROM datamodel=Web BY Web.src | search url=x", "a question about `url`"),
    (
      "| tstats count values(Web.url) AS url FROM datamodel=Web BY Web.url | rename Web.* AS * | search url=x",
      "a question about `url`"
    ),
    (
      "| tstats min(_time) AS first FROM datamodel=Web BY Web.src | where first > 5",
      "a question about `first`"
    ),
    ("| tstats count AS \"Web.src\" FROM datamodel=Web BY Web.src", "two columns of the name"),
    ("| tstats count FROM datamodel=Web BY tag", "a group for each place"),
    (
      "| tstats count FROM datamodel=Web BY Web.src | rename *.src AS src | search src=a",
      "a question about `src`"
    ),
    ("| tstats count FROM datamodel=Web BY Web.src | stats count BY src", "a second `stats`"),
    (
      "| tstats fillnull_value=x count FROM datamodel=Web BY Web.src Web.dest | where 'Web.src'='Web.dest'",
      "two fields"
    ),
    ("| tstats count FROM datamodel=Web WHERE Web.src IN ([search a])", "expected a search term"),
  ]

  @Test("what a search of a data model cannot be is refused by reason", arguments: refusedCases.indices)
  func refuses(_ index: Int) throws {
    let expected = Self.refusedCases[index]
    let error = #expect(throws: Diagnostic.self) { try read(expected.search) }
    #expect(error?.message.contains(expected.message) == true, "\(error?.message ?? "")")
  }

  @Test("what is set aside is named: `summariesonly`, and which group holds what is absent")
  func warnings() throws {
    func codes(_ text: String) throws -> [String] { try read(text).warnings.map(\.code.rawValue) }
    #expect(try codes("| tstats summariesonly=t count FROM datamodel=Web BY Web.src") == ["W360"])
    #expect(try codes("| tstats summariesonly=false count FROM datamodel=Web BY Web.src").isEmpty)
    #expect(try codes("| tstats fillnull_value=null count FROM datamodel=Web BY Web.src") == ["W373"])
    #expect(try codes("| tstats fillnull_value=null count FROM datamodel=Web").isEmpty)
  }

  @Test("the search is written as `tstats`, and what `search` cannot say asks the groups")
  func writes() throws {
    let rule = try read(
      "| tstats count FROM datamodel=Endpoint.Processes WHERE sourcetype=a Processes.user!=\"b c\" "
        + "BY Processes.process, Processes.ip, _time span=5m | rename Processes.* AS * "
        + "| where match(process, \"a[0-9]b\") AND count > 2"
    ).rule
    let text = try Language.splunk.write(rule, options: LanguageOptions()).text
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("```") }.joined(separator: "\n")
    #expect(
      lines == """
        | tstats count FROM datamodel=Endpoint.Processes
          WHERE sourcetype=a Processes.user!="b c"
          BY _time span=300s, Processes.process, Processes.ip
        | rename "Processes.*" AS *
        | where match(process, "a[0-9]b")
        | where count>=3
        """)
    // Whether `WHERE` knows networks is not known, and behind it `search` does.
    let network = try read("| tstats count FROM datamodel=Web BY Web.src | search Web.src=10.0.0.0/8").rule
    let asked = try Language.splunk.write(network, options: LanguageOptions()).text
    #expect(!asked.contains("WHERE") && asked.contains("cidrmatch"))
  }

  @Test("what a data model's search cannot say is refused")
  func writesNot() throws {
    let place = Condition.place(SplunkPlaces.dataModel, .text(.equals("Web.Web"), .exact))
    func refusal(_ condition: Condition, _ aggregate: Aggregate?) -> String? {
      var rule = Rule(id: "r", title: "r", condition: condition)
      (rule.place, rule.aggregate) = (place, aggregate)
      do throws(Diagnostic) {
        _ = try Language.splunk.write(rule, options: LanguageOptions())
        return nil
      } catch {
        return error.code.rawValue
      }
    }
    let key = Aggregate.Key(FieldPath("src"))
    let open = Aggregate.Key(FieldPath("src"), keepsAbsent: true)
    let asked = equals("url", "x", .ignored)
    #expect(refusal(asked, Aggregate(by: [key])) == nil)
    #expect(refusal(asked, nil) == "E428")
    #expect(refusal(equals("url", "x"), Aggregate(by: [key])) == "E428")
    #expect(refusal(equals("src", "x"), Aggregate(by: [key])) == nil)
    #expect(refusal(.not(equals("src", "null")), Aggregate(by: [open])) == "E428")
    #expect(refusal(.not(equals("src", "x")), Aggregate(by: [open])) == nil)
    #expect(refusal(asked, Aggregate(by: [open, Aggregate.Key(FieldPath("dest"))])) == "E427")
    #expect(refusal(asked, Aggregate(by: [key], span: 7200)) == "E428")
    let matching = Aggregate.Column("n", .matching(asked))
    #expect(refusal(asked, Aggregate(by: [key], columns: [matching])) == "E428")
    let ofKey = Aggregate.Column("n", .distinct(FieldPath("src")))
    #expect(refusal(asked, Aggregate(by: [key], columns: [ofKey])) == "E428")
    #expect(refusal(.always(false), Aggregate(by: [key])) == "E428")
  }

  /// A search, the events as JSON with the second of each, and the alerts: groups with the start of their span.
  static let runCases: [(search: String, log: [(Int, String)], alerts: [String])] = [
    (
      "| tstats count FROM datamodel=Web WHERE Web.url=x BY Web.src",
      [(0, #"{"url":"X","src":"a"}"#), (1, #"{"url":"x"}"#), (2, #"{"url":"y","src":"b"}"#)], ["a"]
    ),
    (
      "| tstats fillnull_value=null count FROM datamodel=Web WHERE Web.url=x BY Web.src | rename Web.* AS * "
        + "| where src!=\"b\"",
      [(0, #"{"url":"x","src":"a"}"#), (1, #"{"url":"x"}"#), (2, #"{"url":"x","src":"b"}"#)], ["a", "-"]
    ),
    (
      "| tstats count dc(Web.url) AS urls FROM datamodel=Web BY _time span=10m Web.src | where urls>1",
      [
        (599, #"{"url":"x","src":"a"}"#), (600, #"{"url":"y","src":"a"}"#), (700, #"{"url":"z","src":"a"}"#),
      ], ["a@600"]
    ),
    (
      "| tstats values(Web.url) AS url count FROM datamodel=Web BY Web.src | rename url AS seen | eval n=mvjoin(seen, \",\") "
        + "| where count>1",
      [(0, #"{"url":"x","src":"a"}"#), (1, #"{"url":"y","src":"a"}"#)], ["a"]
    ),
    ("| tstats count FROM datamodel=Web | where count>1", [(0, #"{"url":"x"}"#), (1, "{}")], [""]),
    ("| tstats count FROM datamodel=Web BY host", [(0, #"{"host":"h"}"#)], ["h"]),
    ("| tstats fillnull_value=null count FROM datamodel=Web BY host", [(0, "{}")], []),
  ]

  @Test("a search of a data model runs on a log of the model's fields", arguments: runCases.indices)
  func runs(_ index: Int) throws {
    let expected = Self.runCases[index]
    let log = try expected.log.map { second, text in
      LoggedEvent(try #require(Event(try JSON.parse(text))), at: second)
    }
    func told(_ alert: Alert) -> String {
      let group = alert.group.map { $0?.string ?? "-" }.joined(separator: ",")
      return group + (alert.start.map { "@\($0)" } ?? "")
    }
    let alerts = try Language.splunk.alerts(of: expected.search, in: log, options: LanguageOptions())
    #expect(alerts.map(told) == expected.alerts)
    let rule = try read(expected.search).rule
    #expect(
      rule.aggregate?.alerts(of: log.filter { rule.condition.holds(of: $0.event) }).map(told)
        == expected.alerts)
  }

  @Test("events of another data model are not counted")
  func otherModels() throws {
    var event = try #require(Event(try JSON.parse(#"{"src":"a"}"#)))
    let search = "| tstats count FROM datamodel=Web BY Web.src"
    for (models, count) in [
      (["Web.Web"], 1), (["Endpoint.Processes"], 0), (["Endpoint.Processes", "Web.Web"], 1),
    ] {
      event.place[SplunkPlaces.dataModel] = models
      let log = [LoggedEvent(event, at: 0)]
      #expect(try Language.splunk.alerts(of: search, in: log, options: LanguageOptions()).count == count)
    }
  }
}

/// What stands before `stats`: names that are given and dropped.
@Suite("Names before stats") struct NamesBeforeStatsTests {
  private func rule(_ text: String, extracted: Bool = true) throws -> Rule {
    var options = LanguageOptions()
    options.splunk.extractedFields = extracted
    return try #require(try Language.splunk.read(Source(name: "q.spl", text: text), options: options).first)
      .rule
  }

  @Test(
    "what is read",
    arguments: [
      ("f=x | table g, h | stats count BY g", "any by g"), ("f=x | fields g | stats count BY g", "any by g"),
      ("f=x | fields g | bin _time span=1m | stats count BY g _time", "any by g in spans of 1 min"),
      ("f=x | table g | search *", ""), ("f=x | table g | search g=y", ""),
      ("f=x | rename host AS dest | stats count BY dest", "any by host"),
      ("f=x | stats count BY host", "any by host"),
      ("f=x | stats dc(host) AS n BY g | where n>1", "distinct(host) >= 2 by g"),
      (
        "f=x | stats values(u) AS us BY g | rename us AS all | where mvcount(all)>1",
        "distinct(u) >= 2 and distinct(u) >= 1 by g"
      ),
      ("f=x | stats count BY _time g | table g", "any by g in spans of 1 s"),
      // A constant tells no groups apart, nor does what is computed from fields that do.
      ("f=x | eval phase=\"plan\", n=5 | stats count BY phase g n", "any by g"),
      ("f=x | eval c=case(g=\"a\", \"A\", g=\"b\", \"B\") | stats count BY c g", "any by g"),
      ("f=x | eval c=if(g=\"a\", 1, 0) | stats count BY g c | search c=1", "any by g"),
      // What is done with the rows as a whole.
      ("f=x | stats count BY g | sort - count | head 5", "any by g"),
      ("f=x | stats count BY g h | dedup g | table g", "any by g, h"),
      ("f=x | dedup g, h | table g i", "any by g, h"), ("f=x | dedup 3 g", "any by g"),
      ("f=x | table g h | dedup g", "any by g"), ("f=x | dedup g | search g=a*", "any by g"),
      ("f=x | stats count BY g | outputlookup append=t a.csv | where count>3", "count() >= 4 by g"),
      (
        "f=x | stats values(u) AS us BY g | where mvcount(us)<3",
        "distinct(u) < 3 and distinct(u) >= 1 by g"
      ),
    ])
  func reads(_ search: String, _ counts: String) throws {
    #expect(try rule(search).aggregate?.description ?? "" == counts)
  }

  @Test(
    "what is not",
    arguments: [
      ("f=x | table g | stats count BY h", "a filter after `table`"),
      ("f=x | table g | search h=y", "a filter after `table`"),
      ("f=x | table g | search host=y", "a filter after `table`"),
      ("f=x | table g | search word", "a filter after `table`"),
      ("f=x | table g | bin _time span=1m | stats count BY g _time", "`_time` is not a field"),
      ("f=x | stats count BY _time g | where count>1", "a count for each time"),
      ("f=x | stats values(u) AS us BY _time | search us=a", "a count for each time"),
      ("f=x | table g | eval a=json_extract(_raw, \"b\") | where a=\"c\"", "is not a field"),
      ("f=x | fields g* | stats count BY g", "a filter after `table`"),
      ("f=x | rename tag AS t | stats count BY t", "a filter after `table`"),
      ("f=x | rename p.* AS * | stats count BY g", "behind `rename p.* AS *` is not read: of which field"),
      ("f=x | rename a AS b, b AS c | stats count BY c", "which comes first is not documented"),
      ("f=x | fillnull value=NULL | stats count BY g", "behind `fillnull` of all fields"),
      (
        "f=x | iplocation prefix=a_ f | search a_City=b",
        "behind `iplocation` is not read: it may set any field"
      ),
      ("f=x | lookup t a AS f | where b=\"c\"", "behind `lookup` is not read: it may set any field"),
      ("f=x | rename host AS dest | where dest=\"a\"", "`dest` is not a field"),
      ("f=x | eval c=if(g=\"a\", 1, 0) | stats count BY c", "`c` is not a field"),
      ("f=x | eval c=if(h=\"a\", g, 0) | stats count BY c g h", "is not a field"),
      ("f=x | eval c=\"a\" | stats count BY c", "`c` is not a field"),
      ("f=x | eval c=if(g=\"a\", 1, 0) | eval g=\"b\" | stats count BY g c", "`c` is not a field"),
      ("f=x | stats count BY g | head 5 | where count>1", "a question behind `head`"),
      ("f=x | head 5 | stats count BY g", "a question behind `head`"),
      ("f=x | dedup g sortby h", "`dedup` of anything but groups"), ("f=x | dedup g{}", "`dedup` of `g{}`"),
      ("f=x | dedup host", "`dedup` of `host`"), ("f=x | head 5 | dedup g", "`dedup` of anything but groups"),
      ("f=x | dedup g | search h=1", "behind `stats`"), ("f=x | dedup g | where count>1", "behind `stats`"),
      ("f=x | dedup g | stats count by h", "second `stats`"),
      ("f=x | table h | dedup g", "`dedup` of `g`"),
      ("f=x | stats count BY g | dedup count", "`dedup` of anything but groups"),
      ("f=x | stats count BY g | dedup g sortby -count", "`dedup` of anything but groups"),
      ("f=x | stats count BY g | head (count>5)", "`head` of this"),
      ("f=x | stats count BY tag", "a group for each place: `tag`"),
      ("(source=a OR host=b) f=x | stats count BY host", "a group for each place that is one of several"),
    ])
  func refuses(_ search: String, _ message: String) throws {
    let error = #expect(throws: Diagnostic.self) { try rule(search) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test(
    "what is computed from fields that group drops the groups of which nothing is computed, and can be asked")
  func computedKeys() throws {
    let some = try rule("f=x | eval c=case(g=\"a\", \"A\", g=\"b\", \"B\") | stats count BY c g")
    #expect(some.condition.holds(of: Event(.init([.init("f", .string("x")), .init("g", .string("b"))]))))
    #expect(!some.condition.holds(of: Event(.init([.init("f", .string("x")), .init("g", .string("c"))]))))
    let one = try rule("f=x | eval c=if(g=\"a\", 1, 0) | stats count BY g c | search c=1")
    #expect(one.condition.holds(of: Event(.init([.init("f", .string("x")), .init("g", .string("a"))]))))
    #expect(!one.condition.holds(of: Event(.init([.init("f", .string("x")), .init("g", .string("b"))]))))
    // A number with another spelling is another text.
    let other = try rule("f=x | eval c=if(g=\"a\", 1, 0) | stats count BY g c | search c=1.0")
    #expect(other.condition == .always(false))
  }

  @Test("rows that are given or written elsewhere are set aside by name")
  func aside() throws {
    func document(_ text: String) throws -> RuleDocument {
      try #require(
        try Language.splunk.read(Source(name: "q.spl", text: text), options: extractedOptions).first)
    }
    let limited = try document("f=x | stats count BY g | head 5")
    #expect(limited.rule.rowLimit == 5)
    #expect(limited.warnings.map(\.code).contains(.limitLeftOut))
    #expect(
      try Language.splunk.write(limited.rule, options: extractedOptions).text.contains("but for its limit"))
    #expect(try document("f=x | head | table g").rule.rowLimit == 10)
    #expect(try document("f=x | tail limit=3").rule.rowLimit == 3)
    #expect(try document("f=x | stats count BY g | dedup g").rule.rowLimit == .max)
    let written = try document("f=x | table g | collect index=summary")
    #expect(written.warnings.map(\.code) == [.outputFieldLeftOut])
    #expect(written.rule.rowLimit == nil)
  }

  @Test("what an add-on computes of CloudTrail's records is a field where Splunk's fields are asked")
  func addOn() throws {
    let search = "sourcetype=\"aws:cloudtrail\" user_type=IAMUser errorCode=success | stats count BY user_arn"
    #expect(throws: Diagnostic.self) { try rule(search, extracted: false) }
    let read = try rule(search)
    #expect(
      read.condition
        == .all([
          .test(field("user_type"), .text(.equals("IAMUser"), .ignored)),
          .test(field("errorCode"), .text(.equals("success"), .ignored)),
        ]))
    // The records of CloudTrail are another log.
    #expect(read.logSources.isEmpty && read.place != .always(true))
    let back = try rule(try Language.splunk.write(read, options: extractedOptions).text)
    #expect(back.place == read.place && back.aggregate == read.aggregate)
    #expect(Prover().compare(read.condition, back.condition).verdict == .equal)
  }

  @Test("what some of the listed values answers, an event of the group does")
  func someValue() throws {
    let listed = try rule("f=x | stats values(u) AS us BY g | search us=a* NOT us IN (b, c)")
    let columns = listed.aggregate?.columns.map(\.measure)
    #expect(
      columns == [
        .matching(matches("u", .prefix("a"), .ignored)),
        .matching(.test(field("u"), .oneOf(["b", "c"], .ignored))),
      ])
    let back = try rule(try Language.splunk.write(listed, options: extractedOptions).text)
    #expect(back.aggregate?.canonical == listed.aggregate?.canonical)
  }

  @Test(
    "the add-on for AWS leaves `errorCode` absent in no event: it is counted so, and groups by no field of the event"
  )
  func errorCode() throws {
    let head = "sourcetype=aws:cloudtrail f=x | stats "
    let error = #expect(throws: Diagnostic.self) { try rule(head + "count BY errorCode", extracted: false) }
    #expect(error?.message.contains("the add-on for AWS computes `errorCode`") == true)
    let distinct = #expect(throws: Diagnostic.self) {
      try rule(head + "dc(errorCode) AS n BY g | where n>1", extracted: false)
    }
    #expect(distinct?.message.contains("a question about `n`") == true)
    let counted = try rule(head + "count(errorCode) AS n BY g | where n>1", extracted: false)
    #expect(counted.aggregate?.description == "count() >= 2 by g")
  }

  @Test("what Splunk knows of the place is no field of an event in JSON, and a question about it stays one")
  func places() throws {
    let error = #expect(throws: Diagnostic.self) { try rule("f=x | stats count BY host", extracted: false) }
    #expect(error?.message == "a group for each place: `host` is not read")
    let counted = #expect(throws: Diagnostic.self) {
      try rule("f=x | stats dc(host) AS n BY g | where n>1", extracted: false)
    }
    #expect(counted?.message.contains("a question about `n`") == true)
    let renamed = try rule("f=x | rename host AS dest | search dest=a")
    #expect(renamed.place == (try rule("f=x host=a")).place)
    let shown = try rule("host=a f=x | stats count BY host").condition
    #expect(shown.conjuncts.contains(equals("host", "a", .ignored)))
    let text = try Language.splunk.write(try rule("f=x | stats count BY host"), options: extractedOptions)
      .text
    #expect(text.contains("BY host"))
  }

  private var extractedOptions: LanguageOptions {
    var options = LanguageOptions()
    options.splunk.extractedFields = true
    return options
  }
}
