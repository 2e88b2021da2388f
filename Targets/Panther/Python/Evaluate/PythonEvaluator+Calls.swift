import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The values that a call passes.
struct PythonArguments {
  var positional: [PythonCases] = []
  var named: [(name: String, value: PythonCases)] = []

  /// The argument at a place, or of that name.
  func at(_ index: Int, _ name: String) -> PythonCases? {
    index < positional.count ? positional[index] : named.first { $0.name == name }?.value
  }
}

// Calls.
extension PythonEvaluator {
  /// A call's value.
  mutating func call(
    _ function: PythonExpression, _ arguments: [PythonExpression.Argument], _ span: Span,
    _ frame: inout PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    let callee = try value(function, &frame)
    var passed = PythonArguments()
    for argument in arguments {
      let value = try valueOrOpaque(argument.value, &frame)
      if argument.stars == "*" {
        guard let members = literal(value) else {
          return PythonCases(
            .opaque(refusal(.notRead("`*` before what is no literal", argument.value.span, in: source))))
        }
        passed.positional += members
      } else if argument.stars == "**" {
        return PythonCases(.opaque(refusal(.notRead("`**` in a call", argument.value.span, in: source))))
      } else if let name = argument.name {
        passed.named.append((name, value))
      } else {
        passed.positional.append(value)
      }
    }
    if mayChange(callee), arguments.contains(where: { isChangeable($0.value, frame) }) {
      throw unfollowed(PythonEffects.Effect(what: "a call that may change a list", span: span), in: source)
    }
    return try map(callee) { (evaluator, callee) throws(Diagnostic) in
      try evaluator.call(callee, passed, span)
    }
  }

  /// Whether a function is one that is not read, and may change what it is given.
  private func mayChange(_ callee: PythonCases) -> Bool {
    switch callee.single {
    case .known(let name)?:
      !PythonBuiltins.names.contains(name)
        && !["re.", "json.", "fnmatch.", "ipaddress.", "pypanther."].contains { name.hasPrefix($0) }
    case .opaque?: true
    default: false
    }
  }

  /// Whether an argument is a name that holds a list, set or dictionary.
  private func isChangeable(_ argument: PythonExpression, _ frame: PythonFrame) -> Bool {
    guard case .name(let name) = argument.kind else { return false }
    switch (frame.names[name] ?? frame.scope.names[name])?.value.single {
    case .sequence(.list, _)?, .sequence(.set, _)?, .dictionary?: return true
    default: return false
    }
  }

  /// The value of a call of what is known.
  mutating func call(
    _ callee: PythonValue, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch callee {
    case .known(let name): return try known(name, arguments, span)
    case .method(let base, let name): return try method(base, name, arguments, span)
    case .function(let function, let scope, let captured):
      if PythonHelpers.isKnown(function) { return try helper(function.name, arguments, span) }
      if let part = runtime(function, scope) { return try runtime(part, arguments, span) }
      return try inline(function, scope, captured, arguments, span)
    case .bound(let base, let function, let scope):
      var arguments = arguments
      if !function.decorators.contains("staticmethod") { arguments.positional.insert(base, at: 0) }
      return try inline(function, scope, [:], arguments, span)
    case .lambda(let parameters, let body, var frame):
      try bind(parameters, arguments, &frame, span)
      return try nested("lambda", span) { (evaluator) throws(Diagnostic) in try evaluator.value(body, &frame)
      }
    case .type(let type, let scope):
      let own = type.body.contains { ["__init__", "__new__"].contains($0.assignedNames.first ?? "") }
      if own || !arguments.positional.isEmpty || !arguments.named.isEmpty {
        return PythonCases(.opaque(refusal(.notRead("how `\(type.name)` is made", span, in: source))))
      }
      return PythonCases(.object(type, scope))
    case .opaque: return PythonCases(callee)
    case .none, .boolean, .number, .text, .sequence, .field: return .raising
    case .dictionary, .elements, .parts, .length, .count, .address, .regex, .network, .match, .event, .module,
      .object, .made:
      return PythonCases(.opaque(refusal(.notRead("a call of \(callee.words)", span, in: source))))
    }
  }

