import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A `where` expression as a condition.
struct SplunkLowered {
  /// What holds where the expression is true.
  var condition: Condition
  /// Whether it is false wherever it is not true; otherwise it may be NULL there, and NOT of it means two things.
  var isTotal: Bool
}

// The `where` language as conditions. A comparison on a missing field is NULL, which keeps no event.
extension SplunkReader {
  mutating func lowered(_ expression: SplunkEval) throws(Diagnostic) -> SplunkLowered {
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

  /// Operands joined by AND; those that the writer makes two or three of are read as one.
  mutating func conjunction(_ operands: [SplunkEval], _ span: Span?) throws(Diagnostic) -> SplunkLowered {
    var parts: [Condition] = []
    var isTotal = true
    let outer = guarded
    defer { guarded = outer }
    for operand in operands {
      if case .call("isnotnull", let arguments) = operand.kind, let value = arguments.first,
        case .extracted(let path)? = binding(value)
      {
        guarded.insert(path)
      }
    }
    var index = 0
    while index < operands.count {
      if let same = sameAs(operands[index...]) {
        parts.append(same)
        index += 3
      } else if index + 1 < operands.count, let pair = try guardedPair(operands[index], operands[index + 1]) {
        parts.append(pair)
        isTotal = false
        index += 2
      } else {
        let part = try lowered(operands[index])
        isTotal = isTotal && part.isTotal
        parts.append(part.condition)
        index += 1
      }
    }
    return SplunkLowered(condition: .all(parts, origin: span), isTotal: isTotal)
  }

  private mutating func disjunction(
    _ operands: [SplunkEval], _ span: Span?
  ) throws(Diagnostic) -> SplunkLowered {
    var parts: [Condition] = []
    var isTotal = true
    var index = 0
    while index < operands.count {
      if index + 1 < operands.count, let falsy = falsy(operands[index], operands[index + 1]) {
        parts.append(falsy)
        index += 2
      } else if index + 1 < operands.count, let some = try elementOrNull(operands[index], operands[index + 1])
      {
        parts.append(some)
        isTotal = false
        index += 2
      } else {
        let part = try lowered(operands[index])
        isTotal = isTotal && part.isTotal
        parts.append(part.condition)
        index += 1
      }
    }
    return SplunkLowered(condition: .any(parts, origin: span), isTotal: isTotal)
  }

  /// `isnotnull(a) AND isnotnull(b) AND tostring(a)=tostring(b)`.
  private func sameAs(_ operands: ArraySlice<SplunkEval>) -> Condition? {
    let three = Array(operands.prefix(3))
    guard three.count == 3, case .comparison(.equal, let left, let right) = three[2].kind,
      let a = textOperand(left), let b = textOperand(right), a.letterCase == b.letterCase,
      isPresence(three[0], of: a.binding), isPresence(three[1], of: b.binding),
      case .single(let path, true) = a.binding, case .single(let other, true) = b.binding
    else { return nil }
    return .test(path, .sameAs(other, a.letterCase), origin: three[2].span)
  }

  private func textOperand(_ expression: SplunkEval) -> (binding: SplunkBindings, letterCase: LetterCase)? {
    guard case .call(let name, let arguments) = expression.kind, let argument = arguments.first else {
      return nil
    }
    if name == "lower" { return textOperand(argument).map { ($0.binding, .ignored) } }
    return name == "tostring" ? binding(argument).map { ($0, .exact) } : nil
  }

  private func isPresence(_ expression: SplunkEval, of wanted: SplunkBindings) -> Bool {
    guard case .call("isnotnull", let arguments) = expression.kind, let argument = arguments.first else {
      return false
    }
    return binding(argument) == wanted
  }

  /// A number or a network with the question of its spelling before it.
  private mutating func guardedPair(
    _ first: SplunkEval, _ second: SplunkEval
  ) throws(Diagnostic) -> Condition? {
    guard case .call("match", let arguments) = first.kind, arguments.count == 2,
      case .string(let regex) = arguments[1].kind
    else { return nil }
    let spellings = [SplunkAtoms.numberRegex, SplunkAtoms.v4Regex, SplunkAtoms.v6Regex]
    guard spellings.contains(where: { $0.sameScalars(as: regex) }) else { return nil }
    let asked = try lowered(second).condition
    switch asked.kind {
    case .test(let path, .number) where binding(arguments[0])?.path == path: return asked
    case .test(let path, .network) where binding(arguments[0])?.path == path: return asked
    case .always, .test, .anywhere, .place, .not, .all, .any: return nil
    }
  }

  /// `isnull(f) OR match(f, "^(?:|0|false)\\z")`.
  private func falsy(_ first: SplunkEval, _ second: SplunkEval) -> Condition? {
    guard case .call("isnull", let arguments) = first.kind, let value = arguments.first,
      case .single(let path, true)? = binding(value), SplunkAtoms.falsy(value) == .any([first, second])
    else { return nil }
    return .not(.test(path, .truthy, origin: second.span))
  }

  /// The two halves of a question whose answer for the text `null` is yes.
  private mutating func elementOrNull(
    _ first: SplunkEval, _ second: SplunkEval
  ) throws(Diagnostic) -> Condition? {
    guard let filtered = first.filtered, case .all(let operands) = filtered.kind,
      let notNull = operands.first,
      case .comparison(.notEqual, let value, let null) = notNull.kind, null == .string("null"),
      case .elements(let path)? = binding(value), let other = second.filtered,
      case .comparison(.equal, let quoted, let text) = other.kind, text == .string("\"null\""),
      binding(quoted) == .quotedElements(path)
    else { return nil }
    return try element(Array(operands.dropFirst()), path, takesNull: true, first.span)
  }

  /// What holds of some element: one question, or one of several.
  mutating func element(
    _ operands: [SplunkEval], _ path: FieldPath, takesNull: Bool, _ span: Span?
  ) throws(Diagnostic) -> Condition {
    let outer = bindings
    defer { bindings = outer }
    // Within `mvfilter` the field stands for one element, a text.
    for name in operands.flatMap(\.fields) {
      bindings[ScalarText(name)] = .single(path, booleansAsText: true)
    }
    var condition = try conjunction(operands, span).condition
    if operands.count == 1, let value = operands[0].truthyValue, binding(value)?.path == path {
      condition = .test(path, .truthy, origin: span)
    }
    if !condition.isOneQuestion(of: path) { throw .splunkUnread("this `mvfilter`", span) }
    if condition.accepts("null") != takesNull { throw .splunkNullElements(path, span) }
    return condition
  }
}

extension SplunkEval {
  /// The field of `if(match(field, "^(?:|0|false)\\z"), 1, 0)=0`.
  fileprivate var truthyValue: SplunkEval? {
    guard case .comparison(.equal, let chosen, _) = kind, case .call("if", let arguments) = chosen.kind,
      case .call("match", let matched)? = arguments.first?.kind, let value = matched.first,
      self == .negation(.match(value, SplunkAtoms.falsyRegex))
    else { return nil }
    return value
  }

  /// The condition of `mvcount(mvfilter(…))>0`.
  var filtered: SplunkEval? {
    guard case .comparison(.greater, let left, let right) = kind, right == .number("0"),
      case .call("mvcount", let counted) = left.kind, let inner = counted.first,
      case .call("mvfilter", let arguments) = inner.kind, let condition = arguments.first
    else { return nil }
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
    case .always, .anywhere, .place, .not, .all: false
    }
  }

  /// Whether the condition, on one field, holds of an event that has just this text there.
  func accepts(_ text: String) -> Bool {
    let value = FieldPath("value")
    let event = Event(Value.Object([Value.Object.Member("value", .string(text))]))
    return mapPaths { _ in value }.holds(of: event)
  }
}
