import Concord

/// What the change of a rule gains and loses: how many events, on which days, some of them, and what decided.
struct ChangeTally: Sendable {
  /// One direction.
  struct Side: Sendable {
    /// How many events.
    fileprivate(set) var count = 0
    /// How many on each day, as `2024-06-01`.
    fileprivate(set) var days: [String: Int] = [:]
    /// The first of them, with their times.
    fileprivate(set) var examples: [(time: String?, event: Event)] = []
    /// How often the fields that decided had which values.
    fileprivate(set) var values: [String: [String: Int]] = [:]
  }

  /// How many events the old version holds of.
  private(set) var before = 0
  /// How many events the new version holds of.
  private(set) var after = 0
  /// What the new version alone holds of.
  private(set) var gained = Side()
  /// What the old version alone holds of.
  private(set) var lost = Side()
  /// Whether a version could not be asked.
  var isRefused = false
  private let old: Condition
  private let new: Condition

  /// How many examples are kept, and how many different values of a field.
  private static let limits = (examples: 3, values: 1000)

  /// No event yet.
  init(of pair: RulePair) {
    old = pair.old?.rule.condition ?? .always(false)
    new = pair.new?.rule.condition ?? .always(false)
  }

  /// Whether an event was gained or lost.
  var isChange: Bool { gained.count + lost.count > 0 }

  /// Takes an event that one of the versions holds of; the event itself need not be known where both do.
  mutating func add(_ event: Event?, at time: String?, before: Bool, after: Bool) {
    if before { self.before += 1 }
    if after { self.after += 1 }
    guard before != after else { return }
    let event = event ?? Event(Value.Object())
    let versions = [old, new]
    if after {
      ChangeTally.add(event, at: time, of: versions, to: &gained)
    } else {
      ChangeTally.add(event, at: time, of: versions, to: &lost)
    }
  }

  /// Takes an event as an engine's run wrote it down.
  mutating func add(_ record: ChangeRecord) {
    add(record.event, at: record.time, before: record.before, after: record.after)
  }

  private static func add(
    _ event: Event, at time: String?, of versions: [Condition], to side: inout Side
  ) {
    side.count += 1
    side.days[time.map { String($0.prefix(10)) } ?? "no time", default: 0] += 1
    if side.examples.count < ChangeTally.limits.examples { side.examples.append((time, event)) }
    // What one version says no to, and the other yes.
    let decided = versions.flatMap { $0.deciding(event) }.flatMap(\.paths)
    var seen: Set<FieldPath> = []
    for path in decided where seen.insert(path).inserted {
      let texts = Set(event.values(at: path).compactMap(\.value.comparedText))
      for text in texts.isEmpty ? ["absent"] : texts.map({ Value.string($0).compactJSON }) {
        let known = side.values[path.description]?.count ?? 0
        guard known < ChangeTally.limits.values || side.values[path.description]?[text] != nil else {
          continue
        }
        side.values[path.description, default: [:]][text, default: 0] += 1
      }
    }
  }
}

/// An event that one version of a rule holds of, as a line between the threads of a run and its end.
struct ChangeRecord: Sendable {
  /// The pair of versions, by place.
  let pair: Int
  let before: Bool
  let after: Bool
  let time: String?
  let event: Event?

  /// What is written down of an event: for each pair of versions one line, with the event where they differ.
  static func lines(_ hit: Hunt.Hit, _ places: [(pair: Int, isNew: Bool)]) -> [UInt8] {
    let old = Set(hit.rules.filter { !places[$0].isNew }.map { places[$0].pair })
    let new = Set(hit.rules.filter { places[$0].isNew }.map { places[$0].pair })
    var output: [UInt8] = []
    for pair in old.union(new).sorted() {
      var members: [Value.Object.Member] = [
        .init("pair", .number(Number(pair))), .init("before", .bool(old.contains(pair))),
        .init("after", .bool(new.contains(pair))),
      ]
      if old.contains(pair) != new.contains(pair) {
        if let time = hit.time { members.append(.init("time", .string(time.text))) }
        members.append(.init("event", .object(hit.event.object)))
      }
      output += (Value.object(Value.Object(members)).compactJSON + "\n").utf8
    }
    return output
  }

  private init?(_ line: ArraySlice<UInt8>) {
    guard case .object(let object)? = try? JSON.parse(String(decoding: line, as: UTF8.self)),
      let pair = object["pair"]?.comparedText.flatMap({ Int($0) })
    else { return nil }
    self.pair = pair
    (before, after) = (object["before"] == .bool(true), object["after"] == .bool(true))
    time = object["time"]?.comparedText
    event = object["event"].flatMap { Event($0) }
  }

  /// Reads lines out of pieces that need not end where lines do.
  struct Reader {
    private var rest: [UInt8] = []

    /// Takes a piece, and hands over what is whole.
    mutating func take(_ piece: [UInt8], _ use: (ChangeRecord) -> Void) {
      rest += piece
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if let record = ChangeRecord(rest[start..<end]) { use(record) }
        start = end + 1
      }
      rest.removeFirst(start)
    }
  }
}
