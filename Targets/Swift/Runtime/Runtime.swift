// The runtime that generated source states at its end: only the sections that the rule calls, and `always`. It
// mirrors `Evaluation.swift` and the files that one calls, and says nothing on its own.
//
// This file is compiled for itself, as the target `SwiftRuntime`, so that the compiler and the formatter see what is
// emitted, and it is embedded in the writer, which takes it apart at the marks (Write/SwiftRuntime.swift). It is one
// file because what is emitted is one: its types are private.

// MARK: event

/// An event: a JSON object.
public struct Event: Sendable {
  fileprivate let root: JSON

  /// Reads an event; `nil` where the text is not one JSON object.
  public init?(json: String) {
    guard let value = JSONReader.read(json), case .object = value else { return nil }
    root = value
  }

  fileprivate func at(_ path: Step...) -> Values { Values(of: root, at: path) }
}

// MARK: always

/// A JSON value. A number is kept as it was written.
private indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  /// A text with surrogates that have no partner, in UTF-16.
  case malformedString([UInt16])
  case array([JSON])
  case object([Member])

  struct Member: Sendable {
    let key: JSON
    let value: JSON
  }

  /// The text by which the value is compared; `nil` for null.
  var text: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "true" : "false"
    case .number(let written): Decimal(written)?.shortest ?? written
    case .string(let text): text
    case .malformedString(let units): String(decoding: units, as: UTF16.self)
    case .array, .object: compact
    }
  }

  /// Whether this is that text.
  func isText(_ other: String) -> Bool {
    if case .string(let text) = self { text.utf8.elementsEqual(other.utf8) } else { false }
  }

  /// The value as JSON without white space.
  private var compact: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let written): written
    case .string(let text): JSON.quoted(Array(text.utf16))
    case .malformedString(let units): JSON.quoted(units)
    case .array(let items): "[" + items.map(\.compact).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { $0.key.compact + ":" + $0.value.compact }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ units: [UInt16]) -> String {
    var result = "\""
    var rest = units[...]
    while let unit = rest.popFirst() {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x08: result += "\\b"
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0C: result += "\\f"
      case 0x0D: result += "\\r"
      case 0..<0x20: result += "\\u00" + (unit < 16 ? "0" : "") + String(unit, radix: 16)
      case 0xD800...0xDFFF:
        if unit < 0xDC00, let next = rest.first, (0xDC00...0xDFFF).contains(next) {
          result += String(decoding: [unit, next], as: UTF16.self)
          rest.removeFirst()
        } else {
          result += "\\u" + String(unit, radix: 16)
        }
      default: result += String(decoding: [unit], as: UTF16.self)
      }
    }
    return result + "\""
  }
}

/// A step of a path: a name, the index of an array's element, or each element.
private enum Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case name(String)
  case index(Int)
  case each

  init(stringLiteral name: String) { self = .name(name) }
  init(integerLiteral index: Int) { self = .index(index) }
}

/// The values that a path leads to, none of them null. A question is answered with yes if one of them says so.
private struct Values {
  struct Found {
    let value: JSON
    /// Whether the path led to an array, of which this is an element.
    let isElement: Bool
  }

  var found: [Found] = []
  /// Whether texts are compared in lower case.
  var isLowercased = false

  init(of root: JSON, at path: [Step]) { collect(root, path[...], isElement: false) }

  var isPresent: Bool { !found.isEmpty }

  func some(_ test: (String) -> Bool) -> Bool {
    found.contains { found in found.value.text.map { test(compared($0)) } ?? false }
  }

  private mutating func collect(_ value: JSON, _ path: ArraySlice<Step>, isElement: Bool) {
    let rest = path.dropFirst()
    switch (path.first, value) {
    case (_, .null): break
    case (nil, .array(let items)): for item in items { collect(item, path, isElement: true) }
    case (nil, _): found.append(Found(value: value, isElement: isElement))
    case (.index(let index), .array(let items)):
      if items.indices.contains(index) { collect(items[index], rest, isElement: false) }
    case (.each, .array(let items)): for item in items { collect(item, rest, isElement: rest.isEmpty) }
    case (.each, _): collect(value, rest, isElement: false)
    case (.name, .array(let items)): for item in items { collect(item, path, isElement: false) }
    case (.name(let name), .object(let members)):
      // Of equal names the last one counts.
      if let member = members.last(where: { $0.key.isText(name) }) {
        collect(member.value, rest, isElement: false)
      }
    case (.name, _), (.index, _): break
    }
  }
}

