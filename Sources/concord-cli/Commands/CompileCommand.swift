import Concord
import Foundation

/// `concord compile`: rules in, queries out.
struct CompileCommand {
  static let spec = CommandSpec(
    name: "compile",
    summary: "Compile rules to \(Registry.writers.map(\.name).joined(separator: ", ")).",
    positional: "FILE…",
    options: OptionKey.specs(
      .to, .out, .deployFormat, .schedule, .setting, .pack, .selfTest, .proved, .approximate, .allow,
      .includeDisabled, .verbose)
      + RuleInput.options,
    examples: [
      ("concord compile rule.yml", "print the rule in all four languages"),
      ("concord compile rules/ --to athena,splunk --out queries/", "compile a folder, keeping its layout"),
      (
        "concord compile rules/ --out queries/ --untyped --allow keywords",
        "let the languages refuse keywords, and nothing else"
      ),
      (
        "concord compile rule.yml -e 'eventName eq \"RunInstances\"'",
        "compile a rule file that has no condition of its own"
      ),
      ("concord compile rules/ --proved --out queries/", "write nothing that is not proved to be the rule"),
      (
        "concord compile rules/ --pack --to athena --out packs/",
        "ask for many rules in as few statements as hold them"
      ),
      (
        "concord compile rules/ --format savedsearches --since -20m --schedule '*/15 * * * *'",
        "write what a platform takes as a whole"
      ),
      ("cat rule.yml | concord compile - --to splunk", "read from standard input"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    if let format = arguments[.deployFormat] {
      var command = try DeployCommand(format: format, arguments, terminal)
      return try command.run()
    }
    if let given = [(arguments[.schedule] != nil, "schedule"), (!arguments[.setting].isEmpty, "setting")]
      .first(where: \.0)
    {
      throw Diagnostic(.usage, "`--\(given.1)` is for `--format`", help: ["name a format"])
    }
    if arguments[.pack] {
      var command = try PackCommand(arguments, terminal)
      return try command.run()
    }
    var command = try CompileCommand(arguments, terminal)
    return try command.run()
  }

  /// What is made of a rule, on whichever core.
  private struct Output: Sendable {
    /// The query in each language, or why there is none.
    let queries: [Result<Query, Diagnostic>]
    /// The digest of the rule's condition, where it is asked for.
    let digest: String
  }

  private let input: RuleInput
  private let languages: [Language]
  private var folder: OutputFolder?
  /// What the files declare that were written, by language.
  private var declared: [String: Set<String>] = [:]
  private let allowed: Set<String>
  private let skips: RunSkips
  private let isVerbose: Bool
  private let form: QueryForm
  private let roots: [String]
  private let terminal: Terminal
  private var code = ExitCode.clean
  /// Whether a file could not be written, so that the next ones are not tried.
  private var cannotWrite = false
  private var summary: CompileSummary

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    if arguments[.selfTest], arguments[.proved] {
      throw Diagnostic(.usage, "give either `--self-test` or `--proved`, not both")
    }
    form = arguments[.selfTest] ? .selfTest : arguments[.proved] ? .provedQuery : .query
    languages = try form.writers(named: arguments[.to])
    var input = try RuleInput(arguments, command: "compile")
    input.compiler.options.approximatesWindows = arguments[.approximate] != nil
    self.input = input
    folder = try arguments[.out].map { (path) throws(Diagnostic) in try OutputFolder(path) }
    roots = arguments.positionals.filter(Files.isFolder)
    allowed = Set(arguments[.allow] + arguments[.allow].compactMap { Diagnostic.Code(named: $0)?.rawValue })
    skips = RunSkips(disabled: !arguments[.includeDisabled])
    isVerbose = arguments[.verbose]
    summary = CompileSummary(languages)
    self.terminal = terminal
  }

  private mutating func run() throws(Diagnostic) -> ExitCode {
    let (compiler, languages, form, isListed) = (input.compiler, languages, form, folder != nil)
    let run = RuleRun(input, for: .translation(allowed: allowed), skips: skips) { rule in
      Output(
        queries: languages.map { form.query(of: rule.document, in: $0, compiler) },
        digest: isListed ? rule.document.rule.digest : "")
    }
    // An interrupt ends the run between two files: none is left half written, and the manifest lists what is there.
    let interrupt = Interrupt(run.stop)
    for found in run {
      switch found {
      case .rule(let rule, let output): try take(output, of: rule)
      case .refused(let refusal): take(refusal)
      }
      if input.files.count > 256, run.fileCount.isMultiple(of: 64) {
        terminal.progress("\(run.fileCount) of \(input.files.count) files compiled")
      }
      if cannotWrite { break }
    }
    terminal.endProgress()
    try end(run, isInterrupted: interrupt.happened)
    return interrupt.happened ? .interrupted : code.and(run.code)
  }

  /// Brings the folder into line with the run, and sums up.
  private func end<Queries>(_ run: RuleRun<Queries>, isInterrupted: Bool) throws(Diagnostic) {
    if let folder {
      // What an interrupted run did not come to is not stale.
      let languages = isInterrupted || cannotWrite ? [] : languages.map(\.identifier)
      let removed = try folder.end(languages: languages, read: input.files, folders: roots)
      for file in removed { terminal.remark("removed \(file.visible()): no rule of this run stands for it") }
    }
    if folder != nil || !summary.isClean { terminal.remark(summary.text(files: run.fileCount)) }
    terminal.remark(run.skipped)
    if isInterrupted {
      terminal.remark("interrupted after \(run.fileCount) of \(counted(input.files.count, "file"))")
    }
  }

  /// Reports on a file or a document that is not a rule: one that is wrong is bad, one that is right is refused.
  private mutating func take(_ refusal: Refusal) {
    var isNew = true
    if let reason = refusal.reason {
      isNew = summary.countRefusal(reason, isAllowed: refusal.code == .clean)
    } else if !refusal.isRemark {
      summary.countBad()
    }
    for diagnostic in refusal.diagnostics where diagnostic.severity != .note || isNew || showsEveryNote {
      terminal.report(diagnostic)
    }
  }

  /// Reports on a rule and writes its queries.
  private mutating func take(_ output: Output, of rule: FoundRule) throws(Diagnostic) {
    summary.countRule()
    (rule.document.warnings + [rule.clash?.diagnostic].compactMap { $0 }).forEach { report($0) }
    let listed = folder == nil ? nil : listing(of: rule, output.digest)
    for (language, result) in zip(languages, output.queries) {
      switch result {
      case .success(let query):
        for note in query.notes { report(note.located(in: rule.document)) }
        summary.count(query, language)
        if let listed {
          write(query, language, rule, listed)
        } else {
          try show(query, language, rule.document)
        }
      case .failure(let reason): take(reason.located(in: rule.document), rule.document.rule, language)
      }
    }
  }

  /// Reports why a language does not say a rule. What the user allows is a note, so that what fails the run is not lost
  /// among it.
  private mutating func take(_ reason: Diagnostic, _ rule: Rule, _ language: Language) {
    if reason.code.phase == .usage {
      terminal.report(reason)
      code = code.and(.usage)
      return
    }
    let isAllowed = allowed.contains(reason.code.rawValue) || allowed.contains(rule.id)
    let isNew = summary.countRefusal(reason, language, isAllowed: isAllowed)
    if isAllowed {
      var note = reason
      note.severity = .note
      if isNew || showsEveryNote { terminal.report(note) }
    } else {
      code = code.and(.badRule)
      terminal.report(reason)
    }
  }

  /// Draws a diagnostic; over several files a note only once, since many rules have the same to say.
  private mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .note, !summary.isNew(diagnostic), !showsEveryNote { return }
    terminal.report(diagnostic)
  }

