import ConcordDetection
import ConcordDocuments
import ConcordProof

/// A proof held against an oracle that tries events.
package struct ProofCheck: Sendable {
  /// The proof.
  package let proof: Proof
  /// What is wrong with it, in words.
  package let problems: [String]

  /// Compares both conditions and checks every part of the answer: witnesses by the meaning, the rest by trying.
  package init(_ first: Condition, _ second: Condition, _ prover: Prover, _ oracle: BruteForce) {
    let proof = prover.compare(first, second)
    let found = oracle.find(first, second)
    var problems: [String] = []
    func check(_ name: String, _ answer: Answer?, _ tried: Event?, _ confirms: (Event) -> Bool) {
      switch answer {
      case .never?:
        if let tried { problems.append("\(name): `never`, but \(Value.object(tried.object).compactJSON)") }
      case .event(let event)?:
        if !confirms(event) {
          problems.append("\(name): no witness: \(Value.object(event.object).compactJSON)")
        }
      case .unknown?, nil: break
      }
    }
    check("only in first", proof.onlyInFirst, found.onlyFirst) {
      first.holds(of: $0) && !second.holds(of: $0)
    }
    check("only in second", proof.onlyInSecond, found.onlySecond) {
      second.holds(of: $0) && !first.holds(of: $0)
    }
    check("together", proof.together, found.both) { first.holds(of: $0) && second.holds(of: $0) }
    self.proof = proof
    self.problems = problems
  }
}
