/// Names that keep a value from one event to the next.
enum PythonState {
  /// The names of a module that its functions assign. What tests do to replace a constant (`if isinstance(X, MagicMock)`)
  /// is none: a constant is no mock.
  static func names(_ body: [PythonStatement]) -> Set<String> {
    var names: Set<String> = []
    for statement in body {
      guard case .function(let function) = statement.kind else { continue }
      var global: Set<String> = []
      visit(function.body) { if case .global(let own) = $0.kind { global.formUnion(own) } }
      visit(function.body) { names.formUnion($0.assigned.filter(global.contains)) }
      names.formUnion(changedOutside(function))
    }
    for statement in body {
      guard case .type(let type) = statement.kind else { continue }
      for line in type.body {
        if case .function(let function) = line.kind { names.formUnion(changedOutside(function)) }
      }
    }
    return names
  }

  /// The names of the module whose values a function changes in place.
  private static func changedOutside(_ function: PythonFunction) -> Set<String> {
    var (changed, bound) = ([] as Set<String>, Set(function.parameters.map(\.name)))
    visit(function.body) { statement in
      changed.formUnion(statement.changedInPlace.compactMap(\.root))
      bound.formUnion(statement.bound)
      if case .function(let inner) = statement.kind { changed.formUnion(changedOutside(inner)) }
    }
    return changed.subtracting(bound)
  }

  /// The attributes of a class that its methods assign or change in place.
  static func attributes(_ type: PythonClass) -> Set<String> {
    var names: Set<String> = []
    for statement in type.body {
      guard case .function(let function) = statement.kind, let own = function.parameters.first?.name else {
        continue
      }
      visit(function.body) { statement in
        for name in statement.assigned where name.hasPrefix(own + ".") {
          names.insert(String(name.dropFirst(own.count + 1)))
        }
        for base in statement.changedBases {
          guard let name = base.dottedName, name.hasPrefix(own + ".") else { continue }
          names.insert(String(name.dropFirst(own.count + 1)))
        }
      }
    }
    return names
  }

  /// Calls `body` with each statement at any depth that no mock alone reaches.
  private static func visit(_ statements: [PythonStatement], _ body: (PythonStatement) -> Void) {
    for statement in statements {
      body(statement)
      switch statement.kind {
      case .branch(let condition, let then, let other):
        if !condition.asksForMock { visit(then, body) }
        visit(other, body)
      case .loop(_, _, let inner, let otherwise): visit(inner + otherwise, body)
      case .attempt(let inner, let handlers, let otherwise, let finally):
        visit(inner + handlers.flatMap(\.body) + otherwise + finally, body)
      case .expression, .assignment, .augmented, .returned, .function, .type, .imported, .importedNames,
        .passed,
        .broken, .continued, .raised, .global, .other, .unreadable:
        break
      }
    }
  }
}

extension PythonStatement {
  /// The names and attributes that it assigns itself.
  fileprivate var assigned: [String] {
    switch kind {
    case .assignment(let targets, _): targets.compactMap(\.dottedName)
    case .augmented(let target, _, _): target.dottedName.map { [$0] } ?? []
    default: []
    }
  }
}

extension PythonExpression {
  /// Whether it is `isinstance(…, MagicMock)`.
  var asksForMock: Bool {
    guard case .call(let function, let arguments) = kind, function.dottedName == "isinstance" else {
      return false
    }
    return arguments.last?.value.dottedName?.hasSuffix("Mock") ?? false
  }
}
