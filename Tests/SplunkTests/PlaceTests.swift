import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import Testing

@testable import ConcordSplunk

private func read(_ text: String) throws -> RuleDocument {
  var options = LanguageOptions()
  options.splunk.placeMacros = ["only_prod", "only_dev", "m", "n", "a", "b"]
  return try #require(try Language.splunk.read(Source(name: "q.spl", text: text), options: options).first)
}

/// What a search says of its place is part of what it finds.
@Suite struct SplunkPlaceTests {
  /// Two searches that differ in one part, or say the same in another way.
  struct Pair: Sendable, CustomTestStringConvertible {
    let first: String
    let second: String
    var testDescription: String { "\(first) / \(second)" }
    init(_ first: String, _ second: String) { (self.first, self.second) = (first, second) }
  }

  @Test(
    "searches that differ in their place or time are not the same",
    arguments: [
      Pair("index=win host=dc01 f=x", "index=win f=x"), Pair("host=a f=x", "host=b f=x"),
      Pair("index=a f=x", "index=b f=x"), Pair("index=a f=x", "f=x"), Pair("index=win* f=x", "index=win f=x"),
      Pair("sourcetype=a f=x", "sourcetype=b f=x"), Pair("source=a f=x", "source=b f=x"),
      Pair("sourcetype=aws:cloudtrail f=x", "sourcetype=okta f=x"),
      Pair("sourcetype=aws:cloudtrail f=x", "sourcetype=aws:* f=x"),
      Pair("sourcetype=a f=x", "source=a f=x"), Pair("eventtype=a f=x", "eventtype=b f=x"),
      Pair("tag=a f=x", "tag=b f=x"), Pair("tag=a tag=b f=x", "tag=a f=x"),
      Pair("splunk_server=a f=x", "splunk_server=b f=x"),
      Pair("index IN (a, b) f=x", "index=a f=x"), Pair("(index=a OR index=b) f=x", "index=a f=x"),
      Pair("index=a NOT host=b f=x", "index=a f=x"), Pair("index=a host!=b f=x", "index=a f=x"),
      Pair("f=x | search host=a", "f=x"), Pair("f=x | search host=a", "f=x | search host=b"),
      Pair("(host=a f=x) OR (host=b f=y)", "(host=b f=x) OR (host=a f=y)"),
      Pair("host=a OR f=x", "host=b OR f=x"), Pair("`only_prod` f=x", "`only_dev` f=x"),
      Pair("`m(1)` f=x", "`m(2)` f=x"), Pair("`a` `b` f=x", "`a` f=x"), Pair("`a` f=x", "f=x"),
      Pair("earliest=-1d f=x", "earliest=-7d f=x"), Pair("earliest=-1d f=x", "f=x"),
      Pair("latest=now f=x", "latest=-1h f=x"), Pair("_index_earliest=-1d f=x", "f=x"),
      Pair("_index_earliest=-1d f=x", "earliest=-1d f=x"),
      Pair("_index_latest=now f=x", "_index_latest=-1h f=x"), Pair("index=CASE(a) f=x", "index=CASE(b) f=x"),
      Pair("(index=a sourcetype=b) OR (index=c sourcetype=d) f=x", "(index=a OR index=c) f=x"),
    ])
  func differ(_ pair: Pair) throws {
    let (first, second) = (try read(pair.first).rule.detection, try read(pair.second).rule.detection)
    let verdict = Prover().compare(first.whole, second.whole).verdict
    #expect(verdict != .equal)
    #expect(first != second)
  }

  @Test(
    "searches that say the same place are the same",
    arguments: [
      Pair("index=a f=x", "f=x index=a"), Pair("index=A f=x", "index=a f=x"),
      Pair("index=\"a\" f=x", "index=a f=x"), Pair("index IN (a, b) f=x", "(index=b OR index=a) f=x"),
      Pair("index IN (,a,,b,) f=x", "index IN (a, b) f=x"),
      Pair("search index=a f=x", "index=a f=x"), Pair("index=a f=x", "index=a | search f=x"),
      Pair("index=a host=b f=x", "(index=a AND host=b) f=x"), Pair("f=x | search host=a", "host=a f=x"),
      Pair("`m` `n` f=x", "`n` `m` f=x"),
      Pair("sourcetype=AWS:CloudTrail f=x", "sourcetype=\"aws:cloudtrail\" f=x"),
      Pair("NOT (host=a OR host=b) f=x", "NOT host=a NOT host=b f=x"),
      Pair("earliest=-1d index=a f=x", "index=a earliest=-1d f=x"),
    ])
  func same(_ pair: Pair) throws {
    let (first, second) = (try read(pair.first).rule.detection, try read(pair.second).rule.detection)
    #expect(Prover().compare(first.whole, second.whole).verdict == .equal)
  }

