import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

@Suite("Literals") struct AthenaLiteralTests {
  /// The texts of a query, read back by the lexer.
  private func strings(_ query: String) throws -> [String] {
    try AthenaLexer.tokens(of: Source(text: query)).compactMap {
      if case .string(let text) = $0.kind { text } else { nil }
    }
  }

  /// The pattern that a LIKE text with `\` as its escape spells; `nil` where Trino would fail on it.
  private func pattern(_ like: String) -> Pattern? {
    var pieces: [Pattern.Piece] = []
    var scalars = Array(like.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "%": pieces.append(.anyRun)
      case "_": pieces.append(.anyOne)
      case "\\":
        guard let next = scalars.popFirst(), ["%", "_", "\\"].contains(next) else { return nil }
        pieces.append(.literal(String(Character(next))))
      default: pieces.append(.literal(String(Character(scalar))))
      }
    }
    return Pattern(pieces)
  }

  @Test("every hostile value is data under every text question", arguments: HostileValues.all)
  func hostile(_ value: String) throws {
    for letterCase in LetterCase.allCases {
      let equals = try strings(try whereClause(text(eventName, .equals(value), letterCase)))
      #expect(equals.count == 1 && equals.allSatisfy { $0.sameScalars(as: value) })
      let patterns: [Pattern] = [
        .prefix(value), .suffix(value), .contains(value),
        Pattern([.literal(value), .anyOne, .literal(value), .anyRun]),
      ]
      for wanted in patterns where wanted != .anything {
        let texts = try strings(try whereClause(text(eventName, wanted, letterCase)))
        #expect(texts.count == 2 && texts.last == "\\")
        #expect(texts.first.flatMap(pattern) == wanted)
      }
      let others = try strings(
        try whereClause(.test(eventName, .oneOf([value, "other"], letterCase))))
      #expect(others.count == 2 && others.allSatisfy { $0.sameScalars(as: value) || $0 == "other" })
    }
  }

  @Test("hostile names of fields stay names", arguments: HostileValues.all.filter { !$0.isEmpty })
  func hostileNames(_ name: String) throws {
    let condition = text(path("requestParameters", name), .equals("x"))
    let query = try whereClause(condition, fixtures: [])
    let paths = try strings(query).filter { $0.hasPrefix("$") && $0 != "$" }
    #expect(!paths.isEmpty)
    for path in paths { #expect(AthenaJSONPath.steps(path) == [.name(name)]) }
  }

  @Test("hostile titles stay in their comment", arguments: HostileValues.all) func titles(_ title: String)
    throws
  {
    let rule = Rule(id: title, title: title, condition: .always(true))
    let query = try Language.athena.write(rule, options: LanguageOptions()).text
    let plain = try Language.athena.write(
      Rule(id: "", title: "", condition: .always(true)), options: LanguageOptions()
    ).text
    func kinds(_ text: String) throws -> [AthenaToken.Kind] {
      try AthenaLexer.tokens(of: Source(text: text)).map(\.kind)
    }
    #expect(try kinds(query) == kinds(plain))
    #expect(query.split(separator: "\n").count == plain.split(separator: "\n").count)
  }

  @Test(
    "literals",
    arguments: [
      ("it's", "'it''s'"), ("a\\b", #"'a\b'"#), ("a\nb", #"U&'a\000Ab'"#), ("\u{0}", #"U&'\0000'"#),
      ("\\\u{202E}'", #"U&'\\\202E'''"#), ("e\u{301}", #"U&'e\0301'"#), ("é", "'é'"), ("😀", "'😀'"),
      ("\u{E0001}", #"U&'\+0E0001'"#),
    ]) func literal(_ text: String, _ sql: String) throws
  {
    #expect(AthenaLiteral.string(text).sameScalars(as: sql))
    #expect(try strings(sql).first?.sameScalars(as: text) == true)
  }
}
