import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Testing

@testable import ConcordSigma

/// Files that are read as one collection.
@Suite("Filters and correlations find rules of other files")
struct RuleCollectionTests {
  static func rule(_ name: String, _ logSource: String = "product: aws", id: String? = nil) -> String {
    "title: \(name)\nname: \(name)\n\(id.map { "id: \($0)\n" } ?? "")logsource: {\(logSource)}\n"
      + "detection: {s: {f: a}, condition: s}\n"
  }
  static func filter(
    _ rules: String, _ logSource: String = "product: aws", detail: String = "t: {g: b}, condition: not t"
  ) -> String {
    "title: no b\nlogsource: {\(logSource)}\nfilter: {rules: \(rules), \(detail)}\n"
  }
  static func correlation(_ rules: String, name: String = "c", _ more: String = "") -> String {
    "title: \(name)\nname: \(name)\ncorrelation: {type: event_count, rules: [\(rules)], group-by: [u], "
      + "timespan: 1h, condition: {gte: 3}}\n\(more)"
  }

  /// Each file as a part of the collection of all.
  static func read(_ texts: [String], _ options: LanguageOptions = LanguageOptions()) -> [RuleCollection] {
    let sources = texts.enumerated().map { Source(name: "\($0.offset).yml", text: $0.element) }
    var options = options
    let reading = SigmaCollection.reading
    if sources.contains(where: reading.concernsOthers) {
      options = reading.options(sources.map(reading.contribution), options)
    }
    return sources.map { SigmaReader.readAll($0, options: options) }
  }

  static let uuid = "11111111-1111-4111-8111-111111111111"

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let files: [String]
    /// For each rule in order, whether the filter of `g` is joined to it.
    let filtered: [Bool]
    /// What is said, of all files in order.
    var told: [String] = []

