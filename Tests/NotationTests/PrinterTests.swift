import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordNotation
import TestSupport
import Testing

private let a = FieldPath("a")

private func roundTrip(_ condition: Condition, _ reading: Reading) throws {
  let text = Notation.print(condition, reading: reading)
  do throws(Diagnostic) {
    let back = try Notation.parse(Source(text: text)).condition(reading: reading)
    #expect(back == condition, "\(text) under \(reading)")
  } catch {
    Issue.record("\(DiagnosticRenderer().render(error))\n\(text)\nunder \(reading)")
  }
}

/// Law: `parse(print(c, r)).condition(r) == c`, over all atoms, hostile texts and every reading.
@Test(arguments: Reading.panther.all)
func printedConditionsReadBack(_ reading: Reading) throws {
  let index = Reading.panther.all.firstIndex(of: reading) ?? 0
  var generator = ConditionGenerator(seed: UInt64(index))
  for condition in generator.conditions(50) { try roundTrip(condition, reading) }
}

/// Texts that the notation, or a reading, could take for more than text.
private let traps =
  [
    "", "True", "False", "true", "false", "None", "null", "\"", "\\", "*", "?", "\\*", "\\?", "\\\\", "a\\",
    "#",
    "# x", "a]b", ")", "not", "and", "\u{301}", "\u{301}x", "\r\n", "\n", "\u{2028}", "\u{202E}", "\0",
    "\u{FEFF}",
    "\u{E000}", "\u{10FFFF}", "e\u{301}", "é",
  ]

@Test(arguments: Reading.panther.all)
func trapsReadBack(_ reading: Reading) throws {
  try readsBack(traps, reading)
}

@Test(arguments: [Reading.panther, .kusto, .literal])
func hostileTextsReadBack(_ reading: Reading) throws {
  try readsBack(HostileValues.all.filter { $0.utf8.count < 2000 }, reading)
}

private func readsBack(_ texts: [String], _ reading: Reading) throws {
  for text in texts {
    for letterCase in LetterCase.allCases {
      let path = try #require(FieldPath(steps: [.name(text), .name("x"), .name(text), .index(0), .each]))
      let patterns: [Pattern] = [
        .equals(text), .prefix(text), .suffix(text), .contains(text),
        Pattern([.literal(text), .anyOne, .anyRun, .literal(text)]),
      ]
      for pattern in patterns {
        try roundTrip(.test(path, .text(pattern, letterCase)), reading)
        try roundTrip(.not(.anywhere(pattern, letterCase)), reading)
      }
      try roundTrip(.test(path, .oneOf([text, "True", "true"], letterCase)), reading)
      try roundTrip(.not(.test(a, .oneOf([text, "x"], letterCase))), reading)
      try roundTrip(.not(.test(a, .sameAs(path, letterCase))), reading)
      try roundTrip(.test(a, .sameAs(FieldPath(text), letterCase)), reading)
      try roundTrip(.test(FieldPath(text), .present), reading)
      let absentOr = { (atom: Atom) in
        Condition.any([.not(.test(a, .present)), .test(a, atom)])
      }
      try roundTrip(absentOr(.text(.equals(text), letterCase)), reading)
      try roundTrip(.not(absentOr(.oneOf([text, "x", ""], letterCase))), reading)
    }
  }
}

@Test(arguments: Reading.panther.all)
func numbersNetworksAndExpressionsReadBack(_ reading: Reading) throws {
  for text in ["0", "-5", "1e400", "0.1", "+7", "007", "340282366920938463463374607431768211456"] {
    let number = try #require(Number(text))
    for comparison in Comparison.allCases { try roundTrip(.test(a, .number(comparison, number)), reading) }
  }
  for text in ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::1/128"] {
    try roundTrip(.not(.test(a, .network(try #require(CIDR(text))))), reading)
  }
  for flags in [PortableRegex.Flags(), .ignoreCase, .multiline, .dotAll, [.ignoreCase, .multiline, .dotAll]] {
    for pattern in ["a.c$", "(?i)x", "^\\.\"\\\\", "\n", "é+", "(?s).(?:a|b)"] {
      try roundTrip(.test(a, .regex(try PortableRegex(pattern, flags: flags))), reading)
    }
  }
}

/// A condition and its text under the Panther reading.
struct Printed: CustomTestStringConvertible, Sendable {
  let condition: Condition
  let text: String
  var testDescription: String { text }

  init(_ condition: Condition, _ text: String) {
    self.condition = condition
    self.text = text
  }
}

private func equals(_ text: String) -> Condition { .test(a, .text(.equals(text), .exact)) }
private let present = Condition.test(a, .present)

@Test(arguments: [
  Printed(.always(true), "true"),
  Printed(.all([equals("1"), .any([equals("2"), equals("3")])]), "a eq \"1\"\na eq \"2\" or a eq \"3\""),
  Printed(
    .any([equals("1"), .all([equals("2"), .not(.any([equals("3"), present]))])]),
    "a eq \"1\" or (a eq \"2\" and not (a eq \"3\" or a exists))"),
  Printed(.not(.all([equals("1"), present])), "not (a eq \"1\" and a exists)"),
  Printed(.not(equals("1")), "a ne \"1\""),
  Printed(.not(.test(a, .truthy)), "a is_null"),
  Printed(.test(a, .truthy), "a is_not_null"),
  Printed(.not(present), "a not exists"),
  Printed(equals("True"), "a wildcard \"True\""),
  Printed(.test(a, .oneOf(["True", "true"], .exact)), "a eq \"True\""),
  Printed(equals(""), "a wildcard \"\""),
  Printed(.any([.not(present), equals("")]), "a eq \"\""),
  Printed(.any([.not(present), .test(a, .oneOf(["", "x"], .ignored))]), "a in [\"\", \"x\"] nocase"),
  Printed(.test(a, .text(.contains("a*b\"\n"), .exact)), #"a contains "a*b\"\n""#),
  Printed(
    .test(a, .text(Pattern([.literal("*"), .anyRun, .literal("x")]), .ignored)), #"a wildcard "\\**x" nocase"#
  ),
  Printed(.test(a, .sameAs(FieldPath("b.c"), .exact)), #"a eq_field "\"b.c\"""#),
  Printed(.test(FieldPath("not", "not"), .present), "\"not\".not exists"),
  Printed(.anywhere(.contains("x"), .ignored), "anywhere contains \"x\" nocase"),
])
func conditionsPrintAs(_ row: Printed) {
  #expect(Notation.print(row.condition, reading: .panther) == row.text)
}
