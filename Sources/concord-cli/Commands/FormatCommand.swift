import Concord

/// `concord format`: lays out rule files anew.
enum FormatCommand {
  static let spec = CommandSpec(
    name: "format", summary: "Lay out rule files: indentation, spaces, line ends. No rule changes.",
    positional: "FILE…",
    options: OptionKey.specs(.formatCheck, .indentation, .project, .exclude, .onlyRules),
    examples: [
      ("concord format rules/", "lay out every rule file of a folder"),
      ("concord format --check rules/", "name the files that would change, and end with 1 if there are some"),
      ("concord format - < rule.yml", "from standard input to standard output"),
    ],
    notes: [
      "Each level is indented by as many columns as in the public rules of its language (4 or 2), lists below their keys",
      "too; one space stands behind `:` and `-`; no line ends in blanks, and the file in one line break. Comments, the",
      "order of keys, quotes, anchors, brackets and the texts of scalars stay as they are.",
      "",
      "The new text is read again before it is written: a file whose rules would not be the same, or that is not YAML,",
      "is left as it is, and named.",
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    if arguments.positionals.isEmpty {
      throw Diagnostic(
        .usage, "name a rule file or a folder",
        help: ["`concord format rules/`, or `-` for standard input"])
    }
    let (isCheck, indent) = (arguments[.formatCheck], arguments[.indentation])
    let (files, ignored) = try RuleFile.files(arguments.positionals, arguments)
    let results = ParallelResults(of: files, ahead: 256) { FormattedFile($0, indent: indent) }
    var code = ExitCode.clean
    var (total, changed) = (0, 0)
    while let result = results.next() {
      switch result.outcome {
      case .stranger: continue
      case .failed(let failure, let own):
        terminal.report(failure)
        code = code.and(own)
      case .same: if case .standardInput = result.file.content, !isCheck { try terminal.print(result.text) }
      case .changed:
        changed += 1
        if isCheck {
          code = code.and(.findings)
          try terminal.print("\(result.file.path.visible())\n")
        } else if case .standardInput = result.file.content {
          try terminal.print(result.text)
        } else {
          try Files.replace(result.file.path, with: result.text)
          try terminal.print("\(result.file.path.visible())\n")
        }
      }
      total += 1
    }
    if ignored > 0 { terminal.remark("skipped: \(counted(ignored, "ignored file"))") }
    if total > 1 {
      terminal.remark("\(counted(total, "file")): \(changed) \(isCheck ? "would change" : "changed")")
    }
    return code
  }
}

/// What comes of a file that is to be laid out.
struct FormattedFile: Sendable {
  /// What came of it.
  enum Outcome: Sendable {
    /// It is as it should be.
    case same
    case changed
    /// It stays, for that reason.
    case failed(Diagnostic, ExitCode)
    /// It is no rule file, and nobody named it.
    case stranger
  }

  /// The file.
  let file: RuleFile
  let outcome: Outcome
  /// Its text laid out; empty where it stays as it is for a reason.
  let text: String

  /// Reads and lays out a file.
  init(_ file: RuleFile, indent: Int?) {
    self.file = file
    do throws(Diagnostic) {
      let source = try file.source()
      (outcome, text) = FormattedFile.format(source, isNamed: file.isNamed, indent: indent)
    } catch {
      (outcome, text) = (.failed(error, .usage), "")
    }
  }

  private static func format(_ source: Source, isNamed: Bool, indent: Int?) -> (Outcome, String) {
    guard isNamed || Compiler.isRule(source) else { return (.stranger, "") }
    do throws(Diagnostic) {
      let text = try Compiler.formatted(source, indent: indent)
      return (text.sameScalars(as: source.text) ? .same : .changed, text)
    } catch {
      guard error.code == .notFormatted else { return (.failed(error, .badRule), "") }
      // A folder may hold rules in languages that have no layout.
      let isElsewhere = !isNamed && !Compiler.hasLayout(source)
      return (isElsewhere ? .stranger : .failed(error, .unknown), "")
    }
  }
}

extension OptionKey where Value == Bool {
  fileprivate static var formatCheck: Self {
    .flag("check", help: "write nothing; name the files that would change, and end with 1 if there are some")
  }
}

extension OptionKey where Value == Int? {
  static var indentation: Self {
    .number("indent", help: "by how many columns a level is indented; as the language has it where not given")
  }
}
