import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Statements that count: `GROUP BY` makes a row of each group, and `HAVING` filters these.
extension AthenaRunner {
  /// The alerts that a statement raises of logs: the rows that come out of it. The time column of its table holds each
  /// event's time. Throws what `run` throws, and where the statement does not count.
  static func alerts(_ query: String, options: LanguageOptions) throws(Diagnostic) -> AlertQuery {
    let source = Source(text: query)
    let written = try AthenaParser.query(source)
    if written.looksAround { return try AthenaStreamer.alerts(written, source, options) }
    let hops = AthenaHops.match(written)
    let statement = try (hops?.rest ?? written).flattened(source)
    guard statement.countsRows || hops != nil else {
      throw .unsupportedSQL("a statement without `GROUP BY` as one that counts", in: source, at: nil)
    }
    let table = try AthenaTable(for: statement, options)
    let groups = try AthenaGroups(statement, hops?.hops, source, table)
    return { (log) throws(Diagnostic) in try groups.alerts(of: log) }
  }
}

/// A statement that counts, ready to be asked of logs.
private struct AthenaGroups {
  /// What tells groups apart.
  private enum Key {
    /// A span of so many seconds.
    case span(Int)
    /// Spans of which several have one event.
    case hops(AthenaHops)
    /// The expression of that place among those that are evaluated.
    case value(Int)
  }

  /// One call that counts.
  private struct Count {
    /// Its first argument, by place; `nil` of `count(*)`.
    var argument: Int?
    /// Whether equal values are one.
    var isDistinct = false
    /// Whether it counts where its argument is true.
    var isOfTruths = false
    /// `sum`, `avg`, `min` or `max`, of numbers; `nil` of what counts.
    var ofNumbers: String?

    /// The type of what it makes of `bigint` or `double`. [Trino docs, aggregate.md]
    var kind: AthenaKind { ofNumbers == "avg" ? .double : .bigint }
  }

  private let prepared: AthenaPreparedQuery
  private let table: AthenaTable
  private var keys: [Key] = []
  /// The spans of which an event must have one, by the place of `IS NOT NULL` in the statement: time is in no row.
  private var needsTime = false
  private let counts: [Count]
  private let having: AthenaCompiled?

  init(
    _ statement: AthenaQuery, _ hops: AthenaHops?, _ source: Source, _ table: AthenaTable
  ) throws(Diagnostic) {
    self.table = table
    var (values, counts): ([AthenaExpression], [Count]) = ([], [])
    var plain = statement
    for expression in statement.groupExpressions {
      if let seconds = expression.secondsOfSpan(table) {
        keys.append(.span(seconds))
        let asked = plain.predicate?.conjuncts ?? []
        let rest = asked.filter { $0 != AthenaExpression(.isNull(expression, negated: true)) }
        needsTime = needsTime || rest.count < asked.count
        plain.predicate = rest.isEmpty ? nil : .and(rest)
      } else {
        keys.append(.value(values.count))
        values.append(expression)
      }
    }
    if let hops {
      guard table.isMoment(hops.time) else {
        throw .unsupportedSQL("spans of another time", in: source, at: hops.time.span)
      }
      keys.append(.hops(hops))
      needsTime = true
    }
    let filtered = statement.having.map { having in
      having.rewritten { expression in
        guard case .aggregate(let call) = expression.kind else { return nil }
        var count = Count()
        if let argument = call.arguments.first {
          let value = call.filter.map { .call("if", $0, argument) } ?? argument
          (count.argument, count.isDistinct) = (values.count, call.isDistinct)
          count.isOfTruths = call.function == "count_if"
          values.append(value)
        } else if let filter = call.filter {
          (count.argument, count.isOfTruths) = (values.count, true)
          values.append(filter)
        }
        if ["sum", "avg", "min", "max"].contains(call.function), call.arguments.count == 1, !call.isDistinct {
          count.ofNumbers = call.function
        } else if !["count", "count_if"].contains(call.function) || call.arguments.count > 1 {
          return nil
        }
        counts.append(count)
        return .name("count \(counts.count)")
      }
    }
    prepared = try AthenaPreparedQuery(plain, source.text, table, values: values)
    var compiler = AthenaEvaluator(
      source,
      .columns(counts.enumerated().map { AthenaKind.Field(name: "count \($0 + 1)", kind: $1.kind) }))
    having = try filtered.map { (tree) throws(Diagnostic) in try compiler.predicate(tree) }
    self.counts = counts
  }

