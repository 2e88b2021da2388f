import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines
import ConcordLanguages
import Foundation
import Testing

@testable import ConcordHunt

/// Runs over an engine that answers by a script.
@Suite("Hunts")
struct HuntTests {
  typealias Answer = ScriptedEngine.Answer

  private static func row(_ labels: [String]?, _ name: String) -> [Value] { ScriptedEngine.row(labels, name) }

  private static let lost = Diagnostic(.engineLost, "lost")
  private static let refused = Diagnostic(.engineRefused, "no")

  @Test("what the engine gives is printed slice by slice, and counted by rule and day")
  func plain() {
    var run = ScriptedRun([
      "00": [Answer(pages: [[Self.row(["a"], "ax")], [Self.row(["b"], "bx")]])],
      "01": [Answer(pages: [[Self.row(["a"], "ay")]])],
    ])
    run.hours = 3
    let outcome = run.outcome()
    #expect(outcome.printed == "ax[0]\nbx[1]\nay[0]\n")
    #expect(outcome.tally.events == 3 && outcome.tally.bytes == nil && outcome.whole == 3)
    #expect(outcome.tally.hits == [0: ["2024-06-01": 2], 1: ["2024-06-01": 1]])
    #expect(outcome.failure == nil && outcome.disagreements.isEmpty)
    #expect(run.engine.statements == ["00", "01", "02"])
  }