  @Test(
    "the writer says the place again, as it was",
    arguments: [
      ("index=aws sourcetype=\"aws:cloudtrail\" f=x", "index=aws sourcetype=\"aws:cloudtrail\""),
      ("host=dc01 f=x", "host=dc01"), ("index=win* f=x", "index=win*"),
      ("(source=a OR source=\"b c\") f=x", "(source=a OR source=\"b c\")"),
      ("`a` `b(1, \"x\")` f=x", "`a` `b(1, \"x\")`"), ("NOT host=a f=x", "NOT host=a"),
      ("index=CASE(Ab) f=x", "index=CASE(Ab)"),
    ])
  func writes(_ search: String, _ place: String) throws {
    let document = try read(search)
    let query = try Language.splunk.write(document.rule, options: LanguageOptions())
    let line = try #require(query.text.split(separator: "\n").first { !$0.hasPrefix("```") })
    #expect(line == place)
    let back = try read(query.text).rule
    #expect(Prover().compare(back.detection.whole, document.rule.detection.whole).verdict == .equal)
  }

  @Test("the user's source takes the place of the rule's own, with a note, and the header says so")
  func givenSource() throws {
    var options = LanguageOptions()
    options.splunk.source = "index=b"
    let query = try Language.splunk.write(try read("index=a f=x").rule, options: options)
    #expect(query.text.contains("exact but for its place") && query.text.contains("\nindex=b\n"))
    #expect(query.notes.map(\.code.rawValue).contains("N446"))
  }

  @Test("the place of another platform is refused, not left out")
  func otherPlatforms() throws {
    var rule = Rule(id: "r", title: "r", condition: .test(FieldPath("f"), .present))
    rule.place = .place(PlaceFact("region", of: "athena"), .text(.equals("eu"), .exact))
    #expect {
      _ = try Language.splunk.write(rule, options: LanguageOptions())
    } throws: { ($0 as? Diagnostic)?.code.rawValue == "E423" }
  }

  @Test(
    "the runner asks the event's own field, then the place where it is known, else takes it as given",
    arguments: [
      ("host=dc01 f=x", "{\"f\":\"x\",\"host\":\"h1\"}", nil, false),
      ("host=dc01 f=x", "{\"f\":\"x\",\"host\":\"DC01\"}", nil, true),
      ("host=dc01 f=x", "{\"f\":\"x\"}", nil, true),
      ("host=dc01 f=x", "{\"f\":\"x\"}", "h1", false), ("host=dc01 f=x", "{\"f\":\"x\"}", "dc01", true),
      ("f=x | search host=dc01", "{\"f\":\"x\",\"host\":\"h1\"}", nil, false),
      ("NOT host=dc01 f=x", "{\"f\":\"x\"}", "dc01", false),
      ("NOT host=dc01 f=x", "{\"f\":\"x\"}", nil, true),
      ("host=dc* OR f=y", "{\"f\":\"x\"}", "dc01", true), ("host=dc* OR f=y", "{\"f\":\"x\"}", "h1", false),
    ])
  func runs(_ search: String, _ json: String, _ host: String?, _ verdict: Bool) throws {
    var event = try #require(Event(try JSON.parse(json)))
    if let host, let fact = SplunkPlaces.fact("host") { event.place[fact] = [host] }
    #expect(
      try Language.splunk.run(search, on: [event], options: LanguageOptions()) == [verdict])
  }
}

/// Two unquoted backslashes are one (Search Manual, "Search with file paths").
@Suite struct SplunkBackslashTests {
  @Test(arguments: [
    ("f=*\\\\windows\\\\temp\\\\*", "f=\"*\\\\windows\\\\temp\\\\*\""), ("f=C:\\x", "f=\"C:\\\\x\""),
    ("f=a\\\\\\\\b", "f=\"a\\\\\\\\b\""), ("f IN (a\\\\b, c)", "f IN (\"a\\\\b\", c)"),
    ("f=CASE(a\\\\b)", "f=CASE(\"a\\\\b\")"),
  ])
  func readsAsQuoted(_ bare: String, _ quoted: String) throws {
    #expect(try read(bare).rule.condition == read(quoted).rule.condition)
    let tree = try SplunkParser.parse(Source(text: bare))
    #expect(try read(SplunkPrinter.print(tree)).rule.condition == read(bare).rule.condition)
  }

