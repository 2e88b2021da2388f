import Concord
import Foundation

/// Where output goes: results to standard output, diagnostics to standard error.
struct Terminal: Sendable {
  /// Draws diagnostics, as standard error shows them.
  let renderer: DiagnosticRenderer
  /// Whether standard output is a terminal.
  let isInteractive: Bool
  /// Whether standard error is a terminal that can take a line back, where progress can be shown.
  let isInteractiveErrors: Bool
  /// Whether lines on standard output are coloured.
  private let isColoured: Bool

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    isInteractive = isatty(STDOUT_FILENO) == 1
    isInteractiveErrors = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    isColoured = Terminal.hasColours(isInteractive, environment)
    renderer = DiagnosticRenderer(colour: Terminal.hasColours(isatty(STDERR_FILENO) == 1, environment))
  }

  /// Whether to colour what goes to a terminal, or to something else: `NO_COLOR` says no, `FORCE_COLOR` and
  /// `CLICOLOR_FORCE` yes, and a dumb terminal shows none.
  private static func hasColours(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty && $0 != "0" } ?? false }
    if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false { return false }
    if isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE") { return true }
    return isTerminal && environment["TERM"] != "dumb"
  }

  /// Writes to standard output. Throws where the output cannot be written, say for lack of room.
  func print(_ text: String) throws(Diagnostic) {
    guard Terminal.write(text, to: STDOUT_FILENO) else {
      throw Diagnostic(.cannotWrite, "cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes lines to standard output. Throws where the output cannot be written.
  func print(_ lines: [TextLine]) throws(Diagnostic) {
    try print(lines.map { $0.drawn(colour: isColoured) }.joined())
  }

  /// Writes bytes to standard output. Returns the system's error number where it cannot, otherwise 0.
  func write(_ bytes: [UInt8]) -> Int32 {
    bytes.withUnsafeBytes { Terminal.write($0, to: STDOUT_FILENO) ? 0 : errno }
  }

  /// Draws a diagnostic on standard error.
  func report(_ diagnostic: Diagnostic) {
    _ = Terminal.write(renderer.render(diagnostic), to: STDERR_FILENO)
  }

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
