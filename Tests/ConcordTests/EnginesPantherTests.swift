import Concord
import ConcordPanther
import Foundation
import TestSupport
import Testing

/// The emitted Python on CPython, with an event as Panther hands it over: `Tests/Engines/panther_rules.py`.
@Suite("Engines: Python in CPython", .waitsForPrograms)
struct EnginesPantherTests {
  private struct Request: Encodable {
    let programs: [String]
    let events: [String]
  }

  private struct Answer: Decodable {
    let results: [Result]

    enum Result: Decodable {
      case verdicts([Verdict])
      case failed(String)

      init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if let text = try? box.decode(String.self) {
          self = .failed(text)
        } else {
          self = .verdicts(try box.decode([Verdict].self))
        }
      }
    }

    enum Verdict: Decodable, Equatable {
      case says(Bool)
      case raises(String)

      init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if let verdict = try? box.decode(Bool.self) {
          self = .says(verdict)
        } else {
          self = .raises(try box.decode(String.self))
        }
      }
    }
  }

  private static let count = 100

  @Test("generated conditions have the meaning's verdicts on generated and boundary events")
  func generated() throws {
    var conditions = ConditionGenerator(seed: 71)
    var generator = EventGenerator(seed: 72)
    let shared = try Language.panther.kept(generator.events(120), options: LanguageOptions())
    var (requests, meant): ([Request], [[(event: Event, verdict: Bool)]]) = ([], [])
    for condition in conditions.conditions(Self.count) {
      let rule = Rule(id: "generated", title: "Generated", condition: condition)
      let program = try Language.panther.write(rule, options: LanguageOptions()).text
      let boundary = BoundaryEvents.events(for: condition, fixtures: []).prefix(60).map(\.event)
      let events = shared + (try Language.panther.kept(Array(boundary), options: LanguageOptions()))
      requests.append(
        Request(programs: [program], events: events.map { Value.object($0.object).compactJSON }))
      meant.append(events.map { ($0, condition.holds(of: $0)) })
    }
    let what = "\(Self.count) rules in Python on CPython"
    guard let answers = try Engine.run("panther_rules.py", requests, as: Answer.self, skipping: what) else {
      return
    }
    var (verdicts, matches) = (0, 0)
    for (index, answer) in answers.enumerated() {
      guard case .verdicts(let found)? = answer.results.first else {
        Issue.record("\(answer.results)\n\(requests[index].programs[0])")
        continue
      }
      for (event, one) in zip(meant[index], found) {
        verdicts += 1
        if event.verdict { matches += 1 }
        if one != .says(event.verdict) {
          Issue.record(
            "CPython: \(one) of \(Value.object(event.event.object).compactJSON)\n\(requests[index].programs[0])"
          )
          break
        }
      }
    }
    Engine.note("CPython: \(Self.count) rules, \(verdicts) verdicts, \(matches) matches")
    #expect(verdicts > 5_000 && matches > verdicts / 20)
  }

  @Test("hostile texts stay data in Python")
  func hostile() throws {
    let path = FieldPath("a")
    var (programs, conditions): ([String], [Condition]) = ([], [])
    let texts = HostileValues.all.filter { $0.utf8.count <= 300 }
    for text in texts {
      for letterCase in LetterCase.allCases {
        for pattern in [Pattern.equals(text), .contains(text), Pattern([.anyOne, .literal(text), .anyRun])] {
          let condition = Condition.test(path, .text(pattern, letterCase))
          conditions.append(condition)
          let rule = Rule(id: text, title: text, condition: condition)
          programs.append(try Language.panther.write(rule, options: LanguageOptions()).text)
        }
      }
    }
    let events = (texts + texts.map { "x" + $0 + "x" }).map {
      Event(Value.Object([.init("a", .string($0))]))
    }
    let request = Request(programs: programs, events: events.map { Value.object($0.object).compactJSON })
    let what = "\(programs.count) rules of hostile texts on CPython"
    guard let answer = try Engine.run("panther_rules.py", [request], as: Answer.self, skipping: what)?.first
    else { return }
    for (index, result) in answer.results.enumerated() {
      guard case .verdicts(let found) = result else {
        Issue.record("\(result)\n\(programs[index])")
        continue
      }
      let expected = events.map { Answer.Verdict.says(conditions[index].holds(of: $0)) }
      if found != expected { Issue.record("\(programs[index])") }
    }
    Engine.note("CPython: \(programs.count) rules of hostile texts on \(events.count) events")
  }
}
