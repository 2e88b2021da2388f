import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

/// What a correlation finds, made of the rules that it correlates.
struct SigmaCorrelationDetection {
  /// More rules than this are not asked for so many of them: the combinations would be too many.
  private static let combinationLimit = 8
  /// Of more rules than this it is not asked whether two of them match one event.
  static let aliasLimit = 64

  private let correlation: SigmaCorrelation
  private let parts: [SigmaCorrelations.Part]
  private let span: Span?
  private let logSources: [LogSource]
  private let place: Condition
  /// What each rule asks, its log source and place too where those of the others are other ones.
  private let conditions: [Condition]

  /// The detection of a correlation of these rules; `span`: where its type stands.
  init(_ correlation: SigmaCorrelation, _ parts: [SigmaCorrelations.Part], at span: Span?) {
    (self.correlation, self.parts, self.span) = (correlation, parts, span)
    let rules = parts.map(\.rule)
    let isOneLog = Set(rules.map(\.logSources)).count == 1 && Set(rules.map(\.place)).count == 1
    var seen: Set<LogSource> = []
    logSources = rules.flatMap(\.logSources).filter { seen.insert($0).inserted }
    place = isOneLog ? rules[0].place : .always(true)
    conditions = rules.map { isOneLog ? $0.condition : .all([$0.logs, $0.place, $0.condition]) }
  }

  /// Gives a rule the condition, the aggregate and the place. Throws `E333` for what is no detection here.
  func fill(_ rule: inout Rule) throws(Diagnostic) {
    var seen: Set<Condition> = []
    rule.condition = .any(conditions.filter { seen.insert($0).inserted })
    (rule.logSources, rule.place) = (logSources, place)
    var keys: [Aggregate.Key] = []
    for name in correlation.groupBy {
      let key = try key(name)
      if !keys.contains(key) { keys.append(key) }
    }
    let (columns, threshold) = try asked()
    rule.aggregate = Aggregate(
      by: keys, in: .windows(correlation.timespan), columns: columns, threshold: threshold)
  }

  /// The field that a name means, in the events of each rule. Throws where an event that two rules match could have
  /// values at two fields.
  private func key(_ name: String) throws(Diagnostic) -> Aggregate.Key {
    var cases: [Aggregate.Key.Case] = []
    for (part, condition) in zip(parts, conditions) {
      guard let path = part.path(of: name) else { throw refused("`\(name)` is no field of `\(part.name)`") }
      cases.append(.init(condition, path))
    }
    guard let first = cases.first else { throw refused("it has no rules") }
    if cases.allSatisfy({ $0.path == first.path }) { return Aggregate.Key(first.path) }
    if cases.count > SigmaCorrelationDetection.aliasLimit {
      throw refused("`\(name)` is another field of \(cases.count) rules, which are too many")
    }
    for (place, one) in cases.enumerated() {
      for other in cases[..<place] where other.path != one.path {
        let prover = Prover(arrays: .nowhereAt(Set(one.condition.paths + other.condition.paths)))
        guard prover.event(where: one.condition, and: other.condition).isNever else {
          throw refused("`\(name)` is two fields of an event that two of its rules match")
        }
      }
    }
    return Aggregate.Key(named: name, cases)
  }

  /// The field that a name means, in the events of every rule.
  private func path(_ name: String) throws(Diagnostic) -> FieldPath {
    let paths = parts.compactMap { $0.path(of: name) }
    guard let first = paths.first, paths.count == parts.count, Set(paths).count == 1 else {
      throw refused("`\(name)` is another field in the events of each of its rules")
    }
    return first
  }

  private func asked() throws(Diagnostic) -> ([Aggregate.Column], Condition) {
    switch correlation.kind {
    case .eventCount:
      return ([Aggregate.Column("count", .count)], try threshold("count"))
    case .valueCount:
      guard case .bounds(_, let fields, _)? = correlation.criterion, fields.count == 1 else {
        throw refused("what is counted of several fields is not said by the specification")
      }
      let column = Aggregate.Column("values", .distinct(try path(fields[0])))
      return ([column], try threshold("values"))
    case .temporal: return (kinds, try temporalThreshold())
    case .temporalOrdered:
      let count = conditions.count
      let isAll =
        switch correlation.criterion {
        case nil: true
        case .bounds(let bounds, _, _)?: bounds.allSatisfy { $0.asksAll(of: count) }
        case .expression(let expression)?: expression.listed == parts.map(\.name)
        }
      if !isAll { throw refused("a part of its rules is in no order") }
      let name = parts.indices.map(name).joined(separator: ", then ")
      return ([Aggregate.Column(name, .inOrder(conditions))], Aggregate.atLeast(count, name))
    case .valueSum:
      let path = try numbersPath()
      let (sum, asked) = (Aggregate.Column("sum", .sum(path)), try threshold("sum"))
      guard asksOfNothing else { return ([sum], asked) }
      // Of no numbers there is no sum.
      let numbers = Aggregate.Column("numbers", .matching(.wholeNumber(path)))
      return ([sum, numbers], .all([asked, Aggregate.atLeast(1, "numbers")]))
    case .valueAverage: return try average(of: try numbersPath())
    case .valuePercentile, .valueMedian:
      throw refused("how a value between two others is found is not said by the specification")
    }
  }

