import ConcordDocuments

/// What is known of a path's arrays: after which of its steps the value is an array.
///
/// `steps[i]` says whether the value that step `i` of the path leads to is an array: `true`, `false`, or `nil`
/// where that is not known.
package struct PathShape: Hashable, Sendable {
  /// For each step of `path.withoutEach`, whether its value is an array.
  package var arrays: [Bool?]

  /// A shape of that knowledge.
  package init(arrays: [Bool?]) { self.arrays = arrays }

  /// Whether the path is known to pass or lead to an array.
  package var hasArray: Bool { arrays.contains(true) }
  /// Whether the path's last value is known to be an array.
  package var endsInArray: Bool { arrays.last == true }
  /// The steps of the path, which has no `[]`, to arrays of which all elements are meant, and not one by its index.
  package func stepsToElements(of plain: FieldPath) -> [Int] {
    arrays.indices.filter { step in
      if case .index? = plain.steps.dropFirst(step + 1).first { return false }
      return arrays[step] == true
    }
  }
  /// Whether each step is known.
  package var isKnown: Bool { !arrays.contains(nil) }
}

extension FieldPath {
  /// What the path itself (`[]`, `[0]`) and these events tell of its arrays.
  package func shape(in events: [Event] = []) -> PathShape {
    var arrays: [Bool?] = []
    for (index, step) in steps.enumerated() {
      if case .each = step { continue }
      if index + 1 < steps.count {
        switch steps[index + 1] {
        case .each, .index:
          arrays.append(true)
          continue
        case .name: break
        }
      }
      arrays.append(nil)
    }
    if events.isEmpty { return PathShape(arrays: arrays) }
    let plain = withoutEach
    for event in events {
      for count in arrays.indices where arrays[count] != true {
        guard let prefix = FieldPath(steps: Array(plain.steps[...count])),
          let isArray = event.leadsToArray(prefix)
        else { continue }
        arrays[count] = isArray
      }
    }
    return PathShape(arrays: arrays)
  }
}

extension FieldPath {
  /// The first part of the path at which one of these events has a lone value though the path or another event tells of an
  /// array; `nil` where none has. `shape`: what they tell of the path's arrays, where that is known already.
  package func loneBesideArray(in events: [Event], _ shape: PathShape? = nil) -> FieldPath? {
    if events.isEmpty { return nil }
    let plain = withoutEach
    return (shape ?? self.shape(in: events)).stepsToElements(of: plain).lazy
      .compactMap { FieldPath(steps: Array(plain.steps[...$0])) }
      .first { prefix in events.contains { $0.hasLoneValue(at: prefix) } }
  }
}

extension FieldPath {
  /// The first part of the path at which an array stands right within another, as the path itself says (`a[][]`, `a[][0]`) or one
  /// of these events has it; `nil` where none is known.
  package func arrayInArray(in events: [Event]) -> FieldPath? {
    let next = steps.indices.dropFirst().first { place in
      guard steps[place - 1] == .each else { return false }
      if case .name = steps[place] { return false } else { return true }
    }
    if let next { return FieldPath(steps: Array(steps[...(next - 2)])) }
    let plain = withoutEach
    return plain.steps.indices.lazy
      .compactMap { FieldPath(steps: Array(plain.steps[...$0])) }
      .first { prefix in
        // One that is asked for by its index is no array of arrays.
        if prefix.steps.count < plain.steps.count, case .index = plain.steps[prefix.steps.count] {
          return false
        }
        return events.contains { $0.hasArrayInArray(at: prefix) }
      }
  }
}

extension Event {
  /// Whether some array at a path has an array for an element.
  fileprivate func hasArrayInArray(at path: FieldPath) -> Bool {
    values(leadingTo: path).contains { value in
      guard case .array(let items) = value else { return false }
      return items.contains { if case .array = $0 { true } else { false } }
    }
  }

  /// Whether some value at a path is neither an array nor null.
  fileprivate func hasLoneValue(at path: FieldPath) -> Bool {
    values(leadingTo: path).contains {
      switch $0 {
      case .array, .null: false
      case .object, .string, .malformedString, .number, .bool: true
      }
    }
  }

  /// Whether the value at a path is an array; `nil` where there is none.
  func leadsToArray(_ path: FieldPath) -> Bool? {
    let values = values(leadingTo: path)
    if values.isEmpty { return nil }
    return values.contains { if case .array = $0 { true } else { false } }
  }

  /// What stands at a path, arrays whole.
  private func values(leadingTo path: FieldPath) -> [Value] {
    path.steps.reduce([.object(object)]) { values, step in values.flatMap { Event.step($0, step) } }
  }

  private static func step(_ value: Value, _ step: FieldPath.Step) -> [Value] {
    switch (step, value) {
    case (.index(let index), .array(let items)): items.indices.contains(index) ? [items[index]] : []
    case (_, .array(let items)): items.flatMap { Event.step($0, step) }
    case (.name(let name), .object(let object)):
      object[name].flatMap { value in if case .null = value { nil } else { [value] } } ?? []
    case (.each, _): [value]
    case (.name, _), (.index, _): []
    }
  }
}
