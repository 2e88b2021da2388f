import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSplunk

@Suite("Idioms of SPL") struct SplunkIdiomTests {
  /// Values to ask about: fields, one of them with marks of the syntax, a call, a text, and forms of several operands.
  static let values: [SplunkEval] = [
    .field("raw_eventName"), .field("a.b c"), .call("lower", .field("x")),
    .call("json_extract", .field("_raw"), .string("a.b{}")), .string(#"it's "\"#), .number("5"),
    .all([.call("isnull", .field("a")), .call("isnotnull", .field("b"))]),
    .any([.compare(.field("a"), .equal, .string("null")), .match(.field("a"), "^b")]),
  ]

  static let networks = ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "fe80::/10", "2001:db8::/32"]

  /// The parts of an idiom that are not recognised in what is made of them, as it is and printed and parsed.
  private static func lost<Parts>(_ idiom: SplunkIdioms.Form<Parts>, _ parts: [Parts]) throws -> [Parts] {
    try parts.filter { parts in
      let text = SplunkPrinter.inline(idiom.make(parts))
      return try !idiom.recognises(parts) || idiom.match(parsed(text)) != parts
    }
  }

  private static func parsed(_ text: String) throws -> SplunkEval {
    let query = try SplunkParser.parse(Source(text: "* | where \(text)"))
    guard case .filter(let expression)? = query.commands.last?.kind else { return .string("no `where`") }
    return expression
  }

