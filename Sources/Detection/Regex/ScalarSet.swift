/// A set of Unicode scalars in one form, which is fast to ask: bits for ASCII, sorted ranges for the rest.
package struct ScalarSet: Sendable {
  /// The ranges, sorted, without overlap and as few as can be.
  package let ranges: [ClosedRange<Unicode.Scalar>]
  /// Which of U+0000 to U+003F, and of U+0040 to U+007F, are in the set.
  package let ascii: (low: UInt64, high: UInt64)

  package init(_ scalars: ScalarClass) { self.init(merged: scalars.effectiveRanges) }

  package init(_ ranges: [ClosedRange<Unicode.Scalar>]) { self.init(merged: ScalarClass.merged(ranges)) }

  /// This scalar, and where letter case is ignored those that differ from it in case alone.
  package init(_ scalar: Unicode.Scalar, _ letterCase: LetterCase) {
    self.init(letterCase.variants(of: scalar).map { $0...$0 })
  }

  private init(merged ranges: [ClosedRange<Unicode.Scalar>]) {
    var (low, high): (UInt64, UInt64) = (0, 0)
    for range in ranges where range.lowerBound.value < 128 {
      for value in range.lowerBound.value...min(127, range.upperBound.value) {
        if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
      }
    }
    self.ranges = ranges
    ascii = (low, high)
  }

  /// Whether the scalar is in the set.
  package func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 64 { return ascii.low >> value & 1 == 1 }
    if value < 128 { return ascii.high >> (value - 64) & 1 == 1 }
    var (from, to) = (0, ranges.count)
    while from < to {
      let middle = (from + to) / 2
      if ranges[middle].upperBound < scalar { from = middle + 1 } else { to = middle }
    }
    return from < ranges.count && ranges[from].contains(scalar)
  }
}

extension ScalarSet: Hashable {
  package static func == (left: ScalarSet, right: ScalarSet) -> Bool { left.ranges == right.ranges }
  package func hash(into hasher: inout Hasher) { hasher.combine(ranges) }
}

extension ScalarSet {
  /// Every scalar.
  package static let all = ScalarSet(["\u{0}"..."\u{10FFFF}"])
  /// U+000A.
  package static let lineFeed = ScalarSet(["\n"..."\n"])
  /// Every scalar but U+000A.
  package static let notLineFeed = ScalarSet(["\u{0}"..."\u{9}", "\u{B}"..."\u{10FFFF}"])
  /// What `\w` matches.
  package static let word = ScalarSet(ScalarClass.Named.word.ranges)
}
