import Concord
import Foundation

/// What a target or an engine made of conditions.
struct Verdicts: Tally {
  var conditions = 0
  var verdicts = 0
  var matches = 0
  /// The conditions with a verdict that is not meant.
  var wrong: [String] = []
  /// The conditions whose query did not run.
  var errors: [String] = []
  var refusals: [String: Int] = [:]

  mutating func add(_ other: Verdicts) {
    conditions += other.conditions
    verdicts += other.verdicts
    matches += other.matches
    wrong += other.wrong
    errors += other.errors
    refusals.merge(other.refusals, uniquingKeysWith: +)
  }

  /// Counts a refusal by its code and its message without the names in it, so that equal reasons count together.
  mutating func refuse(_ diagnostic: Diagnostic) {
    let reason = diagnostic.message.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined(separator: "`")
    refusals["\(diagnostic.code.rawValue) \(reason)", default: 0] += 1
  }

  var faults: [String] { wrong + errors }

  var line: String {
    "\(conditions) conditions, \(verdicts) verdicts (\(matches) matches), \(wrong.count) wrong, "
      + "\(errors.count) errors, \(refusals.values.reduce(0, +)) refused"
  }

  /// Prints the counts, the refusals by reason, and the first faults.
  func report(_ name: String) {
    print("\(name): \(line)")
    for (reason, times) in refusals.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("  refused \(times): \(reason)")
    }
    for fault in faults.prefix(20) { print(fault) }
  }
}

/// What each target made of conditions.
struct TargetVerdicts: Tally {
  var targets: [String: Verdicts] = [:]
  /// How verifications ended, by the target and how.
  var judgements: [String: Int] = [:]

  mutating func add(_ other: TargetVerdicts) {
    judgements.merge(other.judgements, uniquingKeysWith: +)
    for (language, verdicts) in other.targets { targets[language, default: Verdicts()].add(verdicts) }
  }

  /// Counts each column.
  mutating func count(_ agreement: Agreement) {
    for column in agreement.columns {
      targets[column.language, default: Verdicts()].count(column, in: agreement)
    }
  }

  var faults: [String] {
    targets.sorted { $0.key < $1.key }.flatMap { name, verdicts in verdicts.faults.map { "\(name): \($0)" } }
  }

  var line: String {
    targets.sorted { $0.key < $1.key }.map { name, verdicts in
      "\(name) \(verdicts.verdicts) verdicts, \(verdicts.faults.count) wrong"
    }.joined(separator: "; ")
  }

  func report() {
    for (language, verdicts) in targets.sorted(by: { $0.key < $1.key }) { verdicts.report(language) }
    for (word, count) in judgements.sorted(by: { $0.key < $1.key }) { print("\(word): \(count)") }
  }
}

extension Verdicts {
  mutating func count(_ column: Agreement.Column, in agreement: Agreement) {
    switch column.outcome {
    case .refused(let diagnostic): refuse(diagnostic)
    case .failed(let query, let diagnostic, _):
      conditions += 1
      errors.append("does not run: \(diagnostic.message)\n\(query)")
    case .ran(let query, let found):
      conditions += 1
      verdicts += found.count
      matches += found.count { $0 }
      if let index = agreement.firstDisagreement(of: column.language) {
        let event = Value.object(agreement.probes[index].event.object).compactJSON
        wrong.append(
          "\(agreement.probes[index].name): means \(agreement.meaning[index]), says \(found[index])\n"
            + "\(Notation.print(agreement.rule.condition))\n\(query)\(event)")
      }
    }
  }
}

/// Counts by name, the most frequent first.
struct Counts: Tally {
  private var counts: [String: Int] = [:]
  /// What is wrong.
  var faults: [String] = []

  init() {}

  /// One of that name, and what is wrong with it.
  init(_ name: String, faults: [String] = []) {
    counts = [name: 1]
    self.faults = faults
  }

  mutating func add(_ name: String, _ times: Int = 1) { counts[name, default: 0] += times }

  mutating func add(_ other: Counts) {
    counts.merge(other.counts, uniquingKeysWith: +)
    faults += other.faults
  }

  subscript(name: String) -> Int { counts[name] ?? 0 }

  var line: String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }
}
