import Concord
import ConcordDocuments
import Foundation
import TestSupport
import Testing

/// Cases of public Sigma rules and threads, by the names under which they were found.
@Suite("Cases of Sigma") struct SigmaCaseTests {
  /// What becomes of a rule.
  enum Outcome: Sendable {
    /// It finds the events that are marked so.
    case finds([(event: String, isFound: Bool)])
    /// It is refused by this code, at this column of the line that it is about, with this in its help.
    case refused(Diagnostic.Code, column: Int, String)
    /// It is read with a warning of that code.
    case warns(Diagnostic.Code)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    /// The rule's document, or one selection of a rule.
    let text: String
    let outcome: Outcome
    var testDescription: String { "\(id): \(text.prefix(60))" }

    init(_ id: String, _ text: String, _ outcome: Outcome) {
      (self.id, self.text, self.outcome) = (id, text, outcome)
    }

    /// The whole text of the rule.
    var source: Source {
      let isDocument = text.contains("\n")
      return Source(
        name: "r.yml",
        text: isDocument
          ? text : "title: T\nlogsource: {product: windows}\ndetection:\n  s:\n    \(text)\n  condition: s\n")
    }
  }

  static let pipeline = """
    name: m
    priority: 1
    vars:
      plain: [AAA]
      name: [BBB]
      x: [XX]
    transformations:
      - type: value_placeholders

    """

  private static let head = "title: T\nlogsource: {product: windows}\n"
  private static let filter = """
    title: Base
    id: 11111111-1111-4111-8111-111111111111
    name: base
    logsource: {product: okta, service: okta}
    detection: {selection: {e: start}, condition: selection}
    ---
    title: Filter
    logsource: {product: okta, service: okta}
    filter:
      rules: [base]
      selection: {u|startswith: adm_}
      condition: selection

    """

