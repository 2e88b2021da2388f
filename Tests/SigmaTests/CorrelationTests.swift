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
    let refused = try #require(collection.refused.first)
    #expect(refused.isCorrect, "\(refused.errors.map(\.message))")
    #expect(refused.warnings.map(\.message) == [row.message])
    #expect(refused.warnings.map(\.code.rawValue) == [row.code])
    if let span { #expect(refused.warnings.first?.labels.first?.span == span) }
    if let help = row.help { #expect(refused.warnings.first?.help.first == help) }
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

  @Test("right, and refused by its type where a query is wanted")
  func refused() throws {
    let source = Source(name: "c.yml", text: correlation(""))
    let collection = Language.sigma.readAll(source, options: LanguageOptions())
    let refused = try #require(collection.refused.first)
    #expect(refused.isCorrect && refused.warnings.isEmpty && refused.refusals.count == 1)
    #expect(refused.reason?.message == "a correlation of type `event_count` cannot be compiled yet")
    #expect(refused.reason?.code.rawValue == "E333" && refused.reason?.source == source)
    let type = try #require(refused.reason?.labels.first?.span)
    #expect(source.text.split(separator: "\n")[type.start.line - 1].contains("event_count"))
    // Its rules are read, and each says that it was not meant to be run alone.
    #expect(
      collection.documents.map { $0.warnings.map(\.message) }
        == ["one", "two"].map {
          ["`\($0)` is a part of the correlation `c`, and not meant to be run alone"]
        })
    #expect(collection.documents.flatMap(\.warnings).map(\.code.rawValue) == ["N381", "N381"])
    let generating = Language.sigma.readAll(
      Source(text: correlation("generate: true")), options: LanguageOptions())
    #expect(generating.documents.count == 2 && generating.documents.allSatisfy { $0.warnings.isEmpty })
    // Where only rules are wanted, the whole file is refused.
    let error = #expect(throws: Diagnostic.self) {
      try Language.sigma.read(source, options: LanguageOptions())
    }
    #expect(error == refused.reason)
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
