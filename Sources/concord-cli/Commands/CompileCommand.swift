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
        name: "allow-refused", value: nil, help: "do not fail where a language cannot say a rule exactly"),
    ] + RuleInput.options,
    examples: [
      ("concord compile rule.yml", "print the rule in all four languages"),
      ("concord compile rules/ --to athena,splunk --out queries/", "compile a folder, keeping its layout"),
      (
        "concord compile rule.yml -e 'eventName eq \"RunInstances\"'",
        "compile a rule file that has no condition of its own"
      ),
      ("cat rule.yml | concord compile - --to splunk", "read from standard input"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    var command = try CompileCommand(arguments, terminal)
    return try command.run()
  }

  private let input: RuleInput
  private let languages: [any QueryWriter]
  private let folder: String?
  private let allowsRefused: Bool
  private let isSelfTest: Bool
  private let terminal: Terminal
  private var code = ExitCode.clean
  private var written: [String: String] = [:]
  private var counts = (exact: 0, refused: 0, bad: 0)

  private init(_ arguments: ParsedArguments, _ terminal: Terminal) throws(Diagnostic) {
    isSelfTest = arguments.has("self-test")
    languages = try CompileCommand.languages(arguments.all("to"), selfTest: isSelfTest)
    input = try RuleInput(arguments, command: "compile")
    folder = arguments["out"]
    allowsRefused = arguments.has("allow-refused")
    self.terminal = terminal
  }

  /// The languages of `--to`, in the registry's order, all where it is not given.
  static func languages(_ values: [String], selfTest: Bool = false) throws(Diagnostic) -> [any QueryWriter] {
    let known = Registry.writers.filter { !selfTest || $0 is any SelfTestWriter }
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
            "E903", "`\(name)` is not a language that can be written",
            help: (near.map { ["did you mean `\($0)`?"] } ?? [])
              + ["known: \(known.map(\.identifier).joined(separator: ", ")), or all"])
        }
      }
    }
    return wanted.isEmpty ? known : known.filter { wanted.contains($0.identifier) }
  }

  private mutating func run() throws(Diagnostic) -> ExitCode {
    for file in input.inputs {
      switch input.load(file) {
      case .failure(let failure):
        terminal.report(failure.diagnostic)
        counts.bad += 1
        code = code.and(failure.code)
      case .success(let documents):
        for (index, document) in documents.enumerated() {
          document.warnings.forEach(terminal.report)
          try compile(document, file, number: documents.count > 1 ? index + 1 : nil)
        }
      }
    }
    if folder != nil || counts.refused + counts.bad > 0 {
      terminal.remark("\(counts.exact) exact, \(counts.refused) refused, \(counts.bad) bad")
    }
    return code
  }

  private mutating func compile(
    _ document: RuleDocument, _ file: Files.Input, number: Int?
  ) throws(Diagnostic) {
    for language in languages {
      do throws(Diagnostic) {
        let query = try query(document.rule, language)
        for note in query.notes { terminal.report(note.located(in: document)) }
        counts.exact += 1
        if let folder {
          try write(query, language, to: folder, file, number: number)
        } else {
          try show(query, language, document)
        }
      } catch {
        terminal.report(error.located(in: document))
        if error.code.rawValue.hasPrefix("E90") {
          code = code.and(.usage)
        } else {
          counts.refused += 1
          if !allowsRefused { code = code.and(.badRule) }
        }
      }
    }
  }

  private func query(_ rule: Rule, _ language: any QueryWriter) throws(Diagnostic) -> Query {
    if isSelfTest, let writer = language as? any SelfTestWriter {
      return try writer.selfTest(rule, options: input.compiler.options)
    }
    return try input.compiler.write(rule, in: language.identifier)
  }

  private mutating func show(
    _ query: Query, _ language: any QueryWriter, _ document: RuleDocument
  ) throws(Diagnostic) {
    // One query alone is printed bare, so that it can be piped on.
    if languages.count > 1 || input.inputs.count > 1 {
      let rule = input.inputs.count > 1 ? "\(document.rule.title): " : ""
      let line = String(rule.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
      try terminal.print((counts.exact > 1 ? "\n" : "") + "==> \(line)\(language.name) <==\n")
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
        "E906", "`\(file.path)` and `\(other)` would both be written to `\(path)`",
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
