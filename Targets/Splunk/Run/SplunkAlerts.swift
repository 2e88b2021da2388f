import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Searches that count: `stats` makes a row of each group, and what stands behind it filters these rows.
extension SplunkRunner {
  /// The alerts that a search with `stats` raises of logs: the rows that come out of it. Throws what `run` throws, and
  /// where no `stats` is in it.
  static func alerts(_ query: String, options: LanguageOptions) throws(Diagnostic) -> AlertQuery {
    let (runner, source) = try ready(query, options)
    return { (log) throws(Diagnostic) in
      do throws(Diagnostic) { return try runner.alerts(in: log) } catch { throw error.located(in: source) }
    }
  }

  private func alerts(in log: [LoggedEvent]) throws(Diagnostic) -> [Alert] {
    var answers: [[Alert]] = []
    for evaluator in SplunkInterpretation.all.map(SplunkEvaluator.init) {
      if query.setsWindows {
        for reading in SplunkStreamReading.all(of: query) {
          answers.append(
            try SplunkStreamer(runner: self, evaluator: evaluator, reading: reading).alerts(in: log))
        }
      } else {
        answers.append(try alerts(in: log, evaluator))
      }
      if !evaluator.reading.wasAsked { break }
    }
    guard let first = answers.first, answers.allSatisfy({ Set($0) == Set(first) }) else {
      throw .splunkCornerRows
    }
    return first
  }

  private func alerts(in log: [LoggedEvent], _ evaluator: SplunkEvaluator) throws(Diagnostic) -> [Alert] {
    for (place, command) in query.commands.enumerated() {
      let rest = query.commands[(place + 1)...]
      if let statistics = command.groups {
        var rows: [SplunkRow] = []
        let steps = steps(query.commands[..<place], evaluator)
        for logged in log {
          let row = row(of: logged)
          if try SplunkRunner.pass(row, steps) { rows.append(row) }
        }
        return try alerts(of: rows, statistics, rest, evaluator)
      }
      if case .model(let search) = command.kind {
        return try alerts(
          of: try rows(of: search, in: log, evaluator, command.span), search.statistics, rest, evaluator,
          fill: search.fill)
      }
    }
    throw .splunkUnread("a search without `stats` as one that counts", nil)
  }

  /// The events of a data set that `tstats` counts, each with the start of its span.
  private func rows(
    of search: SplunkModelSearch, in log: [LoggedEvent], _ evaluator: SplunkEvaluator, _ span: Span?
  ) throws(Diagnostic) -> [SplunkRow] {
    guard let set = SplunkDataSet(search.model) else { throw .splunkUnread("this data model", span) }
    // Whether it is one to `tstats` is not known.
    if search.condition?.namesNetwork == true {
      throw .splunkUnread("a network in `WHERE` of `tstats`", span)
    }
    let found = SplunkSearchEvaluator(reading: evaluator.reading, isExtracted: true)
    var rows: [SplunkRow] = []
    for logged in log {
      let known = logged.event.place[SplunkPlaces.dataModel]
      if !known.isEmpty, !known.contains(where: { $0.sameScalars(as: set.name) }) { continue }
      let row = SplunkRow(logged.event, in: set)
      row["nodename"] = .text(set.root)
      if let condition = search.condition, try !found.holds(condition, row) { continue }
      if search.statistics.group.contains("_time") {
        guard let seconds = search.seconds else { throw .splunkUnread("`tstats` by this span", span) }
        guard let second = logged.second else { continue }
        row["_time"] = .number((Double(second) / Double(seconds)).rounded(.down) * Double(seconds))
      }
      rows.append(row)
    }
    return rows
  }

  /// The groups of the rows that the commands behind `stats` keep. `fill`: the text that stands for a field without a
  /// value.
  private func alerts(
    of rows: [SplunkRow], _ statistics: SplunkStatistics, _ rest: ArraySlice<SplunkCommand>,
    _ evaluator: SplunkEvaluator, fill: String? = nil
  ) throws(Diagnostic) -> [Alert] {
    // What is made of numbers is computed where it is asked: of texts it may be shown.
    let counted = statistics.measures.filter { measure in
      measure.isCounted || measure.isOfNumbers && rest.contains { $0.filters(by: measure.name) }
    }
    let others = Set(statistics.measures.map(\.name)).subtracting(counted.map(\.name))
    let steps = steps(try asked(rest, not: others), evaluator)
    let times = timeFields
    var alerts: [Alert] = []
    for (key, rows) in SplunkRunner.groups(of: rows, by: statistics.group, fill: fill) {
      var fields = zip(statistics.group, key).map { ($0, $1.value) }
      for measure in counted {
        fields.append((measure.name, try measure.value(of: rows, evaluator)))
      }
      guard try SplunkRunner.pass(SplunkRow(fields: fields), steps) else { continue }
      let named = zip(statistics.group, key)
      alerts.append(
        Alert(
          group: named.filter { !times.contains($0.0) }.map { $0.1.isFill ? nil : ScalarText($0.1.text) },
          start: named.first { times.contains($0.0) }.flatMap { $0.1.number.map { Int($0) } }))
    }
    return alerts
  }

