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
      return (condition, .success(try SplunkLanguage().write(rule, options: LanguageOptions())))
    } catch {
      return (condition, .failure(error))
    }
  }
}

@Test(arguments: [1, 2, 3, 4] as [UInt64])
func theSearchSaysWhatTheConditionMeans(_ seed: UInt64) throws {
  var generator = EventGenerator(seed: seed)
  let events = generator.events(40)
  var refused: [String: Int] = [:]
  var verdicts = 0
  var (wrong, corners) = (0, 0)
  for (condition, result) in written(seed, 400, depth: 4) {
    switch result {
    case .failure(let diagnostic): refused[diagnostic.code.rawValue, default: 0] += 1
    case .success(let query):
      do throws(Diagnostic) {
        let found = try SplunkLanguage().run(query.text, on: events, options: LanguageOptions())
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
  for (condition, _) in written(seed, 400, depth: 5) {
    let rule = Rule(id: "r", title: "t", condition: condition)
    guard let (tree, _) = try? SplunkWriter.tree(rule, LanguageOptions()) else { continue }
    let text = SplunkPrinter.print(tree)
    let read = try SplunkParser.parse(Source(text: text))
    #expect(read == tree, "\(text)")
    #expect(SplunkPrinter.print(read) == text)
  }
}
