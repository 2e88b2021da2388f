import ConcordDetection
import ConcordDocuments

/// Spells values as JSON in many ways: white space, escapes, numbers in other forms, keys that stand twice, members
/// that mean nothing, surrogates without a partner; and breaks such texts.
package struct JSONSpelling: Sendable {
  /// How much of each.
  package struct Options: Sendable {
    /// How many of 100 places have white space.
    package var space = 20
    /// How many of 100 characters are spelled as an escape.
    package var escapes = 8
    /// How many of 100 strings have escapes at all.
    package var escapedStrings = 30
    /// How many of 100 members are followed, or come after, another of the same key.
    package var duplicates = 5
    /// How many of 100 objects have members that no one asked for.
    package var extras = 20
    /// How many of 100 values stand in an array, alone or with others.
    package var wrapped = 4
    /// How many of 100 texts are broken in the end.
    package var broken = 10

    /// Some of each.
    package init() {}
  }

  /// How much of each.
  package var options: Options
  private var random: SeededGenerator

  /// The generator of that seed.
  package init(seed: UInt64, options: Options = Options()) {
    self.options = options
    random = SeededGenerator(seed: seed)
  }

  /// The event as bytes, which may not be JSON.
  package mutating func bytes(_ event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    space(&bytes)
    object(event.object, &bytes, depth: 0)
    space(&bytes)
    if random.chance(options.broken) { damage(&bytes) }
    return bytes
  }

  private mutating func space(_ bytes: inout [UInt8]) {
    while random.chance(options.space) { bytes.append(random.pick(0x20, 0x0A, 0x09, 0x0D)) }
  }

  private mutating func object(_ object: Value.Object, _ bytes: inout [UInt8], depth: Int) {
    var members = object.members
    if random.chance(options.extras) {
      members.append(.init(random.pick("extra", "a", "", "é\"\\/", "eventname"), junk()))
    }
    if random.chance(2) {
      members.append(.init(malformedKey: random.pick([0xD800], [0x61, 0xDC00]), junk()))
    }
    for member in members where random.chance(options.duplicates) {
      members.insert(
        .init(member.key, random.chance(50) ? junk() : member.value), at: random.number(0...members.count))
    }
    bytes.append(UInt8(ascii: "{"))
    space(&bytes)
    for (index, member) in members.enumerated() {
      if index > 0 {
        bytes.append(UInt8(ascii: ","))
        space(&bytes)
      }
      if let units = member.malformedKey {
        string(units, &bytes)
      } else {
        string(Array(member.key.utf16), &bytes)
      }
      space(&bytes)
      bytes.append(UInt8(ascii: ":"))
      space(&bytes)
      value(member.value, &bytes, depth: depth + 1)
      space(&bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func value(_ value: Value, _ bytes: inout [UInt8], depth: Int) {
    if depth < 12, random.chance(options.wrapped) {
      return array([value] + (0..<random.number(0...2)).map { _ in junk() }, &bytes, depth: depth)
    }
    switch value {
    case .null: bytes += Array("null".utf8)
    case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
    case .number(let number): self.number(number, &bytes)
    case .string(let text): string(Array(text.utf16), &bytes)
    case .malformedString(let units): string(units, &bytes)
    case .array(let items): array(items, &bytes, depth: depth)
    case .object(let object): self.object(object, &bytes, depth: depth)
    }
  }

  private mutating func array(_ items: [Value], _ bytes: inout [UInt8], depth: Int) {
    bytes.append(UInt8(ascii: "["))
    space(&bytes)
    for (index, item) in items.enumerated() {
      if index > 0 {
        bytes.append(UInt8(ascii: ","))
        space(&bytes)
      }
      value(item, &bytes, depth: depth + 1)
      space(&bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func number(_ number: Number, _ bytes: inout [UInt8]) {
    let text = number.shortest
    let isPlain = text.utf8.allSatisfy { $0 != UInt8(ascii: "e") }
    let isWhole = isPlain && text.utf8.allSatisfy { $0 != UInt8(ascii: ".") }
    let spelled =
      switch random.number(0...9) {
      case 0 where isPlain: text + random.pick("e0", "E+0", "e-0", "e00")
      case 1 where isWhole: text + random.pick(".0", ".000", ".0e0", "0e-1", "000e-3")
      case 2 where text == "0": random.pick("-0", "-0.0", "0e999999999999", "0E-5")
      case 3 where isPlain && !isWhole: text + "00"
      case 4:
        random.pick("1e400", "-1e-400", "123456789012345678901234567890", "1E3", "0.00000000000000000001")
      default: text
      }
    bytes += Array(spelled.utf8)
  }

  private mutating func string(_ units: [UInt16], _ bytes: inout [UInt8]) {
    let escapes = random.chance(options.escapedStrings) ? options.escapes : 0
    bytes.append(UInt8(ascii: "\""))
    var rest = units[...]
    while let unit = rest.first {
      rest = rest.dropFirst()
      if unit & 0xFC00 == 0xD800, let low = rest.first, low & 0xFC00 == 0xDC00, !random.chance(escapes) {
        rest = rest.dropFirst()
        bytes += Array(String(decoding: [unit, low], as: UTF16.self).utf8)
      } else if unit & 0xF800 == 0xD800 || random.chance(escapes) {
        let digits = String(unit, radix: 16, uppercase: random.chance(50))
        bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
      } else if unit < 0x20 || unit == 0x22 || unit == 0x5C || (unit == 0x2F && random.chance(30)) {
        bytes += short(unit)
      } else {
        bytes += Array(String(decoding: [unit], as: UTF16.self).utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func short(_ unit: UInt16) -> [UInt8] {
    switch unit {
    case 0x08: Array("\\b".utf8)
    case 0x09: Array("\\t".utf8)
    case 0x0A: Array("\\n".utf8)
    case 0x0C: Array("\\f".utf8)
    case 0x0D: Array("\\r".utf8)
    case 0..<0x20: Array("\\u00\(unit < 16 ? "0" : "")\(String(unit, radix: 16))".utf8)
    default: [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: unit)]
    }
  }

  /// A value that the event did not have.
  private mutating func junk() -> Value {
    switch random.number(0...9) {
    case 0: .null
    case 1: .bool(random.chance(50))
    case 2: .number(Number(random.number(-5...1000)))
    case 3: .malformedString(random.pick([0xD83D], [0xDE00, 0x61], [0x61, 0xD800, 0xD83D, 0xDE00]))
    case 4: .array((0..<random.number(0...3)).map { _ in junk() })
    case 5: .object(Value.Object([.init(random.pick("type", "name", "id", "b"), junk())]))
    case 6: (0..<random.number(1...40)).reduce(.string("deep")) { inner, _ in .array([inner]) }
    default: .string(random.element(of: EventPool.texts) ?? "")
    }
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let place = random.number(0...(bytes.count - 1))
    switch random.number(0...6) {
    case 0: bytes.removeSubrange(place...)
    case 1: bytes[place] = UInt8(random.number(0...255))
    case 2: bytes.insert(UInt8(random.number(0...255)), at: place)
    case 3: bytes.remove(at: place)
    case 4:
      bytes.insert(
        contentsOf: random.pick([0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x84]),
        at: place)
    case 5:
      bytes.insert(
        contentsOf: Array(
          random.pick("\\", "\\u", "\\ud83d", "\\x", "\"", ",", "{", "]", "1", "-", ".", "e5", "null").utf8),
        at: place)
    default: bytes.swapAt(place, random.number(0...(bytes.count - 1)))
    }
  }
}
