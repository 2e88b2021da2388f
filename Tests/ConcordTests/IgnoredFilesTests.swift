import Concord
import Foundation
import Testing

/// Files that are not looked at: those that a user ignores, and those that are no rule.
@Suite("Ignored files")
struct IgnoredFilesTests {
  /// A pattern, and the paths that it means, and does not.
  static let patterns: [(pattern: String, meant: [String], others: [String])] = [
    ("a.yml", ["a.yml", "b/a.yml", "a.yml/b"], ["aa.yml", "a.yml2", "b/xa.yml"]),
    ("*.draft.yml", ["x.draft.yml", "b/.draft.yml"], ["x.yml", "draft.yml"]),
    ("drafts/", ["drafts/a.yml", "b/drafts/c/a.yml"], ["drafts", "b/drafts", "mydrafts/a.yml"]),
    (
      "./rules/old/", ["rules/old/a.yml", "rules/old/b/a.yml"],
      ["rules/old", "x/rules/old/a.yml", "rules/older/a"]
    ),
    ("/rules/old", ["rules/old", "rules/old/a.yml"], ["x/rules/old"]),
    ("/a.yml", ["a.yml", "a.yml/b"], ["ab.yml", "b/a.yml"]),
    ("rules/*.yml", ["rules/a.yml", "rules/.yml"], ["rules/b/a.yml", "rules.yml"]),
    (
      "rules/**/a.yml", ["rules/a.yml", "rules/b/a.yml", "rules/b/c/a.yml"],
      ["a.yml", "rules/ba.yml", "x/rules/a.yml"]
    ),
    ("**/a.yml", ["a.yml", "b/a.yml", "b/c/a.yml"], ["ba.yml"]),
    ("rules/**", ["rules/a", "rules/a/b"], ["rules", "rule/a"]),
    ("rules/a**z.yml", ["rules/az.yml", "rules/a/b/z.yml"], ["rules/a.yml"]),
    ("?.yml", ["é.yml", "b/x.yml"], [".yml", "ab.yml"]),
    ("a?b/c", [], ["a/b/c", "ab/c"]),
    ("(a).yml", ["(a).yml"], ["a.yml"]),
    (
      "*a*a*a*a*a*a*a*b", [String(repeating: "a", count: 2_000) + "b"], [String(repeating: "a", count: 2_000)]
    ),
  ]

