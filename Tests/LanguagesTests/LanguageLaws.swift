import Concord
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import TestSupport
import Testing

/// A language that can be written, with what else it can do.
struct LawfulLanguage: Sendable, CustomTestStringConvertible {
  let writer: Language
  var identifier: String { writer.identifier }
  var testDescription: String { identifier }
  var reader: Language? { writer.reader == nil ? nil : writer }
  /// Compiling Swift takes seconds a text, so its own tests do, for many conditions at once.
  var runner: Language? { identifier == "swift" || writer.runner == nil ? nil : writer }

  static let all = Registry.writers.map { LawfulLanguage(writer: $0) }
  static let read = all.filter { $0.reader != nil }
  static let run = all.filter { $0.runner != nil }

  /// The options under which the pool's events are there: their table, for languages that read tables.
  static let options: LanguageOptions = {
    var options = LanguageOptions()
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return options
  }()

  /// The events that its platform keeps without loss.
  func kept(_ events: [Event]) throws -> [Event] {
    try writer.kept(events, options: Self.options)
  }

  /// The text of a rule, or why there is none.
  func written(_ rule: Rule) -> Result<String, Diagnostic> {
    do throws(Diagnostic) {
      return .success(try writer.write(rule, options: Self.options).text)
    } catch {
      return .failure(error)
    }
  }
}

/// What holds of every language of the registry, by what it can do.
@Suite("Laws of languages") struct LanguageLaws {
  /// Generated rules over the pool, half of them with fixtures that show the shapes of fields.
  private func rules(_ seed: UInt64, _ count: Int, events: [Event], depth: Int = 4) -> [Rule] {
    var options = ConditionGenerator.Options()
    options.depth = depth
    // One keyword makes most languages refuse the whole condition.
    options.questions.removeAll { $0 == .anywhere }
    var generator = ConditionGenerator(seed: seed, options: options)
    return (0..<count).map { number in
      let condition = generator.condition()
      var rule = Rule(id: "law-\(number)", title: "Law", condition: condition)
      rule.logSources = [.cloudTrail]
      let shown = number % 2 == 0 ? events.prefix(8) : []
      rule.fixtures = shown.map { Fixture(name: "shown", expected: condition.holds(of: $0), event: $0) }
      return rule
    }
  }

  private func events(_ seed: UInt64, _ count: Int) -> [Event] {
    var generator = EventGenerator(seed: seed)
    return generator.events(count)
  }

  @Test("what is written has the meaning's verdicts", arguments: LawfulLanguage.run, [1, 2, 3] as [UInt64])
  func meaning(_ language: LawfulLanguage, _ seed: UInt64) throws {
    let runner = try #require(language.runner)
    let events = try language.kept(events(seed + 100, 30))
    var (written, verdicts, hits) = (0, 0, 0)
    for rule in rules(seed, 150, events: events) {
      guard case .success(let text) = language.written(rule) else { continue }
      written += 1
      let found = try runner.run(text, on: events, options: LawfulLanguage.options)
      let meant = events.map(rule.condition.holds)
      #expect(found == meant, "\(text)")
      verdicts += found.count
      hits += found.count { $0 }
    }
    print(
      "\(language.identifier), seed \(seed): \(written) of 150 written, \(verdicts) verdicts, \(hits) true")
    #expect(written > 20 && hits > verdicts / 20 && hits < verdicts * 19 / 20)
  }

  @Test("what is written is read back to the same question", arguments: LawfulLanguage.read)
  func roundTrip(_ language: LawfulLanguage) throws {
    let reader = try #require(language.reader)
    let events = try language.kept(events(21, 40))
    var (read, same) = (0, 0)
    for rule in rules(22, 150, events: events) {
      guard case .success(let text) = language.written(rule) else { continue }
      let documents = try reader.read(Source(text: text), options: LawfulLanguage.options)
      let back = try #require(documents.first).rule.condition
      #expect(documents.count == 1)
      read += 1
      if back == rule.condition { same += 1 }
      // Another order or another spelling of the same: no event tells them apart.
      let boundary = BoundaryEvents.events(for: rule.condition, fixtures: []).map(\.event).prefix(60)
      let kept = try events + language.kept(Array(boundary))
      #expect(kept.allSatisfy { back.holds(of: $0) == rule.condition.holds(of: $0) }, "\(text)")
    }
    print("\(language.identifier): \(read) read back, \(same) to the same tree")
    #expect(read > 40)
  }

  @Test("the same rule gives the same bytes", arguments: LawfulLanguage.all)
  func bytes(_ language: LawfulLanguage) throws {
    let events = events(31, 8)
    for rule in rules(32, 40, events: events) {
      switch (language.written(rule), language.written(rule)) {
      case (.success(let first), .success(let second)): #expect(first.sameScalars(as: second))
      case (.failure(let first), .failure(let second)): #expect(first == second)
      case (.success, .failure), (.failure, .success): Issue.record("written once: \(rule.condition)")
      }
    }
  }

