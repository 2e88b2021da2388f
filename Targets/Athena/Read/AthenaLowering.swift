import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Lowers SQL's three-valued conditions to the meaning.
struct AthenaLowering {
  var operands: AthenaOperands
  /// Whether a lone value is asked by its whole path beside what is read.
  var asksLoneValue = false
  /// How many variables of lambdas stood for an element.
  var marks = 0
  /// How many values that are chosen among several were taken apart.
  var choices = 0

  init(operands: AthenaOperands) { self.operands = operands }

  func unreadable(_ expression: AthenaExpression) -> Diagnostic { operands.unreadable(expression) }

  /// Why a question is refused that other platforms cannot be asked.
  func beyond(_ expression: AthenaExpression, _ message: String, help: String...) -> Diagnostic {
    Diagnostic(
      .beyondACondition, message, in: operands.source, at: expression.span, help: help)
  }

  /// Of which events the expression is true, and of which it is false. Throws where neither can be said.
  mutating func truth(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaTruth {
    if let question = try question(expression) { return question }
    if let chosen = try chosen(expression) { return chosen }
    switch expression.kind {
    case .null: return .unknown
    case .boolean(let value): return AthenaTruth(certain: .always(value))
    case .not(let operand): return try truth(operand).negated
    case .and(let list): return .and(try conjuncts(list))
    case .or(let list): return .or(try disjuncts(list))
    case .compare(let comparison, let left, let right):
      return try compare(comparison, left, right, expression)
    case .distinct(let left, let right, let negated):
      let same = try notDistinct(left, right, expression)
      return negated ? same : same.negated
    case .isNull(let operand, let negated):
      let isNull = try self.isNull(operand)
      return negated ? isNull.negated : isNull
    case .like(let operand, let pattern, let escape, let negated):
      let like = try like(operand, pattern, escape, expression)
      return negated ? like.negated : like
    case .inList(let operand, let items, let negated):
      let inList = try self.inList(operand, items, expression)
      return negated ? inList.negated : inList
    case .between(let operand, let low, let high, let negated):
      let both = AthenaTruth.and([
        try compare(.greaterOrEqual, operand, low, expression),
        try compare(.lessOrEqual, operand, high, expression),
      ])
      return negated ? both.negated : both
    case .call(let function, let arguments): return try call(function, arguments, expression)
    case .cast(let operand, .named("boolean"), orNull: true):
      guard case .text(let path, _) = try operands.operand(operand) else { throw unreadable(expression) }
      return AthenaTruth(
        .test(path, .oneOf(AthenaLowering.trueTexts, .ignored)),
        .test(path, .oneOf(AthenaLowering.falseTexts, .ignored)))
    case .name, .field, .cast:
      guard case .typed(let path, .boolean) = try operands.operand(expression) else {
        throw unreadable(expression)
      }
      return .test(path, .text(.equals("true"), .exact)).notElsewhere(.text(.equals("false"), .exact), path)
    case .number, .string, .moment, .quotient, .aggregate, .windowed, .lambda, .array, .row, .choice:
      throw unreadable(expression)
    }
  }

  /// The texts that a cast to `boolean` takes, in any letter case. [executed: Trino 414, 482]
  private static let (trueTexts, falseTexts) = (["true", "t", "1"], ["false", "f", "0"])

  /// The operands of `AND`; a guard and the cast that it guards are one question.
  private mutating func conjuncts(_ list: [AthenaExpression]) throws(Diagnostic) -> [AthenaTruth] {
    try readOperands(
      list, form: { (operands) throws(Diagnostic) in try guarded(operands) },
      one: { (operand) throws(Diagnostic) in try truth(operand) })
  }

  /// The question that a guard makes with what it guards.
  private func guarded(_ operands: [AthenaExpression]) throws(Diagnostic) -> AthenaTruth? {
    let joined = AthenaExpression(.and(operands))
    if let asked = AthenaIdioms.number.match(joined),
      case .text(let path, .exact) = try self.operands.operand(asked.text),
      let bound = try number(asked.bound)
    {
      return .test(path, .number(asked.comparison, bound.number))
    }
    if let asked = AthenaIdioms.network.match(joined),
      case .text(let path, .exact) = try self.operands.operand(asked.text)
    {
      guard let network = CIDR(asked.network), network.description.sameScalars(as: asked.network) else {
        throw unreadable(operands[1])
      }
      // Where it is not true it is false or unknown, by the engine's version.
      return AthenaTruth(.success(.test(path, .network(network))), .failure(unreadable(operands[1])))
    }
    return nil
  }

  /// The operands of `OR`; "an element of the array, or the lone value, is truthy" is one question.
  private mutating func disjuncts(_ list: [AthenaExpression]) throws(Diagnostic) -> [AthenaTruth] {
    try readOperands(
      list, form: { (operands) throws(Diagnostic) in try loneTruthy(operands) },
      one: { (operand) throws(Diagnostic) in try truth(operand) })
  }

  private func loneTruthy(_ operands: [AthenaExpression]) throws(Diagnostic) -> AthenaTruth? {
    guard let asked = AthenaIdioms.truthyElement.match(AthenaExpression(.or(operands))),
      case .json(let path) = try self.operands.operand(asked.value)
    else { return nil }
    return AthenaTruth(.success(.test(path, .truthy)), .failure(unreadable(operands[0])))
  }

  /// What an idiom asks of one value.
  private mutating func question(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaTruth? {
    if let asked = AthenaIdioms.truthyText.match(expression),
      case .text(let path, .exact) = try operands.operand(asked.value), !path.isOfScalar
    {
      let falsy = Condition.test(path, .oneOf(AthenaIdioms.falsyTexts, .exact))
      let truth = AthenaTruth(.test(path, .truthy), falsy)
      return asked.isAsked ? truth : truth.negated
    }
    if let question = AthenaIdioms.loneOrElement.match(expression) {
      let outer = asksLoneValue
      asksLoneValue = true
      defer { asksLoneValue = outer }
      return try truth(question)
    }
    // What is JSON's null is absent; here the two are told apart, so only one side can be said.
    let forms: [(AthenaIdioms.Form<AthenaIdioms.Question>, Atom)] = [
      (AthenaIdioms.truthyJSON, .truthy), (AthenaIdioms.presentJSON, .present),
    ]
    for (form, atom) in forms {
      guard let asked = form.match(expression), case .json(let path) = try operands.operand(asked.value)
      else { continue }
      let truth = AthenaTruth(.success(.test(path, atom)), .failure(unreadable(expression)))
      return asked.isAsked ? truth : truth.negated
    }
    return nil
  }

  private mutating func isNull(_ operand: AthenaExpression) throws(Diagnostic) -> AthenaTruth {
    if operand.isCondition {
      let truth = try truth(operand)
      return AthenaTruth.or([truth.known, truth.negated.known]).negated
    }
    switch try operands.operand(operand) {
    case .text(let path, _), .typed(let path, _), .rounded(let path), .map(let path, _), .upper(let path),
      .start(let path, _, _), .structure(let path, _):
      return AthenaTruth(certain: .not(.test(path, .present)))
    case .constant(let value, _): return AthenaTruth(certain: .always(value == .null))
    case .json:
      throw beyond(
        operand, "`json_extract` of JSON's `null` is not NULL, where a rule knows one absence only",
        help: "write `COALESCE(json_format(…) <> 'null', FALSE)` for a value that is there")
    case .array(let path, .json) where path.steps.last == .each:
      // Of elements or the lone value it is never NULL.
      let whole = FieldPath(steps: path.steps.dropLast()) ?? path
      return AthenaTruth(certain: .not(.test(whole, .array)))
    case .formatted, .number, .address, .place, .array: throw unreadable(operand)
    }
  }

  /// `IS NOT DISTINCT FROM`, which is never unknown.
  private mutating func notDistinct(
    _ left: AthenaExpression, _ right: AthenaExpression, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    if left.isCondition || right.isCondition {
      let (tree, other) = left.isCondition ? (left, right) : (right, left)
      let truth = try truth(tree)
      switch other.kind {
      case .boolean(let value): return value ? truth.known : truth.negated.known
      case .null: return try isNull(tree)
      default: throw unreadable(expression)
      }
    }
    if case .null = right.kind { return try isNull(left) }
    if case .null = left.kind { return try isNull(right) }
    let equal = try compare(.equal, left, right, expression).known
    guard case .success(let condition) = equal.isTrue else { return equal }
    var absent: [Condition] = []
    for side in [left, right] where !side.namesNothing {
      absent.append(try isNull(side).isTrue.get())
    }
    return AthenaTruth(certain: absent.count == 2 ? .any([condition, .all(absent)]) : condition)
  }
}

extension AthenaTruth {
  /// `COALESCE(…, FALSE)`: unknown becomes false.
  var known: AthenaTruth { AthenaTruth(isTrue, isTrue.map { .not($0) }) }

  /// False exactly where this atom is true.
  fileprivate func notElsewhere(_ atom: Atom, _ path: FieldPath) -> AthenaTruth {
    AthenaTruth(isTrue, .success(.test(path, atom)))
  }
}

extension AthenaExpression {
  /// Whether it is true, false or unknown by its form.
  var isCondition: Bool {
    switch kind {
    case .boolean, .not, .and, .or, .compare, .distinct, .isNull, .like, .inList, .between: true
    case .call(let function, let arguments):
      ["starts_with", "regexp_like", "any_match", "all_match", "none_match", "contains"].contains(function)
        || (function == "coalesce" && arguments.first?.isCondition == true)
    case .null, .number, .string, .moment, .quotient, .aggregate, .windowed, .name, .field, .lambda, .cast,
      .array, .row,
      .choice:
      false
    }
  }
}
