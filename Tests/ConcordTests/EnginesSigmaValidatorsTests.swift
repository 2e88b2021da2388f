import Concord
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// What we write, before the validators of pySigma and those by which SigmaHQ accepts public rules:
/// `Tests/Engines/sigma_validators.py`.
@Suite("Engines: Sigma before the validators", .waitsForPrograms)
struct EnginesSigmaValidatorsTests {
  struct Request: Encodable {
    var rules: [String]
  }

  struct Answer: Decodable {
    struct Result: Decodable {
      let issues: [String: [String]]
      let error: String?
    }
    let results: [Result]
    let validators: Int
  }

  /// Every so many of the public rules is asked for; all where `CONCORD_SIGMA_VALIDATORS=all`.
  static let step =
    ProcessInfo.processInfo.environment["CONCORD_SIGMA_VALIDATORS"] == "all" ? 1 : 40

  private static func files(_ folder: String) -> [URL] {
    guard let root = Shared.url("corpora/sigma/\(folder)") else {
      Engine.note("skipped the validators of \(folder): no corpus")
      return []
    }
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
    let files = found.compactMap { $0 as? URL }.filter { $0.pathExtension == "yml" }.sorted {
      $0.path < $1.path
    }
    return files.enumerated().filter { $0.offset % step == 0 }.map(\.element)
  }

  /// A rule that is read and written again has no finding that the original has not.
  @Test("nothing is found in a public rule that was not there", arguments: ["rules", "rules-threat-hunting"])
  func publicRules(_ folder: String) throws {
    var names: [String] = []
    var requests: [Request] = []
    for file in Self.files(folder) {
      let text = try String(contentsOf: file, encoding: .utf8)
      let documents = try Language.sigma.read(
        Source(name: file.lastPathComponent, text: text), options: LanguageOptions())
      let document = try #require(documents.first)
      names.append(file.lastPathComponent)
      requests.append(
        Request(rules: [text, try Language.sigma.write(document.rule, options: LanguageOptions()).text]))
    }
    guard !requests.isEmpty,
      let answers = try Engine.run(
        "sigma_validators.py", requests, as: Answer.self, skipping: "\(requests.count) rules of \(folder)")
    else { return }
    var findings: [String: Int] = [:]
    for (name, answer) in zip(names, answers) {
      let (before, after) = (answer.results[0], answer.results[1])
      #expect(after.error == nil, "\(name): \(after.error ?? "")")
      for (issue, words) in after.issues where words.count > before.issues[issue]?.count ?? 0 {
        Issue.record("\(name): \(issue) \(words)")
      }
      for issue in after.issues.keys { findings[issue, default: 0] += 1 }
    }
    Engine.note(
      "validators: \(answers.first?.validators ?? 0) asked of \(answers.count) rules of \(folder); found \(findings)"
    )
    #expect(answers.first?.validators ?? 0 >= 60)
  }

  /// A rule of another language: what is found is what it does not have (author, date), what SigmaHQ's house does
  /// otherwise, and the text `0` among the falsy ones.
  @Test("the first rule") func firstRule() throws {
    let file = Shared.root.appendingPathComponent(
      "Examples/aws-modify-cloud-compute-infrastructure/rule.yml")
    let source = Source(name: "rule.yml", text: try String(contentsOf: file, encoding: .utf8))
    let rule = try #require(try Compiler().load(source).first).rule
    let request = Request(rules: [try Compiler().write(rule, in: .sigma).text])
    guard
      let answer = try Engine.run(
        "sigma_validators.py", [request], as: Answer.self, skipping: "the first rule")?
        .first
    else { return }
    let result = try #require(answer.results.first)
    #expect(result.error == nil)
    #expect(
      Set(result.issues.keys) == [
        "NumberAsStringIssue", "SigmahqAuthorExistenceIssue", "SigmahqDateExistenceIssue",
        "SigmahqFieldsExistenceIssue", "SigmahqMitreLinkIssue",
      ])
    #expect(result.issues["NumberAsStringIssue"] == ["{'string': '0'}"])
  }
}
