import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What executing a statement for several rules says of events, each put to every rule: the labels with which an event
/// is given must be those of the rules that hold of it, in the statement's order.
package struct PackAgreement: Sendable {
  /// An event that the statement gives with other labels.
  package struct Disagreement: Sendable {
    /// The event.
    package let event: Event
    /// The labels of the rules that hold of it; `nil` where none does.
    package let expected: [String]?
    /// Those with which the statement gives it; `nil` where it does not.
    package let given: [String]?
  }

  /// How many events were put to the statement.
  package let eventCount: Int
  /// How many rules hold of them, over all events.
  package let matchCount: Int
  /// The events on which the statement is wrong.
  package let disagreements: [Disagreement]

  /// The rules hold of the events as `expected` says, and `given` is the answer.
  package init(_ events: [Event], expected: [[String]?], given: [[String]?]) {
    eventCount = events.count
    matchCount = expected.reduce(0) { $0 + ($1?.count ?? 0) }
    disagreements = zip(events, zip(expected, given)).compactMap { event, labels in
      let isSame = labels.0?.map(ScalarText.init) == labels.1?.map(ScalarText.init)
      return isSame ? nil : Disagreement(event: event, expected: labels.0, given: labels.1)
    }
  }

  /// Executes the statement on events that its table keeps. Throws where the platform would refuse the statement or fail
  /// on an event, and `E914` where the language executes none.
  package init(
    of query: Query, for rules: [(label: String, rule: Rule)], in language: Language, on events: [Event],
    options: LanguageOptions
  ) throws(Diagnostic) {
    guard let role = language.packs, let first = rules.first else {
      throw Diagnostic(.cannotExecute, "\(language.name) executes no statements for several rules")
    }
    let own = try options.resolved(for: first.rule, in: language)
    self.init(
      events, expected: events.map { PackAgreement.labels(of: rules, on: $0) },
      given: try role.run(query.text, events, own))
  }

  /// The labels of the rules that hold of an event; `nil` where none does.
  package static func labels(of rules: [(label: String, rule: Rule)], on event: Event) -> [String]? {
    let labels = rules.filter { $0.rule.condition.holds(of: event) }.map(\.label)
    return labels.isEmpty ? nil : labels
  }

  /// Events to put to a statement for these rules: of each rule its fixtures and some of its boundary events, as far as
  /// the table keeps what any of the rules looks at. Throws where there is no table.
  package static func events(
    for rules: [Rule], in language: Language, boundary limit: Int, options: LanguageOptions
  ) throws(Diagnostic) -> [Event] {
    guard var all = rules.first else { return [] }
    var events: [Event] = []
    for rule in rules {
      let boundary = BoundaryEvents.events(for: rule.condition, fixtures: rule.fixtures).map(\.event)
      let step = max(1, (boundary.count + limit - 1) / max(1, limit))
      events +=
        rule.fixtures.map(\.event) + stride(from: 0, to: boundary.count, by: step).map { boundary[$0] }
    }
    all.condition = .any(rules.map(\.condition))
    all.outputFields = []
    return try language.kept(events, for: all, options: options.resolved(for: all, in: language))
  }
}
