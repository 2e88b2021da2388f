import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSwift
import Foundation
import TestSupport
import Testing

/// Hostile values times every question about texts: in the Swift source each is data.
@Suite("Swift literals")
struct LiteralTests {
  static let questions: [(String, @Sendable (String) -> Atom)] = [
    ("equals", { .text(.equals($0), .exact) }),
    ("prefix", { .text(.prefix($0), .exact) }),
    ("suffix", { .text(.suffix($0), .exact) }),
    ("contains", { .text(.contains($0), .exact) }),
    ("wildcard", { .text(Pattern([.literal($0), .anyRun, .literal("z")]), .exact) }),
    ("oneOf", { .oneOf([$0, "another value, so that it is a list"], .exact) }),
    ("equals, ignored", { .text(.equals($0), .ignored) }),
  ]

  /// The value as the condition keeps it, which every literal must give back.
  static func event(_ text: String) -> Event { Event(Value.Object([.init("field", .string(text))])) }

  /// The literals of a source, read by a lexer of our own: what stands between quotes, escapes undone.
  static func literals(_ source: String) -> [String] {
    var found: [String] = []
    var rest = Array(source.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if scalar == "/", rest.first == "/" {
        rest = rest.drop { $0 != "\n" }
      } else if scalar == "\"" {
        let isLong = rest.starts(with: "\"\"\n".unicodeScalars)
        if isLong { rest = rest.dropFirst(3) }
        found.append(literal(&rest, isLong: isLong))
      }
    }
    return found
  }

  private static func literal(_ rest: inout ArraySlice<Unicode.Scalar>, isLong: Bool) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" {
        if !isLong { break }
        rest = rest.dropFirst(2)
        break
      }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": text.append("\n")
      case "r": text.append("\r")
      case "t": text.append("\t")
      case "\n": text.append("\u{E000}")  // A line that goes on: taken out with the indentation below.
      case "u":
        let digits = rest.dropFirst().prefix { $0 != "}" }
        rest = rest.dropFirst(digits.count + 2)
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16) ?? 0
        text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
      case let other?: text.append(other)
      case nil: break
      }
    }
    return isLong ? unindented(String(text)) : String(text)
  }

  /// A long literal without its indentation of four spaces and its continued line breaks.
  private static func unindented(_ text: String) -> String {
    var parts = text.unicodeScalars.split(separator: "\u{E000}", omittingEmptySubsequences: false).map {
      Substring($0.dropFirst(4))
    }
    if let last = parts.popLast(), let lineBreak = last.unicodeScalars.lastIndex(of: "\n") {
      parts.append(last[..<lineBreak])
    }
    return parts.map(String.init).joined()
  }

  /// `"` never ends early, `\(` is never an interpolation: the lexer finds the value among the literals.
  @Test func everyValueIsReadBackFromItsLiteral() throws {
    var count = 0
    for value in HostileValues.all {
      for (name, atom) in Self.questions where !(value.isEmpty && name != "equals") {
        let condition = Condition.test(FieldPath("field"), atom(value))
        let rule = Rule(id: value, title: "t", condition: condition)
        let text = try Language.swift.write(rule, options: LanguageOptions()).text
        let wanted = name == "equals, ignored" ? LetterCase.lower(value) : value
        // The rule's own part: the runtime begins at its comment. The literal before the last is the title.
        let own = text.components(separatedBy: "// The runtime, which")[0]
        let found = Self.literals(own)
        count += 1
        #expect(found.first.map { $0.sameScalars(as: value) } == true, "id: \(text)")
        #expect(found.dropFirst(2).contains { $0.sameScalars(as: wanted) }, "\(name): \(text)")
      }
    }
    Engine.note("Swift literals: \(HostileValues.all.count) values, \(count) literals read back")
    #expect(HostileValues.all.count >= 200)
  }

  /// And so does the compiler: the program tells each value from its neighbours.
  @Test func theCompiledProgramKnowsEveryValue() throws {
    let values = HostileValues.all
    var rules: [Rule] = []
    for (number, value) in values.enumerated() {
      for (_, atom) in [Self.questions[0], Self.questions[3], Self.questions[5]] {
        let condition = Condition.test(FieldPath("field"), atom(value))
        rules.append(Rule(id: value, title: "Value \(number)", condition: condition))
      }
    }
    let events = values.map(Self.event)
    let (text, types) = try SwiftSource.write(all: rules, options: LanguageOptions())
    let program = try SwiftProgram(source: text, types: types, eventType: "Event")
    defer { program.remove() }
    #expect(program.compilerMessages == "")
    let verdicts = try program.run(on: events)
    for (rule, row) in zip(rules, verdicts) {
      for (index, verdict) in row.enumerated() where rule.condition.holds(of: events[index]) != verdict {
        Issue.record("\(rule.condition) on value \(index): not \(verdict)")
      }
    }
    #expect(zip(rules, verdicts).allSatisfy { $1.contains(true) })
  }
}
