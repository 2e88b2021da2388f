import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The members of an event that are asked for, read out of its bytes without the rest.
package struct EventMembers: Sendable {
  /// The names in bytes, as keys without escapes have them; `nil` where the whole event is needed.
  private let names: [[UInt8]]?

  /// The members that aggregates look into.
  package init(for aggregates: [Aggregate]) {
    var paths: [FieldPath] = []
    var needsAll = false
    for aggregate in aggregates {
      paths += aggregate.askedFields
      paths += aggregate.conditions.flatMap(\.paths)
      needsAll = needsAll || aggregate.conditions.contains(where: \.asksAnywhere)
    }
    let names = Set(paths.compactMap(\.names.first))
    self.names = needsAll ? nil : names.map { Array($0.utf8) }
  }

  /// The event with these members alone, of bytes that a matcher has accepted; `nil` where they are no object.
  package func event(of bytes: ArraySlice<UInt8>) -> Event? {
    guard let names else { return EventMembers.whole(bytes) }
    var members: [Value.Object.Member] = []
    var isPlain = true
    bytes.withUnsafeBytes { buffer in
      JSONMembers.visit(buffer) { key, value in
        // What a key with an escape is called is seen when it is read.
        isPlain = isPlain && !key.contains(UInt8(ascii: "\\"))
        guard isPlain, let name = names.first(where: { key.elementsEqual($0) }) else { return isPlain }
        guard let read = try? JSON.parse(String(decoding: value, as: UTF8.self)) else {
          isPlain = false
          return false
        }
        members.append(Value.Object.Member(String(decoding: name, as: UTF8.self), read))
        return true
      }
    }
    return isPlain ? Event(Value.Object(members)) : EventMembers.whole(bytes)
  }

  /// The event of bytes that a matcher has accepted, with all its members; `nil` where they are no object.
  package static func whole(_ bytes: ArraySlice<UInt8>) -> Event? {
    (try? JSON.parse(Source(text: String(decoding: bytes, as: UTF8.self)), depthLimit: 2_000)).flatMap(
      Event.init)
  }
}

extension Condition {
  /// Whether some question looks at every leaf of the event.
  fileprivate var asksAnywhere: Bool {
    switch kind {
    case .anywhere: true
    case .always, .test, .place: false
    case .some(_, let operand), .not(let operand): operand.asksAnywhere
    case .all(let operands), .any(let operands): operands.contains(where: \.asksAnywhere)
    }
  }
}
