import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

/// A rule file with this detection.
func ruleText(_ detection: String) -> String {
  "title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n"
    + detection.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
}

/// The condition of a rule with this detection.
func read(_ detection: String) throws -> Condition {
  let documents = try Language.sigma.read(Source(text: ruleText(detection)), options: LanguageOptions())
  return try #require(documents.first).rule.condition
}

/// An item of a selection and what it asks.
struct ItemRow: Sendable, CustomTestStringConvertible {
  let item: String
  let condition: Condition
  var testDescription: String { item }
  init(_ item: String, _ condition: Condition) {
    self.item = item
    self.condition = condition
  }
}

@Suite("Reading Sigma")
struct ReaderTests {
  static func equals(_ text: String, _ letterCase: LetterCase = .ignored) -> Condition {
    f(.text(.equals(text), letterCase))
  }
  static func contains(_ text: String, _ letterCase: LetterCase = .ignored) -> Condition {
    f(.text(.contains(text), letterCase))
  }
  static let plain: [ItemRow] = [
    .init("f: a", equals("a")),
    .init("f: [a, b]", f(.oneOf(["a", "b"], .ignored))),
    .init("f: [a, A, b]", f(.oneOf(["a", "b"], .ignored))),
    .init("f|cased: [a, A]", f(.oneOf(["a", "A"], .exact))),
    .init("f: 5", equals("5")),
    .init("f: 1.50", f(.oneOf(["1.50", "1.5"], .ignored))),
    .init("f: [1.0, 2]", f(.oneOf(["1.0", "1", "2"], .ignored))),
    .init("f: 1_000", f(.oneOf(["1_000", "1000"], .ignored))),
    .init("f: 0x1F", f(.oneOf(["0x1F", "31"], .ignored))),
    .init("f: 0b11", f(.oneOf(["0b11", "3"], .ignored))),
    .init("f: +5", f(.oneOf(["+5", "5"], .ignored))),
    .init("f: -0.0", f(.oneOf(["-0.0", "0"], .ignored))),
    .init("f: 1.5e+3", f(.oneOf(["1.5e+3", "1500"], .ignored))),
    .init("f: 1e3", equals("1e3")),
    .init("f|neq: 1.0", .not(f(.oneOf(["1.0", "1"], .ignored)))),
    .init("f|contains: 1.10", contains("1.10")),
    .init("f|re: 1.10", f(regex("1.10"))),
    .init("f|gt: 0x1F", f(number(.greater, "31"))),
    .init("f: '1.50'", equals("1.50")),
    .init("f: 00000429", equals("00000429")),
    .init("f|contains: 0755", contains("0755")),
    .init("f|gt: 5.0", f(number(.greater, "5"))),
    .init("f: true", equals("true")),
    .init("f: ''", equals("")),
    .init("f: null", .not(f(.present))),
    .init("f:", .not(f(.present))),
    .init("f: '*'", f(.present)),
    .init("f: 'a*'", f(.text(.prefix("a"), .ignored))),
    .init("f: 'a?'", f(.text(Pattern([.literal("a"), .anyOne]), .ignored))),
    .init(#"f: 'C:\Windows\*'"#, equals(#"C:\Windows*"#)),
    .init(#"f: 'C:\Windows\\*'"#, f(.text(.prefix(#"C:\Windows\"#), .ignored))),
    .init(#"f|startswith: 'C:\Windows\'"#, f(.text(.prefix(#"C:\Windows\"#), .ignored))),
    .init("f|contains: a", contains("a")),
    .init("f|endswith: a", f(.text(.suffix("a"), .ignored))),
    .init(
      "f|contains: 'a*b'",
      f(.text(Pattern([.anyRun, .literal("a"), .anyRun, .literal("b"), .anyRun]), .ignored))),
    .init("f|contains: '*a*'", contains("a")),
    .init("f|contains|all: [a, b]", .all([contains("a"), contains("b")])),
    .init("f|all|contains: [a, b]", .all([contains("a"), contains("b")])),
    .init("f|contains|cased: a", contains("a", .exact)),
    .init("f|cased|contains: a", contains("a", .exact)),
    .init("f|contains: 5", contains("5")),
    .init("f|neq: a", .not(equals("a"))),
    .init("f|neq: [a, b]", .not(f(.oneOf(["a", "b"], .ignored)))),
    .init("f|neq: null", f(.present)),
    .init("f|contains|all|neq: [a, b]", .not(.all([contains("a"), contains("b")]))),
    .init("f|exists: true", f(.present)),
    .init("f|exists: false", .not(f(.present))),
    .init("f|gt: 5", f(number(.greater, "5"))),
    .init("f|gte: 5", f(number(.greaterOrEqual, "5"))),
    .init("f|lt: -2.5", f(number(.less, "-2.5"))),
    .init("f|lte: [5, 6]", .any([f(number(.lessOrEqual, "5")), f(number(.lessOrEqual, "6"))])),
    .init("f|re: 'a\\.b'", f(regex("a\\.b"))),
    .init("f|re|i: a", f(regex("a", .ignoreCase))),
    .init("f|re|ignorecase|dotall|multiline: a.", f(regex("a.", [.ignoreCase, .dotAll, .multiline]))),
    .init("f|re|contains: a", f(regex("a"))),
    .init("f|cidr: 10.0.0.0/8", f(CIDR("10.0.0.0/8").map(Atom.network) ?? .present)),
    .init("f|cidr: 2001:db8::/32", f(CIDR("2001:db8::/32").map(Atom.network) ?? .present)),
    .init("f|fieldref: g.h", f(.sameAs(FieldPath("g", "h"), .ignored))),
    .init("f|fieldref|neq: g", .not(f(.sameAs(FieldPath("g"), .ignored)))),
    .init("f|expand: 'no placeholder, 100%'", equals("no placeholder, 100%")),
    .init(#"f|contains|expand: '50\%'"#, contains("50%")),
    .init(#"f|expand|contains: '50\%'"#, contains("50%")),
    .init(#"f|expand: '\%plain%'"#, equals("%plain%")),
    .init(#"f|expand: '\%\%*'"#, f(.text(.prefix("%%"), .ignored))),
    .init(#"f|expand: '%%'"#, equals("%%")),
    .init(#"f|expand: '%a\%'"#, equals("%a%")),
    .init(#"f|expand: 'C:\Users\*'"#, equals(#"C:\Users*"#)),
    .init(#"f|expand: 'C:\x\\*'"#, f(.text(.prefix(#"C:\x\"#), .ignored))),
    .init(#"f|expand: '\\\%'"#, equals(#"\%"#)),
    .init(#"f|re|expand: 'a\%x\%\d'"#, f(regex(#"a%x%\d"#))),
    .init(#"f: '50\%'"#, equals(#"50\%"#)),
    .init("null: [x, y]", .any([.anywhere(.contains("x"), .ignored), .anywhere(.contains("y"), .ignored)])),
    .init("~: x", .anywhere(.contains("x"), .ignored)),
    .init("'null': x", .test(FieldPath("null"), .text(.equals("x"), .ignored))),
    .init("userIdentity.type: a", .test(FieldPath("userIdentity", "type"), .text(.equals("a"), .ignored))),
    .init("Source Name: a", .test(FieldPath("Source Name"), .text(.equals("a"), .ignored))),
    .init(
      "'|all': [a, b]", .all([.anywhere(.contains("a"), .ignored), .anywhere(.contains("b"), .ignored)])),
  ]

  /// Base64 worked out with RFC 4648's own tool: `printf foo | base64` is `Zm9v`. With one byte before it the
  /// text is `?mb28`… whose first two characters hold bits of the neighbour, and so on.
  static let encoded: [ItemRow] = [
    .init("f|base64: foo", equals("Zm9v")),
    .init("f|base64: 'fo'", equals("Zm8=")),
    .init("f|base64|cased: foo", equals("Zm9v", .exact)),
    .init("f|base64offset|contains: ab", .any(["YW", "Fi", "hY"].map { contains($0) })),
    .init("f|base64offset|contains: foo", .any(["Zm9v", "Zvb", "mb2"].map { contains($0) })),
    .init("f|wide|base64: ab", equals("YQBiAA==")),
    .init("f|utf16le|base64: ab", equals("YQBiAA==")),
    .init("f|utf16be|base64: ab", equals("AGEAYg==")),
    .init("f|utf16|base64: ab", equals("//5hAGIA")),
    .init("f|wide|contains: ab", contains("a\0b\0")),
    .init("f|wide|base64: ä", equals("5AA=")),
    .init(
      "f|windash|contains: ' -x'",
      .any([" -x", " /x", " \u{2013}x", " \u{2014}x", " \u{2015}x"].map { contains($0) })),
    .init("f|windash: 'a-b'", equals("a-b")),
    .init("f|windash: '-'", equals("-")),
    .init(
      "f|windash: '-x'", f(.oneOf(["-x", "/x", "\u{2013}x", "\u{2014}x", "\u{2015}x"], .ignored))),
  ]

  @Test("items", arguments: plain + encoded)
  func item(_ row: ItemRow) throws {
    #expect(Unordered(try read("s: {\(row.item)}\ncondition: s")) == Unordered(row.condition))
  }

  static let a = equals("a")
  static let b = g(.text(.equals("b"), .ignored))
  static let keyword: @Sendable (String) -> Condition = { .anywhere(.contains($0), .ignored) }

  /// Selections and a condition, and what they mean.
  static let detections: [ItemRow] = [
    .init("s: {f: a, g: b}\ncondition: s", .all([a, b])),
    .init("s: [{f: a}, {g: b}]\ncondition: s", .any([a, b])),
    .init("s: [x, y]\ncondition: s", .any([keyword("x"), keyword("y")])),
    .init("s: x\ncondition: s", keyword("x")),
    .init("s: [4688]\ncondition: s", keyword("4688")),
    .init("s: [[x, y], [z]]\ncondition: s", .any([keyword("x"), keyword("y"), keyword("z")])),
    .init(
      "s: [{'|all': [x, y]}, {f: a}]\ncondition: s", .any([.all([keyword("x"), keyword("y")]), a])),
    .init("s: {'|contains': [x, y]}\ncondition: s", .any([keyword("x"), keyword("y")])),
    .init("s: {'|cased': X}\ncondition: s", .anywhere(.contains("X"), .exact)),
    .init("s: [true]\ncondition: s", keyword("true")),
    .init("s: [1.10]\ncondition: s", keyword("1.10")),
    .init("them: {f: a}\ncondition: them", a),
    .init("s_a: {f: a}\nx-s: {g: b}\ncondition: 1 of *-s or 1 of s*a", .any([a, b])),
    .init("s: [x, {f: a}]\ncondition: s", .any([keyword("x"), a])),
    .init("s: {f: a}\nt: {g: b}\ncondition: s and not t", .all([a, .not(b)])),
    .init("s: {f: a}\nt: {g: b}\ncondition: not s or t", .any([.not(a), b])),
    .init("s: {f: a}\nt: {g: b}\ncondition: not (s or t)", .not(.any([a, b]))),
    .init("s: {f: a}\nt: {g: b}\ncondition: s or t and s", a),
    .init("s_1: {f: a}\ns_2: {g: b}\ncondition: 1 of s_*", .any([a, b])),
    .init("s_1: {f: a}\ns_2: {g: b}\ncondition: any of s_*", .any([a, b])),
    .init("s_1: {f: a}\ns_2: {g: b}\ncondition: all of s_*", .all([a, b])),
    .init("s: {f: a}\nt: {g: b}\ncondition: all of them", .all([a, b])),
    .init("s: {f: a}\nt: {g: b}\ncondition: 1 of them", .any([a, b])),
    .init("s: {f: a}\n_t: {g: b}\ncondition: s and 1 of them or _t", .any([a, b])),
    .init("s: {f: a}\nt: {g: b}\ncondition: [s, t]", .any([a, b])),
    .init("s: {f: a}\nt: {g: b}\ncondition: |\n  s\n  and\n  t", .all([a, b])),
    .init("s-x: {f: a}\ncondition: s-x", a),
  ]

  @Test("detections", arguments: detections)
  func detection(_ row: ItemRow) throws {
    // `s or t and s` is `s or (t and s)`; as a formula it is `s`, so compare by truth table there.
    let condition = try read(row.item)
    let events = [
      "{}", #"{"f":"a"}"#, #"{"g":"b"}"#, #"{"f":"a","g":"b"}"#, #"{"x":"x"}"#, #"{"n":"y 4688"}"#,
    ]
    for text in events {
      let event = try #require(Event(try JSON.parse(text)))
      #expect(condition.holds(of: event) == row.condition.holds(of: event), "\(text)")
    }
  }

  @Test("metadata")
  func metadata() throws {
    let text = """
      title: A title
      id: 9f1e4e59-1e1c-4b5e-8f43-6d1f0d7a4d7e
      related:
        - {id: 0a1b2c3d-0000-4000-8000-000000000000, type: similar}
      name: a_rule
      status: test
      description: What it finds
      license: MIT
      references: [https://example.org/a]
      author: A, B
      date: 2024-01-02
      modified: 2024-03-04
      tags: [attack.execution, attack.t1059.001, attack.g0016, cve.2021-44228]
      logsource: {product: windows, category: process_creation, definition: Audit it}
      detection: {s: {f: a}, condition: s}
      fields: [CommandLine, user.name]
      falsepositives: [Admins]
      level: high
      simulation: {x: 1}
      """
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    let rule = document.rule
    #expect(document.warnings.isEmpty)
    #expect(rule.id == "9f1e4e59-1e1c-4b5e-8f43-6d1f0d7a4d7e")
    #expect(
      rule.title == "A title" && rule.status == "test" && rule.author == "A, B" && rule.severity == .high)
    #expect(rule.date == "2024-01-02" && rule.modified == "2024-03-04")
    #expect(
      rule.attack.map(\.tactic) == ["execution", nil] && rule.attack.map(\.technique) == [nil, "T1059.001"])
    #expect(rule.tags == ["attack.g0016", "cve.2021-44228"])
    #expect(rule.logSources == [LogSource(category: "process_creation", product: "windows")])
    #expect(rule.outputFields.map(\.path) == [FieldPath("CommandLine"), FieldPath("user", "name")])
    #expect(rule.unknown.members.map(\.key) == ["related", "license", "simulation", "name", "logsource"])
    // Written again, nothing is lost.
    let again = try Language.sigma.write(rule, options: LanguageOptions())
    #expect(again.notes.isEmpty)
    var reread = try #require(
      try Language.sigma.read(Source(text: again.text), options: LanguageOptions()).first
    ).rule
    var expected = rule
    reread.unknown.members.sort { $0.key < $1.key }
    expected.unknown.members.sort { $0.key < $1.key }
    #expect(reread == expected)
  }
}

@Suite("Several documents in a file")
struct CollectionTests {
  static let event = Event(Value.Object([.init("f", .string("a")), .init("g", .string("b"))]))

  private func rules(_ text: String) throws -> [RuleDocument] {
    try Language.sigma.read(Source(text: text), options: LanguageOptions())
  }

  @Test("`action: global` is merged into what follows, `reset` ends it, `repeat` repeats the rule before")
  func actions() throws {
    let documents = try rules(
      """
      action: global
      title: t
      logsource: {product: aws}
      detection: {s: {f: a}, condition: s}
      ---
      detection: {t: {g: b}, condition: s and t}
      ---
      action: repeat
      title: u
      detection: {condition: s or t}
      ---
      action: reset
      ---
      title: v
      logsource: {product: gcp}
      detection: {x: {f: c}, condition: x}
      """)
    #expect(documents.map(\.rule.title) == ["t", "u", "v"])
    let (s, t) = (f(.text(.equals("a"), .ignored)), g(.text(.equals("b"), .ignored)))
    // What the global document says counts, as it does in pySigma.
    #expect(documents[0].rule.condition == s)
    #expect(documents[1].rule.condition == .any([s, t]))
    #expect(documents[2].rule.condition == f(.text(.equals("c"), .ignored)))
  }

  @Test("a global document counts more than the rules, and the last one stands")
  func global() throws {
    let documents = try rules(
      """
      action: global
      title: old
      level: high
      ---
      action: global
      title: new
      logsource: {product: aws}
      detection: {s: {f: a}}
      ---
      title: own
      detection: {s: {f: [b], g: b}, condition: s}
      """)
    let rule = try #require(documents.first).rule
    #expect(rule.title == "new" && rule.severity == nil)
    #expect(rule.condition == .all([f(.text(.equals("a"), .ignored)), g(.text(.equals("b"), .ignored))]))
  }

  @Test("a filter is joined to the rules that it names, of its own log source")
  func filters() throws {
    let rule =
      "title: t\nname: one\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {f: a}, condition: s}\n"
    let filter =
      "---\ntitle: no b\nlogsource: {product: aws}\nfilter: {rules: [one], t: {g: b}, condition: not t}\n"
    let document = try #require(try rules(rule + filter).first)
    let (s, t) = (f(.text(.equals("a"), .ignored)), g(.text(.equals("b"), .ignored)))
    #expect(document.rule.condition == .all([s, .not(t)]))
    #expect(document.warnings.isEmpty)
    let verdicts = try Language.sigma.run(
      rule + filter, on: [CollectionTests.event], options: LanguageOptions())
    #expect(verdicts == [false])

    let other = rule.replacing("one", with: "two").replacing("aws", with: "gcp")
    let both = try rules(
      [rule, "---\n", other, filter.replacing("[one]", with: "[one, two, three]")].joined())
    #expect(both.map(\.rule.condition) == [.all([s, .not(t)]), s])
    #expect(
      both.flatMap(\.warnings).map { "\($0.code.rawValue) \($0.message)" } == [
        "W378 the filter does not apply to `two`, which reads another log source",
        "W224 the filter names `three`, and no rule that is read with it is called so",
      ])
    #expect(both.flatMap(\.warnings).map { $0.labels.first?.span.start.line } == [13, 13])

    let any = filter.replacing("[one]", with: "any")
    #expect(try #require(try rules(rule + any).first).rule.condition == .all([s, .not(t)]))
  }

  @Test("a filter that negates nothing keeps what it selects: a warning at its condition")
  func inverted() throws {
    let rule = "title: t\nlogsource: {product: aws}\ndetection: {s: {f: a}, condition: s}\n---\n"
    let filter = { (detail: String) in
      "title: x\nlogsource: {product: aws}\nfilter: {rules: any, \(detail)}\n"
    }
    for (detail, isInverted) in [
      ("t: {g: b}, condition: t", true), ("t: {g: b}, u: {h: c}, condition: t or 1 of u*", true),
      ("t: {g: b}, condition: not t", false), ("t: {g: b}, u: {h: c}, condition: t and not u", false),
      ("t: {g|neq: b}, condition: t", false), ("t: [{g|neq: b}, {h: c}], condition: t", false),
    ] {
      let warnings = try rules(rule + filter(detail)).flatMap(\.warnings)
      #expect(warnings.map(\.code.rawValue) == (isInverted ? ["W390"] : []), "\(detail)")
      guard let warning = warnings.first else { continue }
      #expect(
        warning.message
          == "the filter negates nothing: of the rules' matches it keeps only those that it selects")
      #expect(warning.help == ["to leave them out write `not` before the condition"])
      #expect(warning.labels.first?.span.start.line == 7)
    }
  }

  @Test("a filter that applies to no rule that is read with it is right and refused, never nothing")
  func lonelyFilters() throws {
    let rule = "title: t\nname: one\nlogsource: {product: aws}\ndetection: {s: {f: a}, condition: s}\n"
    let filter = "title: no b\nlogsource: {product: gcp}\nfilter: {rules: any, t: {g: b}, condition: not t}\n"
    for text in [filter, rule + "---\n" + filter] {
      let collection = Language.sigma.readAll(Source(text: text), options: LanguageOptions())
      let refused = try #require(collection.refused.first)
      #expect(collection.refused.count == 1 && refused.isCorrect)
      #expect(refused.reason?.code.rawValue == "E335")
      #expect(refused.reason?.message == "the filter applies to no rule that is read with it")
      #expect(refused.reason?.labels.first?.span.start.column == 1)
      #expect(collection.documents.count == (text == filter ? 0 : 1))
      #expect(throws: Diagnostic.self) { try rules(text) }
      #expect(throws: Diagnostic.self) { try Language.sigma.run(text, on: [], options: LanguageOptions()) }
    }
  }

  @Test("a rule is not read without a filter that is wrong")
  func wrongFilters() {
    let rule = "title: t\nlogsource: {product: aws}\ndetection: {s: {f: a}, condition: s}\n---\n"
    for detail in ["t: {g|x: b}, condition: not t", "t: {g: b}, condition: not u", "t: {g: b}"] {
      let filter = "title: no b\nlogsource: {product: aws}\nfilter: {rules: any, \(detail)}\n"
      let collection = Language.sigma.readAll(Source(text: rule + filter), options: LanguageOptions())
      #expect(collection.documents.isEmpty, "\(detail)")
      #expect(
        collection.refused.first?.errors.map { "\($0.code.rawValue) \($0.message)" } == [
          "E336 the filter `no b` applies to this rule, and cannot be read"
        ])
      #expect(collection.refused.first?.errors.first?.labels.first?.span.start.line == 1)
      #expect(collection.refused.count == 2 && collection.refused.last?.isCorrect == false)
    }
  }

  @Test("a rule of several log sources is a document each")
  func severalSources() throws {
    var rule = Rule(id: "r", title: "t", condition: f(.text(.equals("a"), .ignored)))
    rule.logSources = [.cloudTrail, LogSource(product: "gcp", service: "gcp.audit")]
    let text = try Language.sigma.write(rule, options: LanguageOptions()).text
    let read = try rules(text)
    #expect(
      read.map(\.rule.logSources)
        == rule.logSources.map { [LogSource(product: $0.product, service: $0.service)] })
    #expect(Set(read.map(\.rule.id)).count == 2)
    #expect(try Language.sigma.run(text, on: [CollectionTests.event], options: LanguageOptions()) == [true])
  }
}
