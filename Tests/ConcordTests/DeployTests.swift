import Concord
import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import TestSupport
import Testing

/// The forms in which platforms take rules as a whole.
@Suite("Formats of deployed rules")
struct DeployTests {
  /// What the formats need, and one more that Splunk takes.
  private static func options(_ format: DeployFormat) -> DeployOptions {
    var options = DeployOptions()
    if format.takes.contains(.schedule) {
      options.schedule = format.takes.contains(.needsSchedule) ? "rate(15 minutes)" : "*/15 * * * *"
    }
    if ["cloudformation", "terraform", "schedules"].contains(format.name) {
      options.settings.append(DeploySetting("Database", "lake"))
    }
    if format.name == "schedules" {
      options.settings.append(DeploySetting("RoleArn", "arn:aws:iam::123456789012:role/run"))
    }
    return options
  }

  private static func compiler(_ format: DeployFormat) -> Compiler {
    var options = LanguageOptions()
    options.athena.untyped = true
    if format.takes.contains(.window) { options.window = TimeWindow(since: Moment("-20m")) }
    return Compiler(options: options)
  }

  /// Formats that are read back, each with the reading that knows its files.
  static let formats: [String] = Registry.formats.filter { language, _ in
    language.formats.contains { $0.reading != nil }
  }.map(\.format.name)

  /// Where a hostile text stands.
  enum Place: CaseIterable { case title, description, value, tag }

  private static func rule(_ text: String, at place: Place) -> Rule {
    var rule = Rule(
      id: "r", title: place == .title ? text : "A rule",
      condition: .test(
        FieldPath("eventName"), .text(.equals(place == .value ? text : "a"), .exact)))
    rule.description = place == .description ? text : "One line\nand another"
    rule.dedupPeriodMinutes = 60
    rule.severity = .high
    rule.attack = [AttackReference(tactic: nil, technique: place == .tag ? text : "T1078")]
    return rule
  }

  @Test("what is read of a format's files are the queries that were written", arguments: formats)
  func law(_ name: String) throws {
    let (language, format) = try #require(Registry.formats.first { $0.format.name == name })
    let options = Self.options(format)
    let compiler = Self.compiler(format)
    var (held, refused) = (0, 0)
    for text in HostileValues.all {
      for place in Place.allCases {
        let rule = Self.rule(text, at: place)
        let query: DeployedQuery
        do throws(Diagnostic) {
          query = try compiler.deploy(rule, in: language, as: format, options).query
        } catch {
          refused += 1
          #expect(
            error.code == .deployValue || error.code.phase == .targets,
            "\(place) \(text.debugDescription): \(error)")
          continue
        }
        var read: [DeployedQuery] = []
        for file in try format.files([query], options) {
          let source = Source(name: file.path, text: file.text)
          guard let reading = language.format(of: source)?.reading else { continue }
          read += try reading.queries(source)
        }
        #expect(read == [query], "\(place) \(text.debugDescription)")
        held += 1
      }
    }
    // A law of refusals alone would say nothing.
    #expect(held > 3 * refused, "\(held) held, \(refused) refused")
  }

  @Test("each query is proved to be its rule when its file is read as rules", arguments: formats)
  func rules(_ name: String) throws {
    let (language, format) = try #require(Registry.formats.first { $0.format.name == name })
    let options = Self.options(format)
    let compiler = Self.compiler(format)
    var rules: [Rule] = []
    for (index, text) in HostileValues.printable.enumerated() where !text.contains("\\") {
      var rule = Self.rule(text, at: .value)
      rule.id = "r\(index)"
      rule.title = "Rule \(index)"
      rules.append(rule)
    }
    let queries = rules.compactMap { try? compiler.deploy($0, in: language, as: format, options).query }
    #expect(queries.count > rules.count / 2)
    var found: [String: RuleDocument] = [:]
    for file in try format.files(queries, options) {
      let source = Source(name: file.path, text: file.text)
      guard language.format(of: source) != nil else { continue }
      for document in try compiler.load(source) { found[document.rule.id] = document }
    }
    #expect(found.count == queries.count)
    for rule in rules {
      guard let document = found[rule.id] else { continue }
      let text = try #require(document.deployed?.text)
      let proof = compiler.prove(Query(text: text), for: rule, in: language)
      guard case .proved = proof.outcome else {
        Issue.record("\(rule.id): \(proof.outcome)")
        continue
      }
    }
  }

  @Test("templates hold 500 resources each") func parts() throws {
    let (language, format) = try #require(Registry.formats.first { $0.format.name == "cloudformation" })
    let options = Self.options(format)
    let queries = try (0..<1_001).map { index in
      var rule = Self.rule("a", at: .value)
      rule.title = "Rule \(index)"
      return try Self.compiler(format).deploy(rule, in: language, as: format, options).query
    }
    let files = try format.files(queries, options)
    #expect(files.map(\.path) == (1...3).map { "athena-\($0).template.json" })
    let read = try files.flatMap { file in
      let source = Source(name: file.path, text: file.text)
      return try language.format(of: source)?.reading?.queries(source) ?? []
    }
    #expect(read == queries)
  }
}
