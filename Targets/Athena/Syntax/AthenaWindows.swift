import ConcordDetection
import ConcordLanguages

/// How a statement counts in windows that end at any event.
///
/// The events are an inner statement, whose columns are the group's, the second of each event as `window_end`, and what is
/// counted. Around it window functions count over a `RANGE` of seconds, and what is asked of them stands outside. Whether
/// something is in the window of a row is asked by comparing it with `first_event`, the earliest second that is.
struct AthenaWindows: Hashable {
  /// One column of counts.
  struct Count: Hashable {
    /// What is counted.
    enum Measure: Hashable {
      /// The events.
      case rows
      /// The values in a column of the events.
      case present(String)
      /// The different values in a column of the events.
      case distinct(String)
      /// The events in which a column is true.
      case truths(String)
      /// The sum of the numbers in a column of the events.
      case sum(String)
      /// Their average.
      case average(String)
    }

    /// The column's name.
    var name: String
    var measure: Measure
  }

  /// How many seconds before an event its window begins.
  var seconds: Int
  /// The columns that tell groups apart.
  var keys: [String]
  var counts: [Count]
  /// The columns of the events that are to be true one after another.
  var chains: [[String]]
  /// What is asked of the counts and chains; `nil` for nothing.
  var threshold: AthenaExpression?

  /// The column that holds the second of an event.
  static let end = "window_end"
  private static let first = "first_event"

  /// The second of a time, as `window_end` has it: `floor(to_unixtime(time))`.
  static let second = Idiom<AthenaExpression, AthenaExpression>(
    make: { .call("floor", .call("to_unixtime", $0)) },
    match: { expression in
      guard case .call("floor", let operands) = expression.kind, operands.count == 1,
        case .call("to_unixtime", let times) = operands[0].kind, times.count == 1
      else { return nil }
      return times[0]
    })

  /// Whether the events of a chain are in the window, up to that step.
  static func reached(_ chain: Int, step: Int) -> AthenaExpression {
    let begun = AthenaExpression.name(AthenaWindows.step(chain, step))
    return .call("coalesce", begun.compared(.greaterOrEqual, .name(first)), .boolean(false))
  }

  /// The name of the column that has the latest beginning of a chain that is at a step; both counted from 0.
  static func step(_ chain: Int, _ step: Int) -> String { "chain_\(chain + 1)_\(step + 1)" }

  /// The names of the columns that it adds.
  var names: [String] {
    let steps = chains.enumerated().flatMap { chain, steps in
      steps.indices.map { AthenaWindows.step(chain, $0) }
    }
    return [AthenaWindows.end, AthenaWindows.first] + counts.map(\.name) + steps
  }
}

extension AthenaQuery {
  /// Whether no two of its columns, and of those that windows add, have one name.
  func hasDistinctNames(beside windows: AthenaWindows) -> Bool {
    let names = columns.map(\.name) + windows.names.filter { $0 != AthenaWindows.end }
    return Set(names.map { LetterCase.lower($0) }).count == names.count
  }
}

// To a statement.
extension AthenaWindows {
  /// The statement over these events.
  func query(over events: AthenaQuery) -> AthenaQuery {
    var query = level([(AthenaWindows.first, within(.init(function: "min", arguments: [end])))], over: events)
    for count in counts {
      query.columns.append(AthenaQuery.Column(expression(count.measure), as: count.name))
    }
    for (chain, steps) in chains.enumerated() {
      for (step, column) in steps.enumerated() {
        let begun = step == 0 ? end : AthenaExpression.name(AthenaWindows.step(chain, step - 1))
        let latest = AthenaExpression(
          .windowed(
            .init(
              call: .init(function: "max", arguments: [.call("if", .name(column), begun)]),
              partition: keys.map(AthenaExpression.name), order: end, preceding: nil)))
        query = level([(AthenaWindows.step(chain, step), latest)], over: query)
      }
    }
    let shown = keys + [AthenaWindows.end, AthenaWindows.first] + counts.map(\.name)
    var outer = AthenaQuery(
      columns: shown.map { AthenaQuery.Column(.name($0)) }, table: [], predicate: threshold)
    (outer.isDistinct, outer.from) = (true, [query])
    return outer
  }

  private var end: AthenaExpression { .name(AthenaWindows.end) }

  /// All columns of a statement, and more of them.
  private func level(
    _ columns: [(name: String, expression: AthenaExpression)], over inner: AthenaQuery
  ) -> AthenaQuery {
    let added = columns.map { AthenaQuery.Column($0.expression, as: $0.name) }
    var query = AthenaQuery(columns: [AthenaQuery.Column(nil)] + added, table: [], predicate: nil)
    query.from = [inner]
    return query
  }

