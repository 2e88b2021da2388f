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

  @Test("a file that overrides rules of others is named")
  func overrides() throws {
    let folder = try Tool.folder([
      "rules/r.py": """
      from pypanther import LogType, Rule


      class R1(Rule):
          id = "R1"
          log_types = [LogType.AWS_CLOUDTRAIL]

          def rule(self, event):
              return event.get("eventName") == "A"

      """,
      "rules/main.py": "from r import R1\n\nR1.override(enabled=False)\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    for command in [
      ["check", "rules"], ["compile", "rules", "--to", "athena"], ["verify", "rules", "--to", "athena"],
    ] {
      let result = try Tool.run(command, in: folder)
      let told = result.output + result.errors
      #expect(told.contains("W464") && told.contains("main.py:3:1"), "\(command): \(told)")
    }
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
    // What is taken for granted, as every command says it.
    let plain = try Tool.run(["compile", "rules/one.yml", "--to", "sigma"], in: folder)
    let notes = plain.errors.matches(of: /note\[(N3\d\d)\]/).map { String($0.1) }
    #expect(result.errors.matches(of: /note\[(N3\d\d)\]/).map { String($0.1) } == notes, "\(result.errors)")
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

/// What programs make of a match: alerts that are told apart, or not.
@Suite("diff of programs")
struct PantherProgramDiffTests {
  private static let program = "def rule(event):\n    return event.get('eventName') == 'A'\n"
  private static func function(_ name: String, _ value: String) -> String {
    "\n\ndef \(name)(event):\n    return \(value)\n"
  }

  /// Two versions of a program, and what of their difference is said besides that they hold of the same events.
  static let cases: [(old: String, new: String, told: String?)] = [
    (
      function("title", "event.get('x')"),
      "\n\n# A comment.\ndef title( event ):\n    return event.get('x')\n", nil
    ),
    (function("title", "event.get('x')"), function("title", "'x'"), "`title`: changed"),
    (
      function("title", "'t'"), function("title", "'t'") + function("dedup", "event.get('u')"),
      "`dedup`: none -> some"
    ),
    (function("dedup", "event.get('u')"), function("dedup", "'one'"), "`dedup`: changed"),
  ]

  @Test("a change of what tells alerts apart is one of alerts", arguments: cases)
  func alerts(_ old: String, _ new: String, _ told: String?) throws {
    let folder = try Tool.folder(["old.py": Self.program + old, "new.py": Self.program + new])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["diff", "old.py", "new.py", "--fail-on", "any"], in: folder)
    #expect(result.code == (told == nil ? 0 : 1), "\(result.output)\(result.errors)")
    #expect(result.output.contains("other alerts") == (told != nil), "\(result.output)")
    if let told { #expect(result.output.contains(told), "\(result.output)") }
  }

  @Test("what shows alerts otherwise is named")
  func shown() throws {
    let folder = try Tool.folder([
      "old.py": Self.program, "new.py": Self.program + Self.function("severity", "'INFO'"),
      "a.yml": DiffCommandTests.rule("x eq \"a\""),
      "b.yml": DiffCommandTests.rule("x eq \"a\"") + "CreateAlert: false\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let severity = try Tool.run(["diff", "old.py", "new.py"], in: folder)
    #expect(severity.output.contains("`severity`: none -> some"), "\(severity.output)")
    let alerts = try Tool.run(["diff", "a.yml", "b.yml", "--fail-on", "any"], in: folder)
    #expect(alerts.code == 1 && alerts.output.contains("makes alerts: true -> false"), "\(alerts.output)")
  }
}
