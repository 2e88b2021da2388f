// AWS.Modify.Cloud.Compute.Infrastructure: AWS Modify Cloud Compute Infrastructure
// Concord 0.1.0, exact
//
// Compiles on its own, with the standard library only: `swiftc -parse-as-library` or a file of your app.

/// AWS Modify Cloud Compute Infrastructure
///
/// Detection when EC2 compute infrastructure is modified outside of expected automation methods.
public enum AWSModifyCloudComputeInfrastructure {
  /// The rule's stable name.
  public static let id = "AWS.Modify.Cloud.Compute.Infrastructure"

  /// The rule's title.
  public static let title = "AWS Modify Cloud Compute Infrastructure"

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

  /// Whether the rule fires on the event.
  public static func matches(_ event: Event) -> Bool {
    event.at("eventSource").is("ec2.amazonaws.com")
      && !event.at("readOnly").isTruthy
      && !(event.at("sourceIPAddress").hasSuffix(".amazonaws.com")
        || event.at("userIdentity", "type").is("AWSService")
        || event.at("userIdentity", "invokedBy").is("AWS Internal")
        || event.at("userIdentity", "invokedBy").hasSuffix(".amazonaws.com"))
      && !event.at("errorCode").is("Client.DryRunOperation")
      && event.at("eventName").isOne(of: eventNameValues)
  }

  private static let eventNameValues = TextSet([
    "AssociateIamInstanceProfile",
    "AssociateInstanceEventWindow",
    "BundleInstance",
    "CancelSpotInstanceRequests",
    "ConfirmProductInstance",
    "CreateInstanceEventWindow",
    "CreateInstanceExportTask",
    "DeleteInstanceEventWindow",
    "DeregisterInstanceEventNotificationAttributes",
    "DisassociateIamInstanceProfile",
    "DisassociateInstanceEventWindow",
    "ImportInstance",
    "ModifyInstanceAttribute",
    "ModifyInstanceCapacityReservationAttributes",
    "ModifyInstanceCreditSpecification",
    "ModifyInstanceEventStartTime",
    "ModifyInstanceEventWindow",
    "ModifyInstanceMaintenanceOptions",
    "ModifyInstanceMetadataOptions",
    "ModifyInstancePlacement",
    "MonitorInstances",
    "RegisterInstanceEventNotificationAttributes",
    "ReportInstanceStatus",
    "RequestSpotInstances",
    "ResetInstanceAttribute",
    "RunInstances",
    "RunScheduledInstances",
    "StartInstances",
    "StopInstances",
    "TerminateInstances",
    "UnmonitorInstances",
  ])
}

// The runtime, which knows nothing of the rule. Texts are compared scalar by scalar, a number by its shortest
// decimal; null is the same as no value; a path over an array goes on in each element.

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

extension Values {
  private func compared(_ text: String) -> String { text }
}

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

extension Values {
  func `is`(_ text: String) -> Bool { some { $0.utf8.elementsEqual(text.utf8) } }
}

extension Values {
  func hasSuffix(_ text: String) -> Bool {
    some { $0.utf8.count >= text.utf8.count && $0.utf8.suffix(text.utf8.count).elementsEqual(text.utf8) }
  }
}

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
