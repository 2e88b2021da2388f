import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// A `condition` of a Sigma rule: selections joined by `and`, `or`, `not`, `1 of` and `all of`.
package struct SigmaExpression: Sendable {
  /// The logical operators, in lower case [Sigma specification, "Condition"].
  static let logic = LogicTable(or: ("or", 1), and: ("and", 2), not: ("not", 3))

  /// The cases of an expression.
  package indirect enum Kind: Hashable, Sendable {
    case selection(String)
    /// Some selection (`1 of`, `any of`) whose name matches.
    case oneOf(Pattern)
    /// Every selection (`all of`) whose name matches.
    case allOf(Pattern)
    /// The operand does not hold.
    case not(SigmaExpression)
    /// Every operand holds; two or more.
    case and([SigmaExpression])
    /// Some operand holds; two or more.
    case or([SigmaExpression])
  }

  /// Which selections a quantifier speaks of.
  package enum Pattern: Hashable, Sendable {
    /// All whose name does not begin with `_`.
    case them
    /// Those whose name matches, `*` standing for any run of characters; names that begin with `_` only where the
    /// pattern does too.
    case names(String)
  }

  /// What is asked.
  package var kind: Kind
  /// Where it is written. Outside equality.
  package var span: Span?

  /// The expression of that kind.
  package init(_ kind: Kind, span: Span? = nil) {
    self.kind = kind
    self.span = span
  }
}

extension SigmaExpression: Hashable {
  /// Whether both ask the same, wherever they are written.
  package static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

extension SigmaExpression.Pattern: CustomStringConvertible {
  /// `them`, or the pattern itself.
  package var description: String {
    switch self {
    case .them: "them"
    case .names(let pattern): pattern
    }
  }

  /// Whether the pattern speaks of the selection of that name.
  func covers(_ name: String) -> Bool {
    switch self {
    case .them:
      return !name.hasPrefix("_")
    case .names(let pattern):
      if name.hasPrefix("_"), !pattern.hasPrefix("_") { return false }
      // `selection_*` and the like, which nearly all are.
      let star = UInt8(ascii: "*")
      if let place = pattern.utf8.firstIndex(of: star), pattern.utf8.index(after: place) == pattern.endIndex {
        return name.utf8.starts(with: pattern.utf8[..<place])
      }
      let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        .flatMap { [ConcordDetection.Pattern.Piece.anyRun, .literal(String($0))] }
      return ConcordDetection.Pattern(Array(pieces.dropFirst())).matches(name, .exact)
    }
  }
}

extension SigmaExpression: CustomStringConvertible {
  /// The expression in Sigma's words, with parentheses only where they are needed.
  package var description: String { spelled.text }

  private var spelled: Spelled {
    let logic = SigmaExpression.logic
    return switch kind {
    case .selection(let name): Spelled(name)
    case .oneOf(let pattern): Spelled("1 of \(pattern)")
    case .allOf(let pattern): Spelled("all of \(pattern)")
    case .not(let operand):
      Spelled("\(logic.not.word) \(operand.spelled.wrapped(for: logic.operand))", logic.not.strength)
    case .and(let operands): SigmaExpression.joined(operands, logic.and)
    case .or(let operands): SigmaExpression.joined(operands, logic.or)
    }
  }

  private static func joined(_ operands: [SigmaExpression], _ word: LogicTable.Operator) -> Spelled {
    let texts = operands.map { $0.spelled.wrapped(for: word.strength + 1) }
    return Spelled(texts.joined(separator: " \(word.word) "), word.strength)
  }
}
