import ConcordDetection
import ConcordDiagnostics

/// Makes random lists of rules over the pool's fields, as one would write them for one log: many ask first for one of
/// some names, and some have an id that another one has too.
package struct PackGenerator: Sendable {
  private var conditions: ConditionGenerator
  private var random: SeededGenerator
  private let sizes: ClosedRange<Int>

  /// The generator of that seed, for lists of so many rules.
  package init(seed: UInt64, sizes: ClosedRange<Int> = 2...50, options: ConditionGenerator.Options? = nil) {
    var asked = options ?? ConditionGenerator.Options()
    // No table has a column of a whole event.
    asked.questions.removeAll { $0 == .anywhere }
    if options == nil { asked.depth = 2 }
    conditions = ConditionGenerator(seed: seed, options: asked)
    random = SeededGenerator(seed: seed ^ 0xAC)
    self.sizes = sizes
  }

  /// The next list.
  package mutating func rules() -> [Rule] {
    let share = random.pick(0, 90, 100)
    let names = ["RunInstances", "ConsoleLogin", "StopLogging", "Put_Object", "O'Brien", "ΣΊΣΥΦΟΣ"]
    return (1...random.number(sizes)).map { number in
      var condition = conditions.condition()
      if random.chance(share) {
        let some = (1...random.number(1...3)).compactMap { _ in random.element(of: names) }
        let letterCase = random.pick(LetterCase.exact, .ignored)
        let name = Condition.test(FieldPath("eventName"), .oneOf(some, letterCase))
        condition = random.chance(20) ? .any([.all([condition, name]), name]) : .all([condition, name])
      }
      let id =
        random.chance(80)
        ? "rule \(number)" : random.chance(50) ? "twice" : random.element(of: HostileValues.all) ?? ""
      return Rule(id: id, title: "t", condition: condition)
    }
  }
}
