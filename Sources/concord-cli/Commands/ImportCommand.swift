import Concord

/// `concord import`: a published catalogue page in, a rule file out.
struct ImportCommand {
  static let spec = CommandSpec(
    name: "import", summary: "Turn a published catalogue page into a rule file.", positional: "PAGE",
    options: [
      OptionSpec(
        name: "allow-partial", value: nil,
        help: "take a page that says itself that its condition is incomplete"),
      OptionSpec(
        name: "out", short: "o", value: "FILE", help: "write the rule file here, not to standard output"),
      OptionSpec(name: "reading", value: "WORDS", help: "how to read the page's condition"),
    ],
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
    var options = LanguageOptions(compilerVersion: Compiler.version)
    options.reading = arguments["reading"]
    let compiler = Compiler(options: options)
    let text: String
    do throws(Diagnostic) {
      let document = try compiler.importPage(page, allowPartial: arguments.has("allow-partial"))
      document.warnings.forEach(terminal.report)
      text = try compiler.ruleFile(document)
    } catch {
      terminal.report(error.located(in: page))
      return .badRule
    }
    if let out = arguments["out"] { try Files.write(text, to: out) } else { try terminal.print(text) }
    return .clean
  }
}
