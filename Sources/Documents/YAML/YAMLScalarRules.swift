import ConcordDiagnostics

/// What a scalar resolves to: the core schema of YAML 1.2 chapter 10.3, with the numbers of Panther's loader
/// (PyYAML's CSafeLoader without dates, with YAML 1.2's booleans, leading zeros decimal).
enum YAMLScalarRules {
  /// The value; `nil` where the tag does not fit the text, or JSON has no such value.
  static func value(_ text: String, _ style: YAMLScalarStyle, _ tag: String?) -> Value? {
    switch tag {
    case nil: style == .plain ? plain(text) : .string(text)
    case "!", YAML.coreTagPrefix + "str": .string(text)
    case YAML.coreTagPrefix + "null": isNull(text) ? .null : nil
    case YAML.coreTagPrefix + "bool": boolean(text).map(Value.bool)
    case YAML.coreTagPrefix + "int": integer(Array(text.utf8)).map(Value.number)
    case YAML.coreTagPrefix + "float":
      (float(Array(text.utf8)) ?? integer(Array(text.utf8))).map(Value.number)
    default: nil
    }
  }

  /// Whether there is a value.
  static func hasValue(_ text: String, _ style: YAMLScalarStyle, _ tag: String?) -> Bool {
    guard tag == nil else { return value(text, style, tag) != nil }
    return style != .plain || !isNotFinite(text)
  }

  /// Whether the text is a number that JSON has not.
  static func isNotFinite(_ text: String) -> Bool {
    guard (4...5).contains(text.utf8.count), let first = text.utf8.first,
      first == UInt8(ascii: ".") || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    else { return false }
    return switch text {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
      true
    default: false
    }
  }

  private static func plain(_ text: String) -> Value? {
    guard let first = text.utf8.first else { return .null }
    switch first {
    case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"): return isNull(text) ? .null : .string(text)
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      return boolean(text).map(Value.bool) ?? .string(text)
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if isNotFinite(text) { return nil }
      let bytes = Array(text.utf8)
      return (integer(bytes) ?? float(bytes)).map(Value.number) ?? .string(text)
    default: return .string(text)
    }
  }

  /// Whether the value is null: what `value` says, without making it.
  static func isNull(_ text: String, _ style: YAMLScalarStyle, _ tag: String?) -> Bool {
    isNull(text) && (tag.map { $0 == YAML.coreTagPrefix + "null" } ?? (style == .plain))
  }

  private static func isNull(_ text: String) -> Bool {
    guard text.utf8.count <= 4 else { return false }
    return switch text {
    case "", "~", "null", "Null", "NULL": true
    default: false
    }
  }

  private static func boolean(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// [sign] ("0x" hex | "0b" binary | digit { digit | "_" })
  private static func integer(_ text: [UInt8]) -> Number? {
    let (sign, digits) = signed(text)
    if digits.starts(with: Array("0x".utf8)) { return based(digits.dropFirst(2), 16, sign) }
    if digits.starts(with: Array("0b".utf8)) { return based(digits.dropFirst(2), 2, sign) }
    guard let first = digits.first, first.isDigit,
      digits.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "_") })
    else { return nil }
    return number(sign, Array(digits.filter(\.isDigit)))
  }

  /// [sign] digits "." [digits] [exponent] | "." digits [exponent] ; exponent = "e" sign digits
  private static func float(_ text: [UInt8]) -> Number? {
    let (sign, all) = signed(text)
    guard let point = all.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let whole = all[..<point]
    let tail = all[(point + 1)...]
    let mark = tail.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? tail.endIndex
    let fraction = tail[..<mark]
    let isUnderscored = { (byte: UInt8) in byte.isDigit || byte == UInt8(ascii: "_") }
    guard whole.allSatisfy(isUnderscored), fraction.allSatisfy(isUnderscored) else { return nil }
    if whole.isEmpty {
      guard text.first == UInt8(ascii: "."), let first = fraction.first, first.isDigit else { return nil }
    } else if !whole[whole.startIndex].isDigit {
      return nil
    }
    let exponent = tail[mark...]
    if !exponent.isEmpty {
      let digits = exponent.dropFirst(2)
      guard let plus = exponent.dropFirst().first, plus == UInt8(ascii: "+") || plus == UInt8(ascii: "-"),
        !digits.isEmpty, digits.allSatisfy(\.isDigit)
      else { return nil }
    }
    let fractionDigits = fraction.filter(\.isDigit)
    return number(
      sign, Array(whole.filter(\.isDigit)),
      "." + (fractionDigits.isEmpty ? "0" : String(decoding: fractionDigits, as: UTF8.self))
        + String(decoding: exponent, as: UTF8.self))
  }

  private static func signed(_ text: [UInt8]) -> (String, ArraySlice<UInt8>) {
    switch text.first {
    case UInt8(ascii: "-"): ("-", text.dropFirst())
    case UInt8(ascii: "+"): ("", text.dropFirst())
    default: ("", text[...])
    }
  }

  /// A number of decimal digits, written as JSON writes it.
  private static func number(_ sign: String, _ digits: [UInt8], _ rest: String = "") -> Number? {
    let significant = digits.drop { $0 == 0x30 }
    let whole = significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self)
    return Number(sign + whole + rest)
  }

  /// The longest hexadecimal or binary number that is converted; the conversion takes quadratic time.
  static let longestBased = 1024

  private static func based(_ text: ArraySlice<UInt8>, _ base: Int, _ sign: String) -> Number? {
    let digits = text.filter { $0 != UInt8(ascii: "_") }
    guard !digits.isEmpty, digits.count <= longestBased else { return nil }
    var decimal: [UInt8] = [0]  // The lowest digit first.
    for digit in digits {
      guard let value = digit.hexValue, value < base else { return nil }
      var carry = Int(value)
      for index in decimal.indices {
        let sum = Int(decimal[index]) * base + carry
        decimal[index] = UInt8(sum % 10)
        carry = sum / 10
      }
      while carry > 0 {
        decimal.append(UInt8(carry % 10))
        carry /= 10
      }
    }
    return number(sign, decimal.reversed().map { $0 + 0x30 })
  }

}
