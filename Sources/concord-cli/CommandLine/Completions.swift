import Concord

/// Writes completion scripts for shells, from the same specifications as the help.
enum Completions {
  /// The shells there are scripts for.
  static let shells = ["bash", "zsh", "fish"]

  /// The script for a shell of `shells`.
  static func script(for shell: String, _ commands: [CommandSpec]) -> String {
    let commands = commands + [help(of: commands)]
    return switch shell {
    case "zsh": zsh(commands)
    case "fish": fish(commands)
    default: bash(commands)
    }
  }

  /// `concord help`, which takes a command's name.
  private static func help(of commands: [CommandSpec]) -> CommandSpec {
    CommandSpec(
      name: "help", summary: "Show the help of a command.", positional: "COMMAND",
      words: commands.map(\.name),
      options: [], examples: []
    ) { (_, _) throws(Diagnostic) in .clean }
  }

  // Bash: one function. What is offered depends on the option before the word, else on whether the word begins with a
  // dash. `mapfile` keeps names with spaces whole; readline quotes them, since they are file names.

  private static func bash(_ commands: [CommandSpec]) -> String {
    let cases = commands.map { command in
      let words = command.options.flatMap(spellings) + ["-h", "--help"]
      var lines = ["    \(command.name)) words=\"\(words.joined(separator: " "))\""]
      lines.append("      case \"$before\" in")
      for option in command.options {
        guard let value = option.value else { continue }
        lines.append("        \(spellings(option).joined(separator: "|"))) \(bash(value.kind)) ;;")
      }
      lines.append("      esac")
      if !command.words.isEmpty { lines.append("      rest=\"\(command.words.joined(separator: " "))\"") }
      return (lines + ["      ;;"]).joined(separator: "\n")
    }
    return """
      # Completion of concord for bash: source this file.
      _concord() {
        local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
        local words="" offer="" list="" files="" rest="" head=""
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          mapfile -t COMPREPLY < <(compgen -W "\(commands.map(\.name).joined(separator: " ")) --help --version" -- "$word")
          return
        fi
        case "${COMP_WORDS[1]}" in
      \(cases.joined(separator: "\n"))
        esac
        if [ -n "$list" ]; then
          if [[ "$word" == *,* ]]; then head="${word%,*},"; fi
          mapfile -t COMPREPLY < <(compgen -P "$head" -W "$list" -- "${word##*,}")
        elif [ -n "$offer$files" ]; then
          mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$word"; [ -z "$files" ] || compgen "$files" -- "$word")
        elif [[ "$word" == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        elif [ -n "$rest" ]; then
          mapfile -t COMPREPLY < <(compgen -W "$rest" -- "$word")
        else
          mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
      }
      complete -o filenames -F _concord concord

      """
  }

  private static func bash(_ kind: OptionSpec.Kind) -> String {
    switch kind {
    case .text: "return"
    case .file: "files=-f"
    case .folder: "files=-d"
    case .choice(let words): "offer=\"\(words.joined(separator: " "))\""
    case .list(let words): "list=\"\(words.joined(separator: " "))\""
    case .fileOr(let words): "offer=\"\(words.joined(separator: " "))\" files=-f"
    }
  }

  private static func zsh(_ commands: [CommandSpec]) -> String {
    let names = commands.map { "    \(quoted("\($0.name):\($0.summary)"))" }.joined(separator: "\n")
    let cases = commands.map { command in
      let options = command.options.flatMap { option in
        spellings(option).map { zsh($0, option) }
      }
      let rest =
        command.words.isEmpty ? "*:file:_files" : "*:name:(\(command.words.joined(separator: " ")))"
      let lines = (options + [quoted(rest)]).map { "        \($0)" }.joined(separator: " \\\n")
      return "      \(command.name)) _arguments -s \\\n\(lines) ;;"
    }
    return """
      #compdef concord
      # Completion of concord for zsh: as `_concord` in a folder of $fpath, or sourced after compinit.
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
      if [[ "${funcstack[1]}" == _concord ]]; then _concord "$@"; else compdef _concord concord; fi

      """
  }

  private static func zsh(_ spelling: String, _ option: OptionSpec) -> String {
    // In an option's text a bracket would end it, and in the value's a colon.
    let help = option.help.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing(
      "]", with: "\\]")
    var text = "\(option.repeats ? "*" : "")\(spelling)[\(help)]"
    if let value = option.value {
      let action =
        switch value.kind {
        case .text: " "
        case .file: "_files"
        case .folder: "_files -/"
        case .choice(let words): "(\(words.joined(separator: " ")))"
        case .list(let words): "_values -s , \(value.name) \(words.joined(separator: " "))"
        case .fileOr(let words): "{compadd -- \(words.joined(separator: " ")); _files}"
        }
      text += ":\(value.name):\(action)"
    }
    return quoted(text)
  }

  private static func fish(_ commands: [CommandSpec]) -> String {
    var lines = ["# Completion of concord for fish."]
    for command in commands {
      lines.append(
        "complete -c concord -n __fish_use_subcommand -f -a \(command.name) -d \(quoted(command.summary))")
      let condition = "-n '__fish_seen_subcommand_from \(command.name)'"
      if !command.words.isEmpty {
        lines.append("complete -c concord \(condition) -f -a \(quoted(command.words.joined(separator: " ")))")
      }
      for option in command.options {
        let short = option.short.map { " -s \($0)" } ?? ""
        lines.append(
          "complete -c concord \(condition) -l \(option.name)\(short)\(fish(option.value?.kind)) -d \(quoted(option.help))"
        )
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fish(_ kind: OptionSpec.Kind?) -> String {
    switch kind {
    case nil: ""
    case .text: " -x"
    case .file: " -r -F"
    case .folder: " -x -a '(__fish_complete_directories)'"
    case .choice(let words): " -x -a \(quoted(words.joined(separator: " ")))"
    case .list(let words):
      " -x -a \(quoted("(__fish_append , \(words.joined(separator: " ")))"))"
    case .fileOr(let words): " -r -F -a \(quoted(words.joined(separator: " ")))"
    }
  }

  /// How an option is spelled, the short name first.
  private static func spellings(_ option: OptionSpec) -> [String] {
    (option.short.map { ["-\($0)"] } ?? []) + ["--\(option.name)"]
  }

  /// A text in single quotes, as all three shells take it.
  private static func quoted(_ text: String) -> String {
    // Outside the quotes an escaped quote stands for itself.
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
