import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordVerification
import TestSupport
import Testing

@Suite("Boundary events")
struct BoundaryEventTests {
  /// Conditions of every kind of question, over every field, up to depth 6.
  private func conditions(
    _ count: Int, seed: UInt64, depth: Int,
    _ questions: [ConditionGenerator.Question] = ConditionGenerator.Question.allCases
  ) -> [Condition] {
    var options = ConditionGenerator.Options()
    options.questions = questions
    options.depth = depth
    var generator = ConditionGenerator(seed: seed, options: options)
    return generator.conditions(count)
  }

  @Test("the expected verdict is the meaning's")
  func expectedIsMeaning() {
    var events = 0
    for condition in conditions(60, seed: 1, depth: 3) {
      for made in BoundaryEvents.events(for: condition) {
        events += 1
        #expect(made.expected == condition.holds(of: made.event))
      }
    }
    #expect(events > 2_000)
  }

  @Test("a deciding pair differs in one field and in the verdict")
  func pairsDecide() {
    var (sites, pairs) = (0, 0)
    let all = conditions(60, seed: 2, depth: 3)
    // Keywords are apart: one is met by what another field holds, so many of them cannot decide.
    let plain = conditions(
      150, seed: 3, depth: 2, ConditionGenerator.Question.allCases.filter { $0 != .anywhere })
    for condition in all { _ = check(BoundaryEvents(for: condition), of: condition) }
    for condition in plain {
      let made = BoundaryEvents(for: condition)
      sites += made.pairs.count + made.undecided.count
      pairs += check(made, of: condition)
    }
    print("deciding pairs for \(pairs) of \(sites) questions of generated conditions")
    #expect(Double(pairs) > 0.75 * Double(sites))
  }

  private func check(_ made: BoundaryEvents, of condition: Condition) -> Int {
    for pair in made.pairs {
      #expect(condition.holds(of: pair.yes) != condition.holds(of: pair.no))
      #expect(pair.site.question.holds(of: pair.yes))
      #expect(!pair.site.question.holds(of: pair.no))
      for path in condition.paths where !overlaps(path, pair.site.path) {
        #expect(pair.yes.values(at: path).map(\.value) == pair.no.values(at: path).map(\.value))
      }
    }
    return made.pairs.count
  }

  private func overlaps(_ one: FieldPath, _ other: FieldPath?) -> Bool {
    guard let other else { return false }
    let (left, right) = (one.withoutEach.steps, other.withoutEach.steps)
    return left.starts(with: right) || right.starts(with: left)
  }

  @Test("the same input gives the same events")
  func deterministic() {
    for condition in conditions(30, seed: 3, depth: 3) {
      #expect(BoundaryEvents.events(for: condition) == BoundaryEvents.events(for: condition))
    }
  }

  private func test(_ name: String, _ atom: Atom) -> Condition { .test(FieldPath(name), atom) }
  private func equals(_ name: String, _ text: String) -> Condition {
    test(name, .text(.equals(text), .exact))
  }

  @Test("a question that another implies cannot be shown to decide")
  func implied() throws {
    let condition = Condition.all([
      test("action", .text(.prefix("ip_allow"), .exact)),
      test("action", .oneOf(["ip_allow.enable", "ip_allow.disable"], .exact)),
    ])
    let made = BoundaryEvents(for: condition)
    #expect(made.undecided.map(\.index) == [0])
    #expect(made.pairs.map(\.site.index) == [1])
  }

  @Test("several questions of one field are met together")
  func oneField() {
    let condition = Condition.all([
      test("name", .text(.prefix("pack_"), .exact)), test("name", .text(.contains("osx"), .exact)),
      test("name", .text(.suffix("_1"), .exact)), .not(test("name", .text(.contains("Keyboard"), .exact))),
      .any([equals("action", "added"), equals("action", "changed")]),
    ])
    let made = BoundaryEvents(for: condition)
    #expect(made.undecided.isEmpty)
    #expect(made.pairs.count == 6)
  }

  @Test("events are the fixture with one field changed")
  func fromFixtures() throws {
    let json = #"{"eventName":"Run","readOnly":false,"user":{"type":"Root","id":7},"extra":[1,2]}"#
    let event = try #require(Event(JSON.parse(json)))
    let condition = Condition.all([
      equals("eventName", "Run"), .not(test("readOnly", .truthy)),
      .test(FieldPath("user", "type"), .text(.equals("Root"), .exact)),
    ])
    let made = BoundaryEvents(for: condition, fixtures: [Fixture(name: "run", expected: true, event: event)])
    #expect(made.undecided.isEmpty)
    for pair in made.pairs { #expect(pair.yes == event || pair.no == event) }
    for boundary in made.events {
      let path = try #require(boundary.site.path)
      let others = condition.paths.filter { $0 != path }
      for other in others where boundary.kind != .absent {
        #expect(boundary.event.values(at: other).map(\.value) == event.values(at: other).map(\.value))
      }
      #expect(boundary.event.object["extra"] == event.object["extra"])
    }
  }

  @Test("every kind of probe of a text is there")
  func kindsOfText() {
    let made = BoundaryEvents.events(for: equals("a", "Client.Dry"))
    let kinds = Set(made.map(\.kind))
    #expect(
      kinds.isSuperset(of: [
        .decides, .absent, .null, .otherType, .letterCase, .nearMiss, .metacharacter, .empty,
      ]))
    let texts = made.map { $0.event.values(at: FieldPath("a")).compactMap(\.value.comparedText).joined() }
    for text in [
      "Client.Dr", "Client.Dryx", "xClient.Dry", "client.dry", "CLIENT.DRY", "ClientxDry", "", "Client.Dr*",
    ] {
      #expect(texts.contains(text), "\(text)")
    }
    #expect(Set(made.map(\.event)).count == made.count)
  }

