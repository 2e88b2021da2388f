import ConcordDetection
import ConcordDocuments
import ConcordScan
import Testing

/// A rule's place, asked of events that carry it.
@Suite struct PlaceInEventsTests {
  static let host = PlaceFact("host", of: "splunk", isField: true)
  static let macro = PlaceFact("macro", of: "splunk", hasManyTexts: true)
  static let atHost = Condition.place(host, .text(.equals("dc01"), .ignored))
  static let byMacro = Condition.place(macro, .text(.equals("m"), .exact))

  @Test(
    "a field of the event decides, and what no field tells is taken as given",
    arguments: [
      (atHost, #"{"host":"DC01"}"#, true), (atHost, #"{"host":"h1"}"#, false), (atHost, "{}", true),
      (.not(atHost), #"{"host":"dc01"}"#, false), (.not(atHost), "{}", true), (byMacro, "{}", true),
      (.all([atHost, byMacro]), #"{"host":"h1"}"#, false), (.all([atHost, byMacro]), "{}", true),
    ] as [(Condition, String, Bool)])
  func decides(_ place: Condition, _ json: String, _ verdict: Bool) throws {
    var rule = Rule(id: "r", title: "r", condition: .always(true))
    rule.place = place
    let event = try #require(Event(try JSON.parse(json)))
    #expect(rule.conditionOnEvents.holds(of: event) == verdict)
  }
}
