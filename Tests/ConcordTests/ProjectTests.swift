import Concord
import Foundation
import TestSupport
import Testing

/// The project file: what it says of logs, and what is wrong with it.
@Suite("Project") struct ProjectTests {
  static let text = """
    logs:
      cloudtrail:
        source: {product: aws, service: cloudtrail, log-type: AWS.CloudTrail}
        splunk: {index: aws, sourcetype: aws:cloudtrail}
        athena: {schema: ct.sql, partitions: {region: awsRegion, day: yyyy/MM/dd}}
      process:
        source: {product: windows, category: process_creation}
        severity: high
        since: -1h
        splunk: {index: [win, dmz], extracted-fields: true, fields: {host: Computer}}
        athena: {table: lake.sysmon, untyped: true, time-column: utc}
      okta:
        source: {product: okta, service: okta}
        splunk: {macro: okta_log}
    """
  static let files = [
    "ct.sql":
      "CREATE EXTERNAL TABLE lake.ct (eventname string, awsregion string, eventtime string) PARTITIONED BY (region string, day string)"
  ]

  static func project(_ text: String = text) throws(Diagnostic) -> Project {
    try Project(Source(name: "concord.yml", text: text), flags: ["since", "to", "untyped"]) {
      (name) throws(Diagnostic) in
      guard let text = files[name] else {
        throw Diagnostic(.cannotRead, "cannot read `\(name)`: no such file")
      }
      return Source(name: name, text: text)
    }
  }

  static func compiler(_ change: (inout LanguageOptions) -> Void = { _ in }) throws -> Compiler {
    var options = LanguageOptions()
    change(&options)
    return Compiler(options: options).with(try project())
  }

  static func sigma(_ source: String, _ field: String = "f") -> Source {
    Source(
      name: "r.yml",
      text: "title: t\nlogsource: {\(source)}\ndetection:\n  s: {\(field): x}\n  condition: s\n")
  }

  static let faults: [(text: String, message: String, line: Int, column: Int, help: String?)] = [
    ("log: {}", "unknown key `log` of the project", 1, 1, "did you mean `logs`?"),
    ("logs: [a]", "`logs` of the project needs a map", 1, 7, nil),
    (
      "logs:\n  a:\n    source: {product: x}\n    splnk: {}", "unknown key `splnk` of log `a`", 4, 5,
      "did you mean `splunk`?"
    ),
    (
      "logs:\n  a:\n    source: {product: x}\n    splunk: {sourcetpye: x}",
      "unknown key `sourcetpye` of `splunk` of log `a`",
      4, 14, "did you mean `sourcetype`?"
    ),
    ("logs:\n  a:\n    splunk: {index: x}", "log `a` does not say what rules call it", 2, 3, nil),
    ("logs:\n  a:\n    source: {}", "log `a` does not say what rules call it", 3, 13, nil),
    (
      "logs:\n  a:\n    source: {product: x}\n    athena: {schema: no.sql}",
      "cannot read `no.sql`: no such file", 4, 22,
      "files are named as seen from the project file's folder"
    ),
    (
      "logs:\n  a:\n    source: {product: x}\n    athena: {database: d}",
      "a database is given, and no table in it", 4, 13, nil
    ),
    (
      "logs:\n  a:\n    source: {product: x}\n    since: yesterday",
      "`since` needs a moment, as 2024-06-01T00:00:00Z, or one before the run, as -24h", 4, 12, nil
    ),
    (
      "logs:\n  a:\n    source: {product: x}\n    splunk: {extracted-fields: maybe}",
      "`extracted-fields` needs `true` or `false`",
      4, 32, nil
    ),
    (
      "logs:\n  a:\n    source: {product: x}\n  b:\n    source: {product: x}",
      "logs `a` and `b` have the same `source`", 4, 3,
      nil
    ),
    (
      "logs:\n  a: {source: {product: x}, splunk: {index: i}}\n  b: {source: {product: y}, splunk: {index: i}}",
      "logs `a` and `b` have the same place in `splunk`", 3, 3, nil
    ),
    (
      "defaults: {snce: -1h}", "unknown key `snce` of `defaults` of the project", 1, 12,
      "did you mean `since`?"
    ),
  ]

