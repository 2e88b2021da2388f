import ConcordDiagnostics
import ConcordDocuments

// The meaning. Every back end must agree with this file; its prose twin is Detection.docc/Semantics.md.

extension Condition {
  /// Whether the condition holds of the event.
  public func holds(of event: Event) -> Bool { holds(of: EventView(event: event)) }

  /// Whether the condition holds of the event where `value` alone stands at the path.
  package func holds(of event: Event, with value: Value, at path: FieldPath) -> Bool {
    holds(of: EventView(event: event).with(value, at: path))
  }

  private func holds(of view: EventView) -> Bool {
    switch kind {
    case .always(let value): value
    case .test(let path, let atom): atom.holds(at: path, of: view)
    case .some(let path, let operand):
      view.values(at: path).contains { operand.holds(of: view.with($0.value, at: path)) }
    case .anywhere(let pattern, let letterCase):
      Value.object(view.event.object).leaves.contains {
        $0.comparedText.map { pattern.matches($0, letterCase) } ?? false
      }
    case .place(let fact, let atom): atom.holds(of: fact, in: view.event.place)
    case .not(let operand): !operand.holds(of: view)
    case .all(let operands): operands.allSatisfy { $0.holds(of: view) }
    case .any(let operands): operands.contains { $0.holds(of: view) }
    }
  }
}

/// An event in which single values stand at some paths, as `some` looks at it.
private struct EventView {
  let event: Event
  /// The paths, the innermost last, and what stands there.
  private var single: [(path: FieldPath, value: Value)] = []

  init(event: Event) { self.event = event }

  func with(_ value: Value, at path: FieldPath) -> EventView {
    var copy = self
    copy.single.append((path, value))
    return copy
  }

  /// Whether the path leads to an array.
  func hasArray(at path: FieldPath) -> Bool {
    for (base, value) in single.reversed() {
      if let rest = path.steps(beyond: base) { return Event.hasArray(at: rest, from: value) }
    }
    return Event.hasArray(at: path.canonical.steps[...], from: .object(event.object))
  }

  /// The values at a path: from the innermost single value that it leads on from, else from the event.
  func values(at path: FieldPath) -> [Event.Found] {
    for (base, value) in single.reversed() {
      if let rest = path.steps(beyond: base) { return Event.values(at: rest, from: value) }
    }
    return event.values(at: path)
  }
}

extension Atom {
  /// Whether some value at the path answers yes.
  package func holds(at path: FieldPath, of event: Event) -> Bool {
    holds(at: path, of: EventView(event: event))
  }

  fileprivate func holds(at path: FieldPath, of view: EventView) -> Bool {
    if case .sameAs(let other, let letterCase) = self {
      let texts = Set(view.values(at: other).compactMap { ScalarText.folded($0.value, letterCase) })
      return view.values(at: path).contains {
        ScalarText.folded($0.value, letterCase).map(texts.contains) ?? false
      }
    }
    if case .array = self { return view.hasArray(at: path) }
    return holds(ofValues: view.values(at: path))
  }

  /// Whether some of the values that a path leads to answers yes. Not for `sameAs`, which asks for two fields.
  package func holds(ofValues values: [Event.Found]) -> Bool {
    values.contains { found in found.value.comparedText.map { accepts($0, found) } ?? false }
  }

  /// Whether some text of a fact answers yes.
  func holds(of fact: PlaceFact, in place: Place) -> Bool { place[fact].contains { holds(ofText: $0) } }

  /// Whether the atom is true of a field whose one value is this text. Not for `sameAs`, which asks for two fields.
  package func holds(ofText text: String) -> Bool {
    accepts(text, Event.Found(value: .string(text), isArrayElement: false))
  }

  private func accepts(_ text: String, _ found: Event.Found) -> Bool {
    switch self {
    case .present: true
    case .truthy:
      found.isArrayElement || found.value.isContainer
        || !["", "false", "0"].contains { $0.sameScalars(as: text) }
    case .text(let pattern, let letterCase): pattern.matches(text, letterCase)
    case .oneOf(let texts, let letterCase): texts.contains { letterCase.equates($0, text) }
    case .regex(let regex): regex.matches(text)
    case .number(let comparison, let bound):
      Number(text).map { comparison.holds($0.double, bound.double) } ?? false
    case .network(let network): IPAddress(text).map(network.contains) ?? false
    case .sameAs, .array: false  // Answered in `holds(at:of:)`, which knows the event.
    }
  }
}

