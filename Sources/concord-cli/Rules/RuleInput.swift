import Concord

/// The options by which every command reads its rules, and the files that hold them.
struct RuleInput: Sendable {
  /// The compiler with the user's options.
  var compiler: Compiler
  var files: [RuleFile]
  /// The files that make a collection with them; `nil` where they are one by themselves.
  var collection: [RuleFile]?
  /// How many files are not looked at, since the user ignores them.
  let ignored: Int
  private let language: Language?

  /// The options.
  static let options =
    OptionKey.specs(
      .project, .exclude, .onlyRules, .from, .condition, .expression, .reading, .schema, .place, .since,
      .until)
    + Registry.languages.flatMap(\.options).map(OptionSpec.init)

  /// Whether a condition is given without a file.
  static func hasCondition(_ arguments: ParsedArguments) -> Bool {
    arguments[.condition] != nil || arguments[.expression] != nil
  }

  /// Reads the options; every positional argument is a rule file or a folder. A condition that is given without a file
  /// is a rule of its own. Throws where files are missing or options contradict each other.
  init(_ arguments: ParsedArguments, command: String) throws(Diagnostic) {
    try self.init(arguments, paths: arguments.positionals)
    if !arguments.positionals.isEmpty { return }
    guard compiler.options.condition != nil else {
      throw Diagnostic(
        .usage, "name a rule file", help: ["`concord \(command) rule.yml`, or `-` for standard input"])
    }
    files = [.conditionAlone]
  }

  /// Reads the options, and with `read` the files that they name; the rules are in these files and folders. Throws where
  /// files are missing or options contradict each other.
  init(
    _ arguments: ParsedArguments, paths: [String],
    reading read: (String) throws(Diagnostic) -> Source = { path throws(Diagnostic) in try Files.source(path)
    }
  ) throws(Diagnostic) {
    let compiler = try Compiler(options: RuleInput.options(arguments, read))
    var placed = arguments.project.map(compiler.with) ?? compiler
    placed.options.place = try Place(arguments[.place], logs: placed.options.logs)
    self.compiler = try placed.prepared()
    language = arguments[.from].flatMap(Registry.readers.named)
    (files, ignored) = try RuleFile.files(paths, arguments)
    if files.isEmpty, ignored == 0, !paths.isEmpty {
      throw Diagnostic(
        .noFiles, "no rule file in \(paths.map { "`\($0)`" }.joined(separator: ", "))",
        help: ["folders are searched for \(RuleFile.endings("and"))"])
    }
  }

  /// The rules of these files and folders, read with these options alone. Throws where files are missing.
  init(paths: [String], options: LanguageOptions) throws(Diagnostic) {
    compiler = try Compiler(options: options).prepared()
    language = nil
    files = try RuleFile.files(paths)
    ignored = 0
    if files.isEmpty {
      throw Diagnostic(.noFiles, "no rule file in \(paths.map { "`\($0)`" }.joined(separator: ", "))")
    }
  }

  private static func options(
    _ arguments: ParsedArguments, _ read: (String) throws(Diagnostic) -> Source
  ) throws(Diagnostic) -> LanguageOptions {
    var options = LanguageOptions()
    if arguments[.condition] != nil, arguments[.expression] != nil {
      throw Diagnostic(.usage, "give either `--condition` or `-e`, not both")
    }
    if let file = arguments[.condition] { options.condition = try read(file) }
    if let text = arguments[.expression] { options.condition = Source(name: "<expression>", text: text) }
    if let file = arguments[.schema] { options.schema = try read(file) }
    options.reading = arguments[.reading]
    options.files = .onDisk
    options.window = TimeWindow(since: arguments[.since], until: arguments[.until])
    options.targets = Registry.writers.map(\.identifier)
    for option in Registry.languages.flatMap(\.options) {
      for value in arguments.values(of: option.name) { try apply(option, value, to: &options, read) }
    }
    return options
  }

  private static func apply(
    _ option: LanguageOption, _ value: String, to options: inout LanguageOptions,
    _ read: (String) throws(Diagnostic) -> Source
  ) throws(Diagnostic) {
    switch option.kind {
    case .flag(let set): set(&options)
    case .text(_, let set): set(&options, value)
    case .sources(_, let known, let set): set(&options, try source(value, for: option, among: known, read))
    }
  }

