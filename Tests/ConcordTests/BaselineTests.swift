import Concord
import Foundation
import Testing

/// `--baseline` and `--write-baseline`: known findings pass with a reason, and nothing else does.
@Suite("Baselines")
struct BaselineTests {
  /// A rule of which one fixture fails.
  static let failing = """
    AnalysisType: rule
    RuleID: A
    DisplayName: Of names
    LogTypes: [AWS.CloudTrail]
    Condition: |
      eventName eq "a"
    Tests:
      - Name: misses
        ExpectedResult: true
        Log: { eventName: b }

    """
  /// The same rule by another id and title.
  static func named(_ id: String) -> String {
    failing.replacing("ID: A", with: "ID: \(id)").replacing("Of names", with: "Of \(id)")
  }
  /// A Sigma rule of one selection, without an id.
  static func sigma(_ selection: String, title: String = "A") -> String {
    """
    title: \(title)
    logsource: {product: aws, service: cloudtrail}
    detection:
      s: {\(selection)}
      condition: s

    """
  }

  /// A folder with these files.
  private struct Place {
    let folder: URL

    init(_ files: [String: String]) throws { folder = try Tool.folder(files) }

    func run(_ arguments: String...) throws -> Tool.Result { try Tool.run(arguments, in: folder) }

    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Writes a baseline `known.yml` of what these arguments find, and gives each of its entries a reason.
    func know(_ arguments: String...) throws {
      let result = try Tool.run(arguments + ["--write-baseline", "known.yml"], in: folder)
      #expect(result.code == 0, "\(result.output)\(result.errors)")
      try write(try text("known.yml").replacing("reason: ''", with: "reason: We know."), to: "known.yml")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
  }

