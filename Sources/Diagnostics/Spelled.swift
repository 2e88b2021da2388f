/// Text of a target language and how tightly its outermost operator binds.
///
/// Parentheses come from numbers, in one place: a writer asks for its operand `wrapped(for:)` the operator above,
/// and gets parentheses exactly where the operand binds looser.
package struct Spelled: Hashable, Sendable {
  package var text: String
  /// How tightly its outermost operator binds; a higher number binds tighter.
  package var strength: Int

  /// A text whose outermost operator binds with `strength`; `Int.max` for text that never needs parentheses.
  package init(_ text: String, _ strength: Int = .max) {
    self.text = text
    self.strength = strength
  }

  /// The text, in parentheses where it binds looser than `strength`; `open` is what they begin with.
  package func wrapped(for strength: Int, open: String = "(") -> String {
    self.strength < strength ? "\(open)\(text))" : text
  }
}
