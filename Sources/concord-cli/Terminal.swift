import Concord
import Foundation

/// Where output goes: results to standard output, diagnostics to standard error.
struct Terminal: Sendable {
  /// Draws diagnostics; coloured only where standard error is a terminal.
  let renderer: DiagnosticRenderer
  /// Whether standard output is a terminal.
  let isInteractive: Bool

  init() {
    let plain = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    renderer = DiagnosticRenderer(colour: isatty(STDERR_FILENO) == 1 && !plain)
    isInteractive = isatty(STDOUT_FILENO) == 1
  }

  /// Writes to standard output. Throws where the output cannot be written, say for lack of room.
  func print(_ text: String) throws(Diagnostic) {
    guard Terminal.write(text, to: STDOUT_FILENO) else {
      throw Diagnostic(.cannotWrite, "cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes bytes to standard output. Returns the system's error number where it cannot, otherwise 0.
  func write(_ bytes: [UInt8]) -> Int32 {
    bytes.withUnsafeBytes { Terminal.write($0, to: STDOUT_FILENO) ? 0 : errno }
  }

  /// Draws a diagnostic on standard error.
  func report(_ diagnostic: Diagnostic) {
    _ = Terminal.write(renderer.render(diagnostic), to: STDERR_FILENO)
  }

  /// Whether standard error is a terminal, where progress can be shown.
  var isInteractiveErrors: Bool { isatty(STDERR_FILENO) == 1 }

  /// Shows a passing line on a terminal.
  func progress(_ line: String) {
    if isInteractiveErrors { _ = Terminal.write("\r\u{1B}[K\(line)", to: STDERR_FILENO) }
  }

  /// Takes the passing line away.
  func endProgress() {
    if isInteractiveErrors { _ = Terminal.write("\r\u{1B}[K", to: STDERR_FILENO) }
  }

  /// Writes a line to standard error.
  func remark(_ line: String) {
    _ = Terminal.write(line + "\n", to: STDERR_FILENO)
  }

  /// Writes a text to a file that is open; whether it could, otherwise `errno` says why not.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return true
  }
}
