import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSigma

/// The body of a correlation, one key a line, without what the row gives.
private func correlation(_ lines: String) -> String {
  let given = lines.replacing("⟦", with: "").split(separator: "\n").compactMap {
    $0.split(separator: ":").first.map(String.init)
  }
  let rest = [
    ("type", "event_count"), ("rules", "[one, two]"), ("group-by", "[User]"), ("timespan", "1h"),
    ("condition", "{gte: 10}"),
  ].filter { !given.contains($0.0) && !given.contains("-\($0.0)") }
  let body = lines.split(separator: "\n").filter { !$0.hasPrefix("-") } + rest.map { "\($0.0): \($0.1)" }
  return base + "title: c\nname: c\ncorrelation:\n" + body.map { "  \($0)\n" }.joined()
}

private let base = ["one", "two"].map {
  "title: \($0)\nname: \($0)\nlogsource: {product: aws}\ndetection: {s: {f: a}, condition: s}\n---\n"
}.joined()

@Suite("Correlations")
struct CorrelationTests {
  /// What is wrong with a correlation, at ⟦…⟧. A line `-key` takes that key away.
  static let errors: [BadRow] = [
    .init(
      "type: ⟦event_cuont⟧", "E206", "unknown type of correlation `event_cuont`",
      "did you mean `event_count`?"),
    .init("-type: x", "E303", "the correlation has no `type`"),
    .init("-rules: x", "E303", "the correlation has no `rules`"),
    .init("-timespan: x", "E303", "the correlation has no `timespan`"),
    .init("-condition: x", "E303", "the correlation has no `condition`"),
    .init("rules: ⟦[]⟧", "E304", "`rules` must be a list of ids or names of rules"),
    .init("rules: [one, ⟦[two]⟧]", "E304", "`rules` must be a list of ids or names of rules"),
    .init(
      "timespan: ⟦5min⟧", "E315", "`5min` is not a time span",
      "write a number and one of `s`, `m`, `h` and `d`, such as `90m`"),
    .init("timespan: ⟦0s⟧", "E315", "`0s` is not a time span"),
    .init("timespan: ⟦-5m⟧", "E315", "`-5m` is not a time span"),
    .init("timespan: ⟦+5m⟧", "E315", "`+5m` is not a time span"),
    .init("timespan: ⟦5M⟧", "E315", "`5M` is not a time span"),
    .init("timespan: ⟦99999999999999999d⟧", "E315", "`99999999999999999d` is not a time span"),
    .init("timespan: ⟦60⟧", "E315", "`60` is not a time span"),
    .init(
      "condition: {⟦gtt⟧: 5}", "E206", "unknown condition of a correlation `gtt`", "did you mean `gt`?"),
    .init("condition: {gte: ⟦'5'⟧}", "E304", "`gte` must be a number"),
    .init(
      "condition: ⟦{field: User}⟧", "E315",
      "the condition of a correlation compares once, or twice for a range, not 0 times"),
    .init(
      "condition: ⟦{gt: 1, lt: 5, neq: 3}⟧", "E315",
      "the condition of a correlation compares once, or twice for a range, not 3 times"),
    .init("condition: ⟦one and two⟧", "E304", "`condition` must be a map"),
    .init(
      "type: temporal\ncondition: one and ⟦tow⟧", "E209",
      "the condition names `tow`, which is not among the correlation's rules", "did you mean `two`?"),
    .init("type: temporal\ncondition: ⟦1 of them⟧", "E330", "the condition of a correlation has no patterns"),
    .init("type: temporal\ncondition: one ⟦AND⟧ two", "E101", "`AND` is written in capitals"),
    .init(
      "type: value_count\ncondition: ⟦{⟧gte: 10}", "E303", "a `value_count` correlation needs a `field`",
      "name it in the condition, `field: User`"),
    .init(
      "type: value_percentile\ncondition: {field: x, gte: 10, percentile: ⟦101⟧}", "E304",
      "`percentile` must be a number from 0 to 100"),
    .init("aliases: ⟦[a]⟧", "E304", "`aliases` must be a map"),
    .init("aliases: {a: ⟦b⟧}", "E304", "`a` must be a map of rules to fields"),
    .init("aliases: {a: {one: ⟦[b]⟧}}", "E304", "`one` must be the name of a field"),
    .init("generate: ⟦'yes'⟧", "E304", "`generate` must be `true` or `false`"),
    .init("rules: [one, ⟦c⟧]", "E334", "the correlation `c` refers to itself by this rule"),
  ]

