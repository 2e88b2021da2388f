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
