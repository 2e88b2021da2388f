import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordNotation
import Testing

private let a = FieldPath("a")
private let b = FieldPath("b")

private func equals(_ path: FieldPath, _ text: String, _ letterCase: LetterCase = .exact) -> Condition {
  .test(path, .text(.equals(text), letterCase))
}

private func text(_ pattern: Pattern, _ letterCase: LetterCase = .exact) -> Condition {
  .test(a, .text(pattern, letterCase))
}

private func oneOf(_ texts: String..., letterCase: LetterCase = .exact) -> Condition {
  .test(a, .oneOf(texts, letterCase))
}

private func path(_ steps: FieldPath.Step...) throws -> FieldPath { try #require(FieldPath(steps: steps)) }

private func read(_ text: String, _ reading: Reading = .literal) throws -> Condition {
  try Notation.parse(Source(text: text)).condition(reading: reading)
}

/// A text and what it means, under the literal reading.
struct Meaning: CustomTestStringConvertible, Sendable {
  let text: String
  let condition: Condition
  var testDescription: String { text }

  init(_ text: String, _ condition: Condition) {
    self.text = text
    self.condition = condition
  }
}

private let present = Condition.test(a, .present)
private let truthy = Condition.test(a, .truthy)

private let structure: [Meaning] = [
  Meaning("a eq \"1\"\nb eq \"2\"", .all([equals(a, "1"), equals(b, "2")])),
  Meaning("a eq \"1\"\r\nb eq \"2\"\r\r\n\n", .all([equals(a, "1"), equals(b, "2")])),
  Meaning("# why\n\na eq \"1\" # here\n  b eq \"#2\"", .all([equals(a, "1"), equals(b, "#2")])),
  Meaning(
    "a eq \"1\" or b eq \"2\"\nb exists",
    .all([.any([equals(a, "1"), equals(b, "2")]), .test(b, .present)])),
  Meaning(
    "a eq \"1\" or b eq \"2\" and a eq \"3\"",
    .any([equals(a, "1"), .all([equals(b, "2"), equals(a, "3")])])),
  Meaning(
    "(a eq \"1\" or b eq \"2\") and a eq \"3\"",
    .all([.any([equals(a, "1"), equals(b, "2")]), equals(a, "3")])),
  Meaning("not (\n  a eq \"1\" # one\n  or b eq\n \"2\"\n)", .not(.any([equals(a, "1"), equals(b, "2")]))),
  Meaning("not a eq \"1\" and b exists", .all([.not(equals(a, "1")), .test(b, .present)])),
  Meaning("not not a eq \"1\"", equals(a, "1")),
  Meaning("not a not eq \"1\"", equals(a, "1")),
  Meaning("true", .always(true)),
  Meaning("not (true and a exists)", .not(present)),
  Meaning("\"true\" eq \"1\"", equals(FieldPath("true"), "1")),
  Meaning("not.x exists", .test(FieldPath("not", "x"), .present)),
  Meaning("anywhere contains \"x\"", .anywhere(.contains("x"), .exact)),
  Meaning(
    "anywhere not in [\"x\", \"y\"] nocase",
    .not(.any([.anywhere(.equals("x"), .ignored), .anywhere(.equals("y"), .ignored)]))),
]

private let operators: [Meaning] = [
  Meaning("a eq \"x\"", equals(a, "x")),
  Meaning("a eq \"x\" nocase", equals(a, "x", .ignored)),
  Meaning("a ne \"x\"", .not(equals(a, "x"))),
  Meaning("a in \"x\"", equals(a, "x")),
  Meaning("a in [\"x\", \"y\",]", oneOf("x", "y")),
  Meaning("a in [\n  \"x\", # one\n  \"y\"\n]", oneOf("x", "y")),
  Meaning("a not in [\"x\", \"y\"] nocase", .not(oneOf("x", "y", letterCase: .ignored))),
  Meaning("a is_null", .not(present)),
  Meaning("a is_not_null", present),
  Meaning("a not is_null", present),
  Meaning("a exists", present),
  Meaning("a not exists", .not(present)),
  Meaning("a is_truthy", truthy),
  Meaning("a is_falsy", .not(truthy)),
  Meaning("a starts_with \"x\"", text(.prefix("x"))),
  Meaning("a not ends_with \"x\"", .not(text(.suffix("x")))),
  Meaning("a contains [\"x\", \"y\"]", .any([text(.contains("x")), text(.contains("y"))])),
  Meaning("a wildcard \"x*y?\"", text(Pattern([.literal("x"), .anyRun, .literal("y"), .anyOne]))),
  Meaning(#"a wildcard "\\*\\?\\\\""#, equals(a, #"*?\"#)),
  Meaning(#"a wildcard "C:\\dir\\""#, equals(a, #"C:\dir\"#)),
  Meaning("a wildcard [\"x\", \"y\"]", oneOf("x", "y")),
  Meaning("a wildcard \"*\"", present),
  Meaning("a gt 5", .test(a, .number(.greater, Number(5)))),
  Meaning("a ge \"5\"", .test(a, .number(.greaterOrEqual, Number(5)))),
  Meaning("a not lt -5", .not(.test(a, .number(.less, Number(-5))))),
  Meaning("a le 5e0", .test(a, .number(.lessOrEqual, Number(5)))),
  Meaning("a eq 5.0", equals(a, "5")),
  Meaning("a eq True", equals(a, "true")),
  Meaning("a in [1, false, \"x\"]", oneOf("1", "false", "x")),
  Meaning("a is_array", .test(a, .array)),
  Meaning("a not is_array", .not(.test(a, .array))),
  Meaning("a eq_field b", .test(a, .sameAs(b, .exact))),
  Meaning(
    "a ne_field b.c[0]",
    .not(.test(a, .sameAs(FieldPath(steps: [.name("b"), .name("c"), .index(0)]) ?? b, .exact)))),
  Meaning("a eq_field \"b.c\"", .test(a, .sameAs(FieldPath("b", "c"), .exact))),
  Meaning("a eq_field \"b.c\".d", .test(a, .sameAs(FieldPath("b.c", "d"), .exact))),
  Meaning(#"a eq_field "\"b.c\"" nocase"#, .test(a, .sameAs(FieldPath("b.c"), .ignored))),
]

private let paths: [Meaning] = [
  Meaning("a.b exists", .test(FieldPath("a", "b"), .present)),
  Meaning("a:b:c.d exists", .test(FieldPath("a", "b", "c", "d"), .present)),
  Meaning("\"a.b\".c exists", .test(FieldPath("a.b", "c"), .present)),
  Meaning("a.\"b c\" exists", .test(FieldPath("a", "b c"), .present)),
  Meaning(
    "a[0].b[] exists", .test(FieldPath(steps: [.name("a"), .index(0), .name("b"), .each]) ?? a, .present)),
  Meaning("@timestamp exists", .test(FieldPath("@timestamp"), .present)),
  Meaning("x-y_z.0 exists", .test(FieldPath("x-y_z", "0"), .present)),
  Meaning("größe exists", .test(FieldPath("größe"), .present)),
]

private let texts: [Meaning] = [
  Meaning(#"a eq "\"\\\/\b\f\n\r\t\u0041""#, equals(a, "\"\\/\u{8}\u{C}\n\r\tA")),
  Meaning(#"a eq "\ud83d\ude00""#, equals(a, "\u{1F600}")),
  Meaning(#"a eq "\u0000""#, equals(a, "\0")),
  Meaning("a eq \"\u{65}\u{301}\"", equals(a, "\u{65}\u{301}")),
  Meaning("a eq \"$`'%_*?|[]{}\"", equals(a, "$`'%_*?|[]{}")),
]

@Test(arguments: structure + operators + paths + texts)
func aTextMeans(_ row: Meaning) throws {
  #expect(try read(row.text) == row.condition)
}

@Test func textsAreComparedScalarByScalar() throws {
  #expect(try read("a eq \"\u{65}\u{301}\"") != equals(a, "\u{E9}"))
}

/// A text whose meaning hangs on the reading.
struct ReadingMeaning: CustomTestStringConvertible, Sendable {
  let text: String
  let reading: Reading
  let condition: Condition
  var testDescription: String { "\(text) under \(reading)" }

  init(_ text: String, _ reading: Reading, _ condition: Condition) {
    self.text = text
    self.reading = reading
    self.condition = condition
  }
}

private func absentOr(_ condition: Condition) -> Condition { .any([.not(present), condition]) }

@Test(arguments: [
  ReadingMeaning("a is_null", .panther, .not(truthy)),
  ReadingMeaning("a is_not_null", .panther, truthy),
  ReadingMeaning("a is_null", .sql, .not(present)),
  ReadingMeaning("a not exists", .panther, .not(present)),
  ReadingMeaning("a eq \"\"", .panther, absentOr(equals(a, ""))),
  ReadingMeaning("a ne \"\"", .panther, .not(absentOr(equals(a, "")))),
  ReadingMeaning("a in [\"\", \"x\"]", .panther, absentOr(oneOf("", "x"))),
  ReadingMeaning("a not in [\"\", \"x\"]", .panther, .not(absentOr(oneOf("", "x")))),
  ReadingMeaning("a eq \"\"", .sql, equals(a, "")),
  ReadingMeaning("a eq \"True\"", .panther, oneOf("True", "true")),
  ReadingMeaning("a ne \"False\"", .sql, .not(oneOf("False", "false"))),
  ReadingMeaning("a eq \"True\"", .literal, equals(a, "True")),
  ReadingMeaning("a eq \"True\"", .kusto, equals(a, "True", .ignored)),
  ReadingMeaning("a eq \"true\"", .panther, equals(a, "true")),
  ReadingMeaning("a contains \"x\"", .kusto, text(.contains("x"), .ignored)),
  ReadingMeaning("a contains \"x\" cased", .kusto, text(.contains("x"))),
])
func aReadingDecides(_ row: ReadingMeaning) throws {
  #expect(try read(row.text, row.reading) == row.condition)
}

@Test func aLostDirectionIsStatedByTheReading() throws {
  var reading = Reading.panther
  reading.crossFieldCompare = .differs
  #expect(try read("a cross_field_compare \"b\"", reading) == .not(.test(a, .sameAs(b, .exact))))
  reading.crossFieldCompare = .same
  #expect(try read("a cross_field_compare \"b\"", reading) == .test(a, .sameAs(b, .exact)))
}

@Test(arguments: [
  ("client", true), ("a client", true), ("client,b", true), ("a client b", true), ("aclient", false),
  ("client1", false), ("Client", false), ("a.client.b", true), ("", false), ("client\n", true),
  ("xclient client", true), ("é-client", true), ("_client_", true),
])
func matchFindsWholeTerms(_ text: String, _ expected: Bool) throws {
  let condition = try read("a match \"client\"")
  #expect(condition.holds(of: Event(Value.Object([.init("a", .string(text))]))) == expected)
}

@Test func matchTakesHostileTermsAsText() throws {
  let condition = try read(#"a match "a.b[c]*\\""#)
  #expect(condition.holds(of: Event(Value.Object([.init("a", .string(#"x a.b[c]*\ y"#))]))))
  #expect(!condition.holds(of: Event(Value.Object([.init("a", .string(#"x aab[c]*\ y"#))]))))
}

@Test func conditionsKnowWhereTheyWereWritten() throws {
  let condition = try read("a exists\nnot (b eq \"x\")")
  #expect(
    condition.conjuncts.map(\.origin) == [
      Span(Position(line: 1, column: 1), Position(line: 1, column: 9)),
      Span(Position(line: 2, column: 1), Position(line: 2, column: 15)),
    ])
}

@Test func placesAreThoseOfTheLargerText() throws {
  let source = Source(name: "rule.yml", text: "Condition: |\n  a exists\n  b exists\n")
  let origin = Origin(source, start: Position(line: 2, column: 3), indent: 2)
  let condition = try Notation.parse("a exists\nb exists\n", origin: origin).condition(reading: .panther)
  #expect(
    condition.conjuncts.map(\.origin) == [
      Span(Position(line: 2, column: 3), Position(line: 2, column: 11)),
      Span(Position(line: 3, column: 3), Position(line: 3, column: 11)),
    ])
}
