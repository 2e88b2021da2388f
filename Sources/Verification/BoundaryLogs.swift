import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

/// Logs made to break the translation of a rule that counts: around each bound of its threshold, on both sides of the
/// end of a span, with groups that are mixed, missing or spelled otherwise, and with each boundary event of the
/// condition as the one that decides.
package struct BoundaryLogs: Sendable {
  /// The logs, each with what it shows in words.
  package private(set) var probes: [Probe] = []
  /// How many logs there are, and how many are not.
  package private(set) var counts = Tally()

  /// What is known of the logs of a rule.
  package struct Tally: Sendable {
    /// How many are put to the translations.
    package var put = 0
    /// How many are not, since a target's table does not keep one of their events.
    package var unkept = 0
    /// How many are not, since all of them have more events than `eventLimit`.
    package var omitted = 0
    /// A bound of the threshold that no log reaches; `nil` where each is reached.
    package var unreached: Int?
  }

  /// More events than this are in no log: a higher bound is not reached.
  package static let sizeLimit = 2_000
  /// How many events all logs have together.
  package static let eventLimit = 40_000
  /// How many logs are tried to find one of a size that is an alert.
  private static let trialLimit = 2_000
  /// The second of the first event: the start of a span of any length up to a day.
  static let start = 1_700_006_400

  private let aggregate: Aggregate
  private let condition: Condition
  private var event: Event
  /// The smallest alert that was found.
  private var alert = Counts(events: 1, columns: [])
  private let paths: [FieldPath: PathShape]
  /// What is counted by a condition, and its negation, each with an event of which it holds, where `event` is none.
  private var answers: [Condition: Event] = [:]
  /// For each condition that is counted by, an event of which it holds and, if there is one, none of the others; empty
  /// where there is but one.
  private var owners: [Condition: Event] = [:]
  private var seen: Set<[LoggedEvent]> = []
  private var eventCount = 0

  /// The logs of a rule that counts, those of its fixtures and `given` first; `nil` of one that does not. Those are left out of which a
  /// table of `targets` does not keep an event.
  package init?(
    for rule: Rule, boundary: BoundaryEvents, given: [LoggedEvent] = [], keptBy targets: [Language],
    options: LanguageOptions
  ) {
    guard let aggregate = rule.aggregate else { return nil }
    (self.aggregate, condition) = (aggregate, rule.condition)
    let counted = rule.detectionAnywhere.counted.condition
    let events = rule.fixtures.map(\.event)
    paths = Dictionary(
      (counted.paths + rule.countedPaths).map { ($0, $0.shape(in: events)) },
      uniquingKeysWith: { one, _ in one })
    event = Event(Value.Object())
    // Boundary events have arrays where the rule's paths do; the prover knows of none.
    let matching =
      boundary.events.filter(\.expected).map(\.event) + events.filter { rule.condition.holds(of: $0) }
    var found = matching.lazy.map(grouped).first { counted.holds(of: $0) }
    if found == nil, case .event(let made) = Prover.singleValued([counted], events).event(where: counted) {
      found = grouped(shaped(made, counted.paths))
    }
    // Where there is none, the condition holds of no event that is counted.
    event = found ?? event
    for column in aggregate.columns {
      for asked in column.measure.conditions {
        for wanted in [asked, .not(asked)] where !wanted.holds(of: event) {
          guard case .event(let made) = Prover().event(where: wanted) else { continue }
          let other = shaped(made, wanted.paths)
          if wanted.holds(of: other) { answers[wanted] = other }
        }
      }
    }
    owners = ownEvents()
    alert = smallestAlert()
    for fixture in rule.fixtures where !fixture.log.isEmpty {
      add(fixture.name, fixture.log, expected: fixture.expected)
    }
    if !given.isEmpty { add("the given events", given) }
    addCounts()
    addGroups()
    addSpans()
    addEvents(boundary)
    keep(by: targets, for: rule, options)
    counts.put = probes.count
    counts.unreached = boundsOfEvents.filter { $0 > BoundaryLogs.sizeLimit }.max()
  }

  /// The event with a word at each key where the condition lets it be, rather than the empty text, of which platforms may
  /// think otherwise.
  private func grouped(_ event: Event) -> Event {
    aggregate.group.reduce(event) { event, key in
      guard let path = key.path(of: event) else { return event }
      let named = placing(.value(.string("concord")), at: path, event)
      return condition.holds(of: named) && key.path(of: named) == path ? named : event
    }
  }

  /// How many events a log has, and how many of them each column counts.
  private struct Counts {
    var events: Int
    var columns: [Int]
  }

  /// The bounds of the threshold that are numbers of events.
  private var bounds: [Int] {
    Set([1] + boundsOfEvents).filter { $0 <= BoundaryLogs.sizeLimit }.sorted()
  }

  /// The bounds of the threshold but for those of sums.
  private var boundsOfEvents: [Int] {
    let sums = aggregate.columns.filter { if case .sum = $0.measure { true } else { false } }
    let names = Set(sums.map { FieldPath($0.name) })
    return aggregate.threshold.bounds(of: { !names.contains($0) })
  }

  /// The bounds of one column, of whatever it counts.
  private func bounds(of column: Aggregate.Column) -> [Int] {
    if case .sum = column.measure {
      return Set([1] + aggregate.threshold.bounds(of: { $0 == FieldPath(column.name) })).sorted()
    }
    return bounds
  }

  /// The fewest events that are an alert, and what is counted of them; one event where none is found.
  private func smallestAlert() -> Counts {
    let sizes = Set(bounds + bounds.map { max(1, $0 - 1) }).sorted()
    for size in sizes {
      let levels = Set([0, 1, size] + bounds + bounds.map { $0 - 1 }).filter { $0 <= size }.sorted(by: >)
      var tried = 0
      if let found = counts(size, [], levels, &tried) { return found }
    }
    return Counts(events: 1, columns: aggregate.columns.map { _ in 1 })
  }

  /// The first counts that are an alert, of those that begin so.
  private func counts(_ size: Int, _ columns: [Int], _ levels: [Int], _ tried: inout Int) -> Counts? {
    guard columns.count < aggregate.columns.count else {
      tried += 1
      let counts = Counts(events: size, columns: columns)
      return tried > BoundaryLogs.trialLimit || aggregate.alerts(of: log(counts)).isEmpty ? nil : counts
    }
    let column = aggregate.columns[columns.count]
    var own = column.measure == .count ? [size] : levels
    if case .sum = column.measure {
      let bounds = bounds(of: column)
      own = Set([0, 1] + bounds + bounds.map { $0 - 1 }).sorted(by: >)
    }
    for level in own {
      if let found = counts(size, columns + [level], levels, &tried) { return found }
    }
    return nil
  }

  private mutating func add(_ name: String, _ log: [LoggedEvent], expected: Bool? = nil) {
    guard eventCount + log.count <= BoundaryLogs.eventLimit else {
      counts.omitted += 1
      return
    }
    // A fixture is put though another one has the same log.
    guard seen.insert(log).inserted || expected != nil else { return }
    var probe = Probe(name: name, event: log.first?.event ?? Event(Value.Object()), expected: expected)
    (probe.log, probe.isDerived) = (log, expected == nil)
    eventCount += log.count
    probes.append(probe)
  }

  /// A log of one group in one second, of which each column counts so much.
  private func log(_ counts: Counts) -> [LoggedEvent] {
    var events: [Event] = []
    if !owners.isEmpty {
      for (column, count) in zip(aggregate.columns, counts.columns) {
        let asked: [Condition] =
          switch column.measure {
          case .count, .present, .distinct, .sum, .average: []
          case .matching(let condition): Array(repeating: condition, count: count)
          case .inOrder(let steps): Array(steps.prefix(count))
          }
        events += asked.compactMap { owners[$0] }
      }
    }
    if events.count < counts.events { events += Array(repeating: event, count: counts.events - events.count) }
    let size = events.count
    return zip(events.indices, events).map { number, event in
      LoggedEvent(self.event(number: number, of: size, counts.columns, event), at: BoundaryLogs.start)
    }
  }

  /// An event of the prover, which knows of no arrays, with arrays where the rule's paths have them.
  private func shaped(_ made: Event, _ paths: [FieldPath]) -> Event {
    paths.reduce(made) { event, path in
      made.values(at: path).first.map { placing(.value($0.value), at: path, event) } ?? event
    }
  }

  /// For each of several conditions that are counted an event of its own.
  private func ownEvents() -> [Condition: Event] {
    let asked = aggregate.columns.flatMap(\.measure.conditions)
    guard asked.count > 1 else { return [:] }
    let events = answers.values + [event]
    var owners: [Condition: Event] = [:]
    for own in asked {
      let others = asked.filter { $0 != own }.map { Condition.not($0) }
      for wanted in [Condition.all([condition, own] + others), .all([condition, own])] {
        var found = events.first { wanted.holds(of: $0) }
        if found == nil, case .event(let made) = Prover().event(where: wanted) {
          found = shaped(made, wanted.paths)
        }
        guard let found, wanted.holds(of: found) else { continue }
        owners[own] = aggregate.group.reduce(found) { other, key in
          let values = key.path(of: event).map { event.values(at: $0).map(\.value) } ?? []
          let named = values.first.map { placing(.value($0), of: key, other) } ?? other
          return wanted.holds(of: named) ? named : other
        }
        break
      }
    }
    return owners
  }

  /// The event of that number in a log of so many of which each column counts so much.
  private func event(number: Int, of size: Int, _ counts: [Int], _ event: Event) -> Event {
    zip(aggregate.columns, counts).reduce(event) { event, column in
      let (measure, count) = (column.0.measure, column.1)
      switch measure {
      case .count, .inOrder: return event
      case .matching where !owners.isEmpty: return event
      case .sum(let path):
        // The sum is that of two events, where there are two.
        let first = size > 1 ? count / 2 : count
        return adding(number == 0 ? first : number == 1 ? count - first : nil, at: path, event)
      case .average(let path, let comparison, let bound):
        return adding(bound.number(near: count == 1, comparison), at: path, event)
      case .distinct: return counting(measure, count == 0 ? nil : min(number, count - 1), in: event)
      case .present, .matching: return counting(measure, number < count ? number : nil, in: event)
      }
    }
  }

  /// The event such that a measure counts it, with the value of that number; or does not, where there is none.
  private func counting(_ measure: Aggregate.Measure, _ number: Int?, in event: Event) -> Event {
    switch measure {
    case .count, .inOrder, .sum, .average: return event
    case .present(let path), .distinct(let path):
      if isKey(path) { return event }
      return placing(number.map { .value(.string("value \($0)")) } ?? .missing, at: path, event)
    case .matching(let asked):
      let wanted = number == nil ? Condition.not(asked) : asked
      guard !wanted.holds(of: event), let other = answers[wanted] else { return event }
      return asked.paths.filter { !isKey($0) }.reduce(event) { event, path in
        let value = other.values(at: path).first
        return placing(value.map { .value($0.value) } ?? .missing, at: path, event)
      }
    }
  }

  /// The event with a number to be added up, or with none.
  private func adding(_ number: Int?, at path: FieldPath, _ event: Event) -> Event {
    if isKey(path) { return event }
    return placing(number.map { .value(.number(Number($0))) } ?? .missing, at: path, event)
  }

  private func isKey(_ path: FieldPath) -> Bool { aggregate.group.contains { $0.paths.contains(path) } }

  /// The event with something else where the key has its value.
  private func placing(_ placement: Placement, of key: Aggregate.Key, _ event: Event) -> Event {
    key.path(of: event).map { placing(placement, at: $0, event) } ?? event
  }

  private func placing(_ placement: Placement, at path: FieldPath, _ event: Event) -> Event {
    event.placing(placement, at: path, paths[path] ?? path.shape(in: []))
  }
}

