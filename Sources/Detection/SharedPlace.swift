/// The places that two detections ask for, as far as they can be compared although their languages name places
/// differently.
package struct SharedPlace {
  /// What the first asks in facts that both name.
  package let first: Condition
  /// What the second asks in facts that both name.
  package let second: Condition
  /// The facts of the first in the parts that are left out, in the order of their names.
  package let onlyInFirst: [PlaceFact]
  /// The facts of the second in the parts that are left out.
  package let onlyInSecond: [PlaceFact]

  /// Takes two places apart. A part that must hold is left out as a whole where it names a fact that the other does
  /// not name: nothing tells whether the other asks as much. Facts of `platform` count though one alone names them:
  /// both are of that platform, and the other asks nothing there.
  package init(_ first: Condition, _ second: Condition, counting platform: String? = nil) {
    let facts = (Set(first.facts), Set(second.facts))
    func isShared(_ part: Condition) -> Bool {
      part.facts.allSatisfy {
        facts.0.contains($0) && facts.1.contains($0) || platform != nil && $0.platform == platform
      }
    }
    func left(_ parts: [Condition]) -> [PlaceFact] {
      Condition.all(parts.filter { !isShared($0) }).facts.sorted { $0.name < $1.name }
    }
    let (ours, theirs) = (first.conjuncts, second.conjuncts)
    self.first = .all(ours.filter(isShared))
    self.second = .all(theirs.filter(isShared))
    (onlyInFirst, onlyInSecond) = (left(ours), left(theirs))
  }
}
