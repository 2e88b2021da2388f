import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSigma

/// A field that has another name in each place where a rule's events stand.
@Suite("Names by place")
struct NamesByPlaceTests {
  /// Two fields of two names each, a field of two spellings in one place, and one of one name.
  static let pipeline = Source(
    name: "p.yml",
    text: """
      vars:
        'place:Image': windows/sysmon
        'place:Parent': windows/sysmon
        'place:NewProcessName': windows/security
        'place:CreatorProcessName': windows/security
        'place:d*': windows
      transformations:
        - type: add_condition
          conditions: {channel: Sysmon}
          rule_conditions: [{type: logsource, product: windows, service: sysmon}]
        - type: add_condition
          conditions: {channel: Security}
          rule_conditions: [{type: logsource, product: windows, service: security}]
        - type: add_condition
          conditions: [{channel: Sysmon, id: 1}, {channel: Security, id: 4688}]
          rule_conditions: [{type: logsource, product: windows, category: process_creation}]
        - {type: field_name_mapping, mapping: {channel: Channel, id: EventID}}
        - {type: field_name_mapping, mapping: {a: [Image, NewProcessName], r: [Parent, CreatorProcessName]}}
        - {type: field_name_mapping, mapping: {s: [d1, d2], o: O}}
      """)

  /// Where an event may stand: what it has besides, and what the rule's fields are called there.
  static let places: [(facts: Value.Object, names: [String: String])] = [
    (
      Value.Object([.init("Channel", .string("Sysmon")), .init("EventID", .number(Number(1)))]),
      ["a": "Image", "r": "Parent", "s": "d1", "o": "O"]
    ),
    (
      Value.Object([.init("Channel", .string("Security")), .init("EventID", .number(Number(4688)))]),
      ["a": "NewProcessName", "r": "CreatorProcessName", "s": "d2", "o": "O"]
    ),
  ]

  /// An event as it stands in that place.
  static func standing(_ event: Event, in place: (facts: Value.Object, names: [String: String])) -> Event {
    let members = event.object.members.map { Value.Object.Member(place.names[$0.key] ?? $0.key, $0.value) }
    return Event(Value.Object(place.facts.members + members))
  }

  /// Every item of the table of laws.
  static let items = [
    "a: x", "a: [x, y]", "a: 'x*'", "a|cased: X", "a|contains: x", "a|contains|all: [x, y]", "a|neq: x",
    "a|neq: [x, y]", "a|startswith|neq: x", "a|contains|all|neq: [x, y]", "a: null", "a: [null, x]",
    "a|neq: null", "a|neq: [null, x]", "a|exists: true", "a|exists: false", "a|exists|neq: false",
    "a|re: '^x'",
    "a|re|i|neq: '^x'", "a|windash: ' -x'", "a|contains|windash|neq: '-x'", "a|cidr: 10.0.0.0/8",
    "a|cidr|neq: 10.0.0.0/8", "a|gt: 5", "a: 7", "a|fieldref: r", "a|fieldref|neq: r", "a|fieldref: o",
    "o|fieldref: a", "o|fieldref|neq: [a, r]", "s: null", "s: [null, x]", "s|neq: x", "s|neq: null",
    "s|exists: false", "s|fieldref: a", "s|base64offset|contains: xyz", "a: x, r: null", "a: '*'",
    "a|all: [null, x]", "a: null, s: null, r|exists: true",
  ]
  static let conditions = ["s", "not s", "s and not t", "not (s or t)", "1 of s* and not 1 of t*"]

  static let events: [Event] = {
    let values: [Value?] = [
      nil, .null, .string(""), .string("x"), .string("X y"), .string(" -x"), .string("10.1.2.3"),
      .number(Number(7)), .array([.string("x"), .string("q")]), .array([.null]),
    ]
    var events: [Event] = []
    for (index, a) in values.enumerated() {
      for r in [nil, a, .string("x"), .null] {
        let others: [Value?] = [values[(index * 3 + 1) % values.count], a]
        for other in others {
          let fields: [(String, Value?)] = [("a", a), ("r", r), ("s", other), ("o", r ?? other)]
          events.append(
            Event(Value.Object(fields.compactMap { name, value in value.map { .init(name, $0) } })))
        }
      }
    }
    return events
  }()

  static func rule(_ item: String, _ condition: String) -> String {
    "title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {\(item)}\n"
      + "  t: {r: x, o: [null, y]}\n  condition: \(condition)\n"
  }

  @Test("an event matches in each place as the rule without a pipeline matches it", arguments: items)
  func law(_ item: String) throws {
    var options = LanguageOptions()
    options.sigma.pipelines = [Self.pipeline]
    for condition in Self.conditions {
      let text = Self.rule(item, condition)
      let plain = try Language.sigma.read(Source(text: text), options: LanguageOptions())[0].rule.condition
      let mapped = try Language.sigma.read(Source(text: text), options: options)[0].rule.condition
      let wanted = Self.events.map { plain.holds(of: $0) }
      for place in Self.places {
        let standing = Self.events.map { Self.standing($0, in: place) }
        let verdicts = standing.map { mapped.holds(of: $0) }
        let run = try SigmaRunner.run(text, through: [Self.pipeline], on: standing)
        for (index, event) in standing.enumerated() {
          let words = "\(item), \(condition): \(Value.object(event.object).compactJSON)"
          #expect(verdicts[index] == wanted[index], "\(words)")
          #expect(run[index] == wanted[index], "runner: \(words)")
        }
      }
    }
  }