  @Test(
    "a refusal has a code of writing, help, and the place where the question stands",
    arguments: LawfulLanguage.all)
  func refusals(_ language: LawfulLanguage) throws {
    var generator = ConditionGenerator(seed: 41)
    var codes: [Diagnostic.Code: Int] = [:]
    for generated in generator.conditions(200) {
      let source = Source(name: "condition", text: Notation.print(generated))
      let condition = try Notation.parse(source).condition(reading: .literal)
      guard case .failure(let refusal) = language.written(Rule(id: "r", title: "t", condition: condition))
      else { continue }
      codes[refusal.code, default: 0] += 1
      #expect(refusal.severity == .error && refusal.code.phase == .targets, "\(refusal.message)")
      #expect(!refusal.message.isEmpty && !refusal.code.help.isEmpty)
      #expect(!refusal.labels.isEmpty, "\(refusal.code.name): \(refusal.message)")
    }
    print("\(language.identifier): refused \(codes.map { "\($0.key.name) \($0.value)" }.sorted())")
  }

  @Test("hostile texts stay data", arguments: LawfulLanguage.all)
  func hostile(_ language: LawfulLanguage) throws {
    let fields = [FieldPath("eventName"), try #require(FieldPath(steps: [.name("tags"), .each]))]
    var (written, refused) = (0, 0)
    for (index, text) in HostileValues.all.enumerated() where text.utf8.count <= 300 {
      let isArray = index % 4 == 3
      let texts = [text, text + "x", "x" + text, text + text, "", "other", text.uppercased(), "null", "x"]
      let events = try language.kept(
        [Event(Value.Object([])), Event(Value.Object([.init("eventName", .null)]))]
          + texts.map {
            let value = Value.string($0)
            return Event(
              Value.Object([isArray ? .init("tags", .array([.null, value])) : .init("eventName", value)]))
          })
      let patterns: [Pattern] = [
        .equals(text), .prefix(text), .suffix(text), .contains(text),
        Pattern([.literal(text), .anyRun, .literal(text)]), Pattern([.anyOne, .literal(text), .anyRun]),
      ]
      for letterCase in LetterCase.allCases {
        let atoms =
          patterns.map { Atom.text($0, letterCase) } + [.oneOf([text, text + "x", "other"], letterCase)]
        for atom in atoms {
          let condition = Condition.test(fields[isArray ? 1 : 0], atom)
          var rule = Rule(id: text, title: text, condition: condition)
          rule.logSources = [.cloudTrail]
          let query: String
          switch language.written(rule) {
          case .success(let text): query = text
          case .failure(let refusal):
            // A number that no double holds, a text too long for a query, or a wildcard beside a letter beyond U+FFFF
            // in an array, which Trino 414 does not match.
            #expect(
              [.numberRange, .tooLarge, .unspellableValue].contains(refusal.code), "\(refusal.message)")
            refused += 1
            continue
          }
          written += 1
          if let runner = language.runner {
            let found = try runner.run(query, on: events, options: LawfulLanguage.options)
            #expect(found == events.map(condition.holds), "\(query)")
          }
          if let reader = language.reader {
            let back = try reader.read(Source(text: query), options: LawfulLanguage.options)[0].rule.condition
            #expect(back == condition || events.allSatisfy { back.holds(of: $0) == condition.holds(of: $0) })
          }
        }
      }
    }
    print("\(language.identifier): \(written) hostile texts written, \(refused) refused")
    #expect(written > 3_000 && refused < 100)
  }

  @Test("broken text gets a placed diagnostic and breaks nothing", arguments: LawfulLanguage.read)
  func broken(_ language: LawfulLanguage) throws {
    let reader = try #require(language.reader)
    let events = events(51, 8)
    var random = SeededGenerator(seed: 52)
    let junk = Array("'\"`\\()[]{}|,;:*%=<>!-#/\n\t \u{0}é\u{202E}aZ09".unicodeScalars)
    var (tried, refused) = (0, 0)
    for rule in rules(53, 60, events: events, depth: 2) {
      guard case .success(let text) = language.written(rule) else { continue }
      for _ in 0..<4 {
        var scalars = Array(text.unicodeScalars)
        let place = random.number(0...(scalars.count - 1))
        switch random.number(0...3) {
        case 0: scalars.removeSubrange(place...)
        case 1: scalars.remove(at: place)
        case 2: scalars.insert(junk[random.number(0...(junk.count - 1))], at: place)
        default: scalars[place] = junk[random.number(0...(junk.count - 1))]
        }
        let source = Source(name: "broken", text: String(String.UnicodeScalarView(scalars)))
        // A text of comments alone has nothing to point at.
        if source.text.split(whereSeparator: \.isNewline).allSatisfy({ $0.hasPrefix("#") }) { continue }
        tried += 1
        do {
          _ = try reader.read(source, options: LawfulLanguage.options)
        } catch {
          refused += 1
          #expect(error.source == source && !error.labels.isEmpty, "\(error.message)\n\(source.text)")
        }
        if let runner = language.runner {
          // Refused or run; neither crashes.
          _ = try? runner.run(source.text, on: events, options: LawfulLanguage.options)
        }
      }
    }
    print("\(language.identifier): \(tried) broken texts, \(refused) refused")
    #expect(tried > 100 && refused > tried / 10)
  }
}
