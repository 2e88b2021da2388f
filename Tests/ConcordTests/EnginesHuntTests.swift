import Concord
import Foundation
import TestSupport
import Testing

/// Runs over real engines: every event that comes back is put to the rules here, and those that should come back do.
@Suite("Runs on engines", .serialized)
struct EnginesHuntTests {
  /// An engine each of whose statements is over rows of its own.
  struct Lake: TableEngine {
    let engine: any TableEngine
    /// What stands before a statement: `WITH` and the rows.
    let rows: String
    var identifier: String { engine.identifier }
    var tellsBytes: Bool { engine.tellsBytes }

    func rows(of query: String) throws(Diagnostic) -> [Value.Object] { try engine.rows(of: rows + query) }
    func validate(_ statement: String, _ control: QueryControl) throws(Diagnostic) {
      try engine.validate(rows + statement, control)
    }
    func stream(
      _ statement: String, _ control: QueryControl, _ take: (RowPage) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
      try engine.stream(rows + statement, control, take)
    }
  }

  /// The hours of a day.
  private static let slices = TimeSlice.slices(
    from: Instant(seconds: 1_717_200_000), to: Instant(seconds: 1_717_200_000 + 86_400), of: 21_600)

  @Test("generated packs over events of all rules on Trino, asked both ways round")
  func trino() throws {
    guard let engine = try TrinoTests.engine(for: "4 runs on Trino") as? any TableEngine else { return }
    var generator = PackGenerator(seed: 21, sizes: 2...12)
    var (rules, events, sampled) = (0, 0, 0)
    for _ in 0..<4 {
      let pack = generator.rules()
      let (tally, outcome) = try run(pack, engine)
      #expect(outcome.isEmpty, "\(outcome.first ?? "")")
      (rules, events, sampled) = (rules + pack.count, events + tally.events, sampled + tally.sampled)
    }
    Engine.note("runs on Trino: \(rules) rules, \(events) events of \(sampled), each as meant")
    #expect(events > 0 && sampled > events)
  }

  /// A run of rules over boundary events of all of them, spread over a day; what is wrong.
  private func run(_ rules: [Rule], _ engine: any TableEngine) throws -> (HuntTally, [String]) {
    var options = PackTests.pool
    options.athena.timeColumn = "happened"
    options.schema = options.schema.map { schema in
      Source(
        name: schema.name,
        text: schema.text.replacing(/\(/, maxReplacements: 1) { _ in "(\n  happened STRING," })
    }
    let compiler = Compiler(options: options)
    let hunt = try compiler.hunt(rules, in: .athena, first: Self.slices[0], sample: 1000)
    let asked = hunt.places.map { rules[$0] }
    let kept = try PackAgreement.events(for: asked, in: .athena, boundary: 4, options: options)
    let events = kept.enumerated().map { number, event in
      var object = event.object
      let time = Instant(seconds: 1_717_200_000 + number * 86_400 / max(1, kept.count))
      object["happened"] = .string(time.text)
      return Event(object)
    }
    let role = try #require(Language.athena.packs?.trial)
    let kind = try #require(Language.athena.engines.first { $0.name == engine.identifier })
    var tally = HuntTally()
    var wrong: [String] = []
    for (place, statement) in hunt.first.enumerated() {
      // The rows that stand before the statement whose answer is lists of labels, as that for packs has them.
      let trial = try role(statement.text, [], events, kind, options)
      let end = try #require(trial.range(of: "\n)\n")).upperBound
      let lake = Lake(engine: engine, rows: String(trial[..<end]))
      let run = Hunt(
        hunt.asked, on: lake, Hunt.Options(),
        statements: { (slice) throws(Diagnostic) in [try hunt.statements(for: slice)[place]] },
        render: { _ in [] })
      let control = HuntControl()
      try run.validate(Self.slices[0], control)
      try run.run(Self.slices, control) { (_, result) throws(Diagnostic) in
        tally.add(result.tally)
        wrong += result.disagreements.map {
          "\($0.given), and not \($0.expected), of \(Value.object($0.event.object).compactJSON)\n\(statement.text)"
        }
      }
      let members = statement.rules.map { hunt.asked[$0] }
      let meant = events.count { event in members.contains { $0.condition.holds(of: event) } }
      if place == 0, hunt.first.count == 1, meant != tally.events {
        wrong.append("\(tally.events) of \(meant) events came")
      }
    }
    return (tally, wrong)
  }

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
