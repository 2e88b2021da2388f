import ConcordDetection
import ConcordDocuments

/// What to put at a path.
enum Placement: Hashable, Sendable {
  /// No key.
  case missing
  /// No object to hold the key.
  case parentMissing
  /// JSON null.
  case null
  /// A value; where the path passes arrays, in arrays of one.
  case value(Value)
  /// The elements of the path's last array, or what the path leads to in each of them.
  case elements([Value])

  /// The value, if it is just one.
  var value: Value? { if case .value(let value) = self { value } else { nil } }
}

extension Event {
  /// The event with something else at a path. The path's arrays are those of `shape`; what is unknown is not an array.
  func placing(_ placement: Placement, at path: FieldPath, _ shape: PathShape) -> Event {
    let writer = PathWriter(steps: path.withoutEach.steps, arrays: shape.arrays, placement: placement)
    return Event(writer.put(into: object, 0), in: place)
  }
}

private struct PathWriter {
  let steps: [FieldPath.Step]
  let arrays: [Bool?]
  var placement: Placement

  /// An index beyond this is left alone: an event of a million nulls shows nothing.
  static let indexLimit = 64

  /// The object with the placement at the steps from `index` on.
  func put(into object: Value.Object, _ index: Int) -> Value.Object {
    guard case .name(let name) = steps[index] else { return object }
    var copy = object
    copy[name] = made(from: object[name], index)
    return copy
  }

  /// What the step `index` leads to, made from what it led to before.
  private func made(from old: Value?, _ index: Int) -> Value? {
    guard index + 1 < steps.count else { return leaf(isArray: isArray(index)) }
    switch steps[index + 1] {
    case .index(let place): return element(of: old, place, index)
    case .each: return old
    case .name: break
    }
    if placement == .parentMissing, index == steps.count - 2 { return nil }
    guard isArray(index) else {
      if placement == .missing, old == nil { return nil }
      if case .object(let object)? = old { return .object(put(into: object, index + 1)) }
      return placement == .missing ? old : .object(put(into: Value.Object(), index + 1))
    }
    var base = Value.Object()
    if case .array(let items)? = old, case .object(let first)? = items.first { base = first }
    guard case .elements(let values) = placement, !arrays[(index + 1)...].contains(true) else {
      return .array([.object(put(into: base, index + 1))])
    }
    return .array(
      values.map { value in
        var single = self
        single.placement = .value(value)
        return .object(single.put(into: base, index + 1))
      })
  }

  private func isArray(_ index: Int) -> Bool { arrays.indices.contains(index) && arrays[index] == true }

  private func leaf(isArray: Bool) -> Value? {
    switch placement {
    case .missing, .parentMissing: nil
    case .null: .null
    case .value(let value): isArray ? .array([value]) : value
    case .elements(let values): .array(values)
    }
  }

  private func element(of old: Value?, _ place: Int, _ index: Int) -> Value? {
    guard (0...PathWriter.indexLimit).contains(place) else { return old }
    var items: [Value] = []
    if case .array(let own)? = old { items = own }
    while items.count <= place { items.append(.null) }
    if index + 2 < steps.count, case .name = steps[index + 2] {
      if case .object(let object) = items[place] {
        items[place] = .object(put(into: object, index + 2))
      } else {
        items[place] = .object(put(into: Value.Object(), index + 2))
      }
    } else {
      items[place] = made(from: items[place], index + 1) ?? .null
    }
    return .array(items)
  }
}