  static let cases = [
    Case(
      "F1", #"I|expand: '\%plain%name%'"#,
      .finds([(#""%plainBBB""#, true), (#""\\AAAname%""#, false), (#""AAAname%""#, false)])),
    Case("k01", #"I|contains|expand: '50\%'"#, .finds([(#""a 50% b""#, true), (#""a 50\\% b""#, false)])),
    Case("k02", #"I|expand: '\%plain%'"#, .finds([(#""%plain%""#, true), (#""AAA""#, false)])),
    Case("p09", #"I|expand: '\%plain%x%'"#, .finds([(#""%plainXX""#, true), (#""AAAx%""#, false)])),
    Case("q2", #"I|expand: '100\% of %name%'"#, .finds([(#""100% of BBB""#, true)])),
    Case("xe", #"I|re|expand: 'a\%x%name%'"#, .finds([(#""a%xBBB""#, true), (#""aXXname%""#, false)])),
    Case("c41", "I|base64offset|contains: 'a'", .refused(.badValue, column: 30, "at least two bytes")),
    Case("m41", "I|base64offset|contains: ''", .refused(.badValue, column: 30, "at least two bytes")),
    Case(
      "v10", "I: 1.0", .finds([(#""1.0""#, true), ("1.0", true), (#""1""#, true), ("1", true), ("2", false)])),
    Case("v10", "I: 1.0", .warns(.oldBoolean)),
    Case("v10", "I: 1.10", .finds([(#""1.10""#, true), ("1.1", true), (#""1.100""#, false)])),
    Case("v10", "I: 00000429", .warns(.oldBoolean)),
    Case("f10", filter, .warns(.filterKeeps)),
    Case("nk", "null: x", .warns(.nullAsName)),
    Case(
      "X2", head + "detection: {a: {f: 1}, condition: a}\nfalsepositives:\n  - Rare in production: yes\n",
      .warns(.wrongKindOfMetadata)),
    Case(
      "X2", head + "detection: {a: {f: 1}, condition: a}\nreferences: {a: b}\n", .warns(.wrongKindOfMetadata)),
    Case(
      "X2", head + "detection: {a: {f: 1}, condition: a}\ndescription: [a]\n", .warns(.wrongKindOfMetadata)),
    Case("X2", head + "detection: {a: {f: 1}, condition: a}\ntags: 5\n", .warns(.wrongKindOfMetadata)),
    Case("M1", "f|in: [x]", .refused(.unknownModifier, column: 7, "leave it out")),
    Case("M2", "f|contains|any: [x, y]", .refused(.unknownModifier, column: 16, "leave it out")),
    Case("M2", "f|not: x", .refused(.unknownModifier, column: 7, "`neq`")),
    Case("M2", "f|equals: x", .refused(.unknownModifier, column: 7, "leave it out")),
    Case("M2", "f|regex: x", .refused(.unknownModifier, column: 7, "`re`")),
    Case("M3", "f|contains|base64offset: abc", .refused(.operatorMisuse, column: 16, "before `contains`")),
    Case("M4", "f|re: '(?=.*a)b'", .refused(.regexNotPortable, column: 12, "must both match")),
    Case("m16", "f|re: 'x{1001}'", .refused(.regexSyntax, column: 13, "x{1000}x{500,}")),
    Case("M5", "caseTemplate: {name: x}\n", .refused(.languageNotRecognised, column: 1, "name its language")),
    Case(
      "M6", head + "detection:\n  a: {f: 1}\ncondition: a\n",
      .refused(.noCondition, column: 3, "below `detection`")),
    Case("c58", "n|gt: abc", .refused(.operatorMisuse, column: 11, "`abc` is not a number")),
    Case("M8", "ts|hour: 3", .refused(.unsupported, column: 8, "time zone")),
    Case("M8", "a|fieldref|endswith: b", .refused(.unsupported, column: 16, "as a whole")),
    Case("M9", "f: 1_000", .warns(.oldBoolean)),
    Case("M9", "f: 0x1F", .warns(.oldBoolean)),
    Case(
      "X3", "title: T\nlogsource: {category: [a, b]}\ndetection: {a: {f: 1}, condition: a}\n",
      .refused(.wrongKind, column: 23, "a document for each")),
    Case(
      "h13", "action: correlation\ntitle: T\n", .refused(.unknownWord, column: 9, "the key `correlation`")),
    Case("c39", "f|wide|contains: 'ping'", .warns(.incompleteEncoding)),
    Case("c40", "f|base64|wide: 'ping'", .warns(.incompleteEncoding)),
    Case("c42", "f|base64offset: 'abcdef'", .warns(.incompleteEncoding)),
    Case("k20", "f|contains: ['', x]", .warns(.holdsOfEveryText)),
    Case("k20", "f|contains: ''", .warns(.holdsOfEveryText)),
    Case("k20", "f|startswith: ''", .warns(.holdsOfEveryText)),
    Case("k23", head + "taxonomy: ecs\ndetection: {a: {f: 1}, condition: a}\n", .warns(.otherTaxonomy)),
  ]

  @Test("case by case", arguments: cases)
  func outcome(_ row: Case) throws {
    var options = LanguageOptions()
    if row.text.contains("expand") {
      options.sigma.pipelines = [Source(name: "p.yml", text: Self.pipeline)]
    }
    let compiler = Compiler(options: options)
    switch row.outcome {
    case .finds(let rows):
      let rule = try #require(try compiler.load(row.source).first).rule
      for (value, isFound) in rows {
        let event = try #require(Event(try JSON.parse(Source(text: "{\"I\":\(value)}"))))
        #expect(rule.condition.holds(of: event) == isFound, "\(value)")
      }
    case .refused(let code, let column, let words):
      let error = #expect(throws: Diagnostic.self) { try compiler.load(row.source) }
      #expect(error?.code == code, "\(error?.message ?? "")")
      #expect((error?.labels.first?.span.start.column ?? 1) == column)
      #expect(error?.help.contains { $0.contains(words) } == true, "\(error?.help ?? [])")
    case .warns(let code):
      let collection = try compiler.loadAll(row.source)
      let warnings = collection.warnings + collection.documents.flatMap(\.warnings)
      #expect(warnings.map(\.code).contains(code), "\(warnings.map(\.message))")
    }
  }

  @Test("the recorded cases that were right are right, where they are at hand")
  func recorded() throws {
    guard let url = Shared.url("cases/sigma.jsonl") else {
      print("skipped: no recorded cases of Sigma")
      return
    }
    var (rules, verdicts) = (0, 0)
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      guard case .object(let row) = try JSON.parse(Source(text: String(line))),
        case .string(let id)? = row["id"], case .string(let input)? = row["input"],
        row["verdict"] == .string("right"), let marked = input.firstRange(of: " | events ")
      else { continue }
      var options = LanguageOptions()
      let texts = String(input[..<marked.lowerBound]).components(separatedBy: "\n# pipeline\n")
      if texts.count > 1 { options.sigma.pipelines = [Source(name: "p.yml", text: texts[1])] }
      let documents: [RuleDocument]
      do throws(Diagnostic) {
        documents = try Compiler(options: options).load(Source(name: "r.yml", text: texts[0]))
      } catch {
        // Several names without places: refused since, and held by the tests of names by place.
        guard error.code == .nameWithoutPlace else { throw error }
        continue
      }
      rules += 1
      for event in input[marked.upperBound...].matches(of: /(\{.*?\})=>(match|no|\?)(?:;|$)/) {
        let parsed = try #require(Event(try JSON.parse(Source(text: String(event.1)))))
        if event.2 == "?" { continue }
        let isFound = documents.contains { $0.rule.condition.holds(of: parsed) }
        #expect(isFound == (event.2 == "match"), "\(id): \(event.1)")
        verdicts += 1
      }
    }
    print("recorded cases of Sigma: \(rules) rules, \(verdicts) verdicts")
    #expect(rules >= 55 && verdicts >= 120)
  }

  @Test("M7: two fields that would be one column are both shown")
  func oneColumn() throws {
    let source = Source(
      name: "r.yml",
      text:
        "title: T\nlogsource: {product: windows}\ndetection:\n  s:\n    Url: x\n    url.path: y\n  condition: s\n"
    )
    var options = LanguageOptions()
    options.athena.untyped = true
    let rule = try #require(try Compiler(options: options).load(source).first).rule
    let error = #expect(throws: Diagnostic.self) { try Compiler(options: options).write(rule, in: .athena) }
    #expect(error?.code == .columnsCollide && error?.labels.map(\.span.start.line) == [6, 5])
  }
}
