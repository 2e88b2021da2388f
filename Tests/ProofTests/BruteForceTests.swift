import ConcordDetection
import ConcordProof
import TestSupport
import Testing

/// The prover against an oracle that tries every small event. `sweep proof pairs` runs many more.
@Suite struct BruteForceTests {
  /// A generated pair, by the seed of its generator and its number.
  struct Kept: Sendable {
    let fragment: ConditionPairs.Fragment
    let seed: UInt64
    let number: Int
  }

  @Test(arguments: ConditionPairs.Fragment.allCases, [true, false])
  func generatedPairs(_ fragment: ConditionPairs.Fragment, _ hasArrays: Bool) {
    var generator = ConditionPairs(fragment, seed: 20_261)
    let oracle = BruteForce(fragment, hasArrays: hasArrays)
    let prover = Prover(arrays: hasArrays ? .anywhere : .onlyWhereWritten)
    var verdicts: [String: Int] = [:]
    for number in 0..<24 {
      let (first, second) = generator.next()
      let check = ProofCheck(first, second, prover, oracle)
      #expect(check.problems.isEmpty, "\(fragment) \(number)")
      verdicts[check.proof.verdict.name, default: 0] += 1
    }
    // The generator must make pairs of several kinds, or the test shows little.
    #expect(verdicts["equal", default: 0] > 1)
    #expect(verdicts.count >= 3)
    if fragment == .texts { #expect(verdicts["unknown"] == nil) }
  }

  /// Pairs that an earlier prover could not decide.
  static let kept: [Kept] = [
    Kept(fragment: .kinds, seed: 1, number: 37), Kept(fragment: .kinds, seed: 1, number: 78),
    Kept(fragment: .kinds, seed: 1, number: 126), Kept(fragment: .kinds, seed: 1, number: 185),
    Kept(fragment: .kinds, seed: 2026, number: 102), Kept(fragment: .kinds, seed: 2026, number: 420),
    Kept(fragment: .relations, seed: 1, number: 178), Kept(fragment: .relations, seed: 1, number: 255),
    Kept(fragment: .relations, seed: 2026, number: 909),
  ]

  @Test(arguments: kept)
  func decidedByNow(_ kept: Kept) {
    var generator = ConditionPairs(kept.fragment, seed: kept.seed)
    for _ in 0..<kept.number { _ = generator.next() }
    let (first, second) = generator.next()
    let check = ProofCheck(first, second, Prover(), BruteForce(kept.fragment))
    #expect(check.problems.isEmpty)
    #expect(check.proof.verdict.name != "unknown", "\(kept)")
  }
}
