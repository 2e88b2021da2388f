import ConcordDiagnostics

/// A JSON value and where it stands, down to every key.
package struct JSONNode: Hashable, Sendable {
  /// What the value is.
  package enum Kind: Hashable, Sendable {
    /// Null, a boolean, a number or a text.
    case scalar(Value)
    /// A list.
    case array([JSONNode])
    /// An object, its members in source order, duplicates included.
    case object([Member])
  }

  /// One key and its value.
  package struct Member: Hashable, Sendable {
    /// The key. Where it is not well-formed Unicode, `malformedKey` of the member's value holds it exactly.
    package let key: String
    /// Where the key stands, quotes included.
    package let keySpan: Span
    /// The value.
    package let node: JSONNode
    /// The key's UTF-16 code units, where they are not well-formed Unicode.
    let malformedKey: [UInt16]?
  }

  /// What the value is.
  package let kind: Kind
  /// Where it stands, quotes and brackets included.
  package let span: Span

  /// The node of the last member with that key; `nil` where there is none, or where this is not an object.
  package subscript(key: String) -> JSONNode? {
    guard case .object(let members) = kind else { return nil }
    return members.last { $0.malformedKey == nil && $0.key.sameScalars(as: key) }?.node
  }

  /// The value without its places.
  package var value: Value {
    switch kind {
    case .scalar(let value): value
    case .array(let items): .array(items.map(\.value))
    case .object(let members):
      .object(Value.Object(members.map { .init($0.key, malformedKey: $0.malformedKey, $0.node.value) }))
    }
  }
}
