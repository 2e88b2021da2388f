/// Why the bytes of an event cannot be asked anything.
public struct EventFault: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// There is nothing but white space.
    case empty
    /// The bytes are not one JSON value.
    case malformed
    /// The bytes are not UTF-8.
    case invalidUTF8
    /// The JSON value is not an object.
    case notAnObject
    /// There are more bytes than `EventLimits.maxBytes`.
    case tooLarge
    /// Objects and arrays are nested deeper than `EventLimits.maxDepth`.
    case tooDeep
    /// The objects have more members together than `EventLimits.maxFields`.
    case tooManyFields
  }

  /// What is wrong.
  public let kind: Kind
  /// At which byte of the event it shows, from 0.
  public let offset: Int

  /// That is wrong, and shows there.
  package init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// What is wrong, in words, without the place.
  public var message: String {
    switch kind {
    case .empty: "expected a JSON object, found nothing"
    case .malformed: "expected one JSON object, found something that is not JSON"
    case .invalidUTF8: "expected UTF-8, found a byte that is not"
    case .notAnObject: "expected a JSON object, found another JSON value"
    case .tooLarge: "the event has more bytes than the limit"
    case .tooDeep: "objects and arrays are nested deeper than the limit"
    case .tooManyFields: "the event has more fields than the limit"
    }
  }
}

/// How large an event may be. An event beyond a limit is a fault, never a verdict.
public struct EventLimits: Hashable, Sendable {
  /// How many bytes an event may have; 1 GiB at most.
  public var maxBytes: Int
  /// How deep objects and arrays may be nested; 2,000 at most.
  public var maxDepth: Int
  /// How many members the event's objects may have together.
  public var maxFields: Int

  /// Limits; by default 64 MiB, 512 levels (as `JSON.depthLimit`) and 1,000,000 members.
  public init(maxBytes: Int = 64 << 20, maxDepth: Int = 512, maxFields: Int = 1_000_000) {
    self.maxBytes = min(max(1, maxBytes), 1 << 30)
    self.maxDepth = min(max(1, maxDepth), 2_000)
    self.maxFields = max(1, maxFields)
  }
}
