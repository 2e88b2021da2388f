import ConcordDetection

/// Conjunction and disjunction of conditions that leave out what the other operands decide.
///
/// A question that is answered yes implies that the field, and each that it stands in, has a value.
struct PythonLogic {
  /// How many nodes may be visited for one rule.
  private(set) var budget = 1_000_000

  /// Whether more was visited than may be.
  var isExhausted: Bool { budget <= 0 }

  /// All of these hold.
  mutating func and(_ operands: Condition...) -> Condition { and(operands) }

  /// One of these holds.
  mutating func or(_ operands: Condition...) -> Condition { or(operands) }

  /// All of these hold.
  mutating func and(_ operands: [Condition]) -> Condition { combined(.all(operands), known: true) }

  /// One of these holds.
  mutating func or(_ operands: [Condition]) -> Condition { combined(.any(operands), known: false) }

  /// Simplifies each operand under what the others say: all of them true in a conjunction, all false in a disjunction.
  private mutating func combined(_ condition: Condition, known value: Bool) -> Condition {
    var operands: [Condition]
    switch (condition.kind, value) {
    case (.all(let inner), true), (.any(let inner), false): operands = inner
    case (.always, _), (.test, _), (.some, _), (.anywhere, _), (.place, _), (.not, _), (.all, _), (.any, _):
      return condition
    }
    budget -= operands.count
    var facts = PythonFacts()
    for operand in operands { facts.count(operand, value, 1) }
    // Compound operands first, so that they lose what the single questions say.
    let order = operands.indices.sorted { !operands[$0].isLiteral && operands[$1].isLiteral }
    for index in order where !isExhausted {
      let operand = operands[index]
      facts.count(operand, value, -1)
      operands[index] = simplified(operand, facts)
      facts.count(operands[index], value, 1)
    }
    if value { operands = withoutImplied(operands) }
    return value ? .all(operands) : .any(operands)
  }

  /// The operands without questions for a value that other operands have an answer of.
  private func withoutImplied(_ operands: [Condition]) -> [Condition] {
    operands.filter { operand in
      guard case .test(let path, .present) = operand.kind else { return true }
      return !operands.contains { $0 != operand && $0.implies(path) }
    }
  }

  /// What is left of a condition where the facts hold.
  private mutating func simplified(_ condition: Condition, _ facts: PythonFacts) -> Condition {
    budget -= 1
    if isExhausted { return condition }
    if let answer = facts.answer(condition) { return .always(answer) }
    switch condition.kind {
    case .always, .test, .some, .anywhere, .place: return condition
    case .not(let operand): return .not(simplified(operand, facts))
    case .all(let operands):
      var left: [Condition] = []
      for operand in operands { left.append(simplified(operand, facts)) }
      return .all(left)
    case .any(let operands):
      var left: [Condition] = []
      for operand in operands { left.append(simplified(operand, facts)) }
      return .any(left)
    }
  }
}

/// What is known to hold and not to hold, each with the number of operands that say so.
private struct PythonFacts {
  private var answers: [Condition: (yes: Int, no: Int)] = [:]
  private var present: [FieldPath: Int] = [:]
  private var absent: [FieldPath: Int] = [:]

  /// Adds what a condition of that value says, or takes it away.
  mutating func count(_ condition: Condition, _ value: Bool, _ step: Int) {
    switch condition.kind {
    case .not(let operand): return count(operand, !value, step)
    case .all(let operands) where value: for operand in operands { count(operand, true, step) }
    case .any(let operands) where !value: for operand in operands { count(operand, false, step) }
    case .test(let path, let atom):
      if value {
        // What is above an array has a value, the array itself may have none.
        for prefix in path.prefixes where atom.needsValue || path.goesOnByName(from: prefix) {
          present[prefix, default: 0] += step
        }
      } else if atom == .present {
        absent[path, default: 0] += step
      }
    case .some(let path, _):
      if value { for prefix in path.prefixes { present[prefix, default: 0] += step } }
    case .always, .anywhere, .place, .all, .any: break
    }
    // To compare large conditions would cost more than it saves.
    if !condition.isSmall { return }
    var counts = answers[condition] ?? (0, 0)
    if value { counts.yes += step } else { counts.no += step }
    answers[condition] = counts
  }

