import ConcordDetection
import ConcordDiagnostics

// `for` statements.
extension PythonEvaluator {
  /// What becomes of a loop.
  mutating func loop(
    _ target: PythonExpression, _ iterated: PythonExpression, _ body: [PythonStatement],
    _ otherwise: [PythonStatement], _ span: Span, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    var frame = frame
    let cases = try collected(try value(iterated, &frame), .list, iterated.span)
    var flows: [(guarded: Condition, flow: PythonFlow)] = []
    for part in cases.all {
      let flow: PythonFlow
      switch part.value {
      case .sequence(_, let members): flow = try unrolled(target, members, body, otherwise, frame)
      case .elements(let made):
        if !otherwise.isEmpty { throw refusal(.notRead("`else` of a loop", span, in: source)) }
        flow = try each(target, made, body, span, frame)
      case .opaque(let why): throw why
      default: flow = PythonFlow(isTotal: false)
      }
      flows.append((part.guarded, flow))
    }
    return either(flows, isTotal: cases.isTotal)
  }

  /// A loop over a literal: its copies, one after the other.
  private mutating func unrolled(
    _ target: PythonExpression, _ members: [PythonCases], _ body: [PythonStatement],
    _ otherwise: [PythonStatement], _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    var flows: [PythonFlow] = []
    var current: PythonFrame? = frame
    for member in members {
      guard var names = current else { break }
      try assign(member, to: target, &names)
      var flow = try run(body, names)
      flow.falls = merged([flow.falls, flow.continues])
      flow.continues = nil
      flows.append(flow)
      current = flow.falls?.frame
    }
    if let current { flows.append(try run(otherwise, current)) }
    guard var rest = flows.popLast() else { return PythonFlow() }
    for flow in flows.reversed() { rest = sequence(flow, rest) }
    rest.falls = merged([rest.falls, rest.breaks])
    rest.breaks = nil
    return rest
  }

  /// A loop over an array of the event: what one element does, some element does.
  private mutating func each(
    _ target: PythonExpression, _ made: PythonElements, _ body: [PythonStatement], _ span: Span,
    _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    var names = frame
    try assign(made.item, to: target, &names)
    let flow = try run(body, names)
    if !flow.isTotal { assumeElements(made.scope, span) }
    let hasReturns = !flow.result.all.isEmpty
    let changed = try flags(flow, names, body, made, span)
    if flow.breaks != nil, hasReturns || changed.count > 1 {
      throw refusal(
        .orderMatters("whether the loop is left depends on the order of elements", span, in: source))
    }
    var result = PythonFlow()
    result.result.isTotal = false
    var stays = Condition.always(true)
    if hasReturns {
      if !changed.isEmpty {
        throw refusal(.orderMatters("a loop both returns and assigns", span, in: source))
      }
      guard flow.result.all.count == 1, let only = flow.result.all.first, only.value.isConstant else {
        throw refusal(
          .orderMatters("which element comes first decides what the loop returns", span, in: source))
      }
      let found = try some(made, logic.and(made.guarded, only.guarded), span)
      add(found, only.value, to: &result.result)
      stays = .not(found)
    }
    var after = frame
    try assign(
      PythonCases(.opaque(refusal(.orderMatters("an element is used after its loop", span, in: source)))),
      to: target,
      &after)
    for (name, found, value) in changed {
      let old = frame.names[name]?.value ?? .raising
      after.names[name] = binding(choice(PythonTruth(found), PythonCases(value), old))
    }
    result.falls = PythonExit(guarded: stays, frame: after)
    return result
  }

  /// The names that the body sets to a constant, and when some element does so. Other changes are kept as not read.
  private mutating func flags(
    _ flow: PythonFlow, _ before: PythonFrame, _ body: [PythonStatement], _ made: PythonElements, _ span: Span
  ) throws(Diagnostic) -> [(name: String, found: Condition, value: PythonValue)] {
    let exits = [flow.falls, flow.breaks, flow.continues].compactMap { $0 }
    var result: [(String, Condition, PythonValue)] = []
    for name in Set(exits.flatMap { $0.frame.names.keys }).sorted() {
      guard let old = before.names[name] else { continue }
      var (found, value, isConstant) = ([] as [Condition], nil as PythonValue?, true)
      for exit in exits {
        guard let new = exit.frame.names[name], new.version != old.version else { continue }
        for part in new.value.all where !old.value.all.contains(where: { $0.value.isSame(as: part.value) }) {
          if !part.value.isConstant || value.map({ !$0.isSame(as: part.value) }) ?? false {
            isConstant = false
          }
          value = part.value
          found.append(logic.and(exit.guarded, part.guarded))
        }
      }
      guard let value else { continue }
      // Where it is set at two places, the last element decides.
      if isConstant, PythonStatement.assignments(to: name, in: body) == 1 {
        result.append((name, try some(made, logic.and(made.guarded, logic.or(found)), span), value))
      } else {
        let why = refusal(
          .orderMatters("`\(name)` is made of elements one after the other", span, in: source))
        result.append((name, .always(true), .opaque(why)))
      }
    }
    return result
  }
}

extension PythonStatement {
  /// How many statements, at any depth, assign a name.
  fileprivate static func assignments(to name: String, in statements: [PythonStatement]) -> Int {
    statements.reduce(0) { count, statement in
      switch statement.kind {
      case .assignment(let targets, _): count + targets.filter { $0.mentions(name) }.count
      case .augmented(let target, _, _): count + (target.mentions(name) ? 2 : 0)
      case .branch(_, let then, let other):
        count + assignments(to: name, in: then) + assignments(to: name, in: other)
      case .loop(let target, _, let body, let otherwise):
        count + (target.mentions(name) ? 2 : 0) + assignments(to: name, in: body + otherwise)
      case .attempt(let body, let handlers, let otherwise, let finally):
        count + assignments(to: name, in: body + handlers.flatMap(\.body) + otherwise + finally)
      case .expression, .returned, .function, .type, .imported, .importedNames, .passed, .broken, .continued,
        .raised, .global, .other, .unreadable:
        count
      }
    }
  }
}

extension PythonExpression {
  /// Whether it is that name, or a tuple that has it.
  fileprivate func mentions(_ name: String) -> Bool {
    switch kind {
    case .name(let own): own == name
    case .tuple(let items), .list(let items): items.contains { $0.value.mentions(name) }
    default: false
    }
  }
}
