import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Formulas over leaves, built so that the same formula is the same edge: only `and` and the opposite, flattened,
/// its operands sorted and each once, and texts asked for one by one joined to a set.
struct Formulas {
  /// A node's number, doubled, plus 1 for the opposite formula.
  typealias Edge = Int

  enum Node: Hashable {
    case always
    case leaf(Leaf)
    case and([Edge])
  }

  static let always: Edge = 0
  static let never: Edge = 1
  /// How deep conditions may be nested.
  static let depthLimit = 400

  private(set) var nodes: [Node] = [.always]
  private var numbers: [Node: Int] = [.always: 0]
  var paths = Paths()
  /// Where values may be arrays.
  let arrays: Prover.Arrays

  init(_ arrays: Prover.Arrays) { self.arrays = arrays }

  private mutating func edge(_ node: Node) -> Edge {
    if let known = numbers[node] { return known * 2 }
    numbers[node] = nodes.count
    nodes.append(node)
    return (nodes.count - 1) * 2
  }

  private mutating func leaf(_ path: Int, _ question: Question) -> Edge {
    edge(.leaf(Leaf(path: path, question: question)))
  }

  /// The formula that is true where all are.
  private mutating func and(_ operands: [Edge]) -> Edge {
    var kept: [Edge] = []
    var sets: [SetPlace: [TextSet]] = [:]
    var pending = Array(operands.reversed())
    while let operand = pending.popLast() {
      if operand == Formulas.never { return Formulas.never }
      if operand == Formulas.always { continue }
      switch nodes[operand / 2] {
      case .and(let inner) where operand % 2 == 0: pending += inner.reversed()
      case .leaf(let leaf) where operand % 2 == 1:
        if let set = leaf.question.test?.set {
          sets[SetPlace(path: leaf.path, letterCase: set.letterCase), default: []].append(set)
        }
        kept.append(operand)
      case .always, .leaf, .and: kept.append(operand)
      }
    }
    for (place, parts) in sets.sorted(by: { $0.key.order < $1.key.order }) where parts.count > 1 {
      let joined = TextSet(Set(parts.flatMap(\.texts)), place.letterCase)
      kept.removeAll { isOutside($0, place) }
      kept.append(leaf(place.path, .text(.member(joined))) ^ 1)
    }
    let distinct = Set(kept)
    if distinct.contains(where: { distinct.contains($0 ^ 1) }) { return Formulas.never }
    let sorted = distinct.sorted()
    return sorted.count < 2 ? sorted.first ?? Formulas.always : edge(.and(sorted))
  }

  private func isOutside(_ edge: Edge, _ place: SetPlace) -> Bool {
    guard edge % 2 == 1, case .leaf(let leaf) = nodes[edge / 2], leaf.path == place.path else { return false }
    return leaf.question.test?.set?.letterCase == place.letterCase
  }

  mutating func formula(_ condition: Condition, depth: Int = 0) throws(Bound) -> Edge {
    guard depth < Formulas.depthLimit else { throw .nesting(Formulas.depthLimit) }
    switch condition.kind {
    case .always(let value): return value ? Formulas.always : Formulas.never
    case .anywhere(let pattern, let letterCase):
      let (pattern, letterCase) = pattern.canonical(letterCase)
      return leaf(Leaf.anywhere, .text(Formulas.test(pattern, letterCase)))
    case .test(let path, let atom): return try question(paths.number(of: .path(path)), path, atom)
    case .some(let path, let operand):
      if operand.asksElsewhere(than: path) { throw .path(path.description) }
      let number = paths.number(of: .path(path))
      let isSingle =
        if case .nowhereAt(let single) = arrays {
          single.contains { $0.canonical == path.canonical }
        } else { false }
      // Of one value at most nothing is told from it.
      if isSingle { return and([leaf(number, .present), try formula(operand, depth: depth + 1)]) }
      return leaf(number, .some(operand))
    case .place(let fact, let atom):
      return try question(paths.number(of: .fact(fact)), FieldPath(fact.name), atom)
    case .not(let operand): return try formula(operand, depth: depth + 1) ^ 1
    case .all(let operands):
      var edges: [Edge] = []
      for operand in operands { edges.append(try formula(operand, depth: depth + 1)) }
      return and(edges)
    case .any(let operands):
      var edges: [Edge] = []
      for operand in operands { edges.append(try formula(operand, depth: depth + 1) ^ 1) }
      return and(edges) ^ 1
    }
  }

