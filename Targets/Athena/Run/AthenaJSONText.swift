import ConcordDiagnostics
import ConcordDocuments

/// JSON as the engine writes it again: it keeps a JSON value as text. [Jackson; executed: Trino 414, 482]
struct AthenaJSONText {
  /// The ways in which the engine's functions write.
  enum Form {
    /// `json_extract`: members as they stand.
    case extracted
    /// `json_parse`: keys in order, the last of equal ones alone.
    case parsed
    /// An element of a cast to an array of JSON: the last of equal keys alone, letters as they are.
    case element
  }

  private let form: Form
  private var text = ""

  /// The value as text. Throws where a number's spelling is not modelled.
  static func text(_ value: Value, _ form: Form) throws(AthenaFailure) -> String {
    var writer = AthenaJSONText(form: form)
    try writer.write(value)
    return writer.text
  }

  /// The value that a whole text spells; `nil` where it is malformed. Throws where it is nested deeper than is
  /// modelled.
  static func parse(_ text: String) throws(AthenaFailure) -> Value? {
    do throws(Diagnostic) { return try JSON.parse(text) } catch {
      guard error.code == .textTooDeep else { return nil }
      throw AthenaFailure(message: "JSON that is nested so deep")
    }
  }

  private init(form: Form) { self.form = form }

  private mutating func write(_ value: Value) throws(AthenaFailure) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let number): text += try AthenaJSONText.spelled(number)
    case .string(let own): quote(Array(own.utf16))
    case .malformedString(let units): quote(units)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        try write(item)
      }
      text += "]"
    case .object(let object):
      text += "{"
      for (index, member) in members(of: object).enumerated() {
        if index > 0 { text += "," }
        quote(member.malformedKey ?? Array(member.key.utf16))
        text += ":"
        try write(member.value)
      }
      text += "}"
    }
  }

  private func members(of object: Value.Object) -> [Value.Object.Member] {
    if case .extracted = form { return object.members }
    var places: [[UInt16]: Int] = [:]
    var members: [Value.Object.Member] = []
    for member in object.members {
      let key = member.malformedKey ?? Array(member.key.utf16)
      if let place = places[key] {
        members[place].value = member.value
      } else {
        places[key] = members.count
        members.append(member)
      }
    }
    guard case .parsed = form else { return members }
    return members.sorted {
      ($0.malformedKey ?? Array($0.key.utf16)).lexicographicallyPrecedes(
        $1.malformedKey ?? Array($1.key.utf16))
    }
  }

  /// A whole number keeps its digits, any other becomes a double. Throws where the double's spelling is not modelled.
  private static func spelled(_ number: Number) throws(AthenaFailure) -> String {
    let written = number.written
    if written.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) {
      return written == "-0" ? "0" : written
    }
    let double = Double(written) ?? .nan
    guard let text = AthenaDouble.javaText(double) else {
      throw AthenaFailure(message: "the spelling of `\(written)`, which depends on the version of Java,")
    }
    return double.isInfinite ? "\"\(text)\"" : text
  }

  private mutating func quote(_ units: [UInt16]) {
    text += "\""
    var rest = units[...]
    while let unit = rest.popFirst() {
      switch unit {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x08: text += "\\b"
      case 0x09: text += "\\t"
      case 0x0A: text += "\\n"
      case 0x0C: text += "\\f"
      case 0x0D: text += "\\r"
      case 0..<0x20: escape(unit)
      case 0xD800...0xDFFF:
        guard case .element = form else {
          escape(unit)
          continue
        }
        if unit < 0xDC00, let low = rest.first, (0xDC00...0xDFFF).contains(low) {
          rest = rest.dropFirst()
          text += String(decoding: [unit, low], as: UTF16.self)
        } else {
          text += "?"
        }
      default: text += String(decoding: [unit], as: UTF16.self)
      }
    }
    text += "\""
  }

  private mutating func escape(_ unit: UInt16) {
    let digits = String(unit, radix: 16, uppercase: true)
    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension Value {
  /// A text, in which a surrogate without a partner is `?`; `nil` of anything else.
  var athenaText: String? {
    switch self {
    case .string(let text): return text
    case .malformedString(let units):
      var text = ""
      var rest = units[...]
      while let unit = rest.popFirst() {
        let pair = [unit] + rest.prefix(1)
        if (0xD800..<0xDC00).contains(unit), pair.count == 2, (0xDC00...0xDFFF).contains(pair[1]) {
          rest = rest.dropFirst()
          text += String(decoding: pair, as: UTF16.self)
        } else {
          text += (0xD800...0xDFFF).contains(unit) ? "?" : String(decoding: [unit], as: UTF16.self)
        }
      }
      return text
    case .null, .bool, .number, .array, .object: return nil
    }
  }
}
