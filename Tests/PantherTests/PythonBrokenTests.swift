import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordPanther
import Testing

/// Programs that are not Python, hold no rule, or have what is not read: each is refused by its number at its place.
@Suite struct PythonBrokenTests {
  struct Broken: Sendable {
    let text: String
    let code: String
    let place: Position

    init(_ text: String, _ code: String, _ line: Int, _ column: Int) {
      (self.text, self.code, place) = (text, code, Position(line: line, column: column))
    }

    /// A rule of these lines.
    init(lines: String, _ code: String, _ line: Int, _ column: Int) {
      self.init(program(lines), code, line, column)
    }
  }

  /// Characters, texts, numbers and brackets.
  static let lexical: [Broken] = [
    Broken(lines: "return event.get('a) == 'x'", "E102", 2, 31),
    Broken(lines: "return event.get(\"a) == 'x'", "E102", 2, 22),
    Broken(lines: "return event.get('''a) == 'x'", "E102", 2, 22),
    Broken(lines: "return event.get('\\N{BULLET}') == 'x'", "E103", 2, 23),
    Broken(lines: "return event.get('\\x4') == 'x'", "E103", 2, 23),
    Broken(lines: "return event.get('\\u12') == 'x'", "E103", 2, 23),
    Broken(lines: "return event.get('\\U00110000') == 'x'", "E103", 2, 23),
    Broken(lines: "return event.get('\\ud800') == 'x'", "E103", 2, 23),
    Broken(lines: "return event.get('a') == $", "E101", 2, 30),
    Broken(lines: "return event.get('a') ? 'x'", "E101", 2, 27),
    Broken(lines: "return event.get('a') ! 'x'", "E101", 2, 27),
    Broken(lines: "return `event`", "E101", 2, 12),
    Broken(lines: "return event.get('a') == 0x", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 0b2", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 0o9", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 1__0", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 12abc", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 1e", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 012", "E101", 2, 30),
    Broken(lines: "return event.get('a') == 1_", "E101", 2, 30),
    Broken(lines: "return event.get('a') == f'{'", "E102", 2, 33),
    Broken(lines: "return event.get('a') == f'}'", "E101", 2, 32),
    Broken(lines: "return event.get('a') == f'{}'", "E101", 2, 33),
    Broken(lines: "return event.get('a') == f'{event.get(}'", "E102", 2, 33),
    Broken(lines: "return event.get('a') == f'{x y}'", "E101", 2, 35),
    Broken(lines: "return event.get('a') == '\u{0}'", "E101", 2, 31),
    Broken(lines: "return event.get('a') == \\", "E101", 3, 1),
    Broken(lines: "return event.get('a') == \\ 'x'", "E101", 2, 30),
    Broken(lines: "return event.get('a') == \u{201c}x\u{201d}", "E101", 2, 30),
    Broken(lines: "return event.get('a') == \u{2018}x\u{2019}", "E101", 2, 30),
    Broken(lines: "return event.get('a') \u{2260} 'x'", "E101", 2, 27),
    Broken(lines: "return event.get('a') == 'x'\u{a0}", "E101", 2, 33),
    Broken(lines: "return event.get('a') == rb'x' b", "E101", 2, 36),
    Broken(lines: "return event.get('a') == 'x", "E102", 2, 30),
    Broken(lines: "return [event.get('a')", "E102", 2, 12),
    Broken(lines: "return {event.get('a')", "E102", 2, 12),
    Broken(lines: "return (event.get('a') == 'x'", "E102", 2, 12),
    Broken(lines: "return event.get('a'] == 'x'", "E102", 2, 21),
    Broken(lines: "return event.get('a')) == 'x'", "E101", 2, 26),
    Broken(lines: "return event['a') == 'x'", "E102", 2, 17),
    Broken(lines: "return }", "E101", 2, 12),
  ]

