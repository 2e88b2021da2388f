import ConcordDetection
import ConcordDiagnostics

/// Where lines are left, and when.
struct PythonExit: Sendable {
  var guarded: Condition
  var frame: PythonFrame
}

/// What becomes of lines: what they return, and how they are left otherwise. Where nothing of that holds, they raise.
struct PythonFlow: Sendable {
  var result = PythonCases(isTotal: true)
  var falls: PythonExit?
  var breaks: PythonExit?
  var continues: PythonExit?
  /// Whether they never raise.
  var isTotal = true
}

// Statements.
extension PythonEvaluator {
  /// What becomes of lines.
  mutating func run(
    _ statements: [PythonStatement], _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    if statements.count > PythonEvaluator.lineLimit {
      throw .programTooLarge(statements[PythonEvaluator.lineLimit].span, in: source)
    }
    var flows: [PythonFlow] = []
    var current = frame
    for statement in statements {
      let flow = try run(statement, current)
      flows.append(flow)
      guard let falls = flow.falls, !falls.guarded.isFalse else { break }
      current = falls.frame
    }
    guard var rest = flows.popLast() else {
      return PythonFlow(falls: PythonExit(guarded: .always(true), frame: frame))
    }
    for flow in flows.reversed() { rest = sequence(flow, rest) }
    return rest
  }

  /// The first lines, and then the others where the first are left at their end.
  mutating func sequence(_ first: PythonFlow, _ rest: PythonFlow) -> PythonFlow {
    guard let falls = first.falls else { return first }
    var flow = PythonFlow(isTotal: first.isTotal && rest.isTotal)
    flow.result = union(first.result, under(falls.guarded, rest.result), isTotal: false)
    flow.falls = exit(falls.guarded, rest.falls)
    flow.breaks = merged([first.breaks, exit(falls.guarded, rest.breaks)])
    flow.continues = merged([first.continues, exit(falls.guarded, rest.continues)])
    return flow
  }

  private mutating func exit(_ guarded: Condition, _ exit: PythonExit?) -> PythonExit? {
    guard let exit else { return nil }
    let both = logic.and(guarded, exit.guarded)
    return both.isFalse ? nil : PythonExit(guarded: both, frame: exit.frame)
  }

  /// One of these, each under its condition; the conditions exclude each other.
  mutating func either(_ flows: [(guarded: Condition, flow: PythonFlow)], isTotal: Bool) -> PythonFlow {
    var result = PythonFlow(isTotal: isTotal)
    result.isTotal = isTotal && flows.allSatisfy(\.flow.isTotal)
    var (falls, breaks, continues) = ([], [], []) as ([PythonExit?], [PythonExit?], [PythonExit?])
    for (guarded, flow) in flows {
      result.result = union(result.result, under(guarded, flow.result), isTotal: false)
      falls.append(exit(guarded, flow.falls))
      breaks.append(exit(guarded, flow.breaks))
      continues.append(exit(guarded, flow.continues))
    }
    (result.falls, result.breaks, result.continues) = (merged(falls), merged(breaks), merged(continues))
    return result
  }

  /// Several ways to one place: a name that was assigned on one of them has the values of each.
  mutating func merged(_ exits: [PythonExit?]) -> PythonExit? {
    let exits = exits.compactMap { $0 }.filter { !$0.guarded.isFalse }
    guard var result = exits.first, exits.count > 1 else { return exits.first }
    for other in exits.dropFirst() {
      for name in Set(result.frame.names.keys).union(other.frame.names.keys) {
        let (mine, its) = (result.frame.names[name], other.frame.names[name])
        if mine?.version == its?.version { continue }
        let left = under(result.guarded, mine?.value ?? .raising)
        let right = under(other.guarded, its?.value ?? .raising)
        let isTotal = (mine?.value.isTotal ?? false) && (its?.value.isTotal ?? false)
        result.frame.names[name] = binding(union(left, right, isTotal: isTotal))
      }
      result.guarded = logic.or(result.guarded, other.guarded)
    }
    return result
  }