  @Test("wrong, at its place; the rules of the file are read all the same", arguments: errors)
  func error(_ row: BadRow) throws {
    let (text, span) = unmarked(correlation(row.text))
    let collection = Language.sigma.readAll(Source(text: text), options: LanguageOptions())
    #expect(collection.documents.map(\.rule.title) == ["one", "two"])
    let refused = try #require(collection.refused.first)
    #expect(collection.refused.count == 1 && !refused.isCorrect)
    #expect(refused.errors.map(\.message) == [row.message])
    #expect(refused.errors.map(\.code.rawValue) == [row.code])
    #expect(!(refused.errors.first?.labels.isEmpty ?? true))
    // `⟦{⟧` marks where a map begins; the diagnostic has no length there.
    if let span, span.start != refused.errors.first?.labels.first?.span.end {
      #expect(refused.errors.first?.labels.first?.span.start == span.start)
    }
    if let help = row.help { #expect(refused.errors.first?.help.first == help) }
  }

  static let warnings: [BadRow] = [
    .init("-group-by: x", "W376", "the correlation has no `group-by`"),
    .init(
      "⟦timespam⟧: 1h", "W221", "unknown key `timespam` of a correlation, which is not read",
      "did you mean `timespan`?"),
    .init(
      "rules: [one, ⟦three⟧]", "W224",
      "the correlation names `three`, and no rule that is read with it is called so"),
    .init("rules: [one, two, ⟦one⟧]", "W368", "`one` stands twice in `rules`"),
    .init("type: temporal_ordered\nrules: ⟦[one]⟧", "W375", "a `temporal_ordered` correlation of one rule"),
    .init("condition: {⟦field⟧: x, gte: 1}", "W356", "`field` does nothing in a `event_count` correlation"),
    .init(
      "type: value_sum\ncondition: {field: x, gte: 1, ⟦percentile⟧: 5}", "W356",
      "`percentile` does nothing in a `value_sum` correlation"),
    .init("condition: ⟦{gt: 5, lt: 5}⟧", "W377", "no number satisfies this condition"),
    .init(
      "aliases: {a: {one: x, ⟦three⟧: y}}", "W224",
      "alias `a` is for `three`, which is not among the correlation's rules"),
  ]

  @Test("right, with a warning at its place", arguments: warnings)
  func warning(_ row: BadRow) throws {
    let (text, span) = unmarked(correlation(row.text))
    let collection = Language.sigma.readAll(Source(text: text), options: LanguageOptions())
    #expect(!collection.refused.contains { !$0.isCorrect })
    let own = collection.documents.dropFirst(2).flatMap(\.warnings).filter {
      $0.code != .countedOnce && $0.code != .numbersTaken
    }
    let warnings = collection.refused.flatMap(\.warnings) + own
    #expect(warnings.map(\.message) == [row.message])
    #expect(warnings.map(\.code.rawValue) == [row.code])
    if let span { #expect(warnings.first?.labels.first?.span == span) }
    if let help = row.help { #expect(warnings.first?.help.first == help) }
  }

  private func parsed(_ lines: String) throws -> SigmaCorrelation {
    let file = SigmaParser.file(Source(text: correlation(lines)))
    let first = try #require(file.correlations.first)
    #expect(first.issues.errors.isEmpty && first.issues.warnings.isEmpty)
    return try #require(first.parsed.correlation)
  }

  @Test("read into the model")
  func model() throws {
    let range = try parsed("condition: {gt: 100, lte: 200}\ntimespan: 90m")
    #expect(range.kind == .eventCount && range.rules == ["one", "two"] && range.groupBy == ["User"])
    #expect(range.timespan == 5400 && !range.generate && range.metadata.name == "c")
    #expect(
      range.criterion
        == .bounds(
          [.init(comparison: .gt, number: Number(100)), .init(comparison: .lte, number: Number(200))],
          fields: [], percentile: nil))
    let fields = try parsed("type: value_count\ncondition: {field: [a, b], eq: 1}\ngenerate: true")
    #expect(
      fields.criterion
        == .bounds(
          [.init(comparison: .eq, number: Number(1))], fields: ["a", "b"], percentile: nil))
    #expect(fields.generate)
    let percentile = try parsed("type: value_percentile\ncondition: {field: a, gt: 1.5, percentile: 95}")
    #expect(
      percentile.criterion
        == .bounds(
          [.init(comparison: .gt, number: try #require(Number("1.5")))], fields: ["a"],
          percentile: Number(95)))
    let aliases = try parsed("type: temporal\n-condition: x\naliases: {ip: {one: src.ip, two: dst.ip}}")
    #expect(aliases.criterion == nil)
    #expect(
      aliases.aliases == [
        .init(name: "ip", fields: [.init(rule: "one", field: "src.ip"), .init(rule: "two", field: "dst.ip")])
      ])
    let expression = try parsed("type: temporal\ncondition: one and not two")
    guard case .expression(let condition)? = expression.criterion else {
      Issue.record("no expression")
      return
    }
    #expect(condition.description == "one and not two")
    for kind in SigmaCorrelation.Kind.allCases {
      #expect(
        try parsed("type: \(kind.rawValue)\ncondition: {\(kind.needsField ? "field: x, " : "")gt: 1}").kind
          == kind)
    }
    for (text, seconds) in [("7s", 7), ("2m", 120), ("3h", 10_800), ("1d", 86_400)] {
      #expect(try parsed("timespan: \(text)").timespan == seconds)
    }
  }

