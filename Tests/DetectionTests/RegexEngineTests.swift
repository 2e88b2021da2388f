import ConcordDetection
import TestSupport
import Testing

/// The matcher and the printer against an engine nobody here wrote.
@Suite("Portable regular expressions on Python's re", .waitsForPrograms)
struct RegexEngineTests {
  private struct Request: Encodable {
    let pattern: String
    let texts: [String]
  }

  private struct Answer: Decodable {
    /// `nil` for a search that took too long.
    let found: [Bool?]?
    let refused: String?
  }

  /// How Python spells what it spells differently; its `\d \w \s \b` know all of Unicode.
  private var dialect: RegexDialect {
    var dialect = RegexDialect()
    dialect.beyondASCII = .fixedWidth
    dialect.hasASCIIClasses = false
    dialect.textEnd = "\\Z"
    dialect.lineStart = RegexDialect.lineStart
    dialect.lineEnd = RegexDialect.lineEnd
    dialect.wordBoundary = RegexDialect.wordBoundary
    dialect.notWordBoundary = RegexDialect.notWordBoundary
    return dialect
  }

  @Test("the same verdict on every text")
  func agreesWithPython() throws {
    var generator = ConditionGenerator(seed: 11)
    var random = SeededGenerator(seed: 12)
    var regexes = try PortableRegexTests.matches.map { try PortableRegex($0.pattern) }
    regexes += (0..<600).compactMap { _ in generator.regex() }
    for pattern in [
      "^a", "a$", "^$", "\\ba", "a\\b", "\\B", "^\\b", "$\\n", "^a?$", "\\s$", "\\Aab", "ab\\z", "\\Ak\\z",
      "s", "a.*b",
    ] {
      regexes += try [PortableRegex(pattern), PortableRegex(pattern, flags: [.multiline, .ignoreCase])]
    }
    let listed = PortableRegexTests.matches.flatMap { $0.yes + $0.no }.filter { $0.utf8.count < 12 }
    let alphabet = "aaabbRunsK k1_-\n\r\té.*\\'\"\u{212A}😀".unicodeScalars
    let requests = regexes.map { regex in
      let made = (0..<30).map { _ in
        var text = String.UnicodeScalarView()
        for _ in 0..<random.number(0...7) { text.append(random.element(of: alphabet) ?? "a") }
        return String(text)
      }
      return Request(pattern: dialect.print(regex), texts: listed + made)
    }
    let cases = requests.reduce(0) { $0 + $1.texts.count }
    let answers = try Engine.run(
      "python_re.py", requests, as: Answer.self, skipping: "\(cases) verdicts of regular expressions")
    guard let answers else { return }
    var (matching, tooLong) = (0, 0)
    for (index, answer) in answers.enumerated() {
      let request = requests[index]
      guard let found = answer.found else {
        Issue.record("\(request.pattern) refused: \(answer.refused ?? "")")
        continue
      }
      for (text, theirs) in zip(request.texts, found) {
        guard let theirs else {
          tooLong += 1
          continue
        }
        let ours = regexes[index].matches(text)
        matching += ours ? 1 : 0
        if ours != theirs {
          Issue.record("\(regexes[index].pattern) as \(request.pattern) on \(text.debugDescription): \(ours)")
        }
      }
    }
    #expect(tooLong * 10 < cases)
    Engine.note(
      "\(regexes.count) expressions on Python's re: \(cases) verdicts, \(matching) matches, \(tooLong) took too long"
    )
  }
}
