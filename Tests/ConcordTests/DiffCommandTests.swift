import Concord
import Foundation
import TestSupport
import Testing

/// `concord diff` as a user, git and a CI system meet it.
@Suite("concord diff")
struct DiffCommandTests {
  static func rule(_ condition: String, id: String = "A", severity: String = "Low") -> String {
    """
    AnalysisType: rule
    RuleID: \(id)
    LogTypes: [AWS.CloudTrail]
    Condition: |
    \(condition.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    Severity: \(severity)

    """
  }
  static let old = rule(#"eventName eq "RunInstances""#)
  static let new = rule(
    "eventName eq \"RunInstances\"\nerrorCode ne \"Client.DryRunOperation\"", severity: "High")
  static let sql =
    "SELECT eventid FROM cloudtrail_logs WHERE eventname = 'RunInstances' AND errorcode <> 'Client.DryRunOperation'\n"

  private func run(
    _ arguments: [String], _ files: [String: String], git: [[String]] = [], change: [String: String?] = [:]
  ) throws -> Tool.Result {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in git { try DiffCommandTests.git(arguments, in: folder) }
    for (name, text) in change {
      let url = folder.appendingPathComponent(name)
      if let text { try Data(text.utf8).write(to: url) } else { try FileManager.default.removeItem(at: url) }
    }
    return try Tool.run(["diff"] + arguments, in: folder)
  }

  /// Runs git with nothing of the user's own.
  @discardableResult
  static func git(_ arguments: [String], in folder: URL, _ environment: [String: String] = [:]) throws
    -> String
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
      + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"]) { $1 }
      .merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  static let committed = [["init", "-q"], ["add", "."], ["commit", "-q", "-m", "rules"]]

  @Test("what a change loses is shown by an event and by the words that decide")
  func loss() throws {
    let files = ["old.yml": DiffCommandTests.old, "new.yml": DiffCommandTests.new]
    let result = try run(["old.yml", "new.yml"], files)
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output == """
        new.yml: A: narrower
          loses events such as
            {"eventName":"RunInstances","errorCode":"Client.DryRunOperation"}
            the new version asks: errorCode ne "Client.DryRunOperation"
          gains nothing: proved
          level: low -> high

        """)
    #expect(try run(["old.yml", "new.yml", "--fail-on", "loss"], files).code == 1)
    #expect(try run(["old.yml", "new.yml", "--fail-on", "gain"], files).code == 0)
    #expect(try run(["new.yml", "old.yml", "--fail-on", "gain"], files).code == 1)
    #expect(try run(["new.yml", "old.yml", "--fail-on", "any"], files).code == 1)
    let same = try run(["old.yml", "old.yml", "--fail-on", "any"], files)
    #expect(same.code == 0)
    #expect(same.output == "old.yml: A: equal\n  the same events: proved\n")
  }