  /// The source of that name: a file, else one that comes with Concord. Throws where it is neither.
  private static func source(
    _ name: String, for option: LanguageOption, among known: [Source],
    _ read: (String) throws(Diagnostic) -> Source
  ) throws(Diagnostic) -> Source {
    if Files.exists(name) || known.isEmpty { return try read(name) }
    if let source = known.first(where: { $0.name == name }) { return source }
    throw Diagnostic(
      .unknownPipeline, "`\(name)` is neither a file nor a \(option.name) that comes with Concord",
      help: Suggestion.question(for: name, among: known.map(\.name))
        + ["with Concord come \(known.map(\.name).joined(separator: ", "))"])
  }

  /// Leaves only the files that `--base` asks for. Returns what was left; `nil` where it was not given.
  mutating func keepChanged(_ arguments: ParsedArguments) throws(Diagnostic) -> ChangedFiles? {
    guard let base = arguments[.changedSince] else { return nil }
    return try ChangedFiles(since: base, in: &self, under: arguments.positionals)
  }

  /// Whether a text is taken for a rule, were it only one of many files in a folder: by what it says itself, or since
  /// the user named the language or gave the condition.
  func isRule(_ source: Source) -> Bool {
    language != nil || compiler.options.condition != nil || Compiler.isRule(source)
  }

  /// The same input with a compiler that reads the files as one collection. They are looked at twice only where a
  /// document of one concerns rules of others.
  func collected() -> RuleInput {
    var copy = self
    if copy.collection == nil {
      // Standard input comes once.
      copy.files = self.files.count > 1 ? self.files.map { $0.held() } : self.files
    }
    let (files, compiler, language) = (copy.collection ?? copy.files, compiler, language)
    guard files.count > 1 else { return copy }
    let concerned = Parallel.map(files) { file in
      (try? file.source()).map { compiler.concernsOthers($0, from: language) } ?? false
    }
    guard concerned.contains(true) else { return copy }
    let contributions = Parallel.map(files) { file in
      (try? file.source()).flatMap { compiler.contribution(of: $0, from: language) }
    }
    copy.compiler = compiler.reading(contributions.compactMap { $0 })
    return copy
  }

  /// What a text holds. Throws where its language cannot be told.
  func read(_ source: Source) throws(Diagnostic) -> RuleCollection {
    do throws(Diagnostic) {
      return try compiler.loadAll(source, from: language).located(in: source)
    } catch {
      throw error.located(in: source)
    }
  }
}

extension OptionKey where Value == String? {
  static var project: Self {
    .text(
      "project", OptionSpec.Value("FILE", .file),
      help: "where logs are on each platform; else \(Project.fileName) of this folder or the nearest above")
  }
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
      help: "the table's own statement, as CREATE EXTERNAL TABLE")
  }
}

extension OptionKey where Value == [String] {
  static var place: Self {
    .texts(
      "place", OptionSpec.Value("NAME=TEXT"),
      help:
        "where all events are, for languages that know no places, and for scan: as index=aws, product=windows"
    )
  }
}

extension OptionKey where Value == Moment? {
  static var since: Self {
    .moment("since", help: "only events from this moment on, as 2024-06-01T00:00:00Z, or -24h before the run")
  }
  static var until: Self { .moment("until", help: "only events before this moment") }
}

extension OptionSpec {
  /// An option that a language has for itself.
  fileprivate init(_ option: LanguageOption) {
    let value: Value?
    var repeats = false
    switch option.kind {
    case .flag: value = nil
    case .text(let name, _): value = Value(name)
    case .sources(let name, let known, _):
      value = Value(name, known.isEmpty ? .file : .fileOr(known.map(\.name)))
      repeats = true
    }
    self.init(name: option.name, short: option.short, value: value, repeats: repeats, help: option.help)
  }
}

extension RuleFile {
  /// The files of these paths as the arguments want them, and how many of them are ignored.
  static func files(
    _ paths: [String], _ arguments: ParsedArguments
  ) throws(Diagnostic) -> (taken: [RuleFile], ignored: Int) {
    var files = try RuleFile.files(paths)
    let ignored = try IgnoreList(arguments).remove(from: &files)
    return (arguments[.onlyRules] ? files.map { $0.unnamed() } : files, ignored)
  }

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
