import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordScan
import TestSupport
import Testing

/// One corner of JSON or of the meaning each; the meaning itself is asked beside the written verdict.
@Suite("Corners of the engine")
struct EngineCornerTests {
  private static let a = FieldPath("a")

  private static func path(_ steps: FieldPath.Step...) -> FieldPath { FieldPath(steps: steps) ?? a }

  private static func text(_ pattern: Pattern, _ letterCase: LetterCase = .exact) -> Condition {
    .test(a, .text(pattern, letterCase))
  }

  static let cases: [(String, Condition, Bool)] = [
    (#"{"\u0061":"x"}"#, text(.equals("x")), true),
    (#"{"a":"\u0065\u0043\u0032"}"#, text(.equals("eC2")), true),
    (#"{"a":"\u0065\u0043\u0032"}"#, text(.contains("ec2"), .ignored), true),
    (#"{"a":"https:\/\/x"}"#, text(.contains("://x")), true),
    (#"{"a":1,"a":2}"#, text(.equals("1")), false),
    (#"{"a":1,"\u0061":2}"#, text(.equals("2")), true),
    (#"{"a":{"b":1},"c":3,"a":{"c":1}}"#, .test(FieldPath("a", "b"), .present), false),
    (#"{"a":[{"b":1},{"b":2,"b":3}]}"#, .test(FieldPath("a", "b"), .text(.equals("1"), .exact)), true),
    (#"{"a":[{"b":1},{"b":2,"b":3}]}"#, .test(FieldPath("a", "b"), .text(.equals("2"), .exact)), false),
    (#"{"a":1,"a":null}"#, .test(a, .present), false),
    (#"{"\ud800":1}"#, .test(FieldPath("\u{FFFD}"), .present), false),
    (#"{"a":"\ud800"}"#, text(.equals("\u{FFFD}")), true),
    (#"{"a":"\ud83d\ude00"}"#, text(.equals("😀")), true),
    (#"{"a":"😀"}"#, text(Pattern([.anyOne])), true),
    (#"{"a":"é"}"#, text(.equals("e\u{301}")), false),
    (#"{"a":"KELVIN \u212a"}"#, text(.suffix("k"), .ignored), true),
    ("{\"a\":\"KELVIN \u{212A}\"}", text(.contains("vin k"), .ignored), true),
    ("{\"a\":\"\u{130}D\"}", text(.equals("id"), .ignored), true),
    ("{\"a\":\"\u{23A}\u{23A}\u{23A}\u{23A}\u{23A}\"}", text(.suffix("\u{2C65}"), .ignored), true),
    (#"{"a":1.50}"#, text(.equals("1.5")), true),
    (#"{"a":-0}"#, text(.equals("0")), true),
    (#"{"a":1e3}"#, text(.equals("1000")), true),
    (#"{"a":1e3}"#, text(.contains("000"), .ignored), true),
    (#"{"a":1e400}"#, text(.equals("1e400")), true),
    (
      #"{"a":10000000000000000000000000000000000000000000000000000000000000000000000}"#,
      text(.equals("1e70")),
      true
    ),
    (#"{"a":{"b": 1.50 , "c":"\u0041\/\n\ud800"}}"#, text(.equals(#"{"b":1.50,"c":"A/\n\ud800"}"#)), true),
    (#"{"a":{ }}"#, text(.equals("{}")), true),
    (#"{"a":{}}"#, .test(a, .truthy), true),
    (#"{"a":[0]}"#, .test(a, .truthy), true),
    (#"{"a":0.0}"#, .test(a, .truthy), false),
    (#"{"a":[[["x"]],null,[]]}"#, text(.equals("x")), true),
    (#"{"a":[["x","y"],["z"]]}"#, .test(path(.name("a"), .index(0)), .text(.equals("y"), .exact)), true),
    (#"{"a":[["x","y"],["z"]]}"#, .test(path(.name("a"), .index(1)), .text(.equals("y"), .exact)), false),
    (
      #"{"a":[["x","y"],["z"]]}"#, .test(path(.name("a"), .each, .index(1)), .text(.equals("y"), .exact)),
      true
    ),
    (
      #"{"a":[{"b":["x"]}]}"#, .test(path(.name("a"), .name("b"), .index(0)), .text(.equals("x"), .exact)),
      true
    ),
    (#"{"a":"x"}"#, .test(path(.name("a"), .each), .text(.equals("x"), .exact)), true),
    (#"{"a":["x"],"a":["y"]}"#, .test(path(.name("a"), .index(0)), .text(.equals("x"), .exact)), false),
    (#"{"b":{"c":["Key Word"]}}"#, .anywhere(.contains("key word"), .ignored), true),
    (#"{"b":"word","b":1}"#, .anywhere(.contains("word"), .ignored), false),
    (#"{"\ud800":"word","�":1}"#, .anywhere(.contains("word"), .ignored), false),
    (#"{"b":{"c":"word"},"b":{"c":"word"}}"#, .anywhere(.equals("word"), .exact), true),
    (#"{"word":1}"#, .anywhere(.contains("word"), .ignored), false),
    (#"{"a":"x","b":["X",null]}"#, .test(a, .sameAs(FieldPath("b"), .ignored)), true),
    (#"{"a":"x","b":["X",null]}"#, .test(a, .sameAs(FieldPath("b"), .exact)), false),
    (#"{"a":"+5"}"#, .test(a, .number(.greater, Number(4))), true),
    (#"{"a":" 5"}"#, .test(a, .number(.greater, Number(4))), false),
    (#"{"a":"::ffff:10.1.2.3"}"#, .test(a, CIDR("10.0.0.0/8").map(Atom.network) ?? .truthy), true),
    ("\u{20}\r\n\t{ \"a\" : \"x\" }\n", text(.equals("x")), true),
    (#"{}"#, .not(.test(a, .present)), true),
    (#"{"a":""}"#, text(.equals("")), true),
    (#"{"a":"a\nb"}"#, text(Pattern([.literal("a"), .anyOne, .literal("b")])), true),
    // Texts with a part in common, which the raw filter searches as one.
    (#"{"a":"RunInstances"}"#, oneOf(["RunInstances", "StopInstances"]), true),
    (#"{"b":"Instances","a":"StopInstances"}"#, oneOf(["RunInstances", "StopInstances"]), true),
    (#"{"a":"Instances","b":"DescribeInstances"}"#, oneOf(["RunInstances", "StopInstances"]), false),
    (#"{"a":"\u0052unInstances"}"#, oneOf(["RunInstances", "StopInstances"]), true),
    (#"{"a":"RUNinstances"}"#, oneOf(["RunInstances", "StopInstances"]), false),
    (#"{"a":"RUNinstances"}"#, oneOf(["RunInstances", "StopInstances"], .ignored), true),
    ("{\"a\":\"\u{212A}samples\"}", oneOf(["ksamples", "tsamples"], .ignored), true),
    ("{\"a\":\"\u{130}samples\"}", oneOf(["isamples", "tsamples"], .ignored), true),
    (#"{"b":"ababab","a":"xababab"}"#, oneOf(["ababab", "xababab"]), true),
    (#"{"b":"ababab","a":"abababx"}"#, oneOf(["zabab", "abababx"]), true),
    (#"{"a":"samples"}"#, oneOf(["samples", "samples/x"]), true),
    (#"{"a":"samples\/x"}"#, oneOf(["samples", "samples/x"]), true),
  ]

  private static func oneOf(_ texts: [String], _ letterCase: LetterCase = .exact) -> Condition {
    .test(a, .oneOf(texts, letterCase))
  }

  @Test(arguments: cases)
  func corners(_ text: String, _ condition: Condition, _ expected: Bool) throws {
    let bytes = Array(text.utf8)
    #expect(ReferenceVerdict.matches([condition], bytes) == (expected ? [0] : []))
    for threshold in [1, Int.max] {
      for checking in [EventChecking.every, .candidates] {
        let matcher = RuleSet([condition], checking: checking, indexThreshold: threshold).makeMatcher()
        let found = try bytes.withUnsafeBytes { try matcher.matches($0) }
        #expect(found == (expected ? [0] : []), "indexes from \(threshold), \(checking)")
      }
    }
    #expect(try EventPredicate(condition).matches(bytes) == expected)
  }

  /// JSON that is none, and JSON that nearly is none: the engine takes what the reader takes.
  static let texts: [[UInt8]] =
    [
      "{", "}", "{}", "{}x", "{} ", "[{}]", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
      "{\"a\":1 \"b\":2}",
      "{\"a\":tru}", "{\"a\":truex}", "{\"a\":nul}", "{\"a\":01}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}",
      "{\"a\":1e}",
      "{\"a\":1e+}", "{\"a\":+1}", "{\"a\":1-2}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
      "{\"a\":\"\\u123g\"}",
      "{\"a\":\"\\ud800\"}", "{\"a\":\"\t\"}", "{\"a\":\"\u{7F}\"}", "{\"a\":\"\u{0}\"}", "{\"a\":[}",
      "{\"a\":[1,]}",
      "{\"a\":[1}", "{\"a\":[1]]}", "{\"a\":{\"b\":[{}]}}", "\u{FEFF}{}", "{}\u{0}", "{'a':1}", "{\"a\":\"",
      "{\"a\":\"\\",
      "{\"a\":\"\\u", "{\"a\" :\u{A0}1}", "{\"a\":NaN}", "// x\n{}", "{\"a\":t", "null", "{\"a\":1}{\"a\":1}",
    ].map { Array($0.utf8) } + [
      [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0x22, 0x7D],
      [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
      [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
      [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xF4, 0x8F, 0xBF, 0xBF, 0x22, 0x7D],
      [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22, 0x7D], [0x7B, 0xFF, 0x7D],
    ]

  @Test("what is JSON", arguments: texts)
  func accepts(_ bytes: [UInt8]) {
    for field in ["a", "other"] {
      for threshold in [1, Int.max] {
        let condition = Condition.test(FieldPath(field), .present)
        let matcher = RuleSet([condition], indexThreshold: threshold).makeMatcher()
        let found = bytes.withUnsafeBytes { try? matcher.matches($0) }
        #expect(found == ReferenceVerdict.matches([condition], bytes))
      }
    }
  }

  @Test("every scalar's lower case is the meaning's, and only two outside ASCII have one in it")
  func lowerCase() {
    var intoASCII: [UInt32] = []
    var beyondTable = 0
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = LetterCase.lower(scalar)
      if value >= 0x1F000, lower != scalar { beyondTable += 1 }
      if value >= 0x80, lower.isASCII { intoASCII.append(value) }
    }
    #expect(intoASCII == [0x130, 0x212A])
    #expect(beyondTable == 0)
  }

  @Test("limits are faults")
  func limits() {
    func kind(_ text: String, _ limits: EventLimits) -> EventFault.Kind? {
      let matcher = RuleSet([.test(Self.a, .present)], limits: limits).makeMatcher()
      do throws(EventFault) {
        _ = try matcher.matches(text)
        return nil
      } catch {
        return error.kind
      }
    }
    let deep = { (count: Int) in
      #"{"a":"# + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
    }
    #expect(kind(deep(511), EventLimits()) == nil)
    #expect(kind(deep(512), EventLimits()) == .tooDeep)
    #expect(kind(deep(512).replacing("a", with: "b"), EventLimits()) == .tooDeep)
    #expect(kind(deep(3), EventLimits(maxDepth: 4)) == nil)
    #expect(kind(deep(4), EventLimits(maxDepth: 4)) == .tooDeep)
    #expect(kind(#"{"a":1,"b":{"c":1}}"#, EventLimits(maxFields: 3)) == nil)
    #expect(kind(#"{"a":1,"b":{"c":1},"d":1}"#, EventLimits(maxFields: 3)) == .tooManyFields)
    #expect(kind(#"{"a":1}"#, EventLimits(maxBytes: 7)) == nil)
    #expect(kind(#"{"a":1} "#, EventLimits(maxBytes: 7)) == .tooLarge)
  }

  @Test("faults say where")
  func offsets() {
    let matcher = RuleSet([.test(Self.a, .present)]).makeMatcher()
    let fault = #expect(throws: EventFault.self) { try matcher.matches(#"{"a":1,"b":tru}"#) }
    #expect(fault == EventFault(.malformed, at: 11))
    #expect(matcher.statistics.events == 1)
  }
}

extension Matcher {
  /// The same for a text.
  fileprivate func matches(_ text: String) throws(EventFault) -> [Int] {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { bytes in Result { () throws(EventFault) in try matches(bytes) } }.get()
  }
}
