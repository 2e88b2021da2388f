import ConcordDetection
import ConcordDiagnostics
import ConcordNotation
import TestSupport
import Testing

/// A bad condition: `«` and `»` stand around what the first caret points at.
struct BadCondition: CustomTestStringConvertible, Sendable {
  let marked: String
  let code: String
  let message: String
  let help: [String]
  var testDescription: String { marked }

  init(_ marked: String, _ code: String, _ message: String, _ help: String...) {
    self.marked = marked
    self.code = code
    self.message = message
    self.help = help
  }

  /// The text without marks, and the marked stretch.
  var parts: (text: String, span: Span) {
    var text = String.UnicodeScalarView()
    var position = Position.start
    var (start, end) = (position, position)
    for scalar in marked.unicodeScalars {
      switch scalar {
      case "«": start = position
      case "»": end = position
      default:
        text.append(scalar)
        position.column += 1
        if scalar == "\n" { position = Position(line: position.line + 1, column: 1) }
      }
    }
    return (String(text), Span(start, end))
  }
}

private let known = "known: \(NotationOperator.allCases.map(\.rawValue).joined(separator: ", "))"
private let escapes = #"a backslash is written `\\`; the escapes are \" \\ \/ \b \f \n \r \t \uXXXX"#
private let network =
  "write an address and a prefix length without bits beyond it: `10.0.0.0/8`, `2001:db8::/32`"
private let ownLine =
  "each line is a conjunct of its own: write what belongs together on one line, or in parentheses"

private let badWords: [BadCondition] = [
  BadCondition(
    "«»", "E306", "the condition is empty",
    "write one conjunct a line, such as `eventName eq \"RunInstances\"`"),
  BadCondition(
    "# only this«»", "E306", "the condition is empty",
    "write one conjunct a line, such as `eventName eq \"RunInstances\"`"),
  BadCondition("a «equals» \"x\"", "E205", "unknown operator `equals`", "did you mean `eq`?"),
  BadCondition("a «==» \"x\"", "E205", "unknown operator `==`", "did you mean `eq`?"),
  BadCondition("a «=» \"x\"", "E205", "unknown operator `=`", "did you mean `eq`?"),
  BadCondition("a«=»\"x\"", "E205", "unknown operator `=`", "did you mean `eq`?"),
  BadCondition("a «!=» \"x\"", "E205", "unknown operator `!=`", "did you mean `ne`?"),
  BadCondition("a «=~» \"x\"", "E205", "unknown operator `=~`", "did you mean `eq … nocase`?"),
  BadCondition("a «>=» 5", "E205", "unknown operator `>=`", "did you mean `ge`?"),
  BadCondition(
    "a «startswith» \"x\"", "E205", "unknown operator `startswith`", "did you mean `starts_with`?"),
  BadCondition(
    "a «STARTS_WITH» \"x\"", "E205", "unknown operator `STARTS_WITH`", "did you mean `starts_with`?"
  ),
  BadCondition(
    "a «contians» \"x\"", "E205", "unknown operator `contians`", "did you mean `contains`?"),
  BadCondition("a «is_nul»", "E205", "unknown operator `is_nul`", "did you mean `is_null`?"),
  BadCondition("a not «inn» \"x\"", "E205", "unknown operator `inn`", "did you mean `in`?"),
  BadCondition("a «frobnicates» \"x\"", "E205", "unknown operator `frobnicates`", known),
  BadCondition(
    "a«»", "E101", "expected an operator after the field", "such as `eq \"…\"`, `in […]`, `is_null`"),
  BadCondition(
    "a.b not«»\nc exists", "E101", "expected an operator after the field",
    "such as `eq \"…\"`, `in […]`, `is_null`"),
  BadCondition(
    "a «\"»x\"", "E101", "expected an operator after the field",
    "to compare with a text, write `eq` before it"),
  BadCondition(
    "anywhere «gt» 5", "E308", "`gt` cannot be asked of `anywhere`",
    "`anywhere` takes eq, ne, in, starts_with, ends_with, contains, wildcard"),
  BadCondition(
    "a exists «AND» b exists", "E101", "expected `and`, `or` or the end of the line, found `AND`",
    "did you mean `and`?"),
  BadCondition(
    "a exists «&&» b exists", "E101", "expected `and`, `or` or the end of the line, found `&&`",
    "did you mean `and`?"),
  BadCondition(
    "(a exists «||» b exists)", "E101", "expected `and`, `or` or `)`, found `||`", "did you mean `or`?"
  ),
  BadCondition(
    "a eq \"x\" «nocsae»", "E101", "expected `and`, `or` or the end of the line, found `nocsae`",
    "did you mean `nocase`?"),
  BadCondition(
    "a exists\n«or» b exists", "E101", "expected a condition, found `or`", ownLine,
    "a field of that name is written `\"or\"`"),
  BadCondition(
    "a exists or«»\nb exists", "E101", "expected a condition, found the end of the line",
    "a condition that spans lines needs parentheses around it"),
  BadCondition("«!»a exists", "E101", "`!` is not a word of the notation", "did you mean `not`?"),
  BadCondition(
    "«'»a' exists", "E101", "expected a field, found `'`",
    "a name with special characters is quoted with `\"`"),
  BadCondition(
    "a.«» exists", "E101", "expected a name after `.`",
    "a name with special characters is quoted: `\"a.b\".c`"),
  BadCondition(
    "a[«x»] exists", "E101", "`[x` is not an index",
    "write `items[0]` for one element, `items[]` for each"),
]

