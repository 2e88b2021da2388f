import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Searches that count: `stats` makes a row of each group, and what stands behind it filters these rows.
extension SplunkRunner {
  /// The alerts that a search with `stats` raises of a log: the rows that come out of it. Throws what `run` throws, and
  /// where no `stats` is in it.
  static func alerts(
    _ query: String, in log: [LoggedEvent], options: LanguageOptions
  ) throws(Diagnostic) -> [Alert] {
    let source = Source(name: "<query>", text: query)
    let tree = try SplunkParser.parse(source, options.splunk)
    do {
      return try SplunkRunner(query: tree, isExtracted: options.splunk.extractedFields).alerts(in: log)
    } catch {
      throw error.located(in: source)
    }
  }

  private func alerts(in log: [LoggedEvent]) throws(Diagnostic) -> [Alert] {
    let place = query.commands.firstIndex { if case .stats = $0.kind { true } else { false } }
    guard let place, case .stats(let statistics) = query.commands[place].kind else {
      throw .splunkUnread("a search without `stats` as one that counts", nil)
    }
    var answers: [[Alert]] = []
    for evaluator in SplunkInterpretation.all.map(SplunkEvaluator.init) {
      var rows: [SplunkRow] = []
      for logged in log {
        let row = isExtracted ? SplunkRow(extracted: logged.event) : SplunkRow(logged.event)
        if query.isOfCloudTrail { row.addCloudTrailFields() }
        if let second = logged.second { row["_time"] = .number(Double(second)) }
        if try pass(row, query.commands[..<place], evaluator) { rows.append(row) }
      }
      answers.append(try alerts(of: rows, statistics, query.commands[(place + 1)...], evaluator))
    }
    guard let first = answers.first, answers.allSatisfy({ Set($0) == Set(first) }) else {
      throw .splunkCornerRows
    }
    return first
  }

  /// The groups of the rows that the commands behind `stats` keep.
  private func alerts(
    of rows: [SplunkRow], _ statistics: SplunkStatistics, _ rest: ArraySlice<SplunkCommand>,
    _ evaluator: SplunkEvaluator
  ) throws(Diagnostic) -> [Alert] {
    let uncounted = Set(statistics.measures.filter { !$0.isCounted }.map(\.name))
    if rest.contains(where: { $0.asks(uncounted) }) {
      throw .splunkUnread("a column of `stats` other than a count", nil)
    }
    var (order, groups): ([[SplunkGroupValue]], [[SplunkGroupValue]: [SplunkRow]]) = ([], [:])
    // Without `BY` there is one row, of no events too.
    if statistics.group.isEmpty { (order, groups) = ([[]], [[]: rows]) }
    for row in rows where !statistics.group.isEmpty {
      for key in statistics.group.reduce(
        [[]], { keys, name in keys.flatMap { key in row.values(of: name).map { key + [$0] } } })
      {
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(row)
      }
    }
    let times = timeFields
    var alerts: [Alert] = []
    for key in order {
      var fields = zip(statistics.group, key).map { ($0, $1.value) }
      for measure in statistics.measures where measure.isCounted {
        fields.append((measure.name, .number(Double(try measure.count(of: groups[key] ?? [], evaluator)))))
      }
      guard try pass(SplunkRow(fields: fields), rest, evaluator) else { continue }
      let named = zip(statistics.group, key)
      alerts.append(
        Alert(
          group: named.filter { !times.contains($0.0) }.map { ScalarText($0.1.text) },
          start: named.first { times.contains($0.0) }.flatMap { $0.1.number.map { Int($0) } }))
    }
    return alerts
  }

  /// The fields that hold a time: `_time`, and what `bin` or `eval` made of it alone.
  private var timeFields: Set<String> {
    query.commands.reduce(into: ["_time"]) { fields, command in
      switch command.kind {
      case .bin(let bin): if fields.contains(bin.field) { fields.insert(bin.name) }
      case .eval(let assignments):
        for assignment in assignments {
          let own = assignment.value.fields
          if !own.isEmpty, own.allSatisfy(fields.contains) { fields.insert(assignment.name) }
        }
      case .search, .filter, .regex, .extract, .table, .fields, .rename, .spath, .stats, .display,
        .makeresults,
        .append:
        break
      }
    }
  }
}

/// A value by which a row is grouped.
private struct SplunkGroupValue: Hashable {
  let value: SplunkValue
  let text: String
  var number: Double? { value.number }

  static func == (left: Self, right: Self) -> Bool { left.text.sameScalars(as: right.text) }
  func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(text)) }
}

extension SplunkRow {
  /// The different values of a field, of which each is a group; none where it has none.
  fileprivate func values(of name: String) -> [SplunkGroupValue] {
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

  /// How many there are in the rows of a group. [Search Reference, "Statistical and charting functions"]
  fileprivate func count(of rows: [SplunkRow], _ evaluator: SplunkEvaluator) throws(Diagnostic) -> Int {
    switch argument {
    case nil: return rows.count
    case .field(let name):
      let values = rows.map { $0.values(of: name) }
      return function.lowercased().hasPrefix("c")
        ? values.count { !$0.isEmpty } : Set(values.flatMap { $0 }).count
    case .expression(let expression):
      var count = 0
      for row in rows where try evaluator.holds(expression, row) { count += 1 }
      return count
    }
  }
}
