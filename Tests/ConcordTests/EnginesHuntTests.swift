import Concord
import Foundation
import TestSupport
import Testing

/// Runs over real engines: every event that comes back is put to the rules here, and those that should come back do.
@Suite("Runs on engines", .serialized)
struct EnginesHuntTests {
  @Test("the example's lake on DuckDB gives what its file says")
  func example() throws {
    guard try Engine.isAvailable(for: "1 run on DuckDB"), let python = Engine.python else { return }
    let scratch = try Scratch()
    defer { scratch.remove() }
    let folder = Shared.root.appendingPathComponent("Examples/hunt")
    let lake = scratch.url.appending(path: "lake.duckdb").path
    let made = try Command.run(
      python.path, [folder.appending(path: "make-lake").path, lake], capturingErrors: true)
    #expect(made.status == 0, "\(String(decoding: made.errors, as: UTF8.self))")
    func run(_ more: [String]) throws -> Tool.Result {
      try Tool.run(
        [
          "run", "rules", "--engine", "duckdb", "--since", "2024-06-03", "--until", "2024-06-08", "--check",
          "100",
          "--quiet",
        ] + more, in: folder,
        environment: ["CONCORD_ENGINES_PYTHON": python.path, "CONCORD_DUCKDB_DATABASE": lake])
    }
    let table = try run(["--format", "table"])
    #expect(table.code == 0, "\(table.errors)")
    let expected = try String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)
    #expect(table.output == expected, "\(table.output)")
    // `scan` says the same of the events themselves.
    let scan = try Tool.run(
      ["scan", "--rules", "rules", "events.ndjson", "--format", "ndjson", "--quiet"], in: folder)
    let hits = try run(["--format", "ndjson", "--concurrency", "2", "--slice", "6h"])
    func pairs(_ text: String) -> [String] {
      text.split(separator: "\n").map { line in
        let value = try? JSON.parse(String(line))
        let id = member(value, "event", "eventid") ?? member(value, "event", "eventID")
        return "\(member(value, "rule")?.comparedText ?? "") \(id?.comparedText ?? "")"
      }.sorted()
    }
    #expect(pairs(hits.output) == pairs(scan.output))
    #expect(pairs(hits.output).count > 40)
  }
}
