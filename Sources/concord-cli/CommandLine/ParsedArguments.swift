import Concord

/// What a command line says: options with their values, and the rest.
struct ParsedArguments: Sendable {
  private(set) var positionals: [String] = []
  /// How many of `positionals` stand before `--`; `nil` where there is none.
  private(set) var positionalsBeforeDashes: Int?
  private let command: CommandSpec
  private var values: [String: [String]] = [:]
  /// Where the project's values stand that were taken.
  private var defaultSpans: [String: Span] = [:]
  /// The project, where the command has one; its defaults stand for flags that are not given.
  private(set) var project: Project?

  /// Reads `arguments` by a command's specification; a project may set the flags of `all` commands. Throws on what it
  /// does not know, with a suggestion.
  init(
    _ arguments: ArraySlice<String>, for command: CommandSpec, among all: [CommandSpec]
  ) throws(Diagnostic) {
    self.command = command
    var rest = arguments
    var optionsEnded = false
    while let argument = rest.popFirst() {
      if optionsEnded || argument == "-" || !argument.hasPrefix("-") {
        positionals.append(argument)
      } else if argument == "--" {
        optionsEnded = true
        positionalsBeforeDashes = positionals.count
      } else {
        try take(argument, &rest)
      }
    }
    if command.positional == nil, let extra = positionals.first {
      throw .unexpectedArgument(extra, command: command)
    }
    guard takes(.project) else { return }
    // A file that every run writes anew would hide whatever comes.
    let flags = Set(all.flatMap(\.options).map(\.name)).subtracting([
      "project", OptionKey<String?>.writeBaseline.spec.name,
    ])
    guard let file = try ProjectFile(self[.project], flags: flags.sorted()) else { return }
    project = file.project
    try takeDefaults(of: file)
  }

  /// Takes the project's values of flags that this command has and that are not given.
  private mutating func takeDefaults(of file: ProjectFile) throws(Diagnostic) {
    let given = Set(values.keys)
    for flag in file.project.defaults {
      guard !given.contains(flag.name), let option = command.options.first(where: { $0.name == flag.name })
      else { continue }
      defaultSpans[option.name] = flag.span
      for value in flag.values {
        if let fault = option.value?.fault(value) {
          throw Diagnostic.badValue(option, fault).located(in: file.project.source, at: flag.span)
        }
        let isPath =
          switch option.value?.kind {
          case .file?, .folder?: true
          case .fileOr(let words)?: !words.contains(value)
          case .text?, .choice?, .list?, nil: false
          }
        values[option.name, default: []].append(isPath ? file.path(value) : value)
      }
    }
  }

  /// What the command line says about an option of the command.
  subscript<Value>(key: OptionKey<Value>) -> Value {
    assert(takes(key), "concord \(command.name) reads --\(key.spec.name), which it does not specify")
    return key.read(values[key.spec.name] ?? [])
  }

  /// All values of the option of that name, in order; an empty one for each time that a switch was given.
  func values(of name: String) -> [String] { values[name] ?? [] }

  /// Whether the command has that option at all.
  func takes<Value>(_ key: OptionKey<Value>) -> Bool { command.takes(key) }

  /// What is wrong with the value of an option, at its place in the project file where that gives it and the failure
  /// has no place of its own.
  func located<Value>(_ failure: Diagnostic, _ key: OptionKey<Value>) -> Diagnostic {
    guard failure.source == nil, let span = defaultSpans[key.spec.name] else { return failure }
    return failure.located(in: project?.source, at: span)
  }

  private mutating func take(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(Diagnostic) {
    let (spelled, attached) = ParsedArguments.split(argument)
    guard let option = command.option(spelled) else { throw .unknownOption(spelled, command: command) }
    guard let kind = option.value else {
      if attached != nil { throw .valueNotTaken(option) }
      values[option.name, default: []].append("")
      return
    }
    guard let value = attached ?? rest.popFirst() else { throw .valueMissing(option, kind) }
    // What looks like the next option is one: a value that was forgotten, or an empty variable without quotes.
    if attached == nil, value == "--" || command.option(ParsedArguments.split(value).name) != nil {
      throw .valueMissing(option, kind, before: value)
    }
    if value.isEmpty { throw .valueEmpty(option, kind) }
    if let fault = kind.fault(value) { throw .badValue(option, fault) }
    if !option.repeats, values[option.name] != nil { throw .givenTwice(option) }
    values[option.name, default: []].append(value)
  }

  /// `--name=value` in two; `-xVALUE` likewise.
  private static func split(_ argument: String) -> (name: String, value: String?) {
    if argument.hasPrefix("--") {
      guard let sign = argument.firstIndex(of: "=") else { return (argument, nil) }
      return (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
    }
    if argument.hasPrefix("-"), argument.count > 2 {
      return (String(argument.prefix(2)), String(argument.dropFirst(2)))
    }
    return (argument, nil)
  }
}

extension CommandSpec {
  /// The option that is spelled so, dashes included.
  fileprivate func option(_ spelled: String) -> OptionSpec? { options.first { $0.matches(spelled) } }
}

extension Diagnostic {
  fileprivate static func unknownOption(_ spelled: String, command: CommandSpec) -> Diagnostic {
    let names = command.options.map { "--\($0.name)" } + ["--help"]
    return Diagnostic(
      .usage, "unknown option `\(spelled)`",
      help: Suggestion.question(for: spelled, among: names) + ["see `concord \(command.name) --help`"])
  }

  fileprivate static func unexpectedArgument(_ argument: String, command: CommandSpec) -> Diagnostic {
    Diagnostic(
      .usage, "`concord \(command.name)` takes no argument, but got `\(argument)`",
      help: ["see `concord \(command.name) --help`"])
  }

  fileprivate static func valueNotTaken(_ option: OptionSpec) -> Diagnostic {
    Diagnostic(.usage, "option `--\(option.name)` takes no value")
  }

  fileprivate static func valueMissing(
    _ option: OptionSpec, _ value: OptionSpec.Value, before next: String? = nil
  ) -> Diagnostic {
    let instead = next.map { ", and the next argument is the option `\($0)`" } ?? ""
    return Diagnostic(
      .usage, "option `--\(option.name)` needs a value\(instead)",
      help: ["`--\(option.name) \(value.name)`"]
        + (next.map { ["a value that looks like an option: `--\(option.name)=\($0)`"] } ?? []))
  }

  fileprivate static func valueEmpty(_ option: OptionSpec, _ value: OptionSpec.Value) -> Diagnostic {
    Diagnostic(
      .usage, "option `--\(option.name)` is given an empty value",
      help: ["`--\(option.name) \(value.name)`; a variable that is not set gives an empty one"])
  }

  fileprivate static func givenTwice(_ option: OptionSpec) -> Diagnostic {
    Diagnostic(.usage, "option `--\(option.name)` is given twice")
  }

  fileprivate static func badValue(_ option: OptionSpec, _ fault: OptionSpec.Fault) -> Diagnostic {
    Diagnostic(.usage, "option `--\(option.name)` \(fault.words)", help: fault.help)
  }
}
