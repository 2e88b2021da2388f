import ConcordDiagnostics
import Testing

@Suite("Diagnostic renderer")
struct RendererTests {
  private func render(_ text: String, _ span: Span, _ label: String = "", name: String = "rule.yml") -> String
  {
    DiagnosticRenderer().render(
      Diagnostic(.unexpected, "no such thing", in: Source(name: name, text: text), at: span, label))
  }

  private func span(_ line: Int, _ from: Int, _ to: Int) -> Span {
    Span(Position(line: line, column: from), Position(line: line, column: to))
  }

  @Test("message, place, line, carets, help")
  func whole() {
    let diagnostic = Diagnostic(
      .unknownColumn, "no field `evntName`", in: Source(name: "a.yml", text: "x\nevntName eq 1\n"),
      at: span(2, 1, 9),
      "not in the schema", help: ["did you mean `eventName`?"])
    let expected = """
      error[E201]: no field `evntName`
       --> a.yml:2:1
      2 | evntName eq 1
        | ^^^^^^^^ not in the schema
      help: did you mean `eventName`?

      """
    #expect(DiagnosticRenderer().render(diagnostic) == expected)
  }

  @Test(
    "severities and their colours",
    arguments: [
      (Diagnostic.Severity.error, "error", "1;31"), (.warning, "warning", "1;33"), (.note, "note", "1;34"),
    ])
  func severities(_ severity: Diagnostic.Severity, _ word: String, _ colour: String) {
    let diagnostic = Diagnostic(.unknownKey, severity: severity, "careful")
    #expect(DiagnosticRenderer().render(diagnostic) == "\(word)[W221]: careful\n")
    let painted = DiagnosticRenderer(colour: true).render(diagnostic)
    #expect(painted == "\u{1B}[\(colour)m\(word)[W221]\u{1B}[0m\u{1B}[1m: careful\u{1B}[0m\n")
  }

  /// A line, the columns of the label, and the two lines of the drawing.
  static let lines: [(String, Int, Int, String, String)] = [
    ("abc", 2, 3, "1 | abc", "  |  ^"),
    ("abc", 4, 5, "1 | abc", "  |    ^"),
    ("abc", 2, 2, "1 | abc", "  |  ^"),
    ("日本x", 3, 4, "1 | 日本x", "  |     ^"),
    ("日本x", 2, 3, "1 | 日本x", "  |   ^^"),
    ("🚀x", 2, 3, "1 | 🚀x", "  |   ^"),
    ("e\u{301}x", 3, 4, "1 | e\u{301}x", "  |  ^"),
    ("a\tx", 3, 4, "1 | a x", "  |   ^"),
    ("a\u{0}x", 3, 4, "1 | a\\u{0}x", "  |       ^"),
    ("a\u{1B}[31mx", 7, 8, "1 | a\\u{1B}[31mx", "  |            ^"),
    ("a\u{202E}x", 3, 4, "1 | a\\u{202E}x", "  |          ^"),
    ("a\u{61C}x", 2, 3, "1 | a\\u{61C}x", "  |  ^^^^^^^"),
    ("a\u{E0041}x", 3, 4, "1 | a\\u{E0041}x", "  |           ^"),
  ]

  @Test("carets stand under what they mean", arguments: lines)
  func carets(_ line: String, _ from: Int, _ to: Int, _ text: String, _ marks: String) {
    let drawn = render(line, span(1, from, to)).unicodeScalars.split(separator: "\n").map(String.init)
    #expect(drawn.count == 4)
    #expect(drawn[2].sameScalars(as: text), "\(drawn[2])")
    #expect(drawn[3] == marks)
  }

  @Test("a long line is cut around the label", arguments: [1, 50, 200, 9_990])
  func longLines(_ column: Int) throws {
    let line = String(repeating: "0123456789", count: 1_000)
    let drawn = render(line, span(1, column, column + 3)).split(separator: "\n")
    #expect(drawn[2].unicodeScalars.count <= 130)
    let start = try #require(drawn[3].firstIndex(of: "^"))
    let offset = drawn[3].distance(from: drawn[3].startIndex, to: start)
    let shown = drawn[2].dropFirst(offset).prefix(3)
    #expect(String(shown) == String(line.dropFirst(column - 1).prefix(3)))
    #expect(drawn[3].filter { $0 == "^" }.count == 3)
  }

  @Test("a label over several lines marks the first to its end")
  func manyLines() {
    let drawn = render("abc\ndef", Span(Position(line: 1, column: 2), Position(line: 2, column: 2)))
    #expect(drawn.contains("1 | abc\n  |  ^^\n"))
  }

  @Test(
    "places outside the text do not crash",
    arguments: [(0, 0, 0), (9, 1, 2), (1, 0, 0), (1, 99, 98), (-1, -5, 7)])
  func outside(_ line: Int, _ from: Int, _ to: Int) {
    #expect(render("abc", span(line, from, to)).hasPrefix("error[E101]"))
    #expect(render("", span(line, from, to)).hasPrefix("error[E101]"))
  }

  @Test("hostile names, messages and labels are drawn as data")
  func hostileParts() {
    let drawn = render("abc", span(1, 1, 2), "\u{1B}[2J\nx", name: "a\u{202E}\nb.yml")
    #expect(drawn.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E || $0 == "\n" })
    #expect(drawn.split(separator: "\n").count == 4)
  }

  @Test("a line ends at LF, CR LF or CR")
  func lineBreaks() {
    let source = Source(text: "a\nb\r\nc\rd\r\n")
    #expect((1...6).map { source.line($0) } == ["a", "b", "c", "d", "", nil])
    #expect(Source(text: "").line(1) == "")
    #expect(Source(text: "a").line(0) == nil)
  }
}
