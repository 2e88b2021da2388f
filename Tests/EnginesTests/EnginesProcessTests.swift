import Foundation
import Testing

@testable import ConcordEngines

/// Commands that engines are asked through: a run starts thousands of them.
@Suite("Commands of engines")
struct EnginesProcessTests {
  private static let count = 60

  /// Foundation keeps processes of which a handler is told: 400 requests would use up the 1,024 files that a process may
  /// usually have open.
  @Test("what a command was given is closed when it has ended", .enabled(if: Self.links != nil))
  func openFiles() throws {
    let environment = ProcessInfo.processInfo.environment
    let shell = try #require(EngineProcess.find("sh", environment: environment))
    for _ in 0..<Self.count {
      let result = try EngineProcess.run(
        shell, ["-c", "cat; echo e >&2"], environment: environment, input: Data("i".utf8),
        by: Deadline(seconds: 60), limit: 100)
      #expect(result.output == Data("i".utf8) && result.errors == Data("e\n".utf8))
      let lines = try EngineLines(
        shell, ["-c", "cat; echo e >&2"], environment: environment, input: Data("i\n".utf8),
        QueryControl(deadline: Deadline(seconds: 60)), lineLimit: 100)
      #expect(try lines.next() == Data("i".utf8))
      #expect(try lines.next() == nil)
      #expect(try lines.status().errors == "e\n")
    }
    // Other tests run commands at the same time, a few each.
    let open = try #require(Self.links).filter { $0.contains("/concord-") }
    #expect(open.count < Self.count, "\(open.prefix(3))")
  }

  /// What this process has open, where the system tells.
  private static var links: [String]? {
    let folder = "/proc/self/fd"
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return files?.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
  }
}