  /// Whether a condition holds, where that is known.
  func answer(_ condition: Condition) -> Bool? {
    if condition.isSmall, let counts = answers[condition] {
      if counts.yes > 0 { return true }
      if counts.no > 0 { return false }
    }
    guard case .test(let path, let atom) = condition.kind else { return nil }
    if !absent.isEmpty,
      path.prefixes.contains(where: {
        absent[$0] ?? 0 > 0 && (atom.needsValue || path.goesOnByName(from: $0))
      })
    {
      return false
    }
    if atom == .present, present[path] ?? 0 > 0 { return true }
    return nil
  }
}

extension FieldPath {
  /// The path and each that it goes on from.
  fileprivate var prefixes: [FieldPath] {
    (1...steps.count).compactMap { FieldPath(steps: Array(steps.prefix($0))) }
  }

  /// Whether it goes on from that path by a name, so that an array at it stands in an object there, which is a value.
  fileprivate func goesOnByName(from prefix: FieldPath) -> Bool {
    steps.dropFirst(prefix.steps.count).contains { if case .name = $0 { true } else { false } }
  }
}

extension Condition {
  /// Whether it is one question, or its opposite.
  fileprivate var isLiteral: Bool {
    switch kind {
    case .always, .test, .some, .anywhere, .place: true
    case .not(let operand): operand.isLiteral
    case .all, .any: false
    }
  }

  /// Whether its tree has but a few nodes.
  fileprivate var isSmall: Bool {
    var room = 16
    func fits(_ condition: Condition) -> Bool {
      room -= 1
      if room < 0 { return false }
      switch condition.kind {
      case .always, .test, .anywhere, .place: return true
      case .some(_, let operand), .not(let operand): return fits(operand)
      case .all(let operands), .any(let operands): return operands.allSatisfy(fits)
      }
    }
    return fits(self)
  }

  /// What holds where the condition does not; without `not` of `not`.
  var opposite: Condition {
    func inner(_ operands: [Condition]) -> [Condition]? {
      var found: [Condition] = []
      for operand in operands {
        guard case .not(let inner) = operand.kind else { return nil }
        found.append(inner)
      }
      return found
    }
    switch kind {
    case .all(let operands): return inner(operands).map { .any($0) } ?? .not(self)
    case .any(let operands): return inner(operands).map { .all($0) } ?? .not(self)
    case .always, .test, .some, .anywhere, .place, .not: return .not(self)
    }
  }

  /// Whether the field has a value wherever the condition holds.
  fileprivate func implies(_ path: FieldPath) -> Bool {
    switch kind {
    case .test(let own, let atom): own.begins(with: path) && (atom.needsValue || own.goesOnByName(from: path))
    case .some(let own, _): own.begins(with: path)
    case .all(let operands): operands.contains { $0.implies(path) }
    case .any(let operands): operands.allSatisfy { $0.implies(path) }
    case .always, .anywhere, .place, .not: false
    }
  }

  /// Whether it holds of every event.
  var isTrue: Bool { if case .always(true) = kind { true } else { false } }
  /// Whether it holds of no event.
  var isFalse: Bool { if case .always(false) = kind { true } else { false } }

  /// How deep its tree is.
  var depth: Int {
    switch kind {
    case .always, .test, .anywhere, .place: 1
    case .some(_, let operand), .not(let operand): operand.depth + 1
    case .all(let operands), .any(let operands): 1 + (operands.map(\.depth).max() ?? 0)
    }
  }

  /// How many nodes its tree has.
  var size: Int {
    switch kind {
    case .always, .test, .anywhere, .place: 1
    case .some(_, let operand): operand.size + 1
    case .not(let operand): operand.size
    case .all(let operands), .any(let operands): operands.reduce(1) { $0 + $1.size }
    }
  }
}
