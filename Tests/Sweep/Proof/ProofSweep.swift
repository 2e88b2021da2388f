import Concord
import TestSupport

/// Wide runs of the prover: `sweep proof pairs [COUNT] [SEED]`, `sweep proof rules FOLDER`, `sweep proof hard`;
/// and of what is built on it: `sweep proof translations FOLDER`, `sweep proof unguarded FOLDER`,
/// `sweep proof history REPOSITORY [COUNT]`.
enum ProofSweep {
  /// Runs what the first word names. The exit status: 0, 1 where a check fails, 3 where the words are wrong.
  static func run(_ words: [String]) -> Int32 {
    let operand = words.dropFirst().first
    func number<Value: LosslessStringConvertible>(_ place: Int, or standard: Value) -> Value {
      words.dropFirst(place).first.flatMap(Value.init) ?? standard
    }
    switch (words.first, operand) {
    case ("pairs", _): return pairs(number(1, or: 25_000), number(2, or: 1))
    case ("rules", let folder?): RuleProofs(corpus: Corpus(folder: folder)).run()
    case ("translations", let folder?): Translations(corpus: Corpus(folder: folder)).run()
    case ("unguarded", let folder?): return Unguarded(corpus: Corpus(folder: folder)).run() ? 0 : 1
    case ("history", let repository?): History(repository: repository, count: number(2, or: 50)).run()
    case ("hard", let one?): return Int(one).map(HardCases.run) ?? 3
    case ("hard", nil): return HardCases.runAll()
    default: return 3
    }
    return 0
  }

  /// Pairs of generated conditions against an oracle; every fragment gets `count`.
  private static func pairs(_ count: Int, _ seed: UInt64) -> Int32 {
    let progress = Progress<Counts>(
      "proof pairs, seed \(seed)", of: 2 * count * ConditionPairs.Fragment.allCases.count
    ) { print("\($0.line); \($0.faults.count) failures") }
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
          progress.add(
            Counts(
              check.proof.verdict.name,
              faults: check.problems.isEmpty ? [] : ["\(fragment.rawValue) \(number): \(check.problems)"]))
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
    return progress.finish().faults.isEmpty ? 0 : 1
  }
}