// What the logs are.
extension BoundaryLogs {
  /// None, and the smallest alert with more and fewer events, and with more and fewer of what each column counts: on both
  /// sides of each bound.
  private mutating func addCounts() {
    add("no event", [])
    add("\(alert.events) of one group", log(alert))
    for bound in bounds {
      for count in [bound - 1, bound, bound + 1] where count > 0 {
        var counts = alert
        counts.events = count
        add("\(count) of one group", log(counts))
        counts.columns = counts.columns.map { _ in count }
        add("\(count) of one group, each of them counted", log(counts))
        for column in aggregate.columns.indices where !aggregate.columns[column].measure.isOfNumbers {
          counts = alert
          counts.events = max(counts.events, count)
          counts.columns[column] = count
          add("\(count) of \(aggregate.columns[column].measure)", log(counts))
        }
      }
    }
    for column in aggregate.columns.indices { addSums(column) }
    for column in aggregate.columns { addValues(column.measure) }
  }

  /// Sums and averages at their bounds and on both sides of them, of one event and of several.
  private mutating func addSums(_ column: Int) {
    let measure = aggregate.columns[column].measure
    var counts = alert
    switch measure {
    case .count, .present, .matching, .distinct, .inOrder: return
    case .sum:
      for bound in bounds(of: aggregate.columns[column]) {
        for sum in [bound - 1, bound, bound + 1] where sum >= 0 {
          counts.columns[column] = sum
          for size in Set([alert.events, alert.events + 1]) {
            counts.events = size
            add("\(sum) as \(measure) of \(size)", log(counts))
          }
        }
      }
    case .average(let path, _, let bound):
      let whole = max(0, bound.digits / bound.scale)
      for size in [alert.events, alert.events + 1, alert.events + 3] {
        counts.events = size
        let own = log(counts)
        for last in [whole - 1, whole, whole + 1, whole + size, bound.digits] where last >= 0 {
          for others in [whole, whole + 1] {
            let changed = own.enumerated().map { number, logged in
              LoggedEvent(
                adding(number == own.count - 1 ? last : others, at: path, logged.event), at: logged.second)
            }
            add("\(size) of \(others), the last \(last), for \(measure)", changed)
          }
        }
      }
    }
  }

