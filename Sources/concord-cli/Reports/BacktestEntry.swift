import Concord

/// What `backtest` reports of a rule.
enum BacktestEntry {
  /// How many values of a field are shown, and how many days.
  private static let limits = (values: 5, fields: 6, days: 14)

  /// The entry of a rule; `fails`: whether a change is a fault.
  static func entry(_ pair: RulePair, _ change: ChangeTally, fails: Bool) -> Report.Entry {
    var entry = Report.Entry(path: pair.path, rule: pair.id)
    if change.isRefused {
      entry.isClean = false
      entry.lines = [TextLine("\(pair.path): \(pair.id): not asked, since a version is refused")]
      return entry
    }
    entry.isClean = !(fails && change.isChange)
    for (code, severity, side, verb) in [
      (Diagnostic.Code.eventsLost, Diagnostic.Severity.warning, change.lost, "loses"),
      (.eventsGained, .note, change.gained, "gains"),
    ] where side.count > 0 {
      let diagnostic = Diagnostic(
        code, severity: fails ? .error : severity, "the rule \(verb) \(counted(side.count, "event"))",
        in: (pair.new ?? pair.old)?.source, at: nil)
      entry.findings.append(
        Report.Finding(diagnostic: diagnostic, isTold: true, identity: "\(pair.id):\(verb)"))
    }
    entry.lines = lines(pair, change)
    entry.facts = [
      ("before", .number(Number(change.before))), ("after", .number(Number(change.after))),
      ("lost", facts(change.lost)), ("gained", facts(change.gained)),
    ]
    return entry
  }

  private static func lines(_ pair: RulePair, _ change: ChangeTally) -> [TextLine] {
    let kinds = pair.isSwitched ? (" (switched on)", " (switched off)") : (" (new)", " (removed)")
    let kind = pair.old == nil ? kinds.0 : pair.new == nil ? kinds.1 : ""
    let events = "\(ScanText.number(change.before)) \(change.before == 1 ? "event" : "events")"
    let counts = "\(events) before, \(ScanText.number(change.after)) after"
    var lines: [TextLine] = ["\(pair.path): \(pair.id)\(kind): \(counts)"]
    for (verb, side, style) in [
      ("loses", change.lost, TextLine.Style.bad), ("gains", change.gained, .warning),
    ] where side.count > 0 {
      lines.append("  \(verb, style) \(ScanText.number(side.count)): \(days(side))")
      for example in side.examples {
        let event = shortened(Value.object(example.event.object).compactJSON, to: 300)
        lines.append("    \(example.time ?? "no time")  \(event)")
      }
      for (field, values) in top(side) { lines.append("    \(field): \(values)") }
    }
    if !change.isChange { lines.append("  the same events") }
    return lines
  }

  private static func days(_ side: ChangeTally.Side) -> String {
    let days = side.days.sorted { $0.key < $1.key }
    let shown = days.prefix(limits.days).map { "\($0.key) \(ScanText.number($0.value))" }
    return shown.joined(separator: ", ") + (days.count > limits.days ? ", …" : "")
  }

  /// The fields that decided with their most frequent values.
  private static func top(_ side: ChangeTally.Side) -> [(field: String, values: String)] {
    side.values.sorted { $0.key < $1.key }.prefix(limits.fields).map { field, counts in
      let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let shown = sorted.prefix(limits.values).map {
        "\(shortened($0.key, to: 60)) \(ScanText.number($0.value))"
      }
      return (field, shown.joined(separator: ", ") + (sorted.count > limits.values ? ", …" : ""))
    }
  }

  private static func facts(_ side: ChangeTally.Side) -> Value {
    func counts(_ counts: [String: Int]) -> Value {
      .members(counts.sorted { $0.key < $1.key }.map { ($0.key, .number(Number($0.value))) })
    }
    return .members([
      ("events", .number(Number(side.count))), ("days", counts(side.days)),
      ("examples", .array(side.examples.map { .object($0.event.object) })),
      ("values", .members(side.values.sorted { $0.key < $1.key }.map { ($0.key, counts($0.value)) })),
    ])
  }
}
