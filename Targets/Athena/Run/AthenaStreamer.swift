import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension AthenaQuery {
  /// Whether something is computed of the rows around each row, here or within.
  var looksAround: Bool {
    expressions.contains(where: \.looksAround) || from.contains(where: \.looksAround)
  }
}

extension AthenaExpression {
  /// Whether it computes something of the rows around.
  fileprivate var looksAround: Bool {
    if case .windowed = kind { return true }
    var found = false
    forEachOperand { found = found || $0.looksAround }
    return found
  }
}

/// Executes a statement over the rows of another that looks at the rows around each row: level by level, from the events.
struct AthenaStreamer {
  /// Rows under the names of their columns.
  private struct Rows {
    var columns: [AthenaKind.Field]
    var rows: [[AthenaValue]]

    func place(of name: String) -> Int? {
      columns.firstIndex { AthenaLiteral.isSameName($0.name, name) }
    }
  }

  private let source: Source
  private let levels: [AthenaQuery]
  private let prepared: AthenaPreparedQuery
  private let names: [String]
  /// The columns of the events that hold the second of each, which is in no row.
  private let times: Set<Int>
  private let needsTime: Bool

  /// The alerts of logs: the rows that come out, by the columns before `window_end`; each begins as many seconds before it
  /// as the statement looks back.
  static func alerts(
    _ statement: AthenaQuery, _ source: Source, _ options: LanguageOptions
  ) throws(Diagnostic) -> AlertQuery {
    let streamer = try AthenaStreamer(statement, source, options)
    return { (log) throws(Diagnostic) in try streamer.alerts(of: log) }
  }

  private init(
    _ statement: AthenaQuery, _ source: Source, _ options: LanguageOptions
  ) throws(Diagnostic) {
    var (levels, events) = ([AthenaQuery](), statement)
    while let inner = events.from.first {
      levels.insert(events, at: 0)
      events = inner
    }
    guard !levels.isEmpty, !events.looksAround, !events.countsRows, !levels.contains(where: \.countsRows)
    else {
      throw .unsupportedSQL("`OVER` in this statement", in: source, at: nil)
    }
    (self.source, self.levels) = (source, levels)
    let table = try AthenaTable(for: events, options)
    var values: [AthenaExpression] = []
    var times: Set<Int> = []
    for (place, column) in events.columns.enumerated() {
      guard let expression = column.expression else {
        throw .unsupportedSQL("`*` of a table", in: source, at: column.unread)
      }
      if let time = AthenaWindows.second.match(expression), table.isMoment(time) {
        times.insert(place)
        values.append(.null)
      } else {
        values.append(expression)
      }
    }
    self.times = times
    names = events.columns.map(\.name)
    // Time is in no row.
    let asked = events.predicate?.conjuncts ?? []
    let isTime = { (conjunct: AthenaExpression) -> Bool in
      guard case .isNull(let operand, negated: true) = conjunct.kind else { return false }
      return AthenaWindows.second.match(operand).map(table.isMoment) ?? false
    }
    let rest = asked.filter { !isTime($0) }
    needsTime = rest.count < asked.count
    events.predicate = rest.isEmpty ? nil : .and(rest)
    events.columns = events.columns.enumerated().filter { !times.contains($0.offset) }.map(\.element)
    prepared = try AthenaPreparedQuery(events, source.text, table, values: values)
  }

  private func alerts(of log: [LoggedEvent]) throws(Diagnostic) -> [Alert] {
    var kinds = prepared.kinds
    for place in times { kinds[place] = .double }
    var rows = Rows(
      columns: zip(names, kinds).map { AthenaKind.Field(name: $0, kind: $1) }, rows: [])
    for logged in log {
      if needsTime, logged.second == nil { continue }
      let cells = prepared.keptCells(of: logged.event)
      guard try prepared.finds(logged.event, cells: cells) else { continue }
      var values = try prepared.values(of: cells)
      for place in times { values[place] = logged.second.map { .double(Double($0)) } ?? .null }
      rows.rows.append(values)
    }
    var seconds = 0
    for level in levels {
      for expression in level.expressions { seconds = max(seconds, expression.preceding) }
      rows = try self.rows(of: level, over: rows)
    }
    guard let end = rows.place(of: AthenaWindows.end) else {
      throw .unsupportedSQL("a window without its end", in: source, at: nil)
    }
    var alerts: [Alert] = []
    for row in rows.rows {
      var group: [ScalarText?] = []
      for value in row[..<end] { group.append(try value.shown.map(ScalarText.init)) }
      guard case .double(let second) = row[end] else { continue }
      alerts.append(Alert(group: group, start: Int(second) - seconds))
    }
    return alerts
  }

  private func rows(of query: AthenaQuery, over inner: Rows) throws(Diagnostic) -> Rows {
    var inner = inner
    if let predicate = query.predicate {
      var compiler = AthenaEvaluator(source, .columns(inner.columns))
      let asked = try compiler.predicate(predicate)
      var kept: [[AthenaValue]] = []
      for row in inner.rows where try asked.run(AthenaFrame(row: row)).truth == true { kept.append(row) }
      inner.rows = kept
    }
    var result = Rows(columns: [], rows: inner.rows.map { _ in [] })
    for column in query.columns {
      guard let expression = column.expression else {
        result.columns += inner.columns
        for place in inner.rows.indices { result.rows[place] += inner.rows[place] }
        continue
      }
      let (kind, values) = try self.values(of: expression, over: inner)
      result.columns.append(AthenaKind.Field(name: column.name, kind: kind))
      for place in inner.rows.indices { result.rows[place].append(values[place]) }
    }
    guard query.isDistinct else { return result }
    var seen: Set<String> = []
    result.rows = result.rows.filter { seen.insert("\($0)").inserted }
    return result
  }

