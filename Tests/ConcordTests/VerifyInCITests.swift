import Concord
import Foundation
import TestSupport
import Testing

/// Runs `Examples/verify-in-ci` as far as a machine without GitHub can: the workflow's own commands, and the hook
/// in a repository.
@Suite("Example: verify in CI")
struct VerifyInCITests {
  static let example = Shared.root.appendingPathComponent("Examples/verify-in-ci")

  /// A shell command in `folder`, with the built `concord` first in the `PATH`.
  private func shell(_ command: String, in folder: URL) throws -> (code: Int32, text: String) {
    guard let tool = Tool.executable else { throw Tool.Missing() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] =
      tool.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] { environment[name] = nil }
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static let setUp = """
    git init -q && git config user.name Example && git config user.email example@example.invalid && git add -A
    """

  private func copy() throws -> URL {
    let folder = try Tool.folder()
    let copy = folder.appendingPathComponent("repository")
    try FileManager.default.copyItem(at: VerifyInCITests.example, to: copy)
    return copy
  }

  /// The `run` lines of the workflow, read by our own YAML reader, without the one that builds Concord.
  private func commands() throws -> [String] {
    let url = VerifyInCITests.example.appendingPathComponent(".github/workflows/detections.yml")
    let source = Source(name: "detections.yml", text: try String(contentsOf: url, encoding: .utf8))
    let steps = try YAML.documents(source).first?["jobs"]?["verify"]?["steps"]?.sequence ?? []
    return steps.filter { $0["name"]?.scalar != "Install Concord" }.compactMap { $0["run"]?.scalar }
  }

  @Test("the workflow's commands pass on the example's rules")
  func workflow() throws {
    let folder = try copy()
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let commands = try commands()
    #expect(commands.count == 4)
    let repository = try shell(
      Self.setUp + " && git commit -qm Rules && git update-ref refs/remotes/origin/main HEAD", in: folder)
    #expect(repository.code == 0, "\(repository.text)")
    for command in commands {
      let result = try shell("GITHUB_BASE_REF=main; \(command)", in: folder)
      #expect(result.code == 0, "\(command): \(result.text)")
    }
    let written = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/queries").sorted()
    #expect(
      written == [
        "manifest.json", "root-console-login.sigma.yml", "root-console-login.spl", "root-console-login.sql",
      ])
    let report = try String(contentsOfFile: folder.path + "/check.xml", encoding: .utf8)
    #expect(report.contains(#"tests="4" failures="0" errors="0""#))
  }

  /// The example in a repository of its own whose main branch has it, and a commit that makes the rule lose events.
  private func lossyBranch() throws -> URL {
    let folder = try copy()
    let main = "git commit -qm Rules && git update-ref refs/remotes/origin/main HEAD"
    #expect(try shell(Self.setUp + " && " + main, in: folder).code == 0)
    let rule = folder.appendingPathComponent("rules/root-console-login.yml")
    let text = try String(contentsOf: rule, encoding: .utf8)
    let narrower = text.replacing(
      "  errorMessage is_null\n", with: "  errorMessage is_null\n  eventSource ne \"x\"\n")
    #expect(narrower != text)
    try Data(narrower.utf8).write(to: rule)
    return folder
  }

  @Test("the action says beside the lines what a pull request loses, in the summary and in a comment")
  func action() throws {
    let folder = try lossyBranch()
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let tools = folder.deletingLastPathComponent().appendingPathComponent("tools")
    try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
    // In place of GitHub's own command: it keeps the arguments and the comment.
    let stub =
      "#!/bin/sh\necho \"$@\" > \(tools.path)/arguments\nwhile [ $# -gt 1 ]; do shift; done\ncp \"$1\" \(tools.path)/comment\n"
    try Data(stub.utf8).write(to: tools.appendingPathComponent("gh"))
    let source = try Source(
      name: "action.yml",
      text: String(contentsOf: Shared.root.appendingPathComponent("action.yml"), encoding: .utf8))
    let steps = try YAML.documents(source).first?["runs"]?["steps"]?.sequence ?? []
    let command = try #require(steps.last?["run"]?.scalar)
    let result = try shell(
      """
      chmod +x '\(tools.path)/gh'; export PATH='\(tools.path)':"$PATH" GITHUB_ACTION_PATH='\(Shared.root.path)'
      export GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY=summary.md PULL_REQUEST=7 RULES=rules FAIL_ON=loss
      \(command)
      """, in: folder)
    #expect(result.code == 1, "\(result.text)")
    #expect(
      result.text.contains("::error file=rules/root-console-login.yml,line=16,col=3,title=concord W520::"),
      "\(result.text)")
    let arguments = try String(contentsOf: tools.appendingPathComponent("arguments"), encoding: .utf8)
    #expect(arguments.hasPrefix("pr comment 7 --edit-last --create-if-none --body-file "))
    let comment = try String(contentsOf: tools.appendingPathComponent("comment"), encoding: .utf8)
    #expect(comment.contains("### concord verify\n") && comment.contains("### concord diff\n"), "\(comment)")
    #expect(comment.contains("narrower\n  loses events such as\n"), "\(comment)")
    #expect(try String(contentsOf: folder.appendingPathComponent("summary.md"), encoding: .utf8) == comment)
  }

  @Test("a script shows what the action does, without GitHub")
  func script() throws {
    let result = try shell("'\(Self.example.path)/try-action'", in: FileManager.default.temporaryDirectory)
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("title=concord W520::") && result.text.contains("--- gh pr comment 7"))
    #expect(result.text.hasSuffix("--- the action ended with 1\n"), "\(result.text)")
  }

  @Test("GitLab's commands pass on the example's rules, and fail where events are lost")
  func gitlab() throws {
    let folder = try lossyBranch()
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let file = VerifyInCITests.example.appendingPathComponent(".gitlab-ci.yml")
    let source = Source(name: ".gitlab-ci.yml", text: try String(contentsOf: file, encoding: .utf8))
    let script = try YAML.documents(source).first?["detections"]?["script"]?.sequence ?? []
    let commands = script.compactMap(\.scalar)
    #expect(commands.count == 4)
    for (variables, codes) in [("", [0, 0, 0, 0]), ("CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD; ", [0, 0, 1, 0])] {
      let ended = try commands.map { try Int(shell(variables + $0, in: folder).code) }
      #expect(ended == codes, "\(variables)")
    }
  }

  @Test("the hook lets a good rule in and keeps a bad one out")
  func hook() throws {
    let folder = try copy()
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    #expect(try shell(Self.setUp + " && cp hooks/pre-commit .git/hooks/", in: folder).code == 0)
    let good = try shell("git commit -qm 'Add the rules'", in: folder)
    #expect(good.code == 0, "\(good.text)")
    let rule = folder.appendingPathComponent("rules/root-console-login.yml")
    let text = try String(contentsOf: rule, encoding: .utf8)
    let broken = text.replacingOccurrences(of: #"type eq "Root""#, with: #"type eq "root""#)
    #expect(broken != text)
    try Data(broken.utf8).write(to: rule)
    let bad = try shell("git commit -qam 'Break the rule'", in: folder)
    #expect(bad.code != 0)
    #expect(bad.text.contains("FAIL  Root signs in: expected true, got false"), "\(bad.text)")
    // What is staged counts, whatever lies in the working folder since.
    #expect(try shell("git add -A", in: folder).code == 0)
    try Data(text.utf8).write(to: rule)
    #expect(try shell("git commit -qm 'Break the rule'", in: folder).code != 0)
    #expect(try shell("git add -A && git commit -q --allow-empty -m 'Leave the rule'", in: folder).code == 0)
  }
}