// MARK: truthy

extension Values {
  /// Whether a value is other than `""`, `false` and `0`; objects and elements of arrays are.
  var isTruthy: Bool {
    found.contains { found in
      if found.isElement { return true }
      if case .object = found.value { return true }
      return found.value.text.map { text in
        !["", "false", "0"].contains { text.utf8.elementsEqual($0.utf8) }
      } ?? false
    }
  }
}

// MARK: equals

extension Values {
  func `is`(_ text: String) -> Bool { some { $0.utf8.elementsEqual(text.utf8) } }
}

// MARK: prefix

extension Values {
  func hasPrefix(_ text: String) -> Bool { some { $0.utf8.starts(with: text.utf8) } }
}

// MARK: suffix

extension Values {
  func hasSuffix(_ text: String) -> Bool {
    some { $0.utf8.count >= text.utf8.count && $0.utf8.suffix(text.utf8.count).elementsEqual(text.utf8) }
  }
}

// MARK: contains

extension Values {
  func contains(_ text: String) -> Bool {
    let part = Array(text.utf8)
    return some { whole in
      let bytes = Array(whole.utf8)
      if bytes.count < part.count { return false }
      return (0...(bytes.count - part.count)).contains { start in
        bytes[start..<(start + part.count)].elementsEqual(part)
      }
    }
  }
}

// MARK: wildcard

/// A text with gaps, to be matched from end to end.
private struct Wildcard: ExpressibleByArrayLiteral {
  enum Piece {
    case text(String)
    case anyRun
    case anyOne
  }

  /// What one scalar must be; `nil` for any. A run goes over any number.
  private enum Unit {
    case scalar(Unicode.Scalar?)
    case run
  }

  private let units: [Unit]

  init(arrayLiteral pieces: Piece...) { self.init(pieces) }

  init(_ pieces: [Piece]) {
    units = pieces.flatMap { (piece) -> [Unit] in
      switch piece {
      case .text(let text): text.unicodeScalars.map { Unit.scalar($0) }
      case .anyRun: [.run]
      case .anyOne: [.scalar(nil)]
      }
    }
  }

  func matches(_ whole: String) -> Bool {
    let text = Array(whole.unicodeScalars)
    var (at, unit) = (0, 0)
    // Where to go on if it fails: behind the last run, which then covers one scalar more.
    var retry: (at: Int, unit: Int)?
    while at < text.count {
      if unit < units.count, case .run = units[unit] {
        unit += 1
        retry = (at, unit)
      } else if unit < units.count, case .scalar(let own) = units[unit], own == nil || own == text[at] {
        (at, unit) = (at + 1, unit + 1)
      } else if let last = retry {
        (at, unit) = (last.at + 1, last.unit)
        retry = (at, unit)
      } else {
        return false
      }
    }
    return units[unit...].allSatisfy { if case .run = $0 { true } else { false } }
  }
}

extension Values {
  func isLike(_ wildcard: Wildcard) -> Bool { some { wildcard.matches($0) } }
}

// MARK: lowercased

extension Values {
  /// The same values, their texts in lower case.
  var lowercased: Values {
    var copy = self
    copy.isLowercased = true
    return copy
  }

  private func compared(_ text: String) -> String {
    isLowercased ? String(String.UnicodeScalarView(text.unicodeScalars.map(Values.lower))) : text
  }

  /// The simple lower-case mapping of Unicode: one scalar to one.
  private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      return ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }
    if scalar.value == 0x130 { return "i" }
    let mapped = scalar.properties.lowercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first ?? scalar : scalar
  }
}

// MARK: oneOf