  @Test("a pattern means files by their names or paths, and folders with all in them", arguments: patterns)
  func matches(_ text: String, _ meant: [String], _ others: [String]) throws {
    let pattern = try FilePattern(text)
    for path in meant { #expect(pattern.matches(path), "\(path.prefix(40))") }
    for path in others { #expect(!pattern.matches(path), "\(path.prefix(40))") }
  }

  @Test(
    "signs that other tools give a meaning are refused",
    arguments: ["", "/", "./", "[a].yml", "{a,b}", "!a", "a\\b"])
  func refused(_ text: String) {
    #expect(throws: Diagnostic.self) { try FilePattern(text) }
  }

  static let rule =
    "title: A\nid: 5d1d2d0e-0000-4000-8000-00000000000a\nlogsource: {product: aws}\ndetection: {s: {x: y}, condition: s}\n"
  static let bad = "title: B\nlogsource: {product: aws}\ndetection: {s: {x: y}, condition: t}\n"

  /// The arguments, the code, and the last line of what is said.
  static let runs: [(arguments: [String], code: Int32, said: String)] = [
    (["check", "."], 2, ""),
    (["check", ".", "--exclude", "old/"], 0, "skipped: 1 ignored file"),
    (["check", ".", "--exclude", "b.yml", "--exclude", "*.sql"], 0, "skipped: 1 ignored file"),
    (["check", "a.yml", "old/b.yml", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["check", "old/b.yml", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["verify", ".", "--to", "sigma", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["lint", ".", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["compile", ".", "--to", "sigma", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["diff", "old", "a.yml", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (["format", ".", "--check", "--exclude", "old"], 0, "skipped: 1 ignored file"),
    (
      ["check", ".", "--exclude", "[a]"], 3,
      "help: wildcards are `*`, `?`, `**` and `**/`; write several patterns in place of one"
    ),
  ]

  @Test("what is excluded is not looked at, and counted", arguments: runs)
  func excluded(_ arguments: [String], _ code: Int32, _ said: String) throws {
    let folder = try Tool.folder(["a.yml": Self.rule, "old/b.yml": Self.bad])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(arguments, in: folder)
    #expect(result.code == code, "\(result.output)\(result.errors)")
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(said.isEmpty || lines.contains(said), "\(result.errors)")
    #expect(said.isEmpty || code == 3 || !result.errors.contains("old/b.yml"))
  }

  @Test("the project's list is seen from its folder, and `--exclude` adds to it")
  func project() throws {
    let folder = try Tool.folder([
      "concord.yml": "ignore:\n  - rules/old/\n", "rules/a.yml": Self.rule, "rules/old/b.yml": Self.bad,
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let below = folder.appendingPathComponent("rules")
    for (place, path) in [(folder, "rules"), (below, "."), (below, "old")] {
      let result = try Tool.run(["check", path], in: place)
      #expect(result.code == 0 && result.errors.contains("1 ignored file"), "\(path): \(result.errors)")
    }
    let both = try Tool.run(["check", ".", "--exclude", "a.yml", "-f", "json"], in: below)
    #expect(both.code == 0 && both.output.contains(#""ignored": 2"#), "\(both.output)")
  }

  @Test("a pattern in the project file that means nothing is told at its place")
  func wrong() throws {
    let folder = try Tool.folder(["concord.yml": "ignore: [a, 'b[c]']\n", "a.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["check", "a.yml"], in: folder)
    #expect(result.code == 3)
    #expect(
      result.errors.hasPrefix(
        "error[E315]: `[` has no meaning in a pattern of files\n --> concord.yml:1:13\n"),
      "\(result.errors)")
  }

  @Test("changes of ignored files are no changes of rules")
  func base() throws {
    let folder = try Tool.folder(["a.yml": Self.rule, "old/b.yml": Self.bad])
    defer { try? FileManager.default.removeItem(at: folder) }
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/bin/sh")
    git.arguments = [
      "-c",
      "git init -q && git config user.name A && git config user.email a@example.invalid && git add -A && git commit -qm x",
    ]
    git.currentDirectoryURL = folder
    try git.run()
    git.waitUntilExit()
    try Data("title: C\n".utf8).write(to: folder.appendingPathComponent("old/b.yml"))
    #expect(try Tool.run(["diff", "--base", "HEAD"], in: folder).code != 0)
    let result = try Tool.run(["diff", "--base", "HEAD", "--exclude", "old/"], in: folder)
    #expect(
      result.code == 0 && result.output == "no rule changed since HEAD\n", "\(result.output)\(result.errors)")
    #expect(result.errors == "skipped: 1 ignored file\n")
  }

  /// A file that is surely no rule, and what is said where it is named.
  static let strangers: [(name: String, text: String, said: String)] = [
    ("docker-compose.yml", "services:\n  web:\n    image: nginx\n", "error[E905]: this is not a rule"),
    ("empty.yml", "", "error[E905]: the file is empty, or holds nothing but comments"),
    (
      "comments.yml", "# one\n\n---\n  # two\n",
      "error[E905]: the file is empty, or holds nothing but comments"
    ),
    ("schema.yml", "schema: Custom.Log\nfields: []\n", "error[E905]: this is not a rule"),
    ("pack.yml", "AnalysisType: pack\nPackID: A\n", "skipped: 1 file without a rule (pack.yml)"),
    ("model.yml", "AnalysisType: datamodel\nDataModelID: A\n", "skipped: 1 file without a rule (model.yml)"),
    ("global.yml", "AnalysisType: global\nGlobalID: a\n", "skipped: 1 file without a rule (global.yml)"),
    (
      "table.yml", "AnalysisType: lookup_table\nLookupName: a\n", "skipped: 1 file without a rule (table.yml)"
    ),
  ]

  @Test("a file that is no rule is told as such, and passed over in a folder", arguments: strangers)
  func notARule(_ name: String, _ text: String, _ said: String) throws {
    let folder = try Tool.folder([name: text, "a.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let named = try Tool.run(["check", name], in: folder)
    #expect(named.errors.hasPrefix(said), "\(named.errors)")
    #expect(named.code == (said.hasPrefix("error") ? 2 : 0))
    for arguments in [["check", "."], ["check", "--only-rules", "a.yml", name]] {
      let result = try Tool.run(arguments, in: folder)
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.errors == "skipped: 1 file without a rule (\(name))\n", "\(result.errors)")
    }
    #expect(try Tool.run(["format", "--check", "--only-rules", name], in: folder).code == 0)
  }

  @Test("what detects in another way is refused by name, and not passed over")
  func otherDetections() throws {
    let folder = try Tool.folder(["p.yml": "AnalysisType: policy\nPolicyID: A\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["check", "."], in: folder)
    #expect(result.code == 2 && result.errors.contains("E330"), "\(result.errors)")
  }
}
