import Concord
import Foundation
import TestSupport
import Testing

/// What commands make of a folder in which not every file is a rule that can be read and is in use.
@Suite("Folders of rules")
struct RuleFolderTests {
  static let rule = DiffCommandTests.rule(#"eventName eq "a""#)

  @Test(
    "what is no rule is passed over in a folder and counted",
    arguments: [
      "services:\n  web: {image: nginx}\n", "", "{\"name\": \"detection\", \"list\": [{\"title\": 1}]}",
    ])
  func strangers(_ text: String) throws {
    let folder = try Tool.folder(["rules/a.yml": Self.rule, "rules/compose.yml": text])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["check", "rules"], in: folder)
    #expect(result.code == 0)
    #expect(result.errors == "skipped: 1 file without a rule (rules/compose.yml)\n")
  }

  static let json = [
    #"{"title": "T", "logsource": {"product": "x"}, "detection": {"s": {"a": "b"}, "condition": "s"}}"#,
    "\u{FEFF}{\n  \"title\" : \"T: {\\\"x\", \"logsource\": {\"product\": \"x\"},\n"
      + "  \"detection\": {\"s\": {\"a\": \"b\"}, \"condition\": \"s\"}\n}\n",
  ]

  @Test("a rule in JSON, which YAML includes, is recognised", arguments: json)
  func inJSON(_ text: String) throws {
    let folder = try Tool.folder(["rules/a.yml": text])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile", "rules", "--to", "sigma"], in: folder)
    #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.contains("\n        a: b\n"), "\(result.output)")
  }

  static let disabled = [
    "rules/off.yml": rule.replacing("Severity", with: "Enabled: false\nSeverity"),
    "rules/old.yml": """
    title: Old
    status: deprecated
    logsource: {product: aws, service: cloudtrail}
    detection: {s: {eventName: a}, condition: s}

    """,
    "rules/on.yml": rule,
  ]

  @Test(
    "rules that are switched off or retired are passed over and counted, unless they are asked for",
    arguments: [
      ["compile", "rules", "-t", "splunk", "--out", "out"], ["verify", "rules", "-t", "sigma"],
      ["lint", "rules"],
      ["scan", "--rules", "rules", "log.json", "--count"],
    ])
  func disabled(_ arguments: [String]) throws {
    var files = Self.disabled
    files["log.json"] = #"{"eventName": "a"}"# + "\n"
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(arguments, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let words = "skipped: 2 disabled rules (--include-disabled takes them)\n"
    #expect(result.errors.contains(words), "\(result.errors)")
    let all = try Tool.run(arguments + ["--include-disabled"], in: folder)
    #expect(!all.errors.contains("skipped"), "\(all.errors)")
    #expect(all.errors + all.output != result.errors.replacing(words, with: "") + result.output)
  }

  @Test("a rule that is switched off is meant where its file is named")
  func namedDisabled() throws {
    let folder = try Tool.folder(Self.disabled)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile", "rules/off.yml", "-t", "splunk"], in: folder)
    #expect(result.code == 0 && !result.output.isEmpty && !result.errors.contains("skipped"))
    #expect(result.errors.contains("taken, since it is named: 1 disabled rule\n"), "\(result.errors)")
  }

  @Test("a named pipe is not waited for; what a shell gives for a process is read")
  func pipe() throws {
    let folder = try Tool.folder(["a.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(mkfifo(folder.appendingPathComponent("pipe.yml").path, 0o600) == 0)
    let result = try Tool.run(["check", "pipe.yml"], in: folder)
    #expect(result.code == 3)
    #expect(result.errors.contains("cannot read `pipe.yml`: not a regular file"), "\(result.errors)")
    let given = try ScanCommandTests.shell("concord check <(cat a.yml)", in: folder)
    #expect(given.code == 0, "\(given.errors)")
  }

  @Test("what cannot be read is named, ends in exit code 3, and hides none of the others")
  func unreadable() throws {
    let folder = try Tool.folder(["rules/a.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let rules = folder.appendingPathComponent("rules").path
    for name in [[0x62, 0xFF] + Array(".yml".utf8), [0x62, 0xFE] + Array(".txt".utf8)] {
      let path = (Array(rules.utf8) + [0x2F] + name + [0]).map { CChar(bitPattern: $0) }
      let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
      // Some file systems take UTF-8 alone.
      if descriptor < 0 { return }
      close(descriptor)
    }
    #expect(mkfifo(rules + "/pipe.yml", 0o600) == 0)
    let result = try Tool.run(["check", "rules"], in: folder)
    #expect(result.code == 3)
    #expect(
      result.errors == """
        error[E909]: cannot read `rules/b\u{FFFD}.yml`: its name is not UTF-8 text
        help: rename it
        error[E904]: cannot read `rules/pipe.yml`: not a regular file

        """)
    #expect(result.output.hasPrefix("rules/a.yml: A\n"))
    #expect(result.output.hasSuffix("3 rules: 1 clean, 2 not\n"))
  }

  @Test("a condition without a file is a rule of its own")
  func conditionAlone() throws {
    let result = try Tool.run(["compile", "-e", #"eventName eq "a""#, "-t", "splunk"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains(#"eventName="a""#), "\(result.output)")
    let checked = try Tool.run(["check", "-e", #"eventName eq "a""#])
    #expect(checked.output.hasPrefix("<expression>: expression\n"), "\(checked.output)")
  }

  @Test("standard input has one name in every command")
  func standardInput() throws {
    #expect(try Tool.run(["check", "-"], input: Self.rule).output.hasPrefix("<stdin>: A\n"))
    #expect(try Tool.run(["compile", "-"], input: "RuleID: [\n").errors.contains("--> <stdin>:"))
  }

  @Test("verify says how many atoms it did not try")
  func omitted() throws {
    let atoms = (0..<121).map { "f\($0) exists" }.joined(separator: "\n")
    let folder = try Tool.folder(["r.yml": DiffCommandTests.rule(atoms), "small.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["verify", "r.yml", "-t", "sigma"], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output.contains("120 of 120 atoms shown to decide; 1 more not tried (at most 120 are)\n"),
      "\(result.output.prefix(400))")
    let small = try Tool.run(["verify", "small.yml", "-t", "sigma", "-f", "json"], in: folder)
    #expect(small.output.contains(#""omittedAtoms": 0"#))
    #expect(small.output.contains(#""omittedEvents": 0"#))
  }
}
