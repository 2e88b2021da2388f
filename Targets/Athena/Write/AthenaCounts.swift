import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes how many events make an alert: `GROUP BY` and `HAVING`.
///
/// SQL has a group of the rows in which a column is NULL; a detection has none unless it says so, so the statement drops
/// these rows.
struct AthenaCounts {
  /// The columns that are shown.
  private(set) var columns: [AthenaQuery.Column] = []
  /// What a row must have to be in a group.
  private(set) var guards: [AthenaExpression] = []
  /// What tells groups apart.
  private(set) var group: [AthenaExpression] = []
  /// What must be true of a group.
  private(set) var having: AthenaExpression?
  /// Spans of which several have one event; `nil` where there are none.
  private(set) var hops: AthenaHops?
  /// Windows that end at any event, around the rows; `nil` where there are none.
  private(set) var windows: AthenaWindows?
  private(set) var notes: [Diagnostic] = []
  private var resolver: AthenaResolver
  private var names: [String: AthenaExpression] = [:]

  /// Throws where the table has no time for a span, and where the text of a field is not known. `condition` writes what
  /// is counted by a condition.
  init(
    _ aggregate: Aggregate, of rule: Rule, _ table: AthenaTable,
    condition: (Condition) throws(Diagnostic) -> AthenaExpression
  ) throws(Diagnostic) {
    resolver = AthenaResolver(table: table, fixtures: rule.fixtures.map(\.event), takesUnknownAsSingle: true)
    if let seconds = aggregate.window {
      try count(aggregate, in: seconds, of: rule, table, condition)
      return
    }
    group = try keys(aggregate, rule, condition)
    if case .hops(let seconds, let every) = aggregate.period {
      try count(aggregate, inSpansOf: seconds, every, table)
    }
    if let seconds = aggregate.span {
      let time = try AthenaCounts.time(of: table, inSpansOf: seconds)
      let span = AthenaSpan.number.make(AthenaSpan(seconds: seconds, time: time))
      group.append(span)
      guards.append(span.isNotNull)
    }
    for column in aggregate.columns {
      let counted: AthenaExpression.AthenaAggregate
      switch column.measure {
      case .count: counted = .init(function: "count", arguments: [])
      case .present(let path): counted = .init(function: "count", arguments: [try text(path)])
      case .distinct(let path):
        counted = .init(function: "count", arguments: [try text(path)], isDistinct: true)
      case .matching(let asked): counted = .init(function: "count_if", arguments: [try condition(asked)])
      case .sum(let path):
        counted = .init(function: "sum", arguments: [AthenaIdioms.addend.make(try text(path))])
      case .average(let path, _, _):
        counted = .init(function: "avg", arguments: [AthenaIdioms.averaged.make(try text(path))])
      case .inOrder: throw .orderNotSaid(in: "Athena SQL")
      }
      let expression = AthenaExpression(.aggregate(counted))
      names[column.name] = expression
      columns.append(AthenaQuery.Column(expression, as: column.name))
    }
    if let moment = table.column(table.timeColumn).map({ AthenaExpression.name($0.name) }) {
      for (function, alias) in [("min", "first_event"), ("max", "last_event")]
      where !columns.contains(where: { AthenaLiteral.isSameName($0.name, alias) }) {
        let shown = AthenaExpression(.aggregate(.init(function: function, arguments: [moment])))
        columns.append(AthenaQuery.Column(shown, as: alias))
      }
    }
    if columns.isEmpty {
      columns = [AthenaQuery.Column(.rowCount)]
    }
    having = threshold(aggregate, chains: [:])
  }

  /// The time of an event, to be counted in spans of so many seconds, or in others. Throws where the table has none, and
  /// where its days do not tell in which span an event is.
  private static func time(
    of table: AthenaTable, inSpansOf seconds: Int?
  ) throws(Diagnostic) -> AthenaExpression {
    guard let time = table.moment else { throw .noEventTime(table) }
    if table.timeIsDate, seconds.map({ $0 % 86_400 != 0 }) ?? true { throw .daysAlone(table) }
    return time
  }

