import Foundation

/// The system's `gzip -dc` at work on one log: compressed bytes in, the log's bytes out.
final class GzipProcess: @unchecked Sendable {
  // Used by one thread at a time: the one that reads the log.

  /// Where the log's bytes come out.
  let output: Int32
  private let errors: Int32
  private let process: pid_t
  private var isOpen = true

  /// Pipes are made and handed on one at a time: an end that a second child inherits by chance would keep the
  /// first child's reader waiting.
  private static let starting = NSLock()

  /// Starts it on a file. Throws what the system says where it cannot be started.
  init(input: Int32) throws(SystemError) {
    GzipProcess.starting.lock()
    defer { GzipProcess.starting.unlock() }
    let (output, outputEnd) = try GzipProcess.pipe()
    let (errors, errorsEnd) = try GzipProcess.pipe()
    defer {
      close(outputEnd)
      close(errorsEnd)
    }
    let status: Int32
    (process, status) = GzipProcess.spawn(input: input, output: outputEnd, errors: errorsEnd)
    guard status == 0 else {
      close(output)
      close(errors)
      throw SystemError(code: status)
    }
    #if os(Linux)
      // A larger pipe lets it work ahead while events are evaluated. Where that is not allowed, no harm is done.
      _ = fcntl(output, 1031 /* F_SETPIPE_SZ */, Int32(1 << 20))
    #endif
    self.output = output
    self.errors = errors
  }

  private static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else { throw SystemError.last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawn(input: Int32, output: Int32, errors: Int32) -> (pid_t, Int32) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (from, to) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    // Signals that this program ignores are not ignored there.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    sigaddset(&signals, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // `LC_ALL=C` for its messages; `GZIP` could hold options.
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C"
    environment["GZIP"] = nil
    var arguments: [UnsafeMutablePointer<CChar>?] = ["gzip", "-dc"].map { (text: String) in strdup(text) }
    arguments.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    variables.append(nil)
    defer { for text in arguments + variables { free(text) } }
    var process = pid_t()
    let status = posix_spawnp(&process, "gzip", &actions, &attributes, &arguments, &variables)
    return (process, status)
  }

  /// Waits for its end and says what it complained about; `nil` where all went well.
  func finish() -> String? {
    guard isOpen else { return nil }
    isOpen = false
    close(output)
    var message: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while message.count < 1 << 16 {
      let count = read(errors, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      message += buffer[..<count]
    }
    close(errors)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    if status == 0 { return nil }
    let text = String(decoding: message, as: UTF8.self)
    let words = text.split(separator: "\n").lazy
      .map { $0.trimmingCharacters(in: .whitespaces) }.first { !$0.isEmpty }
    guard let words else { return "gzip ended with status \(status & 0x7F == 0 ? status >> 8 : status)" }
    return words.split(separator: ": ").last.map(String.init) ?? words
  }

  deinit { _ = finish() }
}

/// What the system says about a call that failed.
package struct SystemError: Error {
  package let code: Int32

  /// That of the last call.
  package static var last: SystemError { SystemError(code: errno) }

  /// In the system's own words.
  package var words: String { String(cString: strerror(code)).lowercased() }
}
