import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Several questions of one value: each that must be answered yes needs a value that answers none of those that must be
/// answered no. A prover finds it, as the one value at its path.
extension Theory {
  /// What must not hold of any value at a path, and the literal that says so.
  private typealias Denial = (literal: Int, condition: Condition)

  /// Finds values for the questions about single values, before other texts are looked for.
  mutating func chooseElements(_ work: inout Work) {
    for number in work.demands.keys.sorted() {
      guard let demand = work.demands[number], number != Leaf.anywhere,
        case .path(let path) = paths.all[number],
        (demand.yes + demand.no).contains(where: { $0.question.isOfElements })
      else { continue }
      chooseElements(number, path, demand, &work)
    }
  }

  private mutating func chooseElements(
    _ number: Int, _ path: FieldPath, _ demand: Demand, _ work: inout Work
  ) {
    var denials: [Denial] = demand.no.compactMap { entry in
      if case .some(let operand) = entry.question { (entry.literal, operand) } else { nil }
    }
    let plain = denials.isEmpty ? [] : asked(below: path, work)
    denials += denied(below: path, work)
    for entry in demand.yes {
      guard case .some(let operand) = entry.question else { continue }
      choose(number, path, operand, entry.literal, denials, &work)
    }
    // What answers plainly is a value too, of which the denials must not hold.
    for (literal, condition) in plain where !work.answered.contains(literal) {
      choose(number, path, condition, literal, denials, &work)
    }
    guard work.elements[number] != nil else { return }
    for entry in demand.yes where entry.question == .present { work.answered.insert(entry.literal) }
  }

  /// Chooses a value that answers yes, unless one that was chosen does.
  private mutating func choose(
    _ number: Int, _ path: FieldPath, _ condition: Condition, _ literal: Int, _ denials: [Denial],
    _ work: inout Work
  ) {
    let none = Event(Value.Object())
    if work.elements[number]?.contains(where: { condition.holds(of: none, with: $0, at: path) }) ?? false {
      work.answered.insert(literal)
      return
    }
    let present = Condition.test(path, .present)
    func query(_ denials: [Denial]) -> Condition {
      .all([present, condition] + denials.map { .not($0.condition) })
    }
    let wanted = query(denials)
    switch element(wanted, at: path) {
    case .event(let event):
      let found = event.values(at: path).first { wanted.holds(of: event, with: $0.value, at: path) }
      guard let found else {
        work.unknown = .interplay
        return
      }
      work.elements[number, default: []].append(found.value)
      work.answered.insert(literal)
    case .unknown(let bound): work.unknown = bound
    case .never:
      var needed = denials
      for denial in denials where needed.count > 1 {
        let fewer = needed.filter { $0.literal != denial.literal }
        if element(query(fewer), at: path).isNever { needed = fewer }
      }
      if needed.count == 1, element(query([]), at: path).isNever { needed = [] }
      work.conflicts.append(Array(Set(needed.map(\.literal) + [literal])).sorted())
    }
  }

  /// An event with one value at the path, of which the condition holds.
  private mutating func element(_ condition: Condition, at path: FieldPath) -> Answer {
    if let known = elementAnswers[condition] { return known }
    var inner = prover
    switch prover.arrays {
    case .anywhere, .onlyWhereWritten: inner.arrays = .nowhereAt([path])
    case .nowhereAt(let single): inner.arrays = .nowhereAt(single.union([path]))
    }
    inner.limits.cases = min(inner.limits.cases, 2_000)
    let answer = inner.event(where: condition)
    elementAnswers[condition] = answer
    return answer
  }

  /// Plain questions about values at the path, or below them, that must be answered yes.
  private func asked(below path: FieldPath, _ work: Work) -> [Denial] { plain(below: path, work, \.yes) }

  /// Plain questions about values at the path, below them, or about all leaves, that must be answered no.
  private func denied(below path: FieldPath, _ work: Work) -> [Denial] {
    let leaves = (work.demands[Leaf.anywhere]?.no ?? []).compactMap { entry -> Denial? in
      switch entry.question {
      case .present: (entry.literal, .anywhere(.anything, .exact))
      case .text(.pattern(let pattern, let letterCase)): (entry.literal, .anywhere(pattern, letterCase))
      case .text(.member(let set)):
        (entry.literal, .any(set.texts.map { .anywhere(.equals($0.string), set.letterCase) }))
      case .text, .truthy, .sameAs, .array, .some: nil
      }
    }
    return plain(below: path, work, \.no) + leaves
  }

  private func plain(
    below path: FieldPath, _ work: Work, _ side: KeyPath<Demand, [(literal: Int, question: Question)]>
  ) -> [Denial] {
    var found: [Denial] = []
    for (number, demand) in work.demands.sorted(by: { $0.key < $1.key }) where number != Leaf.anywhere {
      guard case .path(let own) = paths.all[number], let rest = own.steps(beyond: path) else { continue }
      if let first = rest.first, case .index = first { continue }
      for entry in demand[keyPath: side] {
        switch entry.question {
        case .present: found.append((entry.literal, .test(own, .present)))
        // An element is truthy among others, whatever it is.
        case .truthy: if !rest.isEmpty { found.append((entry.literal, .test(own, .truthy))) }
        case .text(let test):
          if let condition = test.condition(at: own) { found.append((entry.literal, condition)) }
        case .sameAs, .array, .some: continue
        }
      }
    }
    return found
  }
}

extension Question {
  /// Whether it asks several things of one value.
  fileprivate var isOfElements: Bool { if case .some = self { true } else { false } }
}

extension TextTest {
  /// The question about a path; `nil` where no condition spells its bound.
  fileprivate func condition(at path: FieldPath) -> Condition? {
    func number(_ comparison: Comparison, _ bound: Double) -> Condition? {
      Number("\(bound)").map { .test(path, .number(comparison, $0)) }
    }
    switch self {
    case .pattern(let pattern, let letterCase): return .test(path, .text(pattern, letterCase))
    case .member(let set): return .test(path, .oneOf(set.texts.map(\.string), set.letterCase))
    case .regex(let regex): return .test(path, .regex(regex))
    case .atLeast(let bound): return number(.greaterOrEqual, bound)
    case .atMost(let bound): return number(.lessOrEqual, bound)
    case .network(let network): return .test(path, .network(network))
    case .notFalsy:
      return .all([.test(path, .present), .not(.test(path, .oneOf(TextTest.falsyTexts, .exact)))])
    }
  }
}
