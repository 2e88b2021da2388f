import ConcordDetection

extension Condition {
  /// Whether it asks an expression in which a repeat stands within another: an engine that tracks back, as Trino's, may
  /// take longer for it than anyone waits.
  package var hasNestedRepeats: Bool {
    switch kind {
    case .always, .anywhere, .place: false
    case .test(_, .regex(let regex)): regex.tree.hasNestedRepeats(inRepeat: false)
    case .test: false
    case .some(_, let operand), .not(let operand): operand.hasNestedRepeats
    case .all(let operands), .any(let operands): operands.contains(where: \.hasNestedRepeats)
    }
  }
}

extension RegexNode {
  fileprivate func hasNestedRepeats(inRepeat: Bool) -> Bool {
    switch self {
    case .empty, .scalar, .scalars, .any, .anchor: return false
    case .sequence(let nodes), .alternation(let nodes):
      return nodes.contains { $0.hasNestedRepeats(inRepeat: inRepeat) }
    case .repeated(let node, min: _, max: let most, isLazy: _):
      let isLong = most.map { $0 > 1 } ?? true
      return isLong && inRepeat || node.hasNestedRepeats(inRepeat: inRepeat || isLong)
    }
  }
}
