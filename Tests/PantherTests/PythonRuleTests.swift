import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import Foundation
import Testing

/// A rule file with a program, and what else stands beside it.
struct PythonCase {
  var program: String
  var events: [String] = ["{}"]
  var helpers: [String: String] = [:]
  var logTypes = "Log.A"

  /// The rule, as it is read where these files are.
  func read() -> RuleCollection {
    var texts = helpers
    texts["rules/rule.py"] = program
    let files = texts.mapValues { $0 }
    var options = LanguageOptions()
    options.files = SourceFiles(
      read: { path in files[PythonCase.normal(path)].map { Source(name: path, text: $0) } },
      list: { folder in
        files.keys.filter { $0.hasPrefix(PythonCase.normal(folder) + "/") }.map {
          String($0.dropFirst(PythonCase.normal(folder).utf8.count + 1))
        }
        .sorted()
      })
    let tests = events.enumerated().map { "\n  - {Name: t\($0), ExpectedResult: true, Log: \($1)}" }.joined()
    let rule = """
      AnalysisType: rule
      RuleID: A
      Filename: rule.py
      LogTypes: [\(logTypes)]
      Tests:\(tests)
      """
    return panther.readAll(Source(name: "rules/rule.yml", text: rule), options: options)
  }

  /// The path without `..`.
  static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}

/// A function `rule` of these lines.
func program(_ lines: String) -> String {
  "def rule(event):\n" + lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n") + "\n"
}

