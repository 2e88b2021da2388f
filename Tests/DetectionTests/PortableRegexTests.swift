import ConcordDetection
import ConcordDiagnostics
import Testing

@Suite("Portable regular expressions")
struct PortableRegexTests {
  struct Match: Sendable, CustomTestStringConvertible {
    let pattern: String
    let yes: [String]
    let no: [String]
    var testDescription: String { pattern }
  }

  @Test("what matches", arguments: matches)
  func whatMatches(_ row: Match) throws {
    let regex = try PortableRegex(row.pattern)
    for text in row.yes { #expect(regex.matches(text), "\(row.pattern) on \(text.debugDescription)") }
    for text in row.no { #expect(!regex.matches(text), "\(row.pattern) on \(text.debugDescription)") }
  }

  static let matches: [Match] = [
    Match(pattern: "", yes: ["", "a"], no: []),
    Match(pattern: "b", yes: ["b", "abc"], no: ["", "B"]),
    Match(pattern: "^b", yes: ["bc"], no: ["ab", "a\nb"]),
    Match(pattern: "\\Ab", yes: ["bc"], no: ["ab"]),
    Match(pattern: "b\\z", yes: ["ab"], no: ["b\n", "ba"]),
    Match(pattern: "b$", yes: ["ab", "b\n"], no: ["ba", "b\n\n", "b\r\n"]),
    Match(pattern: "(?m)^b", yes: ["b", "a\nb"], no: ["a\rb"]),
    Match(pattern: "(?m)b$", yes: ["ab", "b\nc"], no: ["b\rc"]),
    Match(pattern: "(?m)^\\z", yes: [""], no: ["a\n"]),
    Match(pattern: "(?m)^$", yes: ["", "a\n\nb"], no: ["a\n"]),
    Match(pattern: "^.\\z", yes: ["a", "\r", "\u{2028}", "😀", "\u{0}"], no: ["\n", "", "ab", "e\u{301}"]),
    Match(pattern: "(?s)^.\\z", yes: ["a", "\n"], no: ["\r\n"]),
    Match(pattern: "(?s:^.)b", yes: ["\nb"], no: ["b"]),
    Match(pattern: "^\\d\\z", yes: ["7"], no: ["x", "٣", ""]),
    Match(pattern: "^\\D\\z", yes: ["x", "٣"], no: ["7"]),
    Match(pattern: "^\\w\\z", yes: ["a", "Z", "0", "_"], no: ["é", "-", "ß"]),
    Match(pattern: "^\\W\\z", yes: ["é", "-"], no: ["a"]),
    Match(
      pattern: "^\\s\\z", yes: ["\t", "\n", "\u{B}", "\u{C}", "\r", " "], no: ["\u{85}", "\u{A0}", "a"]),
    Match(pattern: "^\\S\\z", yes: ["\u{A0}", "a"], no: [" "]),
    Match(pattern: "\\bcat\\b", yes: ["cat", "a cat.", "écat"], no: ["cats", "_cat"]),
    Match(pattern: "\\Bcat", yes: ["scat"], no: ["cat", "a cat"]),
    Match(pattern: "^[a-c-]\\z", yes: ["a", "b", "-"], no: ["d"]),
    Match(pattern: "^[^a-c]\\z", yes: ["d", "\n", "😀"], no: ["a", ""]),
    Match(pattern: "^[\\d.\\]\\\\]\\z", yes: ["1", ".", "]", "\\"], no: ["a"]),
    Match(pattern: "^[^\\D]\\z", yes: ["4"], no: ["a"]),
    Match(pattern: "[^\\s\\S]", yes: [], no: ["", "a", "\n"]),
    Match(pattern: "a|b|", yes: ["", "c"], no: []),
    Match(pattern: "^(?:a|bc)\\z", yes: ["a", "bc"], no: ["b", "abc"]),
    Match(pattern: "^(?<name>a)(?P<n2>b)\\z", yes: ["ab"], no: ["a"]),
    Match(pattern: "^a*b+c?\\z", yes: ["b", "aabbc"], no: ["a", "bcc"]),
    Match(pattern: "^a*?b+?c??\\z", yes: ["b", "aabbc"], no: ["a", "bcc"]),
    Match(pattern: "^a{2}\\z", yes: ["aa"], no: ["a", "aaa"]),
    Match(pattern: "^a{2,}\\z", yes: ["aa", "aaaa"], no: ["a"]),
    Match(pattern: "^a{1,3}\\z", yes: ["a", "aaa"], no: ["", "aaaa"]),
    Match(pattern: "^a{0}b\\z", yes: ["b"], no: ["ab"]),
    Match(pattern: "^(?:a*)*b\\z", yes: ["b", "aab"], no: ["ac"]),
    Match(pattern: "^(?:|a)+\\z", yes: ["", "aa"], no: ["b"]),
    Match(pattern: "^\\Qa.b*\\Ec\\z", yes: ["a.b*c"], no: ["axbbc"]),
    Match(pattern: "^a(?#any]thing)b\\z", yes: ["ab"], no: ["a"]),
    Match(pattern: "^\\x41\\x{1F600}\\u00e9\\z", yes: ["A😀é"], no: ["A😀e\u{301}"]),
    Match(pattern: "^\\n\\r\\t\\f\\a\\e\\z", yes: ["\n\r\t\u{C}\u{7}\u{1B}"], no: ["nrtfae"]),
    Match(pattern: "^a\r\nb\\z", yes: ["a\r\nb"], no: ["a\nb"]),
    Match(pattern: "^]}\\-\\/\\z", yes: ["]}-/"], no: []),
    Match(pattern: "(?i)^k\\z", yes: ["k", "K", "\u{212A}"], no: ["c"]),
    Match(pattern: "(?i)^\u{212A}\\z", yes: ["k", "K", "\u{212A}"], no: []),
    Match(pattern: "(?i)^[a-l]\\z", yes: ["k", "K", "\u{212A}"], no: ["m"]),
    Match(pattern: "(?i)^[^k]\\z", yes: ["m", "M"], no: ["k", "K", "\u{212A}"]),
    Match(pattern: "(?i)^\\w\\z", yes: ["k", "K"], no: ["\u{212A}"]),
    Match(pattern: "(?i)^ß\\z", yes: ["ß", "ẞ"], no: ["ss", "SS"]),
    Match(pattern: "(?i)^i\\z", yes: ["i", "I", "İ"], no: ["ı"]),
    Match(pattern: "(?i)^σ\\z", yes: ["σ", "Σ"], no: ["ς"]),
    Match(pattern: "(?i:a)b", yes: ["Ab", "ab"], no: ["aB"]),
    Match(pattern: "(?i)a(?-i:b)", yes: ["Ab"], no: ["aB"]),
    Match(pattern: "(?i)(?s)^A.B\\z", yes: ["a\nb"], no: ["ab"]),
  ]

  @Test("what is refused", arguments: refused)
  func whatIsRefused(_ pattern: String, _ code: String, _ columns: String) {
    let thrown = #expect(throws: Diagnostic.self) { _ = try PortableRegex(pattern) }
    guard let thrown, let span = thrown.labels.first?.span else { return }
    #expect(thrown.code.rawValue == code, "\(thrown.message)")
    #expect("\(span.start.column)-\(span.end.column)" == columns, "\(thrown.message)")
  }

  /// Pattern, code, and the columns of the first label.
  static let refused: [(String, String, String)] = [
    ("a(?=b)", "E121", "2-5"), ("a(?!b)", "E121", "2-5"), ("(?<=a)b", "E121", "1-5"),
    ("(?<!a)b", "E121", "1-5"), ("(a)\\1", "E121", "4-6"), ("(?P=n)", "E121", "1-5"),
    ("\\k<n>", "E121", "1-3"), ("(?>a)", "E121", "1-4"), ("a++", "E121", "2-4"),
    ("a{2}+", "E121", "2-6"), ("(?(1)a|b)", "E121", "1-4"), ("(?|a|b)", "E121", "1-4"),
    ("(?R)", "E121", "1-4"), ("\\h", "E121", "1-3"), ("\\R", "E121", "1-3"), ("\\X", "E121", "1-3"),
    ("\\K", "E121", "1-3"), ("\\v", "E121", "1-3"), ("\\N", "E121", "1-3"), ("\\Z", "E121", "1-3"),
    ("\\y", "E121", "1-3"), ("\\é", "E121", "1-3"), ("\\0", "E121", "1-3"), ("\\101", "E121", "1-3"),
    ("\\xe9", "E121", "1-5"), ("\\x4", "E121", "1-4"), ("\\x{}", "E121", "1-4"),
    ("\\x{110000}", "E121", "1-11"), ("\\ud83d", "E121", "1-7"), ("\\p{L}", "E121", "1-3"),
    ("[[:alpha:]]", "E121", "2-3"), ("[[]", "E121", "2-3"), ("[a&&b]", "E121", "3-4"),
    ("[]a]", "E120", "2-3"), ("[z-a]", "E120", "2-5"), ("[\\d-z]", "E120", "4-5"),
    ("[a-\\d]", "E120", "3-6"), ("[a-c-e]", "E120", "5-6"), ("[\\b]", "E121", "2-4"),
    ("[a", "E120", "1-2"), ("(a", "E120", "1-2"), ("a)", "E120", "2-3"), ("a\\", "E120", "2-3"),
    ("*a", "E120", "1-2"), ("a**", "E120", "2-4"), ("a{2}{3}", "E120", "2-8"), ("^*", "E120", "2-3"),
    ("a{,3}", "E120", "2-5"), ("a{3,2}", "E120", "2-7"), ("a{1001}", "E120", "2-7"),
    ("a{x}", "E120", "2-3"), ("\\Qab\\E+", "E120", "7-8"), ("{a", "E121", "1-2"), ("(?x)a", "E121", "3-4"),
    ("a(?i)b", "E121", "2-6"),
    ("(?<1>a)", "E120", "1-4"), ("(?'n'a)", "E121", "1-4"), ("(?#a", "E120", "1-5"),
    ("(?:a{1000}){1000}", "E122", "1-18"),
    (String(repeating: "(", count: 100_000), "E106", "101-102"),
  ]

  @Test("a problem is placed within the text around the expression")
  func originIsMapped() {
    let file = Source(name: "rule.yml", text: "a: b\nre: x(?=y)\n")
    let origin = Origin(file, start: Position(line: 2, column: 5))
    let thrown = #expect(throws: Diagnostic.self) { _ = try PortableRegex("x(?=y)", origin: origin) }
    #expect(thrown?.source == file)
    #expect(thrown?.labels.first?.span == Span(at: Position(line: 2, column: 6), length: 3))
  }

  @Test(
    "equal however they are spelled",
    arguments: [
      ("(?i)a", "[aA]"), ("(?:a)b", "ab"), ("[\\d]", "\\d"), ("[^\\d]", "\\D"), ("a{0,}", "a*"),
      ("a*?", "a*"),
      ("a{0,1}", "a?"), ("[a]", "a"), ("[abc]", "[a-c]"), ("(?s).", "(?s:.)"), ("^a", "\\Aa"), ("(?i)1", "1"),
      ("\\x41", "A"), ("(a|b)|c", "a|b|c"), ("a{1}", "a"),
    ])
  func equality(_ left: String, _ right: String) throws {
    #expect(try PortableRegex(left) == PortableRegex(right))
    #expect(try PortableRegex(left).hashValue == PortableRegex(right).hashValue)
  }

  @Test(
    "different",
    arguments: [("a", "A"), ("a$", "a\\z"), (".", "(?s:.)"), ("^a", "(?m)^a"), ("é", "e\u{301}")])
  func inequality(_ left: String, _ right: String) throws {
    #expect(try PortableRegex(left) != PortableRegex(right))
  }

  @Test(
    "the pattern that an expression amounts to",
    arguments: [
      ("abc", Pattern.contains("abc")), ("^abc", .prefix("abc")), ("abc\\z", .suffix("abc")),
      ("^abc\\z", .equals("abc")),
      ("(?s)^a.c.*\\z", Pattern([.literal("a"), .anyOne, .literal("c"), .anyRun])),
      ("abc$", nil), ("^a.c", nil), ("a|b", nil), ("\\d", nil), ("", .anything), ("^\\z", .equals("")),
      ("^a\\.b\\*\\z", .equals("a.b*")),
    ])
  func literal(_ regex: String, _ pattern: Pattern?) throws {
    #expect(try PortableRegex(regex).literal?.pattern == pattern)
  }

  @Test("a pattern of ignored case")
  func literalCase() throws {
    #expect(try PortableRegex("(?i)^a1").literal?.letterCase == .ignored)
    #expect(try PortableRegex("(?i:a)b").literal == nil)
  }

  @Test("prints to what reads back as the same tree", arguments: matches)
  func printsAndReadsBack(_ row: Match) throws {
    let regex = try PortableRegex(row.pattern)
    let printed = RegexDialect.portable.print(regex)
    #expect(try PortableRegex(printed).tree == regex.tree, "\(printed)")
    var bracket = RegexDialect()
    bracket.quoting = .bracket
    bracket.hasASCIIClasses = false
    let other = try PortableRegex(bracket.print(regex))
    for text in row.yes { #expect(other.matches(text), "\(other.pattern)") }
    for text in row.no { #expect(!other.matches(text), "\(other.pattern)") }
  }

  @Test("spelling per dialect")
  func spelling() throws {
    var dialect = RegexDialect()
    #expect(try dialect.print(PortableRegex("(?i)k.1")) == "[Kk\\x{212A}].1")
    #expect(try RegexDialect.portable.print(PortableRegex("a(?i:b)c|(?i:d)")) == "a(?i:b)c|(?i:d)")
    dialect.quoting = .bracket
    dialect.beyondASCII = .fixedWidth
    #expect(try dialect.print(PortableRegex("a\\.b\\\\é😀(?:xy)+?")) == "a[.]b\\\\\\u00E9\\U0001F600(?:xy)+")
  }

  @Test("a hostile expression takes linear time")
  func linearTime() throws {
    let regex = try PortableRegex("^(?:a+)+(?:a|a)*b\\z")
    #expect(!regex.matches(String(repeating: "a", count: 20_000)))
  }
}