extension Event {
  /// A value that a path leads to.
  package struct Found: Sendable {
    /// The value, never null and never an array.
    package let value: Value
    /// Whether the path led to an array, of which this is an element.
    package let isArrayElement: Bool

    /// A value that was found so.
    package init(value: Value, isArrayElement: Bool) {
      self.value = value
      self.isArrayElement = isArrayElement
    }
  }

  /// The values at a path, in order: zero or more, none of them null. Arrays fan out.
  package func values(at path: FieldPath) -> [Found] {
    guard case .name(let name)? = path.steps.first else {
      return Event.values(at: path.steps[...], from: .object(object))
    }
    return value(of: name).map { Event.values(at: path.steps.dropFirst(), from: $0) } ?? []
  }

  /// Whether the steps, without `[]` that change no value, lead from a value to an array.
  fileprivate static func hasArray(at steps: ArraySlice<FieldPath.Step>, from value: Value) -> Bool {
    var pending = [(value, steps)]
    while let (value, steps) = pending.popLast() {
      let rest = steps.dropFirst()
      switch (steps.first, value) {
      case (nil, .array): return true
      case (.index(let index), .array(let items)):
        if items.indices.contains(index) { pending.append((items[index], rest)) }
      case (.each, .array(let items)): pending += items.map { ($0, rest) }
      case (.each, let value): pending.append((value, rest))
      case (.name, .array(let items)): pending += items.map { ($0, steps) }
      case (.name(let name), .object(let object)):
        if let value = object[name] { pending.append((value, rest)) }
      case (nil, _), (.name, _), (.index, _): break
      }
    }
    return false
  }

  /// The values to which the steps lead from a value.
  fileprivate static func values(at steps: ArraySlice<FieldPath.Step>, from value: Value) -> [Found] {
    var found: [Found] = []
    // A stack of our own instead of recursion: how deep arrays are nested is up to the event.
    var pending = [Visit(value, steps)]
    while let visit = pending.popLast() {
      let rest = visit.steps.dropFirst()
      switch (visit.steps.first, visit.value) {
      case (_, .null): break
      case (nil, .array(let items)):
        pending += items.reversed().map { Visit($0, visit.steps, isArrayElement: true) }
      case (nil, let value): found.append(Found(value: value, isArrayElement: visit.isArrayElement))
      case (.index(let index), .array(let items)):
        if items.indices.contains(index) { pending.append(Visit(items[index], rest)) }
      case (.each, .array(let items)):
        pending += items.reversed().map { Visit($0, rest, isArrayElement: rest.isEmpty) }
      case (.each, let value): pending.append(Visit(value, rest))
      case (.name, .array(let items)): pending += items.reversed().map { Visit($0, visit.steps) }
      case (.name(let name), .object(let object)):
        if let value = object[name] { pending.append(Visit(value, rest)) }
      case (.name, _), (.index, _): break
      }
    }
    return found
  }

  /// A value on the way, and the steps that are left from there.
  private struct Visit {
    let value: Value
    let steps: ArraySlice<FieldPath.Step>
    let isArrayElement: Bool

    init(_ value: Value, _ steps: ArraySlice<FieldPath.Step>, isArrayElement: Bool = false) {
      self.value = value
      self.steps = steps
      self.isArrayElement = isArrayElement
    }
  }
}

extension Value {
  fileprivate var isContainer: Bool {
    if case .object = self { true } else { false }
  }

  /// The values of a tree that are neither objects, arrays nor null, in source order. Where a key stands twice,
  /// only the last one counts.
  fileprivate var leaves: [Value] {
    var leaves: [Value] = []
    var pending = [self]
    while let value = pending.popLast() {
      switch value {
      case .null: break
      case .bool, .number, .string, .malformedString: leaves.append(value)
      case .array(let items): pending += items.reversed()
      case .object(let object): pending += object.effectiveMembers.reversed().map(\.value)
      }
    }
    return leaves
  }
}

extension Value.Object {
  /// The members without those whose key stands again further on.
  fileprivate var effectiveMembers: [Member] {
    var seen: Set<ScalarText> = []
    return members.reversed().filter { seen.insert(ScalarText($0.key)).inserted }.reversed()
  }
}

extension ScalarText {
  fileprivate static func folded(_ value: Value, _ letterCase: LetterCase) -> ScalarText? {
    value.comparedText.map { ScalarText(letterCase.folded($0)) }
  }
}
