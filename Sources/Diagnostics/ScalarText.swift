extension String {
  /// Whether both texts are the same sequence of Unicode scalars.
  ///
  /// `==` on `String` compares by canonical equivalence ("é" equals "e" plus a combining accent); query engines
  /// compare bytes or code points. Everything that decides a verdict compares with this.
  @inlinable
  package func sameScalars(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && withBytes { left in other.withBytes { right in left.isSame(as: right) } }
  }
}

/// A text that is equal only to the same sequence of Unicode scalars: for keys and for members of sets.
package struct ScalarText: Hashable, Sendable {
  /// The text.
  package let string: String

  /// The text, to be compared scalar by scalar.
  @inlinable
  package init(_ string: String) { self.string = string }

  /// Whether both are the same sequence of scalars.
  @inlinable
  package static func == (left: ScalarText, right: ScalarText) -> Bool {
    left.string.sameScalars(as: right.string)
  }

  /// Hashes the UTF-8 form.
  @inlinable
  package func hash(into hasher: inout Hasher) {
    string.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
