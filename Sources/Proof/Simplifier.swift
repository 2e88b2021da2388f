import ConcordDetection
import ConcordDiagnostics

/// A condition that holds of the same events with no more atoms, and what was left out.
package struct Simplification: Sendable {
  /// The condition; equal to the one given, proved for each step.
  package internal(set) var condition: Condition
  /// What was done, in order.
  package internal(set) var steps: [Step] = []
  /// The bound that ended the search, if one did: there may be more to leave out.
  package internal(set) var bound: Bound?

  /// One part that was left out or joined to another.
  package struct Step: Sendable {
    /// The part, as it was written.
    package let part: Condition
    /// Why it can go.
    package let reason: Reason
  }

  /// Why a part can go.
  package enum Reason: Sendable {
    /// It was joined with its like into this list of texts.
    case joined(into: Condition)
    /// Among alternatives, it holds only where this one holds as well.
    case implies(Condition)
    /// Among requirements, it holds wherever this one holds.
    case impliedBy(Condition)
    /// It holds of no event.
    case neverHolds
    /// It holds of every event.
    case alwaysHolds
    /// Wherever it would decide, the rest of the condition has decided already.
    case cannotMatter
  }
}

extension Condition {
  /// How many questions the condition asks, a list of texts as one.
  package var atomCount: Int {
    switch kind {
    case .always: 0
    case .test, .anywhere, .place: 1
    case .some(_, let operand), .not(let operand): operand.atomCount
    case .all(let operands), .any(let operands): operands.reduce(0) { $0 + $1.atomCount }
    }
  }
}

extension Prover {
  /// A condition of fewer atoms that is proved equal, by joining texts of one field to a list and by leaving out
  /// parts that cannot matter. The same input gives the same output. At most `tries` parts are tried.
  package func simplify(_ condition: Condition, tries: Int = 1000) -> Simplification {
    var result = Simplification(condition: condition)
    var steps: [Simplification.Step] = []
    let joined = condition.joiningTexts(&steps)
    if !steps.isEmpty, compare(condition, joined).verdict == .equal {
      result.condition = joined
      result.steps = steps
    }
    leaveOut(&result, tries: tries)
    return result
  }

  /// Tries to leave out each operand, outer ones first, among siblings the last first.
  private func leaveOut(_ result: inout Simplification, tries: Int) {
    let given = result.condition
    var removed: Set<[Int]> = []
    var left = tries
    for place in given.places {
      if removed.contains(where: { place.path.starts(with: $0) }) { continue }
      guard left > 0 else {
        result.bound = .cases(tries)
        return
      }
      left -= 1
      let candidate = given.leavingOut(removed.union([place.path]))
      switch compare(result.condition, candidate).verdict {
      case .equal:
        let reason = reason(place, removed)
        removed.insert(place.path)
        result.condition = candidate
        result.steps.append(Simplification.Step(part: place.part, reason: reason))
      case .unknown(let bound): result.bound = bound
      case .wider, .narrower, .different, .disjoint: break
      }
    }
  }

  private func reason(_ place: Condition.Place, _ removed: Set<[Int]>) -> Simplification.Reason {
    if event(where: place.part).isNever { return .neverHolds }
    if counterexample(to: place.part).isNever { return .alwaysHolds }
    for (index, sibling) in place.siblings.enumerated().prefix(100) {
      let path = place.path.dropLast() + [index]
      if index == place.path.last || removed.contains(Array(path)) { continue }
      if place.isAlternative, event(where: place.part, butNot: sibling).isNever { return .implies(sibling) }
      if !place.isAlternative, event(where: sibling, butNot: place.part).isNever {
        return .impliedBy(sibling)
      }
    }
    return .cannotMatter
  }
}

extension Condition {
  /// An operand of an `all` or `any` within a condition.
  fileprivate struct Place {
    /// The way there, by the numbers of operands.
    let path: [Int]
    let part: Condition
    /// The operands among which it stands, itself included.
    let siblings: [Condition]
    /// Whether they are the operands of an `any`.
    let isAlternative: Bool
  }

  /// The operands, outer ones first, the last of siblings first.
  fileprivate var places: [Place] {
    var places: [Place] = []
    var level: [(path: [Int], condition: Condition)] = [([], self)]
    while !level.isEmpty {
      var next: [(path: [Int], condition: Condition)] = []
      for (path, condition) in level {
        let operands: [Condition]
        var isAlternative = false
        switch condition.kind {
        case .always, .test, .some, .anywhere, .place: continue
        case .not(let operand):
          next.append((path + [0], operand))
          continue
        case .all(let all): operands = all
        case .any(let any):
          operands = any
          isAlternative = true
        }
        for (index, operand) in operands.enumerated().reversed() {
          places.append(
            Place(path: path + [index], part: operand, siblings: operands, isAlternative: isAlternative))
          next.append((path + [index], operand))
        }
      }
      level = next
    }
    return places
  }

  /// The condition without the operands at these places.
  fileprivate func leavingOut(_ removed: Set<[Int]>, at path: [Int] = []) -> Condition {
    func kept(_ operands: [Condition]) -> [Condition] {
      operands.enumerated().compactMap { index, operand in
        let place = path + [index]
        return removed.contains(place) ? nil : operand.leavingOut(removed, at: place)
      }
    }
    switch kind {
    case .always, .test, .some, .anywhere, .place: return self
    case .not(let operand): return .not(operand.leavingOut(removed, at: path + [0]), origin: origin)
    case .all(let operands): return .all(kept(operands), origin: origin)
    case .any(let operands): return .any(kept(operands), origin: origin)
    }
  }

  /// The condition with alternatives that ask one path for one text each joined to a list.
  fileprivate func joiningTexts(_ steps: inout [Simplification.Step]) -> Condition {
    switch kind {
    case .always, .test, .some, .anywhere, .place: return self
    case .not(let operand): return .not(operand.joiningTexts(&steps), origin: origin)
    case .all(let operands): return .all(operands.map { $0.joiningTexts(&steps) }, origin: origin)
    case .any(let operands):
      var joined: [Condition] = []
      var lists: [List: (texts: [String], parts: [Condition], place: Int)] = [:]
      for operand in operands {
        guard let (list, texts) = operand.texts else {
          joined.append(operand.joiningTexts(&steps))
          continue
        }
        if lists[list] == nil {
          lists[list] = ([], [], joined.count)
          joined.append(operand)
        }
        lists[list]?.texts += texts
        lists[list]?.parts.append(operand)
      }
      for (list, entry) in lists.sorted(by: { $0.value.place < $1.value.place }) where entry.parts.count > 1 {
        let whole = Condition.test(
          list.path, .oneOf(entry.texts, list.letterCase), origin: entry.parts[0].origin)
        joined[entry.place] = whole
        steps += entry.parts.map { Simplification.Step(part: $0, reason: .joined(into: whole)) }
      }
      return .any(joined, origin: origin)
    }
  }

  fileprivate struct List: Hashable {
    let path: FieldPath
    let letterCase: LetterCase
  }

  /// The texts that the condition asks one path for.
  private var texts: (List, [String])? {
    guard case .test(let path, let atom) = kind else { return nil }
    switch atom {
    case .text(let pattern, let letterCase):
      guard case .equals(let text) = pattern.shape else { return nil }
      return (List(path: path, letterCase: letterCase), [text])
    case .oneOf(let texts, let letterCase): return (List(path: path, letterCase: letterCase), texts)
    case .present, .truthy, .regex, .number, .network, .sameAs, .array: return nil
    }
  }
}
