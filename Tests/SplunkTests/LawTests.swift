import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSplunk

/// What every language keeps to is in `Tests/LanguagesTests/LanguageLaws.swift`; this is SPL's own tree.
@Test(arguments: [11, 12] as [UInt64])
func readsBackWhatItPrints(_ seed: UInt64) throws {
  var options = ConditionGenerator.Options()
  options.depth = 5
  options.questions.removeAll { $0 == .anywhere || $0 == .some }
  var generator = ConditionGenerator(seed: seed, options: options)
  for condition in generator.conditions(150) {
    let rule = Rule(id: "r", title: "t", condition: condition)
    guard let (tree, _) = try? SplunkWriter.tree(rule, LanguageOptions()) else { continue }
    let text = SplunkPrinter.print(tree)
    let read = try SplunkParser.parse(Source(text: text))
    #expect(read == tree, "\(text)")
    #expect(SplunkPrinter.print(read) == text)
  }
}