  func alerts(of log: [LoggedEvent]) throws(Diagnostic) -> [Alert] {
    var (order, rows): ([Alert], [Alert: [[AthenaValue]]]) = ([], [:])
    // Without `GROUP BY` there is one row, of no events too.
    if keys.isEmpty { (order, rows) = ([Alert(group: [], start: nil)], [:]) }
    for logged in log {
      if needsTime, logged.second == nil { continue }
      let cells = prepared.keptCells(of: logged.event)
      guard try prepared.finds(logged.event, cells: cells) else { continue }
      let values = try prepared.values(of: cells)
      var (group, starts): ([ScalarText?], [Int?]) = ([], [nil])
      for key in keys {
        switch key {
        case .span(let seconds):
          starts = [logged.second.map { $0.floored(by: seconds) * seconds }]
        case .hops(let hops): starts = logged.second.map(hops.starts) ?? []
        case .value(let place): group.append(try values[place].shown.map(ScalarText.init))
        }
      }
      for start in starts {
        let alert = Alert(group: group, start: start)
        if rows[alert] == nil, !keys.isEmpty { order.append(alert) }
        rows[alert, default: []].append(values)
      }
    }
    var alerts: [Alert] = []
    for alert in order where try holds(of: rows[alert] ?? []) { alerts.append(alert) }
    return alerts
  }

  private func holds(of rows: [[AthenaValue]]) throws(Diagnostic) -> Bool {
    guard let having else { return true }
    var cells: [AthenaValue] = []
    for count in counts {
      guard let place = count.argument else {
        cells.append(.bigint(Int64(rows.count)))
        continue
      }
      let values = rows.map { $0[place] }
      if let function = count.ofNumbers {
        cells.append(try AthenaValue.made(by: function, of: values))
        continue
      }
      let counted: Int
      if count.isOfTruths {
        counted = values.count { $0.truth == true }
      } else if count.isDistinct {
        var seen: Set<ScalarText> = []
        for value in values { if let text = try value.shown { seen.insert(ScalarText(text)) } }
        counted = seen.count
      } else {
        counted = values.count { !$0.isNull }
      }
      cells.append(.bigint(Int64(counted)))
    }
    return try having.run(AthenaFrame(row: cells)).truth == true
  }
}

extension AthenaValue {
  /// What `sum`, `avg`, `min` or `max` makes of whole numbers: NULL of none, and `avg` a double. [Trino docs,
  /// aggregate.md]
  static func made(by function: String, of values: [AthenaValue]) throws(Diagnostic) -> AthenaValue {
    var numbers: [Int64] = []
    for value in values where !value.isNull {
      guard case .bigint(let number) = value else {
        throw .unsupportedSQL("`\(function)` of values that are not `bigint`", in: Source(text: ""), at: nil)
      }
      numbers.append(number)
    }
    guard let least = numbers.min(), let most = numbers.max() else { return .null }
    switch function {
    case "min": return .bigint(least)
    case "max": return .bigint(most)
    case "sum":
      var sum: Int64 = 0
      for number in numbers {
        let (next, overflows) = sum.addingReportingOverflow(number)
        if overflows { throw .unsupportedSQL("a sum beyond `bigint`", in: Source(text: ""), at: nil) }
        sum = next
      }
      return .bigint(sum)
    default: return .double(numbers.reduce(0.0) { $0 + Double($1) } / Double(numbers.count))
    }
  }

  /// The text by which values of one column are told apart; `nil` for NULL.
  var shown: String? {
    get throws(Diagnostic) {
      switch self {
      case .null: return nil
      case .varchar(let text), .json(let text): return text
      case .boolean(let value): return value ? "true" : "false"
      case .bigint(let value): return String(value)
      case .decimal, .double, .ipaddress, .array, .map, .row:
        throw .unsupportedSQL("a group or count by values of this type", in: Source(text: ""), at: nil)
      }
    }
  }
}

extension AthenaHops {
  /// The starts of the spans of a second: `sequence` counts up or down to its end.
  fileprivate func starts(_ second: Int) -> [Int?] {
    let bounds = [first, last].map { (second + $0).floored(by: every) }
    guard let low = bounds.min(), let high = bounds.max() else { return [] }
    return (low...high).map { $0 * every - last }
  }
}

extension AthenaExpression {
  /// How many seconds the spans have that it tells apart, of the table's time; `nil` of anything else. [Trino docs,
  /// datetime.md]
  fileprivate func secondsOfSpan(_ table: AthenaTable) -> Int? {
    guard !namedColumns.isEmpty, namedColumns.allSatisfy({ AthenaLiteral.isSameName($0, table.timeColumn) })
    else {
      return nil
    }
    switch kind {
    case .call("floor", let arguments):
      if case .quotient(_, let divisor)? = arguments.first?.kind { return Int(divisor) }
    case .call("date_trunc", let arguments):
      if case .string(let unit)? = arguments.first?.kind {
        return ["second": 1, "minute": 60, "hour": 3600, "day": 86_400][unit]
      }
    default: break
    }
    return nil
  }

  private var namedColumns: [String] {
    if case .name(let name) = kind { return [name] }
    var names: [String] = []
    forEachOperand { names += $0.namedColumns }
    return names
  }
}