  /// The row of an event of a log, which knows when it happened.
  func row(of logged: LoggedEvent) -> SplunkRow {
    let row = row(of: logged.event)
    if let second = logged.second { row["_time"] = .number(Double(second)) }
    return row
  }

  /// The rows of each combination of the fields' values, in the order in which they are met; without fields, one of no rows
  /// too. `fill`: the text that stands for a field without a value.
  static func groups(
    of rows: [SplunkRow], by names: [String], fill: String? = nil
  ) -> [(key: [SplunkGroupValue], rows: [SplunkRow])] {
    if names.isEmpty { return [([], rows)] }
    var (order, groups): ([[SplunkGroupValue]], [[SplunkGroupValue]: [SplunkRow]]) = ([], [:])
    for row in rows {
      let keys = names.reduce([[]]) { keys, name in
        keys.flatMap { key in row.values(of: name, fill).map { key + [$0] } }
      }
      for key in keys {
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(row)
      }
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// The commands behind `stats` without what only shows something. Throws where one asks a column that is not computed
  /// here.
  private func asked(
    _ rest: ArraySlice<SplunkCommand>, not columns: Set<String>
  ) throws(Diagnostic) -> ArraySlice<SplunkCommand> {
    var unknown = columns
    var result: [SplunkCommand] = []
    for (index, command) in zip(rest.indices, rest) {
      switch command.kind {
      case .rename(let renamings):
        for renaming in renamings {
          if let from = SplunkWildcards.prefix(renaming.from), let to = SplunkWildcards.prefix(renaming.to) {
            let names = unknown.filter { $0.hasPrefix(from) }
            unknown = unknown.subtracting(names).union(names.map { to + $0.dropFirst(from.count) })
          } else if unknown.remove(renaming.from) != nil {
            unknown.insert(renaming.to)
          }
        }
        result.append(command)
      case .eval(let assignments):
        // What a filter asks of these is decided when it is met.
        let isShown = !rest[(index + 1)...].contains { later in
          later.asksSomething && later.asks(Set(assignments.map(\.name)))
        }
        if isShown || command.asks(unknown) {
          unknown.formUnion(assignments.map(\.name))
        } else {
          result.append(command)
        }
      case .search, .filter, .regex, .extract, .table, .fields, .spath, .stats, .stream, .model, .bin,
        .display,
        .makeresults,
        .append:
        if command.asks(unknown) {
          throw .splunkUnread("a column of `stats` other than a count", command.span)
        }
        result.append(command)
      }
    }
    return result[...]
  }

  /// The fields that hold a time: `_time`, and what `bin` or `eval` made of it alone.
  var timeFields: Set<String> {
    query.commands.reduce(into: ["_time"]) { fields, command in
      switch command.kind {
      case .bin(let bin): if fields.contains(bin.field) { fields.insert(bin.name) }
      case .eval(let assignments):
        for assignment in assignments {
          let own = assignment.value.fields
          if !own.isEmpty, own.allSatisfy(fields.contains) { fields.insert(assignment.name) }
        }
      case .search, .filter, .regex, .extract, .table, .fields, .rename, .spath, .stats, .stream, .model,
        .display,
        .makeresults,
        .append:
        break
      }
    }
  }
}

/// A value by which a row is grouped.
struct SplunkGroupValue: Hashable {
  let value: SplunkValue
  let text: String
  /// Whether it stands for no value.
  var isFill = false
  var number: Double? { value.number }

  static func == (left: Self, right: Self) -> Bool { left.text.sameScalars(as: right.text) }
  func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(text)) }
}

