import ConcordDiagnostics
import ConcordDocuments

/// How many events make an alert: which of them are counted together, what is counted of them, and what must hold of
/// the counts.
///
/// What it means is said by `Aggregation.swift`. A detection without one raises an alert for each event.
package struct Aggregate: Hashable, Sendable {
  /// What is counted of the events of a group: a whole number, 0 or more.
  package enum Measure: Hashable, Sendable {
    /// The events.
    case count
    /// The events that have a value at the path.
    case present(FieldPath)
    /// The events that the condition holds of.
    case matching(Condition)
    /// The different texts of all values at the path, letter case counting.
    case distinct(FieldPath)
    /// How many of the conditions, from the first, hold of events one after another: of each in the second of that of
    /// the condition before it or later, maybe of the same event.
    case inOrder([Condition])
    /// The sum of the values at the path that are whole numbers, 0 or more, of 15 digits at most; others add nothing.
    case sum(FieldPath)
    /// 1 where there are such values and their average compares so with a number, otherwise 0.
    case average(FieldPath, Comparison, AverageBound)
  }

  /// A measure under the name that the threshold asks for.
  package struct Column: Hashable, Sendable {
    /// The name, unique among the columns.
    package var name: String
    /// What is counted.
    package var measure: Measure

    /// Counts as `name`.
    package init(_ name: String, _ measure: Measure) { (self.name, self.measure) = (name, measure) }
  }

  /// The fields whose values tell groups apart; without any, all events are one group.
  package let group: [Key]
  /// Which events of a group are counted together.
  package let period: Period
  /// What is counted.
  package let columns: [Column]
  /// What must hold of the counts for a group to be an alert: a condition that asks `atLeast` of the columns' names.
  package let threshold: Condition

  /// Counts events so.
  package init(
    by group: [Key] = [], in period: Period, columns: [Column] = [], threshold: Condition = .always(true)
  ) {
    (self.group, self.period, self.columns) = (group, period, columns)
    // A group that is there has an event.
    let counts = group.isEmpty && period == .whole ? [] : columns.filter { $0.measure == .count }
    self.threshold = counts.reduce(threshold) { $0.granting(Aggregate.atLeast(1, $1.name)) }
  }

  /// Counts events so, in fixed spans of so many seconds, or of all time.
  package init(
    by group: [Key] = [], span: Int? = nil, columns: [Column] = [], threshold: Condition = .always(true)
  ) {
    self.init(by: group, in: span.map(Period.spans) ?? .whole, columns: columns, threshold: threshold)
  }

  /// Whether a group may have no events: the one that all events are in.
  package var canBeEmpty: Bool { group.isEmpty && period == .whole }

  /// Whether the column of that name is so many or more. Every question about a whole number is made of this one.
  package static func atLeast(_ count: Int, _ name: String) -> Condition {
    if count <= 0 { return .always(true) }
    return .test(FieldPath(name), .number(.greaterOrEqual, Number(count)))
  }
}

extension Condition {
  /// The same where `fact`, one of its questions, is known to be true.
  fileprivate func granting(_ fact: Condition) -> Condition {
    switch kind {
    case .always, .some, .anywhere, .place: self
    case .test: self == fact ? .always(true) : self
    case .not(let operand): .not(operand.granting(fact), origin: origin)
    case .all(let operands): .all(operands.map { $0.granting(fact) }, origin: origin)
    case .any(let operands): .any(operands.map { $0.granting(fact) }, origin: origin)
    }
  }
}

extension Aggregate {
  /// The same alerts, under names and in an order that do not depend on how it was written: two aggregates whose
  /// canonical forms are equal raise the same alerts of the same events, up to the order of the group's fields.
  package var canonical: Aggregate {
    let asked = Set(threshold.paths)
    let columns = self.columns.filter { asked.contains(FieldPath($0.name)) }
    let named = columns.map { (FieldPath($0.name), FieldPath($0.measure.description)) }
    let names = Dictionary(named, uniquingKeysWith: { first, _ in first })
    var seen: Set<Measure> = []
    let distinct = columns.filter { seen.insert($0.measure).inserted }
    return Aggregate(
      by: canonicalOrder.map { group[$0].renamed }, in: period,
      columns: distinct.map { Column($0.measure.description, $0.measure) }.sorted { $0.name < $1.name },
      threshold: threshold.mapPaths { names[$0] ?? $0 })
  }

