import Concord

/// What a run over an engine's tables found, and how far it came.
struct HuntReport: Sendable {
  /// The rules that were asked, and the files that they stand in.
  let rules: [Rule]
  let files: [String]
  /// The engine.
  let engine: String
  /// The slices of time, oldest first.
  let slices: [TimeSlice]
  /// How many of them are whole: the first ones.
  private(set) var whole = 0
  /// How many of these an earlier run had.
  let earlier: Int
  /// What was found in them.
  private(set) var tally = HuntTally()
  /// The first events of which the engine said something else than the rules.
  private(set) var disagreements: [Hunt.Disagreement] = []
  private(set) var seconds = 0.0
  /// The bytes that the engine read in this run, also in vain; `nil` where it does not tell.
  private(set) var bytes: Int?
  /// How often a query was tried again.
  private(set) var retries = 0
  private(set) var isInterrupted = false

  /// How many events that disagree are shown.
  private static let shown = 10

  /// Nothing but what an earlier run found.
  init(
    rules: [Rule], files: [String], engine: String, slices: [TimeSlice],
    earlier: [(slice: TimeSlice, tally: HuntTally)]
  ) {
    (self.rules, self.files, self.engine, self.slices) = (rules, files, engine, slices)
    self.earlier = earlier.count
    for entry in earlier { tally.add(entry.tally) }
    whole = earlier.count
  }

  /// Takes the next slice.
  mutating func add(_ result: SliceResult) {
    whole += 1
    tally.add(result.tally)
    disagreements += result.disagreements.prefix(max(0, HuntReport.shown - disagreements.count))
  }

  /// Takes how it ended.
  mutating func end(seconds: Double, _ state: (bytes: Int?, events: Int, retries: Int), isInterrupted: Bool) {
    (self.seconds, bytes, retries) = (seconds, state.bytes, state.retries)
    self.isInterrupted = isInterrupted
  }

  /// Whether every slice is whole.
  var isWhole: Bool { whole == slices.count }

  /// From when on no slice is whole; `nil` where all are.
  var openSince: Instant? { isWhole ? nil : slices[whole].since }

  /// The time that was asked for.
  var span: TimeSlice { TimeSlice(since: slices[0].since, until: slices[slices.count - 1].until) }

  /// The days of that time up to the first slice that is not whole, as `2024-06-01`; beyond so many, none of them is left
  /// out, but several days are one column.
  func columns(atMost limit: Int) -> [(name: String, days: Set<String>)] {
    var days: [String] = []
    var seconds = span.since.seconds
    // A day is 24 hours in UTC.
    while seconds < span.until.seconds {
      days.append(String(Instant(seconds: seconds).text.prefix(10)))
      seconds = (seconds / 86_400 + 1) * 86_400
    }
    // What the engine gave with other times is not lost.
    days = Set(days + tally.days).sorted()
    let width = max(1, (days.count + limit - 1) / limit)
    return stride(from: 0, to: days.count, by: width).map { start in
      let own = days[start..<min(days.count, start + width)]
      return (own.first ?? "", Set(own))
    }
  }

  /// How many events a rule holds of in each of these columns.
  func counts(of rule: Int, in columns: [(name: String, days: Set<String>)]) -> [Int] {
    let hits = tally.hits[rule] ?? [:]
    return columns.map { column in column.days.reduce(0) { $0 + (hits[$1] ?? 0) } }
  }

  /// The rules in the order in which they are shown: those of most events first.
  var order: [Int] {
    rules.indices.sorted { left, right in
      let (a, b) = (tally.count(of: left), tally.count(of: right))
      return a == b ? left < right : a > b
    }
  }

  /// What was done and found, and what was not looked at: a line each.
  var closing: [String] {
    var lines: [String] = []
    let found = rules.indices.filter { tally.count(of: $0) > 0 }.count
    var parts = [
      "\(ScanText.number(tally.events)) \(tally.events == 1 ? "event" : "events") of \(found) of "
        + counted(rules.count, "rule"),
      "\(whole) of \(counted(slices.count, "slice")) whole"
        + (earlier > 0 ? ", \(earlier) of them by an earlier run" : ""),
    ]
    if let bytes { parts.append("\(ScanText.bytes(bytes)) read") }
    if tally.sampled > 0 { parts.append("\(counted(tally.sampled, "event")) asked the other way round") }
    if retries > 0 { parts.append("\(counted(retries, "query", "queries")) tried again") }
    lines.append(parts.joined(separator: "; "))
    // Of nothing nothing can be said.
    if whole > 0 {
      lines.append(
        tally.disagreements == 0
          ? "every event that \(engine) gave meets the rules it was given with"
          : "\(engine) and the rules say different things of \(counted(tally.disagreements, "event"))")
    }
    if let openSince {
      lines.append(
        "not looked at: from \(openSince.text) to \(span.until.text)\(isInterrupted ? ", since it was interrupted" : "")"
      )
    }
    lines.append(
      "not looked at: events without a time, and before \(span.since.text) or from \(span.until.text) on")
    return lines
  }
}

extension Hunt.Disagreement {
  /// What is wrong, with the event.
  func diagnostic(_ engine: String) -> Diagnostic {
    func names(_ labels: [String]) -> String {
      labels.isEmpty ? "no rule" : labels.map { "`\($0)`" }.joined(separator: ", ")
    }
    return Diagnostic(
      .engineDisagrees,
      "`\(engine)` says that \(names(given)) holds, and it is \(names(expected)) that does, of "
        + Value.object(event.object).compactJSON,
      help: ["this is a defect of Concord, or of the engine: please report it with the rule and the event"])
  }
}
