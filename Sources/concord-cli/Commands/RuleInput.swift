import Concord

/// The options by which every command reads its rules, and the reading itself.
struct RuleInput: Sendable {
  /// The compiler with the user's options.
  let compiler: Compiler
  /// The files.
  let inputs: [Files.Input]
  private let language: String?

  static let options: [OptionSpec] = [
    OptionSpec(
      name: "from", value: "LANGUAGE",
      help: "the language of the input; recognised by itself where not given"),
    OptionSpec(
      name: "condition", value: "FILE", help: "the condition of a rule file that has none, in the notation"),
    OptionSpec(name: "expression", short: "e", value: "TEXT", help: "the same, given right here"),
    OptionSpec(
      name: "reading", value: "WORDS",
      help: "how to read an ambiguous condition, as `is_null=absent, case=ignored`"),
    OptionSpec(
      name: "schema", value: "FILE", help: "the table's CREATE EXTERNAL TABLE statement, for Athena"),
    OptionSpec(
      name: "untyped", value: nil,
      help: "without a schema, take every field as a text column of its own name (see `concord schema`)"),
    OptionSpec(
      name: "pipeline", short: "p", value: "PIPELINE", repeats: true,
      help: "a processing pipeline for Sigma rules: a file, or one that `concord pipelines` lists"),
    OptionSpec(
      name: "strict-fields", value: nil, help: "refuse Sigma rules with a field that no pipeline maps"),
    OptionSpec(
      name: "extracted-fields", value: nil,
      help: "for Splunk: events are fields that an add-on extracts (as from XML), not JSON text"),
    OptionSpec(name: "table", value: "NAME", help: "the table that Athena reads"),
    OptionSpec(
      name: "source", value: "SOURCE",
      help: "where the events are: index, sourcetype or macro for Splunk; a table for Athena"),
    OptionSpec(
      name: "since", value: "TIME", help: "only events from this moment on, as 2024-06-01T00:00:00Z"),
    OptionSpec(name: "until", value: "TIME", help: "only events before this moment"),
  ]

  /// Reads the options; every positional argument is a rule file or a folder. Throws where files are missing or
  /// options contradict each other.
  init(_ arguments: ParsedArguments, command: String) throws(Diagnostic) {
    guard !arguments.positionals.isEmpty else {
      throw Diagnostic(
        .usage, "name a rule file", help: ["`concord \(command) rule.yml`, or `-` for standard input"])
    }
    try self.init(arguments, paths: arguments.positionals)
  }

  /// Reads the options; the rules are in these files and folders. Throws where files are missing or options
  /// contradict each other.
  init(_ arguments: ParsedArguments, paths: [String]) throws(Diagnostic) {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    if arguments.has("condition"), arguments.has("expression") {
      throw Diagnostic(.usage, "give either `--condition` or `-e`, not both")
    }
    if let file = arguments["condition"] { options.condition = try Files.source(file) }
    if let text = arguments["expression"] { options.condition = Source(name: "<expression>", text: text) }
    if let file = arguments["schema"] { options.schema = try Files.source(file) }
    options.reading = arguments["reading"]
    if arguments.has("schema"), arguments.has("untyped") {
      throw Diagnostic(.usage, "give either `--schema` or `--untyped`, not both")
    }
    options.untyped = arguments.has("untyped")
    options.table = arguments["table"]
    options.source = arguments["source"]
    options.since = arguments["since"]
    options.until = arguments["until"]
    if arguments.has("strict-fields"), !arguments.has("pipeline") {
      throw Diagnostic(.usage, "`--strict-fields` needs a pipeline", help: ["name one with `--pipeline`"])
    }
    options.strictFields = arguments.has("strict-fields")
    options.extractedFields = arguments.has("extracted-fields")
    options.targets = Registry.writers.map(\.identifier)
    for name in arguments.all("pipeline") { options.pipelines.append(try RuleInput.pipeline(name)) }
    compiler = try Compiler(options: options).preparingPipelines()
    language = arguments["from"]
    if let language, !Registry.readers.contains(where: { $0.identifier == language }) {
      let near = Suggestion.nearest(to: language, among: Registry.readers.map(\.identifier))
      throw Diagnostic(
        .usage, "option `--from` does not take `\(language)`",
        help: (near.map { ["did you mean `\($0)`?"] } ?? [])
          + ["it takes \(Registry.readers.map(\.identifier).joined(separator: ", "))"])
    }
    inputs = try Files.inputs(paths)
    if inputs.isEmpty, !paths.isEmpty {
      throw Diagnostic(
        .noFiles, "no rule file in \(paths.map { "`\($0)`" }.joined(separator: ", "))",
        help: ["folders are searched for .yml, .yaml, .sql and .spl"])
    }
  }

  /// The pipeline of that name: a file, else one that comes with Concord. Throws where it is neither.
  private static func pipeline(_ name: String) throws(Diagnostic) -> Source {
    if Files.exists(name) { return try Files.source(name) }
    let shipped = Registry.pipelines.map(\.pipeline)
    if let source = shipped.first(where: { $0.name == name }) { return source }
    let near = Suggestion.nearest(to: name, among: shipped.map(\.name))
    throw Diagnostic(
      .unknownPipeline, "`\(name)` is neither a file nor a pipeline that comes with Concord",
      help: (near.map { ["did you mean `\($0)`?"] } ?? [])
        + ["with Concord come \(shipped.map(\.name).joined(separator: ", "))"])
  }

  /// What one input holds, or why it cannot be read.
  func load(_ input: Files.Input) -> Result<RuleCollection, CommandFailure> {
    do throws(Diagnostic) {
      return load(try Files.source(input.path))
    } catch {
      return .failure(CommandFailure(diagnostic: error, code: .usage))
    }
  }

  /// What a text holds, or why it cannot be read.
  func load(_ source: Source) -> Result<RuleCollection, CommandFailure> {
    do throws(Diagnostic) {
      return .success(try compiler.loadAll(source, from: language).located(in: source))
    } catch {
      return .failure(CommandFailure(diagnostic: error.located(in: source), code: .badRule))
    }
  }
}

extension RuleCollection {
  /// The same, with every diagnostic that points into no source pointing into this one.
  fileprivate func located(in source: Source) -> RuleCollection {
    var copy = self
    copy.refused = refused.map { document in
      var located = document
      located.errors = document.errors.map { $0.located(in: source) }
      located.reason = document.reason?.located(in: source)
      return located
    }
    return copy
  }
}

/// What went wrong with one input, and how bad that is for the whole run.
struct CommandFailure: Error {
  let diagnostic: Diagnostic
  let code: ExitCode
}
