import ConcordDetection
import ConcordDiagnostics

/// Writes a condition in a language that `AtomSpelling` spells.
///
/// This is the one walk over a condition that writers have in common, and the one place that decides what NOT takes
/// over an expression that may be unknown (`negation`). It can be inlined so that each language has its own, for
/// which no type is looked up at run time.
@usableFromInline package struct ConditionWriter<Spelling: AtomSpelling> {
  /// The language's part, with what it has gathered.
  @inlinable package var spelling: Spelling { asking }
  @usableFromInline var asking: Spelling
  @usableFromInline var operandCount = 0

  /// A writer for one condition, or for several of one query: their operands count together.
  @inlinable package init(_ spelling: Spelling) { asking = spelling }

  /// The expression that is true of exactly the events that the condition holds of, elsewhere false or unknown.
  /// Throws what the language cannot say, at the innermost part of the condition that says where it was written.
  @inlinable package mutating func write(_ condition: Condition) throws(Diagnostic) -> Spelling.Expression {
    let answer = try answer(to: condition, level: 1)
    return asking.expression(answer)
  }

  @inlinable mutating func answer(
    to condition: Condition, level: Int
  ) throws(Diagnostic) -> Answer<Spelling.Expression> {
    do throws(Diagnostic) {
      let limits = Spelling.limits
      guard level <= limits.levels else { throw asking.refusal(beyond: .levels(limits.levels)) }
      switch condition.kind {
      case .always(let value): return .total(asking.always(value))
      case .test(let path, let atom): return try answer(to: atom, at: path)
      case .some(let path, let operand):
        try asking.enterValue(at: path)
        let answer = try answer(to: operand, level: level + 1)
        return try asking.leaveValue(at: path, answer, needsValue: operand.mayHoldWithoutValue(at: path))
      case .anywhere(let pattern, let letterCase): return try asking.askAnywhere(pattern, letterCase)
      case .place(let fact, let atom): return try asking.askPlace(fact, atom)
      case .not(let operand): return .total(negation(of: try answer(to: operand, level: level + 1)))
      case .all(let operands):
        let (expressions, areTotal) = try joined(operands, level)
        let all = asking.all(expressions)
        return areTotal ? .total(all) : .mayBeUnknown(all)
      case .any(let operands):
        let (answers, others) = try asking.gather(operands)
        let (expressions, areTotal) = try joined(others, level, after: answers)
        let any = asking.any(expressions)
        return areTotal ? .total(any) : .mayBeUnknown(any)
      }
    } catch {
      throw error.located(in: nil, at: condition.origin)
    }
  }

  @inlinable mutating func answer(
    to atom: Atom, at path: FieldPath
  ) throws(Diagnostic) -> Answer<Spelling.Expression> {
    switch atom {
    case .present: try asking.ask(.present, at: path)
    case .truthy: try asking.ask(.truthy, at: path)
    case .text(let pattern, let letterCase): try asking.ask(.text(pattern, letterCase), at: path)
    case .oneOf(let texts, let letterCase): try asking.ask(.oneOf(texts, letterCase), at: path)
    case .regex(let regex): try asking.ask(.regex(regex), at: path)
    case .number(let comparison, let bound): try asking.ask(.number(comparison, bound), at: path)
    case .network(let network): try asking.ask(.network(network), at: path)
    case .array: try asking.askArray(at: path)
    case .sameAs(let other, let letterCase): try asking.askSame(path, as: other, letterCase)
    }
  }

  /// True where the answer is not yes. AND and OR keep unknown from becoming true, so this is all that it takes.
  @inlinable func negation(of answer: Answer<Spelling.Expression>) -> Spelling.Expression {
    switch answer {
    case .total(let expression): asking.not(expression)
    case .mayBeUnknown(let expression): asking.isNotTrue(expression)
    case .opposite(let expression): expression
    }
  }

  /// The operands' expressions, behind those that were gathered, and whether none of them may be unknown.
  @inlinable mutating func joined(
    _ conditions: [Condition], _ level: Int, after gathered: [Answer<Spelling.Expression>] = []
  ) throws(Diagnostic) -> (expressions: [Spelling.Expression], areTotal: Bool) {
    let limit = Spelling.limits.operands
    operandCount += conditions.count
    guard operandCount <= limit else { throw asking.refusal(beyond: .operands(limit)) }
    var expressions: [Spelling.Expression] = []
    expressions.reserveCapacity(gathered.count + conditions.count)
    var areTotal = true
    func take(_ answer: Answer<Spelling.Expression>) {
      if case .mayBeUnknown = answer { areTotal = false }
      expressions.append(asking.expression(answer))
    }
    for answer in gathered { take(answer) }
    for condition in conditions { take(try answer(to: condition, level: level + 1)) }
    return (expressions, areTotal)
  }
}
