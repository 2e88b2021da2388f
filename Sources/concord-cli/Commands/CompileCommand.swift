import Concord
import Foundation

/// `concord compile`: rules in, queries out.
struct CompileCommand {
  static let spec = CommandSpec(
    name: "compile", summary: "Compile rules to Athena SQL, Splunk SPL, Sigma YAML and Swift.",
    positional: "FILE…",
    options: [
      OptionSpec(
        name: "to", short: "t", value: "LANGUAGES", repeats: true,
        help: "athena, splunk, sigma, swift, separated by commas, or all (the default)"),
      OptionSpec(
        name: "out", short: "o", value: "DIR",
        help: "write a file for each rule and language into this folder"),
      OptionSpec(
        name: "self-test", value: nil,
        help: "write a statement that runs the rule's fixtures in a console, without a table"),
      OptionSpec(
        name: "proved", value: nil,
        help:
          "read each query back, prove it equal to the rule and say so in its comment; refuse what is not proved"
      ),
      OptionSpec(
        name: "allow", value: "NAMES", repeats: true,
        help: "refusals that do not fail the run: codes such as E401, or ids of rules, separated by commas"),
      OptionSpec(
        name: "verbose", short: "v", value: nil, help: "show every note, not only the first of its kind"),
    ] + RuleInput.options,
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
      ("cat rule.yml | concord compile - --to splunk", "read from standard input"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    var command = try CompileCommand(arguments, terminal)
    return try command.run()
  }

  private let input: RuleInput
  private let languages: [any QueryWriter]
  private let folder: String?
  private let allowed: Set<String>
  private let isVerbose: Bool
  private let form: CompiledFile.Form
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var written: [String: String] = [:]
  private var summary: CompileSummary

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    if arguments.has("self-test"), arguments.has("proved") {
      throw Diagnostic(.usage, "give either `--self-test` or `--proved`, not both")
    }
    form = arguments.has("self-test") ? .selfTest : arguments.has("proved") ? .provedQuery : .query
    languages = try CompileCommand.languages(arguments.all("to"), as: form)
    input = try RuleInput(arguments, command: "compile")
    folder = arguments["out"]
    let allowed = arguments.all("allow").flatMap { $0.split(separator: ",").map(String.init) }
    self.allowed = Set(allowed + allowed.compactMap { Diagnostic.Code(named: $0)?.rawValue })
    isVerbose = arguments.has("verbose")
    summary = CompileSummary(languages)
    self.terminal = terminal
  }

  /// The languages of `--to`, in the registry's order, all where it is not given: of those that can be written in
  /// that form.
  static func languages(
    _ values: [String], as form: CompiledFile.Form = .query
  ) throws(Diagnostic) -> [any QueryWriter] {
    let known = Registry.writers.filter { writer in
      switch form {
      case .query: true
      case .provedQuery: writer is any RuleReader
      case .selfTest: writer is any SelfTestWriter
      }
    }
    var wanted: Set<String> = []
    for value in values {
      for name in value.split(separator: ",", omittingEmptySubsequences: false) {
        let name = name.trimmingCharacters(in: .whitespaces)
        if name == "all" {
          wanted.formUnion(known.map(\.identifier))
        } else if known.contains(where: { $0.identifier == name }) {
          wanted.insert(name)
        } else {
          let near = Suggestion.nearest(to: name, among: known.map(\.identifier) + ["all"])
          throw Diagnostic(
            .unknownLanguage,
            form == .provedQuery
              ? "`\(name)` is not a language that can be read back"
              : "`\(name)` is not a language that can be written",
            help: (near.map { ["did you mean `\($0)`?"] } ?? [])
              + ["known: \(known.map(\.identifier).joined(separator: ", ")), or all"])
        }
      }
    }
    return wanted.isEmpty ? known : known.filter { wanted.contains($0.identifier) }
  }

  /// How many files are compiled before their outputs are written: enough for all cores to be busy, few enough to
  /// keep memory small and show progress.
  private static let batch = 256

