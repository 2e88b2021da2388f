/// A reduced ordered binary decision diagram (Bryant, "Graph-based algorithms for Boolean function
/// manipulation", 1986), with complemented edges. Equal functions are equal references.
///
/// A reference is a node's number, doubled, plus 1 for the opposite function. All functions are built by `and`.
struct DecisionDiagram {
  typealias Reference = Int32

  static let always: Reference = 0
  static let never: Reference = 1

  private struct Node {
    let level: Int32
    let low: Reference
    /// Never complemented.
    let high: Reference
  }

  private struct CacheEntry {
    var left: Reference = -1
    var right: Reference = -1
    var result: Reference = -1
  }

  /// How many nodes there may be.
  private let limit: Int
  /// How many steps all calls of `and` may take.
  private var stepsLeft: Int
  private var nodes: [Node] = [Node(level: .max, low: 0, high: 0)]
  private var slots: [Int32] = Array(repeating: -1, count: 256)
  private var cache: [CacheEntry] = Array(repeating: CacheEntry(), count: 256)
  /// For each reference, the price of the cheapest path to `always`.
  private var prices: [Int32] = [0, .max]
  /// Below that many nodes compacting is not worth it.
  private static let smallest = 50_000
  private var compactAbove = DecisionDiagram.smallest

  init(nodeLimit: Int) {
    limit = nodeLimit
    stepsLeft = nodeLimit * 40
  }

  var nodeCount: Int { nodes.count }

  func level(_ reference: Reference) -> Int32 { nodes[Int(reference >> 1)].level }

  /// The function that is true where this variable is.
  mutating func variable(_ level: Int) throws(Bound) -> Reference {
    try make(Int32(level), DecisionDiagram.never, DecisionDiagram.always)
  }

  private func cofactors(_ reference: Reference, _ level: Int32) -> (low: Reference, high: Reference) {
    let node = nodes[Int(reference >> 1)]
    if node.level != level { return (reference, reference) }
    return (node.low ^ (reference & 1), node.high ^ (reference & 1))
  }

