/// Doubles as Python prints them.
enum PythonDouble {
  /// What `repr` gives: the fewest digits that read back as the same double, with an exponent below 0.0001 and from
  /// 10^16 on.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let sign = value.sign == .minus ? "-" : ""
    let (digits, power) = shortest(value.magnitude)
    if power < -4 || power >= 16 {
      let fraction = digits.count > 1 ? ".\(digits.dropFirst())" : ""
      let exponent = (abs(power) < 10 ? "0" : "") + String(abs(power))
      return "\(sign)\(digits.prefix(1))\(fraction)e\(power < 0 ? "-" : "+")\(exponent)"
    }
    if power < 0 { return "\(sign)0.\(String(repeating: "0", count: -power - 1))\(digits)" }
    let whole = digits.prefix(power + 1)
    let rest = digits.dropFirst(power + 1)
    let zeros = String(repeating: "0", count: power + 1 - whole.count)
    return "\(sign)\(whole)\(zeros).\(rest.isEmpty ? "0" : rest)"
  }

  /// The digits of a number that is not below zero, and the power of ten of the first.
  private static func shortest(_ value: Double) -> (digits: String, power: Int) {
    if value == 0 { return ("0", 0) }
    let parts = value.description.split(separator: "e")
    let point = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let (whole, fraction) = (point[0], point.count > 1 ? point[1] : "")
    var digits = String(whole) + fraction
    var power = whole.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.hasPrefix("0"), digits.utf8.count > 1 {
      digits.removeFirst()
      power -= 1
    }
    while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
    return (digits, power)
  }
}
