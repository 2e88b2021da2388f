import Concord
import Foundation
import Testing

@Suite("Files of several documents on the command line")
struct CollectionCommandTests {
  static let rule = """
    title: Failed login
    name: failed
    logsource: {product: windows, service: security}
    detection: {selection: {EventID: 4625}, condition: selection}

    """
  static let correlation = """
    title: Many failed logins
    correlation:
      type: event_count
      rules: [failed]
      group-by: [User]
      timespan: 1h
      condition: {gte: 100}

    """
  static let filter = """
    title: Not ours
    logsource: {product: windows}
    filter: {rules: any, selection: {User: me}, condition: not selection}

    """

  private func run(_ arguments: [String], _ files: [String: String]) throws -> Tool.Result {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Tool.run(arguments, in: folder)
  }

  private static let note = """
    [E333]: a correlation of type `event_count` cannot be compiled yet
     --> c.yml:8:9
    8 |   type: event_count
      |         ^^^^^^^^^^^
    help: its rules are compiled one by one; correlate their matches on the platform

    """

  @Test("a correlation is checked and clean, and refused where a query is wanted; its rule is compiled")
  func correlations() throws {
    let files = ["c.yml": Self.rule + "---\n" + Self.correlation]
    let checked = try run(["check", "c.yml"], files)
    #expect(checked.code == 0)
    #expect(checked.errors.contains("note" + Self.note), "\(checked.errors)")
    #expect(checked.output.hasSuffix("2 rules: 2 clean, 0 not\n"))
    let compiled = try run(["compile", "c.yml", "--to", "sigma"], files)
    #expect(compiled.code == 2)
    #expect(compiled.output.contains("EventID: 4625"))
    #expect(compiled.errors.contains("error" + Self.note))
    #expect(compiled.errors.hasSuffix("1 exact, 1 refused, 0 bad\n"))
    #expect(try run(["compile", "c.yml", "--to", "sigma", "--allow", "E333"], files).code == 0)
    let verified = try run(["verify", "c.yml", "--to", "sigma"], files)
    #expect(verified.code == 2 && verified.errors.contains("error" + Self.note))
  }

  @Test("what is wrong with one document does not hide the others, nor the rest that is wrong with it")
  func several() throws {
    let bad = Self.rule.replacing("EventID: 4625", with: "EventID|gtt: 4625, f|gt: '1'")
    let files = ["c.yml": [bad, Self.rule, "detection: x\n"].joined(separator: "---\n")]
    let compiled = try run(["compile", "c.yml", "--to", "sigma"], files)
    #expect(compiled.code == 2)
    #expect(compiled.output.contains("title: Failed login"))
    for message in [
      "unknown modifier `gtt`", "`gt` does not go with text", "the rule has no `title`",
      "`detection` must be a map",
    ] {
      #expect(compiled.errors.contains(message), "\(message)")
    }
    #expect(compiled.errors.hasSuffix("1 exact, 0 refused, 2 bad\n"), "\(compiled.errors)")
    // Nothing allows a rule that is wrong.
    #expect(try run(["compile", "c.yml", "--to", "sigma", "--allow", "E333"], files).code == 2)
    let json = try run(["check", "c.yml", "--format", "json"], files)
    guard case .object(let report) = try JSON.parse(json.output), case .array(let rules)? = report["rules"]
    else {
      Issue.record("no report")
      return
    }
    #expect(json.code == 2 && rules.count == 3)
  }

  @Test("a filter beside the rules that it is meant for is never silently nothing")
  func filters() throws {
    let files = ["rules/r.yml": Self.rule, "f.yml": Self.filter]
    let compiled = try run(["compile", "rules", "f.yml", "--to", "sigma"], files)
    #expect(compiled.code == 2)
    #expect(
      compiled.errors.contains("error[E335]: the filter applies to no rule of its file\n --> f.yml:3:1\n"))
    #expect(try run(["check", "rules", "f.yml"], files).code == 0)
    let together = try run(
      ["compile", "r.yml", "--to", "sigma"], ["r.yml": Self.rule + "---\n" + Self.filter])
    #expect(together.code == 0 && together.output.contains("condition: selection and not filter_main_user"))
  }

  @Test("warnings are no findings unless `--strict`")
  func strict() throws {
    let files = ["c.yml": Self.rule + "stauts: test\n"]
    #expect(try run(["check", "c.yml"], files).code == 0)
    #expect(try run(["check", "c.yml", "--strict"], files).code == 1)
    #expect(try run(["check", "c.yml", "--quiet"], files).errors.isEmpty)
    #expect(try run(["check", "c.yml", "--quiet", "--strict"], files).errors.hasPrefix("warning["))
    let noted = ["c.yml": Self.rule + "---\n" + Self.correlation]
    #expect(try run(["check", "c.yml", "--strict"], noted).code == 0)
  }

  @Test("SARIF has levels, rules with a description, and paths that code scanning finds")
  func sarif() throws {
    let text = Self.rule.replacing("EventID", with: "EventID|gtt") + "stauts: test\n---\n" + Self.correlation
    let folder = try Tool.folder(["a/c.yml": text])
    defer { try? FileManager.default.removeItem(at: folder) }
    for path in ["a/c.yml", "./a/c.yml", folder.appendingPathComponent("a/c.yml").path] {
      let output = try Tool.run(["check", path, "--format", "sarif"], in: folder).output
      guard case .object(let log) = try JSON.parse(output), case .array(let runs)? = log["runs"],
        case .object(let run)? = runs.first, case .array(let results)? = run["results"],
        case .object(let tool)? = run["tool"], case .object(let driver)? = tool["driver"],
        case .array(let rules)? = driver["rules"]
      else {
        Issue.record("no log")
        return
      }
      func text(_ value: Value, _ key: String) -> String {
        guard case .object(let object) = value, case .string(let text)? = object[key] else { return "" }
        return text
      }
      #expect(
        Set(results.map { "\(text($0, "ruleId")) \(text($0, "level"))" }) == [
          "W221 warning", "E203 error", "E333 note",
        ])
      #expect(Set(rules.map { text($0, "id") }) == ["W221", "E203", "E333"])
      #expect(output.components(separatedBy: "\"shortDescription\"").count == 4)
      #expect(
        output.components(separatedBy: "\"uri\": \"a/c.yml\"").count == results.count + 1,
        "\(path)\n\(output)")
    }
  }
}