  /// What a function returns, its lines evaluated in place.
  mutating func inline(
    _ function: PythonFunction, _ scope: PythonScope, _ captured: [String: PythonBinding],
    _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    if let effect = PythonEffects.of(function) {
      throw unfollowed(effect, in: scope.source)
    }
    var frame = PythonFrame(names: captured, scope: scope)
    declare(function, &frame)
    try bind(function.parameters, arguments, &frame, span)
    return try nested(function.name, span) { (evaluator) throws(Diagnostic) in
      let before = evaluator.source
      evaluator.source = scope.source
      defer { evaluator.source = before }
      return try evaluator.returned(function.body, frame)
    }
  }

  /// What the lines of a function return; at their end it is `None`.
  mutating func returned(
    _ body: [PythonStatement], _ frame: PythonFrame
  ) throws(Diagnostic) -> PythonCases {
    let flow = try run(body, frame)
    var result = flow.result
    let isTotal = flow.isTotal
    if let falls = flow.falls {
      result = union(result, under(falls.guarded, PythonCases(.none)), isTotal: false)
    }
    return result.covering(isTotal)
  }

  /// A function's own names have no value before their lines, whatever the module's of the same name have.
  mutating func declare(_ function: PythonFunction, _ frame: inout PythonFrame) {
    var (own, global) = ([] as Set<String>, [] as Set<String>)
    PythonStatement.visit(function.body) { statement in
      own.formUnion(statement.bound)
      if case .global(let names) = statement.kind { global.formUnion(names) }
    }
    for name in own.subtracting(global).sorted() { frame.names[name] = binding(.raising) }
  }

  private mutating func nested(
    _ name: String, _ span: Span,
    _ body: (inout PythonEvaluator) throws(Diagnostic) -> PythonCases
  ) throws(Diagnostic) -> PythonCases {
    if calls.count >= PythonEvaluator.callLimit {
      throw refusal(.notRead("a call more than \(PythonEvaluator.callLimit) deep", span, in: source))
    }
    calls.append(Call(name: name, source: source, span: span))
    defer { calls.removeLast() }
    return try body(&self)
  }

  /// Gives a function's parameters their values.
  private mutating func bind(
    _ parameters: [PythonExpression.Parameter], _ arguments: PythonArguments, _ frame: inout PythonFrame,
    _ span: Span
  ) throws(Diagnostic) {
    var positional = arguments.positional[...]
    for parameter in parameters {
      let value: PythonCases
      if parameter.stars == "*" {
        value = PythonCases(.sequence(.tuple, Array(positional)))
        positional = []
      } else if parameter.stars == "**" {
        value = PythonCases(.opaque(refusal(.notRead("`**\(parameter.name)`", span, in: source))))
      } else if !parameter.isNamedOnly, let given = positional.popFirst() {
        value = given
      } else if !parameter.isPlaceOnly,
        let given = arguments.named.first(where: { $0.name == parameter.name })
      {
        value = given.value
      } else if let standard = parameter.value {
        // It was evaluated where the function was made.
        let names = standard.mentionedNames
        if !names.isEmpty,
          !frame.names.keys.allSatisfy({ parameters.map(\.name).contains($0) })
            || !names.isDisjoint(with: frame.scope.reassigned)
        {
          throw refusal(.notRead("what `\(parameter.name)` is without argument", span, in: source))
        }
        var outer = PythonFrame(scope: frame.scope)
        value = try valueOrOpaque(standard, &outer)
      } else {
        throw refusal(.notRead("a call without the argument `\(parameter.name)`", span, in: source))
      }
      frame.names[parameter.name] = binding(value)
    }
    // What CPython does not call.
    let names = parameters.filter { !$0.isPlaceOnly }.map(\.name)
    let isOpen = parameters.contains { $0.stars == "**" }
    let given = arguments.named.map(\.name)
    let twice = parameters.prefix(arguments.positional.count).filter { $0.stars.isEmpty }.map(\.name)
    if !positional.isEmpty || !isOpen && given.contains(where: { !names.contains($0) })
      || Set(given).count < given.count || given.contains(where: twice.contains)
    {
      throw refusal(.notRead("a call with these arguments", span, in: source))
    }
  }
}
