import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What is not modelled of a value, before its place is known.
struct AthenaFailure: Error {
  let message: String

  /// The refusal at that place.
  func refused(in source: Source, at span: Span?) -> Diagnostic {
    .unsupportedSQL(message, in: source, at: span)
  }
}

/// An exact decimal: `5.50` is 550 hundredths.
struct AthenaDecimal: Comparable {
  /// How many digits a decimal has at most. [Trino docs, types]
  static let digitLimit = 38

  private let isNegative: Bool
  /// The digits before the point, without leading zeros.
  private let whole: [UInt8]
  /// The digits after the point, as many as the scale.
  private let fraction: [UInt8]

  /// How many digits there are, at least one.
  var precision: Int { max(1, whole.count + fraction.count) }
  /// How many of them stand after the point.
  var scale: Int { fraction.count }

  private init(_ isNegative: Bool, _ whole: [UInt8], _ fraction: [UInt8]) {
    (self.whole, self.fraction) = (whole, fraction)
    self.isNegative = isNegative && (whole + fraction).contains { $0 != UInt8(ascii: "0") }
  }

  /// The decimal that a literal spells: `-5.50`, `5.`, `.5`; `nil` where it has too many digits.
  init?(_ text: String) {
    var digits = Array(text.utf8)[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    self.init(
      isNegative, Array(parts[0].drop { $0 == UInt8(ascii: "0") }), parts.count > 1 ? Array(parts[1]) : [])
    guard precision <= AthenaDecimal.digitLimit else { return nil }
  }

  /// The whole number.
  init(_ value: Int64) {
    self.init(value < 0, value == 0 ? [] : Array(String(value.magnitude).utf8), [])
  }

  /// The same number with that many digits after the point. Throws where it has too many digits then.
  func scaled(_ scale: Int, within precision: Int) throws(AthenaFailure) -> AthenaDecimal {
    guard whole.count + scale <= precision else {
      throw AthenaFailure(message: "`\(text)` as `decimal(\(precision), \(scale))`")
    }
    return AthenaDecimal(
      isNegative, whole, fraction + Array(repeating: UInt8(ascii: "0"), count: max(0, scale - fraction.count))
    )
  }

  /// The number as text, with all its digits.
  var text: String {
    let digits = whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self)
    let rest = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
    return (isNegative ? "-" : "") + digits + rest
  }

  /// The nearest double.
  var double: Double { Double(text) ?? .nan }

  static func < (left: AthenaDecimal, right: AthenaDecimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
  }

  static func == (left: AthenaDecimal, right: AthenaDecimal) -> Bool { !(left < right) && !(right < left) }

  private func isCloserToZero(than other: AthenaDecimal) -> Bool {
    if whole.count != other.whole.count { return whole.count < other.whole.count }
    if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
    let width = max(scale, other.scale)
    func padded(_ digits: [UInt8]) -> [UInt8] {
      digits + Array(repeating: UInt8(ascii: "0"), count: width - digits.count)
    }
    return padded(fraction).lexicographicallyPrecedes(padded(other.fraction))
  }
}

/// Whole numbers as Java reads them: a sign, then digits of any script. [java.lang.Long.parseLong; executed: Trino
/// 414, 482]
enum AthenaInteger {
  static func int64(_ text: String) -> Int64? { digits(text).flatMap { Int64($0) } }
  static func int32(_ text: String) -> Int32? { digits(text).flatMap { Int32($0) } }

  /// The text with ASCII digits; `nil` where it is not a whole number.
  private static func digits(_ text: String) -> String? {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == 0, scalar == "-" || scalar == "+" {
        result.unicodeScalars.append(scalar)
      } else if let digit = digit(scalar) {
        result += String(digit)
      } else {
        return nil
      }
    }
    return result
  }

  /// The value of a decimal digit within the Basic Multilingual Plane: Java looks at UTF-16 units.
  static func digit(_ scalar: Unicode.Scalar) -> Int? {
    guard scalar.value <= 0xFFFF, scalar.properties.generalCategory == .decimalNumber,
      let value = scalar.properties.numericValue
    else { return nil }
    return Int(value)
  }
}

/// Doubles as Java 17 writes and reads them.
enum AthenaDouble {
  /// The digits of a finite double and the place of its point, `0.digits × 10^point`; `nil` where Java before 19
  /// does not write the shortest: of whole numbers from 2^53 to 2^63, and where the shortest lies halfway to the next
  /// double. [JDK-4511638; executed: 2,400 doubles on Trino 414]
  private static func shortest(_ value: Double) -> (digits: String, point: Int)? {
    let parts = "\(value.magnitude)".split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    var digits = mantissa.joined()
    var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.hasPrefix("0"), digits.count > 1 {
      digits.removeFirst()
      point -= 1
    }
    while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
    if value.magnitude >= 0x1p53, value.magnitude < 0x1p63 || isHalfway(digits, point) { return nil }
    return (digits, point)
  }

  /// Whether the number, a whole one, lies exactly between two doubles: it has 54 binary digits.
  private static func isHalfway(_ digits: String, _ point: Int) -> Bool {
    guard var odd = UInt64(digits), odd > 0 else { return false }
    odd >>= UInt64(odd.trailingZeroBitCount)
    for _ in 0..<max(0, point - digits.count) {
      let (product, overflows) = odd.multipliedReportingOverflow(by: 5)
      if overflows { return false }
      odd = product
    }
    return UInt64.bitWidth - odd.leadingZeroBitCount == 54
  }

  /// `Double.toString`; `nil` where it is not modelled.
  static func javaText(_ value: Double) -> String? {
    let sign = value.sign == .minus ? "-" : ""
    if value.isNaN { return "NaN" }
    if value.isInfinite { return sign + "Infinity" }
    if value == 0 { return sign + "0.0" }
    guard let (digits, point) = shortest(value) else { return nil }
    guard value.magnitude >= 1e-3, value.magnitude < 1e7 else { return sign + scientific(digits, point) }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    let padded = digits + String(repeating: "0", count: max(0, point - digits.count))
    let fraction = padded.dropFirst(point)
    return sign + padded.prefix(point) + "." + (fraction.isEmpty ? "0" : fraction)
  }

  /// `CAST(… AS varchar)`: always with an exponent; `nil` where it is not modelled. [executed: Trino 414, 482]
  static func varchar(_ value: Double) -> String? {
    let sign = value.sign == .minus ? "-" : ""
    if value.isNaN { return "NaN" }
    if value.isInfinite { return sign + "Infinity" }
    if value == 0 { return sign + "0E0" }
    return shortest(value).map { sign + scientific($0.digits, $0.point) }
  }

  private static func scientific(_ digits: String, _ point: Int) -> String {
    "\(digits.prefix(1)).\(digits.count > 1 ? String(digits.dropFirst()) : "0")E\(point - 1)"
  }
}