  /// A script, and what must come of it.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let answers: [Answer]
    var printed = ""
    var failure: Diagnostic.Code?
    var retries = 0
    var asked = 1
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "what was given before a failure counts once",
      answers: [
        Answer(pages: [[row(["a"], "ax"), row(["a"], "ay")]], failure: lost),
        Answer(pages: [[row(["a"], "ax")], [row(["a"], "ay")]]),
      ], printed: "ax[0]\nay[0]\n", retries: 1, asked: 2),
    Case(
      name: "not reached, twice",
      answers: [
        Answer(failure: Diagnostic(.engineUnreachable, "gone")), Answer(failure: lost),
        Answer(pages: [[row(["b"], "b")]]),
      ], printed: "b[1]\n", retries: 2, asked: 3),
    Case(
      name: "tried again no more often than that", answers: [Answer(failure: lost)], failure: .engineLost,
      retries: 2, asked: 3),
    Case(
      name: "what does not pass ends the run at once",
      answers: [Answer(pages: [[row(["a"], "ax")]], failure: refused)], failure: .engineRefused),
    Case(
      name: "a row that is none",
      answers: [Answer(pages: [[[.string("a"), .string(""), .string("ax")]]])], failure: .answerNotUnderstood),
  ]

  @Test("failures", arguments: cases)
  func failures(_ item: Case) {
    let run = ScriptedRun(["00": item.answers])
    let outcome = run.outcome()
    #expect(outcome.printed == item.printed)
    #expect(outcome.failure?.code == item.failure)
    #expect(outcome.whole == (item.failure == nil ? 1 : 0))
    #expect(outcome.retries == item.retries)
    #expect(run.engine.statements.count == item.asked)
  }

  @Test("a slice that fails ends the run, and those before it are whole")
  func later() {
    var run = ScriptedRun([
      "00": [Answer(pages: [[Self.row(["a"], "ax")]])], "01": [Answer(failure: Self.refused)],
      "02": [Answer(pages: [[Self.row(["a"], "az")]])],
    ])
    run.hours = 4
    for concurrency in 1...3 {
      run.options.concurrency = concurrency
      let outcome = run.outcome()
      #expect(outcome.printed == "ax[0]\n" && outcome.whole == 1 && outcome.failure?.code == .engineRefused)
    }
  }

  @Test("several slices at once come in their order")
  func concurrency() {
    var answers: [String: [Answer]] = [:]
    for hour in 0..<24 {
      let name = hour < 10 ? "0\(hour)" : "\(hour)"
      answers[name] = [Answer(pages: [[Self.row(["a"], "a\(name)")]])]
    }
    var run = ScriptedRun(answers)
    run.hours = 24
    run.options.concurrency = 4
    let outcome = run.outcome()
    #expect(outcome.printed == (0..<24).map { "a\($0 < 10 ? "0" : "")\($0)[0]\n" }.joined())
    #expect(Set(run.engine.statements).count == 24)
  }

  @Test("an event of which the engine says something else than the rules is told, and is no hit")
  func disagreements() throws {
    let outcome = ScriptedRun([
      "00": [
        Answer(pages: [
          [
            Self.row(["a"], "bx"), Self.row(["a", "b"], "a1"), Self.row(["a"], "a2"),
            Self.row(["z", "a"], "a3"),
            Self.row([], "a4"),
          ]
        ])
      ]
    ]).outcome()
    #expect(outcome.printed == "a1[0]\na2[0]\na3[0]\n")
    let told = outcome.disagreements.map {
      "\($0.event.object["name"]?.comparedText ?? "") \($0.given) \($0.expected)"
    }
    #expect(
      told == [
        #"bx ["a"] ["b"]"#, #"a1 ["a", "b"] ["a"]"#, #"a3 ["z", "a"] ["a"]"#, #"a4 [] ["a"]"#,
      ])
    #expect(outcome.failure == nil && outcome.whole == 1)
  }

  @Test("events of a sample that match must come back")
  func sample() {
    let sample = [Self.row(nil, "ax"), Self.row(nil, "other"), Self.row(nil, "bx")]
    var run = ScriptedRun([
      "sample 00": [Answer(pages: [sample])], "00": [Answer(pages: [[Self.row(["a"], "ax")]])],
    ])
    run.sample = true
    let outcome = run.outcome()
    #expect(outcome.tally.sampled == 3)
    #expect(outcome.disagreements.map(\.expected) == [["b"]])
    #expect(outcome.disagreements.map(\.given) == [[]])
    #expect(outcome.printed == "ax[0]\n")
  }

  @Test("it ends once the engine has read as much as it may")
  func scanLimit() {
    var run = ScriptedRun([
      "00": [Answer(pages: [[Self.row(["a"], "ax")]], bytes: 60)], "01": [Answer(bytes: 60)],
    ])
    run.hours = 3
    run.maxBytes = 100
    let outcome = run.outcome()
    // E716
    #expect(outcome.failure?.code == .scanLimitReached)
    #expect(outcome.failure?.code.rawValue == "E716")
    #expect(outcome.whole == 1 && outcome.printed == "ax[0]\n" && outcome.bytes == 120)
    #expect(run.engine.statements == ["00", "01"])
  }

  @Test("an end that is asked for is heard by a query that hangs, and says what is whole")
  func interrupt() {
    var run = ScriptedRun(["01": [Answer(pages: [[Self.row(["a"], "ax")]], hangs: true)]])
    run.hours = 3
    let engine = run.engine
    let outcome = run.outcome { control in
      let thread = Thread {
        while !engine.statements.contains("01") { Thread.sleep(forTimeInterval: 0.01) }
        control.stop()
      }
      thread.start()
    }
    #expect(outcome.whole == 1 && outcome.printed.isEmpty && outcome.failure == nil)
  }

  @Test("a query's time is bounded")
  func deadline() {
    var run = ScriptedRun(["00": [Answer(hangs: true)]])
    run.options.seconds = 0.2
    #expect(run.outcome().failure?.code == .engineTimeout)
  }

  @Test("statements are checked before any is run, and what is refused ends the run")
  func validation() {
    let slice = ScriptedRun([:]).slices[0]
    let engine = ScriptedEngine([:], refusal: Diagnostic(.queryFailed, "no column"))
    var run = ScriptedRun([:])
    run.sample = true
    let hunt = Hunt(
      ScriptedRun.rules, on: engine, run.options, statements: run.hunt().statements, render: { _ in [] })
    #expect(throws: Diagnostic.self) { try hunt.validate(slice, HuntControl()) }
    #expect(engine.statements == ["check 00"])
    #expect(throws: Never.self) { try run.hunt().validate(slice, HuntControl()) }
    #expect(run.engine.statements == ["check 00", "check sample 00"])
  }

  @Test("results larger than memory's share go through a file")
  func spool() throws {
    let spool = SliceSpool()
    let piece = [UInt8](repeating: 0x61, count: 300_000)
    for _ in 0..<8 { try spool.append(piece) }
    try spool.append([0x62])
    var size = 0
    var last: UInt8 = 0
    try spool.forEachPiece { bytes in
      size += bytes.count
      last = bytes.last ?? 0
      return true
    }
    #expect(size == 2_400_001 && last == 0x62)
    spool.clear()
    try spool.forEachPiece { _ in
      Issue.record("not empty")
      return true
    }
  }
}
