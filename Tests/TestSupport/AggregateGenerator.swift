import ConcordDetection
import ConcordDocuments

/// Makes random aggregates over the pool's fields.
package struct AggregateGenerator: Sendable {
  /// The spans that are counted in, some of which divide neither an hour nor a day.
  private static let spans = [1, 60, 300, 420, 600, 3600, 86_400]

  private var random: SeededGenerator
  private var conditions: ConditionGenerator

  /// The generator of that seed.
  package init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    var options = ConditionGenerator.Options()
    options.depth = 1
    options.questions = [.present, .equals, .pattern, .oneOf]
    options.fields = EventPool.scalars
    conditions = ConditionGenerator(seed: seed &+ 7_000_000_000, options: options)
  }

  /// The next aggregate.
  package mutating func aggregate() -> Aggregate {
    var keys: [Aggregate.Key] = []
    for _ in 0..<random.number(0...2) {
      let key = key()
      if !keys.contains(where: { !Set($0.paths).isDisjoint(with: key.paths) }) { keys.append(key) }
    }
    var columns = [Aggregate.Column("count", .count)]
    for number in 0..<random.number(0...2) { columns.append(Aggregate.Column("m\(number)", measure())) }
    let seconds = random.element(of: AggregateGenerator.spans) ?? 1
    var period: Aggregate.Period =
      random.chance(50) ? .whole : random.chance(50) ? .spans(seconds) : .windows(seconds)
    if random.chance(10) {
      period = .hops(
        seconds * random.number(1...3), every: seconds > 3600 || random.chance(50) ? seconds : 90)
    }
    if case .windows = period, random.chance(30) {
      let steps = (0..<random.number(2...3)).map { _ in conditions.condition() }
      columns.append(Aggregate.Column("steps", .inOrder(steps)))
    }
    return Aggregate(
      by: keys, in: period, columns: columns, threshold: threshold(columns.map(\.name), depth: 2))
  }

  /// A field, or one of several by what an event is asked.
  private mutating func key() -> Aggregate.Key {
    let keepsAbsent = random.chance(15)
    guard random.chance(25) else { return Aggregate.Key(path(), keepsAbsent: keepsAbsent) }
    let cases = (0..<random.number(1...3)).map { _ in Aggregate.Key.Case(conditions.condition(), path()) }
    return Aggregate.Key(named: "chosen", cases, keepsAbsent: keepsAbsent)
  }

  private mutating func path() -> FieldPath {
    let fields = random.chance(90) ? EventPool.scalars : EventPool.leaves
    return random.element(of: fields)?.path ?? FieldPath("eventName")
  }

  private mutating func measure() -> Aggregate.Measure {
    switch random.number(0...5) {
    case 0: .present(path())
    case 1: .matching(conditions.condition())
    case 2: .sum(numberPath())
    case 3: average()
    default: .distinct(path())
    }
  }

  private mutating func numberPath() -> FieldPath {
    random.chance(75) ? FieldPath("attempts") : path()
  }

  private mutating func average() -> Aggregate.Measure {
    let comparison = random.element(of: Comparison.allCases) ?? .greater
    let text = random.element(of: ["1", "2", "5", "2.5", "0.125", "-1", "0", "3.333"]) ?? "1"
    guard let bound = Number(text).flatMap(AverageBound.init) else { return .count }
    return .average(numberPath(), comparison, bound)
  }

  private mutating func threshold(_ names: [String], depth: Int) -> Condition {
    let operands = (0..<random.number(1...2)).map { _ in
      let asked = Aggregate.atLeast(random.number(1...7), random.element(of: names) ?? "count")
      return random.chance(20) ? Condition.not(asked) : asked
    }
    if depth > 0, random.chance(20) {
      return .any([threshold(names, depth: depth - 1), .all(operands)])
    }
    return random.chance(60) ? .all(operands) : .any(operands)
  }
}
