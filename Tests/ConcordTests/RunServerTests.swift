import Concord
import Foundation
import TestSupport
import Testing

/// `concord run` and `concord backtest` on servers: what a user sees of Trino and Splunk, and of their faults.
@Suite("run on servers", .serialized)
struct RunServerTests {
  typealias Answer = StubServer.Answer

  private static let columns =
    #""columns":[{"name":"rules"},{"name":"eventtime"},{"name":"eventid"},{"name":"eventname"}]"#
  private static let checked = Answer(body: #"{"id":"q","columns":[{"name":"Valid"}],"data":[[true]]}"#)

  /// A page of Trino's with an event of rule `A` of each name, and what more there is.
  private static func page(_ names: [String], _ more: String = "") -> Answer {
    let rows = names.map { #"[["A"],"2024-06-01T10:00:00Z","id","\#($0)"]"# }
    return Answer(body: #"{"id":"q",\#(columns),"data":[\#(rows.joined(separator: ","))]\#(more)}"#)
  }
  private static func waiting(_ more: String = "") -> Answer {
    Answer(body: #"{"id":"q","nextUri":"{base}/v1/statement/q/1"\#(more)}"#)
  }

  private static func environment(_ server: StubServer) -> [String: String] {
    [
      "CONCORD_TRINO_URL": server.base, "CONCORD_TRINO_USER": "auditor", "CONCORD_SPLUNK_URL": server.base,
      "CONCORD_SPLUNK_TOKEN": "hunter2", "CONCORD_ENGINE_TIMEOUT": "60",
    ]
  }

  private static func arguments(_ engine: String, until: String = "2024-06-03") -> [String] {
    ["run", "rules", "--engine", engine, "--since", "2024-06-01", "--until", until]
  }

  private static func run(
    _ engine: String, _ server: StubServer, _ more: [String] = [], until: String = "2024-06-03"
  ) throws -> Tool.Result {
    let folder = try Tool.folder(RunCommandTests.rules)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Tool.run(
      arguments(engine, until: until) + more, in: folder, environment: environment(server))
  }

  @Test("--max-scan ends the run, and the query on the server")
  func scanLimit() throws {
    func bytes(_ count: Int) -> String { #","stats":{"physicalInputBytes":\#(count)}"# }
    let script = [
      Self.checked, Self.page(["ax"], bytes(60_000_000)), Self.waiting(bytes(39_000_000)),
      Self.waiting(bytes(41_000_000)),
    ]
    guard let server = try StubServer(script, skipping: "1 run on a server") else { return }
    let result = try Self.run("trino", server, ["--max-scan", "100MB"])
    #expect(result.code == 4, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
    #expect(
      result.errors.contains(
        "error[E716]: the engine has read 101000000 bytes, and `--max-scan` allows 100000000"),
      "\(result.errors)")
    #expect(result.errors.contains("1 of 2 slices whole; 101 MB read"), "\(result.errors)")
    #expect(result.errors.contains("not looked at: from 2024-06-02T00:00:00Z"), "\(result.errors)")
    #expect(try server.requests().last?.method == "DELETE")
  }

  @Test(
    "--max-scan is refused where the engine does not tell what it reads", arguments: ["splunk", "duckdb"])
  func noBytes(_ engine: String) throws {
    let folder = try RunCommandTests.folder(RunCommandTests.plain)
    defer { try? FileManager.default.removeItem(at: folder) }
    let splunk = ["CONCORD_SPLUNK_URL": "http://127.0.0.1:1", "CONCORD_SPLUNK_TOKEN": "x"]
    let result = try Tool.run(
      ["run", "rules", "--engine", engine, "--max-scan", "1GB"], in: folder,
      environment: RunCommandTests.environment(folder).merging(splunk) { $1 })
    #expect(result.code == 3, "\(result.errors)")
    #expect(result.errors.contains("`\(engine)` does not tell how much it reads"), "\(result.errors)")
  }

  /// Where a run is when the user ends it: the server's answers, after how many requests, and what is whole.
  static let stages: [(name: String, answers: [Answer], requests: Int, printed: Int, whole: String)] = [
    ("while statements are checked", [waiting()], 3, 0, "0 of 2 slices whole"),
    ("while the check is not answered", [Answer(body: "{}", delay: 60)], 1, 0, "0 of 2 slices whole"),
    ("while the query waits", [checked, waiting()], 4, 0, "0 of 2 slices whole"),
    (
      "in the middle of rows",
      [checked, page(["ax"]), page(["ay"], #","nextUri":"{base}/v1/statement/q/1""#), waiting()], 5, 1,
      "1 of 2 slices whole"
    ),
    (
      "while a page is not answered", [checked, page(["ax"]), waiting(), Answer(body: "{}", delay: 60)], 4, 1,
      "1 of 2 slices whole"
    ),
    ("while it waits to try again", [checked, page(["ax"]), Answer(status: 0)], 5, 1, "1 of 2 slices whole"),
    (
      "while the server is too busy",
      [checked, page(["ax"]), Answer(status: 503, headers: ["Retry-After": "50"])], 3, 1,
      "1 of 2 slices whole"
    ),
  ]

  @Test("an interrupt ends the run at each stage, and says what is whole", arguments: stages.indices)
  func interrupt(_ place: Int) throws {
    let stage = Self.stages[place]
    guard let server = try StubServer(stage.answers, skipping: "1 run on a server") else { return }
    let folder = try Tool.folder(RunCommandTests.rules)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = try Tool.process(Self.arguments("trino"), in: folder, environment: Self.environment(server))
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let start = Date()
    while Date().timeIntervalSince(start) < 120, try server.requests().count < stage.requests {
      Thread.sleep(forTimeInterval: 0.05)
    }
    process.interrupt()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130, "\(stage.name): \(said)")
    #expect(said.contains(stage.whole) && said.contains("since it was interrupted"), "\(stage.name): \(said)")
    #expect(!said.contains("error["), "\(stage.name): \(said)")
    #expect(printed.split(separator: "\n").count == stage.printed, "\(stage.name): \(printed)")
  }

  #if os(Linux)
    @Test("an answer without end takes little memory")
    func memory() throws {
      let endless = Answer(body: #"{"data":[[""# + String(repeating: "a", count: 80 << 20))
      let dense = Answer(body: #"{"data":["# + String(repeating: "[[],1],", count: 1_000_000) + "[1]]}")
      for answer in [endless, dense] {
        guard let server = try StubServer([Self.checked, answer], skipping: "1 run on a server") else {
          return
        }
        let folder = try Tool.folder(RunCommandTests.rules)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = try Tool.process(
          Self.arguments("trino"), in: folder, environment: Self.environment(server))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var peak = 0
        while process.isRunning {
          let status =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
          let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
          peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
          Thread.sleep(forTimeInterval: 0.01)
        }
        #expect(process.terminationStatus == 4)
        #expect((1...(64 << 10)).contains(peak), "\(peak) kB")
      }
    }
  #endif

  private static func event(_ name: String, _ time: String) -> String {
    #"{\"eventName\":\"\#(name)\",\"eventTime\":\"\#(time)\",\"requestParameters\":{\"n\":[1,null]}}"#
  }
  private static func done(_ count: Int) -> Answer {
    Answer(
      body:
        #"{"entry":[{"content":{"dispatchState":"DONE","isDone":true,"isFinalized":false,"isFailed":false,"#
        + #""eventCount":\#(count),"resultCount":\#(count),"messages":[]}}]}"#)
  }
  private static func results(_ rows: (labels: String, name: String)...) -> Answer {
    let rows = rows.map { row in
      let time = "2024-06-01T10:00:00"
      return
        #"{"_time":"\#(time).000+00:00","rules":\#(row.labels),"_raw":"\#(event(row.name, time + "Z"))"}"#
    }
    return Answer(
      body: #"{"preview":false,"fields":[{"name":"_time"},{"name":"rules"},{"name":"_raw"}],"#
        + #""results":[\#(rows.joined(separator: ","))]}"#)
  }
  private static let parsed = Answer(body: #"{"commands":[]}"#)
  private static let created = Answer(status: 201, body: #"{"sid":"{id}"}"#)

  @Test("Splunk: each event that comes back is put to the rules")
  func splunk() throws {
    let script = [
      Self.parsed, Self.created, Self.done(2), Self.results((#""A""#, "ax"), (#"["A","B"]"#, "ab")),
      Self.created,
      Self.done(0),
    ]
    guard let server = try StubServer(script, skipping: "1 run on a server") else { return }
    let result = try Self.run("splunk", server)
    #expect(result.code == 1, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines.first == """
        {"rule":"A","title":"A","severity":"high","time":"2024-06-01T10:00:00Z",\
        "explanation":[{"test":"eventName starts_with \\"a\\"","values":{"eventName":["ax"]}}],\
        "event":{"eventName":"ax","eventTime":"2024-06-01T10:00:00Z","requestParameters":{"n":[1,null]}}}
        """, "\(result.output)")
    #expect(lines.count == 2)
    #expect(result.errors.contains("error[E510]: `splunk` says that `A`, `B` holds"), "\(result.errors)")
    #expect(result.errors.contains("2 of 2 slices whole"), "\(result.errors)")
    let requests = try server.requests()
    #expect(requests[0].path == "/services/search/v2/parser")
    let search = requests[1].body.removingPercentEncoding ?? ""
    #expect(search.contains("earliest=1717200000 latest=1717286400"), "\(search)")
    #expect(search.contains("| table _time, rules, _raw"), "\(search)")
    #expect(requests.filter { $0.method == "DELETE" }.count == 2)
  }

  @Test("Splunk: events of a sample that match must come back")
  func splunkSample() throws {
    let script = [
      Self.parsed, Self.parsed, Self.created, Self.done(2), Self.results((#""-""#, "ax"), (#""-""#, "other")),
      Self.created, Self.done(0),
    ]
    guard let server = try StubServer(script, skipping: "1 run on a server") else { return }
    let result = try Self.run("splunk", server, ["--check", "10"], until: "2024-06-02")
    #expect(result.code == 1, "\(result.errors)")
    #expect(
      result.errors.contains("error[E510]: `splunk` says that no rule holds, and it is `A` that does"),
      "\(result.errors)")
    #expect(result.errors.contains("2 events asked the other way round"), "\(result.errors)")
    let searches = try server.requests().map { $0.body.removingPercentEncoding ?? "" }
    #expect(searches[2].contains("| head 10\n| table _time, _raw"), "\(searches)")
  }

  @Test("Splunk: what a change gains and loses, with the notes on the search")
  func splunkBacktest() throws {
    let script = [
      Self.parsed, Self.created, Self.done(1), Self.results((#""A at HEAD""#, "ay")), Self.created,
      Self.done(0),
    ]
    guard let server = try StubServer(script, skipping: "1 run on a server") else { return }
    let folder = try Tool.folder([
      "rules/a.yml": DiffCommandTests.rule(#"eventName starts_with "a""#, id: "A")
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    for arguments in DiffCommandTests.committed { try DiffCommandTests.git(arguments, in: folder) }
    let changed = DiffCommandTests.rule(#"eventName ends_with "x""#, id: "A")
    try Data(changed.utf8).write(to: folder.appendingPathComponent("rules/a.yml"))
    let result = try Tool.run(
      [
        "backtest", "rules", "--base", "HEAD", "--engine", "splunk", "--since", "2024-06-01", "--until",
        "2024-06-03",
      ], in: folder, environment: Self.environment(server))
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output.contains("rules/a.yml: A: 1 event before, 0 after\n  loses 1: 2024-06-01 1\n"),
      "\(result.output)")
    // The search names no index, which `run` says as well.
    #expect(result.errors.contains("note[N443]") || result.errors.contains("note[N44"), "\(result.errors)")
  }
}
