import Concord
import TestSupport
import Testing

/// The emitted Athena SQL of rules that count, on DuckDB: `Tests/Engines/athena_duckdb.py`.
@Suite("Engines: rules that count, on DuckDB", .waitsForPrograms) struct EnginesCountingTests {
  /// How many generated rules, and how many logs of each.
  static let (ruleCount, logCount) = (60, 12)

  /// A log of a rule, as DuckDB is given it.
  private struct Case {
    let rule: Rule
    let log: [LoggedEvent]
    let request: AthenaOnDuckDB
  }

  @Test("generated rules raise the alerts that they mean")
  func generated() throws {
    var cases: [Case] = []
    var refused = 0
    var options = LanguageOptions()
    options.schema = Source(name: "pool.sql", text: CountedRules.ddl)
    for seed in 1...UInt64(Self.ruleCount) {
      let rule = CountedRules.rule(seed: seed &+ 77_000)
      guard let query = try? Language.athena.write(rule, options: options).text else {
        refused += 1
        continue
      }
      let boundary = BoundaryEvents(for: rule.condition, fixtures: rule.fixtures)
      let logs =
        BoundaryLogs(for: rule, boundary: boundary, keptBy: [.athena], options: options)?.probes ?? []
      let step = max(1, logs.count / Self.logCount)
      for index in stride(from: Int(seed) % step, to: logs.count, by: step) {
        let events = logs[index].log.map { logged in
          var object = logged.event.object
          object["eventtime"] = logged.second.map { .string(Instant(seconds: $0).text) }
          return Value.object(object).compactJSON
        }
        let request = AthenaOnDuckDB(ddl: CountedRules.ddl, events: events, queries: [query], groups: true)
        cases.append(Case(rule: rule, log: logs[index].log, request: request))
      }
    }
    let what = "\(cases.count) logs of \(Self.ruleCount - refused) rules that count"
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", cases.map(\.request), as: AthenaOnDuckDB.Answer.self, skipping: what)
    else { return }
    var (compared, raised) = (0, 0)
    for (item, answer) in zip(cases, answers) where answer.leftOut.isEmpty {
      let query = item.request.queries[0]
      guard let rows = answer.results.first?.groups else {
        Issue.record("\(answer.results.first?.error ?? "no answer")\n\(query)")
        continue
      }
      let aggregate = try #require(item.rule.aggregate)
      let meant = item.rule.detectionAnywhere.alerts(in: item.log)
      compared += 1
      raised += meant.count
      let found = rows.map { Self.alert($0, aggregate) }
      if !found.areSame(as: meant) {
        Issue.record(
          "means \(meant), says \(found)\n\(item.request.events.joined(separator: "\n"))\n\(query)")
      }
    }
    #expect(compared > 200 && raised > 50, "\(compared) logs, \(raised) alerts")
    Engine.note("DuckDB: \(compared) logs of rules that count, \(raised) alerts; \(refused) rules refused")
  }

  /// The alert of a row: the group's fields come first, and the first event's time tells the span.
  private static func alert(_ row: [String?], _ aggregate: Aggregate) -> Alert {
    let first = row.dropLast().last.flatMap { $0 }.flatMap(Instant.init)
    let group = row.prefix(aggregate.group.count).map { $0.map(ScalarText.init) }
    if case .hops(let seconds, let every) = aggregate.period {
      let number = row.dropFirst(aggregate.group.count).first.flatMap { $0 }.flatMap(Int.init)
      return Alert(group: group, start: number.map { $0 * every - seconds })
    }
    return Alert(
      group: group,
      start: aggregate.window.flatMap { window in
        // Behind the group stands the second that ends the window.
        row.dropFirst(aggregate.group.count).first.flatMap { $0 }.flatMap(Double.init).map {
          Int($0) - window
        }
      }
        ?? aggregate.span.flatMap { span in
          first.map { $0.seconds.floored(by: span) * span }
        })
  }
}
