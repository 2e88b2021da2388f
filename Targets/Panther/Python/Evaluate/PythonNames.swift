import ConcordDiagnostics

// Which names expressions and statements read, bind and change, as far as it stands in them.

extension PythonExpression {
  /// The expressions directly in it.
  var children: [PythonExpression] {
    switch kind {
    case .none, .boolean, .number, .string, .ellipsis, .bytes, .name, .other: []
    case .formatted(let parts):
      parts.compactMap { if case .field(let value, _) = $0 { value } else { nil } }
    case .list(let items), .tuple(let items), .set(let items): items.map(\.value)
    case .dictionary(let entries): entries.flatMap { [$0.key, $0.value].compactMap { $0 } }
    case .attribute(let base, _): [base]
    case .element(let base, let index): [base, index]
    case .slice(let base, let start, let end, let step): [base] + [start, end, step].compactMap { $0 }
    case .call(let function, let arguments): [function] + arguments.map(\.value)
    case .not(let operand), .sign(_, let operand), .assigned(_, let operand): [operand]
    case .and(let operands), .or(let operands): operands
    case .comparison(let first, let others): [first] + others.map(\.operand)
    case .operation(let left, _, let right): [left, right]
    case .choice(let condition, let then, let other): [condition, then, other]
    case .lambda(let parameters, let body): parameters.compactMap(\.value) + [body]
    case .comprehension(let made):
      made.loops.flatMap { [$0.target, $0.iterated] + $0.conditions } + [made.item]
        + { if case .dictionary(let value) = made.form { [value] } else { [] } }()
    }
  }

  /// Calls `body` with it and each expression in it.
  func visit(_ body: (PythonExpression) -> Void) {
    body(self)
    for child in children { child.visit(body) }
  }

  /// The names that stand in it.
  var mentionedNames: Set<String> {
    var names: Set<String> = []
    visit { if case .name(let name) = $0.kind { names.insert(name) } }
    return names
  }

  /// The names that `:=` gives a value in it.
  var walrusNames: Set<String> {
    var names: Set<String> = []
    visit { if case .assigned(let name, _) = $0.kind { names.insert(name) } }
    return names
  }

  /// The names that it binds as a target.
  var boundNames: Set<String> {
    switch kind {
    case .name(let name): [name]
    case .tuple(let items), .list(let items): items.reduce(into: []) { $0.formUnion($1.value.boundNames) }
    default: []
    }
  }

  /// The name at the start of `a.b[c].d`.
  var rootName: String? {
    switch kind {
    case .name(let name): name
    case .attribute(let base, _), .element(let base, _), .slice(let base, _, _, _): base.rootName
    default: nil
    }
  }

  /// Whether it is a constant as it stands.
  var isLiteral: Bool {
    switch kind {
    case .none, .boolean, .number, .string: true
    default: false
    }
  }

  /// What is changed in place where it is called.
  var changedByCall: PythonExpression? {
    guard case .call(let function, _) = kind, case .attribute(let base, let name) = function.kind,
      PythonStatement.changing.contains(name)
    else { return nil }
    return base
  }
}

extension PythonStatement {
  /// Methods that change what they are called on.
  static let changing: Set<String> = [
    "append", "add", "extend", "update", "remove", "pop", "insert", "discard", "setdefault", "clear", "sort",
    "reverse", "popitem", "appendleft", "extendleft", "popleft", "intersection_update", "difference_update",
    "symmetric_difference_update", "__setitem__", "__delitem__", "__setattr__", "subtract",
  ]

  /// The statements in it, those of nested definitions left out.
  var inner: [PythonStatement] {
    switch kind {
    // No mock is ever there.
    case .branch(let condition, let then, let other): condition.asksForMock ? other : then + other
    case .loop(_, _, let body, let otherwise): body + otherwise
    case .attempt(let body, let handlers, let otherwise, let finally):
      body + handlers.flatMap(\.body) + otherwise + finally
    default: []
    }
  }

  /// The expressions directly in it, targets among them.
  var expressions: [PythonExpression] {
    switch kind {
    case .expression(let value): [value]
    case .assignment(let targets, let value): targets + [value]
    case .augmented(let target, _, let value): [target, value]
    case .returned(let value): value.map { [$0] } ?? []
    case .branch(let condition, _, _): [condition]
    case .loop(let target, let iterated, _, _): [target, iterated]
    case .function(let function): function.parameters.compactMap(\.value)
    case .type(let type): type.bases
    default: []
    }
  }

