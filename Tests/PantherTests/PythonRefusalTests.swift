import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import Foundation
import Testing

@Suite struct PythonRefusalTests {
  /// Lines that are refused, the number of the reason, and where.
  static let refused: [(lines: String, event: String, code: String, place: Position)] = [
    ("return event.get('a') @ 1", "{}", "E344", Position(line: 2, column: 12)),
    ("while True:\n    pass", "{}", "E344", Position(line: 2, column: 5)),
    ("return event.get('a')[-1] == 'x'", "{}", "E344", Position(line: 2, column: 12)),
    ("import datetime\nreturn datetime.datetime.now() > 5", "{}", "E345", Position(line: 3, column: 12)),
    ("import requests\nreturn requests.get('a') == 'x'", "{}", "E345", Position(line: 3, column: 12)),
    (
      "x = ''\nfor y in event.get('a', []):\n    x = y\nreturn x == 'b'", "{}", "E346",
      Position(line: 3, column: 5)
    ),
    ("for y in event.get('a', []):\n    pass\nreturn y == 'b'", "{}", "E346", Position(line: 2, column: 5)),
    (
      "for y in event.get('a', []):\n    if y == 'b':\n        return True\n    if y == 'c':\n        return False\nreturn True",
      "{}", "E346", Position(line: 2, column: 5)
    ),
    ("return 'x' in event.get('a')", "{}", "E347", Position(line: 2, column: 12)),
    ("return event.get('a') == '5'", #"{"a": 5, "b": 1}, {"a": "5"}"#, "E347", Position(line: 2, column: 12)),
    (
      "return any(x.get('a') == 1 and x.get('b') == 2 for x in event.get('c', []))", "{}", "E348",
      Position(line: 2, column: 12)
    ),
    ("return any(x != 'y' for x in event.get('c', []))", "{}", "E348", Position(line: 2, column: 12)),
    ("return event.get('a').endswith(event.get('b'))", "{}", "E349", Position(line: 2, column: 12)),
    (
      "import json\nreturn json.loads(event.get('a')).get('b') == 'x'", "{}", "E349",
      Position(line: 3, column: 12)
    ),
    ("return f\"{event.get('a')}{event.get('b')}\" == 'x'", "{}", "E349", Position(line: 2, column: 12)),
    ("return event.get('a') is None", #"{"a": ["x"]}"#, "E347", Position(line: 2, column: 12)),
    ("return nothing(event)", "{}", "E212", Position(line: 2, column: 12)),
    ("import my_helpers\nreturn my_helpers.f(event)", "{}", "E213", Position(line: 2, column: 5)),
    ("x = [\nreturn True", "{}", "E102", Position(line: 2, column: 9)),
  ]

  @Test(arguments: refused)
  func whatIsNotReadIsRefused(_ lines: String, _ event: String, _ code: String, _ place: Position) throws {
    let events =
      event.hasPrefix("{\"a\": 5, \"b\"")
      ? event.components(separatedBy: "}, ").map { $0.hasSuffix("}") ? $0 : $0 + "}" } : [event]
    let collection = PythonCase(program: program(lines), events: events).read()
    let refusal = try #require(
      collection.refused.first?.refusals.first, "\(collection.documents.map(\.rule.condition))")
    #expect(refusal.code.rawValue == code)
    #expect(refusal.labels.first?.span.start == place)
    #expect(refusal.source?.name == "rules/rule.py")
  }

  @Test func aProgramThatIsTooLargeIsRefused() throws {
    let lines = (0..<12).map { "x\($0) = event.get('a\($0)') or event.get('b\($0)')" }.joined(separator: "\n")
    let sum = (0..<12).map { "x\($0) == x\(($0 + 1) % 12)" }.joined(separator: " or ")
    let collection = PythonCase(program: program(lines + "\nreturn " + sum), events: ["{}"]).read()
    let code = collection.refused.first?.refusals.first?.code.rawValue
    #expect(
      collection.documents.first.map { $0.rule.condition.paths.count <= 24 }
        ?? (code == "E350" || code == "E347"))
    let many = (0..<3_000).map { "event.get('a\($0)') == 'x'" }.joined(separator: " or ")
    let large = PythonCase(program: program("return " + many), events: ["{}"]).read()
    #expect(large.refused.first?.refusals.first?.code.rawValue == "E350")
  }

