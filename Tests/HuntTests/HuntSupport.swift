import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import ConcordHunt
import ConcordLanguages
import Foundation

/// An engine that answers by a script: what each statement gives, one answer after the other, the last again and again.
final class ScriptedEngine: TableEngine, @unchecked Sendable {
  /// One answer: pages of rows, and how it ends.
  struct Answer: Sendable {
    var pages: [[[Value]]] = []
    /// What it ends with; `nil` for the end of the rows.
    var failure: Diagnostic?
    /// The bytes that it says it has read, before the pages.
    var bytes: Int?
    /// Whether it hangs, until it is stopped or its time is over.
    var hangs = false
  }

  let identifier = "scripted"
  let tellsBytes = true
  /// The columns of every answer.
  static let columns = ["rules", "eventtime", "name"]
  // Guarded by `lock`.
  private let lock = NSLock()
  private var answers: [String: [Answer]]
  private var asked: [String] = []
  private let refusal: Diagnostic?

  init(_ answers: [String: [Answer]], refusal: Diagnostic? = nil) {
    (self.answers, self.refusal) = (answers, refusal)
  }

  /// The statements that were run, in order.
  var statements: [String] { lock.withLock { asked } }

  func rows(of query: String) throws(Diagnostic) -> [Value.Object] { [] }

  func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
    lock.withLock { asked.append("check " + statement) }
    if let refusal { throw refusal }
  }

  func stream(
    _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let answer = lock.withLock { () -> Answer in
      asked.append(statement)
      guard var own = answers[statement], let first = own.first else { return Answer() }
      if own.count > 1 { own.removeFirst() }
      answers[statement] = own
      return first
    }
    let voice = EngineVoice(name: identifier)
    if let bytes = answer.bytes { control.progress(QueryProgress(bytes: bytes)) }
    try control.check(voice)
    for rows in answer.pages { try take(RowPage(columns: Self.columns, rows: rows)) }
    while answer.hangs {
      Thread.sleep(forTimeInterval: 0.01)
      try control.check(voice)
    }
    if let failure = answer.failure { throw failure }
    try take(RowPage(columns: Self.columns, rows: []))
  }

  /// A row: an event of that name, given with these labels.
  static func row(_ labels: [String]?, _ name: String, _ time: String = "2024-06-01T00:30:00Z") -> [Value] {
    [labels.map { .array($0.map(Value.string)) } ?? .null, .string(time), .string(name)]
  }
}

/// A run over such an engine: rules `a` and `b`, of events whose name begins so, in hours of 2024-06-01.
struct ScriptedRun {
  var hours = 1
  var options = Hunt.Options()
  var maxBytes: Int?
  var sample = false
  let engine: ScriptedEngine

  /// What came of it.
  struct Outcome {
    var printed = ""
    var tally = HuntTally()
    var whole = 0
    var disagreements: [Hunt.Disagreement] = []
    var failure: Diagnostic?
    var retries = 0
    var bytes: Int?
  }

  init(_ answers: [String: [ScriptedEngine.Answer]]) {
    engine = ScriptedEngine(answers)
    options.waits = [0.01, 0.01]
    options.seconds = 5
  }

  var slices: [TimeSlice] {
    let start = Instant("2024-06-01T00:00:00Z") ?? Instant(seconds: 0)
    return TimeSlice.slices(
      from: start, to: Instant(seconds: start.seconds + hours * 3600), of: 3600)
  }

  static let rules = ["a", "b"].map { name in
    Hunt.Rule(
      label: name,
      condition: .test(FieldPath("name"), .text(Pattern([.literal(name), .anyRun]), .exact)))
  }

  func hunt() -> Hunt {
    let isSampled = sample
    return Hunt(
      Self.rules, on: engine, options,
      statements: { slice in
        let hour = String(slice.since.text.dropFirst(11).prefix(2))
        let columns = [
          Evidence.Column(
            name: "name", keys: ["name"], type: .text, holdsJSON: (false, false), names: [])
        ]
        let evidence = Evidence(
          labels: "rules", columns: columns, time: "eventtime",
          sample: isSampled ? Query(text: "sample \(hour)") : nil)
        return [Hunt.Statement(text: hour, evidence: evidence, rules: [0, 1])]
      },
      render: { hit in
        Array("\(hit.event.object["name"]?.comparedText ?? "")\(hit.rules)\n".utf8)
      })
  }

  /// Runs it. `interrupt` is told the control at the beginning.
  func outcome(_ interrupt: (HuntControl) -> Void = { _ in }) -> Outcome {
    let control = HuntControl(maxBytes: maxBytes)
    interrupt(control)
    var outcome = Outcome()
    do throws(Diagnostic) {
      try hunt().run(slices, control) { (_, result) throws(Diagnostic) in
        try result.forEachPiece { piece in
          outcome.printed += String(decoding: piece, as: UTF8.self)
          return true
        }
        outcome.tally.add(result.tally)
        outcome.whole += 1
        outcome.disagreements += result.disagreements
      }
    } catch {
      outcome.failure = error
    }
    (outcome.retries, outcome.bytes) = (control.state.retries, control.state.bytes)
    return outcome
  }
}
