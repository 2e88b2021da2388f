import Concord
import Foundation
import TestSupport
import Testing

/// `concord lint`, `check --suggest` and `compile --proved` as a user meets them.
@Suite("concord lint")
struct LintCommandTests {
  static let files = [
    "rules/a.yml": DiffCommandTests.rule(#"eventName eq "RunInstances""#, id: "A"),
    "rules/b.yml": DiffCommandTests.rule(#"eventName in ["RunInstances", "StopInstances"]"#, id: "B"),
    "rules/c.yml": DiffCommandTests.rule("eventName eq \"a\"\neventName is_null", id: "C"),
    "rules/d.yml": DiffCommandTests.rule(
      "eventName contains \"Key\"\neventName contains \"CreateKey\"", id: "D"),
  ]

  private func run(_ arguments: [String], _ files: [String: String] = files) throws -> Tool.Result {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Tool.run(arguments, in: folder)
  }

  @Test("findings are lines with their place; warnings end with exit code 1")
  func text() throws {
    let result = try run(["lint", "rules"])
    #expect(result.code == 1, "\(result.errors)")
    #expect(
      result.output == """
        rules/a.yml:5:3: note: `B` (rules/b.yml) fires on every event of this rule [subsumed]
        rules/c.yml:5:3: warning: the rule never fires [never-fires]
          these never hold together: eventName eq "a"; eventName is_falsy
        rules/d.yml:5:3: note: this asks no more: eventName contains "Key"; it follows from: eventName contains "CreateKey" [part-cannot-matter]

        4 rules: 1 never-fires, 1 part-cannot-matter, 1 subsumed

        """)
    let never = try run(["lint", "rules", "--fail-on", "never"])
    #expect(never.code == 0)
    #expect(try run(["lint", "rules/d.yml"]).code == 0)
    #expect(try run(["lint", "rules/d.yml", "--fail-on", "note"]).code == 1)
    let clean = try run(["lint", "rules/b.yml"])
    #expect(clean.code == 0)
    #expect(clean.output == "1 rule: no findings\n")
    let rule = DiffCommandTests.rule(#"eventName eq "a""#, id: "A")
    let same = try run(
      ["lint", "rules"], ["rules/a.yml": rule, "rules/b.yml": rule.replacing("\"a\"", with: "\"b\"")])
    #expect(same.code == 1)
    #expect(same.output == "2 rules: 1 same-name\n")
    #expect(same.errors.contains("warning[W225]"))
  }

  @Test("JSON and SARIF carry the findings")
  func formats() throws {
    let json = try run(["lint", "rules", "--format", "json"])
    _ = try JSON.parse(json.output)
    #expect(json.output.contains(#""kind": "never-fires""#))
    #expect(json.output.contains(#""otherId": "B""#))
    let sarif = try run(["lint", "rules", "--format", "sarif"])
    _ = try JSON.parse(sarif.output)
    #expect(sarif.output.contains(#""ruleId": "W601""#))
    #expect(sarif.output.contains(#""level": "note""#))
  }

  @Test("overlaps are shown when asked for, with an event of both")
  func overlaps() throws {
    let files = [
      "rules/a.yml": DiffCommandTests.rule("eventName eq \"a\"\nuserAgent eq \"u\"", id: "A"),
      "rules/b.yml": DiffCommandTests.rule("eventName eq \"a\"\nerrorCode ne \"e\"", id: "B"),
    ]
    #expect(try run(["lint", "rules"], files).output == "2 rules: no findings\n")
    let result = try run(["lint", "rules", "--overlaps"], files)
    #expect(result.code == 0)
    #expect(
      result.output.contains(
        "rules/a.yml:5:3: note: `B` (rules/b.yml) fires on events of this rule too [overlap]\n"
          + "  such as {\"eventName\":\"a\",\"userAgent\":\"u\"}\n"), "\(result.output)")
  }

  @Test("check --suggest prints the shorter condition and why")
  func suggest() throws {
    let result = try run(["check", "rules/d.yml", "--suggest"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output.hasSuffix(
        """
          suggestion: 1 of 2 questions suffice, proved to mean the same
            eventName contains "CreateKey"
            - eventName contains "Key" left out: it holds wherever this does: eventName contains "CreateKey"

        """), "\(result.output)")
    #expect(try !run(["check", "rules/b.yml", "--suggest"]).output.contains("suggestion"))
  }

  @Test("compile --proved says in the query's comment what is proved; what is not read back is refused")
  func proved() throws {
    let plain = try run(["compile", "rules/b.yml", "--to", "athena"])
    let result = try run(["compile", "rules/b.yml", "--to", "athena", "--proved"])
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[2].hasPrefix("-- Proved equal to the rule by reading it back; condition "))
    var rest = lines
    rest.remove(at: 2)
    #expect(rest.joined(separator: "\n") == plain.output)
    let swift = try run(["compile", "rules/b.yml", "--to", "swift", "--proved"])
    #expect(swift.code == 3)
    #expect(swift.errors.contains("`swift` is not a language that can be read back"))
    let all = try run(["compile", "rules/b.yml", "--proved"])
    #expect(all.output.components(separatedBy: "Proved equal to the rule").count == 4)
  }
}
