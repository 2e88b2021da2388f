import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What the manuals leave open of rows that are looked at one after another.
struct SplunkStreamReading {
  /// Whether of rows of one time the last comes first.
  var reversesTies: Bool
  /// Whether a time window takes what is exactly so old.
  var isInclusive: Bool

  /// The readings that can make a difference to a search.
  static func all(of query: SplunkQuery) -> [SplunkStreamReading] {
    let looksBack = query.commands.contains { command in
      if case .stream(let stream) = command.kind { stream.seconds != nil } else { false }
    }
    return [true, false].flatMap { ties in
      (looksBack ? [true, false] : [true]).map { SplunkStreamReading(reversesTies: ties, isInclusive: $0) }
    }
  }
}

extension SplunkQuery {
  /// Whether its rows are windows that end at any event: it looks at rows one after another, or groups by the second.
  var setsWindows: Bool {
    commands.contains { command in
      switch command.kind {
      case .stream: true
      case .stats(let statistics): statistics.group.contains("window_end")
      case .search, .eval, .filter, .regex, .extract, .table, .fields, .rename, .spath, .model, .bin,
        .display,
        .makeresults, .append:
        false
      }
    }
  }
}

/// Executes a search whose rows are windows, one command after another.
struct SplunkStreamer {
  let runner: SplunkRunner
  let evaluator: SplunkEvaluator
  let reading: SplunkStreamReading

  /// The rows that come out as alerts: the texts of the fields that `stats` groups by, and the time that was computed last.
  func alerts(in log: [LoggedEvent]) throws(Diagnostic) -> [Alert] {
    var rows = log.map(runner.row)
    var group: [String] = []
    for command in runner.query.commands {
      switch command.kind {
      case .stats(let statistics):
        rows = try grouped(rows, statistics)
        group = statistics.group
      case .stream(let stream): try add(stream, to: rows)
      case .display(let display): rows = try sorted(rows, display, command.span)
      case .rename(let renamings):
        // The group's fields go by their own names here.
        for renaming in renamings where group.contains(renaming.from) {
          group = group.map { $0 == renaming.from ? renaming.to : $0 }
        }
        rows = try passing(rows, command)
      case .search, .filter, .eval, .fields, .table: rows = try passing(rows, command)
      case .regex, .extract, .spath, .model, .bin, .makeresults, .append:
        throw .splunkUnread("this command beside `streamstats`", command.span)
      }
    }
    let times = runner.timeFields
    return rows.map { row in
      Alert(
        group: group.filter { !times.contains($0) }.map { row[$0].text.map(ScalarText.init) },
        start: row["window_start"].number.map { Int($0) })
    }
  }

  private func passing(_ rows: [SplunkRow], _ command: SplunkCommand) throws(Diagnostic) -> [SplunkRow] {
    var kept: [SplunkRow] = []
    let steps = runner.steps([command][...], evaluator)
    for row in rows where try SplunkRunner.pass(row, steps) { kept.append(row) }
    return kept
  }

  /// `sort 0 FIELD`: in order of numbers.
  private func sorted(
    _ rows: [SplunkRow], _ display: SplunkDisplay, _ span: Span?
  ) throws(Diagnostic) -> [SplunkRow] {
    let words = display.text.split(separator: " ")
    guard display.name == "sort", words.count == 2, words[0] == "0" else {
      throw .splunkUnread("`\(display.name)` beside `streamstats`", span)
    }
    var keyed: [(place: Int, time: Double, row: SplunkRow)] = []
    for (place, row) in rows.enumerated() {
      guard let time = row[String(words[1])].number else { throw .splunkUnread("`sort` of no number", span) }
      keyed.append((reading.reversesTies ? -place : place, time, row))
    }
    return keyed.sorted { ($0.time, $0.place) < ($1.time, $1.place) }.map(\.row)
  }

  /// The rows of `stats`: one for each combination of the fields' values.
  private func grouped(
    _ rows: [SplunkRow], _ statistics: SplunkStatistics
  ) throws(Diagnostic) -> [SplunkRow] {
    var result: [SplunkRow] = []
    for (key, rows) in SplunkRunner.groups(of: rows, by: statistics.group) {
      var fields = zip(statistics.group, key).map { ($0, $1.value) }
      for measure in statistics.measures {
        var counted = SplunkRunningValue()
        let taken = taken(by: measure)
        for row in rows { counted.add(try taken(row)) }
        fields.append((measure.name, counted.value(of: measure)))
      }
      result.append(SplunkRow(fields: fields))
    }
    return result
  }

