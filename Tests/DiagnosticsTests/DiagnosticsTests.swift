import ConcordDiagnostics
import Testing

@Suite("Suggestions, origins and texts")
struct DiagnosticsTests {
  static let suggestions: [(String, [String], String?)] = [
    ("evntName", ["eventTime", "eventName"], "eventName"), ("eventname", ["eventName"], "eventName"),
    ("contians", ["contains", "cidr"], "contains"), ("zzz", ["contains"], nil), ("", ["a"], nil),
    ("a", ["b"], nil),
    ("ab", ["ba"], "ba"), ("lt", ["gt", "le"], "gt"), ("eventName", [], nil), ("x", ["abcdef"], nil),
  ]

  @Test("the nearest name", arguments: suggestions)
  func suggestion(_ name: String, _ candidates: [String], _ expected: String?) {
    #expect(Suggestion.nearest(to: name, among: candidates) == expected)
  }

  @Test("texts that were seen are told scalar by scalar, few or many")
  func seenTexts() {
    var seen = SeenTexts()
    for text in ["a", "A", "\u{E9}", "e\u{301}", ""] + (0..<40).map(String.init) {
      let answers = [seen.insert(text), seen.insert(text)]
      #expect(answers == [true, false])
    }
    let answers = ["a", "e\u{301}"].map { seen.insert($0) }
    #expect(answers == [false, false])
  }

  @Test("a name of any length is answered")
  func longNames() {
    #expect(Suggestion.nearest(to: String(repeating: "a", count: 100_000), among: ["a"]) == nil)
    #expect(Suggestion.nearest(to: "a", among: [String(repeating: "a", count: 100_000)]) == nil)
  }

  @Test(
    "a place within a text is a place in its file",
    arguments: [
      (Position(line: 1, column: 1), Position(line: 5, column: 9)),
      (Position(line: 1, column: 4), Position(line: 5, column: 12)),
      (Position(line: 2, column: 1), Position(line: 6, column: 3)),
      (Position(line: 3, column: 7), Position(line: 7, column: 9)),
    ])
  func origin(_ inner: Position, _ outer: Position) {
    let origin = Origin(Source(text: ""), start: Position(line: 5, column: 9), indent: 2)
    #expect(origin.position(inner) == outer)
    #expect(origin.span(Span(inner, inner)) == Span(outer, outer))
  }

  @Test("spans join")
  func spans() {
    let one = Span(at: Position(line: 1, column: 5), length: 2)
    let other = Span(at: Position(line: 2, column: 1))
    #expect(one.union(other) == Span(Position(line: 1, column: 5), Position(line: 2, column: 2)))
    #expect(other.union(one) == one.union(other))
  }

  @Test("a diagnostic gets a place only if it has none")
  func located() {
    let source = Source(name: "a", text: "x")
    let span = Span(at: .start)
    let bare = Diagnostic(.indentation, "wrong")
    #expect(bare.located(in: source, at: span).labels == [Diagnostic.Label(span)])
    let placed = Diagnostic(
      .indentation, "wrong", in: Source(name: "b", text: "y"), at: Span(at: .start, length: 3))
    #expect(placed.located(in: source, at: span) == placed)
  }

  @Test(
    "texts are compared scalar by scalar",
    arguments: [
      ("a", "a", true), ("é", "e\u{301}", false), ("\r\n", "\n", false), ("", "", true),
      ("\u{212A}", "K", false),
      ("a\u{0}", "a", false),
    ])
  func scalarText(_ left: String, _ right: String, _ same: Bool) {
    #expect(left.sameScalars(as: right) == same)
    #expect((ScalarText(left) == ScalarText(right)) == same)
    #expect(Set([ScalarText(left), ScalarText(right)]).count == (same ? 1 : 2))
  }
}
