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
      type: value_median
      rules: [failed]
      group-by: [User]
      timespan: 1h
      condition: {gte: 100, field: Bytes}

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
    [E333]: this `value_median` correlation cannot be compiled: how a value between two others is found is not said by the specification
     --> c.yml:8:9
    8 |   type: value_median
      |         ^^^^^^^^^^^^
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

  @Test("a correlation in fixed spans is said to be not exact, and never proved")
  func approximated() throws {
    let counted = Self.correlation.replacing("value_median", with: "event_count").replacing(
      ", field: Bytes", with: "")
    let files = ["c.yml": Self.rule + "---\n" + counted]
    let arguments = ["compile", "c.yml", "--to", "splunk", "--source", "index=w", "--approximate"]
    let compiled = try run(arguments + ["tumbling"], files)
    #expect(compiled.code == 0 && compiled.errors.contains("W434"), "\(compiled.errors)")
    #expect(compiled.errors.hasSuffix("1 exact, 1 approximate, 0 refused, 0 bad\n"), "\(compiled.errors)")
    #expect(compiled.output.contains("approximate: fixed spans stand for counts within 1 h"))
    #expect(compiled.output.contains("3600") && compiled.output.contains("count>=100"), "\(compiled.output)")
    // A correlation needs no fixed spans to be said in its own language.
    let sigma = try run(["compile", "c.yml", "--to", "sigma", "--approximate", "tumbling"], files)
    #expect(sigma.code == 0 && !sigma.errors.contains("W434") && sigma.output.contains("timespan: 1h"))
    let proved = try run(arguments + ["tumbling", "--proved"], files)
    #expect(proved.code == 2 && proved.errors.contains("E505"), "\(proved.errors)")
    #expect(try run(arguments + ["sliding"], files).code == 3)
  }

  @Test("a correlation over several logs is asked of all events, and says so")
  func severalLogs() throws {
    let rules = """
      title: a
      name: a
      logsource: {product: aws}
      detection: {s: {eventName: X}, condition: s}
      ---
      title: b
      name: b
      logsource: {product: okta}
      detection: {s: {eventType: Y}, condition: s}
      ---
      title: c
      name: c
      correlation: {type: temporal, rules: [a, b], group-by: [user], timespan: 5m}

      """
    let log = """
      {"eventTime":"2026-01-01T00:00:00Z","eventName":"X","user":"u"}
      {"eventTime":"2026-01-01T00:01:00Z","eventType":"Y","user":"u"}

      """
    let files = ["c.yml": rules, "log.ndjson": log]
    let found = try run(["scan", "c.yml", "log.ndjson", "--all-sources", "--format", "ndjson"], files)
    #expect(
      found.output.contains(#""rule":"c","title":"c","alert":{"group":{"user":"u"}"#), "\(found.output)")
    #expect(found.errors.contains("N446") && found.errors.contains("each part is asked of all events"))
    let aws = try run(
      ["scan", "c.yml", "log.ndjson", "--all-sources", "--place", "product=aws", "--format", "ndjson"], files)
    #expect(!aws.output.contains(#""rule":"c""#), "\(aws.output)")
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

  static let filtered = "condition: selection and not filter_main_user"

  @Test(
    "a filter in a file of its own is applied in every command, whatever the order of the files",
    arguments: [["rules", "f.yml"], ["f.yml", "rules"], ["."]])
  func filters(_ paths: [String]) throws {
    let files = ["rules/r.yml": Self.rule, "f.yml": Self.filter]
    let compiled = try run(["compile"] + paths + ["--to", "sigma"], files)
    #expect(compiled.code == 0 && compiled.output.contains(Self.filtered), "\(compiled.errors)")
    let checked = try run(["check"] + paths, files)
    #expect(checked.code == 0 && checked.errors.isEmpty)
    let verified = try run(["verify"] + paths + ["--to", "sigma", "-f", "json"], files)
    #expect(verified.code == 0 && verified.output.contains("User"), "\(verified.output.prefix(300))")
    let log = [
      "log.ndjson": #"{"EventID": 4625, "User": "me"}"# + "\n" + #"{"EventID": 4625, "User": "x"}"# + "\n"
    ]
    let scanned = try run(
      ["scan"] + paths.flatMap { ["--rules", $0] } + ["log.ndjson", "--count"], files.merging(log) { $1 })
    #expect(scanned.output == "1\n", "\(scanned.output)\(scanned.errors)")
  }

  @Test("standard input is one of the files")
  func standardInput() throws {
    let folder = try Tool.folder(["r.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["compile", "r.yml", "-", "--to", "sigma"], input: Self.filter, in: folder)
    #expect(result.code == 0 && result.output.contains(Self.filtered), "\(result.errors)")
  }

  @Test("a filter beside the rules that it is meant for is never silently nothing")
  func lonelyFilters() throws {
    let files = ["rules/r.yml": Self.rule, "f.yml": Self.filter.replacing("windows", with: "linux")]
    let compiled = try run(["compile", "rules", "f.yml", "--to", "sigma"], files)
    #expect(compiled.code == 2)
    #expect(
      compiled.errors.contains(
        "error[E335]: the filter applies to no rule that is read with it\n --> f.yml:3:1\n"))
    #expect(try run(["check", "rules", "f.yml"], files).code == 0)
    let together = try run(
      ["compile", "r.yml", "--to", "sigma"], ["r.yml": Self.rule + "---\n" + Self.filter])
    #expect(together.code == 0 && together.output.contains(Self.filtered))
  }

  @Test("what is odd about a filter is told once, and is of no rule")
  func oddFilter() throws {
    let odd = Self.filter.replacing("not selection", with: "selection")
    let checked = try run(
      ["check", "."], ["a.yml": Self.rule, "b.yml": Self.rule.replacing("ailed", with: "ine"), "f.yml": odd])
    #expect(checked.code == 0 && checked.output.hasSuffix("2 rules: 2 clean, 0 not\n"), "\(checked.output)")
    #expect(checked.errors.components(separatedBy: "W390").count == 2, "\(checked.errors)")
  }

  @Test("a changed filter is a change of the rules that it applies to, of no others")
  func diff() throws {
    let files = [
      "rules/r.yml": Self.rule, "f.yml": Self.filter,
      "rules/o.yml": Self.rule.replacing("ailed", with: "ine").replacing("windows", with: "linux"),
    ]
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in [["init", "-q"], ["add", "."], ["commit", "-qm", "x"]] {
      try DiffCommandTests.git(arguments, in: folder)
    }
    let filter = folder.appendingPathComponent("f.yml")
    try Data(Self.filter.replacing("User: me", with: "User: [me, you]").utf8).write(to: filter)
    let narrower = try Tool.run(["diff", "--base", "HEAD", "--fail-on", "loss"], in: folder)
    #expect(narrower.code == 1)
    #expect(narrower.output.contains("failed: narrower\n"), "\(narrower.output)\(narrower.errors)")
    try FileManager.default.removeItem(at: filter)
    let wider = try Tool.run(["diff", "--base", "HEAD", "--fail-on", "gain"], in: folder)
    #expect(wider.code == 1 && wider.output.contains("failed: wider\n"), "\(wider.output)")
    // The filter did not change, and is a part of both versions.
    try Data(Self.filter.utf8).write(to: filter)
    let rule = folder.appendingPathComponent("rules/r.yml")
    try Data(Self.rule.replacing("4625", with: "[4625, 4771]").utf8).write(to: rule)
    let changed = try Tool.run(["diff", "--base", "HEAD"], in: folder)
    #expect(
      changed.output.contains("gains") && !changed.output.contains("\"User\":\"me\""), "\(changed.output)")
    // The files of two folders are two collections.
    let other = try Tool.folder(["old/r.yml": Self.rule, "new/r.yml": Self.rule, "new/f.yml": Self.filter])
    defer { try? FileManager.default.removeItem(at: other) }
    #expect(try Tool.run(["diff", "old", "new"], in: other).output.contains("failed: narrower\n"))
  }

  static let sameNames: [(other: String, told: String?)] = [
    (rule, "id `failed`"),
    (rule.replacing("name: failed", with: "name: other"), "title `Failed login`"),
    (rule.replacing("name: failed", with: "id: x\nname: failed"), "name `failed`"),
    (rule.replacing("title: Failed login\nname: failed", with: "title: failed\nname: other"), nil),
  ]

  @Test("ids, names and titles that stand twice are findings", arguments: sameNames)
  func twice(_ row: (other: String, told: String?)) throws {
    let files = ["a.yml": Self.rule, "b.yml": row.other]
    for command in ["check", "lint"] {
      let result = try run([command, "a.yml", "b.yml"], files)
      let finds = result.errors.contains(
        "warning[W225]: another rule has the \(row.told ?? "") too, in a.yml\n --> b.yml\n")
      #expect(finds == (row.told != nil), "\(command) \(result.errors)")
      if command == "check" { #expect(result.code == (row.told == nil ? 0 : 1)) }
      if row.told != nil { #expect(result.code == 1) }
    }
    let compiled = try run(["compile", "a.yml", "b.yml", "--to", "sigma"], files)
    #expect(compiled.code == 0 && compiled.errors.contains("W225") == (row.told != nil))
    // A file that is named twice is the same rule.
    #expect(!(try run(["check", "a.yml", "a.yml"], files)).errors.contains("W225"))
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