  @Test("a rule beside a query: SQL that drops events without the field")
  func query() throws {
    let result = try run(
      ["rule.yml", "deployed.sql", "--fail-on", "loss"],
      ["rule.yml": DiffCommandTests.new, "deployed.sql": DiffCommandTests.sql])
    #expect(result.code == 1, "\(result.errors)")
    #expect(
      result.output == """
        deployed.sql: deployed: narrower
          loses events such as
            {"eventName":"RunInstances"}
            the new version asks: errorCode is_not_null
          gains nothing: proved

        """)
  }

  @Test("JSON has the verdict, the events and what both are")
  func json() throws {
    let result = try run(
      ["old.yml", "new.yml", "--format", "json"],
      ["old.yml": DiffCommandTests.old, "new.yml": DiffCommandTests.new])
    let value = try JSON.parse(result.output)
    guard case .object(let object) = value, case .array(let rules)? = object["rules"],
      case .object(let rule)? = rules.first
    else {
      Issue.record("no rules in \(result.output)")
      return
    }
    #expect(rule["verdict"] == .string("narrower"))
    #expect(rule["gain"]?.compactJSON == #"{"events":"none"}"#)
    #expect(
      rule["loss"]?.compactJSON
        == #"{"events":"some","event":{"eventName":"RunInstances","errorCode":"Client.DryRunOperation"}}"#)
  }

  @Test("the working tree beside a commit: changed, added, removed, moved; other files are passed over")
  func base() throws {
    let files = [
      "rules/a.yml": DiffCommandTests.old, "rules/b.yml": DiffCommandTests.rule(#"x eq "b""#, id: "B"),
      "rules/c.yml": DiffCommandTests.rule(#"x eq "c""#, id: "C"), "ci.yml": "on: push\n",
      "rules/d.yml": DiffCommandTests.rule(#"x eq "d""#, id: "D"),
    ]
    let change: [String: String?] = [
      "rules/a.yml": DiffCommandTests.new, "rules/b.yml": nil, "ci.yml": "on: [push]\n",
      "rules/new.yml": DiffCommandTests.rule(#"x eq "e""#, id: "E"), "rules/c.yml": nil,
      "rules/moved.yml": DiffCommandTests.rule(#"x eq "c""#, id: "C"),
    ]
    let result = try run(
      ["--base", "HEAD", "--fail-on", "loss"], files, git: DiffCommandTests.committed, change: change)
    #expect(result.code == 1, "\(result.errors)")
    #expect(result.errors == "")
    #expect(
      result.output == """
        rules/a.yml: A: narrower
          loses events such as
            {"eventName":"RunInstances","errorCode":"Client.DryRunOperation"}
            the new version asks: errorCode ne "Client.DryRunOperation"
          gains nothing: proved
          level: low -> high

        rules/new.yml: E: added
          gains events such as
            {"x":"e"}

        HEAD:rules/b.yml: B: removed
          loses events such as
            {"x":"b"}

        4 rules: 1 equal, 1 narrower, 1 added, 1 removed

        """)
    let one = try run(
      ["--base", "HEAD", "--fail-on", "loss", "rules/new.yml"], files, git: DiffCommandTests.committed,
      change: change)
    #expect(one.code == 0, "\(one.output)\(one.errors)")
  }

  @Test("git calls it: as a difftool with two files, as its external diff with seven arguments")
  func git() throws {
    let folder = try Tool.folder(["a.yml": DiffCommandTests.old, "notes.txt": "one\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    try Data(DiffCommandTests.new.utf8).write(to: folder.appendingPathComponent("a.yml"))
    try Data("two\n".utf8).write(to: folder.appendingPathComponent("notes.txt"))
    try Data(DiffCommandTests.old.utf8).write(to: folder.appendingPathComponent("b.yml"))
    try DiffCommandTests.git(["add", "-N", "b.yml"], in: folder)
    let tool = try #require(Tool.executable).path
    let difftool = try DiffCommandTests.git(
      ["difftool", "-y", "-x", "'\(tool)' diff", "--", "a.yml"], in: folder)
    #expect(difftool.contains("a.yml: A: narrower\n  loses events such as\n"), "\(difftool)")
    let external = try DiffCommandTests.git(
      ["diff"], in: folder, ["GIT_EXTERNAL_DIFF": "'\(tool)' diff --fail-on any"])
    #expect(external.hasPrefix("a.yml: A: narrower\n"), "\(external)")
    #expect(
      external.contains("b.yml: A: added\n  gains events such as\n    {\"eventName\":\"RunInstances\"}\n"))
  }

  @Test(
    "wrong usage is told by name",
    arguments: [
      (["a.yml"], 3, "error[E901]: name two files or folders, or a commit with `--base`"),
      (["a.yml", "none.yml"], 3, "error[E904]: cannot read `none.yml`: no such file or folder"),
      (["--base", "nowhere"], 3, "error[E908]: `nowhere` is not a commit in this repository"),
      (["--base", "--all"], 3, "error[E908]: `--all` is not a commit in this repository"),
      (["a.yml", "bad.yml"], 2, "error["),
      (["a.yml", "a.yml", "--fail-on", "los"], 3, "did you mean `loss`?"),
    ])
  func usage(_ arguments: [String], _ code: Int32, _ message: String) throws {
    let result = try run(
      arguments, ["a.yml": DiffCommandTests.old, "bad.yml": "RuleID: [\n"], git: DiffCommandTests.committed)
    #expect(result.code == code)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("the repository is that of the paths, whichever folder the command runs in")
  func elsewhere() throws {
    let folder = try Tool.folder(["repository/rules/a.yml": DiffCommandTests.old, "elsewhere/x": ""])
    defer { try? FileManager.default.removeItem(at: folder) }
    let repository = folder.appendingPathComponent("repository")
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: repository) }
    let elsewhere = folder.appendingPathComponent("elsewhere")
    let same = try Tool.run(["diff", "--base", "HEAD", "../repository/rules"], in: elsewhere)
    #expect(same.code == 0, "\(same.errors)")
    #expect(same.output == "no rule changed since HEAD\n")
    try Data(DiffCommandTests.new.utf8).write(to: repository.appendingPathComponent("rules/a.yml"))
    let changed = try Tool.run(
      ["diff", "--base", "HEAD", "--fail-on", "loss", "../repository/rules"], in: elsewhere)
    #expect(changed.code == 1)
    #expect(changed.output.hasPrefix("rules/a.yml: A: narrower\n"), "\(changed.output)")
  }

  @Test("what changes besides the condition is named")
  func details() throws {
    let panther = DiffCommandTests.old
    let sigma = """
      title: T
      status: experimental
      logsource: {product: x}
      detection: {s: {a: b}, condition: s}
      fields: [a, b]

      """
    for (old, new, told) in [
      (
        panther + "DedupPeriodMinutes: 15\n", panther + "DedupPeriodMinutes: 60\n",
        "dedup period: 15 min -> 60 min"
      ),
      (panther + "Threshold: 1\n", panther + "Threshold: 500\n", "threshold: 1 -> 500"),
      (sigma, sigma.replacing("experimental", with: "test"), "status: experimental -> test"),
      (sigma, sigma.replacing("[a, b]", with: "[a]"), "output fields: a, b -> a"),
    ] {
      let result = try run(["old.yml", "new.yml"], ["old.yml": old, "new.yml": new])
      #expect(result.code == 0)
      #expect(result.output.hasSuffix("  the same events: proved\n  \(told)\n"), "\(result.output)")
    }
  }

  @Test("a rule that is retired loses its events, as one that is switched off does")
  func retired() throws {
    let rule = """
      title: T
      status: experimental
      logsource: {product: x}
      detection: {s: {a: b}, condition: s}

      """
    let retired = rule.replacing("experimental", with: "deprecated")
    for (old, new, flag, kind, code) in [
      (rule, retired, "loss", "narrower", 1 as Int32), (rule, retired, "gain", "narrower", 0),
      (retired, rule, "gain", "wider", 1),
      (retired, rule.replacing("experimental", with: "unsupported"), "any", "equal", 0),
    ] {
      let result = try run(["--fail-on", flag, "old.yml", "new.yml"], ["old.yml": old, "new.yml": new])
      #expect(result.code == code, "\(result.output)")
      #expect(result.output.hasPrefix("new.yml: T: \(kind)\n"), "\(result.output)")
      #expect(result.output.contains("\n  status: "), "\(result.output)")
    }
  }

  @Test("a folder that is no repository is told")
  func noRepository() throws {
    let result = try run(["--base", "HEAD"], ["a.yml": DiffCommandTests.old])
    #expect(result.code == 3)
    #expect(result.errors.hasPrefix("error[E908]: `--base` needs a git repository: "), "\(result.errors)")
  }
}
