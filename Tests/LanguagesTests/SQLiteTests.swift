import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import SQLiteLanguage
import TestSupport
import Testing

/// Statements on Python's own SQLite.
enum SQLite {
  struct Request: Encodable {
    var events: [String]
    var queries: [String]
  }
  struct Answer: Decodable {
    struct Result: Decodable {
      var verdicts: [Bool]?
      var error: String?
    }
    var results: [Result]
  }

  /// The verdict of each query on each event; `nil` where there is no Python.
  static func run(_ queries: [String], on events: [Event]) throws -> [[Bool]]? {
    let request = Request(events: events.map { Value.object($0.object).compactJSON }, queries: queries)
    let answers = try Engine.run(
      "sqlite_events.py", [request], as: Answer.self, skipping: "\(queries.count) statements of SQLite")
    return try answers?.first?.results.map { try #require($0.verdicts, "\($0.error ?? "")") }
  }
}

@Suite("A language in some hundred lines: SQLite") struct SQLiteTests {
  private let language = Language.sqlite

  private struct Written {
    var condition: Condition
    var query: String
  }

  private func events(_ seed: UInt64, _ count: Int = 200) throws -> [Event] {
    var options = EventGenerator.Options()
    options.mistyped = 20
    var generator = EventGenerator(seed: seed, options: options)
    let events = generator.events(count)
    return try language.kept(events, options: LanguageOptions())
  }

  private func written(_ seed: UInt64, _ questions: [ConditionGenerator.Question]) throws -> [Written] {
    var options = ConditionGenerator.Options()
    options.questions = questions
    options.fields = EventPool.leaves + EventPool.fields.filter { $0.path == FieldPath("userIdentity") }
    var generator = ConditionGenerator(seed: seed, options: options)
    return generator.conditions(200).compactMap { condition in
      let rule = Rule(id: "r", title: "t", condition: condition)
      return (try? language.write(rule, options: LanguageOptions())).map {
        Written(condition: condition, query: $0.text)
      }
    }
  }

  /// How many verdicts differ from the meaning, each said, and how many there are and hold.
  private func disagreements(
    _ conditions: [Written], _ events: [Event], say: Bool = true
  ) throws -> (count: Int, verdicts: Int, hits: Int)? {
    guard let answers = try SQLite.run(conditions.map(\.query), on: events) else { return nil }
    var (count, verdicts, hits) = (0, 0, 0)
    for (written, answer) in zip(conditions, answers) {
      for (event, verdict) in zip(events, answer) {
        verdicts += 1
        hits += verdict ? 1 : 0
        if verdict == written.condition.holds(of: event) { continue }
        if say, count == 0 {
          Issue.record("says \(verdict)\n\(written.query)\n\(Value.object(event.object).compactJSON)")
        }
        count += 1
      }
    }
    return (count, verdicts, hits)
  }

  @Test(
    "generated conditions have the meaning's verdict on generated events",
    arguments: 1...5 as ClosedRange<UInt64>)
  func meaning(_ seed: UInt64) throws {
    let conditions = try written(
      seed, [.present, .truthy, .equals, .pattern, .oneOf, .number, .sameAs, .anywhere])
    let events = try events(seed &+ 100)
    guard let found = try disagreements(conditions, events) else { return }
    print(
      "sqlite, seed \(seed): \(conditions.count) of 200 conditions written, \(events.count) of 200 events stored,",
      "\(found.verdicts) verdicts, \(found.hits) true, \(found.count) disagreements")
    #expect(found.count == 0)
    #expect(conditions.count > 80 && events.count > 100)
    #expect(found.hits > found.verdicts / 20 && found.hits < found.verdicts * 19 / 20)
  }

  /// The writing kit alone decides what NOT takes: nothing else writes `IS NOT TRUE`, and without it events are lost.
  @Test("NOT over NULL is decided by the kit") func negation() throws {
    let conditions = try written(9, [.equals, .pattern, .oneOf, .number, .truthy])
    let events = try events(109)
    let naive = conditions.map { written in
      Written(
        condition: written.condition,
        // IS FALSE is true of false alone, as a NOT is.
        query: written.query.replacing(" IS NOT TRUE", with: " IS FALSE"))
    }
    guard let found = try disagreements(conditions, events),
      let lost = try disagreements(naive, events, say: false)
    else { return }
    print("sqlite, NOT without the kit: \(lost.count) of \(lost.verdicts) verdicts differ")
    #expect(found.count == 0)
    #expect(lost.count > 1_000)
  }

