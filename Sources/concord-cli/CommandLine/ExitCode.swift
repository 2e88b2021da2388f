/// How a command went, as CI systems expect it.
enum ExitCode: Int32, Comparable, Sendable {
  /// Nothing to complain about.
  case clean = 0
  /// A fixture fails, targets disagree.
  case findings = 1
  /// A rule is bad, or a language cannot say it.
  case badRule = 2
  /// The command line is wrong, or a file cannot be read or written.
  case usage = 3
  /// Verification came to no answer.
  case unknown = 4
  /// The user interrupted it (128 and the signal's number, as shells have it).
  case interrupted = 130
  /// Nobody reads the output any more.
  case closedPipe = 141

  static func < (left: ExitCode, right: ExitCode) -> Bool { left.rawValue < right.rawValue }

  /// Two results together. Usage and unreadable files win over bad rules, these over an unknown answer, that
  /// over findings: never a smaller worry than the one that was met.
  func and(_ other: ExitCode) -> ExitCode {
    let order: [ExitCode] = [.clean, .findings, .unknown, .badRule, .usage, .closedPipe, .interrupted]
    return order.last { $0 == self || $0 == other } ?? self
  }
}
