import ConcordLanguages

/// When an event happened: milliseconds since 1970, UTC.
package struct EventTime: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int

  /// That many milliseconds since 1970-01-01T00:00:00Z.
  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// Reads what `Instant` reads, or a number since 1970 in seconds, milliseconds, microseconds or nanoseconds, told
  /// by its size.
  package init?(_ text: some Collection<UInt8>) {
    if let instant = Instant(text) {
      self.init(instant)
    } else if let value = EventTime.number(Array(text.prefix(64))) {
      self.init(milliseconds: value)
    } else {
      return nil
    }
  }

  /// That moment, to the millisecond before it.
  package init(_ instant: Instant) {
    milliseconds = instant.seconds * 1000 + instant.nanoseconds / 1_000_000
  }

  /// The second that it is in, since 1970.
  package var seconds: Int { milliseconds.floored(by: 1000) }

  /// The time in ISO 8601, to the second.
  package var text: String { Instant(seconds: seconds).text }

  /// Orders earlier before later.
  package static func < (left: EventTime, right: EventTime) -> Bool { left.milliseconds < right.milliseconds }

  private static func number(_ bytes: [UInt8]) -> Int? {
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite, value > 0 else {
      return nil
    }
    // From 1973 to 5138 the four units do not overlap.
    switch value {
    case 1e8..<1e11: return Int(value * 1000)
    case 1e11..<1e14: return Int(value)
    case 1e14..<1e17: return Int(value / 1000)
    case 1e17..<1e20: return Int(value / 1_000_000)
    default: return nil
    }
  }
}