  @Test("hostile texts stay data, as values and as names") func hostile() throws {
    let texts = HostileValues.all
    let field = FieldPath("a")
    var conditions: [Written] = []
    var refused: [Diagnostic.Code] = []
    for text in texts {
      for condition in [
        Condition.test(field, .text(.equals(text), .exact)), .test(field, .text(.contains(text), .ignored)),
        .test(FieldPath(text), .present), .test(FieldPath("b"), .oneOf([text, "x"], .ignored)),
      ] {
        do {
          let rule = Rule(id: text, title: text, condition: condition)
          let query = try language.write(rule, options: LanguageOptions())
          conditions.append(Written(condition: condition, query: query.text))
        } catch {
          refused.append(error.code)
        }
      }
    }
    let events = texts.flatMap { text in
      [Value.string(text), .null].map { value in
        Event(Value.Object([.init("a", .string(text)), .init("b", .string(text)), .init(text, value)]))
      }
    }
    let kept = try language.kept(events, options: LanguageOptions())
    guard let found = try disagreements(conditions, kept) else { return }
    print(
      "sqlite, hostile: \(conditions.count) written, \(refused.count) refused, \(kept.count) of",
      "\(events.count) events stored, \(found.verdicts) verdicts")
    #expect(found.count == 0)
    #expect(Set(refused) == [.unspellableValue, .fieldName])
    #expect(conditions.count > refused.count * 10 && kept.count > events.count * 7 / 10)
  }

  @Test("the largest condition is one that SQLite takes") func limits() throws {
    let question = Condition.test(FieldPath("a", "b"), .text(.equals("x"), .exact))
    let elements = try #require(FieldPath(steps: [.name("c"), .each, .name("d")]))
    let other = Condition.test(elements, .number(.less, Number(5)))
    var deep = question
    for level in 1..<8 {
      deep = .not(level % 2 == 0 ? .all([other, deep]) : .any([deep, other]))
    }
    let wide = Condition.any((0..<400).map { .test(FieldPath("f\($0)"), .number(.greater, Number($0))) })
    let events = try events(7, 20)
    let conditions = try [deep, wide].map { condition in
      let query = try language.write(
        Rule(id: "r", title: "t", condition: condition), options: LanguageOptions())
      return Written(condition: condition, query: query.text)
    }
    #expect(try disagreements(conditions, events)?.count ?? 0 == 0)
    for condition in [Condition.not(.any([deep, .all([question, other])])), .any([wide, question])] {
      #expect {
        try language.write(Rule(id: "r", title: "t", condition: condition), options: LanguageOptions())
      } throws: { error in
        [.tooDeep, .tooLarge].contains((error as? Diagnostic)?.code)
      }
    }
  }

  @Test(
    "what SQLite cannot express is refused",
    arguments: [
      ((try? PortableRegex("a+")).map { .test(FieldPath("a"), .regex($0)) }, .regexDiffers),
      (CIDR("10.0.0.0/8").map { .test(FieldPath("a"), .network($0)) }, .valueType),
      (.test(FieldPath("a"), .sameAs(FieldPath("b"), .ignored)), .letterCase),
      (.test(FieldPath("a"), .number(.less, Number(9_007_199_254_740_993))), .numberRange),
      (.test(FieldPath("a\"b"), .present), .fieldName),
      (.test(FieldPath("a"), .text(.equals("a\0"), .exact)), .unspellableValue),
      (.test(FieldPath("a"), .text(Pattern([.literal("\u{FFFD}"), .anyOne]), .exact)), .unspellableValue),
      (
        .test(FieldPath("a"), .text(.equals(String(repeating: "k", count: 9_000)), .ignored)), .tooLarge
      ),
      (.place(.product, .present), .placeNotMapped),
    ] as [(Condition?, Diagnostic.Code)])
  func refusals(_ condition: Condition?, _ code: Diagnostic.Code) throws {
    let condition = try #require(condition)
    #expect {
      try language.write(Rule(id: "r", title: "t", condition: condition), options: LanguageOptions())
    } throws: { error in
      (error as? Diagnostic)?.code == code
    }
  }
}