  /// Adds what `streamstats` computes of each row and those before it.
  private func add(_ stream: SplunkStream, to rows: [SplunkRow]) throws(Diagnostic) {
    let measures = stream.statistics.measures
    let takers = measures.map { taken(by: $0) }
    var groups: [[SplunkGroupValue]: [SplunkRunningRows]] = [:]
    for row in rows {
      let key = stream.statistics.group.map { row.values(of: $0) }
      // What `streamstats` makes of a row without a field of `BY`, or with several values, is not documented.
      guard key.allSatisfy({ $0.count == 1 }) else {
        throw .splunkUnread("`streamstats` by a field without one value", nil)
      }
      guard let time = row["_time"].number ?? row["window_end"].number else {
        throw .splunkUnread("`streamstats` without a time", nil)
      }
      // Taken out, or the rows would be copied.
      var counted = groups.removeValue(forKey: key.map { $0[0] }) ?? measures.map { _ in SplunkRunningRows() }
      for place in measures.indices {
        counted[place].add(try takers[place](row), at: time)
        if let window = stream.window { counted[place].keep(last: window) }
        if let seconds = stream.seconds {
          counted[place].drop(before: time - Double(seconds), orAt: !reading.isInclusive)
        }
      }
      groups[key.map { $0[0] }] = counted
      for (place, measure) in measures.enumerated() { row[measure.name] = counted[place].value(of: measure) }
    }
  }

  /// What a function takes of one row.
  private func taken(
    by measure: SplunkStatistics.Measure
  ) -> (SplunkRow) throws(Diagnostic) -> SplunkRunningValue.Item {
    switch (measure.function, measure.argument) {
    case ("count", nil): return { _ in .init(count: 1) }
    case ("count", .field(let name)): return { row in .init(count: row.values(of: name).isEmpty ? 0 : 1) }
    case ("count", .expression(let asked)):
      let holds = evaluator.test(asked)
      return { (row) throws(Diagnostic) in .init(count: try holds(row) ? 1 : 0) }
    case ("dc", .field(let name)): return { row in .init(values: row.values(of: name)) }
    case ("max", .field(let name)), ("min", .field(let name)):
      return { row in .init(number: row[name].number) }
    case ("sum", .expression(let value)), ("max", .expression(let value)):
      let formula = evaluator.formula(value)
      return { (row) throws(Diagnostic) in .init(number: try formula(row).number) }
    default:
      return { (_) throws(Diagnostic) in
        throw .splunkUnread("`\(measure.function)` beside `streamstats`", nil)
      }
    }
  }
}

/// What a function has taken of some rows.
struct SplunkRunningValue {
  /// What it takes of one.
  struct Item {
    var count = 0
    var values: [SplunkGroupValue] = []
    var number: Double?
  }

  private var count = 0
  private var values: [SplunkGroupValue: Int] = [:]
  private var (least, most): (Double?, Double?) = (nil, nil)
  private var (sum, numberCount) = (0.0, 0)

  mutating func add(_ item: Item) {
    count += item.count
    for value in item.values { values[value, default: 0] += 1 }
    guard let number = item.number else { return }
    (least, most) = (min(least ?? number, number), max(most ?? number, number))
    (sum, numberCount) = (sum + number, numberCount + 1)
  }

  func value(of measure: SplunkStatistics.Measure) -> SplunkValue {
    switch measure.function {
    case "count": .number(Double(count))
    case "dc": .number(Double(values.count))
    case "sum": numberCount == 0 ? .null : .number(sum)
    case "min": least.map(SplunkValue.number) ?? .null
    default: most.map(SplunkValue.number) ?? .null
    }
  }

  /// Takes back what an item gave, but for its number.
  fileprivate mutating func drop(_ item: Item) {
    count -= item.count
    for value in item.values {
      let rest = (values[value] ?? 0) - 1
      values[value] = rest > 0 ? rest : nil
    }
  }

  fileprivate mutating func setNumbers(of items: ArraySlice<Item>) {
    (least, most, sum, numberCount) = (nil, nil, 0, 0)
    for item in items { add(Item(number: item.number)) }
  }
}

/// The same of rows that come and go.
private struct SplunkRunningRows {
  private var items: [SplunkRunningValue.Item] = []
  private var times: [Double] = []
  private var first = 0
  private var value = SplunkRunningValue()

  mutating func add(_ item: SplunkRunningValue.Item, at time: Double) {
    items.append(item)
    times.append(time)
    value.add(item)
  }

  mutating func keep(last count: Int) {
    while items.count - first > count { dropFirst() }
  }

  mutating func drop(before time: Double, orAt isDropped: Bool) {
    while first < times.count, times[first] < time || isDropped && times[first] == time { dropFirst() }
  }

  private mutating func dropFirst() {
    let item = items[first]
    first += 1
    value.drop(item)
    if item.number != nil { value.setNumbers(of: items[first...]) }
  }

  func value(of measure: SplunkStatistics.Measure) -> SplunkValue { value.value(of: measure) }
}
