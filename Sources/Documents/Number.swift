import ConcordDiagnostics

/// A decimal number as it was written, and its shortest decimal.
///
/// Exact for any length: the text is kept, never converted to binary.
public struct Number: Hashable, Sendable {
  /// Most numbers are written as their shortest decimal; keeping one text for both makes values small.
  private enum Form: Sendable {
    case shortest(String)
    indirect case other(written: String, shortest: String)
  }

  private let form: Form

  /// The number as it was written: a JSON number, one with a `+` sign or leading zeros, or what `spelled` was told.
  public var written: String {
    switch form {
    case .shortest(let text): text
    case .other(let written, _): written
    }
  }

  /// The shortest decimal without exponent (`5` for `5.0`, `1500` for `1.5e3`); where that would need more than
  /// `expansionLimit` zeros, the shortest form with an exponent (`1e400`).
  package var shortest: String {
    switch form {
    case .shortest(let text): text
    case .other(_, let shortest): shortest
    }
  }

  /// How many zeros an exponent may expand to. A bound, so that `1e999999999` does not fill the memory.
  package static let expansionLimit = 64

  /// The number that `text` spells by JSON's grammar (a `+` sign or leading zeros are let pass), or `nil`.
  package init?(_ text: String) {
    guard let shortest = DecimalParts(text)?.shortest else { return nil }
    form = shortest == text ? .shortest(text) : .other(written: text, shortest: shortest)
  }

  /// The number whose text is known to be its shortest decimal.
  init(shortest: String) { form = .shortest(shortest) }

  private init(_ form: Form) { self.form = form }

  /// The same number, written as `text` in a notation that JSON does not have: `0x1F` for 31.
  package func spelled(_ text: String) -> Number {
    Number(shortest == text ? .shortest(text) : .other(written: text, shortest: shortest))
  }

  /// The number as JSON: as it was written, or, where JSON's grammar has no such number (`+5`, `007`, `0x1F`), as
  /// its shortest decimal.
  var json: String {
    guard case .other(let written, let shortest) = form else { return written }
    var digits = written.utf8[...]
    if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
    let isLegal =
      digits.first != UInt8(ascii: "+") && DecimalParts(written) != nil
      && !(digits.first == 0x30 && digits.dropFirst().first.map { $0.isDigit } ?? false)
    return isLegal ? written : shortest
  }

  /// The number for an integer.
  package init(_ value: Int) {
    form = .shortest(String(value))
  }

  /// Its nearest IEEE 754 double; infinite where it is out of range.
  public var double: Double { Double(shortest) ?? .nan }

  /// Equal numbers have the same shortest decimal.
  public static func == (left: Number, right: Number) -> Bool { left.shortest == right.shortest }

  /// Hashes the shortest decimal.
  public func hash(into hasher: inout Hasher) { hasher.combine(shortest) }
}

/// Sign, digits and exponent of a decimal number: `±digits × 10^exponent`, digits without outer zeros.
private struct DecimalParts {
  var negative = false
  var digits: [UInt8] = []
  var exponent = 0

  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      negative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    let whole = rest.prefix { $0.isDigit }
    rest = rest.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix { $0.isDigit }
      if fraction.isEmpty { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    if whole.isEmpty { return nil }
    if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      guard let power = DecimalParts.power(rest.dropFirst()) else { return nil }
      exponent = power
      rest = []
    }
    guard rest.isEmpty else { return nil }
    digits = Array(whole + fraction)
    exponent -= fraction.count
    trim()
  }

  /// The exponent's value; beyond ±10^9 it makes no difference any more and is clamped.
  private static func power(_ text: ArraySlice<UInt8>) -> Int? {
    var digits = text
    let negative = digits.first == UInt8(ascii: "-")
    if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isDigit }) else { return nil }
    var value = 0
    for digit in digits { value = min(1_000_000_000, value * 10 + Int(digit - 0x30)) }
    return negative ? -value : value
  }

  private mutating func trim() {
    let leading = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leading)
    while digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty {
      exponent = 0
      negative = false
    }
  }

  var shortest: String {
    guard !digits.isEmpty else { return "0" }
    let sign = negative ? "-" : ""
    let text = String(decoding: digits, as: UTF8.self)
    if exponent >= 0, exponent <= Number.expansionLimit {
      return sign + text + String(repeating: "0", count: exponent)
    }
    if exponent < 0, -exponent < digits.count {
      return sign + text.dropLast(-exponent) + "." + text.suffix(-exponent)
    }
    if exponent < 0, -exponent - digits.count <= Number.expansionLimit {
      return sign + "0." + String(repeating: "0", count: -exponent - digits.count) + text
    }
    let power = exponent + digits.count - 1
    return sign + text.prefix(1) + (text.count > 1 ? "." + text.dropFirst() : "") + "e\(power)"
  }
}
