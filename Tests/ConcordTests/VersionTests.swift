import Foundation
import Testing

/// A rule is more than its file: programs, what they import, other rules, and what options name are of the version too.
@Suite("Versions of rules by a commit")
struct VersionTests {
  private static let program = """
    AnalysisType: rule
    RuleID: P
    Filename: p.py
    LogTypes: [AWS.CloudTrail]
    Severity: High
    Tests:
      - Name: deleted
        ExpectedResult: true
        Log: {eventName: DeleteTrail}

    """
  private static let python = """
    from names import NAMES


    def rule(event):
        return event.get("eventName") in NAMES

    """
  private static let correlation = """
    title: Often
    id: often
    correlation: {type: event_count, rules: [failed], group-by: [User], timespan: 5m, condition: {gte: 3}}

    """
  private static let base = """
    title: Failed
    name: failed
    id: failed
    logsource: {product: windows}
    detection: {s: {EventID: 4625}, condition: s}

    """
  private static let pipeline = """
    name: p
    priority: 1
    transformations:
      - {id: names, type: field_name_mapping, mapping: {EventID: code}}

    """

  /// A change of the working tree, and what is to be told of it.
  struct Example: Sendable, CustomTestStringConvertible {
    let what: String
    let files: [String: String]
    let change: [String: String?]
    var arguments: [String] = []
    /// The beginning of the line that tells it.
    let told: String
    var testDescription: String { what }
  }

  private static let programs = [
    "rules/p.yml": program, "rules/p.py": python, "global_helpers/names.py": "NAMES = ['DeleteTrail', 'b']\n",
  ]

  static let examples = [
    Example(
      what: "a program", files: programs,
      change: ["rules/p.py": python.replacing("in NAMES", with: "== 'Nothing'")],
      told: "rules/p.yml: P: different"),
    Example(
      what: "what a program imports", files: programs,
      change: ["global_helpers/names.py": "NAMES = ['DeleteTrail']\n"],
      told: "rules/p.yml: P: narrower"),
    Example(
      what: "an ignored file that a program imports",
      files: programs.merging(["concord.yml": "ignore: [global_helpers/]\n"]) { $1 },
      change: ["global_helpers/names.py": "NAMES = ['DeleteTrail']\n"], told: "rules/p.yml: P: narrower"),
    Example(
      what: "another file that a program imports", files: programs,
      change: [
        "global_helpers/names.py": nil, "global_helpers/others.py": "NAMES = ['DeleteTrail']\n",
        "rules/p.py": python.replacing("names import", with: "others import"),
      ], told: "rules/p.yml: P: narrower"),
    Example(
      what: "a rule that a correlation names", files: ["rules/c.yml": correlation, "rules/b.yml": base],
      change: ["rules/b.yml": base.replacing("4625", with: "4626")], told: "rules/c.yml: often: different"),
    Example(
      what: "a pipeline", files: ["rules/b.yml": base, "p.yaml": pipeline],
      change: ["p.yaml": pipeline.replacing("code", with: "EventCode")], arguments: ["--pipeline", "p.yaml"],
      told: "rules/b.yml: failed: different"),
  ]

  private func folder(_ example: Example) throws -> URL {
    let folder = try Tool.folder(example.files)
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    for (name, text) in example.change {
      let url = folder.appendingPathComponent(name)
      if let text { try Data(text.utf8).write(to: url) } else { try FileManager.default.removeItem(at: url) }
    }
    return folder
  }

  @Test("a change of a part is a change of its rule", arguments: examples)
  func difference(_ example: Example) throws {
    let folder = try folder(example)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(
      ["diff", "--base", "HEAD", "--fail-on", "loss"] + example.arguments, in: folder)
    #expect(result.code == 1, "\(result.output)\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(example.told) }, "\(result.output)\(result.errors)")
    #expect(!result.output.contains("error["), "\(result.output)")
    // The folder that the command runs in is no part of it.
    if example.arguments.isEmpty {
      let within = try Tool.run(
        ["diff", "--base", "HEAD", "--fail-on", "loss", "."], in: folder.appendingPathComponent("rules"))
      #expect(within.output == result.output, "\(within.output)\(within.errors)")
    }
  }

  @Test("what is not of the version is said")
  func asItIsNow() throws {
    let example = Example(
      what: "", files: ["rules/b.yml": Self.base],
      change: ["p.yaml": Self.pipeline, "rules/b.yml": Self.base.replacing("4625", with: "4626")], told: "")
    let folder = try folder(example)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["diff", "--base", "HEAD", "--pipeline", "p.yaml"], in: folder)
    #expect(result.output.contains("code"), "\(result.output)\(result.errors)")
    #expect(
      result.errors.hasPrefix("`p.yaml` is not in HEAD: the old version is read with it as it is now\n"),
      "\(result.errors)")
  }

  @Test(
    "checks look at the rule of a program that changed, and at the correlation of a rule that did",
    arguments: examples[..<5])
  func checked(_ example: Example) throws {
    let folder = try folder(example)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["check", "--base", "HEAD", "rules"], in: folder)
    let name = try #require(example.told.split(separator: ":").first)
    #expect(result.output.contains("\(name): "), "\(result.output)\(result.errors)")
  }

  @Test("a backtest asks what a program was")
  func backtest() throws {
    let folder = try folder(Self.examples[0])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["backtest", "--base", "HEAD", "rules", "--fail-on-change"], in: folder)
    #expect(result.code == 1, "\(result.output)\(result.errors)")
    #expect(result.output.hasPrefix("rules/p.yml: P: 1 event before, 0 after\n"), "\(result.output)")
  }
}