  @Test("what is wrong is said at its place, with what was probably meant", arguments: faults)
  func refuses(_ text: String, _ message: String, _ line: Int, _ column: Int, _ help: String?) {
    let error = #expect(throws: Diagnostic.self) { try Self.project(text) }
    #expect(error?.message == message)
    #expect(error?.labels.first?.span.start == Position(line: line, column: column))
    if let help { #expect(error?.help.first == help) }
    #expect(error?.source?.name == "concord.yml")
  }

  @Test(
    "an empty file, or one with nothing but comments, says nothing",
    arguments: ["", "# nothing\n", "logs:\n"])
  func empty(_ text: String) throws {
    #expect(try Self.project(text).logs.isEmpty)
  }

  static let placed: [(source: String, athena: String, splunk: String)] = [
    ("product: aws, service: cloudtrail", "FROM \"lake\".\"ct\"", "index=aws sourcetype=\"aws:cloudtrail\""),
    (
      "product: windows, category: process_creation", "FROM \"lake\".\"sysmon\"",
      "(index=win OR index=dmz) earliest=-1h"
    ),
  ]

  @Test("a rule is written where the project has its log", arguments: placed)
  func places(_ source: String, _ athena: String, _ splunk: String) throws {
    let compiler = try Self.compiler()
    let document = try #require(try compiler.load(Self.sigma(source, "eventName")).first)
    for (language, wanted) in [(Language.athena, athena), (.splunk, splunk)] {
      let query = try compiler.write(document.rule, in: language)
      #expect(query.text.contains(wanted), "\(query.text)")
      let proof = compiler.prove(query, for: document.rule, in: language)
      guard case .proved = proof.outcome else {
        Issue.record("\(query.text) \(proof.outcome)")
        continue
      }
      // Read again, it is of the same log.
      let read = try #require(
        try compiler.load(Source(name: "q.\(language.fileEnding)", text: query.text)).first)
      #expect(read.rule.detection.place == document.rule.detection.place)
    }
  }

  @Test(
    "what the project does not say is refused by one code",
    arguments: [
      ("product: zeek, service: dns", "athena"), ("product: zeek, service: dns", "splunk"),
      ("product: okta, service: okta", "athena"),
    ])
  func unmapped(_ source: String, _ language: String) throws {
    let compiler = try Self.compiler()
    let document = try #require(try compiler.load(Self.sigma(source)).first)
    let target = try #require(Registry.languages.named(language))
    let error = #expect(throws: Diagnostic.self) { try compiler.write(document.rule, in: target) }
    #expect(error?.code == .placeNotMapped)
  }

  @Test("a place of one platform becomes that of another, and what no log has stays and is refused")
  func migrates() throws {
    let compiler = try Self.compiler()
    func athena(_ search: String) throws -> String {
      let rule = try #require(try compiler.load(Source(name: "q.spl", text: search)).first).rule
      return try compiler.write(rule, in: .athena).text
    }
    #expect(try athena("index IN (dmz, win) f=x").contains("FROM \"lake\".\"sysmon\""))
    #expect(try athena("(index=win OR index=dmz) host=a f=x").contains("lower(\"Computer\") = lower('a')"))
    for search in ["index=other f=x", "index=win f=x", "index IN (win, dmz) source=y f=x"] {
      let error = #expect(throws: Diagnostic.self) { try athena(search) }
      #expect(error?.code == .placeNotMapped, "\(search)")
    }
  }

  @Test("flags override the project")
  func flags() throws {
    let compiler = try Self.compiler {
      $0.athena.table = "other.t"
      $0.splunk.source = "index=mine"
      $0.window.since = Moment("-7d")
    }
    let rule = try #require(
      try compiler.load(Self.sigma("product: windows, category: process_creation")).first
    ).rule
    let (athena, splunk) = (try compiler.write(rule, in: .athena), try compiler.write(rule, in: .splunk))
    #expect(athena.text.contains("FROM \"other\".\"t\"") && athena.text.contains("INTERVAL '168' HOUR"))
    #expect(splunk.text.contains("index=mine earliest=-168h") && !splunk.text.contains("dmz"))
  }

  @Test("Sigma rules of a log go through its pipelines, those of others and what is read back through none")
  func pipelines() throws {
    let pipeline = """
      name: names
      priority: 10
      transformations:
      - {id: f, type: field_name_mapping, mapping: {f: g, g: h}}
      """
    let project = try Project(
      Source(
        name: "concord.yml",
        text: Self.text.replacing("severity: high", with: "severity: high\n    pipeline: names.yml")),
      flags: []
    ) { name in Source(name: name, text: name == "names.yml" ? pipeline : Self.files[name] ?? "") }
    for prepares in [false, true] {
      var compiler = Compiler().with(project)
      if prepares { compiler = try compiler.prepared() }
      func sigma(_ source: String) throws -> String {
        let rule = try #require(try compiler.load(Self.sigma(source)).first).rule
        return try compiler.writeProved(rule, in: .sigma).text
      }
      #expect(try sigma("product: windows, category: process_creation").contains("g: x"))
      #expect(try sigma("product: okta, service: okta").contains("f: x"))
      compiler.options.sigma.pipelines = [
        Source(name: "flag.yml", text: pipeline.replacing("f: g", with: "f: k"))
      ]
      #expect(try sigma("product: windows, category: process_creation").contains("k: x"))
    }
    let error = #expect(throws: Diagnostic.self) {
      try Self.project(Self.text.replacing("severity: high", with: "pipeline: [windows-evtx, nme.yml]"))
    }
    #expect(error?.message.contains("cannot read `nme.yml`") ?? false)
  }

  @Test("a rule without a severity has the log's")
  func severity() throws {
    let compiler = try Self.compiler()
    let rules = try ["product: windows, category: process_creation", "product: okta, service: okta"].map {
      try #require(try compiler.load(Self.sigma($0)).first).rule.severity
    }
    #expect(rules == [.high, nil])
  }
}