extension Values {
  func isOne(of texts: [String]) -> Bool {
    some { found in texts.contains { $0.utf8.elementsEqual(found.utf8) } }
  }
}

// MARK: textSet

/// A set of texts.
private struct TextSet {
  let texts: Set<[UInt8]>

  init(_ texts: [String]) { self.texts = Set(texts.map { Array($0.utf8) }) }

  /// The lines of a text, and others.
  init(lines: String, _ others: [String] = []) {
    let lines = lines.utf8.split(separator: 0x0A).map { Array($0) }
    texts = Set(lines).union(others.map { Array($0.utf8) })
  }
}

extension Values {
  func isOne(of set: TextSet) -> Bool { some { set.texts.contains(Array($0.utf8)) } }
}

// MARK: expression

/// A regular expression. It is searched for anywhere in a text, in time linear in the text's length.
private struct Expression: Sendable {
  /// A part of the expression in postfix order: operands first, then what joins them.
  enum Part {
    case empty
    case text(String)
    /// One scalar of these ranges, two bounds a range.
    case oneOf(String)
    case any
    case anyButBreak
    case place(Place)
    /// That many operands, one after the other.
    case sequence(Int)
    /// One of that many operands.
    case either(Int)
    /// The operand at least and at most so often.
    case repeated(Int, Int?)
  }

  /// A place in the text.
  enum Place {
    case textStart, textEnd, textEndOrFinalBreak, lineStart, lineEnd, wordBoundary, notWordBoundary
  }

  /// A step of the program; a fork and a jump lead so many steps on.
  enum Step {
    case oneOf([ClosedRange<Unicode.Scalar>])
    case place(Place)
    case fork(Int, Int)
    case jump(Int)
    case found
  }

  let steps: [Step]

  init(_ parts: [Part]) {
    var operands: [[Step]] = []
    for part in parts { Expression.compile(part, &operands) }
    steps = operands.joined() + [.found]
  }

  private static func compile(_ part: Part, _ operands: inout [[Step]]) {
    switch part {
    case .empty: operands.append([])
    case .text(let text): operands.append(text.unicodeScalars.map { .oneOf([$0...$0]) })
    case .oneOf(let bounds):
      let scalars = Array(bounds.unicodeScalars)
      operands.append([
        .oneOf(stride(from: 0, to: scalars.count - 1, by: 2).map { scalars[$0]...scalars[$0 + 1] })
      ])
    case .any: operands.append([.oneOf(["\0"..."\u{10FFFF}"])])
    case .anyButBreak: operands.append([.oneOf(["\0"..."\t", "\u{B}"..."\u{10FFFF}"])])
    case .place(let place): operands.append([.place(place)])
    case .sequence(let count):
      let sequence = Array(operands.suffix(count).joined())
      operands = operands.dropLast(count) + [sequence]
    case .either(let count):
      let choices = operands.suffix(count)
      operands = operands.dropLast(count) + [either(choices)]
    case .repeated(let least, let most):
      if let operand = operands.popLast() { operands.append(repeated(operand, least, most)) }
    }
  }

  private static func either(_ choices: ArraySlice<[Step]>) -> [Step] {
    var steps = choices.last ?? []
    for choice in choices.dropLast().reversed() {
      steps = [.fork(1, choice.count + 2)] + choice + [.jump(steps.count + 1)] + steps
    }
    return steps
  }

  private static func repeated(_ operand: [Step], _ least: Int, _ most: Int?) -> [Step] {
    var steps = Array(repeatElement(operand, count: least).joined())
    guard let most else {
      return steps + [.fork(1, operand.count + 2)] + operand + [.jump(-operand.count - 1)]
    }
    let option = [.fork(1, operand.count + 1)] + operand
    for _ in least..<max(least, most) { steps += option }
    return steps
  }
}

extension Values {
  func matches(_ expression: Expression) -> Bool { some { expression.matches($0) } }
}

