import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Whether expressions and values are true.
extension PythonEvaluator {
  /// Whether an expression is true.
  mutating func truth(
    _ expression: PythonExpression, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonTruth {
    try enter(expression.span)
    defer { leave() }
    switch expression.kind {
    case .not(let operand): return try truth(operand, &frame).negated
    case .and(let operands):
      return try some(operands, of: \.negated, &frame).negated
    case .or(let operands):
      return try some(operands, of: \.self, &frame)
    case .comparison(let first, let steps):
      var result = PythonTruth(.always(true))
      var left = try value(first, &frame)
      for step in steps {
        let right = try value(step.operand, &frame)
        let one = try compare(left, step.sign, right, expression.span)
        result = and(result, one)
        left = right
      }
      return result
    case .none, .boolean, .number, .string, .ellipsis, .bytes, .name, .formatted, .list, .tuple, .set,
      .dictionary, .attribute, .element, .slice, .call, .sign, .operation, .choice, .assigned, .lambda,
      .comprehension, .other:
      return try truth(of: try value(expression, &frame), expression.span)
    }
  }

  /// That one of the operands is true, or one of their opposites; those behind one that surely is are not looked at.
  private mutating func some(
    _ operands: [PythonExpression], of part: KeyPath<PythonTruth, PythonTruth>, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonTruth {
    var truths: [PythonTruth] = []
    for operand in operands {
      truths.append(try truth(operand, &frame)[keyPath: part])
      if truths[truths.count - 1].yes.isTrue { break }
    }
    return some(truths, isLazy: true)
  }

  /// Whether a value is true.
  mutating func truth(of cases: PythonCases, _ span: Span) throws(Diagnostic) -> PythonTruth {
    if cases.others.isEmpty { return PythonTruth(yes: cases.yes, no: cases.no, isTotal: cases.isTotal) }
    // A default that is true tells null, which is false, from an absent field.
    if let field = cases.defaultedField,
      tellsNull(of: cases, { (evaluator, value) throws(Diagnostic) in try evaluator.truth(of: value, span) })
    {
      assumeNull(field, span)
    }
    return try ask(cases) { (evaluator, value) throws(Diagnostic) in try evaluator.truth(of: value, span) }
  }

  /// Whether one value is true.
  mutating func truth(of value: PythonValue, _ span: Span) throws(Diagnostic) -> PythonTruth {
    switch value {
    case .none: return PythonTruth(.always(false))
    case .boolean(let value): return PythonTruth(.always(value))
    case .number(let number): return PythonTruth(.always(number.double != 0))
    case .text(let text): return PythonTruth(.always(!text.isEmpty))
    case .sequence(_, let members): return PythonTruth(.always(!members.isEmpty))
    case .dictionary(let entries): return PythonTruth(.always(!entries.isEmpty))
    case .match, .event, .function, .lambda, .bound, .module, .type, .regex, .network:
      return PythonTruth(.always(true))
    case .known(let name): throw refusal(.outside("`\(name)`", span, in: source))
    case .method(_, let name): throw refusal(.notRead("the attribute `\(name)`", span, in: source))
    case .object: throw refusal(.notRead("whether an object is true", span, in: source))
    case .field(let field): return try truth(of: field, span)
    case .elements(let made): return PythonTruth(try some(made, made.guarded, span))
    case .count(let made): return try count(made, .greaterOrEqual, Number(1), span)
    case .length(let field):
      // A text has one part at least.
      if case .parts? = field.changes.last { return PythonTruth(.always(true)) }
      return try truth(of: PythonField(path: field.path), span)
    case .address, .parts: return PythonTruth(.always(true))
    case .made(let parts):
      // A constant part that is not empty makes the whole true.
      for part in parts {
        if case .text(let text)? = part.single, !text.isEmpty { return PythonTruth(.always(true)) }
      }
      throw refusal(.madeText("whether a text made of several is empty is not read", span, in: source))
    case .opaque(let why): throw why
    }
  }

  /// Whether a field's value is true: by its kind.
  private mutating func truth(of field: PythonField, _ span: Span) throws(Diagnostic) -> PythonTruth {
    if field.changes.contains(.number) { return PythonTruth(try fieldTest(field, .notNumber(0), span)) }
    if !field.changes.isEmpty {
      if field.changes == [.text], kinds.at(field.path).kinds.isDisjoint(with: .text),
        !kinds.at(field.path).kinds.isEmpty
      {
        return PythonTruth(.always(true))
      }
      return PythonTruth(.not(try fieldTest(field, .equals(""), span)))
    }
    let (kinds, _) = try shape(field, span)
    switch kinds {
    case .text, .boolean, .number: assume(field, kinds, span)
    default:
      notes.add(
        .assumedTruth(field.path, kinds, span, in: source), key: "truth \(field.path.shown)",
        kindOf: field.path)
    }
    switch kinds {
    case .text:
      return PythonTruth(
        logic.and(.test(field.path, .present), .not(.test(field.path, .text(.equals(""), .exact)))))
    case .object, .array: return PythonTruth(.test(field.path, .present))
    default: return PythonTruth(.test(field.path, .truthy))
    }
  }
}

// What the fixtures show of fields.
extension PythonEvaluator {
  /// The kinds that a field has in the fixtures. Throws where an array stands on the way.
  mutating func shape(
    _ field: PythonField, _ span: Span
  ) throws(Diagnostic) -> (kinds: PythonKinds.Kinds, passesArray: Bool) {
    let found = kinds.at(field.path)
    if found.passesArray, !field.isWalk, !field.isPastArrays {
      throw refusal(
        .kindNotKnown(field.path, "the fixtures have an array on the way to it", span, in: source))
    }
    return found
  }

  /// Whether the field is an array in fixtures, of which it is told whether it is there without elements.
  func tellsEmpty(_ field: PythonField) -> Bool {
    tellsArrays && !field.isWalk && !field.path.isLoopValue && kinds.at(field.path).kinds.contains(.array)
  }

  /// There is a value, or an array without one.
  func isThere(_ path: FieldPath) -> Condition { .any([.test(path, .present), .test(path, .array)]) }

  /// That a field which is a text or an array is a text; `nil` where that is not told.
  func isNoArray(_ field: PythonField) -> Condition? {
    guard field.changes.isEmpty, tellsEmpty(field), kinds.at(field.path).kinds.contains(.text) else {
      return nil
    }
    return .not(.test(field.path, .array))
  }

  /// Says once of a path what it is taken to be.
  mutating func assume(_ field: PythonField, _ kinds: PythonKinds.Kinds, _ span: Span) {
    if field.changes.first == .compared { return }
    let shown = self.kinds.at(field.path).kinds
    let words = shown.isEmpty ? kinds : shown
    if words.isEmpty { return }
    notes.add(
      .assumedKind(field.path, words, isShown: !shown.isEmpty, span, in: source),
      key: "kind \(field.path.shown)", kindOf: field.path)
  }

  /// Says once of a path that its numbers are taken to be whole.
  mutating func assumeWhole(_ path: FieldPath, _ span: Span) {
    notes.add(.assumedWhole(path, span, in: source), key: "whole \(path.shown)")
  }

  /// Says once of a path what its texts are taken not to be.
  mutating func assumeText(_ path: FieldPath, _ what: PythonTextAssumption, _ span: Span) {
    notes.add(.assumedText(path, what, span, in: source), key: "text \(what) \(path)")
  }

  /// Says once of a path that null is taken as absent, of all paths in one note, which stands where the first is asked.
  mutating func assumeNull(_ field: PythonField, _ span: Span) {
    if field.isNullAbsent { return }
    notes.addNull(field.path, span, in: source)
  }

  /// Says what is taken of a key where it is asked whether it is there: null is none, and neither is an array without
  /// elements, where it may be one.
  mutating func assumeThere(_ field: PythonField, _ span: Span) {
    let shown = kinds.at(field.path).kinds
    if shown.contains(.array) {
      notes.add(.assumedEmpty(field.path, span, in: source), key: "empty \(field.path)")
      return
    }
    assumeNull(field, span)
    let note: Diagnostic =
      shown.isEmpty
      ? .assumedNoArray(field.path, span, in: source)
      : .assumedKind(field.path, shown, isShown: true, span, in: source)
    notes.addKind(field.path, hasMembers: false, note)
  }
}
