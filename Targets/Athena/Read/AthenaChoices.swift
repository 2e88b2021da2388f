import ConcordDetection
import ConcordDiagnostics

/// A value that is chosen among several: `COALESCE`, `NULLIF`, `IF` and `CASE`.
private enum AthenaChoice {
  /// The first that is not NULL.
  case first(AthenaExpression, AthenaExpression)
  /// The value of the first condition that is true, else the last.
  case branches([AthenaExpression.Branch], AthenaExpression)

  /// The choice that an expression is; `nil` of any other.
  init?(_ expression: AthenaExpression) {
    switch expression.kind {
    case .choice(let branches, let otherwise): self = .branches(branches, otherwise ?? .null)
    case .call("if", let arguments) where arguments.count == 2 || arguments.count == 3:
      let branch = AthenaExpression.Branch(condition: arguments[0], result: arguments[1])
      self = .branches([branch], arguments.count == 3 ? arguments[2] : .null)
    case .call("nullif", let arguments) where arguments.count == 2:
      let branch = AthenaExpression.Branch(condition: arguments[0].equal(arguments[1]), result: .null)
      self = .branches([branch], arguments[0])
    case .call("coalesce", let arguments) where arguments.count > 1:
      guard !arguments[0].isCondition, AthenaIdioms.elementsOrLone.match(expression) == nil,
        AthenaIdioms.shownJSON.match(expression) == nil
      else { return nil }
      let rest = Array(arguments.dropFirst())
      self = .first(
        arguments[0],
        rest.count == 1 ? rest[0] : AthenaExpression(.call("coalesce", rest), at: expression.span))
    default: return nil
    }
  }
}

extension AthenaChoice {
  /// The values that may be chosen.
  fileprivate var values: [AthenaExpression] {
    switch self {
    case .first(let value, let rest): [value, rest]
    case .branches(let branches, let otherwise): branches.map(\.result) + [otherwise]
    }
  }
}

extension AthenaLowering {
  /// What a value is compared as. All that may be chosen are of one type first: `IF(n > 5, n, 1e0)` is a double, and
  /// then whole numbers are rounded. [executed: Trino 414, 482]
  private enum ComparedKind { case text, truth, whole }

  /// How the values of a choice are compared; `nil` where all are NULL. Throws where they are of several types.
  private func comparedKind(_ choice: AthenaChoice) throws(Diagnostic) -> ComparedKind? {
    var common: ComparedKind?
    for value in choice.values {
      guard let own = try comparedKind(value) else { continue }
      guard common == nil || common == own else { throw unreadable(value) }
      common = own
    }
    return common
  }

  private func comparedKind(_ value: AthenaExpression) throws(Diagnostic) -> ComparedKind? {
    if let choice = AthenaChoice(value) { return try comparedKind(choice) }
    if value.isCondition { return .truth }
    switch try operands.operand(value) {
    case .constant(.null, _): return nil
    case .constant(.text, _), .text, .upper, .start: return .text
    case .constant(.boolean, _), .typed(_, .boolean): return .truth
    case .constant(.number(_, isDouble: false), _):
      if case .number(let text) = value.kind, !text.utf8.contains(UInt8(ascii: ".")) { return .whole }
    case .typed(_, .integer): return .whole
    case .constant, .typed, .rounded, .number, .address, .json, .formatted, .place, .array, .structure, .map:
      break
    }
    throw unreadable(value)
  }

  /// How many choices a statement may be taken apart into: each may double what is asked.
  private static let choiceLimit = 1_000

  /// The question of a chosen value as that question of each value that may be chosen; `nil` where none is.
  mutating func chosen(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaTruth? {
    switch expression.kind {
    case .choice, .call("if", _):
      return try AthenaChoice(expression).map { (choice) throws(Diagnostic) in
        try truth(of: choice, isStrict: false, expression) { $0 }
      }
    default:
      guard let (value, isStrict) = expression.chosenValue, let choice = AthenaChoice(value) else {
        return nil
      }
      return try truth(of: choice, isStrict: isStrict, expression) { chosen in
        expression.rewritten { $0 == value ? chosen : nil }
      }
    }
  }

  /// What is asked of a choice. A strict question is unknown of NULL.
  private mutating func truth(
    of choice: AthenaChoice, isStrict: Bool, _ expression: AthenaExpression,
    question: (AthenaExpression) -> AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    choices += 1
    guard choices <= AthenaLowering.choiceLimit else { throw unreadable(expression) }
    _ = try comparedKind(choice)
    switch choice {
    case .first(let value, let rest):
      let isNull = try truth(value.isNull)
      let (first, second) = (try truth(question(value)), try truth(question(rest)))
      guard isStrict else { return .or([.and([isNull.negated, first]), .and([isNull, second])]) }
      // Where the first value answers, it is not NULL.
      return AthenaTruth(
        AthenaTruth.or([first.known, .and([isNull, second])]).isTrue,
        AthenaTruth.or([first.negated.known, .and([isNull, second.negated])]).isTrue)
    case .branches(let branches, let otherwise):
      var result = try truth(question(otherwise))
      for branch in branches.reversed() {
        let isTaken = try truth(branch.condition).known
        let own = try truth(question(branch.result))
        result = .or([.and([isTaken, own]), .and([isTaken.negated, result])])
      }
      return result
    }
  }
}

extension AthenaExpression {
  /// The chosen value that a question asks about, and whether the question is unknown where that value is NULL.
  fileprivate var chosenValue: (value: AthenaExpression, isStrict: Bool)? {
    switch kind {
    case .compare(_, let left, let right): return (left.choiceWithin ?? right.choiceWithin).map { ($0, true) }
    case .like(let operand, _, _, _), .inList(let operand, _, _), .between(let operand, _, _, _):
      return operand.choiceWithin.map { ($0, true) }
    case .isNull(let operand, _): return operand.choiceWithin.map { ($0, false) }
    case .distinct(let left, let right, _):
      return (left.choiceWithin ?? right.choiceWithin).map { ($0, false) }
    case .call(let function, let arguments):
      switch (function, arguments.count) {
      case ("starts_with", 2), ("regexp_like", 2): return arguments[0].choiceWithin.map { ($0, true) }
      case ("contains", 2): return arguments[1].choiceWithin.map { ($0, true) }
      default: return nil
      }
    case .null, .boolean, .number, .string, .moment, .quotient, .aggregate, .windowed, .name, .field, .lambda,
      .cast,
      .array, .row,
      .not, .and,
      .or,
      .choice:
      return nil
    }
  }

  /// The choice that a value is, or is made of.
  private var choiceWithin: AthenaExpression? {
    if AthenaChoice(self) != nil { return self }
    switch kind {
    case .cast(let operand, _, _): return operand.choiceWithin
    case .call(let function, let arguments):
      return ["lower", "upper", "substr", "substring", "strpos"].contains(function)
        ? arguments.first?.choiceWithin : nil
    case .null, .boolean, .number, .string, .moment, .quotient, .aggregate, .windowed, .name, .field, .lambda,
      .array,
      .row, .not,
      .and, .or,
      .compare, .distinct, .isNull, .like, .inList, .between, .choice:
      return nil
    }
  }
}
