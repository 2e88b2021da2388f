import Concord
import Foundation

/// Every rule of a folder against each of its queries, read back: `sweep proof rules FOLDER`. Then against a mutant
/// of itself, one part of it left out, and against the rule before it.
struct RuleProofs {
  let corpus: Corpus

  /// Counts and times of one kind of comparison.
  struct Comparisons {
    var verdicts: [String: Int] = [:]
    var time = Duration.zero
    var worst: (time: Duration, name: String, statistics: Proof.Statistics)?
    var refused = 0
    var unread: [String: Int] = [:]
    var shown: [String] = []
    var nodes = 0

    mutating func add(_ name: String, _ first: Condition, _ second: Condition, _ prover: Prover) {
      let start = ContinuousClock.now
      let proof = prover.compare(first, second)
      let took = ContinuousClock.now - start
      time += took
      nodes = max(nodes, proof.statistics.nodes)
      verdicts[proof.verdict.name, default: 0] += 1
      if took > worst?.time ?? .zero { worst = (took, name, proof.statistics) }
      let isUnknown = if case .unknown = proof.verdict { true } else { false }
      if isUnknown || (proof.verdict != .equal && shown.count < 4), shown.count < 12 {
        let events = [proof.onlyInFirst.event, proof.onlyInSecond.event].map { event in
          event.map { Value.object($0.object).compactJSON } ?? "-"
        }
        shown.append("\(name): \(proof.verdict) \(events)")
      }
    }

    func print(_ title: String) {
      let counts = verdicts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      Swift.print("\(title): \(counts); refused \(refused), not read \(unread.values.reduce(0, +)); \(time)")
      if let worst {
        Swift.print("  worst \(worst.time) \(worst.name) \(worst.statistics), most nodes \(nodes)")
      }
      for (reason, count) in unread.sorted(by: { $0.value > $1.value }).prefix(3) {
        Swift.print("  not read \(count): \(reason)")
      }
      for line in shown { Swift.print("  \(line.prefix(500))") }
    }
  }

  func run() {
    let rules = corpus.rules
    print("\(corpus.files) files, \(rules.count) rules")
    let progress = Progress<Counts>("proof rules", of: 5 * rules.count) { print($0.line) }
    for language in [Language.athena, .splunk, .sigma] { readBack(rules, language, progress) }
    mutants(rules, progress)
    neighbours(rules, progress)
    progress.finish()
  }

  private func readBack(
    _ rules: [(name: String, rule: Rule)], _ language: Language, _ progress: Progress<Counts>
  ) {
    var tally = Comparisons()
    for (name, rule) in rules {
      defer { progress.add(Counts(language.identifier)) }
      guard let query = try? corpus.compiler.write(rule, in: language) else {
        tally.refused += 1
        continue
      }
      do {
        let documents = try corpus.compiler.load(Source(name: "query", text: query.text), from: language)
        guard let back = documents.first else { continue }
        tally.add(name, rule.condition, back.rule.condition, Prover())
      } catch {
        tally.unread["\(error.code.rawValue) \(error.message)", default: 0] += 1
      }
    }
    tally.print(language.identifier)
  }

  private func mutants(_ rules: [(name: String, rule: Rule)], _ progress: Progress<Counts>) {
    var tally = Comparisons()
    for (index, entry) in rules.enumerated() {
      progress.add(Counts("mutants"))
      guard let mutant = entry.rule.condition.without(part: index) else { continue }
      tally.add(entry.name, entry.rule.condition, mutant, Prover())
    }
    tally.print("one part left out")
  }

  private func neighbours(_ rules: [(name: String, rule: Rule)], _ progress: Progress<Counts>) {
    var tally = Comparisons()
    for (one, other) in zip(rules, rules.dropFirst()) {
      progress.add(Counts("pairs of rules"))
      tally.add("\(one.name) and \(other.name)", one.rule.condition, other.rule.condition, Prover())
    }
    tally.print("two rules")
  }
}

extension Condition {
  /// The condition with one of its questions left out, counted round.
  func without(part number: Int) -> Condition? {
    switch kind {
    case .always, .test, .some, .anywhere, .place: return nil
    case .not(let operand): return operand.without(part: number).map { .not($0) }
    case .all(let operands), .any(let operands):
      let index = number % operands.count
      var changed = operands
      if let inner = operands[index].without(part: number / operands.count) {
        changed[index] = inner
      } else {
        changed.remove(at: index)
      }
      if case .all = kind { return .all(changed) }
      return .any(changed)
    }
  }
}
