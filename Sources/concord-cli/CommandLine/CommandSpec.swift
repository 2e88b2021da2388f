import Concord

/// One command: what it takes and what it does.
struct CommandSpec: Sendable {
  /// The command's name.
  let name: String
  /// One line for the list of commands.
  let summary: String
  /// The positional arguments, as the usage line shows them; `nil` where it takes none.
  let positional: String?
  /// The only positional arguments there are, where they are a fixed set: shells offer these instead of files.
  var words: [String] = []
  /// Its options, besides `--help`.
  let options: [OptionSpec]
  /// Command lines with what they do.
  let examples: [(line: String, does: String)]
  /// More lines for the help, below the options.
  var notes: [String] = []
  /// Does the work and says how it went.
  let run: @Sendable (ParsedArguments, Terminal) throws(Diagnostic) -> ExitCode
}

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
