import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Executes statements of Python.
struct PythonInterpreter {
  /// How many expressions are looked at for one event, and how deep calls go.
  private static let stepLimit = 2_000_000
  private static let callLimit = 300

  let source: Source
  var globals: [String: PythonObject] = [:]
  private var steps = 0
  private var depth = 0

  init(_ source: Source) { self.source = source }

  /// How a block ends.
  enum End {
    case falls
    case breaks
    case continues
    case returns(PythonObject)
  }

  /// What is not executed here.
  func unread(_ what: String, _ span: Span) -> PythonStop { .unread(.notRead(what, span, in: source)) }

  mutating func step(_ span: Span) throws(PythonStop) {
    steps += 1
    if steps > PythonInterpreter.stepLimit { throw unread("a program that runs this long", span) }
  }

  /// Executes the lines of a module.
  mutating func load(_ body: [PythonStatement]) throws(PythonStop) {
    for statement in body {
      var names: [String: PythonObject] = globals
      _ = try run(statement, &names)
      globals = names
    }
  }

  /// Calls a function of the program.
  mutating func call(
    _ callee: PythonObject, _ positional: [PythonObject], _ named: [(name: String, value: PythonObject)],
    _ span: Span
  ) throws(PythonStop) -> PythonObject {
    switch callee {
    case .function(let function):
      if depth == 0 { steps = 0 }
      depth += 1
      defer { depth -= 1 }
      if depth > PythonInterpreter.callLimit { throw .raised("RecursionError") }
      if !function.decorators.isEmpty { throw unread("a decorator", function.span) }
      var names = try bind(function, positional, named)
      if case .returns(let value) = try run(function.body, &names) { return value }
      return .none
    case .known(let name): return try known(name, positional, named, span)
    case .method(let base, let name): return try method(base, name, positional, named, span)
    default: throw .raised("TypeError")
    }
  }

  private mutating func bind(
    _ function: PythonFunction, _ positional: [PythonObject], _ named: [(name: String, value: PythonObject)]
  ) throws(PythonStop) -> [String: PythonObject] {
    var (names, rest): ([String: PythonObject], ArraySlice<PythonObject>) = ([:], positional[...])
    for parameter in function.parameters {
      if parameter.stars == "*" {
        names[parameter.name] = .tuple(Array(rest))
        rest = []
      } else if parameter.stars == "**" {
        throw unread("`**` of a function", function.span)
      } else if !parameter.isNamedOnly, let value = rest.popFirst() {
        names[parameter.name] = value
      } else if let own = named.first(where: { $0.name == parameter.name }) {
        names[parameter.name] = own.value
      } else if let standard = parameter.value {
        var scope: [String: PythonObject] = [:]
        names[parameter.name] = try value(standard, &scope)
      } else {
        throw .raised("TypeError")
      }
    }
    let known = function.parameters.map(\.name)
    if !rest.isEmpty || named.contains(where: { !known.contains($0.name) }) { throw .raised("TypeError") }
    return names
  }