private let badValues: [BadCondition] = [
  BadCondition("a «eq»", "E101", "`eq` needs a value after it", "write `eq \"…\"`, on the same line"),
  BadCondition(
    "a «in»\n[\"x\"]", "E101", "`in` needs a value after it",
    "write `in [\"…\", \"…\"]`, on the same line"),
  BadCondition("(a «gt»)", "E101", "`gt` needs a value after it", "write `gt 10`, on the same line"),
  BadCondition(
    "a «eq_field»", "E101", "`eq_field` needs a value after it",
    "write `eq_field userIdentity.arn`, on the same line"),
  BadCondition(
    "a eq «x»", "E101", "expected a value, found `x`", "a text is quoted: `eq \"x\"`",
    "another field is compared by `eq_field`"),
  BadCondition(
    "a contains «'x'»", "E101", "expected a value, found `'x'`", "texts are in double quotes: `\"…\"`"),
  BadCondition(
    "a eq «“x”»", "E101", "expected a value, found `“x”`", "texts are in double quotes: `\"…\"`"),
  BadCondition(
    "a eq «null»", "E101", "expected a value, found `null`", "write `is_null` or `is_not_null`"),
  BadCondition(
    "a in «(»\"x\")", "E101", "expected a value, found `(`",
    "a list is in brackets: `in [\"…\", \"…\"]`"),
  BadCondition(
    "a in [\"x\",«,» \"y\"]", "E101", "expected a value, found `,`", "write a value before it"),
  BadCondition(
    "a cidr_match «10.0.0.1»", "E101", "expected a value, found `10.0.0.1`",
    "a text is quoted: `cidr_match \"10.0.0.1\"`"),
  BadCondition("a eq «[»\"x\"]", "E308", "`eq` takes one value, not a list", "did you mean `in`?"),
  BadCondition("a gt «[»1]", "E308", "`gt` takes one value, not a list"),
  BadCondition(
    "a in «[]»", "E307", "`in` has an empty list, which no value is in",
    "a condition that never holds is written `false`"),
  BadCondition(
    "a gt 5 «nocase»", "E308", "`gt` does not look at letters, so `nocase` says nothing", "remove it"
  ),
  BadCondition(
    "a eq_field «\"b c\"»", "E310", "`b c` is not the path of a field",
    "the other field is written as a path: `userIdentity.arn` or `\"userIdentity.arn\"`"),
  BadCondition("a match «\"\"»", "E307", "`match` needs a term, not an empty text"),
  BadCondition("a gt «\"abc\"»", "E105", "`abc` is not a number, which `gt` needs"),
  BadCondition("a le «true»", "E105", "`true` is not a number, which `le` needs"),
  BadCondition(
    "a cidr_match [\"10.0.0.0/8\", «\"10.0.0.0/33\"»]", "E309", "`10.0.0.0/33` is not a network",
    network),
  BadCondition(
    "a «cross_field_compare» \"b\"", "E311",
    "`cross_field_compare` does not say whether the fields must be the same or differ",
    "write `eq_field` or `ne_field` instead",
    "or state it in the reading: `cross_field=same` or `cross_field=differs`"),
]