  /// The places of the group's fields in the order that `canonical` has them: the same in a language whose names ignore
  /// letter case.
  package var canonicalOrder: [Int] {
    let names = group.map { key in
      let name = key.paths.map(\.description).joined(separator: ", ")
      return (LetterCase.lower(name), name)
    }
    return group.indices.sorted { names[$0] < names[$1] }
  }
}

extension Aggregate {
  /// Whether an average is one of its measures.
  package var asksAverage: Bool {
    columns.contains { if case .average = $0.measure { true } else { false } }
  }

  /// The fields whose values are grouped or counted by, each once; what counts by a condition asks in its own way.
  package var askedFields: [FieldPath] {
    (group.flatMap(\.paths) + columns.compactMap(\.measure.path)).distinct
  }

  /// The same with every path of an event replaced, say by its spelling in a schema.
  package func mapPaths(_ transform: (FieldPath) -> FieldPath) -> Aggregate {
    Aggregate(
      by: group.map { $0.map(transform, { $0.mapPaths(transform) }) }, in: period,
      columns: columns.map { Column($0.name, $0.measure.map(transform, { $0.mapPaths(transform) })) },
      threshold: threshold)
  }

  /// The same with every condition by which it counts replaced.
  package func mapConditions(_ transform: (Condition) -> Condition) -> Aggregate {
    let columns = columns.map { Column($0.name, $0.measure.map({ $0 }, transform)) }
    let group = group.map { $0.map({ $0 }, transform) }
    return Aggregate(by: group, in: period, columns: columns, threshold: threshold)
  }

  /// The conditions by which it counts and tells groups apart.
  package var conditions: [Condition] {
    group.flatMap(\.conditions) + columns.flatMap(\.measure.conditions)
  }
}

extension Condition {
  /// Whether the condition is such that an event of which it holds has a value at the path, told by its form: `false`
  /// where that is not plain.
  package func needs(_ path: FieldPath) -> Bool {
    switch kind {
    case .test(let own, .sameAs(let other, _)): own == path || other == path
    case .test(let own, let atom): own == path && atom.needsValue
    case .some(let own, let operand): own == path || operand.needs(path)
    case .always(let value): !value
    case .anywhere, .place, .not: false
    case .all(let operands): operands.contains { $0.needs(path) }
    case .any(let operands): operands.allSatisfy { $0.needs(path) }
    }
  }
}

extension Detection {
  /// The same detection in the form in which two that count are compared: events that are in no group are none of its
  /// events, and a group of events without a value is there only where there may be such events.
  package var counted: Detection {
    guard let aggregate else { return self }
    var copy = self
    let keys = aggregate.group.map { $0.keepingAbsent($0.keepsAbsent && !condition.needs($0)) }
    let needed = keys.filter { !$0.keepsAbsent && !condition.needs($0) }
    copy.condition = .all([condition] + needed.map(\.isThere))
    copy.aggregate = Aggregate(
      by: keys, in: aggregate.period, columns: aggregate.columns, threshold: aggregate.threshold)
    return copy
  }
}

extension Aggregate: CustomStringConvertible {
  /// What it counts, in words for people: `count() >= 5 by userIdentity.arn in spans of 10 min`. What is counted by a
  /// condition goes by its column's name.
  package var description: String {
    let named = columns.map { (FieldPath($0.name), $0.measure) }
    let measures = Dictionary(named, uniquingKeysWith: { first, _ in first })
    let by = group.isEmpty ? "" : " by \(group.map(\.description).joined(separator: ", "))"
    return "\(threshold.words(measures))\(by)\(period)"
  }
}

