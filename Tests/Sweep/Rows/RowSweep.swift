import Concord
import TestSupport

/// Puts generated conditions over tables of several readers and types to odd events: what a query says of the row that a
/// reader makes must be what the condition means of the event, or `verify` must announce it. `sweep rows [CONDITIONS]
/// [SEED]`; recorded events by `sweep rows events`.
enum RowSweep {
  /// Whether nothing was unannounced.
  static func run(_ words: [String]) async throws -> Bool {
    if words.first == "events" { return try RealRows.run() }
    let arguments = words.compactMap { UInt64($0) }
    let count = Int(arguments.first ?? 2_000)
    let seed = arguments.dropFirst().first ?? 1
    let progress = Progress<RowTally>("rows, seed \(seed)", of: count) { $0.report() }
    await progress.count(Array(0..<count), by: 10) { numbers in
      sweep(numbers.count, seed: seed &* 1_000_000 &+ UInt64(numbers[0]))
    }
    return progress.finish().faults.isEmpty
  }

  private static func sweep(_ count: Int, seed: UInt64) -> RowTally {
    var asked = ConditionGenerator.Options()
    asked.questions.removeAll { $0 == .anywhere }
    var conditions = ConditionGenerator(seed: seed, options: asked)
    var odd = OddEvents(seed: seed &+ 500)
    var tally = RowTally()
    for condition in conditions.conditions(count) {
      let rule = Rule(id: "rows", title: "Sweep", condition: condition)
      let probes = (0..<24).map { Probe(name: "odd \($0)", event: odd.event()) }
      for table in RowTables.all { tally.count(rule, probes, table) }
    }
    return tally
  }
}

/// What the tables' readers made of odd events.
struct RowTally: Tally {
  private var conditions = 0
  private var kept = 0
  private var announced = 0
  private var unkeptAlike = 0
  private var failing = 0
  private var refusals = Counts()
  private(set) var faults: [String] = []

  init() {}

  mutating func add(_ other: RowTally) {
    conditions += other.conditions
    kept += other.kept
    announced += other.announced
    unkeptAlike += other.unkeptAlike
    failing += other.failing
    refusals.add(other.refusals)
    faults += other.faults
  }

  var line: String {
    "\(conditions) conditions on tables; events kept with the verdict that is meant \(kept), differences announced "
      + "\(announced) (\(failing) of them end the query), other events not kept \(unkeptAlike), unannounced \(faults.count)"
  }

  func report() {
    print(line)
    print("refused: \(refusals.line)")
    for fault in faults.prefix(20) { print(fault) }
  }

  /// Counts what the query of a rule says of the rows of one table.
  mutating func count(_ rule: Rule, _ probes: [Probe], _ table: RowTables) {
    var options = LanguageOptions()
    options.schema = table.source
    let agreement = Agreement(of: rule, on: probes, targets: [.athena], options: options)
    guard let column = agreement.columns.first else { return }
    let query: String
    switch column.outcome {
    case .refused(let diagnostic): return refusals.add(Counts(diagnostic.code.rawValue))
    case .failed(_, let diagnostic, _):
      faults.append("\(table.name): \(diagnostic.message)\n\(Notation.print(rule.condition))")
      return
    case .ran(let text, _): query = text
    }
    conditions += 1
    let answers = try? Language.athena.rowRunner?(query, rule, probes.map(\.event), options)
    for (index, meaning) in agreement.meaning.enumerated() {
      guard let answers = answers?[index] else {
        faults.append("\(table.name): no answer")
        return
      }
      let differs = answers.contains { $0 != .verdict(meaning) }
      switch (column.unkept[index], differs) {
      case (nil, false): kept += 1
      case (nil, true):
        faults.append(
          "\(table.name): \(Notation.print(rule.condition))\n\(Value.object(probes[index].event.object).compactJSON)\n"
            + "means \(meaning), rows say \(answers)\n\(query)")
      case (_?, true):
        announced += 1
        failing += answers.contains { if case .fails = $0 { true } else { false } } ? 1 : 0
      case (_?, false): unkeptAlike += 1
      }
    }
  }
}