  /// The smallest alert with a last event that has an odd value where it is counted.
  private mutating func addValues(_ measure: Aggregate.Measure) {
    guard let path = measure.path, !isKey(path) else { return }
    let last: [(String, Placement)] = [
      ("absent", .missing), ("null", .null), ("empty", .value(.string(""))),
      ("the first in other letter case", .value(.string("VALUE 0"))),
      ("the first with a blank", .value(.string("value 0 "))),
      ("the first again", .value(.string("value 0"))),
    ]
    if measure.isOfNumbers {
      let own = log(alert)
      for text in ["7", "007", "7.0", "7.5", "-7", "1e3", " 7", "0x10", "1000000000000000", "x"] {
        guard let event = own.last?.event else { continue }
        let odd = LoggedEvent(
          placing(.value(.string(text)), at: path, event), at: BoundaryLogs.start)
        add("\(own.count) and one with the text `\(text)` for \(measure)", own + [odd])
        add("the text `\(text)` for \(measure)", [odd])
      }
    }
    for (words, placement) in last {
      changeLast("of the last `\(path)` \(words)", placement, at: path)
    }
  }

  /// The smallest alert with something else in its last event.
  private mutating func changeLast(_ words: String, _ placement: Placement, at path: FieldPath) {
    changeLast(words) { [self] in placing(placement, at: path, $0) }
  }

