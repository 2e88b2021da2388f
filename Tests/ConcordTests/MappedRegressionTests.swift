import Concord
import Foundation
import TestSupport
import Testing

@testable import ConcordSigma

/// Rules of Windows under the shipped pipelines, on events as logs have them.
@Suite("Windows events under the shipped pipelines")
struct MappedRegressionTests {
  /// A pipeline, and how a recorded event stands in the log that it is for.
  struct Shipped: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// How many of the 87 recorded cases it refuses.
    let refused: Int
    let record: @Sendable (Value) -> Event?

    func source() throws -> Source {
      try #require(Registry.pipelines.first { $0.pipeline.name == testDescription }).pipeline
    }

    /// The compiler with the pipeline, and with a table of the fields that a rule asks for.
    func compiler() throws -> Compiler {
      var compiler = try ShippedPipelineTests.compiler(
        testDescription, extracted: testDescription == "splunk-windows")
      compiler.options.athena.untyped = true
      return compiler
    }
  }

  static let shipped = [
    Shipped(testDescription: "windows-evtx", refused: 0) { Event($0) },
    Shipped(testDescription: "splunk-windows", refused: 1) { ShippedPipelineTests.extracted($0) },
  ]

  @Test("recorded events match natively, by the runner, and through Athena on DuckDB", arguments: shipped)
  func recorded(_ shipped: Shipped) throws {
    let cases = try RegressionCase.all()
    if cases.isEmpty { return }
    let (compiler, pipeline) = (try shipped.compiler(), try shipped.source())
    var (natively, events, refused) = (0, 0, [String]())
    var asked: [(path: String, minimum: Int, meaning: [Bool])] = []
    var requests: [AthenaOnDuckDB] = []
    for example in cases {
      let documents: [RuleDocument]
      do throws(Diagnostic) {
        documents = try compiler.load(Source(name: example.path, text: example.text))
      } catch {
        refused.append("\(example.path): \(error.code.rawValue) \(error.message)")
        continue
      }
      let records = example.recorded.compactMap(shipped.record)
      try #require(documents.count == 1 && records.count == example.recorded.count, "\(example.path)")
      let rule = documents[0].rule
      let meaning = records.map(rule.condition.holds)
      #expect(meaning.count { $0 } >= example.minimum, "\(example.path)")
      natively += meaning.count { $0 } >= example.minimum ? 1 : 0
      events += records.count
      #expect(
        try SigmaRunner.run(example.text, through: [pipeline], on: records) == meaning, "\(example.path)")
      let written = try compiler.write(rule, in: .sigma).text
      #expect(
        try Language.sigma.run(written, on: records, options: LanguageOptions()) == meaning, "\(example.path)"
      )
      let sql = try compiler.write(rule, in: .athena).text
      #expect(
        try Language.athena.run(sql, on: records, options: compiler.options) == meaning, "\(example.path)")
      asked.append((example.path, example.minimum, meaning))
      requests.append(
        AthenaOnDuckDB(
          ddl: try compiler.schema(for: [rule], in: .athena).text,
          events: records.map { Value.object($0.object).compactJSON }, queries: [sql]))
    }
    #expect(refused.count == shipped.refused, "\(refused)")
    #expect(natively + refused.count == 87)
    let what = "\(requests.count) recorded cases under \(shipped) on DuckDB"
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", requests, as: AthenaOnDuckDB.Answer.self, skipping: what)
    else {
      return
    }
    var matched = 0
    for ((path, minimum, meaning), answer) in zip(asked, answers) {
      let rows = try #require(answer.results[0].rows, "\(path): \(answer.results[0].error ?? "")")
      #expect(answer.leftOut.isEmpty, "\(path): \(answer.leftOut)")
      #expect(meaning.indices.map(Set(rows).contains) == meaning, "\(path)")
      matched += rows.count >= minimum ? 1 : 0
    }
    print(
      "\(shipped): \(natively) cases with \(events) events match natively and by the runner, \(matched) on DuckDB, "
        + "\(refused.count) refused: \(refused)")
    #expect(matched == natively)
  }

  /// The shape of the public rule `proc_creation_win_susp_cross_user_process_spawn`: `User` is `SubjectUserName` in the
  /// Security log, and is not absent from an event of Sysmon because that name is.
  static let crossUser = """
    title: Another user's process
    logsource: {product: windows, category: process_creation}
    detection:
      selection:
        Image|endswith: ['\\notepad.exe', '\\calc.exe']
      filter_main_same_user:
        User|fieldref: ParentUser
      filter_optional_user_null:
        User: null
      filter_optional_parent_null:
        ParentUser: null
      filter_optional_empty_user:
        - ParentUser: ['', '-']
        - User: ['', '-']
      condition: selection and not 1 of filter_main_* and not 1 of filter_optional_*
    """

  static let users: [(user: String?, parent: String?, isFound: Bool)] = [
    ("LAB\\alice", "LAB\\bob", true), ("LAB\\alice", "LAB\\alice", false), ("LAB\\alice", nil, false),
    (nil, "LAB\\bob", false), ("-", "LAB\\bob", false), ("LAB\\alice", "", false), (nil, nil, false),
  ]

  @Test("a name that is null in one place is not null in another", arguments: shipped)
  func crossUser(_ shipped: Shipped) throws {
    let compiler = try shipped.compiler()
    let source = Source(name: "r.yml", text: Self.crossUser)
    let rule = try #require(try compiler.load(source).first).rule
    // Sysmon's process creation, and the Security log's, which does not know the parent's user.
    let logs = [
      ("Microsoft-Windows-Sysmon/Operational", 1, "Image", "User"),
      ("Security", 4688, "NewProcessName", "SubjectUserName"),
    ]
    var records: [Event] = []
    var wanted: [Bool] = []
    for (channel, number, image, name) in logs {
      for (user, parent, isFound) in Self.users {
        var data = Value.Object([.init(image, .string("C:\\Windows\\System32\\notepad.exe"))])
        if let user { data[name] = .string(user) }
        if channel != "Security", let parent { data["ParentUser"] = .string(parent) }
        let system = Value.Object([
          .init("EventID", .number(Number(number))), .init("Channel", .string(channel)),
        ])
        let event = Value.Object([.init("System", .object(system)), .init("EventData", .object(data))])
        records.append(
          try #require(shipped.record(.object(Value.Object([.init("Event", .object(event))])))))
        wanted.append(isFound && channel != "Security")
      }
    }
    #expect(records.map(rule.condition.holds) == wanted)
    #expect(
      try SigmaRunner.run(Self.crossUser, through: [try shipped.source()], on: records) == wanted)
    for language in Registry.writers where language.identifier != "swift" && language.runner != nil {
      let text = try compiler.write(rule, in: language).text
      let options = language.identifier == "sigma" ? LanguageOptions() : compiler.options
      #expect(try language.run(text, on: records, options: options) == wanted, "\(text)")
    }
  }
}
