import ConcordDiagnostics
import ConcordDocuments

// The meaning. Every back end must agree with this file; its prose twin is Detection.docc/Semantics.md.

extension Condition {
  /// Whether the condition holds of the event.
  public func holds(of event: Event) -> Bool {
    switch kind {
    case .always(let value): value
    case .test(let path, let atom): atom.holds(at: path, of: event)
    case .anywhere(let pattern, let letterCase):
      Value.object(event.object).leaves.contains {
        $0.comparedText.map { pattern.matches($0, letterCase) } ?? false
      }
    case .not(let operand): !operand.holds(of: event)
    case .all(let operands): operands.allSatisfy { $0.holds(of: event) }
    case .any(let operands): operands.contains { $0.holds(of: event) }
    }
  }
}

extension Atom {
  /// Whether some value at the path answers yes.
  public func holds(at path: FieldPath, of event: Event) -> Bool {
    if case .sameAs(let other, let letterCase) = self {
      let texts = Set(event.values(at: other).compactMap { ScalarText.folded($0.value, letterCase) })
      return event.values(at: path).contains {
        ScalarText.folded($0.value, letterCase).map(texts.contains) ?? false
      }
    }
    return event.values(at: path).contains { found in
      found.value.comparedText.map { accepts($0, found) } ?? false
    }
  }

  private func accepts(_ text: String, _ found: Event.Found) -> Bool {
    switch self {
    case .present: true
    case .truthy: found.isArrayElement || found.value.isContainer || !["", "false", "0"].contains(text)
    case .text(let pattern, let letterCase): pattern.matches(text, letterCase)
    case .oneOf(let texts, let letterCase):
      texts.contains { letterCase.folded($0).sameScalars(as: letterCase.folded(text)) }
    case .regex(let regex): regex.matches(text)
    case .number(let comparison, let bound):
      Number(text).map { comparison.holds($0.double, bound.double) } ?? false
    case .network(let network): IPAddress(text).map(network.contains) ?? false
    case .sameAs: false  // Answered in `holds(at:of:)`, which knows the event.
    }
  }
}

extension Event {
  /// A value that a path leads to.
  public struct Found: Sendable {
    /// The value, never null and never an array.
    public let value: Value
    /// Whether the path led to an array, of which this is an element.
    public let isArrayElement: Bool
  }

  /// The values at a path, in order: zero or more, none of them null. Arrays fan out.
  public func values(at path: FieldPath) -> [Found] {
    var found: [Found] = []
    Value.object(object).collect(path.steps[...], isArrayElement: false, into: &found)
    return found
  }
}

extension Value {
  fileprivate func collect(
    _ steps: ArraySlice<FieldPath.Step>, isArrayElement: Bool, into found: inout [Event.Found]
  ) {
    let rest = steps.dropFirst()
    switch (steps.first, self) {
    case (_, .null): break
    case (nil, .array(let items)):
      for item in items { item.collect(steps, isArrayElement: true, into: &found) }
    case (nil, _): found.append(Event.Found(value: self, isArrayElement: isArrayElement))
    case (.index(let index), .array(let items)):
      if items.indices.contains(index) { items[index].collect(rest, isArrayElement: false, into: &found) }
    case (.each, .array(let items)):
      for item in items { item.collect(rest, isArrayElement: rest.isEmpty, into: &found) }
    case (.each, _): collect(rest, isArrayElement: false, into: &found)
    case (.name, .array(let items)):
      for item in items { item.collect(steps, isArrayElement: false, into: &found) }
    case (.name(let name), .object(let object)):
      object[name]?.collect(rest, isArrayElement: false, into: &found)
    case (.name, _), (.index, _): break
    }
  }

  fileprivate var isContainer: Bool {
    if case .object = self { true } else { false }
  }

  /// The values of a tree that are neither objects, arrays nor null, in source order.
  fileprivate var leaves: [Value] {
    switch self {
    case .null: []
    case .bool, .number, .string, .malformedString: [self]
    case .array(let items): items.flatMap(\.leaves)
    case .object(let object): object.members.flatMap(\.value.leaves)
    }
  }
}

extension ScalarText {
  fileprivate static func folded(_ value: Value, _ letterCase: LetterCase) -> ScalarText? {
    value.comparedText.map { ScalarText(letterCase.folded($0)) }
  }
}