  @Test(arguments: [
    ("f=*\\\\temp\\\\*", "a\\temp\\b", true), ("f=a\\\\temp\\\\*", "a\\\\temp\\\\b", false),
    ("f=a\\b", "a\\b", true), ("f IN (x, a\\\\b)", "a\\b", true),
  ])
  func runs(_ search: String, _ value: String, _ verdict: Bool) throws {
    let event = event(("f", .string(value)))
    #expect(try Language.splunk.run(search, on: [event], options: LanguageOptions()) == [verdict])
    #expect(try read(search).rule.condition.holds(of: event) == verdict)
  }

  @Test("a leading `search` is the command, and a field of that name a field")
  func leadingSearch() throws {
    #expect(try read("search f=x").rule.condition == read("f=x").rule.condition)
    #expect(try read("search=x").rule.condition == .test(FieldPath("search"), .text(.equals("x"), .ignored)))
  }
}

/// What the add-on for AWS makes of CloudTrail's records.
@Suite struct SplunkCloudTrailAddOnTests {
  static let failed = "{\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}"

  @Test(arguments: [
    ("errorCode=success", "{}", true), ("errorCode=success", "{\"errorCode\":\"AccessDenied\"}", false),
    ("errorCode=success", failed, false), ("errorCode=failure", failed, true),
    ("errorCode!=success", "{}", false), ("errorCode!=success", failed, true),
    ("errorCode!=success", "{\"errorCode\":\"AccessDenied\"}", true), ("errorCode=*", "{}", true),
    ("errorCode IN (success, a)", "{}", true), ("errorCode=a*", "{\"errorCode\":\"AccessDenied\"}", true),
    ("errorCode=a*", "{}", false), ("NOT errorCode=success", failed, true),
    ("src=\"10.0.0.1\"", "{\"sourceIPAddress\":\"10.0.0.1\"}", true),
    ("vendor_region=eu-west-1", "{\"awsRegion\":\"eu-west-1\"}", true),
    (
      "aws_account_id=1",
      "{\"recipientAccountId\":\"2\",\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"1\"}}", true
    ),
    (
      "aws_account_id=2",
      "{\"recipientAccountId\":\"2\",\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"1\"}}", false
    ),
    ("aws_account_id=2", "{\"recipientAccountId\":\"2\",\"userIdentity\":{\"type\":\"AWSService\"}}", true),
    (
      "aws_account_id IN (1, 2)",
      "{\"recipientAccountId\":\"2\",\"userIdentity\":{\"type\":\"AWSAccount\",\"accountId\":\"9\"}}", true
    ),
    (
      "aws_account_id!=9",
      "{\"recipientAccountId\":\"2\",\"userIdentity\":{\"type\":\"AWSAccount\",\"accountId\":\"9\"}}", true
    ),
    ("aws_account_id=*", "{\"recipientAccountId\":\"2\"}", false),
    ("NOT aws_account_id=2", "{\"recipientAccountId\":\"2\"}", true),
  ])
  func computes(_ term: String, _ json: String, _ verdict: Bool) throws {
    let event = try #require(Event(try JSON.parse(json)))
    for search in ["sourcetype=\"aws:cloudtrail\" \(term)", "\(term) sourcetype=\"aws:cloudtrail\""] {
      #expect(try read(search).rule.condition.holds(of: event) == verdict)
      #expect(try Language.splunk.run(search, on: [event], options: LanguageOptions()) == [verdict])
    }
  }

  @Test(arguments: [
    "user=x", "action=x", "status=x", "user_type=Root", "| where user=\"x\"", "| where errorCode=\"success\"",
    "| where isnull(errorCode)", "| where errorCode!=\"x\"",
    "| where aws_account_id=\"1\"",
  ])
  func refuses(_ term: String) {
    #expect {
      _ = try read("sourcetype=\"aws:cloudtrail\" \(term)")
    } throws: { ($0 as? Diagnostic)?.message.hasPrefix("the add-on for AWS computes `") == true }
  }
}