  private mutating func changeLast(_ words: String, _ change: (Event) -> Event) {
    var changed = log(alert)
    guard let last = changed.popLast() else { return }
    add("\(changed.count + 1), \(words)", changed + [LoggedEvent(change(last.event), at: last.second)])
  }

  /// As many events as are enough, spread over two groups, and with a last one whose group is missing or spelled
  /// otherwise.
  private mutating func addGroups() {
    let own = log(alert)
    let count = own.count
    for key in aggregate.group {
      let values: [(String, Placement)] = [
        ("another", .value(.string("concord-other"))), ("absent", .missing), ("null", .null),
        ("empty", .value(.string(""))), ("a number", .value(.number(Number(5)))),
        ("the number as text", .value(.string("5"))), ("the word null", .value(.string("null"))),
      ]
      for (words, placement) in values {
        let other = own.map { LoggedEvent(placing(placement, of: key, $0.event), at: $0.second) }
        changeLast("of the last `\(key.name)` \(words)") { [self] in placing(placement, of: key, $0) }
        add("\(count) and \(count) with `\(key.name)` \(words)", own + other)
        add("one and \(count) with `\(key.name)` \(words)", own.prefix(1) + other)
      }
      let shown = key.path(of: event).map { event.values(at: $0) } ?? []
      for text in shown.compactMap({ $0.value.comparedText }).prefix(1) {
        let upper = text.uppercased()
        let cased = upper.sameScalars(as: text) ? text.lowercased() : upper
        let placement = Placement.value(.string(cased))
        changeLast("of the last `\(key.name)` in other letter case") { [self] in
          placing(placement, of: key, $0)
        }
        let other = own.map { LoggedEvent(placing(placement, of: key, $0.event), at: $0.second) }
        add("\(count) and \(count) in other letter case of `\(key.name)`", own + other)
      }
      addCases(of: key, own)
      guard key.paths.contains(where: { paths[$0]?.arrays.contains(true) == true }) else { continue }
      let both = own.map { logged in
        let elements = [Value.string("one"), .string("two"), .string("one")]
        return LoggedEvent(placing(.elements(elements), of: key, logged.event), at: logged.second)
      }
      add("\(count) with several values of `\(key.name)`", both)
    }
  }

