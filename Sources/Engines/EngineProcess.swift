import Foundation

/// Runs a command to its end, within bounds of time and size.
package enum EngineProcess {
  /// What a command left behind.
  package struct Result: Sendable {
    package let status: Int32
    package let output: Data
    package let errors: Data
  }

  /// Why a command did not come to its end.
  package enum Failure: Error {
    /// It could not be started; the text is the system's reason.
    case notStarted(String)
    /// The time is over, or an end was asked for; the command was ended.
    case timedOut
    /// It wrote more than was allowed; the command was ended.
    case tooLarge
  }

  /// The executable file that `name` stands for: itself where it is a path, otherwise the first in the
  /// environment's `PATH`, or in the system's own folders where that is not set; `nil` where there is none.
  package static func find(_ name: String, environment: [String: String]) -> String? {
    let candidates =
      name.contains("/")
      ? [name]
      : (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
    return candidates.first { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        && FileManager.default.isExecutableFile(atPath: path)
    }
  }

  /// Runs the executable at `path` in a new folder of its own that holds `files` and is removed afterwards.
  ///
  /// All streams are files there, so that no amount of input or output blocks, and a grandchild that keeps a
  /// stream open cannot hold the run up. The arguments reach the command as they are; no shell is involved.
  package static func run(
    _ path: String, _ arguments: [String], environment: [String: String], files: [String: Data] = [:],
    input: Data = Data(), by deadline: Deadline, isStopped: () -> Bool = { false }, limit: Int
  ) throws(Failure) -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("concord-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      // For this user alone: queries hold events, and events hold what logs hold.
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let streams = try Streams(folder, files: files, input: input)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: absolute(path))
      process.arguments = arguments
      process.environment = environment
      process.currentDirectoryURL = folder
      let handles = try streams.attach(to: process)
      // Foundation keeps a process whose end a handler is told of, and with it what is open, to the end of this one.
      defer { for handle in handles { try? handle.close() } }
      let ended = DispatchSemaphore(value: 0)
      process.terminationHandler = { _ in ended.signal() }
      try process.run()
      try wait(for: process, ended, streams, deadline, isStopped, limit)
      guard try streams.size() <= limit else { throw Failure.tooLarge }
      return Result(
        status: process.terminationStatus, output: try Data(contentsOf: streams.output),
        errors: try Data(contentsOf: streams.errors))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .notStarted(error.localizedDescription)
    }
  }

  /// The path as it is from any folder: the command runs in one of its own.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  private static func wait(
    for process: Process, _ ended: DispatchSemaphore, _ streams: Streams, _ deadline: Deadline,
    _ isStopped: () -> Bool, _ limit: Int
  ) throws {
    while ended.wait(timeout: min(.now() + 0.1, deadline.moment)) == .timedOut {
      let isTooLarge = try streams.size() > limit
      guard isTooLarge || deadline.isOver || isStopped() else { continue }
      process.terminate()
      if ended.wait(timeout: .now() + 0.5) == .timedOut {
        kill(process.processIdentifier, SIGKILL)
        _ = ended.wait(timeout: .now() + 0.5)
      }
      throw isTooLarge ? Failure.tooLarge : Failure.timedOut
    }
  }

  /// The files that are a command's streams.
  private struct Streams {
    let input: URL
    let output: URL
    let errors: URL

    init(_ folder: URL, files: [String: Data], input content: Data) throws {
      for (name, content) in files { try content.write(to: folder.appendingPathComponent(name)) }
      input = folder.appendingPathComponent("stdin")
      output = folder.appendingPathComponent("stdout")
      errors = folder.appendingPathComponent("stderr")
      try content.write(to: input)
      try Data().write(to: output)
      try Data().write(to: errors)
    }

    /// Makes them the process's, and returns what is open for it.
    func attach(to process: Process) throws -> [FileHandle] {
      let handles = try (
        FileHandle(forReadingFrom: input), FileHandle(forWritingTo: output), FileHandle(forWritingTo: errors)
      )
      (process.standardInput, process.standardOutput, process.standardError) = handles
      return [handles.0, handles.1, handles.2]
    }

    func size() throws -> Int {
      try [output, errors].reduce(0) { sum, file in
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        return sum + ((attributes[.size] as? NSNumber)?.intValue ?? 0)
      }
    }
  }
}