  private mutating func run() throws(Diagnostic) -> ExitCode {
    let (input, languages, form) = (input, languages, form)
    for start in stride(from: 0, to: input.inputs.count, by: CompileCommand.batch) {
      let files = Array(input.inputs[start...].prefix(CompileCommand.batch))
      let compiled = Parallel.map(files) {
        CompiledFile($0, input, to: languages, as: form)
      }
      for file in compiled { try take(file) }
      if input.inputs.count > CompileCommand.batch {
        terminal.progress("\(start + files.count) of \(input.inputs.count) files compiled")
      }
    }
    terminal.endProgress()
    if folder != nil || !summary.isClean { terminal.remark(summary.text) }
    return code
  }

  /// Reports on a file and writes its queries.
  private mutating func take(_ compiled: CompiledFile) throws(Diagnostic) {
    switch compiled.rules {
    case .failure(let failure):
      summary.countFile(isBad: true)
      terminal.report(failure.diagnostic)
      code = code.and(failure.code)
    case .success(let rules):
      summary.countFile(isBad: false)
      for rule in rules { try take(rule, compiled.file) }
      for document in compiled.refused { take(document) }
    }
  }

  /// Reports on a document that is no rule: one that is wrong is bad, one that is right is refused.
  private mutating func take(_ document: RefusedDocument) {
    document.warnings.forEach { report($0) }
    document.refusals.forEach(terminal.report)
    guard let reason = document.reason else {
      summary.countBad()
      code = code.and(.badRule)
      return
    }
    summary.countRefusal(reason)
    if !allowed.contains(reason.code.rawValue) { code = code.and(.badRule) }
  }

  private mutating func take(
    _ rule: CompiledFile.CompiledRule, _ file: Files.Input
  ) throws(Diagnostic) {
    summary.countRule()
    rule.document.warnings.forEach { report($0) }
    for (language, result) in zip(languages, rule.queries) {
      switch result {
      case .success(let query):
        for note in query.notes { report(note.located(in: rule.document)) }
        summary.countExact(language)
        if let folder {
          try write(query, language, to: folder, file, number: rule.number)
        } else {
          try show(query, language, rule.document)
        }
      case .failure(let reason):
        terminal.report(reason.located(in: rule.document))
        if reason.code.phase == .usage {
          code = code.and(.usage)
        } else {
          summary.countRefusal(reason, language)
          let names = [reason.code.rawValue, rule.document.rule.id]
          if !allowed.contains(where: names.contains) { code = code.and(.badRule) }
        }
      }
    }
  }

  /// Draws a warning or note; over several files a note only once, since many rules have the same to say.
  private mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .note, input.inputs.count > 1, !summary.isNew(diagnostic), !isVerbose { return }
    terminal.report(diagnostic)
  }

  private mutating func show(
    _ query: Query, _ language: any QueryWriter, _ document: RuleDocument
  ) throws(Diagnostic) {
    // One query alone is printed bare, so that it can be piped on.
    if languages.count > 1 || input.inputs.count > 1 {
      let rule = input.inputs.count > 1 ? "\(document.rule.title): " : ""
      let line = String(rule.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
      try terminal.print((summary.exactCount > 1 ? "\n" : "") + "==> \(line)\(language.name) <==\n")
    }
    try terminal.print(query.text)
  }

  private mutating func write(
    _ query: Query, _ language: any QueryWriter, to folder: String, _ file: Files.Input, number: Int?
  ) throws(Diagnostic) {
    let stem = (file.relative as NSString).deletingPathExtension + (number.map { "-\($0)" } ?? "")
    // Rules are YAML too: a Sigma output never takes the place of its own source.
    let infix = language.fileExtension == "yml" ? ".\(language.identifier)" : ""
    let path = (folder as NSString).appendingPathComponent("\(stem)\(infix).\(language.fileExtension)")
    if let other = written[path] {
      throw Diagnostic(
        .outputCollision, "`\(file.path)` and `\(other)` would both be written to `\(path)`",
        help: ["compile them into different folders"])
    }
    written[path] = file.path
    try Files.write(query.text, to: path)
  }
}

extension Diagnostic {
  /// The diagnostic of a writer, which knows places of the condition only, in the text that they are places of.
  func located(in document: RuleDocument) -> Diagnostic {
    located(in: labels.isEmpty ? document.source : document.conditionSource)
  }
}
