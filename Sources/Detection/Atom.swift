import ConcordDiagnostics
import ConcordDocuments

/// One question about the values of one field. It is true when some value answers yes, so it is false where the
/// field is absent.
@usableFromInline package enum Atom: Sendable {
  /// Is there a value?
  case present
  /// Is a value other than `""`, `false` and `0`? Objects and arrays that hold a value are truthy.
  case truthy
  /// Does a value's text match the pattern?
  case text(Pattern, LetterCase)
  /// Is a value's text one of these? Two or more, without duplicates under the letter case.
  case oneOf([String], LetterCase)
  /// Does the expression match somewhere in a value's text?
  case regex(PortableRegex)
  /// Is a value's text a number that compares so with this one? Both are compared as IEEE 754 doubles.
  case number(Comparison, Number)
  /// Is a value's text an IP address of this network?
  case network(CIDR)
  /// Is a value's text also the text of some value of the other field?
  case sameAs(FieldPath, LetterCase)
  /// Is what the path leads to an array, maybe one without elements? Alone among the questions it may be answered yes of a
  /// field that has no value. Arrays on the way are passed.
  case array

  /// Whether it is answered yes of a field only where that has a value.
  package var needsValue: Bool {
    switch self {
    case .present, .truthy, .text, .oneOf, .regex, .number, .network, .sameAs: true
    case .array: false
    }
  }
}

/// How a number must compare.
@usableFromInline package enum Comparison: String, Hashable, Sendable, CaseIterable {
  /// Greater than.
  case greater = ">"
  /// Greater than or equal.
  case greaterOrEqual = ">="
  /// Less than.
  case less = "<"
  /// Less than or equal.
  case lessOrEqual = "<="

  /// Whether `left` compares so with `right`.
  package func holds(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .less: left < right
    case .lessOrEqual: left <= right
    }
  }
}

extension Atom: Hashable {
  /// Texts are compared scalar by scalar.
  @usableFromInline package static func == (left: Atom, right: Atom) -> Bool {
    switch (left, right) {
    case (.present, .present), (.truthy, .truthy), (.array, .array): true
    case (.text(let a, let ac), .text(let b, let bc)): a == b && ac == bc
    case (.oneOf(let a, let ac), .oneOf(let b, let bc)):
      ac == bc && a.count == b.count && zip(a, b).allSatisfy { $0.sameScalars(as: $1) }
    case (.regex(let a), .regex(let b)): a == b
    case (.number(let ac, let a), .number(let bc, let b)): ac == bc && a == b
    case (.network(let a), .network(let b)): a == b
    case (.sameAs(let a, let ac), .sameAs(let b, let bc)): a == b && ac == bc
    case (.present, _), (.truthy, _), (.text, _), (.oneOf, _), (.regex, _), (.number, _), (.network, _),
      (.sameAs, _), (.array, _):
      false
    }
  }

  /// Hashes what `==` compares.
  @usableFromInline package func hash(into hasher: inout Hasher) {
    switch self {
    case .present: hasher.combine(0)
    case .truthy: hasher.combine(1)
    case .text(let pattern, let letterCase):
      hasher.combine(pattern)
      hasher.combine(letterCase)
    case .oneOf(let texts, let letterCase):
      for text in texts { hasher.combine(ScalarText(text)) }
      hasher.combine(letterCase)
    case .regex(let regex): hasher.combine(regex)
    case .number(let comparison, let number):
      hasher.combine(comparison)
      hasher.combine(number)
    case .network(let network): hasher.combine(network)
    case .sameAs(let path, let letterCase):
      hasher.combine(path)
      hasher.combine(letterCase)
    case .array: hasher.combine(2)
    }
  }
}
