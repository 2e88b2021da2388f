import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// An event to put to every back end, and where it comes from.
public struct Probe: Hashable, Sendable {
  /// What the event shows: a fixture's name, or the purpose of a boundary event.
  public var name: String
  /// What is put to every target.
  public var event: Event
  /// The verdict that the rule's author expects; `nil` where nobody said.
  public var expected: Bool?
  /// Whether the event was derived from the condition, and nobody's log has to have such a one.
  package var isDerived = false
  /// What the condition says of a derived event, which was asked when it was made.
  package var meant: Bool?
  /// The log that is put to rules that count in the event's stead.
  package var log: [LoggedEvent] = []

  /// An event with its name and the expected verdict.
  public init(name: String, event: Event, expected: Bool? = nil) {
    self.name = name
    self.event = event
    self.expected = expected
  }
}

extension [Probe] {
  /// The probes that every target's platform keeps as they are: what a typed column does not hold says nothing about a
  /// translation of `rule`. Throws where a target has no table at all.
  package func kept(
    by targets: [Language], for rule: Rule, options: LanguageOptions
  ) throws(Diagnostic) -> [Probe] {
    var kept = self
    for target in targets {
      let stored = try target.stored(
        kept.map(\.event), for: rule, options: options.resolved(for: rule, in: target))
      kept = zip(kept, stored).filter(\.1.isKept).map(\.0)
    }
    return kept
  }
}

/// An event that a target's table does not keep as it is, and what the query says of the rows that its readers make.
package struct UnkeptEvent: Sendable {
  /// What the table makes of it.
  package let event: StoredEvent
  /// What the query says by each reader that the table may have; empty where the target makes no row of it.
  package let answers: [RowAnswer]

  /// The first answer that is not what the condition means; `nil` where the change does not matter to the rule.
  package func difference(from meaning: Bool) -> RowAnswer? { answers.first { $0 != .verdict(meaning) } }
}

/// Every back end's verdict on every event: the emitted text is executed by each platform's own rules, and all
/// must say what the condition means.
package struct Agreement: Sendable {
  /// What one target said.
  package struct Column: Sendable {
    /// The language's identifier.
    package let language: String
    /// The language's name.
    package let name: String
    /// What became of it.
    package fileprivate(set) var outcome: Outcome
    /// The events that its table does not keep as they are, by place among the probes.
    package fileprivate(set) var unkept: [Int: UnkeptEvent] = [:]
    /// What is assumed of its table.
    package fileprivate(set) var notes: [Diagnostic] = []
    /// What its query takes of the values in every event.
    package fileprivate(set) var assumed: [Diagnostic] = []
  }

  /// What became of one target.
  package enum Outcome: Sendable {
    /// A verdict for each probe, in order, of this query text: of events that the table does not keep (`unkept`), one
    /// that is not what the condition means, where a reader of the table gives one.
    case ran(query: String, verdicts: [Bool])
    /// The writer refuses: the language cannot say the rule.
    case refused(Diagnostic)
    /// The platform would not run the query that was written; where it fails on an event only, that event's place
    /// among the probes.
    case failed(query: String, Diagnostic, probe: Int?)
  }

  package let rule: Rule
  /// The events.
  package let probes: [Probe]
  /// What the condition means, for each probe.
  package let meaning: [Bool]
  /// The targets, in the given order.
  package let columns: [Column]

  /// Writes the rule in each target and executes the text on all probes.
  package init(
    of rule: Rule, on probes: [Probe], targets: [Language], options: LanguageOptions
  ) {
    self.rule = rule
    self.probes = probes
    let detection = rule.detectionAnywhere
    let meant = rule.aggregate == nil ? [] : probes.map { detection.alerts(in: $0.log) }
    let whole = detection.whole
    let meaning =
      rule.aggregate == nil
      ? probes.map { $0.meant ?? whole.holds(of: $0.event) } : meant.map { !$0.isEmpty }
    self.meaning = meaning
    let events = probes.map(\.event)
    columns = targets.map { target in
      do throws(Diagnostic) {
        let query = try target.write(rule, options: options)
        let trial = QueryTrial(
          query: query.text, rule: rule, target: target, options: try options.resolved(for: rule, in: target))
        var column =
          rule.aggregate == nil
          ? try trial.column(on: events, meaning) : trial.column(on: probes.map(\.log), meant)
        column.assumed = query.notes.filter { TranslationProof.assumptions.contains($0.code) }
        return column
      } catch {
        return Column(language: target.identifier, name: target.name, outcome: .refused(error))
      }
    }
  }

  /// The probes that every table keeps, on which some target's verdict differs from the meaning, by place in `probes`.
  package var disagreements: [Int] {
    probes.indices.filter { index in columns.contains { differs($0, at: index) } }
  }

  /// The first probe that its table keeps, on which this target's verdict differs from the meaning, by place in `probes`.
  package func firstDisagreement(of language: String) -> Int? {
    columns.first { $0.language == language }.flatMap { column in
      probes.indices.first { differs(column, at: $0) }
    }
  }

  private func differs(_ column: Column, at index: Int) -> Bool {
    guard case .ran(_, let verdicts) = column.outcome, column.unkept[index] == nil else { return false }
    return verdicts[index] != meaning[index]
  }

  /// The events of a target that its table does not keep, and on which a query says something else than the condition,
  /// by place in `probes`.
  package func lost(in column: Column) -> [Int] {
    column.unkept.keys.filter { column.unkept[$0]?.difference(from: meaning[$0]) != nil }.sorted()
  }

  /// The probes whose expected verdict is not what the condition means, by place in `probes`.
  package var failingFixtures: [Int] {
    probes.indices.filter { index in probes[index].expected.map { $0 != meaning[index] } ?? false }
  }

  /// How the verification of one target ended, by the events that its table keeps.
  package func verdict(of column: Column) -> Verdict {
    switch column.outcome {
    case .refused: return .refused
    case .failed: return .different
    case .ran(_, let verdicts):
      let kept = probes.indices.filter { column.unkept[$0] == nil }
      return Verdict(meaning: kept.map { meaning[$0] }, target: kept.map { verdicts[$0] })
    }
  }
}