  /// Functions that call each other from deep within expressions and blocks.
  @Test(arguments: [true, false]) func aDeepProgramIsRefused(_ isExpression: Bool) {
    let functions = (0..<16).map { index in
      let next = index < 15 ? "f\(index + 1)(event)" : "True"
      if isExpression {
        let deep = (0..<36).reduce(next) { inner, _ in "[\(inner), True][0]" }
        return "def f\(index)(event):\n    return \(deep)\n"
      }
      let blocks = (1...35).map { String(repeating: " ", count: $0) + "if event.get('a\($0)') == 'x':\n" }
      return "def f\(index)(event):\n\(blocks.joined())" + String(repeating: " ", count: 36)
        + "return \(next)\n"
    }
    let collection = PythonCase(program: functions.joined() + "def rule(event):\n    return f0(event)\n")
      .read()
    #expect(collection.refused.first?.refusals.first?.code.rawValue == "E106")
  }

  /// More steps than a condition may be deep, each in the last.
  @Test func aLongChainIsRefusedOrRead() {
    let lines = (0..<300).map {
      "if event.get('a\($0)') == 'x':\n    return \($0 % 2 == 0 ? "True" : "False")"
    }
    let collection = PythonCase(program: program(lines.joined(separator: "\n") + "\nreturn True")).read()
    #expect(collection.refused.first?.refusals.first?.code.rawValue == "E350")
  }

  @Test func aProgramThatIsMissingIsNamed() {
    var options = LanguageOptions()
    options.files = SourceFiles(read: { _ in nil }, list: { _ in [] })
    let text = "AnalysisType: rule\nRuleID: A\nFilename: b.py\n"
    let refusal = panther.readAll(Source(name: "a.yml", text: text), options: options).refused.first?.refusals
      .first
    #expect(refusal?.code.rawValue == "E323")
    #expect(refusal?.labels.first?.span.start == Position(line: 3, column: 11))
  }

  /// What is said besides: the lines, an event, and the numbers.
  static let said: [(lines: String, event: String, codes: [String])] = [
    ("return event.get('a') == 'x'", #"{"a": "x"}"#, ["N396"]),
    ("return event.get('a', '').lower() == 'X'", #"{"a": "x"}"#, ["N397", "N396", "W394"]),
    ("return event.get('a') == 'true'", #"{"a": true}"#, ["N396", "W394"]),
    ("return event['a'] == 'x'", #"{"a": "x"}"#, ["N397", "N396"]),
    ("return event.get('a')", #"{"a": true}"#, ["N396", "W395"]),
    ("return 'x'", "{}", ["W395"]),
    ("return any(x == 'y' for x in event.get('a', []))", #"{"a": ["y"]}"#, ["N397", "N396", "N396"]),
    ("return len(event.get('a', '')) > 1", #"{"a": "x"}"#, ["N397", "N396"]),
    ("return bool(event.get('a'))", "{}", ["N396"]),
    ("return bool(event.get('a'))", #"{"a": {"b": 1}}"#, ["N396"]),
    (
      "try:\n    return event['a'] == 'x'\nexcept KeyError:\n    return True", #"{"a": "x"}"#,
      ["N397", "N396", "N325"]
    ),
    (
      "try:\n    return event['a'] == 'x'\nexcept Exception:\n    return True", #"{"a": "x"}"#,
      ["N397", "N396"]
    ),
    (
      "return any(x.get('b').startswith('c') for x in event.get('a', []))", #"{"a": [{"b": "c"}]}"#,
      ["N397", "N396", "N396", "N398"]
    ),
    ("return True\ndef severity(event):\n    return 'LOW'", "{}", []),
  ]

  @Test(arguments: said) func whatIsAssumedIsSaid(_ lines: String, _ event: String, _ codes: [String]) throws
  {
    let document = try #require(PythonCase(program: program(lines), events: [event]).read().documents.first)
    #expect(document.warnings.map(\.code.rawValue) == codes)
  }

  @Test func whatIsComputedForAlertsIsLeftOut() throws {
    let text = program("return True") + "def severity(event):\n    return 'LOW'\n"
    let document = try #require(PythonCase(program: text).read().documents.first)
    #expect(document.warnings.map(\.code.rawValue) == ["N399"])
  }

  @Test func aTestWithMocksIsLeftOut() throws {
    var options = LanguageOptions()
    options.files = SourceFiles(
      read: { Source(name: $0, text: program("return event.get('a') == 'x'")) }, list: { _ in [] })
    let text = """
      AnalysisType: rule
      RuleID: A
      Filename: b.py
      Tests:
        - {Name: one, ExpectedResult: true, Log: {a: x}}
        - {Name: two, ExpectedResult: true, Log: {a: y}, Mocks: [{objectName: f, returnValue: x}]}
      """
    let document = try #require(try panther.read(Source(name: "a.yml", text: text), options: options).first)
    #expect(document.rule.fixtures.map(\.name) == ["one"])
    #expect(document.warnings.map(\.code.rawValue) == ["N396", "W324"])
  }
}
