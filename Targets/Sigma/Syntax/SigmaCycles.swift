import ConcordDiagnostics

/// Which correlations refer to themselves, by way of others or right away.
///
/// Two names are in one cycle where each leads to the other: they are in one strongly connected component. These are
/// found by Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), in a time that grows with
/// the number of references.
struct SigmaCycles: Sendable {
  /// The component of each name, for those that come back to themselves.
  private var components: [ScalarText: Int] = [:]

  /// The cycles among these correlations.
  init(_ correlations: [SigmaCollection.Correlation]) {
    if correlations.isEmpty { return }
    var places: [ScalarText: Int] = [:]
    for (place, correlation) in correlations.enumerated() {
      for name in correlation.names where places[ScalarText(name)] == nil { places[ScalarText(name)] = place }
    }
    let targets = correlations.map { $0.references.compactMap { places[ScalarText($0)] } }
    for (number, component) in SigmaCycles.components(targets).enumerated() {
      guard component.count > 1 || targets[component[0]].contains(component[0]) else { continue }
      for name in component.flatMap({ correlations[$0].names }) { components[ScalarText(name)] = number }
    }
  }

  /// Whether the correlations that are called so lead to each other.
  func areInOne(_ left: String, _ right: String) -> Bool {
    guard let component = components[ScalarText(left)] else { return false }
    return component == components[ScalarText(right)]
  }

  /// The strongly connected components of a graph that is given by each node's targets. A stack of our own stands in
  /// for recursion: how long a chain of correlations is, is up to the rules.
  private static func components(_ targets: [[Int]]) -> [[Int]] {
    var components: [[Int]] = []
    var numbers: [Int?] = Array(repeating: nil, count: targets.count)
    var lowest = Array(repeating: 0, count: targets.count)
    var isOpen = Array(repeating: false, count: targets.count)
    var (open, count): ([Int], Int) = ([], 0)
    for root in targets.indices where numbers[root] == nil {
      var visits = [(node: root, next: 0)]
      while let visit = visits.last {
        let node = visit.node
        if visit.next == 0 {
          (numbers[node], lowest[node], isOpen[node]) = (count, count, true)
          open.append(node)
          count += 1
        }
        if visit.next < targets[node].count {
          let target = targets[node][visit.next]
          visits[visits.count - 1].next += 1
          if let number = numbers[target] {
            if isOpen[target] { lowest[node] = min(lowest[node], number) }
          } else {
            visits.append((target, 0))
          }
          continue
        }
        visits.removeLast()
        if let parent = visits.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
        guard lowest[node] == numbers[node], let start = open.lastIndex(of: node) else { continue }
        components.append(Array(open[start...]))
        for member in open[start...] { isOpen[member] = false }
        open.removeSubrange(start...)
      }
    }
    return components
  }
}
