import Foundation

/// A Trino of the tests' own: `Tests/Engines/trino/serve`, started once and ended with this process.
package enum TrinoServer {
  /// Why there is none.
  package enum Failure: Error, CustomStringConvertible {
    /// It did not start.
    case notStarted(status: Int32, skipped: String)

    /// One line for the test's log.
    package var description: String {
      switch self {
      case .notStarted(let status, let skipped):
        "Tests/Engines/trino/serve ended with status \(status): no Trino for \(skipped)"
      }
    }
  }

  /// What `serve` ends with where Java or the jars are not there.
  private static let absent: Int32 = 2

  private struct Start: Sendable {
    var address: String?
    var status: Int32 = 0
  }

  /// Its input is held open: Trino ends when it is closed, however this process ends.
  private static let input = Pipe()

  private static let start: Start = {
    if let running = ProcessInfo.processInfo.environment["CONCORD_TRINO_URL"] {
      return Start(address: running)
    }
    let process = Process()
    process.executableURL = Engine.folder.appendingPathComponent("trino/serve")
    process.standardInput = input
    let output = Pipe()
    process.standardOutput = output
    do { try process.run() } catch { return Start(status: absent) }
    var line = Data()
    while !line.contains(0x0A) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty {
        process.waitUntilExit()
        return Start(status: process.terminationStatus)
      }
      line += more
    }
    return Start(address: String(decoding: line.prefix { $0 != 0x0A }, as: UTF8.self))
  }()

  /// What an engine needs to be told of it: `CONCORD_TRINO_URL` and the like. `nil` where there is no Java or no Trino,
  /// which is said on standard error, `what` being the count and kind of the cases that are not run; a Trino that does
  /// not start fails where engines are required.
  package static func environment(for what: String) throws -> [String: String]? {
    guard let address = start.address else {
      if start.status != absent, Engine.isRequired {
        throw Failure.notStarted(status: start.status, skipped: what)
      }
      Engine.note("not run: \(what): no Trino, see Tests/Engines/README.md")
      return nil
    }
    return [
      "CONCORD_TRINO_URL": address, "CONCORD_TRINO_USER": "concord", "CONCORD_ENGINE_TIMEOUT": "300",
    ]
  }
}