    init(_ name: String, _ files: [String], _ filtered: [Bool], _ told: String...) {
      (testDescription, self.files, self.filtered, self.told) = (name, files, filtered, told)
    }
  }

  static let rows: [Row] = [
    Row("by name", [rule("one"), filter("[one]"), rule("two")], [true, false]),
    Row("the filter comes first", [filter("[one]"), rule("one")], [true]),
    Row("by id", [rule("one", id: uuid), filter("[\(uuid)]")], [true]),
    Row("one for all", [rule("one"), filter("any"), rule("two")], [true, true]),
    Row("another log", [rule("one", "product: gcp"), rule("two"), filter("any")], [false, true]),
    Row(
      "a part of the log", [rule("one", "product: aws, service: cloudtrail"), filter("any")], [true]),
    Row(
      "a name of nothing", [rule("one"), filter("[one, three]")], [true],
      "W224 the filter names `three`, and no rule that is read with it is called so"),
    Row(
      "a name in another log", [rule("one"), rule("two", "product: gcp"), filter("[one, two]")],
      [true, false],
      "W378 the filter does not apply to `two`, which reads another log source"),
    Row(
      "no rule at all", [rule("one"), filter("any", "product: gcp")], [false],
      "E335 the filter applies to no rule that is read with it"),
    Row(
      "a filter that cannot be read", [rule("one"), filter("any", detail: "t: {g|x: b}, condition: not t")],
      [],
      "E336 the filter `no b` of 1.yml applies to this rule, and cannot be read", "E203 unknown modifier `x`"),
    Row(
      "a filter whose condition is wrong",
      [rule("one"), filter("any", detail: "t: {g: b}, condition: not u")],
      [], "E336 the filter `no b` applies to this rule, and cannot be read",
      "W222 selection `t` is not used by the condition",
      "E202 unknown selection `u`"),
    Row("the same filter twice", [rule("one"), filter("[one]"), filter("any")], [true]),
    Row(
      "in the file and in another", [rule("one") + "---\n" + filter("[one]"), rule("two"), filter("[two]")],
      [true, true]),
    Row(
      "a correlation of two files", [rule("one"), correlation("one, two"), rule("two")],
      [false, false, false],
      "N381 `one` is a part of the correlation `c`, and not meant to be run alone",
      "N393 an event that several of these 2 rules match is counted once",
      "N381 `two` is a part of the correlation `c`, and not meant to be run alone"),
    Row(
      "one that lets its rules run", [rule("one"), correlation("one", "generate: true\n")], [false, false]),
    Row(
      "a correlation of nothing", [rule("one"), correlation("three")], [false],
      "W224 the correlation names `three`, and no rule that is read with it is called so",
      "E333 this `event_count` correlation cannot be compiled: no rule that is read with it is called `three`"
    ),
    Row(
      "a circle over files", [correlation("d"), correlation("c", name: "d")], [],
      "E334 the correlation `c` refers to itself by this rule",
      "E334 the correlation `d` refers to itself by this rule"),
    Row(
      "`action: global` ends with its file",
      ["action: global\nlevel: high\nname: g\n---\n" + rule("one"), filter("[g]"), rule("two")],
      [true, false]),
  ]

  @Test(arguments: rows)
  func files(_ row: Row) throws {
    let collections = RuleCollectionTests.read(row.files)
    let rules = collections.flatMap(\.documents).map(\.rule)
    let (f, g) = (FieldPath("f"), FieldPath("g"))
    let plain = Condition.test(f, .text(.equals("a"), .ignored))
    let filtered = Condition.all([plain, .not(.test(g, .text(.equals("b"), .ignored)))])
    #expect(rules.map(\.condition) == row.filtered.map { $0 ? filtered : plain })
    let told = collections.flatMap { collection in
      collection.documents.flatMap(\.warnings) + collection.refused.flatMap { $0.warnings + $0.refusals }
        + collection.warnings
    }
    #expect(told.map { "\($0.code.rawValue) \($0.message)" } == row.told)
  }

  @Test("what a filter of another file asks has no place in the rule's file")
  func places() throws {
    let collections = RuleCollectionTests.read([
      RuleCollectionTests.rule("one"), "\n\n\n\n\n\n" + RuleCollectionTests.filter("any"),
    ])
    let condition = try #require(collections[0].documents.first?.rule.condition)
    #expect(condition.origin(of: FieldPath("f"))?.start.line == 4)
    #expect(condition.origin(of: FieldPath("g")) == nil)
  }

  @Test("pipelines see the filters of other files with the rule")
  func pipelines() throws {
    var options = LanguageOptions()
    options.sigma.pipelines = [
      Source(
        name: "p.yml",
        text: "name: p\ntransformations:\n  - {type: field_name_mapping, mapping: {f: F, g: G}}\n")
    ]
    let collections = RuleCollectionTests.read(
      [RuleCollectionTests.rule("one"), RuleCollectionTests.filter("any")], options)
    let condition = try #require(collections[0].documents.first?.rule.condition)
    #expect(condition.paths == [FieldPath("F"), FieldPath("G")])
    #expect(collections[1].refused.isEmpty)
  }

  static let spellings: [(text: String, concerns: Bool)] = [
    (filter("any"), true), (correlation("one"), true), (rule("one"), false),
    ("{title: t, filter: {rules: any}}", true), ("'filter' : {rules: any}\ntitle: t\n", true),
    (#"{"title": "t", "filter": {"rules": "any"}}"#, true), ("  title: t\n  filter:\n    rules: any\n", true),
    ("? filter\n: {rules: any}\n", true), (rule("one").replacing("s:", with: "filter:"), false),
    ("# filter: no\n" + rule("one"), false),
  ]

  @Test("documents that concern other files are found however their key is written", arguments: spellings)
  func keys(_ row: (text: String, concerns: Bool)) {
    #expect(SigmaCollection.reading.concernsOthers(Source(text: row.text)) == row.concerns)
  }
}
