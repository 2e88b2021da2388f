import ConcordDiagnostics
import ConcordDocuments

/// One record of a log: a JSON object, and where it stands.
public struct Event: Hashable, Sendable {
  /// The members of the record, as they stand in the log.
  public let object: Value.Object
  /// What is known of the log that it stands in.
  public var place: Place

  /// The event that is this object, in that place.
  public init(_ object: Value.Object, in place: Place = Place()) {
    self.object = object
    self.place = place
  }

  /// The event that is this value; `nil` if it is not an object.
  public init?(_ value: Value) {
    guard case .object(let object) = value else { return nil }
    self.init(object)
  }
}

extension Value {
  /// The text by which the value is compared (Semantics row 5): a string is itself, a boolean `true` or `false`,
  /// a number its shortest decimal, an object or array its compact JSON; `nil` for null.
  public var comparedText: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.shortest
    case .string(let text): text
    case .malformedString(let units): String(decoding: units, as: UTF16.self)
    case .array, .object: compactJSON
    }
  }
}
