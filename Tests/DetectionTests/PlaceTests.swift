import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

/// Semantics rows 14 and 15.
@Suite("Places")
struct PlaceTests {
  static let index = PlaceFact("index", of: "splunk")
  static let tag = PlaceFact("tag", of: "splunk", hasManyTexts: true)
  static let place = Place([.product: ["aws"], .service: ["cloudtrail"], tag: ["web", "proxy"]])

  @Test func factsAreNotFields() {
    let event = Event(Value.Object([Value.Object.Member("product", .string("aws"))]))
    #expect(!Condition.place(.product, .present).holds(of: event))
    #expect(Condition.test(FieldPath("product"), .present).holds(of: event))
    let inPlace = Event(Value.Object(), in: PlaceTests.place)
    #expect(Condition.place(.product, .present).holds(of: inPlace))
    #expect(!Condition.test(FieldPath("product"), .present).holds(of: inPlace))
    #expect(!Condition.anywhere(.contains("aws"), .exact).holds(of: inPlace))
  }

  @Test(
    "a question about a fact",
    arguments: [
      (PlaceFact.product, Atom.text(.equals("aws"), .exact), true),
      (.product, .text(.equals("AWS"), .exact), false),
      (.product, .text(.equals("AWS"), .ignored), true),
      (.product, .text(.prefix("a"), .exact), true),
      (.product, .present, true),
      (.category, .present, false),
      (.category, .text(.equals("aws"), .exact), false),
      (tag, .text(.equals("proxy"), .exact), true),
      (tag, .oneOf(["dns", "web"], .exact), true),
      (tag, .oneOf(["dns", "mail"], .exact), false),
      (.product, .sameAs(FieldPath("x"), .exact), false),
    ])
  func factsAnswer(_ fact: PlaceFact, _ atom: Atom, _ expected: Bool) {
    let event = Event(Value.Object(), in: PlaceTests.place)
    let asked = Condition.place(fact, atom)
    #expect(asked.holds(of: event) == expected)
    #expect(Condition.not(asked).holds(of: event) == !expected)
    #expect(asked.resolved(in: PlaceTests.place) == .always(expected))
    #expect(!asked.holds(of: Event(Value.Object())), "nothing is known of the place")
  }

  @Test(
    "log sources",
    arguments: [
      ([LogSource(product: "aws", service: "cloudtrail")], true),
      ([LogSource(product: "aws")], true),
      ([LogSource(product: "aws", service: "guardduty")], false),
      ([LogSource(product: "okta"), LogSource(product: "aws")], true),
      ([LogSource(platformName: "AWS.CloudTrail")], false),
      ([LogSource(product: "aws", platformName: "AWS.Other")], true),
      ([LogSource()], true),
      ([], true),
    ])
  func logSources(_ sources: [LogSource], _ expected: Bool) {
    var rule = Rule(id: "r", title: "r", condition: .always(true))
    rule.logSources = sources
    #expect(rule.detection.holds(of: Event(Value.Object(), in: PlaceTests.place)) == expected)
  }

  @Test func detection() {
    var rule = Rule(id: "r", title: "r", condition: .test(FieldPath("a"), .present))
    rule.logSources = [LogSource(product: "aws")]
    rule.place = .not(.place(PlaceTests.index, .text(.equals("test"), .ignored)))
    let object = Value.Object([Value.Object.Member("a", .string("x"))])
    let row: [(place: Place, object: Value.Object, holds: Bool)] = [
      (Place([.product: ["aws"], PlaceTests.index: ["main"]]), object, true),
      (Place([.product: ["aws"]]), object, true),
      (Place([.product: ["aws"], PlaceTests.index: ["TEST"]]), object, false),
      (Place([.product: ["okta"], PlaceTests.index: ["main"]]), object, false),
      (Place([.product: ["aws"]]), Value.Object(), false),
    ]
    for (place, object, holds) in row {
      #expect(rule.detection.holds(of: Event(object, in: place)) == holds, "\(place)")
    }
    var other = rule
    other.logSources = [LogSource(product: "okta")]
    #expect(rule.condition == other.condition)
    #expect(rule.detection != other.detection)
  }

  @Test func partsThatArePlaceAndEvent() {
    let mixed = Condition.all([
      .place(.product, .present),
      .any([.place(PlaceTests.index, .present), .test(FieldPath("a"), .present)]),
    ])
    #expect(mixed.facts == [.product, PlaceTests.index])
    #expect(mixed.asksOfEvent)
    #expect(!Condition.place(.product, .present).asksOfEvent)
    #expect(
      mixed.resolved(in: Place([.product: ["aws"]])) == .test(FieldPath("a"), .present),
      "what the place answers is gone")
  }
}
