import ConcordDetection
import ConcordDiagnostics

// Loops over literals, which are unrolled, and over arrays of the event, of which one element stands for all.
extension PythonEvaluator {
  /// That the condition holds of some of the elements.
  mutating func some(
    _ made: PythonElements, _ condition: Condition, _ span: Span
  ) throws(Diagnostic) -> Condition {
    var condition = condition
    for scope in made.scopes.reversed() { condition = try some(scope, condition, span) }
    return condition
  }

  /// That the condition holds of some element of an array. What is not about the element stands beside.
  private mutating func some(
    _ scope: FieldPath, _ condition: Condition, _ span: Span
  ) throws(Diagnostic) -> Condition {
    guard condition.mentions(scope) else {
      return logic.and(condition, .test(scope.outOfLoop(scope), .present, origin: place(span)))
    }
    switch condition.kind {
    case .any(let operands):
      var any: [Condition] = []
      for operand in operands { any.append(try some(scope, operand, span)) }
      return logic.or(any)
    case .all(let operands):
      let own = operands.filter { $0.mentions(scope) }
      return logic.and(
        operands.filter { !$0.mentions(scope) } + [try quantified(scope, logic.and(own), span)])
    case .always, .test, .some, .anywhere, .place, .not: return try quantified(scope, condition, span)
    }
  }

  /// That the condition, all of which is about the element, holds of some element. Throws where it asks something of the
  /// array besides, which is not the element.
  private mutating func quantified(
    _ scope: FieldPath, _ condition: Condition, _ span: Span
  ) throws(Diagnostic) -> Condition {
    // The values that a function of our own gives are asked one question.
    if !scope.isLoopValue {
      guard case .test(_, let atom) = condition.kind else {
        throw refusal(.oneElement(scope, span, in: source))
      }
      if case .sameAs(let other, _) = atom, other.begins(with: scope) {
        throw refusal(.oneElement(scope, span, in: source))
      }
      return condition
    }
    let path = scope.outOfLoop(scope)
    let others = condition.paths.filter { !$0.begins(with: scope) }
    if others.contains(where: { $0.steps(beyond: path) != nil }) {
      throw refusal(.oneElement(path, span, in: source))
    }
    let operand = condition.mapPaths { $0.outOfLoop(scope) }
    let made = Condition.some(path, operand, origin: place(span))
    if case .some = made.kind, operand.mayHoldWithoutValue(at: path) {
      notes.add(.assumedNull([path], span, in: source), key: "null \(path.shown)")
    }
    return made
  }