  /// What a correlation finds, in words; `one` and `two` ask `f` for `a`.
  static let meanings: [(String, String)] = [
    ("", "count() >= 10 by User within 1 h"),
    ("group-by: [a.b, User, a.b]", "count() >= 10 by a.b, User within 1 h"),
    ("-group-by: x", "count() >= 10 within 1 h"),
    ("timespan: 90s\ncondition: {gt: 2.5}", "count() >= 3 by User within 90 s"),
    ("condition: {gt: 100, lte: 200}", "count() >= 101 and count() < 201 by User within 1 h"),
    ("condition: {eq: 3}", "count() >= 3 and count() < 4 by User within 1 h"),
    ("condition: {neq: 3}", "not (count() >= 3 and count() < 4) by User within 1 h"),
    ("condition: {lt: 3}", "count() < 3 by User within 1 h"),
    ("type: value_count\ncondition: {field: ip, gte: 4}", "distinct(ip) >= 4 by User within 1 h"),
    ("type: value_sum\ncondition: {field: x, gt: 99.5}", "sum(x) >= 100 by User within 1 h"),
    ("type: value_sum\ncondition: {field: x, lt: 5}", "sum(x) < 5 and numbers >= 1 by User within 1 h"),
    ("type: value_avg\ncondition: {field: x, gt: 2.5}", "average(x) > 2.5 by User within 1 h"),
    (
      "type: value_avg\ncondition: {field: x, eq: 2}",
      "average(x) >= 2 and average(x) <= 2 by User within 1 h"
    ),
    ("type: temporal\n-condition: x", "one >= 1 and two >= 1 by User within 1 h"),
    ("type: temporal\n-rules: x\ncondition: two and one", "two >= 1 and one >= 1 by User within 1 h"),
    ("type: temporal\ncondition: one or two", "one >= 1 or two >= 1 by User within 1 h"),
    ("type: temporal\ncondition: {gte: 1}", "one >= 1 or two >= 1 by User within 1 h"),
    ("type: temporal\ncondition: {gte: 2}", "one >= 1 and two >= 1 by User within 1 h"),
    ("type: temporal_ordered\n-rules: x\ncondition: two and one", "two, then one >= 2 by User within 1 h"),
    ("type: temporal\ncondition: not not one", "one >= 1 by User within 1 h"),
    ("type: temporal_ordered\n-condition: x", "one, then two >= 2 by User within 1 h"),
    (
      "type: temporal_ordered\n-condition: x\nrules: [one, two, one]",
      "one, then two, then one 2 >= 3 by User within 1 h"
    ),
    ("type: temporal_ordered\ncondition: {eq: 2}", "one, then two >= 2 by User within 1 h"),
    ("group-by: [who]\naliases: {who: {one: x.y, two: x.y}}", "count() >= 10 by x.y within 1 h"),
  ]

