import ConcordAnalysis
import ConcordAthena
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordPanther
import ConcordSigma
import ConcordSplunk
import ConcordSwift
import ConcordVerification
import Testing

/// Whether a query's text is proved to be the rule.
@Suite struct TranslationProofTests {
  static var options: LanguageOptions {
    var options = LanguageOptions()
    options.athena.untyped = true
    return options
  }

  /// The outcome in one word, and the event that shows a difference.
  static func words(_ outcome: TranslationProof.Outcome) -> String {
    switch outcome {
    case .proved(let single): single.isEmpty ? "proved" : "proved where single: \(single)"
    case .unread(let reason): "unread: \(reason)"
    case .unknown(let reason): "unknown: \(reason)"
    case .different(let missed, let extra): "misses \(missed?.json ?? "-"), adds \(extra?.json ?? "-")"
    }
  }

  static let conditions = [
    #"x eq "a""#, "x eq \"Abc\"\ny is_not_null", #"not (x eq "a" or y starts_with "b")"#,
    #"x in ["Alpha", "Beta"]"#, "x contains \"a\"\nnot (y ends_with \"c\")", #"x gt 5"#,
    #"x cidr_match "10.0.0.0/8""#,
  ]

  @Test("what the writers write is proved", arguments: conditions)
  func ours(_ text: String) throws {
    let rule = try rule(text)
    for language in [Language.athena, .splunk, .sigma] {
      let query = try language.write(rule, options: Self.options)
      let proof = TranslationProof(of: query, for: rule, in: language, options: Self.options)
      #expect(Self.words(proof.outcome) == "proved", "\(language.identifier): \(query.text)")
    }
  }

  @Test("names that a table spells in another letter case are the same names, unless the rule has both")
  func nameCase() throws {
    var options = LanguageOptions()
    options.schema = Source(
      name: "t.sql", text: "CREATE EXTERNAL TABLE t (image string, user string) LOCATION 's3://b/'")
    let rule = try rule("Image ends_with \"a\"\nnot (User eq \"b\")")
    let query = try Language.athena.write(rule, options: options)
    let proof = TranslationProof(of: query, for: rule, in: Language.athena, options: options)
    #expect(Self.words(proof.outcome) == "proved", "\(query.text)")
    let spelled = try condition("image eq \"a\"\nUSER.Name eq \"b\"")
      .spelled(as: try condition("Image eq \"a\"\nuser.name eq \"b\""))
    #expect(spelled == (try condition("Image eq \"a\"\nuser.name eq \"b\"")))
    let both = try condition("IMAGE eq \"a\"")
    #expect(both.spelled(as: try condition("Image eq \"a\"\nimage eq \"b\"")) == both)
  }

  struct Given: Sendable, CustomTestStringConvertible {
    let rule: String
    let language: Language
    let query: String
    let outcome: String
    var testDescription: String { query }

    init(_ rule: String, _ language: Language, _ query: String, _ outcome: String) {
      (self.rule, self.language, self.query, self.outcome) = (rule, language, query, outcome)
    }
  }

