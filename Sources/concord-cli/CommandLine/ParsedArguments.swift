import Concord

/// What a command line says: options with their values, and the rest.
struct ParsedArguments: Sendable {
  private(set) var values: [String: [String]] = [:]
  private(set) var positionals: [String] = []
  /// How many of `positionals` stand before `--`; `nil` where there is none.
  private(set) var positionalsBeforeDashes: Int?

  /// Reads `arguments` by a command's specification. Throws on what it does not know, with a suggestion.
  init(_ arguments: ArraySlice<String>, for command: CommandSpec) throws(Diagnostic) {
    var rest = arguments
    var optionsEnded = false
    while let argument = rest.popFirst() {
      if optionsEnded || argument == "-" || !argument.hasPrefix("-") {
        positionals.append(argument)
      } else if argument == "--" {
        optionsEnded = true
        positionalsBeforeDashes = positionals.count
      } else {
        try take(argument, &rest, command)
      }
    }
    if command.positional == nil, let extra = positionals.first {
      throw .unexpectedArgument(extra, command: command)
    }
  }

  private mutating func take(
    _ argument: String, _ rest: inout ArraySlice<String>, _ command: CommandSpec
  ) throws(Diagnostic) {
    let (spelled, attached) = ParsedArguments.split(argument)
    guard let option = command.options.first(where: { $0.matches(spelled) }) else {
      throw .unknownOption(spelled, command: command)
    }
    guard option.value != nil else {
      if attached != nil { throw .valueNotTaken(option) }
      values[option.name, default: []].append("")
      return
    }
    guard let value = attached ?? rest.popFirst() else { throw .valueMissing(option, command: command) }
    if !option.choices.isEmpty, !option.choices.contains(value) { throw .badChoice(value, option) }
    if !option.repeats, values[option.name] != nil { throw .givenTwice(option) }
    values[option.name, default: []].append(value)
  }

  /// `--name=value` in two; `-xVALUE` likewise.
  private static func split(_ argument: String) -> (name: String, value: String?) {
    if argument.hasPrefix("--") {
      guard let sign = argument.firstIndex(of: "=") else { return (argument, nil) }
      return (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
    }
    if argument.count > 2 { return (String(argument.prefix(2)), String(argument.dropFirst(2))) }
    return (argument, nil)
  }

  /// Whether the option was given.
  func has(_ name: String) -> Bool { values[name] != nil }
  /// The option's value; the last, where it was given several times.
  subscript(name: String) -> String? { values[name]?.last }
  /// All values of an option that may be given several times.
  func all(_ name: String) -> [String] { values[name] ?? [] }
}

extension OptionSpec {
  func matches(_ spelled: String) -> Bool {
    spelled == "--\(name)" || short.map { spelled == "-\($0)" } ?? false
  }
}

extension Diagnostic {
  static func unknownOption(_ spelled: String, command: CommandSpec) -> Diagnostic {
    let names = command.options.map { "--\($0.name)" } + ["--help"]
    let near = Suggestion.nearest(to: spelled, among: names)
    return Diagnostic(
      .usage, "unknown option `\(spelled)`",
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + ["see `concord \(command.name) --help`"])
  }

  static func unexpectedArgument(_ argument: String, command: CommandSpec) -> Diagnostic {
    Diagnostic(
      .usage, "`concord \(command.name)` takes no argument, but got `\(argument)`",
      help: ["see `concord \(command.name) --help`"])
  }

  static func valueNotTaken(_ option: OptionSpec) -> Diagnostic {
    Diagnostic(.usage, "option `--\(option.name)` takes no value")
  }

  static func valueMissing(_ option: OptionSpec, command: CommandSpec) -> Diagnostic {
    Diagnostic(
      .usage, "option `--\(option.name)` needs a value", help: ["`--\(option.name) \(option.value ?? "")`"])
  }

  static func givenTwice(_ option: OptionSpec) -> Diagnostic {
    Diagnostic(.usage, "option `--\(option.name)` is given twice")
  }

  static func badChoice(_ value: String, _ option: OptionSpec) -> Diagnostic {
    let near = Suggestion.nearest(to: value, among: option.choices)
    return Diagnostic(
      .usage, "option `--\(option.name)` does not take `\(value)`",
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + [
        "it takes \(option.choices.joined(separator: ", "))"
      ])
  }
}