  /// What becomes of one statement.
  private mutating func run(
    _ statement: PythonStatement, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    try enter(statement.span)
    defer { leave() }
    var frame = frame
    switch statement.kind {
    case .expression(let expression): return try evaluate(expression, frame)
    case .assignment(let targets, let expression):
      var value = try valueOrOpaque(expression, &frame)
      if case .comprehension(let made) = expression.kind, case .generator = made.form {
        // It gives its members once.
        value = PythonCases(
          .opaque(refusal(.notRead("a generator that is kept", expression.span, in: source))))
      }
      for target in targets { try assign(value, to: target, &frame) }
      return goesOn(value, frame)
    case .augmented(let target, let sign, let expression):
      let (old, new) = (try valueOrOpaque(target, &frame), try valueOrOpaque(expression, &frame))
      let value = try operation(old, sign, new, statement.span)
      try assign(value, to: target, &frame)
      return goesOn(value, frame)
    case .returned(let expression):
      var result = PythonCases(.none)
      if let expression { result = try value(expression, &frame) }
      return PythonFlow(result: result, isTotal: result.isTotal)
    case .branch(let condition, let then, let other):
      if let (name, list) = try listed(condition, then, other, statement.span, &frame) {
        frame.names[name] = binding(list)
        return goesOn(list, frame)
      }
      let truth = try truth(condition, &frame)
      if truth.yes.isTrue { return try run(then, frame) }
      if truth.no.isTrue { return try run(other, frame) }
      let flows = [(truth.yes, try run(then, frame)), (truth.no, try run(other, frame))]
      return either(flows, isTotal: truth.isTotal)
    case .loop(let target, let iterated, let body, let otherwise):
      return try loop(target, iterated, body, otherwise, statement.span, frame)
    case .attempt(let body, let handlers, let otherwise, let finally):
      return try attempt(body, handlers, otherwise, finally, statement.span, frame)
    case .function, .type, .imported, .importedNames:
      try define(statement, &frame)
      return PythonFlow(falls: PythonExit(guarded: .always(true), frame: frame))
    case .passed, .global: return PythonFlow(falls: PythonExit(guarded: .always(true), frame: frame))
    case .broken: return PythonFlow(breaks: PythonExit(guarded: .always(true), frame: frame))
    case .continued: return PythonFlow(continues: PythonExit(guarded: .always(true), frame: frame))
    case .raised: return PythonFlow(isTotal: false)
    case .other(let word): throw refusal(.notRead("`\(word)`", statement.span, in: source))
    case .unreadable(let failure): throw refusal(failure)
    }
  }

  /// Gives the names of a definition or an import their values.
  private mutating func define(
    _ statement: PythonStatement, _ frame: inout PythonFrame
  ) throws(Diagnostic) {
    switch statement.kind {
    case .function(let function):
      // What a module defines is found there when it is called; a function's own names are kept with it.
      let captured = calls.isEmpty && !isInFunction ? [:] : frame.names
      frame.names[function.name] = binding(
        undecorated(
          function.decorators, ["staticmethod"], .function(function, frame.scope, captured), statement.span))
    case .type(let type):
      frame.names[type.name] = binding(
        undecorated(type.decorators, ["panther_managed"], .type(type, frame.scope), statement.span))
    case .imported(let module, let name):
      let local = name ?? String(module.prefix { $0 != "." })
      frame.names[local] = binding(try imported(name == nil ? local : module, statement.span, frame.scope))
    case .importedNames(let module, let names):
      for (own, local) in names {
        frame.names[local] = binding(try imported(own, of: module, statement.span, frame.scope))
      }
    case .expression, .assignment, .augmented, .returned, .branch, .loop, .attempt, .passed, .global, .broken,
      .continued, .raised, .other, .unreadable:
      break
    }
  }

  /// A definition, where its decorators change nothing.
  private func undecorated(
    _ decorators: [String], _ known: Set<String>, _ value: PythonValue, _ span: Span
  ) -> PythonCases {
    guard let other = decorators.first(where: { !known.contains($0) }) else { return PythonCases(value) }
    return PythonCases(.opaque(refusal(.notRead("`@\(other)`", span, in: source))))
  }

  /// The next line is reached where the value does not raise.
  private mutating func goesOn(_ value: PythonCases, _ frame: PythonFrame) -> PythonFlow {
    var guarded = Condition.always(true)
    if !value.isTotal { guarded = logic.or(value.all.map(\.guarded)) }
    return PythonFlow(
      falls: guarded.isFalse ? nil : PythonExit(guarded: guarded, frame: frame), isTotal: value.isTotal)
  }

  /// An expression that stands for itself: it may raise, and it may change a list.
  private mutating func evaluate(
    _ expression: PythonExpression, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    var frame = frame
    if case .call(let function, let arguments) = expression.kind,
      case .attribute(let base, let name) = function.kind,
      PythonStatement.changing.contains(name),
      case .name(let list) = base.kind, frame.names[list] != nil
    {
      return try mutate(list, name, arguments, expression.span, frame)
    }
    let value = try valueOrOpaque(expression, &frame)
    // A call that is not read may raise.
    if isInFunction, case .call = expression.kind, case .opaque(let why)? = value.single { throw why }
    return goesOn(value, frame)
  }

