import ConcordDiagnostics
import ConcordDocuments

/// A decimal number by the rules of Java's `BigDecimal`: digits, and how many of them stand behind the point. `1.0` and
/// `1.00` are two numbers, and each has its own text.
struct AthenaJavaNumber {
  let isNegative: Bool
  /// The digits without leading zeros; one zero for zero.
  let digits: [UInt8]
  /// How many digits stand behind the point; below zero, how many zeros follow.
  let scale: Int

  /// More digits than any column's number has, so that an exponent does not fill the memory.
  private static let exponentLimit = 100_000_000

  /// The number that a text spells: a sign, digits with or without a point, an exponent.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    func takeSign() -> Bool {
      let isMinus = rest.first == UInt8(ascii: "-")
      if isMinus || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      return isMinus
    }
    func takeDigits() -> ArraySlice<UInt8> {
      let digits = rest.prefix { $0.isDigit }
      rest = rest.dropFirst(digits.count)
      return digits
    }
    let sign = takeSign()
    let whole = takeDigits()
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = takeDigits()
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    var exponent = 0
    if rest.first.map({ $0.lowercased == UInt8(ascii: "e") }) == true {
      rest = rest.dropFirst()
      let isBelowZero = takeSign()
      let power = takeDigits()
      guard !power.isEmpty, power.count < 12, let value = Int(String(decoding: power, as: UTF8.self)),
        value <= AthenaJavaNumber.exponentLimit
      else { return nil }
      exponent = isBelowZero ? -value : value
    }
    guard rest.isEmpty else { return nil }
    let all = Array((whole + fraction).drop { $0 == 0x30 })
    digits = all.isEmpty ? [0x30] : all
    isNegative = sign && !all.isEmpty
    scale = fraction.count - exponent
  }

  private var isZero: Bool { digits == [0x30] }
  private var sign: String { isNegative ? "-" : "" }

  /// The text that `BigDecimal.toString` gives.
  var text: String {
    let power = digits.count - 1 - scale
    guard scale >= 0, power >= -6 else {
      let tail = String(decoding: digits.dropFirst(), as: UTF8.self)
      let mantissa = String(decoding: digits.prefix(1), as: UTF8.self) + (tail.isEmpty ? "" : "." + tail)
      return sign + mantissa + (power == 0 ? "" : "E" + (power > 0 ? "+" : "") + String(power))
    }
    guard scale > 0 else { return sign + String(decoding: digits, as: UTF8.self) }
    let padded = Array(repeating: 0x30, count: max(0, scale + 1 - digits.count)) + digits
    return sign + String(decoding: padded.dropLast(scale), as: UTF8.self) + "."
      + String(decoding: padded.suffix(scale), as: UTF8.self)
  }

  /// The number without what stands behind the point; `nil` where it has more than 64 bits.
  var truncated: Int64? {
    if isZero || scale >= digits.count { return 0 }
    guard digits.count - scale <= 19 else { return nil }
    let whole = digits.prefix(digits.count - max(0, scale)) + Array(repeating: 0x30, count: max(0, -scale))
    return Int64(sign + String(decoding: whole, as: UTF8.self))
  }

  /// The last 64 bits of the number without what stands behind the point: what `BigDecimal.longValue` gives.
  var lowBits: Int64 {
    if isZero || scale >= digits.count || scale <= -64 { return 0 }
    var bits: UInt64 = 0
    for digit in digits.prefix(digits.count - max(0, scale)) { bits = bits &* 10 &+ UInt64(digit & 0x0F) }
    for _ in 0..<max(0, -scale) { bits = bits &* 10 }
    return Int64(bitPattern: isNegative ? 0 &- bits : bits)
  }

  /// The number with so many digits behind the point, rounded half up; `nil` where it then has too many.
  func rounded(precision: Int, scale wanted: Int) -> Number? {
    // Hive has no decimals of more digits.
    let precision = min(precision, 38)
    var kept = digits
    let cut = scale - wanted
    if cut > digits.count { return Number("0") }
    if cut > 0 {
      let isUp = kept[kept.count - cut] >= UInt8(ascii: "5")
      kept.removeLast(cut)
      if isUp { AthenaJavaNumber.increment(&kept) }
    } else if !isZero {
      guard kept.count - cut <= precision else { return nil }
      kept += Array(repeating: 0x30, count: -cut)
    }
    kept = Array(kept.drop { $0 == 0x30 })
    guard kept.count <= precision else { return nil }
    return Number("\(sign)\(kept.isEmpty ? "0" : String(decoding: kept, as: UTF8.self))e\(-wanted)")
  }

  private static func increment(_ digits: inout [UInt8]) {
    for index in digits.indices.reversed() {
      if digits[index] < UInt8(ascii: "9") {
        digits[index] += 1
        return
      }
      digits[index] = 0x30
    }
    digits.insert(0x31, at: 0)
  }
}

