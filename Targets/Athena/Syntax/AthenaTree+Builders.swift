import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// Short spellings for building trees, and the few simplifications that keep written queries readable.
extension AthenaExpression {
  static let null = AthenaExpression(.null)
  static func boolean(_ value: Bool) -> Self { Self(.boolean(value)) }
  static func number(_ text: String) -> Self { Self(.number(text)) }
  static func string(_ text: String) -> Self { Self(.string(text)) }
  static func name(_ name: String) -> Self { Self(.name(name)) }
  static func call(_ function: String, _ arguments: AthenaExpression...) -> Self {
    Self(.call(function, arguments))
  }
  static func anyMatch(_ array: AthenaExpression, _ variable: String, _ body: AthenaExpression) -> Self {
    .call("any_match", array, Self(.lambda(variable, body)))
  }
  func field(_ name: String) -> Self { Self(.field(self, name)) }
  func compared(_ comparison: ComparisonOperator, _ other: AthenaExpression) -> Self {
    Self(.compare(comparison, self, other))
  }
  func equal(_ other: AthenaExpression) -> Self { compared(.equal, other) }
  func unequal(_ other: AthenaExpression) -> Self { compared(.unequal, other) }
  func like(_ pattern: String) -> Self {
    Self(.like(self, .string(pattern), escape: .string("\\"), negated: false))
  }
  func isIn(_ values: [AthenaExpression], negated: Bool = false) -> Self {
    Self(.inList(self, values, negated: negated))
  }
  func tryCast(_ type: AthenaType) -> Self { Self(.cast(self, type, orNull: true)) }
  func cast(_ type: AthenaType) -> Self { Self(.cast(self, type, orNull: false)) }
  var lower: Self { .call("lower", self) }
  var isNull: Self { Self(.isNull(self, negated: false)) }
  var isNotNull: Self { Self(.isNull(self, negated: true)) }

  /// Joined by `AND`, without constants.
  static func and(_ operands: [AthenaExpression]) -> Self {
    var flat: [AthenaExpression] = []
    for operand in operands {
      switch operand.kind {
      case .boolean(true): continue
      case .boolean(false): return operand
      case .and(let inner): flat += inner
      default: flat.append(operand)
      }
    }
    return flat.count == 1 ? flat[0] : flat.isEmpty ? .boolean(true) : Self(.and(flat))
  }

  /// Joined by `OR`, without constants.
  static func or(_ operands: [AthenaExpression]) -> Self {
    var flat: [AthenaExpression] = []
    for operand in operands {
      switch operand.kind {
      case .boolean(false): continue
      case .boolean(true): return operand
      case .or(let inner): flat += inner
      default: flat.append(operand)
      }
    }
    return flat.count == 1 ? flat[0] : flat.isEmpty ? .boolean(false) : Self(.or(flat))
  }
}

extension AthenaExpression {
  /// Goes over the expressions that it is made of.
  func forEachOperand(_ visit: (AthenaExpression) -> Void) {
    switch kind {
    case .null, .boolean, .number, .string, .moment, .name: break
    case .field(let operand, _), .lambda(_, let operand), .cast(let operand, _, _), .not(let operand),
      .isNull(let operand, _), .quotient(let operand, _):
      visit(operand)
    case .call(_, let list), .array(let list), .row(let list), .and(let list), .or(let list):
      list.forEach(visit)
    case .aggregate(let call):
      call.arguments.forEach(visit)
      if let filter = call.filter { visit(filter) }
    case .windowed(let window):
      visit(AthenaExpression(.aggregate(window.call)))
      window.partition.forEach(visit)
      visit(window.order)
    case .compare(_, let left, let right), .distinct(let left, let right, _):
      visit(left)
      visit(right)
    case .like(let operand, let pattern, let escape, _):
      visit(operand)
      visit(pattern)
      if let escape { visit(escape) }
    case .inList(let operand, let items, _):
      visit(operand)
      items.forEach(visit)
    case .between(let operand, let low, let high, _):
      visit(operand)
      visit(low)
      visit(high)
    case .choice(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.result)
      }
      if let otherwise { visit(otherwise) }
    }
  }

  /// The first call that makes one value of many rows.
  var aggregate: AthenaExpression? {
    if case .aggregate = kind { return self }
    // What is made of the rows around each row makes no row of many.
    if case .windowed = kind { return nil }
    var found: AthenaExpression?
    forEachOperand { found = found ?? $0.aggregate }
    return found
  }

  /// Whether it is a value that is written down, and not NULL.
  var isConstant: Bool {
    switch kind {
    case .boolean, .number, .string: true
    case .null, .name, .moment, .lambda, .row, .aggregate, .windowed, .not, .and, .or, .compare, .distinct,
      .isNull, .like, .inList, .between, .choice, .field, .quotient, .call, .cast, .array:
      false
    }
  }

  /// Whether no column and no variable is named.
  var namesNothing: Bool {
    switch kind {
    case .null, .boolean, .number, .string: true
    case .name, .moment, .lambda, .row, .aggregate, .windowed, .not, .and, .or, .compare, .distinct, .isNull,
      .like,
      .inList,
      .between,
      .choice:
      false
    case .field(let base, _), .quotient(let base, _): base.namesNothing
    case .call(let function, let arguments): function != "transform" && arguments.allSatisfy(\.namesNothing)
    case .cast(let inner, _, _): inner.namesNothing
    case .array(let items): items.allSatisfy(\.namesNothing)
    }
  }
}

