import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// Conditions that are calls.
extension AthenaLowering {
  mutating func call(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    switch (function, arguments.count) {
    case ("coalesce", 2...): return try coalesce(arguments)
    case ("starts_with", 2):
      guard case .text(let path, let letterCase) = try operands.operand(arguments[0]),
        case .constant(.text(let value), let folded) = try operands.operand(arguments[1])
      else { break }
      if letterCase == .ignored, folded == nil, !LetterCase.lower(value).sameScalars(as: value) {
        return .never(path)
      }
      return .test(path, .text(.prefix(letterCase == .ignored ? folded ?? value : value), letterCase))
    case ("regexp_like", 2):
      guard case .text(let path, .exact) = try operands.operand(arguments[0]),
        case .string(let pattern) = arguments[1].kind
      else { break }
      do throws(Diagnostic) { return .test(path, .regex(try AthenaRegex.read(pattern, origin: nil))) } catch {
        throw Diagnostic(
          error.code, error.message, in: operands.source, at: arguments[1].span,
          help: error.help)
      }
    case ("contains", 2):
      if case .array(let path, let element) = try operands.operand(arguments[0]) {
        return try element.contains(path, arguments[1], self, expression)
      }
      if case .address = try operands.operand(arguments[1]) {
        throw beyond(
          expression,
          "`TRY_CAST` reads more texts as addresses than other platforms do: zones, digits of other scripts",
          help:
            "put the guard `regexp_like(…, \(AthenaLiteral.string(AthenaIdioms.addressGrammar))) AND` before it"
        )
      }
    case ("any_match", 2): return try anyMatch(arguments, expression)
    case ("none_match", 2): return try anyMatch(arguments, expression).negated
    case ("try", 1): return try truth(arguments[0])
    default: break
    }
    throw unreadable(expression)
  }

  /// The first operand that is known.
  private mutating func coalesce(_ arguments: [AthenaExpression]) throws(Diagnostic) -> AthenaTruth {
    var result = try truth(arguments[arguments.count - 1])
    for argument in arguments.dropLast().reversed() {
      let first = try truth(argument)
      if case .success(let rest) = result.isTrue, case .always(false) = rest.kind,
        case .success(let restFalse) = result.isFalse, case .always(true) = restFalse.kind
      {
        result = first.known
        continue
      }
      let unknown = AthenaTruth.or([first.known, first.negated.known]).negated
      result = AthenaTruth.or([first.known, .and([unknown, result])])
        .withFalse(AthenaTruth.or([first.negated.known, .and([unknown, result.negated])]).isTrue)
    }
    return result
  }

  /// `any_match(array, e -> …)` is a condition on the elements' paths where the body asks of each element one
  /// question, or one of several: "some element answers yes" is what a path through an array means.
  private mutating func anyMatch(_ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaTruth
  {
    guard case .lambda(let variable, let body) = arguments[1].kind else { throw unreadable(expression) }
    if case .texts(let items)? = operands.constant(arguments[0]) {
      // Of a list of texts it is the disjunction of the body for each.
      var truths: [AthenaTruth] = []
      for item in items {
        let text = item.map(AthenaExpression.string) ?? .null
        truths.append(try truth(body.replacing(variable, with: text)))
      }
      return .or(truths)
    }
    guard case .array(let path, let element) = try operands.operand(arguments[0]) else {
      throw unreadable(expression)
    }
    let operand: AthenaOperand =
      switch element {
      case .column(let type): AthenaOperands.operand(path, type)
      case .json: .json(path)
      }
    operands.variables.append((variable, operand))
    defer { operands.variables.removeLast() }
    let isTrue = try truth(body).isTrue
    guard case .success(let condition) = isTrue else { return AthenaTruth(isTrue, isTrue) }
    guard condition.isQuestion(of: path) else {
      throw beyond(
        expression,
        "this asks several questions of one element of `\(path)`, which a condition on a path cannot express",
        help: "`any_match` is read where it asks one question of an element, or any of several")
    }
    let failure = beyond(
      expression,
      "`NOT` of this is true of an empty array and unknown of a missing one, which are told apart here only",
      help: "write `NOT COALESCE(…, FALSE)`")
    return AthenaTruth(.success(condition), .failure(failure))
  }
}

extension AthenaExpression {
  /// The expression with another in the place of a lambda's variable.
  fileprivate func replacing(_ variable: String, with value: AthenaExpression) -> AthenaExpression {
    func all(_ list: [AthenaExpression]) -> [AthenaExpression] {
      list.map { $0.replacing(variable, with: value) }
    }
    func one(_ operand: AthenaExpression) -> AthenaExpression { operand.replacing(variable, with: value) }
    let kind: Kind
    switch self.kind {
    case .null, .boolean, .number, .string, .moment: return self
    case .name(let name): return AthenaLiteral.isSameName(name, variable) ? value : self
    case .field(let base, let name): kind = .field(one(base), name)
    case .call(let function, let arguments): kind = .call(function, all(arguments))
    // An inner variable of the same name hides this one.
    case .lambda(let own, let body):
      kind = .lambda(own, AthenaLiteral.isSameName(own, variable) ? body : one(body))
    case .cast(let operand, let type, let orNull): kind = .cast(one(operand), type, orNull: orNull)
    case .array(let items): kind = .array(all(items))
    case .row(let items): kind = .row(all(items))
    case .not(let operand): kind = .not(one(operand))
    case .and(let operands): kind = .and(all(operands))
    case .or(let operands): kind = .or(all(operands))
    case .compare(let comparison, let left, let right): kind = .compare(comparison, one(left), one(right))
    case .distinct(let left, let right, let negated):
      kind = .distinct(one(left), one(right), negated: negated)
    case .isNull(let operand, let negated): kind = .isNull(one(operand), negated: negated)
    case .like(let operand, let pattern, let escape, let negated):
      kind = .like(one(operand), one(pattern), escape: escape.map(one), negated: negated)
    case .inList(let operand, let items, let negated):
      kind = .inList(one(operand), all(items), negated: negated)
    case .between(let operand, let low, let high, let negated):
      kind = .between(one(operand), one(low), one(high), negated: negated)
    case .choice(let branches, let otherwise):
      kind = .choice(
        branches.map { Branch(condition: one($0.condition), result: one($0.result)) }, otherwise.map(one))
    }
    return AthenaExpression(kind, at: span)
  }
}

extension AthenaOperand.Element {
  /// `contains(array, 'x')`.
  fileprivate func contains(
    _ path: FieldPath, _ wanted: AthenaExpression, _ reading: AthenaLowering, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaTruth {
    guard case .column(let type) = self else { throw reading.unreadable(expression) }
    var inner = reading
    inner.operands.variables.append(("element", AthenaOperands.operand(path, type)))
    let truth = try inner.compare(.equal, .name("element"), wanted, expression)
    return AthenaTruth(truth.isTrue, .failure(reading.unreadable(expression)))
  }
}

extension AthenaTruth {
  fileprivate func withFalse(_ isFalse: Result<Condition, Diagnostic>) -> AthenaTruth {
    AthenaTruth(isTrue, isFalse)
  }
}

extension Condition {
  /// Whether it asks one question, or any of several, each of values below `path`.
  fileprivate func isQuestion(of path: FieldPath) -> Bool {
    switch kind {
    case .always(let value): return !value
    case .test(let own, .sameAs(let other, _)): return own.begins(with: path) || other.begins(with: path)
    case .test(let own, _): return own.begins(with: path)
    case .any(let operands): return operands.allSatisfy { $0.isQuestion(of: path) }
    case .anywhere, .place, .not, .all: return false
    }
  }
}
