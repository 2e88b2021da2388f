import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordSigma
import TestSupport
import Testing

@Suite("Recorded events that the public rules must match")
struct RegressionTests {
  @Test("natively and by the runner")
  func matches() throws {
    let cases = try RegressionCase.all()
    var (events, natively, bySigma) = (0, 0, 0)
    for example in cases {
      let source = Source(name: example.path, text: example.text)
      let documents = try Language.sigma.read(source, options: LanguageOptions())
      let native = example.events.count { event in
        documents.contains { $0.rule.condition.holds(of: event) }
      }
      let run = try Language.sigma.run(example.text, on: example.events, options: LanguageOptions())
        .count { $0 }
      #expect(native >= example.minimum, "\(example.path)")
      #expect(run == native, "\(example.path)")
      events += example.events.count
      natively += native >= example.minimum ? 1 : 0
      bySigma += run >= example.minimum ? 1 : 0
    }
    if cases.isEmpty { return }
    print(
      "regression: \(cases.count) cases, \(events) events; match natively \(natively), by the runner \(bySigma)"
    )
    #expect(cases.count == 87)
  }
}
