import Concord
import ConcordAthena
import ConcordDetection
import ConcordDocuments
import ConcordEngines
import ConcordLanguages
import TestSupport
import Testing

/// What the reader says that statements mean, beside Trino's own verdicts.
@Suite("Statements as a real Trino takes them", .waitsForTrino) struct TrinoReadingTests {
  static let texts = [
    "", "a", "b", "ab", "abc", "abd", "abcd", "B", "b2", "b10", "14:00:00", "15:00:00", "15:00:01", "é",
    "\u{FFFD}",
    "😀", "😀a", "\u{10FFFF}", "b\n", "\n", "b\u{1}", " ", "b-", "b]", "b^c",
  ]

  /// The verdict of a comparison of texts by order, for every pair.
  @Test("texts by order") func textOrder() throws {
    let bounds = Self.texts + ["b\u{10FFFF}", "b\u{D7FF}"]
    guard
      let engine = try TrinoTests.engine(for: "\(Self.texts.count * bounds.count) pairs of texts by order")
    else { return }
    var options = LanguageOptions()
    options.schema = Source(text: "CREATE EXTERNAL TABLE t (x string)")
    for comparison in ["<", "<=", ">", ">=", "NOT BETWEEN 'b' AND"] {
      let questions = bounds.map { "x \(comparison) \(literal($0))" }
      let rows = (Self.texts.map { "(\(literal($0)))" } + ["(CAST(NULL AS varchar))"]).joined(separator: ", ")
      let columns = questions.enumerated().map { "\($1) AS q\($0)" }.joined(separator: ", ")
      let answers = try engine.rows(of: "SELECT x, \(columns) FROM (VALUES \(rows)) AS t(x)")
      #expect(answers.count == Self.texts.count + 1)
      for (number, question) in questions.enumerated() {
        let source = Source(name: "t.sql", text: "SELECT * FROM t WHERE \(question)")
        let condition = try Compiler(options: options).load(source)[0].rule.condition
        for row in answers {
          let event = Event(Value.Object([.init("x", row["x"] ?? .null)]))
          #expect(
            condition.holds(of: event) == (row["q\(number)"] == .bool(true)),
            "\(question) of \(row["x"]?.compactJSON ?? "")")
        }
      }
    }
  }

  /// A column of milliseconds is in a window as its whole seconds are, where the window begins and ends with one.
  @Test("whole seconds of milliseconds") func wholeSeconds() throws {
    let numbers = [
      -1, 0, 999, 1_000, 1_717_199_999_999, 1_717_200_000_000, 1_717_200_000_999, 1_717_200_001_000,
    ]
    guard let engine = try TrinoTests.engine(for: "\(numbers.count) numbers of milliseconds") else { return }
    let rows = numbers.map { "(BIGINT '\($0)')" }.joined(separator: ", ")
    for moment in ["1970-01-01 00:00:01", "2024-06-01 00:00:00", "2024-06-01 00:00:01"] {
      for sign in [">=", "<"] {
        let sides = ["from_unixtime(x / 1000)", "from_unixtime(CAST(x AS double) / 1000e0)"].map {
          "\($0) \(sign) TIMESTAMP '\(moment)'"
        }
        let answers = try engine.rows(
          of: "SELECT x, \(sides[0]) AS a, \(sides[1]) AS b FROM (VALUES \(rows)) AS t(x)")
        #expect(answers.count == numbers.count)
        for row in answers { #expect(row["a"] == row["b"], "\(sides[0]) of \(row["x"]?.compactJSON ?? "")") }
      }
    }
  }

  private func literal(_ text: String) -> String { "'\(text.replacingOccurrences(of: "'", with: "''"))'" }
}
