import ConcordDiagnostics
import ConcordDocuments

/// One record of a log: a JSON object, and where it stands.
public struct Event: Sendable {
  /// The members of the record, as they stand in the log.
  public let object: Value.Object
  /// What is known of the log that it stands in.
  public var place: Place
  /// Where the member of each key stands, for an object of many; `nil` for others, which are looked through as fast.
  private let indices: [ScalarText: Int]?

  /// From how many members on a look-up goes by an index.
  private static let indexThreshold = 24

  /// The event that is this object, in that place.
  public init(_ object: Value.Object, in place: Place = Place()) {
    self.object = object
    self.place = place
    guard object.members.count >= Event.indexThreshold else {
      indices = nil
      return
    }
    let named = object.members.enumerated().filter { $0.element.malformedKey == nil }
    indices = Dictionary(named.map { (ScalarText($0.element.key), $0.offset) }) { _, last in last }
  }

  /// The event that is this value; `nil` if it is not an object.
  public init?(_ value: Value) {
    guard case .object(let object) = value else { return nil }
    self.init(object)
  }

  /// The value of a key of the object: what `object[key]` is, in a time that does not grow with the object.
  package func value(of key: String) -> Value? {
    guard let indices else { return object[key] }
    return indices[ScalarText(key)].map { object.members[$0].value }
  }
}

extension Event: Hashable {
  /// Whether object and place are the same.
  public static func == (left: Event, right: Event) -> Bool {
    left.object == right.object && left.place == right.place
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(object)
    hasher.combine(place)
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
