import Concord
import ConcordTesting
import Foundation
import TestSupport
import Testing

/// What the build plugin makes of the rules of a package: the tool that it runs, on the rules of the example.
@Suite("Rules in Swift packages")
struct RulesToolTests {
  static let example = Shared.root.appending(path: "Examples/SwiftPackagePlugin")
  static let rules = example.appending(path: "Sources/Watcher/Rules")

  private func tool(_ arguments: [String]) throws -> Command.Result {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return try Command.run(tests.appending(path: "concord-rules").path, arguments, capturingErrors: true)
  }

  private static var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: rules.path).sorted().map {
        rules.appending(path: $0).path
      }
    }
  }

  @Test("rules become predicates by name, with their fixtures") func predicates() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let output = scratch.url.appending(path: "Rules.swift").path
    let made = try tool([output] + (try Self.files))
    #expect(made.status == 0, "\(String(decoding: made.errors, as: UTF8.self))")
    let main = try scratch.file(
      "main.swift",
      Data(
        """
        for event in [#"{"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}"#, "{}"] {
          if let event = Event(json: event) { print(Rules.trailStopped(event), Rules.rootSignsIn(event)) }
        }
        for rule in Rules.all {
          for fixture in rule.fixtures {
            print(rule.id, fixture.name, Event(json: fixture.json).map(rule.matches) == fixture.expected)
          }
        }

        """.utf8))
    let program = scratch.url.appending(path: "rules").path
    let compiled = try Command.run(
      "/usr/bin/env", ["swiftc", "-swift-version", "6", "-o", program, main.path, output],
      capturingErrors: true)
    #expect(compiled.status == 0, "\(String(decoding: compiled.errors, as: UTF8.self))")
    let result = try Command.run(program, [], capturingErrors: true)
    #expect(
      String(decoding: result.output, as: UTF8.self) == """
        true false
        false false
        Example.Trail.Stopped A trail is stopped true
        Example.Trail.Stopped It could not be true

        """)
  }

  static let faults: [(change: @Sendable (String) -> String, message: String)] = [
    (
      { $0.replacing("DeleteTrail", with: "x").replacing("StopLogging\", \"x", with: "x") },
      ":12:5: error: the fixture `A trail is stopped` expects true, the condition says false [E501]"
    ),
    ({ $0.replacing("eventName in", with: "eventName amongst") }, ":8:13: error: "),
    ({ _ in "AnalysisType: rule\n" }, ":1:1: error: "),
  ]

  @Test("a rule that is wrong fails, at its place, and so does a fixture", arguments: faults.indices)
  func fails(_ index: Int) throws {
    let fault = Self.faults[index]
    let text = try String(contentsOf: Self.rules.appending(path: "trail-stopped.yml"), encoding: .utf8)
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file("rule.yml", Data(fault.change(text).utf8))
    let output = scratch.url.appending(path: "Rules.swift").path
    let made = try tool([output, file.path])
    let errors = String(decoding: made.errors, as: UTF8.self)
    #expect(made.status == 1)
    #expect(errors.contains(file.path + fault.message), "\(errors)")
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("a test target's file replays the fixtures of its modules") func tests() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let output = scratch.url.appending(path: "RuleTests.swift")
    #expect(try tool([output.path, "--test", "Watcher"]).status == 0)
    let text = try String(contentsOf: output, encoding: .utf8)
    #expect(
      text.contains("import Watcher\n") && text.contains("@Test(arguments: Watcher.Rules.all.indices)"),
      "\(text)")
    #expect(try tool([]).status == 3)
  }

  @Test("the example is a package") func example() throws {
    #expect(try describedPackage(Self.example).contains("ConcordRules"))
  }

  @Test("fixtures and translations as arguments of tests") func testing() throws {
    let fixtures = try RuleFixtures.of(Self.rules.path)
    #expect(
      fixtures.map(\.description) == [
        "Example.Trail.Stopped: A trail is stopped", "Example.Trail.Stopped: It could not be",
      ])
    #expect(fixtures.allSatisfy { $0.holds })
    #expect(fixtures[1].why.contains("errorCode"), "\(fixtures[1].why)")
    let translations = try RuleFixtures.translations(of: Self.rules.path, to: [.splunk, .athena, .sigma])
    #expect(translations.count == 6)
    #expect(translations.allSatisfy { $0.agrees && $0.verdict == .proved }, "\(translations)")
    #expect(throws: (any Error).self) { try RuleFixtures.of("/nowhere") }
  }
}
