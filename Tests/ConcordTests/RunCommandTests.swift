import Concord
import Foundation
import TestSupport
import Testing

/// `concord run`, on an engine that a script plays: the interpreter that `concord` starts in DuckDB's place.
@Suite("run")
struct RunCommandTests {
  static let rules = [
    "rules/a.yml": DiffCommandTests.rule(#"eventName starts_with "a""#, id: "A", severity: "High"),
    "rules/b.yml": DiffCommandTests.rule(#"eventName starts_with "b""#, id: "B"),
  ]

  /// A row of the answer, as the engine's script prints it.
  static func row(_ labels: [String], _ name: String, _ time: String) -> String {
    let labels = labels.map { "\"\($0)\"" }.joined(separator: ",")
    return #"[[\#(labels)],"\#(time)","id","\#(name)"]"#
  }

  /// A folder with rules and a script that answers for each day of 2024-06 with these lines of shell.
  static func folder(_ days: [String: String], rules: [String: String] = rules) throws -> URL {
    let cases = days.sorted { $0.key < $1.key }.map { "  2024-06-\($0.key)) \($0.value) ;;" }
    // `$6` is what is to be done; the statement asks for events from the first time in it on.
    let script = """
      #!/bin/sh
      statement=$(cat)
      printf '%s %s' "$6" "$statement" | tr '\\n' ' ' >> "$ASKED"; echo >> "$ASKED"
      if [ "$6" = check ]; then echo '{"end":0}'; exit 0; fi
      day=$(printf '%s' "$statement" | grep -o '2024-06-[0-9][0-9]' | head -n 1)
      echo '{"columns":["rules","eventtime","eventid","eventname"]}'
      rows() { printf '{"rows":[%s]}\\n{"end":%s}\\n' "$1" "$2"; }
      case $day in
      \(cases.joined(separator: "\n"))
        *) echo '{"end":0}' ;;
      esac

      """
    let folder = try Tool.folder(rules.merging(["python": script]) { $1 })
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.appendingPathComponent("python").path)
    return folder
  }

  static func environment(_ folder: URL) -> [String: String] {
    [
      "CONCORD_ENGINES_PYTHON": folder.appendingPathComponent("python").path,
      "CONCORD_DUCKDB_DATABASE": "lake.duckdb", "ASKED": folder.appendingPathComponent("asked").path,
    ]
  }

  static func run(_ arguments: [String], in folder: URL, days: String = "03") throws -> Tool.Result {
    try Tool.run(
      ["run", "rules", "--engine", "duckdb", "--since", "2024-06-01", "--until", "2024-06-\(days)"]
        + arguments,
      in: folder, environment: environment(folder))
  }

  static func asked(_ folder: URL) throws -> [String] {
    let text = try String(contentsOf: folder.appendingPathComponent("asked"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

  /// Two days with an event each.
  static let plain = [
    "01": "rows '\(row(["A"], "ax", "2024-06-01T10:00:00Z"))' 1",
    "02": "rows '\(row(["B"], "bx", "2024-06-02T10:00:00Z"))' 1",
  ]

  @Test("each event stands on a line with its rule and what decided, slice by slice")
  func ndjson() throws {
    let folder = try Self.folder(Self.plain)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.run([], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines.first == """
        {"rule":"A","title":"A","severity":"high","time":"2024-06-01T10:00:00Z",\
        "explanation":[{"test":"eventName starts_with \\"a\\"","values":{"eventName":["ax"]}}],\
        "event":{"eventtime":"2024-06-01T10:00:00Z","eventid":"id","eventName":"ax"}}
        """, "\(result.output)")
    #expect(lines.count == 2)
    #expect(
      result.errors.contains(
        """
        2 events of 2 of 2 rules; 2 of 2 slices whole
        every event that duckdb gave meets the rules it was given with
        not looked at: events without a time, and before 2024-06-01T00:00:00Z or from 2024-06-03T00:00:00Z on
        """), "\(result.errors)")
    let asked = try Self.asked(folder)
    #expect(asked.map { String($0.prefix(6)) } == ["check ", "stream", "stream"])
    #expect(asked[1].contains(#""eventtime" >= '2024-06-01T00:00:00Z'"#), "\(asked[1])")
    #expect(asked[1].contains(#""eventtime" < '2024-06-02T00:00:00Z'"#), "\(asked[1])")
    let failing = try Self.run(["--fail-on-match"], in: folder)
    #expect(failing.code == 1)
  }

  @Test(
    "the other formats",
    arguments: [
      ("text", "2024-06-01T10:00:00Z  A\n    eventName starts_with \"a\"    eventName = \"ax\"\n"),
      ("table", "rule  events  2024-06-01  2024-06-02\nA          1           1           ·\n"),
      ("table", "\n2 events of 2 of 2 rules; 2 of 2 slices whole\n"),
      ("markdown", "| <code>A</code> | high | 1 | 1 |  |\n| <code>B</code> | low | 1 |  | 1 |\n"),
      ("html", "<title>2024-06-01: 1</title>"), ("html", "<tr><td>B</td><td>low</td><td class=\"n\">1</td>"),
      ("sarif", "\"text\": \"1 event of A\\n2024-06-01: 1\""),
    ])
  func formats(_ format: String, _ expected: String) throws {
    let folder = try Self.folder(Self.plain)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.run(["--format", format], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains(expected), "\(result.output)")
  }

  @Test("an event of which the engine says something else than the rules is an error with the event")
  func disagreement() throws {
    let row = Self.row(["A"], "bad\\u001b[2J", "2024-06-01T10:00:00Z")
    let folder = try Self.folder(["01": "rows '\(row)' 1"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.run([], in: folder)
    #expect(result.code == 1, "\(result.errors)")
    #expect(result.output.isEmpty, "\(result.output)")
    #expect(
      result.errors.contains("error[E510]: `duckdb` says that `A` holds, and it is `B` that does, of {"))
    #expect(!result.errors.contains("\u{1B}"), "\(result.errors)")
    #expect(result.errors.contains("duckdb and the rules say different things of 1 event"))
  }

  @Test("rules that count are refused one by one, and the others are asked")
  func counting() throws {
    let folder = try Self.folder(
      Self.plain,
      rules: Self.rules.merging([
        "rules/c.sql": """
        SELECT useridentity.arn, count(*) FROM cloudtrail_logs WHERE eventname = 'a'
        GROUP BY useridentity.arn HAVING count(*) >= 5

        """
      ]) { $1 })
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Self.run([], in: folder)
    #expect(result.code == 2, "\(result.errors)")
    #expect(result.errors.contains("error[E426]"), "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 2, "\(result.output)")
  }

  @Test("a run that fails says what is whole, and goes on there with --resume")
  func resume() throws {
    let folder = try Self.folder([
      "01": "rows '\(Self.row(["A"], "a1", "2024-06-01T10:00:00Z"))' 1",
      "02":
        "if [ -e mended ]; then rows '\(Self.row(["A"], "a2", "2024-06-02T10:00:00Z"))' 1; else "
        + #"printf '%s\n' '{"rows":[]}' '{"stage":"run","error":"no\u001b[2J memory"}'; fi"#,
      "03": "rows '\(Self.row(["B"], "b3", "2024-06-03T10:00:00Z"))' 1",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    // The script runs in a folder of its own.
    let file = folder.appendingPathComponent("python")
    let script = try String(contentsOf: file, encoding: .utf8)
    try script.replacing("-e mended", with: "-e '\(folder.path)/mended'")
      .write(to: file, atomically: false, encoding: .utf8)
    let first = try Self.run(["--resume", "ledger"], in: folder, days: "04")
    #expect(first.code == 4, "\(first.errors)")
    #expect(first.output.contains("a1") && !first.output.contains("a2"))
    #expect(first.errors.contains("error[E706]: duckdb failed on the query: run: no"), "\(first.errors)")
    #expect(!first.errors.contains("\u{1B}"), "\(first.errors)")
    #expect(first.errors.contains("1 event of 1 of 2 rules; 1 of 3 slices whole"), "\(first.errors)")
    #expect(
      first.errors.contains("not looked at: from 2024-06-02T00:00:00Z to 2024-06-04T00:00:00Z\n"),
      "\(first.errors)")
    try Data().write(to: folder.appendingPathComponent("mended"))
    let second = try Self.run(["--resume", "ledger"], in: folder, days: "09")
    #expect(second.code == 0, "\(second.errors)")
    #expect(!second.output.contains("a1") && second.output.contains("a2") && second.output.contains("b3"))
    #expect(
      second.errors.contains("3 events of 2 of 2 rules; 3 of 3 slices whole, 1 of them by an earlier run"),
      "\(second.errors)")
    let third = try Self.run(["--resume", "ledger", "--slice", "12h"], in: folder, days: "04")
    #expect(third.code == 3 && third.errors.contains("error[E717]"), "\(third.errors)")
  }

  @Test("a run that was killed while it printed a slice says so, and prints that slice again")
  func halfPrinted() throws {
    let folder = try Self.folder(Self.plain)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try Self.run(["--resume", "ledger"], in: folder).code == 0)
    let ledger = folder.appendingPathComponent("ledger")
    let lines = try String(contentsOf: ledger, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 5)
    // As if it had been killed behind the second slice's last event.
    try (lines.prefix(4).joined(separator: "\n") + "\n").write(to: ledger, atomically: false, encoding: .utf8)
    let again = try Self.run(["--resume", "ledger"], in: folder)
    #expect(again.code == 0 && again.output.split(separator: "\n").count == 1, "\(again.output)")
    #expect(
      again.errors.contains(
        "warning[W718]: the run ended while it wrote what it found from 2024-06-02T00:00:00Z to "
          + "2024-06-03T00:00:00Z: all of that is written again"), "\(again.errors)")
  }

  @Test("an interrupt ends the query, and says what is whole")
  func interrupt() throws {
    let folder = try Self.folder([
      "01": "rows '\(Self.row(["A"], "a1", "2024-06-01T10:00:00Z"))' 1", "02": "sleep 300",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = try Tool.process(
      ["run", "rules", "--engine", "duckdb", "--since", "2024-06-01", "--until", "2024-06-04"], in: folder,
      environment: Self.environment(folder))
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let start = Date()
    while Date().timeIntervalSince(start) < 120, ((try? Self.asked(folder)) ?? []).count < 3 {
      Thread.sleep(forTimeInterval: 0.05)
    }
    process.interrupt()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130, "\(said)")
    #expect(said.contains("1 event of 1 of 2 rules; 1 of 3 slices whole"), "\(said)")
    #expect(
      said.contains(
        "not looked at: from 2024-06-02T00:00:00Z to 2024-06-04T00:00:00Z, since it was interrupted"),
      "\(said)")
  }

  @Test(
    "wrong usage",
    arguments: [
      (["rules"], "name the engine whose tables are asked", Int32(3)),
      (["rules", "--engine", "splunk"], "error[E70", 3),
      (
        ["rules", "--engine", "duckdb", "--slice", "1x"], "option `--slice` needs a length of time, not `1x`",
        3
      ),
      (["rules", "--engine", "duckdb", "--max-scan", "x"], "option `--max-scan` needs a number of bytes", 3),
      (
        ["rules", "--engine", "duckdb", "--since", "2024-06-02", "--until", "2024-06-01"],
        "there is no time from 2024-06-02T00:00:00Z", 3
      ),
      (
        ["rules", "--engine", "duckdb", "--since", "1990-01-01", "--slice", "1s"],
        "`--slice` makes more than 100000 slices", 3
      ),
    ])
  func usage(_ arguments: [String], message: String, code: Int32) throws {
    let folder = try Self.folder(Self.plain)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["run"] + arguments, in: folder, environment: Self.environment(folder))
    #expect(result.code == code && result.errors.contains(message), "\(result.errors)")
  }
}