  /// What an expression is in each row.
  private func values(
    of expression: AthenaExpression, over inner: Rows
  ) throws(Diagnostic) -> (AthenaKind, [AthenaValue]) {
    if let array = AthenaWindows.distinctCount.match(expression) {
      let (_, arrays) = try values(of: array, over: inner)
      var counts: [AthenaValue] = []
      for case .array(let items) in arrays {
        var texts: Set<ScalarText> = []
        for item in items { if let text = try item.shown { texts.insert(ScalarText(text)) } }
        counts.append(.bigint(Int64(texts.count)))
      }
      return (.bigint, counts)
    }
    if case .windowed(let window) = expression.kind { return try values(of: window, over: inner) }
    var compiler = AthenaEvaluator(source, .columns(inner.columns))
    let compiled = try compiler.compile(expression)
    var values: [AthenaValue] = []
    for row in inner.rows { values.append(try compiled.run(AthenaFrame(row: row))) }
    return (compiled.kind, values)
  }

  /// What a call makes of the rows of the same partition whose time is that of the row or less.
  private func values(
    of window: AthenaExpression.AthenaWindowed, over inner: Rows
  ) throws(Diagnostic) -> (AthenaKind, [AthenaValue]) {
    func refused() -> Diagnostic {
      .unsupportedSQL("`\(AthenaPrinter.flat(AthenaExpression(.windowed(window))))`", in: source, at: nil)
    }
    if window.call.isDistinct || window.call.filter != nil { throw refused() }
    let (kind, items) =
      try window.call.arguments.first.map { (argument) throws(Diagnostic) in
        try values(of: argument, over: inner)
      } ?? (.bigint, inner.rows.map { _ in .bigint(1) })
    let (_, times) = try values(of: window.order, over: inner)
    var keys: [String] = inner.rows.map { _ in "" }
    for part in window.partition {
      for (place, value) in try values(of: part, over: inner).1.enumerated() {
        // NULL is a group of its own.
        keys[place] += try value.shown.map { "\($0.utf8.count):\($0)" } ?? "-"
      }
    }
    let seconds = times.map { value -> Double? in if case .double(let time) = value { time } else { nil } }
    guard seconds.allSatisfy({ $0 != nil }) else { throw refused() }
    var result: [AthenaValue] = items.map { _ in .null }
    for places in Dictionary(grouping: items.indices, by: { keys[$0] }).values {
      let sorted = places.sorted { (seconds[$0] ?? 0) < (seconds[$1] ?? 0) }
      var (first, last) = (0, 0)
      var running = AthenaRunningCall(function: window.call.function)
      for place in sorted {
        let time = seconds[place] ?? 0
        while last < sorted.count, (seconds[sorted[last]] ?? 0) <= time {
          running.add(items[sorted[last]])
          last += 1
        }
        if let preceding = window.preceding.flatMap(Double.init) {
          while (seconds[sorted[first]] ?? 0) < time - preceding {
            running.dropFirst()
            first += 1
          }
        }
        guard let value = try running.value else { throw refused() }
        result[place] = value
      }
    }
    return (running(window.call.function, kind), result)
  }

  private func running(_ function: String, _ kind: AthenaKind) -> AthenaKind {
    switch function {
    case "min", "max": kind
    case "array_agg": .array(kind)
    case "avg": .double
    default: .bigint
    }
  }
}

/// A call over rows that come and go.
private struct AthenaRunningCall {
  let function: String
  private var items: [AthenaValue] = []
  private var first = 0
  private var (present, truths) = (0, 0)

  init(function: String) { self.function = function }

  mutating func add(_ item: AthenaValue) {
    items.append(item)
    present += item.isNull ? 0 : 1
    truths += item.truth == true ? 1 : 0
  }

  mutating func dropFirst() {
    present -= items[first].isNull ? 0 : 1
    truths -= items[first].truth == true ? 1 : 0
    first += 1
  }

  /// What it makes of the rows that are there; `nil` of a call that is not known.
  var value: AthenaValue? {
    get throws(Diagnostic) {
      switch function {
      case "count": return .bigint(Int64(present))
      case "count_if": return .bigint(Int64(truths))
      case "array_agg": return .array(Array(items[first...]))
      case "sum", "avg": return try AthenaValue.made(by: function, of: Array(items[first...]))
      case "min", "max":
        return items[first...].compactMap { item -> Double? in
          if case .double(let number) = item { number } else { nil }
        }
        .reduce(nil) { best, number in
          best.map { function == "min" ? min($0, number) : max($0, number) } ?? number
        }.map(AthenaValue.double) ?? .null
      default: return nil
      }
    }
  }
}

extension AthenaExpression {
  /// How far it looks back; 0 where it does not.
  fileprivate var preceding: Int {
    var most = 0
    if case .windowed(let window) = kind { most = window.preceding.flatMap { Int($0) } ?? 0 }
    forEachOperand { most = max(most, $0.preceding) }
    return most
  }
}
