import Concord
import Foundation
import TestSupport
import Testing

/// `concord compile --format`, and what `diff` and `verify` say of what is deployed.
@Suite("compile --format")
struct DeployCommandTests {
  static let first = """
    AnalysisType: rule
    RuleID: A
    DisplayName: First rule
    Description: |
      One line
      and another
    LogTypes: [AWS.CloudTrail]
    Condition: |
      eventName eq "RunInstances"
    Severity: High
    DedupPeriodMinutes: 60
    Reports:
      MITRE ATT&CK: ["TA0001:T1078"]

    """
  static let files = [
    "rules/a.yml": first,
    "rules/b.yml": DiffCommandTests.rule(#"eventName eq "b""#, id: "B"),
  ]
  static let savedSearches = ["--format", "savedsearches"] + run
  /// When the searches run.
  static let run = ["--since", "-20m", "--schedule", "*/15 * * * *"]

  private func inFolder(_ files: [String: String] = files, _ body: (URL) throws -> Void) throws {
    let folder = try Tool.folder(files)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("a savedsearches.conf has the settings that its specification names") func stanza() throws {
    try inFolder { folder in
      let result = try Tool.run(
        ["compile", "rules/a.yml"] + Self.savedSearches + ["--setting", "action.email=1"], in: folder)
      #expect(result.code == 0, "\(result.errors)")
      #expect(
        result.output == #"""
          [First rule]
          description = One line\
          and another
          disabled = 0
          enableSched = 1
          cron_schedule = */15 * * * *
          dispatch.earliest_time = -20m
          counttype = number of events
          relation = greater than
          quantity = 0
          alert.track = 1
          alert.severity = 5
          alert.suppress = 1
          alert.suppress.period = 60m
          action.correlationsearch.enabled = 1
          action.correlationsearch.label = First rule
          action.correlationsearch.annotations = {"mitre_attack":["T1078"]}
          action.email = 1
          search = ``` A: First rule ``` \
          ``` Concord \#(Compiler.version), exact ``` \
          sourcetype="aws:cloudtrail" "RunInstances" \
          | eval raw_eventName=json_extract(_raw, "eventName") \
          | where raw_eventName="RunInstances" \
          | fields - raw_eventName

          """#)
    }
  }

  @Test("a dedup period is no setting where alerts are told apart, and a rule that makes none has none")
  func suppression() throws {
    let program = "def rule(event):\n    return event.get('eventName') == 'a'\n"
    let title = "\n\ndef title(event):\n    return event.get('user')\n"
    let file = """
      AnalysisType: rule
      RuleID: P
      Filename: p.py
      LogTypes: [AWS.CloudTrail]
      Severity: High
      DedupPeriodMinutes: 60

      """
    for (file, program, hasPeriod, isTracked) in [
      (file, program, true, true), (file, program + title, false, true),
      (file + "CreateAlert: false\n", program, true, false),
    ] {
      try inFolder(["p.yml": file, "p.py": program]) { folder in
        let result = try Tool.run(["compile", "p.yml"] + Self.savedSearches, in: folder)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("alert.suppress.period = 60m\n") == hasPeriod, "\(result.output)")
        #expect(result.output.contains("alert.suppress") == hasPeriod, "\(result.output)")
        #expect(result.errors.contains("note[N462]") == !hasPeriod, "\(result.errors)")
        #expect(result.output.contains("alert.track = \(isTracked ? 1 : 0)\n"), "\(result.output)")
        let set = ["--setting", "alert.suppress=1", "--setting", "alert.suppress.fields=user"]
        let told = try Tool.run(["compile", "p.yml"] + Self.savedSearches + set, in: folder)
        #expect(told.output.contains("alert.suppress.fields = user\n"), "\(told.output)")
        #expect(!told.errors.contains("N462"), "\(told.errors)")
      }
    }
  }

  /// Settings of a saved search, and the code of what is said of them; `nil` for nothing.
  static let alertSettings: [(settings: String, code: String?)] = [
    ("counttype = number of events\nrelation = greater than\nquantity = 0", nil),
    ("counttype = always", nil),
    ("alert.suppress = 1\nalert.suppress.period = 24h", nil),
    ("counttype = number of events\nrelation = greater than\nquantity = 100", "error[E463]"),
    ("counttype = number of events\nrelation = less than\nquantity = 1", "error[E463]"),
    ("counttype = number of hosts\nrelation = greater than\nquantity = 0", "error[E463]"),
    ("counttype = custom\nalert_condition = search count > 100", "error[E463]"),
    ("dispatch.sample_ratio = 1000", "error[E463]"),
    ("alert.suppress = 1\nalert.suppress.period = 24h\nalert.suppress.fields = user", "warning[W338]"),
    ("alert.suppress = true\nalert.suppress.period = 90s", "warning[W338]"),
  ]

  @Test("what decides which rows alert is the rule's, or is refused", arguments: alertSettings)
  func decided(_ settings: String, _ code: String?) throws {
    try inFolder(["savedsearches.conf": "[A]\n\(settings)\nsearch = EventCode=\"1\"\n"]) { folder in
      let result = try Tool.run(["compile", "savedsearches.conf", "--to", "sigma"], in: folder)
      #expect(result.code == (code?.hasPrefix("error") ?? false ? 2 : 0), "\(result.errors)")
      #expect(result.errors.contains(code ?? "\u{0}") == (code != nil), "\(result.errors)")
      #expect(code != nil || !result.errors.contains("W338"), "\(result.errors)")
    }
  }

  @Test("a query that is switched off is not deployed")
  func switchedOff() throws {
    try inFolder { folder in
      _ = try Tool.run(["compile", "rules"] + Self.savedSearches + ["--out", "out"], in: folder)
      let file = folder.appendingPathComponent("out/savedsearches.conf")
      try String(contentsOf: file, encoding: .utf8).replacing("disabled = 0", with: "disabled = 1")
        .write(to: file, atomically: true, encoding: .utf8)
      let result = try Tool.run(["verify", "rules", "--against", "out"], in: folder)
      #expect(result.code == 1 && result.output.contains("deployed, but switched off"), "\(result.output)")
      let github = try Tool.run(["verify", "rules", "--against", "out", "-f", "github"], in: folder)
      #expect(
        github.output.contains("the deployed query `First rule` of `A` is switched off"), "\(github.output)")
    }
  }

  @Test(
    "what is deployed is compared with the rules: condition, settings, what is missing and what nobody wrote")
  func drift() throws {
    try inFolder { folder in
      let written = try Tool.run(["compile", "rules"] + Self.savedSearches + ["--out", "out"], in: folder)
      #expect(written.code == 0, "\(written.errors)")
      #expect(written.errors.contains("savedsearches: 2 rules, 0 refused"), "\(written.errors)")
      let diff = ["diff", "rules", "out", "--fail-on", "any"] + Self.run
      let same = try Tool.run(diff, in: folder)
      #expect(same.code == 0, "\(same.output)\(same.errors)")
      #expect(same.output == "2 rules: 2 equal\n", "\(same.output)")
      let verified = try Tool.run(["verify", "rules", "--against", "out"], in: folder)
      #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
      #expect(verified.output.contains("Splunk SPL: proved"), "\(verified.output)")

      let file = folder.appendingPathComponent("out/savedsearches.conf")
      let text = try String(contentsOf: file, encoding: .utf8)
      func change(_ old: String, _ new: String) throws {
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
      }
      try change("cron_schedule = */15 * * * *\ndispatch", "cron_schedule = 0 * * * *\ndispatch")
      let settings = try Tool.run(diff, in: folder)
      #expect(settings.code == 1)
      #expect(settings.output.contains("cron_schedule: */15 * * * * -> 0 * * * *"), "\(settings.output)")
      #expect(settings.output.hasSuffix("2 rules: 2 other settings\n"), "\(settings.output)")

      try change("raw_eventName=\"b\"", "raw_eventName=\"B\"")
      let changed = try Tool.run(diff, in: folder)
      #expect(changed.code == 1)
      #expect(changed.output.contains("loses events such as\n    {\"eventName\":\"b\"}"), "\(changed.output)")
      let against = try Tool.run(["verify", "rules", "--against", "out"], in: folder)
      #expect(against.code == 1)

      try change("[B]", "[C]")
      try text.replacing("``` B: B ```", with: "``` C: C ```").replacing("[B]", with: "[C]")
        .write(to: file, atomically: true, encoding: .utf8)
      let other = try Tool.run(diff, in: folder)
      #expect(other.output.contains("B: removed"), "\(other.output)")
      #expect(other.output.contains("C: added"), "\(other.output)")
      let missing = try Tool.run(
        ["verify", "rules", "--against", "out", "-f", "json"], in: folder)
      #expect(missing.code == 1)
      #expect(missing.output.contains("E518"), "\(missing.output)")
      #expect(missing.errors.contains("C: the query of no rule of this run"), "\(missing.errors)")
    }
  }

  @Test(
    "every format is read back as the same rules",
    arguments: [
      ("savedsearches", run), ("app", run), ("cloudformation", ["--setting", "Database=lake"]),
      ("terraform", ["--setting", "Database=lake"]), ("views", []),
      (
        "schedules",
        [
          "--setting", "Database=lake", "--setting", "RoleArn=r", "--since", "-20m", "--schedule",
          "rate(15 minutes)",
        ]
      ), ("sigma-pack", []), ("panther-pack", []),
    ])
  func roundTrip(_ format: String, _ flags: [String]) throws {
    try inFolder { folder in
      let written = try Tool.run(
        ["compile", "rules", "--format", format, "--out", "out"] + flags, in: folder)
      #expect(written.code == 0, "\(written.errors)")
      let same = try Tool.run(["diff", "rules", "out"] + flags, in: folder)
      #expect(same.code == 0, "\(same.output)\(same.errors)")
      let isWhole = ["savedsearches", "app", "panther-pack"].contains(format)
      #expect(
        same.output.hasSuffix("2 rules: 2 equal\n") || !isWhole && same.output.contains("2 equal in part"),
        "\(same.output)")
      #expect(!same.output.contains("->") || !isWhole, "\(same.output)")
      let checked = try Tool.run(["verify", "rules", "--against", "out"], in: folder)
      // What Panther executes are programs, which stand beside the rule files.
      if format == "panther-pack" {
        #expect(checked.code != 0)
        #expect(checked.output.contains("is not taken apart"), "\(checked.output)\(checked.errors)")
      } else {
        #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
      }
    }
  }

  @Test("a folder is brought into line, and one of something else is left") func folder() throws {
    try inFolder { folder in
      let pack = ["compile", "rules", "--format", "views", "--out", "out"]
      #expect(try Tool.run(pack, in: folder).code == 0)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("rules/b.yml"))
      let later = try Tool.run(pack, in: folder)
      #expect(later.errors.contains("removed out/b.view.sql: this run did not write it"), "\(later.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
      #expect(names == ["first_rule.view.sql", "manifest.json"])
      let other = try Tool.run(
        ["compile", "rules", "--out", "out"] + Self.savedSearches, in: folder)
      #expect(other.code == 3)
      #expect(other.errors.contains("E904"), "\(other.errors)")
    }
  }

  static let refusals: [(files: [String: String], flags: [String], message: String, code: Int32)] = [
    (["r.yml": titled("a]b")], savedSearches, "error[E456]: the name `a]b` holds a bracket", 2),
    (["r.yml": titled(" a")], savedSearches, "error[E456]: the name ` a` begins or ends in a blank", 2),
    (["r.yml": titled("default")], savedSearches, "error[E456]: the name `default` is that of", 2),
    (
      ["r.yml": described(#"a\"#)], savedSearches,
      "error[E456]: the value of `description` has a line that ends in a", 2
    ),
    (
      ["r.yml": described("a\n  [b]")], savedSearches,
      "error[E456]: the value of `description` has a line that begins", 2
    ),
    (["r.yml": described("a\n  # b")], savedSearches, "error[E456]", 2),
    (
      ["r.yml": titled("a")], savedSearches + ["--setting", "a b=c"],
      "error[E918]: `a b` is no name of a setting", 3
    ),
    (["r.yml": titled("a")], savedSearches + ["--setting", "a"], "error[E918]: `a` is no setting", 3),
    (
      ["r.yml": titled("a")], ["--format", "savedsearches", "--since", "-1h", "--schedule", "hourly"],
      "error[E918]", 3
    ),
    (
      ["r.yml": titled("a")], ["--format", "savedsearches", "--schedule", "0 * * * *"],
      "error[E918]: without a time window", 3
    ),
    (
      ["r.yml": titled("a")], ["--format", "cloudformation"],
      "error[E918]: the format needs the setting `Database`", 3
    ),
    (
      ["r.yml": titled("a")], ["--format", "terraform", "--setting", "Datbase=x"], "did you mean `Database`?",
      3
    ),
    (["r.yml": titled("a")], ["--format", "schedules", "--setting", "Database=x"], "needs a schedule", 3),
    (
      ["r.yml": titled("a")], ["--format", "views", "--schedule", "x", "--since", "-1h"], "has no schedule", 3
    ),
    (["r.yml": titled("a")], ["--format", "app"], "name a folder with `--out`", 3),
    (["r.yml": titled("a")], savedSearches + ["--to", "sigma"], "is for Splunk SPL", 3),
    (["r.yml": titled("a")], savedSearches + ["--pack"], "give either `--format` or `--pack`", 3),
    (["r.yml": titled("a")], ["--schedule", "x"], "`--schedule` is for `--format`", 3),
    (["r.yml": titled("a"), "s.yml": titled("a", id: "S")], savedSearches, "error[E906]", 2),
    (
      ["r.yml": titled("{{resolve:ssm:x}}")], ["--format", "cloudformation", "--setting", "Database=x"],
      "error[E456]", 2
    ),
    (
      ["r.yml": titled("<aws.scheduler.execution-id>")],
      [
        "--format", "schedules", "--setting", "Database=x", "--setting", "RoleArn=x", "--schedule",
        "rate(1 hour)", "--since", "-1h",
      ], "error[E456]", 2
    ),
    (["r.yml": titled("$${x}")], ["--format", "terraform", "--setting", "Database=x"], "error[E456]", 2),
    (
      ["r.yml": titled("日本")], ["--format", "views", "--out", "out"],
      "error[E456]: the title `日本` gives no name of a view", 2
    ),
  ]

  @Test("what cannot be deployed as it is is refused", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (files, flags, message, code) = Self.refusals[index]
    try inFolder(files) { folder in
      let result = try Tool.run(["compile", "."] + flags, in: folder)
      #expect(result.code == code, "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  static let broken: [(name: String, text: String, message: String)] = [
    ("savedsearches.conf", "[a]\nsearch = x=1\n[a]\nsearch = x=2\n", "savedsearches.conf:3:1"),
    ("savedsearches.conf", "[a]\ncron_schedule = x\n", "a saved search needs `search`"),
    ("savedsearches.conf", "[a]\nsearch = x=1 | cluster\n", "savedsearches.conf[a].spl:1:7"),
    (
      "x.template.json", #"{"AWSTemplateFormatVersion": "AWS::Athena::NamedQuery"}"#,
      "a template needs `Resources`"
    ),
    (
      "x.template.json",
      #"{"Resources": {"Q": {"Type": "AWS::Athena::NamedQuery", "Properties": {"QueryString": {"Fn::Sub": "x"}}}}}"#,
      "`QueryString` of the resource `Q` is no plain text"
    ),
    (
      "x.tf.json", #"{"resource": {"aws_athena_named_query": {"q": {"query": "SELECT ${x}"}}}}"#,
      "a text holds `${`"
    ),
    ("x.view.sql", "CREATE OR REPLACE VIEW \"a b\" AS SELECT 1", "expected `CREATE OR REPLACE VIEW NAME AS`"),
  ]

  @Test("files of deployed queries that cannot be read are named with the place", arguments: broken.indices)
  func unread(_ index: Int) throws {
    let (name, text, message) = Self.broken[index]
    try inFolder([name: text]) { folder in
      let result = try Tool.run(["check", "."], in: folder)
      #expect(result.code == 2, "\(result.output)\(result.errors)")
      #expect((result.output + result.errors).contains(message), "\(result.output)\(result.errors)")
    }
  }

  @Test("a template in YAML, and defaults of all saved searches") func written() throws {
    try inFolder([
      "a.template.yaml": """
      Resources:
        Q:
          Type: AWS::Athena::NamedQuery
          Properties:
            Database: lake
            Name: Named
            QueryString: SELECT * FROM cloudtrail_logs WHERE eventname = 'a'
        Role:
          Type: AWS::IAM::Role
          Properties: {}
      """,
      "savedsearches.conf":
        "disabled = 1\n[default]\ncounttype = always\n[One]\nsearch = sourcetype=\"aws:cloudtrail\" eventName=a\n",
    ]) { folder in
      let sigma = try Tool.run(["compile", ".", "--to", "sigma", "--include-disabled"], in: folder)
      #expect(sigma.code == 0, "\(sigma.errors)")
      #expect(sigma.output.contains("title: Named") && sigma.output.contains("title: One"), "\(sigma.output)")
      let without = try Tool.run(["compile", ".", "--to", "sigma"], in: folder)
      #expect(without.errors.contains("1 disabled rule"), "\(without.errors)")
    }
  }

  private static func titled(_ title: String, id: String = "R") -> String {
    DiffCommandTests.rule(#"eventName eq "x""#, id: id) + "DisplayName: '\(title)'\n"
  }

  private static func described(_ text: String) -> String { titled("a") + "Description: |\n  \(text)\n" }
}
