import ConcordDetection

/// Rules that count, of generated conditions and aggregates.
package enum CountedRules {
  /// The statement of a table of the pool's fields with a time.
  package static let ddl = EventPool.ddl.replacing(
    "(\n", with: "(\n  eventtime string,\n", maxReplacements: 1)

  /// The rule of that seed. Its fixtures show which fields are arrays.
  package static func rule(seed: UInt64) -> Rule {
    var options = ConditionGenerator.Options()
    options.depth = 2
    options.questions.removeAll { $0 == .anywhere }
    var conditions = ConditionGenerator(seed: seed, options: options)
    var aggregates = AggregateGenerator(seed: seed &+ 3_000_000_000)
    var events = EventGenerator(seed: seed &+ 500)
    var rule = Rule(id: "counted-\(seed)", title: "Counted", condition: conditions.condition())
    rule.logSources = [.cloudTrail]
    rule.aggregate = aggregates.aggregate()
    rule.fixtures = events.events(8).map {
      Fixture(name: "shown", expected: rule.condition.holds(of: $0), event: $0)
    }
    return rule
  }
}
