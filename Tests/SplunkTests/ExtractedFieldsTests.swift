import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSplunk

/// Searches over fields that an add-on extracts.
@Suite struct ExtractedFieldsTests {
  static var options: LanguageOptions {
    var options = LanguageOptions()
    options.splunk.extractedFields = true
    options.splunk.source = "index=win"
    return options
  }

  private func search(_ condition: Condition) throws -> String {
    let rule = Rule(id: "r", title: "t", condition: condition)
    let text = try Language.splunk.write(rule, options: Self.options).text
    return text.split(separator: "\n").filter { !$0.hasPrefix("```") }.joined(separator: "\n")
  }

  @Test(
    "what `search` takes for no field is asked by `where` alone, and not read as one",
    arguments: ["latest", "_index_earliest", "daysago", "starttime", "timeformat", "tag", "savedsearch"])
  func words(_ name: String) throws {
    let image = Condition.test(field("Image"), .text(.equals("a"), .exact))
    let text = try search(.all([image, .test(field(name), .text(.equals("b"), .exact))]))
    #expect(text == "index=win Image=\"a\"\n| where\n  Image=\"a\"\n  AND \(name)=\"b\"")
    let source = Source(text: "index=win Image=a \(name)=b")
    if let rule = Language.splunk.readAll(source, options: Self.options).documents.first?.rule {
      #expect(
        rule.condition == .test(field("Image"), .text(.equals("a"), .ignored)) && rule.place != .always(true))
    }
  }

  @Test func readsFieldsAsTheyAre() throws {
    let code = Condition.test(field("EventCode"), .text(.equals("1"), .ignored))
    let source = Condition.test(field("source"), .text(.equals("XmlWinEventLog:Security"), .exact))
    let image = Condition.test(field("Image"), .text(.suffix(#"\a.exe"#), .ignored))
    #expect(
      try search(.all([code, source, image]))
        == #"""
        index=win EventCode=1 source="XmlWinEventLog:Security"
        | where
          match(EventCode, "^1\\z")
          AND source="XmlWinEventLog:Security"
          AND match(lower(Image), "\\x5ca[.]exe\\z")
        """#)
    #expect(
      try search(.all([.not(.test(field("Threat Name"), .present)), image])).contains("isnull('Threat Name')")
    )
  }

  @Test func elementsOfArraysAreNoFieldsOfAnAddOn() throws {
    let path = try #require(FieldPath(steps: [.name("items"), .each, .name("id")]))
    let error = #expect(throws: Diagnostic.self) { try search(.test(path, .text(.equals("x"), .exact))) }
    #expect(error?.code.rawValue == "E418")
  }

  @Test func theBaseSearchNamesOnlyWhatIsCertain() throws {
    func base(_ text: String, _ letterCase: LetterCase) throws -> String {
      let lines = try search(.test(field("f"), .text(.equals(text), letterCase))).split(separator: "\n")
      return String(lines[0])
    }
    #expect(try base("a b/c", .exact) == #"index=win f="a b/c""#)
    #expect(try base("OR", .exact) == #"index=win f="OR""#)
    #expect(try base("abc", .ignored) == #"index=win f="abc""#)
    // U+212A has the lower case of k, U+0130 that of i, and `search` need not know.
    for text in ["kb", "bi", "é"] { #expect(try base(text, .ignored) == "index=win") }
    // A wildcard, an escape, a quote, a macro, a token, a network.
    for text in ["a*", #"a\b"#, "a\"b", "a`b", "$a$", "", "é", "10.0.0.0/8"] {
      #expect(try base(text, .exact) == "index=win")
    }
  }

  /// What a condition says of its index, the base search, and the codes of the notes.
  static let indexes: [(condition: Condition, base: String, notes: [String])] = [
    (index("win", .ignored), "index=win", []), (index("Network", .ignored), "index=network", []),
    (index("win", .exact), "index=win", []),
    (.test(field("index"), .oneOf(["a", "_b-1"], .ignored)), #"(index=a OR index="_b-1")"#, []),
    (.any([index("a", .ignored), index("b", .ignored)]), "(index=a OR index=b)", []),
    // No index has such a name, or the condition holds in others too.
    (index("Win", .exact), "index=*", ["N443"]), (index("a b", .ignored), "index=*", ["N443"]),
    (.not(index("a", .ignored)), "index=*", ["N443"]),
    (.any([index("a", .ignored), .test(field("f"), .present)]), "index=*", ["N443", "N441"]),
    (.test(field("index"), .text(.prefix("win"), .ignored)), "index=*", ["N443"]),
  ]
  private static func index(_ name: String, _ letterCase: LetterCase) -> Condition {
    .test(field("index"), .text(.equals(name), letterCase))
  }

  @Test("the index that a condition asks for is where the search looks", arguments: indexes)
  func index(_ row: (condition: Condition, base: String, notes: [String])) throws {
    var options = Self.options
    options.splunk.source = nil
    let rule = Rule(id: "r", title: "t", condition: row.condition)
    let query = try Language.splunk.write(rule, options: options)
    let lines = query.text.split(separator: "\n").filter { !$0.hasPrefix("```") }
    #expect(lines.first == row.base[...])
    #expect(query.notes.map(\.code.rawValue) == row.notes)
    // Events in JSON may have a field of that name, which is not Splunk's.
    options.splunk.extractedFields = false
    #expect(try Language.splunk.write(rule, options: options).text.contains("\nindex=*"))
  }

  @Test("that a field holds one value is said, and a fixture that has an array is a refusal")
  func singleValues() throws {
    for (value, code) in [(nil, "N441"), (#""x""#, "N454"), (#"["x"]"#, "E418")] as [(String?, String)] {
      var rule = Rule(id: "r", title: "t", condition: .not(.test(field("f"), .text(.equals("x"), .exact))))
      if let value {
        let event = try #require(Event(try JSON.parse(#"{"f": \#(value)}"#)))
        rule.fixtures = [Fixture(name: "f", expected: false, event: event)]
      }
      do {
        let notes = try Language.splunk.write(rule, options: Self.options).notes
        #expect(notes.map(\.code.rawValue) == [code], "\(value ?? "")")
      } catch {
        #expect(error.code.rawValue == code, "\(value ?? "")")
      }
    }
  }

  @Test(arguments: [31, 32, 33] as [UInt64])
  func theSearchSaysWhatTheConditionMeans(_ seed: UInt64) throws {
    var settings = ConditionGenerator.Options()
    settings.depth = 4
    settings.questions.removeAll { $0 == .anywhere || $0 == .some }
    var generator = ConditionGenerator(seed: seed, options: settings)
    var source = EventGenerator(seed: seed)
    let events = source.events(25)
    var (verdicts, wrong, refused) = (0, 0, 0)
    for _ in 0..<150 {
      let nested = generator.condition()
      let condition = nested.mapPaths { FieldPath($0.names.joined(separator: "_")) }
      let flat = events.map { Self.flat($0, nested.paths) }
      let rule = Rule(id: "r", title: "t", condition: condition)
      guard let query = try? Language.splunk.write(rule, options: Self.options) else {
        refused += 1
        continue
      }
      #expect(try Language.splunk.kept(flat, options: Self.options) == flat)
      let found = try Language.splunk.run(query.text, on: flat, options: Self.options)
      for (event, verdict) in zip(flat, found) where verdict != condition.holds(of: event) {
        wrong += 1
        if wrong < 4 {
          Issue.record("\(query.text)\n\(Value.object(event.object).compactJSON)\nsearch: \(verdict)")
        }
      }
      verdicts += found.count
    }
    print("extracted fields, seed \(seed): \(verdicts) verdicts, \(wrong) wrong, \(refused) rules refused")
    #expect(verdicts > 1_000)
  }

  /// The event as an add-on's fields: for each path its first value that is one, under its names joined.
  private static func flat(_ event: Event, _ paths: [FieldPath]) -> Event {
    var object = Value.Object()
    for path in paths {
      let name = path.names.joined(separator: "_")
      let values = event.values(at: path).map(\.value).filter { value in
        switch value {
        case .bool, .number, .string, .malformedString: true
        case .null, .array, .object: false
        }
      }
      if object[name] == nil, let first = values.first { object[name] = first }
    }
    return Event(object)
  }

  @Test func aFixtureIsARowOfFields() throws {
    var rule = Rule(id: "r", title: "t", condition: .test(field("Image"), .text(.suffix("a"), .ignored)))
    rule.fixtures = [
      Fixture(name: "one", expected: true, event: event(("Image", .string("A")), ("n", .null)))
    ]
    let text = try Language.splunk.selfTest(rule, options: Self.options).text
    #expect(text.contains(#"[{\"fixture\":\"one\",\"expected\":\"true\",\"Image\":\"A\"}]"#))
    rule.fixtures[0].event = event(("Image", .string("A")), ("n", .array([.string("A")])))
    let error = #expect(throws: Diagnostic.self) {
      try Language.splunk.selfTest(rule, options: Self.options)
    }
    #expect(error?.code.rawValue == "E411")
    #expect(error?.message == "the fixture `one` is not a flat event")
    #expect(try Language.splunk.kept([rule.fixtures[0].event], options: Self.options).isEmpty)
    #expect(try Language.splunk.kept([rule.fixtures[0].event], options: LanguageOptions()).count == 1)
  }
}