extension Expression {
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var reachedAt = Array(repeating: -1, count: steps.count)
    var waiting: [Int] = []
    for at in 0...scalars.count {
      var pending = [0] + waiting
      waiting = []
      while let step = pending.popLast() {
        if reachedAt[step] == at { continue }
        reachedAt[step] = at
        switch steps[step] {
        case .oneOf(let ranges):
          if at < scalars.count, ranges.contains(where: { $0.contains(scalars[at]) }) {
            waiting.append(step + 1)
          }
        case .place(let place): if Expression.isAt(place, scalars, at) { pending.append(step + 1) }
        case .fork(let one, let other): pending += [step + one, step + other]
        case .jump(let distance): pending.append(step + distance)
        case .found: return true
        }
      }
    }
    return false
  }

  private static func isAt(_ place: Place, _ scalars: [Unicode.Scalar], _ at: Int) -> Bool {
    let before = at > 0 ? scalars[at - 1] : nil
    let here = at < scalars.count ? scalars[at] : nil
    return switch place {
    case .textStart: before == nil
    case .textEnd: here == nil
    case .textEndOrFinalBreak: here == nil || (here == "\n" && at == scalars.count - 1)
    case .lineStart: before == nil || (before == "\n" && here != nil)
    case .lineEnd: here == nil || here == "\n"
    case .wordBoundary: isWord(before) != isWord(here)
    case .notWordBoundary: isWord(before) == isWord(here)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let value = scalar?.value else { return false }
    return value == 0x5F || [0x30...0x39, 0x41...0x5A, 0x61...0x7A].contains { $0.contains(value) }
  }
}

// MARK: number

extension Values {
  func isNumber(greaterThan bound: Double) -> Bool { some { Decimal($0).map { $0.double > bound } ?? false } }
  func isNumber(atLeast bound: Double) -> Bool { some { Decimal($0).map { $0.double >= bound } ?? false } }
  func isNumber(lessThan bound: Double) -> Bool { some { Decimal($0).map { $0.double < bound } ?? false } }
  func isNumber(atMost bound: Double) -> Bool { some { Decimal($0).map { $0.double <= bound } ?? false } }
}

extension Decimal {
  var double: Double { Double(shortest) ?? .nan }
}

// MARK: network

extension Values {
  /// Whether a text is an IP address whose first bits are those of the network.
  func isAddress(in network: [UInt8], prefix: Int) -> Bool {
    some { text in
      guard let bytes = Address.bytes(text), bytes.count == network.count else { return false }
      return bytes.indices.allSatisfy { index in
        let kept = min(8, max(0, prefix - index * 8))
        return kept == 0 || (bytes[index] ^ network[index]) >> (8 - UInt8(kept)) == 0
      }
    }
  }
}

/// IP addresses: 4 bytes, or 16. An IPv4 address that is mapped into IPv6 is IPv4.
private enum Address {
  static func bytes(_ text: String) -> [UInt8]? {
    let spelled = Array(text.utf8)
    guard let bytes = spelled.contains(0x3A) ? v6(spelled[...]) : v4(spelled[...]) else { return nil }
    return bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? Array(bytes[12...]) : bytes
  }

  private static func v4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
        part.count == 1 || part.first != 0x30, let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func v6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let gaps = text.indices.dropLast().filter { text[$0] == 0x3A && text[$0 + 1] == 0x3A }
    guard let gap = gaps.first else {
      return groups(text, mayEndInV4: true).flatMap { $0.count == 16 ? $0 : nil }
    }
    guard gaps.count == 1, let head = groups(text[..<gap], mayEndInV4: false),
      let tail = groups(text[(gap + 2)...], mayEndInV4: true), head.count + tail.count <= 14
    else { return nil }
    return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func groups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt8]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if mayEndInV4, index == parts.count - 1, part.contains(0x2E) { return v4(part).map { bytes + $0 } }
      guard (1...4).contains(part.count), part.first != 0x2B,
        let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
    }
    return bytes
  }
}

// MARK: sameAs

extension Values {
  func isAny(of others: Values) -> Bool {
    some { text in others.some { $0.utf8.elementsEqual(text.utf8) } }
  }
}

// MARK: leaves