  @Test("what is made is recognised, with the same parts, printed or not", arguments: values)
  func law(_ value: SplunkEval) throws {
    let truths = [true, false].map { SplunkIdioms.Truth(condition: value, isAsked: $0) }
    #expect(try Self.lost(SplunkIdioms.truth, truths).isEmpty)
    for form in [
      SplunkIdioms.falsyText, SplunkIdioms.falsy, SplunkIdioms.someElement, SplunkIdioms.presentElement,
      SplunkIdioms.nullText, SplunkIdioms.booleanAsText,
    ] {
      #expect(try Self.lost(form, [value]).isEmpty)
    }
    let choices = [
      [SplunkIdioms.Choice(condition: value, field: "raw_a")],
      [.init(condition: value, field: "a.b"), .init(condition: .call("isnull", value), field: "b c")],
    ]
    #expect(try Self.lost(SplunkIdioms.choice, choices).isEmpty)
    let rules = ["a", "it's \"b\"", "| delete", " "].map {
      SplunkIdioms.Labelled(condition: value, label: $0)
    }
    let many = (0..<250).map { SplunkIdioms.Labelled(condition: value, label: "rule \($0)") }
    #expect(try Self.lost(SplunkIdioms.labels, [rules, many]).isEmpty)
    for form in [SplunkIdioms.filled, SplunkIdioms.hasValues] {
      #expect(try Self.lost(form, ["rules", "a.b c"]).isEmpty)
    }
    let hops = [(3600, 600), (600, 600), (5, 20)].map { SplunkIdioms.Hops(seconds: $0, every: $1) }
    #expect(try Self.lost(SplunkIdioms.hopStarts, hops).isEmpty)
    let others = Self.values + [.field("other")]
    #expect(
      try Self.lost(
        SplunkIdioms.sameText,
        others.flatMap { other in
          [LetterCase.exact, .ignored].map { .init(left: value, right: other, letterCase: $0) }
        }
      ).isEmpty)
    #expect(
      try Self.lost(
        SplunkIdioms.number,
        Comparison.allCases.flatMap { comparison in
          ["5", "-0.5", "0", "123456789012345678901234567890"].compactMap(Number.init).map {
            .init(text: value, comparison: comparison, bound: $0)
          }
        }
      ).isEmpty)
    #expect(
      try Self.lost(
        SplunkIdioms.network, Self.networks.compactMap(CIDR.init).map { .init(text: value, network: $0) }
      ).isEmpty)
    #expect(
      try Self.lost(
        SplunkIdioms.nullQuestion,
        others.map { .init(elements: .field("raw_a"), quoted: $0, question: value) }
      ).isEmpty)
    #expect(
      try Self.lost(
        SplunkIdioms.elements, [true, false].map { .init(array: value, keepsQuotes: $0) }
      ).isEmpty)
  }

  @Test(
    "paths are read as they are spelled",
    arguments: [
      [], [.name("a")], [.name("a"), .name("b-c"), .name("D_1")], [.name("a"), .each, .name("b"), .each],
      [.name("a"), .index(0), .name("b"), .index(12)], [.name("a.b")],
      [.name("a"), .name("b.c"), .name("d")],
      [.name("a b"), .index(3), .each, .name("c")], [.name("{}"), .name("a{0}"), .name("ä")],
      [.name("a.b"), .name("c.d"), .each],
    ] as [[FieldPath.Step]])
  func path(_ steps: [FieldPath.Step]) throws {
    #expect(try Self.lost(SplunkIdioms.extraction, [steps]).isEmpty)
  }

  /// Expressions that are one step away from a form, and mean something else.
  static let nearMisses = [
    "if(a=\"x\", 1, 0)=2", "if(a=\"x\", 0, 1)=0", "if(a=\"x\", 1, 0)>0", "if(a=\"x\", \"1\", \"0\")=0",
    "if(a=\"x\", 1, 0)=\"0\"", "case(a=\"x\", 1, 0)=0",
    #"match(a, "^(?:|0|false)")"#, #"match(a, "^(?:|0|False)\\z")"#, #"like(a, "^(?:|0|false)\\z")"#,
    #"isnull(b) OR match(a, "^(?:|0|false)\\z")"#, #"isnotnull(a) OR match(a, "^(?:|0|false)\\z")"#,
    #"isnull(a) AND match(a, "^(?:|0|false)\\z")"#, #"isnull(a) OR match(a, "^(?:|0|false)\\z") OR b="x""#,
    "isnotnull(a) AND isnotnull(b) AND a=b", "isnotnull(a) AND isnotnull(b) AND tostring(a)!=tostring(b)",
    "isnotnull(a) AND isnotnull(a) AND tostring(a)=tostring(b)",
    "isnotnull(a) AND isnotnull(b) AND lower(tostring(a))=tostring(b)",
    "isnotnull(a) AND tostring(a)=tostring(b)", "isnotnull(a) OR isnotnull(b) OR tostring(a)=tostring(b)",
    #"match(a, "\#(number)") AND tonumber(b)>5"#, #"match(a, "\#(number)") AND tonumber(a)=5"#,
    #"match(a, "\#(number)") AND a>5"#, #"match(a, "^[0-9]+") AND tonumber(a)>5"#,
    #"match(a, "\#(number)") OR tonumber(a)>5"#, #"match(a, "\#(number)") AND tonumber(a)>b"#,
    // The guard of another question.
    #"match(a, "\#(number)") AND cidrmatch("10.0.0.0/8", a)"#,
    #"match(a, "\#(version4)") AND tonumber(a)>5"#,
    #"match(a, "\#(version4)") AND cidrmatch("2001:db8::/32", a)"#,
    #"match(a, "\#(version6)") AND cidrmatch("10.0.0.0/8", a)"#,
    // Without the mapped addresses, and of another field.
    #"match(a, "\#(version4)") AND cidrmatch("10.0.0.0/8", a)"#,
    #"match(a, "\#(version6)") AND cidrmatch("2001:db8::/32", b)"#,
    #"match(a, "\#(version6)") AND cidrmatch(a, "2001:db8::/32")"#,
    "mvcount(mvfilter(a!=\"null\"))>=0", "mvcount(mvfilter(a!=\"null\"))>1",
    "0>mvcount(mvfilter(a!=\"null\"))",
    "mvcount(a)>0", "mvcount(mvdedup(a!=\"null\"))>0",
    "mvcount(mvfilter(a!=\"null\" AND a=\"x\"))>0 OR mvcount(mvfilter(b=\"null\"))>0",
    "mvcount(mvfilter(a=\"null\" AND a=\"x\"))>0 OR mvcount(mvfilter(b=\"\\\"null\\\"\"))>0",
    "mvcount(mvfilter(a!=\"null\"))>0 OR mvcount(mvfilter(b=\"\\\"null\\\"\"))>0",
    "mvcount(mvfilter(a!=\"null\" AND a=\"x\"))>0 AND mvcount(mvfilter(b=\"\\\"null\\\"\"))>0",
    "if(isbool(a), lower(tostring(b)), a)", "if(isbool(a), tostring(a), a)",
    "if(isnum(a), lower(tostring(a)), a)",
    "if(isbool(a), lower(tostring(a)), b)",
    "json_array_to_mv(a, b)", "json_array_to_mv(a, \"true\")", "json_array_to_mv()",
    "json_array_to_mv(a, true(), b)",
    "json_extract(a, \"b\")", "json_extract(_raw, a)", "json_extract(_raw, \"a\", \"b\")",
    "json_extract(_raw, \"a{\")", "json_extract(_raw, \"a..b\")", "spath(_raw, \"a\")",
    // All values are an array, in which no call finds a name.
    "json_extract(json_extract(_raw, \"a{}\"), \"b\")",
    "json_extract_exact(json_extract(_raw, \"a{}\"), \"b.c\")",
  ]
  private static let number = #"^[-+]?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?\\z"#
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  private static let version4 =
    #"(?i)^(?:(?:(?:0{1,4}:){5}|::)ffff:)?(?:\#(octet)[.]){3}\#(octet)\\z"#
  private static let version6 = #"(?i)^[0-9a-f:.]*:[0-9a-f:.]*\\z"#

  /// The idioms that take the expression.
  private static func names(_ expression: SplunkEval) -> [String] {
    let matches: [(String, Bool)] = [
      ("truth", SplunkIdioms.truth.match(expression) != nil),
      ("falsyText", SplunkIdioms.falsyText.match(expression) != nil),
      ("falsy", SplunkIdioms.falsy.match(expression) != nil),
      ("sameText", SplunkIdioms.sameText.match(expression) != nil),
      ("number", SplunkIdioms.number.match(expression) != nil),
      ("network", SplunkIdioms.network.match(expression) != nil),
      ("presentElement", SplunkIdioms.presentElement.match(expression) != nil),
      ("nullText", SplunkIdioms.nullText.match(expression) != nil),
      ("nullQuestion", SplunkIdioms.nullQuestion.match(expression) != nil),
      ("someElement", SplunkIdioms.someElement.match(expression) != nil),
      ("extraction", SplunkIdioms.extraction.match(expression) != nil),
      ("booleanAsText", SplunkIdioms.booleanAsText.match(expression) != nil),
      ("elements", SplunkIdioms.elements.match(expression) != nil),
    ]
    return matches.filter(\.1).map(\.0)
  }

  @Test("what is another form is not recognised", arguments: nearMisses) func nearMiss(_ text: String) throws
  {
    #expect(try Self.names(Self.parsed(text)) == [])
  }

  @Test(
    "what asks the same in other words is recognised too",
    arguments: [
      ("if(a=\"x\", 1, 0)!=1", "truth"), ("if(a=\"x\", 1, 0)!=0", "truth"),
      ("json_array_to_mv(a, false())", "elements"),
      ("json_extract(json_extract(_raw, \"a\"), \"b\")", "extraction"),
      ("json_extract_exact(_raw, \"a\")", "extraction"),
      ("mvcount(mvfilter(a=\"\\\"null\\\"\"))>0", "nullText someElement"),
    ])
  func synonym(_ text: String, _ names: String) throws {
    #expect(try Self.names(Self.parsed(text)).joined(separator: " ") == names)
  }

  @Test("a value of `search` is read as it is spelled")
  func wildcards() {
    for text in ["", "*", "a", "*a", "a*", "*a*b*", "a b", "?", "\\", "ä"] {
      #expect(SplunkWildcards.text(SplunkWildcards.pattern(text)) == text)
    }
    for pattern in [Pattern([.literal("a*")]), Pattern([.anyOne]), Pattern([.anyRun, .anyOne])] {
      #expect(SplunkWildcards.text(pattern) == nil)
    }
  }

  @Test(
    "patterns and texts are read from the expressions that are written for them",
    arguments: [LetterCase.exact, .ignored])
  func patterns(_ letterCase: LetterCase) {
    for text in ["a", "", "a.b", "k", "ä", "é\u{212A}", "[a]", "\\z", "(?s)", "$t$", "x\ny", "😀", "-"] {
      let folded = letterCase.folded(text)
      for pattern in [
        Pattern.equals(folded), .prefix(folded), .suffix(folded), .contains(folded),
        Pattern([.literal(folded), .anyRun, .literal("b"), .anyOne]),
        Pattern([.anyRun, .literal(folded), .anyRun, .literal("b"), .anyRun]),
      ] {
        let regex = SplunkPatternText.regex(pattern, letterCase)
        var expected = SplunkPatternText.Question.pattern(pattern)
        if case .equals(let text) = pattern.shape { expected = .texts([text]) }
        #expect(SplunkPatternText.question(regex, letterCase) == expected, "\(regex)")
      }
      for texts in [[folded, "b"], ["", folded], [folded, folded, "c|d"]] {
        let regex = SplunkPatternText.regex(oneOf: texts, letterCase)
        #expect(SplunkPatternText.question(regex, letterCase) == .texts(texts), "\(regex)")
      }
    }
  }
}