  /// Indentation.
  static let indentation: [Broken] = [
    Broken("def rule(event):\n\treturn True\n        return False\n    return True\n", "E107", 4, 5),
    Broken(lines: "if event.get('a'):\n    return True\n  return False", "E107", 4, 7),
    Broken("def rule(event):\n  x = 1\n    y = 2\n  return True\n", "E107", 3, 1),
    Broken("def rule(event):\nreturn True\n", "E107", 2, 1),
    Broken(lines: "if event.get('a'):\nreturn True", "E107", 3, 5),
    Broken("  def rule(event):\n    return True\n", "E107", 1, 1),
    Broken("def rule(event):\n    return True\n   x = 1\n", "E107", 3, 4),
  ]

  /// Lines that are not Python.
  static let grammar: [Broken] = [
    Broken(lines: "if event.get('a') == 'x'\n    return True", "E101", 2, 29),
    Broken(lines: "if event.get('a') = 'x':\n    return True", "E101", 2, 23),
    Broken(lines: "if:\n    return True", "E101", 2, 7),
    Broken(lines: "return event.get('a') ==", "E101", 2, 29),
    Broken(lines: "return == 'x'", "E101", 2, 12),
    Broken(lines: "return event.get('a') 'x'", "E101", 2, 27),
    Broken(lines: "return event.get('a'", "E102", 2, 21),
    Broken(lines: "return event..get('a')", "E101", 2, 18),
    Broken(lines: "return event.", "E101", 2, 18),
    Broken(lines: "return event.get('a',, 'b')", "E101", 2, 26),
    Broken(lines: "return event.get(, 'b')", "E101", 2, 22),
    Broken(lines: "return event.get(a='b', 'c')", "E101", 2, 29),
    Broken(lines: "return event.get(**)", "E101", 2, 24),
    Broken(lines: "return not", "E101", 2, 15),
    Broken(lines: "return event.get('a') and", "E101", 2, 30),
    Broken(lines: "return or event.get('a')", "E101", 2, 12),
    Broken(lines: "return event.get('a') not 'x'", "E101", 2, 27),
    Broken(lines: "return event.get('a') is not", "E101", 2, 33),
    Broken(lines: "return 'x' not event.get('a')", "E101", 2, 16),
    Broken(lines: "return event.get('a') <> 'x'", "E101", 2, 28),
    Broken(lines: "return event.get('a') === 'x'", "E101", 2, 29),
    Broken(lines: "return event.get('a') && True", "E101", 2, 28),
    Broken(lines: "return event.get('a') || True", "E101", 2, 28),
    Broken(lines: "return !event.get('a')", "E101", 2, 12),
    Broken(lines: "return event.get('a') == 'x' else False", "E101", 2, 34),
    Broken(lines: "return True if event.get('a')", "E101", 2, 34),
    Broken(lines: "return [x for x]", "E101", 2, 20),
    Broken(lines: "return [x for in event]", "E101", 2, 19),
    Broken(lines: "return [for x in event]", "E101", 2, 13),
    Broken(lines: "return [x for x in]", "E101", 2, 23),
    Broken(lines: "return {'a': }", "E101", 2, 18),
    Broken(lines: "return {'a': 1, 'b'}", "E101", 2, 24),
    Broken(lines: "return {: 1}", "E101", 2, 13),
    Broken(lines: "return [1, , 2]", "E101", 2, 16),
    Broken(lines: "return lambda", "E101", 2, 18),
    Broken(lines: "return lambda x", "E101", 2, 20),
    Broken(lines: "return (yield", "E102", 2, 12),
    Broken(lines: "return a := 1", "E101", 2, 14),
    Broken(lines: "return (a := )", "E101", 2, 18),
    Broken(lines: "return x[1:2:3:4]", "E101", 2, 19),
    Broken(lines: "return x[]", "E101", 2, 14),
    Broken(lines: "x = ", "E101", 2, 9),
    Broken(lines: "= 1", "E101", 2, 5),
    Broken(lines: "x + 1 = 2", "E344", 2, 5),
    Broken(lines: "'a' = 1", "E344", 2, 5),
    Broken(lines: "event.get('a') = 1", "E344", 2, 5),
    Broken(lines: "x +=", "E101", 2, 9),
    Broken(lines: "x: ", "E101", 2, 8),
    Broken(lines: "else:\n    return True", "E101", 2, 5),
    Broken(lines: "elif True:\n    return True", "E101", 2, 5),
    Broken(lines: "for x event:\n    pass", "E101", 2, 11),
    Broken(lines: "for in event:\n    pass", "E101", 2, 9),
    Broken(lines: "for x in:\n    pass", "E101", 2, 13),
    Broken(lines: "for x in event\n    pass", "E101", 2, 19),
    Broken(lines: "while\n    pass", "E344", 2, 5),
    Broken(lines: "try:\n    pass", "E101", 4, 1),
    Broken(lines: "try:\n    pass\nfoo()", "E101", 4, 5),
    Broken(lines: "except ValueError:\n    pass", "E101", 2, 5),
    Broken(lines: "try:\n    pass\nexcept ValueError as:\n    pass", "E101", 4, 25),
    Broken(lines: "def", "E101", 2, 8),
    Broken(lines: "def f(:\n    pass", "E102", 2, 10),
    Broken(lines: "def f(x x):\n    pass", "E101", 2, 13),
    Broken(lines: "def f(x=):\n    pass", "E101", 2, 13),
    Broken(lines: "def f(*, *):\n    pass", "E101", 2, 15),
    Broken(lines: "def f()\n    pass", "E101", 2, 12),
    Broken(lines: "def 1():\n    pass", "E101", 2, 9),
    Broken(lines: "class:\n    pass", "E101", 2, 10),
    Broken(lines: "class A(:\n    pass", "E102", 2, 12),
    Broken(lines: "import", "E101", 2, 11),
    Broken(lines: "import 1", "E101", 2, 12),
    Broken(lines: "from x import", "E101", 2, 18),
    Broken(lines: "from import x", "E101", 2, 10),
    Broken(lines: "from x import (a", "E102", 2, 19),
    Broken(lines: "from x import a as", "E101", 2, 23),
    Broken(lines: "global", "E101", 2, 11),
    Broken(lines: "global 1", "E101", 2, 12),
    Broken(lines: "return True; return = 1", "E101", 2, 25),
    Broken(lines: "if True: return True else: return False", "E101", 2, 26),
    Broken(lines: "with open('x') as:\n    pass", "E344", 2, 5),
    Broken(lines: "pass pass", "E101", 2, 10),
    Broken(lines: "return True False", "E101", 2, 17),
    Broken(lines: "return (1 2)", "E101", 2, 15),
    Broken(lines: "return [1 2]", "E101", 2, 15),
    Broken(lines: "return {1 2}", "E101", 2, 15),
    Broken(lines: "return event.get('a' 'b' c)", "E101", 2, 30),
    Broken(lines: "return None.", "E101", 2, 17),
    Broken(lines: "return class", "E101", 2, 12),
    Broken(lines: "return if", "E101", 2, 12),
    Broken(lines: "return for", "E101", 2, 12),
    Broken(lines: "@\ndef f(): pass", "E101", 2, 6),
    Broken(lines: "@decorator\nx = 1", "E101", 3, 5),
  ]