  /// The smallest alert with other values, and with the same ones, where the key looks in other events alone.
  private mutating func addCases(of key: Aggregate.Key, _ own: [LoggedEvent]) {
    guard key.path == nil else { return }
    for path in key.paths {
      let elsewhere = own.map { logged in
        let isOwn = key.path(of: logged.event) == path
        let event = isOwn ? logged.event : placing(.value(.string("concord-other")), at: path, logged.event)
        return LoggedEvent(event, at: logged.second)
      }
      add("\(own.count) with another `\(path)` where it is not asked", elsewhere)
      let moved = own.map { logged in
        guard let from = key.path(of: logged.event), from != path,
          let value = logged.event.values(at: from).first
        else { return logged }
        let placed = placing(.value(value.value), at: path, placing(.missing, at: from, logged.event))
        return LoggedEvent(placed, at: logged.second)
      }
      add("\(own.count) with their value at `\(path)` alone", moved)
    }
  }

  /// As many events as are enough around the end of a span, in and against the order of time.
  private mutating func addSpans() {
    let (start, own) = (BoundaryLogs.start, log(alert))
    let count = own.count
    guard count > 0 else { return }
    switch aggregate.period {
    case .whole:
      add("\(count) over years", own.enumerated().map { LoggedEvent($1.event, at: start + $0 * 86_400 * 40) })
    case .spans(let span): addSpans(of: span, own)
    case .windows(let window): addWindows(of: window, own)
    case .hops(let length, let every): addHops(of: length, every, own)
    }
    if !owners.isEmpty {
      at((0..<count).map { start + $0 }, own, "\(count), a second after each other")
      at((0..<count).map { start - $0 }, own, "\(count), a second before each other")
    }
  }

  /// The events of a log again and again, as long as there are seconds, in and against that order.
  private mutating func at(_ seconds: [Int], _ own: [LoggedEvent], _ words: String) {
    let events = (0..<max(1, seconds.count / max(1, own.count) + 1)).flatMap { _ in own }
    let log = zip(events, seconds).map { LoggedEvent($0.event, at: $1) }
    add(words, log)
    add(words + ", in reverse", log.reversed())
  }

  private mutating func addWindows(of window: Int, _ own: [LoggedEvent]) {
    let (count, start) = (own.count, BoundaryLogs.start)
    let end = (start.floored(by: window) + 1) * window
    let rest = Array(repeating: start, count: count - 1)
    at(rest + [start + window], own, "\(count), the last at the end of the window")
    at(rest + [start + window + 1], own, "\(count), the last after the window")
    at([start - window] + rest, own, "\(count), the first at the beginning of the window")
    at([start - window - 1] + rest, own, "\(count), the first before the window")
    at(
      Array(repeating: end - 1, count: count - 1) + [end], own,
      "\(count) around the end of a fixed span")
    at(rest + rest.map { $0 + window + 1 }, own, "one less in each of two windows")
    at(
      rest + [start] + rest.map { $0 + 3 * window } + [start + 3 * window], own,
      "\(count) in each of two windows")
    let step = window / max(1, count - 1) + 1
    at(
      (0..<count + 1).map { start + $0 * step }, own,
      "\(count + 1) that are nowhere near enough to each other")
    at(Array(repeating: -1, count: count), own, "\(count) before the epoch")
  }

  private mutating func addSpans(of span: Int, _ own: [LoggedEvent]) {
    let count = own.count
    let first = BoundaryLogs.start.floored(by: span) * span
    let rest = Array(repeating: first, count: count - 1)
    at(rest + [first + span - 1], own, "\(count), the last at the end of the span")
    at(rest + [first + span], own, "\(count), the last after the span")
    at(rest + [first - 1], own, "\(count), the last before the span")
    at(
      Array(repeating: first + span - 1, count: count) + rest, own,
      "\(count) at the end of a span, one less in another")
    at(rest + rest.map { $0 + span }, own, "one less in each of two spans")
    at(rest + [first] + rest.map { $0 + span } + [first + span], own, "\(count) in each of two spans")
    at(Array(repeating: -1, count: count), own, "\(count) before the epoch")
  }

