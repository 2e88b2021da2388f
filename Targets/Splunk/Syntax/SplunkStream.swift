import ConcordDetection

/// `streamstats FUNCTION, … BY FIELD, …`: adds to each row what is computed of it and of the rows before it in its group.
struct SplunkStream: Hashable, Sendable {
  /// How many rows of a group are looked at, `global=f window=N`; `nil` for all of them.
  var window: Int?
  /// How many seconds before a row are looked at, `time_window=Ns`; `nil` where time does not matter.
  var seconds: Int?
  /// What is computed, and of which groups.
  var statistics: SplunkStatistics
}

/// How a search counts in windows that end at any event.
///
/// Each row of the result is a window: the group's fields, `window_end`, the second of its last event, and
/// `window_start`. Whether `time_window` takes what is exactly so old is not documented, so time is doubled and an odd
/// number of seconds asked for; which of several rows of one second comes first is open too, so the last of them counts.
struct SplunkWindow: Hashable {
  /// What is asked of a window.
  enum Question: Hashable {
    /// Nothing: each event ends one.
    case nothing
    /// So many events or more, and more than one.
    case count(Int)
    /// The counts under their names, and what is asked of them; `nil` for nothing.
    case counts([SplunkStatistics.Measure], SplunkEval?)
    /// That there are events.
    case latest(Latest)
  }

  /// Questions whether there are events, by the latest of them.
  struct Latest: Hashable {
    /// What single events are asked.
    var conditions: [SplunkEval]
    /// Which of the conditions are asked one after another, by their places.
    var chains: [[Int]]
    /// What is asked: `1 or more` of `event_N`, and so many steps or more of `chain_N`, counted from 1.
    var threshold: Threshold
  }

  /// What is asked of the latest events.
  indirect enum Threshold: Hashable {
    /// That there is an event of a condition in the window.
    case event(Int)
    /// That so many steps of a chain are in the window.
    case chain(Int, steps: Int)
    case all([Threshold])
    case any([Threshold])
  }

  /// How many seconds before an event its window begins.
  var seconds: Int
  /// The fields that tell groups apart.
  var group: [String]
  /// What is asked.
  var question: Question

  /// The names of the fields that it sets.
  static let names: Set<String> = ["window_end", "window_start", "first_event"]
}

// To commands.
extension SplunkWindow {
  private static let end = SplunkEval.field("window_end")

  /// The commands, from the events on.
  var commands: [SplunkCommand] {
    let ending = SplunkCommand.Assignment(name: "window_end", value: .call("floor", .field("_time")))
    let rows = group + ["window_end"]
    var commands: [SplunkCommand]
    func stream(_ measures: [SplunkStatistics.Measure], rows: Int? = nil, seconds: Int? = nil)
      -> SplunkCommand
    {
      let statistics = SplunkStatistics(measures: measures, group: group)
      return SplunkCommand(.stream(SplunkStream(window: rows, seconds: seconds, statistics: statistics)))
    }
    let count = SplunkStatistics.Measure(function: "count")
    switch question {
    case .nothing:
      commands = [
        SplunkCommand(.eval([ending])),
        SplunkCommand(.stats(SplunkStatistics(measures: [count], group: rows))),
      ]
    case .count(let bound):
      let first = SplunkStatistics.Measure(
        function: "min", argument: .field("window_end"), alias: "first_event")
      commands = [
        SplunkCommand(.eval([ending])), SplunkWindow.sort(by: "window_end"),
        stream([count, first], rows: bound),
        SplunkCommand(
          .filter(
            .all([
              .compare(.field("count"), .greaterOrEqual, .number(String(bound))),
              within(.field("first_event")),
            ]))),
        SplunkCommand(.stats(SplunkStatistics(measures: [count], group: rows))),
      ]
    case .counts(let measures, let asked):
      let doubled = SplunkCommand.Assignment(
        name: "_time", value: SplunkEval(.arithmetic(.multiply, .number("2"), SplunkWindow.end)))
      let last = measures.map {
        SplunkStatistics.Measure(function: "max", argument: .field($0.name), alias: $0.name)
      }
      commands = [
        SplunkCommand(.eval([ending, doubled])), SplunkWindow.sort(by: "_time"),
        stream(measures, seconds: 2 * seconds + 1),
        SplunkCommand(.stats(SplunkStatistics(measures: last, group: rows))),
      ]
      if let asked { commands.append(SplunkCommand(.filter(asked))) }
    case .latest(let latest):
      let events = latest.conditions.enumerated().map { place, condition in
        SplunkStatistics.Measure(
          function: "count", argument: .expression(condition), alias: "event_\(place + 1)")
      }
      commands = [
        SplunkCommand(.eval([ending])),
        SplunkCommand(.stats(SplunkStatistics(measures: events, group: rows))),
        SplunkWindow.sort(by: "window_end"),
      ]
      commands += SplunkWindow.steps(latest).map { stream($0) }
      commands.append(SplunkCommand(.filter(asked(latest.threshold))))
    }
    let start = SplunkEval(.arithmetic(.subtract, SplunkWindow.end, .number(String(seconds))))
    return commands + [SplunkCommand(.eval([SplunkCommand.Assignment(name: "window_start", value: start)]))]
  }

