import Foundation
import TestSupport
import Testing

/// Panther as a target, and what programs amount to, on the command line.
@Suite("Panther on the command line")
struct PantherCommandTests {
  private static func rule(_ more: String) -> String {
    """
    AnalysisType: rule
    RuleID: Example.One
    DisplayName: One
    Severity: High
    LogTypes: [AWS.CloudTrail]
    # A comment stays.
    Filename: one.py
    Tests:
      - {Name: yes, ExpectedResult: true, Log: {eventName: A}}
    \(more)
    """
  }

  private static let program = "def rule(event):\n    return event.get('eventName') == 'A'\n"

  @Test("--to panther writes the program, and with --out the rule file beside it; all leaves it out")
  func compile() throws {
    let folder = try Tool.folder(["rule.yml": Self.rule("Condition: eventName eq \"A\"\n")])
    defer { try? FileManager.default.removeItem(at: folder) }
    let shown = try Tool.run(["compile", "rule.yml", "--to", "panther"], in: folder)
    #expect(shown.code == 0 && shown.output.contains("return \"A\" in texts(event, \"eventName\")"))
    let all = try Tool.run(["compile", "rule.yml"], in: folder)
    #expect(!all.output.contains("def rule"))
    let written = try Tool.run(
      ["compile", "rule.yml", "--to", "panther", "--proved", "--out", "out"], in: folder)
    #expect(written.code == 0, "\(written.errors)")
    let out = folder.appendingPathComponent("out")
    let files = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
    #expect(files == ["manifest.json", "rule.panther.yml", "rule.py"])
    let file = try String(contentsOf: out.appendingPathComponent("rule.panther.yml"), encoding: .utf8)
    #expect(file.contains("Filename: rule.py\n") && !file.contains("Condition"))
    let checked = try Tool.run(["check", "out/rule.panther.yml"], in: folder)
    #expect(checked.code == 0 && checked.output.contains("1 of 1 fixture"))
    let compared = try Tool.run(["diff", "rule.yml", "out/rule.py"], in: folder)
    #expect(compared.code == 0, "\(compared.output)\(compared.errors)")
    let verified = try Tool.run(["verify", "rule.yml", "--to", "panther"], in: folder)
    #expect(verified.output.contains("Panther: proved"), "\(verified.output)\(verified.errors)")
  }

  @Test("import of a folder states conditions, leaves what is stated, and counts what is refused")
  func importing() throws {
    let folder = try Tool.folder([
      "rules/one.yml": Self.rule(""), "rules/one.py": Self.program,
      "rules/two.yml": Self.rule("Condition: eventName eq \"B\"\n"),
      "rules/three.yml": Self.rule("").replacingOccurrences(of: "one.py", with: "three.py"),
      "rules/three.py": "def rule(event):\n    while True:\n        return True\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["import", "rules", "--to", "panther-conditions", "--out", "out"], in: folder)
    #expect(result.code == 2)
    #expect(
      result.errors.hasSuffix("1 condition written, 1 stated already, 1 refused: E344 1\n"),
      "\(result.errors)")
    let out = folder.appendingPathComponent("out")
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path) == ["one.yml"])
    let text = try String(contentsOf: out.appendingPathComponent("one.yml"), encoding: .utf8)
    #expect(text.hasPrefix(Self.rule("").trimmingCharacters(in: .newlines)))
    #expect(text.hasSuffix("Condition: |\n  eventName eq \"A\"\n"))
    let missing = try Tool.run(["import", "rules"], in: folder)
    #expect(missing.code == 3 && missing.errors.contains("E901"))
  }

  @Test("check says where a stated condition is not what the program amounts to")
  func checking() throws {
    let folder = try Tool.folder([
      "one.py": Self.program, "same.yml": Self.rule("Condition: eventName eq \"A\"\n"),
      "other.yml": Self.rule("Condition: eventName in [\"A\", \"B\"]\n"),
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let same = try Tool.run(["check", "same.yml"], in: folder)
    #expect(same.code == 0 && !(same.output + same.errors).contains("W327"))
    let other = try Tool.run(["check", "other.yml"], in: folder)
    let told = other.output + other.errors
    #expect(
      told.contains("W327") && told.contains(#"only the condition matches `{"eventName":"B"}`"#), "\(told)")
  }
}