  /// `any` or `all` of what was collected.
  mutating func quantified(
    _ cases: PythonCases, isAll: Bool, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    let truth = try ask(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .sequence(let form, let members):
        var truths: [PythonTruth] = []
        for member in members { truths.append(try evaluator.truth(of: member, span)) }
        return evaluator.some(truths.map { isAll ? $0.negated : $0 }, isLazy: form == .lazy)
      case .elements(let made):
        var truth = try evaluator.truth(of: made.item, span)
        if isAll { truth = truth.negated }
        if !truth.isTotal { evaluator.assumeElements(made.scope, span) }
        return PythonTruth(try evaluator.some(made, evaluator.logic.and(made.guarded, truth.yes), span))
      case .field:
        let collected = try evaluator.collected(PythonCases(value), .list, span)
        let truth = try evaluator.quantified(collected, isAll: isAll, span)
        return isAll ? truth.negated : truth
      case .opaque(let why): throw why
      case .none, .boolean, .number: return .raising
      default: throw evaluator.refusal(.notRead("`any` of \(value.words)", span, in: evaluator.source))
      }
    }
    return isAll ? truth.negated : truth
  }

  /// That one is true. In a list each is evaluated, so one that raises decides.
  mutating func some(_ truths: [PythonTruth], isLazy: Bool) -> PythonTruth {
    if truths.allSatisfy(\.isTotal) { return PythonTruth(logic.or(truths.map(\.yes))) }
    var result = PythonTruth(.always(false))
    for truth in truths { result = or(result, truth) }
    if isLazy || result.isTotal { return result }
    for truth in truths where !truth.isTotal {
      let covered = logic.or(truth.yes, truth.no)
      result = PythonTruth(
        yes: logic.and(covered, result.yes), no: logic.and(covered, result.no), isTotal: false)
    }
    return result
  }

  mutating func assumeElements(_ scope: FieldPath, _ span: Span) {
    notes.add(.assumedElements(scope, span, in: source), key: "elements")
  }

  /// The members of what is iterated: a display of that form, or the elements of an array.
  mutating func collected(
    _ cases: PythonCases, _ form: PythonValue.Form, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if let field = cases.defaultedField { assumeNull(field, span) }
    return try map(cases) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .sequence(_, let members): return PythonCases(.sequence(form, members))
      case .elements, .opaque: return PythonCases(value)
      case .dictionary(let entries): return PythonCases(.sequence(form, entries.map { PythonCases($0.key) }))
      case .text(let text):
        return PythonCases(.sequence(form, text.unicodeScalars.map { PythonCases(.text(String($0))) }))
      case .field(let field) where field.changes.isEmpty:
        let kinds = evaluator.kinds.at(field.path)
        if kinds.passesArray, !field.isWalk { _ = try evaluator.shape(field, span) }
        guard kinds.kinds.isEmpty || kinds.kinds == .array || field.isWalk && kinds.passesArray,
          let scope = evaluator.loopElement(of: field.path)
        else {
          throw evaluator.refusal(
            .kindNotKnown(
              field.path, "the fixtures have \(kinds.kinds.words), which is iterated", span,
              in: evaluator.source))
        }
        // One text alone is gone through letter by letter.
        if field.isWalk, kinds.passesArray, kinds.kinds.contains(.text) {
          throw evaluator.refusal(.oneElement(field.path, span, in: evaluator.source))
        }
        evaluator.assume(field, .array, span)
        let element = PythonField(path: scope, isNullAbsent: true)
        return PythonCases(
          .elements(
            PythonElements(
              scopes: [scope], guarded: .always(true), item: PythonCases(.field(element)))))
      case .none, .boolean, .number: return .raising
      default:
        return PythonCases(
          .opaque(evaluator.refusal(.notRead("a loop over \(value.words)", span, in: evaluator.source))))
      }
    }
  }

  /// `any(… for …)` and `all(… for …)`, by its loops from the outside in.
  mutating func quantified(
    _ made: PythonExpression.Comprehension, isAll: Bool, _ span: Span, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonTruth {
    let truth = try found(made, 0, isAll, span, frame)
    return isAll ? truth.negated : truth
  }

  /// That some item decides: is true for `any`, false for `all`.
  private mutating func found(
    _ made: PythonExpression.Comprehension, _ index: Int, _ isAll: Bool, _ span: Span, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonTruth {
    var frame = frame
    guard index < made.loops.count else {
      let truth = try truth(made.item, &frame)
      return isAll ? truth.negated : truth
    }
    let loop = made.loops[index]
    let iterated = try collected(try value(loop.iterated, &frame), .lazy, loop.iterated.span)
    let outer = frame
    return try ask(iterated) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .sequence(_, let members):
        var truths: [PythonTruth] = []
        for member in members { truths.append(try evaluator.found(made, index, isAll, member, span, outer)) }
        return evaluator.some(truths, isLazy: true)
      case .elements(let elements):
        let truth = try evaluator.found(made, index, isAll, elements.item, span, outer)
        if !truth.isTotal { evaluator.assumeElements(elements.scope, span) }
        return PythonTruth(
          try evaluator.some(elements, evaluator.logic.and(elements.guarded, truth.yes), span))
      case .opaque(let why): throw why
      default: return .raising
      }
    }
  }

  private mutating func found(
    _ made: PythonExpression.Comprehension, _ index: Int, _ isAll: Bool, _ member: PythonCases, _ span: Span,
    _ outer: PythonFrame
  ) throws(Diagnostic) -> PythonTruth {
    try step(span)
    var frame = outer
    try assign(member, to: made.loops[index].target, &frame)
    var passes = PythonTruth(.always(true))
    for condition in made.loops[index].conditions { passes = and(passes, try truth(condition, &frame)) }
    if passes.yes.isFalse { return passes }
    return and(passes, try found(made, index + 1, isAll, span, frame))
  }

  /// A comprehension as a value: of literals unrolled, of one array's elements as those.
  mutating func comprehension(
    _ made: PythonExpression.Comprehension, _ span: Span, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    var frame = frame
    let unread = refusal(.notRead("this comprehension", span, in: source))
    guard made.loops.count == 1 else { return PythonCases(.opaque(unread)) }
    let loop = made.loops[0]
    let iterated = try collected(try valueOrOpaque(loop.iterated, &frame), .lazy, loop.iterated.span)
    let outer = frame
    return try map(iterated) { (evaluator, value) throws(Diagnostic) in
      switch value {
      case .sequence(_, let members):
        return try evaluator.unrolled(made, members, unread, outer)
      case .elements(let elements):
        var frame = outer
        try evaluator.assign(elements.item, to: loop.target, &frame)
        var passes = PythonTruth(.always(true))
        for condition in loop.conditions {
          passes = evaluator.and(passes, try evaluator.truth(condition, &frame))
        }
        if !passes.isTotal { evaluator.assumeElements(elements.scope, span) }
        if case .dictionary = made.form { return PythonCases(.opaque(unread)) }
        return PythonCases(
          .elements(
            PythonElements(
              scopes: elements.scopes, guarded: evaluator.logic.and(elements.guarded, passes.yes),
              item: try evaluator.value(made.item, &frame))))
      case .opaque: return PythonCases(value)
      default: return .raising
      }
    }
  }

  private mutating func unrolled(
    _ made: PythonExpression.Comprehension, _ members: [PythonCases], _ unread: Diagnostic,
    _ outer: PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    var (items, entries, open) = ([] as [PythonCases], [] as [PythonValue.Entry], [] as [Condition])
    for member in members {
      var frame = outer
      try assign(member, to: made.loops[0].target, &frame)
      var passes = PythonTruth(.always(true))
      for condition in made.loops[0].conditions { passes = and(passes, try truth(condition, &frame)) }
      if passes.no.isTrue { continue }
      guard passes.yes.isTrue else {
        guard passes.isTotal else { return PythonCases(.opaque(unread)) }
        open.append(passes.yes)
        continue
      }
      let item = try value(made.item, &frame)
      if case .dictionary(let value) = made.form {
        guard let key = item.single, key.isConstant else { return PythonCases(.opaque(unread)) }
        entries.put(key, try self.value(value, &frame))
      }
      items.append(item)
    }
    if !open.isEmpty {
      // Which members there are is for the event to say: it is known when there is one.
      if case .dictionary = made.form { return PythonCases(.opaque(unread)) }
      let isOne = items.isEmpty ? logic.or(open) : .always(true)
      return PythonCases(.elements(.some(where: isOne, unread)))
    }
    switch made.form {
    case .dictionary: return PythonCases(.dictionary(entries))
    case .list: return PythonCases(.sequence(.list, items))
    case .set: return PythonCases(.sequence(.set, items))
    case .generator: return PythonCases(.sequence(.lazy, items))
    }
  }
}