  static let given = [
    Given(
      "x eq \"a\"\ny ne \"b\"", Language.athena,
      #"SELECT * FROM "t" WHERE "x" = 'a' AND "y" <> 'b'"#, #"misses {"x":"a"}, adds -"#),
    Given(
      "x eq \"a\"\ny ne \"b\"", Language.athena,
      #"SELECT * FROM "t" WHERE "x" = 'a' AND ("y" IS NULL OR "y" <> 'b')"#, "proved"),
    Given(
      #"x eq "a""#, Language.athena, #"SELECT * FROM "t" WHERE lower("x") = 'a'"#,
      #"misses -, adds {"x":"A"}"#),
    // In an array the first is true of one element and false of another; a column holds one text.
    Given(
      "x starts_with \"a\"\nnot (x eq \"b\")", Language.athena,
      #"SELECT * FROM "t" WHERE "x" LIKE 'a%'"#, "proved where single: [x]"),
    Given(#"x eq "a""#, Language.athena, "SELECT * FROM t WHERE frobnicate(x) = 'a'", "unread"),
    Given(#"x eq "Abc""#, Language.splunk, #"index=* "Abc" x=Abc"#, #"misses -, adds {"x":"abc"}"#),
    Given(
      #"x eq "Abc""#, Language.splunk,
      #"index=* "Abc" | eval r=json_extract(_raw, "x") | where r="Abc""#, "proved"),
    // A keyword that the condition does not imply.
    Given(
      #"x eq "Abc""#, Language.splunk,
      #"index=* "Other" | eval r=json_extract(_raw, "x") | where r="Abc""#, "unread"),
    Given(#"x eq "a""#, Language.swift, "", "unread: Swift is not read back"),
  ]

  @Test("a query of somebody else's is proved, or told from the rule by an event", arguments: given)
  func others(_ given: Given) throws {
    let query = Query(text: given.query)
    let proof = TranslationProof(
      of: query, for: try rule(given.rule), in: given.language, options: Self.options)
    let words = Self.words(proof.outcome)
    #expect(given.outcome == "unread" ? words.hasPrefix("unread: ") : words == given.outcome)
  }

  @Test("a search's keywords hold of no event in which Splunk does not find them")
  func prefilters() throws {
    let language = Language.splunk
    let prefilter = try #require(language.prefilter)
    let query = Source(name: "q.spl", text: #"index=* "Abc" "signin.example" ("Def" OR "amazonaws.com")"#)
    let prefilters = try [true, false].map { isSimple in
      try prefilter(query, isSimple, LanguageOptions())
    }
    let events = [
      #"{"a":"Abc","b":"signin.example","c":"Def"}"#, #"{"a":"abc","b":"signin.example","c":"def"}"#,
      #"{"a":"abc","b":"SIGNIN.example","c":"def"}"#, #"{"a":"Abc","b":"x.signin.example-y","c":"Def"}"#,
      #"{"a":"Abc","b":"signin.example","c":"s3.amazonaws.com"}"#, #"{"a":"Abcd","b":"signin.example"}"#,
      #"{"a":"Abc Def","b":"signin.example"}"#, "{}",
    ]
    let expected =
      [[true, true], [true, true], [false, false], [false, true], [false, true]]
      + Array(repeating: [false, false], count: 1) + [[false, true], [false, false]]
    for (json, expected) in zip(events, expected) {
      let event = try makeEvent(json)
      #expect(prefilters.map { $0.holds(of: event) } == expected, "\(json)")
      guard prefilters.contains(where: { $0.holds(of: event) }) else { continue }
      #expect(try language.run(query.text, on: [event], options: LanguageOptions()) == [true], "\(json)")
    }
    let uncertain = Source(name: "q.spl", text: #"index=* "a=b""#)
    #expect(throws: Diagnostic.self) { try prefilter(uncertain, true, LanguageOptions()) }
  }

  @Test("the digest is that of the meaning's normal form")
  func digests() throws {
    func digest(_ text: String) throws -> String { try condition(text).digest }
    #expect(try digest("x eq \"a\"\ny eq \"b\"") == digest("y eq \"b\"\nx eq \"a\""))
    #expect(try digest(#"x eq "a""#) != digest(#"x eq "A""#))
    #expect(try digest(#"x eq "a""#) != digest(#"x ne "a""#))
    #expect(try digest(#"x eq "a""#).count == 16)
    // The normal form of `always(true)` is the text `T`, whose SHA-256 is known from `printf T | sha256sum`.
    #expect(Condition.always(true).digest == "e632b7095b0bf32c")
    let one = Condition.test(FieldPath("x"), .text(.equals("A"), .ignored))
    let other = Condition.test(FieldPath("x"), .text(.equals("a"), .ignored))
    #expect(one.digest == other.digest)
  }
}
