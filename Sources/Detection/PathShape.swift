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

extension Event {
  /// Whether the value at a path is an array; `nil` where there is none.
  func leadsToArray(_ path: FieldPath) -> Bool? {
    var current: [Value] = [.object(object)]
    for step in path.steps {
      current = current.flatMap { Event.step($0, step) }
    }
    if current.isEmpty { return nil }
    return current.contains { if case .array = $0 { true } else { false } }
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
