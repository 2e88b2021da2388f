extension Value {
  /// The value as JSON without white space: members in source order, numbers as they were written, and only
  /// those characters escaped that must be (quote, backslash, U+0000 to U+001F, surrogates without a partner).
  public var compactJSON: String {
    var writer = JSONWriter(indented: false)
    writer.write(self, level: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Appends `compactJSON`.
  package func appendCompactJSON(to bytes: inout [UInt8]) {
    var writer = JSONWriter(indented: false)
    swap(&writer.bytes, &bytes)
    writer.write(self, level: 0)
    swap(&writer.bytes, &bytes)
  }

  /// The value as JSON for people: a member a line, two spaces a level, no line break at the end.
  package var prettyJSON: String {
    prettyJSON(level: 0)
  }

  /// The same, within collections of so many levels: lines after the first are indented by them.
  package func prettyJSON(level: Int) -> String {
    var writer = JSONWriter(indented: true)
    writer.write(self, level: level)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

private struct JSONWriter {
  let indented: Bool
  var bytes: [UInt8] = []

  init(indented: Bool) { self.indented = indented }

  mutating func write(_ value: Value, level: Int) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): bytes.append(contentsOf: number.json.utf8)
    case .string(let text): quote(text)
    case .malformedString(let units): quote(units)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for index in items.indices {
        separate(index, level + 1)
        write(items[index], level: level + 1)
      }
      end(UInt8(ascii: "]"), isEmpty: items.isEmpty, level)
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for index in object.members.indices {
        separate(index, level + 1)
        key(object.members[index])
        write(object.members[index].value, level: level + 1)
      }
      end(UInt8(ascii: "}"), isEmpty: object.members.isEmpty, level)
    }
  }

  private mutating func key(_ member: Value.Object.Member) {
    if let units = member.malformedKey { quote(units) } else { quote(member.key) }
    bytes.append(UInt8(ascii: ":"))
    if indented { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func separate(_ index: Int, _ level: Int) {
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    newLine(level)
  }

  private mutating func end(_ bracket: UInt8, isEmpty: Bool, _ level: Int) {
    if !isEmpty { newLine(level) }
    bytes.append(bracket)
  }

  private mutating func newLine(_ level: Int) {
    guard indented else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    // Most texts need no escape and are copied whole.
    if text.allBytes({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      text.withBytes { bytes.append(contentsOf: $0) }
    } else {
      for byte in text.utf8 { escape(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func quote(_ units: [UInt16]) {
    bytes.append(UInt8(ascii: "\""))
    var rest = units[...]
    while let unit = rest.first {
      if unit & 0xF800 != 0xD800 {
        for byte in String(decoding: [unit], as: UTF16.self).utf8 { escape(byte) }
      } else if unit & 0xFC00 == 0xD800, let next = rest.dropFirst().first, next & 0xFC00 == 0xDC00 {
        bytes.append(contentsOf: String(decoding: [unit, next], as: UTF16.self).utf8)
        rest = rest.dropFirst()
      } else {
        bytes.append(contentsOf: "\\u\(String(unit, radix: 16))".utf8)
      }
      rest = rest.dropFirst()
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case 0x08: bytes.append(contentsOf: "\\b".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0C: bytes.append(contentsOf: "\\f".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0..<0x20: bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    default: bytes.append(byte)
    }
  }
}
