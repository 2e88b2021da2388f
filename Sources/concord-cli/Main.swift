import Concord
import Foundation

/// The command line: `concord COMMAND …`.
@main
struct ConcordTool {
  static let commands: [CommandSpec] = [
    CompileCommand.spec, CheckCommand.spec, VerifyCommand.spec, DiffCommand.spec, LintCommand.spec,
    FormatCommand.spec,
    ScanCommand.spec, RunCommand.spec, BacktestCommand.spec, SchemaCommand.spec, ImportCommand.spec,
    PipelinesCommand.spec,
    ExplainCommand.spec, LanguageServer.spec, completions, manual,
  ]

  static func main() {
    let terminal = Terminal()
    let code: ExitCode
    do throws(Diagnostic) {
      code = try run(CommandLine.arguments.dropFirst(), terminal)
    } catch {
      terminal.report(error)
      code = .usage
    }
    exit(code.rawValue)
  }

  private static func run(
    _ arguments: ArraySlice<String>, _ terminal: Terminal
  ) throws(Diagnostic) -> ExitCode {
    guard let first = arguments.first else {
      terminal.remark(Help.overview(commands))
      return .usage
    }
    let rest = arguments.dropFirst()
    switch first {
    case "--help", "-h":
      try terminal.print(Help.overview(commands))
      return .clean
    case "help":
      guard let name = rest.first else {
        try terminal.print(Help.overview(commands))
        return .clean
      }
      try terminal.print(Help.command(try command(name)))
      return .clean
    case "--version":
      try terminal.print("concord \(Compiler.version)\n")
      return .clean
    default:
      let command = try command(first)
      if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        try terminal.print(Help.command(command))
        return .clean
      }
      return try command.run(ParsedArguments(rest, for: command, among: commands), terminal)
    }
  }

  private static func command(_ name: String) throws(Diagnostic) -> CommandSpec {
    if let command = commands.first(where: { $0.name == name }) { return command }
    let near = Suggestion.nearest(to: name, among: commands.map(\.name))
    let looksLikeFile = name.contains(".") || name.contains("/")
    throw Diagnostic(
      .unknownCommand, name.hasPrefix("-") ? "unknown option `\(name)`" : "unknown command `\(name)`",
      help: (near.map { ["did you mean `concord \($0)`?"] }
        ?? (looksLikeFile ? ["to compile a rule: `concord compile \(name)`"] : []))
        + ["see `concord --help`"])
  }

  private static let manual = CommandSpec(
    name: "manual", summary: "Print the manual page.", positional: nil, options: [],
    examples: [("concord manual | man -l -", "read it")]
  ) { (arguments, terminal) throws(Diagnostic) in
    guard arguments.positionals.isEmpty else {
      throw Diagnostic(.usage, "`concord manual` takes no arguments")
    }
    try terminal.print(Manual.page(commands))
    return .clean
  }

  private static let completions = CommandSpec(
    name: "completions", summary: "Print a completion script for a shell.", positional: "bash|zsh|fish",
    words: Completions.shells, options: [],
    examples: [
      ("source <(concord completions bash)", "complete concord's commands, options and values in this bash"),
      ("source <(concord completions zsh)", "the same in zsh, after `compinit`"),
      ("concord completions fish | source", "the same in fish"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    guard let shell = arguments.positionals.first, arguments.positionals.count == 1 else {
      throw Diagnostic(
        .usage, "name one shell", help: ["`concord completions \(Completions.shells.joined(separator: "|"))`"]
      )
    }
    guard Completions.shells.contains(shell) else {
      throw .unknown("shell", shell, among: Completions.shells, .usage)
    }
    try terminal.print(Completions.script(for: shell, commands))
    return .clean
  }
}
