import ConcordDetection
import ConcordDocuments

/// Makes a witness smaller as long as it stays one.
enum Shrinker {
  /// How many questions may be put to how many values in all: each try asks them all.
  private static let work = 2_000_000

  /// The smallest event found on the way of leaving out one part after another, after so many tries at most.
  static func shrink(
    _ event: Event, tries: Int, questions: Int, _ confirms: (Event) -> Bool
  ) -> Event {
    var best = event
    var left = min(tries, work / max(1, size(.object(event.object)) * questions))
    var progress = true
    while progress, left > 0 {
      progress = false
      for smaller in smaller(.object(best.object)) {
        guard left > 0 else { break }
        left -= 1
        if case .object(let object) = smaller, confirms(Event(object, in: best.place)) {
          best = Event(object, in: best.place)
          progress = true
          break
        }
      }
    }
    return best
  }

  /// How many values and scalars there are to leave out.
  private static func size(_ value: Value) -> Int {
    switch value {
    case .null, .bool, .number, .malformedString: 1
    case .string(let text): 1 + text.utf8.count / 16
    case .array(let items): items.reduce(1) { $0 + size($1) }
    case .object(let object): object.members.reduce(1) { $0 + size($1.value) }
    }
  }

  /// The values with one part left out.
  private static func smaller(_ value: Value) -> [Value] {
    switch value {
    case .null, .bool, .number, .malformedString: []
    case .string(let text): smaller(text).map(Value.string)
    case .array(let items):
      (items.count == 1 ? [items[0]] : items.indices.map { .array(items.without($0)) })
        + items.indices.flatMap { index in
          smaller(items[index]).map { .array(items.with($0, at: index)) }
        }
    case .object(let object):
      object.members.indices.map { .object(Value.Object(object.members.without($0))) }
        + object.members.indices.flatMap { index in
          smaller(object.members[index].value).map { value in
            var changed = object
            changed.members[index].value = value
            return .object(changed)
          }
        }
    }
  }

  /// The text without a half, a quarter, or one scalar of it.
  private static func smaller(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return [scalars.count / 2, scalars.count / 4, 1].filter { $0 > 0 }.flatMap { length in
      stride(from: 0, to: scalars.count, by: length).map { start in
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[..<start])
        view.append(contentsOf: scalars[min(scalars.count, start + length)...])
        return String(view)
      }
    }
  }
}

extension Array {
  fileprivate func without(_ index: Int) -> [Element] {
    var fewer = self
    fewer.remove(at: index)
    return fewer
  }

  fileprivate func with(_ element: Element, at index: Int) -> [Element] {
    var changed = self
    changed[index] = element
    return changed
  }
}
