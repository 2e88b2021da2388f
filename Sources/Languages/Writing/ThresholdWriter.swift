import ConcordDetection
import ConcordDocuments

/// Writes the threshold of an aggregate: the one walk over it that languages have in common.
package struct ThresholdWriter<Expression> {
  /// Whether the column of that name compares so with a number.
  private let compare: (String, ComparisonOperator, String) -> Expression
  /// True or false of every group.
  private let always: (Bool) -> Expression
  private let not: (Expression) -> Expression
  private let all: ([Expression]) -> Expression
  private let any: ([Expression]) -> Expression

  /// A writer that spells comparisons, constants and what joins them so. None of them is ever unknown.
  package init(
    compare: @escaping (String, ComparisonOperator, String) -> Expression,
    always: @escaping (Bool) -> Expression, not: @escaping (Expression) -> Expression,
    all: @escaping ([Expression]) -> Expression, any: @escaping ([Expression]) -> Expression
  ) {
    (self.compare, self.always, self.not, self.all, self.any) = (compare, always, not, all, any)
  }

  /// The expression of a threshold; `nil` where every group passes.
  package func expression(_ threshold: Condition) -> Expression? {
    threshold == .always(true) ? nil : written(threshold)
  }

  private func written(_ threshold: Condition) -> Expression {
    switch threshold.kind {
    case .always(let value): always(value)
    case .test(let path, .number(_, let bound)): compared(path, .greaterOrEqual, bound)
    case .not(let operand):
      if case .test(let path, .number(_, let bound)) = operand.kind {
        compared(path, .less, bound)
      } else {
        not(written(operand))
      }
    case .all(let operands): all(operands.map(written))
    case .any(let operands): any(operands.map(written))
    // No threshold asks anything else: `Aggregate.atLeast`.
    case .test, .some, .anywhere, .place: always(false)
    }
  }

  private func compared(_ path: FieldPath, _ operation: ComparisonOperator, _ bound: Number) -> Expression {
    compare(path.names.joined(), operation, bound.shortest)
  }
}
