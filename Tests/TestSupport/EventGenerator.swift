import ConcordDetection
import ConcordDocuments

/// Makes random events of the pool's fields.
package struct EventGenerator: Sendable {
  /// What the events are like.
  package struct Options: Sendable {
    /// The top-level fields.
    package var columns = EventPool.columns
    /// How many of 100 fields are missing.
    package var missing = 15
    /// How many of 100 fields are null.
    package var null = 8
    /// How many of 100 leaves have a value of another type, which a typed table could not hold.
    package var mistyped = 0
    /// How many of 100 texts are hostile.
    package var hostile = 10
    /// The hostile texts.
    package var hostileTexts = HostileValues.all

    /// The options with everything left to its default.
    package init() {}
  }

  /// What the events are like.
  package var options: Options
  private var random: SeededGenerator

  /// The generator of that seed.
  package init(seed: UInt64, options: Options = Options()) {
    self.options = options
    random = SeededGenerator(seed: seed)
  }

  /// The next event.
  package mutating func event() -> Event { Event(object(options.columns)) }

  /// The next `count` events.
  package mutating func events(_ count: Int) -> [Event] { (0..<count).map { _ in event() } }

  private mutating func object(_ columns: [EventPool.Column]) -> Value.Object {
    var members: [Value.Object.Member] = []
    for column in columns where !random.chance(options.missing) {
      let value = random.chance(options.null) ? Value.null : value(of: column.type)
      members.append(Value.Object.Member(column.name, value))
    }
    return Value.Object(members)
  }

  private mutating func value(of type: EventPool.FieldType) -> Value {
    switch type {
    case .structure(let columns), .document(let columns): .object(object(columns))
    case .array(let element):
      .array(
        (0..<random.number(0...3)).map { _ in
          random.chance(options.null) ? .null : value(of: element)
        })
    case .text, .address, .boolean, .integer, .real:
      random.chance(options.mistyped) ? leaf(random.pick(.text, .boolean, .integer, .real)) : leaf(type)
    }
  }

  private mutating func leaf(_ type: EventPool.FieldType) -> Value {
    switch type {
    case .boolean: .bool(random.chance(50))
    case .integer: .number(Number(random.pick(0, 1, -1, 4, 5, 6, 443, 8080, 1000, random.number(-9...9))))
    case .real: number(random.element(of: EventPool.numbers))
    case .address: .string(random.element(of: EventPool.addresses) ?? "")
    case .text, .structure, .array, .document:
      .string(
        random.element(of: random.chance(options.hostile) ? options.hostileTexts : EventPool.texts) ?? "")
    }
  }

  private func number(_ text: String?) -> Value { text.flatMap(Number.init).map(Value.number) ?? .null }
}