  @Test("what each type finds", arguments: meanings)
  func meaning(_ lines: String, _ words: String) throws {
    let source = Source(name: "c.yml", text: correlation(lines))
    let collection = Language.sigma.readAll(source, options: LanguageOptions())
    #expect(collection.refused.isEmpty)
    let rule = try #require(collection.documents.last?.rule)
    #expect(rule.id == "c" && rule.logSources.map(\.product) == ["aws"])
    #expect(rule.aggregate?.description == words)
    #expect(rule.condition == collection.documents.first?.rule.condition)
  }

  /// What is right and no detection here.
  static let refusals: [(String, String)] = [
    ("type: value_sum\ncondition: {field: [x, y], gt: 1}", "of several fields"),
    ("type: value_avg\ncondition: {field: [x, y], gt: 1}", "of several fields"),
    ("type: value_avg\ncondition: {field: x, gt: 0.0001}", "more digits"),
    ("type: value_percentile\ncondition: {field: x, gt: 1}", "between two others"),
    ("type: value_median\ncondition: {field: x, gt: 1}", "between two others"),
    ("type: value_count\ncondition: {field: [x, y], gte: 4}", "counted of several fields"),
    ("type: temporal\ncondition: one and not two", "a match that is not there"),
    ("type: temporal\ncondition: {lt: 2}", "some of its rules have no match"),
    ("type: temporal_ordered\ncondition: {gte: 1}", "in no order"),
    ("rules: [one, three]", "no rule that is read with it is called `three`"),
    (
      "group-by: [who]\naliases: {who: {one: x, two: y}}",
      "two fields of an event that two of its rules match"
    ),
    ("group-by: [who]\naliases: {who: {one: x}}", "alias `who` is no field of `two`"),
  ]

