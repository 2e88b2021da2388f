import Foundation
import Testing

@Suite("Command line")
struct CommandLineTests {
  /// Arguments, exit code, and the whole of standard error.
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let code: Int32
    let errors: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let usage: [Case] = [
    Case(
      arguments: ["compil", "rule.yml"], code: 3,
      errors:
        "error[E902]: unknown command `compil`\nhelp: did you mean `concord compile`?\nhelp: see `concord --help`\n"
    ),
    Case(
      arguments: ["rule.yml"], code: 3,
      errors:
        "error[E902]: unknown command `rule.yml`\nhelp: to compile a rule: `concord compile rule.yml`\nhelp: see `concord --help`\n"
    ),
    Case(
      arguments: ["--verison"], code: 3,
      errors: "error[E902]: unknown option `--verison`\nhelp: see `concord --help`\n"),
    Case(
      arguments: ["compile", "--two", "sigma", "rule.yml"], code: 3,
      errors:
        "error[E901]: unknown option `--two`\nhelp: did you mean `--to`?\nhelp: see `concord compile --help`\n"
    ),
    Case(
      arguments: ["compile"], code: 3,
      errors: "error[E901]: name a rule file\nhelp: `concord compile rule.yml`, or `-` for standard input\n"),
    Case(
      arguments: ["compile", "--to"], code: 3,
      errors: "error[E901]: option `--to` needs a value\nhelp: `--to LANGUAGES`\n"),
    Case(
      arguments: ["compile", "rule.yml", "--to", "athina"], code: 3,
      errors:
        "error[E903]: `athina` is not a language that can be written\nhelp: did you mean `athena`?\nhelp: known: panther, athena, splunk, sigma, swift, or all\n"
    ),
    Case(
      arguments: ["compile", "no-such-rule.yml"], code: 3,
      errors: "error[E904]: cannot read `no-such-rule.yml`: no such file or folder\n"),
    Case(
      arguments: ["compile", "rule.yml", "--out=a", "--out=b"], code: 3,
      errors: "error[E901]: option `--out` is given twice\n"),
    Case(
      arguments: ["compile", "rule.yml", "--out", ""], code: 3,
      errors:
        "error[E901]: option `--out` is given an empty value\nhelp: `--out DIR`; a variable that is not set gives an empty one\n"
    ),
    Case(
      arguments: ["compile", "rule.yml", "--out", "--table", "x"], code: 3,
      errors:
        "error[E901]: option `--out` needs a value, and the next argument is the option `--table`\nhelp: `--out DIR`\nhelp: a value that looks like an option: `--out=--table`\n"
    ),
    Case(
      arguments: ["scan", "rule.yml", "-", "--jobs", "0"], code: 3,
      errors: "error[E901]: option `--jobs` needs a whole number above 0, not `0`\n"),
    Case(
      arguments: ["compile", "rule.yml", "--verbose=yes"], code: 3,
      errors: "error[E901]: option `--verbose` takes no value\n"),
    Case(
      arguments: ["compile", "-", "--condition", "a.txt", "-e", "a exists"], code: 3,
      errors: "error[E901]: give either `--condition` or `-e`, not both\n"),
    Case(
      arguments: ["compile", "rule.yml", "--pipeline", "windows-evt"], code: 3,
      errors:
        "error[E911]: `windows-evt` is neither a file nor a pipeline that comes with Concord\nhelp: did you mean `windows-evtx`?\nhelp: with Concord come windows-evtx, splunk-windows, cloudtrail-athena\n"
    ),
    Case(
      arguments: ["check", "rule.yml", "--strict-fields"], code: 3,
      errors: "error[E901]: `--strict-fields` needs a pipeline\nhelp: name one with `--pipeline`\n"),
    Case(
      arguments: ["compile", "-", "--from", "sigmo"], code: 3,
      errors:
        "error[E901]: option `--from` does not take `sigmo`\nhelp: did you mean `sigma`?\nhelp: it takes panther, athena, splunk, sigma\n"
    ),
    Case(
      arguments: ["check", "rule.yml", "--format", "jsn"], code: 3,
      errors:
        "error[E901]: option `--format` does not take `jsn`\nhelp: did you mean `json`?\nhelp: it takes text, json, junit, sarif, github, markdown\n"
    ),
    Case(
      arguments: ["import"], code: 3,
      errors: "error[E901]: name a page\nhelp: `concord import page.txt`, or `-` for standard input\n"),
    Case(
      arguments: ["import", "a.txt", "b.txt"], code: 3,
      errors: "error[E901]: name one page only\nhelp: `concord import page.txt`, or `-` for standard input\n"),
    Case(
      arguments: ["completions", "tcsh"], code: 3,
      errors:
        "error[E901]: unknown shell `tcsh`\nhelp: known: bash, zsh, fish\n"
    ),
    Case(
      arguments: ["completions"], code: 3,
      errors: "error[E901]: name one shell\nhelp: `concord completions bash|zsh|fish`\n"),
  ]

  @Test("wrong usage is met with a message, a suggestion and exit code 3", arguments: usage)
  func wrongUsage(_ example: Case) throws {
    let result = try Tool.run(example.arguments)
    #expect(result.errors == example.errors)
    #expect(result.code == example.code)
    #expect(result.output.isEmpty)
  }

