import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes how many events of a window that ends at any event make an alert: what of a rule's threshold `SplunkWindow` says.
struct SplunkWindows {
  /// How many rows `streamstats` looks at. [limits.conf, `max_stream_window`]
  static let rowLimit = 10_000

  /// The commands.
  private(set) var commands: [SplunkCommand] = []
  /// Whether rows that are more than `rowLimit` ago may be asked for.
  private(set) var isLimited = false

  /// The commands of windows of so many seconds. `group`: the fields by which groups are told apart, each with whether the
  /// condition leaves it absent; `measures` and `condition` write what is counted.
  init(
    _ aggregate: Aggregate, of seconds: Int, group: [(name: String, isOptional: Bool)],
    measures: (Aggregate.Measure) throws(Diagnostic) -> [SplunkStatistics.Measure],
    condition: (Condition) throws(Diagnostic) -> SplunkEval
  ) throws(Diagnostic) {
    let names = group.map(\.name)
    var window = SplunkWindow(seconds: seconds, group: names, question: .nothing)
    let asked = Set(aggregate.threshold.paths)
    let columns = aggregate.columns.filter { asked.contains(FieldPath($0.name)) }
    var needsKeys = true
    if aggregate.threshold == .always(true) {
      // `stats` drops what has no value of a key.
      needsKeys = false
    } else if let bound = SplunkWindows.count(aggregate.threshold, columns), bound <= SplunkWindows.rowLimit {
      window.question = .count(bound)
    } else if let latest = try SplunkWindows.latest(aggregate.threshold, columns, condition) {
      window.question = .latest(latest)
      (needsKeys, isLimited) = (false, true)
    } else {
      window.question = try SplunkWindows.counts(aggregate, columns, names, measures)
      isLimited = true
    }
    let taken = Set(names).intersection(window.ownNames)
    if let name = taken.first { throw .groupNotSaid(FieldPath(name), in: "Splunk SPL", "its name is taken") }
    let optional = group.filter { needsKeys && $0.isOptional }.map {
      SplunkEval.call("isnotnull", .field($0.name))
    }
    commands = optional.isEmpty ? [] : [SplunkCommand(.filter(.all(optional)))]
    commands += window.commands
  }

  /// The bound, where the threshold asks for so many events alone.
  private static func count(_ threshold: Condition, _ columns: [Aggregate.Column]) -> Int? {
    guard columns.count == 1, columns[0].measure == .count, let bound = threshold.bound else { return nil }
    return bound
  }

  private static func latest(
    _ threshold: Condition, _ columns: [Aggregate.Column],
    _ condition: (Condition) throws(Diagnostic) -> SplunkEval
  ) throws(Diagnostic) -> SplunkWindow.Latest? {
    var conditions: [Condition] = []
    var chains: [[Int]] = []
    func place(of condition: Condition) -> Int {
      if let place = conditions.firstIndex(of: condition) { return place }
      conditions.append(condition)
      return conditions.count - 1
    }
    var events: [FieldPath: Int] = [:]
    var chainOf: [FieldPath: Int] = [:]
    for column in columns {
      switch column.measure {
      case .matching(let asked): events[FieldPath(column.name)] = place(of: asked)
      case .inOrder(let steps):
        chainOf[FieldPath(column.name)] = chains.count
        chains.append(steps.map(place))
      case .count, .present, .distinct, .sum, .average: return nil
      }
    }
    func asked(_ threshold: Condition) -> SplunkWindow.Threshold? {
      func all(_ operands: [Condition]) -> [SplunkWindow.Threshold]? {
        let asked = operands.compactMap(asked)
        return asked.count == operands.count ? asked : nil
      }
      switch threshold.kind {
      case .test(let path, _):
        guard let bound = threshold.bound else { return nil }
        if let event = events[path] { return bound == 1 ? .event(event) : nil }
        // More steps than there are is never.
        return chainOf[path].flatMap { chains[$0].count >= bound ? .chain($0, steps: bound) : nil }
      case .all(let operands): return all(operands).map(SplunkWindow.Threshold.all)
      case .any(let operands): return all(operands).map(SplunkWindow.Threshold.any)
      case .always, .some, .anywhere, .place, .not: return nil
      }
    }
    guard let threshold = asked(threshold) else { return nil }
    var written: [SplunkEval] = []
    for own in conditions { written.append(try condition(own)) }
    return SplunkWindow.Latest(conditions: written, chains: chains, threshold: threshold)
  }

  private static func counts(
    _ aggregate: Aggregate, _ columns: [Aggregate.Column], _ group: [String],
    _ measures: (Aggregate.Measure) throws(Diagnostic) -> [SplunkStatistics.Measure]
  ) throws(Diagnostic) -> SplunkWindow.Question {
    var statistics = SplunkStatistics(measures: [], group: [])
    var names: [String: SplunkCounted] = [:]
    var taken = Set(group).union(SplunkWindow.names)
    for column in columns {
      names[column.name] = statistics.add(try measures(column.measure), for: column.measure, &taken)
    }
    // What is true or false of every window asks no count.
    if statistics.measures.isEmpty { statistics.measures = [SplunkStatistics.Measure(function: "count")] }
    return .counts(statistics.measures, SplunkEval.threshold(aggregate.threshold, names))
  }
}

extension SplunkWindow {
  /// The names of the fields that its commands set.
  fileprivate var ownNames: Set<String> {
    var names = SplunkWindow.names
    switch question {
    case .nothing, .count, .counts: names.insert("count")
    case .latest(let latest):
      for place in latest.conditions.indices { names.formUnion(["event_\(place + 1)", "last_\(place + 1)"]) }
      for (chain, steps) in latest.chains.enumerated() {
        names.formUnion(steps.indices.map { "chain_\(chain + 1)_\($0 + 1)" })
      }
    }
    return names
  }
}

extension Condition {
  /// The bound of a question "so many or more".
  fileprivate var bound: Int? {
    if case .test(_, .number(.greaterOrEqual, let bound)) = kind { Int(bound.shortest) } else { nil }
  }
}
