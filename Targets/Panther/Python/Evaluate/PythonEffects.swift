import ConcordDiagnostics

/// What lines do besides giving names their values, where that is not followed: changes of what another name may hold,
/// names that are given values in the midst of expressions, and functions that see names change.
struct PythonEffects {
  /// What is not followed, and where.
  struct Effect: Sendable {
    let what: String
    let span: Span
  }

  private let lines: [PythonStatement]
  private let parameters: [PythonExpression.Parameter]
  private let isFunction: Bool
  private var effect: Effect?

  /// What calls of a function do; `nil` where they only give a value.
  static func of(_ function: PythonFunction) -> Effect? {
    var effects = PythonEffects(function.body, function.parameters, isFunction: true)
    return effects.first(function.body)
  }

  /// What a line of a module or class does.
  static func of(_ line: PythonStatement, in lines: [PythonStatement]) -> Effect? {
    var effects = PythonEffects(lines, [], isFunction: false)
    return effects.first([line])
  }

  private init(
    _ lines: [PythonStatement], _ parameters: [PythonExpression.Parameter], isFunction: Bool
  ) {
    (self.lines, self.parameters, self.isFunction) = (lines, parameters, isFunction)
  }

  private mutating func first(_ statements: [PythonStatement]) -> Effect? {
    var all: [PythonStatement] = []
    PythonStatement.visit(statements) { all.append($0) }
    for statement in all where effect == nil { look(statement) }
    return effect
  }

  private mutating func found(_ what: String, _ span: Span) {
    if effect == nil { effect = Effect(what: what, span: span) }
  }

  private mutating func look(_ statement: PythonStatement) {
    switch statement.kind {
    case .other(let word): found("`\(word)`", statement.span)
    case .augmented(let target, let sign, let value):
      guard case .name(let name) = target.kind, ["+", "|", "&", "-", "^"].contains(sign) else { break }
      if !value.isLiteral, !isScalar(name), !isOwn(name) {
        found("`\(sign)=` of what another name may hold", statement.span)
      }
    case .function(let function):
      var isGlobal = false
      PythonStatement.visit(function.body) { if case .global = $0.kind { isGlobal = true } }
      if isFunction, isGlobal { found("`nonlocal`", statement.span) }
      captures(function.freeNames, statement.span)
    default: break
    }
    for (root, span) in statement.changedInPlace where !isFollowed(statement, root) {
      found("a change of what another name may hold", span)
    }
    for value in statement.expressions { look(value) }
  }

  /// Whether a change is one that the evaluation makes: a line of its own that changes what the name alone holds.
  private func isFollowed(_ statement: PythonStatement, _ root: String?) -> Bool {
    guard let root, statement.changedInPlace.count == 1 else { return false }
    switch statement.kind {
    case .expression(let call):
      guard case .name? = call.changedByCall?.kind else { return false }
      return isOwn(root)
    case .assignment(let targets, _):
      guard targets.count == 1 else { return false }
      switch targets[0].kind {
      case .element(let base, _):
        guard case .name = base.kind else { return false }
        return isOwn(root)
      case .attribute(let base, _):
        // What a method keeps with its object, which later lines of it read.
        guard case .name = base.kind, root == "self", parameters.first?.name == "self" else { return false }
        guard let name = targets[0].dottedName else { return false }
        var reads = 0
        PythonStatement.visit(lines) { line in
          for value in line.expressions { value.visit { if $0.dottedName == name { reads += 1 } } }
          if case .assignment(let own, _) = line.kind, own.count == 1, own[0].dottedName == name {
            reads -= 1
          }
        }
        // What is only kept decides nothing here.
        return reads == 0 || lines.contains { $0.span == statement.span }
      default: return false
      }
    default: return false
    }
  }

