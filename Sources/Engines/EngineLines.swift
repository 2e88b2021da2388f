import Foundation

/// A command that runs, and the lines that it writes, taken one by one: it waits where they are not taken.
package final class EngineLines {
  /// How many bytes of what it says on standard error are kept.
  private static let errorLimit = 64 << 10

  private let process = Process()
  private let output: FileHandle
  private let errors: URL
  private let folder: URL
  private let ended = DispatchSemaphore(value: 0)
  private let control: QueryControl
  private let lineLimit: Int
  /// What was written; the bytes before `taken` are taken.
  private var buffer: [UInt8] = []
  private var taken = 0
  /// Up to where no line ends.
  private var searched = 0
  private var isAtEnd = false

  /// Starts the executable at `path` in a new folder of its own, with `input` as its standard input. A line may have
  /// `lineLimit` bytes.
  package init(
    _ path: String, _ arguments: [String], environment: [String: String], input: Data,
    _ control: QueryControl, lineLimit: Int
  ) throws(EngineProcess.Failure) {
    (self.control, self.lineLimit) = (control, lineLimit)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("concord-\(UUID().uuidString)")
    errors = folder.appendingPathComponent("stderr")
    let pipe = Pipe()
    output = pipe.fileHandleForReading
    do {
      // For this user alone, as `EngineProcess` has it.
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let given = folder.appendingPathComponent("stdin")
      try input.write(to: given)
      try Data().write(to: errors)
      process.executableURL = URL(fileURLWithPath: EngineProcess.absolute(path))
      process.arguments = arguments
      process.environment = environment
      process.currentDirectoryURL = folder
      let handles = try (FileHandle(forReadingFrom: given), FileHandle(forWritingTo: errors))
      // `EngineProcess` says why they are closed here, and `output` at the end.
      defer { for handle in [handles.0, handles.1] { try? handle.close() } }
      (process.standardInput, process.standardOutput, process.standardError) = (handles.0, pipe, handles.1)
      process.terminationHandler = { [ended] _ in ended.signal() }
      try process.run()
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw .notStarted(error.localizedDescription)
    }
  }

  deinit {
    if process.isRunning { end() }
    try? output.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// The next line, without its end; `nil` after the last. Throws `timedOut` where the time is over or the control asks
  /// to stop, and `tooLarge` for a line beyond the limit.
  package func next() throws(EngineProcess.Failure) -> Data? {
    while true {
      if let place = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { (taken, searched) = (place + 1, place + 1) }
        return Data(buffer[taken..<place])
      }
      searched = buffer.count
      if isAtEnd {
        defer { taken = buffer.count }
        return taken < buffer.count ? Data(buffer[taken...]) : nil
      }
      guard buffer.count - taken <= lineLimit else { throw .tooLarge }
      try fill()
    }
  }

  /// Waits for the end of a command that has written all, and returns its status and what it said on standard error.
  package func status() throws(EngineProcess.Failure) -> (status: Int32, errors: String) {
    while ended.wait(timeout: .now() + 0.1) == .timedOut {
      if control.isStopped() || control.deadline.isOver { throw .timedOut }
    }
    let said = (try? FileHandle(forReadingFrom: errors)).flatMap { try? $0.read(upToCount: Self.errorLimit) }
    return (process.terminationStatus, String(decoding: said ?? Data(), as: UTF8.self))
  }

  /// Ends the command, whatever it does.
  package func end() {
    process.terminate()
    if ended.wait(timeout: .now() + 0.5) == .timedOut { kill(process.processIdentifier, SIGKILL) }
  }

  /// Waits for more bytes.
  private func fill() throws(EngineProcess.Failure) {
    var waiting = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, 100) <= 0 {
      if control.isStopped() || control.deadline.isOver { throw .timedOut }
    }
    if control.isStopped() || control.deadline.isOver { throw .timedOut }
    buffer.removeFirst(taken)
    (searched, taken) = (searched - taken, 0)
    let more = output.availableData
    if more.isEmpty { isAtEnd = true } else { buffer.append(contentsOf: more) }
  }
}
