import Concord
import Foundation
import TestSupport
import Testing

/// The checks can fail: each writer is broken in ten small ways, and verification catches every one with an event.
@Suite("Broken writers are caught")
struct BrokenWritersTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let language: String
    let name: String
    /// The rule's condition, in the notation as it stands.
    let condition: String
    /// What the broken writer writes in place of what.
    let (from, to): (String, String)
    var testDescription: String { "\(language): \(name)" }

    init(_ language: String, _ name: String, _ condition: String, _ from: String, _ to: String) {
      self.language = language
      self.name = name
      self.condition = condition
      (self.from, self.to) = (from, to)
    }
  }

  /// The language with one fault in its writer.
  static func broken(_ whole: Language, by fault: Fault) -> Language {
    var broken = whole
    broken.writer = { (rule, options) throws(Diagnostic) in
      var query = try whole.write(rule, options: options)
      query.text = query.text.replacingOccurrences(of: fault.from, with: fault.to)
      return query
    }
    return broken
  }

  static let athena: [Fault] = [
    Fault(
      "athena", "COALESCE is dropped", #"not (errorCode eq "x" or userAgent contains "y")"#,
      #"NOT COALESCE("errorcode" = 'x' OR "useragent" LIKE '%y%' ESCAPE '\', FALSE)"#,
      #"NOT ("errorcode" = 'x' OR "useragent" LIKE '%y%' ESCAPE '\')"#),
    Fault("athena", "a negated equality forgets NULL", #"errorCode ne "x""#, #""errorcode" IS NULL OR "#, ""),
    Fault("athena", "an escape of LIKE is lost", #"eventName starts_with "a%b""#, #"\%"#, "%"),
    Fault("athena", "`_` is not escaped", #"eventName ends_with "a_b""#, #"\_"#, "_"),
    Fault(
      "athena", "precedence is swapped",
      #"""
      (awsRegion eq "a" or eventName starts_with "b")
      eventType eq "c"
      """#, #"("awsregion" = 'a' OR "eventname" LIKE 'b%' ESCAPE '\')"#,
      #""awsregion" = 'a' OR "eventname" LIKE 'b%' ESCAPE '\'"#),
    Fault(
      "athena", "case is folded on one side", #"eventName eq "Run" nocase"#, #"lower("eventname")"#,
      #""eventname""#),
    Fault("athena", "the last value of a list is lost", #"eventName in ["a", "b", "c"]"#, ", 'c'", ""),
    Fault("athena", "a bound is off by one", "apiVersion ge 5", ">= 5", "> 5"),
    Fault("athena", "truthy forgets 0", "readOnly is_truthy", "'', 'false', '0'", "'', 'false'"),
    Fault("athena", "any element becomes all", #"resources[].ARN eq "x""#, "any_match", "all_match"),
    Fault("athena", "a network is too wide", #"sourceIPAddress cidr_match "10.0.0.0/8""#, "/8", "/7"),
    Fault("athena", "an anchor is lost", #"eventName regex_match "^a.c""#, #"\Aa"#, "a"),
  ]

  static let splunk: [Fault] = [
    Fault(
      "splunk", "`!=` for NOT", #"errorCode ne "x""#, #"if(raw_errorCode="x", 1, 0)=0"#,
      #"raw_errorCode!="x""#),
    Fault("splunk", "the end is not anchored", #"eventName ends_with "x""#, #"x\\z"#, "x"),
    Fault("splunk", "the start is not anchored", #"eventName starts_with "x""#, #""^x"#, #""x"#),
    Fault("splunk", "a dot is live", #"eventName contains "a.b""#, "[.]", "."),
    Fault(
      "splunk", "case is folded on one side", #"eventName eq "Run" nocase"#, "lower(raw_eventName)",
      "raw_eventName"),
    Fault(
      "splunk", "precedence is swapped",
      #"""
      (awsRegion eq "a" or eventName starts_with "b")
      eventType eq "c"
      """#, #"(raw_awsRegion="a" OR match(raw_eventName, "^b"))"#,
      #"raw_awsRegion="a" OR match(raw_eventName, "^b")"#),
    Fault("splunk", "the last value of a list is lost", #"eventName in ["a", "b", "c"]"#, #", "c""#, ""),
    Fault("splunk", "a bound is off by one", "apiVersion ge 5", ">=5", ">5"),
    Fault("splunk", "absence is not asked", "errorCode exists", "isnotnull(", "isnull("),
    Fault(
      "splunk", "the base search is too narrow", #"eventName starts_with "Run""#,
      #"sourcetype="aws:cloudtrail""#,
      #"sourcetype="aws:cloudtrail" "RunInstances""#),
    Fault("splunk", "a network is too wide", #"sourceIPAddress cidr_match "10.0.0.0/8""#, "/8", "/7"),
  ]

  static let sigma: [Fault] = [
    Fault("sigma", "letter case is lost", #"eventName eq "Run""#, "|cased", ""),
    Fault("sigma", "not is dropped", #"not (errorCode eq "x")"#, "not ", ""),
    Fault("sigma", "the wrong end", #"eventName ends_with "x""#, "endswith", "startswith"),
    Fault("sigma", "a star is live", #"eventName eq "a*b""#, #"\*"#, "*"),
    Fault("sigma", "null is forgotten", "readOnly is_falsy", "readOnly: null", "readOnly: 'no'"),
    Fault("sigma", "a bound is off by one", "apiVersion ge 5", "|gte", "|gt"),
    Fault("sigma", "exists is turned round", "errorCode exists", "exists: true", "exists: false"),
    Fault(
      "sigma", "all becomes one", #"not (errorCode eq "x" or userAgent eq "y")"#, "not 1 of", "not all of"),
    Fault("sigma", "the last value of a list is lost", #"eventName in ["a", "b", "c"]"#, "- c\n", "- b\n"),
    Fault("sigma", "a network is too wide", #"sourceIPAddress cidr_match "10.0.0.0/8""#, "/8", "/7"),
  ]

  static let swift: [Fault] = [
    Fault("swift", "not is dropped", #"not (errorCode eq "x")"#, "!event.at", "event.at"),
    Fault("swift", "the end is cut", #"eventName ends_with "xy""#, #".hasSuffix("xy")"#, #".hasSuffix("y")"#),
    Fault(
      "swift", "and becomes or",
      #"""
      eventName eq "a"
      awsRegion eq "b"
      """#, "&& event", "|| event"),
    Fault("swift", "the last value of a list is lost", #"eventName in ["a", "b", "c"]"#, #", "c""#, ""),
    Fault(
      "swift", "another field", #"userIdentity.type eq "Root""#, #""userIdentity", "type""#,
      #""userIdentity", "arn""#),
    Fault("swift", "a bound is moved", "apiVersion ge 5", "atLeast: 5.0", "atLeast: 5.5"),
    Fault("swift", "a literal is empty", #"errorCode eq "x""#, #".is("x")"#, #".is("")"#),
    Fault(
      "swift", "a network is too wide", #"sourceIPAddress cidr_match "10.0.0.0/8""#, "prefix: 8", "prefix: 7"),
    Fault("swift", "letter case is changed", #"eventName eq "Run""#, #".is("Run")"#, #".is("run")"#),
    Fault("swift", "a literal is changed", #"eventName contains "a.b""#, #""a.b""#, #""a_b""#),
  ]

  @Test("with an event that shows it", arguments: athena + splunk + sigma + swift)
  func caught(_ fault: Fault) throws {
    let condition = try Notation.parse(Source(text: fault.condition)).condition(reading: .literal)
    var rule = Rule(id: "Broken", title: "Broken", condition: condition)
    rule.logSources = [.cloudTrail]
    let language = try #require(Registry.languages.named(fault.language))
    let options = LanguageOptions()
    let text = try language.write(rule, options: options).text
    try #require(text.contains(fault.from), "the writer writes what the fault changes: \(text)")

    let probes = BoundaryEvents.events(for: condition).map { Probe(name: $0.purpose, event: $0.event) }
    func agreement(_ language: Language) -> Agreement {
      Agreement(of: rule, on: probes, targets: [language], options: options)
    }
    let whole = agreement(language)
    #expect(whole.verdict(of: whole.columns[0]) == .tested)

    let target = Self.broken(language, by: fault)
    let broken = agreement(target)
    // An event on which the platform's answer is not known shows the fault as well as a wrong answer does.
    if case .failed(_, _, let probe?) = broken.columns[0].outcome {
      #expect(probes.indices.contains(probe))
      return
    }
    let index = try #require(
      broken.firstDisagreement(of: fault.language), "no event shows it: \(broken.columns[0].outcome)")
    // Every step of the reduction compiles a Swift program; the event itself is the proof.
    if fault.language == "swift" { return }
    let found = Disagreement(of: rule, on: probes[index].event, target: target, options: options)
    let counterexample = try #require(found)
    #expect(counterexample.part.holds(of: counterexample.event) == counterexample.meaning)
    #expect(counterexample.event.object.members.count <= probes[index].event.object.members.count)
  }
}
