import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSplunk

@Suite("--filter-only takes the filter at the head of a search")
struct FilterOnlyTests {
  private static func read(_ text: String, isFilterOnly: Bool = true) throws -> RuleDocument {
    var options = LanguageOptions()
    options.splunk.isFilterOnly = isFilterOnly
    return try #require(Language.splunk.readAll(Source(text: text), options: options).documents.first)
  }

  /// What is read, what is left out, and the command that is named.
  @Test(arguments: [
    ("f=x ", "| stats count by g | where count>3", "stats"),
    ("f=x | where g=\"y\" ", "| timechart span=1h count", "timechart"),
    ("f=x | eval h=lower(f) | where h=\"y\" ", "| DEDUP f | search z=1", "DEDUP"),
    ("f=x | lookup t f OUTPUT g ", "| eventstats avg(n) AS m | where n > m", "eventstats"),
    ("f=x | table f, g ", "| stats count( [ \"never closed", "stats"),
    ("f=\"a | stats count\" ", "|sort - f", "sort"), ("f=x ", "| append [ search f=y ]", "append"),
  ])
  func isTheFilter(head: String, tail: String, command: String) throws {
    let (whole, alone) = try (Self.read(head + tail), Self.read(head))
    #expect(whole.rule == alone.rule)
    #expect(whole.rule.aggregate == nil)
    #expect(!alone.warnings.contains { $0.code == .filterTaken })
    let said = try #require(whole.warnings.first { $0.code == .filterTaken })
    #expect(said.code.rawValue == "W337" && said.message.hasPrefix("`\(command)` and all that follows"))
    let column = head.count + tail.prefix { $0 == "|" || $0 == " " }.count + 1
    #expect(said.labels.first?.span.start == Position(line: 1, column: column))
  }

  @Test func withoutItASearchIsReadWhole() throws {
    let counted = try Self.read("f=x | stats count by g | where count>3", isFilterOnly: false)
    #expect(counted.rule.aggregate != nil)
    #expect(!counted.warnings.contains { $0.code == .filterTaken })
  }

  /// Else a rule that counts could not be proved, and its query would be called another.
  @Test func whatConcordWroteIsReadWhole() throws {
    let rule = try Self.read("f=x | stats count by g | where count>3", isFilterOnly: false).rule
    var options = LanguageOptions()
    options.splunk.source = "index=a"
    let text = try Language.splunk.write(rule, options: options).text
    #expect(try Self.read(text).rule.aggregate == rule.aggregate)
  }
}
