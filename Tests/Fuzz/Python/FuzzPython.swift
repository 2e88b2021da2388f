import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordPanther

/// A rule's class in Python is read, or refused at a place: nothing that stands in it ends the compiler.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPython(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  let collection = Language.panther.readAll(Source(name: "a.py", text: text), options: LanguageOptions())
  for refused in collection.refused {
    precondition(!refused.refusals.isEmpty)
    for refusal in refused.refusals {
      precondition(refusal.source != nil && !refusal.labels.isEmpty, refusal.message)
      _ = DiagnosticRenderer().render(refusal)
    }
  }
  let event = Event(Value.Object([.init("a", .string(text))]))
  _ = try? Language.panther.run(text, on: [event], options: LanguageOptions())
  for document in collection.documents {
    for warning in document.warnings { _ = DiagnosticRenderer().render(warning) }
    for fixture in document.rule.fixtures { _ = document.rule.condition.holds(of: fixture.event) }
  }
  return 0
}