/// A query that is executed on events.
private struct QueryTrial {
  let query: String
  let rule: Rule
  let target: Language
  let options: LanguageOptions

  /// What the query says of all events. Throws where there is no table.
  func column(on events: [Event], _ meaning: [Bool]) throws(Diagnostic) -> Agreement.Column {
    let stored = try target.stored(events, for: rule, options: options)
    // Where no row is made of an event, it is put to the query as it is.
    let isPut = stored.map { $0.isKept || target.rowRunner == nil }
    let put = events.indices.filter { isPut[$0] }
    var column = Agreement.Column(
      language: target.identifier, name: target.name, outcome: outcome(on: put, of: events))
    column.notes = try target.storeNotes(for: rule, options: options)
    guard case .ran(_, let verdicts) = column.outcome else { return column }
    var all = meaning
    for (index, verdict) in zip(put, verdicts) { all[index] = verdict }
    let others = events.indices.filter { !stored[$0].isKept }
    let rows = try others.isEmpty ? [] : answers(on: others.map { events[$0] })
    for (index, answers) in zip(others, rows) {
      let unkept = UnkeptEvent(event: stored[index], answers: answers)
      column.unkept[index] = unkept
      if unkept.difference(from: meaning[index]) != nil { all[index] = !meaning[index] }
    }
    column.outcome = .ran(query: query, verdicts: all)
    return column
  }

  /// What the query says of logs: as much as the rule where it raises the alerts that are meant, otherwise the opposite.
  func column(on logs: [[LoggedEvent]], _ meant: [[Alert]]) -> Agreement.Column {
    var column = Agreement.Column(
      language: target.identifier, name: target.name, outcome: .ran(query: query, verdicts: []))
    // The text names its fields in an order of its own.
    let source = Source(name: "<query>.\(target.fileEnding)", text: query)
    let documents = target.readAll(source, options: options).documents
    let read = documents.first { !$0.isPart }?.rule.aggregate
    var verdicts: [Bool] = []
    do throws(Diagnostic) {
      let alerts = try target.alertQuery(query, options: options)
      for (log, meant) in zip(logs, meant) {
        let raised = try alerts(log).map { $0.reordered(by: read ?? rule.aggregate) }
        let isSame = raised.areSame(as: meant.map { $0.reordered(by: rule.aggregate) })
        verdicts.append(isSame != meant.isEmpty)
      }
      column.outcome = .ran(query: query, verdicts: verdicts)
    } catch {
      column.outcome = .failed(query: query, error, probe: logs.isEmpty ? nil : verdicts.count)
    }
    return column
  }

  private func answers(on events: [Event]) throws(Diagnostic) -> [[RowAnswer]] {
    guard let rowRunner = target.rowRunner else { return events.map { _ in [] } }
    return try rowRunner(query, rule, events, options)
  }

  private func outcome(on places: [Int], of events: [Event]) -> Agreement.Outcome {
    let events = places.map { events[$0] }
    do throws(Diagnostic) {
      let verdicts = try target.run(query, on: events, options: options)
      guard verdicts.count == events.count else {
        return .failed(
          query: query,
          Diagnostic(.verdictCount, "the runner gave \(verdicts.count) verdicts for \(events.count) events"),
          probe: nil)
      }
      return .ran(query: query, verdicts: verdicts)
    } catch {
      return .failed(query: query, error, probe: firstFailing(on: events).map { places[$0] })
    }
  }

  /// The first event on which the query fails, by halving; `nil` where it fails without any.
  private func firstFailing(on events: [Event]) -> Int? {
    if fails([]) { return nil }
    var (good, bad) = (0, events.count)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if fails(events[..<middle]) { bad = middle } else { good = middle }
    }
    return bad - 1
  }

  private func fails(_ events: ArraySlice<Event>) -> Bool {
    do throws(Diagnostic) {
      _ = try target.run(query, on: Array(events), options: options)
      return false
    } catch {
      return true
    }
  }
}

extension Alert {
  /// The alert with the texts of its group in the canonical order of the aggregate that they are in the order of.
  fileprivate func reordered(by aggregate: Aggregate?) -> Alert {
    guard let order = aggregate?.canonicalOrder, order.count == group.count else { return self }
    return Alert(group: order.map { group[$0] }, start: start)
  }
}
