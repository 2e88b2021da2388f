import Concord

/// The options by which every command reads its rules, and the files that hold them.
struct RuleInput: Sendable {
  /// The compiler with the user's options.
  let compiler: Compiler
  /// The files.
  var files: [RuleFile]
  private let language: Language?

  /// The options, but `--source`, which not every command has.
  static let options = OptionKey.specs(
    .from, .condition, .expression, .reading, .schema, .untyped, .pipeline, .strictFields, .extractedFields,
    .table, .since, .until)

  /// Reads the options; every positional argument is a rule file or a folder. A condition that is given without a file
  /// is a rule of its own. Throws where files are missing or options contradict each other.
  init(_ arguments: ParsedArguments, command: String) throws(Diagnostic) {
    try self.init(arguments, paths: arguments.positionals)
    if !files.isEmpty { return }
    guard compiler.options.condition != nil else {
      throw Diagnostic(
        .usage, "name a rule file", help: ["`concord \(command) rule.yml`, or `-` for standard input"])
    }
    files = [.conditionAlone]
  }

  /// Reads the options; the rules are in these files and folders. Throws where files are missing or options
  /// contradict each other.
  init(_ arguments: ParsedArguments, paths: [String]) throws(Diagnostic) {
    compiler = try Compiler(options: RuleInput.options(arguments)).preparingPipelines()
    language = arguments[.from].flatMap(Registry.readers.named)
    files = try RuleFile.files(paths)
    if files.isEmpty, !paths.isEmpty {
      throw Diagnostic(
        .noFiles, "no rule file in \(paths.map { "`\($0)`" }.joined(separator: ", "))",
        help: ["folders are searched for \(RuleFile.endings("and"))"])
    }
  }

  private static func options(_ arguments: ParsedArguments) throws(Diagnostic) -> LanguageOptions {
    var options = LanguageOptions(compilerVersion: Compiler.version)
    if arguments[.condition] != nil, arguments[.expression] != nil {
      throw Diagnostic(.usage, "give either `--condition` or `-e`, not both")
    }
    if let file = arguments[.condition] { options.condition = try Files.source(file) }
    if let text = arguments[.expression] { options.condition = Source(name: "<expression>", text: text) }
    if let file = arguments[.schema] { options.schema = try Files.source(file) }
    options.reading = arguments[.reading]
    if arguments[.schema] != nil, arguments[.untyped] {
      throw Diagnostic(.usage, "give either `--schema` or `--untyped`, not both")
    }
    options.untyped = arguments[.untyped]
    options.table = arguments[.table]
    if arguments.takes(.source) { options.source = arguments[.source] }
    options.window = TimeWindow(since: arguments[.since], until: arguments[.until])
    if arguments[.strictFields], arguments[.pipeline].isEmpty {
      throw Diagnostic(.usage, "`--strict-fields` needs a pipeline", help: ["name one with `--pipeline`"])
    }
    options.strictFields = arguments[.strictFields]
    options.extractedFields = arguments[.extractedFields]
    options.targets = Registry.writers.map(\.identifier)
    for name in arguments[.pipeline] { options.pipelines.append(try pipeline(name)) }
    return options
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

  /// Whether a text is taken for a rule, were it only one of many files in a folder: by what it says itself, or since
  /// the user named the language or gave the condition.
  func isRule(_ source: Source) -> Bool {
    language != nil || compiler.options.condition != nil || Compiler.isRule(source)
  }

  /// What a text holds. Throws where nothing tells its language.
  func read(_ source: Source) throws(Diagnostic) -> RuleCollection {
    do throws(Diagnostic) {
      return try compiler.loadAll(source, from: language).located(in: source)
    } catch {
      throw error.located(in: source)
    }
  }
}

extension OptionKey where Value == String? {
  static var from: Self {
    .text(
      "from", OptionSpec.Value("LANGUAGE", .choice(Registry.readers.map(\.identifier))),
      help: "the language of the input; recognised by itself where not given")
  }
  static var condition: Self {
    .text(
      "condition", OptionSpec.Value("FILE", .file),
      help: "the condition of a rule file that has none, in the notation; alone, it is a rule of its own")
  }
  static var expression: Self {
    .text("expression", short: "e", OptionSpec.Value("TEXT"), help: "the same, given right here")
  }
  static var reading: Self {
    .text(
      "reading", OptionSpec.Value("WORDS"),
      help: "how to read an ambiguous condition, as `is_null=absent, case=ignored`")
  }
  static var schema: Self {
    .text(
      "schema", OptionSpec.Value("FILE", .file),
      help: "the table's CREATE EXTERNAL TABLE statement, for Athena")
  }
  static var table: Self { .text("table", OptionSpec.Value("NAME"), help: "the table that Athena reads") }
  static var source: Self {
    .text(
      "source", OptionSpec.Value("SOURCE"),
      help: "where the events are: index, sourcetype or macro for Splunk; a table for Athena")
  }
}

extension OptionKey where Value == Instant? {
  static var since: Self {
    .instant("since", help: "only events from this moment on, as 2024-06-01T00:00:00Z")
  }
  static var until: Self { .instant("until", help: "only events before this moment") }
}

extension OptionKey where Value == Bool {
  static var untyped: Self {
    .flag(
      "untyped",
      help: "without a schema, take every field as a text column of its own name (see `concord schema`)")
  }
  static var strictFields: Self {
    .flag("strict-fields", help: "refuse Sigma rules with a field that no pipeline maps")
  }
  static var extractedFields: Self {
    .flag(
      "extracted-fields",
      help: "for Splunk: events are fields that an add-on extracts (as from XML), not JSON text")
  }
}

extension OptionKey where Value == [String] {
  static var pipeline: Self {
    .texts(
      "pipeline", short: "p", OptionSpec.Value("PIPELINE", .fileOr(Registry.pipelines.map(\.pipeline.name))),
      help: "a processing pipeline for Sigma rules: a file, or one that `concord pipelines` lists")
  }
}

extension RuleFile {
  /// The smallest rule there is: its condition comes from the options.
  static let conditionAlone = RuleFile(
    path: "<expression>", relative: "expression", isNamed: true,
    content: .text(Source(name: "<expression>", text: "AnalysisType: rule\nRuleID: expression\n")))
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