private let unclosed: [BadCondition] = [
  BadCondition(
    "a eq «\"»x", "E102", "this text is not closed",
    "a text ends on its line; a line break in it is written `\\n`"),
  BadCondition("a in «[»\"x\", \"y\"", "E102", "this list is not closed"),
  BadCondition("a in [\"x\" «\"»y\"]", "E101", "expected `,` or `]`, found `\"`"),
  BadCondition("a in [\"x\"\n«b» eq \"y\"", "E101", "expected `,` or `]`, found `b`"),
  BadCondition("not «(»a exists\nor b exists", "E102", "this parenthesis is not closed"),
  BadCondition("a exists«)»", "E102", "this `)` closes nothing", "remove it, or add a `(`"),
  BadCondition(#"a eq "«\.»exe""#, "E103", #"`\.` is not an escape"#, escapes),
  BadCondition(#"a eq "«\u12»""#, "E103", #"`\u` needs four hexadecimal digits"#),
  BadCondition(#"a eq "«\ud800»""#, "E103", "this is half of a surrogate pair, which is not a character"),
  BadCondition(
    #"a eq "«\udc00»\ud800""#, "E103", "this is half of a surrogate pair, which is not a character"),
]

@Test(arguments: badWords + badValues + unclosed)
func badConditionsSayWhatIsWrong(_ row: BadCondition) throws {
  let (text, span) = row.parts
  let source = Source(text: text)
  let error = #expect(throws: Diagnostic.self) { try Notation.parse(source).condition(reading: .panther) }
  #expect(error?.code.rawValue == row.code)
  #expect(error?.message == row.message)
  #expect(error?.help == row.help)
  #expect(error?.source == source)
  #expect(error?.labels.first?.span.start == span.start)
  if span.start != span.end, row.code != "E103" || !text.contains("\\u12") {
    #expect(error?.labels.first?.span.end == span.end)
  }
}

@Test func bothEndsOfWhatIsNotClosedAreShown() {
  let source = Source(name: "rule.yml", text: "a in [\"x\",\n  \"y\"\nb exists")
  let error = #expect(throws: Diagnostic.self) { try Notation.parse(source) }
  #expect(
    error.map { DiagnosticRenderer().render($0) } == """
      error[E101]: expected `,` or `]`, found `b`
       --> rule.yml:3:1
      3 | b exists
        | ^
      1 | a in ["x",
        |      ^ the list begins here

      """)
}

@Test(arguments: [
  ("a regex_match \"x«(»y\"", "E120"),
  ("a regex_match «\"\\\\d(\"»", "E120"),
  ("a regex_match \"(?=x)\"", "E121"),
])
func badExpressionsAreShownInTheirPlace(_ marked: String, _ code: String) {
  let (text, span) = BadCondition(marked, code, "").parts
  let error = #expect(throws: Diagnostic.self) {
    try Notation.parse(Source(text: text)).condition(reading: .panther)
  }
  #expect(error?.code.rawValue == code)
  #expect(error?.source?.text == text)
  if span.start != .start {
    #expect(error?.labels.first?.span.start == span.start, "\(String(describing: error))")
  }
}

@Test(arguments: ["(", "not ", "not (", "a in [", "(a exists or ("])
func nestingIsBounded(_ opening: String) {
  let text = String(repeating: opening, count: 100_000) + "a exists"
  let error = #expect(throws: Diagnostic.self) { try Notation.parse(Source(text: text)) }
  #expect(error?.code.rawValue == (opening == "a in [" ? "E101" : "E106"))
}

@Test func nestingUpToTheBoundIsRead() throws {
  let text = String(repeating: "not (", count: 50) + "a exists" + String(repeating: ")", count: 50)
  #expect(
    try Notation.parse(Source(text: text)).condition(reading: .panther) == .test(FieldPath("a"), .present))
}

/// Ten times the values take about ten times the time; a quadratic reader would take a hundred times.
@Test func longListsAreReadInLinearTime() throws {
  func seconds(_ count: Int) throws -> Double {
    let values = (0..<count).map { "\"value \($0)\"" }.joined(separator: ", ")
    return try processorSeconds {
      let condition = try Notation.parse(Source(text: "a in [\(values)]")).condition(reading: .panther)
      guard case .test(_, .oneOf(let texts, .exact)) = condition.kind else {
        throw Diagnostic(.unexpected, "not a list")
      }
      #expect(texts.count == count)
    }
  }
  let small = try seconds(10_000)
  let large = try seconds(100_000)
  print("10,000 values \(small) s, 100,000 values \(large) s")
  #expect(large < small * 40 + 0.5)
}