  /// `sort 0 FIELD`: all rows in order.
  private static func sort(by field: String) -> SplunkCommand {
    SplunkCommand(.display(SplunkDisplay(name: "sort", text: " 0 \(field)", changes: [])))
  }

  /// Whether the second in a field is in the window that ends at a row; not of NULL.
  private func within(_ second: SplunkEval) -> SplunkEval {
    .compare(
      SplunkEval(.arithmetic(.subtract, SplunkWindow.end, second)), .lessOrEqual, .number(String(seconds)))
  }

  /// What each `streamstats` computes: the latest events, and the beginnings of what each step of a chain ends.
  private static func steps(_ latest: Latest) -> [[SplunkStatistics.Measure]] {
    func last(_ event: Int, _ second: SplunkEval, as name: String) -> SplunkStatistics.Measure {
      let isThere = SplunkEval.compare(.field("event_\(event + 1)"), .greater, .number("0"))
      return SplunkStatistics.Measure(
        function: "max", argument: .expression(.call("if", isThere, second, .call("null"))), alias: name)
    }
    let single = latest.threshold.events.sorted().map { last($0, end, as: "last_\($0 + 1)") }
    var steps: [[SplunkStatistics.Measure]] = single.isEmpty ? [] : [single]
    for (chain, events) in latest.chains.enumerated() {
      for (step, event) in events.enumerated() {
        let begun = step == 0 ? end : .field("chain_\(chain + 1)_\(step)")
        steps.append([last(event, begun, as: "chain_\(chain + 1)_\(step + 1)")])
      }
    }
    return steps
  }

  private func asked(_ threshold: Threshold) -> SplunkEval {
    switch threshold {
    case .event(let event): isThere("last_\(event + 1)")
    case .chain(let chain, let steps): isThere("chain_\(chain + 1)_\(steps)")
    case .all(let operands): .all(operands.map(asked))
    case .any(let operands): .any(operands.map(asked))
    }
  }

  private func isThere(_ name: String) -> SplunkEval {
    SplunkIdioms.truth.make(SplunkIdioms.Truth(condition: within(.field(name))))
  }
}

extension SplunkWindow {
  /// Whether what it groups and counts by is of the events: no time, and no field that its commands set.
  var namesOnlyEvents: Bool {
    var names = group
    switch question {
    case .nothing, .count: break
    case .counts(let measures, _):
      for measure in measures {
        switch measure.argument {
        case nil: continue
        case .field(let name): names.append(name)
        case .expression(let expression): names += expression.fields
        }
      }
    case .latest(let latest): names += latest.conditions.flatMap(\.fields)
    }
    return !names.contains { SplunkWindow.names.contains($0) || $0 == "_time" }
  }
}

extension SplunkWindow.Threshold {
  /// The conditions of which an event is asked for by itself.
  var events: Set<Int> {
    switch self {
    case .event(let event): [event]
    case .chain: []
    case .all(let operands), .any(let operands): operands.reduce(into: []) { $0.formUnion($1.events) }
    }
  }
}

