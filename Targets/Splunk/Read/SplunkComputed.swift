import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Fields that the search computes. A question about one is that question about the expression that it holds, and about
// each value that `if`, `case` or `coalesce` may choose.

extension SplunkReader {
  /// Sets a field. What was computed from what it held before cannot be asked about any more.
  mutating func set(_ name: String, _ binding: SplunkBinding, _ operand: Operand? = nil) {
    for (other, held) in bindings {
      if case .expression(let expression) = held,
        expression.fields.contains(where: { $0.sameScalars(as: name) })
      {
        bindings[other] = .computed
      }
    }
    bindings[ScalarText(name)] = binding
    computed[ScalarText(name)] = operand
  }

  /// What a field holds that is given an expression.
  func held(_ expression: SplunkEval, as name: String) -> SplunkBinding {
    if let binding = binding(expression) { return binding }
    let written = writtenOut(expression)
    // A field that is computed from what it held itself stands for two values.
    let isOpen = written.fields.contains { $0.sameScalars(as: name) || SplunkPlaces.fact($0) != nil }
    return isOpen || !written.isChosen ? .computed : .expression(written)
  }

  /// The expression with what the search computed in the place of its fields.
  func writtenOut(_ expression: SplunkEval) -> SplunkEval {
    expression.replacingFields { name in
      if case .expression(let held)? = bindings[ScalarText(name)] { held } else { nil }
    }
  }

  /// Whether a question names a field that was computed and can be asked about.
  func asksOfComputed(_ question: SplunkEval) -> Bool {
    question.fields.contains { if case .expression? = bindings[ScalarText($0)] { true } else { false } }
  }

  /// A question about a value that is chosen among several; `nil` of any other.
  mutating func chosen(
    _ value: SplunkEval, question: (SplunkEval) -> SplunkEval
  ) throws(Diagnostic) -> SplunkLowered? {
    guard let alternatives = try alternatives(of: value) else { return nil }
    var parts: [Condition] = []
    for (condition, value) in alternatives {
      parts.append(.all([condition, try lowered(question(value)).condition]))
    }
    return SplunkLowered(condition: .any(parts), isTotal: false)
  }

  /// The values that may be chosen, and when each is; `nil` of a value that is not chosen. Where none is, it is NULL.
  ///
  /// A condition that is NULL is none that is true (Search Reference, "case" and "if").
  mutating func alternatives(
    of value: SplunkEval
  ) throws(Diagnostic) -> [(condition: Condition, value: SplunkEval)]? {
    guard case .call(let name, let arguments) = value.kind else { return nil }
    var (result, rest): ([(condition: Condition, value: SplunkEval)], Condition) = ([], .always(true))
    switch (name, arguments.count) {
    case ("if", 3):
      let isTaken = try lowered(arguments[0]).condition
      return [(isTaken, arguments[1]), (.not(isTaken), arguments[2])]
    case ("case", 2...) where arguments.count.isMultiple(of: 2):
      for index in stride(from: 0, to: arguments.count, by: 2) {
        let isTaken = try lowered(arguments[index]).condition
        result.append((.all([rest, isTaken]), arguments[index + 1]))
        rest = .all([rest, .not(isTaken)])
      }
      return result
    case ("coalesce", 1...):
      for argument in arguments {
        result.append((rest, argument))
        if argument.isConstant { break }
        rest = .all([rest, try lowered(SplunkEval(.call("isnull", [argument]), at: argument.span)).condition])
      }
      return result
    case ("lower", 1), ("tostring", 1):
      return try alternatives(of: arguments[0])?.map { ($0.condition, .call(name, $0.value)) }
    default: return nil
    }
  }

  /// Keeps the events of which the search computed a value. Throws where that is not one of several constants.
  mutating func keepWhereKnown(_ value: SplunkEval, _ span: Span?) throws(Diagnostic) {
    if value.isConstant { return }
    guard let alternatives = try alternatives(of: value), alternatives.allSatisfy(\.value.isConstant) else {
      throw .splunkComputed(SplunkPrinter.inline(value), span)
    }
    keep(.any(alternatives.map(\.condition), origin: span))
  }

  /// `field=value` in `search` of a field that the search computed: letter case is ignored, `*` is a wildcard.
  mutating func searched(
    _ value: SplunkEval, _ wanted: SplunkSearchValue, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    if let alternatives = try alternatives(of: value) {
      var parts: [Condition] = []
      for (condition, value) in alternatives {
        parts.append(.all([condition, try searched(value, wanted, span)]))
      }
      return .any(parts, origin: span)
    }
    switch value.kind {
    case .string(let text):
      let letterCase: LetterCase = wanted.isCased ? .exact : .ignored
      return .always(SplunkWildcards.pattern(wanted.text).matches(text, letterCase), origin: span)
    case .number(let text) where text.allBytes(\.isDigit) && Int(text).map(String.init) == text:
      // A whole number is the text of its digits.
      return .always(SplunkWildcards.pattern(wanted.text).matches(text, .exact), origin: span)
    case .call("lower", let arguments) where arguments.count == 1 && !wanted.isCased:
      return try searched(arguments[0], wanted, span)
    default:
      let side = try operand(value)
      return try equality(side.path, wanted, span)
    }
  }
}

extension SplunkEval {
  /// Whether it is a value of the event or a literal, one of several such, or one in lower case: what can be asked about.
  fileprivate var isChosen: Bool {
    switch kind {
    case .string, .number, .field: true
    case .call("lower", let arguments), .call("tostring", let arguments), .call("tonumber", let arguments):
      arguments.count == 1 && arguments[0].isChosen
    case .call("coalesce", let arguments): arguments.allSatisfy(\.isChosen)
    case .call("if", let arguments): arguments.count == 3 && arguments.dropFirst().allSatisfy(\.isChosen)
    case .call("case", let arguments):
      stride(from: 1, to: arguments.count, by: 2).allSatisfy { arguments[$0].isChosen }
    case .call, .not, .all, .any, .exclusive, .comparison, .membership, .like, .arithmetic: false
    }
  }

  /// Whether it is a text or a number.
  var isConstant: Bool {
    switch kind {
    case .string, .number: true
    case .field, .call, .not, .all, .any, .exclusive, .comparison, .membership, .like, .arithmetic: false
    }
  }

  /// The expression with others in the place of the fields that `change` has another for.
  func replacingFields(_ change: (String) -> SplunkEval?) -> SplunkEval {
    func one(_ operand: SplunkEval) -> SplunkEval { operand.replacingFields(change) }
    let kind: Kind
    switch self.kind {
    case .string, .number: return self
    case .field(let name): return change(name) ?? self
    case .call(let name, let operands): kind = .call(name, operands.map(one))
    case .not(let operand): kind = .not(one(operand))
    case .all(let operands): kind = .all(operands.map(one))
    case .any(let operands): kind = .any(operands.map(one))
    case .exclusive(let left, let right): kind = .exclusive(one(left), one(right))
    case .comparison(let operation, let left, let right): kind = .comparison(operation, one(left), one(right))
    case .membership(let value, let list): kind = .membership(one(value), list.map(one))
    case .like(let value, let pattern): kind = .like(one(value), one(pattern))
    case .arithmetic(let operation, let left, let right): kind = .arithmetic(operation, one(left), one(right))
    }
    return SplunkEval(kind, at: span)
  }
}