  @Test("an event of another place is not asked")
  func otherPlace() throws {
    var options = LanguageOptions()
    options.sigma.pipelines = [Self.pipeline]
    let text = Self.rule("a: null", "s")
    let mapped = try Language.sigma.read(Source(text: text), options: options)[0].rule.condition
    let event = Event(
      Value.Object([.init("Channel", .string("System")), .init("EventID", .number(Number(1)))]))
    #expect(!mapped.holds(of: event))
    #expect(try SigmaRunner.run(text, through: [Self.pipeline], on: [event]) == [false])
  }

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let detection: String
    /// What is said; `nil` where the rule is read.
    let told: String?
    var help = ""
    var variables = ""
  }

  static let noPlace =
    "which name? `a` is `b` or `c`, and an event has one of them: none of the others is there, and this would hold of it"
  static let rows = [
    Row(testDescription: "positive", detection: "s: {a: x}\ncondition: s", told: nil),
    Row(testDescription: "present", detection: "s: {a|exists: true}\ncondition: s", told: nil),
    Row(testDescription: "twice negated", detection: "s: {a: x}\ncondition: not (not s)", told: nil),
    Row(
      testDescription: "negated", detection: "s: {a: x}\nt: {d: x}\ncondition: t and not s", told: noPlace,
      help: "give each a log source in the pipeline: `vars: {'place:b': windows/security}`"),
    Row(testDescription: "neq", detection: "s: {a|neq: x}\ncondition: s", told: noPlace),
    Row(testDescription: "null", detection: "s: {a: null}\ncondition: s", told: noPlace),
    Row(testDescription: "null among others", detection: "s: {a: [x, null]}\ncondition: s", told: noPlace),
    Row(testDescription: "absent", detection: "s: {a|exists: false}\ncondition: s", told: noPlace),
    Row(
      testDescription: "a pattern", detection: "s_1: {a: x}\nt: {d: x}\ncondition: t and not 1 of s_*",
      told: noPlace),
    Row(
      testDescription: "a reference", detection: "s: {d|fieldref: a}\nt: {d: x}\ncondition: t and not s",
      told:
        "which name? `d` is `b` or `c`, and an event has one of them: none of the others is there, and this would "
        + "hold of it"),
    Row(
      testDescription: "keywords are looked for in all",
      detection: "s: [x]\nt: {d: x}\ncondition: t and not s", told: nil),
    Row(
      testDescription: "spellings", detection: "s: {a: null}\ncondition: s", told: nil,
      variables: "'place:*': windows"),
    Row(
      testDescription: "one of two is stated", detection: "s: {a: null}\ncondition: s", told: noPlace,
      variables: "'place:b': windows/sysmon"),
    Row(
      testDescription: "a place that the pipeline does not know", detection: "s: {a: null}\ncondition: s",
      told: "the name `b` stands in events of `x/y`, and the pipeline does not say which these are",
      help: "add a condition for that log source with `add_condition`",
      variables: "'place:b': x/y, 'place:c': windows"),
  ]

  @Test("where no pipeline says where a name stands", arguments: rows)
  func unstated(_ row: Row) throws {
    var options = LanguageOptions()
    options.sigma.pipelines = [
      Source(
        name: "p.yml",
        text: "vars: {\(row.variables)}\ntransformations:\n"
          + "  - {type: field_name_mapping, mapping: {a: [b, c], null: [b, c]}}\n")
    ]
    let lines = row.detection.split(separator: "\n").map { "  \($0)\n" }.joined()
    let text = "title: t\nlogsource: {product: windows}\ndetection:\n\(lines)"
    let collection = Language.sigma.readAll(Source(text: text), options: options)
    let errors = collection.refused.flatMap(\.errors)
    #expect(errors.map(\.message) == (row.told.map { [$0] } ?? []))
    #expect(errors.allSatisfy { $0.code.rawValue == "E343" && !$0.labels.isEmpty })
    if !row.help.isEmpty { #expect(errors.first?.help.first == row.help) }
    #expect(collection.documents.count == (row.told == nil ? 1 : 0))
  }

  @Test("what the runner does not execute on events it refuses")
  func notExecuted() {
    let pipeline = Source(text: "transformations: [{type: set_value, value: x}]\n")
    let error = #expect(throws: Diagnostic.self) {
      try SigmaRunner.run(Self.rule("a: x", "s"), through: [pipeline], on: [])
    }
    #expect(error?.code.rawValue == "E914")
  }
}
