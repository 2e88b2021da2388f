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

  /// Whether it has that option.
  func takes<Value>(_ key: OptionKey<Value>) -> Bool { options.contains { $0.name == key.spec.name } }
}
