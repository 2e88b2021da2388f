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

  struct Result: Sendable {
    var tallies: [String: AgreementSweep.Tally] = [:]
    var absence = Absence()
    var subjects: [RuleSetEngines.Subject] = []
  }

  let folder: String
  let events: Int
  let targets: [Language]
  let withEngines: Bool

  func run() async -> Bool {
    let start = ContinuousClock.now
    let files =
      (FileManager.default.enumerator(atPath: folder)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }.sorted()
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let result = await withTaskGroup(of: Result.self) { group in
      for worker in 0..<workers {
        group.addTask {
          sweep(stride(from: worker, to: files.count, by: workers).map { files[$0] })
        }
      }
      var all = Result()
      for await part in group {
        all.tallies.merge(part.tallies) { $0.adding($1) }
        all.absence.rules += part.absence.rules
        all.absence.shown += part.absence.shown
        all.absence.events += part.absence.events
        all.absence.missed += part.absence.missed
        all.subjects += part.subjects
      }
      return all
    }
    print("\(files.count) files of rules in \(ContinuousClock.now - start)")
    AgreementSweep.report(result.tallies)
    let absence = result.absence
    print(
      "\(absence.rules) rules with `not`; \(absence.shown) of them shown to match without the fields below it, "
        + "by \(absence.events) events; verdicts that miss one: \(absence.missed)")
    if withEngines {
      do {
        let subjects = result.subjects.sorted { $0.path < $1.path }
        guard try RuleSetEngines.run(subjects) else { return false }
      } catch {
        print(error)
        return false
      }
    }
    return !files.isEmpty && absence.missed == 0
      && result.tallies.values.allSatisfy { $0.disagreements.isEmpty }
  }

  private func sweep(_ files: [String]) -> Result {
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
    for column in agreement.columns {
      result.tallies[column.language, default: AgreementSweep.Tally()].count(column, in: agreement)
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
