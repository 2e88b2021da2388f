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
      guard case .constant(.text(let value), let folded) = try operands.operand(arguments[1]) else { break }
      let asked = try operands.operand(arguments[0])
      if let truth = asked.constantTruth(.text(.prefix(value), .exact)) { return truth }
      guard case .text(let path, let letterCase) = asked else { break }
      if letterCase == .ignored, folded == nil, !LetterCase.lower(value).sameScalars(as: value) {
        return .never(path)
      }
      return .test(path, .text(.prefix(letterCase == .ignored ? folded ?? value : value), letterCase))
    case ("regexp_like", 2):
      guard case .string(let pattern) = arguments[1].kind else { break }
      let asked = try operands.operand(arguments[0])
      do throws(Diagnostic) {
        let regex = Atom.regex(try AthenaRegex.read(pattern, origin: nil))
        if let truth = asked.constantTruth(regex) { return truth }
        if case .text(let path, .exact) = asked { return .test(path, regex) }
      } catch {
        throw Diagnostic(
          error.code, error.message, in: operands.source, at: arguments[1].span,
          help: error.help)
      }
    case ("contains", 2):
      if case .texts(let items)? = operands.constant(arguments[0]) {
        let list = items.map { $0.map(AthenaExpression.string) ?? .null }
        return try truth(AthenaExpression(.inList(arguments[1], list, negated: false), at: expression.span))
      }
      if case .call("transform", let parts) = arguments[0].kind, parts.count == 2,
        case .lambda(let variable, let body) = parts[1].kind, arguments[1].namesNothing
      {
        // That the list of what a lambda makes has a value is that it makes it of some element.
        let question = AthenaExpression(.lambda(variable, body.equal(arguments[1])), at: parts[1].span)
        return try anyMatch([parts[0], question], expression)
      }
      if case .array(let path, let element) = try operands.operand(arguments[0]) {
        return try element.contains(path, arguments[1], self, expression)
      }
      if case .address = try operands.operand(arguments[1]) {
        throw beyond(
          expression,
          "`TRY_CAST` reads more texts as addresses than other platforms do: zones, digits of other scripts",
          help: AthenaIdioms.addressGuardHelp)
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

  /// `any_match(array, e -> …)`: some element answers yes to all that the body asks of it.
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
    // What is asked of the element is told from what is asked of all elements by a mark.
    marks += 1
    let marked = path.marked(marks)
    let operand: AthenaOperand =
      switch element {
      case .column(let type): AthenaOperands.operand(marked, type)
      case .json: .json(marked)
      }
    operands.variables.append((variable, operand))
    defer { operands.variables.removeLast() }
    let isTrue = try truth(body).isTrue
    guard case .success(let condition) = isTrue else { return AthenaTruth(isTrue, isTrue) }
    if condition.mayHoldWithoutValue(at: marked) {
      throw beyond(
        expression,
        "this may be true of an element that is NULL, which a rule takes for no element of `\(path.withoutMarks)`",
        help:
          "put `json_format(\(variable)) <> 'null' AND` before it, or `\(variable) IS NOT NULL AND` in a typed column"
      )
    }
    guard let some = condition.ofElement(marked, of: path, origin: expression.span) else {
      throw beyond(
        expression,
        "this asks several questions of one element of `\(path.withoutMarks)` and of other elements, which no condition can express",
        help: "`any_match` is read where what its body asks of the same array, it asks of the element")
    }
    if try spellsLoneValueAnew(expression, condition) {
      throw beyond(
        expression,
        "`json_extract` spells a number anew, `1.23456785E7` for `12345678.5`, so this is not the log's text",
        help: "ask `json_extract_scalar` of the whole path first: `COALESCE(json_extract_scalar(…) = …, …)`")
    }
    let failure = beyond(
      expression,
      "`NOT` of this is true of an empty array and unknown of a missing one, which are told apart here only",
      help: "write `NOT COALESCE(…, FALSE)`")
    return AthenaTruth(.success(some), .failure(failure))
  }
}

