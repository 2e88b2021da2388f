import Concord
import Foundation
import Testing

/// What every command that finds something says, in every format.
@Suite("Reports in every format")
struct ReportFormatTests {
  static let failing = """
    AnalysisType: rule
    RuleID: A
    LogTypes: [AWS.CloudTrail]
    Condition: |
      eventName eq "a"
      eventName is_null
    Tests:
      - Name: matches
        ExpectedResult: true
        Log: { eventName: a }

    """
  static let older = failing.replacing("  eventName is_null\n", with: "")

  /// A command line whose run finds something in `new/r.yml`, and the code of what it finds.
  struct Run: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let code: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let runs = [
    Run(arguments: ["check", "./new/r.yml"], code: "E501"),
    Run(arguments: ["verify", "./new/r.yml", "--to", "sigma"], code: "E501"),
    Run(arguments: ["diff", "old/r.yml", "./new/r.yml", "--fail-on", "loss"], code: "W520"),
    Run(arguments: ["lint", "./new/r.yml"], code: "W601"),
  ]

  private func run(_ arguments: [String], in folder: URL? = nil) throws -> Tool.Result {
    if let folder { return try Tool.run(arguments, in: folder) }
    let folder = try Tool.folder(["new/r.yml": Self.failing, "old/r.yml": Self.older])
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Tool.run(arguments, in: folder)
  }

  @Test("JSON: a rule with its file, its id and its findings", arguments: runs)
  func json(_ example: Run) throws {
    let result = try run(example.arguments + ["-f", "json"])
    #expect(result.code == 1 && result.errors.isEmpty, "\(result.errors)")
    let rule = member(try JSON.parse(result.output), "rules", "0")
    #expect(member(rule, "id") == .string("A"))
    #expect(member(rule, "file") == .string("./new/r.yml"))
    guard case .array(let diagnostics)? = member(rule, "diagnostics") else {
      Issue.record("no diagnostics in \(result.output)")
      return
    }
    #expect(diagnostics.contains { member($0, "code") == .string(example.code) }, "\(result.output)")
  }

