import ConcordDetection
import ConcordDocuments
import ConcordLanguages

/// Whether an average compares so with a bound, by the fields that hold a sum and how many numbers it is of.
struct SplunkAverage: Hashable {
  var sum: String
  var numbers: String
  var comparison: Comparison
  var bound: AverageBound
  /// Whether it is to compare so; otherwise it is not to, or there is none.
  var isAsked = true
}

// What is added up: whole numbers, of which doubles are exact up to 2^53.
extension SplunkIdioms {
  private static let wholeGrammar = #"^[0-9]{1,15}\z"#

  /// `match(x, "^[0-9]{1,15}\\z")`: the text is a whole number.
  static let wholeNumber = Form<SplunkEval>(
    make: { .match($0, wholeGrammar) },
    match: { expression in
      guard let arguments = expression.arguments(of: "match", 2), arguments[1] == .string(wholeGrammar) else {
        return nil
      }
      return arguments[0]
    })

  /// `if(match(x, "^[0-9]{1,15}\\z"), tonumber(x), 0)`: what a value adds to a sum, so that there is one of any events.
  static let addend = Form<SplunkEval>(
    make: { .call("if", wholeNumber.make($0), .call("tonumber", $0), .number("0")) },
    match: { expression in
      guard let arguments = expression.arguments(of: "if", 3), arguments[2] == .number("0"),
        let value = wholeNumber.match(arguments[0]), arguments[1].argument(of: "tonumber") == value
      else { return nil }
      return value
    })

  /// `10 * sum>25 * numbers`, without a quotient, whose rounding might decide; of no numbers that is false. Where equality
  /// is enough, `if(10 * sum>=25 * numbers AND numbers>0, 1, 0)=1`: one question beside others.
  static let average = Form<SplunkAverage>(
    make: question,
    match: { expression in
      let asked = truth.match(expression)
      let parts = (asked?.condition ?? expression).conjuncts
      guard case .comparison(let operation, let left, let right)? = parts.first?.kind,
        let comparison = operation.ordered, let (scale, sum) = product(left),
        let (digits, numbers) = product(right), let bound = AverageBound(digits: digits, scale: scale)
      else { return nil }
      let average = SplunkAverage(
        sum: sum, numbers: numbers, comparison: comparison, bound: bound, isAsked: asked?.isAsked ?? true)
      return question(average) == expression ? average : nil
    })

  private static func question(_ asked: SplunkAverage) -> SplunkEval {
    let compared = SplunkEval.compare(
      times(asked.bound.scale, asked.sum), ComparisonOperator(asked.comparison),
      times(asked.bound.digits, asked.numbers))
    if isStrict(asked.comparison) {
      return asked.isAsked ? compared : truth.make(Truth(condition: compared, isAsked: false))
    }
    let some = SplunkEval.compare(.field(asked.numbers), .greater, .number("0"))
    return truth.make(Truth(condition: .all([compared, some]), isAsked: asked.isAsked))
  }

  private static func isStrict(_ comparison: Comparison) -> Bool {
    comparison == .greater || comparison == .less
  }

  private static func times(_ factor: Int, _ field: String) -> SplunkEval {
    factor == 1
      ? .field(field) : SplunkEval(.arithmetic(.multiply, .number(String(factor)), .field(field)))
  }

  private static func product(_ expression: SplunkEval) -> (factor: Int, field: String)? {
    if case .field(let name) = expression.kind { return (1, name) }
    guard case .arithmetic(.multiply, let factor, let field) = expression.kind,
      case .number(let text) = factor.kind, let number = Int(text), case .field(let name) = field.kind
    else { return nil }
    return (number, name)
  }
}
