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
    ("return 5 in event.get('a')", "{}", "E347", Position(line: 2, column: 12)),
    ("return event.get('a') == '5'", #"{"a": 5, "b": 1}; {"a": "5"}"#, "E347", Position(line: 2, column: 12)),
    (
      "return isinstance(event.get('a'), int)", #"{"a": 1}; {"a": 1.5}"#, "E347",
      Position(line: 2, column: 12)
    ),
    ("return int(event.get('a')) > 5", #"{"a": 7.5}; {"a": "7"}"#, "E344", Position(line: 2, column: 12)),
    (
      "return event.get('a').get('b') == 'x'", #"{"a": {"b": "x"}}; {"a": [{"b": "x"}]}"#, "E347",
      Position(line: 2, column: 12)
    ),
    ("return event.get('a').rsplit('.', 1)[0] == 'x'", "{}", "E344", Position(line: 2, column: 12)),
    ("return f\"{event.get('a')}b\".startswith('x')", "{}", "E349", Position(line: 2, column: 12)),
    (
      "return 'x' in event.deep_walk('a', 'b')", #"{"a": [{"b": "x"}]}"#, "E348",
      Position(line: 2, column: 12)
    ),
    (
      "x = event.deep_walk('a', 'b', default='')\nx = x if isinstance(x, list) else [x]\nreturn not all(x)",
      #"{"a": [{"b": "x"}]}"#, "E344", Position(line: 3, column: 9)
    ),
    (
      "x = event.deep_walk('a', 'b')\nreturn isinstance(x, list)", #"{"a": [{"b": "x"}]}"#, "E344",
      Position(line: 3, column: 12)
    ),
    (
      "x = event.deep_walk('a', 'b')\nx = x if isinstance(x, list) else [x]\nreturn len(x) == 1",
      #"{"a": [{"b": "x"}]}"#, "E344", Position(line: 4, column: 12)
    ),
    (
      "return any(x == 'yy' for x in event.deep_walk('a', 'b'))", #"{"a": [{"b": "x"}]}"#, "E348",
      Position(line: 2, column: 35)
    ),
    (
      "return len([x for x in ('a', 'b') if event.get(x) == 'y']) > 1", "{}", "E344",
      Position(line: 2, column: 12)
    ),
    (
      "return [x for x in ('a', 'b') if event.get(x) == 'y'][0] == 'a'", "{}", "E344",
      Position(line: 2, column: 12)
    ),
    (
      "import re\nreturn re.findall('b', event.get('a', '')) == ['b']", "{}", "E344",
      Position(line: 3, column: 12)
    ),
    (
      "import ipaddress as i\nreturn i.ip_network('10.0.0.0/8').subnet_of(i.ip_network(event.get('a')))",
      "{}",
      "E344", Position(line: 3, column: 12)
    ),
    (
      "import ipaddress as i\nreturn str(i.ip_network('10.0.0.0/8').network_address) == event.get('a')", "{}",
      "E344", Position(line: 3, column: 12)
    ),
    (
      "import ipaddress as i\nreturn i.ip_network('10.0.0.0/8') == i.ip_network('10.0.0.0/8')", "{}", "E344",
      Position(line: 3, column: 12)
    ),
    (
      "return event.get('a', '').split(' ')[0].strip() == 'x'", "{}", "E344", Position(line: 2, column: 12)
    ),
    (
      "return any(x == 'y' and not any(z == x for z in event.get('c', [])) for x in event.get('c', []))",
      "{}",
      "E348", Position(line: 2, column: 33)
    ),
    ("return event.get('a').endswith(event.get('b'))", "{}", "E349", Position(line: 2, column: 12)),
    (
      "import json\nreturn json.loads(event.get('a')).get('b') == 'x'", "{}", "E349",
      Position(line: 3, column: 12)
    ),
    ("return f\"{event.get('a')}{event.get('b')}\" == 'x'", "{}", "E349", Position(line: 2, column: 12)),
    ("return event.get('a') == [event.get('b')]", #"{"a": ["x"]}"#, "E344", Position(line: 2, column: 12)),
    (
      "return isinstance(event.deep_walk('a', 'b'), list)", #"{"a": [{"b": "x"}]}"#, "E344",
      Position(line: 2, column: 12)
    ),
    ("return nothing(event)", "{}", "E212", Position(line: 2, column: 12)),
    ("import my_helpers\nreturn my_helpers.f(event)", "{}", "E213", Position(line: 2, column: 5)),
    ("x = [\nreturn True", "{}", "E102", Position(line: 2, column: 9)),
  ]

  @Test(arguments: refused)
  func whatIsNotReadIsRefused(_ lines: String, _ event: String, _ code: String, _ place: Position) throws {
    let events = event.components(separatedBy: "; ")
    let collection = PythonCase(program: program(lines), events: events).read()
    let refusal = try #require(
      collection.refused.first?.refusals.first, "\(collection.documents.map(\.rule.condition))")
    #expect(refusal.code.rawValue == code)
    #expect(refusal.labels.first?.span.start == place)
    #expect(refusal.source?.name == "rules/rule.py")
  }

  /// Programs that CPython reads otherwise than the lines say one by one.
  static let unfollowed: [String] = [
    // Loops whose flags are set in other ways than once.
    "def rule(event):\n    found = False\n    for e in event.get('l', []):\n        found = e == 'a'\n    return found\n",
    "def rule(event):\n    r = 'n'\n    for e in event.get('l', []):\n        r = 'y' if e == 'a' else 'n'\n    return r == 'y'\n",
    "def rule(event):\n    found = False\n    for e in event.get('l', []):\n        found = e != 'a'\n    return found\n",
    "def rule(event):\n    seen = False\n    for e in event.get('l', []):\n        if seen:\n            return True\n        if e == 'a':\n            seen = True\n    return False\n",
    "def rule(event):\n    seen = False\n    for e in event.get('l', []):\n        if e == 'a':\n            seen = True\n        elif seen:\n            return False\n    return True\n",
    "def rule(event):\n    f = False\n    for e in event.get('l', []):\n        if e == 'b':\n            f = True\n            break\n        if e == 'a':\n            break\n    return f\n",
    // What another name may hold is changed.
    "def rule(event):\n    a = ['a']\n    b = a\n    b.append('b')\n    return event.get('x') in a\n",
    "def rule(event):\n    a = b = []\n    a.append('b')\n    return event.get('x') in b\n",
    "def rule(event):\n    a = ['a']\n    _ = a.append('b')\n    return event.get('x') in a\n",
    "def rule(event):\n    a = ['a']\n    v = a.pop()\n    return event.get('x') in a\n",
    "def rule(event):\n    a = ['a']\n    a.clear()\n    return event.get('x') in a\n",
    "def rule(event):\n    a = ['b', 'a']\n    a.sort()\n    return event.get('x') == a[0]\n",
    "def rule(event):\n    d = {'a': {'k': 'a'}}\n    d['a']['k'] = 'b'\n    return event.get('x') == d['a']['k']\n",
    "def rule(event):\n    d = {'k': ['a']}\n    d['k'].append('b')\n    return event.get('x') in d['k']\n",
    "class A:\n    L = ['a']\ndef rule(event):\n    A.L.append('b')\n    return event.get('x') in A.L\n",
    "def f(l):\n    l.append('b')\ndef rule(event):\n    a = ['a']\n    f(a)\n    return event.get('x') in a\n",
    "L = ['a']\ndef title(event):\n    L.append('b')\ndef rule(event):\n    return event.get('x') in L\n",
    "S = ['a']\nT = S\nT += ['b']\ndef rule(event):\n    return event.get('x') in S\n",
    "S = {'a': ['a']}\nS['a'].append('b')\ndef rule(event):\n    return event.get('x') in S['a']\n",
    "L = []\n_ = [L.append(v) for v in ['a']]\ndef rule(event):\n    return event.get('x') in L\n",
    "class P:\n    v = 'a'\ndef rule(event):\n    p = P()\n    q = p\n    p.v = 'b'\n    return event.get('x') == q.v\n",
    "def rule(event):\n    a = ['a']\n    add = a.append\n    add('b')\n    return event.get('x') in a\n",
    "import heapq\ndef rule(event):\n    a = ['a']\n    heapq.heappush(a, 'b')\n    return event.get('x') in a\n",
    // A handler does not know how far the body came.
    "def rule(event):\n    v = 'a'\n    try:\n        v = 'b'\n        y = event['x']\n    except KeyError:\n        return v == 'b'\n    return False\n",
    "def rule(event):\n    v = 'a'\n    try:\n        v = 'b'\n        y = event['x']\n    except KeyError:\n        pass\n    return v == 'b'\n",
    "def rule(event):\n    try:\n        raise ValueError('x')\n    except KeyError:\n        return True\n    return False\n",
    // Names that are given values where that may not be reached.
    "def rule(event):\n    v = 'd'\n    if event.get('y') and (v := event.get('x')):\n        pass\n    return v == 'a'\n",
    "def rule(event):\n    v = 'a'\n    w = (v := 'b') if event.get('x') == 'a' else 'c'\n    return v == 'b'\n",
    "_ = [(H := v) for v in ['a', 'b']]\ndef rule(event):\n    return event.get('x') == H\n",
    // Decorators.
    "def d(f):\n    return lambda e: True\n@d\ndef rule(event):\n    return event.get('x') == 'a'\n",
    "class A:\n    @property\n    def v(self):\n        return 'a'\ndef rule(event):\n    return event.get('x') == A().v\n",
    "from dataclasses import dataclass\n@dataclass\nclass A:\n    v: str = 'a'\ndef rule(event):\n    return event.get('x') == A('b').v\n",
    // Functions see names change.
    "def rule(event):\n    v = 'a'\n    def f():\n        return event.get('x') == v\n    v = 'b'\n    return f()\n",
    "def rule(event):\n    v = 'a'\n    f = lambda: event.get('x') == v\n    v = 'b'\n    return f()\n",
    "def rule(event):\n    v = 'a'\n    def f():\n        nonlocal v\n        v = 'b'\n    f()\n    return event.get('x') == v\n",
    "def rule(event):\n    v = [lambda: i for i in ['a', 'b']]\n    return event.get('x') == v[0]()\n",
    "D = 'a'\ndef f(e, v=D):\n    return e.get('x') == v\nD = 'b'\ndef rule(event):\n    return f(event)\n",
    // Lines of a module that may change any name.
    "X = 'a'\nwhile X == 'a':\n    X = 'b'\ndef rule(event):\n    return event.get('x') == X\n",
    "X = 'a'\nexec(\"X = 'b'\")\ndef rule(event):\n    return event.get('x') == X\n",
    "X = 'a'\nglobals()['X'] = 'b'\ndef rule(event):\n    return event.get('x') == X\n",
    "L = ['a', 'b']\ndel L[0]\ndef rule(event):\n    return event.get('x') in L\n",
    "class A:\n    v = 'a'\nsetattr(A, 'v', 'b')\ndef rule(event):\n    return event.get('x') == A.v\n",
    "class A:\n    v = 'a'\nA.v = 'b'\ndef rule(event):\n    return event.get('x') == A.v\n",
    "X = 'a'\nX = '\\N{BULLET}'\ndef rule(event):\n    return event.get('x') == X\n",
    "S = ['b', 'a']\nS.sort()\ndef rule(event):\n    return event.get('x') == S[0]\n",
    // Classes and sizes.
    "class A(A):\n    pass\ndef rule(event):\n    return A().x == 'a'\n",
    "def rule(event):\n    return event.get('x').split(',')[-9223372036854775808] == 'a'\n",
    "def rule(event):\n    return event.get('x').split(',')[9223372036854775807] == 'a'\n",
    "def rule(event):\n    return 'aaaa' * 4611686018427387904 == event.get('x')\n",
    "def rule(event):\n    x = ['a']\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    return event.get('y') in x\n",
    "def rule(event):\n    x = 'a'\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    x = x + x\n    return event.get('y') == x\n",
    "def rule(event):\n    x = 'aaaaaaaaaa'\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    x = x.replace('a', 'aaaaaaaaaa')\n    return event.get('y') == x\n",
    // Constants that Python knows more of, and networks of mapped addresses.
    "def rule(event):\n    return event.get('n') == int('1_000')\n",
    "def rule(event):\n    return event.get('n') == int('\u{663}')\n",
    "def rule(event):\n    return event.get('n') == float('.5')\n",
    "def rule(event):\n    return event.get('x') == '\u{130}'.lower()\n",
    "import ipaddress\ndef rule(event):\n    return ipaddress.ip_address(event.get('x')) in ipaddress.ip_network('::ffff:10.0.0.0/104')\n",
    // Calls with other arguments, and what is not computed.
    "def f(a):\n    return True\ndef rule(event):\n    return f(event, 1)\n",
    "def f(a):\n    return True\ndef rule(event):\n    return f(event, c=2)\n",
    "def f(v, w):\n    return v == w\ndef rule(event):\n    return f('a', event.get('x'), w='a')\n",
    "import re\ndef rule(event):\n    return bool(re.compile('b').search(event.get('x'), 1))\n",
    "def rule(event):\n    return event.get('x', '').startswith('b', 1)\n",
    "def rule(event):\n    return event.get('x') == sorted(['b', 'a'])[0]\n",
    "def rule(event):\n    return event.get('x').lower().upper() == 'ABC'\n",
    "def rule(event):\n    return int(event.get('n')) == 7.5\n",
    "def f(*, e):\n    pass\ndef rule(event):\n    f(event)\n    return True\n",
    "def f(e, *, v):\n    return e.get('x') == v\ndef rule(event):\n    return f(event, 'a')\n",
    "def f(e, v='a', /):\n    return e.get('x') == v\ndef rule(event):\n    return f(event, v='b')\n",
    "def rule():\n    return True\n",
    "def rule(event):\n    return {'a', 'b'} == {'b', 'a'}\n",
    "def rule(event):\n    return ('a',) == ['a']\n",
    "def rule(event):\n    g = (v for v in ['a', 'b'])\n    any(v == 'a' for v in g)\n    return event.get('x') in g\n",
    "from enum import Enum\nclass P(Enum):\n    A = 'a'\ndef rule(event):\n    return event.get('x') == P.A\n",
    "def rule(event):\n    return event.get('x') == 'a'\nraise SystemExit\n",
    "def rule(event):\n    x = ''\n    if event.get('a0'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a1'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a2'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a3'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a4'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a5'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a6'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a7'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a8'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a9'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a10'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a11'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a12'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a13'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a14'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a15'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a16'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a17'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a18'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a19'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a20'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a21'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a22'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a23'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    if event.get('a24'):\n        x = x + 'a'\n    else:\n        x = x + 'b'\n    return x == 'aaaaa'\n",
    "import ipaddress\ndef rule(event):\n    return ipaddress.ip_address(event.get('x')).is_reserved\n",
  ]

  @Test(arguments: unfollowed) func whatIsNotFollowedIsRefused(_ program: String) throws {
    let event = #"{"x": "a", "y": "a", "n": 7, "l": ["a"]}"#
    let collection = PythonCase(program: program, events: [event]).read()
    let refusal = try #require(
      collection.refused.first?.refusals.first, "\(collection.documents.map(\.rule.condition))")
    #expect(["E103", "E106", "E212", "E344", "E345", "E346", "E349", "E350"].contains(refusal.code.rawValue))
    #expect(!refusal.labels.isEmpty)
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
    ("return event.get('a', '').lower() == 'X'", #"{"a": "x"}"#, ["N397", "N396", "N326", "W394"]),
    ("return event.get('a', '').strip() == 'x'", #"{"a": "x"}"#, ["N397", "N396", "N326"]),
    ("return event.get('a', '').strip('-') == 'x'", #"{"a": "x"}"#, ["N397", "N396"]),
    (
      "import re\nreturn bool(re.search(r'\\d', event.get('a', '')))", #"{"a": "x"}"#,
      ["N397", "N396", "N326"]
    ),
    ("import re\nreturn bool(re.search(r'\\\\d', event.get('a', '')))", #"{"a": "x"}"#, ["N397", "N396"]),
    (
      "import re\nreturn bool(re.search(r'\\d', event.get('a', ''), re.ASCII))", #"{"a": "x"}"#,
      ["N397", "N396"]
    ),
    (
      "import re\nreturn bool(re.search('a', event.get('a', ''), re.I))", #"{"a": "x"}"#,
      ["N397", "N396", "N326"]
    ),
    ("return int(event.get('a')) > 5", #"{"a": "7"}"#, ["N396", "N326"]),
    (
      "import ipaddress as i\nreturn i.ip_address(event.get('a')) in i.ip_network('10.0.0.0/8')",
      #"{"a": "10.0.0.1"}"#, ["N396", "N326"]
    ),
    ("return not any(x == 'y' for x in event['a'])", #"{"a": ["y"]}"#, ["N397", "N396", "N396"]),
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
    ("return event.get('a', {}).get('b') is None", #"{"a": {"b": "x"}}"#, ["N397", "N396"]),
    ("return event.get('a', {}).get('b') != 'x'", #"{"a": {"b": "x"}}"#, ["N397", "N396"]),
    // Null is not the default: where the two answer alike, nothing is taken.
    ("return event.get('a', 'x') not in ('x', 'y')", #"{"a": "x"}"#, ["N397", "N396"]),
    ("return event.get('a', 'z') not in ('x', 'y')", #"{"a": "x"}"#, ["N396"]),
    ("return not event.get('a', True)", #"{"a": true}"#, ["N397", "N396"]),
    ("return not event.get('a', False)", #"{"a": true}"#, ["N396"]),
    ("return not event.get('a', 'x')", #"{"a": "x"}"#, ["N397", "N396"]),
    ("return event.get('a', True) is not True", #"{"a": true}"#, ["N397", "N396"]),
    ("return event.get('a', False) is not True", #"{"a": true}"#, ["N396"]),
    ("return event.get('a', False) != False", #"{"a": true}"#, ["N397", "N396"]),
    ("return event.get('a', '') != event.get('b')", #"{"a": "x", "b": "y"}"#, ["N397", "N396", "N396"]),
    (
      "return event.get('a') is not None and 'b' in event.get('a')", #"{"a": {"b": "x"}}"#,
      ["N396", "N397", "N396"]
    ),
    // An array without elements is there too: where nothing tells that it is none, that is said.
    ("return 'a' in event", "{}", ["N397", "N396"]),
    ("return 'a' in event", #"{"a": "x"}"#, ["N397", "N396"]),
    ("return 'a' in event and event['a'] == 'x'", "{}", ["N397", "N396"]),
    ("return 'a' in event and 'b' in event", #"{"a": "x"}"#, ["N397", "N396", "N396"]),
    // `str(1.0)` is `1.0`, `str(1e16)` `1e+16`, `str(0.00001)` `1e-05`. [executed: CPython 3.11]
    ("return str(event.get('a')) == '1'", #"{"a": 1}"#, ["N396", "N396"]),
    ("return str(event.get('a')) == '1'", #"{"a": 1.5}"#, ["N396", "N396"]),
    ("return str(event.get('a')) == '1.5'", #"{"a": 1.5}"#, ["N396"]),
    ("return str(event.get('a')) == '0.00001'", #"{"a": 1.5}"#, ["N396", "N396"]),
    ("return str(event.get('a')) == 'x'", #"{"a": 1}"#, ["N396"]),
    ("return str(event.get('a')) in ('1', 'x')", #"{"a": "1"}"#, ["N396"]),
    ("return str(event.get('a', 1)).endswith('0')", #"{"a": 1.5}"#, ["N397", "N396", "N396"]),
  ]

  @Test func theNoteOnNullNamesEachField() throws {
    let lines = "return 'a' in event and 'b' in event and event['a'] != 'x'"
    let document = try #require(PythonCase(program: program(lines)).read().documents.first)
    let note = try #require(document.warnings.first { $0.code.rawValue == "N397" })
    #expect(note.message == "where `a`, `b` are null, events are taken as ones without them")
  }

  @Test(arguments: said) func whatIsAssumedIsSaid(_ lines: String, _ event: String, _ codes: [String]) throws
  {
    let document = try #require(PythonCase(program: program(lines), events: [event]).read().documents.first)
    #expect(document.warnings.map(\.code.rawValue) == codes)
  }

  /// What a program computes for alerts, what is said of it, and the fields that a match shows.
  static let metadata: [(lines: String, message: String, fields: [String])] = [
    ("def severity(event):\n    return 'LOW'\n", "`severity` of the program is left out: it is `LOW`", []),
    (
      "def severity(event):\n    if event.get('a') == 'x':\n        return 'HIGH'\n    return 'DEFAULT'\n",
      "`severity` of the program is left out: it is `HIGH` where `a eq \"x\"`, else `DEFAULT`", []
    ),
    (
      "T = {'x': 'HIGH', 'y': 'Low'}\ndef severity(event):\n    return T.get(event.get('a'), 'INFO')\n",
      "`severity` of the program is left out: it is `HIGH` where `a eq \"x\"`, `LOW` where `(a ne \"x\") and (a eq \"y\")`, else `INFO`",
      []
    ),
    (
      "def severity(event):\n    return event.get('a').upper()\n",
      "`severity` of the program is left out: `a` as a severity is not read", []
    ),
    (
      "def title(event):\n    return f\"{event.get('a', {}).get('b')} {event['c']} {deep_get(event, 'd', 'e')}\"\n",
      "`title` of the program is left out: a match shows the fields that it reads", ["a.b", "c", "d.e"]
    ),
    (
      "def title(event):\n    return event.get('a', event.deep_get('b', 'c'))\ndef dedup(event):\n    return event.get('a')\n",
      "`title`, `dedup` of the program are left out: a match shows the fields that they read", ["a", "b.c"]
    ),
    (
      "def title(event):\n    return event.get('a') + event.get('b c') + event.get('b c')\n",
      "`title` of the program is left out: a match shows 1 of the 2 fields that it reads", ["a"]
    ),
    (
      "def alert_context(event):\n    return {\((0..<32).map { "'a\($0)': event.get('a\($0)')" }.joined(separator: ", "))}\n",
      "`alert_context` of the program is left out: a match shows 30 of the 32 fields that it reads",
      (0..<30).map { "a\($0)" }
    ),
    ("def alert_context(event):\n    return {}\n", "`alert_context` of the program is left out", []),
    ("def destinations(event):\n    return []\n", "`destinations` of the program is left out", []),
  ]

  @Test(arguments: metadata) func whatIsComputedForAlertsIsLeftOut(
    _ lines: String, _ message: String, _ fields: [String]
  ) throws {
    let document = try #require(PythonCase(program: program("return True") + lines).read().documents.first)
    #expect(document.warnings.map(\.code.rawValue) == ["N399"])
    #expect(document.warnings.map(\.message) == [message])
    #expect(document.rule.outputFields.map(\.name) == fields)
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
