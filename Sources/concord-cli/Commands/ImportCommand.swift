import Concord

/// `concord import`: a published catalogue page in, a rule file out.
enum ImportCommand {
  static let spec = CommandSpec(
    name: "import", summary: "Turn a published catalogue page into a rule file.", positional: "PAGE",
    options: OptionKey.specs(.allowPartial, .outFile, .reading),
    examples: [
      ("concord import page.txt > rule.yml", "read a page that was saved as text"),
      ("pbpaste | concord import -", "read a page from the clipboard"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    guard let path = arguments.positionals.first, arguments.positionals.count == 1 else {
      throw Diagnostic(
        .usage, arguments.positionals.isEmpty ? "name a page" : "name one page only",
        help: ["`concord import page.txt`, or `-` for standard input"])
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
      help: "write the rule file here, not to standard output")
  }
}
