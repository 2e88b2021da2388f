import Concord
import Foundation
import TestSupport

/// Wide runs of the prover: `proof-sweep pairs [COUNT] [SEED]`, `proof-sweep rules FOLDER`, `proof-sweep hard`;
/// and of what is built on it: `proof-sweep translations FOLDER`, `proof-sweep unguarded FOLDER`,
/// `proof-sweep history REPOSITORY [COUNT]`.
@main
struct ProofSweep {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "pairs":
      exit(
        pairs(
          Int(arguments.dropFirst().first ?? "") ?? 25_000, UInt64(arguments.dropFirst(2).first ?? "") ?? 1))
    case "rules":
      guard let folder = arguments.dropFirst().first else { exit(3) }
      RuleProofs(folder: folder).run()
    case "translations":
      guard let folder = arguments.dropFirst().first else { exit(3) }
      Translations(corpus: Corpus(folder: folder)).run()
    case "unguarded":
      guard let folder = arguments.dropFirst().first else { exit(3) }
      exit(Unguarded(corpus: Corpus(folder: folder)).run() ? 0 : 1)
    case "history":
      guard let repository = arguments.dropFirst().first else { exit(3) }
      History(repository: repository, count: Int(arguments.dropFirst(2).first ?? "") ?? 50).run()
    case "hard":
      exit(arguments.dropFirst().first.flatMap { Int($0) }.map(HardCases.run) ?? HardCases.runAll())
    default:
      print(
        "usage: proof-sweep pairs [COUNT] [SEED] | rules FOLDER | translations FOLDER | unguarded FOLDER"
          + " | history REPOSITORY [COUNT] | hard")
      exit(3)
    }
  }

  /// Pairs of generated conditions against an oracle; every fragment gets `count`.
  private static func pairs(_ count: Int, _ seed: UInt64) -> Int32 {
    var failures = 0
    for fragment in ConditionPairs.Fragment.allCases {
      for hasArrays in [true, false] {
        var generator = ConditionPairs(fragment, seed: seed)
        let oracle = BruteForce(fragment, hasArrays: hasArrays)
        let prover = Prover(arrays: hasArrays ? .anywhere : .onlyWhereWritten)
        var verdicts: [String: Int] = [:]
        var shown = 0
        let start = ContinuousClock.now
        var proving = Duration.zero
        for number in 0..<count {
          let (first, second) = generator.next()
          let before = ContinuousClock.now
          let unknown = prover.compare(first, second)
          proving += ContinuousClock.now - before
          let check = ProofCheck(first, second, prover, oracle)
          verdicts[check.proof.verdict.name, default: 0] += 1
          if !check.problems.isEmpty { failures += 1 }
          let isUnknown = if case .unknown = unknown.verdict { true } else { false }
          if (!check.problems.isEmpty || isUnknown), shown < 6 {
            shown += 1
            print("\(fragment.rawValue) \(number): \(check.proof.verdict) \(check.problems)")
            print("  first:  \(Notation.print(first))\n  second: \(Notation.print(second))")
          }
        }
        let counts = verdicts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
          separator: ", ")
        print(
          "\(fragment.rawValue)\(hasArrays ? "" : " without arrays"): \(counts); proving \(proving), all \(ContinuousClock.now - start)"
        )
      }
    }
    print("\(failures) failures, seed \(seed)")
    return failures == 0 ? 0 : 1
  }
}