  @Test("JUnit: a suite a rule, whose counts are those of its cases, and a failure", arguments: runs)
  func junit(_ example: Run) throws {
    let result = try run(example.arguments + ["-f", "junit"])
    #expect(result.code == 1)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == #"<?xml version="1.0" encoding="UTF-8"?>"#)
    #expect(lines.dropFirst().first == "<testsuites name=\"concord \(example.arguments[0])\">")
    #expect(lines.last == "</testsuites>")
    let cases = lines.count { $0.contains("<testcase ") }
    let failures = lines.count { $0.contains("<failure ") }
    #expect(cases > 0 && failures > 0, "\(result.output)")
    #expect(
      result.output.contains(
        "<testsuite name=\"./new/r.yml\" tests=\"\(cases)\" failures=\"\(failures)\" errors=\"0\""),
      "\(result.output)")
  }

  @Test(
    "SARIF: a rule with a description, a relative URI, a region only where a place is known", arguments: runs)
  func sarif(_ example: Run) throws {
    let result = try run(example.arguments + ["-f", "sarif"])
    let log = try JSON.parse(result.output)
    guard case .array(let rules)? = member(log, "runs", "0", "tool", "driver", "rules"),
      case .array(let results)? = member(log, "runs", "0", "results"), !results.isEmpty
    else {
      Issue.record("no log in \(result.output)")
      return
    }
    #expect(member(log, "version") == .string("2.1.0"))
    let ids = rules.compactMap { member($0, "id") }
    #expect(ids.contains(.string(example.code)))
    for rule in rules {
      guard case .string(let text)? = member(rule, "shortDescription", "text") else {
        Issue.record("a rule without a description in \(result.output)")
        continue
      }
      #expect(!text.isEmpty)
    }
    for result in results {
      #expect(member(result, "ruleId").map(ids.contains) ?? false)
      let place = member(result, "locations", "0", "physicalLocation")
      #expect(member(place, "artifactLocation", "uri") == .string("new/r.yml"))
      let line = member(place, "region", "startLine")
      #expect(member(place, "region") == nil || line != nil)
    }
  }

  @Test("GitHub: an annotation a finding, with the file's path from the root", arguments: runs)
  func github(_ example: Run) throws {
    let result = try run(example.arguments + ["-f", "github"])
    #expect(result.code == 1)
    let lines = result.output.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      #expect(
        line.wholeMatch(
          of: /::(error|warning|notice) file=new\/r\.yml(,line=\d+,col=\d+)?,title=concord [EWN]\d+::.+/)
          != nil, "\(line)")
    }
    #expect(lines.contains { $0.contains("title=concord \(example.code)::") }, "\(result.output)")
  }

  /// A Sigma rule of one selection.
  private static func sigma(_ selection: String) -> String {
    """
    title: A
    logsource: {product: aws, service: cloudtrail}
    detection:
      s: {\(selection)}
      condition: s

    """
  }
  /// Three questions of which the prover does not see that they hold together of no event.
  private static let entangled = sigma("a|fieldref: b, a|cased: x, b|cased: z")

  /// The arguments, the files, and the level, the line and the code of each annotation.
  static let annotated: [(arguments: [String], files: [String: String], annotations: [String])] = [
    (
      ["diff", "a.yml", "b.yml"],
      [
        "a.yml": DiffCommandTests.new,
        "b.yml": DiffCommandTests.old.replacing("eventName eq", with: "eventName contains"),
      ],
      ["notice - N521", "notice - N523"]
    ),
    (
      ["diff", "a.yml", "b.yml"], ["a.yml": entangled, "b.yml": sigma("c: d")],
      ["warning - W522", "notice - N521"]
    ),
    (
      ["verify", "a.yml", "--against", "b.yml"],
      ["a.yml": entangled, "b.yml": entangled.replacing("b|cased: z", with: "b|cased: z, c: d")],
      ["warning - W507"]
    ),
    (
      ["verify", "a.yml", "--against", "b.sql"], ["a.yml": older, "b.sql": "SELECT FROM"], ["error - E503"]
    ),
    (
      ["verify", "a.yml", "--against", "b.sql"],
      ["a.yml": older, "b.sql": "SELECT eventid FROM cloudtrail_logs WHERE eventname = 'b'"],
      ["error 5 E504"]
    ),
  ]

  @Test("every finding has its code and its level", arguments: annotated.indices)
  func annotations(_ index: Int) throws {
    let (arguments, files, annotations) = Self.annotated[index]
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(arguments + ["-f", "github"], in: folder)
    let found = result.output.matches(
      of: /::(error|warning|notice) [^,]*(?:,line=(\d+),col=\d+)?,title=concord ([EWN]\d+)::/
    )
    .map { "\($0.1) \($0.2 ?? "-") \($0.3)" }
    #expect(found == annotations, "\(result.output)\(result.errors)")
  }

  @Test("a fingerprint is the same however the path was given", arguments: ["check", "lint"])
  func fingerprints(_ command: String) throws {
    let folder = try Tool.folder(["new/r.yml": Self.failing])
    defer { try? FileManager.default.removeItem(at: folder) }
    var seen: Set<String> = []
    for path in ["new/r.yml", "./new//r.yml", "new/../new/r.yml", "new", folder.path + "/new/r.yml"] {
      let log = try JSON.parse(run([command, path, "-f", "sarif"], in: folder).output)
      seen.insert(
        member(log, "runs", "0", "results", "0", "partialFingerprints")?.compactJSON ?? "none at \(path)")
    }
    #expect(seen.count == 1, "\(seen)")
    #expect(seen.first?.contains("new/r.yml") ?? false)
  }

  @Test("Markdown: a folded section for the rule at fault, its text in a fence", arguments: runs)
  func markdown(_ example: Run) throws {
    let result = try run(example.arguments + ["-f", "markdown"])
    #expect(result.code == 1 && result.errors.isEmpty, "\(result.errors)")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "### concord \(example.arguments[0])")
    #expect(
      lines.contains("<details><summary><b>fails</b> <code>A</code> in <code>new/r.yml</code></summary>"))
    #expect(lines.count { $0 == "```text" } == 2 && lines.count { $0 == "```" } == 2, "\(result.output)")
    #expect(lines.count { $0 == "</details>" } == 1)
  }

  @Test("Markdown: a text in a rule or a file's name is no markup")
  func hostileMarkdown() throws {
    let name = "<img src=x>@all `a` \u{1B}[31m.yml"
    let fence = "````\n      </details> @all <b>"
    let rule = Self.failing.replacing("eventName: a }", with: "eventName: a, x: \"`````\" }")
      .replacing("Name: matches", with: "Name: |-\n      \(fence)")
    let folder = try Tool.folder([name: rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(["check", name, "-f", "markdown"], in: folder)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.contains { $0.contains("in <code>&lt;img src=x&gt;@all `a` \\u{1B}[31m.yml</code></summary>") })
    #expect(!lines.contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("</details> @all") })
    // No line of the text is as long a fence as the one around it.
    let fences = lines.filter { $0.allSatisfy { $0 == "`" } && $0.count > 2 }
    #expect(
      fences.count == 2 && lines.filter { $0 == (fences.last ?? "") + "text" }.count == 1, "\(result.output)")
  }

  @Test("Markdown: a comment has at most as many bytes as GitHub takes; what is left out is counted")
  func longMarkdown() throws {
    let rules = (0..<400).map { ("r\($0).yml", Self.failing.replacing("RuleID: A", with: "RuleID: A\($0)")) }
    let folder = try Tool.folder(Dictionary(rules, uniquingKeysWith: { first, _ in first }))
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try run(["check", ".", "-f", "markdown"], in: folder).output
    let shown = text.matches(of: /<details>/).count
    #expect(text.utf8.count < 61_000 && shown > 50)
    #expect(
      text.hasSuffix("\n\(400 - shown) more of 400 entries do not fit into a comment.\n"),
      "\(text.suffix(200))")
  }

  @Test("a file's name is shown, never obeyed", arguments: runs)
  func hostileNames(_ example: Run) throws {
    let name = "n\n::warning::\u{1B}[31m\u{202E}.yml"
    let folder = try Tool.folder(["new/\(name)": Self.failing, "old/r.yml": Self.older])
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments = example.arguments.map { $0 == "./new/r.yml" ? "new/\(name)" : $0 }
    for format in ["text", "github"] {
      let result = try run(arguments + ["-f", format], in: folder)
      for text in [result.output, result.errors] {
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"), "\(format): \(text)")
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("::warning::") }, "\(format): \(text)")
      }
      #expect(result.output.contains(#"\u{1B}"#), "\(result.output)")
    }
  }

  @Test("text is coloured on demand, and not where NO_COLOR is set")
  func colours() throws {
    let plain = try run(["check", "new/r.yml"])
    #expect(!plain.output.contains("\u{1B}"))
    let folder = try Tool.folder(["new/r.yml": Self.failing])
    defer { try? FileManager.default.removeItem(at: folder) }
    for (variables, isColoured) in [
      (["FORCE_COLOR": "1", "NO_COLOR": ""], true), (["CLICOLOR_FORCE": "1", "NO_COLOR": ""], true),
      (["FORCE_COLOR": "0", "NO_COLOR": ""], false),
      (["FORCE_COLOR": "1", "NO_COLOR": "1"], false),
    ] {
      let result = try Tool.run(["check", "new/r.yml"], in: folder, environment: variables)
      #expect(result.output.contains("\u{1B}[1;31mFAIL\u{1B}[0m") == isColoured, "\(variables)")
    }
  }
}
