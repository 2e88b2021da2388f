import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Foundation
import TestSupport
import Testing

@Suite("Recorded Windows events as they are recorded")
struct PipelineRegressionTests {
  /// Every rule must match its recorded event under the pipeline for such events: natively, and as Sigma text with
  /// the names that the pipeline gave.
  @Test("natively and by the runner")
  func matches() throws {
    let all = try RegressionCase.all()
    if all.isEmpty { return }
    let sigma = Language.sigma
    var options = LanguageOptions()
    options.sigma.pipelines = [
      try #require(sigma.shippedPipelines.first { $0.pipeline.name == "windows-evtx" }).pipeline
    ]
    options = try sigma.prepared(options)
    var (cases, natively, bySigma, withCondition) = (0, 0, 0, 0)
    for example in all {
      let path = example.path
      let documents = try sigma.read(Source(name: path, text: example.text), options: options)
      let events = example.recorded.compactMap(Event.init)
      #expect(events.count == example.recorded.count)
      let verdicts = events.map { event in documents.contains { $0.rule.condition.holds(of: event) } }
      var run = [Bool](repeating: false, count: events.count)
      for document in documents {
        let written = try sigma.write(document.rule, options: LanguageOptions()).text
        for (index, verdict) in try sigma.run(written, on: events, options: LanguageOptions()).enumerated() {
          run[index] = run[index] || verdict
        }
      }
      let native = verdicts.count { $0 }
      #expect(native >= example.minimum, "\(path)")
      #expect(run == verdicts, "\(path)")
      // The log source is part of the question: no other channel's event matches.
      let names = documents.flatMap(\.rule.condition.paths).map(\.description)
      withCondition += names.contains("Event.System.Channel") ? 1 : 0
      let elsewhere = events.map { $0.elsewhere }
      #expect(
        !elsewhere.contains { event in documents.contains { $0.rule.condition.holds(of: event) } }, "\(path)")
      cases += 1
      natively += native >= example.minimum ? 1 : 0
      bySigma += run.count { $0 } >= example.minimum ? 1 : 0
    }
    print("windows-evtx: \(cases) cases; match natively \(natively), by the runner \(bySigma)")
    #expect(cases == 87)
    #expect(withCondition == cases)
  }
}

extension Event {
  /// The same event in a channel that no log source has.
  fileprivate var elsewhere: Event {
    var root = object
    guard case .object(var record)? = root["Event"], case .object(var system)? = record["System"] else {
      return self
    }
    system["Channel"] = .string("Somewhere/Else")
    record["System"] = .object(system)
    root["Event"] = .object(record)
    return Event(root)
  }
}