  /// What is asked of the columns. `chains`: of events in order, by their columns, what is asked for so many of them.
  private func threshold(
    _ aggregate: Aggregate, chains: [String: (Int) -> AthenaExpression]
  ) -> AthenaExpression? {
    let columns = aggregate.columns.map { ($0.name, $0.measure) }
    let measures = Dictionary(columns, uniquingKeysWith: { first, _ in first })
    // A sum or average of no rows is NULL.
    let mayBeUnknown = aggregate.columns.contains { $0.measure.isOfNumbers }
    func negated(_ asked: AthenaExpression, _ mayBeUnknown: Bool) -> AthenaExpression {
      AthenaExpression(.not(mayBeUnknown ? AthenaIdioms.known.make(asked) : asked))
    }
    return ThresholdWriter(
      compare: { [names] name, operation, bound in
        let isBelow = operation == .less
        if let chain = chains[name] {
          let reached = chain(Int(bound) ?? 1)
          return isBelow ? negated(reached, false) : reached
        }
        let counted = names[name] ?? .rowCount
        switch measures[name] {
        case .sum:
          return isBelow
            ? negated(counted.compared(.greaterOrEqual, .number(bound)), true)
            : counted.compared(operation, .number(bound))
        case .average(_, let comparison, let limit):
          // It is 1 or 0.
          if bound != "1" { return AthenaExpression(.boolean(isBelow)) }
          let asked = counted.compared(.init(comparison), .number(limit.number.shortest))
          return isBelow ? negated(asked, true) : asked
        case .count, .present, .matching, .distinct, .inOrder, nil:
          return counted.compared(operation, .number(bound))
        }
      },
      always: { AthenaExpression(.boolean($0)) }, not: { negated($0, mayBeUnknown) },
      all: AthenaExpression.and, any: AthenaExpression.or
    ).expression(aggregate.threshold)
  }

  /// Counts in spans that end every so many seconds. `sequence` counts down where its end is before its start, so spans
  /// that leave gaps are not written.
  private mutating func count(
    _ aggregate: Aggregate, inSpansOf seconds: Int, _ every: Int, _ table: AthenaTable
  ) throws(Diagnostic) {
    let time = try AthenaCounts.time(of: table, inSpansOf: nil)
    guard seconds >= every else { throw .hopsNotSaid(aggregate, in: "Athena SQL") }
    let end = AthenaExpression.name(AthenaHops.end)
    try check(columns.map(\.name) + [AthenaHops.end])
    if table.column(AthenaHops.end) != nil {
      throw .groupNotSaid(FieldPath(AthenaHops.end), in: "Athena SQL", "the table has a column of the name")
    }
    hops = AthenaHops(seconds: seconds, every: every, of: time)
    group.append(end)
    columns.append(AthenaQuery.Column(end))
  }

  /// Counts in windows: the columns are those of the events.
  private mutating func count(
    _ aggregate: Aggregate, in seconds: Int, of rule: Rule, _ table: AthenaTable,
    _ condition: (Condition) throws(Diagnostic) -> AthenaExpression
  ) throws(Diagnostic) {
    let time = try AthenaCounts.time(of: table, inSpansOf: nil)
    _ = try keys(aggregate, rule, condition)
    var windows = AthenaWindows(seconds: seconds, keys: columns.map(\.name), counts: [], chains: [])
    let second = AthenaWindows.second.make(time)
    guards.append(second.isNotNull)
    columns.append(AthenaQuery.Column(second, as: AthenaWindows.end))
    let asked = Set(aggregate.threshold.paths)
    var chains: [String: (Int) -> AthenaExpression] = [:]
    func add(_ expression: AthenaExpression, _ base: String) -> String {
      if let same = columns.first(where: { $0.expression == expression }) { return same.name }
      let name = "\(base)_\(columns.count { $0.name.hasPrefix(base + "_") } + 1)"
      columns.append(AthenaQuery.Column(expression, as: name))
      return name
    }
    for column in aggregate.columns where column.measure == .count || asked.contains(FieldPath(column.name)) {
      let number = windows.counts.count + 1
      switch column.measure {
      case .count: windows.counts.append(.init(name: "count", measure: .rows))
      case .present(let path):
        let value = add(try text(path), "value")
        windows.counts.append(.init(name: "count_\(number)", measure: .present(value)))
      case .distinct(let path):
        let value = add(try text(path), "value")
        windows.counts.append(.init(name: "count_\(number)", measure: .distinct(value)))
      case .matching(let asked):
        let event = add(try condition(asked), "event")
        windows.counts.append(.init(name: "count_\(number)", measure: .truths(event)))
      case .sum(let path):
        let value = add(AthenaIdioms.addend.make(try text(path)), "number")
        windows.counts.append(.init(name: "count_\(number)", measure: .sum(value)))
      case .average(let path, _, _):
        let value = add(AthenaIdioms.averaged.make(try text(path)), "number")
        windows.counts.append(.init(name: "count_\(number)", measure: .average(value)))
      case .inOrder(let steps):
        // A chain is asked for so many of its steps, or fewer.
        chains[column.name] = { [chain = windows.chains.count] count in
          count > steps.count
            ? AthenaExpression(.boolean(false)) : AthenaWindows.reached(chain, step: count - 1)
        }
        var names: [String] = []
        for step in steps { names.append(add(try condition(step), "event")) }
        windows.chains.append(names)
        continue
      }
      self.names[column.name] = .name(windows.counts[number - 1].name)
    }
    try check(columns.map(\.name) + windows.names.filter { $0 != AthenaWindows.end })
    windows.threshold = threshold(aggregate, chains: chains)
    self.windows = windows
  }

