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
    // What an earlier element did to a name is not known.
    let set = PythonStatement.changed(in: body).union(target.boundNames)
    let unknown = set.sorted().map { name in
      (
        name,
        binding(
          PythonCases(
            .opaque(
              refusal(.orderMatters("`\(name)` is made of elements one after the other", span, in: source))))
        )
      )
    }
    for (name, value) in unknown { names.names[name] = value }
    try assign(made.item, to: target, &names)
    let flow = try run(body, names)
    if !flow.isTotal { assumeElements(made.scope, span) }
    let hasReturns = !flow.result.all.isEmpty
    let changed = try flags(flow, set, frame, body, made, span)
    if flow.breaks != nil,
      hasReturns || changed.count > 1 || !PythonStatement.leaves(body, where: changed.map(\.name))
    {
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
    for (name, value) in unknown { after.names[name] = value }
    for (name, found, value) in changed {
      let old = frame.names[name]?.value ?? .raising
      after.names[name] = binding(choice(PythonTruth(found), PythonCases(value), old))
    }
    result.falls = PythonExit(guarded: stays, frame: after)
    return result
  }

  /// The names that the body sets to a constant, at one place and without reading them, and when some element does so.
  /// Every other change is one that is not read.
  private mutating func flags(
    _ flow: PythonFlow, _ changed: Set<String>, _ before: PythonFrame, _ body: [PythonStatement],
    _ made: PythonElements, _ span: Span
  ) throws(Diagnostic) -> [(name: String, found: Condition, value: PythonValue)] {
    let exits = [flow.falls, flow.breaks, flow.continues].compactMap { $0 }
    var result: [(String, Condition, PythonValue)] = []
    for name in changed.sorted() where before.names[name] != nil {
      guard PythonStatement.isFlag(name, in: body) else { continue }
      var (found, value) = ([] as [Condition], nil as PythonValue?)
      for exit in exits {
        for part in exit.frame.names[name]?.value.all ?? [] {
          if case .opaque = part.value { continue }
          value = part.value
          found.append(logic.and(exit.guarded, part.guarded))
        }
      }
      guard let value else { continue }
      result.append((name, try some(made, logic.and(made.guarded, logic.or(found)), span), value))
    }
    return result
  }
}
