import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import Foundation
import TestSupport
import Testing

@testable import ConcordSplunk

@Test func findsTwelveOfTheRealEvents() throws {
  guard let events = try CloudTrailCorpus.events() else { return }
  let splunk = Language.splunk
  let query = try splunk.write(modifyCompute, options: LanguageOptions())
  let verdicts = try splunk.run(query.text, on: events, options: LanguageOptions())
  #expect(events.count == 2900)
  #expect(verdicts.filter { $0 }.count == 12)
  #expect(verdicts == events.map { modifyCompute.condition.holds(of: $0) })
}

/// The 17 conditions of the catalogue: the search gives every fixture the verdict that the meaning gives it.
@Test func agreesOnTheAcceptedConditions() throws {
  guard let url = Shared.url("acceptance/conditions.jsonl") else {
    print("skipped: 17 conditions of the catalogue are not on this machine")
    return
  }
  let splunk = Language.splunk
  var (rules, verdicts, tested) = (0, 0, 0)
  for row in try JSON.lines(Source(text: try String(contentsOf: url, encoding: .utf8))) {
    guard case .object(let object) = row.value, case .string(let text)? = object["condition"],
      case .string(let id)? = object["id"], case .array(let items)? = object["fixtures"]
    else { continue }
    var reading = Reading.panther
    reading.crossFieldCompare = .same
    var rule = Rule(
      id: id, title: id, condition: try Notation.parse(Source(text: text)).condition(reading: reading))
    rule.fixtures = items.compactMap { item in
      guard case .object(let fixture) = item, case .string(let name)? = fixture["name"],
        let event = fixture["event"].flatMap(Event.init)
      else { return nil }
      return Fixture(name: name, expected: rule.condition.holds(of: event), event: event)
    }
    let query = try splunk.write(rule, options: LanguageOptions())
    let found = try splunk.run(query.text, on: rule.fixtures.map(\.event), options: LanguageOptions())
    #expect(found == rule.fixtures.map(\.expected), "\(query.text)")
    let shown = try SplunkParser.parse(
      Source(text: try splunk.selfTest(rule, options: LanguageOptions()).text))
    let rows = try SplunkRunner(query: shown).rows()
    tested += rows.filter { $0["actual"].text == $0["expected"].text }.count
    (rules, verdicts) = (rules + 1, verdicts + found.count)
  }
  print("\(rules) conditions, \(verdicts) fixtures, \(tested) rows of self-tests as expected")
  #expect(rules == 17 && verdicts == 65 && tested == 65)
}

/// A search that another compiler makes of a condition, and an event on which it differs.
struct PeersFault: Sendable, CustomTestStringConvertible {
  var what: String
  var search: String
  var condition: Condition
  var event: Event
  var testDescription: String { what }
}

/// Outputs of pySigma-backend-splunk 2.1.0, as its tests and runs show them.
@Test(arguments: [
  PeersFault(
    what: "a literal star needs a backslash in the event",
    search: #"resource="arn:aws:s3:::b/\*""#,
    condition: equals("resource", "arn:aws:s3:::b/*", .ignored),
    event: event(("resource", .string("arn:aws:s3:::b/*")))),
  PeersFault(
    what: "one character becomes any run", search: #"f="a*c""#,
    condition: matches("f", Pattern([.literal("a"), .anyOne, .literal("c")]), .ignored),
    event: event(("f", .string("abbbc")))),
  PeersFault(
    what: "a negated group with a regular expression loses its negation",
    search: "g=\"x\" NOT (h=\"y\")\n| regex f=\"foo\"",
    condition: .all([
      equals("g", "x", .ignored), .not(.all([matches("f", .contains("foo")), equals("h", "y", .ignored)])),
    ]),
    event: event(("g", .string("x")), ("h", .string("z")), ("f", .string("bar")))),
  PeersFault(
    what: "null is never absent", search: "NOT errorCode=*",
    condition: .not(.test(field("errorCode"), .present)), event: event(("errorCode", .null))),
  PeersFault(
    what: "a keyword is a token, not a part", search: #""foo""#,
    condition: matches("f", .contains("foo"), .ignored), event: event(("f", .string("xfoobar")))),
  PeersFault(
    what: "a number is its text", search: "f=5", condition: equals("f", "5", .ignored),
    event: event(("f", .number(Number("5.0") ?? Number(5))))),
])
func peersDifferWhereWeAgree(_ fault: PeersFault) throws {
  let splunk = Language.splunk
  let meant = fault.condition.holds(of: fault.event)
  let rule = Rule(id: "r", title: "t", condition: fault.condition)
  let ours = try splunk.write(rule, options: LanguageOptions()).text
  #expect(try splunk.run(ours, on: [fault.event], options: LanguageOptions()) == [meant])
  #expect(try splunk.run(fault.search, on: [fault.event], options: LanguageOptions()) == [!meant])
}
