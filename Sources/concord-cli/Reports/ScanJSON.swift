import Concord

/// `scan`'s summary for programs.
enum ScanJSON {
  static func render(_ report: ScanReport) -> String {
    let summary = report.summary
    let rules = zip(report.rules, summary.rules).enumerated().map { place, found in
      let (rule, tally) = found
      var members: [Value.Object.Member] = [
        .init("id", .string(rule.id)), .init("title", .string(rule.title)),
        .init("matches", .number(Number(tally.matches))),
      ]
      if let alerts = report.alerts[place] { members.append(.init("alerts", .number(Number(alerts)))) }
      if let first = tally.times.first, let last = tally.times.last {
        let bars = tally.times.bars(24, from: first, to: last)
        members.append(.init("first", .string(first.text)))
        members.append(.init("last", .string(last.text)))
        members.append(.init("histogram", .array(bars.map { .number(Number($0)) })))
      }
      return Value.object(Value.Object(members))
    }
    let members: [Value.Object.Member] = [
      .init("rules", .array(rules)),
      .init("matchingEvents", .number(Number(summary.matchingEvents))),
      .init("events", .number(Number(summary.events))),
      .init("logs", .number(Number(summary.logs))),
      .init("bytes", .number(Number(summary.bytes))),
      .init("errors", .number(Number(summary.problems))),
      .init("complete", .bool(summary.problems == 0 && !report.isInterrupted && !report.isFull)),
    ]
    return Value.object(Value.Object(members)).prettyJSON + "\n"
  }
}