  private mutating func look(_ value: PythonExpression) {
    var effects: [(String, Span)] = []
    var lambdas: [(Set<String>, Span)] = []
    var called: [Span] = []
    value.visit { if case .call(let function, _) = $0.kind { called.append(function.span) } }
    value.visit { part in
      if case .attribute(_, let name) = part.kind, PythonStatement.changing.contains(name),
        !called.contains(part.span)
      {
        effects.append(("`\(name)` that is kept", part.span))
      }
      let hidden: [PythonExpression]
      switch part.kind {
      case .and(let operands), .or(let operands): hidden = Array(operands.dropFirst())
      case .choice(_, let then, let other): hidden = [then, other]
      case .comparison(_, let others): hidden = others.dropFirst().map(\.operand)
      case .comprehension(let made):
        hidden = [part]
        let targets = made.loops.reduce(into: [] as Set<String>) { $0.formUnion($1.target.boundNames) }
        for inner in part.children {
          inner.visit {
            if case .lambda = $0.kind, !$0.mentionedNames.isDisjoint(with: targets) {
              effects.append(("a function that sees a name change", part.span))
            }
          }
        }
      case .lambda(let parameters, let body):
        hidden = [part]
        lambdas.append((body.mentionedNames.subtracting(parameters.map(\.name)), part.span))
      case .call(let function, _):
        hidden = []
        if case .name(let name) = function.kind, PythonEffects.reflective.contains(name) {
          effects.append(("`\(name)`", part.span))
        }
      case .other(let word):
        // One that yields gives a generator, wherever that stands in it.
        hidden = []
        effects.append(("`\(word)`", part.span))
      default: hidden = []
      }
      if hidden.contains(where: { !$0.walrusNames.isEmpty }) {
        effects.append(("`:=` where it may not be reached", part.span))
      }
    }
    for (names, span) in lambdas { captures(names, span) }
    for (what, span) in effects { found(what, span) }
  }

  /// Functions that name what they change.
  private static let reflective: Set<String> = [
    "exec", "eval", "setattr", "delattr", "globals", "locals", "vars", "__import__",
  ]

  /// A function sees the values that names have when it is called, not those of when it was made.
  private mutating func captures(_ names: Set<String>, _ span: Span) {
    guard isFunction else { return }
    for name in names.sorted() {
      var (count, isLater) = (parameters.contains { $0.name == name } ? 1 : 0, false)
      PythonStatement.visit(lines) { statement in
        guard statement.bound.contains(name) else { return }
        count += 1
        if case .loop = statement.kind { count += 1 }
        if statement.span.start > span.start { isLater = true }
      }
      if count > 1 || isLater && count > 0 {
        found("a function that sees `\(name)` change", span)
      }
    }
  }

  /// Whether a name has only values that are not changed in place.
  private func isScalar(_ name: String) -> Bool {
    var (count, isScalar) = (0, !parameters.contains { $0.name == name })
    PythonStatement.visit(lines) { statement in
      guard statement.bound.contains(name) else { return }
      switch statement.kind {
      case .assignment(let targets, let value):
        guard targets.count == 1, case .name = targets[0].kind else {
          isScalar = false
          return
        }
        count += 1
        if value.isLiteral { return }
        switch value.kind {
        case .formatted, .comparison, .not: break
        case .call(let function, _):
          guard let name = function.dottedName, ["len", "int", "str", "float", "bool"].contains(name) else {
            isScalar = false
            return
          }
        default: isScalar = false
        }
      case .augmented: break
      default: isScalar = false
      }
    }
    return isScalar && count > 0
  }

