import ConcordDiagnostics

/// Reads the logical operators of a language by recursive descent over its `LogicTable`.
///
/// ```
/// expression = tighter ( looser-word tighter )*        looser-word and tighter-word are OR and AND,
/// tighter    = negation ( tighter-word negation )*     as the table orders them
/// negation   = NOT negation | operand
/// ```
/// The language says what an operand is, how an operator is recognised, and what is made of both.
@usableFromInline package protocol LogicGrammar {
  /// The language's tree.
  associatedtype Expression
  /// Where an expression begins, as far as the language wants to know.
  associatedtype Start

  /// The words and strengths.
  static var logic: LogicTable { get }
  /// How deep an expression may be nested.
  static var depthLimit: Int { get }
  /// How deep the expression being read is nested.
  var depth: Int { get set }

  /// Where the next word begins; passes over the blanks before it.
  mutating func start() throws(Diagnostic) -> Start
  /// Passes over the operator if it comes next.
  mutating func take(_ operator: LogicTable.Operator) throws(Diagnostic) -> Bool
  /// An expression that no logical operator joins, or one in parentheses.
  mutating func operand() throws(Diagnostic) -> Expression
  /// The expression that has just been read, from `start` to here.
  func made(_ logic: LogicOperation<Expression>, from start: Start) -> Expression
  /// What to say where the part that begins at `start` is nested too deep.
  func tooDeep(_ start: Start) -> Diagnostic
}

/// A logical operator and what it joins.
@usableFromInline package enum LogicOperation<Expression> {
  /// Some operand holds; two or more.
  case or([Expression])
  /// Every operand holds; two or more.
  case and([Expression])
  /// The operand does not hold.
  case not(Expression)
}

extension LogicGrammar {
  /// An expression with any of OR, AND and NOT.
  @inlinable package mutating func logicalExpression() throws(Diagnostic) -> Expression {
    try level(isLoosest: true)
  }

  /// Operands of OR or of AND, of which the one that binds looser holds the other.
  @inlinable mutating func level(isLoosest: Bool) throws(Diagnostic) -> Expression {
    let logic = Self.logic
    let isOr = (logic.or.strength < logic.and.strength) == isLoosest
    let word = isOr ? logic.or : logic.and
    let start = try start()
    let first = try isLoosest ? level(isLoosest: false) : negation()
    guard try take(word) else { return first }
    var operands = [first]
    repeat { operands.append(try isLoosest ? level(isLoosest: false) : negation()) } while try take(word)
    return made(isOr ? .or(operands) : .and(operands), from: start)
  }

  @inlinable mutating func negation() throws(Diagnostic) -> Expression {
    let start = try start()
    guard try take(Self.logic.not) else { return try operand() }
    try descend(from: start)
    defer { depth -= 1 }
    return made(.not(try negation()), from: start)
  }

  /// Goes one level deeper; whoever calls it goes up again by `depth -= 1`.
  @inlinable package mutating func descend(from start: Start) throws(Diagnostic) {
    depth += 1
    if depth > Self.depthLimit { throw tooDeep(start) }
  }
}