  /// Files that hold no rule.
  static let files: [Broken] = [
    Broken("def rule(event:\n    return True\n", "E102", 1, 9),
    Broken("def rule event:\n    return True\n", "E101", 1, 10),
    Broken("def rule(event)\n    return True\n", "E101", 1, 16),
    Broken("def (event):\n    return True\n", "E101", 1, 5),
    Broken("rule(event):\n    return True\n", "E101", 1, 13),
    Broken("def rule(event):\n", "E107", 2, 1),
    Broken("", "E305", 1, 1),
    Broken("\n\n# nothing\n", "E305", 1, 1),
    Broken("x = 1\n", "E305", 1, 1),
    Broken("def rules(event):\n    return True\n", "E305", 1, 1),
    Broken("rule = 5\n", "E305", 1, 1),
    Broken("class rule:\n    pass\n", "E305", 1, 1),
    Broken("\u{feff}def rule(event):\n    return (\n", "E102", 2, 12),
    Broken("function rule(event) { return true; }\n", "E101", 1, 10),
    Broken("AnalysisType: rule\nRuleID: A\n", "E305", 1, 1),
    Broken("SELECT * FROM cloudtrail\n", "E101", 1, 15),
    Broken("{\"rule\": true}\n", "E305", 1, 1),
  ]

