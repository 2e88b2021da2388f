import ConcordDetection
import ConcordDiagnostics

// `x if isinstance(x, list) else [x]`: what `deep_walk` finds as a list, whether it is one value or several.
extension PythonEvaluator {
  /// The list that an expression makes of a name's value so; `nil` where that is not what it does.
  mutating func listed(
    _ condition: PythonExpression, _ then: PythonExpression, _ other: PythonExpression,
    _ span: Span, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases? {
    let (test, isDenied) = condition.denied
    let (whole, alone) = isDenied ? (other, then) : (then, other)
    guard case .name(let name) = whole.kind, alone.isListOf(name), isListTest(test, of: name, &frame),
      let value = frame.names[name]?.value
    else { return nil }
    return try listed(value, span)
  }

  /// The name to which a branch gives the list of its value where it is none, and that list: `if not isinstance(x, list):
  /// x = [x]`; `nil` where that is not what it does.
  mutating func listed(
    _ condition: PythonExpression, _ then: [PythonStatement], _ other: [PythonStatement],
    _ span: Span, _ frame: inout PythonFrame
  ) throws(Diagnostic) -> (name: String, list: PythonCases)? {
    let (test, isDenied) = condition.denied
    guard isDenied, other.isEmpty, then.count == 1, case .assignment(let targets, let value) = then[0].kind,
      targets.count == 1, case .name(let name) = targets[0].kind, value.isListOf(name),
      isListTest(test, of: name, &frame), let old = frame.names[name]?.value, let list = try listed(old, span)
    else { return nil }
    return (name, list)
  }

  /// Whether an expression is `isinstance(name, list)`, of Python's own function and type.
  private mutating func isListTest(
    _ test: PythonExpression, of name: String, _ frame: inout PythonFrame
  ) -> Bool {
    guard case .call(let function, let arguments) = test.kind, arguments.count == 2,
      arguments.allSatisfy({ $0.name == nil && $0.stars.isEmpty }), case .name(name) = arguments[0].value.kind
    else { return false }
    for (own, known) in [(function, "isinstance"), (arguments[1].value, "list")] {
      guard case .name = own.kind, case .known(known)? = try? valueOrOpaque(own, &frame).single else {
        return false
      }
    }
    return true
  }

  /// The list; `nil` where no case is what `deep_walk` finds in arrays, of which alone it is not told whether it is one.
  private mutating func listed(_ cases: PythonCases, _ span: Span) throws(Diagnostic) -> PythonCases? {
    let isWalk = cases.others.contains { other in
      if case .field(let field) = other.value {
        field.isWalk && kinds.at(field.path).passesArray
      } else {
        false
      }
    }
    guard isWalk else { return nil }
    return try map(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .sequence(.list, _), .opaque: return PythonCases(value)
      case .none: return PythonCases(.sequence(.list, [PythonCases(value)]))
      case .field(let field) where field.isWalk && !field.isFilled && field.changes.isEmpty:
        let found = evaluator.kinds.at(field.path)
        // A value twice is found once, which changes nothing of what is asked of some.
        guard found.passesArray, !found.kinds.isEmpty,
          PythonKinds.Kinds([.text, .number, .boolean]).isSuperset(of: found.kinds),
          let scope = evaluator.loopValue(of: field.path)
        else { break }
        evaluator.assume(field, found.kinds, span)
        let element = PythonField(path: scope, isNullAbsent: true, isPastArrays: true)
        return PythonCases(
          .elements(
            PythonElements(scopes: [scope], guarded: .always(true), item: PythonCases(.field(element)))))
      default: break
      }
      return PythonCases(
        .opaque(evaluator.refusal(.notRead("a list of \(value.words)", span, in: evaluator.source))))
    }
  }
}

extension PythonExpression {
  /// The expression without `not`, and whether that stands before it.
  fileprivate var denied: (PythonExpression, Bool) {
    if case .not(let operand) = kind { (operand, true) } else { (self, false) }
  }

  /// Whether it is `[name]`.
  fileprivate func isListOf(_ name: String) -> Bool {
    guard case .list(let items) = kind, items.count == 1, !items[0].isSpread else { return false }
    if case .name(name) = items[0].value.kind { return true } else { return false }
  }
}