// From commands.
extension SplunkWindow {
  /// The window that a pipeline goes on with, and how many of its commands say so; `nil` where it is none.
  static func match(_ commands: ArraySlice<SplunkCommand>) -> (window: SplunkWindow, count: Int)? {
    guard case .eval(let first)? = commands.first?.kind, first.first?.name == "window_end",
      let end = commands.firstIndex(where: { $0.setsWindowStart != nil }),
      let seconds = commands[end].setsWindowStart
    else { return nil }
    let count = end - commands.startIndex + 1
    let own = Array(commands.prefix(count))
    guard let window = parts(own, seconds), window.commands == own else { return nil }
    return (window, count)
  }

  /// What these commands may be: whether they are, the commands of the result tell.
  private static func parts(_ commands: [SplunkCommand], _ seconds: Int) -> SplunkWindow? {
    var streams: [SplunkStream] = []
    var groups: [SplunkStatistics] = []
    var filter: SplunkEval?
    for command in commands {
      switch command.kind {
      case .stream(let stream): streams.append(stream)
      case .stats(let statistics): groups.append(statistics)
      case .filter(let asked): filter = asked
      case .search, .eval, .regex, .extract, .table, .fields, .rename, .spath, .model, .bin, .display,
        .makeresults, .append:
        break
      }
    }
    guard groups.count == 1, groups[0].group.last == "window_end" else { return nil }
    var window = SplunkWindow(seconds: seconds, group: groups[0].group.dropLast(), question: .nothing)
    guard let stream = streams.first else { return window }
    if let rows = stream.window {
      window.question = .count(rows)
    } else if stream.seconds != nil {
      window.question = .counts(stream.statistics.measures, filter)
    } else if let latest = latest(groups[0], streams, filter) {
      window.question = .latest(latest)
    } else {
      return nil
    }
    return window
  }

  private static func latest(
    _ events: SplunkStatistics, _ streams: [SplunkStream], _ filter: SplunkEval?
  ) -> Latest? {
    let conditions = events.measures.compactMap { measure in
      if case .expression(let condition)? = measure.argument { condition } else { nil }
    }
    var chains: [[Int]] = []
    for measure in streams.flatMap(\.statistics.measures) {
      let parts = measure.name.split(separator: "_")
      guard parts.count == 3, parts[0] == "chain", let chain = Int(parts[1]), let step = Int(parts[2]) else {
        continue
      }
      guard case .expression(let asked)? = measure.argument,
        let event = asked.fields.first.flatMap({ Int($0.dropFirst("event_".count)) })
      else { return nil }
      if chain == chains.count + 1, step == 1 {
        chains.append([event - 1])
      } else if chain == chains.count, step == chains[chain - 1].count + 1 {
        chains[chain - 1].append(event - 1)
      } else {
        return nil
      }
    }
    guard let threshold = filter.flatMap(threshold) else { return nil }
    return Latest(conditions: conditions, chains: chains, threshold: threshold)
  }

  private static func threshold(_ question: SplunkEval) -> Threshold? {
    func all(_ operands: [SplunkEval]) -> [Threshold]? {
      let read = operands.compactMap(threshold)
      return read.count == operands.count ? read : nil
    }
    if case .all(let operands) = question.kind { return all(operands).map(Threshold.all) }
    if case .any(let operands) = question.kind { return all(operands).map(Threshold.any) }
    guard let name = SplunkIdioms.truth.match(question)?.condition.fields.last else { return nil }
    let parts = name.split(separator: "_")
    if parts.count == 2, parts[0] == "last", let event = Int(parts[1]) { return .event(event - 1) }
    if parts.count == 3, parts[0] == "chain", let chain = Int(parts[1]), let step = Int(parts[2]) {
      return .chain(chain - 1, steps: step)
    }
    return nil
  }
}

extension SplunkCommand {
  /// How many seconds before its end a window begins, where the command says so: `eval window_start=window_end-600`.
  fileprivate var setsWindowStart: Int? {
    guard case .eval(let assignments) = kind, assignments.count == 1, assignments[0].name == "window_start",
      case .arithmetic(.subtract, let end, let seconds) = assignments[0].value.kind,
      end == .field("window_end"), case .number(let text) = seconds.kind, let value = Int(text), value > 0,
      value <= Aggregate.longestPeriod
    else { return nil }
    return value
  }
}