  private var showsEveryNote: Bool { isVerbose || input.files.count == 1 }

  private mutating func show(
    _ query: Query, _ language: Language, _ document: RuleDocument
  ) throws(Diagnostic) {
    // One query alone is printed bare, so that it can be piped on.
    if languages.count > 1 || input.files.count > 1 {
      let rule = input.files.count > 1 ? "\(flat(document.rule.title)): " : ""
      let lines: [TextLine] = (summary.queryCount > 1 ? [""] : []) + ["==> \(rule)\(language.name) <=="]
      try terminal.print(lines)
    }
    try terminal.print(query.text)
  }

  /// What the folder's list says of a rule.
  private func listing(of found: FoundRule, _ digest: String) -> OutputFolder.ListedRule {
    let rule = found.document.rule
    return OutputFolder.ListedRule(
      source: ReportPath(found.file.path).text, id: rule.id, digest: digest, isProved: form == .provedQuery,
      level: rule.severity?.rawValue, tags: rule.attack.compactMap { $0.technique ?? $0.tactic } + rule.tags)
  }

  /// Writes a query into the folder, where no other rule of the run has taken its file.
  private mutating func write(
    _ query: Query, _ language: Language, _ found: FoundRule, _ rule: OutputFolder.ListedRule
  ) {
    let stem = Folder.withoutEnding(found.file.relative) + (found.number.map { "-\($0)" } ?? "")
    // Rules are YAML too: a Sigma output never takes the place of its own source.
    func entry(_ ending: String) -> OutputFolder.Entry {
      let infix = ending == "yml" ? ".\(language.identifier)" : ""
      return OutputFolder.Entry(file: "\(stem)\(infix).\(ending)", language: language.identifier, rule: rule)
    }
    let own = entry(language.fileEnding)
    let beside = language.companion.map { ($0, entry($0.ending)) }
    if let clash = [own, beside?.1].compactMap({ $0 }).compactMap({ folder?.clash(with: $0) }).first {
      terminal.report(clash)
      code = code.and(.usage)
      return
    }
    do throws(Diagnostic) {
      let text = try apart(query, language, found).text
      let other = try beside.map { (companion, entry) throws(Diagnostic) in
        (try companion.write(found.document.rule, String(own.file.split(separator: "/").last ?? "")), entry)
      }
      try folder?.write(text, as: own)
      if let other { try folder?.write(other.0, as: other.1) }
    } catch {
      terminal.report(error)
      code = code.and(.usage)
      cannotWrite = true
    }
  }
}

