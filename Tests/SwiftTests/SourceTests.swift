import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSwift
import Foundation
import TestSupport
import Testing

/// What is asked here takes `swiftc`, which every machine has that builds this package.
@Suite("Swift source")
struct SourceTests {
  let options = LanguageOptions(compilerVersion: "0.0.0")

  static func event(_ text: String) throws -> Event { try #require(Event(JSON.parse(text))) }

  static func rules(_ conditions: [Condition]) -> [Rule] {
    conditions.enumerated().map { Rule(id: "r.\($0)", title: "Rule \($0)", condition: $1) }
  }

  /// Every part of the runtime in one rule.
  static func everything() throws -> Rule {
    Rule(
      id: "Everything", title: "Every question: once",
      condition: .all([
        .test(FieldPath("eventSource"), .text(.equals("ec2.amazonaws.com"), .exact)),
        .test(
          FieldPath("eventName"), .oneOf(["RunInstances", "TerminateInstances", "StopInstances"], .ignored)),
        .not(.test(FieldPath("errorCode"), .truthy)),
        .any([
          .test(FieldPath("a"), .regex(try PortableRegex("^x[0-9a-f]{2,3}(foo|bar|\\w+)$"))),
          .test(FieldPath("n"), .number(.less, Number(5))),
          .test(FieldPath("a"), .network(try #require(CIDR("10.0.0.0/9")))),
          .test(FieldPath("a"), .network(try #require(CIDR("2001:db8::/33")))),
          .anywhere(.contains("needle"), .ignored),
          .not(
            .any([
              .test(
                FieldPath("a"), .text(Pattern([.literal("A"), .anyOne, .literal("b"), .anyRun]), .ignored)),
              .test(FieldPath("b"), .sameAs(FieldPath("c"), .exact)),
              .test(try #require(FieldPath(steps: [.name("list"), .each, .name("x")])), .present),
              .test(FieldPath("a"), .text(.prefix(String(repeating: "long ", count: 60)), .exact)),
              .test(FieldPath("a"), .text(.suffix("end"), .exact)),
              .test(
                FieldPath("averylongname", "anotherverylongname", "andanother", "last"),
                .oneOf(["1", "2"], .exact)),
            ])),
        ]),
      ]))
  }

  @Test func passesTheFormatterAndCompilesWithoutAWord() throws {
    let query = try Language.swift.write(try SourceTests.everything(), options: options)
    let program = try SwiftProgram(
      source: query.text, types: ["EveryQuestionOnce"], eventType: "EveryQuestionOnce.Event")
    defer { program.remove() }
    #expect(program.compilerMessages == "")
    #expect(try formatterFindings(query.text) == "")
  }

  /// What the formatter, in strict mode with the project's settings, has to say.
  func formatterFindings(_ text: String) throws -> String {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = try scratch.file("Rule.swift", Data(text.utf8))
    let settings = Shared.root.appendingPathComponent(".swift-format").path
    let result = try Command.run(
      "/usr/bin/env", ["swift", "format", "lint", "--strict", "--configuration", settings, file.path],
      capturingErrors: true)
    return String(decoding: result.output + result.errors, as: UTF8.self)
  }

  @Test func runsTheTextAlone() throws {
    let query = try Language.swift.write(try SourceTests.everything(), options: options)
    let events = [
      #"{"eventSource":"ec2.amazonaws.com","eventName":"runinstances","a":"xabfoo"}"#,
      #"{"eventSource":"ec2.amazonaws.com","eventName":"RUNINSTANCES","a":"xab-","b":1,"c":["2",1.0]}"#,
      #"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","a":"10.127.0.1","b":1,"c":1}"#,
      #"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","a":"10.128.0.1","b":1,"c":1}"#,
      #"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","errorCode":"Denied","a":"xabfoo"}"#,
      #"{"eventName":"RunInstances","a":"xabfoo"}"#,
    ]
    let verdicts = try Language.swift.run(query.text, on: events.map(SourceTests.event), options: options)
    #expect(verdicts == [true, false, true, false, false, false])
  }

  /// What is wrong with the machine, and with a text that nobody wrote by `write`.
  @Test func saysWhatKeepsItFromRunning() throws {
    func failure(_ body: () throws -> Void) -> String? {
      let error = #expect(throws: Diagnostic.self, performing: body)
      return error.map { "\($0.code.rawValue) \($0.message)" }
    }
    let rule = "public enum R {\n  public struct Event { init?(json: String) {} }\n"
    func run(_ matches: String) throws {
      _ = try Language.swift.run(
        rule + "  public static func matches(_ event: Event) -> Bool { \(matches) }\n}\n",
        on: [Event(Value.Object())], options: options)
    }
    #expect(failure { try run("no") } == "E711 the Swift source does not compile")
    #expect(
      failure { try run("fatalError()") }?.hasPrefix(
        "E712 the compiled Swift program did not give a verdict on each event: it ended with status ")
        ?? false)

    func compile(in folder: URL) throws {
      _ = try SwiftProgram(source: rule + "}", types: [], eventType: "R.Event", searchPath: folder.path)
    }
    let scratch = try Scratch()
    defer { scratch.remove() }
    let folder = try scratch.file("swiftc", Data("#!/no/such/shell\n".utf8)).deletingLastPathComponent()
    #expect(
      failure { try compile(in: folder) }
        == "E710 there is no `swiftc` on the search path, so Swift source cannot be run")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.appendingPathComponent("swiftc").path)
    #expect(
      failure { try compile(in: folder) }?.hasPrefix("E713 cannot compile and run Swift source here: ")
        ?? false)
  }

  @Test func corners() throws {
    let rules = SourceTests.rules(VerdictCases.corners.map(\.1))
    let (source, types) = try SwiftSource.write(all: rules, options: options)
    let program = try SwiftProgram(source: source, types: types, eventType: "Event")
    defer { program.remove() }
    let verdicts = try program.run(on: VerdictCases.corners.map { try SourceTests.event($0.0) })
    for (index, (event, condition, expected)) in VerdictCases.corners.enumerated() {
      #expect(verdicts[index][index] == expected, "\(condition) on \(event)")
    }
  }

  /// The compiled text says of every event what the meaning says.
  @Test func agreesWithTheMeaning() throws {
    let rules = SourceTests.rules(ConditionGenerator.standard(seed: 7, 240))
    var options = EventGenerator.Options()
    options.mistyped = 15
    var generator = EventGenerator(seed: 8, options: options)
    let events = generator.events(300)
    let (text, types) = try SwiftSource.write(all: rules, options: self.options)
    let program = try SwiftProgram(source: text, types: types, eventType: "Event")
    defer { program.remove() }
    #expect(program.compilerMessages == "")
    let verdicts = try program.run(on: events)
    for (rule, row) in zip(rules, verdicts) {
      for (event, verdict) in zip(events, row) where rule.condition.holds(of: event) != verdict {
        Issue.record("\(rule.condition) on \(Value.object(event.object).compactJSON): not \(verdict)")
      }
    }
    let hits = verdicts.joined().count { $0 }
    Engine.note("swiftc: \(rules.count) conditions x \(events.count) events, \(hits) hits")
    #expect(hits > 1000)
  }
}

extension ConditionGenerator {
  static func standard(seed: UInt64, _ count: Int) -> [Condition] {
    var generator = ConditionGenerator(seed: seed)
    return generator.conditions(count)
  }
}
