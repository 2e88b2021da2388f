import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A `where` expression as a condition.
struct SplunkLowered {
  /// What holds where the expression is true.
  var condition: Condition
  /// Whether it is false wherever it is not true; otherwise it may be NULL there, and NOT of it means two things.
  var isTotal: Bool
}

// The `where` language as conditions. A comparison on a missing field is NULL, which keeps no event.
extension SplunkReader {
  mutating func lowered(_ asked: SplunkEval) throws(Diagnostic) -> SplunkLowered {
    let expression = asksOfComputed(asked) ? writtenOut(asked) : asked
    switch expression.kind {
    case .not(let operand):
      let inner = try lowered(operand)
      if !inner.isTotal { throw .splunkNotOfNull(expression.span) }
      return SplunkLowered(condition: .not(inner.condition, origin: expression.span), isTotal: true)
    case .all(let operands): return try conjunction(operands, expression.span)
    case .any(let operands): return try disjunction(operands, expression.span)
    case .exclusive(let left, let right):
      let (a, b) = (try lowered(left), try lowered(right))
      if !a.isTotal || !b.isTotal { throw .splunkNotOfNull(expression.span) }
      let one = Condition.all([a.condition, .not(b.condition)])
      return SplunkLowered(
        condition: .any([one, .all([.not(a.condition), b.condition])], origin: expression.span), isTotal: true
      )
    case .comparison(let operation, let left, let right):
      return try comparison(operation, left, right, expression.span)
    case .membership(let value, let list): return try membership(value, list, expression.span)
    case .like(let value, let pattern): return try like(value, pattern, expression.span)
    case .call(let name, let arguments): return try call(name, arguments, expression.span)
    case .string, .number, .field, .arithmetic: throw .splunkNotBoolean(expression.span)
    }
  }

  /// Operands joined by AND.
  mutating func conjunction(_ operands: [SplunkEval], _ span: Span?) throws(Diagnostic) -> SplunkLowered {
    let outer = guarded
    defer { guarded = outer }
    for operand in operands {
      if let value = operand.argument(of: "isnotnull"), case .extracted(let path)? = binding(value) {
        guarded.insert(path)
      }
    }
    let parts = try readOperands(
      operands, form: { (operands) throws(Diagnostic) in try conjunctiveForm(operands) },
      one: { (operand) throws(Diagnostic) in try lowered(operand) })
    return SplunkLowered(
      condition: .all(parts.map(\.condition), origin: span), isTotal: parts.allSatisfy(\.isTotal))
  }

  private mutating func disjunction(
    _ operands: [SplunkEval], _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    let parts = try readOperands(
      operands, form: { (operands) throws(Diagnostic) in try disjunctiveForm(operands) },
      one: { (operand) throws(Diagnostic) in try lowered(operand) })
    return SplunkLowered(
      condition: .any(parts.map(\.condition), origin: span), isTotal: parts.allSatisfy(\.isTotal))
  }

  /// Two or three operands of AND that ask one question.
  private mutating func conjunctiveForm(_ operands: [SplunkEval]) throws(Diagnostic) -> SplunkLowered? {
    let (joined, span) = (SplunkEval.all(operands), operands.last?.span)
    if let asked = SplunkIdioms.sameText.match(joined),
      case .single(let path, booleansAsText: true)? = binding(asked.left),
      case .single(let other, booleansAsText: true)? = binding(asked.right)
    {
      return SplunkLowered(
        condition: .test(path, .sameAs(other, asked.letterCase), origin: span), isTotal: true)
    }
    if let asked = SplunkIdioms.number.match(joined), binding(asked.text)?.path != nil {
      let path = try operand(asked.text).path
      return SplunkLowered(
        condition: .test(path, .number(asked.comparison, asked.bound), origin: span), isTotal: false)
    }
    if let asked = SplunkIdioms.network.match(joined), binding(asked.text)?.path != nil {
      let path = try operand(asked.text).path
      return SplunkLowered(
        condition: .test(path, .network(asked.network), origin: span), isTotal: false)
    }
    return nil
  }

  /// Two operands of OR that ask one question.
  private mutating func disjunctiveForm(_ operands: [SplunkEval]) throws(Diagnostic) -> SplunkLowered? {
    let (joined, span) = (SplunkEval.any(operands), operands.last?.span)
    if let value = SplunkIdioms.falsy.match(joined),
      case .single(let path, booleansAsText: true)? = binding(value)
    {
      return SplunkLowered(
        condition: .not(.test(path, .truthy, origin: span)), isTotal: true)
    }
    if let asked = SplunkIdioms.nullQuestion.match(joined),
      case .elements(let path)? = binding(asked.elements), binding(asked.quoted) == .quotedElements(path)
    {
      return SplunkLowered(
        condition: try element(asked.question, path, takesNull: true, span), isTotal: false)
    }
    return nil
  }

  /// What holds of some element: one question, or one of several.
  mutating func element(
    _ question: SplunkEval, _ path: FieldPath, takesNull: Bool, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let outer = bindings
    defer { bindings = outer }
    // Within `mvfilter` the field stands for one element, a text.
    for name in question.fields { bindings[ScalarText(name)] = .single(path, booleansAsText: true) }
    var condition = try conjunction(question.conjuncts, span).condition
    if let asked = SplunkIdioms.truth.match(question), !asked.isAsked,
      let value = SplunkIdioms.falsyText.match(asked.condition), binding(value)?.path == path
    {
      condition = .test(path, .truthy, origin: span)
    }
    if !condition.isOneQuestion(of: path) { throw .splunkUnread("this `mvfilter`", span) }
    if condition.accepts("null") != takesNull { throw .splunkNullElements(path, span) }
    return condition
  }
}

extension Condition {
  /// Whether "some value answers yes" is the same of the condition and of its one question, or questions joined
  /// by `any`.
  fileprivate func isOneQuestion(of path: FieldPath) -> Bool {
    switch kind {
    case .test(let own, _): own == path
    case .any(let operands): operands.allSatisfy { $0.isOneQuestion(of: path) }
    case .always, .some, .anywhere, .place, .not, .all: false
    }
  }

  /// Whether the condition, on one field, holds of an event that has just this text there.
  func accepts(_ text: String) -> Bool {
    let value = FieldPath("value")
    let event = Event(Value.Object([Value.Object.Member("value", .string(text))]))
    return mapPaths { _ in value }.holds(of: event)
  }
}