  /// The texts of the keys, each a column, and asked to be there where the rule drops the events without one.
  private mutating func keys(
    _ aggregate: Aggregate, _ rule: Rule, _ condition: (Condition) throws(Diagnostic) -> AthenaExpression
  ) throws(Diagnostic) -> [AthenaExpression] {
    var keys: [AthenaExpression] = []
    for key in aggregate.group {
      let text = try text(key, condition)
      keys.append(text)
      if !key.keepsAbsent, !rule.condition.needs(key) { guards.append(text.isNotNull) }
      columns.append(AthenaQuery.Column(text, as: text.isName ? nil : key.name))
    }
    return keys
  }

  /// The text by which events are grouped: a field's, or that of the first of several whose condition is true.
  private mutating func text(
    _ key: Aggregate.Key, _ condition: (Condition) throws(Diagnostic) -> AthenaExpression
  ) throws(Diagnostic) -> AthenaExpression {
    if let path = key.path { return try text(path) }
    if key.cases.isEmpty { throw .groupNotSaid(key, in: "Athena SQL", "no event has a value of it") }
    var branches: [AthenaExpression.Branch] = []
    for one in key.cases {
      branches.append(.init(condition: try condition(one.condition), result: try text(one.path)))
    }
    return AthenaExpression(.choice(branches, nil))
  }

  /// Throws where two columns would have one name.
  private func check(_ names: [String]) throws(Diagnostic) {
    var seen: Set<String> = []
    for name in names {
      if !seen.insert(LetterCase.lower(name)).inserted {
        throw .groupNotSaid(FieldPath(name), in: "Athena SQL", "a column of counts has its name")
      }
    }
  }

  /// The text by which events are grouped or counted.
  private mutating func text(_ path: FieldPath) throws(Diagnostic) -> AthenaExpression {
    guard case .leaf(let leaf) = try resolver.route(to: path) else {
      throw .groupNotSaid(path, in: "Athena SQL", "it passes an array")
    }
    guard let text = leaf.comparableText else {
      throw .groupNotSaid(path, in: "Athena SQL", "its text in the event is not known")
    }
    if case .json = leaf { notes.appendOnce(.takenAsScalar(path)) }
    return text
  }
}

extension AthenaExpression {
  /// `count(*)`.
  fileprivate static let rowCount = AthenaExpression(.aggregate(.init(function: "count", arguments: [])))

  /// Whether it is a column by its name alone.
  fileprivate var isName: Bool { if case .name = kind { true } else { false } }
}

extension AthenaQuery.Column {
  /// The name under which a row of the result has it: the alias, or the column's own.
  var name: String {
    if let alias { return alias }
    if case .name(let name)? = expression?.kind { return name }
    return ""
  }
}
