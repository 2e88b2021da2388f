import Concord
import Foundation
import Testing

/// The built command-line tool, run as a user runs it.
enum Tool {
  /// `concord` is not beside the tests.
  struct Missing: Error {}

  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  /// The executable beside the test bundle.
  static let executable: URL? = {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let url = beside.appendingPathComponent("concord")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
  }()

  /// `concord` with these arguments in `folder`, and these variables besides the test's own; not started.
  static func process(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    guard let executable else { throw Missing() }
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    return process
  }

  /// Runs `concord` with these arguments in `folder`, `input` on its standard input, and these variables besides the
  /// test's own.
  static func run(
    _ arguments: [String], input: String = "", in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    let process = try process(arguments, in: folder, environment: environment)
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    // Feed and drain at once: a pipe holds 64 KiB, and neither side may wait for the other.
    let errors = Drain(stderr.fileHandleForReading)
    let feeder = Thread {
      try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try? stdin.fileHandleForWriting.close()
    }
    feeder.start()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors.data(), as: UTF8.self))
  }

  /// A new folder for one test's files.
  static func folder(_ files: [String: String] = [:]) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("concord-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return folder
  }
}

/// What stands in a JSON value under these keys and places; `nil` where there is nothing.
func member(_ value: Value?, _ path: String...) -> Value? {
  path.reduce(value) { value, key in
    switch value {
    case .object(let object)?: object[key]
    case .array(let items)?: Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
    default: nil
    }
  }
}

/// Reads a pipe to its end on a thread of its own.
private final class Drain: @unchecked Sendable {
  private var collected = Data()
  private let done = DispatchSemaphore(value: 0)

  init(_ handle: FileHandle) {
    let thread = Thread { [self] in
      collected = handle.readDataToEndOfFile()
      done.signal()
    }
    thread.start()
  }

  func data() -> Data {
    done.wait()
    return collected
  }
}
