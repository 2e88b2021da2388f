import Concord
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import Foundation
import SQLiteLanguage
import TestSupport
import Testing

/// One question and what each language makes of it, a file of `Tests/Corpus/conditions`:
///
///     # Why this is asked.
///     userIdentity.type ne "Root"
///     match {}
///     miss {"userIdentity":{"type":"Root"}}
///     --- athena
///     SELECT …
///     --- splunk
///     refuses keywords
///     --- sigma
///     skip: why no text is held against this one
///
/// `RECORD=1` writes what the languages make of it now, and fails: what was written wants to be read.
private struct ConditionCase {
  let file: URL
  /// All before the first language, as it stands.
  let head: String
  let condition: Condition
  let fixtures: [Fixture]
  /// What is expected of each language.
  let texts: [String: String]

  init(_ file: URL) throws {
    self.file = file
    var parts = ("\n" + (try String(contentsOf: file, encoding: .utf8))).components(separatedBy: "\n--- ")
    head = String(parts.removeFirst().dropFirst()) + "\n"
    var (notation, fixtures) = ("", [Fixture]())
    for line in head.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let mark = ["match ", "miss "].first(where: line.hasPrefix) else {
        notation += line + "\n"
        continue
      }
      let event = try #require(Event(JSON.parse(String(line.dropFirst(mark.count)))))
      fixtures.append(Fixture(name: String(line), expected: mark == "match ", event: event))
    }
    let source = Source(name: file.lastPathComponent, text: notation)
    condition = try Notation.parse(source).condition(reading: .literal)
    self.fixtures = fixtures
    texts = Dictionary(
      uniqueKeysWithValues: parts.map { part in
        let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(lines[0]), lines.dropFirst().joined().trimmingCharacters(in: .newlines))
      })
  }

  static let folder = Shared.root.appendingPathComponent("Tests/Corpus/conditions")

  static func all() throws -> [ConditionCase] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "case" }.sorted { $0.path < $1.path }.map(ConditionCase.init)
  }

  var rule: Rule {
    var rule = Rule(
      id: file.deletingPathExtension().lastPathComponent, title: file.lastPathComponent, condition: condition)
    rule.logSources = [.cloudTrail]
    rule.fixtures = fixtures
    return rule
  }

  static var options: LanguageOptions {
    var options = LanguageOptions(compilerVersion: "0")
    options.schema = Source(name: "pool.sql", text: EventPool.ddl)
    return options
  }
}

@Suite("Each question in every language") struct ConditionCaseTests {
  private static let writers: [Language] = Registry.writers + [.sqlite]
  private static let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"

  /// Where the part of a text begins and ends that is a rule's own; elsewhere all of it is.
  private static let ownPart = [
    "swift": ("  public static func matches(", "}"), "panther": ("def rule(", ""),
  ]

  /// What a language makes of a case, without the lines that say what it was made of and by what.
  private static func outcome(_ writer: Language, _ rule: Rule) -> (said: String, query: String?) {
    let query: String
    do {
      query = try writer.write(rule, options: ConditionCase.options).text
    } catch {
      return ("refuses \(error.code.name)", nil)
    }
    var lines = query.split(separator: "\n", omittingEmptySubsequences: false)[...]
    if let (first, end) = ownPart[writer.identifier] {
      lines = lines.drop { !$0.hasPrefix(first) }.prefix { $0 != end }
    } else {
      lines = lines.filter { !$0.contains(rule.title) && !$0.contains("Concord 0, exact") }[...]
    }
    return (lines.joined(separator: "\n").trimmingCharacters(in: .newlines), query)
  }

  @Test("the condition means what the case says of its events") func meaning() throws {
    let cases = try ConditionCase.all()
    #expect(cases.count >= 12)
    for one in cases {
      #expect(Set(one.fixtures.map(\.expected)) == [true, false], "\(one.file.lastPathComponent)")
      for fixture in one.fixtures {
        #expect(one.condition.holds(of: fixture.event) == fixture.expected, "\(fixture.name)")
      }
    }
  }

  @Test("what each language makes of it") func texts() throws {
    for one in try ConditionCase.all() {
      let name = one.file.lastPathComponent
      var recorded = one.head
      for writer in Self.writers {
        let expected = one.texts[writer.identifier]
        let (said, _) = Self.outcome(writer, one.rule)
        let isSkipped = expected?.hasPrefix("skip: ") ?? false
        if !isSkipped, said != expected {
          Issue.record("\(name), \(writer.identifier): RECORD=1 writes what it makes of it now\n\(said)")
        }
        recorded += "--- \(writer.identifier)\n\(isSkipped ? expected ?? "" : said)\n"
      }
      #expect(Set(one.texts.keys) == Set(Self.writers.map(\.identifier)), "\(name)")
      if Self.isRecording { try recorded.write(to: one.file, atomically: true, encoding: .utf8) }
    }
    #expect(!Self.isRecording, "recorded: read what changed, and run again without RECORD")
  }

  @Test("each text that runs here has the verdicts of the case") func verdicts() throws {
    for one in try ConditionCase.all() {
      let events = one.fixtures.map(\.event)
      let expected = one.fixtures.map(\.expected)
      for writer in Self.writers {
        guard let query = Self.outcome(writer, one.rule).query else { continue }
        let answers: [Bool]?
        if writer.identifier == Language.sqlite.identifier {
          answers = try SQLite.run([query], on: events)?.first
        } else if let runner = Registry.runners.first(where: { $0.identifier == writer.identifier }),
          writer.identifier != "swift"
        {
          answers = try runner.run(query, on: events, options: ConditionCase.options)
        } else {
          // Compiling Swift takes seconds a text; its own tests do, for many conditions at once.
          continue
        }
        if let answers { #expect(answers == expected, "\(one.file.lastPathComponent)\n\(query)") }
      }
    }
  }
}