extension Condition {
  /// A threshold over these measures in words.
  fileprivate func words(_ measures: [FieldPath: Aggregate.Measure]) -> String {
    func joined(_ operands: [Condition], _ word: String) -> String {
      operands.map { operand in
        switch operand.kind {
        case .all, .any: "(\(operand.words(measures)))"
        case .always, .test, .some, .anywhere, .place, .not: operand.words(measures)
        }
      }.joined(separator: " \(word) ")
    }
    // What is counted by a condition goes by its column's name.
    func compared(_ path: FieldPath, _ sign: String, _ bound: Number) -> String {
      let measure = measures[path].flatMap { $0.conditions.isEmpty ? $0 : nil }
      if let measure, measure.isQuestion { return measure.description }
      return "\(measure?.description ?? path.names.joined()) \(sign) \(bound.shortest)"
    }
    return switch kind {
    case .always(let value): value ? "any" : "none"
    case .test(let path, .number(_, let bound)): compared(path, ">=", bound)
    case .not(let operand):
      if case .test(let path, .number(_, let bound)) = operand.kind, !(measures[path]?.isQuestion ?? false) {
        compared(path, "<", bound)
      } else {
        "not (\(operand.words(measures)))"
      }
    case .all(let operands): joined(operands, "and")
    case .any(let operands): joined(operands, "or")
    case .test, .some, .anywhere, .place: structure
    }
  }
}

extension Aggregate.Measure: CustomStringConvertible {
  /// The measure as a call: `count()`, `distinct(userIdentity.arn)`.
  package var description: String {
    switch self {
    case .count: "count()"
    case .present(let path): "count(\(path))"
    case .matching(let condition): "count(where \(condition.structure))"
    case .distinct(let path): "distinct(\(path))"
    case .inOrder(let steps): "in_order(\(steps.map(\.structure).joined(separator: ", ")))"
    case .sum(let path): "sum(\(path))"
    case .average(let path, let comparison, let bound):
      "average(\(path)) \(comparison.rawValue) \(bound.number.shortest)"
    }
  }

  /// Whether it is made of a sum of numbers.
  package var isOfNumbers: Bool {
    switch self {
    case .sum, .average: true
    case .count, .present, .matching, .distinct, .inOrder: false
    }
  }

  /// Whether it is 1 or 0, for yes and no.
  package var isQuestion: Bool { if case .average = self { true } else { false } }
}

extension Condition {
  /// A text that two conditions share where they are equal, wherever they were written, and only then.
  fileprivate var structure: String {
    func joined(_ operands: [Condition]) -> String { operands.map(\.structure).joined(separator: ", ") }
    return switch kind {
    case .always(let value): "\(value)"
    case .test(let path, let atom): "\(path) \(atom)"
    case .some(let path, let operand): "some(\(path), \(operand.structure))"
    case .anywhere(let pattern, let letterCase): "anywhere \(pattern) \(letterCase)"
    case .place(let fact, let atom): "place \(fact) \(atom)"
    case .not(let operand): "not(\(operand.structure))"
    case .all(let operands): "all(\(joined(operands)))"
    case .any(let operands): "any(\(joined(operands)))"
    }
  }
}

extension Aggregate.Measure {
  /// The path whose values it counts; `nil` where it counts events.
  package var path: FieldPath? {
    switch self {
    case .present(let path), .distinct(let path), .sum(let path), .average(let path, _, _): path
    case .count, .matching, .inOrder: nil
    }
  }

  /// The same of other paths and by other conditions.
  fileprivate func map(_ path: (FieldPath) -> FieldPath, _ condition: (Condition) -> Condition) -> Self {
    switch self {
    case .count: self
    case .present(let own): .present(path(own))
    case .distinct(let own): .distinct(path(own))
    case .matching(let own): .matching(condition(own))
    case .inOrder(let steps): .inOrder(steps.map(condition))
    case .sum(let own): .sum(path(own))
    case .average(let own, let comparison, let bound): .average(path(own), comparison, bound)
    }
  }

  /// The conditions by which it counts.
  package var conditions: [Condition] {
    switch self {
    case .count, .present, .distinct, .sum, .average: []
    case .matching(let condition): [condition]
    case .inOrder(let steps): steps
    }
  }
}

extension Rule {
  /// The paths by which its aggregate groups and counts.
  package var countedPaths: [FieldPath] {
    guard let aggregate else { return [] }
    var paths: [FieldPath] = []
    for key in aggregate.group { paths += key.paths + key.conditions.flatMap(\.paths) }
    for measure in aggregate.columns.map(\.measure) {
      if let path = measure.path { paths.append(path) }
      paths += measure.conditions.flatMap(\.paths)
    }
    return paths
  }
}
