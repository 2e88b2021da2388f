import Concord
import TestSupport
import Testing

/// Rules that count in windows that end at any event: Sigma's correlations, written, read back, run and proved in every
/// language that counts in windows.
@Suite("Windows that end at any event") struct WindowTests {
  static let targets = Registry.runners.filter { $0.traits.contains(.countsInWindows) && $0.writer != nil }

  static let rules = """
    title: Failed login
    name: failed
    logsource: {product: aws, service: cloudtrail}
    detection:
      s: {eventName: ConsoleLogin, errorMessage: Failed authentication}
      condition: s
    ---
    title: Login
    name: ok
    logsource: {product: aws, service: cloudtrail}
    detection:
      s: {eventName: ConsoleLogin, apiVersion: '1'}
      condition: s
    ---
    title: Logout
    name: out
    logsource: {product: aws, service: cloudtrail}
    detection:
      s: {eventName: Logout}
      condition: s
    ---

    """

  /// A correlation of these rules; the body's keys, one a line.
  static func rule(_ body: String) throws -> Rule {
    let lines = body.split(separator: "\n").map { "  \($0)\n" }.joined()
    let text = rules + "title: c\nname: c\ncorrelation:\n" + lines
    let documents = try Compiler().load(Source(name: "c.yml", text: text))
    return try #require(documents.last).rule
  }

  static let count = """
    type: event_count
    rules: [failed]
    group-by: [sourceIPAddress, awsRegion]
    timespan: 10m
    condition: {gte: 5}
    """
  static let spray = """
    type: value_count
    rules: [failed]
    group-by: [sourceIPAddress, awsRegion]
    timespan: 10m
    condition: {gte: 3, field: userIdentity.userName}
    """
  static let sum = spray.replacing("value_count", with: "value_sum").replacing("gte: 3", with: "gte: 1000")
    .replacing("userIdentity.userName", with: "additionalEventData.bytes")
  static let average = sum.replacing("value_sum", with: "value_avg").replacing("gte: 1000", with: "gt: 2.5")
  static let both = """
    type: temporal
    rules: [failed, ok]
    group-by: [sourceIPAddress, awsRegion]
    timespan: 10m
    """
  static let ordered = """
    type: temporal_ordered
    rules: [failed, ok, failed]
    group-by: [sourceIPAddress, awsRegion]
    timespan: 10m
    """

  static let aliased = """
    type: temporal
    rules: [failed, out]
    group-by: [who, awsRegion]
    timespan: 10m
    aliases: {who: {failed: sourceIPAddress, out: apiVersion}}
    """

  static let bodies = [
    aliased, aliased.replacing("temporal", with: "temporal_ordered"),
    aliased.replacing(", awsRegion", with: ""),
    count, spray, both, ordered.replacing(", failed]", with: "]"), count.replacing("gte: 5", with: "gte: 1"),
    count.replacing("gte: 5", with: "gte: 3, lt: 6"), count.replacing("[failed]", with: "[failed, ok]"),
    count.replacing("group-by: [sourceIPAddress, awsRegion]\n", with: ""),
    spray.replacing("gte: 3", with: "eq: 2"), count.replacing("10m", with: "1s"),
    count.replacing("10m", with: "1d"),
    both + "\ncondition: failed or ok",
    both.replacing("[sourceIPAddress, awsRegion]", with: "[errorMessage]"),
  ]

  /// Correlations of numbers, of which other tools add up those with fractions too.
  static let numberBodies = [
    sum, average, sum.replacing("gte: 1000", with: "lt: 5"),
    sum.replacing("gte: 1000", with: "gte: 5, lt: 9"),
    average.replacing("gt: 2.5", with: "lte: 3"), average.replacing("gt: 2.5", with: "eq: 4"),
  ]

  static let allBodies = bodies + numberBodies

