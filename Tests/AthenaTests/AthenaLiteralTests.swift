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
    let rule = Rule.ofCloudTrail(.always(true), id: title, title: title)
    let query = try Language.athena.write(rule, options: LanguageOptions()).text
    let plain = try Language.athena.write(
      Rule.ofCloudTrail(.always(true), id: "", title: ""), options: LanguageOptions()
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