extension AthenaJavaNumber {
  /// The double that a text spells by Java's grammar: spaces around it, `NaN`, `Infinity`, and an `f` or `d` behind it.
  static func double(_ text: String) -> Double? {
    var bytes = Array(text.javaTrimmed.utf8)
    var unsigned = bytes[...]
    let isNegative = unsigned.first == UInt8(ascii: "-")
    if isNegative || unsigned.first == UInt8(ascii: "+") { unsigned = unsigned.dropFirst() }
    switch String(decoding: unsigned, as: UTF8.self) {
    case "NaN": return .nan
    case "Infinity": return isNegative ? -.infinity : .infinity
    default: break
    }
    let isHex = unsigned.starts(with: "0x".utf8) || unsigned.starts(with: "0X".utf8)
    if isHex, !unsigned.contains(where: { $0.lowercased == UInt8(ascii: "p") }) { return nil }
    if let last = bytes.last, "fFdD".utf8.contains(last) { bytes.removeLast() }
    let plain = String(decoding: bytes, as: UTF8.self)
    if isHex { return Double(plain) }
    guard AthenaJavaNumber(plain) != nil else { return nil }
    return Double(plain)
  }

  /// The text that `Double.toString` gives: from 0.001 up to 10,000,000 without an exponent, always with a fraction.
  static func text(of double: Double) -> String {
    if double.isNaN { return "NaN" }
    if double.isInfinite { return double < 0 ? "-Infinity" : "Infinity" }
    let sign = double.sign == .minus ? "-" : ""
    // Java writes two digits or more, of the smallest number those that are nearest to it.
    if double.magnitude == .leastNonzeroMagnitude { return sign + "4.9E-324" }
    guard double != 0, let number = AthenaJavaNumber("\(double.magnitude)") else { return sign + "0.0" }
    var digits = number.digits
    let power = digits.count - 1 - number.scale
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    func text(_ digits: some Sequence<UInt8>) -> String {
      let text = String(decoding: Array(digits), as: UTF8.self)
      return text.isEmpty ? "0" : text
    }
    guard -3..<7 ~= power else {
      return "\(sign)\(text(digits.prefix(1))).\(text(digits.dropFirst()))E\(power)"
    }
    if power < 0 { return sign + "0." + String(repeating: "0", count: -power - 1) + text(digits) }
    let whole = digits.prefix(power + 1) + Array(repeating: 0x30, count: max(0, power + 1 - digits.count))
    return sign + text(whole) + "." + text(digits.dropFirst(power + 1))
  }
}

extension String {
  /// The text without the spaces and control characters around it that Java's `trim` takes off.
  var javaTrimmed: String {
    let scalars = unicodeScalars.drop { $0.value <= 0x20 }
    let end = scalars.lastIndex { $0.value > 0x20 }.map(scalars.index(after:)) ?? scalars.startIndex
    return String(scalars[scalars.startIndex..<end])
  }
}
