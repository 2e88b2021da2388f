/// A fixed form in which a language says something that it has no word for: what is written and what is recognised, in
/// one declaration.
///
/// The two functions are a prism: `match(make(parts)) == parts` for all parts. What `match` takes besides is read as the
/// same question.
package struct Idiom<Expression, Parts: Equatable>: Sendable {
  /// The form with these parts.
  package let make: @Sendable (Parts) -> Expression
  /// The parts of an expression of the form; `nil` of any other.
  package let match: @Sendable (Expression) -> Parts?

  /// The idiom of that form.
  package init(
    make: @escaping @Sendable (Parts) -> Expression, match: @escaping @Sendable (Expression) -> Parts?
  ) {
    self.make = make
    self.match = match
  }

  /// Whether what is made of the parts is recognised as these.
  package func recognises(_ parts: Parts) -> Bool { match(make(parts)) == parts }
}
