import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Rule {
  /// The rule's condition as a function: `events.filter(rule.predicate())`.
  ///
  /// It says of every event what `condition.holds(of:)` says, and says it faster: letter case is folded, sets are
  /// made and expressions are compiled once, here, and an event is not looked at beyond the first answer.
  public func predicate() -> @Sendable (Event) -> Bool { condition.predicate() }
}

extension Condition {
  /// The condition as a function that says of every event what `holds(of:)` says.
  public func predicate() -> @Sendable (Event) -> Bool {
    switch kind {
    case .always(let value): return { _ in value }
    case .test(let path, .sameAs(let other, let letterCase)):
      return sameText(at: path.steps, and: other.steps, letterCase)
    case .test(let path, let atom):
      let steps = path.steps
      let accepts = atom.acceptance()
      return { event in
        event.object.some(at: steps, from: 0) { value, isElement in accepts(value, isElement) }
      }
    case .anywhere(let pattern, let letterCase):
      let matches = pattern.matcher(letterCase)
      return { event in event.object.someLeaf { $0.comparedText.map(matches) ?? false } }
    case .place(let fact, let atom):
      return { event in event.place[fact].contains { atom.holds(ofText: $0) } }
    case .not(let operand):
      let inner = operand.predicate()
      return { !inner($0) }
    case .all(let operands):
      let inner = operands.map { $0.predicate() }
      return { event in inner.allSatisfy { $0(event) } }
    case .any(let operands):
      let inner = operands.map { $0.predicate() }
      return { event in inner.contains { $0(event) } }
    }
  }
}

private func sameText(
  at steps: [FieldPath.Step], and otherSteps: [FieldPath.Step], _ letterCase: LetterCase
) -> @Sendable (Event) -> Bool {
  { event in
    var others: Set<ScalarText> = []
    _ = event.object.some(at: otherSteps, from: 0) { value, _ in
      if let text = value.comparedText { others.insert(ScalarText(letterCase.folded(text))) }
      return false
    }
    if others.isEmpty { return false }
    return event.object.some(at: steps, from: 0) { value, _ in
      value.comparedText.map { others.contains(ScalarText(letterCase.folded($0))) } ?? false
    }
  }
}

extension Atom {
  /// Whether one value, which is not null and may be an element of the array that the path led to, answers yes.
  fileprivate func acceptance() -> @Sendable (Value, Bool) -> Bool {
    switch self {
    case .present: return { _, _ in true }
    case .truthy: return { value, isElement in isElement || value.isTruthy }
    case .text(let pattern, let letterCase): return onText(pattern.matcher(letterCase))
    case .oneOf(let texts, let letterCase):
      let set = Set(texts.map { ScalarText(letterCase.folded($0)) })
      return onText { set.contains(ScalarText(letterCase.folded($0))) }
    case .regex(let regex): return onText { regex.matches($0) }
    case .number(let comparison, let bound):
      let limit = bound.double
      return onText { text in Number(text).map { comparison.holds($0.double, limit) } ?? false }
    case .network(let network): return onText { IPAddress($0).map(network.contains) ?? false }
    case .sameAs: return { _, _ in false }  // Never asked: it takes the whole event, see `sameText`.
    }
  }
}

private func onText(_ test: @escaping @Sendable (String) -> Bool) -> @Sendable (Value, Bool) -> Bool {
  { value, _ in
    if case .string(let text) = value { return test(text) }
    return value.comparedText.map(test) ?? false
  }
}

extension Pattern {
  /// Whether a text matches from end to end, with the pattern's side folded beforehand.
  fileprivate func matcher(_ letterCase: LetterCase) -> @Sendable (String) -> Bool {
    let test: @Sendable (Substring.UTF8View) -> Bool
    switch shape {
    case .anything: return { _ in true }
    case .equals(let text):
      let bytes = Array(letterCase.folded(text).utf8)
      test = { $0.count == bytes.count && $0.elementsEqual(bytes) }
    case .prefix(let text):
      let bytes = Array(letterCase.folded(text).utf8)
      test = { $0.starts(with: bytes) }
    case .suffix(let text):
      let bytes = Array(letterCase.folded(text).utf8)
      test = { $0.count >= bytes.count && $0.suffix(bytes.count).elementsEqual(bytes) }
    case .contains(let text):
      let bytes = Array(letterCase.folded(text).utf8)
      test = { Array($0).contains(bytes) }
    case .wildcard: return { self.matches($0, letterCase) }
    }
    // UTF-8 is self-synchronizing: bytes are found only where the same scalars are.
    return { test(letterCase.folded($0)[...].utf8) }
  }
}

extension [UInt8] {
  /// Whether `other` stands somewhere in these bytes.
  fileprivate func contains(_ other: [UInt8]) -> Bool {
    guard let first = other.first else { return true }
    guard count >= other.count else { return false }
    return (0...(count - other.count)).contains { start in
      self[start] == first && self[start..<(start + other.count)].elementsEqual(other)
    }
  }
}

extension Value {
  fileprivate var isTruthy: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .number(let number): number.shortest != "0"
    case .string(let text): !["", "false", "0"].contains { text.sameScalars(as: $0) }
    case .malformedString, .array, .object: true
    }
  }

  /// Whether some value at the rest of the path passes the test, which also hears whether the path led to an
  /// array of which the value is an element. The values are those of `Event.values(at:)`, in their order.
  fileprivate func some(
    at steps: [FieldPath.Step], from index: Int, isElement: Bool = false, _ test: (Value, Bool) -> Bool
  ) -> Bool {
    let step = index < steps.count ? steps[index] : nil
    switch (step, self) {
    case (_, .null): return false
    case (nil, .array(let items)):
      return items.contains { $0.some(at: steps, from: index, isElement: true, test) }
    case (nil, _): return test(self, isElement)
    case (.index(let place), .array(let items)):
      return items.indices.contains(place) && items[place].some(at: steps, from: index + 1, test)
    case (.each, .array(let items)):
      let isLast = index + 1 == steps.count
      return items.contains { $0.some(at: steps, from: index + 1, isElement: isLast, test) }
    case (.each, _): return some(at: steps, from: index + 1, test)
    case (.name, .array(let items)): return items.contains { $0.some(at: steps, from: index, test) }
    case (.name, .object(let object)): return object.some(at: steps, from: index, test)
    case (.name, _), (.index, _): return false
    }
  }

  fileprivate func someLeaf(_ test: (Value) -> Bool) -> Bool {
    switch self {
    case .null: false
    case .bool, .number, .string, .malformedString: test(self)
    case .array(let items): items.contains { $0.someLeaf(test) }
    case .object(let object): object.someLeaf(test)
    }
  }
}

extension Value.Object {
  fileprivate func some(
    at steps: [FieldPath.Step], from index: Int, _ test: (Value, Bool) -> Bool
  ) -> Bool {
    guard index < steps.count, case .name(let name) = steps[index] else { return false }
    let length = name.utf8.count
    // The last of equal keys counts. The length is known in constant time and tells most keys apart.
    for member in members.reversed()
    where member.key.utf8.count == length && member.malformedKey == nil && member.key.sameScalars(as: name) {
      return member.value.some(at: steps, from: index + 1, test)
    }
    return false
  }

  fileprivate func someLeaf(_ test: (Value) -> Bool) -> Bool {
    members.contains { $0.value.someLeaf(test) }
  }
}
