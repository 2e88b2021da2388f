import ConcordDetection

/// The scalars divided into parts, of which each set of interest holds all or nothing.
struct Minterms {
  /// A readable scalar of each part.
  private(set) var representatives: [Unicode.Scalar] = []
  /// For each set, which parts it holds.
  private(set) var members: [ScalarSet: [Bool]] = [:]

  init(_ sets: Set<ScalarSet>) {
    var starts: Set<UInt32> = [0, 0xE000]
    for set in sets {
      for range in set.ranges {
        starts.insert(range.lowerBound.value)
        starts.insert(range.upperBound.value + 1)
      }
    }
    let bounds = starts.filter { $0 < 0x11_0000 && !(0xD800..<0xE000).contains($0) }.sorted()
    let ordered = Array(sets)
    var signatures = bounds.map { _ in [Bool](repeating: false, count: ordered.count) }
    for (index, set) in ordered.enumerated() {
      for range in set.ranges {
        var at = Minterms.index(of: range.lowerBound.value, in: bounds)
        while at < bounds.count, bounds[at] <= range.upperBound.value {
          signatures[at][index] = true
          at += 1
        }
      }
    }
    collect(bounds, signatures, ordered)
  }

  private mutating func collect(_ bounds: [UInt32], _ signatures: [[Bool]], _ sets: [ScalarSet]) {
    var parts: [[Bool]: Int] = [:]
    var best: [(rank: Int, scalar: UInt32)] = []
    var order: [[Bool]] = []
    for (place, signature) in signatures.enumerated() {
      let end = place + 1 < bounds.count ? bounds[place + 1] : 0x11_0000
      let found = Minterms.readable(bounds[place]..<end)
      if let part = parts[signature] {
        if found.rank < best[part].rank { best[part] = found }
      } else {
        parts[signature] = best.count
        best.append(found)
        order.append(signature)
      }
    }
    // Readable scalars first: the search for a text then finds a readable one.
    let ranked = best.indices.sorted { (best[$0].rank, $0) < (best[$1].rank, $1) }
    representatives = ranked.map { Unicode.Scalar(best[$0].scalar) ?? "?" }
    for (index, set) in sets.enumerated() { members[set] = ranked.map { order[$0][index] } }
  }

  private static func index(of bound: UInt32, in bounds: [UInt32]) -> Int {
    var (from, to) = (0, bounds.count)
    while from < to {
      let middle = (from + to) / 2
      if bounds[middle] < bound { from = middle + 1 } else { to = middle }
    }
    return from
  }

  /// The scalar of a range that is best to read, and how good that is; less is better.
  private static func readable(_ range: Range<UInt32>) -> (rank: Int, scalar: UInt32) {
    let wanted: [Range<UInt32>] = [0x61..<0x7B, 0x30..<0x3A, 0x41..<0x5B, 0x21..<0x7F, 0xA1..<0x250]
    for (rank, wish) in wanted.enumerated() {
      let low = max(range.lowerBound, wish.lowerBound)
      if low < min(range.upperBound, wish.upperBound) { return (rank, low) }
    }
    let isControl = range.lowerBound < 0x20 || range.lowerBound == 0x7F
    return (isControl ? 7 : 6, range.lowerBound)
  }
}
