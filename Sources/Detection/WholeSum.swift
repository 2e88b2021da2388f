import ConcordDocuments

/// A sum of whole numbers, 0 or more, exact of any log.
package struct WholeSum: Hashable, Sendable {
  /// What the high part counts.
  private static let unit = 1_000_000_000

  /// The sum is `high` units and `low`; apart, so that none of them overflows.
  private var (high, low) = (0, 0)
  /// How many numbers there are.
  private(set) var count = 0

  /// The sum of no numbers.
  package init() {}

  /// The sum of these numbers.
  package init(_ numbers: [Int]) { for number in numbers { add(number) } }

  /// Adds a number.
  package mutating func add(_ number: Int) {
    high += number / WholeSum.unit
    low += number % WholeSum.unit
    count += 1
  }

  /// Adds the numbers of another sum, or takes them back.
  mutating func add(_ other: WholeSum, _ sign: Int) {
    high += sign * other.high
    low += sign * other.low
    count += sign * other.count
  }

  /// The sum, or the largest `Int` where it is larger: far beyond every bound.
  package var clamped: Int {
    let (product, overflows) = (high + low / WholeSum.unit).multipliedReportingOverflow(by: WholeSum.unit)
    let (sum, isOver) = product.addingReportingOverflow(low % WholeSum.unit)
    return overflows || isOver ? .max : sum
  }

  /// Whether there are numbers, and their average compares so with a bound.
  package func averages(_ comparison: Comparison, _ bound: AverageBound) -> Bool {
    guard count > 0 else { return false }
    // Sum and bound times count, both times the bound's power of ten.
    var sum = (high + low / WholeSum.unit).multipliedFullWidth(by: WholeSum.unit * bound.scale)
    let (rest, carries) = sum.low.addingReportingOverflow(
      UInt(low % WholeSum.unit) * UInt(bound.scale))
    sum = (sum.high + (carries ? 1 : 0), rest)
    let other = bound.digits.multipliedFullWidth(by: count)
    let order = sum.high == other.high ? (sum.low, other.low) : (sum.high < other.high ? (0, 1) : (1, 0))
    return switch comparison {
    case .greater: order.0 > order.1
    case .greaterOrEqual: order.0 >= order.1
    case .less: order.0 < order.1
    case .lessOrEqual: order.0 <= order.1
    }
  }
}

/// What an average is compared with: a number of 12 digits before the point and 3 behind it at most, so that doubles
/// come to the same answer.
package struct AverageBound: Hashable, Sendable {
  /// The number times `scale`.
  package let digits: Int
  /// A power of ten, up to 1,000.
  package let scale: Int
  /// The number itself.
  package let number: Number

  /// `nil` of a number that has more digits.
  package init?(_ number: Number) {
    let parts = number.shortest.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    let whole = parts[0].hasPrefix("-") ? parts[0].dropFirst() : parts[0]
    guard whole.utf8.count <= 12, fraction.utf8.count <= 3, let digits = Int(parts[0] + fraction) else {
      return nil
    }
    (self.digits, self.number) = (digits, number)
    scale = [1, 10, 100, 1000][fraction.utf8.count]
  }

  /// The number `digits / scale`; `nil` where that is not how its `digits` and `scale` are.
  package init?(digits: Int, scale: Int) {
    guard let places = [1, 10, 100, 1000].firstIndex(of: scale), let number = Number("\(digits)e-\(places)"),
      let bound = AverageBound(number), bound.digits == digits, bound.scale == scale
    else { return nil }
    self = bound
  }
}

extension Event {
  /// The values at a path that are whole numbers: 1 to 15 digits, which every double keeps.
  package func wholeNumbers(at path: FieldPath) -> [Int] {
    values(at: path).compactMap { value in
      guard let text = value.value.comparedText, (1...15).contains(text.utf8.count),
        text.utf8.allSatisfy({ $0.isDigit })
      else { return nil }
      return Int(text)
    }
  }
}