  @Test("a correlation is written, read back and proved, on many logs", arguments: allBodies.indices)
  func proved(_ index: Int) throws {
    let rule = try Self.rule(Self.allBodies[index])
    let verification = RuleVerification(of: rule, in: Self.targets, options: LanguageOptions())
    #expect(
      verification.judgements.map(\.verdict) == Self.targets.map { _ in .proved }, "\(Self.allBodies[index])")
    #expect(try #require(verification.logCounts).put > 40)
    #expect(verification.agreement.meaning.contains(true))
  }

  @Test("events are counted by an alias")
  func countedByAlias() throws {
    let rule = try Self.rule(
      Self.aliased.replacing("temporal", with: "event_count") + "\ncondition: {gte: 3}")
    let verification = RuleVerification(of: rule, in: Self.targets, options: LanguageOptions())
    for (column, judgement) in zip(verification.agreement.columns, verification.judgements) {
      // That a chosen field is there is asked of Splunk, and not read back.
      #expect(judgement.verdict == (column.language == "splunk" ? .tested : .proved), "\(column.language)")
    }
    #expect(verification.agreement.meaning.contains(true))
  }

  /// Faults that a writer could make, as what is in its text and what stands there instead.
  static let faults: [(language: String, body: String, name: String, from: String, to: String)] = [
    ("splunk", count, "one less", "window=5 ", "window=4 "),
    ("splunk", count, "one less is asked", "count>=5", "count>=4"),
    ("splunk", count, "a shorter window", "first_event<=600", "first_event<600"),
    ("splunk", count, "a longer window", "first_event<=600", "first_event<=601"),
    (
      "splunk", count, "a lost group field", "BY raw_sourceIPAddress, raw_awsRegion", "BY raw_sourceIPAddress"
    ),
    ("splunk", count, "no order", "| sort 0 window_end\n", ""),
    ("splunk", count, "fixed spans", "first_event<=600", "first_event<=window_end % 600"),
    ("splunk", spray, "the boundary of time_window", "time_window=1201s", "time_window=1200s"),
    ("splunk", spray, "values for different values", "dc(", "count("),
    ("splunk", spray, "a second that is not the window's end", "| stats max(", "| stats min("),
    ("splunk", sum, "a sum one lower", ">=1000", ">=999"),
    ("splunk", sum, "more than a sum", ">=1000", ">1000"),
    ("splunk", sum, "numbers for their sum", "sum(eval", "count(eval"),
    ("splunk", sum, "every number is added", "if(match(", "if(1=1 OR match("),
    ("splunk", average, "the bound itself", ">25 *", ">=25 *"),
    ("splunk", average, "another bound", "25 *", "24 *"),
    ("splunk", average, "every event is counted", "count(eval(match(", "count(eval(1=1 OR match("),
    ("athena", sum, "a sum one lower", ">= 1000", ">= 999"),
    ("athena", sum, "the largest for the sum", "sum(", "max("),
    ("athena", sum, "every number is added", "[0-9]{1,15}", "-?[0-9]{1,15}"),
    ("athena", average, "the bound itself", "> 2.5", ">= 2.5"),
    (
      "athena", average, "others count as 0", "AS bigint)\n      ) AS \"number_1\"",
      "AS bigint), 0) AS \"number_1\""
    ),
    ("sigma", sum, "a sum one lower", "gte: 1000", "gte: 999"),
    ("sigma", sum, "an average for the sum", "value_sum", "value_avg"),
    ("sigma", average, "the bound itself", "gt: 2.5", "gte: 2.5"),
    ("splunk", both, "one rule for both", "event_2>0", "event_1>0"),
    ("splunk", both, "OR for AND", "AND if(", "OR if("),
    ("splunk", both, "a window of the first alone", "last_2<=600", "last_2<=60000"),
    (
      "splunk", ordered.replacing(", failed]", with: "]"), "no order of rules", "event_2>0, chain_1_1",
      "event_2>0, window_end"
    ),
    (
      "splunk", ordered.replacing(", failed]", with: "]"), "the window of the last", "window_end - chain_1_2",
      "window_end - window_end"
    ),
    ("splunk", aliased, "the field of one rule", "    raw_apiVersion\n  )", "    raw_sourceIPAddress\n  )"),
    (
      "splunk", aliased, "another condition of a field", "=\"logout\",\n    raw_apiVersion",
      "=\"log\",\n    raw_apiVersion"
    ),
    ("athena", aliased, "the field of one rule", "THEN \"apiversion\"", "THEN \"sourceipaddress\""),
    ("sigma", aliased, "the field of one rule", "out_493507fa: apiVersion", "out_493507fa: sourceIPAddress"),
    ("sigma", aliased, "a lost alias", "who:\n", "whom:\n"),
    ("athena", count, "one less", ">= 5", ">= 4"),
    ("athena", count, "more than", ">= 5", "> 5"),
    (
      "athena", count, "a shorter window", "RANGE BETWEEN 600 PRECEDING AND CURRENT ROW) AS \"count\"",
      "RANGE BETWEEN 599 PRECEDING AND CURRENT ROW) AS \"count\""
    ),
    (
      "athena", count, "all before", "RANGE BETWEEN 600 PRECEDING AND CURRENT ROW) AS \"count\"",
      "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS \"count\""
    ),
    (
      "athena", count, "a lost partition",
      "count(*) OVER (PARTITION BY \"sourceipaddress\", \"awsregion\" ORDER",
      "count(*) OVER (PARTITION BY \"sourceipaddress\" ORDER"
    ),
    ("athena", count, "groups of what is absent", "      AND \"awsregion\" IS NOT NULL\n", ""),
    (
      "athena", count, "rows that are not events",
      "WHERE lower(\"eventname\") = lower('ConsoleLogin')\n      AND ", "WHERE "
    ),
    ("athena", spray, "values for different values", "array_distinct(", "("),
    ("athena", spray, "NULL is a value", "\"value\" IS NOT NULL", "TRUE"),
    ("athena", both, "one rule for both", "count_if(\"event_2\")", "count_if(\"event_1\")"),
    ("athena", both, "OR for AND", "\n  AND \"count_2\"", "\n  OR \"count_2\""),
    (
      "athena", ordered, "the window of the last", "\"chain_1_3\" >= \"first_event\"",
      "\"window_end\" >= \"first_event\""
    ),
    (
      "athena", ordered, "no order of rules", "IF(\"event_2\", \"chain_1_1\")",
      "IF(\"event_2\", \"window_end\")"
    ),
    ("athena", ordered, "all before", "\"chain_1_3\" >= \"first_event\"", "\"chain_1_3\" >= 0"),
    ("sigma", count, "one less", "gte: 5", "gte: 4"),
    ("sigma", count, "more than", "gte: 5", "gt: 5"),
    ("sigma", count, "a shorter time span", "timespan: 10m", "timespan: 9m"),
    ("sigma", count, "a second more", "timespan: 10m", "timespan: 601s"),
    ("sigma", count, "a lost group field", "        - awsRegion\n", ""),
    ("sigma", count, "another group field", "- awsRegion", "- AWSRegion"),
    ("sigma", count, "another rule", "eventName: ConsoleLogin", "eventName: Login"),
    ("sigma", spray, "events for values", "value_count", "event_count"),
    ("sigma", spray, "values of another field", "userName", "arn"),
    ("sigma", both, "a lost rule", "        - ok_493507fa\n", ""),
    ("sigma", both, "order", "type: temporal", "type: temporal_ordered"),
    ("sigma", ordered, "no order", "temporal_ordered", "temporal"),
    ("sigma", ordered, "a step less", "        - c_1_493507fa\n    group", "    group"),
    (
      "sigma", ordered, "another order", "- c_1_493507fa\n        - c_2_493507fa\n",
      "- c_2_493507fa\n        - c_1_493507fa\n"
    ),
  ]

  @Test("a query that looks at less time than is counted says so", arguments: ["athena", "splunk"])
  func shortWindows(_ name: String) throws {
    let language = try #require(Registry.languages.named(name))
    for (since, isShort) in [(599, true), (600, false), (86_400, false)] {
      var compiler = Compiler()
      compiler.options.window = TimeWindow(since: .before(seconds: since))
      let notes = try compiler.write(try Self.rule(Self.count), in: language).notes
      #expect(notes.map(\.code.rawValue).contains("W339") == isShort, "\(since): \(notes)")
    }
  }

  @Test("a writer's fault is noticed", arguments: faults.indices)
  func fault(_ index: Int) throws {
    let fault = Self.faults[index]
    try CountingTests.expectNoticed(
      fault.name, fault.from, fault.to, in: fault.language, of: try Self.rule(fault.body))
  }

  @Test("searches that look at rows one after another otherwise are refused")
  func foreign() throws {
    for text in [
      "index=a | streamstats count BY user | where count>3",
      "index=a | streamstats window=5 count BY user | where count>3",
      "index=a | streamstats current=f last(x) AS y BY user | where x!=y",
      "index=a | streamstats reset_on_change=t count BY user",
      "index=a | sort 0 _time | streamstats time_window=5m count BY user | where count>3",
      "index=a | eval window_end=floor(_time) | stats count BY user, window_end | where count>3",
    ] {
      let read = Language.splunk.readAll(Source(text: text), options: LanguageOptions())
      #expect(read.documents.isEmpty, "\(text)")
    }
  }
}
