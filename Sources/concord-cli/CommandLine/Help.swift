import Concord

/// Writes the help texts.
enum Help {
  /// The help of the whole tool.
  static func overview(_ commands: [CommandSpec]) -> String {
    """
    \(introduction.joined(separator: "\n"))

    usage: concord COMMAND [OPTIONS] [ARGUMENTS]

    commands:
    \(table(commands.map { ($0.name, $0.summary) }))

    options:
    \(table([("-h, --help", "show this help, or that of a command"), ("--version", "show the version")]))

    exit codes:
    \(table(exitCodes))

    `concord COMMAND --help` shows a command's options and examples.

    """
  }

  /// What the tool is.
  static let introduction = [
    "Concord compiles a detection rule into the query languages of the platforms that run detections.",
    "A translation is exact, or it is refused with a reason.",
  ]

  /// The exit codes, and what each means.
  static let exitCodes = [
    ("0", "clean"), ("1", "findings: a failing fixture, a disagreement"), ("2", "a bad or refused rule"),
    ("3", "wrong usage, or a file that cannot be read"), ("4", "verification came to no answer"),
  ]

  /// The help of one command.
  static func command(_ command: CommandSpec) -> String {
    let rows = command.options.map { option in
      let short = option.short.map { "-\($0), " } ?? ""
      let value = option.value.map { " \($0.name)" } ?? ""
      return ("\(short)--\(option.name)\(value)", option.help)
    }
    let examples = command.examples.map { "  \($0.line)\n      \($0.does)" }.joined(separator: "\n")
    return """
      \(command.summary)

      usage: concord \(command.name) [OPTIONS]\(command.positional.map { " \($0)" } ?? "")

      options:
      \(table(rows + [("-h, --help", "show this help")]))
      \(command.notes.isEmpty ? "" : "\n" + command.notes.joined(separator: "\n") + "\n")
      examples:
      \(examples)

      """
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = min(26, rows.map(\.0.count).max() ?? 0)
    return rows.map { name, text in
      name.count > width
        ? "  \(name)\n  \(String(repeating: " ", count: width))  \(text)"
        : "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)"
    }.joined(separator: "\n")
  }
}
