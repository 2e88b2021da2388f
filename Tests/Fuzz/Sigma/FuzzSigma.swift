import Concord
import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordVerification

/// A question that is derived from more tests than this takes too long for a fuzzer.
private let atomLimit = 10
private let eventLimit = 40

/// What is refused is refused at a place. A rule that is read says the same as its text when it is run, and as what
/// is written for it, on the events that its tests turn on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSigma(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  guard let collection = try? Compiler().loadAll(Source(text: text), from: .sigma) else { return 0 }
  for refused in collection.refused {
    precondition(!refused.refusals.isEmpty)
    for refusal in refused.refusals + refused.warnings {
      precondition(refusal.source != nil)
      _ = DiagnosticRenderer().render(refusal)
    }
  }
  let documents = collection.documents
  for document in documents { document.warnings.forEach { _ = DiagnosticRenderer().render($0) } }
  let events = documents.flatMap { boundary($0.rule.condition) }
  if collection.refused.isEmpty, !documents.isEmpty { run(text, documents, events) }
  for document in documents { write(document.rule, events) }
  return 0
}

private func boundary(_ condition: Condition) -> [Event] {
  guard atoms(condition) <= atomLimit else { return [] }
  return BoundaryEvents(for: condition, fixtures: []).events.prefix(eventLimit).map(\.event)
}

private func run(_ text: String, _ documents: [RuleDocument], _ events: [Event]) {
  let verdicts = try? Language.sigma.run(text, on: events, options: LanguageOptions())
  let meant = events.map { event in documents.contains { $0.rule.condition.holds(of: event) } }
  precondition(verdicts == meant, text)
}

private func write(_ rule: Rule, _ events: [Event]) {
  let query: Query
  do {
    query = try Compiler().write(rule, in: .sigma)
  } catch {
    precondition(error.code.rawValue.hasPrefix("E4"), error.message)
    return
  }
  guard let again = try? Compiler().load(Source(text: query.text), from: .sigma) else {
    preconditionFailure(query.text)
  }
  precondition(again.count == 1, query.text)
  let condition = again[0].rule.condition
  precondition(events.allSatisfy { condition.holds(of: $0) == rule.condition.holds(of: $0) }, query.text)
}

private func atoms(_ condition: Condition) -> Int {
  switch condition.kind {
  case .always: 0
  case .test, .anywhere, .place: 1
  case .some(_, let operand), .not(let operand): atoms(operand)
  case .all(let operands), .any(let operands): operands.reduce(0) { $0 + atoms($1) }
  }
}
