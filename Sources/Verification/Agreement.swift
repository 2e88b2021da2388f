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

  /// An event with its name and the expected verdict.
  public init(name: String, event: Event, expected: Bool? = nil) {
    self.name = name
    self.event = event
    self.expected = expected
  }
}

extension [Probe] {
  /// The probes that every target's platform can hold: what a typed column cannot hold says nothing about a
  /// translation of `rule`. Throws where a target has no table at all.
  package func stored(
    by targets: [Language], for rule: Rule, options: LanguageOptions
  ) throws(Diagnostic) -> [Probe] {
    var kept = self
    for target in targets {
      let stored = try target.stores(
        kept.map(\.event), options: options.resolved(for: rule, in: target))
      kept = zip(kept, stored).filter { $0.1 }.map(\.0)
    }
    return kept
  }
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
    package let outcome: Outcome
  }

  /// What became of one target.
  package enum Outcome: Sendable {
    /// A verdict for each probe, in order, of this query text.
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
    meaning = probes.map { rule.condition.holds(of: $0.event) }
    let events = probes.map(\.event)
    columns = targets.map { target in
      Column(
        language: target.identifier, name: target.name,
        outcome: Agreement.outcome(of: rule, on: events, target, options))
    }
  }

  private static func outcome(
    of rule: Rule, on events: [Event], _ target: Language, _ options: LanguageOptions
  ) -> Outcome {
    let query: String
    var options = options
    do throws(Diagnostic) {
      query = try target.write(rule, options: options).text
      options = try options.resolved(for: rule, in: target)
    } catch {
      return .refused(error)
    }
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
      let probe = firstFailing(query, on: events, target, options)
      return .failed(query: query, error, probe: probe)
    }
  }

  /// The first event on which a query fails, by halving; `nil` where it fails without any.
  private static func firstFailing(
    _ query: String, on events: [Event], _ target: Language, _ options: LanguageOptions
  ) -> Int? {
    func fails(_ events: ArraySlice<Event>) -> Bool {
      do throws(Diagnostic) {
        _ = try target.run(query, on: Array(events), options: options)
        return false
      } catch {
        return true
      }
    }
    if fails([]) { return nil }
    var (good, bad) = (0, events.count)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if fails(events[..<middle]) { bad = middle } else { good = middle }
    }
    return bad - 1
  }

  /// The probes on which some target's verdict differs from the meaning, by place in `probes`.
  package var disagreements: [Int] {
    probes.indices.filter { index in
      columns.contains { column in
        if case .ran(_, let verdicts) = column.outcome { verdicts[index] != meaning[index] } else { false }
      }
    }
  }

  /// The first probe on which this target's verdict differs from the meaning, by place in `probes`.
  package func firstDisagreement(of language: String) -> Int? {
    guard case .ran(_, let verdicts)? = columns.first(where: { $0.language == language })?.outcome else {
      return nil
    }
    return probes.indices.first { verdicts[$0] != meaning[$0] }
  }

  /// The probes whose expected verdict is not what the condition means, by place in `probes`.
  package var failingFixtures: [Int] {
    probes.indices.filter { index in probes[index].expected.map { $0 != meaning[index] } ?? false }
  }

  /// How the verification of one target ended.
  package func verdict(of column: Column) -> Verdict {
    switch column.outcome {
    case .refused: .refused
    case .failed: .different
    case .ran(_, let verdicts): Verdict(meaning: meaning, target: verdicts)
    }
  }
}