@Suite struct PythonRuleTests {
  static let conditions: [(lines: String, event: String, condition: String)] = [
    // Constants and fields.
    ("return True", "{}", "true"),
    ("return event.get('a') == 'x'", "{}", #"a eq "x""#),
    ("return event.get('a') != 'x'", "{}", #"a ne "x""#),
    ("return event['a'] != 'x'", "{}", #"a is_not_null & a ne "x""#),
    ("return event.get('a', 'x') == 'x'", "{}", #"a eq "x" or a is_null"#),
    ("return event.get('a', 'y') == 'x'", "{}", #"a eq "x""#),
    ("return event.deep_get('a', 'b', default='') == 'x'", "{}", #"a.b eq "x""#),
    ("return event.get('a', {}).get('b') == 'x'", "{}", #"a.b eq "x""#),
    ("return event.get('a').get('b') == 'x'", "{}", #"a.b eq "x""#),
    ("return not event.get('a').startswith('x')", "{}", #"a is_not_null & a not starts_with "x""#),
    (
      "return not event.get('a', '').startswith(('x', 'y'))", "{}",
      #"not (a starts_with "x" or a starts_with "y")"#
    ),
    ("return event.get('a') is None", "{}", #"a is_null"#),
    ("return event.get('a') is not None", "{}", #"a is_not_null"#),
    ("return event.get('a') in ('x', 'y')", "{}", #"a in ["x", "y"]"#),
    ("return event.get('a') not in {'x', 'y', None}", "{}", #"not (a in ["x", "y"] or a is_null)"#),
    ("return event.get('a') is True", "{}", #"a eq "true""#),
    ("return event.get('a') == 5", "{}", #"a eq "5""#),
    ("return 1 < event.get('a', 0) <= 5", "{}", #"a gt "1" & a le "5""#),
    (
      "return event.get('a') == event.get('b')", #"{"a": "x", "b": "y"}"#,
      "(b is_not_null and a eq_field b) or (a is_null and b is_null)"
    ),
    // Truth, by the kind that the fixtures show.
    ("return bool(event.get('a'))", "{}", #"a is_truthy"#),
    ("return bool(event.get('a'))", #"{"a": "x"}"#, #"a is_not_null & a ne """#),
    ("return bool(event.get('a'))", #"{"a": true}"#, #"a is_truthy"#),
    ("return bool(event.get('a'))", #"{"a": [1]}"#, #"a is_not_null"#),
    ("return not event.get('a')", #"{"a": {"b": 1}}"#, #"a is_null"#),
    ("return 'x' in event.get('a', '')", #"{"a": "x"}"#, #"a contains "x""#),
    ("return 'x' in event.get('a', [])", #"{"a": ["x"]}"#, #"a[] eq "x""#),
    ("return 'x' in event.get('a', {})", #"{"a": {"x": 1}}"#, #"a.x is_not_null"#),
    ("return event.get('a') == 'true'", #"{"a": true}"#, #"false"#),
    ("return isinstance(event.get('a'), str) and event.get('b') == 'x'", #"{"a": 1}"#, #"false"#),
    // Texts.
    ("return event.get('a', '').lower() == 'x'", "{}", #"a eq "x" nocase"#),
    ("return event.get('a', '').lower() == 'X'", "{}", #"false"#),
    ("return event.get('a', '').upper().endswith('X')", "{}", #"a ends_with "X" nocase"#),
    ("return event.get('a', '').strip() == 'x'", "{}", #"a regex_match "\\A(?:\\s*(?:x)\\s*)\\z""#),
    ("return event.get('a', '')[:3] == 'abc'", "{}", #"a starts_with "abc""#),
    ("return event.get('a', '').split('/')[0] == 'x'", "{}", #"a regex_match "\\A(?:x(?:/[\\s\\S]*)?)\\z""#),
    ("return event.get('a', '').split('/')[-1] == 'x'", "{}", #"a regex_match "\\A(?:(?:[\\s\\S]*/)?x)\\z""#),
    (
      "return event.get('a', '/x').split('/')[1] == 'x'", "{}",
      #"(a regex_match "[\\s\\S]*/" and a regex_match "\\A(?:(?:[^/]*/)x(?:/[\\s\\S]*)?)\\z") or a is_null"#
    ),
    ("return str(event.get('a')) == 'True'", #"{"a": true}"#, #"a eq "true""#),
    ("return f\"arn:{event.get('a')}:x\" == 'arn:b:x'", "{}", #"a eq "b""#),
    ("import re\nreturn bool(re.match('a.c', event.get('a', '')))", "{}", #"a regex_match "\\A(?:a.c)""#),
    (
      "import re\nreturn re.search(r'(?i)b$', event.get('a', '')) is not None", "{}",
      #"a regex_match "b$" nocase"#
    ),
    (
      "from fnmatch import fnmatch\nreturn fnmatch(event.get('a', ''), 'x*[ab]')", "{}",
      #"a regex_match "(?s)\\A(?:x.*[ab])\\z""#
    ),
    (
      "import ipaddress as i\nreturn i.ip_address(event.get('a')) in i.ip_network('10.0.0.0/8')", "{}",
      #"a cidr_match "0.0.0.0/0" or a cidr_match "::/0" & a cidr_match "10.0.0.0/8" & a not contains ":""#
    ),
    (
      "import ipaddress as i\nreturn i.ip_address(event.get('a')) in i.ip_network('::/0')", "{}",
      #"a cidr_match "0.0.0.0/0" or a cidr_match "::/0" & a cidr_match "::/0" or (a cidr_match "0.0.0.0/0" and a contains ":")"#
    ),
    (
      "import ipaddress as i\nreturn i.ip_address(event.get('a')) in i.ip_network('10.0.0.1/8')", "{}",
      "false"
    ),
    // What Python makes of constants.
    ("return event.get('a') == int(' 80 ')", "{}", #"a eq "80""#),
    ("return event.get('a') != int('1.5')", "{}", "false"),
    ("return 'e\u{301}' in 'e\u{301}x' and 'e' in 'e\u{301}x'", "{}", "true"),
    ("return 'e\u{301}x'.split('e')[0] == ''", "{}", "true"),
    ("return f\"e{event.get('a')}\" == 'e\u{301}'", "{}", "a eq \"\u{301}\""),
    ("return {'x': 'y'}.get(event.get('a'), default='z') != 'z'", "{}", "false"),
    (
      "return event.get('a', {}).get('b', default='z') == 'z'", #"{"a": {}}"#,
      "a.b eq \"z\" or (a is_not_null and a.b is_null)"
    ),
    (
      "return event.get('a').deep_get('b') != 'x'", "{}",
      #"(a.b is_not_null and a.b ne "x") or (a is_not_null and a.b is_null)"#
    ),
    (
      "return event.get('a', '').strip('a-c') == 'x'", "{}",
      #"a regex_match "\\A(?:[a\\-c]*(?:x)[a\\-c]*)\\z""#
    ),
    ("return int(event.get('a', 0)) > 5", "{}", #"a regex_match "\\A(?:[+-]?[0-9]+)\\z" & a gt "5""#),
    ("return len(event.get('a', '')) > 2", #"{"a": "x"}"#, #"a regex_match "\\A(?:[\\s\\S]{3,})""#),
    // Control flow.
    (
      "if event.get('a') == 'x':\n    return False\nreturn event.get('b') == 'y'", "{}",
      #"a ne "x" & b eq "y""#
    ),
    (
      "if event.get('a') == 'x':\n    return True\nreturn event.get('b') == 'y'", "{}",
      #"a eq "x" or b eq "y""#
    ),
    (
      "if event.get('a') != 'x':\n    b = 'y'\nelse:\n    b = 'z'\nreturn event.get('b') == b", "{}",
      #"(a ne "x" and b eq "y") or (a eq "x" and b eq "z")"#
    ),
    (
      "a = event.get('a') or event.get('b')\nreturn a == 'x'", #"{"a": "1", "b": "1"}"#,
      #"(a ne "" and a eq "x") or (not (a is_not_null and a ne "") and b eq "x")"#
    ),
    (
      "for x in ['a', 'b']:\n    if event.get(x) == 'y':\n        return True\nreturn False", "{}",
      #"a eq "y" or b eq "y""#
    ),
    ("return all([event.get('a') == 'x', event.get('b') == 'y'])", "{}", #"a eq "x" & b eq "y""#),
    ("return any(event.get(x) == 'y' for x in ('a', 'b'))", "{}", #"a eq "y" or b eq "y""#),
    (
      "try:\n    return int(event.get('a')) > 5\nexcept ValueError:\n    return True", "{}",
      #"(a regex_match "\\A(?:[+-]?[0-9]+)\\z" and a gt "5") or not (a regex_match "\\A(?:[+-]?[0-9]+)\\z" and a not gt "5")"#
    ),
    ("if event.get('a') == 'x':\n    raise ValueError('a')\nreturn True", "{}", #"a ne "x""#),
    ("if event.get('a') == 'x':\n    return True", "{}", #"a eq "x""#),
    ("T = {'x': 'y', 'z': 'w'}\nreturn T.get(event.get('a'), '') == 'y'", "{}", #"a eq "x""#),
    ("if (a := event.get('a')) == 'x':\n    return True\nreturn a == 'y'", "{}", #"a eq "x" or a eq "y""#),
    ("f = lambda x: x == 'y'\nreturn f(event.get('a'))", "{}", #"a eq "y""#),
    // Elements of arrays.
    ("return any(x == 'y' for x in event.get('a', []))", "{}", #"a[] eq "y""#),
    ("return any(x.get('b') == 'y' for x in event.get('a', []))", #"{"a": [{"b": "y"}]}"#, #"a[].b eq "y""#),
    ("return all(x != 'y' for x in event.get('a', []))", "{}", #"a[] ne "y""#),
    (
      "for x in event.get('a', []):\n    if x.get('b') == 'y':\n        return True\nreturn False", "{}",
      #"a[].b eq "y""#
    ),
    (
      "found = False\nfor x in event.get('a', []):\n    if x == 'y':\n        found = True\nreturn found",
      "{}", #"a[] eq "y""#
    ),
    (
      "return any(x.get('b') == 'y' and x.get('c') != 'z' for x in event.get('a', []))", "{}",
      #"some a[] (a[].b eq "y" and a[].c ne "z")"#
    ),
    ("return any(x != 'y' for x in event.get('a', []))", "{}", #"some a[] (a[] ne "y")"#),
    (
      "return all(x.get('b') == 'y' for x in event.get('a', []))", #"{"a": [{"b": "y"}]}"#,
      #"not some a[] (a[].b ne "y")"#
    ),
    (
      "for x in event.get('a', []):\n    if x.get('b') == 'y' and event.get('c') == 'd':\n        if x.get('e') == 'f':\n            return True\nreturn False",
      "{}", #"c eq "d" & some a[] (a[].b eq "y" and a[].e eq "f")"#
    ),
    (
      "return any(x.get('b') != 'y' and any(t.get('c') == 'z' and t.get('d') != 'w' for t in x.get('l', [])) for x in event.get('a', []))",
      "{}", #"some a[] (a[].b ne "y" and some a[].l[] (a[].l[].c eq "z" and a[].l[].d ne "w"))"#
    ),
    (
      "return any(x == 'y' for x in event.get('a', [])) and any(x == 'z' for x in event.get('a', []))", "{}",
      #"a[] eq "y" & a[] eq "z""#
    ),
    // Arrays without elements, and what is a text or an array.
    ("return event.get('a') is None", #"{"a": ["x"]}"#, "not (a is_not_null or a is_array)"),
    (
      "return 'x' in event.get('a', ['x'])", #"{"a": ["x"]}"#,
      #"a[] eq "x" or not (a is_not_null or a is_array)"#
    ),
    (
      "if event.get('a') is None:\n    return False\nreturn not any(x == 'y' for x in event.get('a'))",
      #"{"a": ["x"]}"#, #"a is_not_null or a is_array & a[] ne "y""#
    ),
    ("return event.get('a') == 'x'", #"{"a": "x"}; {"a": ["x"]}"#, #"a not is_array & a eq "x""#),
    ("return event.get('a') != 'x'", #"{"a": "x"}; {"a": ["x"]}"#, #"not (a not is_array and a eq "x")"#),
    (
      "return event.get('a', '').lower() in ('x', 'y')", #"{"a": "x"}; {"a": ["x"]}"#,
      #"a not is_array & a in ["x", "y"] nocase"#
    ),
    (
      "return 'x' in event.get('a', '')", #"{"a": "x"}; {"a": ["x"]}"#,
      #"a is_not_null or a is_array & (a not is_array and a contains "x") or (a is_array and a[] eq "x")"#
    ),
    // Parts, whole numbers, booleans and addresses.
    ("return len(event.get('a', '').split('/')) >= 3", "{}", #"a regex_match "[\\s\\S]*/[\\s\\S]*/""#),
    (
      "return len(event.get('a', '').split('/')) == 2", "{}",
      #"a regex_match "[\\s\\S]*/" & a not regex_match "[\\s\\S]*/[\\s\\S]*/""#
    ),
    ("return int(event.get('a', 0)) > 5", #"{"a": 1.5}"#, #"a ge "6""#),
    ("return int(event.get('a', 0)) == 7", #"{"a": 1.5}"#, #"a ge "7" & a lt "8""#),
    ("return int(event.get('a', 0)) <= -1", #"{"a": 1.5}"#, #"a le "-1""#),
    (
      "return event.get('a') != event.get('b')", #"{"a": true, "b": false}"#,
      "not ((b is_not_null and a eq_field b) or (a is_null and b is_null))"
    ),
    // Numbers without fraction, and arrays that are compared and counted.
    ("return isinstance(event.get('a'), int) and event.get('a') >= 400", #"{"a": 200}"#, #"a ge "400""#),
    ("return isinstance(event.get('a'), float) and event.get('b') == 'x'", #"{"a": 200}"#, "false"),
    (
      "return int(event.get('a')) > 5", #"{"a": 7}; {"a": "7"}"#,
      #"a regex_match "\\A(?:[+-]?[0-9]+)\\z" & a gt "5""#
    ),
    (
      "return 'x' in event.get('a')", "{}",
      #"(a not is_array and a contains "x") or (a is_array and a[] eq "x")"#
    ),
    (
      "return event.get('a') == []", #"{"a": ["x"]}"#,
      "a[0] not is_array & a is_array & a is_null"
    ),
    (
      "return event.get('a') == ['x', 'y']", #"{"a": ["x"]}"#,
      #"not (a[2] is_not_null or a[2] is_array) & a[0] eq "x" & a[0] not is_array & a[1] eq "y" & a[1] not is_array"#
    ),
    ("return event.get('a') == ['x'] and event.get('b') == 'y'", #"{"a": "x"}"#, "false"),
    ("return len(event.get('a', [])) > 1", #"{"a": ["x"]}"#, "a[1] is_not_null"),
    (
      "from panther_core.immutable import ImmutableList\nreturn isinstance(event.get('a'), ImmutableList)",
      #"{"a": "x"}; {"a": ["x"]}"#, "a is_array"
    ),
    (
      "return isinstance(event.get('a'), str) and event.get('a') == 'x'", #"{"a": "x"}; {"a": ["x"]}"#,
      #"a not is_array & a eq "x""#
    ),
    (
      "return event.deep_get('a', 'b', default=False) is True",
      #"{"a": {"b": true}}; {"a": ["x"]}; {"a": [{"b": true}]}"#,
      #"a not is_array & a.b eq "true""#
    ),
    (
      "return event.deep_walk('a', 'b') == 'x'", #"{"a": [{"b": "x"}]}"#,
      #"a.b eq "x" & not some a.b (a.b ne "x")"#
    ),
    (
      "x = event.deep_walk('a', 'b')\nif not isinstance(x, list):\n    x = [x]\nreturn any(y == 'p' for y in x)",
      #"{"a": [{"b": "p"}]}"#, #"a.b eq "p""#
    ),
    (
      "x = event.deep_walk('a', 'b', default=[])\nx = x if isinstance(x, list) else [x]\nfor y in x:\n    if y.startswith('p') and y.endswith('q'):\n        return True\nreturn False",
      #"{"a": [{"b": "p"}]}"#, #"some a.b (a.b starts_with "p" and a.b ends_with "q")"#
    ),
    (
      "x = event.deep_walk('a', 'b')\nx = [x] if not isinstance(x, list) else x\nreturn not all(x)",
      #"{"a": [{"b": true}]}"#, "some a.b (a.b is_falsy) or a.b is_null"
    ),
    (
      "x = event.deep_walk('a', default=[])\nreturn isinstance(x, list) and any(y.get('b') == 'x' for y in x)",
      #"{"a": [{"b": "x"}]}"#, #"a[].b eq "x""#
    ),
    (
      "return isinstance(event.deep_walk('a'), dict) and event.get('b') == 'x'", #"{"a": {"b": 1}}"#,
      #"a is_not_null & b eq "x""#
    ),
    (
      "return event.deep_walk('a', 'b') in ('x', 'y')", #"{"a": [{"b": "x"}]}"#,
      #"(a.b eq "x" and not some a.b (a.b ne "x")) or (a.b eq "y" and not some a.b (a.b ne "y"))"#
    ),
    (
      "return event.deep_walk('a', 'b', default=False) and event.get('c') == 'x'", #"{"a": [{"b": true}]}"#,
      #"a.b is_truthy & c eq "x""#
    ),
    ("return event.get('a') and event.get('b') == 'x'", #"{"a": true}"#, #"a is_truthy & b eq "x""#),
    (
      "return len([x for x in ('a', 'b') if event.get(x) == 'y']) > 0", "{}", #"a eq "y" or b eq "y""#
    ),
    ("return not [x for x in ('a', 'b') if event.get(x) == 'y']", "{}", #"not (a eq "y" or b eq "y")"#),
    ("import re\nreturn len(re.findall('b', event.get('a', ''))) > 0", "{}", #"a regex_match "b""#),
    ("return len(set(event.get('a', [])).intersection({'x'})) >= 1", "{}", #"a[] eq "x""#),
    (
      "import ipaddress as i\na = i.IPv4Address(event.get('a'))\nl = []\nfor n in ('10.0.0.0/8', '11.0.0.0/8'):\n    l.append(a in i.IPv4Network(n))\nreturn any(l)",
      "{}",
      #"a cidr_match "0.0.0.0/0" & a not contains ":" & a cidr_match "11.0.0.0/8" or a not cidr_match "11.0.0.0/8" & a cidr_match "10.0.0.0/8" or a not cidr_match "10.0.0.0/8" & a cidr_match "10.0.0.0/8" or (a not cidr_match "10.0.0.0/8" and a cidr_match "11.0.0.0/8")"#
    ),
    (
      "import ipaddress as i\nn = i.ip_network(event.get('a'))\nreturn n.network_address.version == 4 and n.subnet_of(i.ip_network('10.0.0.0/8'))",
      "{}",
      #"a cidr_match "0.0.0.0/0" or a cidr_match "::/0" & a cidr_match "10.0.0.0/8" & a not contains ":""#
    ),
    (
      "d = {}\nif event.get('a') == 'x':\n    d['k'] = 'y'\nelse:\n    d['k'] = 'z'\nd['m'] = 'n'\nreturn d.get('k') == 'y'",
      "{}", #"a eq "x""#
    ),
    (
      "import ipaddress as i\nreturn i.ip_address('10.0.0.1').is_private and event.get('a') == 'x'", "{}",
      #"a eq "x""#
    ),
    ("return 'x y' in event.get('a', '').strip()", "{}", #"a contains "x y""#),
    (
      "return event.get('a', '').split('-')[0].strip() == 'x'", "{}",
      #"a regex_match "\\A(?:(?:\\s*(?:x)\\s*)(?:-[\\s\\S]*)?)\\z""#
    ),
    (
      "return event.get('a', '').rsplit('.', 1)[-1] == 'x'", "{}",
      #"a regex_match "\\A(?:(?:[\\s\\S]*\\.)?x)\\z""#
    ),
    ("return 'a.b.c'.rsplit('.', maxsplit=1) == ['a.b', 'c'] and event.get('a') == 'x'", "{}", #"a eq "x""#),
    ("return f\"/a/{event.get('a')}\".startswith('/a/b')", "{}", #"a starts_with "b""#),
    ("return f\"{event.get('a')}@b.c\".endswith('x@b.c')", "{}", #"a ends_with "x""#),
    (
      "return f\"ab{event.get('a')}\".startswith(('x', 'abcd')) and event.get('b') == 'y'", "{}",
      #"a starts_with "cd" & b eq "y""#
    ),
    ("return event.get('a')[0].get('b') == 'y'", "{}", #"a[0].b eq "y""#),
    ("return bool(set(event.get('a', [])) & {'x', 'y'})", "{}", #"a[] in ["x", "y"]"#),
  ]

  @Test(arguments: conditions) func aProgramIsACondition(
    _ lines: String, _ event: String, _ condition: String
  ) throws {
    let events = event.components(separatedBy: "; ")
    let collection = PythonCase(program: program(lines), events: events).read()
    let document = try #require(collection.documents.first, "\(collection.refused.first?.refusals ?? [])")
    let printed = Notation.print(document.rule.condition).split(separator: "\n").joined(separator: " & ")
    #expect(printed == condition)
  }
}