  /// A call over the rows of the window that ends at a row.
  private func within(_ call: AthenaExpression.AthenaAggregate) -> AthenaExpression {
    AthenaExpression(
      .windowed(
        .init(
          call: call, partition: keys.map(AthenaExpression.name), order: end, preceding: String(seconds))))
  }

  private func expression(_ measure: Count.Measure) -> AthenaExpression {
    switch measure {
    case .rows: within(.init(function: "count", arguments: []))
    case .present(let column): within(.init(function: "count", arguments: [.name(column)]))
    case .truths(let column): within(.init(function: "count_if", arguments: [.name(column)]))
    case .sum(let column): within(.init(function: "sum", arguments: [.name(column)]))
    case .average(let column): within(.init(function: "avg", arguments: [.name(column)]))
    case .distinct(let column):
      // DISTINCT is no part of window functions. [executed: Trino 414]
      AthenaWindows.distinctCount.make(within(.init(function: "array_agg", arguments: [.name(column)])))
    }
  }

  private static let isValue = AthenaExpression(.lambda("value", AthenaExpression.name("value").isNotNull))

  /// How many different values an array has, NULL not counting.
  static let distinctCount = Idiom<AthenaExpression, AthenaExpression>(
    make: { array in
      .call("cardinality", .call("array_distinct", .call("filter", array, AthenaWindows.isValue)))
    },
    match: { expression in
      guard case .call("cardinality", let one) = expression.kind, one.count == 1,
        case .call("array_distinct", let two) = one[0].kind, two.count == 1,
        case .call("filter", let three) = two[0].kind, three.count == 2, three[1] == AthenaWindows.isValue
      else { return nil }
      return three[0]
    })
}

// From a statement.
extension AthenaWindows {
  /// The windows of a statement and the statement that has the events; `nil` where it is none of this form.
  static func match(_ query: AthenaQuery) -> (windows: AthenaWindows, events: AthenaQuery)? {
    var levels: [AthenaQuery] = []
    var rest = query.from.first
    while let level = rest, let inner = level.from.first {
      levels.append(level)
      rest = inner
    }
    // The rows of the events are to be the table's, each once.
    guard let events = rest, let counted = levels.last, !events.isDistinct, events.limit == nil,
      events.unnests.isEmpty, events.with.isEmpty, query.with.isEmpty,
      let place = events.columns.firstIndex(where: { $0.name == end })
    else { return nil }
    var windows = AthenaWindows(
      seconds: 0, keys: events.columns[..<place].map(\.name), counts: [], chains: [],
      threshold: query.predicate)
    for column in counted.columns.dropFirst() {
      guard let expression = column.expression else { return nil }
      if column.name == first {
        guard case .windowed(let call) = expression.kind, let seconds = call.preceding.flatMap({ Int($0) })
        else { return nil }
        windows.seconds = seconds
      } else if let measure = measure(expression) {
        windows.counts.append(Count(name: column.name, measure: measure))
      } else {
        return nil
      }
    }
    for level in levels.dropLast().reversed() {
      guard level.columns.count == 2, case .windowed(let call)? = level.columns[1].expression?.kind,
        case .call("if", let operands)? = call.call.arguments.first?.kind,
        case .name(let column)? = operands.first?.kind
      else { return nil }
      if level.columns[1].name == step(windows.chains.count, 0) {
        windows.chains.append([column])
      } else if !windows.chains.isEmpty {
        windows.chains[windows.chains.count - 1].append(column)
      }
    }
    guard windows.seconds <= Aggregate.longestPeriod, events.hasDistinctNames(beside: windows) else {
      return nil
    }
    var plain = query
    plain.comments = []
    return windows.query(over: events) == plain ? (windows, events) : nil
  }

  private static func measure(_ expression: AthenaExpression) -> Count.Measure? {
    if let array = distinctCount.match(expression), case .windowed(let call) = array.kind,
      case .name(let column)? = call.call.arguments.first?.kind
    {
      return .distinct(column)
    }
    guard case .windowed(let call) = expression.kind else { return nil }
    let argument = call.call.arguments.first.flatMap { argument -> String? in
      if case .name(let name) = argument.kind { name } else { nil }
    }
    return switch (call.call.function, argument) {
    case ("count", nil): .rows
    case ("count", let column?): .present(column)
    case ("count_if", let column?): .truths(column)
    case ("sum", let column?): .sum(column)
    case ("avg", let column?): .average(column)
    default: nil
    }
  }
}
