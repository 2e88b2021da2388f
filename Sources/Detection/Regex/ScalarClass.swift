/// A set of Unicode scalars, as `[a-z\d]` writes it.
package struct ScalarClass: Hashable, Sendable {
  /// The classes that have an escape of their own; all are ASCII or the rest of ASCII.
  package enum Named: Hashable, Sendable, CaseIterable {
    /// `\d`, `[0-9]`.
    case digit
    /// `\w`, `[0-9A-Za-z_]`.
    case word
    /// `\s`, U+0009 to U+000D and U+0020.
    case space
    /// `\D`.
    case notDigit
    /// `\W`.
    case notWord
    /// `\S`.
    case notSpace

    /// All other scalars.
    package var opposite: Named {
      switch self {
      case .digit: .notDigit
      case .word: .notWord
      case .space: .notSpace
      case .notDigit: .digit
      case .notWord: .word
      case .notSpace: .space
      }
    }

    /// The scalars of the class.
    package var ranges: [ClosedRange<Unicode.Scalar>] {
      switch self {
      case .digit: ["0"..."9"]
      case .word: ["0"..."9", "A"..."Z", "_"..."_", "a"..."z"]
      case .space: ["\t"..."\r", " "..." "]
      case .notDigit, .notWord, .notSpace: ScalarClass.complement(opposite.ranges)
      }
    }
  }

  /// The ranges, sorted, without overlap and as few as can be.
  package let ranges: [ClosedRange<Unicode.Scalar>]
  /// The named classes, each once, in the order of `Named.allCases`.
  package let named: [Named]
  /// Whether the class holds all other scalars instead. Never of a lone named class.
  package let isNegated: Bool

  /// A class of these parts, brought to the form that the properties promise.
  package init(ranges: [ClosedRange<Unicode.Scalar>], named: [Named] = [], isNegated: Bool = false) {
    let flips = isNegated && ranges.isEmpty && Set(named).count == 1
    self.ranges = ScalarClass.merged(ranges)
    self.named = Named.allCases.filter { named.contains(flips ? $0.opposite : $0) }
    self.isNegated = isNegated && !flips
  }

  /// The scalars of the class as sorted ranges: named parts and the negation are worked in.
  package var effectiveRanges: [ClosedRange<Unicode.Scalar>] {
    let all = ScalarClass.merged(ranges + named.flatMap(\.ranges))
    return isNegated ? ScalarClass.complement(all) : all
  }

  /// The scalar of a class that is written as just one.
  var onlyScalar: Unicode.Scalar? {
    guard ranges.count == 1, named.isEmpty, !isNegated, ranges[0].lowerBound == ranges[0].upperBound else {
      return nil
    }
    return ranges[0].lowerBound
  }

  /// The class whose ranges also hold every scalar of the same `LetterCase.lower`.
  var caseFolded: ScalarClass {
    ScalarClass(
      ranges: ranges + CaseOrbits.shared.variants(of: ranges), named: named, isNegated: isNegated)
  }

  private static let first: Unicode.Scalar = "\u{0}"
  private static let last: Unicode.Scalar = "\u{10FFFF}"

  /// The same scalars as sorted ranges, without overlap and as few as can be.
  static func merged(_ ranges: [ClosedRange<Unicode.Scalar>]) -> [ClosedRange<Unicode.Scalar>] {
    var result: [ClosedRange<Unicode.Scalar>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let before = result.last,
        range.lowerBound <= before.upperBound
          || successor(before.upperBound) == range.lowerBound
      {
        result[result.count - 1] = before.lowerBound...max(before.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  /// All scalars that sorted, separate ranges leave out.
  fileprivate static func complement(
    _ ranges: [ClosedRange<Unicode.Scalar>]
  ) -> [ClosedRange<Unicode.Scalar>] {
    var result: [ClosedRange<Unicode.Scalar>] = []
    var next: Unicode.Scalar? = first
    for range in ranges {
      if let from = next, from < range.lowerBound, let to = predecessor(range.lowerBound) {
        result.append(from...to)
      }
      next = successor(range.upperBound)
    }
    if let next { result.append(next...last) }
    return result
  }

  /// The scalar after this one; surrogates are not scalars.
  private static func successor(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    Unicode.Scalar(scalar.value == 0xD7FF ? 0xE000 : scalar.value + 1)
  }

  private static func predecessor(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    scalar.value == 0 ? nil : Unicode.Scalar(scalar.value == 0xE000 ? 0xD7FF : scalar.value - 1)
  }
}

/// Which scalars share their `LetterCase.lower`.
struct CaseOrbits: Sendable {
  static let shared = CaseOrbits()

  /// Scalars of the same `LetterCase.lower`, two or more each.
  private let orbits: [[Unicode.Scalar]]
  private let places: [Unicode.Scalar: Int]

  private init() {
    var byLower: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    // Cased scripts end below U+1F000; only what changes is looked at, since a table of all is slow to make.
    for value in UInt32(0)..<0x1F000 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { continue }
      let lower = LetterCase.lower(scalar)
      if lower != scalar { byLower[lower, default: [lower]].append(scalar) }
    }
    orbits = byLower.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    places = Dictionary(
      orbits.enumerated().flatMap { index, orbit in orbit.map { ($0, index) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Whether other scalars have the same lower case.
  func hasVariants(_ scalar: Unicode.Scalar) -> Bool { places[scalar] != nil }

  /// All scalars that share their lower case with this one, itself included.
  func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    places[scalar].map { orbits[$0] } ?? [scalar]
  }

  /// The scalars that share their lower case with one of sorted, separate ranges and may lie outside them.
  func variants(of ranges: [ClosedRange<Unicode.Scalar>]) -> [ClosedRange<Unicode.Scalar>] {
    if let only = ranges.first, ranges.count == 1, only.lowerBound == only.upperBound {
      return variants(of: only.lowerBound).map { $0...$0 }
    }
    let count = ranges.reduce(0) { $0 + $1.upperBound.value - $1.lowerBound.value + 1 }
    if count <= 256 {
      // Few scalars, so each is looked up; in the order of the orbits, as below.
      let known = ranges.flatMap { range in
        (range.lowerBound.value...range.upperBound.value).compactMap {
          Unicode.Scalar($0).flatMap { places[$0] }
        }
      }
      return Set(known).sorted().flatMap { orbits[$0].map { $0...$0 } }
    }
    return orbits.filter { orbit in orbit.contains { scalar in ranges.contains { $0.contains(scalar) } } }
      .flatMap { $0.map { $0...$0 } }
  }
}
