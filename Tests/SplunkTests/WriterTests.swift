import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSplunk

struct Written: Sendable, CustomTestStringConvertible {
  var what: String
  var condition: Condition
  var filter: String
  var testDescription: String { what }

  init(_ what: String, _ condition: Condition, _ filter: String) {
    self.what = what
    self.condition = condition
    self.filter = filter
  }
}

/// The text after `where`, on one line.
private func filter(_ condition: Condition, fixtures: [Event] = []) throws -> String {
  var rule = Rule(id: "r", title: "t", condition: condition)
  rule.fixtures = fixtures.map { Fixture(name: "f", expected: true, event: $0) }
  let (tree, _) = try SplunkWriter.tree(rule, LanguageOptions())
  for command in tree.commands {
    if case .filter(let expression) = command.kind { return SplunkPrinter.inline(expression) }
  }
  return ""
}

@Test(arguments: [
  Written("text", equals("a", "x"), #"raw_a="x""#),
  Written("text that looks like a number", equals("a", "5"), #"match(raw_a, "^5\\z")"#),
  Written("text that is a float", equals("a", "1e5"), #"match(raw_a, "^1e5\\z")"#),
  Written("the empty text", equals("a", ""), #"raw_a="""#),
  Written("a quote and a backslash", equals("a", #"x"\y"#), #"raw_a="x\"\\y""#),
  Written("a line feed", equals("a", "x\ny"), #"match(raw_a, "^x\\x0ay\\z")"#),
  Written("a dashboard token", equals("a", "$t$"), #"match(raw_a, "^\\x24t\\x24\\z")"#),
  Written("a backtick", equals("a", "`m`"), #"match(raw_a, "^\\x60m\\x60\\z")"#),
  Written("ignored case", equals("a", "X", .ignored), #"lower(raw_a)="x""#),
  Written("prefix", matches("a", .prefix("x.")), #"match(raw_a, "^x[.]")"#),
  Written("suffix", matches("a", .suffix("x%")), #"match(raw_a, "x%\\z")"#),
  Written("contains", matches("a", .contains("*_")), #"match(raw_a, "[*]_")"#),
  Written(
    "contains, ignored case", matches("a", .contains("A[b]"), .ignored),
    #"match(lower(raw_a), "a\\x5bb\\x5d")"#),
  Written(
    "wildcards", matches("a", Pattern([.literal("a"), .anyRun, .literal("b"), .anyOne])),
    #"match(raw_a, "(?s)^a.*b.\\z")"#),
  Written(
    "runs on both sides",
    matches("a", Pattern([.anyRun, .literal("a"), .anyRun, .literal("b"), .anyRun])),
    #"match(raw_a, "(?s)^(?>.*?a)(?>.*?b)")"#),
  Written("any one", matches("a", Pattern([.anyOne])), #"match(raw_a, "(?s)^.\\z")"#),
  Written(
    "one of", .test(field("a"), .oneOf(["x", "y"], .exact)), #"in(raw_a, "x", "y")"#),
  Written(
    "one of, ignored case", .test(field("a"), .oneOf(["X", "y"], .ignored)),
    #"in(lower(raw_a), "x", "y")"#),
  Written(
    "one of, ignored case, the empty text last", .test(field("a"), .oneOf(["Root", ""], .ignored)),
    #"in(lower(raw_a), "root", "")"#),
  Written(
    "one of, ignored case, the empty text first", .test(field("a"), .oneOf(["", "Root", "5"], .ignored)),
    #"in(lower(raw_a), "", "root") OR match(lower(raw_a), "^5\\z")"#),
  // What is no letter has one case; letters beyond ASCII are spelled in each of theirs.
  Written("ignored case, a dash", equals("a", "\u{2013}X", .ignored), "lower(raw_a)=\"\u{2013}x\""),
  Written(
    "ignored case, beyond ASCII", equals("a", "Ék1", .ignored),
    "match(raw_a, \"^(?:É|é)(?:K|k|\u{212A})1\\\\z\")"),
  Written(
    "contains, ignored case, beyond ASCII", matches("a", .contains("ßA."), .ignored),
    #"match(raw_a, "(?:ß|ẞ)[Aa][.]")"#),
  Written(
    "one of, ignored case, beyond ASCII", .test(field("a"), .oneOf(["X", "ß", "y"], .ignored)),
    #"in(lower(raw_a), "x", "y") OR match(raw_a, "^(?:ß|ẞ)\\z")"#),
  Written(
    "one of numbers", .test(field("a"), .oneOf(["80", "443", "x"], .exact)),
    #"raw_a="x" OR match(raw_a, "^(?:80|443)\\z")"#),
  Written("present", .test(field("a"), .present), "isnotnull(raw_a)"),
  Written("absent", .not(.test(field("a"), .present)), "isnull(raw_a)"),
  Written(
    "truthy", .test(field("a"), .truthy),
    #"if(isnull(raw_a) OR match(raw_a, "^(?:|0|false)\\z"), 1, 0)=0"#),
  Written(
    "falsy", .not(.test(field("a"), .truthy)), #"isnull(raw_a) OR match(raw_a, "^(?:|0|false)\\z")"#),
  Written(
    "number", number("a", .greater, "50"),
    #"match(raw_a, "^[-+]?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?\\z") AND tonumber(raw_a)>50"#),
  Written("not", .not(equals("a", "x")), #"if(raw_a="x", 1, 0)=0"#),
  Written(
    "not any", .not(.any([equals("a", "x"), equals("b", "y")])),
    #"if(raw_a="x" OR raw_b="y", 1, 0)=0"#),
  Written(
    "and in or", .any([.all([equals("a", "x"), equals("b", "y")]), equals("c", "z")]),
    #"(raw_a="x" AND raw_b="y") OR raw_c="z""#),
  Written(
    "or in and", .all([.any([equals("a", "x"), equals("b", "y")]), equals("c", "z")]),
    #"(raw_a="x" OR raw_b="y") AND raw_c="z""#),
  Written(
    "same", .test(field("a"), .sameAs(field("b"), .exact)),
    "isnotnull(raw_a) AND isnotnull(raw_b) AND tostring(raw_a)=tostring(raw_b)"),
  Written(
    "IPv6 network", network("a", "2001:db8::/32"),
    #"match(raw_a, "(?i)^[0-9a-f:.]*:[0-9a-f:.]*\\z") AND cidrmatch("2001:db8::/32", raw_a)"#),
  Written("array", equals("a[].b", "x"), #"mvcount(mvfilter(raw_a_b="x"))>0"#),
  Written("array is present", .test(field("a[]"), .present), #"mvcount(mvfilter(raw_a_json!="null"))>0"#),
  Written("text null in an array", equals("a[]", "null"), #"mvcount(mvfilter(raw_a_json="\"null\""))>0"#),
  Written(
    "pattern that takes null in an array", matches("a[]", .prefix("n")),
    #"mvcount(mvfilter(raw_a!="null" AND match(raw_a, "^n")))>0 OR mvcount(mvfilter(raw_a_json="\"null\""))>0"#
  ),
  Written(
    "no element of an array", .not(equals("a[]", "x")), #"if(mvcount(mvfilter(raw_a="x"))>0, 1, 0)=0"#),
  Written("index", equals("a[2]", "x"), #"raw_a_2="x""#),
  Written("never", .always(false), "1=0"),
])
func writesOneQuestion(_ written: Written) throws {
  #expect(try filter(written.condition) == written.filter)
}

@Test func readsAnArrayThatTheFixturesShow() throws {
  let shown = event(("a", .array([object(("b", .string("x")))])))
  #expect(try filter(equals("a.b", "x"), fixtures: [shown]) == #"mvcount(mvfilter(raw_a_b="x"))>0"#)
}

@Test func takesALongNumberWhereTheFixturesShowText() throws {
  let shown = event(("a", .string("18446744073709551616")))
  #expect(
    try filter(equals("a", "9007199254740993"), fixtures: [shown]) == #"match(raw_a, "^9007199254740993\\z")"#
  )
  #expect(try filter(equals("a", "9007199254740992")) == #"match(raw_a, "^9007199254740992\\z")"#)
}

@Test func writesTheFirstRule() throws {
  let query = try Language.splunk.write(modifyCompute, options: LanguageOptions(compilerVersion: "0.1.0"))
  #expect(query.text == firstRule)
  // Every field is known from CloudTrail's record, so the one note is about the index.
  #expect(query.notes.map(\.code.rawValue) == ["N443"])
}

struct Refused: Sendable, CustomTestStringConvertible {
  var condition: Condition
  var code: String
  var message: String
  var testDescription: String { message }
}

@Test(arguments: [
  Refused(
    condition: .anywhere(.contains("x"), .ignored),
    code: "E401",
    message: "Splunk cannot look for a text in every field of an event"),
  Refused(
    condition: .test(field("a[]"), .sameAs(field("b"), .exact)),
    code: "E408",
    message: "Splunk cannot compare `a[]` with `b`: one of them is an array"),
  Refused(
    condition: .test(FieldPath("a"), .array), code: "E436",
    message: "Splunk cannot tell whether `a` is an array or one value"),
  Refused(
    condition: .some(FieldPath("a"), .not(.test(FieldPath("a", "b"), .present))), code: "E435",
    message: "Splunk cannot ask several questions of one value at `a`"),
  Refused(
    condition: network("a", "::/0"),
    code: "E416",
    message: "Splunk does not say whether IPv4-mapped addresses are in `::/0`"),
  Refused(
    condition: number("a", .less, "1e400"), code: "E414",
    message: "the number `1e400` is out of SPL's range"),
  Refused(
    condition: .test(FieldPath("a`b"), .present), code: "E406",
    message: "field name `a'b` cannot be written in SPL"),
])
func refuses(_ refused: Refused) {
  let rule = Rule(id: "r", title: "t", condition: refused.condition)
  let error = #expect(throws: Diagnostic.self) {
    try Language.splunk.write(rule, options: LanguageOptions())
  }
  #expect(error?.code.rawValue == refused.code)
  #expect(error?.message == refused.message)
}

@Test func notesThatManyStepsAreGivenUp() throws {
  // Only a wildcard between texts makes a regular expression that steps back.
  for (pattern, codes) in [
    (Pattern([.literal("a"), .anyRun, .literal("b")]), ["N443", "N441", "N444", "N457"]),
    (Pattern.contains("a"), ["N443", "N441", "N457"]),
  ] {
    let rule = Rule(id: "r", title: "t", condition: matches("a", pattern))
    let query = try Language.splunk.write(rule, options: LanguageOptions())
    #expect(query.notes.map(\.code.rawValue) == codes)
  }
}

@Test("what is taken of arrays in every event is told, and a fixture that has it otherwise is a refusal")
func takesShapesAsTold() throws {
  let name = "requestParameters.items"
  let (one, many): (Value, Value) = (
    .object(.init([.init("name", .string("x"))])),
    .array([.object(.init([.init("name", .string("x"))]))])
  )
  // The path, what the fixtures have at `items`, and the code of the note about shapes, or of the refusal.
  let rows: [(path: String, items: [Value], code: String)] = [
    ("\(name).name", [], "N441"), ("\(name)[].name", [], "N454"),
    ("\(name).name", [one], "N454"), ("\(name).name", [many], "N454"), ("\(name)[].name", [many], "N454"),
    ("\(name)[].name", [one], "E437"), ("\(name).name", [one, many], "E437"),
    ("\(name)[0].name", [many, one], "N454"), ("eventName", [many], ""),
    // An array right within another, as the path or a fixture has it.
    ("\(name)[][].name", [], "E438"), ("\(name)[][0].name", [], "E438"),
    ("\(name)[][0].name", [many], "E438"),
    ("\(name).name", [.array([many])], "E438"), ("\(name)[].name", [many, .array([many])], "E438"),
    (name, [.array([.array([.string("x")])])], "E438"), ("\(name)[0].name", [.array([many])], "N454"),
  ]
  for row in rows {
    var rule = Rule(id: "r", title: "t", condition: equals(row.path, "x"))
    rule.logSources = [.cloudTrail]
    rule.fixtures = row.items.map {
      let parameters = Value.object(.init([.init("items", $0)]))
      return Fixture(name: "f", expected: true, event: Event(.init([.init("requestParameters", parameters)])))
    }
    var codes: [String] = []
    do {
      codes = try Language.splunk.write(rule, options: LanguageOptions()).notes.map(\.code.rawValue)
    } catch {
      codes = [error.code.rawValue]
    }
    #expect(codes.filter { $0 != "N443" }.joined() == row.code, "\(row.path) \(row.items)")
  }
}

@Test func saysThatEventsAreTakenToBeJSON() throws {
  func notes(_ condition: Condition, isExtracted: Bool = false, of source: LogSource? = nil) throws
    -> [String]
  {
    var options = LanguageOptions()
    options.splunk.extractedFields = isExtracted
    var rule = Rule(id: "r", title: "t", condition: condition)
    rule.logSources = source.map { [$0] } ?? []
    return try Language.splunk.write(rule, options: options).notes.map(\.code.rawValue).filter {
      $0 == "N457"
    }
  }
  let asked = equals("a", "x")
  let windows = LogSource(product: "windows", service: "security")
  #expect(try notes(asked) == ["N457"])
  #expect(try notes(asked, of: windows) == ["N457"])
  // CloudTrail's records are JSON, an add-on's fields are no matter of text, and nothing is read.
  #expect(try notes(asked, of: .cloudTrail).isEmpty)
  #expect(try notes(asked, isExtracted: true, of: windows).isEmpty)
  #expect(try notes(.always(true)).isEmpty)
}

/// Whether a note says of a field that Splunk does not keep the digits of its numbers.
@Test(
  arguments: [
    (Atom.text(.equals("12345678901234567890"), .exact), #"{"a": "12345678901234567890"}"#, true),
    (.oneOf(["x", "12345678901234567890"], .exact), #"{"a": "x"}"#, true),
    (.text(.equals("123"), .exact), nil, false),
    (.text(.prefix("123"), .exact), nil, true),
    (.text(.suffix("-123"), .ignored), nil, true),
    // A number there is none where the field has words, and its elements keep their spelling.
    (.text(.prefix("123"), .exact), #"{"a": "x"}"#, false),
    (.text(.prefix("123"), .exact), #"{"a": "5"}"#, true),
    (.text(.prefix("123"), .exact), #"{"a": ["5"]}"#, false),
    (.text(.prefix("10."), .exact), nil, false),
    (.text(.contains("a1"), .exact), nil, false),
    (.sameAs(field("b"), .exact), nil, true),
    // What a double may be spelled as, and letters that such a text has.
    (.text(.equals("1e+19"), .exact), nil, true), (.oneOf(["x", "1e+19"], .exact), nil, true),
    (.text(.contains("e+"), .exact), nil, true), (.text(.prefix("1."), .exact), nil, true),
    (.text(.equals("1e+1x"), .exact), nil, false), (.text(.contains("e-x"), .exact), nil, false),
  ] as [(Atom, String?, Bool)])
func notesDigitsThatSplunkDoesNotKeep(_ atom: Atom, _ fixture: String?, _ isNoted: Bool) throws {
  var rule = Rule(id: "r", title: "t", condition: .test(field("a"), atom))
  if let fixture {
    rule.fixtures = [Fixture(name: "f", expected: true, event: try #require(Event(try JSON.parse(fixture))))]
  }
  let query = try Language.splunk.write(rule, options: LanguageOptions())
  #expect(query.notes.contains { $0.code.rawValue == "N455" } == isNoted)
  // What an add-on extracts is text.
  var options = LanguageOptions()
  options.splunk.extractedFields = true
  if fixture?.contains("[") == true { return }
  #expect(try !Language.splunk.write(rule, options: options).notes.contains { $0.code.rawValue == "N455" })
}

/// Whether the note stands for an expression: where numbers of many digits, and what doubles of them may be spelled as, do
/// not all match or all not.
@Test(arguments: [
  (#"^123\d+$"#, true), (#"^456\d+$"#, true), (#"\d{16,}"#, true), (#"^1\d{18}$"#, true), ("^[0-9]+$", true),
  ("0$", true), ("^[a-f0-9]{32}$", true), ("(?i)E", true), (#"\d"#, false), ("^.{2}", false),
  ("^arn:aws", false),
  (#"key=\d{20}"#, false), (#"^10\."#, false), (#"^192\.168\."#, false), (#"\.exe$"#, false),
])
func notesExpressionsThatTellDigits(_ pattern: String, _ isNoted: Bool) throws {
  var rule = Rule(id: "r", title: "t", condition: .test(field("a"), .regex(try PortableRegex(pattern))))
  func isSaid() throws -> Bool {
    try Language.splunk.write(rule, options: LanguageOptions()).notes.contains { $0.code.rawValue == "N455" }
  }
  #expect(try isSaid() == isNoted)
  rule.fixtures = [
    Fixture(name: "f", expected: true, event: try #require(Event(try JSON.parse(#"{"a": "x"}"#))))
  ]
  #expect(try !isSaid())
}

@Test(arguments: [
  ("index=main", "index=main"),
  (#"index=aws sourcetype="aws:cloudtrail""#, #"index=aws sourcetype="aws:cloudtrail""#),
  ("`cloudtrail`", "`cloudtrail`"),
])
func takesASource(_ source: String, _ first: String) throws {
  var options = LanguageOptions()
  options.splunk.source = source
  options.window.since = Moment("2024-06-01T00:00:00Z")
  let rule = Rule(id: "r", title: "t", condition: .test(field("a"), .present))
  let lines = try Language.splunk.write(rule, options: options).text.split(separator: "\n")
  #expect(lines[2] == "\(first) earliest=1717200000")
}

@Test("of several logs none is left out: where one has no known place, every event is asked")
func severalLogs() throws {
  var rule = Rule(id: "r", title: "t", condition: .test(field("a"), .present))
  for (logs, first) in [
    ([LogSource.cloudTrail], #"sourcetype="aws:cloudtrail""#),
    ([.cloudTrail, LogSource(product: "windows")], "index=*"),
    ([LogSource(product: "windows"), .cloudTrail], "index=*"),
  ] {
    rule.logSources = logs
    let lines = try Language.splunk.write(rule, options: LanguageOptions()).text.split(separator: "\n")
    #expect(lines[2].hasPrefix(first), "\(lines)")
  }
}

@Test(
  "the place of an event, and what the indexer makes of its time and text, are no fields of it",
  arguments: [
    #"where sourcetype="aws:cloudtrail""#, #"where host="a" OR user="x""#, #"where like(source, "a%")"#,
    "where isnotnull(host)", #"regex host="^dc""#, #"eval h=host | where h="a""#, "where date_hour<6",
    "search date_wday=sunday", "search linecount>1", #"where match(punct, "__")"#, "where index=\"a\"",
    "search daysago=7", "search tag::user=x", "stats count by date_hour | where count>5",
    #"stats count(eval(host="x")) AS n | where n>5"#,
  ])
func placesInWhere(_ command: String) {
  let source = Source(text: #"index=a f="x" | \#(command)"#)
  #expect(Language.splunk.readAll(source, options: LanguageOptions()).documents.isEmpty)
}

@Test(arguments: ["main", "index=", "index=a | delete", "[search x]", "`a(b)`", "x=y", "index=\"a", ""])
func refusesASource(_ source: String) {
  var options = LanguageOptions()
  options.splunk.source = source
  let rule = Rule(id: "r", title: "t", condition: .test(field("a"), .present))
  let error = #expect(throws: Diagnostic.self) { try Language.splunk.write(rule, options: options) }
  #expect(error?.code.rawValue == "E415")
}

@Test(arguments: ["1969-12-31T23:59:59Z", "2024-06-01T00:00:00.5Z"])
func refusesATime(_ text: String) {
  var options = LanguageOptions()
  options.window.until = Moment(text)
  let rule = Rule(id: "r", title: "t", condition: .test(field("a"), .present))
  let error = #expect(throws: Diagnostic.self) { try Language.splunk.write(rule, options: options) }
  #expect(error?.code.rawValue == "E405")
}

@Test(arguments: [
  (equals("a", "ec2.amazonaws.com"), #""ec2.amazonaws.com""#),
  (equals("a", "5"), ""), (equals("a", "5.0"), ""), (equals("a", "true"), ""), (equals("a", "a/b"), ""),
  (equals("a", "É1"), ""), (equals("a", "a*b"), ""), (equals("a", "a  b"), ""), (equals("a", ".a"), ""),
  (.not(equals("a", "xx")), ""), (matches("a", .prefix("xx")), ""),
  (.any([equals("a", "xx"), equals("b", "yy")]), #"("xx" OR "yy")"#),
  (.any([equals("a", "xx"), .test(field("b"), .present)]), ""),
  (.all([equals("a", "xx"), equals("b", "yy"), equals("c", "xx")]), #""xx" "yy""#),
  (.test(field("a"), .oneOf(["xx", "yy"], .ignored)), #"("xx" OR "yy")"#),
  (.test(field("a"), .oneOf(["xx", "y*"], .ignored)), ""),
  // U+212A and U+0130 are `k` and `i` in ignored case, and the index does not find them so.
  (equals("a", "signin.amazonaws.com", .ignored), #""amazonaws.com""#),
  (equals("a", "amazonaws.com", .ignored), #""amazonaws.com""#),
  (equals("a", "aws.king-log on.kk", .ignored), #""log on""#),
  (equals("a", "ConsoleLogin", .ignored), ""), (equals("a", "ConsoleLogin"), #""ConsoleLogin""#),
  (.test(field("a"), .oneOf(["xx", "kk"], .ignored)), ""),
])
func impliesTermsOfTheIndex(_ condition: Condition, _ terms: String) {
  let implied = SplunkBaseSearch.implied(by: condition)
  #expect(
    (implied.map { SplunkPrinter.inline($0, strength: isAny($0) ? SplunkSearch.logic.not.strength : 0) } ?? "")
      == terms)
}

private func isAny(_ expression: SplunkSearch) -> Bool {
  if case .any = expression.kind { true } else { false }
}

private let firstRule = #"""
  ``` AWS.Modify.Cloud.Compute.Infrastructure: AWS Modify Cloud Compute Infrastructure ```
  ``` Concord 0.1.0, exact ```
  sourcetype="aws:cloudtrail"
    "ec2.amazonaws.com"
    (
      "AssociateIamInstanceProfile" OR "AssociateInstanceEventWindow" OR "BundleInstance" OR
      "CancelSpotInstanceRequests" OR "ConfirmProductInstance" OR "CreateInstanceEventWindow" OR
      "CreateInstanceExportTask" OR "DeleteInstanceEventWindow" OR
      "DeregisterInstanceEventNotificationAttributes" OR "DisassociateIamInstanceProfile" OR
      "DisassociateInstanceEventWindow" OR "ImportInstance" OR "ModifyInstanceAttribute" OR
      "ModifyInstanceCapacityReservationAttributes" OR "ModifyInstanceCreditSpecification" OR
      "ModifyInstanceEventStartTime" OR "ModifyInstanceEventWindow" OR
      "ModifyInstanceMaintenanceOptions" OR "ModifyInstanceMetadataOptions" OR
      "ModifyInstancePlacement" OR "MonitorInstances" OR "RegisterInstanceEventNotificationAttributes" OR
      "ReportInstanceStatus" OR "RequestSpotInstances" OR "ResetInstanceAttribute" OR "RunInstances" OR
      "RunScheduledInstances" OR "StartInstances" OR "StopInstances" OR "TerminateInstances" OR
      "UnmonitorInstances"
    )
  | eval
    raw_eventSource=json_extract(_raw, "eventSource"),
    raw_readOnly=if(
      isbool(json_extract(_raw, "readOnly")), lower(tostring(json_extract(_raw, "readOnly"))),
      json_extract(_raw, "readOnly")
    ),
    raw_sourceIPAddress=json_extract(_raw, "sourceIPAddress"),
    raw_userIdentity_type=json_extract(_raw, "userIdentity.type"),
    raw_userIdentity_invokedBy=json_extract(_raw, "userIdentity.invokedBy"),
    raw_errorCode=json_extract(_raw, "errorCode"),
    raw_eventName=json_extract(_raw, "eventName")
  | where
    raw_eventSource="ec2.amazonaws.com"
    AND (isnull(raw_readOnly) OR match(raw_readOnly, "^(?:|0|false)\\z"))
    AND if(
      match(raw_sourceIPAddress, "[.]amazonaws[.]com\\z")
      OR raw_userIdentity_type="AWSService"
      OR raw_userIdentity_invokedBy="AWS Internal"
      OR match(raw_userIdentity_invokedBy, "[.]amazonaws[.]com\\z"),
      1, 0
    )=0
    AND if(raw_errorCode="Client.DryRunOperation", 1, 0)=0
    AND in(
      raw_eventName, "AssociateIamInstanceProfile", "AssociateInstanceEventWindow", "BundleInstance",
      "CancelSpotInstanceRequests", "ConfirmProductInstance", "CreateInstanceEventWindow",
      "CreateInstanceExportTask", "DeleteInstanceEventWindow",
      "DeregisterInstanceEventNotificationAttributes", "DisassociateIamInstanceProfile",
      "DisassociateInstanceEventWindow", "ImportInstance", "ModifyInstanceAttribute",
      "ModifyInstanceCapacityReservationAttributes", "ModifyInstanceCreditSpecification",
      "ModifyInstanceEventStartTime", "ModifyInstanceEventWindow", "ModifyInstanceMaintenanceOptions",
      "ModifyInstanceMetadataOptions", "ModifyInstancePlacement", "MonitorInstances",
      "RegisterInstanceEventNotificationAttributes", "ReportInstanceStatus", "RequestSpotInstances",
      "ResetInstanceAttribute", "RunInstances", "RunScheduledInstances", "StartInstances",
      "StopInstances", "TerminateInstances", "UnmonitorInstances"
    )
  | eval items=json_extract(_raw, "requestParameters.instancesSet.items")
  | table _time, awsRegion, eventName, recipientAccountId, items

  """#
