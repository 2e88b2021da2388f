import Concord
import Foundation
import TestSupport

/// Filter parts of published queries, written in every language and compared with what they were: by the prover and by
/// `diff`, by the runners on boundary events, and on DuckDB.
public struct QueryCheck: Sendable {
  /// How often each outcome was met, by language.
  public private(set) var outcomes: [String: [String: Int]] = [:]
  /// How many verdicts the runners gave, by whose text it was, and how many of them were matches.
  public private(set) var verdicts: [String: (count: Int, matches: Int)] = [:]
  /// What differs, and what is not known.
  public private(set) var faults: [String] = []
  private var forDuckDB: [(id: String, request: AthenaOnDuckDB, meaning: [Bool])] = []
  private var forSwift: [(id: String, rule: Rule, events: [Event])] = []

  /// Nothing yet.
  public init() {}

  /// Checks a filter part on so many events.
  public mutating func check(_ filter: ReadFilter, id: String, events limit: Int) {
    let translations = Registry.writers.map { filter.translation(to: $0) }
    let events = filter.events(limit, storedBy: [.athena])
    let meaning = events.map { filter.bare.condition.holds(of: $0) }
    for translation in translations {
      let name = translation.language.identifier
      count(translation.outcome, name, id)
      guard let text = translation.condition?.text, translation.language.runner != nil,
        name != Language.swift.identifier
      else { continue }
      let isFlat = name == Language.splunk.identifier && filter.options.splunk.extractedFields
      let rows: [Event?] = isFlat ? events.map { filter.extracted($0) } : events
      let kept = rows.indices.filter { rows[$0] != nil }
      run(
        text, translation.language, as: name, id, filter, kept.compactMap { rows[$0] },
        kept.map { meaning[$0] })
    }
    if let own = filter.ownCondition {
      run(own, filter.language, as: "athena's own text", id, filter, events, meaning)
    }
    forSwift.append((id, filter.bare, events))
    guard let written = translations.first(where: { $0.language.identifier == "athena" })?.condition,
      let ddl = filter.options.schema?.text
        ?? (try? Compiler(options: filter.options(in: .athena)).schema(for: [filter.bare], in: .athena))?.text
    else { return }
    let request = AthenaOnDuckDB(
      ddl: ddl, events: events.map { Value.object($0.object).compactJSON },
      queries: [written.text] + (filter.ownCondition.map { [$0] } ?? []))
    forDuckDB.append((id, request, meaning))
  }

  private mutating func count(_ outcome: Translation.Outcome, _ language: String, _ id: String) {
    let name: String
    switch outcome {
    case .equal(let aside): name = aside.isEmpty ? "equal" : "equal, \(aside) aside"
    case .written: name = "written"
    case .refused(let reason): name = "refused: \(reason)"
    case .different(let what):
      name = "DIFFERENT"
      faults.append("\(id) in \(language) differs: \(what)")
    case .unknown(let reason):
      name = "unknown"
      faults.append("\(id) in \(language) is unknown: \(reason)")
    }
    outcomes[language, default: [:]][name, default: 0] += 1
  }

  private mutating func run(
    _ text: String, _ language: Language, as name: String, _ id: String, _ filter: ReadFilter,
    _ events: [Event],
    _ meaning: [Bool]
  ) {
    do throws(Diagnostic) {
      let options = try filter.options(in: language).resolved(for: filter.bare, in: language)
      add(
        try language.run(text, on: events, options: options), name, id, events.map(QueryCheck.text), meaning,
        text)
    } catch {
      outcomes["run \(name)", default: [:]][error.reason, default: 0] += 1
      if name != "athena's own text" {
        faults.append("\(id) in \(name) does not run: \(error.message)\n\(text)")
      }
    }
  }

  private static func text(_ event: Event) -> String { Value.object(event.object).compactJSON }

  private mutating func add(
    _ found: [Bool], _ name: String, _ id: String, _ events: [String], _ meaning: [Bool], _ text: String
  ) {
    var tally = verdicts[name] ?? (0, 0)
    tally.count += found.count
    tally.matches += found.count { $0 }
    verdicts[name] = tally
    if let index = found.indices.first(where: { found[$0] != meaning[$0] }) {
      faults.append("\(id): \(name) says \(found[index]) of \(events[index])\n\(text)")
    }
  }

  /// Puts the Athena SQL, as it was published and as it is written, to DuckDB.
  public mutating func runOnDuckDB() throws {
    let cases = forDuckDB
    forDuckDB = []
    let what = "the Athena SQL of \(cases.count) queries"
    guard
      let answers = try Engine.run(
        "athena_duckdb.py", cases.map(\.request), as: AthenaOnDuckDB.Answer.self, skipping: what)
    else { return }
    for ((id, request, meaning), answer) in zip(cases, answers) {
      for reason in answer.leftOut.values {
        outcomes["events left out by DuckDB", default: [:]][reason, default: 0] += 1
      }
      for (index, result) in answer.results.enumerated() {
        let name = index == 0 ? "DuckDB" : "DuckDB, the published text"
        guard let rows = result.rows else {
          outcomes["not run by \(name)", default: [:]][
            "\(result.stage ?? "") \((result.error ?? "").prefix(120))", default: 0] += 1
          if index == 0 { faults.append("\(id): \(name) \(result.error ?? "")\n\(request.queries[index])") }
          continue
        }
        let kept = meaning.indices.filter { answer.leftOut[$0] == nil }
        let found = Set(rows)
        add(
          kept.map(found.contains), name, id, kept.map { request.events[$0] }, kept.map { meaning[$0] },
          request.queries[index])
      }
    }
  }

  /// Compiles the Swift source of all filter parts, so many to a program, and runs it. `progress` is told how many were
  /// run.
  public mutating func runSwift(_ size: Int = 100, progress: (Int) -> Void = { _ in }) throws {
    let cases = forSwift
    forSwift = []
    for start in stride(from: 0, to: cases.count, by: size) {
      let some = cases[start..<min(start + size, cases.count)].enumerated().map { index, one in
        var rule = one.rule
        (rule.id, rule.title) = ("rule-\(index)", "Rule \(index)")
        return (id: one.id, rule: rule, events: one.events)
      }.filter { $0.rule.condition.facts.isEmpty }
      let (source, types) = try SwiftSource.write(all: some.map(\.rule), options: LanguageOptions())
      let program = try SwiftProgram(source: source, types: types, eventType: "Event")
      defer { program.remove() }
      let found = try program.run(on: some.flatMap(\.events))
      var offset = 0
      for (index, one) in some.enumerated() {
        let own = Array(found[index][offset..<(offset + one.events.count)])
        offset += one.events.count
        add(
          own, "swift", one.id, one.events.map(QueryCheck.text), one.events.map(one.rule.condition.holds), "")
      }
      progress(min(start + size, cases.count))
    }
  }

  /// What was counted, in lines.
  public var report: [String] {
    var lines: [String] = []
    for (name, counts) in outcomes.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name):")
      lines += counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.value) \($0.key)" }
    }
    for (name, tally) in verdicts.sorted(by: { $0.key < $1.key }) {
      lines.append("verdicts of \(name): \(tally.count), \(tally.matches) matches")
    }
    return lines + ["\(faults.count) faults"]
  }
}
