import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

/// Whether the atom holds of an event whose field `a` is this JSON.
private func holds(_ atom: Atom, _ json: String) throws -> Bool {
  try atom.holds(at: FieldPath("a"), of: event("{\"a\":\(json)}"))
}

private func equals(_ text: String, _ letterCase: LetterCase = .exact) -> Atom {
  .text(.equals(text), letterCase)
}

@Suite("Semantics: texts and questions")
struct TextSemanticsTests {
  static let comparedTexts: [(String, String)] = [
    (#""x""#, "x"), ("true", "true"), ("false", "false"), ("5", "5"), ("5.0", "5"), ("0.50", "0.5"),
    ("1e3", "1000"), ("1.5e3", "1500"), ("-0", "0"), ("-0.0", "0"), ("1E-2", "0.01"), ("1e400", "1e400"),
    ("9007199254740993", "9007199254740993"), (#""5.0""#, "5.0"), (#""""#, ""),
    (#"{"b": 1, "a": [1, 2]}"#, #"{"b":1,"a":[1,2]}"#),
  ]

  @Test("the text by which a value is compared", arguments: comparedTexts)
  func comparedText(_ json: String, _ text: String) throws {
    #expect(try holds(equals(text), json))
    #expect(try !holds(equals(text + " "), json))
  }

  @Test(
    "texts are sequences of scalars",
    arguments: [("é", "e\u{301}"), ("\r\n", "\n"), ("가", "\u{1100}\u{1161}")])
  func scalarsNotCharacters(_ left: String, _ right: String) {
    for letterCase in LetterCase.allCases {
      #expect(!Pattern.equals(left).matches(right, letterCase))
      #expect(!Pattern.contains(left).matches("x" + right + "x", letterCase))
      #expect(!Pattern.prefix(left).matches(right, letterCase))
      #expect(!Pattern.suffix(left).matches(right, letterCase))
    }
    #expect(Pattern.equals(left) != Pattern.equals(right))
    #expect(Pattern.prefix("\r").matches("\r\n", .exact))
    #expect(Pattern.suffix("\n").matches("\r\n", .exact))
    #expect(Pattern.prefix("e").matches("e\u{301}", .exact))
    #expect(Pattern([.anyOne]).matches("é", .exact))
    #expect(!Pattern([.anyOne]).matches("e\u{301}", .exact))
    #expect(!Pattern([.anyOne]).matches("\r\n", .exact))
  }

  @Test("lone surrogates compare as U+FFFD")
  func malformedStrings() throws {
    #expect(try holds(equals("a\u{FFFD}b"), #""a\ud800b""#))
    #expect(try holds(equals("\u{FFFD}"), #""\udc00""#))
    #expect(try holds(equals("\u{FFFD}\u{FFFD}"), #""\udc00\ud800""#))
    #expect(try holds(equals("😀"), #""\ud83d\ude00""#))
  }

  /// Two texts, and whether they are the same under ignored case.
  static let cases: [(String, String, Bool)] = [
    ("a", "A", true), ("é", "É", true), ("\u{212A}", "k", true), ("\u{212A}", "K", true), ("İ", "i", true),
    ("İ", "I", true), ("ı", "i", false), ("ı", "I", false), ("ẞ", "ß", true), ("ß", "ss", false),
    ("ß", "SS", false), ("Σ", "σ", true), ("ς", "σ", false), ("ς", "Σ", false), ("Ω", "\u{2126}", true),
    ("Å", "\u{212B}", true), ("ſ", "s", false), ("Ǆ", "ǆ", true), ("ǅ", "ǆ", true), ("𐐀", "𐐨", true),
    ("Ⅷ", "ⅷ", true), ("Ａ", "ａ", true), ("ﬃ", "ffi", false), ("µ", "μ", false),
  ]

  @Test("ignored case is the simple lower-case mapping of both sides", arguments: cases)
  func letterCase(_ left: String, _ right: String, _ same: Bool) throws {
    for (one, other) in [(left, right), (right, left)] {
      #expect(Pattern.equals(one).matches(other, .ignored) == same)
      #expect(Pattern.contains(one).matches("-\(other)-", .ignored) == same)
      #expect(Pattern.prefix(one).matches(other + "-", .ignored) == same)
      #expect(Pattern.suffix(one).matches("-" + other, .ignored) == same)
      #expect(LetterCase.ignored.equates(one, other) == same)
      #expect(!LetterCase.exact.equates(one, other))
      let event = Event(Value.Object([.init("a", .string(one)), .init("b", .string(other))]))
      #expect(Condition.test(FieldPath("a"), .oneOf(["x", other], .ignored)).holds(of: event) == same)
      #expect(Condition.test(FieldPath("a"), .sameAs(FieldPath("b"), .ignored)).holds(of: event) == same)
    }
  }

  @Test(
    "letter case counts where a scalar of the texts has another case",
    arguments: [
      ("a", true), ("1.2-3 *", false), ("", false), ("1é", true), ("-中", false), ("\u{212A}", true),
      ("ß", true),
    ])
  func effectiveLetterCase(_ text: String, _ counts: Bool) {
    #expect(LetterCase.ignored.effective(in: ["1", text]) == (counts ? .ignored : .exact))
    #expect(LetterCase.exact.effective(in: [text]) == .exact)
  }

  @Test("the lower-case mapping is idempotent and keeps the number of scalars")
  func lowerIsIdempotent() {
    for value in UInt32(0)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = LetterCase.lower(scalar)
      if LetterCase.lower(lower) != lower { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test(
    "present",
    arguments: [
      ("1", true), (#""""#, true), ("false", true), ("{}", true), ("[1]", true), ("[[1]]", true),
      ("null", false),
      ("[]", false), ("[null]", false), ("[[]]", false),
    ])
  func present(_ json: String, _ expected: Bool) throws { #expect(try holds(.present, json) == expected) }

  @Test(
    "truthy",
    arguments: [
      (#""x""#, true), ("true", true), ("1", true), ("-1", true), ("0.5", true), (#""0.0""#, true),
      (#"" ""#, true),
      (#""False""#, true), (#""null""#, true), ("{}", true), (#"{"a":null}"#, true), ("[0]", true),
      ("[false]", true),
      (#"[""]"#, true), ("[[0]]", true), (#""""#, false), ("false", false), ("0", false), ("0.0", false),
      ("-0", false), ("0e9", false), (#""false""#, false), (#""0""#, false), ("null", false), ("[]", false),
      ("[null]", false), ("[[]]", false),
    ])
  func truthy(_ json: String, _ expected: Bool) throws {
    #expect(try holds(.truthy, json) == expected)
    // An array on the way is not the leaf: its elements' own texts count.
    let inside = try Atom.truthy.holds(at: FieldPath("l", "a"), of: event("{\"l\":[{\"a\":\(json)}]}"))
    #expect(inside == expected)
  }

  static let patternRows: [(Pattern, [String], [String])] = [
    (.equals("ab"), ["ab"], ["", "a", "abc", "xab", "AB"]),
    (.equals(""), [""], ["a"]),
    (.prefix("ab"), ["ab", "abc"], ["a", "xab", ""]),
    (.suffix("ab"), ["ab", "xab"], ["b", "abx", ""]),
    (.contains("ab"), ["ab", "xabx"], ["a b", ""]),
    (.contains(""), ["", "a"], []),
    (.anything, ["", "a", "\n"], []),
    (.equals("*"), ["*"], ["", "a", "**"]), (.contains("%"), ["50%"], ["50"]), (.prefix("_"), ["_a"], ["a"]),
    (Pattern([.anyOne]), ["a", "\n", "😀"], ["", "ab"]),
    (Pattern([.anyOne, .anyRun]), ["a", "ab"], [""]),
    (Pattern([.literal("a"), .anyRun, .literal("b")]), ["ab", "axxb", "abab"], ["a", "b", "abx"]),
    (Pattern([.literal("a"), .anyOne, .literal("b")]), ["axb", "a\nb"], ["ab", "axxb"]),
    (
      Pattern([.anyRun, .literal("ab"), .anyRun, .literal("ab"), .anyRun]), ["abab", "xabxabx"],
      ["aab", "ab"]
    ),
    (Pattern([.literal("a"), .anyRun, .literal("a")]), ["aa", "aba"], ["a"]),
    (Pattern([.anyRun, .literal("aab")]), ["aaab", "aab"], ["aaba"]),
    (Pattern([.anyRun, .anyOne, .anyOne, .literal("c"), .anyRun]), ["abc", "xxxcx"], ["c", "bc", "bcb"]),
  ]

  @Test("patterns match from end to end", arguments: patternRows)
  func patterns(_ pattern: Pattern, _ yes: [String], _ no: [String]) {
    for text in yes { #expect(pattern.matches(text, .exact), "\(text)") }
    for text in no { #expect(!pattern.matches(text, .exact), "\(text)") }
    for text in yes { #expect(pattern.matches(text.uppercased(), .ignored), "\(text)") }
  }

  @Test("oneOf is equality with one of the texts")
  func oneOf() throws {
    #expect(try holds(.oneOf(["a", "5"], .exact), "5.0"))
    #expect(try !holds(.oneOf(["a", "5"], .exact), #""A""#))
    #expect(try holds(.oneOf(["a", "5"], .ignored), #""A""#))
    #expect(try !holds(.oneOf(["a*", "b"], .exact), #""ab""#))
    #expect(try holds(.oneOf(["x", "y"], .exact), #"["z","y"]"#))
  }

  /// A comparison, its bound, and values with the answer.
  static let numberRows: [(Comparison, String, String, Bool)] = [
    (.greater, "5", "5", false), (.greater, "5", "5.0000001", true), (.greaterOrEqual, "5", "5.0", true),
    (.less, "5", "4.999", true), (.less, "5", "5", false), (.lessOrEqual, "5", "5e0", true),
    (.greater, "999", "1e3", true), (.greaterOrEqual, "1e3", "1000", true), (.lessOrEqual, "0", "-0", true),
    (.less, "0", "-0", false), (.greater, "0", #""7""#, true), (.greater, "0", #""007""#, true),
    (.greater, "0", #""+7""#, true), (.greater, "0", #"" 7""#, false), (.greater, "0", #""7 ""#, false),
    (.greater, "0", #""0x10""#, false), (.greater, "0", #""1_000""#, false), (.greater, "0", #"".5""#, false),
    (.greater, "0", #""5.""#, false), (.greater, "0", #""NaN""#, false),
    (.greater, "0", #""Infinity""#, false),
    (.greater, "0", #""٧""#, false), (.greater, "0", "true", false), (.greater, "0", #""""#, false),
    (.less, "0", #""x""#, false), (.greater, "0", "{}", false), (.greater, "0", "[0,1]", true),
    // Beyond the doubles everything is infinite, and infinities are equal.
    (.greater, "1e308", "1e400", true), (.greater, "1e400", "1e401", false),
    (.greaterOrEqual, "1e401", "1e400", true),
    (.less, "-1e308", "-1e400", true), (.greater, "0", "1e-400", false), (.lessOrEqual, "0", "1e-400", true),
    // 2^53 + 1 has no double of its own.
    (.greater, "9007199254740992", "9007199254740993", false),
    (.greater, "9007199254740992", "9007199254740994", true),
  ]

  @Test("numbers are compared as doubles, and only texts that are numbers", arguments: numberRows)
  func numbers(_ comparison: Comparison, _ bound: String, _ json: String, _ expected: Bool) throws {
    #expect(try holds(.number(comparison, #require(Number(bound))), json) == expected)
  }

  @Test("sameAs compares the texts of two paths")
  func sameAs() throws {
    let rows: [(String, Bool)] = [
      (#"{"a":"x","b":"x"}"#, true), (#"{"a":5,"b":"5"}"#, true), (#"{"a":5.0,"b":5}"#, true),
      (#"{"a":"x","b":"X"}"#, false), (#"{"a":"x"}"#, false), (#"{}"#, false),
      (#"{"a":null,"b":null}"#, false),
      (#"{"a":["x","y"],"b":["z","y"]}"#, true), (#"{"a":["x"],"b":[]}"#, false),
      (#"{"a":true,"b":"true"}"#, true),
      ("{\"a\":\"é\",\"b\":\"e\u{301}\"}", false),
    ]
    for (json, expected) in rows {
      let atom = Atom.sameAs(FieldPath("b"), .exact)
      #expect(try atom.holds(at: FieldPath("a"), of: event(json)) == expected, "\(json)")
    }
  }

  @Test("anywhere asks every leaf")
  func anywhere() throws {
    let rows: [(String, Bool)] = [
      (#"{"k":"xay"}"#, true), (#"{"k":{"l":[{"m":"a"}]}}"#, true), (#"{"a":1}"#, false),
      (#"{"k":null}"#, false),
      (#"{"k":false}"#, true), (#"{"k":[]}"#, false), (#"{"k":"A"}"#, false),
    ]
    for (json, expected) in rows {
      #expect(try Condition.anywhere(.contains("a"), .exact).holds(of: event(json)) == expected, "\(json)")
    }
    #expect(try Condition.anywhere(.contains("a"), .ignored).holds(of: event(#"{"k":"A"}"#)))
    #expect(try Condition.anywhere(.equals("5"), .exact).holds(of: event(#"{"k":5.0}"#)))
  }

  @Test("falsy and null are negations")
  func falsyAndNull() throws {
    let falsy = Condition.not(.test(FieldPath("a"), .truthy))
    let isNull = Condition.not(.test(FieldPath("a"), .present))
    for json in ["{}", #"{"a":null}"#, #"{"a":[]}"#] {
      #expect(try falsy.holds(of: event(json)))
      #expect(try isNull.holds(of: event(json)))
    }
    #expect(try falsy.holds(of: event(#"{"a":false}"#)))
    #expect(try !isNull.holds(of: event(#"{"a":false}"#)))
  }
}
