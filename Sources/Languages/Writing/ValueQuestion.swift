import ConcordDetection
import ConcordDocuments

/// A question about one value: every atom but `sameAs`, which is about the values of two paths, and `array`, which is
/// about what holds values.
@usableFromInline package enum ValueQuestion: Sendable {
  /// There is a value that is not null.
  case present
  /// The value is truthy.
  case truthy
  /// The value's text matches.
  case text(Pattern, LetterCase)
  /// The value's text is one of these.
  case oneOf([String], LetterCase)
  /// The value's text holds a match of the expression.
  case regex(PortableRegex)
  /// The value is a number that compares so with the bound.
  case number(Comparison, Number)
  /// The value is an address of the network.
  case network(CIDR)

  /// The question as a condition has it.
  package var atom: Atom {
    switch self {
    case .present: .present
    case .truthy: .truthy
    case .text(let pattern, let letterCase): .text(pattern, letterCase)
    case .oneOf(let texts, let letterCase): .oneOf(texts, letterCase)
    case .regex(let regex): .regex(regex)
    case .number(let comparison, let bound): .number(comparison, bound)
    case .network(let network): .network(network)
    }
  }
}
