import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension TextSolver {
  /// The numbers that the tests leave, once the text must be a number, and the claims that bound them.
  struct Interval {
    var low = -Double.infinity
    var high = Double.infinity
    var lowClaim: Claim?
    var highClaim: Claim?
    var isEmpty = false
    /// A claim that no number passes.
    var culprit: Claim?

    mutating func atLeast(_ bound: Double, _ claim: Claim) {
      if bound > low || lowClaim == nil { (low, lowClaim) = (bound, claim) }
    }

    mutating func atMost(_ bound: Double, _ claim: Claim) {
      if bound < high || highClaim == nil { (high, highClaim) = (bound, claim) }
    }

    init(_ positive: [Claim], _ negative: [Claim]) {
      for claim in positive {
        if case .atLeast(let bound) = claim.test { atLeast(bound, claim) }
        if case .atMost(let bound) = claim.test { atMost(bound, claim) }
      }
      for claim in negative {
        if case .atLeast(let bound) = claim.test {
          if bound == -.infinity { (isEmpty, culprit) = (true, claim) }
          atMost(bound.nextDown, claim)
        }
        if case .atMost(let bound) = claim.test {
          if bound == .infinity { (isEmpty, culprit) = (true, claim) }
          atLeast(bound.nextUp, claim)
        }
      }
      if low > high { isEmpty = true }
    }
  }

  /// The claims that leave no number.
  static func numberConflict(_ positive: [Claim], _ negative: [Claim]) -> [Int]? {
    guard let number = positive.first(where: { $0.test.isNumeric }) else { return nil }
    if let network = positive.first(where: { $0.test.isNetwork }) {
      return literals([number, network])
    }
    let interval = Interval(positive, negative)
    guard interval.isEmpty else { return nil }
    if let culprit = interval.culprit { return literals([number, culprit]) }
    return literals([number] + [interval.lowClaim, interval.highClaim].compactMap { $0 })
  }

  /// What negative bounds say of a text that is a number: not below is at least.
  static func numbersImplied(_ positive: [Claim], _ negative: [Claim]) -> [Claim] {
    guard let number = positive.first(where: { $0.test.isNumeric }) else { return [] }
    let interval = Interval(positive, negative)
    var claims: [Claim] = []
    if let claim = interval.lowClaim, interval.low > -.infinity {
      claims.append(Claim(literals: literals([number, claim]), test: .atLeast(interval.low)))
    }
    if let claim = interval.highClaim, interval.high < .infinity {
      claims.append(Claim(literals: literals([number, claim]), test: .atMost(interval.high)))
    }
    return claims
  }

  func numberCandidates(_ positive: [Claim], _ negative: [Claim]) -> [String] {
    let interval = Interval(positive, negative)
    let values = TextSolver.values(interval.low, interval.high)
    var texts: [String] = []
    for value in values {
      guard let text = TextSolver.decimal(value) else { continue }
      texts.append(text)
    }
    let plain = texts
    for text in plain.prefix(12) {
      let point = text.contains(".") ? text : text + ".0"
      // Digits beyond a double's precision: 4.99999999999999999999999 is 5.
      if let whole = Int(text), whole > 0 {
        texts += ["\(whole - 1).99999999999999999999999", "\(whole).00000000000000000000001"]
      }
      texts += [point, point + "0", text + "e0", text + "E+0"]
      texts +=
        text.hasPrefix("-") ? ["-0" + text.dropFirst(), "-00" + text.dropFirst()] : ["+" + text, "0" + text]
    }
    // Digits that other tests ask for, in numbers of several lengths.
    let parts = textCandidates(positive.map(\.test)).filter { !$0.isEmpty }.prefix(6)
    for part in parts {
      for power in ["1", "2", "3", "9", "400"] {
        texts += [part + "0e-" + power, part + "e-" + power, "-" + part + "0e-" + power, part + "e" + power]
      }
      for zeros in ["", "0", "00", "000", "000000"] {
        texts += [
          part + zeros, "1" + zeros + part, "-" + part + zeros, "9" + zeros + part, "-9" + zeros + part,
        ]
        for text in plain.prefix(4) { texts += [text + "." + part, text + "." + zeros + part] }
      }
    }
    return texts
  }

  static func values(_ low: Double, _ high: Double) -> [Double] {
    var values: [Double] = [0, 1, -1]
    if low.isFinite {
      values +=
        [low, low.rounded(.up)] + (1...6).map { low.rounded(.up) + Double($0) } + [
          low + 0.5, low * 10, low * 100,
        ]
    }
    if high.isFinite {
      values +=
        [high, high.rounded(.down)] + (1...6).map { high.rounded(.down) - Double($0) } + [
          high - 0.5, high * 10,
        ]
    }
    if low.isFinite, high.isFinite { values += [low / 2 + high / 2, low.nextUp, high.nextDown] }
    if high == .infinity { values += [.greatestFiniteMagnitude, .infinity] }
    if low == -.infinity { values += [-.greatestFiniteMagnitude, -.infinity] }
    // Whole numbers first: they read best.
    let fitting = values.filter { $0 >= low && $0 <= high }
    return fitting.filter { $0.rounded() == $0 } + fitting.filter { $0.rounded() != $0 }
  }

  static func decimal(_ value: Double) -> String? {
    if value == .infinity { return "1e999" }
    if value == -.infinity { return "-1e999" }
    return Number("\(value)")?.shortest
  }
}
