import ConcordDiagnostics
import ConcordDocuments

extension Condition {
  /// Some value at the path is such that the operand holds where this value alone stands there.
  ///
  /// What several values may answer, one this and another that, is the plain condition: one question that is not
  /// denied, any of several, and what is not about the path at all.
  package static func some(_ path: FieldPath, _ operand: Condition, origin: Span? = nil) -> Condition {
    let present = Condition.test(path, .present, origin: origin)
    switch operand.kind {
    case .always(let value): return value ? present : operand
    case .any(let operands): return .any(operands.map { .some(path, $0, origin: origin) }, origin: origin)
    case .all(let operands): return someOfAll(path, operands, origin)
    case .test(let own, let atom):
      if let plain = plain(path, own, atom) { return .all([plain ? operand : .always(false)]) }
    case .some(let own, let inner):
      // The elements of the elements, where nothing else of the outer ones is asked.
      let isInner = own.steps(beyond: path) != nil
      if isInner, inner.paths.allSatisfy({ $0.steps(beyond: path) == nil || $0.steps(beyond: own) != nil }) {
        return own.steps(beyond: path)?.first?.isIndex == true ? .always(false, origin: origin) : operand
      }
    case .not(let denied) where denied == present: return .always(false, origin: origin)
    case .not, .anywhere, .place: break
    }
    guard operand.asks(below: path) else { return .all([present, operand], origin: origin) }
    return Condition(kind: .some(path, operand), origin: origin)
  }

  /// What is not about the path stands beside; that there is a value goes without saying.
  private static func someOfAll(_ path: FieldPath, _ operands: [Condition], _ origin: Span?) -> Condition {
    let present = Condition.test(path, .present)
    let own = operands.filter { $0.asks(below: path) && $0 != present }
    let others = operands.filter { !$0.asks(below: path) }
    let bound: Condition
    switch own.count {
    case 0: bound = .test(path, .present, origin: origin)
    case 1: bound = .some(path, own[0], origin: origin)
    default: bound = Condition(kind: .some(path, .all(own)), origin: origin)
    }
    return .all(others + [bound], origin: origin)
  }

  /// Whether the question asks the same of all values at the path as of one of them: `nil` where it does not, `false`
  /// where it is false of every single one.
  private static func plain(_ path: FieldPath, _ own: FieldPath, _ atom: Atom) -> Bool? {
    let rest = own.steps(beyond: path)
    switch atom {
    case .sameAs(let other, _):
      // Two fields of one value are not two fields of any two.
      return (rest == nil) != (other.steps(beyond: path) == nil) ? true : nil
    // An element is truthy among others, whatever it is; alone, by what it is.
    case .truthy where rest?.isEmpty == true: return nil
    // No value is an array.
    case .array where rest?.isEmpty == true: return false
    case .present, .truthy, .text, .oneOf, .regex, .number, .network, .array:
      guard let rest else { return nil }
      return rest.first?.isIndex != true
    }
  }

  /// Whether some question of it is about the values at the path, or below them.
  private func asks(below path: FieldPath) -> Bool { paths.contains { $0.steps(beyond: path) != nil } }

  /// Whether the operand of `some` may hold of a value that is not there: where it only denies, whoever asks it of a null
  /// element has to ask for a value too.
  @usableFromInline package func mayHoldWithoutValue(at path: FieldPath) -> Bool {
    answers(withoutValueAt: path).contains(true)
  }

  /// The answers that may be given where there is no value at the path.
  private func answers(withoutValueAt path: FieldPath) -> Set<Bool> {
    func isBelow(_ own: FieldPath) -> Bool { own.steps(beyond: path) != nil }
    switch kind {
    case .always(let value): return [value]
    case .anywhere, .place: return [true, false]
    case .test(let own, .sameAs(let other, _)):
      return isBelow(own) || isBelow(other) ? [false] : [true, false]
    case .test(let own, _), .some(let own, _): return isBelow(own) ? [false] : [true, false]
    case .not(let operand): return Set(operand.answers(withoutValueAt: path).map { !$0 })
    case .all(let operands), .any(let operands):
      let isAll = if case .all = kind { true } else { false }
      let answers = operands.map { $0.answers(withoutValueAt: path) }
      // All are true only where each may be, one is false where one may be; and the other way round.
      let whole = answers.allSatisfy { $0.contains(isAll) } ? [isAll] : Set<Bool>()
      return answers.contains { $0.contains(!isAll) } ? whole.union([!isAll]) : whole
    }
  }

  /// Whether some question is about something else than values at the path, or below them.
  package func asksElsewhere(than path: FieldPath) -> Bool {
    switch kind {
    case .always: false
    case .anywhere, .place: true
    case .test(let own, .sameAs(let other, _)):
      own.steps(beyond: path) == nil || other.steps(beyond: path) == nil
    case .test(let own, _): own.steps(beyond: path) == nil
    case .some(let own, let operand): own.steps(beyond: path) == nil || operand.asksElsewhere(than: path)
    case .not(let operand): operand.asksElsewhere(than: path)
    case .all(let operands), .any(let operands): operands.contains { $0.asksElsewhere(than: path) }
    }
  }
}

extension FieldPath.Step {
  /// Whether it is the index of an element. A negative one is a mark that readers put on paths for a while.
  fileprivate var isIndex: Bool { if case .index(let index) = self { index >= 0 } else { false } }
}