  /// The question that an atom asks of the values of that number, which the condition has at `path`.
  private mutating func question(_ number: Int, _ path: FieldPath, _ atom: Atom) throws(Bound) -> Edge {
    switch atom {
    case .present: return leaf(number, .present)
    case .truthy:
      // `a[][]` of a plain list is the one path whose elements are not seen as elements.
      if case .each? = path.steps.dropLast().last, case .each? = path.steps.last {
        throw .path(path.description)
      }
      return leaf(number, .truthy)
    case .text(let pattern, let letterCase): return text(number, pattern, letterCase)
    case .oneOf(let texts, let letterCase):
      var plain: Set<ScalarText> = []
      var folded: Set<ScalarText> = []
      for text in texts {
        let isCased = letterCase == .ignored && LetterCase.isCased(text)
        if isCased {
          folded.insert(ScalarText(LetterCase.lower(text)))
        } else {
          plain.insert(ScalarText(text))
        }
      }
      var edges: [Edge] = []
      if !plain.isEmpty { edges.append(leaf(number, .text(.member(TextSet(plain, .exact)))) ^ 1) }
      if !folded.isEmpty { edges.append(leaf(number, .text(.member(TextSet(folded, .ignored)))) ^ 1) }
      return and(edges) ^ 1
    case .regex(let regex):
      if let (pattern, letterCase) = regex.literal { return text(number, pattern, letterCase) }
      return leaf(number, .text(.regex(regex)))
    case .number(let comparison, let bound): return self.number(number, comparison, bound.double)
    case .network(let network): return leaf(number, .text(.network(network)))
    case .array: return leaf(number, .array)
    case .sameAs(let other, let letterCase):
      let other = paths.number(of: .path(other))
      if other == number { return leaf(number, .present) }
      return leaf(min(number, other), .sameAs(max(number, other), letterCase))
    }
  }

  private mutating func text(_ path: Int, _ pattern: Pattern, _ letterCase: LetterCase) -> Edge {
    let (pattern, letterCase) = pattern.canonical(letterCase)
    if pattern == .anything { return leaf(path, .present) }
    return leaf(path, .text(Formulas.test(pattern, letterCase)))
  }

  /// Equality is membership in a set of one.
  private static func test(_ pattern: Pattern, _ letterCase: LetterCase) -> TextTest {
    if case .equals(let text) = pattern.shape { return .member(TextSet([ScalarText(text)], letterCase)) }
    return .pattern(pattern, letterCase)
  }

  private mutating func number(_ path: Int, _ comparison: Comparison, _ bound: Double) -> Edge {
    switch comparison {
    case .greaterOrEqual: leaf(path, .text(.atLeast(bound)))
    case .greater: bound == .infinity ? Formulas.never : leaf(path, .text(.atLeast(bound.nextUp)))
    case .lessOrEqual: leaf(path, .text(.atMost(bound)))
    case .less: bound == -.infinity ? Formulas.never : leaf(path, .text(.atMost(bound.nextDown)))
    }
  }
}

/// A place for sets of texts: of one path, compared under one letter case.
private struct SetPlace: Hashable {
  let path: Int
  let letterCase: LetterCase

  var order: (Int, Int) { (path, letterCase == .exact ? 0 : 1) }
}