  @Test("right, and refused with a reason at its type", arguments: refusals)
  func refused(_ lines: String, _ reason: String) throws {
    let source = Source(name: "c.yml", text: correlation(lines))
    let collection = Language.sigma.readAll(source, options: LanguageOptions())
    let refused = try #require(collection.refused.first)
    #expect(refused.isCorrect && refused.refusals.count == 1)
    #expect(refused.reason?.message.contains(reason) == true, "\(refused.reason?.message ?? "")")
    #expect(refused.reason?.code.rawValue == "E333" && refused.reason?.source == source)
    // Where only rules are wanted, the whole file is refused.
    let error = #expect(throws: Diagnostic.self) {
      try Language.sigma.read(source, options: LanguageOptions())
    }
    #expect(error == refused.reason)
  }

  @Test("its rules are read, and each says that it was not meant to be run alone")
  func roles() throws {
    let collection = Language.sigma.readAll(
      Source(name: "c.yml", text: correlation("")), options: LanguageOptions())
    #expect(
      collection.documents.map { $0.warnings.map(\.message) }
        == ["one", "two"].map {
          ["`\($0)` is a part of the correlation `c`, and not meant to be run alone"]
        } + [["an event that several of these 2 rules match is counted once"]])
    #expect(collection.documents.flatMap(\.warnings).map(\.code.rawValue) == ["N381", "N381", "N393"])
    let generating = Language.sigma.readAll(
      Source(text: correlation("generate: true\nrules: [one]")), options: LanguageOptions())
    #expect(generating.documents.count == 3 && generating.documents.allSatisfy { $0.warnings.isEmpty })
  }

  @Test("rules of other logs count where they read, and rules of other files with their filters")
  func elsewhere() throws {
    let others = """
      title: Two
      name: two
      logsource: {product: okta}
      detection: {s: {f: b}, condition: s}
      ---
      title: Not the scanner
      logsource: {product: okta}
      filter: {rules: [two], s: {user: scanner}, condition: not s}
      """
    let own =
      base.split(separator: "---\n")[0] + "---\n"
      + "title: c\nname: c\ncorrelation: {type: temporal, rules: [one, two], group-by: [User], timespan: 5m}\n"
    let sources = [Source(name: "c.yml", text: String(own)), Source(name: "o.yml", text: others)]
    let reading = SigmaCollection.reading
    let options = reading.options(sources.map(reading.contribution), LanguageOptions())
    let rule = try #require(Language.sigma.readAll(sources[0], options: options).documents.last?.rule)
    #expect(rule.logSources.map(\.product) == ["aws", "okta"])
    let detection = rule.detection
    func matches(_ product: String, _ json: String) throws -> Bool {
      let event = try #require(Event(try JSON.parse(json)))
      return detection.holds(of: Event(event.object, in: Place([.product: [product]])))
    }
    #expect(try matches("aws", #"{"f":"a"}"#))
    #expect(try !matches("aws", #"{"f":"b"}"#))
    #expect(try matches("okta", #"{"f":"b"}"#))
    #expect(try !matches("okta", #"{"f":"a"}"#))
    #expect(try !matches("okta", #"{"f":"b","user":"scanner"}"#))
    // A rule that cannot be read is no part of a detection.
    let broken = Source(name: "o.yml", text: others.replacing("{f: b}", with: "{f|x: b}"))
    let without = reading.options([sources[0], broken].map(reading.contribution), LanguageOptions())
    let refused = Language.sigma.readAll(sources[0], options: without).refused
    #expect(refused.first?.reason?.message.contains("the rule `two` cannot be read") == true)
  }

  @Test("pipelines name its fields as those of its rules")
  func pipelines() throws {
    let pipeline = Source(
      name: "p.yml",
      text: """
        name: p
        priority: 10
        transformations:
          - type: field_name_mapping
            mapping: {User: actor.id, ip: [a, b]}
        """)
    var options = LanguageOptions()
    options.sigma.pipelines = [pipeline]
    let read = Language.sigma.readAll(Source(text: correlation("")), options: options)
    #expect(read.documents.last?.rule.aggregate?.description == "count() >= 10 by actor.id within 1 h")
    let several = Language.sigma.readAll(
      Source(text: correlation("type: value_count\ncondition: {field: ip, gte: 4}")), options: options)
    #expect(several.refused.first?.reason?.message.contains("a pipeline makes 2 fields of `ip`") == true)
  }

  @Test("correlations of correlations, and circles")
  func chains() {
    func chain(_ first: String, _ second: String) -> RuleCollection {
      let one = correlation("rules: [\(first)]")
      let two = "---\ntitle: d\nname: d\ncorrelation: {type: event_count, rules: [\(second)], "
      return Language.sigma.readAll(
        Source(text: one + two + "group-by: [a], timespan: 1s, condition: {gt: 1}}\n"),
        options: LanguageOptions())
    }
    #expect(chain("one", "c").refused.allSatisfy { $0.isCorrect && $0.warnings.isEmpty })
    #expect(
      chain("d", "c").refused.flatMap(\.errors).map(\.message) == [
        "the correlation `c` refers to itself by this rule",
        "the correlation `d` refers to itself by this rule",
      ])
  }

  @Test("a long chain of correlations, and one that ends in a circle of two")
  func longChain() {
    let count = 2_000
    func collection(last: Int) -> SigmaCollection {
      let correlations = (0..<count).map { number in
        SigmaCollection.Correlation(
          names: ["c\(number)"], references: ["c\(number + 1 < count ? number + 1 : last)"], title: "",
          generates: true, source: "")
      }
      return SigmaCollection([.init(source: "", rules: [], filters: [], correlations: correlations)])
    }
    func cycles(_ collection: SigmaCollection) -> [Int] {
      (0..<count - 1).filter { collection.isCycle(from: ["c\($0)"], to: "c\($0 + 1)") }
    }
    #expect(cycles(collection(last: -1)).isEmpty)
    #expect(cycles(collection(last: count - 2)) == [count - 2])
    #expect(cycles(collection(last: 0)).count == count - 1)
    #expect(collection(last: count - 1).isCycle(from: ["c\(count - 1)"], to: "c\(count - 1)"))
  }
}