extension AthenaExpression {
  /// The expression with others in the place of those that `change` has another for; what it is made of is gone
  /// through where it has none.
  func rewritten(_ change: (AthenaExpression) -> AthenaExpression?) -> AthenaExpression {
    if let changed = change(self) { return changed }
    func all(_ list: [AthenaExpression]) -> [AthenaExpression] { list.map { $0.rewritten(change) } }
    func one(_ operand: AthenaExpression) -> AthenaExpression { operand.rewritten(change) }
    let kind: Kind
    switch self.kind {
    case .null, .boolean, .number, .string, .moment, .name: return self
    case .field(let base, let name): kind = .field(one(base), name)
    case .call(let function, let arguments): kind = .call(function, all(arguments))
    case .aggregate(let call):
      var copy = call
      (copy.arguments, copy.filter) = (all(call.arguments), call.filter.map(one))
      kind = .aggregate(copy)
    case .windowed(let window):
      var copy = window
      (copy.call.arguments, copy.call.filter) = (all(window.call.arguments), window.call.filter.map(one))
      (copy.partition, copy.order) = (all(window.partition), one(window.order))
      kind = .windowed(copy)
    case .lambda(let variable, let body): kind = .lambda(variable, one(body))
    case .cast(let operand, let type, let orNull): kind = .cast(one(operand), type, orNull: orNull)
    case .array(let items): kind = .array(all(items))
    case .row(let items): kind = .row(all(items))
    case .not(let operand): kind = .not(one(operand))
    case .and(let operands): kind = .and(all(operands))
    case .or(let operands): kind = .or(all(operands))
    case .compare(let comparison, let left, let right): kind = .compare(comparison, one(left), one(right))
    case .distinct(let left, let right, let negated):
      kind = .distinct(one(left), one(right), negated: negated)
    case .quotient(let operand, let divisor): kind = .quotient(one(operand), by: divisor)
    case .isNull(let operand, let negated): kind = .isNull(one(operand), negated: negated)
    case .like(let operand, let pattern, let escape, let negated):
      kind = .like(one(operand), one(pattern), escape: escape.map(one), negated: negated)
    case .inList(let operand, let items, let negated):
      kind = .inList(one(operand), all(items), negated: negated)
    case .between(let operand, let low, let high, let negated):
      kind = .between(one(operand), one(low), one(high), negated: negated)
    case .choice(let branches, let otherwise):
      kind = .choice(
        branches.map { Branch(condition: one($0.condition), result: one($0.result)) }, otherwise.map(one))
    }
    return AthenaExpression(kind, at: span)
  }

  /// The expression with another in the place of a lambda's variable.
  func replacing(_ variable: String, with value: AthenaExpression) -> AthenaExpression {
    rewritten { expression in
      switch expression.kind {
      case .name(let name): AthenaLiteral.isSameName(name, variable) ? value : nil
      // An inner variable of the same name hides this one.
      case .lambda(let own, _): AthenaLiteral.isSameName(own, variable) ? expression : nil
      default: nil
      }
    }
  }
}
