import ConcordDetection

/// How well a rule's fixtures would notice mistakes in it: mutation testing.
package struct MutationScore: Sendable {
  /// A mistake that no fixture notices.
  package struct Survivor: Sendable {
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

  private let tree: PartTree
  private let alive: [Mutant]
  private let events: [BoundaryEvent]
  /// The survivors, where they were looked for already.
  private let known: [Survivor]?

  /// The mistakes that no fixture notices, in source order.
  ///
  /// Of a rule without fixtures, which notice nothing, they are looked for anew each time they are asked for.
  package var survivors: [Survivor] { known ?? Survivor.all(of: alive, in: tree, events) }

  /// The part of the mistakes that the fixtures notice, from 0 to 1, of those that some event can show; 1 where
  /// there are none.
  package var value: Double {
    let possible = tried - survivors.filter { $0.killer == nil }.count
    return possible == 0 ? 1 : Double(noticed) / Double(possible)
  }

  /// The score of `fixtures` for `condition`; `events` are its boundary events, if they are at hand.
  package init(of condition: Condition, fixtures: [Fixture], events: [BoundaryEvent]? = nil) {
    let mutants = Mutant.all(of: condition)
    tree = PartTree(condition)
    let shown = fixtures.map { [tree] in (verdicts: PartVerdicts(tree, of: $0.event), expected: $0.expected) }
    alive = mutants.filter { mutant in
      !shown.contains { $0.verdicts.verdict(of: mutant) != $0.expected }
    }
    self.events =
      alive.isEmpty ? [] : events ?? BoundaryEvents.events(for: condition, fixtures: fixtures)
    tried = mutants.count
    noticed = mutants.count - alive.count
    known = fixtures.isEmpty ? nil : Survivor.all(of: alive, in: tree, self.events)
  }

  /// Boundary events that together notice every mistake that any of them can show: the fewest that one pass
  /// finds, each as a fixture.
  package func suggestedFixtures(for condition: Condition) -> [Fixture] {
    var fixtures: [Fixture] = []
    for survivor in survivors {
      guard let killer = survivor.killer else { continue }
      let mutated = survivor.mutant.condition
      if fixtures.contains(where: { mutated.holds(of: $0.event) != $0.expected }) { continue }
      fixtures.append(Fixture(name: killer.purpose, expected: killer.expected, event: killer.event))
    }
    return fixtures
  }
}

extension MutationScore.Survivor {
  /// How many boundary events are tried on a mutant.
  private static let attemptLimit = 1_000

  /// The mutants with what notices each.
  fileprivate static func all(of mutants: [Mutant], in tree: PartTree, _ events: [BoundaryEvent]) -> [Self] {
    // An event is asked about once, however many mutants it is put to.
    var verdicts: [PartVerdicts?] = Array(repeating: nil, count: events.count)
    func shows(_ mutant: Mutant, _ place: Int) -> Bool {
      let known = verdicts[place] ?? PartVerdicts(tree, of: events[place].event)
      verdicts[place] = known
      return known.verdict(of: mutant) != events[place].expected
    }
    let places = Dictionary(grouping: events.indices) { events[$0].site.index }
    return mutants.map { mutant in
      // Events about the very question are the likeliest to show the mistake, and the plainest as fixtures.
      let near = places[mutant.site] ?? []
      let far = events.indices.lazy.filter { events[$0].site.index != mutant.site }.prefix(attemptLimit)
      let killer = near.first { shows(mutant, $0) } ?? far.first { shows(mutant, $0) }
      return Self(mutant: mutant, killer: killer.map { events[$0] })
    }
  }
}
