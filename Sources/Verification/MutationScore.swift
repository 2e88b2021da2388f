import ConcordDetection

/// How well a rule's fixtures would notice mistakes in it: mutation testing.
package struct MutationScore: Sendable {
  /// A mistake that no fixture notices.
  package struct Survivor: Hashable, Sendable {
    /// The condition with the mistake.
    package let mutant: Mutant
    /// A boundary event on which the mistake shows: as a fixture it would notice. `nil` where none was found:
    /// the mutant may mean the same as the rule.
    package let killer: BoundaryEvent?
  }

  /// How many mistakes were tried.
  package let tried: Int
  /// How many of them some fixture notices, by expecting another verdict than the mutant gives.
  package let noticed: Int
  /// The others, in source order.
  package let survivors: [Survivor]

  /// The part of the mistakes that the fixtures notice, from 0 to 1, of those that some event can show; 1 where
  /// there are none.
  package var value: Double {
    let possible = tried - survivors.filter { $0.killer == nil }.count
    return possible == 0 ? 1 : Double(noticed) / Double(possible)
  }

  /// How many boundary events are tried on a mutant.
  private static let attemptLimit = 1_000

  /// The score of `fixtures` for `condition`; `events` are its boundary events, if they are at hand.
  package init(of condition: Condition, fixtures: [Fixture], events: [BoundaryEvent]? = nil) {
    let mutants = Mutant.all(of: condition)
    let alive = mutants.filter { mutant in
      !fixtures.contains { mutant.condition.holds(of: $0.event) != $0.expected }
    }
    let events =
      alive.isEmpty ? [] : events ?? BoundaryEvents.events(for: condition, fixtures: fixtures)
    tried = mutants.count
    noticed = mutants.count - alive.count
    survivors = alive.map { mutant in
      // Events about the very question are the likeliest to show the mistake, and the plainest as fixtures.
      let near = events.lazy.filter { $0.site.index == mutant.site }
      let far = events.lazy.filter { $0.site.index != mutant.site }
      let shows = { (made: BoundaryEvent) in mutant.condition.holds(of: made.event) != made.expected }
      return Survivor(
        mutant: mutant,
        killer: near.first(where: shows) ?? far.prefix(MutationScore.attemptLimit).first(where: shows))
    }
  }

  /// Boundary events that together notice every mistake that any of them can show: the fewest that one pass
  /// finds, each as a fixture.
  package func suggestedFixtures(for condition: Condition) -> [Fixture] {
    var fixtures: [Fixture] = []
    for survivor in survivors {
      guard let killer = survivor.killer,
        !fixtures.contains(where: { survivor.mutant.condition.holds(of: $0.event) != $0.expected })
      else { continue }
      fixtures.append(Fixture(name: killer.purpose, expected: killer.expected, event: killer.event))
    }
    return fixtures
  }
}