extension CompileCommand {
  /// The query, written again under another name where a file of this run declares its own: all may be parts of one
  /// program.
  private mutating func apart(
    _ query: Query, _ language: Language, _ found: FoundRule
  ) throws(Diagnostic) -> Query {
    guard let name = query.declares else { return query }
    let taken = declared[language.identifier, default: []]
    var own = query
    if taken.contains(name) {
      var options = input.compiler.options
      options.takenNames = taken
      own = try form.query(of: found.document, in: language, Compiler(options: options)).get()
    }
    declared[language.identifier, default: []].formUnion([own.declares].compactMap { $0 })
    return own
  }
}

/// What a query may be besides exact.
enum Approximation: String, CaseIterable {
  /// Fixed spans of time stand for windows that end at any event.
  case tumbling
}

extension OptionKey where Value == Approximation? {
  static var approximate: Self {
    .choice(
      "approximate", "FORM", help: "count in fixed spans in place of windows that end at any event; not exact"
    )
  }
}

extension OptionKey where Value == [String] {
  static var allow: Self {
    .words(
      "allow", OptionSpec.Value("NAMES"),
      help:
        "refusals that do not fail the run: codes or their names, as E401 or keywords, or ids of rules, separated by commas"
    )
  }
  /// The languages to write in.
  static var to: Self {
    .words(
      "to", short: "t", OptionSpec.Value("LANGUAGES", .list(Registry.writers.map(\.identifier) + ["all"])),
      help:
        "\(Registry.writers.map(\.identifier).joined(separator: ", ")), separated by commas, or all (the default)"
    )
  }
}

extension OptionKey where Value == String? {
  static var out: Self {
    .text(
      "out", short: "o", OptionSpec.Value("DIR", .folder),
      help: "keep a file for each rule and language in this folder, and a list of them, manifest.json")
  }
}

extension OptionKey where Value == Bool {
  static var selfTest: Self {
    .flag(
      "self-test", help: "write a statement that runs the rule's fixtures in a console, without a table")
  }
  static var proved: Self {
    .flag(
      "proved",
      help:
        "read each query back, prove it equal to the rule and say so in its comment; refuse what is not proved"
    )
  }
  static var pack: Self {
    .flag(
      "pack",
      help:
        "ask for all rules of a place in as few statements as hold them, each rule proved from their text"
    )
  }
  fileprivate static var verbose: Self {
    .flag("verbose", short: "v", help: "show every note, not only the first of its kind")
  }
}

extension Diagnostic {
  /// The diagnostic of a writer, which knows places of the condition only, in the text that they are places of.
  func located(in document: RuleDocument) -> Diagnostic {
    located(in: labels.isEmpty ? document.source : document.conditionSource)
  }
}
