import Foundation
import TestSupport
import Testing

/// The README's commands, run: what they print is what it says.
@Suite("README")
struct ReadmeTests {
  /// A command of a `console` block and the output that stands below it.
  struct Command: Sendable, CustomTestStringConvertible {
    let line: String
    let output: String
    var testDescription: String { line }
  }

  static let commands: [Command] = {
    let url = Shared.root.appendingPathComponent("README.md")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    var commands: [Command] = []
    for block in text.components(separatedBy: "````console\n").dropFirst() {
      let body = block.components(separatedBy: "\n````\n")[0]
      for part in "\n\(body)".components(separatedBy: "\n$ ").dropFirst() {
        let lines = part.components(separatedBy: "\n")
        commands.append(Command(line: lines[0], output: lines.dropFirst().joined(separator: "\n")))
      }
    }
    return commands
  }()

  @Test("every output is real", arguments: commands)
  func output(_ command: Command) throws {
    guard let tool = Tool.executable else { throw Tool.Missing() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(command.line) 2>&1"]
    process.currentDirectoryURL = Shared.root
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] =
      tool.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(output.trimmingCharacters(in: .newlines) == command.output.trimmingCharacters(in: .newlines))
  }

  @Test("there are commands to run")
  func found() {
    #expect(ReadmeTests.commands.count >= 7)
  }
}
