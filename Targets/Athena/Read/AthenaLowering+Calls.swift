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
    // Two variables of one path cannot be told apart in a condition.
    for outer in operands.variables where outer.operand.path?.canonical == path.canonical {
      sharedArrays.insert(path.canonical)
    }
    operands.variables.append((variable, operand))
    defer { operands.variables.removeLast() }
    let isTrue = try truth(body).isTrue
    guard case .success(let condition) = isTrue else { return AthenaTruth(isTrue, isTrue) }
    // All that the body asks of the variable alone is asked of one element; anything else may be of another.
    let isOfOne = body.isAbout(variable) && !sharedArrays.contains(path.canonical)
    guard isOfOne || (condition.isQuestion(of: path) && !body.compares(variable)) else {
      throw beyond(
        expression,
        "this asks several questions of one element of `\(path)` and of other values, which no condition can express",
        help: "`any_match` is read where its body is about the element alone, or asks one question of it")
    }
    if isOfOne, condition.mayHoldWithoutValue(at: path) {
      throw beyond(
        expression,
        "this may be true of an element that is NULL, which a rule takes for no element of `\(path)`",
        help:
          "put `json_format(\(variable)) <> 'null' AND` before it, or `\(variable) IS NOT NULL AND` in a typed column"
      )
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
    let some = isOfOne ? Condition.some(path, condition, origin: expression.span) : condition
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

  /// Whether it asks one question, or any of several, each of values below `path`.
  fileprivate func isQuestion(of path: FieldPath) -> Bool {
    switch kind {
    case .always(let value): return !value
    case .test(let own, .sameAs(let other, _)): return own.begins(with: path) || other.begins(with: path)
    case .test(let own, _): return own.begins(with: path)
    case .any(let operands): return operands.allSatisfy { $0.isQuestion(of: path) }
    case .some, .anywhere, .place, .not, .all: return false
    }
  }
}

extension AthenaExpression {
  /// Whether no name stands in it but the variable's, and those of lambdas within.
  fileprivate func isAbout(_ variable: String, besides bound: [String] = []) -> Bool {
    switch kind {
    case .name(let name):
      return ([variable] + bound).contains { AthenaLiteral.isSameName($0, name) }
    case .lambda(let own, let body): return body.isAbout(variable, besides: bound + [own])
    default:
      var isAbout = true
      forEachOperand { isAbout = isAbout && $0.isAbout(variable, besides: bound) }
      return isAbout
    }
  }
}

extension AthenaOperand {
  /// The path of a value of the event; `nil` of any other.
  fileprivate var path: FieldPath? {
    switch self {
    case .constant: nil
    case .text(let path, _), .upper(let path), .start(let path, _, _), .typed(let path, _),
      .rounded(let path),
      .number(let path), .address(let path), .json(let path), .formatted(let path), .place(let path, _, _),
      .array(let path, _), .structure(let path, _), .map(let path, _):
      path
    }
  }
}