extension SplunkRow {
  /// The different values of a field, of which each is a group; where it has none, the text that stands for that.
  fileprivate func values(of name: String, _ fill: String?) -> [SplunkGroupValue] {
    let values = values(of: name)
    // What Splunk knows of the place is never absent.
    guard values.isEmpty, let fill, SplunkPlaces.fact(name) == nil else { return values }
    return [SplunkGroupValue(value: .text(fill), text: fill, isFill: true)]
  }

  /// The different values of a field, of which each is a group; none where it has none.
  func values(of name: String) -> [SplunkGroupValue] {
    switch self[name] {
    case .null: return []
    case .bool(let value): return [SplunkGroupValue(value: .bool(value), text: value ? "true" : "false")]
    case .list(let items):
      var seen: Set<ScalarText> = []
      return items.filter { seen.insert(ScalarText($0)).inserted }.map {
        SplunkGroupValue(value: .text($0), text: $0)
      }
    case .text, .number:
      return self[name].text.map { [SplunkGroupValue(value: self[name], text: $0)] } ?? []
    }
  }
}

extension SplunkStatistics.Measure {
  /// Whether it is a number of events or of values.
  fileprivate var isCounted: Bool {
    switch (function.lowercased(), argument) {
    case ("count", _), ("c", _), ("dc", .field), ("distinct_count", .field): true
    default: false
    }
  }

  /// Whether it is made of numbers.
  fileprivate var isOfNumbers: Bool {
    argument != nil && ["sum", "avg", "mean", "min", "max"].contains(function.lowercased())
  }

  /// What it is of the rows of a group. NULL where a function of numbers has none. [Search Reference, "Statistical and
  /// charting functions"]
  func value(of rows: [SplunkRow], _ evaluator: SplunkEvaluator) throws(Diagnostic) -> SplunkValue {
    let function = function.lowercased()
    guard isOfNumbers else {
      return .number(Double(try count(of: rows, evaluator)))
    }
    let formula: SplunkFormula
    switch argument {
    case nil: return .null
    case .field(let name): formula = evaluator.formula(.field(name))
    case .expression(let expression): formula = evaluator.formula(expression)
    }
    var (numbers, texts): ([Double], [String]) = ([], [])
    for row in rows {
      let value = try formula(row)
      if case .list = value { throw .splunkUnread("`\(function)` of several values of one event", nil) }
      if let text = value.text { texts.append(text) }
      if let number = value.number { numbers.append(number) }
    }
    let isOfOrder = function == "min" || function == "max"
    // Where a value is no number they are compared as texts.
    if isOfOrder, numbers.count < texts.count {
      texts.sort { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
      return (function == "min" ? texts.first : texts.last).map(SplunkValue.text) ?? .null
    }
    guard let least = numbers.min(), let most = numbers.max() else { return .null }
    switch function {
    case "sum": return .number(numbers.reduce(0, +))
    case "min": return .number(least)
    case "max": return .number(most)
    default: return .number(numbers.reduce(0, +) / Double(numbers.count))
    }
  }

  /// How many there are in the rows of a group. [Search Reference, "Statistical and charting functions"]
  private func count(of rows: [SplunkRow], _ evaluator: SplunkEvaluator) throws(Diagnostic) -> Int {
    switch argument {
    case nil: return rows.count
    case .field(let name):
      let values = rows.map { $0.values(of: name) }
      return function.lowercased().hasPrefix("c")
        ? values.count { !$0.isEmpty } : Set(values.flatMap { $0 }).count
    case .expression(let expression):
      let holds = evaluator.test(expression)
      var count = 0
      for row in rows where try holds(row) { count += 1 }
      return count
    }
  }
}

extension SplunkCommand {
  /// Whether which rows there are depends on a field, or its value goes by another name from here on.
  fileprivate func filters(by name: String) -> Bool {
    if case .rename = kind { return asks([name]) }
    return asksSomething && asks([name])
  }

  /// The groups that it makes rows of: those of `stats`, and of `dedup` of fields, which gives a row of each combination of
  /// their values. [Search Reference, "stats", "dedup"]
  fileprivate var groups: SplunkStatistics? {
    switch kind {
    case .stats(let statistics): return statistics
    case .display(let display):
      guard let names = display.fieldsOfDedup, !names.isEmpty else { return nil }
      return SplunkStatistics(measures: [], group: names)
    case .search, .eval, .filter, .regex, .extract, .table, .fields, .rename, .spath, .stream, .model, .bin,
      .makeresults, .append:
      return nil
    }
  }
}