  /// As many events as are enough around the ends of spans of which several have one event.
  private mutating func addHops(of length: Int, _ every: Int, _ own: [LoggedEvent]) {
    let count = own.count
    let end = (BoundaryLogs.start.floored(by: every) + 1) * every
    let rest = Array(repeating: end - length, count: count - 1)
    at(rest + [end - 1], own, "\(count), the last at the end of the span")
    at(rest + [end], own, "\(count), the last after the span")
    at(rest + [end - length - 1], own, "\(count), the last before the span")
    at(rest.map { _ in end - 1 } + [end + every - 1], own, "\(count), the last at the end of the next span")
    at(rest + rest.map { $0 + max(length, every) }, own, "one less in each of two spans")
    at(Array(repeating: -1, count: count), own, "\(count) before the epoch")
  }

  /// Each boundary event of the condition as the last that is needed.
  private mutating func addEvents(_ boundary: BoundaryEvents) {
    let own = log(alert)
    for made in boundary.events {
      var last = made.event
      let asked = made.site.path
      for key in aggregate.group {
        guard let path = key.path(of: last), path != asked, last.values(at: path).isEmpty else { continue }
        let values = key.path(of: event).map { event.values(at: $0).map(\.value) } ?? []
        last = values.first.map { placing(.value($0), at: path, last) } ?? last
      }
      for column in aggregate.columns {
        guard case .distinct(let path) = column.measure, path != asked else { continue }
        if isKey(path) { continue }
        last = placing(.value(.string("value \(alert.events - 1)")), at: path, last)
      }
      let place =
        owners.isEmpty
        ? own.indices.last : own.indices.min { nearness(own[$0], last) < nearness(own[$1], last) }
      var changed = own
      if let place { changed.remove(at: place) }
      changed.insert(LoggedEvent(last, at: BoundaryLogs.start), at: place ?? 0)
      add("the last: " + made.purpose, changed)
    }
  }

  /// At how many of the asked paths an event of a log has other values than one that is to take its place.
  private func nearness(_ logged: LoggedEvent, _ event: Event) -> Int {
    paths.keys.count { path in
      logged.event.values(at: path).map(\.value) != event.values(at: path).map(\.value)
    }
  }

  /// Leaves the logs out of which a table does not keep an event.
  private mutating func keep(by targets: [Language], for rule: Rule, _ options: LanguageOptions) {
    let all = Set(probes.flatMap { $0.log.map(\.event) })
    let kept =
      (try? all.map { Probe(name: "", event: $0) }.kept(by: targets, for: rule, options: options)).map {
        Set($0.map(\.event))
      } ?? all
    let before = probes.count
    probes.removeAll { probe in probe.log.contains { !kept.contains($0.event) } }
    counts.unkept = before - probes.count
  }
}

extension Aggregate {
  /// Whether a query raises other alerts than the aggregate of a log of that event alone, as often as it takes.
  func isToldApart(
    _ query: String, by event: Event, from condition: Condition, _ language: Language,
    _ options: LanguageOptions
  ) throws(Diagnostic) -> Bool {
    let detection = Detection(condition: condition, aggregate: self)
    let alerts = try language.alertQuery(query, options: options)
    let bounds = [1] + threshold.bounds
    for count in bounds where count <= BoundaryLogs.sizeLimit {
      let log = Array(repeating: LoggedEvent(event, at: BoundaryLogs.start), count: count)
      if try alerts(log).count != detection.alerts(in: log).count { return true }
    }
    return false
  }
}

extension Condition {
  /// The numbers that a threshold asks for.
  var bounds: [Int] { bounds { _ in true } }

  /// The numbers that a threshold asks for of these columns.
  fileprivate func bounds(of isAsked: (FieldPath) -> Bool) -> [Int] {
    switch kind {
    case .test(let path, .number(_, let bound)): isAsked(path) ? [Int(bound.shortest) ?? 1] : []
    case .not(let operand): operand.bounds(of: isAsked)
    case .all(let operands), .any(let operands): operands.flatMap { $0.bounds(of: isAsked) }
    case .always, .test, .some, .anywhere, .place: []
    }
  }
}

extension AverageBound {
  /// A number whose average alone is near the bound: so that it compares so, or so that it does not.
  fileprivate func number(near isSo: Bool, _ comparison: Comparison) -> Int? {
    let whole = digits / scale
    return [whole, whole - 1, whole + 1].first {
      $0 >= 0 && WholeSum([$0]).averages(comparison, self) == isSo
    }
  }
}
