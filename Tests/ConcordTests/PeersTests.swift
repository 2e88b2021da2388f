import Concord
import Testing

/// Rules that other converters are known to get wrong, with the text that they give for them.
///
/// Each table names the version of the converter whose output was recorded. Our own output for the same rule must
/// agree with the meaning; theirs must be shown to differ, or not to run at all.
@Suite("Peers' known wrong outputs")
struct PeersTests {
  /// How the peer's text goes wrong when it is run by the platform's rules.
  enum Fault: Sendable {
    /// It gives another verdict on one of the events.
    case differs
    /// The platform does not accept it.
    case isRefused
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The detection section of a Sigma rule on CloudTrail.
    let detection: String
    /// Events as JSON, with the verdict that the rule means.
    let events: [(String, Bool)]
    let language: String
    /// What the peer gives.
    let text: String
    let fault: Fault
    var testDescription: String { "\(language): \(name)" }
  }

  /// pySigma-backend-athena e8a11bd with pySigma 1.5.1.
  static let athena: [Case] = [
    Case(
      name: "a quote ends the literal and the rest is code",
      detection: #"{ selection: { eventName: "x' OR 1=1 --" }, condition: selection }"#,
      events: [(#"{"eventName":"GetObject"}"#, false), (#"{"eventName":"x' OR 1=1 --"}"#, true)],
      language: "athena", text: #"LOWER(eventName) = 'x\' or 1=1 --'"#, fault: .differs),
    Case(
      name: "a quote makes the statement invalid",
      detection: #"{ selection: { eventName: "it's" }, condition: selection }"#,
      events: [(#"{"eventName":"it's"}"#, true)],
      language: "athena", text: #"LOWER(eventName) = 'it\'s'"#, fault: .isRefused),
    Case(
      name: "NOT over an absent field",
      detection:
        "{ selection: { eventSource: s3.amazonaws.com }, filter: { userIdentity.type: AssumedRole }, "
        + "condition: selection and not filter }",
      events: [
        (#"{"eventSource":"s3.amazonaws.com"}"#, true),
        (#"{"eventSource":"s3.amazonaws.com","userIdentity":{"type":"AssumedRole"}}"#, false),
        (#"{"eventSource":"s3.amazonaws.com","userIdentity":{"type":"Root"}}"#, true),
      ],
      language: "athena",
      text: "LOWER(eventSource) = 's3.amazonaws.com' AND NOT LOWER(userIdentity.type) = 'assumedrole'",
      fault: .differs),
    Case(
      name: "a bare star means an apostrophe",
      detection:
        "{ selection: { eventName: CreateInstanceExportTask }, filter: { errorMessage|contains: '*' }, "
        + "condition: selection and not filter }",
      events: [
        (#"{"eventName":"CreateInstanceExportTask"}"#, true),
        (#"{"eventName":"CreateInstanceExportTask","errorMessage":"denied"}"#, false),
      ],
      language: "athena",
      text:
        #"LOWER(eventName) = 'createinstanceexporttask' AND NOT (LOWER(errorMessage) LIKE '''%' ESCAPE '\')"#,
      fault: .differs),
    Case(
      name: "a field below a JSON column",
      detection: "{ selection: { additionalEventData.MFAUsed: 'No' }, condition: selection }",
      events: [(#"{"additionalEventData":{"MFAUsed":"No"}}"#, true)],
      language: "athena", text: "LOWER(additionalEventData.MFAUsed) = 'no'", fault: .isRefused),
    Case(
      name: "the flag i of a regular expression",
      detection: "{ selection: { eventName|re|i: '^Foo' }, condition: selection }",
      events: [(#"{"eventName":"foobar"}"#, true), (#"{"eventName":"afoo"}"#, false)],
      language: "athena", text: "REGEXP_LIKE(eventName, '^Foo')", fault: .differs),
    Case(
      name: "backslashes of a regular expression are doubled",
      detection: #"{ selection: { userAgent|re: '\d+\.exe$' }, condition: selection }"#,
      events: [(#"{"userAgent":"1.exe"}"#, true)],
      language: "athena", text: #"REGEXP_LIKE(userAgent, '\\d+\\.exe$')"#, fault: .differs),
    Case(
      name: "backslashes of an equality are doubled",
      detection: #"{ selection: { userAgent: 'C:\Windows\cmd.exe' }, condition: selection }"#,
      events: [(#"{"userAgent":"C:\\Windows\\cmd.exe"}"#, true)],
      language: "athena", text: #"LOWER(userAgent) = 'c:\\windows\\cmd.exe'"#, fault: .differs),
    Case(
      name: "escapes of LIKE leak into a later list",
      detection:
        "{ selection: { eventName|startswith: List, userAgent: [aws_sdk, boto_core] }, condition: selection }",
      events: [(#"{"eventName":"ListBuckets","userAgent":"aws_sdk"}"#, true)],
      language: "athena",
      text: #"LOWER(eventName) LIKE 'list%' ESCAPE '\' AND (LOWER(userAgent) IN ('aws\_sdk','boto\_core'))"#,
      fault: .differs),
    Case(
      name: "the literal is case-folded, the column lower-cased",
      detection: "{ selection: { userAgent: Straße }, condition: selection }",
      events: [(#"{"userAgent":"STRAßE"}"#, true), (#"{"userAgent":"strasse"}"#, false)],
      language: "athena", text: "LOWER(userAgent) = 'strasse'", fault: .differs),
    Case(
      name: "a boolean against a text column",
      detection: "{ selection: { readOnly: false }, condition: selection }",
      events: [(#"{"readOnly":false}"#, true), (#"{"readOnly":true}"#, false)],
      language: "athena", text: "readOnly = false", fault: .isRefused),
    // Uncoder: `!=` over a list is joined with OR.
    Case(
      name: "a negated list is always true",
      detection: "{ filter: { eventName|cased: [A, B] }, condition: not filter }",
      events: [(#"{"eventName":"A"}"#, false), (#"{"eventName":"C"}"#, true)],
      language: "athena", text: "eventName != 'A' OR eventName != 'B'", fault: .differs),
  ]

  /// pySigma-backend-splunk 2.1.0.
  static let splunk: [Case] = [
    Case(
      name: "an equality or a regular expression leaves a dangling OR",
      detection:
        "{ s1: { eventName: 'y' }, s2: { userAgent|re: foo }, condition: s1 or s2 }",
      events: [(#"{"userAgent":"foo"}"#, true), (#"{"eventName":"y"}"#, true)],
      language: "splunk",
      text: #"""
        eventName="y"
        | rex field=userAgent "(?<userAgentMatch>foo)"
        | eval userAgentCondition=if(isnotnull(userAgentMatch), "true", "false")
        | search OR userAgentCondition="true"
        """#, fault: .isRefused),
    Case(
      name: "a negated group loses the negation of its regular expression",
      detection:
        "{ sel: { eventName: x }, flt: { userAgent|re: foo, awsRegion: 'y' }, condition: sel and not flt }",
      events: [
        (#"{"eventName":"x","userAgent":"bar","awsRegion":"z"}"#, true),
        (#"{"eventName":"x","userAgent":"foo","awsRegion":"y"}"#, false),
      ],
      language: "splunk", text: "eventName=\"x\" NOT (awsRegion=\"y\")\n| regex userAgent=\"foo\"",
      fault: .differs),
    Case(
      name: "a literal star is no longer literal",
      detection: #"{ selection: { userAgent: 'arn:aws:s3:::b/\*' }, condition: selection }"#,
      events: [
        (#"{"userAgent":"arn:aws:s3:::b/*"}"#, true), (#"{"userAgent":"arn:aws:s3:::b/secret"}"#, false),
      ],
      language: "splunk", text: #"userAgent="arn:aws:s3:::b/\*""#, fault: .differs),
    Case(
      name: "one character becomes any run",
      detection: "{ selection: { eventName: 'a?c' }, condition: selection }",
      events: [(#"{"eventName":"abc"}"#, true), (#"{"eventName":"abbbc"}"#, false)],
      language: "splunk", text: #"eventName="a*c""#, fault: .differs),
    Case(
      name: "JSON null arrives as a text",
      detection: "{ selection: { errorCode: null }, condition: selection }",
      events: [
        (#"{"errorCode":null}"#, true), (#"{"eventName":"x"}"#, true), (#"{"errorCode":"a"}"#, false),
      ],
      language: "splunk", text: "NOT errorCode=*", fault: .differs),
    Case(
      name: "letter case is lost in a list",
      detection: "{ selection: { eventName|cased: [Abc, dEf] }, condition: selection }",
      events: [(#"{"eventName":"Abc"}"#, true), (#"{"eventName":"abc"}"#, false)],
      language: "splunk", text: #"eventName IN ("Abc", "dEf")"#, fault: .differs),
    Case(
      name: "a field reference minds letter case",
      detection: "{ selection: { eventName|fieldref: eventType }, condition: selection }",
      events: [
        (#"{"eventName":"X","eventType":"x"}"#, true), (#"{"eventName":"X","eventType":"y"}"#, false),
      ],
      language: "splunk", text: "*\n| where 'eventName'='eventType'", fault: .differs),
  ]

  static func rule(_ example: Case) throws -> Rule {
    let text = """
      title: Peer
      logsource:
        product: aws
        service: cloudtrail
      detection: \(example.detection)
      """
    var rule = try Compiler().load(Source(name: "peer.yml", text: text), from: .sigma)[0].rule
    // The events show the shape of the fields, as fixtures do.
    rule.fixtures = try example.events.map {
      Fixture(name: $0.0, expected: $0.1, event: try #require(Event(JSON.parse($0.0))))
    }
    return rule
  }

  @Test("our output agrees with the meaning", arguments: athena + splunk)
  func ours(_ example: Case) throws {
    let rule = try Self.rule(example)
    let events = rule.fixtures.map(\.event)
    let expected = rule.fixtures.map(\.expected)
    #expect(events.map { rule.condition.holds(of: $0) } == expected)
    let runner = try #require(Registry.runners.first { $0.identifier == example.language })
    let query = try Compiler().write(rule, in: runner)
    #expect(try runner.run(query.text, on: events, options: Compiler().options) == expected, "\(query.text)")
  }

  @Test("theirs does not", arguments: athena + splunk)
  func theirs(_ example: Case) throws {
    let rule = try Self.rule(example)
    let events = rule.fixtures.map(\.event)
    let runner = try #require(Registry.runners.first { $0.identifier == example.language })
    let query =
      example.language == "athena"
      ? "SELECT eventid FROM cloudtrail_logs WHERE \(example.text)" : example.text
    switch example.fault {
    case .isRefused:
      #expect(throws: Diagnostic.self) { try runner.run(query, on: events, options: Compiler().options) }
    case .differs:
      let verdicts = try runner.run(query, on: events, options: Compiler().options)
      #expect(verdicts != rule.fixtures.map(\.expected))
    }
  }
}
