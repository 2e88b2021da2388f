import Concord

/// `concord compile --format`: rules in, the files out in which a platform takes them as a whole.
struct DeployCommand {
  private let input: RuleInput
  private let language: Language
  private let format: DeployFormat
  private let options: DeployOptions
  private let folder: DeployFolder?
  private let allowed: Set<String>
  private let skips: RunSkips
  private let isProved: Bool
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var refusedCount = 0
  private var queries: [DeployedQuery] = []
  private var listed: [DeployFolder.ListedRule] = []
  private var names: [String: String] = [:]
  private var notes: Set<Diagnostic> = []

  /// What is made of a rule, on whichever core.
  private struct Output: Sendable {
    let result: Result<Deployment, Diagnostic>
    let digest: String
  }

  init(format name: String, _ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    for (isGiven, flag) in [
      (arguments[.selfTest], "--self-test"), (arguments[.approximate] != nil, "--approximate"),
      (arguments[.pack], "--pack"),
    ]
    where isGiven {
      throw Diagnostic(.usage, "give either `--format` or `\(flag)`, not both")
    }
    // The parser takes no other names.
    guard let (language, format) = Registry.formats.first(where: { $0.format.name == name }) else {
      throw Diagnostic(.usage, "`\(name)` is no format")
    }
    (self.language, self.format) = (language, format)
    let targets = arguments[.to]
    guard targets.isEmpty || targets == [language.identifier] else {
      throw Diagnostic(
        .usage, "the format `\(name)` is for \(language.name)", help: ["leave out `--to`"])
    }
    input = try RuleInput(arguments, command: "compile")
    options = try DeployOptions(arguments, of: format)
    folder = try arguments[.out].map { (path) throws(Diagnostic) in try DeployFolder(path, format.name) }
    if folder == nil, format.takes.contains(.folder) {
      throw Diagnostic(.usage, "the format `\(name)` has several files", help: ["name a folder with `--out`"])
    }
    allowed = Set(arguments[.allow] + arguments[.allow].compactMap { Diagnostic.Code(named: $0)?.rawValue })
    skips = RunSkips(disabled: !arguments[.includeDisabled])
    isProved = arguments[.proved]
    self.terminal = terminal
  }

  mutating func run() throws(Diagnostic) -> ExitCode {
    let (compiler, language, format, options, isProved) = (
      input.compiler, language, format, options, isProved
    )
    let run = RuleRun(input, for: .translation(allowed: allowed), skips: skips) { found in
      let rule = found.document.rule
      return Output(
        result: Result { () throws(Diagnostic) in
          try compiler.deploy(rule, in: language, as: format, options, isProved: isProved)
        }, digest: rule.digest)
    }
    for found in run {
      switch found {
      case .rule(let rule, let output): take(output, of: rule)
      case .refused(let refusal): refusal.diagnostics.forEach(terminal.report)
      }
    }
    try write(format.files(queries, options))
    terminal.remark(
      "\(format.name): \(counted(queries.count, "rule")), \(refusedCount) refused")
    terminal.remark(run.skipped)
    return code.and(run.code)
  }

  private mutating func take(_ output: Output, of found: FoundRule) {
    let document = found.document
    document.warnings.forEach(terminal.report)
    do throws(Diagnostic) {
      let deployment = try output.result.get()
      let query = deployment.query
      if let other = names[query.name] {
        throw Diagnostic(
          .outputCollision, "`\(other)` is deployed as `\(query.name)` too", in: document.source,
          help: ["give each rule a title of its own"])
      }
      for note in deployment.notes where notes.insert(note).inserted {
        terminal.report(note.located(in: document))
      }
      names[query.name] = document.source.name
      queries.append(query)
      listed.append(
        .init(name: query.name, id: document.rule.id, file: found.file.path, digest: output.digest))
    } catch {
      var refusal = error.located(in: document)
      refusedCount += 1
      if error.code == .deploySetting {
        code = code.and(.usage)
      } else if allowed.contains(error.code.rawValue) || allowed.contains(document.rule.id) {
        refusal.severity = .note
      } else {
        code = code.and(.badRule)
      }
      // What is wrong with a setting is wrong with it for every rule.
      if error.code != .deploySetting || notes.insert(error).inserted { terminal.report(refusal) }
    }
  }

  /// Writes the files into the folder, or prints them. What is missing for all leaves the folder as it is.
  private func write(_ files: [DeployFile]) throws(Diagnostic) {
    guard code != .usage else { return }
    guard let folder else {
      for file in files {
        if files.count > 1 { try terminal.print(["==> \(file.path) <=="]) }
        try terminal.print(file.text)
      }
      return
    }
    for file in try folder.write(files, listed) {
      terminal.remark("removed \(file.visible()): this run did not write it")
    }
  }
}

extension DeployOptions {
  /// What the command line says of the deployment.
  init(_ arguments: ParsedArguments) throws(Diagnostic) {
    self.init()
    schedule = arguments[.schedule]
    for text in arguments[.setting] {
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw Diagnostic(
          .deploySetting, "`\(text)` is no setting", help: ["as `--setting NAME=VALUE`"])
      }
      settings.append(DeploySetting(String(text[..<sign]), String(text[text.index(after: sign)...])))
    }
  }

  /// The same for one format. Throws where it does not take what is given, or needs what is not.
  init(_ arguments: ParsedArguments, of format: DeployFormat) throws(Diagnostic) {
    try self.init(arguments)
    if let path = arguments[.out] {
      name = ReportPath(path).text.split(separator: "/").last.map(String.init) ?? name
    }
    if schedule != nil, !format.takes.contains(.schedule) {
      throw Diagnostic(
        .deploySetting, "the format `\(format.name)` has no schedule", help: ["leave out `--schedule`"])
    }
    if schedule == nil, format.takes.contains(.needsSchedule) {
      throw Diagnostic(
        .deploySetting, "the format `\(format.name)` needs a schedule", help: ["give it with `--schedule`"])
    }
    if schedule != nil, arguments[.since] == nil {
      throw Diagnostic(
        .deploySetting, "without a time window each run of the schedule asks all events there are",
        help: ["say how far back a run looks, as `--since -20m`"])
    }
  }
}

extension OptionKey where Value == String? {
  /// The form in which a platform takes the rules as a whole.
  static var deployFormat: Self {
    .text(
      "format", short: "f", OptionSpec.Value("FORMAT", .choice(Registry.formats.map(\.format.name))),
      help:
        "what a platform takes as a whole: \(Registry.formats.map(\.format.name).joined(separator: ", "))"
    )
  }
  /// When deployed queries run.
  static var schedule: Self {
    .text(
      "schedule", OptionSpec.Value("WHEN"),
      help:
        "for --format: when the queries run, in the platform's words, as '*/15 * * * *' or 'rate(15 minutes)'"
    )
  }
}

extension OptionKey where Value == [String] {
  /// What is set beside deployed queries.
  static var setting: Self {
    .texts(
      "setting", OptionSpec.Value("NAME=VALUE"),
      help: "for --format: what else is set beside each query, as action.email.to=soc@example.com")
  }
}