  @Test("a finding is written, wants a reason, and passes with one")
  func way() throws {
    let place = try Place(["rules/a.yml": Self.failing])
    defer { place.remove() }
    let written = try place.run("check", "rules", "--write-baseline", "known.yml")
    #expect(written.code == 0, "\(written.errors)")
    #expect(
      written.output.hasSuffix("1 finding written to known.yml: 1 of them new and without a reason\n"),
      "\(written.output)")
    let text = try place.text("known.yml")
    #expect(text.contains("  - file: rules/a.yml\n    rule: A\n    code: E501\n"), "\(text)")
    #expect(text.contains("    command: check\n    reason: ''\n"), "\(text)")
    let bare = try place.run("check", "rules", "--baseline", "known.yml")
    #expect(bare.code == 1)
    #expect(
      bare.errors.hasPrefix(
        "error[E920]: E501 of `A` is set aside without a reason\n --> known.yml:4:5\n"), "\(bare.errors)")
    try place.write(text.replacing("reason: ''", with: "reason: We know."), to: "known.yml")
    let known = try place.run("check", "rules", "--baseline", "known.yml")
    #expect(known.code == 0 && known.errors.isEmpty, "\(known.errors)")
    #expect(known.output.contains("  set aside E501: We know.\n"), "\(known.output)")
    #expect(known.output.hasSuffix("1 finding set aside by known.yml\n"), "\(known.output)")
    let quiet = try place.run("check", "rules", "--baseline", "known.yml", "-q")
    #expect(quiet.output == "1 finding set aside by known.yml\n", "\(quiet.output)")
  }

  /// A format, what stands in it, and what does not.
  static let formats: [(format: String, shown: [String], hidden: [String])] = [
    (
      "json",
      [
        #""setAside": {"#, #""by": "known.yml""#, #""reason": "We know.""#, #""status": "failing""#,
        #""setAside": 1"#,
      ], []
    ),
    (
      "sarif",
      [#""suppressions": ["#, #""kind": "external""#, #""justification": "We know.""#, #""ruleId": "E501""#],
      []
    ),
    (
      "junit", [#"failures="0""#, #"<skipped message="set aside by known.yml: We know."/>"#], ["<failure"]
    ),
    (
      "github", ["::notice title=concord baseline::1 finding set aside by known.yml\n"], ["::error"]
    ),
    ("markdown", ["1 finding set aside by known.yml\n"], ["<b>fails</b>"]),
    ("text", ["set aside E501: We know.\n", "\n1 finding set aside by known.yml\n"], ["error"]),
  ]

  @Test("every format says what is set aside, and counts it", arguments: formats)
  func eachFormat(_ format: String, _ shown: [String], _ hidden: [String]) throws {
    let place = try Place(["rules/a.yml": Self.failing])
    defer { place.remove() }
    for command in ["check", "verify"] {
      try place.know(command, "rules")
      let result = try place.run(command, "rules", "--baseline", "known.yml", "-f", format)
      #expect(result.code == 0, "\(result.output)\(result.errors)")
      for text in shown where command == "check" || !text.contains("status") {
        #expect(result.output.contains(text), "\(command): \(text) in \(result.output)")
      }
      for text in hidden { #expect(!result.output.contains(text), "\(command): \(result.output)") }
    }
  }

  /// The command; the files when the baseline is written; what becomes of `a.yml` or `q.sql` then; whether the run
  /// still passes.
  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    let before: [String: String]
    let after: [String: String]
    let passes: Bool
    var testDescription: String { name }

    init(
      _ name: String, _ arguments: [String], _ before: [String: String], _ after: [String: String],
      _ passes: Bool
    ) {
      (self.name, self.arguments, self.before, self.after, self.passes) = (
        name, arguments, before, after, passes
      )
    }
  }

  private static let second =
    failing + "  - Name: other\n    ExpectedResult: true\n    Log: { eventName: c }\n"
  private static let against = ["verify", "a.yml", "--against", "q.sql"]
  private static let matching = failing.replacing("eventName: b", with: "eventName: a")
  private static func sql(_ condition: String) -> String {
    "SELECT eventid FROM cloudtrail_logs WHERE \(condition)"
  }
  private static let two = matching.replacing(
    "  eventName eq \"a\"\n", with: "  eventName in [\"a\", \"b\", \"c\"]\n")
  private static let mistake = failing.replacing("eventName eq", with: "eventName eqq")

  static let changes: [Change] = [
    Change("nothing", ["check", "a.yml"], ["a.yml": failing], [:], true),
    Change(
      "other lines", ["check", "a.yml"], ["a.yml": failing],
      ["a.yml": "# a line\n\n" + failing.replacing("Tests:", with: "# one\nTests:")], true),
    Change("a second fixture", ["check", "a.yml"], ["a.yml": failing], ["a.yml": second], false),
    Change(
      "another event in the fixture", ["check", "a.yml"], ["a.yml": failing],
      ["a.yml": failing.replacing("eventName: b", with: "eventName: c")], false),
    Change(
      "another expectation", ["check", "a.yml"], ["a.yml": failing],
      ["a.yml": failing.replacing("eventName: b", with: "eventName: a").replacing("true", with: "false")],
      false),
    Change(
      "another rule", ["check", "a.yml"], ["a.yml": failing],
      ["a.yml": failing.replacing("ID: A", with: "ID: B")], false),
    Change(
      "the rule in another file", ["check", "."], ["a.yml": failing], ["a.yml": "", "b.yml": failing], true),
    Change("the fault twice", ["check", "."], ["a.yml": failing], ["b.yml": failing], false),
    Change("a mistake", ["check", "a.yml"], ["a.yml": mistake], [:], true),
    Change(
      "the same mistake in another line", ["check", "a.yml"], ["a.yml": mistake],
      ["a.yml": failing.replacing("eventName eq", with: "userAgent eqq")], false),
    Change(
      "the same mistake, moved", ["check", "a.yml"], ["a.yml": mistake],
      ["a.yml": mistake.replacing("LogTypes", with: "Enabled: true\nLogTypes")], true),
    Change(
      "a query that misses the same", against, ["a.yml": two, "q.sql": sql("eventname IN ('a', 'b')")], [:],
      true),
    Change(
      "a query that misses more", against, ["a.yml": two, "q.sql": sql("eventname IN ('a', 'b')")],
      ["q.sql": sql("eventname IN ('a')")], false),
    Change(
      "a query that misses something else", against, ["a.yml": two, "q.sql": sql("eventname IN ('a', 'b')")],
      ["q.sql": sql("eventname IN ('a', 'c')")], false),
    Change(
      "a query that finds too many", against, ["a.yml": two, "q.sql": sql("eventname IN ('a', 'b')")],
      ["q.sql": sql("eventname IN ('a', 'b', 'c', 'd')")], false),
    Change(
      "a rule that asks for more than the query", against,
      ["a.yml": two, "q.sql": sql("eventname IN ('a', 'b')")],
      ["a.yml": two.replacing("\"c\"]", with: "\"c\", \"d\"]")], false),
    Change(
      "a query that does not run", against, ["a.yml": two, "q.sql": "SELECT FROM"], ["q.sql": "SELECT FROM "],
      false),
    Change(
      "a refusal", ["verify", "a.yml", "--to", "athena", "--untyped"],
      ["a.yml": sigma("'|all': [a]").replacing("s: {'|all': [a]}", with: "s: [a]")], [:], true),
    Change(
      "lint", ["lint", "."], ["a.yml": sigma("x|cased: y, x|endswith|cased: z"), "b.yml": sigma("x: y")], [:],
      true),
    Change(
      "lint: never, for another reason", ["lint", "."], ["a.yml": sigma("x|cased: y, x|endswith|cased: z")],
      ["a.yml": sigma("x|cased: y, x|endswith|cased: q")], false),
    Change(
      "lint: the same rule twice", ["lint", "."],
      ["a.yml": sigma("x: y"), "b.yml": sigma("x: y", title: "B")],
      ["c.yml": sigma("x: y", title: "C")], false),
    Change(
      "titles in place of ids are bound to files", ["check", ".", "--strict"],
      ["a.yml": sigma("x: y") + "status: odd\n"],
      ["a.yml": sigma("x: y", title: "B"), "b.yml": sigma("x: y") + "status: odd\n"], false),
    Change(
      "a loss", ["diff", "old", "new", "--fail-on", "loss"],
      ["old/a.yml": matching, "new/a.yml": matching.replacing("eq \"a\"", with: "eq \"b\"")], [:], true),
    Change(
      "another loss", ["diff", "old", "new", "--fail-on", "loss"],
      ["old/a.yml": matching, "new/a.yml": matching.replacing("eq \"a\"", with: "eq \"b\"")],
      ["new/a.yml": matching.replacing("eq \"a\"", with: "eq \"c\"")], false),
    Change(
      "a warning that fails", ["check", "a.yml", "--strict"],
      ["a.yml": sigma("x: y") + "status: odd\n"], [:], true),
    Change(
      "another warning", ["check", "a.yml", "--strict"], ["a.yml": sigma("x: y") + "status: odd\n"],
      ["a.yml": sigma("x: y") + "status: odd\nlevel: odd\n"], false),
  ]

  @Test("what is known passes, and what is another fault fails", arguments: changes)
  func bound(_ change: Change) throws {
    let place = try Place(change.before)
    defer { place.remove() }
    #expect(try Tool.run(change.arguments, in: place.folder).code != 0)
    let written = try Tool.run(change.arguments + ["--write-baseline", "known.yml"], in: place.folder)
    #expect(written.code == 0, "\(written.output)\(written.errors)")
    try place.write(
      try place.text("known.yml").replacing("reason: ''", with: "reason: We know."), to: "known.yml")
    for (name, text) in change.after { try place.write(text, to: name) }
    let result = try Tool.run(change.arguments + ["--baseline", "known.yml"], in: place.folder)
    #expect((result.code == 0) == change.passes, "\(result.code): \(result.output)\(result.errors)")
  }

  @Test("an entry of check's sets aside the same finding of verify's")
  func shared() throws {
    let place = try Place(["a.yml": Self.failing])
    defer { place.remove() }
    try place.know("check", "a.yml")
    let result = try place.run("verify", "a.yml", "--to", "sigma", "--baseline", "known.yml")
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("an entry that nothing matches is told at its place, where the run looked")
  func stale() throws {
    let place = try Place(["a.yml": Self.failing, "b.yml": Self.named("B")])
    defer { place.remove() }
    try place.know("check", ".")
    try place.write(Self.matching, to: "a.yml")
    let result = try place.run("check", ".", "--baseline", "known.yml")
    #expect(result.code == 0)
    #expect(
      result.errors.hasPrefix("warning[W921]: nothing matches E501 of `A` any more\n --> known.yml:4:5\n"),
      "\(result.errors)")
    #expect(
      result.output.hasSuffix(
        "1 finding set aside by known.yml, 1 entry that nothing matches any more\n"), "\(result.output)")
    let sarif = try place.run("check", ".", "--baseline", "known.yml", "-f", "sarif")
    #expect(sarif.output.contains(#""ruleId": "W921""#))
    // Another file, another command, another target say nothing of it.
    #expect(try !place.run("check", "b.yml", "--baseline", "known.yml").errors.contains("W921"))
    #expect(try !place.run("verify", ".", "--to", "sigma", "--baseline", "known.yml").errors.contains("W921"))
    // A file that is gone has no findings.
    try FileManager.default.removeItem(at: place.folder.appendingPathComponent("a.yml"))
    #expect(try place.run("check", "b.yml", "--baseline", "known.yml").errors.contains("W921"))
  }

  @Test("an entry about two rules is stale where both were looked at")
  func staleTogether() throws {
    let place = try Place(["a.yml": Self.matching, "b.yml": Self.matching.replacing("ID: A", with: "ID: B")])
    defer { place.remove() }
    try place.know("check", "a.yml", "b.yml")
    #expect(
      try place.text("known.yml").contains("code: W225\n")
        && place.text("known.yml").contains("other: a.yml\n"))
    #expect(try !place.run("check", "b.yml", "--baseline", "known.yml").errors.contains("W921"))
    try place.write(Self.matching.replacing("Of names", with: "Other"), to: "a.yml")
    #expect(try place.run("check", "a.yml", "b.yml", "--baseline", "known.yml").errors.contains("W921"))
  }

  @Test("an entry about a target is stale where that target was looked at")
  func staleTarget() throws {
    let keywords = Self.sigma("x: y").replacing("s: {x: y}", with: "s: [a]")
    let place = try Place(["a.yml": keywords])
    defer { place.remove() }
    try place.know("verify", "a.yml", "--to", "athena", "--untyped")
    try place.write(Self.sigma("eventName: y"), to: "a.yml")
    for (target, isTold) in [("sigma", false), ("athena", true)] {
      let result = try place.run("verify", "a.yml", "--to", target, "--untyped", "--baseline", "known.yml")
      #expect(result.code == 0 && result.errors.contains("W921") == isTold, "\(target): \(result.errors)")
    }
  }

  @Test("a baseline that is written anew keeps reasons, and drops what is gone")
  func anew() throws {
    let place = try Place(["a.yml": Self.failing, "b.yml": Self.named("B")])
    defer { place.remove() }
    try place.know("check", ".")
    try place.write(Self.matching, to: "a.yml")
    try place.write(
      Self.second.replacing("ID: A", with: "ID: B").replacing("Of names", with: "Of B"), to: "b.yml")
    let result = try place.run("check", ".", "--write-baseline", "known.yml")
    #expect(
      result.output.hasSuffix(
        "2 findings written to known.yml: 1 of them new and without a reason, 1 gone\n"), "\(result.output)")
    let text = try place.text("known.yml")
    #expect(text.matches(of: /reason: We know\./).count == 1 && text.matches(of: /reason: ''/).count == 1)
    #expect(!text.contains("rule: A"))
  }

  @Test("a file that cannot be read is not known")
  func unreadable() throws {
    let place = try Place(["rules/a.yml": Self.failing])
    defer { place.remove() }
    try Data([0xFF, 0xFE, 0x41]).write(to: place.folder.appendingPathComponent("rules/b.yml"))
    let result = try place.run("check", "rules", "--write-baseline", "known.yml")
    #expect(result.code == 3 && result.errors.contains("E909"), "\(result.errors)")
    #expect(try !place.text("known.yml").contains("b.yml"))
  }

  /// A baseline, and the first line of the error with its place.
  static let wrong: [(text: String, error: String)] = [
    ("findings:\n  - fil: a.yml\n", "error[E206]: unknown key `fil` of a finding\n --> known.yml:2:5\n"),
    ("finding: []\n", "error[E206]: unknown key `finding` of the baseline\n --> known.yml:1:1\n"),
    ("findings: 3\n", "error[E304]: `findings` needs a list\n --> known.yml:1:11\n"),
    ("- a\n", "error[E304]: the baseline needs a map\n --> known.yml:1:1\n"),
    ("findings: [\n", "error[E1"),
    (
      "findings:\n  - {file: a.yml, about: b, command: check}\n",
      "error[E303]: a finding of a baseline needs `code`\n --> known.yml:2:5\n"
    ),
    (
      "findings:\n  - {file: a.yml, about: b, command: check, code: E999}\n",
      "error[E206]: there is no code `E999`\n --> known.yml:2:51\n"
    ),
    (
      "findings:\n  - {file: a.yml, about: b, command: chekc, code: E501}\n",
      "error[E206]: `concord chekc` takes no baseline\n --> known.yml:2:38\n"
    ),
    (
      "findings:\n  - {file: a.yml, about: b, command: check, code: E501, reason: [a]}\n",
      "error[E304]: `reason` needs a text\n --> known.yml:2:65\n"
    ),
    ("findings: []\n---\nfindings: []\n", "error[E304]: a baseline needs one document\n --> known.yml:3:1\n"),
  ]

  @Test("what is wrong with a baseline is told at its place", arguments: wrong)
  func malformed(_ text: String, _ error: String) throws {
    let place = try Place(["a.yml": Self.matching, "known.yml": text])
    defer { place.remove() }
    for option in ["--baseline", "--write-baseline"] {
      let result = try place.run("check", "a.yml", option, "known.yml")
      #expect(result.code == 3 && result.errors.hasPrefix(error), "\(option): \(result.errors)")
      #expect(try place.text("known.yml") == text)
    }
  }

  @Test("a baseline that is not there is an error, at the line of the project file that names it")
  func missing() throws {
    let place = try Place(["a.yml": Self.matching])
    defer { place.remove() }
    let result = try place.run("check", "a.yml", "--baseline", "knwon.yml")
    #expect(result.code == 3 && result.errors == "error[E904]: cannot read `knwon.yml`: no such file\n")
    try place.write("defaults:\n  baseline: known.yml\n", to: "concord.yml")
    let named = try place.run("check", "a.yml")
    #expect(named.code == 3)
    #expect(named.errors.contains(" --> concord.yml:2:13\n"), "\(named.errors)")
    try place.write("findings: []\n", to: "known.yml")
    #expect(try place.run("check", "a.yml").output.hasSuffix("0 findings set aside by known.yml\n"))
    try place.write("defaults:\n  write-baseline: known.yml\n", to: "concord.yml")
    #expect(try place.run("check", "a.yml").errors.hasPrefix("error[E206]: unknown key `write-baseline`"))
  }

  @Test("files are named as seen from the baseline's folder, wherever the command runs")
  func folders() throws {
    let place = try Place(["rules/deep/a.yml": Self.mistake, "known/x": ""])
    defer { place.remove() }
    #expect(try place.run("check", "rules", "--write-baseline", "known/k.yml").code == 0)
    let text = try place.text("known/k.yml")
    #expect(text.contains("file: ../rules/deep/a.yml\n"), "\(text)")
    try place.write(text.replacing("reason: ''", with: "reason: We know."), to: "known/k.yml")
    let below = place.folder.appendingPathComponent("rules")
    #expect(try Tool.run(["check", "deep", "--baseline", "../known/k.yml"], in: below).code == 0)
  }
}