  /// Whether 0 is what it asks for.
  private var asksOfNothing: Bool {
    guard case .bounds(let bounds, _, _)? = correlation.criterion else { return false }
    return bounds.allSatisfy { $0.holds(of: 0) }
  }

  /// The field whose numbers it speaks of.
  private func numbersPath() throws(Diagnostic) -> FieldPath {
    guard case .bounds(_, let fields, _)? = correlation.criterion, fields.count == 1 else {
      throw refused("what is made of several fields is not said by the specification")
    }
    return try path(fields[0])
  }

  private func average(of path: FieldPath) throws(Diagnostic) -> ([Aggregate.Column], Condition) {
    guard case .bounds(let bounds, _, _)? = correlation.criterion else {
      throw refused("it asks for no number")
    }
    var columns: [Aggregate.Column] = []
    var parts: [Condition] = []
    for bound in bounds {
      guard let limit = AverageBound(bound.number) else {
        throw refused("`\(bound.number.written)` has more digits than platforms compare exactly")
      }
      func one(_ comparison: Comparison) -> Condition {
        let name = "average \(columns.count + 1)"
        columns.append(Aggregate.Column(name, .average(path, comparison, limit)))
        return Aggregate.atLeast(1, name)
      }
      let operation = bound.comparison.operation
      if let ordered = operation.ordered {
        parts.append(one(ordered))
      } else {
        parts.append(
          operation == .equal
            ? .all([one(.greaterOrEqual), one(.lessOrEqual)]) : .any([one(.less), one(.greater)]))
      }
    }
    return (columns, .all(parts))
  }

  /// For each rule how many events it matches.
  private var kinds: [Aggregate.Column] {
    zip(parts.indices, conditions).map { Aggregate.Column(name($0), .matching($1)) }
  }

  /// The name of the column of a rule: its own, or with a number where several are called so.
  private func name(_ place: Int) -> String {
    let name = parts[place].name
    let before = parts[..<place].count { $0.name.sameScalars(as: name) }
    return before == 0 ? name : "\(name) \(before + 1)"
  }

  /// What the bounds ask of one column.
  private func threshold(_ column: String) throws(Diagnostic) -> Condition {
    guard case .bounds(let bounds, _, _)? = correlation.criterion else {
      throw refused("it asks for no count")
    }
    return .all(
      try bounds.map { (bound) throws(Diagnostic) in
        guard let asked = Aggregate.asking(column, bound.comparison.operation, bound.number.shortest) else {
          throw refused("`\(bound.number.written)` is no count")
        }
        return asked
      })
  }

  /// Which of the rules must have a match: all, so many, or what an expression says.
  private func temporalThreshold() throws(Diagnostic) -> Condition {
    func all(_ places: [Int]) -> Condition { .all(places.map { Aggregate.atLeast(1, name($0)) }) }
    switch correlation.criterion {
    case nil: return all(Array(parts.indices))
    case .expression(let expression): return try asked(expression)
    case .bounds(let bounds, _, _):
      guard parts.count <= SigmaCorrelationDetection.combinationLimit else {
        throw refused("so many of \(parts.count) rules are too many combinations")
      }
      let counts = (0...parts.count).filter { count in bounds.allSatisfy { $0.holds(of: Double(count)) } }
      guard let least = counts.first, counts == Array(least...parts.count), least > 0 else {
        throw refused("it matches where some of its rules have no match")
      }
      let chosen = (0..<(1 << parts.count)).filter { $0.nonzeroBitCount == least }
      return .any(chosen.map { bits in all(parts.indices.filter { bits & (1 << $0) != 0 }) })
    }
  }

  private func asked(_ expression: SigmaExpression) throws(Diagnostic) -> Condition {
    switch expression.kind {
    case .selection(let name):
      return .any(
        parts.indices.filter { parts[$0].name.sameScalars(as: name) }.map {
          Aggregate.atLeast(1, self.name($0))
        })
    case .and(let operands):
      return .all(try operands.map { (operand) throws(Diagnostic) in try asked(operand) })
    case .or(let operands):
      return .any(try operands.map { (operand) throws(Diagnostic) in try asked(operand) })
    case .not(let operand):
      if case .not(let inner) = operand.kind { return try asked(inner) }
      throw refused("when a match that is not there is missed is not said by the specification")
    case .oneOf, .allOf: throw refused("its condition has patterns")
    }
  }

  private func refused(_ reason: String) -> Diagnostic {
    .sigmaCorrelation(correlation.kind.rawValue, reason, at: span)
  }
}

extension SigmaCorrelations.Part {
  /// The field of its events that the correlation means by a name.
  fileprivate func path(of name: String) -> FieldPath? {
    fields.first { $0.name.sameScalars(as: name) }?.path
  }
}

extension SigmaExpression {
  /// The names that it joins by `and`, in order; `nil` where it is anything else.
  fileprivate var listed: [String]? {
    let operands = if case .and(let operands) = kind { operands } else { [self] }
    let names = operands.compactMap { operand in
      if case .selection(let name) = operand.kind { name } else { nil }
    }
    return names.count == operands.count ? names : nil
  }
}

extension SigmaCorrelation.Bound {
  /// Whether of the numbers up to `count` only that one keeps the bound.
  fileprivate func asksAll(of count: Int) -> Bool {
    holds(of: Double(count)) && !(0..<count).contains { holds(of: Double($0)) }
  }
}
