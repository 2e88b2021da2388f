import Concord

/// `concord import`: a published catalogue page in, a rule file out; or the programs of a folder of rules in, rule files
/// with their conditions out.
enum ImportCommand {
  static let spec = CommandSpec(
    name: "import",
    summary: "Turn a published catalogue page, or rules that are programs, into rule files with a condition.",
    positional: "PAGE",
    options: OptionKey.specs(.allowPartial, .outFile, .reading, .form),
    examples: [
      ("concord import page.txt > rule.yml", "read a page that was saved as text"),
      ("pbpaste | concord import -", "read a page from the clipboard"),
      (
        "concord import rules/ --to \(ConditionImport.forms[0]) --out reviewed/",
        "write each rule file of a folder with the condition that its program amounts to"
      ),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    guard let path = arguments.positionals.first, arguments.positionals.count == 1 else {
      throw Diagnostic(
        .usage, arguments.positionals.isEmpty ? "name a page" : "name one page only",
        help: ["`concord import page.txt`, or `-` for standard input"])
    }
    if arguments[.form] != nil || Files.isFolder(path) {
      return try ConditionImport.run(path, out: arguments[.outFile], terminal)
    }
    let page = try Files.source(path)
    var options = LanguageOptions()
    options.reading = arguments[.reading]
    let compiler = Compiler(options: options)
    let text: String
    do throws(Diagnostic) {
      let document = try compiler.importPage(page, allowPartial: arguments[.allowPartial])
      document.warnings.forEach(terminal.report)
      text = try compiler.ruleFile(document)
    } catch {
      terminal.report(error.located(in: page))
      return .badRule
    }
    if let out = arguments[.outFile] { try Files.write(text, to: out) } else { try terminal.print(text) }
    return .clean
  }
}

extension OptionKey where Value == Bool {
  fileprivate static var allowPartial: Self {
    .flag("allow-partial", help: "take a page that says itself that its condition is incomplete")
  }
}

extension OptionKey where Value == String? {
  fileprivate static var outFile: Self {
    .text(
      "out", short: "o", OptionSpec.Value("FILE", .file),
      help:
        "write the rule file here, not to standard output; for a folder of rules, the folder to write into")
  }
  fileprivate static var form: Self {
    .text(
      "to", short: "t", OptionSpec.Value("FORM", .choice(ConditionImport.forms)),
      help: "what a folder of rules becomes: rule files that state their conditions (the default)")
  }
}