/// The command line finds the project, and the example shows it.
@Suite("Project on the command line") struct ProjectCommandTests {
  static let files = [
    "concord.yml":
      "logs:\n  a:\n    source: {product: x}\n    splunk: {index: i}\ndefaults:\n  to: splunk\n  since: -2h\n",
    "rules/r.yml": "title: t\nlogsource: {product: x}\ndetection:\n  s: {f: v}\n  condition: s\n",
  ]

  @Test("it is found from the working folder upwards; flags and --project override it")
  func found() throws {
    let folder = try Tool.folder(Self.files)
    defer { try? FileManager.default.removeItem(at: folder) }
    let below = try Tool.run(["compile", "r.yml"], in: folder.appendingPathComponent("rules"))
    #expect(
      below.output.contains("\nindex=i earliest=-2h \"v\"") || below.output.contains("index=i earliest=-2h"))
    #expect(below.code == 0)
    let flagged = try Tool.run(["compile", "rules", "--since", "-1h"], in: folder)
    #expect(flagged.output.contains("index=i earliest=-1h"))
    let other = folder.appendingPathComponent("other.yml")
    try Data("defaults: {to: sigma}\n".utf8).write(to: other)
    let given = try Tool.run(["compile", "rules/r.yml", "--project", other.path], in: folder)
    #expect(given.output.contains("logsource:") && !given.output.contains("index=i"))
  }

  @Test("what is wrong with it ends the run, at its place")
  func wrong() throws {
    let folder = try Tool.folder([
      "concord.yml": "logs:\n  a:\n    sorce: {}\n", "r.yml": Self.files["rules/r.yml"] ?? "",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["check", "r.yml"], in: folder)
    #expect(result.code == 3)
    #expect(result.errors.contains("error[E206]: unknown key `sorce` of log `a`\n --> concord.yml:3:5"))
    #expect(result.errors.contains("did you mean `source`?"))
  }

  @Test("the example: 20 rules of four logs for two platforms by one command, each proved")
  func example() throws {
    let folder = Shared.root.appendingPathComponent("Examples/project")
    let out = try Tool.folder()
    defer { try? FileManager.default.removeItem(at: out) }
    let result = try Tool.run(["compile", "rules", "--proved", "--out", out.path], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("40 exact, 0 refused, 0 bad"))
    let manifest = try String(contentsOf: out.appendingPathComponent("manifest.json"), encoding: .utf8)
    #expect(manifest.components(separatedBy: "\"proved\": true").count == 41)
    for (file, line) in [
      ("cloudtrail/root-used.sql", "FROM \"lake\".\"cloudtrail\""),
      ("windows/log-cleared.sql", "FROM \"lake\".\"sysmon\""),
      ("okta/mfa-reset.sql", "FROM \"lake\".\"okta\""), ("linux/root-login.sql", "FROM \"lake\".\"sshd\""),
      ("okta/mfa-reset.spl", "`okta_system_log` earliest=-24h"),
      ("linux/root-login.spl", "index=unix sourcetype=sshd_json"),
    ] {
      let text = try String(contentsOf: out.appendingPathComponent(file), encoding: .utf8)
      #expect(text.contains(line), "\(text)")
    }
    #expect(try Tool.run(["check", "rules"], in: folder).code == 0)
  }
}