extension Event {
  /// All values of the event that are neither objects, arrays nor null.
  fileprivate var leaves: Values {
    var values = Values(of: .null, at: [])
    values.collectLeaves(root)
    return values
  }
}

extension Values {
  mutating func collectLeaves(_ value: JSON) {
    switch value {
    case .null: break
    case .bool, .number, .string, .malformedString: found.append(Found(value: value, isElement: false))
    case .array(let items): for item in items { collectLeaves(item) }
    case .object(let members):
      // Where a key stands twice, the last one counts.
      var keys: Set<[UInt8]> = []
      for member in members.reversed() where keys.insert(Array((member.key.text ?? "").utf8)).inserted {
        collectLeaves(member.value)
      }
    }
  }
}

// MARK: some

/// A value by itself, and what leads on from it.
private struct Single {
  let value: JSON

  func at(_ path: Step...) -> Values { Values(of: value, at: path) }
}

extension Values {
  /// Whether some value passes, looked at by itself.
  func hasValue(where test: (Single) -> Bool) -> Bool { found.contains { test(Single(value: $0.value)) } }
}

// MARK: array

extension JSON {
  /// Whether the path leads to an array, one without elements too.
  func leadsToArray(_ path: ArraySlice<Step>) -> Bool {
    let rest = path.dropFirst()
    switch (path.first, self) {
    case (nil, .array): return true
    case (.index(let index), .array(let items)):
      return items.indices.contains(index) && items[index].leadsToArray(rest)
    case (.each, .array(let items)): return items.contains { $0.leadsToArray(rest) }
    case (.each, _): return leadsToArray(rest)
    case (.name, .array(let items)): return items.contains { $0.leadsToArray(path) }
    case (.name(let name), .object(let members)):
      return members.last { $0.key.isText(name) }?.value.leadsToArray(rest) ?? false
    case (nil, _), (.name, _), (.index, _): return false
    }
  }
}

// MARK: longPath

/// A path that is too long for a line.
private struct Path {
  let steps: [Step]
  init(_ steps: [Step]) { self.steps = steps }
}

extension Event {
  fileprivate func at(_ path: Path) -> Values { Values(of: root, at: path.steps) }
}

// MARK: always

/// Reads JSON. A text that is not JSON, or is nested deeper than 512 levels, is no value.
private struct JSONReader {
  /// The text, and a zero behind its end that stops every scan.
  private let bytes: [UInt8]
  private var at = 0

