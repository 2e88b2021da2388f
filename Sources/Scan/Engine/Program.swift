import ConcordDetection

/// Conditions as questions with jumps: each question says where to go on, so that nothing is asked that can no
/// longer decide.
struct Program: Sendable {
  /// A question, and where to go on: another place, or a verdict.
  struct Instruction: BitwiseCopyable, Sendable {
    let atom: Int32
    let ifTrue: Int32
    let ifFalse: Int32
  }

  /// The verdicts as places.
  static let yes: Int32 = -1
  static let no: Int32 = -2

  private(set) var instructions: [Instruction] = []

  /// Adds a condition; the place where it begins.
  mutating func add(_ condition: Condition, _ atoms: inout AtomTable) -> Int32 {
    add(condition, ifTrue: Program.yes, ifFalse: Program.no, &atoms)
  }

  private mutating func add(
    _ condition: Condition, ifTrue: Int32, ifFalse: Int32, _ atoms: inout AtomTable
  ) -> Int32 {
    switch condition.kind {
    case .always(let value): return value ? ifTrue : ifFalse
    case .test(let path, .array): return emit(atoms.whole(condition, at: path), ifTrue, ifFalse)
    case .test(let path, let atom): return emit(atoms.test(path, atom), ifTrue, ifFalse)
    case .some(let path, _): return emit(atoms.quantified(condition, at: path), ifTrue, ifFalse)
    case .anywhere(let pattern, let letterCase):
      return emit(atoms.keyword(pattern, letterCase), ifTrue, ifFalse)
    // Answered before: a rule set resolves its conditions in the place of its log.
    case .place: return ifFalse
    case .not(let operand): return add(operand, ifTrue: ifFalse, ifFalse: ifTrue, &atoms)
    case .all(let operands):
      var next = ifTrue
      for operand in Program.byCost(operands).reversed() {
        next = add(operand, ifTrue: next, ifFalse: ifFalse, &atoms)
      }
      return next
    case .any(let operands):
      var next = ifFalse
      for operand in Program.byCost(operands).reversed() {
        next = add(operand, ifTrue: ifTrue, ifFalse: next, &atoms)
      }
      return next
    }
  }

  private mutating func emit(_ atom: Int32, _ ifTrue: Int32, _ ifFalse: Int32) -> Int32 {
    instructions.append(Instruction(atom: atom, ifTrue: ifTrue, ifFalse: ifFalse))
    return Int32(instructions.count - 1)
  }

  /// The operands, cheap ones first; the verdict is the same in any order.
  private static func byCost(_ operands: [Condition]) -> [Condition] {
    operands.enumerated().map { (offset: $0.offset, cost: cost($0.element), operand: $0.element) }
      .sorted { ($0.cost, $0.offset) < ($1.cost, $1.offset) }.map(\.operand)
  }

  private static func cost(_ condition: Condition) -> Int {
    switch condition.kind {
    case .always: 0
    case .test(_, let atom): cost(atom)
    case .anywhere: 200
    case .some: 10_000
    case .place: 0
    case .not(let operand): cost(operand)
    case .all(let operands), .any(let operands): operands.reduce(1) { min(1_000_000, $0 + cost($1)) }
    }
  }

  private static func cost(_ atom: Atom) -> Int {
    switch atom {
    case .present: 1
    case .truthy: 2
    case .text(let pattern, let letterCase):
      switch pattern.shape {
      case .anything: 1
      case .equals, .prefix, .suffix: letterCase == .exact ? 3 : 4
      case .contains: letterCase == .exact ? 9 : 10
      case .wildcard: 20
      }
    case .oneOf: 6
    case .number: 12
    case .network: 25
    case .sameAs: 40
    case .array: 10_000
    case .regex: 60
    }
  }
}