extension Condition {
  /// Whether some question is about elements of that array, or what is below them.
  func mentions(_ scope: FieldPath) -> Bool { paths.contains { $0.begins(with: scope) } }
}

// Elements of loops: a step that no event has tells the elements of one loop from all else that is asked of the array.
extension FieldPath {
  /// The path where a loop's elements are values of their own no longer.
  func outOfLoop(_ scope: FieldPath) -> FieldPath {
    guard begins(with: scope), case .index(let mark)? = scope.steps.last, mark < 0 else { return self }
    return FieldPath(steps: scope.steps.dropLast() + steps.dropFirst(scope.steps.count)) ?? self
  }

  /// Whether it leads on from an element of a loop.
  var isInLoop: Bool { steps.contains { if case .index(let index) = $0 { index < 0 } else { false } } }

  /// Whether it is an element of a loop itself.
  var isLoopValue: Bool { if case .index(let index)? = steps.last { index < 0 } else { false } }

  /// The path for people.
  var shown: FieldPath {
    guard isInLoop else { return self }
    return FieldPath(steps: steps.filter { if case .index(let index) = $0 { index >= 0 } else { true } })
      ?? self
  }

  /// Whether the path is this one or goes on from it.
  func begins(with scope: FieldPath) -> Bool {
    steps.count >= scope.steps.count && zip(steps, scope.steps).allSatisfy(==)
  }
}