  @Test("both sides of a number and of a network")
  func bounds() throws {
    let number = BoundaryEvents.events(for: test("n", .number(.greater, Number(50))))
    let numbers = number.compactMap { made in
      if case .number(let value)? = made.event.object["n"] {
        "\(value.shortest) \(made.expected)"
      } else {
        nil
      }
    }
    #expect(
      Set(numbers).isSuperset(of: ["50 false", "51 true", "49 false", "50.5 true", "50.00000000000001 true"]))
    let network = BoundaryEvents.events(for: test("ip", .network(try #require(CIDR("10.1.0.0/16")))))
    let addresses = network.compactMap { made in
      made.event.object["ip"]?.comparedText.map { "\($0) \(made.expected)" }
    }
    #expect(
      Set(addresses).isSuperset(of: [
        "10.1.0.0 true", "10.1.255.255 true", "10.0.255.255 false", "10.2.0.0 false", "::ffff:10.1.0.0 true",
        "AWS Internal false",
      ]))
  }

  @Test("arrays only where they are known")
  func arrays() throws {
    let plain = BoundaryEvents.events(for: equals("a", "x"))
    #expect(!plain.contains { if case .array? = $0.event.object["a"] { true } else { false } })
    let path = try #require(FieldPath(steps: [.name("a"), .each, .name("b")]))
    let made = BoundaryEvents.events(for: .test(path, .text(.equals("x"), .exact)))
    let sizes = Set(
      made.compactMap { if case .array(let items)? = $0.event.object["a"] { items.count } else { nil } })
    #expect(sizes == [0, 1, 2])
    #expect(made.contains { $0.kind == .array && $0.expected })
    #expect(made.contains { $0.kind == .array && !$0.expected })
  }

  @Test("two fields are compared, and keywords are found")
  func jointQuestions() {
    let same = Condition.all([equals("id", "240"), .not(test("actor", .sameAs(FieldPath("user"), .exact)))])
    #expect(BoundaryEvents(for: same).undecided.isEmpty)
    let keyword = Condition.all([
      .anywhere(.contains("mimikatz"), .ignored), .not(.anywhere(.contains("test"), .exact)),
    ])
    #expect(BoundaryEvents(for: keyword).undecided.isEmpty)
  }

  @Test("a rule with 100,000 texts stays small")
  func hugeRule() {
    let texts = (0..<100_000).map { "value-\($0)" }
    let condition = Condition.all([test("a", .oneOf(texts, .ignored)), equals("b", "x")])
    let made = BoundaryEvents(for: condition)
    #expect(made.events.count < 400)
    #expect(made.undecided.isEmpty)
    let many = Condition.any((0..<600).map { test("a", .text(.contains("value-\($0)-"), .exact)) })
    let sampled = BoundaryEvents(for: many)
    #expect(sampled.omittedSites == 600 - BoundaryEvents.siteLimit)
    #expect(sampled.events.count <= BoundaryEvents.eventLimit)
    #expect(sampled.pairs.count > 100)
    #expect(sampled.omittedEvents > 1_000)
    #expect(made.omittedEvents == 0)
  }

  /// What holds a value goes with it, and so do its neighbours; an array is made anew with one element.
  @Test(
    "a verdict is that of the whole event, whatever goes with a value",
    arguments: [
      (#"{"r":{"l":{"a":"x","b":"y"}}}"#, [.name("r"), .name("l")]),
      (#"{"r":{"l":[{"a":"x","b":"1"},{"a":"q","b":"y"}]}}"#, [.name("r"), .name("l"), .each]),
    ] as [(String, [FieldPath.Step])])
  func neighbours(_ text: String, _ parent: [FieldPath.Step]) throws {
    func asks(_ name: String, _ value: String) throws -> Condition {
      .test(try #require(FieldPath(steps: parent + [.name(name)])), .text(.equals(value), .exact))
    }
    let event = try #require(Event(try JSON.parse(text)))
    for condition in [
      Condition.any([try asks("a", "x"), .not(try asks("b", "y"))]),
      // A question that decides nothing is tried in the fixture itself.
      .any([.all([.not(try asks("b", "y")), try asks("a", "x")]), try asks("a", "x")]),
      .all([try asks("a", "x"), .not(try asks("b", "z"))]),
      .any([try asks("b", "y"), .not(try asks("a", "x"))]),
    ] {
      let fixture = Fixture(name: "f", expected: condition.holds(of: event), event: event)
      let made = BoundaryEvents(for: condition, fixtures: [fixture]).events
      #expect(made.count > 20)
      for boundary in made {
        #expect(boundary.expected == condition.holds(of: boundary.event), "\(boundary.purpose)")
      }
    }
  }

  @Test("where not all variations of a value are tried, the questions get others than one another")
  func sampleTurns() {
    let many = Condition.any((0..<100).map { test("a", .text(.contains("value-\($0)-"), .exact)) })
    let made = BoundaryEvents(for: many)
    #expect(made.omittedEvents > 0)
    #expect(made.events.count * 100 < 200_000)
    // Each variation that one such question has is there, if not of each question: by what is special about it, or the
    // very event, where another question made it for something else.
    let all = BoundaryEvents(for: test("a", .text(.contains("value-0-"), .exact)))
    let words = Set(made.events.map(\.purpose))
    let events = Set(made.events.map(\.event))
    for event in all.events where !words.contains(event.purpose) {
      #expect(events.contains(event.event), "\(event.purpose)")
    }
    #expect(words.count > 30)
  }
}