  /// Calls `body` with each statement at any depth, those of nested definitions left out.
  static func visit(_ statements: [PythonStatement], _ body: (PythonStatement) -> Void) {
    for statement in statements {
      body(statement)
      visit(statement.inner, body)
    }
  }

  /// The names that it binds itself.
  var bound: Set<String> {
    var names: Set<String> = []
    for value in expressions { names.formUnion(value.walrusNames) }
    switch kind {
    case .assignment(let targets, _): for target in targets { names.formUnion(target.boundNames) }
    case .augmented(let target, _, _), .loop(let target, _, _, _): names.formUnion(target.boundNames)
    case .function(let function): names.insert(function.name)
    case .type(let type): names.insert(type.name)
    case .imported(let module, let name): names.insert(name ?? String(module.prefix { $0 != "." }))
    case .importedNames(_, let all): names.formUnion(all.map(\.local))
    case .attempt(_, let handlers, _, _): names.formUnion(handlers.compactMap(\.name))
    default: break
    }
    return names
  }

  /// The names whose value it changes in place, by the root of what is changed.
  var changedInPlace: [(root: String?, span: Span)] {
    var all: [(String?, Span)] = []
    func targets(_ target: PythonExpression) {
      switch target.kind {
      case .attribute, .element, .slice: all.append((target.rootName, target.span))
      case .tuple(let items), .list(let items): for item in items { targets(item.value) }
      default: break
      }
    }
    switch kind {
    case .assignment(let own, _): for target in own { targets(target) }
    case .augmented(let target, _, _): targets(target)
    case .loop(let target, _, _, _): targets(target)
    default: break
    }
    for value in expressions {
      value.visit { if let base = $0.changedByCall { all.append((base.rootName, $0.span)) } }
    }
    return all
  }

  /// What it changes in place, without the member that is changed.
  var changedBases: [PythonExpression] {
    var all: [PythonExpression] = []
    func targets(_ target: PythonExpression) {
      if case .element(let base, _) = target.kind { all.append(base) }
    }
    switch kind {
    case .assignment(let own, _): for target in own { targets(target) }
    case .augmented(let target, _, _): targets(target)
    default: break
    }
    for value in expressions {
      value.visit { if let base = $0.changedByCall { all.append(base) } }
    }
    return all
  }

  /// The names that statements bind or change in place.
  static func changed(in statements: [PythonStatement]) -> Set<String> {
    var names: Set<String> = []
    visit(statements) {
      names.formUnion($0.bound)
      // What an object keeps is found by its own name.
      names.formUnion($0.changedInPlace.compactMap(\.root).filter { $0 != "self" })
    }
    return names
  }

  /// Whether a name is set to a constant, at one place, and not read in the lines.
  static func isFlag(_ name: String, in statements: [PythonStatement]) -> Bool {
    var (count, isPlain, mentions) = (0, true, 0)
    visit(statements) { statement in
      for value in statement.expressions {
        value.visit { if case .name(name) = $0.kind { mentions += 1 } }
      }
      if case .function(let function) = statement.kind, function.mentions(name) { isPlain = false }
      if case .type = statement.kind { isPlain = false }
      if statement.bound.contains(name) {
        count += 1
        guard case .assignment(let targets, let value) = statement.kind, targets.count == 1,
          case .name(name) = targets[0].kind, value.isLiteral
        else {
          isPlain = false
          return
        }
      }
    }
    return isPlain && count == 1 && mentions == 1
  }

  /// Whether a loop is left only at one place, and where names are set, in the same lines as they are.
  static func leaves(_ body: [PythonStatement], where names: [String]) -> Bool {
    var count = 0
    var isWithSet = true
    func look(_ statements: [PythonStatement]) {
      for statement in statements {
        switch statement.kind {
        case .broken:
          count += 1
          for name in names where !statements.contains(where: { $0.bound.contains(name) }) {
            isWithSet = false
          }
        case .loop(_, _, _, let otherwise): look(otherwise)
        default: look(statement.inner)
        }
      }
    }
    look(body)
    return names.isEmpty || count == 1 && isWithSet
  }
}

extension PythonFunction {
  /// Whether a name stands in its lines.
  func mentions(_ name: String) -> Bool {
    var found = false
    PythonStatement.visit(body) { statement in
      for value in statement.expressions where value.mentionedNames.contains(name) { found = true }
      if case .function(let function) = statement.kind, function.mentions(name) { found = true }
    }
    return found
  }
}
