import ConcordDiagnostics
import ConcordDocuments
import Testing

@Suite("bad JSON is refused with a place and what was expected")
struct JSONErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let code: String
    let line: Int
    let column: Int
    let message: String
    let help: String?
    var testDescription: String { String(text.prefix(30)) }

    init(
      _ text: String, _ code: String, _ line: Int, _ column: Int, _ message: String,
      _ help: String? = nil
    ) {
      self.text = text
      self.code = code
      self.line = line
      self.column = column
      self.message = message
      self.help = help
    }
  }

  @Test(arguments: [
    Case("", "E101", 1, 1, "expected a JSON value, found the end of the text"),
    Case(" \n ", "E101", 2, 2, "expected a JSON value, found the end of the text"),
    Case(
      "\u{FEFF}{}", "E101", 1, 1, "expected a JSON value, found a byte order mark",
      "save the file without a byte order mark"),
    Case("\0", "E101", 1, 1, "expected a JSON value, found the control character U+0000"),
    Case(
      "[1,2,]", "E101", 1, 6, "expected a JSON value after `,`, found `]`", "remove the comma before `]`"
    ),
    Case(
      "{\"a\":1, }", "E101", 1, 9, "expected a key after `,`, found `}`", "remove the comma before `}`"),
    Case("{\"a\" 1}", "E101", 1, 6, "expected `:` after the key, found `1`", "write `\"key\": value`"),
    Case("{\"a\":1 \"b\":2}", "E101", 1, 8, "expected `,` or `}`, found `\"`"),
    Case("[1 2]", "E101", 1, 4, "expected `,` or `]`, found `2`"),
    Case(
      "[1", "E101", 1, 3, "expected `,` or `]`, found the end of the text", "the array is not closed"),
    Case(
      "{\"a\":[{}", "E101", 1, 9, "expected `,` or `]`, found the end of the text",
      "the array is not closed"),
    Case("{", "E101", 1, 2, "expected a key in double quotes, found the end of the text"),
    Case(
      "{a:1}", "E101", 1, 2, "expected a key in double quotes, found `a`",
      "keys are written in double quotes: `\"a\"`"),
    Case(
      "{'a':1}", "E101", 1, 2, "expected a key in double quotes, found `'`",
      "keys are written in double quotes"),
    Case(
      "'a'", "E101", 1, 1, "expected a JSON value, found `'`", "strings are written in double quotes"),
    Case(
      "[yes]", "E101", 1, 2, "expected a JSON value, found `yes`",
      "a text is written in double quotes: `\"yes\"`"),
    Case("[True]", "E101", 1, 2, "expected a JSON value, found `True`", "JSON writes `true`"),
    Case("None", "E101", 1, 1, "expected a JSON value, found `None`", "JSON writes `null`"),
    Case(
      "nullx", "E101", 1, 1, "expected a JSON value, found `nullx`",
      "a text is written in double quotes: `\"nullx\"`"),
    Case(
      "NaN", "E101", 1, 1, "expected a JSON value, found `NaN`",
      "JSON has no such number; write `null` or a string"),
    Case("// x\n1", "E101", 1, 1, "expected a JSON value, found `/`", "JSON has no comments"),
    Case("+1", "E101", 1, 1, "expected a JSON value, found `+`", "numbers have no plus sign"),
    Case(
      ".5", "E101", 1, 1, "expected a JSON value, found `.5`",
      "a digit must stand before the decimal point"),
    Case(
      "{} {}", "E101", 1, 4, "expected the end of the text after the JSON value, found `{`",
      "one document is read here; several may stand in a log file, one a line"),
    Case(
      "1\0", "E101", 1, 2,
      "expected the end of the text after the JSON value, found the control character U+0000",
      "one document is read here; several may stand in a log file, one a line"),
    Case(
      "\"é\n\"", "E102", 1, 1, "this string is not closed",
      "a line break inside a string is written `\\n`"),
    Case("[\n \"abc", "E102", 2, 2, "this string is not closed"),
    Case(
      "\"\\", "E103", 1, 2, "expected an escape that JSON knows, found `\\`",
      "a backslash itself is written `\\\\`"),
    Case(
      "\"\\x41\"", "E103", 1, 2, "expected an escape that JSON knows, found `\\x`",
      "a backslash itself is written `\\\\`"),
    Case(
      "\"C:\\é\"", "E103", 1, 4, "expected an escape that JSON knows, found `\\é`",
      "a backslash itself is written `\\\\`"),
    Case(
      "\"\\u12\"", "E103", 1, 2, "expected an escape that JSON knows, found `\\u12`",
      "four hexadecimal digits follow `\\u`"),
    Case(
      "\"\\u12", "E103", 1, 2, "expected an escape that JSON knows, found `\\u12`",
      "four hexadecimal digits follow `\\u`"),
    Case(
      "\"a\tb\"", "E104", 1, 3,
      "expected control characters in a string to be escaped, found a tab",
      "write it as `\\t`"),
    Case(
      "\"\0\"", "E104", 1, 2,
      "expected control characters in a string to be escaped, found the control character U+0000",
      "write it as `\\u0000`"),
    Case(
      "01", "E105", 1, 1, "expected a JSON number, found `01`",
      "leading zeros are not allowed; quote it if they matter"),
    Case("-", "E105", 1, 1, "expected a JSON number, found `-`", "a digit must follow the minus sign"),
    Case(
      "-Infinity", "E105", 1, 1, "expected a JSON number, found `-Infinity`",
      "a digit must follow the minus sign"),
    Case(
      "1.", "E105", 1, 1, "expected a JSON number, found `1.`", "a digit must follow the decimal point"),
    Case(
      "1.e5", "E105", 1, 1, "expected a JSON number, found `1.e5`",
      "a digit must follow the decimal point"),
    Case("1e+", "E105", 1, 1, "expected a JSON number, found `1e+`"),
    Case("[0x1F]", "E105", 1, 2, "expected a JSON number, found `0x1F`"),
    Case("1.2.3", "E105", 1, 1, "expected a JSON number, found `1.2.3`"),
    Case("{\"é\":\n[1,,2]}", "E101", 2, 4, "expected a JSON value, found `,`"),
  ])
  func refuses(_ bad: Case) {
    let error = #expect(throws: Diagnostic.self) { try JSON.parse(bad.text) }
    #expect(error?.message == bad.message)
    #expect(error?.code.rawValue == bad.code)
    #expect(error?.labels.first?.span.start == Position(line: bad.line, column: bad.column))
    #expect(error?.help == (bad.help.map { [$0] } ?? []))
    #expect(throws: Diagnostic.self) { try JSON.node(Source(text: bad.text)) }
  }

  @Test(arguments: ["[", "{\"a\":", "[[],"])
  func refusesADeepNest(opening: String) {
    let error = #expect(throws: Diagnostic.self) {
      try JSON.parse(String(repeating: opening, count: 200_000))
    }
    #expect(error?.code.rawValue == "E106")
    #expect(error?.message == "this is nested deeper than 512 levels")
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func everythingWorksAtTheGreatestDepth(opening: String, closing: String) throws {
    let text =
      String(repeating: opening, count: 511) + "[]" + String(repeating: closing, count: 511)
    let value = try JSON.parse(text)
    #expect(value.compactJSON == text)
    #expect(try JSON.parse(value.prettyJSON) == value)
    #expect(Set([value]).contains(value))
    #expect(try JSON.node(Source(text: text)).value == value)
  }
}
