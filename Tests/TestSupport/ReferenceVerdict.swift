import ConcordDetection
import ConcordDocuments

/// What the meaning says of conditions and the bytes of an event.
package enum ReferenceVerdict {
  /// The event that the bytes hold; `nil` where they are not UTF-8, not JSON or no object.
  package static func event(_ bytes: [UInt8]) -> Event? {
    guard let text = String(validating: bytes, as: UTF8.self), let value = try? JSON.parse(text) else {
      return nil
    }
    return Event(value)
  }

  /// The indices of the conditions that hold; `nil` where there is no event.
  package static func matches(_ conditions: [Condition], _ bytes: [UInt8]) -> [Int]? {
    event(bytes).map { event in conditions.indices.filter { conditions[$0].holds(of: event) } }
  }
}
