import Concord
import Foundation
import TestSupport

/// Puts every rule of a folder through every target on its boundary events:
/// `sweep agreement --rules FOLDER [EVENTS] [--engines]`, by default 60 events a rule.
///
/// A rule with `not` is shown apart: of each of its events that match, the one without the fields that stand below
/// `not` alone. Where the meaning still matches, every target must.
struct RuleSetSweep {
  /// What became of the rules with `not`.
  struct Absence: Sendable {
    var rules = 0
    var shown = 0
    var events = 0
    var missed = 0
  }

  struct Result: Tally {
    var verdicts = TargetVerdicts()
    var absence = Absence()
    var subjects: [RuleSetEngines.Subject] = []

    mutating func add(_ other: Result) {
      verdicts.add(other.verdicts)
      absence.rules += other.absence.rules
      absence.shown += other.absence.shown
      absence.events += other.absence.events
      absence.missed += other.absence.missed
      subjects += other.subjects
    }

    var line: String { verdicts.line }
    var faults: [String] { verdicts.faults }

    func report() {
      verdicts.report()
      print(
        "\(absence.rules) rules with `not`; \(absence.shown) of them shown to match without the fields below it, "
          + "by \(absence.events) events; verdicts that miss one: \(absence.missed)")
    }
  }

  let folder: String
  let events: Int
  let targets: [Language]
  let withEngines: Bool

  func run() async -> Bool {
    let files = Corpus.files(in: folder)
    let progress = Progress<Result>("agreement, files of rules", of: files.count) { $0.report() }
    await progress.count(files, by: 24, sweep)
    let result = progress.finish()
    if withEngines {
      do {
        let subjects = result.subjects.sorted { $0.path < $1.path }
        guard try RuleSetEngines.run(subjects) else { return false }
      } catch {
        print(error)
        return false
      }
    }
    return !files.isEmpty && result.absence.missed == 0 && result.faults.isEmpty
  }

  @Sendable private func sweep(_ files: [String]) -> Result {
    var result = Result()
    var options = LanguageOptions()
    options.athena.untyped = true
    let compiler = Compiler(options: options)
    for path in files {
      let url = URL(fileURLWithPath: folder).appendingPathComponent(path)
      guard let text = try? String(contentsOf: url, encoding: .utf8),
        let documents = try? compiler.load(Source(name: path, text: text))
      else { continue }
      for document in documents {
        let (events, bare) = sweep(document.rule, options, &result)
        if withEngines {
          result.subjects.append(
            RuleSetEngines.Subject(
              path: path, text: text, rule: document.rule, events: events, bare: bare,
              hasOldScalar: document.warnings.contains { $0.code == .oldBoolean }))
        }
      }
    }
    return result
  }

  /// The events that the rule was put to, and how many of the last lack the fields below `not`.
  private func sweep(
    _ rule: Rule, _ options: LanguageOptions, _ result: inout Result
  ) -> (events: [Event], bare: Int) {
    let boundary = BoundaryEvents.events(for: rule.condition, fixtures: [])
    var probes = AgreementSweep.sample(boundary, result.absence.rules, limit: events)
      .map { Probe(name: $0.purpose, event: $0.event) }
    var seen: Set<Event> = []
    let bare = boundary.filter(\.expected).compactMap { rule.condition.without($0.event) }
      .filter { seen.insert($0).inserted }.prefix(events)
    probes += bare.map { Probe(name: "without the fields below `not`", event: $0) }
    let agreement = Agreement(of: rule, on: probes, targets: targets, options: options)
    result.verdicts.count(agreement)
    for column in agreement.columns {
      guard case .ran(_, let found) = column.outcome else { continue }
      result.absence.missed += found.suffix(bare.count).count { !$0 }
    }
    if !rule.condition.negatedPaths.isEmpty {
      result.absence.rules += 1
      result.absence.shown += bare.isEmpty ? 0 : 1
      result.absence.events += bare.count
    }
    return (probes.map(\.event), bare.count)
  }
}

extension Condition {
  /// The paths that are asked about below `not`.
  var negatedPaths: Set<FieldPath> {
    switch kind {
    case .always, .anywhere, .place, .test: []
    case .some(_, let operand): operand.negatedPaths
    case .not(let operand): Set(operand.paths)
    case .all(let operands), .any(let operands):
      operands.reduce(into: Set()) { $0.formUnion($1.negatedPaths) }
    }
  }

  /// The paths that are asked about elsewhere.
  private var positivePaths: Set<FieldPath> {
    switch kind {
    case .always, .anywhere, .place, .not: []
    case .test: Set(paths)
    case .some(let path, _): [path]
    case .all(let operands), .any(let operands):
      operands.reduce(into: Set()) { $0.formUnion($1.positivePaths) }
    }
  }

  /// The event without the top-level fields that stand below `not` alone; `nil` where there are none, or where the
  /// condition does not hold of it.
  func without(_ event: Event) -> Event? {
    let kept = Set(positivePaths.compactMap { $0.names.first })
    let gone = negatedPaths.compactMap { $0.names.first }.filter { !kept.contains($0) }
    if gone.isEmpty { return nil }
    var object = event.object
    for name in gone { object[name] = nil }
    let bare = Event(object)
    return holds(of: bare) ? bare : nil
  }
}
