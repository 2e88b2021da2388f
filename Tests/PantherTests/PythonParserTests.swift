import ConcordDiagnostics
import TestSupport
import Testing

@testable import ConcordPanther

@Suite struct PythonParserTests {
  static let trees: [(text: String, tree: String)] = [
    ("a or b and not c == d", "(expr (or a (and b (not (cmp c == d)))))"),
    ("not a in b or c", "(expr (or (not (cmp a in b)) c))"),
    ("a not in b is not c", "(expr (cmp a not in b is not c))"),
    ("a <= b < c", "(expr (cmp a <= b < c))"),
    ("a + b * -c ** d", "(expr (+ a (* b (- (** c d)))))"),
    ("a - b - c", "(expr (- (- a b) c))"),
    ("a | b & c", "(expr (| a (& b c)))"),
    ("x if a else y if b else z", "(expr (choice a x (choice b y z)))"),
    ("e.get('a', {}).get('b')[0]", "(expr (at (call (. (call (. e get) \"a\" {}) get) \"b\") 0))"),
    ("f(*a, b=1, **c)", "(expr (call f *a b=1 **c))"),
    ("any(x in y for x in z if x)", "(expr (call any (gen (cmp x in y) for x z if x)))"),
    ("[a for b, c in d for e in f]", "(expr (listcomp a for (tuple b c) d for e f))"),
    ("{a: b for a in c}", "(expr (dictcomp a b for a c))"),
    ("{a for a in c}", "(expr (setcomp a for a c))"),
    ("{a, *b}", "(expr {a *b})"),
    ("{'a': 1, **b}", "(expr {\"a\":1 **:b})"),
    ("()", "(expr (tuple ))"),
    ("a,", "(expr (tuple a))"),
    ("a[1:], a[:-1], a[::2]", "(expr (tuple (slice a 1 - -) (slice a - (- 1) -) (slice a - - 2)))"),
    ("lambda x, y=1: x", "(expr (lambda (x y=1) x))"),
    ("(a := b)", "(expr (:= a b))"),
    ("'a' \"b\" r'\\d' '\\x41\\u00e9\\n'", "(expr \"ab\\dA<e9><a>\")"),
    ("'''a\nb'''", "(expr \"a<a>b\")"),
    ("f'a{b.c}d{e!r}{f:>3}{{}}'", "(expr (f \"a\" (. b c) \"d\" e! f! \"{}\"))"),
    ("f\"{x['y']}\" 'z'", "(expr (f (at x \"y\") \"z\"))"),
    ("b'ab' b'c'", "(expr bytes)"),
    ("1_000, 0x1F, 1e-3, .5", "(expr (tuple 1000 0x1F 1e-3 .5))"),
    ("a = b = c", "(= a b c)"),
    ("a, b = c", "(= (tuple a b) c)"),
    ("a: int = 1", "(= a 1)"),
    ("a: int", "(pass)"),
    ("a += 1; b", "(+= a 1) (expr b)"),
    ("return", "(return -)"),
    ("import a.b as c, d\nfrom . import e\nfrom x import (f as g, h,)", "(import) (import) (import)"),
    ("if a: pass\nelif b:\n  c\nelse:\n  d", "(if a [(pass)] [(if b [(expr c)] [(expr d)])])"),
    ("for a, b in c, d:\n\tcontinue\nelse:\n\tbreak", "(for (tuple a b) (tuple c d) [(continue)] [(break)])"),
    (
      "try:\n a\nexcept (B, C) as e:\n raise\nelse:\n b\nfinally:\n c",
      "(try [(expr a)] [(raise)] [(expr b)] [(expr c)])"
    ),
    ("@x.y(1)\ndef f(a, *, b: int = 2, **c) -> bool:\n  return a", "(def f (a b=2 **c) [(return a)])"),
    (
      "class A(B, metaclass=C):\n  x = 1\n  def f(self): pass",
      "(class A (B) [(= x 1) (def f (self) [(pass)])])"
    ),
    ("while a:\n  b\nc", "(while) (expr c)"),
    ("with a as b:\n  c\n", "(with)"),
    ("match a:\n  case 1:\n    b\n", "(match)"),
    ("match = 1\nmatch(a)", "(= match 1) (expr (call match a))"),
    ("a = (b  # c\n  + d)\n\n# e\nf", "(= a (+ b d)) (expr f)"),
    ("a = b + \\\n  c", "(= a (+ b c))"),
    ("def f():\n  # only\n  'text'\n\n  return 1\nx", "(def f () [(expr \"text\") (return 1)]) (expr x)"),
    ("\u{FEFF}a\r\nb", "(expr a) (expr b)"),
    ("", ""),
  ]

  @Test(arguments: trees) func aTextIsATree(_ text: String, _ tree: String) {
    #expect(PythonOutline.of(PythonModule(Source(text: text)).body) == tree)
  }