  static func read(_ text: String) -> JSON? {
    var reader = JSONReader(bytes: Array(text.utf8) + [0])
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.at == reader.bytes.count - 1 ? value : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func skipSpace() {
    while [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  /// Skips white space, and then the byte if it is there.
  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    if bytes[at] != byte { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) -> JSON? {
    skipSpace()
    switch bytes[at] {
    case 0x7B, 0x5B: return depth < 512 ? collection(depth + 1) : nil
    case 0x22: return string()
    case 0x74: return word("true", .bool(true))
    case 0x66: return word("false", .bool(false))
    case 0x6E: return word("null", .null)
    default: return number()
    }
  }

  private mutating func collection(_ depth: Int) -> JSON? {
    let isObject = bytes[at] == 0x7B
    let end: UInt8 = isObject ? 0x7D : 0x5D
    at += 1
    var items: [JSON] = []
    var members: [JSON.Member] = []
    if skip(end) { return isObject ? .object([]) : .array([]) }
    repeat {
      skipSpace()
      if isObject {
        guard bytes[at] == 0x22, let key = string(), skip(0x3A), let value = value(depth: depth) else {
          return nil
        }
        members.append(JSON.Member(key: key, value: value))
      } else {
        guard let value = value(depth: depth) else { return nil }
        items.append(value)
      }
    } while skip(0x2C)
    guard skip(end) else { return nil }
    return isObject ? .object(members) : .array(items)
  }

  private mutating func word(_ word: String, _ value: JSON) -> JSON? {
    guard bytes[at...].starts(with: word.utf8) else { return nil }
    at += word.utf8.count
    return value
  }

  private mutating func number() -> JSON? {
    let start = at
    while (0x30...0x39).contains(bytes[at]) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(bytes[at]) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    let digits = bytes[start..<at].drop { $0 == 0x2D }.prefix { (0x30...0x39).contains($0) }
    let hasOuterZero = digits.count > 1 && digits.first == 0x30
    return text.utf8.first == 0x2B || hasOuterZero || Decimal(text) == nil ? nil : .number(text)
  }
}

extension JSONReader {
  private mutating func string() -> JSON? {
    at += 1
    let start = at
    while bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
    if bytes[at] == 0x22 {
      at += 1
      return .string(String(decoding: bytes[start..<(at - 1)], as: UTF8.self))
    }
    at = start
    return stringWithEscapes()
  }

  private mutating func stringWithEscapes() -> JSON? {
    var units: [UInt16] = []
    while bytes[at] != 0x22 {
      let start = at
      while bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
      units += String(decoding: bytes[start..<at], as: UTF8.self).utf16
      if bytes[at] == 0x5C {
        guard let unit = escape() else { return nil }
        units.append(unit)
      } else if bytes[at] != 0x22 {
        return nil
      }
    }
    at += 1
    let text = String(decoding: units, as: UTF16.self)
    return text.utf16.elementsEqual(units) ? .string(text) : .malformedString(units)
  }

  private mutating func escape() -> UInt16? {
    let letter = bytes[at + 1]
    at += 2
    switch letter {
    case 0x22, 0x5C, 0x2F: return UInt16(letter)
    case 0x62: return 0x08
    case 0x66: return 0x0C
    case 0x6E: return 0x0A
    case 0x72: return 0x0D
    case 0x74: return 0x09
    case 0x75:
      let digits = bytes[at...].prefix(4)
      guard digits.count == 4, digits.first != 0x2B, digits.first != 0x2D else { return nil }
      at += 4
      return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    default: return nil
    }
  }
}

/// A decimal number: digits without outer zeros, times a power of ten.
private struct Decimal {
  private var isNegative = false
  private var digits: [UInt8] = []
  private var exponent = 0

  /// The number that a text spells by JSON's grammar; a plus sign and leading zeros are let pass.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    if let sign = rest.first, sign == 0x2D || sign == 0x2B {
      isNegative = sign == 0x2D
      rest = rest.dropFirst()
    }
    let whole = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == 0x2E {
      fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      if fraction.isEmpty { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    if whole.isEmpty { return nil }
    if let mark = rest.first, mark == 0x65 || mark == 0x45 {
      guard let power = Decimal.power(rest.dropFirst()) else { return nil }
      exponent = power
      rest = []
    }
    guard rest.isEmpty else { return nil }
    digits = Array(whole + fraction)
    exponent -= fraction.count
    digits.removeFirst(digits.prefix { $0 == 0x30 }.count)
    while digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
  }

  private static func power(_ text: ArraySlice<UInt8>) -> Int? {
    let isSigned = text.first == 0x2D || text.first == 0x2B
    let digits = isSigned ? text.dropFirst() : text
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let size = digits.reduce(0) { min(1_000_000_000, $0 * 10 + Int($1 - 0x30)) }
    return text.first == 0x2D ? -size : size
  }

  /// Without an exponent, unless that takes more than 64 zeros.
  var shortest: String {
    if digits.isEmpty { return "0" }
    let sign = isNegative ? "-" : ""
    let text = String(decoding: digits, as: UTF8.self)
    if (0...64).contains(exponent) { return sign + text + String(repeating: "0", count: exponent) }
    if exponent < 0, -exponent < digits.count {
      return sign + text.dropLast(-exponent) + "." + text.suffix(-exponent)
    }
    if exponent < 0, -exponent - digits.count <= 64 {
      return sign + "0." + String(repeating: "0", count: -exponent - digits.count) + text
    }
    let power = exponent + digits.count - 1
    return sign + text.prefix(1) + (text.count > 1 ? "." + text.dropFirst() : "") + "e\(power)"
  }
}
