import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Lowers SQL's three-valued conditions to the meaning.
struct AthenaLowering {
  var operands: AthenaOperands

  func unreadable(_ expression: AthenaExpression) -> Diagnostic { operands.unreadable(expression) }

  /// Of which events the expression is true, and of which it is false. Throws where neither can be said.
  mutating func truth(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaTruth {
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
    case .name, .field, .cast:
      guard case .typed(let path, .boolean) = try operands.operand(expression) else {
        throw unreadable(expression)
      }
      return .test(path, .text(.equals("true"), .exact)).notElsewhere(.text(.equals("false"), .exact), path)
    case .number, .string, .lambda, .array, .row, .choice: throw unreadable(expression)
    }
  }

  /// The operands of `AND`; a guard and the cast that it guards are one question.
  private mutating func conjuncts(_ list: [AthenaExpression]) throws(Diagnostic) -> [AthenaTruth] {
    var result: [AthenaTruth] = []
    var rest = list[...]
    while let first = rest.popFirst() {
      if let second = rest.first, let truth = try guarded(first, second) {
        rest = rest.dropFirst()
        result.append(truth)
      } else {
        result.append(try truth(first))
      }
    }
    return result
  }

  private func guarded(_ first: AthenaExpression, _ second: AthenaExpression) throws(Diagnostic)
    -> AthenaTruth?
  {
    guard case .call("regexp_like", let arguments) = first.kind, arguments.count == 2,
      case .string(let grammar) = arguments[1].kind
    else { return nil }
    switch second.kind {
    case .compare(let comparison, let left, let right) where grammar == AthenaAtoms.numberGrammar:
      guard case .cast(let inner, .named("double"), orNull: true) = left.kind, inner == arguments[0],
        case .number(let path) = try operands.operand(left), let bound = try number(right),
        let asked = comparison.ordered
      else { return nil }
      return .test(path, .number(asked, bound.number))
    case .call("contains", let inner) where grammar == AthenaAtoms.addressGrammar:
      guard inner.count == 2, case .cast(let text, .named("ipaddress"), orNull: true) = inner[1].kind,
        text == arguments[0]
      else { return nil }
      return try network(inner, second)
    default: return nil
    }
  }

  /// The operands of `OR`; "an element of the array, or the lone value, is truthy" is one question.
  private mutating func disjuncts(_ list: [AthenaExpression]) throws(Diagnostic) -> [AthenaTruth] {
    var result: [AthenaTruth] = []
    var rest = list[...]
    while let first = rest.popFirst() {
      if let second = rest.first, let path = try loneTruthy(first, second) {
        rest = rest.dropFirst()
        let condition = Condition.test(path, .truthy)
        result.append(AthenaTruth(.success(condition), .failure(unreadable(first))))
      } else {
        result.append(try truth(first))
      }
    }
    return result
  }

  private func loneTruthy(_ first: AthenaExpression, _ second: AthenaExpression) throws(Diagnostic)
    -> FieldPath?
  {
    guard case .call("any_match", let arguments) = first.kind, arguments.count == 2,
      case .cast(let value, .array(.named("json")), orNull: true) = arguments[0].kind,
      case .lambda(let variable, let body) = arguments[1].kind,
      body == AthenaExpression.call("json_format", .name(variable)).unequal(.string("null")),
      case .json(let path) = try operands.operand(value)
    else { return nil }
    let lone = AthenaExpression.call("json_format", value)
      .isIn(AthenaAtoms.falsyJSON.map(AthenaExpression.string), negated: true)
    return second == .and([arguments[0].isNull, lone]) ? path : nil
  }

  private mutating func isNull(_ operand: AthenaExpression) throws(Diagnostic) -> AthenaTruth {
    if operand.isCondition {
      let truth = try truth(operand)
      return AthenaTruth.or([truth.known, truth.negated.known]).negated
    }
    switch try operands.operand(operand) {
    case .text(let path, _), .typed(let path, _), .rounded(let path), .map(let path, _),
      .structure(let path, _):
      return AthenaTruth(certain: .not(.test(path, .present)))
    case .constant(let value, _): return AthenaTruth(certain: .always(value.isNull))
    case .json:
      throw Diagnostic(
        .beyondACondition, "`json_extract` of JSON's `null` is not NULL, where a rule knows one absence only",
        in: operands.source, labels: operand.span.map { [.init($0)] } ?? [],
        help: ["write `COALESCE(json_format(…) <> 'null', FALSE)` for a value that is there"])
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
    case .null, .number, .string, .name, .field, .lambda, .cast, .array, .row, .choice: false
    }
  }
}

extension AthenaExpression.Operator {
  /// The order that is asked for; `nil` of `=` and `<>`.
  var ordered: Comparison? {
    switch self {
    case .equal, .unequal: nil
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }

  /// The comparison with its sides exchanged.
  var mirrored: AthenaExpression.Operator {
    switch self {
    case .equal, .unequal: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
