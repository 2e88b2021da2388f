import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordSplunk

/// Generated rules and what the writer makes of them.
private func written(_ seed: UInt64, _ count: Int, depth: Int) -> [(Condition, Result<Query, Diagnostic>)] {
  var options = ConditionGenerator.Options()
  options.depth = depth
  options.questions.removeAll { $0 == .anywhere }
  var generator = ConditionGenerator(seed: seed, options: options)
  return (0..<count).map { _ in
    let condition = generator.condition()
    let rule = Rule(id: "r", title: "t", condition: condition)
    do throws(Diagnostic) {
      return (condition, .success(try Language.splunk.write(rule, options: LanguageOptions())))
    } catch {
      return (condition, .failure(error))
    }
  }
}

@Test(arguments: [1, 2, 3, 4] as [UInt64])
func theSearchSaysWhatTheConditionMeans(_ seed: UInt64) throws {
  var generator = EventGenerator(seed: seed)
  let events = generator.events(25)
  var refused: [String: Int] = [:]
  var verdicts = 0
  var (wrong, corners) = (0, 0)
  for (condition, result) in written(seed, 200, depth: 4) {
    switch result {
    case .failure(let diagnostic): refused[diagnostic.code.rawValue, default: 0] += 1
    case .success(let query):
      do throws(Diagnostic) {
        let found = try Language.splunk.run(query.text, on: events, options: LanguageOptions())
        for (event, verdict) in zip(events, found) where verdict != condition.holds(of: event) {
          wrong += 1
          if wrong < 6 {
            Issue.record("\(query.text)\n\(Value.object(event.object).compactJSON)\nsearch: \(verdict)")
          }
        }
        verdicts += found.count
      } catch {
        corners += 1
        if corners < 4 { Issue.record("\(query.text)\n\(error.message) \(error.help)") }
      }
    }
  }
  print("seed \(seed): \(verdicts) verdicts, \(wrong) wrong, \(corners) corners, refused \(refused)")
  #expect(wrong == 0 && corners == 0)
}

@Test(arguments: [11, 12] as [UInt64])
func readsBackWhatItPrints(_ seed: UInt64) throws {
  for (condition, _) in written(seed, 150, depth: 5) {
    let rule = Rule(id: "r", title: "t", condition: condition)
    guard let (tree, _) = try? SplunkWriter.tree(rule, LanguageOptions()) else { continue }
    let text = SplunkPrinter.print(tree)
    let read = try SplunkParser.parse(Source(text: text))
    #expect(read == tree, "\(text)")
    #expect(SplunkPrinter.print(read) == text)
  }
}

@Test(arguments: [21, 22] as [UInt64])
func theReaderGivesTheConditionBack(_ seed: UInt64) throws {
  var generator = EventGenerator(seed: seed)
  let events = generator.events(40)
  var (read, same) = (0, 0)
  for (condition, result) in written(seed, 200, depth: 4) {
    guard case .success(let query) = result else { continue }
    let back = try Language.splunk.read(Source(text: query.text), options: LanguageOptions())[0].rule
      .condition
    read += 1
    if back == condition { same += 1 }
    for event in events where back.holds(of: event) != condition.holds(of: event) {
      Issue.record("\(query.text)\n\(Value.object(event.object).compactJSON)\n\(back)")
      break
    }
  }
  print("seed \(seed): \(read) read back, \(same) to the same tree")
  #expect(read > 50)
}

/// Every way in which a text can be asked for.
private func questions(_ text: String, _ path: String) -> [Condition] {
  let patterns: [Pattern] = [
    .equals(text), .prefix(text), .suffix(text), .contains(text),
    Pattern([.literal(text), .anyRun, .literal(text)]), Pattern([.anyOne, .literal(text), .anyRun]),
  ]
  return LetterCase.allCases.flatMap { letterCase in
    patterns.map { matches(path, $0, letterCase) }
      + [.test(field(path), .oneOf([text, text + "x", "other"], letterCase))]
  }
}

/// The texts that decide whether a hostile value was taken as syntax.
private func probes(_ text: String, inArray: Bool) -> [Event] {
  let texts = [text, text + "x", "x" + text, text + text, "", "other", text.uppercased(), "null", "x"]
  return [event(), event(("a", .null))]
    + texts.map { event(("a", inArray ? .array([.null, .string($0)]) : .string($0))) }
}

@Test func hostileValuesStayData() throws {
  var (values, queries, refused) = (0, 0, 0)
  for (index, text) in HostileValues.all.enumerated() where text.utf8.count <= 300 {
    values += 1
    let inArray = index % 4 == 3
    let events = probes(text, inArray: inArray)
    for condition in questions(text, inArray ? "a[]" : "a") {
      let rule = Rule(id: text, title: text, condition: condition)
      let query: Query
      do {
        query = try Language.splunk.write(rule, options: LanguageOptions())
      } catch {
        // Texts of numbers that no double holds, which Splunk would compare as another.
        #expect(error.code == .numberRange, "\(error.message)")
        refused += 1
        continue
      }
      queries += 1
      let found = try Language.splunk.run(query.text, on: events, options: LanguageOptions())
      #expect(found == events.map(condition.holds), "\(query.text)")
      let back = try Language.splunk.read(Source(text: query.text), options: LanguageOptions())[0].rule
      #expect(
        back.condition == condition
          || events.allSatisfy {
            back.condition.holds(of: $0) == condition.holds(of: $0)
          }, "\(query.text)")
    }
  }
  print("\(values) values in \(queries) searches, \(refused) refused")
  #expect(values >= 200 && refused == 16)
}
