import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@Suite("bad YAML is refused with a place, what was expected and what to do")
struct YAMLErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let code: String
    let place: Position
    let message: String
    let help: String?
    var testDescription: String { String(text.prefix(30)) }

    init(
      _ text: String, _ code: String, _ line: Int, _ column: Int, _ message: String,
      _ help: String? = nil
    ) {
      self.text = text
      self.code = code
      place = Position(line: line, column: column)
      self.message = message
      self.help = help
    }
  }

  static let tab = "YAML indents by spaces alone; replace the tab"
  static let indentation: [Case] = [
    Case("a:\n\tb: 1", "E107", 2, 1, "expected spaces for indentation, found a tab", tab),
    Case("a:\n  b: 1\n \tc: 2", "E107", 3, 2, "expected spaces for indentation, found a tab", tab),
    Case("-\t- a", "E107", 1, 2, "expected spaces for indentation, found a tab", tab),
    Case("a: |\n\tb", "E107", 2, 1, "expected spaces for indentation, found a tab", tab),
    Case("a: \"b\n\tc\"", "E107", 2, 1, "expected spaces for indentation, found a tab", tab),
    Case("a: [\n\tb]", "E107", 2, 1, "expected spaces for indentation, found a tab", tab),
    Case(
      "a: 1\n  b: 2", "E101", 1, 4, "a key must stand on one line",
      "if `1` is the whole value, indent the next line as its key is"),
    Case(
      "a: \"1\"\n  b: 2", "E107", 2, 3, "expected a key at column 1, found `b:` at column 3",
      "entries of one mapping begin at the same column"),
    Case(
      "a: \"1\"\n  more", "E107", 2, 3, "expected a key at column 1, found `more` at column 3",
      "a value that goes on in the next line stands in quotes, or behind `|` or `>`"),
    Case(
      "a:\n    b: 1\n  c: 2", "E107", 3, 3, "expected a key at column 1, found `c:` at column 3",
      "entries of one mapping begin at the same column"),
    Case(
      "- a\n - b: c", "E101", 1, 3, "a key must stand on one line",
      "if `a` is the whole value, indent the next line as its key is"),
    Case(
      "- 'a'\n - b", "E107", 2, 2, "expected a list item at column 1, found `-` at column 2",
      "entries of one list begin at the same column"),
    Case(
      "a: [1,\n2]", "E107", 2, 1, "expected at least 1 spaces of indentation within brackets, found 0",
      "indent the line, or close the bracket with `]`"),
    Case(
      "a: {b: [1\nc: 2", "E107", 2, 1,
      "expected at least 1 spaces of indentation within brackets, found 0",
      "indent the line, or close the bracket with `]`"),
    Case(
      "a: 'b\nc: d", "E107", 2, 1,
      "expected the quoted text to be indented or to end with `'`, found `c:`"),
  ]
  static let structure: [Case] = [
    Case(
      "title foo\nlevel: high", "E101", 1, 1, "a key must stand on one line",
      "if `title foo` is a key, put `: ` after it"),
    Case(
      "a: 1\ntitle foo\nb: 2", "E101", 2, 1, "expected `: ` after the key `title foo`",
      "write `title foo: value`"),
    Case(
      "a: 1\nb:2", "E101", 2, 1, "expected `: ` after the key `b:2`",
      "put a space after the colon: `b: 2`"),
    Case(
      "a: 1\n\"b\":2", "E101", 2, 1, "expected `: ` after the key `\"b\":2`",
      "put a space after the colon: `\"b\": 2`"),
    Case(
      "a: b: c", "E101", 1, 5, "a mapping cannot begin on the line of its key",
      "write the value in quotes, or put the inner key on the next line"),
    Case(
      "a: - b", "E101", 1, 4, "a list cannot begin on the line of its key", "put `- b` on the next line"),
    Case(
      "--- a: b", "E101", 1, 6, "a mapping cannot begin on the line of its key",
      "write the value in quotes, or put the inner key on the next line"),
    Case(
      "a: 1\n- b", "E101", 2, 1, "expected a key, found the list item `- b`",
      "a list belongs below a key that has no other value"),
    Case(
      "- a\nb: 1", "E101", 2, 1, "expected `- ` before the next list item, found `b:`",
      "begin the line with `- `, or indent it less to end the list"),
    Case(
      "- a\n-b", "E101", 2, 1, "expected `- ` before the next list item, found `-b`",
      "put a space after `-`"),
    Case(
      "a: \"b\" c", "E101", 1, 8, "expected the end of the line after the value, found `c`",
      "inside the text, `\"` is written `\\\"`"),
    Case(
      "a: 'it's'", "E101", 1, 8, "expected the end of the line after the value, found `s'`",
      "inside the text, `'` is written `''`"),
    Case("a: [b] c", "E101", 1, 8, "expected the end of the line after the value, found `c`"),
    Case("a: \"b\"#c", "E101", 1, 7, "expected a space before the comment", "write ` #`"),
    Case(
      "[a]\nb", "E101", 2, 1, "expected the end of the document, found `b`",
      "a further document begins with `---`"),
    Case("a: 1\n... b", "E101", 2, 5, "expected the end of the line after `...`, found `b`"),
    Case(
      "a: @b", "E101", 1, 4, "a text cannot begin with `@` without quotes", "write it in quotes: `'@b'`"),
    Case(
      "a: `b` # c", "E101", 1, 4, "a text cannot begin with ``` without quotes",
      "write it in quotes: `'`b`'`"
    ),
    Case(
      "a: %b", "E101", 1, 4, "a text cannot begin with `%` without quotes", "write it in quotes: `'%b'`"),
    Case("a: ]", "E101", 1, 4, "expected a value, found `]`"),
    Case("a: , b", "E101", 1, 4, "expected a value, found `,`"),
    Case(
      "\(String(repeating: "k", count: 1025)): 1", "E101", 1, 1,
      "a key without `?` is at most 1024 bytes long",
      "write `? ` before the key, and `: ` on the line after it"),
    Case(
      "a: |x\n b", "E112", 1, 5, "expected a line break after `|`, found `x`",
      "after `|` may stand `-` or `+`, one digit from 1 to 9, and a comment; the text begins on the next line"
    ),
    Case(
      "a: >0\n b", "E112", 1, 5, "expected a line break after `>`, found `0`",
      "after `>` may stand `-` or `+`, one digit from 1 to 9, and a comment; the text begins on the next line"
    ),
    Case(
      "a: |\n   \n b", "E112", 2, 1, "an empty line of 3 spaces stands before text that is indented by 1",
      "remove the spaces, or state the indentation: `|2`"),
  ]
  static let brackets: [Case] = [
    Case("a: [1, 2", "E102", 1, 4, "this list is not closed"),
    Case("a: {b: [1}", "E102", 1, 10, "expected `]`, found `}`"),
    Case("a: {b: 1]", "E102", 1, 9, "expected `}`, found `]`"),
    Case("{a: [\n---\n]}", "E102", 1, 5, "this list is not closed"),
    Case(
      "[a b: c d: e]", "E101", 1, 10, "expected `,` or `]`, found `:`",
      "a key within brackets ends on the line of its colon; a text with `:` stands in quotes"),
    Case("[\"a\" b]", "E101", 1, 6, "expected `,` or `]`, found `b]`"),
    Case(
      "{a: 1 b: 2}", "E101", 1, 8, "expected `,` or `}`, found `:`",
      "a key within brackets ends on the line of its colon; a text with `:` stands in quotes"),
    Case(
      "{\"a\" 1}", "E101", 1, 6, "expected `: ` and a value, or `,`, found `1}`",
      "a key that is text with special characters stands in quotes"),
    Case("[a,, b]", "E101", 1, 4, "expected an entry before `,`", "remove the comma"),
    Case("[, a]", "E101", 1, 2, "expected an entry before `,`", "remove the comma"),
    Case(
      "[- a]", "E101", 1, 2, "`-` cannot begin a value within brackets",
      "items within `[` and `]` are separated by `,`"),
    Case("[| a]", "E101", 1, 2, "`|` cannot begin a value within brackets", "write the text in quotes"),
    Case(
      "a: \"b", "E102", 1, 4, "this quoted text is not closed",
      "inside double quotes, `\"` is written `\\\"`"),
    Case(
      "a: 'b", "E102", 1, 4, "this quoted text is not closed",
      "inside single quotes, `'` is written `''`"),
    Case(
      "\"a\n---\nb\"", "E102", 1, 1,
      "expected the end of the quoted text, found the document marker `---`",
      "close the quote, or indent the marker"),
  ]
  static let characters: [Case] = [
    Case(
      "a: \"\\.exe\"", "E103", 1, 5, "expected an escape that YAML knows, found `\\.`",
      "a backslash itself is written `\\\\`, or the text stands in single quotes"),
    Case(
      "a: \"C:\\é\"", "E103", 1, 7, "expected an escape that YAML knows, found `\\é`",
      "a backslash itself is written `\\\\`, or the text stands in single quotes"),
    Case(
      "\"\\x4\"", "E103", 1, 2, "expected an escape that YAML knows, found `\\x4`",
      "2 hexadecimal digits follow `\\x`"),
    Case(
      "\"\\ud800\"", "E103", 1, 2, "`\\ud800` is not a Unicode character",
      "surrogates stand in pairs, or not at all"),
    Case(
      "\"\\UFFFFFFFF\"", "E103", 1, 2, "`\\UFFFFFFFF` is not a Unicode character",
      "surrogates stand in pairs, or not at all"),
    Case(
      "é\0", "E104", 1, 2, "the control character U+0000 may not stand in YAML",
      "write it as `\\x00` in double quotes"),
    Case(
      "a: \u{1B}[0m", "E104", 1, 4, "the control character U+001B may not stand in YAML",
      "write it as `\\x1B` in double quotes"),
  ]
  static let properties: [Case] = [
    Case(
      "a: *b", "E108", 1, 4, "no anchor `&b` stands before this alias",
      "a text that begins with `*` stands in quotes: `'*b'`"),
    Case(
      "a: &base 1\nb: *bace", "E108", 2, 4,
      "no anchor `&base` stands before this alias".replacing("base", with: "bace"), "did you mean `*base`?"),
    Case(
      "a: *", "E108", 1, 4, "expected the name of an alias after `*`",
      "a text that begins with `*` stands in quotes"),
    Case(
      "a: & b", "E108", 1, 4, "expected the name of an anchor after `&`",
      "a text that begins with `&` stands in quotes"),
    Case("&a [*a]", "E108", 1, 5, "the alias `*a` stands within the collection that it names"),
    Case("a: &b 1\nc: &d *b", "E108", 2, 4, "an alias has no anchor and no tag of its own"),
    Case("&a &b c", "E108", 1, 4, "a node has one anchor, here is a second"),
    Case("&a - b", "E108", 1, 1, "an anchor or tag of a collection stands on the line before it"),
    Case(
      "!e!x a", "E109", 1, 1, "the tag handle `!e!` is not declared",
      "declare it before the document: `%TAG !e! prefix`"),
    Case(
      "!<a b", "E109", 1, 1,
      "expected a tag such as `!!str` or `!<tag:example.com,2000:name>`, found `!<a`",
      "a text that begins with `!` stands in quotes"),
    Case(
      "!Ref a", "E109", 1, 6, "the tag `!Ref` has no meaning here",
      "the tags are `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` and `!!map`"),
    Case(
      "!!binary aGk=", "E109", 1, 10, "the tag `!!binary` has no meaning here",
      "the tags are `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq` and `!!map`"),
    Case("!!int abc", "E109", 1, 7, "`abc` is not a value of the tag `!!int`"),
    Case("%YAML 1.2\na", "E109", 2, 1, "expected `---` after the directives, found `a`"),
    Case("%YAML 1\n---", "E109", 1, 1, "expected `%YAML 1.2`"),
    Case("%YAML 1.2\n%YAML 1.2\n---", "E109", 2, 1, "`%YAML` stands twice"),
    Case("%TAG x\n---", "E109", 1, 1, "expected `%TAG !name! prefix`"),
  ]
  static let values: [Case] = [
    Case(
      "a: 1\nb: 2\n\"a\": 3", "E110", 3, 1, "the key `a` stands twice in one mapping",
      "remove or rename one of them"),
    Case(
      "{a: 1, a: 2}", "E110", 1, 8, "the key `a` stands twice in one mapping",
      "remove or rename one of them"),
    Case("[a]: 1", "E111", 1, 1, "a key must be a text, not a list or a mapping"),
    Case(
      "a: &a {b: 1}\nc:\n  <<: *a", "E111", 3, 3, "merge keys are not part of YAML 1.2",
      "write out the keys that `<<` would bring; a key of that name stands in quotes: `'<<'`"),
    Case(
      "a: -.inf", "E111", 1, 4, "`-.inf` is a number that JSON does not have",
      "write it in quotes if it is a text"),
    Case(
      "a: .NaN", "E111", 1, 4, "`.NaN` is a number that JSON does not have",
      "write it in quotes if it is a text"),
  ]

  @Test(arguments: [indentation, structure, brackets, characters, properties, values].flatMap { $0 })
  func refuses(_ bad: Case) {
    let error = #expect(throws: Diagnostic.self) { try YAML.documents(Source(text: bad.text)) }
    #expect(error?.message == bad.message)
    #expect(error?.code.rawValue == bad.code)
    #expect(error?.labels.first?.span.start == bad.place)
    #expect(error?.help.first == bad.help)
  }

  @Test func aDuplicateKeyNamesBothPlaces() {
    let error = #expect(throws: Diagnostic.self) {
      try YAML.documents(Source(text: "é: 1\nb:\n  c: 1\n  c: 2"))
    }
    #expect(
      error?.labels.map(\.span) == [
        Span(at: Position(line: 4, column: 3)), Span(at: Position(line: 3, column: 3)),
      ])
  }

  @Test func twoSpellingsOfOneLetterAreTwoKeys() throws {
    let documents = try YAML.documents(Source(text: "\u{E9}: 1\ne\u{301}: 2"))
    #expect(documents.first?.mapping?.count == 2)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "[[], ", "{? [", "&a [", "- - ? "])
  func aDeepNestIsRefused(opening: String) {
    let error = #expect(throws: Diagnostic.self) {
      try YAML.documents(Source(text: String(repeating: opening, count: 200_000)))
    }
    #expect(error?.code.rawValue == "E106")
    #expect(error?.message == "this is nested deeper than 512 levels")
  }

  @Test func aDeepNestByIndentationIsRefused() {
    let text = (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    let error = #expect(throws: Diagnostic.self) { try YAML.documents(Source(text: text)) }
    #expect(error?.code.rawValue == "E106")
  }

  @Test func theGreatestDepthIsRead() throws {
    for (opening, closing) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
      let text = String(repeating: opening, count: 512) + "1" + String(repeating: closing, count: 512)
      let node = try #require(try YAML.documents(Source(text: text)).first)
      #expect(node.value.compactJSON.utf8.count > 1024)
    }
  }

  @Test func anAliasBombIsRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let error = #expect(throws: Diagnostic.self) { try YAML.documents(Source(text: text)) }
    #expect(error?.code.rawValue == "E113")
    #expect(error?.message == "aliases stand for more than 100000 nodes")
  }

  @Test func depthByWayOfAliasesIsRefused() {
    var text = "- &a0 [x]\n"
    for level in 1...600 { text += "- &a\(level) [*a\(level - 1)]\n" }
    let error = #expect(throws: Diagnostic.self) { try YAML.documents(Source(text: text)) }
    #expect(error?.code.rawValue == "E113")
  }
}