/// The leaves of two formulas as the variables of a decision diagram.
struct Variables {
  /// The questions, by number.
  private(set) var all: [Leaf] = []
  /// For each node that is a leaf, the variables of which one must be true.
  private(set) var ofNode: [Int: [Int]] = [:]
  /// The place of each variable in the order, and its opposite.
  private(set) var levels: [Int] = []
  private(set) var atLevel: [Int] = []
  /// The nodes below both formulas, operands first.
  private(set) var nodes: [Int] = []

  /// Overlapping sets of texts are split into parts that are in the same sets each.
  init(_ formulas: Formulas, _ roots: [Formulas.Edge]) {
    var order: [[Int]] = []
    var seen: Set<Int> = []
    for root in roots { order.append(Variables.leaves(root / 2, formulas, &seen)) }
    nodes = seen.sorted()
    split(order.flatMap { $0 }, formulas)
    arrange(roots, formulas)
  }

  private static func leaves(_ root: Int, _ formulas: Formulas, _ seen: inout Set<Int>) -> [Int] {
    var leaves: [Int] = []
    var pending = [root]
    while let node = pending.popLast() {
      guard seen.insert(node).inserted else { continue }
      switch formulas.nodes[node] {
      case .always: break
      case .leaf: leaves.append(node)
      case .and(let edges): pending += edges.reversed().map { $0 / 2 }
      }
    }
    return leaves
  }

  private mutating func split(_ leaves: [Int], _ formulas: Formulas) {
    var places: [SetPlace: [(node: Int, set: TextSet)]] = [:]
    for node in leaves {
      guard case .leaf(let leaf) = formulas.nodes[node] else { continue }
      if case .text(.member(let set)) = leaf.question {
        places[SetPlace(path: leaf.path, letterCase: set.letterCase), default: []].append((node, set))
      } else {
        ofNode[node] = [add(leaf)]
      }
    }
    for (place, sets) in places.sorted(by: { $0.value[0].node < $1.value[0].node }) {
      var memberships: [ScalarText: [Int]] = [:]
      for (index, entry) in sets.enumerated() {
        for text in entry.set.texts { memberships[text, default: []].append(index) }
      }
      var parts: [[Int]: Set<ScalarText>] = [:]
      for (text, membership) in memberships { parts[membership, default: []].insert(text) }
      for membership in parts.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let part = TextSet(parts[membership] ?? [], place.letterCase)
        let variable = add(Leaf(path: place.path, question: .text(.member(part))))
        for index in membership { ofNode[sets[index].node, default: []].append(variable) }
      }
    }
  }

  private mutating func add(_ leaf: Leaf) -> Int {
    all.append(leaf)
    return all.count - 1
  }

  /// The order: that of the first formula; what only the second asks goes where it asks it. A formula that asks
  /// each thing once then has a diagram of linear size.
  private mutating func arrange(_ roots: [Formulas.Edge], _ formulas: Formulas) {
    var next = Array(repeating: -1, count: all.count + 1)
    let head = all.count
    var placed = Array(repeating: false, count: all.count)
    for root in roots {
      var seen: Set<Int> = []
      var last = head
      for node in Variables.leaves(root / 2, formulas, &seen) {
        for variable in ofNode[node] ?? [] {
          if !placed[variable] {
            placed[variable] = true
            next[variable] = next[last]
            next[last] = variable
          }
          last = variable
        }
      }
    }
    levels = Array(repeating: 0, count: all.count)
    var at = next[head]
    while at >= 0 {
      levels[at] = atLevel.count
      atLevel.append(at)
      at = next[at]
    }
  }

  /// Another order: field by field, in each as before.
  mutating func groupByPath() {
    var firsts: [Int: Int] = [:]
    for variable in atLevel where firsts[all[variable].path] == nil {
      firsts[all[variable].path] = firsts.count
    }
    let sorted = atLevel.enumerated().sorted {
      let (a, b) = (firsts[all[$0.element].path] ?? 0, firsts[all[$1.element].path] ?? 0)
      return (a, $0.offset) < (b, $1.offset)
    }
    atLevel = sorted.map(\.element)
    for (level, variable) in atLevel.enumerated() { levels[variable] = level }
  }
}
