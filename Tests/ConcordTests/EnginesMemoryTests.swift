import Foundation
import TestSupport
import Testing

/// A server may answer with what it likes: `Tests/Engines/hostile_trino.py`.
@Suite("An engine's answer does not fill the memory", .serialized)
struct EnginesMemoryTests {
  private struct Answer: Decodable {
    let status: Int32
    let output: String
    /// The most memory, in MiB.
    let peak: Int
  }

  private func verify(_ kind: String, _ words: String...) throws -> Answer? {
    guard try Engine.isAvailable(for: "a hostile Trino"), let python = Engine.python,
      let tool = Tool.executable
    else { return nil }
    let rule = Shared.root.appendingPathComponent("Examples/aws-modify-cloud-compute-infrastructure/rule.yml")
    let result = try Command.run(
      python.path,
      [
        Engine.folder.appendingPathComponent("hostile_trino.py").path, kind, tool.path, "verify", rule.path,
        "--to",
        "athena",
      ] + words)
    return try JSONDecoder().decode(Answer.self, from: result.output)
  }

  @Test(
    "it takes 64 MiB at most",
    arguments: [
      ("endless", "is larger than 1 MiB"), ("pages", "is larger than 1 MiB"),
      ("dense", "returned 255000 unexpected rows"),
    ])
  func peak(_ kind: String, _ words: String) throws {
    guard let alone = try verify(kind), let asked = try verify(kind, "--engine", "trino") else { return }
    #expect(alone.status == 0)
    #expect(asked.status != 0 && asked.output.contains(words), "\(asked.output.suffix(2_000))")
    #expect(asked.output.utf8.count < alone.output.utf8.count + 50_000)
    #expect(asked.peak - alone.peak <= 64, "\(alone.peak) MiB without an engine, \(asked.peak) MiB with it")
  }
}