  private mutating func run(
    _ body: [PythonStatement], _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> End {
    for statement in body {
      let end = try run(statement, &names)
      if case .falls = end { continue }
      return end
    }
    return .falls
  }

  private mutating func run(
    _ statement: PythonStatement, _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> End {
    try step(statement.span)
    switch statement.kind {
    case .expression(let value): _ = try self.value(value, &names)
    case .assignment(let targets, let value):
      let value = try self.value(value, &names)
      for target in targets { try assign(value, to: target, &names) }
    case .augmented(let target, let sign, let value): try augment(target, sign, value, &names)
    case .returned(let value):
      return .returns(try value.map { (one) throws(PythonStop) in try self.value(one, &names) } ?? .none)
    case .branch(let condition, let then, let other):
      return try run(try value(condition, &names).isTrue ? then : other, &names)
    case .loop(let target, let iterated, let body, let otherwise):
      return try loop(target, try value(iterated, &names), body, otherwise, &names)
    case .attempt(let body, let handlers, let otherwise, let finally):
      if !finally.isEmpty { throw unread("`finally`", statement.span) }
      return try attempt(body, handlers, otherwise, &names)
    case .function(let function):
      if depth > 0 { throw unread("a function in a function", statement.span) }
      names[function.name] = .function(function)
    case .imported(let module, let name): names[name ?? String(module.prefix { $0 != "." })] = .known(module)
    case .importedNames(let module, let all):
      for one in all { names[one.local] = .known("\(module).\(one.name)") }
    case .passed: break
    case .broken: return .breaks
    case .continued: return .continues
    case .raised: throw .raised("Exception")
    case .type: throw unread("a class", statement.span)
    case .global: throw unread("`global`", statement.span)
    case .other(let word): throw unread("`\(word)`", statement.span)
    case .unreadable(let failure): throw .unread(failure)
    }
    return .falls
  }

  /// A loop; a list that grows in it is gone through to its end.
  private mutating func loop(
    _ target: PythonExpression, _ iterated: PythonObject, _ body: [PythonStatement],
    _ otherwise: [PythonStatement], _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> End {
    let fixed = try iterated.isList ? nil : items(of: iterated, target.span)
    var index = 0
    while true {
      let item: PythonObject
      if case .list(let list) = iterated {
        guard index < list.items.count else { break }
        item = list.items[index]
      } else {
        guard let fixed, index < fixed.count else { break }
        item = fixed[index]
      }
      index += 1
      try assign(item, to: target, &names)
      switch try run(body, &names) {
      case .falls, .continues: break
      case .breaks: return .falls
      case .returns(let value): return .returns(value)
      }
    }
    return try run(otherwise, &names)
  }

  private mutating func attempt(
    _ body: [PythonStatement], _ handlers: [PythonStatement.Handler], _ otherwise: [PythonStatement],
    _ names: inout [String: PythonObject]
  ) throws(PythonStop) -> End {
    do throws(PythonStop) {
      let end = try run(body, &names)
      guard case .falls = end else { return end }
    } catch {
      guard case .raised(let name) = error else { throw error }
      let handler = handlers.first { $0.type == nil || $0.type == "Exception" || $0.type == name }
      guard let handler else { throw error }
      return try run(handler.body, &names)
    }
    return try run(otherwise, &names)
  }

  private mutating func augment(
    _ target: PythonExpression, _ sign: String, _ added: PythonExpression,
    _ names: inout [String: PythonObject]
  ) throws(PythonStop) {
    let before = try value(target, &names)
    let added = try value(added, &names)
    if sign == "+", case .list(let list) = before {
      list.items += try items(of: added, target.span)
      return
    }
    try assign(try operation(before, sign, added, target.span), to: target, &names)
  }

  /// Gives names, or the names of a tuple, their values.
  mutating func assign(
    _ value: PythonObject, to target: PythonExpression, _ names: inout [String: PythonObject]
  ) throws(PythonStop) {
    switch target.kind {
    case .name(let name): names[name] = value
    case .tuple(let targets), .list(let targets):
      let parts = try items(of: value, target.span)
      if targets.contains(where: \.isSpread) { throw unread("`*` of a target", target.span) }
      guard parts.count == targets.count else { throw .raised("ValueError") }
      for (part, target) in zip(parts, targets) { try assign(part, to: target.value, &names) }
    default: throw unread("a target that is no name", target.span)
    }
  }

  /// What a loop goes over.
  func items(of value: PythonObject, _ span: Span) throws(PythonStop) -> [PythonObject] {
    if let members = value.members { return members }
    switch value {
    case .text(let text): return text.unicodeScalars.map { .text(String($0)) }
    case .mapping(let object): return object.keysInOrder.map { .text($0) }
    default: throw .raised("TypeError")
    }
  }
}

extension PythonObject {
  /// Whether it is a list.
  fileprivate var isList: Bool { if case .list = self { true } else { false } }
}