  @Test(
    "help and version are printed, exit code 0",
    arguments: [
      (["--help"], "usage: concord COMMAND"), (["-h"], "exit codes:\n  0  clean"), (["help"], "compile"),
      (["help", "check"], "usage: concord check [OPTIONS] FILE…"),
      (["compile", "--help"], "concord compile rules/ --to athena,splunk --out queries/"),
      (["import", "-h"], "usage: concord import [OPTIONS] PAGE"), (["--version"], "concord 0.1.0"),
    ])
  func help(_ arguments: [String], _ expected: String) throws {
    let result = try Tool.run(arguments)
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains(expected))
  }

  @Test("without arguments the overview goes to standard error, exit code 3")
  func noArguments() throws {
    let result = try Tool.run([])
    #expect(result.code == 3)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("usage: concord COMMAND"))
  }

  @Test("the manual page names every command and exit code, and no line of it is a request by accident")
  func manual() throws {
    let page = try Tool.run(["manual"]).output
    let lines = page.split(separator: "\n").map(String.init)
    for command in ["compile", "check", "import", "scan"] {
      #expect(lines.contains { $0.hasPrefix(".SS concord \(command) ") }, "\(command)")
    }
    #expect(page.contains("\\fB\\-f, \\-\\-format\\fR \\fIFORMAT\\fR"))
    #expect(page.contains(".B 4\nverification came to no answer\n"))
    let requests: Set = [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".nf", ".fi", ".RS", ".RE"]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    // Outside of escapes there is no backslash, and no dash that may be drawn as a hyphen.
    let plain = page.replacing("\\-", with: "").replacing("\\e", with: "").replacing(/\\f[BIR]/, with: "")
      .replacing("\\&", with: "")
    #expect(!plain.contains("\\") && !plain.contains("-"))
  }

  @Test("a completion script names every command")
  func completionScripts() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try Tool.run(["completions", shell]).output
      for command in ["compile", "check", "import"] { #expect(script.contains(command), "\(shell)") }
      // Texts stand there as in the help; bash shows none.
      #expect(shell == "bash" || script.contains("run their fixtures"), "\(shell)")
      #expect(script.contains("windows-evtx"), "\(shell)")
    }
  }

  /// What a user typed, the last word unfinished, and what bash offers for it.
  struct Completion: Sendable, CustomTestStringConvertible {
    let words: [String]
    let offered: [String]
    var testDescription: String { words.joined(separator: " ") }
  }

  static let completions = [
    Completion(words: ["com"], offered: ["compile", "completions"]),
    Completion(words: ["compile", "--to", "s"], offered: ["splunk", "sigma", "swift"]),
    Completion(words: ["compile", "-t", "athena,sp"], offered: ["athena,splunk"]),
    Completion(words: ["compile", "--se"], offered: ["--setting", "--self-test"]),
    Completion(words: ["check", "-"], offered: []),
    Completion(words: ["check", "--format", "j"], offered: ["json", "junit"]),
    Completion(words: ["scan", "-f", "n"], offered: ["ndjson"]),
    Completion(words: ["compile", "--from", "p"], offered: ["panther"]),
    Completion(words: ["verify", "--engine", "d"], offered: ["duckdb"]),
    Completion(words: ["compile", "-p", "windows"], offered: ["windows-evtx"]),
    Completion(words: ["compile", "--out", "fo"], offered: ["folder one"]),
    Completion(words: ["compile", "ru"], offered: ["rule one.yml"]),
    Completion(words: ["completions", ""], offered: ["bash", "zsh", "fish"]),
    Completion(words: ["help", "co"], offered: ["compile", "completions"]),
    Completion(words: ["h"], offered: ["help"]),
    Completion(words: ["pipelines", "splunk"], offered: ["splunk-windows"]),
    Completion(words: ["compile", "--table", "r"], offered: []),
  ]

  @Test("bash offers commands, options, their values, and files by their whole names", arguments: completions)
  func bashCompletion(_ example: Completion) throws {
    let folder = try Tool.folder([
      "complete.bash": Tool.run(["completions", "bash"]).output, "rule one.yml": "", "folder one/x": "",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "bash", "-c",
        "source complete.bash; COMP_WORDS=(concord \"$@\"); COMP_CWORD=$#; _concord; printf '%s\\n' \"${COMPREPLY[@]}\"",
        "bash",
      ] + example.words
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let offered = output.split(separator: "\n").map(String.init)
    if example.words == ["check", "-"] {
      #expect(Set(["-f", "--format", "-q", "--quiet", "-h", "--help"]).isSubset(of: Set(offered)))
    } else {
      #expect(offered == example.offered)
    }
  }

  @Test("a file that is not UTF-8, a folder without rules and an unreadable file are named")
  func unreadable() throws {
    let folder = try Tool.folder(["empty/readme.txt": "nothing", "locked.yml": "title: a\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data([0x61, 0xFF, 0x62]).write(to: folder.appendingPathComponent("latin.yml"))
    let latin = try Tool.run(["check", "latin.yml"], in: folder)
    #expect(latin.code == 3)
    #expect(
      latin.errors == """
        error[E909]: `latin.yml` is not UTF-8 text: line 1, column 2 has the byte 0xFF
        help: save it as UTF-8; where it is Latin-1: `iconv -f ISO-8859-1 -t UTF-8 'latin.yml'`

        """)
    try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: folder.appendingPathComponent("wide.yml"))
    #expect(
      try Tool.run(["check", "wide.yml"], in: folder).errors == """
        error[E909]: `wide.yml` is UTF-16 text, not UTF-8
        help: `iconv -f UTF-16 -t UTF-8 'wide.yml'` converts it

        """)
    let empty = try Tool.run(["check", "empty"], in: folder)
    #expect(empty.code == 3)
    #expect(
      empty.errors
        == "error[E910]: no rule file in `empty`\nhelp: folders are searched for .yml, .yaml, .py, .sql and .spl\n"
    )
  }
}
