import Concord
import Foundation
import Testing

/// `--base` of `check` and `verify`: only what changed, and all where a change may bear on any rule.
@Suite("Only the files that changed since a commit")
struct ChangedFilesTests {
  private static func rule(_ id: String, _ condition: String) -> String {
    DiffCommandTests.rule(condition, id: id)
  }
  private static let filter = """
    title: Not ours
    logsource: {product: windows}
    filter: {rules: any, selection: {User: me}, condition: not selection}

    """

  /// A change of the working tree, the rules that are looked at, and what is said of it.
  struct Example: Sendable, CustomTestStringConvertible {
    let what: String
    let change: [String: String?]
    var paths = ["rules"]
    let rules: [String]
    let words: String
    var testDescription: String { what }
  }

  static let examples = [
    Example(
      what: "nothing", change: [:], rules: [],
      words: "0 of 3 files changed since HEAD; the others were not looked at"),
    Example(
      what: "one rule", change: ["rules/a.yml": rule("A", #"x eq "z""#)], rules: ["A"],
      words: "1 of 3 files changed since HEAD; the others were not looked at"),
    Example(
      what: "a new rule, a rule that is gone, and a text",
      change: [
        "rules/new.yml": rule("N", #"x eq "n""#), "rules/b.yml": nil, "README.md": "two\n",
        ".ci/x.yml": "on: push\n",
      ], rules: ["N"], words: "1 of 3 files changed since HEAD; the others were not looked at"),
    Example(
      what: "a rule elsewhere", change: ["others/o.yml": rule("O", #"x eq "z""#)], rules: [],
      words: "0 of 3 files changed since HEAD; the others were not looked at"),
    Example(
      what: "a rule elsewhere that is named", change: ["others/o.yml": rule("O", #"x eq "z""#)],
      paths: ["rules/a.yml", "others/o.yml"], rules: ["O"],
      words: "1 of 2 files changed since HEAD; the others were not looked at"),
    Example(
      what: "a table", change: ["table.sql": "CREATE EXTERNAL TABLE t (y string)"], rules: ["A", "B", "C"],
      words: "all 3 files taken: table.sql changed since HEAD"),
    Example(
      what: "a project file that is new", change: ["concord.yml": "logs: {}\n"], rules: ["A", "B", "C"],
      words: "all 3 files taken: concord.yml changed since HEAD"),
    Example(
      what: "a helper", change: ["global_helpers/h.py": "X = 2\n"], rules: ["A", "B", "C"],
      words: "all 3 files taken: global_helpers/h.py changed since HEAD"),
    Example(
      what: "a filter that is gone", change: ["rules/f.yml": nil], rules: ["A", "B", "C"],
      words: "all 3 files taken: rules/f.yml changed since HEAD"),
  ]

  @Test("which rules are looked at", arguments: examples, ["check", "verify"])
  func changed(_ example: Example, _ command: String) throws {
    let files = [
      "rules/a.yml": Self.rule("A", #"x eq "a""#), "rules/b.yml": Self.rule("B", #"x eq "b""#),
      "rules/c.yml": Self.rule("C", #"x eq "c""#), "others/o.yml": Self.rule("O", #"x eq "o""#),
      "table.sql": "CREATE EXTERNAL TABLE t (x string)", "global_helpers/h.py": "X = 1\n",
      "README.md": "one\n",
    ].merging(example.change.keys.contains("rules/f.yml") ? ["rules/f.yml": Self.filter] : [:]) { $1 }
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    for (name, text) in example.change {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if let text { try Data(text.utf8).write(to: url) } else { try FileManager.default.removeItem(at: url) }
    }
    let targets = command == "verify" ? ["--to", "sigma", "--untyped"] : []
    let result = try Tool.run([command] + example.paths + ["--base", "HEAD"] + targets, in: folder)
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    let told = result.output.matches(of: /(?m)^\S+\.yml: (\w+)/).map { String($0.1) }
    #expect(told == example.rules, "\(result.output)")
    #expect(result.output.hasSuffix("\(example.words)\n"), "\(result.output)")
  }

  @Test("a filter that did not change is applied to a rule that did")
  func unchangedFilter() throws {
    let sigma = "title: A\nlogsource: {product: windows}\ndetection: {s: {x: y}, condition: s}\n"
    let folder = try Tool.folder(["a.yml": sigma, "f.yml": Self.filter])
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    try Data(sigma.replacing("y}", with: "z}").utf8).write(to: folder.appendingPathComponent("a.yml"))
    let result = try Tool.run(
      ["verify", ".", "--base", "HEAD", "--to", "sigma", "-f", "json"], in: folder)
    #expect(result.code == 0 && result.output.contains("User"), "\(result.output)\(result.errors)")
  }

  @Test("without a repository, or a commit of that name, nothing is taken for unchanged")
  func refused() throws {
    let folder = try Tool.folder(["a.yml": Self.rule("A", #"x eq "a""#)])
    defer { try? FileManager.default.removeItem(at: folder) }
    let none = try Tool.run(["verify", "a.yml", "--base", "HEAD"], in: folder)
    #expect(none.code == 3 && none.errors.hasPrefix("error[E908]: `--base` needs a git repository"))
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    let nowhere = try Tool.run(["check", "a.yml", "--base", "nowhere"], in: folder)
    #expect(nowhere.code == 3 && nowhere.errors.contains("`nowhere` is not a commit in this repository"))
  }
}
