import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSplunk

/// A search, an event, and whether it comes out: the rows of the facts table in the language's README.
struct Fact: Sendable, CustomTestStringConvertible {
  var search: String
  var event: Event
  var verdict: Bool
  var testDescription: String { search }

  init(_ search: String, _ event: Event, _ verdict: Bool) {
    self.search = search
    self.event = event
    self.verdict = verdict
  }
}

private func run(_ search: String, _ event: Event) throws(Diagnostic) -> Bool {
  try Language.splunk.run(search, on: [event], options: LanguageOptions())[0]
}

private let a1b2 = event(("a", .string("1")), ("b", .string("2")), ("c", .string("3")))
private let dotted = event(("u", object(("t", .string("Root")))), ("n", .null))
private let list = event(("f", .array([.string("A"), .string("B")])))

@Suite struct SearchFacts {
  /// OR binds tighter than AND, which may be left out.
  @Test(arguments: [
    // a=1 AND (b=x OR c=3) holds; under the other precedence (a=1 AND b=x) OR c=3 would hold too, so a=9.
    Fact("a=9 b=2 OR c=3", a1b2, false),
    Fact("| where a=\"9\" AND b=\"2\" OR c=\"3\"", a1b2, true),
    Fact("NOT a=1 b=2", a1b2, false),
    Fact("NOT a=9 b=2", a1b2, true),
    Fact("NOT (a=9 b=2)", a1b2, true),
    Fact("a=1 AND b=2 AND NOT c=4", a1b2, true),
  ])
  func precedence(_ fact: Fact) throws { #expect(try run(fact.search, fact.event) == fact.verdict) }

  /// `!=` needs the field, NOT does not (Search Manual, "Difference between NOT and !=").
  @Test(arguments: [
    Fact("f=\"x\"", event(), false), Fact("f!=\"x\"", event(), false), Fact("NOT f=\"x\"", event(), true),
    Fact("f=*", event(), false), Fact("NOT f=*", event(), true), Fact("f!=*", event(), false),
    Fact("f=\"x\"", event(("f", .string("x"))), true), Fact("f!=\"x\"", event(("f", .string("y"))), true),
    Fact("f!=*", event(("f", .string("y"))), false), Fact("f=\"\"", event(), false),
    Fact("f=\"\"", event(("f", .string(""))), true),
  ])
  func missing(_ fact: Fact) throws { #expect(try run(fact.search, fact.event) == fact.verdict) }

  @Test(arguments: [
    Fact("f=ABC", event(("f", .string("abc"))), true),
    Fact("f=CASE(ABC)", event(("f", .string("abc"))), false),
    Fact("F=abc", event(("f", .string("abc"))), false),
    Fact("f=\"a*c\"", event(("f", .string("axxc"))), true),
    Fact("f=a?c", event(("f", .string("abc"))), false),
    Fact("f=\"a\\*c\"", event(("f", .string("a*c"))), false),
    Fact("f=1", event(("f", .string("1.0"))), false),
    Fact("f=1", event(("f", .number(Number(1)))), true),
    Fact("f IN (\"a*\", b)", event(("f", .string("B"))), true),
    Fact("NOT f IN (a, b)", event(), true),
    Fact("f=\"10.0.0.0/8\"", event(("f", .string("10.9.8.7"))), true),
    Fact("f>5", event(("f", .string("10"))), true),
    Fact("f>5", event(("f", .string("abc"))), true),
    Fact("u.t=root", dotted, true), Fact("\"u.t\"=root", dotted, true),
    Fact("n=null", dotted, true), Fact("n=*", dotted, true), Fact("u=*", dotted, false),
    Fact("f{}=a", list, true), Fact("f{}=a f{}=b", list, true), Fact("f=*", list, false),
  ])
  func values(_ fact: Fact) throws { #expect(try run(fact.search, fact.event) == fact.verdict) }

  /// Keywords are found between breakers (segmenters.conf), not anywhere.
  @Test(arguments: [
    Fact("foo", event(("f", .string("xfoobar"))), false),
    Fact("*foo*", event(("f", .string("xfoobar"))), true),
    Fact("FOO", event(("f", .string("a foo b"))), true),
    Fact("\"a foo\"", event(("f", .string("a foo b"))), true),
    Fact("\"ec2.amazonaws.com\"", event(("f", .string("ec2.amazonaws.com"))), true),
    Fact("amazonaws", event(("f", .string("ec2.amazonaws.com"))), true),
    Fact("TERM(amazonaws)", event(("f", .string("ec2.amazonaws.com"))), false),
    Fact("TERM(ec2.amazonaws.com)", event(("f", .string("ec2.amazonaws.com"))), true),
    Fact("a or zz", event(("f", .string("a"))), false),
    Fact("```x``` a ```y```", event(("f", .string("a"))), true),
  ])
  func keywords(_ fact: Fact) throws { #expect(try run(fact.search, fact.event) == fact.verdict) }

  /// Automatic extraction ends at 5,000 bytes; `json_extract` reads on.
  @Test func cutoff() throws {
    let long = event(("a", .string(String(repeating: "x", count: 5_000))), ("b", .string("y")))
    #expect(try !run("b=y", long))
    #expect(try run("| eval b=json_extract(_raw, \"b\") | where b=\"y\"", long))
    #expect(try !run("| where b=\"y\"", long))
  }
}

@Suite struct WhereFacts {
  @Test(arguments: [
    Fact("| where f=\"x\"", event(), false), Fact("| where f!=\"x\"", event(), false),
    Fact("| where isnull(f)", event(), true), Fact("| where isnull(f)", event(("f", .string(""))), false),
    Fact("| where if(f=\"x\", 1, 0)=0", event(), true),
    Fact("| where isnotnull(f) AND NOT f=\"x\"", event(("f", .string("y"))), true),
    Fact("| where f=\"X\"", event(("f", .string("x"))), false),
    Fact("| where in(f, \"a\", \"b\")", event(("f", .string("b"))), true),
    Fact("| where f IN (\"a*\")", event(("f", .string("ab"))), false),
    Fact("| where like(f, \"a%\")", event(("f", .string("a\nb"))), true),
    Fact("| where f LIKE \"a_\"", event(("f", .string("ab"))), true),
    Fact("| where like(f, \"a\\%\")", event(("f", .string("a%"))), false),
    Fact("| where match(f, \"b\")", event(("f", .string("abc"))), true),
    Fact("| where match(f, \"^b\")", event(("f", .string("abc"))), false),
    Fact("| where match(f, \"\\\\\\\\\")", event(("f", .string("a\\b"))), true),
    Fact("| where match(f, \"^\\d+$\")", event(("f", .string("12"))), true),
    Fact("| where cidrmatch(\"10.0.0.0/8\", f)", event(("f", .string("10.1.2.3"))), true),
    Fact("| where cidrmatch(\"10.0.0.0/8\", f)", event(("f", .string("x"))), false),
    Fact("| where tonumber(f)>5", event(("f", .string("10"))), true),
    Fact("| where tonumber(f)>5", event(("f", .string("x"))), false),
    Fact("| where f>=400", event(("f", .number(Number(404)))), true),
    Fact("| where 'u.t'=\"Root\"", dotted, true),
    Fact("| where lower('u.t')=\"root\"", dotted, true),
    Fact("| where tostring(f)=\"Null\"", event(), true),
    Fact("| where coalesce(f, \"x\")=\"x\"", event(), true),
    Fact("| where mvcount(mvfilter('f{}'=\"B\"))>0", list, true),
    Fact("| where mvcount('f{}')=2", list, true),
    Fact("| eval x=json_extract(_raw, \"n\") | where isnull(x)", dotted, true),
    Fact("| where isnull(n)", dotted, false),
    Fact("| eval x=json_extract(_raw, \"f{}\") | where x=\"[\\\"A\\\",\\\"B\\\"]\"", list, true),
    Fact("| regex f=\"b\"", event(), false), Fact("| regex f!=\"b\"", event(), true),
    Fact("| spath output=x path=u.t | where x=\"Root\"", dotted, true),
    Fact("| rename \"u.t\" AS x | where x=\"Root\"", dotted, true),
    Fact("| fields - f | where isnull(f)", event(("f", .string("x"))), true),
  ])
  func answers(_ fact: Fact) throws { #expect(try run(fact.search, fact.event) == fact.verdict) }

  /// Where no manual tells, the search is refused instead of guessed at.
  @Test(arguments: [
    Fact("| where NOT f=\"x\"", event(), false),
    Fact("| eval x=json_extract(_raw, \"b\") | where x=\"true\"", event(("b", .bool(true))), false),
    Fact("| eval x=json_extract(_raw, \"b\") | where x=\"5\"", event(("b", .number(Number(5)))), false),
    Fact("| where 'f{}'=\"A\"", list, false), Fact("f{}!=A", list, false),
    Fact("NOT earliest=1 OR f=x", list, false), Fact("f=*", event(("f", .string(""))), false),
    Fact("| where a=b", event(("a", .string("5")), ("b", .string("5.0"))), false),
  ])
  func corners(_ fact: Fact) {
    #expect {
      try run(fact.search, fact.event)
    } throws: {
      ($0 as? Diagnostic)?.code.rawValue == "E332"
    }
  }
}

@Suite struct ParserErrors {
  @Test(arguments: [
    ("a=\"x", "this text is not closed", 1, 3),
    ("a=x | ```no", "this comment is not closed", 1, 7),
    ("`m", "this macro is not closed", 1, 1),
    ("a=1 | eventstats count by b", "the command `eventstats` is not read", 1, 7),
    ("a=1 | stats by b", "expected a function such as `count` or `dc(…)`, found `b`", 1, 13),
    ("a=1 | stats", "expected a function such as `count` or `dc(…)`, found the end", 1, 12),
    ("a=1 | stats count bye g", "`stats` has no function `bye` here", 1, 19),
    ("a=1 | stats cuont by g", "`stats` has no function `cuont` here", 1, 13),
    ("a=1 | stats dcc(f) by g", "`stats` has no function `dcc` here", 1, 13),
    ("a=1 | stats allnum=t count", "`stats` is not read with the option `allnum`", 1, 13),
    ("a=1 | bin bins=10 _time", "`bin` is not read with the option `bins`", 1, 11),
    ("a=1 | sort [search b]", "a subsearch is not a condition on one event", 1, 12),
    ("a=1 | serch b", "the command `serch` is not read", 1, 7),
    ("a=1 [search b]", "a subsearch is not a condition on one event", 1, 5),
    ("'a'=1", "single quotes do not quote in `search`", 1, 1),
    ("a= | where b=1", "expected a search term, found `|`", 1, 4),
    ("(a=1", "expected `)`, found the end", 1, 5),
    ("a=1)", "expected a `|` or the end, found `)`", 1, 4),
    ("a=1\n| where b=", "expected an expression, found the end", 2, 11),
    ("| where f=(1", "expected `)`, found the end", 1, 13),
    ("| where in f", "expected an expression, found `i`", 1, 9),
    ("| where `m`", "a macro inside an expression is not read", 1, 9),
    ("| eval a", "expected `=`, found the end", 1, 9),
    ("| ", "expected the name of a command, found the end", 1, 3),
    ("a=1 | makeresults format=json data=\"[]\"", "`makeresults` must be the first command", 1, 7),
    ("| makeresults count=1", "`makeresults` is not read with the option `count`", 1, 15),
    ("a IN ()", "expected a value, found the end", 1, 8),
  ])
  func places(_ text: String, _ message: String, _ line: Int, _ column: Int) {
    #expect {
      _ = try SplunkParser.parse(Source(text: text))
    } throws: { error in
      guard let diagnostic = error as? Diagnostic else { return false }
      let place = diagnostic.labels.first?.span.start
      let plain = message.replacing("```` ``` ````", with: "`" + "```" + "`").replacing(
        "```` ` ````", with: "```")
      if diagnostic.message == plain, place == Position(line: line, column: column) { return true }
      print(text, "->", diagnostic.message, place ?? "nowhere")
      return false
    }
  }

  /// Nesting is refused, not run into.
  @Test(arguments: ["(", "NOT ", "| where (", "| where NOT ", "| where f(", "| where -"])
  func bombs(_ part: String) {
    let isWhere = part.hasPrefix("| where ")
    let repeated = isWhere ? String(part.dropFirst(8)) : part
    let text = (isWhere ? "| where " : "") + String(repeating: repeated, count: 100_000)
    #expect {
      _ = try SplunkParser.parse(Source(text: text))
    } throws: {
      ($0 as? Diagnostic)?.message == "this is nested deeper than 300 levels"
    }
  }
}
