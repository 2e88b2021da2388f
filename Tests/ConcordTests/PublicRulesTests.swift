import Concord
import Foundation
import TestSupport
import Testing

/// The public Sigma rules in every language.
@Suite("Public rules")
struct PublicRulesTests {
  private static var options: LanguageOptions {
    var options = LanguageOptions()
    options.athena.untyped = true
    return options
  }

  /// The rule files of a folder, by their paths; none where this machine has no corpus.
  private static func files(_ folder: String) throws -> [(path: String, text: String)] {
    guard let root = Shared.url("corpora/sigma/\(folder)") else {
      Engine.note("skipped the rules of \(folder): no corpus")
      return []
    }
    let paths = (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }.sorted()
    return try paths.map { ($0, try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8)) }
  }

  /// What each language makes of the rules: how many it says exactly, and why it refuses the rest. Every reason is the
  /// platform's own: a keyword asks of fields that no table and no search can list, one rule asks for a field that
  /// CloudTrail's table does not have, one for the text of an object.
  @Test("every rule compiles to Swift and Sigma, and to Athena and Splunk what they can say")
  func compiles() throws {
    let files = try Self.files("rules")
    let compiler = Compiler(options: Self.options)
    var exact: [String: Int] = [:]
    var refused: [String: [String: Int]] = [:]
    for file in files {
      for document in try compiler.load(Source(name: file.path, text: file.text)) {
        for writer in Registry.writers {
          do {
            _ = try compiler.write(document.rule, in: writer)
            exact[writer.identifier, default: 0] += 1
          } catch {
            refused[writer.identifier, default: [:]][error.code.rawValue, default: 0] += 1
          }
        }
      }
    }
    if files.isEmpty { return }
    print("public rules: \(files.count) files; exact \(exact); refused \(refused)")
    #expect(exact == ["panther": 3141, "swift": 3141, "sigma": 3141, "athena": 3053, "splunk": 3055])
    #expect(refused == ["athena": ["E401": 86, "E402": 1, "E422": 1], "splunk": ["E401": 86]])
  }

  @Test("the recorded events match through Athena's and Splunk's text as they do natively, on DuckDB too")
  func regression() throws {
    let cases = try RegressionCase.all()
    let compiler = Compiler(options: Self.options)
    var (athena, splunk) = (0, 0)
    var requests: [AthenaOnDuckDB] = []
    for example in cases {
      let rule = try compiler.load(Source(name: example.path, text: example.text))[0].rule
      let events = example.events
      let meant = events.map(rule.condition.holds)
      let sql = try compiler.write(rule, in: .athena).text
      for (language, text) in [("athena", sql), ("splunk", try compiler.write(rule, in: .splunk).text)] {
        let runner = try #require(Registry.runners.first { $0.identifier == language })
        let found = try runner.run(text, on: events, options: Self.options)
        #expect(found == meant, "\(example.path) in \(language)")
        guard found.count(where: { $0 }) >= example.minimum else { continue }
        if language == "athena" { athena += 1 } else { splunk += 1 }
      }
      requests.append(
        AthenaOnDuckDB(
          ddl: try compiler.schema(for: [rule], in: .athena).text,
          events: events.map { Value.object($0.object).compactJSON }, queries: [sql]))
    }
    if cases.isEmpty { return }
    #expect(athena == 87 && splunk == 87)
    let what = "\(cases.count) regression cases on DuckDB"
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", requests, as: AthenaOnDuckDB.Answer.self, skipping: what)
    else {
      return
    }
    var matched = 0
    for (example, answer) in zip(cases, answers) {
      let rows = try #require(answer.results[0].rows, "\(example.path): \(answer.results[0].error ?? "")")
      #expect(answer.leftOut.isEmpty, "\(example.path): \(answer.leftOut)")
      matched += rows.count >= example.minimum ? 1 : 0
    }
    print(
      "regression: \(cases.count) cases match through Athena \(athena), Splunk \(splunk), DuckDB \(matched)")
    #expect(matched == 87)
  }
}
