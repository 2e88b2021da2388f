import ConcordDiagnostics

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

/// Reads operands of AND or OR one by one, but three or two side by side that are one form as one. Forms of several
/// operands stand among others, since an AND within an AND is one AND.
///
/// - Parameters:
///   - form: What the operands are together; `nil` where they are no form.
///   - one: What an operand is by itself.
package func readOperands<Expression, Reading>(
  _ operands: [Expression], form: ([Expression]) throws(Diagnostic) -> Reading?,
  one: (Expression) throws(Diagnostic) -> Reading
) throws(Diagnostic) -> [Reading] {
  var readings: [Reading] = []
  var rest = operands[...]
  while let first = rest.first {
    var (reading, count): (Reading?, Int) = (nil, 1)
    for length in [3, 2] where reading == nil && rest.count >= length {
      (reading, count) = (try form(Array(rest.prefix(length))), length)
    }
    if let reading {
      readings.append(reading)
      rest = rest.dropFirst(count)
    } else {
      readings.append(try one(first))
      rest = rest.dropFirst()
    }
  }
  return readings
}
