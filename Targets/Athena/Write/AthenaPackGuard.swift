import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What rows must have for any rule of a statement, asked before the rules are: of the rules that imply that one field
/// has one of some texts, that it has one of all their texts; of the others, themselves.
struct AthenaPackGuard {
  /// How many of the rules may imply nothing, as the divisor of all questions: theirs are asked twice of the rows that
  /// pass.
  private static let unguardedShare = 8

  /// What is asked.
  let condition: AthenaExpression
  /// The field.
  private let path: FieldPath
  private let column: AthenaExpression

  /// The guard for these rules; `nil` where it would not spare much.
  init?(_ parts: [AthenaPackPart]) {
    let implied = parts.map { NecessaryTexts(of: $0.rule.condition) }
    var counts: [(path: FieldPath, weight: Int)] = []
    for (part, texts) in zip(parts, implied) {
      for path in texts.paths {
        if let place = counts.firstIndex(where: { $0.path == path }) {
          counts[place].weight += part.weight
        } else {
          counts.append((path, part.weight))
        }
      }
    }
    let whole = parts.reduce(0) { $0 + $1.weight }
    guard let best = counts.max(by: { $0.weight < $1.weight }),
      (whole - best.weight) * AthenaPackGuard.unguardedShare <= whole
    else { return nil }
    path = best.path
    let (texts, letterCase) = NecessaryTexts.union(implied.compactMap { $0[best.path] })
    // The fixtures of the rules that ask the field show what it is.
    guard
      let asked = parts.indices.first(where: { implied[$0][best.path] != nil }).map({ parts[$0] }),
      let expression = AthenaPackGuard.asks(best.path, texts, letterCase, asked),
      let column = expression.listedColumn
    else { return nil }
    self.column = column
    let others = zip(parts, implied).filter { $0.1[best.path] == nil }.map(\.0.condition)
    condition = .or([expression] + others)
  }

  private static func asks(
    _ path: FieldPath, _ texts: [String], _ letterCase: LetterCase, _ part: AthenaPackPart
  ) -> AthenaExpression? {
    var writer = ConditionWriter(AthenaSpelling(part.table, fixtures: part.rule.fixtures.map(\.event)))
    return try? writer.write(.test(path, .oneOf(texts, letterCase)))
  }

  /// What a rule asks, its question about the field before the others: most rows fail it.
  func first(in part: AthenaPackPart) -> AthenaExpression {
    guard case .and(let conjuncts) = part.condition.kind else { return part.condition }
    func asksColumn(_ conjunct: AthenaExpression) -> Bool {
      conjunct.listedColumn.map { $0.plainColumn == column.plainColumn } ?? false
    }
    return .and(conjuncts.filter(asksColumn) + conjuncts.filter { !asksColumn($0) })
  }
}

extension AthenaExpression {
  /// The column, or its text in lower case, that `=` or `IN` compares with constants.
  fileprivate var listedColumn: AthenaExpression? {
    switch kind {
    case .compare(.equal, let left, let right):
      right.namesNothing && left.plainColumn != nil ? left : nil
    case .inList(let left, let items, negated: false):
      items.allSatisfy(\.namesNothing) && left.plainColumn != nil ? left : nil
    default: nil
    }
  }

  /// The column that it is, itself or in lower case.
  fileprivate var plainColumn: AthenaExpression? {
    switch kind {
    case .name: self
    case .field(let base, _): base.plainColumn == nil ? nil : self
    case .call("lower", let arguments): arguments.count == 1 ? arguments[0].plainColumn : nil
    default: nil
    }
  }
}
