import Concord
import ConcordDiagnostics
import Testing

/// What the product itself refuses and notes, before and after a language has its turn.
@Suite("The compiler's own diagnostics")
struct CompilerTests {
  static let rule = Rule(
    id: "R", title: "t", condition: .test(FieldPath("eventName"), .text(.equals("a"), .exact)))

  private func error<Answer>(_ body: () throws -> Answer) -> String? {
    let error = #expect(throws: Diagnostic.self) { _ = try body() }
    return error.map { "\($0.code.rawValue) \($0.message)" }
  }

  @Test("what a language does not do is said by the language's name")
  func roles() {
    let compiler = Compiler()
    #expect(
      error { try compiler.writeSelfTest(Self.rule, in: .sigma) } == "E912 Sigma has no self-test")
    #expect(error { try compiler.schema(for: [Self.rule], in: .splunk) } == "E913 Splunk SPL has no tables")
    let silent = Language(identifier: "silent", name: "Silent", endings: [])
    #expect(
      error { try silent.run("", on: [], options: compiler.options) } == "E914 Silent cannot be executed")
    #expect(error { try compiler.write(Self.rule, in: silent) } == "E903 Silent cannot be written")
  }

  @Test("a text of no language is not recognised")
  func language() {
    #expect(
      error { try Compiler.language(of: Source(name: "x.txt", text: "hello")) }
        == "E905 this is not a rule in a language that is known")
  }

  @Test("a query that is not proved, or proved to be another, is not handed out")
  func proved() {
    let compiler = Compiler()
    #expect(
      error { try compiler.writeProved(Self.rule, in: .swift) }
        == "E505 the `swift` query is not proved equal to the rule: Swift is not read back")
    var broken = Language.splunk
    broken.writer = { rule, options throws(Diagnostic) in
      var other = rule
      other.condition = .test(FieldPath("eventName"), .text(.equals("b"), .exact))
      return try Language.splunk.write(other, options: options)
    }
    #expect(
      error { try compiler.writeProved(Self.rule, in: broken) }
        == #"E506 the `splunk` query misses: {"eventName":"a"}"#)
    broken.writer = { rule, options throws(Diagnostic) in
      var wider = rule
      wider.condition = .test(FieldPath("eventName"), .text(.prefix("a"), .exact))
      return try Language.splunk.write(wider, options: options)
    }
    #expect(
      error { try compiler.writeProved(Self.rule, in: broken) }?.hasPrefix(
        "E506 the `splunk` query matches, and the rule does not: ") ?? false)
  }

  @Test("a field is spelled as the fixtures spell it, which is noted")
  func spelling() throws {
    let source = Source(
      name: "rule.yml",
      text: """
        AnalysisType: rule
        RuleID: R
        Condition: eventname eq "a"
        Tests:
          - {Name: one, ExpectedResult: true, Log: {eventName: a}}

        """)
    let document = try #require(try Compiler().load(source).first)
    #expect(document.rule.condition.paths == [FieldPath("eventName")])
    #expect(document.warnings.map(\.code.rawValue) == ["N226"])
    #expect(
      document.warnings.map(\.message) == [
        "field `eventname` is read as `eventName`, as the fixtures spell it"
      ])
  }
}