  /// Texts that are nested too deep.
  static let deep: [Broken] = [
    Broken(String(repeating: "(", count: 300), "E106", 1, 81),
    Broken(
      "def rule(event):\n    return " + String(repeating: "(", count: 200) + "True"
        + String(repeating: ")", count: 200) + "\n", "E106", 2, 91),
    Broken(
      "def rule(event):\n    return " + String(repeating: "not ", count: 300) + "True\n", "E106", 2, 324),
    Broken("def rule(event):\n    return " + String(repeating: "-", count: 300) + "1\n", "E106", 2, 90),
    Broken(
      "def rule(event):\n    return " + String(repeating: "[", count: 120)
        + String(repeating: "]", count: 120) + "\n", "E106", 2, 91),
  ]

  /// Lines that are Python, and not read.
  static let constructs: [Broken] = [
    Broken(lines: "while event.get('a'):\n    return True", "E344", 2, 5),
    Broken(lines: "with open('x') as f:\n    return f.read() == 'x'", "E344", 2, 5),
    Broken(lines: "assert event.get('a') == 'x'\nreturn True", "E344", 2, 5),
    Broken(lines: "del event['a']\nreturn True", "E344", 2, 5),
    Broken(lines: "match event.get('a'):\n    case 'x':\n        return True", "E344", 2, 5),
    Broken(lines: "async def f():\n    pass\nreturn True", "E344", 2, 5),
    Broken(lines: "yield event.get('a')", "E344", 2, 5),
    Broken(lines: "return (yield event.get('a'))", "E344", 2, 12),
    Broken(lines: "return await event.get('a')", "E344", 2, 12),
    Broken(lines: "return eval(event.get('a'))", "E344", 2, 12),
    Broken(lines: "return open('x').read() == event.get('a')", "E212", 2, 12),
    Broken(lines: "return getattr(event, 'x') == 'a'", "E344", 2, 12),
    Broken(lines: "return __import__('os').name == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a') == b'x'", "E344", 2, 30),
    Broken(lines: "return event.get('a') == 1j", "E344", 2, 30),
    Broken(lines: "return event.get('a') @ 2 == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a') << 2 == 4", "E344", 2, 12),
    Broken(lines: "return ~event.get('a') == 4", "E344", 2, 12),
    Broken(lines: "return event.get('a') ** 2 == 4", "E344", 2, 12),
    Broken(lines: "return event.get('a') // 2 == 4", "E344", 2, 12),
    Broken(lines: "return event.get('a')[::2] == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a', '')[1:] == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a').encode() == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a').format(1) == 'x'", "E344", 2, 12),
    Broken(lines: "return '%s' % event.get('a') == 'x'", "E344", 2, 12),
    Broken(lines: "return event.get('a').title() == 'X'", "E344", 2, 12),
    Broken(lines: "return event.get('a').count('x') == 2", "E344", 2, 12),
    Broken(lines: "return event.get('a').find('x') == 2", "E344", 2, 12),
    Broken(lines: "return event.get('a').replace('x', 'y') == 'y'", "E344", 2, 12),
    Broken(lines: "return event.get(event.get('a')) == 'x'", "E344", 2, 12),
    Broken(lines: "return {**event} == {}", "E344", 2, 15),
    Broken(lines: "return [*event.get('a')] == []", "E344", 2, 14),
    Broken(lines: "return max(event.get('a')) == 2", "E344", 2, 12),
    Broken(lines: "return sum(event.get('a')) == 2", "E344", 2, 12),
    Broken(lines: "return sorted(event.get('a'))[0] == 'x'", "E344", 2, 12),
    Broken(lines: "return f\"{event.get('a')!r}\" == 'x'", "E344", 2, 14),
    Broken(lines: "return f\"{event.get('a'):>10}\" == 'x'", "E344", 2, 14),
    Broken(lines: "import time\nreturn time.time() > 5", "E345", 3, 12),
    Broken(lines: "import random\nreturn random.random() > 5", "E345", 3, 12),
    Broken(lines: "import os\nreturn os.environ.get('x') == event.get('a')", "E345", 3, 12),
    Broken(lines: "import base64\nreturn base64.b64decode(event.get('a')) == 'x'", "E349", 3, 12),
    Broken(lines: "import re\nreturn re.sub('a', 'b', event.get('a')) == 'x'", "E344", 3, 12),
    Broken(lines: "import re\nreturn re.match('(a', event.get('a')) is not None", "E120", 3, 12),
    Broken(lines: "import re\nreturn re.match('(?=a)', event.get('a')) is not None", "E121", 3, 12),
    Broken(lines: "import re\nreturn re.match('(a)\\\\1', event.get('a')) is not None", "E121", 3, 12),
    Broken(lines: "import re\nreturn re.search(event.get('b'), event.get('a')) is not None", "E344", 3, 12),
    Broken(lines: "import re\nreturn re.match('a', event.get('a')).group(0) == 'a'", "E344", 3, 12),
    Broken(lines: "return undefined_name == event.get('a')", "E212", 2, 12),
    Broken(lines: "return undefined_call(event)", "E212", 2, 12),
    Broken(lines: "from nowhere_module import f\nreturn f(event)", "E213", 2, 5),
    Broken(lines: "return event.nothing('a') == 'x'", "E344", 2, 12),
    Broken(
      "global X\ndef rule(event):\n    global COUNT\n    COUNT = COUNT + 1\n    return COUNT > 5\n", "E345",
      4, 13),
    Broken(
      "COUNT = 0\ndef rule(event):\n    global COUNT\n    COUNT += 1\n    return COUNT > 5\n", "E345", 4, 5),
    Broken(lines: "return rule(event)", "E344", 2, 12),
    Broken(
      "def f(e):\n    return g(e)\ndef g(e):\n    return f(e)\ndef rule(event):\n    return f(event)\n",
      "E344", 2, 12),
    Broken("def rule():\n    return True\n", "E344", 1, 5),
    Broken("def rule(event, other):\n    return True\n", "E344", 1, 5),
    Broken("@wraps\ndef rule(event):\n    return True\n", "E344", 2, 5),
    Broken("async def rule(event):\n    return True\n", "E305", 1, 1),
    Broken("rule = lambda event: True\n", "E305", 1, 1),
  ]

  static let all = lexical + indentation + grammar + files + deep + constructs

  @Test(arguments: all) func isRefusedAtItsPlace(_ broken: Broken) throws {
    let source = Source(name: "rule.py", text: broken.text)
    let collection = panther.readAll(source, options: LanguageOptions())
    let refusal = try #require(
      collection.refused.first?.refusals.first, "\(collection.documents.map(\.rule.condition))")
    #expect(refusal.code.rawValue == broken.code, "\(refusal.message)")
    #expect(refusal.labels.first?.span.start == broken.place, "\(refusal.message)")
    #expect(refusal.source?.name == "rule.py" && collection.documents.isEmpty)
    // A runner refuses what does not parse, and says of the rest what it does not execute; neither crashes.
    _ = try? panther.run(broken.text, on: [], options: LanguageOptions())
  }

  @Test func thereAreMany() { #expect(Self.all.count >= 200) }
}
