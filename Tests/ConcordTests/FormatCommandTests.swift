import Concord
import Foundation
import TestSupport
import Testing

/// `concord format` as a user meets it.
@Suite("concord format")
struct FormatCommandTests {
  private static let untidy = """
    # The rule.
    AnalysisType:   rule
    RuleID: A
    LogTypes:
    - AWS.CloudTrail
    Condition: |
        eventName  eq "x"
    Severity: Low


    """
  private static let tidy = """
    # The rule.
    AnalysisType: rule
    RuleID: A
    LogTypes:
      - AWS.CloudTrail
    Condition: |
      eventName  eq "x"
    Severity: Low

    """

  private func text(_ name: String, in folder: URL) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("the files of a folder are laid out in their places, with their permissions and through links")
  func files() throws {
    let folder = try Tool.folder([
      "rules/a.yml": Self.untidy, "rules/b.yml": Self.tidy.replacing("RuleID: A", with: "RuleID: B"),
      "rules/c.sql": "SELECT 1", "rules/compose.yml": "services:\n    x:   1\n", "elsewhere.yml": Self.untidy,
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = FileManager.default
    let link = folder.appendingPathComponent("rules/link.yml").path
    try files.createSymbolicLink(atPath: link, withDestinationPath: "../elsewhere.yml")
    let path = folder.appendingPathComponent("rules/a.yml").path
    try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)

    let check = try Tool.run(["format", "--check", "rules"], in: folder)
    #expect(check.code == 1)
    #expect(check.output == "rules/a.yml\nrules/link.yml\n")
    #expect(check.errors == "3 files: 2 would change\n")
    #expect(try text("rules/a.yml", in: folder) == Self.untidy)

    let result = try Tool.run(["format", "rules"], in: folder)
    #expect(result.code == 0 && result.output == "rules/a.yml\nrules/link.yml\n")
    #expect(try text("rules/a.yml", in: folder) == Self.tidy)
    #expect(try text("elsewhere.yml", in: folder) == Self.tidy)
    #expect(try text("rules/compose.yml", in: folder) == "services:\n    x:   1\n")
    #expect(try files.destinationOfSymbolicLink(atPath: link) == "../elsewhere.yml")
    #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)

    let again = try Tool.run(["format", "--check", "rules"], in: folder)
    #expect(again.code == 0 && again.output.isEmpty)
  }

  @Test("standard input goes to standard output, and is only judged with --check")
  func standardInput() throws {
    let result = try Tool.run(["format", "-"], input: Self.untidy)
    #expect(result.code == 0 && result.output == Self.tidy)
    #expect(try Tool.run(["format", "-"], input: Self.tidy).output == Self.tidy)
    let check = try Tool.run(["format", "--check", "-"], input: Self.untidy)
    #expect(check.code == 1 && check.output == "<stdin>\n")
    let wide = try Tool.run(["format", "--indent", "4", "-"], input: Self.untidy)
    #expect(wide.output.contains("\n    - AWS.CloudTrail\n"))
  }

  @Test("a rule that is written in Sigma is laid out as it is written")
  func sigma() throws {
    let written = try Tool.run(["compile", "-", "--to", "sigma"], input: Self.tidy)
    #expect(written.code == 0)
    #expect(try Tool.run(["format", "-"], input: written.output).output == written.output)
    let narrow = "title: A\ndetection:\n  s:\n  - a: b\n    c: d\n"
    #expect(
      try Tool.run(["format", "-"], input: narrow).output
        == "title: A\ndetection:\n    s:\n        - a: b\n          c: d\n")
  }

  @Test("what cannot be laid out stays as it is, and is named")
  func left() throws {
    let broken = "AnalysisType: rule\nTags: [\n"
    let folder = try Tool.folder(["a.sql": "SELECT  1", "b.yml": broken, "c.yml": "services:\n    x:   1\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let query = try Tool.run(["format", "a.sql"], in: folder)
    #expect(query.code == 4 && query.errors.contains("[W919]") && query.errors.contains("`a.sql`"))
    let rule = try Tool.run(["format", "b.yml"], in: folder)
    #expect(rule.code == 2 && rule.errors.contains("[E102]"), "\(rule.errors)")
    #expect(try text("b.yml", in: folder) == broken)
    #expect(try Tool.run(["format", "c.yml"], in: folder).code == 2)
    #expect(try Tool.run(["format", "missing.yml"], in: folder).code == 3)
    #expect(try Tool.run(["format"], in: folder).code == 3)
  }

  /// What is left as it is, and why, must be known; all else is the same rule, and laid out once for all.
  @Test(
    "the public rules stay the rules that they are",
    arguments: [("sigma", 3_867, 91), ("panther", 1_168, 311)])
  func corpora(_ name: String, _ total: Int, _ others: Int) throws {
    guard let root = Shared.url("corpora/\(name)") else {
      Engine.note("skipped laying out the rules of \(name): no corpus")
      return
    }
    let paths = (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }.sorted()
    var (same, changed, left) = (0, 0, [String]())
    for path in paths {
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      let source = Source(name: path, text: text)
      guard Compiler.isRule(source) else { continue }
      do throws(Diagnostic) {
        let result = try Compiler.formatted(source)
        if result == text { same += 1 } else { changed += 1 }
        let again = try Compiler.formatted(Source(name: path, text: result))
        #expect(again == result, "\(path)")
      } catch {
        left.append("\(path): \(error.code.rawValue) \(error.message)")
      }
    }
    print("\(name): \(same) as they should be, \(changed) laid out anew, left: \(left)")
    #expect(same + changed == total && changed == others)
    #expect(left.isEmpty)
  }
}
