/// Writes completion scripts for shells, from the same specifications as the help.
enum Completions {
  /// The shells there are scripts for.
  static let shells = ["bash", "zsh", "fish"]

  /// The script for a shell of `shells`.
  static func script(for shell: String, _ commands: [CommandSpec]) -> String {
    switch shell {
    case "zsh": zsh(commands)
    case "fish": fish(commands)
    default: bash(commands)
    }
  }

  private static func bash(_ commands: [CommandSpec]) -> String {
    let cases = commands.map { command in
      let words = (command.options.map { "--\($0.name)" } + ["--help"]).joined(separator: " ")
      return "    \(command.name)) words=\"\(words)\" ;;"
    }
    return """
      # Completion of concord for bash: source this file.
      _concord() {
        local word="${COMP_WORDS[COMP_CWORD]}" words=""
        if [ "$COMP_CWORD" -eq 1 ]; then
          words="\(commands.map(\.name).joined(separator: " ")) --help --version"
        else
          case "${COMP_WORDS[1]}" in
      \(cases.joined(separator: "\n"))
          esac
        fi
        if [[ "$word" == -* || "$COMP_CWORD" -eq 1 ]]; then
          COMPREPLY=($(compgen -W "$words" -- "$word"))
        else
          COMPREPLY=($(compgen -f -- "$word"))
        fi
      }
      complete -o filenames -F _concord concord

      """
  }

  private static func zsh(_ commands: [CommandSpec]) -> String {
    let names = commands.map { "    '\($0.name):\(quoted($0.summary))'" }.joined(separator: "\n")
    let cases = commands.map { command in
      let options = command.options.map { option in
        let value = option.value.map { ":\($0):_files" } ?? ""
        return "        '\(option.repeats ? "*" : "")--\(option.name)[\(quoted(option.help))]\(value)'"
      }
      return
        "      \(command.name)) _arguments \\\n\((options + ["        '*:file:_files'"]).joined(separator: " \\\n")) ;;"
    }
    return """
      #compdef concord
      _concord() {
        local -a commands
        commands=(
      \(names)
        )
        if (( CURRENT == 2 )); then
          _describe 'command' commands
        else
          local command="${words[2]}"
          shift words
          (( CURRENT-- ))
          case "$command" in
      \(cases.joined(separator: "\n"))
          esac
        fi
      }
      _concord "$@"

      """
  }

  private static func fish(_ commands: [CommandSpec]) -> String {
    var lines = ["# Completion of concord for fish."]
    for command in commands {
      lines.append(
        "complete -c concord -n __fish_use_subcommand -a \(command.name) -d '\(quoted(command.summary))'")
      for option in command.options {
        let short = option.short.map { " -s \($0)" } ?? ""
        let value = option.value == nil ? "" : " -r"
        lines.append(
          "complete -c concord -n '__fish_seen_subcommand_from \(command.name)' -l \(option.name)\(short)\(value) "
            + "-d '\(quoted(option.help))'")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Help texts stand in single quotes and brackets there.
  private static func quoted(_ text: String) -> String {
    String(text.map { "'[]:\\".contains($0) ? " " : $0 })
  }
}