  private mutating func make(_ level: Int32, _ low: Reference, _ high: Reference) throws(Bound) -> Reference {
    if low == high { return low }
    let flip = high & 1
    let (low, high) = (low ^ flip, high ^ flip)
    var slot = DecisionDiagram.hash(level, low, high) & (slots.count - 1)
    while slots[slot] >= 0 {
      let node = nodes[Int(slots[slot])]
      if node.level == level, node.low == low, node.high == high { return slots[slot] << 1 | flip }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard nodes.count < limit else { throw .nodes(limit) }
    let index = Int32(nodes.count)
    nodes.append(Node(level: level, low: low, high: high))
    slots[slot] = index
    if nodes.count * 2 > slots.count { rehash(slots.count * 2) }
    return index << 1 | flip
  }

  private mutating func rehash(_ size: Int) {
    slots = Array(repeating: -1, count: size)
    for (index, node) in nodes.enumerated().dropFirst() {
      var slot = DecisionDiagram.hash(node.level, node.low, node.high) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
    cache = Array(repeating: CacheEntry(), count: slots.count)
  }

  private static func hash(_ a: Int32, _ b: Int32, _ c: Int32) -> Int {
    var mixed = UInt64(UInt32(bitPattern: a)) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ UInt64(UInt32(bitPattern: b))) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 29) ^ UInt64(UInt32(bitPattern: c))) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: mixed >> 20)
  }

  /// Whether so many nodes were made since the last time that most may be of no use any more.
  var isWorthCompacting: Bool { nodes.count > compactAbove }

  /// Drops all nodes but those of these functions; gives their new references.
  mutating func compact(_ kept: [Reference]) -> [Reference] {
    var isNeeded = Array(repeating: false, count: nodes.count)
    isNeeded[0] = true
    for reference in kept { isNeeded[Int(reference >> 1)] = true }
    // A node stands behind those it leads to.
    for index in nodes.indices.dropFirst().reversed() where isNeeded[index] {
      isNeeded[Int(nodes[index].low >> 1)] = true
      isNeeded[Int(nodes[index].high >> 1)] = true
    }
    var places = Array(repeating: Int32(0), count: nodes.count)
    func moved(_ reference: Reference) -> Reference { places[Int(reference >> 1)] << 1 | reference & 1 }
    var fewer = [nodes[0]]
    for (index, node) in nodes.enumerated().dropFirst() where isNeeded[index] {
      places[index] = Int32(fewer.count)
      fewer.append(Node(level: node.level, low: moved(node.low), high: moved(node.high)))
    }
    nodes = fewer
    prices = [0, .max]
    compactAbove = max(DecisionDiagram.smallest, nodes.count * 4)
    var size = 256
    while size < nodes.count * 4 { size *= 2 }
    rehash(size)
    return kept.map(moved)
  }

  /// A part of the work of `and`.
  private enum Task {
    case conjoin(Reference, Reference)
    case combine(Int32, Reference, Reference)
  }

  private static func trivial(_ left: Reference, _ right: Reference) -> Reference? {
    if left == never || right == never || left == right ^ 1 { return never }
    if left == always || left == right { return right }
    return right == always ? left : nil
  }

  /// The function that is true where both are. A stack of our own: there may be many thousands of levels.
  mutating func and(_ left: Reference, _ right: Reference) throws(Bound) -> Reference {
    if let result = DecisionDiagram.trivial(left, right) { return result }
    var tasks: [Task] = [.conjoin(left, right)]
    var results: [Reference] = []
    while let task = tasks.popLast() {
      switch task {
      case .conjoin(let a, let b):
        if let result = DecisionDiagram.trivial(a, b) {
          results.append(result)
          continue
        }
        let (left, right) = a < b ? (a, b) : (b, a)
        let entry = cache[DecisionDiagram.hash(0, left, right) & (cache.count - 1)]
        if entry.left == left, entry.right == right {
          results.append(entry.result)
          continue
        }
        guard stepsLeft > 0 else { throw .nodes(limit) }
        stepsLeft -= 1
        let level = min(self.level(left), self.level(right))
        let (ofLeft, ofRight) = (cofactors(left, level), cofactors(right, level))
        tasks.append(.combine(level, left, right))
        tasks.append(.conjoin(ofLeft.high, ofRight.high))
        tasks.append(.conjoin(ofLeft.low, ofRight.low))
      case .combine(let level, let left, let right):
        let (high, low) = (results.removeLast(), results.removeLast())
        let result = try make(level, low, high)
        cache[DecisionDiagram.hash(0, left, right) & (cache.count - 1)] =
          CacheEntry(left: left, right: right, result: result)
        results.append(result)
      }
    }
    return results[0]
  }

  /// The function that is true where all are: from the bottom of the order up, which keeps long lists linear.
  mutating func and(_ all: [Reference]) throws(Bound) -> Reference {
    var result = DecisionDiagram.always
    for reference in all.sorted(by: { level($0) > level($1) }) { result = try and(result, reference) }
    return result
  }
}

extension DecisionDiagram {
  /// What a variable that is true costs on a path; one that is false costs 1.
  private static let trueCost: Int32 = 4096

  /// The variables of a path on which the function is true, with as few that are true as can be; `nil` where
  /// there is none. Variables that are not on it may be either.
  mutating func cheapestPath(_ reference: Reference) -> [(level: Int, isTrue: Bool)]? {
    while prices.count < nodes.count * 2 {
      let node = nodes[prices.count / 2]
      for flip in [Int32(0), 1] {
        let (low, high) = (prices[Int(node.low ^ flip)], prices[Int(node.high ^ flip)])
        prices.append(
          min(DecisionDiagram.sum(low, 1), DecisionDiagram.sum(high, DecisionDiagram.trueCost)))
      }
    }
    guard reference != DecisionDiagram.never else { return nil }
    var path: [(level: Int, isTrue: Bool)] = []
    var at = reference
    while at != DecisionDiagram.always {
      let level = self.level(at)
      let (low, high) = cofactors(at, level)
      let isTrue =
        DecisionDiagram.sum(prices[Int(high)], DecisionDiagram.trueCost)
        < DecisionDiagram.sum(prices[Int(low)], 1)
      path.append((Int(level), isTrue))
      at = isTrue ? high : low
    }
    return path
  }

  /// Saturates below the price of `never`.
  private static func sum(_ price: Int32, _ cost: Int32) -> Int32 {
    price == .max ? .max : min(.max - 1, price &+ min(cost, .max - 1 - price))
  }
}
