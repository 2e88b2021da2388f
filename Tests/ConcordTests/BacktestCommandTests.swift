import Concord
import Foundation
import TestSupport
import Testing

/// `concord backtest`: what a change would have done, by fixtures, by logs and by an engine.
@Suite("backtest")
struct BacktestCommandTests {
  private static let fixtures = """
    Tests:
      - Name: one
        ExpectedResult: true
        Log: {"eventName": "ax", "eventTime": "2024-06-01T10:00:00Z"}
      - Name: two
        ExpectedResult: false
        Log: {"eventName": "bx"}

    """

  /// A repository whose rule changed from events that begin with `a` to those that end in `x`.
  private static func folder(_ days: [String: String] = [:]) throws -> URL {
    let old = DiffCommandTests.rule(#"eventName starts_with "a""#, id: "A") + fixtures
    let folder = try RunCommandTests.folder(
      days,
      rules: ["rules/a.yml": old, "rules/same.yml": DiffCommandTests.rule(#"eventName eq "s""#, id: "S")])
    let log = ["ax", "ay", "bx", "c"].enumerated().map { number, name in
      #"{"eventName":"\#(name)","eventTime":"2024-06-0\#(number + 1)T10:00:00Z"}"# + "\n"
    }
    try Data(log.joined().utf8).write(to: folder.appendingPathComponent("log.ndjson"))
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    let new = DiffCommandTests.rule(#"eventName ends_with "x""#, id: "A") + fixtures
    try Data(new.utf8).write(to: folder.appendingPathComponent("rules/a.yml"))
    return folder
  }

  private func run(_ arguments: [String], in folder: URL) throws -> Tool.Result {
    try Tool.run(
      ["backtest", "--base", "HEAD", "rules"] + arguments, in: folder,
      environment: RunCommandTests.environment(folder))
  }

  @Test("by the fixtures of the rules alone")
  func fixtures() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run([], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output == """
        rules/a.yml: A: 1 event before, 2 after
          gains 1: no time 1
            no time  {"eventName":"bx"}
            eventName: "bx" 1

        2 fixtures asked, and no log: `--engine` or `--events` names some

        """, "\(result.output)")
  }

  @Test("by logs")
  func logs() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(["--events", "log.ndjson", "--fail-on-change"], in: folder)
    #expect(result.code == 1, "\(result.errors)")
    #expect(
      result.output == """
        rules/a.yml: A: 2 events before, 2 after
          loses 1: 2024-06-02 1
            2024-06-02T10:00:00Z  {"eventName":"ay","eventTime":"2024-06-02T10:00:00Z"}
            eventName: "ay" 1
          gains 1: 2024-06-03 1
            2024-06-03T10:00:00Z  {"eventName":"bx","eventTime":"2024-06-03T10:00:00Z"}
            eventName: "bx" 1

        4 events of 1 log asked

        """, "\(result.output)")
  }

  @Test(
    "a rule that is switched off loses its events, one that is switched on gains them, one that stays off is none"
  )
  func switches() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ id: String, _ enabled: Bool, _ condition: String = #"eventName eq "ax""#) throws {
      let text = DiffCommandTests.rule(condition, id: id) + "Enabled: \(enabled)\n"
      try Data(text.utf8).write(to: folder.appendingPathComponent("rules/\(id.lowercased()).yml"))
    }
    try write("A", true)
    try write("B", false)
    try write("C", false)
    for arguments in DiffCommandTests.committed.suffix(2) { try DiffCommandTests.git(arguments, in: folder) }
    try write("A", false)
    try write("B", true)
    try write("C", false, #"eventName eq "c""#)
    let result = try run(["--events", "log.ndjson", "--fail-on-change"], in: folder)
    #expect(result.code == 1, "\(result.errors)")
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("rules/") }
    #expect(
      lines == [
        "rules/a.yml: A (switched off): 1 event before, 0 after",
        "rules/b.yml: B (switched on): 0 events before, 1 after",
      ], "\(result.output)")
  }

  @Test("by an engine, of which one statement answers both versions")
  func engine() throws {
    let folder = try Self.folder([
      "01": "rows '\(RunCommandTests.row(["A at HEAD", "A"], "ax", "2024-06-01T10:00:00Z"))' 1",
      "02": "rows '\(RunCommandTests.row(["A at HEAD"], "ay", "2024-06-02T10:00:00Z"))' 1",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(
      ["--engine", "duckdb", "--since", "2024-06-01", "--until", "2024-06-03", "--format", "markdown"],
      in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("### concord backtest\n"), "\(result.output)")
    #expect(result.output.contains("rules/a.yml: A: 2 events before, 1 after\n  loses 1: 2024-06-02 1\n"))
    #expect(result.output.contains(#"    2024-06-02T10:00:00Z  {"eventtime""#), "\(result.output)")
    #expect(result.output.contains("2 of 2 slices whole"), "\(result.output)")
    #expect(try RunCommandTests.asked(folder).count == 3)
  }

  @Test("without a change there is nothing to ask")
  func same() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(["backtest", "--base", "HEAD", "rules/same.yml"], in: folder)
    #expect(
      result.code == 0 && result.output == "no rule asks anything else since HEAD\n", "\(result.output)")
  }

  @Test(
    "wrong usage",
    arguments: [
      (["backtest", "rules"], "name the commit that the change is from: `--base COMMIT`"),
      (["backtest", "rules", "--base", "HEAD", "--events", "l", "--engine", "duckdb"], "not both"),
      (["backtest", "rules", "--base", "nowhere"], "`nowhere` is not a commit"),
    ])
  func usage(_ arguments: [String], message: String) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Tool.run(arguments, in: folder)
    #expect(result.code == 3 && result.errors.contains(message), "\(result.errors)")
  }
}
