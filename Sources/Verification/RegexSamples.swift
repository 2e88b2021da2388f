import ConcordDetection

extension PortableRegex {
  /// A few short texts that match, found by walking the tree; none where the walk finds none.
  var samples: [String] {
    RegexNode.samples(tree).filter(matches)
  }
}

extension RegexNode {
  private static let limit = 6

  /// Texts of the node's language, as long as its anchors hold.
  fileprivate static func samples(_ node: RegexNode) -> [String] {
    switch node {
    case .empty, .anchor: return [""]
    case .scalar(let scalar, _): return [String(scalar)]
    case .scalars(let scalars, _): return sample(scalars).map { [String($0)] } ?? []
    case .any: return ["x"]
    case .alternation(let nodes):
      return Array(nodes.prefix(limit).flatMap { samples($0).prefix(2) }.prefix(limit))
    case .repeated(let node, let min, _, _):
      let inner = samples(node).prefix(2)
      let once = inner.map { String(repeating: $0, count: max(min, 1)) }
      return min == 0 ? once + [""] : once
    case .sequence(let nodes): return joined(nodes.map(samples))
    }
  }

  /// The first of each, and with one of them varied.
  private static func joined(_ parts: [[String]]) -> [String] {
    guard parts.allSatisfy({ !$0.isEmpty }) else { return [] }
    let firsts = parts.map { $0[0] }
    var result = [firsts.joined()]
    for (index, part) in parts.enumerated() {
      for other in part.dropFirst() where result.count < limit {
        result.append((firsts[..<index] + [other] + firsts[(index + 1)...]).joined())
      }
    }
    return result
  }

  /// A readable scalar of the class, where it has one.
  private static func sample(_ scalars: ScalarClass) -> Unicode.Scalar? {
    let ranges = scalars.effectiveRanges
    let readable: [Unicode.Scalar] = ["a", "A", "0", "-", " ", "x"]
    return readable.first { scalar in ranges.contains { $0.contains(scalar) } } ?? ranges.first?.lowerBound
  }
}