  private mutating func mutate(
    _ list: String, _ name: String, _ arguments: [PythonExpression.Argument], _ span: Span,
    _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    var frame = frame
    var changed = PythonCases(.opaque(refusal(.orderMatters("`\(list)` is changed here", span, in: source))))
    var added = PythonCases(.none)
    if let argument = arguments.first, arguments.count == 1 {
      let value = try valueOrOpaque(argument.value, &frame)
      added = value
      if case .sequence(let form, let members)? = frame.names[list]?.value.single {
        if name == "append" || name == "add" { changed = PythonCases(.sequence(form, members + [value])) }
        if name == "extend" || name == "update", let more = literal(value) {
          changed = PythonCases(.sequence(form, members + more))
        }
      }
    }
    frame.names[list] = binding(changed)
    return goesOn(added, frame)
  }

  /// Gives a target its value.
  mutating func assign(
    _ value: PythonCases, to target: PythonExpression, _ frame: inout PythonFrame
  ) throws(Diagnostic) {
    switch target.kind {
    case .name(let name): frame.names[name] = binding(value)
    case .attribute:
      if let name = target.dottedName { frame.names[name] = binding(value) }
    case .tuple(let items), .list(let items):
      let members = literal(value)
      for (index, item) in items.enumerated() {
        let own: PythonCases
        if let members, members.count == items.count, !items.contains(where: \.isSpread) {
          own = members[index]
        } else {
          own = PythonCases(
            .opaque(refusal(.notRead("a value that is taken apart", target.span, in: source))))
        }
        try assign(own, to: item.value, &frame)
      }
    case .element(let base, let key):
      guard case .name(let name) = base.kind else {
        throw refusal(.notRead("this target", target.span, in: source))
      }
      var changed = PythonCases(
        .opaque(refusal(.notRead("a dictionary that is changed", target.span, in: source))))
      if let key = try valueOrOpaque(key, &frame).single, key.isConstant,
        let put = frame.names[name]?.value.putting(value, at: key)
      {
        changed = put
      }
      frame.names[name] = binding(changed)
    default: throw refusal(.notRead("this target", target.span, in: source))
    }
  }

  /// `try`: the handler runs where the body raises, from the names before it.
  private mutating func attempt(
    _ body: [PythonStatement], _ handlers: [PythonStatement.Handler], _ otherwise: [PythonStatement],
    _ finally: [PythonStatement], _ span: Span, _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonFlow {
    if !finally.isEmpty { throw refusal(.notRead("`finally`", span, in: source)) }
    var flow = try run(body, frame)
    let isTotal = flow.isTotal
    let exits = [flow.falls, flow.breaks, flow.continues].compactMap { $0?.guarded }
    let covered = isTotal ? .always(true) : logic.or(flow.result.all.map(\.guarded) + exits)
    if !otherwise.isEmpty, let falls = flow.falls { flow = sequence(flow, try run(otherwise, falls.frame)) }
    if isTotal { return flow }
    guard handlers.count == 1, let handler = handlers.first else {
      throw refusal(.notRead("`try` with several handlers", span, in: source))
    }
    if let type = handler.type, type != "Exception", type != "BaseException" {
      var isRaised = false
      PythonStatement.visit(body) { if case .raised = $0.kind { isRaised = true } }
      if isRaised { throw refusal(.notRead("whether `\(type)` is what is raised", span, in: source)) }
    }
    if let type = handler.type, type != "Exception", type != "BaseException" {
      notes.add(.assumedException(span, in: source), key: "try \(span)")
    }
    // How far the body came is not known.
    var names = frame
    let unknown = PythonCases(
      .opaque(refusal(.notRead("a name that a `try` gives a value before it fails", span, in: source))))
    for name in PythonStatement.changed(in: body) { names.names[name] = binding(unknown) }
    if let name = handler.name {
      names.names[name] = binding(PythonCases(.opaque(refusal(.notRead("an exception", span, in: source)))))
    }
    flow.isTotal = true
    let handled = try run(handler.body, names)
    var result = either([(.always(true), flow), (.not(covered), handled)], isTotal: true)
    result.isTotal = handled.isTotal && otherwise.isEmpty
    return result
  }
}
