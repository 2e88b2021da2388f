import ConcordDetection

/// A condition with its parts numbered, in source order and each before its operands, so that a change of one part is
/// followed up to the whole without asking the others again.
struct PartTree {
  /// A part of the condition.
  struct Part {
    let condition: Condition
    /// The part whose operand it is.
    let parent: Int?
    /// Its operands.
    var operands: [Int] = []
  }

  private(set) var parts: [Part] = []

  /// The parts of a condition.
  init(_ condition: Condition) { add(condition, to: nil) }

  private mutating func add(_ condition: Condition, to parent: Int?) {
    let number = parts.count
    parts.append(Part(condition: condition, parent: parent))
    if let parent { parts[parent].operands.append(number) }
    switch condition.kind {
    case .always, .test, .some, .anywhere, .place: break
    case .not(let operand): add(operand, to: number)
    case .all(let operands), .any(let operands):
      for operand in operands { add(operand, to: number) }
    }
  }
}

/// Which parts of a condition hold of an event.
struct PartVerdicts {
  private let tree: PartTree
  private let event: Event
  private var holds: [Bool]
  /// How many of a part's operands hold.
  private var trueOperands: [Int]

  /// Asks every part once.
  init(_ tree: PartTree, of event: Event) {
    self.tree = tree
    self.event = event
    holds = Array(repeating: false, count: tree.parts.count)
    trueOperands = holds.map { _ in 0 }
    // Operands stand behind the part that they are of.
    for (number, part) in tree.parts.enumerated().reversed() {
      holds[number] = value(of: part, trueOperands[number])
      if holds[number], let parent = part.parent { trueOperands[parent] += 1 }
    }
  }

  private func value(of part: PartTree.Part, _ trueOperands: Int) -> Bool {
    switch part.condition.kind {
    case .always, .test, .some, .anywhere, .place: part.condition.holds(of: event)
    case .not: trueOperands == 0
    case .all: trueOperands == part.operands.count
    case .any: trueOperands > 0
    }
  }

  /// The verdict of a mutant of the condition on the event.
  func verdict(of mutant: Mutant) -> Bool {
    var number = mutant.part
    var changed = verdict(of: mutant.mistake, at: number)
    while changed != holds[number] {
      guard let parent = tree.parts[number].parent else { return changed }
      changed = value(of: tree.parts[parent], trueOperands[parent] + (changed ? 1 : -1))
      number = parent
    }
    return holds[0]
  }

  private func verdict(of mistake: Mutant.Mistake, at number: Int) -> Bool {
    let part = tree.parts[number]
    let isAll = if case .all = part.condition.kind { true } else { false }
    switch mistake {
    case .asks(let question): return question.holds(of: event)
    case .swaps: return isAll ? trueOperands[number] > 0 : trueOperands[number] == part.operands.count
    case .drops(let operand):
      let rest = trueOperands[number] - (holds[part.operands[operand]] ? 1 : 0)
      return isAll ? rest == part.operands.count - 1 : rest > 0
    case .affirms: return trueOperands[number] > 0
    }
  }
}