/// The question of a guard is not that of another, and what a query reads below all elements is not there.
@Test(arguments: [
  #"* | where match(f, "^[-+]?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?\\z") AND cidrmatch("10.0.0.0/8", f)"#,
  #"* | where match(f, "(?i)^[0-9a-f:.]*:[0-9a-f:.]*\\z") AND cidrmatch("10.0.0.0/8", f)"#,
])
func takesAGuardOfAnotherQuestionAsItsOwn(_ search: String) throws {
  let condition = try Language.splunk.read(Source(text: search), options: LanguageOptions())[0].rule.condition
  #expect(condition != network("f", "10.0.0.0/8"))
}

/// A keyword is taken as implied only where every event is found by it.
@Test(arguments: [
  ("f=abc abc", true), ("f=abc ABC", true), ("f=abc ab", false), ("f=abc CASE(abc)", false),
  ("f=\"x.abc\" abc", true), ("f=\"x.abc d\" \"abc d\"", true), ("f=\"xabc\" abc", false),
  ("f=\"abc/x\" abc", false), ("f=bike bike", false), ("f=CASE(bike) bike", true),
  ("f=CASE(bike) BIKE", true),
  ("f=123 123", false), ("f=abc* abc", false), ("NOT f=abc abc", false), ("f!=abc abc", false),
  ("f=abc g=def (abc OR xx) def", true), ("(f=abc OR f=def) (abc OR def OR xx)", true),
  ("(f=abc OR f=def) abc", false), ("f IN (abc, def) (def OR abc)", true),
  ("f IN (abc, def) (abc OR xx)", false),
  ("f=abc abc xx", false), ("f=abc (abc xx)", false), ("f=\"abc def\" (abc def)", true),
])
func takesKeywordsThatTheRestImplies(_ search: String, _ isImplied: Bool) throws {
  let collection = Language.splunk.reader?(Source(text: search), LanguageOptions())
  let found = try #require(collection)
  #expect(found.documents.isEmpty != isImplied)
  if !isImplied { #expect(found.refused.flatMap(\.errors).map(\.code) == [.beyondACondition]) }
}