extension AthenaLowering {
  /// Whether an `any_match` asks a lone value that JSON text holds in the spelling of `json_extract`, and the question
  /// can tell.
  private func spellsLoneValueAnew(
    _ expression: AthenaExpression, _ condition: Condition
  ) throws(Diagnostic) -> Bool {
    guard !asksLoneValue, condition.tellsNumberSpellings, AthenaIdioms.loneQuestion(in: expression) != nil,
      case .call("any_match", let arguments) = expression.kind,
      let value = AthenaIdioms.elementsOrLone.match(arguments[0]),
      case .call("json_extract", let document) = value.kind,
      case .text = try operands.operand(document[0])
    else { return false }
    return true
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

extension AthenaOperand {
  /// What is asked of a value that depends on no row; `nil` of any other.
  fileprivate func constantTruth(_ atom: Atom) -> AthenaTruth? {
    switch self {
    case .constant(.null, _): .unknown
    case .constant(.text(let text), _): AthenaTruth(certain: .always(atom.holds(ofText: text)))
    default: nil
    }
  }
}

extension AthenaTruth {
  fileprivate func withFalse(_ isFalse: Result<Condition, Diagnostic>) -> AthenaTruth {
    AthenaTruth(isTrue, isFalse)
  }
}

extension Condition {
  /// Whether some question in it may be answered differently for a number that is spelled anew.
  fileprivate var tellsNumberSpellings: Bool {
    switch kind {
    case .always, .anywhere, .place: false
    case .test(_, let atom): atom.tellsNumberSpellings
    case .some(_, let operand), .not(let operand): operand.tellsNumberSpellings
    case .all(let operands), .any(let operands): operands.contains(where: \.tellsNumberSpellings)
    }
  }

  /// That an element of the array at `path` answers yes, which stands at `marked` in this condition; `nil` where other
  /// elements are asked as well, and no condition can tell them apart.
  fileprivate func ofElement(_ marked: FieldPath, of path: FieldPath, origin: Span?) -> Condition? {
    switch kind {
    case .any(let operands):
      let alternatives = operands.compactMap { $0.ofElement(marked, of: path, origin: origin) }
      return alternatives.count == operands.count ? .any(alternatives) : nil
    case .all(let operands):
      let own = operands.filter { $0.mentions(marked) }
      guard own.count < operands.count else { break }
      let others = operands.filter { !$0.mentions(marked) }
      return Condition.all(own).ofElement(marked, of: path, origin: origin).map { .all(others + [$0]) }
    case .test(let own, .sameAs(let other, let letterCase)):
      // The text of the element, and of any value.
      guard own.begins(with: marked) != other.begins(with: marked) else { break }
      let (one, two) = (own.replacing(marked, by: path), other.replacing(marked, by: path))
      return .test(one, .sameAs(two, letterCase), origin: self.origin)
    case .always(false): return self
    case .always, .test, .some, .anywhere, .place, .not: break
    }
    guard paths.allSatisfy({ $0.begins(with: marked) || $0.steps(beyond: path) == nil }) else { return nil }
    return .some(path, mapPaths { $0.replacing(marked, by: path) }, origin: origin)
  }

  private func mentions(_ path: FieldPath) -> Bool { paths.contains { $0.begins(with: path) } }
}

extension FieldPath {
  /// The path of one element of the array whose elements this path leads to: a step that no path has, and no other
  /// lambda of the statement.
  fileprivate func marked(_ number: Int) -> FieldPath { self + [.index(-1 - number)] }

  /// The path without what tells elements apart, as it is shown.
  fileprivate var withoutMarks: FieldPath {
    let steps = steps.filter { if case .index(let index) = $0 { index >= 0 } else { true } }
    return FieldPath(steps: steps) ?? self
  }

  fileprivate func replacing(_ base: FieldPath, by other: FieldPath) -> FieldPath {
    begins(with: base) ? other + Array(steps.dropFirst(base.steps.count)) : self
  }
}
