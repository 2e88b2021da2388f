import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

/// A string operator, applied to a text.
struct StringOperator: Sendable, CustomTestStringConvertible {
  let name: String
  let pattern: @Sendable (String) -> Pattern
  var testDescription: String { name }

  static let all: [StringOperator] = [
    .init(name: "equals", pattern: { .equals($0) }),
    .init(name: "prefix", pattern: { .prefix($0) }),
    .init(name: "suffix", pattern: { .suffix($0) }),
    .init(name: "contains", pattern: { .contains($0) }),
    .init(name: "before any run", pattern: { Pattern([.literal("a"), .anyRun, .literal($0), .anyOne]) }),
    .init(name: "between", pattern: { Pattern([.anyOne, .literal($0), .anyRun, .literal($0)]) }),
  ]
}

@Suite("Hostile values are data")
struct LiteralTests {
  /// The first item of the first selection as YAML holds it, below the written document's own escapes.
  private static func item(_ text: String) throws -> (key: String, value: Value) {
    let node = try #require(try YAML.documents(Source(text: text)).first)
    let selection = try #require(node["detection"]?["selection"]?.mapping?.first)
    return (selection.key.scalar ?? "", selection.value.value)
  }

  private static func write(_ condition: Condition, id: String = "r") throws -> String {
    var rule = Rule(id: id, title: "t", condition: condition)
    rule.logSources = [.cloudTrail]
    return try Language.sigma.write(rule, options: LanguageOptions()).text
  }

  @Test("every value in every operator", arguments: StringOperator.all, LetterCase.allCases)
  func values(_ operation: StringOperator, _ letterCase: LetterCase) throws {
    for text in HostileValues.all {
      let pattern = operation.pattern(text)
      if pattern == .anything { continue }
      let (key, value) = try LiteralTests.item(LiteralTests.write(f(.text(pattern, letterCase))))
      if case .number(let number) = value {
        // A whole number without regard to letter case is the one text that is written without quotes.
        #expect(key == "f" && letterCase == .ignored && pattern == .equals(number.written), "\(text)")
        continue
      }
      guard case .string(let written) = value else {
        Issue.record("`\(text)` is no text")
        continue
      }
      // The modifiers' meaning is stated here anew, apart from the reader's.
      let modifiers = key.split(separator: "|").dropFirst()
      var pieces = SigmaLiteral.pattern(written).pieces
      if modifiers.contains("startswith") || modifiers.contains("contains") { pieces.append(.anyRun) }
      if modifiers.contains("endswith") || modifiers.contains("contains") { pieces.insert(.anyRun, at: 0) }
      #expect(Pattern(pieces) == pattern, "`\(text)` came out as `\(written)`")
      #expect(modifiers.contains("cased") == (letterCase == .exact))
    }
  }

  @Test("every value in a list")
  func list() throws {
    let texts = HostileValues.all
    let (key, value) = try LiteralTests.item(LiteralTests.write(f(.oneOf(texts, .exact))))
    #expect(key == "f|cased")
    guard case .array(let items) = value else {
      Issue.record("no list")
      return
    }
    let read = items.map { item in
      if case .string(let text) = item { SigmaLiteral.pattern(text) } else { Pattern.anything }
    }
    #expect(read == texts.map(Pattern.equals))
  }

  @Test("every value as a field's name, or refused")
  func names() throws {
    for text in HostileValues.all {
      let condition = Condition.test(FieldPath(text), .text(.equals("x"), .ignored))
      if text.isEmpty || text.unicodeScalars.contains(where: { $0 == "." || $0 == "|" }) {
        #expect(throws: Diagnostic.self, "`\(text)`") { try LiteralTests.write(condition) }
      } else {
        #expect(try LiteralTests.item(LiteralTests.write(condition)).key.sameScalars(as: text))
      }
    }
  }

  @Test("every value as id and title: the comment stays a comment, the document has them")
  func metadata() throws {
    for text in HostileValues.all where !text.isEmpty && text.unicodeScalars.count <= 256 {
      var rule = Rule(id: text, title: text, condition: f(.present))
      rule.logSources = [.cloudTrail]
      let written = try Language.sigma.write(rule, options: LanguageOptions()).text
      let document = try #require(SigmaParser.file(Source(text: written)).rules.first).document
      #expect(document.title.sameScalars(as: text))
      #expect(document.name?.sameScalars(as: text) == true)
      #expect(document.selections.count == 1)
      let comments = written.unicodeScalars.split(separator: "\n").prefix { $0.first == "#" }
      #expect(comments.count == 2)
    }
  }
}