  /// Whether these lines made what a name holds, and no other name holds it.
  private func isOwn(_ name: String) -> Bool {
    var (count, isOwn) = (0, !parameters.contains { $0.name == name })
    PythonStatement.visit(lines) { statement in
      if statement.bound.contains(name) {
        switch statement.kind {
        case .assignment(let targets, let value):
          if targets.count == 1, case .name = targets[0].kind, value.isNew {
            count += 1
          } else {
            isOwn = false
          }
        case .augmented: break
        default: isOwn = false
        }
      }
      switch statement.kind {
      case .expression(let value): if value.holds(name) { isOwn = false }
      case .assignment(let targets, let value):
        if value.holds(name) || targets.contains(where: { $0.boundNames.isEmpty && $0.holds(name) }) {
          isOwn = false
        }
      case .augmented(_, _, let value): if value.holds(name) { isOwn = false }
      case .returned(let value):
        if case .name? = value?.kind { break }
        if value?.holds(name) ?? false { isOwn = false }
      case .branch(let condition, _, _): if condition.asksAndHolds(name) { isOwn = false }
      case .loop(_, let iterated, let body, _):
        if iterated.mentionedNames.contains(name), PythonStatement.changed(in: body).contains(name) {
          isOwn = false
        }
        if case .name = iterated.kind { break }
        if iterated.holds(name) { isOwn = false }
      case .function(let function): if isFunction, function.mentions(name) { isOwn = false }
      case .type(let type):
        if isFunction || type.bases.contains(where: { $0.mentionedNames.contains(name) }) { isOwn = false }
      default: break
      }
    }
    return isOwn && count > 0
  }
}

extension PythonFunction {
  /// The names that its lines read and do not bind.
  fileprivate var freeNames: Set<String> {
    var (read, bound) = ([] as Set<String>, Set(parameters.map(\.name)))
    PythonStatement.visit(body) { statement in
      for value in statement.expressions { read.formUnion(value.mentionedNames) }
      bound.formUnion(statement.bound)
      if case .function(let function) = statement.kind { read.formUnion(function.freeNames) }
    }
    return read.subtracting(bound)
  }
}

extension PythonExpression {
  /// Whether it makes a list, set or dictionary.
  fileprivate var isNew: Bool {
    switch kind {
    case .list, .set, .dictionary, .comprehension: return true
    case .call(let function, _):
      guard case .name(let name) = function.kind else { return false }
      return ["list", "set", "dict", "sorted"].contains(name)
    default: return false
    }
  }

  /// Whether another name may hold what the name holds, by its value.
  fileprivate func holds(_ name: String) -> Bool {
    /// An operand that is only looked at.
    func looked(_ value: PythonExpression) -> Bool {
      if case .name = value.kind { return false }
      return value.holds(name)
    }
    switch kind {
    case .name(let own): return own == name
    case .comparison(let first, let others): return ([first] + others.map(\.operand)).contains(where: looked)
    case .not(let operand): return looked(operand)
    case .operation(let left, _, let right): return looked(left) || looked(right)
    case .element(let base, let index): return looked(base) || looked(index)
    case .slice(let base, _, _, _): return looked(base)
    case .formatted: return children.contains(where: looked)
    case .call(let function, let arguments):
      switch function.kind {
      case .name(let called) where PythonExpression.looking.contains(called):
        return arguments.contains { looked($0.value) }
      case .attribute(let base, let method):
        if case .string = base.kind, method == "join" { return arguments.contains { looked($0.value) } }
        if case .name = base.kind { return arguments.contains { $0.value.holds(name) } }
        return base.holds(name) || arguments.contains { $0.value.holds(name) }
      default: return children.contains { $0.holds(name) }
      }
    case .comprehension(let made):
      return made.loops.contains { looked($0.iterated) || $0.conditions.contains { $0.asksAndHolds(name) } }
        || made.item.holds(name)
    case .lambda: return mentionedNames.contains(name)
    default: return children.contains { $0.holds(name) }
    }
  }

  /// The same for a condition, whose truth alone counts.
  fileprivate func asksAndHolds(_ name: String) -> Bool {
    switch kind {
    case .name: false
    case .and(let operands), .or(let operands): operands.contains { $0.asksAndHolds(name) }
    case .not(let operand): operand.asksAndHolds(name)
    default: holds(name)
    }
  }

  /// Functions that look at what they are given, and keep none of it.
  private static let looking: Set<String> = [
    "len", "any", "all", "set", "list", "sorted", "tuple", "str", "bool", "isinstance", "sum", "min", "max",
    "dict", "frozenset", "print",
  ]
}
