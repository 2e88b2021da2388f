import Concord

/// Writes the manual page, from the same specifications as the help. Its language is that of `man(7)`.
enum Manual {
  /// The page of these commands.
  static func page(_ commands: [CommandSpec]) -> String {
    var lines = [
      ".TH CONCORD 1 \"\" \"concord \(Compiler.version)\" \"User Commands\"",
      ".SH NAME", "concord \\- compile detection rules into the query languages of SIEMs",
      ".SH SYNOPSIS", ".B concord", ".I COMMAND", "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
      ".SH DESCRIPTION",
    ]
    lines += Help.introduction.map(text)
    lines.append(".SH COMMANDS")
    for command in commands { lines += section(command) }
    lines.append(".SH EXIT STATUS")
    for (code, meaning) in Help.exitCodes { lines += [".TP", ".B \(code)", text(meaning)] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ command: CommandSpec) -> [String] {
    let positional = command.positional.map { " " + inline($0) } ?? ""
    var lines = [".SS concord \(inline(command.name)) [OPTIONS]\(positional)", text(command.summary)]
    for option in command.options {
      let short = option.short.map { "\\-\($0), " } ?? ""
      let value = option.value.map { " \\fI\(inline($0.name))\\fR" } ?? ""
      lines += [".TP", "\\fB\(short)\\-\\-\(inline(option.name))\\fR\(value)", text(option.help)]
    }
    if !command.notes.isEmpty { lines += [".PP", ".nf"] + command.notes.map(text) + [".fi"] }
    for example in command.examples {
      lines += [".PP", text(example.does), ".nf", ".RS", text(example.line), ".RE", ".fi"]
    }
    return lines
  }

  /// A line of text, which is no request whatever it begins with.
  private static func text(_ line: String) -> String {
    let escaped = inline(line)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  /// Text within a line: backslashes are escapes, and a plain `-` may be drawn as a hyphen that no shell takes.
  private static func inline(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
  }
}
