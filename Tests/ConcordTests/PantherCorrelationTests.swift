import Concord
import Foundation
import TestSupport
import Testing

/// The public correlation rules of Panther: each is read, its tests hold, and every target that takes it raises the same
/// alerts of them and of boundary logs.
@Suite("Panther's correlation rules") struct PantherCorrelationTests {
  private static let count = (rules: 31, tests: 91)

  /// The public correlation rules, by file.
  private static func documents() throws -> [(name: String, document: RuleDocument)]? {
    guard let folder = Shared.url("corpora/panther") else { return nil }
    var documents: [(String, RuleDocument)] = []
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "yml" {
      let text = try String(contentsOf: file, encoding: .utf8)
      guard
        text.contains("AnalysisType: correlation_rule") || text.contains("AnalysisType: \"correlation_rule\"")
      else { continue }
      let source = Source(name: file.lastPathComponent, text: text)
      for document in try Compiler().load(source) { documents.append((file.lastPathComponent, document)) }
    }
    return documents.sorted { $0.0 < $1.0 }
  }

  /// The table of signals for a rule: its fields, each a text, or an object in JSON.
  static func schema(_ rule: Rule) -> Source {
    let paths = rule.condition.paths + rule.countedPaths
    let names = Set(paths.compactMap(\.names.first)).sorted()
    let columns = names.map { name -> String in
      let isNested = paths.contains { $0.names.first == name && $0.names.count > 1 }
      let isArray = paths.contains { $0.names.first == name && $0.steps.contains(.each) }
      let type = isNested ? nested(name, paths) : isArray ? "array<string>" : "string"
      return "  `\(name.lowercased())` \(type)"
    }
    return Source(
      name: "signals.sql",
      text: """
        CREATE EXTERNAL TABLE signals (
          eventtime string,
        \(columns.joined(separator: ",\n"))
        )
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
        LOCATION 's3://bucket/'

        """)
  }

  private static func nested(_ name: String, _ paths: [FieldPath]) -> String {
    let inner = paths.filter { $0.names.first == name }.compactMap {
      FieldPath(steps: Array($0.steps.dropFirst()))
    }
    let names = Set(inner.compactMap(\.names.first)).sorted()
    let members = names.map { member -> String in
      let isNested = inner.contains { $0.names.first == member && $0.names.count > 1 }
      return "\(member.lowercased()): \(isNested ? nested(member, inner) : "string")"
    }
    return "struct<\(members.joined(separator: ", "))>"
  }

  @Test("all are read and all their tests hold")
  func testsHold() throws {
    guard let documents = try Self.documents() else {
      Engine.note("skipped: the 91 tests of 31 correlation rules")
      return
    }
    #expect(documents.count == Self.count.rules)
    let reports = documents.map { Compiler().check($0.document) }
    #expect(reports.reduce(0) { $0 + $1.outcomes.count } == Self.count.tests)
    for report in reports {
      for outcome in report.outcomes where !outcome.holds {
        Issue.record("\(report.document.rule.id): \(outcome.fixture.name)")
      }
    }
  }

  @Test("every target that takes a rule raises its alerts")
  func targets() throws {
    guard let documents = try Self.documents() else { return }
    var verdicts: [String: [String: Int]] = [:]
    for (name, document) in documents {
      var options = LanguageOptions()
      options.schema = Self.schema(document.rule)
      options.splunk.source = "index=signals"
      let verification = RuleVerification(of: document.rule, in: WindowTests.targets, options: options)
      #expect(verification.agreement.failingFixtures.isEmpty, "\(name)")
      for (column, judgement) in zip(verification.agreement.columns, verification.judgements) {
        verdicts[column.language, default: [:]]["\(judgement.verdict)", default: 0] += 1
        switch column.outcome {
        case .ran(let query, _):
          #expect(
            [.proved, .tested].contains(judgement.verdict),
            "\(name) \(column.language) \(judgement.verdict) \(judgement.reason ?? "")\n\(query)")
        case .refused(let diagnostic):
          // In Sigma absence and several matches of a rule; elsewhere `p_any_…`, which are arrays.
          let codes = column.language == "sigma" ? ["E426", "E429"] : ["E427"]
          #expect(codes.contains(diagnostic.code.rawValue), "\(name): \(diagnostic.message)")
        case .failed(let query, let diagnostic, _): Issue.record("\(name): \(diagnostic.message)\n\(query)")
        }
      }
    }
    Engine.note("Panther's correlation rules: \(verdicts)")
  }
}