  /// A broken text, where it breaks, and what else of it is read.
  static let broken: [(text: String, code: Diagnostic.Code, place: Position, rest: String)] = [
    (
      "a = (\nb = 1\ndef f():\n  pass", .unclosed, Position(line: 1, column: 5),
      "(unreadable) (def f () [(pass)])"
    ),
    ("a = 'b\nc", .unclosed, Position(line: 1, column: 5), "(unreadable) (expr c)"),
    ("a = '''b\nc", .unclosed, Position(line: 1, column: 5), "(unreadable)"),
    ("a = f'{b'\nc", .unclosed, Position(line: 1, column: 8), "(unreadable) (expr c)"),
    ("a = f'{b c}'\nd", .unexpected, Position(line: 1, column: 10), "(unreadable) (expr d)"),
    ("a b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("a = \nc", .unexpected, Position(line: 1, column: 5), "(unreadable) (expr c)"),
    ("a)\nc", .unexpected, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("(a]\nc", .unclosed, Position(line: 1, column: 1), "(unreadable) (expr c)"),
    ("a ? b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("a $\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("a \\ b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("  a\nc", .indentation, Position(line: 1, column: 1), "(unreadable) (expr c)"),
    ("if a:\nb", .indentation, Position(line: 2, column: 1), "(unreadable) (expr b)"),
    (
      "if a:\n    b\n  c\nd", .indentation, Position(line: 3, column: 3),
      "(if a [(expr b)] []) (unreadable) (expr d)"
    ),
    ("if a\n  b\nc", .unexpected, Position(line: 1, column: 5), "(unreadable) (expr c)"),
    ("if:\n  b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    (
      "def f(:\n  b\ndef g(): pass", .unclosed, Position(line: 1, column: 6),
      "(unreadable) (def g () [(pass)])"
    ),
    ("def f():\n  a b\n  c", .unexpected, Position(line: 2, column: 5), "(def f () [(unreadable) (expr c)])"),
    ("def 1():\n  a\nc", .unexpected, Position(line: 1, column: 5), "(unreadable) (expr c)"),
    ("class:\n  a\nc", .unexpected, Position(line: 1, column: 6), "(unreadable) (expr c)"),
    ("for a of b:\n  a\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("else:\n  a\nc", .unexpected, Position(line: 1, column: 1), "(unreadable) (expr c)"),
    ("except:\n  a\nc", .unexpected, Position(line: 1, column: 1), "(unreadable) (expr c)"),
    ("return return\nc", .unexpected, Position(line: 1, column: 8), "(unreadable) (expr c)"),
    ("from a import\nc", .unexpected, Position(line: 1, column: 14), "(unreadable) (expr c)"),
    ("import 1\nc", .unexpected, Position(line: 1, column: 8), "(unreadable) (expr c)"),
    ("@\nc", .unexpected, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("@a\nc", .unexpected, Position(line: 2, column: 1), "(unreadable) (expr c)"),
    ("[a for]\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("{a: 1, b}\nc", .unexpected, Position(line: 1, column: 9), "(unreadable) (expr c)"),
    ("a if b\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("a[]\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("a.1\nc", .unexpected, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("a..b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("not\nc", .unexpected, Position(line: 1, column: 4), "(unreadable) (expr c)"),
    ("a not b\nc", .unexpected, Position(line: 1, column: 3), "(unreadable) (expr c)"),
    ("lambda\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("'\\N{DASH}'\nc", .badEscape, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("'\\xZZ'\nc", .badEscape, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("'\\ud800'\nc", .badEscape, Position(line: 1, column: 2), "(unreadable) (expr c)"),
    ("print \"a\"\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("rule: |\n  a\nc", .unexpected, Position(line: 1, column: 7), "(unreadable) (expr c)"),
    ("\u{0}\nc", .unexpected, Position(line: 1, column: 1), "(unreadable) (expr c)"),
  ]

  @Test(arguments: broken)
  func aBreakStopsNothingElse(_ text: String, _ code: Diagnostic.Code, _ place: Position, _ rest: String) {
    let module = PythonModule(Source(text: text))
    #expect(module.failures.first?.code == code)
    #expect(module.failures.first?.labels.first?.span.start == place)
    #expect(PythonOutline.of(module.body) == rest)
  }

  /// Texts that would take a careless reader's stack or time.
  static let hostile: [String] = [
    String(repeating: "(", count: 100_000), String(repeating: "[{(", count: 30_000),
    String(repeating: "not ", count: 100_000) + "a", String(repeating: "-", count: 100_000) + "a",
    "a" + String(repeating: ".b", count: 100_000), "a" + String(repeating: " + b", count: 100_000),
    "a" + String(repeating: "()", count: 100_000), "a" + String(repeating: "**b", count: 100_000),
    String(repeating: "lambda: ", count: 50_000), String(repeating: "{", count: 2_000) + ":",
    "a" + String(repeating: " if b else c", count: 50_000),
    "if a: b\n" + String(repeating: "elif a: b\n", count: 50_000),
    (0..<2_000).map { String(repeating: " ", count: $0) + "if a:\n" }.joined(),
    String(repeating: "f'{", count: 20_000), "f'" + String(repeating: "{", count: 100_001),
    String(repeating: "'", count: 100_001), String(repeating: "\\", count: 100_000),
    String(repeating: "a;", count: 100_000), String(repeating: "@", count: 100_000),
    String(repeating: "9", count: 500_000), String(repeating: "(\n", count: 50_000),
    "a = " + String(repeating: "b = ", count: 100_000), String(repeating: "a b\n", count: 20_000),
    String(repeating: "x = (\ndef f(): pass\n", count: 5_000),
  ]

  @Test(arguments: hostile.indices) func aHostileTextIsRefusedInTime(_ index: Int) {
    let text = PythonParserTests.hostile[index]
    #expect(processorSeconds { _ = PythonModule(Source(text: text)).failures } < 20)
  }

  @Test func aLargeFileIsRefused() {
    let module = PythonModule(Source(text: String(repeating: "# a line\n", count: 1 << 19)))
    #expect(module.failures.first?.code.rawValue == "E123")
  }
}
