import ConcordDetection
import ConcordDiagnostics

/// The comparison operators that query languages have in common.
package enum ComparisonOperator: Hashable, Sendable, CaseIterable {
  case equal
  case unequal
  case less
  case lessOrEqual
  case greater
  case greaterOrEqual

  /// The operator that asks for an order.
  package init(_ comparison: Comparison) {
    switch comparison {
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    }
  }

  /// The operator of a sign, `<>` and `!=` alike; `nil` of any other.
  package init?(sign: String) {
    let known = ComparisonOperator.allCases.first { $0.sign(unequal: sign == "!=" ? "!=" : "<>") == sign }
    guard let known else { return nil }
    self = known
  }

  /// The sign, in a language that has this one for "not equal".
  package func sign(unequal: String) -> String {
    switch self {
    case .equal: "="
    case .unequal: unequal
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }

  /// The order that is asked for; `nil` of the two that ask for none.
  package var ordered: Comparison? {
    switch self {
    case .equal, .unequal: nil
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }

  /// The operator that says the same with its sides exchanged.
  package var mirrored: ComparisonOperator {
    switch self {
    case .equal, .unequal: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// The operator that holds of two numbers where this one does not.
  package var opposite: ComparisonOperator {
    switch self {
    case .equal: .unequal
    case .unequal: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }

  /// Whether the two values compare so.
  @inlinable package func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }

  /// Whether the two texts compare so, scalar by scalar.
  package func holds(_ left: ScalarText, _ right: ScalarText) -> Bool {
    if left == right { return holds(0, 0) }
    return holds(
      left.string.unicodeScalars.lexicographicallyPrecedes(right.string.unicodeScalars) ? -1 : 1, 0)
  }
}
