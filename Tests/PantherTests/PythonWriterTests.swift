import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import ConcordProof
import Foundation
import Testing

extension Proof {
  /// Whether no event tells the two conditions apart.
  fileprivate var isEqual: Bool { if case .equal = verdict { true } else { false } }
}

/// Rules as Python: what is written, what it does, and what is read of it.
@Suite struct PythonWriterTests {
  /// A condition and the lines of `rule` for it.
  static let written: [(condition: String, lines: String)] = [
    (#"a eq "x""#, #"return "x" in texts(event, "a")"#),
    (#"a ne "x""#, #"return "x" not in texts(event, "a")"#),
    (#"a eq "X" nocase"#, #"return any(fold(text) == "x" for text in texts(event, "a"))"#),
    (#"a in ["x", "y"]"#, #"return any(text in {"x", "y"} for text in texts(event, "a"))"#),
    (#"a.b starts_with "x""#, #"return any(text.startswith("x") for text in texts(event, "a", "b"))"#),
    (#"a[].b ends_with "x""#, #"return any(text.endswith("x") for text in texts(event, "a", ..., "b"))"#),
    (#"a[2] contains "x""#, #"return any("x" in text for text in texts(event, "a", 2))"#),
    (#"a wildcard "x*[y""#, #"return any(fnmatchcase(text, "x*[[]y") for text in texts(event, "a"))"#),
    (#"a is_not_null"#, #"return present(event, "a")"#),
    (#"a is_truthy"#, #"return truthy(event, "a")"#),
    (#"a is_null"#, #"return not present(event, "a")"#),
    (#"a gt "5""#, #"return any(number > 5.0 for number in numbers(event, "a"))"#),
    (
      #"a cidr_match "10.0.0.0/8""#,
      #"return any(address in ip_network("10.0.0.0/8") for address in addresses(event, "a"))"#
    ),
    (
      #"a regex_match "x\\d$" nocase"#,
      #"return any(re.search(r"[Xx]\d$", text, re.ASCII) for text in texts(event, "a"))"#
    ),
    (#"a eq_field b.c"#, #"return same_text(event, ("a",), ("b", "c"))"#),
    (#"a.b[] is_array"#, #"return holds_array(event, "a", "b")"#),
    (
      #"some a (a.b eq "x" and a.c ne "y")"#,
      #"return any("x" in texts(value1, "b") and "y" not in texts(value1, "c") for value1 in each(event, "a"))"#
    ),
    (
      #"not some a[] (a[] ne "x")"#,
      #"return not any("x" not in texts(value1) for value1 in each(event, "a", ...))"#
    ),
    (
      #"some a (a.b eq "x" and some a.c[] (a.c[].d eq_field a.c[].e and a.c[].f is_null))"#,
      #"return any("x" in texts(value1, "b") and any(same_text(value2, ("d",), ("e",)) and not present(value2, "f") for value2 in each(value1, "c", ...)) for value1 in each(event, "a"))"#
    ),
    (
      #"some a (a.b ne "x" or c eq "y")"#,
      #"return (any("x" not in texts(value1, "b") for value1 in each(event, "a")) or present(event, "a") and "y" in texts(event, "c"))"#
    ),
    (#""a.b" eq "\"\\""#, #"return "\"\\" in texts(event, "a.b")"#),
    ("true", "return True"),
    (
      #"a eq "x" or not (b eq "y" and c eq "z")"#,
      #"return ("x" in texts(event, "a") or not ("y" in texts(event, "b") and "z" in texts(event, "c")))"#
    ),
  ]

  private func rule(_ text: String) throws -> Rule {
    let tree = try Notation.parse(Source(name: "condition", text: text))
    return Rule(id: "A.B", title: "Title", condition: try tree.condition(reading: .literal))
  }

  @Test(arguments: written) func aConditionIsAProgram(_ condition: String, _ lines: String) throws {
    let program = try panther.write(rule(condition), options: LanguageOptions()).text
    let found = program.components(separatedBy: "def rule(event):\n")[1].components(separatedBy: "\n\n")[0]
    let flat = found.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
      .replacingOccurrences(of: "( ", with: "(").replacingOccurrences(of: " )", with: ")")
    #expect(flat == lines)
    #expect(program.hasPrefix("# A.B: Title\n# Concord "))
    #expect(program.hasSuffix("\n"))
  }

  @Test(arguments: written) func whatIsWrittenIsReadBack(_ condition: String, _: String) throws {
    let rule = try rule(condition)
    let program = try panther.write(rule, options: LanguageOptions()).text
    let document = try #require(
      try panther.read(Source(name: "rule.py", text: program), options: LanguageOptions()).first)
    // Ignored case is written in lower case, and `not` may stand elsewhere: the same events nevertheless.
    #expect(Prover().compare(document.rule.condition, rule.condition).isEqual, "\(program)")
    #expect(document.rule.id == "A.B" && document.rule.title == "Title")
    #expect(document.warnings == [])
  }

  /// Events, and what a program says of them that asks of each kind of value.
  static let run: [(condition: String, event: String, holds: Bool)] = [
    (#"a eq "5""#, #"{"a": 5.0}"#, true),
    (#"a eq "5""#, #"{"a": "5.0"}"#, false),
    (#"a eq "0.00001""#, #"{"a": 1e-5}"#, true),
    (#"a eq "-1500""#, #"{"a": -1.5e3}"#, true),
    (#"a eq "12345678901234567890""#, #"{"a": 12345678901234567890}"#, true),
    (#"a eq "true""#, #"{"a": true}"#, true),
    (#"a eq "{\"b\":[1,null,\"x\"]}""#, #"{"a": {"b": [1, null, "x"]}}"#, true),
    (#"a.b eq "x""#, #"{"a": [{"b": "y"}, [{"b": ["x"]}]]}"#, true),
    (#"a eq "x""#, #"{"A": "x"}"#, false),
    (#"a.b eq "x""#, #"{"a": {"B": "x"}}"#, false),
    (#"a is_not_null"#, #"{"a": [null, []]}"#, false),
    (#"a is_truthy"#, #"{"a": [0]}"#, true),
    (#"a is_truthy"#, #"{"a": 0.0}"#, false),
    (#"a is_truthy"#, #"{"a": {}}"#, true),
    (#"a[] is_truthy"#, #"{"a": 0}"#, false),
    (#"a[1] eq "x""#, #"{"a": ["y", "x"]}"#, true),
    (#"a[][0] eq "x""#, #"{"a": [["x"], ["y"]]}"#, true),
    (#"a eq "k" nocase"#, "{\"a\": \"\u{212A}\"}", true),
    (#"a eq "i" nocase"#, "{\"a\": \"\u{130}\"}", true),
    (#"a gt "5""#, #"{"a": "007"}"#, true),
    (#"a gt "5""#, #"{"a": " 7"}"#, false),
    (#"a cidr_match "10.0.0.0/8""#, #"{"a": "::ffff:10.1.2.3"}"#, true),
    (#"a cidr_match "10.0.0.0/8""#, #"{"a": "10.1.2.03"}"#, false),
    (#"a cidr_match "fe80::/10""#, #"{"a": "fe80::1%eth0"}"#, false),
    (#"a is_array"#, #"{"a": []}"#, true),
    (#"a.b is_array"#, #"{"a": [{"b": 1}, {"b": [null]}]}"#, true),
    (#"a.b is_array"#, #"{"a": [{"b": {}}]}"#, false),
    (#"a[1] is_array"#, #"{"a": ["x", ["y"]]}"#, true),
    (#"some a (a.c is_array and a.b ne "x")"#, #"{"a": [{"c": [], "b": "x"}, {"c": 1}]}"#, false),
    (#"some a (a.b eq "x" and a.c ne "y")"#, #"{"a": [{"b": "x", "c": "y"}, {"b": "z"}]}"#, false),
    (#"some a (a.b eq "x" and a.c ne "y")"#, #"{"a": [{"b": "x", "c": "y"}, {"b": "x"}]}"#, true),
    (#"some a (a ne "x")"#, #"{"a": [null, "x", []]}"#, false),
    (#"some a (a is_truthy and a ne "x")"#, #"{"a": [0, "x"]}"#, false),
    (#"some a (a.b eq_field a.c and a.d is_null)"#, #"{"a": [{"b": 1, "c": "1"}]}"#, true),
    (#"a eq_field b"#, #"{"a": [1, "x"], "b": {"c": 1}}"#, false),
    (#"a eq_field b"#, #"{"a": [1, "x"], "b": "1"}"#, true),
  ]

  @Test(arguments: run) func aProgramSaysWhatIsMeant(_ condition: String, _ event: String, _ holds: Bool)
    throws
  {
    let rule = try rule(condition)
    let program = try panther.write(rule, options: LanguageOptions()).text
    let event = try #require(Event(try JSON.parse(event)))
    #expect(rule.condition.holds(of: event) == holds)
    #expect(try panther.run(program, on: [event], options: LanguageOptions()) == [holds], "\(program)")
  }

  /// Programs of people, run as they stand: an exception and a result that is no boolean are no match.
  static let programs: [(lines: String, event: String, holds: Bool)] = [
    ("return event.get('a') == 'x'", #"{"A": "x"}"#, true),
    ("return event['a'] == 'x'", "{}", false),
    ("return not event['a'] == 'x'", "{}", false),
    ("return event.get('a', '').endswith('x')", #"{"a": null}"#, false),
    ("return event.deep_get('a', 'b', default='x') == 'x'", #"{"a": {"b": null}}"#, true),
    ("return 'x'", "{}", false),
    ("return event.get('a')", #"{"a": true}"#, true),
    (
      "for x in event.get('a', []):\n    if x == 'y':\n        return True\nreturn False",
      #"{"a": ["x", "y"]}"#, true
    ),
    ("try:\n    return event['a'] == 'x'\nexcept KeyError:\n    return True", "{}", true),
    ("return 1 < event.get('a', 0) <= 5", #"{"a": 5}"#, true),
    ("return event.get('a') == 1", #"{"a": true}"#, true),
  ]

  @Test(arguments: programs) func aProgramRuns(_ lines: String, _ event: String, _ holds: Bool) throws {
    let event = try #require(Event(try JSON.parse(event)))
    #expect(try panther.run(program(lines), on: [event], options: LanguageOptions()) == [holds])
  }

  /// What is not executed here is said, rather than taken for an exception.
  @Test(arguments: [
    "x = lambda: 1\nreturn x() == 1", "while True:\n    pass", "import time\nreturn time.time() > 5",
    "import re\nreturn bool(re.search('\\\\d', event.get('a')))",
  ])
  func whatDoesNotRunIsSaid(_ lines: String) throws {
    let event = try #require(Event(try JSON.parse("{\"a\": \"\u{663}\"}")))
    #expect(throws: Diagnostic.self) {
      try panther.run(program(lines), on: [event], options: LanguageOptions())
    }
  }

  /// A function of the runtime is known by all that it calls: one that is otherwise makes the rule another.
  @Test(arguments: [
    (#"return "null""#, #"return decimal(value)"#), ("Sequence", "Set as Sequence"),
    ("def is_array(value):", "len = abs\ndef is_array(value):"),
  ])
  func aChangedRuntimeIsNotKnown(_ new: String, _ old: String) throws {
    let rule = try rule(#"a eq "x""#)
    let program = try panther.write(rule, options: LanguageOptions()).text
    let changed =
      program.contains(old) && !new.hasPrefix("def")
      ? program.replacingOccurrences(of: old, with: new)
      : program.replacingOccurrences(of: new, with: old)
    #expect(changed != program)
    let read = panther.readAll(Source(name: "rule.py", text: changed), options: LanguageOptions())
    #expect(read.documents.isEmpty, "\(read.documents.map(\.rule.condition))")
  }

  @Test func theRuleFileBesideNamesTheProgram() throws {
    var rule = try rule(#"a eq "x""#)
    rule.severity = .high
    rule.logSources = [.cloudTrail]
    rule.author = "Nobody"
    rule.fixtures = [
      Fixture(name: "match", expected: true, event: try #require(Event(try JSON.parse(#"{"a": "x"}"#))))
    ]
    let program = try panther.write(rule, options: LanguageOptions()).text
    let companion = try #require(panther.companion)
    let file = try companion.write(rule, "rule.py")
    #expect(!file.contains("Condition") && !file.contains("Author"))
    var options = LanguageOptions()
    options.files = SourceFiles(
      read: { $0 == "out/rule.py" ? Source(name: $0, text: program) : nil }, list: { _ in [] })
    let document = try #require(
      try panther.read(Source(name: "out/rule.panther.yml", text: file), options: options).first)
    #expect(document.rule.condition == rule.condition)
    #expect(document.rule.fixtures.map(\.name) == ["match"] && document.rule.severity == .high)
    #expect(document.rule.logSources == [.cloudTrail])
  }

  @Test func whatIsNotSaidIsRefused() throws {
    #expect {
      try panther.write(
        self.rule(#"some a (a.b eq_field c and a.d is_null)"#), options: LanguageOptions())
    } throws: {
      ($0 as? Diagnostic)?.code == .severalQuestions
    }
    var rule = try rule(#"a eq "x""#)
    rule.place = .place(PlaceFact("index", of: "splunk"), .text(.equals("main"), .exact))
    #expect { try panther.write(rule, options: LanguageOptions()) } throws: {
      ($0 as? Diagnostic)?.code == .placeNotMapped
    }
  }
}
