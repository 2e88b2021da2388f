import ConcordDocuments
import ConcordLanguages

/// What was found in some slices of time.
package struct HuntTally: Hashable, Sendable {
  /// How many events some rule holds of.
  package var events = 0
  /// How many bytes of data the engine read; `nil` where it does not tell.
  package var bytes: Int?
  /// How many events were asked of the rules that the engine was to give whether or not it finds them.
  package var sampled = 0
  /// How often the engine says something else of an event than the rules.
  package var disagreements = 0
  /// How many events each rule holds of, by its place, and by the day on which they happened, as `2024-06-01`.
  package var hits: [Int: [String: Int]] = [:]

  /// Nothing yet.
  package init() {}

  /// Counts an event that these rules hold of.
  package mutating func add(_ rules: [Int], on day: String) {
    if !rules.isEmpty { events += 1 }
    for rule in rules { hits[rule, default: [:]][day, default: 0] += 1 }
  }

  /// Adds what was found elsewhere.
  package mutating func add(_ other: HuntTally) {
    events += other.events
    sampled += other.sampled
    disagreements += other.disagreements
    if let more = other.bytes { bytes = (bytes ?? 0) + more }
    for (rule, days) in other.hits {
      hits[rule, default: [:]].merge(days) { $0 + $1 }
    }
  }

  /// How many events a rule holds of.
  package func count(of rule: Int) -> Int { hits[rule]?.values.reduce(0, +) ?? 0 }

  /// The days on which something was found, in order.
  package var days: [String] { Set(hits.values.flatMap(\.keys)).sorted() }
}

// As JSON, for the file that says how far a run came.
extension HuntTally {
  var members: [Value.Object.Member] {
    func number(_ count: Int) -> Value { .number(Number(count)) }
    let rules = hits.sorted { $0.key < $1.key }.map { rule, days in
      let counts = days.sorted { $0.key < $1.key }.map { Value.Object.Member($0.key, number($0.value)) }
      return Value.Object.Member("\(rule)", .object(Value.Object(counts)))
    }
    return [
      .init("events", number(events)), .init("bytes", bytes.map(number) ?? .null),
      .init("sampled", number(sampled)), .init("disagreements", number(disagreements)),
      .init("hits", .object(Value.Object(rules))),
    ]
  }

  /// The tally that `members` spell; `nil` for others.
  init?(_ object: Value.Object) {
    func number(_ value: Value?) -> Int? { value?.comparedText.flatMap { Int($0) } }
    guard let events = number(object["events"]), case .object(let rules)? = object["hits"] else { return nil }
    self.events = events
    bytes = number(object["bytes"])
    sampled = number(object["sampled"]) ?? 0
    disagreements = number(object["disagreements"]) ?? 0
    for member in rules.members {
      guard let rule = Int(member.key), case .object(let days) = member.value else { return nil }
      for day in days.members {
        guard let count = number(day.value) else { return nil }
        hits[rule, default: [:]][day.key] = count
      }
    }
  }
}
