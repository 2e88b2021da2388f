import Concord
import Foundation
import TestSupport
import Testing

/// `concord scan`, run as a user runs it.
@Suite("concord scan")
struct ScanCommandTests {
  static let rule = """
    AnalysisType: rule
    RuleID: Stop.Logging
    DisplayName: A trail was stopped
    Severity: High
    Condition: |
      eventName eq "StopLogging"
      not errorCode exists
    OutputFields:
      - user
    """
  static let events = [
    #"{"eventName":"ListUsers","eventTime":"2024-05-01T10:00:00Z","user":"a"}"#,
    #"{"eventName":"StopLogging","eventTime":"2024-05-01T10:10:00Z","user":"b"}"#,
    #"{"eventName":"StopLogging","eventTime":"2024-05-01T10:20:00Z","user":"c","errorCode":"AccessDenied"}"#,
    #"{"eventName":"StopLogging","eventTime":"2024-05-01T11:00:00Z","user":"d"}"#,
  ]
  static let lines = events.joined(separator: "\n") + "\n"

  static func folder(_ more: [String: String] = [:]) throws -> URL {
    try Tool.folder(["rule.yml": rule, "log.ndjson": lines].merging(more) { $1 })
  }

  /// Runs a line of the shell, in which `concord` is the tool.
  static func shell(_ line: String, in folder: URL) throws -> (code: Int32, output: String, errors: String) {
    guard let tool = Tool.executable else { throw Tool.Missing() }
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] =
      tool.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    environment["LC_ALL"] = "C.UTF-8"
    environment["COLUMNS"] = "60"
    environment["NO_COLOR"] = nil
    let result = try Command.run(
      "/bin/bash", ["-c", line], in: folder, environment: environment, capturingErrors: true)
    return (
      result.status, String(decoding: result.output, as: UTF8.self),
      String(decoding: result.errors, as: UTF8.self)
    )
  }

  static let selections: [(String, String)] = [
    ("concord scan rule.yml log.ndjson --count", "2"), ("concord scan log.ndjson rule.yml -c", "2"),
    ("concord scan -c rule.yml . --logs log.ndjson 2>/dev/null", "4"),
    ("concord scan -c rule.yml - < log.ndjson", "2"),
    ("concord scan -c rule.yml < log.ndjson", "2"), ("gzip -c log.ndjson | concord scan -c rule.yml -", "2"),
    ("concord scan -c rule.yml 'lo*'", "4"), ("concord scan -c --rules . log.ndjson", "2"),
    ("concord scan -c rule.yml --logs log.yml", "2"),
    ("cp rule.yml a.txt; concord scan -c a.txt -- log.yml", "2"),
    ("mkdir d; cp log.ndjson d/x; gzip -k d/x; concord scan -c rule.yml d", "4"),
    (#"concord scan -c -e 'user eq "d"' log.ndjson"#, "1"),
    ("concord scan -c rule.yml log.ndjson --since 2024-05-01T11:00:00Z", "1"),
    ("concord scan -c rule.yml log.ndjson --until 2024-05-01T11:00:00Z", "1"),
    ("concord scan -c rule.yml log.ndjson --first 1", "1"),
    ("concord scan -c rule.yml log.ndjson --strict -j 3", "2"),
  ]

  @Test("rules and logs are told apart, and found wherever they are", arguments: selections)
  func selection(_ line: String, _ expected: String) throws {
    let folder = try Self.folder(["log.yml": Self.lines])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.shell(line, in: folder)
    #expect(result.output.trimmingCharacters(in: .newlines) == expected, "\(result.errors)")
  }

  @Test("a match is a line of JSON with the rule, the place, the time and the event's own bytes")
  func records() throws {
    let folder = try Self.folder(["array.json": "[\(Self.events.joined(separator: ",\n"))]"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let head = #"{"rule":"Stop.Logging","title":"A trail was stopped","severity":"high","source":"#
    let result = try Self.shell("concord scan rule.yml log.ndjson array.json --jobs 2", in: folder)
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(
      result.output
        == [
          head + #""log.ndjson","line":2,"time":"2024-05-01T10:10:00Z","event":"# + Self.events[1] + "}",
          head + #""log.ndjson","line":4,"time":"2024-05-01T11:00:00Z","event":"# + Self.events[3] + "}",
          head + #""array.json","number":2,"time":"2024-05-01T10:10:00Z","event":"# + Self.events[1] + "}",
          head + #""array.json","number":4,"time":"2024-05-01T11:00:00Z","event":"# + Self.events[3] + "}",
          "",
        ].joined(separator: "\n"))
    for line in result.output.split(separator: "\n") { _ = try JSON.parse(String(line)) }
  }

  @Test("the summary has a row a rule, a histogram over time, and what was scanned")
  func table() throws {
    let folder = try Self.folder(["more/users.yml": Self.rule.replacing("StopLogging", with: "ListUsers")])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.shell("concord scan --rules more rule.yml log.ndjson -f table", in: folder)
    let lines = result.output.components(separatedBy: "\n")
    #expect(lines[0] == "rule          matches  first                 last")
    #expect(lines[1] == "Stop.Logging        1  2024-05-01T10:00:00Z  2024-05-01T10:00:00Z")
    #expect(lines[2] == "  █" + String(repeating: "·", count: 57))
    #expect(lines[3] == "Stop.Logging        2  2024-05-01T10:10:00Z  2024-05-01T11:00:00Z")
    #expect(
      lines[4] == "  " + String(repeating: "·", count: 9) + "█" + String(repeating: "·", count: 47) + "█")
    #expect(lines[5] == "  2024-05-01T10:00:00Z to 2024-05-01T11:00:00Z, 62.1 s a column")
    #expect(lines[6].hasPrefix("3 of 4 events match; 1 log, "))
    let plain = try Self.shell("NO_COLOR=1 concord scan rule.yml log.ndjson -f table", in: folder)
    #expect(plain.output.utf8.allSatisfy { $0 < 0x80 })
    let both = try Self.shell("concord scan --rules more rule.yml log.ndjson -c", in: folder)
    #expect(both.output == "1\tStop.Logging\n2\tStop.Logging\n")
  }

  @Test("a rule whose id is a UUID is shown by its title; programs get the id")
  func names() throws {
    let sigma = """
      title: Users are listed
      id: 6ec820f2-e963-4801-9127-d8b2dce4d31b
      logsource: {product: aws, service: cloudtrail}
      detection: {users: {eventName: listusers}, condition: users}
      """
    let folder = try Self.folder(["sigma.yml": sigma])
    defer { try? FileManager.default.removeItem(at: folder) }
    let table = try Self.shell("concord scan sigma.yml log.ndjson -f table", in: folder)
    #expect(table.output.contains("\nUsers are listed        1  2024-05-01T10:00:00Z"), "\(table.errors)")
    let text = try Self.shell("concord scan sigma.yml log.ndjson -f text -q", in: folder)
    #expect(text.output == "2024-05-01T10:00:00Z  log.ndjson:1  Users are listed\n")
    let records = try Self.shell("concord scan sigma.yml log.ndjson", in: folder)
    #expect(
      records.output.hasPrefix(#"{"rule":"6ec820f2-e963-4801-9127-d8b2dce4d31b","title":"Users are listed""#))
  }

  @Test("the summary for programs")
  func json() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.shell("concord scan rule.yml log.ndjson -f json", in: folder)
    let value = try #require(Event(try JSON.parse(result.output)))
    func text(_ path: FieldPath) -> [String] { value.values(at: path).compactMap(\.value.comparedText) }
    #expect(text(FieldPath("rules", "matches")) == ["2"])
    #expect(text(FieldPath("rules", "first")) == ["2024-05-01T10:10:00Z"])
    #expect(text(FieldPath("events")) == ["4"])
    #expect(text(FieldPath("complete")) == ["true"])
    #expect(text(FieldPath("rules", "histogram")).compactMap(Int.init).reduce(0, +) == 2)
  }

  @Test("--explain shows the tests that decided and their values")
  func explain() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try Self.shell("concord scan rule.yml log.ndjson --explain -f text -q --first 1", in: folder)
    #expect(
      text.output == """
        2024-05-01T10:10:00Z  log.ndjson:2  Stop.Logging  user=b
            eventName eq "StopLogging"    eventName = "StopLogging"
            errorCode is_null    errorCode = absent

        """)
    let json = try Self.shell("concord scan rule.yml log.ndjson --explain --first 1", in: folder)
    #expect(
      json.output.contains(
        #""explanation":[{"test":"eventName eq \"StopLogging\"","values":{"eventName":["StopLogging"]}},"#))
  }

  static let usage: [(String, Int32, String)] = [
    (
      "concord scan log.ndjson", 3,
      "error[E901]: name a rule\nhelp: `concord scan rule.yml logs/`; what ends in .yml, .yaml, .py, .sql or .spl is a rule\n"
    ),
    (
      "concord scan rules log.ndjson", 3,
      "error[E901]: name a rule\nhelp: `rules` holds rules: `--rules rules`\nhelp: `concord scan rule.yml logs/`; what ends in .yml, .yaml, .py, .sql or .spl is a rule\n"
    ),
    (
      "concord scan rule.yml no.ndjson -c", 3,
      "error[E801]: cannot read the log: no such file or directory\n --> no.ndjson\nincomplete: 1 error, 0 events evaluated\n"
    ),
    (
      "concord scan rule.yml 'no*' -c", 3,
      "error[E801]: cannot read the log: no file matches the pattern\n --> no*\nincomplete: 1 error, 0 events evaluated\n"
    ),
    (
      "concord scan rule.yml empty -c", 3,
      "error[E910]: no logs to scan\nhelp: the folder is empty\n"
    ),
    (
      "concord scan rule.yml log.ndjson --jobs 0", 3,
      "error[E901]: option `--jobs` needs a whole number above 0, not `0`\n"
    ),
    (
      "concord scan rule.yml log.ndjson --since noon", 3,
      "error[E901]: option `--since` needs a moment, not `noon`\nhelp: as 2024-06-01T00:00:00Z, or before the run as -24h\n"
    ),
    (
      "concord scan rule.yml log.ndjson --until 2024-02-31T00:00:00Z", 3,
      "error[E901]: option `--until` needs a moment, not `2024-02-31T00:00:00Z`\nhelp: as 2024-06-01T00:00:00Z, or before the run as -24h\n"
    ),
    ("concord scan rule.yml log.ndjson --fail-on-match -c", 1, ""),
    (#"concord scan -e 'a eq "b"' log.ndjson --fail-on-match -c"#, 0, ""),
  ]

  @Test("exit codes and messages", arguments: usage)
  func exits(_ line: String, _ code: Int32, _ errors: String) throws {
    let folder = try Self.folder(["rules/a.yml": Self.rule])
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("empty"), withIntermediateDirectories: true)
    let result = try Self.shell(line, in: folder)
    #expect(result.code == code)
    #expect(result.errors == errors)
  }

  @Test("a bad rule is named, the others are asked, and the exit code is 2")
  func badRule() throws {
    let folder = try Self.folder(["rules/bad.yml": "title: x\ndetection: {}\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.shell("concord scan -c rule.yml --rules rules log.ndjson", in: folder)
    #expect(result.code == 2)
    #expect(result.output == "2\n")
    #expect(result.errors.contains("rules/bad.yml"))
    #expect(
      result.errors.contains(
        "warning[W804]: bad rules are left out; the scan goes on with 1 other rule\n"))
    let alone = try Self.shell("concord scan -c --rules rules log.ndjson", in: folder)
    #expect(alone.code == 2)
    #expect(alone.output.isEmpty)
  }

  @Test("the example prints what its file says, however many threads work", arguments: [1, 2, 5])
  func example(_ jobs: Int) throws {
    let folder = Shared.root.appendingPathComponent("Examples/scan-logs")
    let expected = try String(contentsOf: folder.appendingPathComponent("expected.ndjson"), encoding: .utf8)
    let result = try Self.shell("concord scan rule.yml logs/ --jobs \(jobs)", in: folder)
    #expect(result.output == expected)
    // Its events have not all that CloudTrail's records are known by.
    let asked = "8 events of which no log is told: asked 1 rule all the same, whatever logs they read"
    #expect(result.errors == "\(asked) (aws/cloudtrail 1; --log-source says it)\n")
    #expect(result.code == 0)
  }
}
