import ConcordDiagnostics
import Testing

/// The words that all languages share.
@Suite("Common diagnostics")
struct CommonDiagnosticsTests {
  static let many = (1...41).map { "name\($0)" }

  /// A name, what is known, and the help: the question for a near name, all names where none is near and they are few.
  static let names: [(String, [String], [String])] = [
    ("lowr", ["lower", "upper"], ["did you mean `lower`?"]),
    ("zzz", ["lower", "upper"], ["known: lower, upper"]),
    ("zzz", [], []), ("zzz", many, []),
    ("zzz", Array(many.dropLast()), ["known: \(many.dropLast().joined(separator: ", "))"]),
    ("nam1", many, ["did you mean `name1`?"]),
  ]

  @Test("an unknown name gets the nearest, or all of a few", arguments: names)
  func unknown(_ name: String, _ known: [String], _ help: [String]) {
    let span = Span(at: Position(line: 2, column: 3), length: 4)
    let diagnostic = Diagnostic.unknown("function", name, among: known, .unknownFunction, at: span)
    #expect(diagnostic.code == .unknownFunction)
    #expect(diagnostic.message == "unknown function `\(name)`")
    #expect(diagnostic.labels == [Diagnostic.Label(span)])
    #expect(diagnostic.help == help)
    #expect(Suggestion.question(for: name, among: known) == help.filter { $0.hasPrefix("did") })
  }

  @Test("a place that is not known is left out")
  func noPlace() {
    #expect(Diagnostic(.unexpected, "x", at: nil).labels.isEmpty)
    #expect(Diagnostic.expected("`)`", found: "the end", at: nil).message == "expected `)`, found the end")
    #expect(Diagnostic.tooDeep(limit: 7, at: nil).message == "this is nested deeper than 7 levels")
  }

  @Test("what is not closed is shown from its beginning, and where it should have ended if that is known")
  func unclosed() {
    let (opening, place) = (Span(at: .start), Span(at: Position(line: 3, column: 9)))
    let one = Diagnostic.unclosed("list", by: "]", opening: opening)
    #expect(one.message == "this list is not closed")
    #expect(one.labels == [Diagnostic.Label(opening, "expected `]` after this")])
    let two = Diagnostic.unclosed("list", by: "]", opening: opening, at: place)
    #expect(
      two.labels == [Diagnostic.Label(opening, "opened here"), Diagnostic.Label(place, "expected `]`")])
  }
}
